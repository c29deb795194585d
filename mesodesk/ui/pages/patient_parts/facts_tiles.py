"""Weight, height, body mass index and skin type as tiles; what nobody asked says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QWidget

from mesodesk.domain.clock import local_date
from mesodesk.domain.units import body_mass_index
from mesodesk.ui.numbers import format_day, format_quantity
from mesodesk.ui.pages.patient_parts.measures import ROMAN, length_words, weight_words
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.text import Label, Muted

if TYPE_CHECKING:
    from decimal import Decimal

    from mesodesk.domain.records.intake import IntakeRecord
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.patient_parts.file import PatientFile


class FactsTiles(QWidget):
    """Four small cards side by side."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.weight = _Tile(self.tr("Weight"), "tile_weight")
        self.height_ = _Tile(self.tr("Height"), "tile_height")
        self.bmi = _Tile(self.tr("Body mass index"), "tile_bmi")
        self.skin = _Tile(self.tr("Skin type"), "tile_skin")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.M)
        for tile in (self.weight, self.height_, self.bmi, self.skin):
            line.addWidget(tile, 1)

    def show_file(self, file: PatientFile) -> None:
        """Show the newest figure of each kind, with the day of its intake."""
        clinic = self._context.clinic.fields
        weighed = _newest(file, "weight_kg")
        measured = _newest(file, "height_cm")
        seen = _newest(file, "skin_type")
        weight = weighed.fields.weight_kg if weighed else None
        height = measured.fields.height_cm if measured else None
        skin = seen.fields.skin_type if seen else None
        unasked = self.tr("not asked")
        self.weight.show_words(
            weight_words(weight, clinic.weight_unit) if weight else unasked, self._day(weighed)
        )
        self.height_.show_words(
            length_words(height, clinic.length_unit) if height else unasked, self._day(measured)
        )
        self.bmi.show_words(*self._bmi(weight, height))
        self.skin.show_words(ROMAN[skin - 1] if skin else unasked, self._day(seen))

    def _bmi(self, weight: Decimal | None, height: Decimal | None) -> tuple[str, str]:
        if weight is None or height is None:
            missing = self.tr("weight not asked") if weight is None else self.tr("height not asked")
            return self.tr("unknown"), missing
        return format_quantity(body_mass_index(weight, height), "kg/m²", 1), self.tr("computed")

    def _day(self, intake: IntakeRecord | None) -> str:
        if intake is None:
            return ""
        zone = self._context.clinic.fields.zone
        day = local_date(intake.completed_at or intake.started_at, zone)
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


def _newest(file: PatientFile, name: str) -> IntakeRecord | None:
    """Return the newest intake that tells a figure."""
    return next((each for each in file.intakes if getattr(each.fields, name) is not None), None)
