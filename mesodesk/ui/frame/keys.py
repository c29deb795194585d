"""`?`: the keys that work now, those of the page first."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.ui.frame.overlay import Overlay
from mesodesk.ui.frame.page import KeyHelp
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import IconButton
from mesodesk.ui.widgets.layouts import PageScroll, clear, nest
from mesodesk.ui.widgets.text import Body, Heading, KeyHint, Strong


class KeyOverview(Overlay):
    """Lists keys in groups, two columns wide."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "key_overview", self.tr("Keys"), 760, top=64)
        self._close = IconButton("close", self.tr("Close"), "key_overview_close", size=36)
        self._close.clicked.connect(self.close_over)
        self._scroll = PageScroll("key_overview_scroll", margin=0)
        head = QHBoxLayout()
        head.addWidget(Heading(self.tr("Keys")))
        head.addStretch(1)
        head.addWidget(self._close)
        self.body.setContentsMargins(Space.XL, Space.L, Space.L, Space.L)
        nest(self.body, head)
        self.body.addWidget(self._scroll, 1)

    def open_keys(self, groups: Sequence[tuple[str, Iterable[KeyHelp]]]) -> None:
        """Show groups of keys, each under its name; empty ones are left out."""
        clear(self._scroll.column)
        columns = QHBoxLayout()
        columns.setSpacing(Space.XL)
        halves = [QVBoxLayout(), QVBoxLayout()]
        for half in halves:
            half.setSpacing(Space.S)
            nest(columns, half, 1)
        filled = [(name, tuple(keys)) for name, keys in groups]
        lengths = [0, 0]
        for name, keys in filled:
            if keys:
                shorter = lengths.index(min(lengths))
                halves[shorter].addWidget(_group(name, keys))
                lengths[shorter] += len(keys) + 2
        for half in halves:
            half.addStretch(1)
        nest(self._scroll.column, columns)
        self.panel.setMinimumHeight(min(620, 140 + 32 * max(lengths)))
        self.open_over(self._close)


def _group(name: str, keys: Sequence[KeyHelp]) -> QWidget:
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 0, 0, Space.M)
    grid.setHorizontalSpacing(Space.M)
    grid.setVerticalSpacing(Space.S)
    grid.addWidget(Strong(name), 0, 0, 1, 2)
    for line, help_ in enumerate(keys, 1):
        grid.addWidget(KeyHint(help_.keys), line, 0, Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(Body(help_.text), line, 1)
    grid.setColumnStretch(1, 1)
    return made
