"""Everything that the clinic says of itself, in cards; one record behind all of them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final
from zoneinfo import available_timezones

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.domain.records.clinic import ClinicFields, LengthUnit, WeightUnit
from mesodesk.domain.schedule import load_schedule
from mesodesk.ui.gate.first_run_steps import LANGUAGES, countries
from mesodesk.ui.pages.settings_parts.limits_form import LimitsForm
from mesodesk.ui.tokens import KIND_ICONS, Kind, Space
from mesodesk.ui.widgets.cards import Card, IconLabel
from mesodesk.ui.widgets.choices import CheckField, ChoiceField, Option, PickList
from mesodesk.ui.widgets.forms import Form, FormRow
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.multiline import MultilineField
from mesodesk.ui.widgets.numberfields import NumberField
from mesodesk.ui.widgets.segments import SegmentedControl
from mesodesk.ui.widgets.text import Muted, Strong
from mesodesk.ui.widgets.textfields import TextField

_OLDEST_AGE: Final = Decimal(120)
_LONGEST_MINUTES: Final = Decimal(60)
_LONGEST_CONSENT_MONTHS: Final = Decimal(120)
_TWO_LINES: Final = 110
_LIMITS: Final = "limits["


class ClinicForm(QWidget):
    """Makes the fields and the cards that they stand in; the page puts the cards into columns.

    Emits `edited`; keeping is the caller's job.
    """

    edited = Signal()

    def __init__(self, fields: ClinicFields, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make_clinic()
        self._make_region()
        self._make_safety()
        self.escalation = EscalationCard(fields.language)
        self.limits = LimitsForm(fields.language)
        self.clinic_card = self._lay_out_clinic()
        self.region_card = self._lay_out_region()
        self.safety_card = self._lay_out_safety()
        self.show_fields(fields)
        self._connect()
        self.hide()

    def _make_clinic(self) -> None:
        self.name = TextField("clinic_name", self.tr("Name of the clinic"))
        self.address = MultilineField("clinic_address", self.tr("Address"), most_lines=4)
        self.phone = TextField("clinic_phone", self.tr("Phone of the clinic"))
        self.emergency = TextField("emergency_phone", self.tr("Emergency phone"))

    def _make_region(self) -> None:
        self.jurisdiction = PickList("jurisdiction", self.tr("Country"), countries())
        self.language = ChoiceField("clinic_language", self.tr("Clinical texts in"), LANGUAGES)
        zones = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")
        self.zone = PickList(
            "time_zone",
            self.tr("Time zone"),
            [Option(zone, zone.replace("_", " ")) for zone in zones],
        )
        self.weight_unit = SegmentedControl(
            {"kg": self.tr("kg"), "lb": self.tr("lb")}, "weight_unit", self.tr("Weights in")
        )
        self.length_unit = SegmentedControl(
            {"cm": self.tr("cm"), "in": self.tr("inches")}, "length_unit", self.tr("Lengths in")
        )

    def _make_safety(self) -> None:
        self.minimum_age = NumberField(
            "minimum_age",
            self.tr("Minimum age in years"),
            places=0,
            unit=self.tr("years"),
            minimum=Decimal(0),
            maximum=_OLDEST_AGE,
            step=Decimal(1),
        )
        self.idle_minutes = NumberField(
            "idle_lock_minutes",
            self.tr("Lock when nobody is there, after minutes"),
            places=0,
            unit=self.tr("min"),
            minimum=Decimal(1),
            maximum=_LONGEST_MINUTES,
            step=Decimal(1),
        )

        self.consent_required = CheckField(
            self.tr("Sign a session only with a valid consent"), "consent_required"
        )
        self.consent_months = NumberField(
            "consent_months",
            self.tr("A consent stands for, in months"),
            places=0,
            unit=self.tr("months"),
            minimum=Decimal(1),
            maximum=_LONGEST_CONSENT_MONTHS,
            placeholder=self.tr("no end"),
        )
        self.intake_months = NumberField(
            "intake_months",
            self.tr("An intake stands for, in months"),
            places=0,
            unit=self.tr("months"),
            minimum=Decimal(1),
            maximum=_LONGEST_CONSENT_MONTHS,
            placeholder=self.tr("no end"),
        )

    def _lay_out_clinic(self) -> Card:
        form = Form(max_width=900)
        form.add_row(self.tr("Name"), self.name)
        form.add_row(self.tr("Address"), self.address, optional=True)
        form.add_pair(
            FormRow(self.tr("Phone"), self.phone, optional=True),
            FormRow(self.tr("Emergency phone"), self.emergency, optional=True),
        )
        form.add(
            Muted(self.tr("A red flag that is an emergency shows its phone in large figures."))
        )
        return _card(self.tr("The clinic"), "clinic_card", form)

    def _lay_out_region(self) -> Card:
        form = Form(max_width=900)
        form.add_pair(
            FormRow(self.tr("Country"), self.jurisdiction),
            FormRow(self.tr("Clinical texts in"), self.language),
        )
        form.add_row(
            self.tr("Time zone"),
            self.zone,
            self.tr("Days of follow-up begin by its clock."),
        )
        form.add_pair(
            FormRow(self.tr("Weights in"), self.weight_unit),
            FormRow(self.tr("Lengths in"), self.length_unit),
        )
        return _card(self.tr("Country, language and units"), "region_card", form)

    def _lay_out_safety(self) -> Card:
        form = Form(max_width=900)
        form.add_pair(
            FormRow(
                self.tr("Minimum age"),
                self.minimum_age,
                self.tr("Screening stops a session below it."),
            ),
            FormRow(
                self.tr("Lock when nobody is there"),
                self.idle_minutes,
                self.tr("What is typed is kept first."),
            ),
        )
        form.add_row(
            self.tr("Consent"),
            self.consent_required,
            self.tr("Said at the check of each session. Amendments ask for none."),
        )
        form.add_row(
            self.tr("A consent stands for"),
            self.consent_months,
            self.tr("Left empty, until another text, product, area or a reaction asks anew."),
            optional=True,
        )
        form.add_row(
            self.tr("An intake stands for"),
            self.intake_months,
            self.tr("Then each check asks to go through it again. No source states how long."),
            optional=True,
        )
        return _card(self.tr("Safety"), "safety_card", form)

    def _connect(self) -> None:
        for field in (self.name, self.address, self.phone, self.emergency):
            field.edited.connect(self._tell)
        for other in (self.jurisdiction, self.language, self.zone):
            other.edited.connect(self._tell)
        self.consent_required.ticked.connect(self._tell)
        for number in self._numbers():
            number.edited.connect(self._tell)
        for unit in (self.weight_unit, self.length_unit):
            unit.chosen.connect(self._tell)
        self.escalation.edited.connect(self._tell)
        self.limits.edited.connect(self._tell)
        self.language.edited.connect(self._show_language)

    @Slot()
    def _tell(self) -> None:
        self.edited.emit()

    @Slot()
    def _show_language(self) -> None:
        self.escalation.show_language(self.language.value() or "en")
        self.limits.show_language(self.language.value() or "en")

    def show_fields(self, fields: ClinicFields) -> None:
        """Show what is on record; fields that show it already keep their cursor."""
        self.name.set_value(fields.name)
        self.address.set_value(fields.address)
        self.phone.set_value(fields.phone)
        self.emergency.set_value(fields.emergency_phone)
        self.jurisdiction.set_value(fields.jurisdiction or None)
        self.language.set_value(fields.language)
        self.zone.set_value(fields.zone)
        self.weight_unit.set_value(fields.weight_unit.value)
        self.length_unit.set_value(fields.length_unit.value)
        self.minimum_age.set_value(Decimal(fields.minimum_age))
        self.idle_minutes.set_value(Decimal(fields.idle_lock_minutes))
        self.consent_required.setChecked(fields.consent_required)
        months = fields.consent_months
        self.consent_months.set_value(None if months is None else Decimal(months))
        stands = fields.intake_months
        self.intake_months.set_value(None if stands is None else Decimal(stands))
        self.escalation.show_texts(fields.escalation)
        self.escalation.show_language(fields.language)
        self.limits.show_settings(fields.limits)
        self.limits.show_language(fields.language)

    def fields(self) -> ClinicFields | None:
        """Return what was typed, or None while something is missing or wrong."""
        months, stands = self.consent_months.value(), self.intake_months.value()
        age, minutes, zone = (
            self.minimum_age.value(),
            self.idle_minutes.value(),
            self.zone.value(),
        )
        if age is None or minutes is None or zone is None or self._has_error():
            return None
        return ClinicFields(
            name=self.name.value(),
            jurisdiction=self.jurisdiction.value() or "",
            language=self.language.value() or "en",
            zone=zone,
            weight_unit=WeightUnit(self.weight_unit.value() or "kg"),
            length_unit=LengthUnit(self.length_unit.value() or "cm"),
            minimum_age=int(age),
            idle_lock_minutes=int(minutes),
            address=self.address.value(),
            phone=self.phone.value(),
            emergency_phone=self.emergency.value(),
            escalation=self.escalation.texts(),
            limits=self.limits.settings(),
            consent_required=self.consent_required.isChecked(),
            consent_months=None if months is None else int(months),
            intake_months=None if stands is None else int(stands),
        )

    def show_problem(self, place: str, sentence: str) -> None:
        """Show a sentence of the service at the field it speaks of."""
        if place.startswith(_LIMITS):
            self.limits.show_problem(place.removeprefix(_LIMITS).rstrip("]"), sentence)
            return
        field = {
            "name": self.name,
            "address": self.address,
            "phone": self.phone,
            "emergency_phone": self.emergency,
            "jurisdiction": self.jurisdiction,
            "zone": self.zone,
            "minimum_age": self.minimum_age,
            "idle_lock_minutes": self.idle_minutes,
            "consent_months": self.consent_months,
            "intake_months": self.intake_months,
        }.get(place)
        if field is None:
            field = self.escalation.field(place.removeprefix("escalation[").rstrip("]"))
        if field is not None:
            field.set_error(sentence)

    def _numbers(self) -> tuple[NumberField, ...]:
        return (self.minimum_age, self.idle_minutes, self.consent_months, self.intake_months)

    def _has_error(self) -> bool:
        fields = (self.name, self.address, self.phone, self.emergency)
        wrong = any(field.error() for field in (*fields, *self._numbers()))
        return wrong or self.escalation.has_error()


class EscalationCard(Card):
    """What to do for each red-flag band: the shipped text, until the clinic writes its own."""

    edited = Signal()

    def __init__(self, language: str, parent: QWidget | None = None) -> None:
        super().__init__(object_name="escalation_card", parent=parent)
        self.set_title(self.tr("What to do at a red flag"))
        self.add(
            Muted(
                self.tr(
                    "Shown at once when an answer of a follow-up check raises a flag. Where a box "
                    "is empty, the text in grey is shown; write your own over it."
                )
            )
        )
        self._fields: dict[str, MultilineField] = {}
        for band in load_schedule().bands:
            title = band.title.get(language)
            # High enough for the shipped text, which cannot be scrolled.
            lines = 2 if len(band.instruction.get(language)) < _TWO_LINES else 4
            field = MultilineField(f"escalation_{band.id}", title, least_lines=lines)
            kind = Kind.STOP if band.rank == 0 else Kind.CAUTION
            head = row(IconLabel(KIND_ICONS[kind], kind, 16), Strong(title), stretch=True)
            box = QVBoxLayout()
            box.setSpacing(Space.XS)
            nest(box, head)
            box.addWidget(field)
            nest(self.body, box)
            field.edited.connect(self._tell)
            self._fields[band.id] = field

    def field(self, band_id: str) -> MultilineField | None:
        """Return the field of a band."""
        return self._fields.get(band_id)

    def show_language(self, language: str) -> None:
        """Show the shipped texts in a language."""
        for band in load_schedule().bands:
            text = band.instruction.get(language)
            self._fields[band.id].input.setPlaceholderText(text)
            self._fields[band.id].input.setToolTip(text)

    def show_texts(self, texts: Mapping[str, str]) -> None:
        """Show the clinic's own texts."""
        for band_id, field in self._fields.items():
            field.set_value(texts.get(band_id, ""))

    def texts(self) -> dict[str, str]:
        """Return the clinic's own texts; bands without one are left out."""
        typed = {band_id: field.value() for band_id, field in self._fields.items()}
        return {band_id: text for band_id, text in typed.items() if text}

    def has_error(self) -> bool:
        """Tell whether a text is too long."""
        return any(field.error() for field in self._fields.values())

    @Slot()
    def _tell(self) -> None:
        self.edited.emit()


def _card(title: str, object_name: str, form: Form) -> Card:
    card = Card(title, object_name=object_name)
    card.add(form)
    return card
