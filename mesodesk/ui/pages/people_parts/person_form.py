"""What is typed about somebody: name, initials, role, colour."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from mesodesk.domain.records.clinic import Role
from mesodesk.domain.records.staff import PersonFields
from mesodesk.ui.pages.people_parts.colour_field import ColourField
from mesodesk.ui.pages.people_parts.words import role_help, role_name
from mesodesk.ui.widgets.choices import ChoiceField, Option
from mesodesk.ui.widgets.forms import Form, FormRow
from mesodesk.ui.widgets.textfields import TextField

_LONGEST_INITIALS = 4


class PersonForm(Form):
    """Tells of each edit; what is wrong stands beneath the field."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.name = TextField("person_name", self.tr("Name"))
        self.initials = TextField("person_initials", self.tr("Initials"), longest=_LONGEST_INITIALS)
        options = [Option(role, role_name(role), subtitle=role_help(role)) for role in Role]
        self.role = ChoiceField("person_role", self.tr("Role"), options)
        self.colour = ColourField()
        said = self.tr("As it stands on the unlock page and the record.")
        self.add_pair(
            FormRow(self.tr("Name"), self.name, said),
            FormRow(self.tr("Initials"), self.initials, self.tr("On the badge."), optional=True),
            first=2,
        )
        self.role_row = FormRow(self.tr("Role"), self.role, " ")
        self.add(self.role_row)
        self.add_row(self.tr("Colour"), self.colour)
        self.name.edited.connect(self._edited)
        self.initials.edited.connect(self._edited)
        self.role.edited.connect(self._role_chosen)
        self.colour.edited.connect(self._edited)

    def fields(self) -> PersonFields:
        """Return what is typed."""
        return PersonFields(
            self.name.value(), self.initials.value(), self.role.value(), self.colour.value()
        )

    def show_fields(self, fields: PersonFields) -> None:
        """Show somebody."""
        self.name.set_value(fields.name)
        self.initials.set_value(fields.initials)
        self.role.set_value(fields.role)
        self.colour.set_value(fields.colour)
        self.role_row.set_help(role_help(fields.role))

    def show_problems(self, error: Exception) -> bool:
        """Show what is wrong at its field; tell whether there was anything to show."""
        places = {"name": self.name, "initials": self.initials}
        shown = [one for one in getattr(error, "problems", ()) if one.place in places]
        for problem in shown:
            places[problem.place].set_error(problem.sentence)
        wrong = self.first_wrong()
        if wrong is not None:
            wrong.setFocus()
        return bool(shown)

    @Slot(object)
    def _role_chosen(self, role: Role) -> None:
        self.role_row.set_help(role_help(role))
        self.edited.emit()

    @Slot()
    def _edited(self) -> None:
        self.edited.emit()
