"""Fingers on the canvas: one does what the mouse does, two pan and zoom."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QEventPoint, QTouchEvent

if TYPE_CHECKING:
    from mesodesk.ui.bodymap.canvas import Canvas

FINGER_REACH: Final = 12.0
"""How far a finger may roll while it taps, in pixels."""


class Touch:
    """Turns touch events into gestures of the canvas."""

    def __init__(self, canvas: "Canvas") -> None:
        self._canvas = canvas
        self._pinching = False

    def handle(self, event: QTouchEvent) -> None:
        """Take one touch event."""
        down = [p for p in event.points() if p.state() is not QEventPoint.State.Released]
        if event.type() is QEvent.Type.TouchCancel:
            self._canvas.cancel_gesture()
            self._pinching = False
        elif len(down) >= 2:
            self._pinch(down[0], down[1])
        elif not self._pinching:
            self._one(event.points()[0])
        if not down:
            self._pinching = False
        event.accept()

    def _one(self, point: QEventPoint) -> None:
        state = point.state()
        if state is QEventPoint.State.Pressed:
            self._canvas.press(point.position(), FINGER_REACH)
        elif state is QEventPoint.State.Released:
            self._canvas.release(point.position())
        elif state is QEventPoint.State.Updated:
            self._canvas.drag(point.position())

    def _pinch(self, first: QEventPoint, second: QEventPoint) -> None:
        """Zoom and pan so that the skin stays under both fingers."""
        if not self._pinching:
            # What one finger began was the beginning of this.
            self._canvas.cancel_gesture()
            self._pinching = True
            return
        before = _middle(first.lastPosition(), second.lastPosition())
        after = _middle(first.position(), second.position())
        spread = _distance(first.lastPosition(), second.lastPosition())
        factor = _distance(first.position(), second.position()) / max(spread, 1.0)
        step = after - before
        moved = self._canvas.viewport.panned(step.x(), step.y()).zoomed(factor, after)
        self._canvas.set_viewport(moved)


def _middle(first: QPointF, second: QPointF) -> QPointF:
    return (first + second) / 2


def _distance(first: QPointF, second: QPointF) -> float:
    away = first - second
    return float((away.x() ** 2 + away.y() ** 2) ** 0.5)
