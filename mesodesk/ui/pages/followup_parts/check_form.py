"""One check, open to be answered or, once it is done, to be read."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.call_script import ScriptPlace, spoken
from mesodesk.domain.clock import local_date
from mesodesk.domain.records.followup import (
    Channel,
    FollowUpFields,
    FollowUpState,
    ShownInstruction,
)
from mesodesk.domain.red_flags import raised_bands
from mesodesk.domain.rights import Right
from mesodesk.domain.schedule import RED_BANDS, TO_HANDLE, load_schedule
from mesodesk.ui.jobs import explain
from mesodesk.ui.keeper import Keeper
from mesodesk.ui.numbers import format_date
from mesodesk.ui.pages.followup_parts.alert import AlertCard, shown_words
from mesodesk.ui.pages.followup_parts.attempts import Attempts
from mesodesk.ui.pages.followup_parts.diary_card import DiaryCard
from mesodesk.ui.pages.followup_parts.diary_series import told_of_session
from mesodesk.ui.pages.followup_parts.finish_card import FinishCard
from mesodesk.ui.pages.followup_parts.handled_card import HandledCard
from mesodesk.ui.pages.followup_parts.loading import (
    complete,
    mark_missed,
    record_shown,
    region_names,
    save,
)
from mesodesk.ui.pages.followup_parts.questions_card import QuestionsCard
from mesodesk.ui.pages.followup_parts.script_card import ScriptCard, show_script
from mesodesk.ui.pages.followup_parts.side_cards import CallCard, SessionCard, ShownCard
from mesodesk.ui.pages.followup_parts.state_words import state_words
from mesodesk.ui.pages.followup_parts.take_card import TakeCard
from mesodesk.ui.pages.followup_parts.wording import check_of, usual_channel
from mesodesk.ui.pages.patient_parts.conflict import KeptNotice
from mesodesk.ui.tokens import BAR, Kind, Space
from mesodesk.ui.typed import changes
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.layouts import PageScroll, beside_bar, nest
from mesodesk.ui.widgets.multiline import MultilineField

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QResizeEvent

    from mesodesk.domain.records.followup import FollowUpRecord, RaisedFlag
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
        workable = loaded.record.state in _WORKABLE
        self.editable = workable and context.may(Right.FOLLOW_UP_EDIT)
        self._may_close = workable and context.may(Right.FOLLOW_UP_CLOSE)
        self._shown = {(each.item_id, each.band) for each in loaded.record.shown}
        self._after: Callable[[], None] | None = None
        self._raised, self._early = 0, False
        self._spoken = context.language
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
        self.alert.record.setVisible(self._context.may(Right.REACTION_EDIT))
        self.alert.record_asked.connect(self._to_reaction)
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
        self.opening, self.closing = map(ScriptCard, (ScriptPlace.OPENING, ScriptPlace.CLOSING))
        self.diary = DiaryCard(*days, language, editable=self.editable)
        if check is None or not check.diary:  # showing it before it has a place makes it a window
            self.diary.hide()
        self.handled = HandledCard(self._context, record, self)
        self.call = CallCard()
        self.attempts = Attempts(self._context, record)
        self.call.add(self.attempts)
        self.take = TakeCard(self._context, record, self)
        self.session, self.shown_card, self.finish = SessionCard(), ShownCard(), FinishCard()

    def _build(self) -> None:
        left = self.scroller = PageScroll("questions_scroll", max_width=1600, margin=0)
        left.column.setContentsMargins(0, 0, Space.S, Space.S)
        for widget in (
            self.handled, self.opening, self.questions, self.diary, self.note_card, self.closing,
        ):  # fmt: skip
            left.add(widget)
        left.column.addStretch(1)
        cards = PageScroll("check_side_scroll", margin=0, edge=True)
        for card in (self.call, self.take, self.session, self.shown_card):
            cards.add(card)
        cards.column.addStretch(1)
        side = QVBoxLayout()
        side.setSpacing(Space.M)
        side.addWidget(cards, 1)
        nest(side, beside_bar(self.finish))
        right = self._right = QWidget()
        right.setFixedWidth(_SIDE_WIDTH + BAR)
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
            nest(whole, beside_bar(banner))
        nest(whole, columns, 1)

    def _connect(self) -> None:
        self.questions.edited.connect(self._edited)
        self.note.edited.connect(self._edited)
        self.call.edited.connect(self._edited)
        self.diary.edited.connect(self._edited)
        self.opening.spoken.connect(self._speak)
        self.handled.handled.connect(self.closed)
        self.notice.acted.connect(self.complete_early)
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
        self.diary.show_scores(fields.diary, told_of_session(self._loaded.others))
        self.note.set_value(fields.note)
        patient = self._loaded.patient.fields
        self.call.show_patient(patient.display_name, format_date(patient.birth_date), patient.phone)
        self.call.set_value(fields.channel or (usual_channel(record) if self.editable else None))
        usual = self._context.language
        self._speak(spoken(patient.language, usual) if self.editable else usual)
        self.attempts.form.setVisible(self.editable)
        self.session.show_session(self._loaded.session, zone)
        self.session.show_regions(())
        self.shown_card.show_instructions(record.shown, zone)
        self.finish.show_missed(record.state is FollowUpState.MISSED)
        self.note.input.setReadOnly(not self.editable)
        self.call.channel.setEnabled(self.editable)
        self.finish.setVisible(self.record.state in _WORKABLE)
        self.finish.show_rights(answers=self.editable, closes=self._may_close)
        self.questions.setProperty("reads", self.record.state in _WORKABLE)
        self.note_card.setVisible(self.editable or bool(fields.note))
        self.notice.show_notice(*state_words(self._context, record, closes=self._may_close))
        self._refresh()
        work = partial(region_names, record.regions, self._context.language)
        self._context.jobs.run_aside(self, work, self.session.show_regions, self._keep_quiet)

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
            self.call.value(),
            {**items, **self.questions.answers()},
            self.note.value(),
            self.diary.scores(),
        )

    @Slot()
    def _edited(self) -> None:
        if not self.editable:
            return
        self.trouble.show_notice(Kind.STOP, "")
        desk, record_id = self._context.desk, self.record.id
        typed = self.typed()
        told = changes("follow_up", record_id, self.record.fields, typed)
        self._keeper.put("check", partial(save, desk, record_id, typed), self._saved, aside=told)
        self._refresh()

    @Slot()
    def _to_reaction(self) -> None:
        """Record what was told as a reaction, with what the answers say of it already."""
        self._context.navigate(
            "patient",
            patient_id=self.record.patient_id,
            tab="reactions",
            follow_up_id=self.record.id,
        )

    def _saved(self, record: object) -> None:
        self.record = record  # type: ignore[assignment]

    def _refresh(self) -> None:
        """Judge the answers anew: flags at once, what was not asked, the button for the rest."""
        typed, clinic = self.typed(), self._context.clinic.fields
        own, language = clinic.escalation, self._context.language
        flags = raised_bands(load_schedule(), self.record.check_id, typed, own, language)
        red = tuple(each for each in flags if each.band in RED_BANDS)
        self.alert.show_flags(red, clinic)
        self.questions.show_flags(flags)
        self.diary.show_flags(flags)
        self._show_script()
        if len(red) > self._raised:
            self._keep_in_sight()
        self._raised = len(red)
        self.questions.refresh()
        asked = len(self.questions.answers()) + len(typed.diary)
        self.finish.show_unasked(self.questions.unasked(), asked)
        if self.editable:
            self._keep_shown(flags)

    @Slot(str)
    def _speak(self, language: str) -> None:
        """Show script and questions in a language to be spoken."""
        self._spoken = language
        self.questions.speak(language)
        self._show_script()

    def _show_script(self) -> None:
        channel = self.call.value()
        aloud = self.editable and channel in (Channel.PHONE, None)
        mailbox = show_script(self._context, self._loaded, self._spoken, self.opening, self.closing)
        for card in (self.opening, self.closing):
            card.setVisible(aloud and not card.is_empty())
        self.attempts.follow(channel, mailbox)

    def _keep_in_sight(self) -> None:
        """Scroll to the question just answered, which the card above has pushed down."""
        answered = QApplication.focusWidget()
        if answered is None or not self.scroller.isAncestorOf(answered):
            return
        layout = self.layout()
        if layout is not None and self.isVisible():
            layout.activate()
            self.scroller.ensureWidgetVisible(answered, 0, 96)

    def _keep_shown(self, flags: tuple[RaisedFlag, ...]) -> None:
        known = self._shown
        fresh = [
            each
            for each in flags
            if each.band in TO_HANDLE and (each.item_id, each.band) not in known
        ]
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
        if self._may_close:
            if self.typed() != self.record.fields and self.questions.answers():
                self._edited()
            self._when_kept(self._complete)

    @Slot()
    def complete_early(self) -> None:
        """Close the check though its window has not begun."""
        self._early = True
        self.complete()

    def _complete(self) -> None:
        work = partial(complete, self.record.id, self._keeper.version, early=self._early)
        self._early = False
        self._context.write(self, work, self._completed, self._not_done)

    def _completed(self, record: FollowUpRecord) -> None:
        """Leave the check; one that calls for something stays, to be said what was done."""
        if record.escalation is not None and record.escalation.handled_at is None:
            self.reload_asked.emit()
        else:
            self.closed.emit(record)

    @Slot(str)
    def _mark_missed(self, reason: str) -> None:
        self._when_kept(partial(self._miss, reason))

    def _miss(self, reason: str) -> None:
        work = partial(mark_missed, self.record.id, self._keeper.version, reason)
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
        self._early = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < _NARROW
        self._right.setFixedWidth(_NARROW_SIDE_WIDTH if narrow else _SIDE_WIDTH)
        self.call.set_narrow(narrow=narrow)

    # Coming and going

    def flush(self) -> None:
        """Write down what is being typed."""
        self._keeper.flush()
        self.handled.flush()

    def is_pending(self) -> bool:
        """Tell whether something typed is not kept yet."""
        return self._keeper.is_pending()

    def retire(self) -> None:
        """Let the keeper finish on its own; the form goes."""
        self._keeper.setParent(self.parent())
        self._keeper.retire()
        self.handled.retire(self.parent())
        self.deleteLater()

    def focus_first(self) -> None:
        """Put the focus on the first question."""
        if self.handled.waits():
            self.handled.text.setFocus()
        elif self.editable and self.questions.rows:
            self.questions.rows[0].take_focus()
