"""Finds a region by its name: type, Enter, and it is in sight, filled or under the crosshair."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from mesodesk.domain.bodymap.regions import Region, find_regions
from mesodesk.ui.bodymap.field_words import Joining
from mesodesk.ui.bodymap.model import ChartModel
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.popover import Popover
from mesodesk.ui.widgets.rows import Row
from mesodesk.ui.widgets.text import Label
from mesodesk.ui.widgets.textfields import SearchField

_SHOWN: Final = 6
_WIDTH: Final = 340


class RegionFinder(Popover):
    """A line to type in over the regions that match."""

    #: the key of the region, and the keys that were held with it (`Qt.KeyboardModifier`).
    chosen = Signal(str, object)

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
        self.hint = Label("", Role.SMALL, "muted", wrap=True)
        self.hint.setObjectName("region_finder_hint")
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
        nest(self.body, column)
        self.add(self.hint)
        self.body.setSpacing(Space.S)
        self.search.searched.connect(self._look)
        self.search.moved.connect(self._move)

    def open_over(self, place: QPoint, joining: Joining | None) -> None:
        """Open at a place of the window, empty, with the cursor in the line.

        Args:
            place: of the window.
            joining: what Enter does with a region; None if it only goes there.
        """
        self.hint.setText(self._words(joining))
        self.search.set_value("")
        self._look("")
        self.open_at(place, self.search.input)

    def _words(self, joining: Joining | None) -> str:
        if joining is None:
            return self.tr("Enter goes there. With a tool for areas it is filled.")
        if joining is Joining.ADD:
            return self.tr("Enter adds it to the selected field, Alt and Enter cut it out.")
        if joining is Joining.CUT:
            return self.tr("Enter cuts it out of the selected field, Shift and Enter add it.")
        return self.tr(
            "Enter fills it. Shift and Enter add it to the selected field, "
            "Alt and Enter cut it out."
        )

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

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Before the line itself sees it, which does not tell what is held with Enter.
        if (
            watched is self.search.input
            and event.type() is QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        ):
            if self._found:
                self._choose(self._found[self._at], event.modifiers())
            return True
        return super().eventFilter(watched, event)

    @Slot()
    def _row_clicked(self) -> None:
        number = int(self.sender().property("number"))
        self._choose(self._found[number], QApplication.keyboardModifiers())

    def _choose(self, region: Region, held: Qt.KeyboardModifier) -> None:
        self.close_panel()
        self.chosen.emit(region.key, held)
