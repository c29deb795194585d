"""What can be chosen, and the list beneath a field that shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtWidgets import QListView, QWidget

from mesodesk.ui.tokens import TARGET
from mesodesk.ui.widgets.popover import Popover
from mesodesk.ui.widgets.rows import RowDelegate, RowRole

_Index = QModelIndex | QPersistentModelIndex
_MOST_ROWS: Final = 8


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose: its value, its words, and what tells it from others of that name.

    `detail` stands at the right, `subtitle` beneath the words.
    """

    value: object
    text: str
    detail: str = ""
    subtitle: str = ""


class _OptionModel(QAbstractListModel):
    """Options as rows for the delegate."""

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
        given: dict[int, str] = {
            RowRole.TITLE: option.text,
            RowRole.SUBTITLE: option.subtitle,
            RowRole.TRAILING: option.detail,
            Qt.ItemDataRole.ToolTipRole: option.detail or option.text,
        }
        return given.get(role)


class OptionList(QObject):
    """A list in a popover below an anchor. The keys stay with the field, which moves the mark."""

    taken = Signal(object)
    """The `Option` that was clicked or taken."""

    def __init__(self, anchor: QWidget, object_name: str, accessible_name: str) -> None:
        super().__init__(anchor)
        self._anchor = anchor
        self._object_name = object_name
        self._accessible_name = accessible_name
        self._popover: Popover | None = None
        self._model = _OptionModel(self)
        self.view: QListView | None = None

    def is_open(self) -> bool:
        """Tell whether the list shows."""
        return self._popover is not None and self._popover.isVisible()

    def open_list(self, options: Sequence[Option], marked: int = 0) -> None:
        """Show options; nothing shows while there are none."""
        self._model.show_options(options)
        if not options:
            self.close_list()
            return
        view, popover = self._made()
        rows = min(_MOST_ROWS, len(options))
        view.setFixedSize(max(220, self._anchor.width() - 24), rows * TARGET)
        self.mark(marked)
        popover.open_at()

    def close_list(self) -> None:
        """Hide the list."""
        if self._popover is not None:
            self._popover.close_panel()

    def marked(self) -> int:
        """Return the row that Enter takes, or -1."""
        return self.view.currentIndex().row() if self.view is not None else -1

    def mark(self, row: int) -> None:
        """Mark a row; beyond the end it goes on at the beginning."""
        if self.view is not None and self._model.options:
            self.view.setCurrentIndex(self._model.index(row % len(self._model.options)))

    def take(self) -> None:
        """Take the marked row."""
        self._take(self.marked())

    def _made(self) -> tuple[QListView, Popover]:
        if self.view is None or self._popover is None:
            self._popover = Popover(
                self._anchor, f"{self._object_name}_panel", self._accessible_name
            )
            self.view = QListView()
            self.view.setObjectName(f"{self._object_name}_list")
            self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self.view.setUniformItemSizes(True)
            self.view.setMouseTracking(True)
            self.view.setItemDelegate(RowDelegate(TARGET, self.view))
            self.view.setModel(self._model)
            # The view outlives its anchor by a moment, and must not lose the model before.
            self._model.setParent(self.view)
            self.view.clicked.connect(self._clicked)
            self._popover.add(self.view)
        return self.view, self._popover

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        self._take(index.row())

    def _take(self, row: int) -> None:
        if 0 <= row < len(self._model.options):
            option = self._model.options[row]
            self.close_list()
            self.taken.emit(option)
