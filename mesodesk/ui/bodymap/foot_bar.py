"""A bar over the foot of the canvas that asks something about a gesture before it is made."""

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.ui.bodymap.over_body import SHADOW, OverBody
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.cards import IconLabel
from mesodesk.ui.widgets.layouts import FlowLayout, nest
from mesodesk.ui.widgets.text import Label

_INNER = SHADOW + Space.M
_ICON = 20
# A line that is longer than this is read more easily in two.
_WIDEST = 560
# The scale of the picture stands beneath.
_FOOT = 40


class FootBar(OverBody):
    """A headline, a sentence and answers. Esc leaves it; the canvas keeps the other keys.

    Words and answers go on in further lines where the canvas is narrow.
    """

    border, border_px = "caution", 1.5
    keeps_wheel = False

    def __init__(self, object_name: str, accessible_name: str, parent: QWidget) -> None:
        super().__init__(parent, object_name, accessible_name)
        self.headline = Label("", Role.STRONG, wrap=True)
        self.headline.setObjectName(f"{object_name}_headline")
        self.text = Label("", tone="muted", wrap=True)
        self._answers = FlowLayout()
        self.hide()
        parent.installEventFilter(self)

    def lay_out(self, buttons: Iterable[Button]) -> None:
        """Put the answers beneath the words."""
        top = QHBoxLayout()
        top.setSpacing(Space.S)
        top.addWidget(IconLabel("alert", Kind.CAUTION.value, _ICON), 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self.headline, 1)
        for button in buttons:
            self._answers.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(_INNER, _INNER, _INNER, _INNER)
        column.setSpacing(2)
        nest(column, top)
        column.addWidget(self.text)
        column.addSpacing(Space.S)
        nest(column, self._answers)

    def come_up(self) -> None:
        """Show the bar at its place, above everything on the canvas.

        One thing is asked at a time: what another bar asked is let be.
        """
        for other in self._room.findChildren(FootBar):
            if other is not self and not other.isHidden():
                other.leave()
        self.place()
        self.show()
        self.raise_()

    def go(self) -> None:
        """Hide the bar, and give the keyboard back to the canvas if the bar has it.

        Elsewhere a number may be being typed.
        """
        focused = QApplication.focusWidget()
        had_focus = focused is None or self.isAncestorOf(focused)
        if self.isVisible():
            self.hide()
            if had_focus:
                self._room.setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> None:
        """Let the gesture be."""

    def place(self) -> None:
        """Take the middle of the parent's foot."""
        layout = self.layout()
        if layout is None:
            return
        # Words and buttons have just changed, and a hidden widget does not notice by itself.
        layout.invalidate()
        layout.activate()
        room = self._room.rect()
        width = min(self._natural_width(), room.width())
        height = layout.totalHeightForWidth(width)
        top = max(0, room.height() - height - _FOOT)
        self.setGeometry(QRect((room.width() - width) // 2, top, width, height))

    def _natural_width(self) -> int:
        """Return the width at which nothing but long sentences goes on in another line."""
        headline = _ICON + Space.S + paint.text_width(self.headline.text(), self.headline.font())
        text = paint.text_width(self.text.text(), self.text.font())
        return 2 * _INNER + max(min(max(headline, text), _WIDEST), self._answers.sizeHint().width())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize and watched is self._room and not self.isHidden():
            self.place()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)
