"""Weight, height, body mass index and skin type as tiles; what nobody asked says so."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QGridLayout, QWidget

from mesodesk.domain.clock import local_date
from mesodesk.domain.units import body_mass_index
from mesodesk.ui.numbers import format_day, format_quantity
from mesodesk.ui.pages.patient_parts.file import told_at
from mesodesk.ui.pages.patient_parts.measures import ROMAN, length_words, weight_words
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.text import Label, Muted

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.patient_parts.file import PatientFile


class FactsTiles(QWidget):
    """Four small cards, two and two."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.weight = _Tile(self.tr("Weight"), "tile_weight")
        self.height_ = _Tile(self.tr("Height"), "tile_height")
        self.bmi = _Tile(self.tr("Body mass index"), "tile_bmi")
        self.skin = _Tile(self.tr("Skin type"), "tile_skin")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(Space.M)
        for at, tile in enumerate((self.weight, self.height_, self.bmi, self.skin)):
            grid.addWidget(tile, at // 2, at % 2)

    def show_file(self, file: PatientFile) -> None:
        """Show the newest figure of each kind, with the day of its intake or session."""
        clinic = self._context.clinic.fields
        weight, weighed_at = file.last_weight()
        height, measured_at = _since(file, "height_cm")
        skin, seen_at = _since(file, "skin_type")
        unasked = self.tr("not asked")
        self.weight.show_words(
            weight_words(weight, clinic.weight_unit) if weight else unasked, self._day(weighed_at)
        )
        self.height_.show_words(
            length_words(height, clinic.length_unit) if height else unasked, self._day(measured_at)
        )
        self.bmi.show_words(*self._bmi(weight, height))
        self.skin.show_words(ROMAN[skin - 1] if skin else unasked, self._day(seen_at))

    def _bmi(self, weight: Decimal | None, height: Decimal | None) -> tuple[str, str]:
        if weight is None or height is None:
            missing = self.tr("weight not asked") if weight is None else self.tr("height not asked")
            return self.tr("unknown"), missing
        return format_quantity(body_mass_index(weight, height), "kg/m²", 1), self.tr("computed")

    def _day(self, moment: datetime | None) -> str:
        if moment is None:
            return ""
        day = local_date(moment, self._context.clinic.fields.zone)
        return format_day(day, self._context.today())


class _Tile(Card):
    def __init__(self, title: str, object_name: str) -> None:
        super().__init__(object_name=object_name, padding=Space.M)
        self.setAccessibleName(title)
        self.figure = Label("", Role.FIGURE)
        self.note = Muted("", wrap=False)
        self.body.setSpacing(2)
        self.add(Muted(title, wrap=False))
        self.add(self.figure)
        self.add(self.note)

    def show_words(self, figure: str, note: str) -> None:
        """Show a figure and where it comes from."""
        self.figure.setText(figure)
        self.note.setText(note or " ")
        self.setAccessibleDescription(f"{figure} {note}".strip())


def _since(file: PatientFile, name: str) -> tuple[Any, datetime | None]:
    """Return a figure of the newest intake that tells it, and when it was first told so.

    A review takes it over from the intake before: that does not make it newer.
    """
    told = [each for each in file.intakes if getattr(each.fields, name) is not None]
    if not told:
        return None, None
    value = getattr(told[0].fields, name)
    alike = list(takewhile(lambda each: getattr(each.fields, name) == value, told))
    return value, told_at(alike[-1])
