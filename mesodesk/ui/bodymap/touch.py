"""Fingers on the canvas: one does what the mouse does, two pan and zoom; so does the wheel."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import (
    QEventPoint,
    QGuiApplication,
    QNativeGestureEvent,
    QTouchEvent,
    QWheelEvent,
)

if TYPE_CHECKING:
    from mesodesk.ui.bodymap.canvas import Canvas

FINGER_REACH: Final = 12.0
"""How far a finger may roll while it taps, in pixels."""

_WHEEL_NOTCH: Final = 1.2


class Touch:
    """Turns the events of fingers and wheel into gestures of the canvas."""

    def __init__(self, canvas: "Canvas") -> None:
        self._canvas = canvas
        self._pinching = False

    def handle(self, event: QTouchEvent) -> None:
        """Take one touch event; what begins on something over the canvas is for that."""
        if event.type() is QEvent.Type.TouchBegin and self._is_covered(event.points()[0]):
            event.ignore()
            return
        # A touch does not tell which keys are held, and the last mouse event is over.
        self._canvas.joining.hold(QGuiApplication.queryKeyboardModifiers())
        if event.type() is QEvent.Type.TouchBegin:
            # The end of the touch before may have gone to something else.
            self._pinching = False
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

    def pad(self, event: QNativeGestureEvent) -> bool:
        """Zoom as two fingers on a touch pad ask for; tell whether they ask for that."""
        if event.gestureType() is not Qt.NativeGestureType.ZoomNativeGesture:
            return False
        if self._canvas.has_stage:
            self._canvas.zoom_at(1 + event.value(), event.position())
        return True

    def wheel(self, event: QWheelEvent) -> None:
        """Zoom by the wheel of a mouse; pan by two fingers on a touch pad."""
        canvas, fingers = self._canvas, event.pixelDelta()
        zooms = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if not fingers.isNull() and not zooms and event.phase() is not Qt.ScrollPhase.NoScrollPhase:
            canvas.set_viewport(canvas.viewport.panned(fingers.x(), fingers.y()))
        else:
            canvas.zoom_at(_WHEEL_NOTCH ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def _one(self, point: QEventPoint) -> None:
        state = point.state()
        if state is QEventPoint.State.Pressed:
            self._canvas.press(point.position(), FINGER_REACH)
        elif state is QEventPoint.State.Released:
            self._canvas.release(point.position())
        elif state is QEventPoint.State.Updated:
            self._canvas.drag(point.position())

    def _is_covered(self, point: QEventPoint) -> bool:
        return self._canvas.childAt(point.position().toPoint()) is not None

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
