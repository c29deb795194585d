"""The first two steps: the clinic and its owner."""

from zoneinfo import ZoneInfo

from PySide6.QtCore import QLocale, QTimeZone, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.domain.records.clinic import ClinicFields, LengthUnit, WeightUnit
from mesodesk.ui.gate.step import Step
from mesodesk.ui.widgets.choices import ChoiceField, Option, PickList
from mesodesk.ui.widgets.forms import Form, FormRow
from mesodesk.ui.widgets.segments import SegmentedControl
from mesodesk.ui.widgets.textfields import TextField

LANGUAGES = (
    Option("en", "English"),
    Option("fr", "Français"),
    Option("it", "Italiano"),
    Option("es", "Español"),
)


def countries() -> tuple[Option, ...]:
    """Return all countries by name, each with its ISO 3166 code as value."""
    found = {}
    for territory in QLocale.Country:
        code = QLocale.territoryToCode(territory)
        if len(code) == 2 and code.isalpha():
            found[code] = QLocale.territoryToString(territory)
    return tuple(Option(code, name) for code, name in sorted(found.items(), key=lambda p: p[1]))


class ClinicStep(Step):
    """Name, country, units and language of the clinic."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = self.tr("Your clinic")
        self.lead = self.tr("Everything here can be changed later in Settings.")
        here = QLocale.system()
        self.clinic_name = TextField("clinic_name", self.tr("Clinic name"))
        self.jurisdiction = PickList("jurisdiction", self.tr("Country"), countries())
        self.jurisdiction.set_value(QLocale.territoryToCode(here.territory()))
        self.language = ChoiceField("clinic_language", self.tr("Clinical texts in"), LANGUAGES)
        code = here.name()[:2]
        self.language.set_value(code if code in {"en", "fr", "it", "es"} else "en")
        imperial = here.measurementSystem() is QLocale.MeasurementSystem.ImperialUSSystem
        self.weight_unit = SegmentedControl(
            {"kg": self.tr("kg"), "lb": self.tr("lb")}, "weight_unit", self.tr("Weights in")
        )
        self.weight_unit.set_value("lb" if imperial else "kg")
        self.length_unit = SegmentedControl(
            {"cm": self.tr("cm"), "in": self.tr("inches")}, "length_unit", self.tr("Lengths in")
        )
        self.length_unit.set_value("in" if imperial else "cm")
        self._lay_out()

    def _lay_out(self) -> None:
        form = Form()
        form.add_row(self.tr("Name of the clinic"), self.clinic_name)
        form.add_pair(
            FormRow(
                self.tr("Country"),
                self.jurisdiction,
                self.tr("Decides which products are forbidden."),
            ),
            FormRow(
                self.tr("Clinical texts in"),
                self.language,
                self.tr("Questions, rules and aftercare."),
            ),
        )
        form.add_pair(
            FormRow(self.tr("Weights in"), self.weight_unit),
            FormRow(self.tr("Lengths in"), self.length_unit),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(form)

    def begin(self) -> None:
        self.clinic_name.setFocus()

    def problem(self) -> str:
        nameless = self.tr("Type the name of the clinic; it stands on what you print.")
        nowhere = self.tr("Choose the country from the list.")
        self.clinic_name.set_error("" if self.clinic_name.value() else nameless)
        self.jurisdiction.set_error("" if self.jurisdiction.value() else nowhere)
        for field in (self.clinic_name, self.jurisdiction):
            if field.error():
                field.setFocus()
                return field.error()
        return ""

    def fields(self) -> ClinicFields:
        """Return what was typed; the time zone is this computer's."""
        return ClinicFields(
            name=self.clinic_name.value(),
            jurisdiction=self.jurisdiction.value() or "",
            language=self.language.value() or "en",
            zone=own_zone(),
            weight_unit=WeightUnit(self.weight_unit.value() or "kg"),
            length_unit=LengthUnit(self.length_unit.value() or "cm"),
        )


def own_zone() -> str:
    """Return the IANA name of this computer's time zone, UTC where it has none.

    A zone that is given as a rule (`CET-1CEST`) or as a file has no name that holds elsewhere; the
    settings offer the right one.
    """
    name = bytes(QTimeZone.systemTimeZoneId().data()).decode()
    try:
        ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        return "UTC"
    return "UTC" if name in {"localtime", "posixrules"} else name


class OwnerStep(Step):
    """Who owns the desk: name and initials."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = self.tr("You")
        self.lead = self.tr("Your name stands under every session that you sign.")
        self.owner_name = TextField(
            "owner_name", self.tr("Your name"), placeholder=self.tr("Dr Claire Moreau")
        )
        self.initials = TextField("owner_initials", self.tr("Initials"), longest=4)
        # Only the frame is short: beneath it a sentence needs the whole line.
        self.initials.frame.setMaximumWidth(120)
        self._typed_initials = False
        form = Form()
        form.add_row(self.tr("Your name, as you sign"), self.owner_name)
        form.add_row(
            self.tr("Initials"), self.initials, self.tr("Shown in the corner, on your badge.")
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(form)
        column.addStretch(1)  # the card is as tall as the tallest step
        self.owner_name.edited.connect(self._suggest)
        self.initials.edited.connect(self._keep_initials)

    def begin(self) -> None:
        self.owner_name.setFocus()

    def problem(self) -> str:
        for field, sentence in (
            (self.owner_name, self.tr("Type your name; it stands under what you sign.")),
            (self.initials, self.tr("Type your initials, one to four letters.")),
        ):
            if not field.value():
                field.set_error(sentence)
                field.setFocus()
            if field.error():
                return field.error()
        return ""

    @Slot(object)
    def _suggest(self, _name: object) -> None:
        if not self._typed_initials:
            titles = {"dr", "dr.", "dre", "dra", "dra.", "prof", "prof.", "dott.", "dott.ssa"}
            words = [w for w in self.owner_name.value().split() if w.lower() not in titles]
            letters = [words[0][0], words[-1][0]] if len(words) > 1 else [w[0] for w in words]
            self.initials.set_value("".join(letters).upper())

    @Slot(object)
    def _keep_initials(self, _initials: object) -> None:
        self._typed_initials = bool(self.initials.value())
