"""Row 31: are the points of a laid field as far apart along the skin as was asked for.

Every region of both bodies, every pattern, spacings from 5 to 25 mm, as far as at least two points
fit. Of the ways to the nearest neighbour, as shares of the spacing, the median must lie within 0.05
of 1, 5 % not below 0.8, 95 % not above 1.2. A row for each body and pattern counts the combinations
outside and names the worst; `python -m benchmarks.probes.spacing table` prints all of them. Anchor:
the spacing that was asked for.
"""

import json
from collections.abc import Iterable, Sequence

from benchmarks.bench import Bench
from benchmarks.figures import Limit, Row, Samples
from benchmarks.probes.spread import Spread

NUMBER = 31
NAME = "spacing"
MEDIAN_OFF, LEAST, MOST = 0.05, 0.8, 1.2
FLOOR = 0


def measure(bench: Bench) -> list[Row]:
    """Return the rows: no combination outside."""
    told = json.loads(bench.ask("benchmarks.probes.spacing")[-1])
    return rows(Spread(*each) for each in told["spreads"])


def rows(spreads: Iterable[Spread]) -> list[Row]:
    """Return a row for each body and pattern, in their order."""
    groups: dict[str, list[Spread]] = {}
    for each in spreads:
        groups.setdefault(f"{NAME}_{each.body}_{each.pattern}", []).append(each)
    return [_row(name, group) for name, group in groups.items()]


def _row(name: str, group: Sequence[Spread]) -> Row:
    outside = float(sum(1 for each in group if strain(each) > 1))
    worst = max(group, key=strain)
    medians = Samples.of([each.median for each in group])
    note = (
        f"worst {worst.region} at {worst.spacing_mm:.0f} mm, {worst.points} points: median "
        f"{worst.median:.3f}, 5 % {worst.low:.3f}, 95 % {worst.high:.3f} of the spacing"
    )
    limit = Limit("outside", outside, 0, FLOOR)
    anchor = f"the spacing asked for: median {medians} of it"
    return Row(name, f"{outside:.0f} of {len(group)}", "outside", anchor, None, (limit,), note)


def strain(one: Spread) -> float:
    """Return how much of what is allowed a combination uses up, above 1 if it is outside."""
    return max(
        abs(one.median - 1) / MEDIAN_OFF, (1 - one.low) / (1 - LEAST), (one.high - 1) / (MOST - 1)
    )
