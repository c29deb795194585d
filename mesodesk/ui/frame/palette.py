"""Ctrl+K: finds any command, page or patient by a few letters."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Slot
from PySide6.QtWidgets import QListView, QWidget

from mesodesk.domain.texts import fold
from mesodesk.ui.frame.overlay import Overlay
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.rows import RowDelegate, RowRole
from mesodesk.ui.widgets.text import Muted
from mesodesk.ui.widgets.textfields import SearchField

_Index = QModelIndex | QPersistentModelIndex
_ROW = 48
_MOST = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be found and done.

    `keywords` are found too but not shown; `run` is called without arguments on the UI thread.
    `offered` is asked each time whether it is in the list at all; None: always.
    """

    title: str
    run: Callable[[], object]
    subtitle: str = ""
    icon: str = "chevron-right"
    keys: str = ""
    keywords: str = ""
    offered: Callable[[], bool] | None = None


Deliver = Callable[[Sequence[Entry]], None]
Search = Callable[[str, Deliver], None]
"""Asks for entries that match a text; delivers them later, on the UI thread."""


class _EntryModel(QAbstractListModel):
    """Entries as rows for the delegate."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.entries: tuple[Entry, ...] = ()

    def show_entries(self, entries: Iterable[Entry]) -> None:
        """Replace the rows."""
        self.beginResetModel()
        self.entries = tuple(entries)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: _Index, role: int = 0) -> object:
        entry = self.entries[index.row()]
        given: dict[int, str] = {
            RowRole.TITLE: entry.title,
            RowRole.SUBTITLE: entry.subtitle,
            RowRole.TRAILING: entry.keys,
            RowRole.ICON: entry.icon,
        }
        return given.get(role)


class CommandPalette(Overlay):
    """A search field and what it finds. Enter runs the marked entry."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "palette", self.tr("Find anything"), 600)
        self._commands: list[Entry] = []
        self._searches: list[Search] = []
        self._found: dict[int, Sequence[Entry]] = {}
        self._asked = 0
        self.search = SearchField(
            "palette_search",
            self.tr("Find anything"),
            placeholder=self.tr("A patient, a page or a command"),
        )
        self.list = QListView()
        self.list.setObjectName("palette_list")
        self.list.setItemDelegate(RowDelegate(_ROW, self.list))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self._model = _EntryModel(self)
        self.list.setModel(self._model)
        self.nothing = Muted("")
        self.body.setContentsMargins(Space.M, Space.M, Space.M, Space.M)
        self.body.setSpacing(Space.S)
        for widget in (self.search, self.list, self.nothing):
            self.body.addWidget(widget)
        self.search.searched.connect(self._ask)
        self.search.moved.connect(self._move)
        self.search.entered.connect(self._run_current)
        self.list.clicked.connect(self._run)
        self.list.activated.connect(self._run)

    def add_command(self, entry: Entry) -> None:
        """Offer a command always."""
        self._commands.append(entry)

    def add_search(self, search: Search) -> None:
        """Ask this for entries whenever something is typed; its answers come before commands."""
        self._searches.append(search)

    def entries(self) -> tuple[Entry, ...]:
        """Return what is in the list now."""
        return self._model.entries

    def open_palette(self, typed: str = "") -> None:
        """Show with an empty field, or with what was typed already."""
        self.search.set_value(typed)
        self._ask(typed)
        self.open_over(self.search.input)

    @Slot(str)
    def _ask(self, text: str) -> None:
        self._asked += 1
        self._found = {}
        self._show(text)
        if text:
            for number, search in enumerate(self._searches):
                search(text, self._receiver(self._asked, number, text))

    def _receiver(self, asked: int, number: int, text: str) -> Deliver:
        """Return what takes the answer to one question, and drops it when another was asked."""

        def receive(entries: Sequence[Entry]) -> None:
            if asked == self._asked and self.isVisible():
                self._found[number] = entries
                self._show(text)

        return receive

    def _show(self, text: str) -> None:
        words = fold(text).split()
        commands = [
            entry
            for entry in self._commands
            if all(word in fold(f"{entry.title} {entry.keywords}") for word in words)
            and (entry.offered is None or entry.offered())
        ]
        found = [entry for number in sorted(self._found) for entry in self._found[number]]
        marked = self.list.currentIndex().row()
        kept = self._model.entries[marked] if 0 <= marked < len(self._model.entries) else None
        self._model.show_entries([*found, *commands])
        count = len(self._model.entries)
        self.list.setVisible(count > 0)
        self.list.setFixedHeight(min(_MOST, max(1, count)) * _ROW + 4)
        self.nothing.setVisible(count == 0)
        self.nothing.setText(
            self.tr("Nothing found. Try fewer letters.")
            if words
            else self.tr("Type a name, a record number or a command.")
        )
        if count:
            again = self._model.entries.index(kept) if kept in self._model.entries else 0
            self.list.setCurrentIndex(self._model.index(again if not found else 0))

    @Slot(int)
    def _move(self, rows: int) -> None:
        count = len(self._model.entries)
        if count:
            row = (self.list.currentIndex().row() + rows) % count
            self.list.setCurrentIndex(self._model.index(row))

    @Slot()
    def _run_current(self) -> None:
        self._run(self.list.currentIndex())

    @Slot(QModelIndex)
    def _run(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        entry = self._model.entries[index.row()]
        self.close_over()
        entry.run()
