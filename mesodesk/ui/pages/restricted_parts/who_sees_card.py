"""Who sees a patient's record: everybody who works here, or only some people."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from mesodesk.domain.records.clinic import Role as PersonRole
from mesodesk.domain.rights import Right
from mesodesk.ui.jobs import Latest, explain
from mesodesk.ui.pages.restricted_parts.person_toggle import PersonToggle
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.layouts import clear, nest, row
from mesodesk.ui.widgets.multiline import MultilineField
from mesodesk.ui.widgets.segments import SegmentedControl
from mesodesk.ui.widgets.text import Body, Muted, Strong
from mesodesk.ui.widgets.who_may import WhoMay

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from mesodesk.domain.records.clinic import UserRecord
    from mesodesk.domain.records.people import Restriction
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

_EVERYBODY: Final = "everybody"
_SOME: Final = "some"


@dataclass(frozen=True, slots=True)
class _Standing:
    patient_id: UUID
    restriction: Restriction | None
    people: tuple[UserRecord, ...]


class WhoSeesCard(Card):
    """Shows who sees a record; whoever may restrict it chooses people and writes why."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Who sees this record"), object_name="who_sees", parent=parent)
        self._context = context
        self._patient_id: UUID | None = None
        self._stands: _Standing | None = None
        self._latest = Latest(context.jobs, self)
        self.which = SegmentedControl(
            {
                _EVERYBODY: self.tr("Everybody here"),
                _SOME: self.tr("Only these people"),
            },
            "who_sees_which",
            self.tr("Who sees this record"),
        )
        self.words = Body("")
        self.words.setObjectName("who_sees_words")
        self.why = Muted("")
        self.why.setObjectName("who_sees_why")
        self.who_may = WhoMay("restrict_who_may")
        self._people = QGridLayout()
        self._people.setSpacing(Space.S)
        self.toggles: list[PersonToggle] = []
        self.reason = MultilineField(
            "restrict_reason",
            self.tr("Why only these people"),
            placeholder=self.tr("Why: only these people read it"),
            most_lines=4,
        )
        self.keep = Button("", "restrict_keep", ButtonKind.SECONDARY, "lock-outline")
        self.trouble = Notice(object_name="restrict_trouble")
        self._done = ""
        self._lay_out()
        self.which.chosen.connect(self._chosen)
        self.reason.edited.connect(self._typed)
        self.keep.clicked.connect(self._keep)

    def _lay_out(self) -> None:
        for words in (self.words, self.why, self.who_may, self.which):
            self.add(words)
        self._asked = Strong(self.tr("Who may see it, and why?"))
        self.add(self._asked)
        nest(self.body, self._people)
        for widget in (self.reason, self.trouble):
            self.add(widget)
        nest(self.body, row(self.keep, stretch=True))
        self._show_editing(can=False, some=False)

    def show_patient(self, patient_id: UUID) -> None:
        """Show who sees the record of a patient; what is being typed for it stays."""
        if patient_id != self._patient_id:
            self._stands = None
            self.reason.set_value("")
        self._patient_id = patient_id
        self._latest.run(partial(_read, self._context.desk, patient_id), self._show, self._quiet)

    def _quiet(self, _error: Exception) -> None:
        """The page says why the record cannot be shown."""

    def _show(self, stands: _Standing) -> None:
        if stands.patient_id != self._patient_id or stands == self._stands:
            return
        self._stands = stands
        given = stands.restriction
        members = given.members if given is not None else ()
        self._show_people(stands.people, members)
        self.reason.set_value(given.reason if given is not None else "")
        self.which.set_value(_EVERYBODY if given is None else _SOME)
        done, self._done = self._done, ""
        self.trouble.show_notice(Kind.OK, done)
        self._say(stands)
        self._refresh()

    def _show_people(self, people: Collection[UserRecord], members: Collection[UUID]) -> None:
        clear(self._people)
        self.toggles = [PersonToggle(each) for each in people]
        for at, toggle in enumerate(self.toggles):
            # Who restricts a record most often means to go on with it.
            own = not members and toggle.person.id == self._context.user.id
            toggle.setChecked(own or toggle.person.id in members)
            toggle.toggled.connect(self._refresh)
            self._people.addWidget(toggle, at // 2, at % 2)

    def _say(self, stands: _Standing) -> None:
        given, can = stands.restriction, self._can()
        if given is None:
            self.words.setText(self.tr("Everybody who works here sees it."))
        else:
            names = [each.name for each in stands.people if each.id in given.members]
            words = self.tr("Only these people see it: {names}.")
            self.words.setText(words.format(names=", ".join(names)))
        self.words.setVisible(not can)
        reason = given.reason if given is not None else ""
        self.why.setText(self.tr("Why: {reason}").format(reason=reason))
        self.why.setVisible(not can and bool(reason))
        said = ""
        if not self._context.may(Right.PATIENT_RESTRICT):
            said = self.tr("A therapist restricts who sees a record.")
        elif not can:
            said = self.tr("Those who see it for good change this.")
        self.who_may.say(said)

    def _can(self) -> bool:
        """Tell whether who is in may say who sees the record, now."""
        if self._stands is None or not self._context.may(Right.PATIENT_RESTRICT):
            return False
        given, user = self._stands.restriction, self._context.user
        return given is None or user.role is PersonRole.OWNER or user.id in given.members

    def _show_editing(self, *, can: bool, some: bool) -> None:
        self.which.setVisible(can)
        for widget in (self._asked, self.reason, *self.toggles):
            widget.setVisible(can and some)

    @Slot()
    def _refresh(self) -> None:
        if self._stands is None:
            return
        can, some = self._can(), self.which.value() == _SOME
        self._show_editing(can=can, some=some)
        given = self._stands.restriction
        words = self.tr("Restrict this record")
        if given is not None:
            words = self.tr("Keep the change") if some else self.tr("Let everybody see it")
        self.keep.setText(words)
        self.keep.setAccessibleName(words)
        self.keep.setVisible(can and (some or given is not None) and self._differs(some=some))
        whole = bool(self.reason.value()) and not self.reason.error() and bool(self._members())
        self.keep.setEnabled(whole or not some)

    def _differs(self, *, some: bool) -> bool:
        given = self._stands.restriction if self._stands is not None else None
        if given is None or not some:
            return some is not (given is not None)
        return self.reason.value() != given.reason or self._members() != set(given.members)

    def _members(self) -> set[UUID]:
        return {each.person.id for each in self.toggles if each.isChecked()}

    @Slot(str)
    def _chosen(self, _which: str) -> None:
        self._refresh()

    @Slot(object)
    def _typed(self, _text: str | None) -> None:
        self._refresh()

    @Slot()
    def _keep(self) -> None:
        if self._patient_id is None:
            return
        self.which.setFocus()  # else it falls on what comes next: archiving the record
        self.keep.setEnabled(False)
        work = partial(_lift, patient_id=self._patient_id)
        if self.which.value() == _SOME:
            work = partial(
                _restrict,
                patient_id=self._patient_id,
                reason=self.reason.value(),
                members=self._members(),
            )
        self._context.write(self, work, self._kept, self._refused)

    def _kept(self, patient_id: UUID) -> None:
        if patient_id == self._patient_id:
            self._stands = None
            self._done = self.tr("From now on everybody who works here sees it.")
            if self.which.value() == _SOME:
                self._done = self.tr("From now on only these people see it.")
            self.show_patient(patient_id)

    def _refused(self, error: Exception) -> None:
        self.trouble.show_notice(Kind.STOP, self.tr("Not changed"), explain(error))
        self._refresh()


def _read(desk: Desk, patient_id: UUID) -> _Standing:
    restriction = desk.restricted.standing(patient_id)
    members = restriction.members if restriction is not None else ()
    people = tuple(each for each in desk.clinic.users() if each.active or each.id in members)
    return _Standing(patient_id, restriction, people)


def _restrict(desk: Desk, *, patient_id: UUID, reason: str, members: Collection[UUID]) -> UUID:
    desk.restricted.restrict(patient_id, reason, members)
    return patient_id


def _lift(desk: Desk, *, patient_id: UUID) -> UUID:
    desk.restricted.lift(patient_id)
    return patient_id
