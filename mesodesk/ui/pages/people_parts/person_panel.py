"""One person: what is on record about them, and what can be done about how they come in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot

from mesodesk.domain.records.staff import GivenCode, PersonFields
from mesodesk.ui.jobs import explain
from mesodesk.ui.numbers import format_moment
from mesodesk.ui.pages.people_parts.code_view import CodeView
from mesodesk.ui.pages.people_parts.person_form import PersonForm
from mesodesk.ui.pages.people_parts.proof_area import ProofArea
from mesodesk.ui.pages.people_parts.words import role_name, way_words
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.text import Muted

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from mesodesk.domain.records.staff import OpenBackup, PersonRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

_NAMED = 5
"""How many backups are named; of more, the number is said."""


class PersonPanel(Card):
    """Shows somebody, or the form for somebody new; nothing typed as a password stays."""

    changed = Signal(object)
    """The id of somebody who was added or changed."""

    key_asked = Signal()
    """The vault's key is to be changed."""

    unfolded = Signal(object)
    """This part of it is shown now, and wants room."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(object_name="person_panel", parent=parent)
        self._context = context
        self._person: PersonRecord | None = None
        self._work: Callable[[str, Desk], GivenCode | PersonRecord] | None = None
        self.state = Muted("")
        self.state.setObjectName("person_state")
        self.notice = Notice(object_name="person_notice", parent=self)
        self.form = PersonForm()
        self.proof = ProofArea("person_proof")
        self.code = CodeView(context.clinic.fields.zone)
        self.save = Button(self.tr("Save"), "person_save", ButtonKind.PRIMARY)
        self.add_person = Button(self.tr("Add…"), "person_add", ButtonKind.PRIMARY)
        self.give_code = Button(
            self.tr("Give a code…"), "person_give_code", icon_name="key-outline"
        )
        self.leave = Button(self.tr("Has left…"), "person_leave")
        self.come_back = Button(self.tr("Let come back…"), "person_come_back")
        self._lay_out()
        self._connect()
        self.begin_new()

    def _lay_out(self) -> None:
        for widget in (self.state, self.notice, self.form):
            self.add(widget)
        self._actions = (self.save, self.add_person, self.give_code, self.leave, self.come_back)
        nest(self.body, row(*self._actions, stretch=True))
        self.add(self.proof)
        self.add(self.code)

    def _connect(self) -> None:
        self.form.edited.connect(self._typed)
        self.save.clicked.connect(self._save)
        self.add_person.clicked.connect(self._ask_add)
        self.give_code.clicked.connect(self._ask_code)
        self.leave.clicked.connect(self._look_for_backups)
        self.come_back.clicked.connect(self._ask_return)
        self.proof.confirmed.connect(self._confirmed)
        self.proof.cancelled.connect(self._back_to_form)
        self.code.done.connect(self._back_to_form)
        self.notice.acted.connect(self.key_asked)

    def begin_new(self) -> None:
        """Show the empty form for somebody new."""
        self._show(None)
        self.form.show_fields(PersonFields(""))
        self._show_state()

    def show_person(self, person: PersonRecord) -> None:
        """Show somebody."""
        self._show(person)
        user = person.user
        self.form.show_fields(PersonFields(user.name, user.initials, user.role, user.colour))
        self._show_state()

    def _show(self, person: PersonRecord | None) -> None:
        self.forget()
        self._person = person
        self.notice.show_notice(Kind.INFO, "")
        self.set_title(self.tr("Somebody new") if person is None else person.user.name)

    def last(self) -> QWidget:
        """Return what stands at its foot."""
        return next((one for one in self._actions if not one.isHidden()), self.state)

    def person_id(self) -> object:
        """Return who is shown; None for somebody new."""
        return None if self._person is None else self._person.user.id

    def is_in_use(self) -> bool:
        """Tell whether something is typed, asked or shown here that must not go away."""
        return self.is_edited() or not self.proof.isHidden() or not self.code.isHidden()

    def is_edited(self) -> bool:
        """Tell whether the form says something else than the record."""
        if self._person is None:
            return bool(self.form.name.value())
        user = self._person.user
        on_record = PersonFields(user.name, user.initials, user.role, user.colour)
        return self.form.fields() != on_record

    def forget(self) -> None:
        """Leave neither a password nor a code in the window; what they covered shows again."""
        asked = not self.proof.isHidden() or not self.code.isHidden()
        self.proof.forget()
        self.code.forget()
        if asked:
            self._show_state()

    # What shows

    @Slot()
    def _show_state(self) -> None:
        person = self._person
        active = person is None or person.user.active
        mine = person is not None and person.is_me
        for button, shown in (
            (self.add_person, person is None),
            (self.save, person is not None and active),
            (self.give_code, person is not None and active and not mine),
            (self.leave, person is not None and active and not mine),
            (self.come_back, not active),
        ):
            button.setVisible(shown)
        self.form.show()
        self.form.setEnabled(active)
        self.form.role.setEnabled(active and not mine)
        self.state.setText(self._state_words())
        self._typed()

    @Slot()
    def _back_to_form(self) -> None:
        """Show the form, with the focus in it: not on what Qt finds next, such as the key's."""
        self._show_state()
        (self.form.name if self.form.isEnabled() else self.come_back).setFocus()

    def _state_words(self) -> str:
        person = self._person
        if person is None:
            return self.tr(
                "They get a code, come in with it once, and choose a password of their own."
            )
        words = way_words(person, self._context.clinic.fields.zone)[1]
        name = role_name(person.user.role)
        if person.is_me:
            return self.tr(
                "{role}: this is you. Another owner can change your role or end your access."
            ).format(role=name)
        return f"{name}: {words}."

    @Slot()
    def _typed(self) -> None:
        self.save.setEnabled(self.is_edited())
        self.add_person.setEnabled(bool(self.form.name.value()))

    def _ask(
        self,
        work: Callable[[str, Desk], GivenCode | PersonRecord],
        headline: str,
        text: str,
        confirm: str,
        *,
        loud: bool = False,
    ) -> None:
        self._work = work
        self.notice.show_notice(Kind.INFO, "")
        for part in (self.form, *self._actions):
            part.hide()
        self.proof.ask(headline, text, confirm, loud=loud)
        self.unfolded.emit(self.proof)

    # Doing

    @Slot()
    def _ask_add(self) -> None:
        fields = self.form.fields()
        self._ask(
            partial(_add, fields),
            self.tr("{name} is to work here as: {role}").format(
                name=fields.name, role=role_name(fields.role)
            ),
            self.tr("A code is made, and shown once for you to hand over."),
            self.tr("Add and make a code"),
        )

    @Slot()
    def _save(self) -> None:
        person = self._person
        if person is None:
            return
        fields = self.form.fields()
        if fields.role is person.user.role:
            self._run(partial(_change, person, fields, ""))
            return
        self._ask(
            partial(_change, person, fields),
            self.tr("{name} is to be: {role}").format(
                name=person.user.name, role=role_name(fields.role)
            ),
            self.tr("It holds from now on. What was done before stays under the role of then."),
            self.tr("Change the role"),
        )

    @Slot()
    def _ask_code(self) -> None:
        if self._person is None:
            return
        name = self._person.user.name
        self._ask(
            partial(_give_code, self._person),
            self.tr("A code for {name}").format(name=name),
            self.tr(
                "For a password that is forgotten, or that somebody else knows. The password of "
                "before no longer opens anything; {name} chooses another with the code."
            ).format(name=name),
            self.tr("Make the code"),
        )

    @Slot()
    def _ask_return(self) -> None:
        if self._person is None:
            return
        self._ask(
            partial(_come_back, self._person),
            self.tr("{name} works here again").format(name=self._person.user.name),
            self.tr("Under the name and role of then, with a code and a new password."),
            self.tr("Let come back and make a code"),
        )

    @Slot()
    def _look_for_backups(self) -> None:
        if self._person is not None:
            work = partial(_backups, self._person)
            self._context.run(self, work, self._ask_leave, self._not_done)

    def _ask_leave(self, backups: tuple[OpenBackup, ...]) -> None:
        if self._person is None:
            return
        name = self._person.user.name
        words = self.tr(
            "{name} is let in no more, from now on. What {name} wrote and signed stays on record, "
            "and stays provable."
        ).format(name=name)
        self._ask(
            partial(_leave, self._person),
            self.tr("{name} has left").format(name=name),
            "\n".join(one for one in (words, self._still_open(backups)) if one),
            self.tr("Let in no more"),
            loud=True,
        )

    def _still_open(self, backups: tuple[OpenBackup, ...]) -> str:
        """Name the backups that the password of then goes on opening."""
        if not backups:
            return ""
        zone = self._context.clinic.fields.zone
        named = [
            f"{format_moment(one.made_at, zone)} ({one.place})"
            if one.place
            else format_moment(one.made_at, zone)
            for one in backups[:_NAMED]
        ]
        more = len(backups) - len(named)
        if more:
            named.append(self.tr("and {count} more").format(count=more))
        return self.tr("Backups that the password of before still opens: {names}.").format(
            names="; ".join(named)
        )

    @Slot(str)
    def _confirmed(self, password: str) -> None:
        if self._work is not None:
            self._run(partial(self._work, password))

    def _run(self, work: Callable[[Desk], GivenCode | PersonRecord]) -> None:
        self._context.write(self, work, self._done, self._not_done)

    def _done(self, came: GivenCode | PersonRecord) -> None:
        self.proof.forget()
        person = came.person if isinstance(came, GivenCode) else came
        was_here = self._person is not None and self._person.user.active
        self.show_person(person)
        if isinstance(came, GivenCode):
            self.form.hide()
            for button in self._actions:
                button.hide()
            self.code.show_code(came)
            self.unfolded.emit(self.code)
        elif was_here and not person.user.active:
            self._say_left(person)
        else:
            self.notice.show_notice(Kind.OK, self.tr("Saved."))
        self.changed.emit(person.user.id)

    def _say_left(self, person: PersonRecord) -> None:
        self.notice.show_notice(
            Kind.OK,
            self.tr("{name} is let in no more.").format(name=person.user.name),
            self.tr(
                "Whoever had a password could have made a copy of the vault. If that is possible, "
                "change the vault's key today, and make new backups."
            ),
            self.tr("Change the key…"),
        )

    def _not_done(self, error: Exception) -> None:
        if hasattr(error, "delay_s") and not self.proof.isHidden():
            self.proof.refuse(error)
            return
        self.proof.forget()
        self._show_state()
        if not self.form.show_problems(error):
            self.notice.show_notice(Kind.STOP, self.tr("That was not done."), explain(error))


def _add(fields: PersonFields, password: str, desk: Desk) -> GivenCode:
    return desk.people.add(fields, password)


def _change(person: PersonRecord, fields: PersonFields, password: str, desk: Desk) -> PersonRecord:
    return desk.people.change(person.user.id, person.user.version, fields, password)


def _give_code(person: PersonRecord, password: str, desk: Desk) -> GivenCode:
    return desk.people.give_code(person.user.id, password)


def _leave(person: PersonRecord, password: str, desk: Desk) -> PersonRecord:
    return desk.people.leave(person.user.id, person.user.version, password)


def _come_back(person: PersonRecord, password: str, desk: Desk) -> GivenCode:
    return desk.people.come_back(person.user.id, person.user.version, password)


def _backups(person: PersonRecord, desk: Desk) -> tuple[OpenBackup, ...]:
    return desk.people.backups_open_for(person.user.id)
