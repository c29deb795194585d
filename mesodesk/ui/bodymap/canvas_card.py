"""A card that lies over the canvas until it is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from mesodesk.ui.bodymap.over_body import SHADOW, OverBody
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import KIND_ICONS, Kind, Space
from mesodesk.ui.widgets.cards import IconLabel
from mesodesk.ui.widgets.layouts import settle
from mesodesk.ui.widgets.popover import close_popovers_of
from mesodesk.ui.widgets.tab_order import step
from mesodesk.ui.widgets.text import Heading, Label

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QLayout

    from mesodesk.ui.bodymap.canvas import Canvas

_TOUCHES: Final = (
    QEvent.Type.TouchBegin,
    QEvent.Type.TouchUpdate,
    QEvent.Type.TouchEnd,
    QEvent.Type.TouchCancel,
)
# What charts on the body beneath; wheel and pinch only magnify it.
_FOR_BODY: Final = (
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonDblClick,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.MouseMove,
    QEvent.Type.KeyPress,
    *_TOUCHES,
)
_WIDTH: Final = 520
_EDGE: Final = 6
_LEAST: Final = 60


class CanvasCard(OverBody):
    """Takes the middle of the canvas; a list in it scrolls where there is no room for all.

    The body beneath gets no key and no click as long as it is there. Esc closes.
    """

    closed = Signal()
    border = "border_strong"

    def __init__(self, room: QWidget, object_name: str, accessible_name: str) -> None:
        super().__init__(room, object_name, accessible_name)
        #: a letter that closes it as well, where no text is typed; "" for none.
        self.closing_key = ""
        self.heading = Heading()
        #: what is left out where the room is scarce, the first first: explanations.
        self.spare: tuple[QWidget, ...] = ()
        self._area = QScrollArea(self)
        self._list = QWidget()
        #: what scrolls; `add_list` puts it where it belongs.
        self.lines = QVBoxLayout(self._list)
        #: the whole card, from the top.
        self.column = QVBoxLayout(self)
        inner = SHADOW + Space.L
        self.column.setContentsMargins(inner, inner, inner, inner)
        self.column.setSpacing(Space.M)
        self._set_up_list()
        room.installEventFilter(self)
        self.hide()

    def _set_up_list(self) -> None:
        self.lines.setContentsMargins(0, 0, 0, 0)
        self.lines.setSpacing(Space.S)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.viewport().setAutoFillBackground(False)
        self._area.setWidget(self._list)
        self._list.setAutoFillBackground(False)
        self._area.hide()

    def add_list(self) -> None:
        """Put the list that scrolls below what is there."""
        self.column.addWidget(self._area, 1)
        self._area.show()

    def come_up(self) -> None:
        """Show it, with the keyboard in it, in place of whatever else was open over the body."""
        for other in self._room.findChildren(CanvasCard):
            if other is not self and not other.isHidden():
                other.closed.emit()
        close_popovers_of(self._room)
        # Before whoever else watches the body.
        self._room.installEventFilter(self)
        self.place()
        self.show()
        self.raise_()
        self.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)

    def first_focus(self) -> QWidget:
        """Return what takes the keyboard first."""
        return self

    def keep_in_sight(self, widget: QWidget) -> None:
        """Scroll the list to a widget in it."""
        self._area.ensureWidgetVisible(widget, 0, 0)

    def most_of_list(self, wanted: int) -> int:
        """Return how many pixels of the list are shown at most, given what it asks for."""
        return wanted

    def place(self) -> None:
        """Take the middle of the canvas."""
        room = self._room.rect()
        width = min(_WIDTH, room.width() - 2 * _EDGE)
        most = room.height() - 2 * _EDGE
        for widget in self.spare:
            widget.show()
        wanted = self._fit(width, most)
        for widget in self.spare:
            if wanted > most:
                widget.hide()
                wanted = self._fit(width, most)
        height = min(_height(self.column, width), most)
        self.setGeometry(
            (room.width() - width) // 2, max(0, (room.height() - height) // 2), width, height
        )

    def _fit(self, width: int, most: int) -> int:
        """Give the list the height that it wants or can have; return what the card wants."""
        self._list.setMinimumWidth(0)
        for layout in (self.lines, self.column):
            settle(layout)
            layout.activate()
        inner = width - 2 * (SHADOW + Space.L)
        wanted = self.most_of_list(max(_height(self.lines, inner), self.lines.sizeHint().height()))
        self._area.setFixedHeight(wanted)
        height = _height(self.column, width)
        if height > most and not self._area.isHidden():
            self._area.setFixedHeight(max(min(_LEAST, wanted), wanted - (height - most)))
        return height

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Held down, the letter that opened it would close it.
        letter = "" if event.isAutoRepeat() else event.text().lower()
        if event.key() == Qt.Key.Key_Escape or (letter and letter == self.closing_key):
            self.closed.emit()
        event.accept()

    def focusNextPrevChild(self, forwards: bool, /) -> bool:
        return step(self, forwards=forwards) or super().focusNextPrevChild(forwards)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self._room or self.isHidden():
            return super().eventFilter(watched, event)
        kind = event.type()
        if kind is QEvent.Type.Resize:
            self.place()
        elif kind is QEvent.Type.FocusIn:
            # A click beside it leaves the keyboard here.
            self.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)
        elif kind in _TOUCHES:
            # Nobody takes it, so that Qt makes a click of it for what lies under the finger.
            event.ignore()
        return kind in _FOR_BODY


def open_card(room: QWidget) -> CanvasCard | None:
    """Return the card that lies over a canvas now, None if there is none."""
    shown = (each for each in room.findChildren(CanvasCard) if not each.isHidden())
    return next(shown, None)


def takes_card(canvas: Canvas) -> bool:
    """Tell whether a card may come up now: a chart that can be changed, and nothing in the hand."""
    return canvas.has_stage and not canvas.busy and not canvas.model.read_only


def caution_line(sentence: str) -> QHBoxLayout:
    """Return a sentence with the sign of a caution."""
    line = QHBoxLayout()
    line.setSpacing(Space.S)
    line.addWidget(
        IconLabel(KIND_ICONS[Kind.CAUTION], Kind.CAUTION.value, 18), 0, Qt.AlignmentFlag.AlignTop
    )
    line.addWidget(Label(sentence, Role.BODY, Kind.CAUTION.value, wrap=True), 1)
    return line


def _height(layout: QLayout, width: int) -> int:
    layout.invalidate()
    if layout.hasHeightForWidth():
        return layout.heightForWidth(width)
    return layout.sizeHint().height()
