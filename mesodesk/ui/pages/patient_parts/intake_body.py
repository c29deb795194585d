"""Height, weight, body mass index and skin type of an intake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from mesodesk.domain.readings import Earlier
from mesodesk.domain.units import body_mass_index
from mesodesk.ui.measuring.weight_doubt import WeightDoubt
from mesodesk.ui.numbers import format_day, format_quantity
from mesodesk.ui.pages.patient_parts.measures import ROMAN, weight_words
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.cards import Card, Fact, IconLabel
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.numberfields import LengthField, WeightField
from mesodesk.ui.widgets.rows import Row
from mesodesk.ui.widgets.text import Label, Muted, Strong

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from mesodesk.domain.records.intake import IntakeFields
    from mesodesk.ui.context import Context
    from mesodesk.ui.widgets.field import Field


class BodyCard(Card):
    """What is measured and seen. Units are the clinic's; a unit typed with a number wins."""

    edited = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(object_name="section_body", parent=parent)
        self.set_title(self.tr("Body and skin"))
        clinic = context.clinic.fields
        self.height_cm = LengthField("intake_height", self.tr("Height"), clinic.length_unit)
        self.weight_kg = WeightField("intake_weight", self.tr("Weight today"), clinic.weight_unit)
        self.bmi = Fact(self.tr("Body mass index"))
        self.bmi.setObjectName("intake_bmi")
        self.skin = SkinPicker()
        pair = QHBoxLayout()
        pair.setSpacing(Space.L)
        for label, field in (
            (self.tr("Height"), self.height_cm),
            (self.tr("Weight today"), self.weight_kg),
        ):
            pair.addWidget(FormRow(label, field), 1, Qt.AlignmentFlag.AlignTop)
        nest(self.body, pair)
        self.last_weight = LastWeight(context)
        self.add(self.last_weight)
        self.doubt = WeightDoubt(context, self.weight_kg, "intake_weight_doubt")
        self.add(self.doubt)
        self.add(self.bmi)
        self.add(Strong(self.tr("Skin type")))
        self.add(self.skin)
        for field in (self.height_cm, self.weight_kg):
            field.edited.connect(self._edited)
            field.committed.connect(self._look_at_weight)
        self.doubt.corrected.connect(self._edited)
        self.skin.chosen.connect(self._edited)
        self.last_weight.still_true.connect(self._confirm_weight)

    def show_fields(self, typed: IntakeFields) -> None:
        """Show what is on record."""
        self.height_cm.set_value(typed.height_cm)
        self.weight_kg.set_value(typed.weight_kg)
        self.skin.set_value(typed.skin_type)
        self._show_bmi()
        self._show_last_weight()

    def show_last_weight(self, weight_kg: Decimal | None, day: date | None) -> None:
        """Ask whether the weight of an earlier day is still true; None asks nothing."""
        self.last_weight.show_weight(weight_kg, day)
        self._show_last_weight()

    def unasked(self) -> list[QWidget]:
        """Return what was not asked or looked at yet, as the widgets to answer it."""
        left: list[QWidget] = []
        if self.height_cm.value() is None:
            left.append(self.height_cm.input)
        if self.weight_kg.value() is None:
            left.append(self.weight_kg.input)
        if self.skin.value() is None:
            left.append(self.skin.focus_target())
        return left

    def first_wrong(self) -> Field | None:
        """Return the first measure that cannot be used as it is typed."""
        return next((one for one in (self.height_cm, self.weight_kg) if one.error()), None)

    @Slot(object)
    def _confirm_weight(self, weight_kg: Decimal) -> None:
        self.weight_kg.set_value(weight_kg)
        self.weight_kg.input.setFocus(Qt.FocusReason.OtherFocusReason)
        self._edited()

    @Slot()
    def _look_at_weight(self) -> None:
        self.doubt.look(self.height_cm.value(), self.last_weight.earlier())

    def _show_last_weight(self) -> None:
        self.last_weight.setVisible(self.last_weight.asks() and not self.weight_kg.input.text())

    @Slot()
    def _edited(self) -> None:
        self._show_bmi()
        self._show_last_weight()
        self.edited.emit()

    def _show_bmi(self) -> None:
        self.bmi.figure.setText(self._bmi_words(self.weight_kg.value(), self.height_cm.value()))
        self.bmi.setAccessibleName(f"{self.bmi.text.text()}: {self.bmi.figure.text()}")

    def _bmi_words(self, weight: Decimal | None, height: Decimal | None) -> str:
        if weight is None and height is None:
            return self.tr("unknown: height and weight not asked")
        if weight is None:
            return self.tr("unknown: weight not asked")
        if height is None:
            return self.tr("unknown: height not asked")
        return format_quantity(body_mass_index(weight, height), "kg/m²", 1)


class LastWeight(QWidget):
    """The weight known from an earlier day: nothing on record today until somebody confirms it."""

    #: kg, a Decimal
    still_true = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("last_weight")
        self._context = context
        self._weight_kg: Decimal | None = None
        self._day: date | None = None
        self.words = Muted("")
        self.confirm = Button(
            self.tr("Still true"), "weight_still_true", icon_name="check", compact=True
        )
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.S)
        line.addWidget(self.words, 1)
        line.addWidget(self.confirm)
        self.confirm.clicked.connect(self._confirmed)

    def asks(self) -> bool:
        """Tell whether there is an earlier weight to ask about."""
        return self._weight_kg is not None

    def earlier(self) -> Earlier | None:
        """Return what a weight of today is compared with."""
        if self._weight_kg is None or self._day is None:
            return None
        return Earlier(self._weight_kg, self._day)

    def show_weight(self, weight_kg: Decimal | None, day: date | None) -> None:
        """Show a weight and the day it was taken."""
        self._weight_kg, self._day = weight_kg, day
        if weight_kg is None or day is None:
            return
        shown = weight_words(weight_kg, self._context.clinic.fields.weight_unit)
        when = format_day(day, self._context.today())
        words = self.tr("Weight last known: {weight}, {day}. Still true today?")
        self.words.setText(words.format(weight=shown, day=when))
        name = self.tr("Weight still true: {weight}, {day}")
        self.confirm.setAccessibleName(name.format(weight=shown, day=when))

    @Slot()
    def _confirmed(self) -> None:
        self.still_true.emit(self._weight_kg)


class SkinPicker(QWidget):
    """Fitzpatrick I to VI with what each means; the chosen one clicked again is taken back.

    Descriptions after Fitzpatrick TB. Arch Dermatol 1988;124:869-871.
    """

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        paint.name(self, "skin_type", self.tr("Skin type"))
        texts = (
            self.tr("Always burns, never tans"),
            self.tr("Burns easily, tans little"),
            self.tr("Burns at times, tans slowly"),
            self.tr("Burns seldom, tans well"),
            self.tr("Rarely burns; brown skin"),
            self.tr("Never burns; deeply pigmented"),
        )
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(Space.XS)
        self._rows: list[Row] = []
        for at, text in enumerate(texts):
            tick = IconLabel("check", "accent", 18)
            tick.hide()
            row = Row(
                text,
                object_name=f"skin_type_{at + 1}",
                leading=_Numeral(ROMAN[at]),
                trailing=[tick],
            )
            row.toggled.connect(tick.setVisible)
            row.title.setFont(Muted().font())
            row.setCheckable(True)
            row.setAccessibleName(f"{ROMAN[at]}. {text}")
            row.clicked.connect(self._clicked)
            grid.addWidget(row, at % 3, at // 3)
            self._rows.append(row)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)

    def value(self) -> int | None:
        """Return 1 to 6, or None."""
        return next((at + 1 for at, row in enumerate(self._rows) if row.isChecked()), None)

    def set_value(self, skin_type: int | None) -> None:
        """Show a type without telling of it."""
        for at, row in enumerate(self._rows):
            row.setChecked(at + 1 == skin_type)

    def focus_target(self) -> QWidget:
        return self._rows[(self.value() or 1) - 1]

    @Slot()
    def _clicked(self) -> None:
        for row in self._rows:
            if row is not self.sender():
                row.setChecked(False)
        self.chosen.emit()


class _Numeral(Label):
    def __init__(self, text: str) -> None:
        super().__init__(text, Role.STRONG, "accent")
        self.setFixedWidth(24)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
