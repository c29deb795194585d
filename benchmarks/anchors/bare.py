"""`python -m benchmarks.anchors.bare`: a line to type in over a list of 30 rows, and no more.

Every key typed fills the list anew with 30 other rows: the least that a live search can cost.
"""

import sys

from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QListWidget,
    QMainWindow,
    QVBoxLayout,
    QWidget,
)

ROWS = 30
_WORDS = ("Alder, Beech and Cedar ", "Xylophones  ", "one two three four five six ")


class BareWindow(QMainWindow):
    """A line and a list: the least that a window with a search can be."""

    def __init__(self) -> None:
        super().__init__()
        self._turn = 0
        self._line, self._list = QLineEdit(), QListWidget()
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.addWidget(self._line)
        layout.addWidget(self._list)
        self.setCentralWidget(body)
        self._line.textChanged.connect(self._fill)
        self._fill()
        self._line.setFocus()

    def _fill(self) -> None:
        self._turn += 1
        self._list.clear()
        self._list.addItems([_WORDS[(row + self._turn) % len(_WORDS)] * 3 for row in range(ROWS)])


def main() -> int:
    """Show the window until the program is ended."""
    application = QApplication([])
    window = BareWindow()
    window.resize(1100, 700)
    window.show()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
