"""Attempts to reach a patient: those made, and the form for the one that was just in vain."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.domain.records.followup import AttemptFields, AttemptOutcome, Channel
from mesodesk.ui.jobs import explain
from mesodesk.ui.numbers import format_moment
from mesodesk.ui.pages.followup_parts.loading import record_attempt
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Notice
from mesodesk.ui.widgets.choices import ChoiceField, Option
from mesodesk.ui.widgets.layouts import clear, column, nest, row
from mesodesk.ui.widgets.text import Body, Muted, Strong
from mesodesk.ui.widgets.textfields import TextField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mesodesk.domain.clock import Clock
    from mesodesk.domain.records.followup import AttemptRecord, FollowUpRecord
    from mesodesk.ui.context import Context

_SOON: Final = timedelta(hours=2)
_CALLS_FROM: Final = time(10)


class AttemptForm(QWidget):
    """How the attempt ended and when to try again; one press keeps it."""

    #: What is to be kept, an `AttemptFields`.
    tried = Signal(object)

    def __init__(self, clock: Clock, zone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._zone = zone
        self.channel: Channel | None = None
        self.open_it = Button(
            self.tr("Tried in vain ..."), "tried", ButtonKind.QUIET, "phone-missed-outline"
        )
        self.outcome = ChoiceField(
            "attempt_outcome",
            self.tr("How the attempt ended"),
            [Option(each, words) for each, words in outcome_words().items()],
            compact=True,
        )
        self.again = ChoiceField(
            "attempt_again",
            self.tr("When to try again"),
            [
                Option("soon", self.tr("in 2 hours")),
                Option("tomorrow", self.tr("tomorrow at 10:00")),
                Option("later", self.tr("in 2 days at 10:00")),
                Option("none", self.tr("no time set")),
            ],
            compact=True,
        )
        self.note = TextField(
            "attempt_note",
            self.tr("Note on the attempt"),
            placeholder=self.tr("Who answered, what was left"),
            compact=True,
        )
        self.mailbox = Muted("")
        self.mailbox.setObjectName("mailbox_words")
        self.keep = Button(self.tr("Keep the attempt"), "keep_attempt", ButtonKind.SECONDARY)
        self.close_it = Button(self.tr("Cancel"), "cancel_attempt", ButtonKind.QUIET)
        self._build()

    def _build(self) -> None:
        self._form = QWidget()
        inner = QVBoxLayout(self._form)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(Space.XS)
        inner.addWidget(self.mailbox)
        inner.addWidget(Strong(self.tr("The attempt")))
        inner.addWidget(self.outcome)
        inner.addWidget(Strong(self.tr("Try again")))
        inner.addWidget(self.again)
        inner.addWidget(self.note)
        nest(inner, row(self.keep, self.close_it, stretch=True))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.open_it)
        whole.addWidget(self._form)
        self._form.hide()
        self.open_it.clicked.connect(self._open)
        self.close_it.clicked.connect(self.close_form)
        self.keep.clicked.connect(self._keep)

    def show_mailbox(self, lines: Sequence[str]) -> None:
        """Show what may be said to a mailbox."""
        words = self.tr("To a mailbox, no more than: {words}")
        self.mailbox.setText(words.format(words=" ".join(lines)))
        self.mailbox.setVisible(bool(lines))

    @Slot()
    def _open(self) -> None:
        self.outcome.set_value(AttemptOutcome.NO_ANSWER)
        self.again.set_value("soon")
        self.open_it.hide()
        self._form.show()
        self.keep.setFocus()

    @Slot()
    def close_form(self) -> None:
        """Put the form away; what stood in it is forgotten."""
        self.note.set_value("")
        self._form.hide()
        self.open_it.show()

    @Slot()
    def _keep(self) -> None:
        outcome = self.outcome.value()
        if outcome is None or self.note.error():
            return
        # An attempt on the telephone, unless the check itself says how the patient is reached.
        channel = self.channel or Channel.PHONE
        self.tried.emit(AttemptFields(channel, outcome, self._next_at(), self.note.value()))

    def _next_at(self) -> datetime | None:
        chosen, now = self.again.value(), self._clock.now()
        if chosen == "soon":
            return now + _SOON
        days = {"tomorrow": 1, "later": 2}.get(chosen)
        if days is None:
            return None
        clinic = ZoneInfo(self._zone)
        day = now.astimezone(clinic).date() + timedelta(days=days)
        return datetime.combine(day, _CALLS_FROM, clinic)


class AttemptList(QWidget):
    """What was tried so far, the last one first."""

    def __init__(self, zone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("attempts")
        self._zone = zone
        self._lines = column(spacing=Space.S)
        self.setLayout(self._lines)

    def show_attempts(self, attempts: Sequence[AttemptRecord]) -> None:
        """Show attempts; without any the list hides."""
        clear(self._lines)
        for each in reversed(attempts):
            words = QVBoxLayout()
            words.setSpacing(1)
            words.addWidget(Body(attempt_words(each, self._zone)))
            words.addWidget(Muted(self._by(each)))
            nest(self._lines, words)
        self.setVisible(bool(attempts))

    def _by(self, each: AttemptRecord) -> str:
        when = format_moment(each.tried_at, self._zone)
        words = self.tr("{when}, {name}").format(when=when, name=each.tried_by)
        return f"{words}. {each.fields.note}" if each.fields.note else words


class Attempts(QWidget):
    """The form, and beneath it what was tried so far; an attempt is kept as soon as it is entered.

    It never closes the check.
    """

    def __init__(
        self, context: Context, record: FollowUpRecord, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._id = record.id
        zone = context.clinic.fields.zone
        self.form = AttemptForm(context.clock, zone)
        self.list = AttemptList(zone)
        self.trouble = Notice(object_name="attempt_trouble")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(Space.S)
        for widget in (self.form, self.trouble, self.list):
            whole.addWidget(widget)
        self.list.show_attempts(record.attempts)
        self.form.tried.connect(self._tried)

    def follow(self, channel: Channel | None, mailbox: Sequence[str]) -> None:
        """Take over how the patient is reached, and what may be said to a mailbox."""
        self.form.channel = channel
        self.form.show_mailbox(mailbox)

    @Slot(object)
    def _tried(self, attempt: AttemptFields) -> None:
        self.form.setEnabled(False)
        work = partial(record_attempt, self._id, attempt)
        self._context.write(self, work, self._kept, self._refused)

    def _kept(self, record: FollowUpRecord) -> None:
        self.trouble.show_notice(Kind.STOP, "")
        self.form.setEnabled(True)
        self.form.close_form()
        self.list.show_attempts(record.attempts)

    def _refused(self, error: Exception) -> None:
        self.form.setEnabled(True)
        self.trouble.show_notice(Kind.STOP, self.tr("Not kept"), explain(error))


def outcome_words() -> dict[AttemptOutcome, str]:
    """Return what each outcome is called."""
    return {
        AttemptOutcome.NO_ANSWER: _tr("no answer"),
        AttemptOutcome.LEFT_MESSAGE: _tr("left a message"),
        AttemptOutcome.ASKED_LATER: _tr("asked to be called later"),
        AttemptOutcome.WRONG_NUMBER: _tr("wrong number"),
    }


def attempt_words(each: AttemptRecord, zone: str) -> str:
    """Return an attempt in words: `Phone: no answer; again 10 Mar 2026, 14:00`."""
    channels = {
        Channel.VISIT: _tr("Visit"),
        Channel.PHONE: _tr("Phone"),
        Channel.MESSAGE: _tr("Message"),
    }
    words = _tr("{channel}: {outcome}").format(
        channel=channels[each.fields.channel], outcome=outcome_words()[each.fields.outcome]
    )
    if each.fields.next_at is None:
        return words
    again = _tr("again {when}").format(when=format_moment(each.fields.next_at, zone))
    return f"{words}; {again}"


def _tr(text: str) -> str:
    return QCoreApplication.translate("follow_up", text)
