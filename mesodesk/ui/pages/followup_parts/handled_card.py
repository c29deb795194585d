"""What a completed check calls for, and what was done about it: said once, by who did it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot

from mesodesk.domain.records.followup import FollowUpState
from mesodesk.domain.rights import Right
from mesodesk.domain.schedule import RED_BANDS, load_schedule
from mesodesk.ui.jobs import explain
from mesodesk.ui.keeper import Keeper
from mesodesk.ui.numbers import format_moment
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.typed import draft
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.multiline import MultilineField
from mesodesk.ui.widgets.text import Body, Muted
from mesodesk.ui.widgets.who_may import WhoMay

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from PySide6.QtCore import QObject
    from PySide6.QtWidgets import QWidget

    from mesodesk.domain.records.followup import FollowUpRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

_DRAFT = "handled"


class HandledCard(Card):
    """There only with a completed check that calls for something."""

    #: It is said what was done; the record.
    handled = Signal(object)

    def __init__(
        self, context: Context, record: FollowUpRecord, parent: QWidget | None = None
    ) -> None:
        super().__init__(object_name="handled_card", parent=parent)
        self._context = context
        self._id = record.id
        self._may = context.may(Right.FOLLOW_UP_CLOSE)
        self._keeper = Keeper(context.jobs, context.status, clock=context.clock, parent=self)
        self.calls_for = Notice(object_name="calls_for")
        self.said = Body("")
        self.said.setObjectName("handled_said")
        self.by = Muted("")
        self.text = MultilineField(
            "handled",
            self.tr("What was done about it"),
            placeholder=self.tr("Seen by ..., sent to ..., called again: better"),
            least_lines=2,
        )
        self.trouble = Notice(object_name="handled_trouble")
        self.keep = Button(self.tr("Keep what was done"), "keep_handled", ButtonKind.PRIMARY)
        self.later = Muted(self.tr("Until then it waits on Today."))
        self.who_may = WhoMay("handled_who_may")
        self.body.setSpacing(Space.S)
        for widget in (
            self.calls_for, self.said, self.by, self.text, self.trouble, self.keep, self.later,
            self.who_may,
        ):  # fmt: skip
            self.add(widget)
        self.set_title(self.tr("What was done"))
        self.text.edited.connect(self._typed)
        self.keep.clicked.connect(self.submit)
        self.show_record(record)

    def show_record(self, record: FollowUpRecord) -> None:
        """Show what the check calls for, and what was done if that is said."""
        raised = record.escalation
        self.setVisible(record.state is FollowUpState.DONE and raised is not None)
        if raised is None:
            return
        language, clinic = self._context.language, self._context.clinic.fields
        band = load_schedule().band(raised.band)
        instruction = clinic.escalation.get(raised.band, "").strip()
        kind = Kind.STOP if raised.band in RED_BANDS else Kind.CAUTION
        self.calls_for.show_notice(
            kind, band.title.get(language), instruction or band.instruction.get(language)
        )
        open_still = raised.handled_at is None
        self.said.setText(raised.handled)
        self.said.setVisible(not open_still)
        if raised.handled_at is not None:
            when = format_moment(raised.handled_at, clinic.zone)
            words = self.tr("{name}, {when}").format(name=raised.handled_by, when=when)
            self.by.setText(words)
        self.by.setVisible(not open_still)
        for widget in (self.text, self.keep, self.later):
            widget.setVisible(open_still and self._may)
        waits = self.tr("A therapist says here what was done.")
        self.who_may.say(waits if open_still and not self._may else "")
        if open_still and self._may:
            self._context.run(self, partial(_read_draft, self._id), self._found)

    def waits(self) -> bool:
        """Whether it is still to be said what was done, and by who is here."""
        return not self.isHidden() and not self.text.isHidden()

    def flush(self) -> None:
        """Write down what is being typed."""
        self._keeper.flush()

    def retire(self, parent: QObject | None) -> None:
        """Let the keeper finish on its own; the card goes."""
        self._keeper.setParent(parent)
        self._keeper.retire()

    def _found(self, payload: Mapping[str, object] | None) -> None:
        if payload is not None and not self.text.value():
            self.text.set_value(str(payload.get("text", "")))

    @Slot(object)
    def _typed(self, text: str | None) -> None:
        if text is None:
            return
        told = draft(_DRAFT, self._id, {"text": text})
        write = partial(_write_draft, self._context.desk, self._id, text)
        self._keeper.put("handled", write, aside=told)

    @Slot()
    def submit(self) -> None:
        """Keep what was done; it cannot be taken back."""
        if not self.text.value() or self.text.error():
            self.text.set_error(self.tr("Say in a few words what was done, and by whom."))
            self.text.setFocus()
            return
        self.keep.setEnabled(False)
        work = partial(_handle, self._id, self.text.value())
        self._context.write(self, work, self._kept, self._refused, after=self._keeper)

    def _kept(self, record: FollowUpRecord) -> None:
        self.trouble.show_notice(Kind.STOP, "")
        self.show_record(record)
        self.handled.emit(record)

    def _refused(self, error: Exception) -> None:
        self.keep.setEnabled(True)
        self.trouble.show_notice(Kind.STOP, self.tr("Not kept"), explain(error))


def _read_draft(check_id: UUID, desk: Desk) -> Mapping[str, object] | None:
    return desk.drafts.get(_DRAFT, str(check_id))


def _write_draft(desk: Desk, check_id: UUID, text: str, _version: int) -> None:
    desk.drafts.put(_DRAFT, str(check_id), {"text": text})


def _handle(check_id: UUID, text: str, desk: Desk) -> FollowUpRecord:
    record = desk.calls.handle(check_id, text)
    desk.drafts.discard(_DRAFT, str(check_id))
    return record
