"""The legend of the ghosts over the canvas: which sessions, how many; and what one ghost is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from mesodesk.ui.bodymap.ghost_marks import draw_ghost_mark
from mesodesk.ui.bodymap.over_body import SHADOW, OverBody, paint_panel
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import IconButton
from mesodesk.ui.widgets.layouts import clear, nest, settle
from mesodesk.ui.widgets.text import Label, Strong

_WIDTH: Final = 288
_SWATCH: Final = 18
_TOP: Final = 34
_SKIN: Final = "#E3C5AE"


@dataclass(frozen=True, slots=True)
class GhostLine:
    """A session in the legend; `drawn` is False where its points cannot be shown."""

    title: str
    detail: str
    drawn: bool


class Swatch(QWidget):
    """A ghost as it looks on skin; none for a session that cannot be drawn."""

    def __init__(self, ago: int | None) -> None:
        super().__init__()
        self._ago = ago
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(_SWATCH, _SWATCH)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._ago is not None:
            painter = QPainter(self)
            paint.box(painter, paint.inside(self), _SKIN, radius=4)
            draw_ghost_mark(painter, self._ago, paint.inside(self).center(), 5.0)


class GhostCard(OverBody):
    """Lies over the left upper corner of the canvas while ghosts are shown."""

    #: -1 or 1: fewer or more sessions.
    stepped = Signal(int)
    closed = Signal()

    def __init__(self, room: QWidget) -> None:
        super().__init__(room, "ghost_card", self.tr("Points of earlier sessions"))
        self.count = Strong()
        self.count.setObjectName("ghost_count")
        self.fewer = IconButton("minus", self.tr("Fewer sessions"), "ghost_fewer")
        self.more = IconButton("plus", self.tr("More sessions"), "ghost_more")
        self.close_button = IconButton(
            "close", self.tr("Hide earlier sessions"), "ghost_close", keys="G"
        )
        self._lines = QVBoxLayout()
        self._lines.setSpacing(Space.XS)
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(self.count, 1)
        for button in (self.fewer, self.more, self.close_button):
            head.addWidget(button)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(SHADOW + Space.M, SHADOW, SHADOW + Space.XS, SHADOW + Space.M)
        column.setSpacing(Space.XS)
        nest(column, head)
        nest(column, self._lines)
        self.fewer.clicked.connect(self._fewer)
        self.more.clicked.connect(self._more)
        self.close_button.clicked.connect(self.closed)
        self.hide()

    def show_lines(self, lines: Sequence[GhostLine], available: int) -> None:
        """Show the sessions, the last first, of so many that there are."""
        words = self.tr("Last session")
        if len(lines) > 1:
            words = self.tr("Last {number} sessions").format(number=len(lines))
        self.count.setText(words)
        clear(self._lines)
        for ago, line in enumerate(lines):
            self._lines.addWidget(_line(line, ago if line.drawn else None))
        self.fewer.setEnabled(len(lines) > 1)
        self.more.setEnabled(len(lines) < available)
        told = "; ".join(f"{line.title}, {line.detail}" for line in lines)
        self.setAccessibleDescription(told)
        self.place()

    def place(self) -> None:
        """Take the left upper corner of the canvas."""
        settle(self._column)
        self._column.activate()
        height = self.sizeHint().height()
        room = self._room.rect()
        y = _TOP if room.height() - _TOP >= height else max(0, room.height() - height)
        self.setGeometry(4, y, _WIDTH, height)

    @Slot()
    def _fewer(self) -> None:
        self.stepped.emit(-1)

    @Slot()
    def _more(self) -> None:
        self.stepped.emit(1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


class GhostTip(QFrame):
    """Tells what the mark under the pointer is, in a few short lines beside it."""

    def __init__(self, room: QWidget, object_name: str = "ghost_tip") -> None:
        super().__init__(room)
        self.setObjectName(object_name)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._room = room
        self.title = Strong()
        self.text = Label("", Role.SMALL)
        self.text.setObjectName(f"{object_name}_text")
        column = QVBoxLayout(self)
        inner = SHADOW + Space.S
        column.setContentsMargins(inner, inner, inner, inner)
        column.setSpacing(2)
        column.addWidget(self.title)
        column.addWidget(self.text)
        self.hide()

    def tell(self, title: str, text: str, place: QPointF) -> None:
        """Show beside a place of the canvas, wholly inside it."""
        self.title.setText(title)
        self.text.setText(text)
        self.setAccessibleName(f"{title}. {text}")
        layout = self.layout()
        if layout is not None:
            layout.activate()
        self.adjustSize()
        room, box = self._room.rect(), self.rect()
        box.moveTopLeft((place + QPointF(8, 10)).toPoint())
        if box.right() > room.right():
            box.moveRight(max(round(place.x()) - 8, box.width() - 1))
        if box.bottom() > room.bottom():
            box.moveBottom(round(place.y()) - 8)
        self.setGeometry(box)
        self.show()
        self.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint_panel(self)


def _line(line: GhostLine, ago: int | None) -> QWidget:
    made = QWidget()
    words = QVBoxLayout()
    words.setSpacing(0)
    words.addWidget(Label(line.title, Role.SMALL_STRONG))
    words.addWidget(Label(line.detail, Role.SMALL, "muted"))
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(Space.S)
    row.addWidget(Swatch(ago))
    nest(row, words, 1)
    return made
