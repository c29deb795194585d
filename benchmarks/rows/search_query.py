"""Row 7: the search alone, as the database thread does it, among a million patients.

The worst median of twenty patterns: one letter, common pairs, several words, parts of words, dates,
phones, record numbers, and what is not there. Anchor: the first fifty rows of a prefix by b-tree in
the same encrypted file, through the same connection.
"""

from benchmarks.bench import Bench, Size
from benchmarks.figures import Limit, Row, Samples
from benchmarks.probes.search import ANCHOR
from benchmarks.program import only_answer

NUMBER = 7
NAME = "search_query"


def measure(bench: Bench) -> list[Row]:
    """Return the row: at most 5 ms."""
    answer = only_answer(bench.ask("benchmarks.probes.search", str(bench.vault(Size.LARGE))))
    readings = {name: Samples.of(values) for name, values in answer.items()}
    anchor = readings.pop(ANCHOR)
    worst = max(readings, key=lambda name: readings[name].median)
    value = readings[worst].median
    return [
        Row(
            NAME,
            str(readings[worst]),
            "ms",
            f"{ANCHOR} {anchor}",
            value / anchor.median,
            (Limit("ms", value, 5, 20),),
            f"the worst of {len(readings)} patterns was {worst!r}",
        )
    ]
