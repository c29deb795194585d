"""The entries of a report as rows that come as one scrolls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from mesodesk.domain.audit_actions import ACTIONS, FAILED, ActionGroup
from mesodesk.ui.pages.reports_parts.words import patient_words, subtitle_of, title_of
from mesodesk.ui.widgets.rows import RowRole

if TYPE_CHECKING:
    from mesodesk.domain.records.audit import LogCursor, LogEntry, LogPage

_Index = QModelIndex | QPersistentModelIndex
_ICONS = {
    ActionGroup.VIEW: "eye-outline",
    ActionGroup.CHANGE: "pencil-outline",
    ActionGroup.DISCLOSURE: "printer-outline",
    ActionGroup.ACCESS: "account-outline",
    ActionGroup.SAFETY: "shield-check-outline",
    ActionGroup.CLINIC: "cog-outline",
}


class LogEntries(QAbstractListModel):
    """Rows shown so far; `more_wanted` asks for those after a cursor."""

    more_wanted = Signal(object)

    def __init__(self, zone: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._entries: list[LogEntry] = []
        self._next: LogCursor | None = None
        self._asked = False

    def show_first(self, page: LogPage) -> None:
        """Begin a report."""
        self.beginResetModel()
        self._entries, self._next, self._asked = list(page.entries), page.next, False
        self.endResetModel()

    def show_more(self, page: LogPage) -> None:
        """Add what comes after the rows there are."""
        first = len(self._entries)
        if page.entries:
            self.beginInsertRows(QModelIndex(), first, first + len(page.entries) - 1)
            self._entries += page.entries
            self.endInsertRows()
        self._next, self._asked = page.next, False

    def entry(self, row: int) -> LogEntry | None:
        """Return the entry of a row, or None beyond the end."""
        return self._entries[row] if 0 <= row < len(self._entries) else None

    def canFetchMore(self, parent: _Index) -> bool:
        return not parent.isValid() and self._next is not None and not self._asked

    def fetchMore(self, parent: _Index) -> None:
        if self.canFetchMore(parent):
            self._asked = True
            self.more_wanted.emit(self._next)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self._entries[index.row()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{title_of(entry)}. {subtitle_of(entry, self._zone)}"
        if role == RowRole.TITLE:
            return title_of(entry)
        if role == RowRole.SUBTITLE:
            return subtitle_of(entry, self._zone)
        if role == RowRole.TRAILING:
            return patient_words(entry.patient) or entry.person
        return _icon(entry) if role == RowRole.ICON else None


def _icon(entry: LogEntry) -> str:
    if entry.outcome != "ok" or entry.action in FAILED:
        return "alert-outline"
    known = ACTIONS.get(entry.action)
    return "pencil-outline" if known is None else _ICONS[known.group]
