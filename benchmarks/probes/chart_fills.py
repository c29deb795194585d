"""`python -m benchmarks.probes.chart_fills FOLDER`: milliseconds of filling an area with points.

In the window of the real program, on the back of an empty chart. Rectangles drawn by the mouse,
never twice the same, so that no area is at hand from before: 300 points until they are painted and
durable, far apart and close; 500 with their spacing pulled by the handle. Some 2,200 by a click on
a region, which the chart asks about first. Beside them the points laid without a window, and 300
rows inserted by the bare driver.
"""

import sys
from collections import defaultdict
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QPoint, Qt

from benchmarks.errors import MeasureError
from benchmarks.figures import milliseconds
from benchmarks.probes.chart_scenes import AT_REST_S, Chart, open_chart
from benchmarks.probes.chart_sizes import RECORD_OF
from benchmarks.probes.plain_points import PlainPoints
from benchmarks.probes.player import Player, Script, Steps, Wait, play, unlock
from benchmarks.probes.reporting import report
from mesodesk.domain.bodymap.fields import Pattern
from mesodesk.domain.bodymap.filling import lay_points

if TYPE_CHECKING:
    from mesodesk.domain.bodymap.area import Area
    from mesodesk.domain.bodymap.fields import ChartField

GRIDS, PULLS = 10, 3
# The size of the rectangles on the whole body in sight, and the spacing in mm.
_FAR = (QPoint(71, 66), 15)
_CLOSE = (QPoint(39, 38), 8)
_PULLED = (QPoint(63, 60), 10)
_UPPER_BACK = (0.5, 0.23)
# Each is cut out of the body once, and then at hand when it is filled again.
_REGIONS = MappingProxyType(
    {"buttock.left": 4, "buttock.right": 4, "calf.left": 5, "calf.right": 5}
)
# Millimetres more or less than the last step, 6 pixels each: 8 to 13 mm in all.
_PULL = (1, 1, 1, -1, -1, -1, -1, -1, 1, 1, 1)
_PX_PER_MM = 6
_readings: dict[str, list[float]] = defaultdict(list)


class Commits:
    """Notes when each gesture was durable: the service's method returns after the commit."""

    def __init__(self) -> None:
        from mesodesk.services.charts import ChartService

        self.made: list[tuple[float, float]] = []
        append = ChartService.append

        def timed(*arguments: Any, **named: Any) -> int:  # noqa: ANN401 (passed on as they are)
            began = perf_counter()
            cursor = append(*arguments, **named)
            self.made.append((began, perf_counter()))
            return cursor

        ChartService.append = timed  # type: ignore[method-assign]


def fills(folder: Path) -> Script:
    """Return the script that makes all fields."""

    def script(player: Player) -> Steps:
        yield from unlock(player.hand)
        chart = yield from open_chart(player.hand, RECORD_OF[0], 0)
        chart.key(Qt.Key.Key_PageDown)
        yield from chart.fit()
        commits, raw = Commits(), PlainPoints(folder.parent)
        for name, (size, spacing) in (("far", _FAR), ("close", _CLOSE)):
            yield from chart.set_spacing(spacing)
            for turn in range(GRIDS + 1):
                yield from _grid(chart, commits, raw, (name if turn else "first", size, turn))
        raw.close()
        yield from _pulls(chart)
        for known in ("new", "known"):
            yield from _large(chart, known)

    return script


def _draw(chart: Chart, size: QPoint, turn: int) -> Steps:
    """Draw a rectangle but for the release of the button."""
    corner = _corner(chart, size, turn)
    chart.key(Qt.Key.Key_T)
    chart.move(corner)
    chart.press(corner)
    for share in (0.3, 0.6, 1.0):
        yield 0.03
        chart.move(corner + size * share)
    yield 0.1


def _corner(chart: Chart, size: QPoint, turn: int) -> QPoint:
    return chart.at(*_UPPER_BACK) - QPoint(size.x() // 2 - turn % 7, turn // 7 - 2)


def _grid(chart: Chart, commits: Commits, raw: PlainPoints, one: tuple[str, QPoint, int]) -> Steps:
    """Row 14."""
    name, size, turn = one
    yield from _draw(chart, size, turn)
    commits.made.clear()
    began = perf_counter()
    painted = chart.paints.ms_of(partial(chart.release, _corner(chart, size, turn) + size))
    yield Wait("the commit", lambda: commits.made)
    yield 0.2
    commit = commits.made[0]
    inserts = [milliseconds(partial(raw.insert, chart.points)) for _ in range(3)]
    _note(
        name,
        points=_filled(chart),
        cm2=_cm2(chart),
        painted=painted,
        kept=max(painted, 1000 * (commit[1] - began)),
        commit=1000 * (commit[1] - commit[0]),
        raw=median(inserts),
        raw_first=inserts[0],
    )
    yield from chart.undo()


def _large(chart: Chart, known: str) -> Steps:
    """Row 27."""
    chart.canvas.model.field_model.set_pattern(Pattern.SQUARE)
    for key, spacing in _REGIONS.items():
        yield from chart.set_spacing(spacing)
        chart.key(Qt.Key.Key_R)
        spot = _spot_of(chart, key)
        chart.move(spot)
        yield 0.3
        chart.press(spot)
        yield 0.05
        asked = chart.paints.ms_of(partial(chart.release, spot))
        yield AT_REST_S
        if chart.canvas.model.field_model.question is None:
            raise MeasureError("so many points were not asked about")
        painted = chart.paints.ms_of(partial(chart.key, Qt.Key.Key_Return))
        yield AT_REST_S
        _note(
            known,
            points=_filled(chart),
            cm2=_cm2(chart),
            asked=asked,
            painted=painted,
            whole=asked + painted,
            laid=_laid_ms(chart),
        )
        yield from chart.undo()


def _spot_of(chart: Chart, key: str) -> QPoint:
    """Return a place of the window in the middle of what is seen of a region."""
    atlas, view = chart.canvas.model.atlas, chart.canvas.view
    if atlas is None:
        raise MeasureError("no chart is open")
    triangles = atlas.triangles_of([key])
    third = np.full(len(triangles), 1 / 3)
    xy, seen = view.project(triangles, third, third)
    if not seen.any():
        raise MeasureError(f"{key} is not in sight")
    places = xy[seen]
    x, y = places[np.argmin(np.linalg.norm(places - np.median(places, axis=0), axis=1))].tolist()
    return chart.in_window(chart.canvas.viewport.to_canvas(x, y))


def _pulls(chart: Chart) -> Steps:
    """Row 28."""
    size, spacing = _PULLED
    for turn in range(PULLS):
        yield from chart.set_spacing(spacing)
        yield from _draw(chart, size, turn)
        chart.release(_corner(chart, size, turn) + size)
        yield AT_REST_S
        _note("pull", points=_filled(chart), cm2=_cm2(chart), laid=_laid_ms(chart))
        yield from _pull(chart)
        yield from chart.undo(2)


def _pull(chart: Chart) -> Steps:
    handle = chart.canvas.areas._handle()  # noqa: SLF001 (a hand sees it, a script must ask)
    if handle is None:
        raise MeasureError("the field has no handle in sight")
    spot = chart.in_window(handle)
    chart.move(spot)
    chart.press(spot)
    yield 0.1
    for step in _PULL:
        spot += QPoint(step * _PX_PER_MM, 0)
        ms = chart.paints.ms_of(partial(chart.move, QPoint(spot)))
        laid = chart.canvas.areas.preview.laid
        if laid is None:
            raise MeasureError("the handle was not pulled")
        _note("step", ms=ms, points=len(laid))
        yield 0.05
    _note("step", ms=chart.paints.ms_of(partial(chart.release, spot)), points=chart.points)
    yield AT_REST_S


def _laid_ms(chart: Chart) -> float:
    """Return the ms of laying the points of the selected field, and nothing else."""
    field, area = _field(chart)
    spacing, scale = float(field.spacing_mm or 0), chart.canvas.model.field_model.laying.scale
    return milliseconds(partial(lay_points, area, field.pattern, spacing, scale))


def _cm2(chart: Chart) -> float:
    return chart.canvas.model.field_model.laying.cm2(_field(chart)[1])


def _field(chart: Chart) -> "tuple[ChartField, Area]":
    fields = chart.canvas.model.field_model
    field = fields.selected
    area = None if field is None else fields.laying.area_of(field)
    if field is None or area is None:
        raise MeasureError("no field is selected")
    return field, area


def _filled(chart: Chart) -> int:
    """Return how many points the one field of the chart has."""
    if not chart.points:
        raise MeasureError("no field was made")
    return chart.points


def _note(name: str, **values: float) -> None:
    for what, value in values.items():
        _readings[f"{name} {what}"].append(value)


def ended(_player: Player) -> None:
    """Report all readings."""
    report(_readings)


if __name__ == "__main__":
    vault = Path(sys.argv[1])
    sys.exit(play(vault, fills(vault), ended))
