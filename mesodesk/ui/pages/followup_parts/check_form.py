"""One check, open to be answered or, once it is done, to be read."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.clock import local_date
from mesodesk.domain.records.followup import (
    Channel,
    FollowUpFields,
    FollowUpState,
    ShownInstruction,
)
from mesodesk.domain.red_flags import raised_flags
from mesodesk.domain.schedule import load_schedule
from mesodesk.ui.jobs import explain
from mesodesk.ui.keeper import Keeper
from mesodesk.ui.numbers import format_date, format_moment
from mesodesk.ui.pages.followup_parts.alert import AlertCard, shown_words
from mesodesk.ui.pages.followup_parts.finish_card import FinishCard
from mesodesk.ui.pages.followup_parts.loading import (
    complete,
    mark_missed,
    record_shown,
    region_names,
    save,
)
from mesodesk.ui.pages.followup_parts.questions_card import QuestionsCard
from mesodesk.ui.pages.followup_parts.side_cards import CallCard, SessionCard, ShownCard
from mesodesk.ui.pages.followup_parts.wording import check_of, window_words
from mesodesk.ui.pages.patient_parts.conflict import KeptNotice
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.layouts import PageScroll
from mesodesk.ui.widgets.multiline import MultilineField

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QResizeEvent

    from mesodesk.domain.records.followup import RaisedFlag
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.followup_parts.loading import Loaded

_SIDE_WIDTH = 344
_NARROW_SIDE_WIDTH = 304
_NARROW = 1000
_WORKABLE = (FollowUpState.OPEN, FollowUpState.MISSED)


class CheckForm(QWidget):
    """Questions at the left; call, session and the end of the check at the right."""

    #: The check was completed or marked as missed; the record.
    closed = Signal(object)
    #: The record on display changed under what is typed; it is to be read again.
    reload_asked = Signal()

    def __init__(self, context: Context, loaded: Loaded, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("check_form")
        self._context = context
        self._loaded = loaded
        self.record = loaded.record
        self.editable = loaded.record.state in _WORKABLE
        self._shown = {(each.item_id, each.band) for each in loaded.record.shown}
        self._after: Callable[[], None] | None = None
        self._raised = 0
        self._keeper = Keeper(context.jobs, context.status, clock=context.clock, parent=self)
        self._keeper.open(loaded.record.version)
        self._make_parts()
        self._build()
        self._connect()
        self._fill()

    # Building

    def _make_parts(self) -> None:
        record, language = self.record, self._context.language
        check = check_of(record)
        items = check.items_for(frozenset(record.regions)) if check is not None else ()
        zone = self._context.clinic.fields.zone
        days = (local_date(self._loaded.session.started_at, zone), self._context.today())
        self.alert = AlertCard()
        self.kept = KeptNotice("follow_up")
        self.kept.follow(self._keeper)
        self.notice = Notice(object_name="check_notice")
        self.trouble = Notice(object_name="check_trouble")
        self.questions = QuestionsCard(items, language, days, editable=self.editable)
        self.note = MultilineField(
            "follow_up_note",
            self.tr("Note on this check"),
            placeholder=self.tr("What the patient said, what was advised"),
        )
        self.note_card = Card(self.tr("Note"))
        self.note_card.add(self.note)
        self.call = CallCard()
        self.session = SessionCard()
        self.shown_card = ShownCard()
        self.finish = FinishCard()

    def _build(self) -> None:
        left = self.scroller = PageScroll("questions_scroll", max_width=1600, margin=0)
        left.column.setContentsMargins(0, 0, Space.S, Space.S)
        for widget in (self.questions, self.note_card):
            left.add(widget)
        left.column.addStretch(1)
        cards = PageScroll("check_side_scroll", margin=0)
        cards.column.setContentsMargins(0, 0, 0, Space.S)
        for card in (self.call, self.session, self.shown_card):
            cards.add(card)
        cards.column.addStretch(1)
        side = QVBoxLayout()
        side.setSpacing(Space.M)
        side.addWidget(cards, 1)
        side.addWidget(self.finish)
        right = self._right = QWidget()
        right.setFixedWidth(_SIDE_WIDTH)
        side.setContentsMargins(0, 0, 0, Space.S)
        right.setLayout(side)
        columns = QHBoxLayout()
        columns.setSpacing(Space.XS)
        columns.addWidget(left, 1)
        columns.addWidget(right)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(Space.M)
        for banner in (self.alert, self.kept, self.trouble, self.notice):
            whole.addWidget(banner)
        whole.addLayout(columns, 1)

    def _connect(self) -> None:
        self.questions.edited.connect(self._edited)
        self.note.edited.connect(self._edited)
        self.call.edited.connect(self._edited)
        self.finish.completed.connect(self.complete)
        self.finish.missed.connect(self._mark_missed)
        self.kept.theirs_wanted.connect(self.reload_asked)
        self._keeper.kept.connect(self._settled)
        self._keeper.refused.connect(self._unsettled)
        self._keeper.conflicted.connect(self._unsettled)

    def _fill(self) -> None:
        record, fields = self.record, self.record.fields
        zone = self._context.clinic.fields.zone
        self.questions.set_answers(fields.items)
        self.note.set_value(fields.note)
        patient = self._loaded.patient.fields
        self.call.show_patient(patient.display_name, format_date(patient.birth_date), patient.phone)
        self.call.set_value(fields.channel or self._usual_channel())
        self.session.show_session(self._loaded.session, zone)
        self.session.show_regions(())
        self.shown_card.show_instructions(record.shown, zone)
        self.finish.show_missed(record.state is FollowUpState.MISSED)
        self.note.input.setReadOnly(not self.editable)
        self.call.channel.setEnabled(self.editable)
        self.finish.setVisible(self.editable)
        self.note_card.setVisible(self.editable or bool(fields.note))
        self._say_state()
        self._refresh()
        work = partial(region_names, record.regions, self._context.language)
        self._context.jobs.run_aside(self, work, self.session.show_regions, self._keep_quiet)

    def _usual_channel(self) -> Channel | None:
        """Suggest how the patient is reached: in sight where a photograph is due, else by phone."""
        if not self.editable:
            return None
        check = check_of(self.record)
        if check is not None and check.photo:
            return Channel.VISIT
        return Channel.PHONE if self.record.patient_phone else None

    def _say_state(self) -> None:
        record, zone = self.record, self._context.clinic.fields.zone
        now = self._context.clock.now()
        if record.state is FollowUpState.DONE and record.done_at is not None:
            words = self.tr("Done by {name}, {when}. It stays as it is.")
            when = format_moment(record.done_at, zone)
            self.notice.show_notice(Kind.OK, words.format(name=record.done_by, when=when))
        elif record.state is FollowUpState.SUPERSEDED:
            self.notice.show_notice(
                Kind.INFO, self.tr("A later session has taken over this check.")
            )
        elif record.state is FollowUpState.MISSED:
            words = self.tr("Marked as missed: {reason}")
            self.notice.show_notice(
                Kind.CAUTION,
                words.format(reason=record.missed_reason),
                self.tr("It can still be made up for: answer what you can and complete it."),
            )
        elif now < record.window_from:
            window = window_words(record, now, zone)
            self.notice.show_notice(
                Kind.CAUTION,
                self.tr("This check is not due yet"),
                self.tr("Its window is {window}. Completed now, it will not come up then.").format(
                    window=window
                ),
            )

    def _keep_quiet(self, _error: Exception) -> None:
        """Where it was injected is missing in the side card; the atlas says why on the chart."""

    # What is typed

    def typed(self) -> FollowUpFields:
        """Return what is on the screen."""
        # Items that no longer show keep their answers.
        items = {
            item_id: given
            for item_id, given in self.record.fields.items.items()
            if item_id not in {row.item.id for row in self.questions.rows}
        }
        return FollowUpFields(
            self.call.value(), {**items, **self.questions.answers()}, self.note.value()
        )

    @Slot()
    def _edited(self) -> None:
        if not self.editable:
            return
        self.trouble.show_notice(Kind.STOP, "")
        desk, record_id = self._context.desk, self.record.id
        self._keeper.put("check", partial(save, desk, record_id, self.typed()), self._saved)
        self._refresh()

    def _saved(self, record: object) -> None:
        self.record = record  # type: ignore[assignment]

    def _refresh(self) -> None:
        """Judge the answers anew: flags at once, what was not asked, the button for the rest."""
        answers = self.questions.answers()
        clinic = self._context.clinic.fields
        flags = raised_flags(
            load_schedule(),
            self.record.check_id,
            answers,
            clinic.escalation,
            self._context.language,
        )
        self.alert.show_flags(flags, clinic)
        self.questions.show_flags(flags)
        if len(flags) > self._raised:
            self._keep_in_sight()
        self._raised = len(flags)
        self.questions.refresh()
        self.finish.show_unasked(self.questions.unasked(), len(answers))
        if self.editable:
            self._keep_shown(flags)

    def _keep_in_sight(self) -> None:
        """Scroll to the question just answered, which the card above has pushed down."""
        answered = QApplication.focusWidget()
        if answered is None or not self.questions.isAncestorOf(answered):
            return
        layout = self.layout()
        if layout is not None and self.isVisible():
            layout.activate()
            self.scroller.ensureWidgetVisible(answered, 0, 96)

    def _keep_shown(self, flags: tuple[RaisedFlag, ...]) -> None:
        fresh = [flag for flag in flags if (flag.item_id, flag.band) not in self._shown]
        if not fresh:
            return
        clinic, now = self._context.clinic.fields, self._context.clock.now()
        name = self._context.user.name
        shown = tuple(
            ShownInstruction(flag.item_id, flag.band, shown_words(flag, clinic), now, name)
            for flag in fresh
        )
        self._shown |= {(flag.item_id, flag.band) for flag in fresh}
        write = partial(record_shown, self._context.desk, self.record.id, shown)
        self._keeper.append(write, self._shown_kept)

    def _shown_kept(self, record: object) -> None:
        self._saved(record)
        self.shown_card.show_instructions(self.record.shown, self._context.clinic.fields.zone)

    # Ending

    @Slot()
    def complete(self) -> None:
        """Close the check, once everything typed is kept."""
        if self.editable:
            if self.typed() != self.record.fields and self.questions.answers():
                self._edited()
            self._when_kept(self._complete)

    def _complete(self) -> None:
        work = partial(complete, self.record.id, self._keeper.version)
        self._context.write(self, work, self.closed.emit, self._not_done)

    @Slot(str)
    def _mark_missed(self, reason: str) -> None:
        self._reason = reason
        self._when_kept(self._miss)

    def _miss(self) -> None:
        work = partial(mark_missed, self.record.id, self._keeper.version, self._reason)
        self._context.write(self, work, self.closed.emit, self._not_done)

    def _not_done(self, error: Exception) -> None:
        self.trouble.show_notice(Kind.STOP, explain(error))

    def _when_kept(self, follow: Callable[[], None]) -> None:
        self._keeper.flush()
        if self._keeper.is_pending():
            self._after = follow
        else:
            follow()

    @Slot()
    def _settled(self) -> None:
        follow, self._after = self._after, None
        if follow is not None:
            follow()

    @Slot()
    def _unsettled(self) -> None:
        self._after = None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < _NARROW
        self._right.setFixedWidth(_NARROW_SIDE_WIDTH if narrow else _SIDE_WIDTH)
        self.call.set_narrow(narrow=narrow)

    # Coming and going

    def flush(self) -> None:
        """Write down what is being typed."""
        self._keeper.flush()

    def is_pending(self) -> bool:
        """Tell whether something typed is not kept yet."""
        return self._keeper.is_pending()

    def retire(self) -> None:
        """Let the keeper finish on its own; the form goes."""
        self._keeper.setParent(self.parent())
        self._keeper.retire()
        self.deleteLater()

    def focus_first(self) -> None:
        """Put the focus on the first question."""
        if self.editable and self.questions.rows:
            self.questions.rows[0].take_focus()
