"""The mouse on the canvas: one button makes a gesture, whatever the others do meanwhile."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QMouseEvent

from mesodesk.ui.bodymap.gestures import Pan

if TYPE_CHECKING:
    from mesodesk.ui.bodymap.canvas import Canvas

_GESTURES: Final = (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton)


class Mouse:
    """Turns the events of buttons and pointer into gestures of the canvas."""

    def __init__(self, canvas: "Canvas") -> None:
        self._canvas = canvas
        # The button that was pressed on the body and is not known to be let go.
        self._held = Qt.MouseButton.NoButton
        # When, where on the screen and with which button the body was pressed last.
        self._pressed = (0, QPointF(), Qt.MouseButton.NoButton)
        # Whether the press on its way made somebody leave a number, and that said something.
        self._told = False
        model = canvas.model
        for told in (model.said, model.pending_changed, model.field_model.question_changed):
            told.connect(self._note_told)

    def _note_told(self, told: object) -> None:
        """Notice what a press beside an input has brought up, before the body hears of that press.

        Whoever presses there has not read it yet: the press only leaves the input.
        """
        pressing = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        if told and pressing and not self._canvas.busy:
            self._told = True
            QTimer.singleShot(0, self._canvas, self._forget_told)

    def _forget_told(self) -> None:
        self._told = False

    def press(self, event: QMouseEvent) -> None:
        """Begin a gesture, unless another button is in the middle of one."""
        canvas, button = self._canvas, event.button()
        self._pressed = (event.timestamp(), event.globalPosition(), button)
        canvas.joining.hold(event.modifiers())
        if self._told:
            return
        if not canvas.has_stage or button not in _GESTURES or self._drags_with_another(event):
            return
        self._held = button
        if button is Qt.MouseButton.LeftButton:
            canvas.press(event.position())
        else:
            canvas.cancel_gesture()
            canvas.take_up(Pan(canvas, event.position()))

    def press_again(self, event: QMouseEvent) -> None:
        """Take the second press of a double click, if the first was on the body as well.

        Else the first answered something that lay over the body, and the second was meant for that.
        """
        at, where, button = self._pressed
        hints = QGuiApplication.styleHints()
        soon = event.timestamp() - at <= hints.mouseDoubleClickInterval()
        away = (event.globalPosition() - where).manhattanLength()
        near = away <= 2 * hints.mouseDoubleClickDistance()
        if soon and near and button is event.button():
            self.press(event)

    def move(self, event: QMouseEvent) -> None:
        """Go on with the gesture, or show what is under the pointer."""
        canvas = self._canvas
        canvas.joining.hold(event.modifiers())
        if canvas.busy:
            canvas.drag(event.position())
        elif canvas.has_stage:
            canvas.hover(event.position())

    def release(self, event: QMouseEvent) -> None:
        """End the gesture of the button that is let go."""
        canvas = self._canvas
        canvas.joining.hold(event.modifiers())
        if event.button() is not self._held:
            return
        self._held = Qt.MouseButton.NoButton
        if canvas.gesture is not None and not canvas.gesture.by_keys:
            canvas.release(event.position())

    def _drags_with_another(self, event: QMouseEvent) -> bool:
        gesture, others = self._canvas.gesture, event.buttons() & ~event.button()
        return gesture is not None and not gesture.by_keys and bool(others & self._held)
