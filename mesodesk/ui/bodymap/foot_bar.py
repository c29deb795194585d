"""A bar over the foot of the canvas that asks something about a gesture before it is made."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.ui import theme
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.cards import IconLabel
from mesodesk.ui.widgets.popover import soft_shadow
from mesodesk.ui.widgets.text import Label, Strong

_SHADOW = 10


class FootBar(QFrame):
    """A headline, a sentence and answers. Esc leaves it; the canvas keeps the other keys."""

    def __init__(self, object_name: str, accessible_name: str, parent: QWidget) -> None:
        super().__init__(parent)
        paint.name(self, object_name, accessible_name)
        self._room = parent
        self.headline = Strong()
        self.headline.setObjectName(f"{object_name}_headline")
        self.text = Label("", tone="muted")
        self.hide()

    def lay_out(self, buttons: Iterable[Button]) -> None:
        """Put the answers beneath the words."""
        words = QVBoxLayout()
        words.setSpacing(2)
        top = QHBoxLayout()
        top.setSpacing(Space.S)
        top.addWidget(IconLabel("alert", Kind.CAUTION.value, 20))
        top.addWidget(self.headline, 1)
        words.addLayout(top)
        words.addWidget(self.text)
        line = QHBoxLayout()
        line.setSpacing(Space.S)
        for button in buttons:
            line.addWidget(button)
        column = QVBoxLayout(self)
        inner = _SHADOW + Space.M
        column.setContentsMargins(inner, inner, inner, inner)
        column.setSpacing(Space.S)
        column.addLayout(words)
        column.addLayout(line)

    def come_up(self) -> None:
        """Show the bar at its place, above everything on the canvas."""
        self.place()
        self.show()
        self.raise_()

    def go(self) -> None:
        """Hide the bar, and give the keyboard back to the canvas."""
        if self.isVisible():
            self.hide()
            self._room.setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> None:
        """Let the gesture be."""

    def place(self) -> None:
        """Take the middle of the parent's foot."""
        layout = self.layout()
        if layout is not None:
            # Words and buttons have just changed, and a hidden widget does not notice by itself.
            layout.activate()
        self.adjustSize()
        room = self._room.rect()
        width = min(self.width(), room.width())
        self.setGeometry(
            (room.width() - width) // 2, room.height() - self.height() - 40, width, self.height()
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        scheme = theme.current()
        painter = QPainter(self)
        panel = paint.inside(self).adjusted(_SHADOW, _SHADOW, -_SHADOW, -_SHADOW)
        soft_shadow(painter, panel, _SHADOW)
        paint.box(painter, panel, scheme.surface, scheme.caution, width=1.5)
