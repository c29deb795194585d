"""The form of a reaction in its card: what is typed is kept, and recorded by one button."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from PySide6.QtCore import Signal, Slot

from mesodesk.domain.records.reaction import FromCheck
from mesodesk.ui.jobs import explain
from mesodesk.ui.keeper import Keeper
from mesodesk.ui.pages.reaction_parts.form import ReactionForm
from mesodesk.ui.tokens import Kind
from mesodesk.ui.typed import draft
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.textfields import TextField

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mesodesk.domain.records.reaction import (
        PatientReactions,
        ReactionFields,
        ReactionPlace,
        ReactionRecord,
    )
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

_FORM: Final = "reaction"
"""As `ReactionService` calls it, which ends the draft as it records."""


class ReactionEntry(Card):
    """A reaction that is recorded now, or one on record that is changed."""

    #: It is on record: ReactionRecord
    recorded = Signal(object)
    #: Nothing is recorded now.
    closed = Signal()
    #: The places of the form are others now.
    moved = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__(object_name="reaction_card")
        self._context = context
        self._patient_id: UUID | None = None
        self._told: FromCheck | None = None
        self._changed: ReactionRecord | None = None
        self._keeper = Keeper(context.jobs, context.status, clock=context.clock, parent=self)
        self.form = ReactionForm(context)
        self.notice = Notice(object_name="reaction_notice", closable=True)
        self.reason = TextField(
            "reaction_reason",
            self.tr("Why it is changed"),
            placeholder=self.tr("Why it is changed: stays with what stood before"),
            compact=True,
        )
        self.record = Button(self.tr("Record"), "record_reaction", ButtonKind.PRIMARY, "check")
        self.discard = Button(self.tr("Discard"), "discard_reaction", ButtonKind.QUIET)
        self.add(self.notice)
        self.add(self.form)
        self.add(self.reason)
        nest(self.body, row(self.record, self.discard, stretch=True))
        self.form.edited.connect(self._typed)
        self.reason.edited.connect(self._reasoned)
        self.record.clicked.connect(self._record)
        self.discard.clicked.connect(self._discard)
        self.hide()

    @property
    def changed_id(self) -> UUID | None:
        """The reaction that is changed, None if a new one is recorded."""
        return None if self._changed is None else self._changed.id

    def is_open(self) -> bool:
        """Whether a reaction is being recorded or changed."""
        return not self.isHidden()

    # Opening

    def show_patient(self, page: PatientReactions, typed: Mapping[str, Any] | None) -> None:
        """Offer the sessions of a patient; of another one, show what was half typed of it."""
        if self._patient_id == page.patient_id:
            self.form.offer(page.sessions)
            return
        self._keeper.flush()
        self._close()
        self._patient_id = page.patient_id
        self.form.offer(page.sessions)
        self.form.clear()
        if typed:
            self._show_draft(typed, page)

    def _show_draft(self, typed: Mapping[str, Any], page: PatientReactions) -> None:
        changes = typed.get("changes")
        self._changed = next((e for e in page.reactions if str(e.id) == changes), None)
        if changes and (self._changed is None or not self._changed.counts):
            return
        told = typed.get("told")
        self._told = None if not told else FromCheck(UUID(str(told[0])), tuple(told[1]))
        self._open()
        self.form.show_draft(typed)
        self.reason.set_value(str(typed.get("reason") or ""))
        self.notice.show_notice(
            Kind.INFO, self.tr("This was typed before and is not on record yet.")
        )
        self.moved.emit()

    def begin(self, fields: ReactionFields | None = None, told: FromCheck | None = None) -> None:
        """Begin a new one, with what is known of it already; one that is open stays."""
        if self.is_open():
            return
        self._told, self._changed = told, None
        self.form.clear()
        if fields is not None:
            self.form.show_fields(fields)
        self._open()
        self._typed()
        self.moved.emit()

    def change(self, record: ReactionRecord) -> None:
        """Change what is known of one on record."""
        self._told, self._changed = None, record
        self.form.show_fields(record.fields)
        self.reason.set_value("")
        self._open()
        self.moved.emit()

    def _open(self) -> None:
        changes = self._changed is not None
        self.set_title(self.tr("Change a reaction") if changes else self.tr("Record a reaction"))
        self.record.setText(self.tr("Keep the change") if changes else self.tr("Record"))
        self.discard.setText(self.tr("Leave it") if changes else self.tr("Discard"))
        self.reason.setVisible(changes)
        self.notice.hide()
        self.show()

    def _close(self) -> None:
        self.hide()
        self._told = self._changed = None
        self.reason.set_value("")
        self.form.clear()
        self.closed.emit()

    # Places

    def put_places(self, places: tuple[ReactionPlace, ...]) -> None:
        """Take other places."""
        self.form.places = places
        self._typed()
        self.moved.emit()

    # Keeping

    def flush(self) -> None:
        """Write down what is being typed."""
        self._keeper.flush()

    @Slot()
    def _typed(self) -> None:
        if self._patient_id is None:
            return
        subject, payload = str(self._patient_id), self.form.draft()
        if self._changed is not None:
            payload["changes"] = str(self._changed.id)
            payload["reason"] = self.reason.value()
        if self._told is not None:
            payload["told"] = [str(self._told.follow_up_id), list(self._told.items)]
        put = partial(_put_draft, self._context.desk, subject, payload)
        self._keeper.put(_FORM, put, aside=draft(_FORM, subject, payload))

    @Slot(object)
    def _reasoned(self, _text: object) -> None:
        self._typed()

    @Slot()
    def _record(self) -> None:
        if self._patient_id is None:
            return
        stop = self.form.stop()
        if stop is None and self._changed is not None and not self.reason.value():
            self.reason.set_error(self.tr("Write why: it stays with what stood before."))
            stop = self.reason.input
        if stop is not None:
            self.notice.show_notice(
                Kind.CAUTION,
                self.tr("Not recorded yet: one thing is still open"),
                self.tr("What you typed is still here."),
            )
            stop.setFocus()
            return
        self.record.setEnabled(False)
        fields = self.form.fields()
        if self._changed is None:
            work = partial(_record, self._patient_id, fields, self._told)
        else:
            work = partial(
                _change, self._changed.id, self._changed.version, fields, self.reason.value()
            )
        self._context.write(self, work, self._recorded, self._refused, after=self._keeper)

    def _recorded(self, record: ReactionRecord) -> None:
        self.record.setEnabled(True)
        self._close()
        self.recorded.emit(record)

    def _refused(self, error: Exception) -> None:
        self.record.setEnabled(True)
        self.notice.show_notice(Kind.STOP, self.tr("Nothing was recorded"), explain(error))

    @Slot()
    def _discard(self) -> None:
        if self._patient_id is not None:
            forget = partial(_forget, self._context.desk, str(self._patient_id))
            self._keeper.put(_FORM, forget)
            self._keeper.flush()
        self._close()


def place_added(
    places: tuple[ReactionPlace, ...], place: ReactionPlace
) -> tuple[ReactionPlace, ...]:
    """Return places with one more; one of another figure takes the place of all."""
    if places and places[0].sex is not place.sex:
        return (place,)
    return (*places, place)


def half_typed(desk: Desk, patient_id: UUID) -> Mapping[str, object] | None:
    """Return what was typed of a reaction and is not on record yet. Database thread only."""
    return desk.drafts.get(_FORM, str(patient_id))


def _put_draft(desk: Desk, subject: str, payload: Mapping[str, object], _version: int) -> None:
    desk.drafts.put(_FORM, subject, payload)


def _forget(desk: Desk, subject: str, _version: int) -> None:
    desk.drafts.discard(_FORM, subject)


def _record(
    patient_id: UUID, fields: ReactionFields, told: FromCheck | None, desk: Desk
) -> ReactionRecord:
    return desk.reactions.record(patient_id, fields, told)


def _change(
    reaction_id: UUID, version: int, fields: ReactionFields, reason: str, desk: Desk
) -> ReactionRecord:
    return desk.reactions.change(reaction_id, version, fields, reason)
