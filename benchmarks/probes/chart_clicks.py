"""`python -m benchmarks.probes.chart_clicks FOLDER`: milliseconds from click to painted point.

In the window of the real program, on charts of 0 and 5,000 points in turn, on the whole body and
magnified. The clock runs from the release of the button, which places the point, to the end of the
round of painting it led to; the totals and lists at the side are painted in that round, too.
"""

import sys
from collections import defaultdict
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint

from benchmarks.errors import MeasureError
from benchmarks.probes.chart_scenes import Chart, open_chart
from benchmarks.probes.chart_sizes import RECORD_OF
from benchmarks.probes.player import Player, Steps, play, unlock
from benchmarks.probes.reporting import report

SIZES = (0, 5_000)
ROUNDS = 3
_BELLY = (0.5, 0.4)
_COLUMNS, _CLICKS, _APART_PX = 4, 12, 12
_PRESSED_S, _BETWEEN_S = 0.05, 0.15
_readings: dict[str, list[float]] = defaultdict(list)


def script(player: Player) -> Steps:
    """Click on each chart, and take it back."""
    hand = player.hand
    yield from unlock(hand)
    for _ in range(ROUNDS):
        for points in SIZES:
            chart = yield from open_chart(hand, RECORD_OF[points], points)
            yield from chart.fit()
            yield from _click(chart, points, "whole")
            yield from chart.zoom(chart.at(*_BELLY), 3)
            yield from _click(chart, points, "near")


def _click(chart: Chart, points: int, shown: str) -> Steps:
    corner = chart.at(*_BELLY) - QPoint(18, 12)
    for number in range(_CLICKS):
        row, column = divmod(number, _COLUMNS)
        spot = corner + QPoint(column, row) * _APART_PX
        chart.move(spot)
        chart.press(spot)
        yield _PRESSED_S
        ms = chart.paints.ms_of(partial(chart.release, spot))
        _readings[f"{points} {shown}"].append(ms)
        if chart.points != points + number + 1:
            raise MeasureError(f"click {number} on {points} points placed none")
        yield _BETWEEN_S
    yield from chart.undo(_CLICKS)


def ended(_player: Player) -> None:
    """Report every click."""
    report(_readings)


if __name__ == "__main__":
    sys.exit(play(Path(sys.argv[1]), script, ended))
