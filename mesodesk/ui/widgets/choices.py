"""Fields to choose with: a short list, a list that is searched, a tick."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any, cast

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QSizePolicy, QWidget

from mesodesk.domain.texts import match_rank
from mesodesk.ui import icons, theme
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import COMPACT, TARGET
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import IconButton
from mesodesk.ui.widgets.field import Field
from mesodesk.ui.widgets.options import Option, OptionList
from mesodesk.ui.widgets.textfields import bare_line_edit

__all__ = ["CheckField", "ChoiceField", "Option", "PickList"]

_UP, _DOWN = Qt.Key.Key_Up.value, Qt.Key.Key_Down.value
_ENTER = (Qt.Key.Key_Return.value, Qt.Key.Key_Enter.value)
_OPENING = (_UP, _DOWN, Qt.Key.Key_Space.value, Qt.Key.Key_F4.value)


class _Combo(QComboBox):
    """A combo box painted as our inputs are; the wheel scrolls the page, not the choice."""

    list_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFont(theme.font(Role.INPUT))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def showPopup(self) -> None:  # noqa: N802 - Qt's name
        self.list_asked.emit()

    def wheelEvent(self, event: QEvent) -> None:
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # A combo box of Qt's changes its value by arrows, Home and letters while it is closed: one
        # key on the way through a form would make mg of micrograms. Here it only opens.
        if event.key() in _OPENING:
            self.list_asked.emit()
        else:
            event.ignore()

    def minimumSizeHint(self) -> QSize:
        return QSize(96, 32)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        scheme = theme.current()
        ink = scheme.text if self.currentIndex() >= 0 else scheme.muted
        if not self.isEnabled():
            ink = scheme.disabled
        words = self.currentText() or self.placeholderText()
        room = paint.inside(self)
        paint.write(painter, room.adjusted(2, 0, -30, 0), words, self.font(), ink)
        mark = QRectF(room.right() - 26, 0, 20, room.height())
        icons.draw(painter, "chevron-down", mark, scheme.muted)


class ChoiceField(Field):
    """One of a short list: Space, an arrow or a click shows it, Enter or a click takes.

    Nothing changes while the list is closed. `edited` gives the chosen value.
    """

    def __init__(
        self,
        object_name: str,
        accessible_name: str,
        options: Sequence[Option] = (),
        *,
        placeholder: str = "",
        compact: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(object_name, accessible_name, compact=compact, parent=parent)
        self._options: list[Option] = []
        self.input = _Combo()
        self.input.setPlaceholderText(placeholder or self.tr("Choose"))
        self.adopt(self.input)
        self.frame.line.addWidget(self.input, 1)
        self.list = OptionList(self.frame, object_name, accessible_name)
        self.set_options(options)
        self.input.list_asked.connect(self._open)
        self.input.installEventFilter(self)
        self.list.taken.connect(self._taken)

    def set_options(self, options: Sequence[Option]) -> None:
        """Offer other options; a value that is still offered stays chosen."""
        before = self.value()
        self._options = list(options)
        self.input.clear()
        for option in self._options:
            self.input.addItem(option.text)
        self.set_value(before)

    def value(self) -> Any:  # noqa: ANN401 - whatever the options hold
        """Return the chosen value, or None."""
        at = self.input.currentIndex()
        return self._options[at].value if at >= 0 else None

    def set_value(self, value: object) -> None:
        """Show a choice without telling of it; what is not offered shows nothing chosen."""
        values = [option.value for option in self._options]
        self.input.setCurrentIndex(values.index(value) if value in values else -1)
        self.set_error("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        pressed = event.type() is QEvent.Type.KeyPress and self.list.is_open()
        if pressed and _key_in_list(self.list, cast("QKeyEvent", event).key()):
            return True
        return super().eventFilter(watched, event)

    @Slot()
    def _open(self) -> None:
        if self.list.is_open():
            self.list.close_list()
        else:
            self.list.open_list(self._options, max(0, self.input.currentIndex()))

    @Slot(object)
    def _taken(self, option: Option) -> None:
        self.input.setCurrentIndex(self._options.index(option))
        self.set_error("")
        self.edited.emit(option.value)
        self.committed.emit()


def _key_in_list(options: OptionList, key: int) -> bool:
    """Let a key work in an open list; return whether it was one for it."""
    if key in (_UP, _DOWN):
        options.mark(options.marked() + (1 if key == _DOWN else -1))
    elif key in _ENTER:
        options.take()
    else:
        return False
    return True


class PickList(Field):
    """One of a long list, found by typing part of its words, blind to case and accents.

    Up and Down move in the list, Enter takes, Esc closes. Leaving the field without taking shows
    the former choice again. `edited` gives the chosen value, or None after clearing.
    """

    asked = Signal(str)
    """The text typed, for a list that is filled from elsewhere (`set_options`)."""

    def __init__(
        self,
        object_name: str,
        accessible_name: str,
        options: Sequence[Option] = (),
        *,
        placeholder: str = "",
        compact: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(object_name, accessible_name, compact=compact, parent=parent)
        self._options: list[Option] = list(options)
        self._chosen: Option | None = None
        self._unanswered = False  # what was typed fits nothing that is offered by now
        self.input = bare_line_edit()
        self.input.setPlaceholderText(placeholder or self.tr("Type to search"))
        self.adopt(self.input)
        self.open_button = IconButton(
            "chevron-down", self.tr("Show the list"), f"{object_name}_open", size=36
        )
        self.open_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.frame.line.addWidget(self.input, 1)
        self.frame.line.addWidget(self.open_button)
        self.list = OptionList(self.frame, object_name, accessible_name)
        self.input.textEdited.connect(self._typed)
        self.input.editingFinished.connect(self._left)
        self.input.installEventFilter(self)
        self.list.taken.connect(self._taken)
        self.open_button.clicked.connect(self._toggle)

    def set_options(self, options: Sequence[Option]) -> None:
        """Offer other options; the choice stays, and what was typed before is answered."""
        self._options = list(options)
        if self.list.is_open() or (self._unanswered and self.input.hasFocus()):
            self._filter(self.input.text())

    def value(self) -> Any:  # noqa: ANN401 - whatever the options hold
        """Return the chosen value, or None."""
        return self._chosen.value if self._chosen is not None else None

    def set_value(self, value: object) -> None:
        """Show a choice without telling of it."""
        found = (option for option in self._options if option.value == value)
        self._chosen = next(found, None)
        self._show_chosen()
        self.set_error("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress:
            key = cast("QKeyEvent", event).key()
            if self.list.is_open():
                return _key_in_list(self.list, key)
            if key in (_UP, _DOWN):
                self._filter("")
                return True
        return super().eventFilter(watched, event)

    @Slot(str)
    def _typed(self, text: str) -> None:
        self.asked.emit(text)
        self._filter(text)
        if not text and self._chosen is not None:
            self._chosen = None
            self.edited.emit(None)

    def _filter(self, text: str) -> None:
        ranked = [(_rank(option, text), option) for option in self._options]
        found = [(rank, option) for rank, option in ranked if rank is not None]
        self._unanswered = not found
        self.list.open_list([option for _, option in sorted(found, key=itemgetter(0))])

    @Slot()
    def _toggle(self) -> None:
        if self.list.is_open():
            self.list.close_list()
        else:
            self.input.setFocus(Qt.FocusReason.OtherFocusReason)
            self._filter("")

    @Slot(object)
    def _taken(self, option: Option) -> None:
        self._chosen = option
        self._show_chosen()
        self.set_error("")
        self.edited.emit(option.value)
        self.committed.emit()

    @Slot()
    def _left(self) -> None:
        self._unanswered = False
        self.list.close_list()
        self._show_chosen()

    def _show_chosen(self) -> None:
        text = self._chosen.text if self._chosen is not None else ""
        self.input.setText(text)
        self.input.setToolTip(text)
        if not self.input.hasFocus():
            # A long name is read from its beginning; its end would not tell what it is.
            self.input.setCursorPosition(0)


def _rank(option: Option, typed: str) -> int | None:
    return match_rank(typed, option.text, f"{option.detail} {option.subtitle}")


class CheckField(QCheckBox):
    """A tick with words, in a target of full height. `ticked` tells what the user did."""

    ticked = Signal(bool)

    def __init__(
        self,
        text: str,
        object_name: str,
        *,
        compact: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        paint.name(self, object_name, text)
        self._height = COMPACT if compact else TARGET
        self._ring = False
        self.setFont(theme.font(Role.BODY))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self.ticked)

    def sizeHint(self) -> QSize:
        return QSize(paint.text_width(self.text(), self.font()) + 44, self._height)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), 120), self._height)

    def hitButton(self, _pos: object) -> bool:  # noqa: N802 - Qt's name
        return True

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = paint.by_keyboard(event.reason())
        super().focusInEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        scheme = theme.current()
        whole = paint.inside(self)
        square = QRectF(6, whole.center().y() - 10, 20, 20)
        enabled = self.isEnabled()
        if self.isChecked():
            paint.box(painter, square, scheme.accent if enabled else scheme.disabled, radius=5)
            icons.draw(painter, "check-bold", square.adjusted(3, 3, -3, -3), scheme.on_accent)
        else:
            edge = scheme.accent if enabled and self.underMouse() else scheme.border_strong
            paint.box(painter, square, scheme.surface, edge, width=1.5, radius=5)
        if self.hasFocus() and self._ring:
            paint.ring(painter, whole)
        ink = scheme.text if enabled else scheme.disabled
        paint.write(painter, whole.adjusted(36, 0, -6, 0), self.text(), self.font(), ink)
