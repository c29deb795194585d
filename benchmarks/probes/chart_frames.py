"""`python -m benchmarks.probes.chart_frames FOLDER`: milliseconds of frames while a map moves.

In the window of the real program, charts of 0, 5,000 and 50,000 points in turn. A frame runs from
a turn of the wheel or a step of the mouse to the end of the round of painting it led to.
"""

import sys
from collections import defaultdict
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint

from benchmarks.probes.chart_scenes import AT_REST_S, MIDDLE, Chart, open_chart
from benchmarks.probes.chart_sizes import RECORD_OF
from benchmarks.probes.player import Player, Steps, play, unlock
from benchmarks.probes.reporting import report

SIZES = (0, 5_000, 50_000)
ROUNDS = 3
# From the whole body to six times as large, and back.
_NOTCHES = 10
# Far enough to come to what was not drawn sharp, and back.
_STEPS, _STEP_PX = 40, 9
_readings: dict[str, list[float]] = defaultdict(list)


def script(player: Player) -> Steps:
    """Move the map of each chart."""
    hand = player.hand
    yield from unlock(hand)
    for _ in range(ROUNDS):
        for points in SIZES:
            chart = yield from open_chart(hand, RECORD_OF[points], points)
            yield from _zoom(chart, points)
            yield from _pan(chart, points)


def _zoom(chart: Chart, points: int) -> Steps:
    yield from chart.fit()
    middle = chart.in_window(chart.canvas.middle())
    for direction in (1, -1):
        for _ in range(_NOTCHES):
            ms = chart.paints.ms_of(partial(chart.turn_wheel, middle, direction))
            _readings[f"zoom {points}"].append(ms)
            yield 0.0
    yield AT_REST_S


def _pan(chart: Chart, points: int) -> Steps:
    yield from chart.fit()
    middle = chart.in_window(chart.canvas.middle())
    yield from chart.zoom(middle, 3)
    _readings[f"sharp {points}"].append(chart.paints.rounds[-1].ms)
    spot = QPoint(middle)
    chart.press(spot, MIDDLE)
    yield 0.0
    for direction in (1, -1):
        for _ in range(_STEPS):
            spot += QPoint(0, direction * _STEP_PX)
            ms = chart.paints.ms_of(partial(chart.move, QPoint(spot)))
            _readings[f"pan {points}"].append(ms)
            yield 0.0
    chart.release(spot, MIDDLE)
    yield AT_REST_S


def ended(_player: Player) -> None:
    """Report every frame."""
    report(_readings)


if __name__ == "__main__":
    sys.exit(play(Path(sys.argv[1]), script, ended))
