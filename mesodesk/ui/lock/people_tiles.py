"""Who can come in, as large targets: one is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QGridLayout, QSizePolicy, QWidget

from mesodesk.ui import theme
from mesodesk.ui.frame.rail import paint_person
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import FocusRing, one_tab_stop

if TYPE_CHECKING:
    from uuid import UUID

    from PySide6.QtGui import QKeyEvent

    from mesodesk.domain.records.people import PersonAtDoor

_HEIGHT = 64
_COLUMNS = 2
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -2, Qt.Key.Key_Down: 2}


class PersonTile(FocusRing):
    """One person: initials on their colour, the name, and what is asked for."""

    def __init__(self, person: PersonAtDoor, parent: QWidget) -> None:
        super().__init__(parent)
        self.person = person
        paint.name(self, f"person_{person.id}", person.name)
        self._words = self.tr("PIN") if person.has_pin else self.tr("password")
        if person.by_code:
            self._words = self.tr("code")
        self.setAccessibleDescription(self._words)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(240, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        scheme, whole = theme.current(), paint.inside(self)
        lit = self.isChecked()
        border = scheme.accent if lit else scheme.border
        ground = scheme.accent_soft if lit else scheme.surface
        paint.box(painter, whole, ground, border, width=2 if lit else 1)
        if self.shows_ring():
            paint.ring(painter, whole.adjusted(3, 3, -3, -3))
        paint_person(painter, QRectF(12, 12, 40, 40), self.person.initials, self.person.colour)
        room = QRectF(64, 11, whole.width() - 72, 22)
        paint.write(painter, room, self.person.name, theme.font(Role.STRONG), scheme.text)
        room.translate(0, 22)
        paint.write(painter, room, self._words, theme.font(Role.SMALL), scheme.muted)


class PeopleTiles(QWidget):
    """Two columns of people; arrows move between them, and Enter goes on to the secret."""

    chosen = Signal()
    """Another person was chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        paint.name(self, "people", self.tr("Who comes in"))
        self._group = QButtonGroup(self)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(Space.S)
        for column in range(_COLUMNS):
            self._grid.setColumnStretch(column, 1)
        self._group.buttonClicked.connect(self._clicked)

    def show_people(self, people: tuple[PersonAtDoor, ...], chosen: UUID) -> None:
        """Show these people in place of those before, with one of them chosen."""
        for tile in self._tiles():
            self._group.removeButton(tile)
            self._grid.removeWidget(tile)
            tile.hide()
            tile.deleteLater()
        for at, person in enumerate(people):
            tile = PersonTile(person, self)
            self._group.addButton(tile)
            self._grid.addWidget(tile, at // _COLUMNS, at % _COLUMNS)
            tile.setChecked(person.id == chosen)
            tile.show()
        one_tab_stop(self._group)

    def person(self) -> PersonAtDoor | None:
        """Return who is chosen."""
        tile = self._group.checkedButton()
        return tile.person if isinstance(tile, PersonTile) else None

    def choose(self, user_id: UUID) -> None:
        """Choose somebody, if they are there."""
        for tile in self._tiles():
            if tile.person.id == user_id:
                tile.setChecked(True)
        one_tab_stop(self._group)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move between the people."""
        tiles = self._tiles()
        step = _STEPS.get(Qt.Key(event.key()))
        here = next((at for at, tile in enumerate(tiles) if tile.hasFocus()), None)
        if step is None or here is None or not 0 <= here + step < len(tiles):
            super().keyPressEvent(event)
            return
        tiles[here + step].setFocus(Qt.FocusReason.TabFocusReason)
        tiles[here + step].setChecked(True)
        one_tab_stop(self._group)
        self.chosen.emit()

    @Slot(QAbstractButton)
    def _clicked(self, _tile: QAbstractButton) -> None:
        one_tab_stop(self._group)
        self.chosen.emit()

    def _tiles(self) -> list[PersonTile]:
        return [tile for tile in self._group.buttons() if isinstance(tile, PersonTile)]
