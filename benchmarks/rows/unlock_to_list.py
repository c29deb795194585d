"""Row 2: from Enter on the password to a list of 100,000 patients that has been typed into.

The machine's time alone: Enter to the first page, Alt+2 to the list, one letter to its matches,
each to the last change of the picture. Key derivation is slow on purpose: it is measured apart in
the same run and taken off. Anchor: the start of the empty window that imports SQLAlchemy first.
"""

from benchmarks.bench import Bench, Size
from benchmarks.figures import Limit, Row, Samples
from benchmarks.program import after_key, show_patients, unlocked
from benchmarks.starts import ORM, starts

NUMBER = 2
NAME = "unlock_to_list"
ROUNDS = 5


def measure(bench: Bench) -> list[Row]:
    """Return the row: at most the anchor."""
    anchor = starts(bench).usable_ms[ORM]
    vault = bench.vault(Size.MIDDLE)
    derivation = float(bench.ask("benchmarks.probes.derivation")[-1])
    totals = []
    for turn in range(ROUNDS + 1):
        with unlocked(bench, vault) as (_, first_page):
            painted = (
                first_page,
                show_patients(bench),
                after_key(bench, "g", "the matches of one letter"),
            )
        if turn:
            totals.append(1000 * sum(each.last_s for each in painted))
    value = Samples.of([total - derivation for total in totals])
    ratio = value.median / anchor.median
    return [
        Row(
            NAME,
            str(value),
            "ms",
            f"{ORM} {anchor}",
            ratio,
            (Limit("ratio", ratio, 1.0, 1.5),),
            f"{Samples.of(totals)} ms with the key derivation of {derivation:.0f} ms",
        )
    ]
