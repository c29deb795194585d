"""Finds a region by its name: type, Enter, and it is in sight, filled or under the crosshair."""

from typing import Final

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.domain.bodymap.regions import Region, find_regions
from mesodesk.ui.bodymap.model import ChartModel
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.popover import Popover
from mesodesk.ui.widgets.rows import Row
from mesodesk.ui.widgets.text import Label
from mesodesk.ui.widgets.textfields import SearchField

_SHOWN: Final = 6
_WIDTH: Final = 340


class RegionFinder(Popover):
    """A line to type in over the regions that match."""

    #: the key of the region.
    chosen = Signal(str)

    def __init__(self, model: ChartModel, anchor: QWidget) -> None:
        super().__init__(anchor, "region_finder", "")
        self.setAccessibleName(self.tr("Find a region"))
        self.setFixedWidth(_WIDTH)
        self._model = model
        self._found: tuple[Region, ...] = ()
        self._at = 0
        self.search = SearchField(
            "region_search", self.tr("Region"), placeholder=self.tr("Region, e.g. outer thigh")
        )
        self.none = Label(self.tr("No region is called that."), tone="muted")
        self.rows = [Row("", object_name=f"region_found_{n}") for n in range(_SHOWN)]
        column = QVBoxLayout()
        column.setSpacing(2)
        for number, row in enumerate(self.rows):
            row.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            row.setCheckable(True)
            row.clicked.connect(self._row_clicked)
            row.setProperty("number", number)
            column.addWidget(row)
        self.add(self.search)
        self.add(self.none)
        self.body.addLayout(column)
        self.body.setSpacing(Space.S)
        self.search.searched.connect(self._look)
        self.search.moved.connect(self._move)
        self.search.entered.connect(self._enter)

    def open_over(self, place: QPoint) -> None:
        """Open at a place of the window, empty, with the cursor in the line."""
        self.search.set_value("")
        self._look("")
        self.open_at(place, self.search.input)

    @Slot(str)
    def _look(self, typed: str) -> None:
        self._found = find_regions(typed, self._model.language)[:_SHOWN] if typed else ()
        self._at = 0
        self.none.setVisible(bool(typed) and not self._found)
        self._show_rows()

    def _show_rows(self) -> None:
        for number, row in enumerate(self.rows):
            there = number < len(self._found)
            row.setVisible(there)
            if there:
                row.title.setText(self._found[number].name(self._model.language))
                row.setChecked(number == self._at)
        layout = self.layout()
        if layout is not None:
            layout.activate()
        self.adjustSize()

    @Slot(int)
    def _move(self, direction: int) -> None:
        if self._found:
            self._at = (self._at + direction) % len(self._found)
            self._show_rows()

    @Slot()
    def _enter(self) -> None:
        if self._found:
            self._choose(self._found[self._at])

    @Slot()
    def _row_clicked(self) -> None:
        self._choose(self._found[int(self.sender().property("number"))])

    def _choose(self, region: Region) -> None:
        self.close_panel()
        self.chosen.emit(region.key)
