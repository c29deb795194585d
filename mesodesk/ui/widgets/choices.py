"""Fields to choose with: a short list, a list that is searched, a tick."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QListView, QSizePolicy, QWidget

from mesodesk.domain.texts import fold
from mesodesk.ui import icons, theme
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import COMPACT, TARGET
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import IconButton
from mesodesk.ui.widgets.field import Field
from mesodesk.ui.widgets.popover import Popover
from mesodesk.ui.widgets.textfields import bare_line_edit

_Index = QModelIndex | QPersistentModelIndex
_MOST_ROWS: Final = 8
_ROW: Final = 44


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose: its value, its words, and what tells it from others of that name."""

    value: object
    text: str
    detail: str = ""


class _Combo(QComboBox):
    """A combo box painted as our inputs are; the wheel scrolls the page, not the choice."""

    def __init__(self) -> None:
        super().__init__()
        view = QListView()
        view.setProperty("list", "popup")
        self.setView(view)
        self.setFont(theme.font(Role.INPUT))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def wheelEvent(self, event: QEvent) -> None:
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
    """One of a short list. `edited` gives the chosen value."""

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
        self.set_options(options)
        self.input.activated.connect(self._activated)

    def set_options(self, options: Sequence[Option]) -> None:
        """Offer other options; a value that is still offered stays chosen."""
        before = self.value()
        self._options = list(options)
        self.input.clear()
        for at, option in enumerate(self._options):
            self.input.addItem(option.text)
            if option.detail:
                self.input.setItemData(at, option.detail, Qt.ItemDataRole.ToolTipRole)
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

    @Slot(int)
    def _activated(self, at: int) -> None:
        self.set_error("")
        self.edited.emit(self._options[at].value)
        self.committed.emit()


class _OptionModel(QAbstractListModel):
    """Options as rows of a list."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.options: Sequence[Option] = ()

    def show_options(self, options: Sequence[Option]) -> None:
        """Replace the rows."""
        self.beginResetModel()
        self.options = options
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.options)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        option = self.options[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{option.text}   {option.detail}" if option.detail else option.text
        if role == Qt.ItemDataRole.ToolTipRole:
            return option.detail or option.text
        return None


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
        self._popover: Popover | None = None
        self.input = bare_line_edit()
        self.input.setPlaceholderText(placeholder or self.tr("Type to search"))
        self.adopt(self.input)
        self.open_button = IconButton(
            "chevron-down", self.tr("Show the list"), f"{object_name}_open", size=36
        )
        self.open_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.frame.line.addWidget(self.input, 1)
        self.frame.line.addWidget(self.open_button)
        self.list = QListView()
        self.list.setObjectName(f"{object_name}_list")
        self.list.setProperty("list", "popup")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self._model = _OptionModel(self)
        self.list.setModel(self._model)
        self.list.setParent(self)
        self.list.hide()
        self.input.textEdited.connect(self._typed)
        self.input.editingFinished.connect(self._left)
        self.input.installEventFilter(self)
        self.list.clicked.connect(self._clicked)
        self.open_button.clicked.connect(self._toggle)

    def set_options(self, options: Sequence[Option]) -> None:
        """Offer other options; the choice stays."""
        self._options = list(options)
        if self._open():
            self._filter(self.input.text())

    def value(self) -> Any:  # noqa: ANN401 - whatever the options hold
        """Return the chosen value, or None."""
        return self._chosen.value if self._chosen is not None else None

    def set_value(self, value: object) -> None:
        """Show a choice without telling of it."""
        found = (option for option in self._options if option.value == value)
        self._chosen = next(found, None)
        self.input.setText(self._chosen.text if self._chosen is not None else "")
        self.set_error("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event.key())
        return super().eventFilter(watched, event)

    def _key(self, key: int) -> bool:
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            if not self._open():
                self._filter("")
            else:
                self._move(1 if key == Qt.Key.Key_Down else -1)
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._open():
            self._take(self.list.currentIndex().row())
            return True
        return False

    def _move(self, rows: int) -> None:
        count = len(self._model.options)
        if count:
            row = (self.list.currentIndex().row() + rows) % count
            self.list.setCurrentIndex(self._model.index(row))

    @Slot(str)
    def _typed(self, text: str) -> None:
        self.asked.emit(text)
        self._filter(text)
        if not text and self._chosen is not None:
            self._chosen = None
            self.edited.emit(None)

    def _filter(self, text: str) -> None:
        words = fold(text).split()
        matches = [
            option
            for option in self._options
            if all(word in fold(f"{option.text} {option.detail}") for word in words)
        ]
        self._model.show_options(matches)
        if matches:
            self._show_list()
            self.list.setCurrentIndex(self._model.index(0))
        elif self._popover is not None:
            self._popover.close_panel()

    def _show_list(self) -> None:
        if self._popover is None:
            name = f"{self._object_name}_panel"
            self._popover = Popover(self.frame, name, self._accessible_name)
            self._popover.add(self.list)
            self.list.show()
        rows = min(_MOST_ROWS, len(self._model.options))
        self.list.setFixedSize(max(240, self.frame.width() - 24), rows * _ROW + 10)
        self._popover.open_at()

    def _open(self) -> bool:
        return self._popover is not None and self._popover.isVisible()

    @Slot()
    def _toggle(self) -> None:
        if self._open() and self._popover is not None:
            self._popover.close_panel()
        else:
            self.input.setFocus(Qt.FocusReason.OtherFocusReason)
            self._filter("")

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        self._take(index.row())

    def _take(self, row: int) -> None:
        if not 0 <= row < len(self._model.options):
            return
        self._chosen = self._model.options[row]
        self.input.setText(self._chosen.text)
        if self._popover is not None:
            self._popover.close_panel()
        self.set_error("")
        self.edited.emit(self._chosen.value)
        self.committed.emit()

    @Slot()
    def _left(self) -> None:
        if not self._open():
            self.input.setText(self._chosen.text if self._chosen is not None else "")


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
