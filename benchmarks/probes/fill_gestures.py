"""`python -m benchmarks.probes.fill_gestures FOLDER`: the gesture that charts 60 points by a field.

On the open chart of a session in the window of the real program: the tool is taken by its key, a
rectangle drawn over a thigh, its spacing typed, the result looked at. Everything is kept by itself.
"""

import sys
from pathlib import Path

from PySide6.QtCore import QPoint, Qt

from benchmarks.probes.chart_scenes import open_chart
from benchmarks.probes.chart_sizes import RECORD_OF
from benchmarks.probes.counting import CountingHand
from benchmarks.probes.player import Player, Steps, Wait, play, unlock
from benchmarks.probes.reporting import report

_SPACING = "12"
_THIGH = (0.59, 0.55)
_SIZE = QPoint(23, 31)
_told: dict[str, object] = {}


def script(player: Player) -> Steps:
    """Open the chart, then begin to count."""
    yield from unlock(player.hand)
    chart = yield from open_chart(player.hand, RECORD_OF[0], 0)
    yield from chart.fit()
    chart.canvas.setFocus()
    hand = CountingHand(player.hand.window)
    yield from hand.think()
    hand.key(Qt.Key.Key_T)
    corner = chart.at(*_THIGH)
    hand.press(corner)
    yield 0.1
    hand.release(corner + _SIZE)
    yield from hand.hold(Wait("a field", lambda: chart.points))
    yield from hand.think()
    hand.click("field_spacing")
    hand.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    yield from hand.write(_SPACING)
    before = chart.points
    hand.key(Qt.Key.Key_Return)
    yield from hand.hold(Wait("another spacing", lambda: chart.points != before))
    yield from hand.think()
    _told.update(gesture=hand.gesture, points=chart.points)
    chart.canvas.setFocus()
    yield from chart.undo(2)


def ended(_player: Player) -> None:
    """Report the gesture, and how many points it made."""
    report(_told)


if __name__ == "__main__":
    sys.exit(play(Path(sys.argv[1]), script, ended))
