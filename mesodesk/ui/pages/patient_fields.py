"""The fields of a patient's identity, for a new patient and for the Details tab alike."""

from collections.abc import Mapping
from datetime import date

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.domain.records.patient import BodySex, PatientFields
from mesodesk.ui.widgets.datefield import DateField
from mesodesk.ui.widgets.forms import Form, FormRow
from mesodesk.ui.widgets.multiline import MultilineField
from mesodesk.ui.widgets.segments import SegmentedControl
from mesodesk.ui.widgets.textfields import TextField

OLDEST = date(1900, 1, 1)


class PatientForm(QWidget):
    """Shows and reads the identity of a patient. Emits `edited`; keeping is the caller's job."""

    #: Something was typed or chosen.
    edited = Signal()

    def __init__(self, today: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.family_name = TextField("family_name", self.tr("Family name"))
        self.given_names = TextField("given_names", self.tr("Given names"))
        self.birth_date = DateField(
            "birth_date",
            self.tr("Birth date"),
            today,
            minimum=OLDEST,
            maximum=today,
            too_early=self.tr("A birth date before {day} cannot be right. Check the year."),
            too_late=self.tr("A birth date cannot be in the future. Check the year."),
        )
        self.body_sex = SegmentedControl(
            {"female": self.tr("Female"), "male": self.tr("Male")},
            "body_sex",
            self.tr("Body figure for the chart"),
        )
        self.phone = TextField("phone", self.tr("Phone"))
        self.email = TextField("email", self.tr("E-mail"))
        self.address = TextField("address", self.tr("Address"))
        self.note = MultilineField(
            "patient_note", self.tr("Note"), placeholder=self.tr("Prefers mornings; faints easily")
        )
        self._lay_out()
        for field in (self.family_name, self.given_names, self.birth_date, self.phone):
            field.edited.connect(self._tell)
        for other in (self.email, self.address, self.note):
            other.edited.connect(self._tell)
        self.body_sex.chosen.connect(self._tell)

    def _lay_out(self) -> None:
        form = Form(max_width=960)
        form.add_pair(
            FormRow(self.tr("Family name"), self.family_name),
            FormRow(self.tr("Given names"), self.given_names),
        )
        form.add_pair(
            FormRow(self.tr("Birth date"), self.birth_date),
            FormRow(self.tr("Body figure for the chart"), self.body_sex),
        )
        form.add_pair(
            FormRow(self.tr("Phone"), self.phone, optional=True),
            FormRow(self.tr("E-mail"), self.email, optional=True),
        )
        form.add_row(self.tr("Address"), self.address, optional=True)
        form.add_row(self.tr("Note"), self.note, optional=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(form)

    @Slot()
    def _tell(self) -> None:
        self.edited.emit()

    def show_fields(self, fields: PatientFields) -> None:
        """Show a patient on record."""
        self.family_name.set_value(fields.family_name)
        self.given_names.set_value(fields.given_names)
        self.birth_date.set_value(fields.birth_date)
        self.body_sex.set_value(fields.body_sex.value)
        self.phone.set_value(fields.phone)
        self.email.set_value(fields.email)
        self.address.set_value(fields.address)
        self.note.set_value(fields.note)

    def clear(self) -> None:
        """Empty every field."""
        for field in (self.family_name, self.given_names, self.phone, self.email, self.address):
            field.set_value("")
        self.note.set_value("")
        self.birth_date.set_value(None)
        self.body_sex.set_value(None)

    def fields(self) -> PatientFields | None:
        """Return what was typed, or None while something required is missing or wrong."""
        born, sex = self.birth_date.value(), self.body_sex.value()
        if not self.family_name.value() or born is None or sex is None or self._has_error():
            return None
        return PatientFields(
            family_name=self.family_name.value(),
            given_names=self.given_names.value(),
            birth_date=born,
            body_sex=BodySex(sex),
            phone=self.phone.value(),
            email=self.email.value(),
            address=self.address.value(),
            note=self.note.value(),
        )

    def missing(self) -> str:
        """Return what still has to be filled in, in words, or ""."""
        wanted = (
            (bool(self.family_name.value()), self.tr("family name")),
            (self.birth_date.value() is not None, self.tr("birth date")),
            (self.body_sex.value() is not None, self.tr("body figure")),
        )
        return ", ".join(words for given, words in wanted if not given)

    def draft(self) -> dict[str, object]:
        """Return what was typed, finished or not, as plain values."""
        born = self.birth_date.value()
        return {
            "family_name": self.family_name.value(),
            "given_names": self.given_names.value(),
            "birth_date": born.isoformat() if born else "",
            "body_sex": self.body_sex.value() or "",
            "phone": self.phone.value(),
            "email": self.email.value(),
            "address": self.address.value(),
            "note": self.note.value(),
        }

    def show_draft(self, draft: Mapping[str, object]) -> None:
        """Show what `draft` returned before, where nothing is typed by now."""
        for field in (self.family_name, self.given_names, self.phone, self.email, self.address):
            if not field.value():
                field.set_value(str(draft.get(field.input.objectName(), "")))
        if not self.note.value():
            self.note.set_value(str(draft.get("note", "")))
        born = str(draft.get("birth_date", ""))
        if born and not self.birth_date.input.text():
            self.birth_date.set_value(date.fromisoformat(born))
        if self.body_sex.value() is None:
            self.body_sex.set_value(str(draft.get("body_sex", "")) or None)

    def show_problem(self, place: str, sentence: str) -> None:
        """Show a sentence of the service at the field it speaks of."""
        field = {
            "family_name": self.family_name,
            "given_names": self.given_names,
            "birth_date": self.birth_date,
            "phone": self.phone,
            "email": self.email,
            "address": self.address,
            "note": self.note,
        }.get(place)
        if field is not None:
            field.set_error(sentence)

    def _has_error(self) -> bool:
        fields = (
            self.family_name,
            self.given_names,
            self.birth_date,
            self.phone,
            self.email,
            self.address,
            self.note,
        )
        return any(field.error() for field in fields)
