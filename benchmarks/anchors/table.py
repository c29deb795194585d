"""`python -m benchmarks.anchors.table FILE`: a table of a plain SQLite file, fetched as it shows.

Ctrl+T fills it from the file, so that its first paint can be timed like that of a page.
"""

import sqlite3
import sys
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QHeaderView, QMainWindow, QTableView

_COLUMNS = ("number", "name", "birth date", "phone")
_PAGE = 100

Index = QModelIndex | QPersistentModelIndex


class FetchingModel(QAbstractTableModel):
    """Rows in order of name, fetched a hundred at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__()
        self._cursor = connection.execute(
            "SELECT number, name, birth, phone FROM patient ORDER BY name, number"
        )
        self._rows: list[tuple[str, ...]] = self._cursor.fetchmany(_PAGE)
        self._done = False

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(_COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        if role == Qt.ItemDataRole.DisplayRole:
            return self._rows[index.row()][index.column()]
        return None

    def canFetchMore(self, parent: Index) -> bool:  # noqa: ARG002
        return not self._done

    def fetchMore(self, parent: Index) -> None:  # noqa: ARG002
        more = self._cursor.fetchmany(_PAGE)
        self._done = not more
        if more:
            last = len(self._rows) + len(more) - 1
            self.beginInsertRows(QModelIndex(), len(self._rows), last)
            self._rows += more
            self.endInsertRows()


class TableWindow(QMainWindow):
    """An empty window that Ctrl+T fills with the table."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._connection = sqlite3.connect(path)
        QShortcut(QKeySequence("Ctrl+T"), self, self._show_table)

    def _show_table(self) -> None:
        view = QTableView()
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._model = FetchingModel(self._connection)
        view.setModel(self._model)
        self.setCentralWidget(view)


def main(path: str) -> int:
    """Show the window until the program is ended."""
    application = QApplication([])
    window = TableWindow(path)
    window.resize(1100, 700)
    window.show()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
