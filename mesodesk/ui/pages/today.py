"""Today: whom to call, what to go on with, what is planned, what expires."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.changes import Topic
from mesodesk.domain.rights import Right
from mesodesk.ui.frame.page import Page
from mesodesk.ui.jobs import Latest
from mesodesk.ui.numbers import format_day, format_weekday, relative_day
from mesodesk.ui.pages.columns import TwoColumns
from mesodesk.ui.pages.followup_parts.wording import check_title
from mesodesk.ui.pages.restricted_parts.emergencies_notice import EmergenciesNotice
from mesodesk.ui.pages.safety_parts.words import backup_concern
from mesodesk.ui.pages.today_parts.call_rows import (
    follow_up_row,
    handle_row,
    missed_row,
    moments,
    summary_words,
    worked_first,
)
from mesodesk.ui.pages.today_parts.first_day import FirstDay
from mesodesk.ui.pages.today_parts.print_calls import PrintCalls
from mesodesk.ui.pages.today_parts.rows import (
    draft_row,
    expiring_row,
    planned_row,
)
from mesodesk.ui.pages.today_parts.section import Section
from mesodesk.ui.pages.today_parts.stock_alerts import StockAlerts
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.cards import Card, EmptyState, Notice
from mesodesk.ui.widgets.layouts import PageScroll, nest
from mesodesk.ui.widgets.text import Muted, Title

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from mesodesk.domain.records.backup import BackupStanding
    from mesodesk.domain.records.followup import FollowUpRecord
    from mesodesk.domain.records.plan import Glance
    from mesodesk.domain.records.session import SessionSummary
    from mesodesk.domain.records.stock import LotRecord
    from mesodesk.domain.records.today import PlannedSession, Today
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.widgets.rows import Row

_CONCERNS = (
    Topic.FOLLOW_UPS
    | Topic.SESSIONS
    | Topic.CHARTS
    | Topic.STOCK
    | Topic.REACTIONS
    | Topic.PATIENTS
    | Topic.CLINIC
    | Topic.PLANS
)
_PAUSE_MS = 150


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the page shows, and what tells a first day from a quiet one."""

    today: Today
    patients: int
    lots: bool


class TodayPage(Page):
    """Calls at the left, overdue first; the rest of the day at the right."""

    page_id = "today"
    type_to_find = True
    icon = "calendar-today"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = self.tr("Today")
        self._context = context
        self._latest = Latest(context.jobs, self)
        self._plans: Mapping[UUID, Glance] = {}
        self._pause = self._timer(_PAUSE_MS)
        self._next_change = self._timer(0)
        self._next_change.setTimerType(Qt.TimerType.PreciseTimer)
        self.day = Title("")
        self.day.setObjectName("today_date")
        self.summary = Muted("", wrap=False)
        self.summary.setObjectName("today_summary")
        self.new = Button(
            self.tr("New patient"), "today_new_patient", icon_name="account-plus-outline"
        )
        self.emergencies = EmergenciesNotice(self._context)
        self.safety = Notice(object_name="today_safety")
        self.printed = Notice(object_name="calls_printed", closable=True)
        self.print_calls = PrintCalls(self._context, self.printed)
        self.print_calls.hide()
        self._make_calls()
        self._make_rest()
        self._build()
        self._connect()

    def _timer(self, milliseconds: int) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(self.reload)
        return timer

    def _make_calls(self) -> None:
        self.to_handle: Section[FollowUpRecord] = Section(
            self.tr("To act on"), "list_to_handle", self._handle_row, kind=Kind.STOP, most=8
        )
        self.missed: Section[FollowUpRecord] = Section(
            self.tr("Missed in the last 4 weeks"),
            "list_missed",
            self._missed_row,
            kind=Kind.CAUTION,
            icon_name="close-circle-outline",
            most=4,
        )
        self.overdue: Section[FollowUpRecord] = Section(
            self.tr("Overdue"), "list_overdue", self._follow_up_row, kind=Kind.CAUTION, most=8
        )
        self.due: Section[FollowUpRecord] = Section(
            self.tr("Due now"),
            "list_due",
            self._follow_up_row,
            kind=Kind.INFO,
            icon_name="phone-outline",
        )

    def _make_rest(self) -> None:
        self.drafts: Section[SessionSummary] = Section(
            self.tr("Go on with"),
            "list_drafts",
            self._draft_row,
            icon_name="pencil-outline",
            most=5,
        )
        self.planned: Section[PlannedSession] = Section(
            self.tr("Sessions planned"),
            "list_planned",
            self._planned_row,
            icon_name="calendar-clock",
            most=6,
        )
        self.expiring: Section[LotRecord] = Section(
            self.tr("Lots about to expire"),
            "list_expiring",
            self._expiring_row,
            kind=Kind.CAUTION,
            icon_name="flask-outline",
            most=5,
        )
        self.stock = StockAlerts(self._context)
        self.first_day = FirstDay()
        self.quiet = EmptyState("phone-check-outline", "", "", object_name="today_quiet")
        self.quiet_card = Card()
        self.quiet_card.add(self.quiet)
        self.aside_quiet = Card(self.tr("Nothing else waits"), object_name="today_aside_quiet")
        words = self.tr("Sessions in draft, sessions planned and lots about to expire stand here.")
        self.aside_quiet.add(Muted(words))

    def _build(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.day)
        words.addWidget(self.summary)
        head = QHBoxLayout()
        head.setContentsMargins(Space.PAGE, 0, Space.PAGE, 0)
        nest(head, words, 1)
        head.addWidget(self.print_calls)
        head.addWidget(self.new)
        columns = TwoColumns((13, 8))
        for card in (
            self.first_day, self.to_handle, self.overdue, self.due, self.quiet_card, self.missed,
        ):  # fmt: skip
            columns.left.addWidget(card)
            card.hide()
        columns.right.addWidget(self.stock)
        for card in (self.drafts, self.planned, self.expiring, self.aside_quiet):
            columns.right.addWidget(card)
            card.hide()
        columns.finish()
        self.scroller = PageScroll("today_scroll", max_width=1900, page=True)
        self.scroller.add(self.emergencies)
        self.scroller.add(self.printed)
        self.scroller.add(self.safety)
        self.scroller.add(columns, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, Space.L, 0, 0)
        whole.setSpacing(Space.L)
        nest(whole, head)
        whole.addWidget(self.scroller, 1)

    def _connect(self) -> None:
        self.to_handle.opened.connect(self._open_check)
        self.missed.opened.connect(self._open_check)
        self.overdue.opened.connect(self._open_check)
        self.due.opened.connect(self._open_check)
        self.drafts.opened.connect(self._open_draft)
        self.planned.opened.connect(self._open_planned)
        self.expiring.opened.connect(self._open_lot)
        self.stock.asked.connect(self.go)
        self.new.clicked.connect(self.new_patient)
        self.first_day.patient_asked.connect(self.new_patient)
        self.first_day.stock_asked.connect(self._open_stock)
        self.safety.acted.connect(self._open_safety)
        self._context.changed.connect(self._changed)
        self.new.setVisible(self._context.may(Right.PATIENT_EDIT))
        if self._context.may(Right.PATIENT_EDIT):
            self.add_key("Ctrl+N", self.tr("New patient"), self.new_patient)
        self.describe_key("A … Z, 0 … 9", self.tr("Find a patient: just type"))
        self.describe_key("↑ ↓", self.tr("Move in a list"))
        self.describe_key("Enter", self.tr("Open what is marked"))

    def shown(self, **_arguments: object) -> None:
        self.reload()
        self._ask_backups()
        self.emergencies.ask()

    def first_focus(self) -> QWidget | None:
        for section in (self.to_handle, self.overdue, self.due, self.drafts, self.planned):
            rows = section.rows.rows()
            if rows and not section.isHidden():
                return rows[0]
        return None if self.new.isHidden() else self.new

    # Reading

    @Slot(object, object)
    def _changed(self, topic: Topic, _origin: object) -> None:
        # Out of sight only the number of calls in the rail is of interest.
        concerns = _CONCERNS if self.isVisible() else Topic.FOLLOW_UPS | Topic.CLINIC
        if topic & concerns:
            self._pause.start()
        if topic & Topic.BACKUPS and self.isVisible():
            self._ask_backups()

    def _ask_backups(self) -> None:
        self._context.run(self, _backups, self._say_backups)

    def _say_backups(self, standing: BackupStanding) -> None:
        concern = backup_concern(standing, self._context.clock.now())
        if concern is None:
            self.safety.show_notice(Kind.INFO, "")
        else:
            self.safety.show_notice(concern.kind, concern.sentence, "", self.tr("Look at safety"))

    @Slot()
    def _open_safety(self) -> None:
        self.navigate("safety")

    @Slot()
    def reload(self) -> None:
        """Read everything again."""
        self._latest.run(partial(_look, self._context.desk), self._show)

    def _show(self, seen: _Seen) -> None:
        today = seen.today
        self._plans = today.plans
        first_time = not self.day.text()
        had_focus = self.first_focus() is self.new and self.new.hasFocus()
        now = self._context.clock.now()
        self.to_handle.show_things(today.to_handle)
        self.overdue.show_things(worked_first(today.overdue, now))
        self.due.show_things(worked_first(today.due, now))
        self.missed.show_things(today.missed)
        self.drafts.show_things(today.drafts)
        self.planned.show_things(today.planned)
        self.expiring.show_things(today.expiring)
        self.stock.show_today(today)
        calls = len(today.overdue) + len(today.due)
        self.print_calls.setVisible(bool(calls) and self._context.may(Right.PRINT))
        self.day.setText(format_weekday(self._context.today()))
        self.summary.setText(summary_words(calls, len(today.overdue), len(today.to_handle)))
        self._say_quiet(seen, calls)
        self._context.counted.emit("today", calls)
        self._wait_for_next_change(today)
        if (first_time or had_focus) and self.isVisible():
            focus = self.first_focus()
            if focus is not None:
                focus.setFocus()

    def _say_quiet(self, seen: _Seen, calls: int) -> None:
        today = seen.today
        enters = self._context.may(Right.PATIENT_EDIT)
        begins = enters and not (seen.patients and seen.lots)
        self.first_day.show_done(patients=bool(seen.patients), lots=seen.lots)
        self.first_day.setVisible(begins and not calls)
        # On the first day its two steps are the loud ones.
        self.new.setVisible(enters and not self.first_day.isVisibleTo(self))
        self.quiet_card.setVisible(not calls and not begins and not today.to_handle)
        self.quiet.set_words(self.tr("Nothing is due now"), self._next_words(today))
        waits = (today.drafts, today.planned, today.expiring)
        self.aside_quiet.setVisible(not any(waits) and self.stock.isHidden())

    def _next_words(self, today: Today) -> str:
        following = today.next_due
        if following is None:
            return self.tr("Signing a session plans its follow-up checks; they come up here.")
        zone = self._context.clinic.fields.zone
        day = following.window_from.astimezone(ZoneInfo(zone)).date()
        now = self._context.today()
        when = relative_day(day, now)
        if (day - now).days > 1:
            when = f"{when} ({format_day(day, now)})"
        return self.tr("Next: {name}, {check} after session {number}, {when}.").format(
            name=following.patient_name,
            check=check_title(following, self._context.language),
            number=following.session_number,
            when=when,
        )

    def _wait_for_next_change(self, today: Today) -> None:
        """Wake when a window opens or closes or the clinic's day ends, and not before."""
        now = self._context.clock.now()
        zone = ZoneInfo(self._context.clinic.fields.zone)
        tomorrow = now.astimezone(zone).date() + timedelta(days=1)
        coming = [datetime.combine(tomorrow, time(), zone), *moments(today.overdue, today.due)]
        if today.next_due is not None:
            coming.append(today.next_due.window_from)
        seconds = min((at - now).total_seconds() for at in coming if at >= now)
        self._next_change.start(int(seconds * 1000) + 1000)

    # Rows

    def _follow_up_row(self, record: FollowUpRecord) -> Row:
        zone = self._context.clinic.fields.zone
        return follow_up_row(record, self._context.clock.now(), zone, self._context.language)

    def _handle_row(self, record: FollowUpRecord) -> Row:
        zone = self._context.clinic.fields.zone
        return handle_row(record, self._context.today(), zone, self._context.language)

    def _missed_row(self, record: FollowUpRecord) -> Row:
        zone = self._context.clinic.fields.zone
        return missed_row(record, self._context.today(), zone, self._context.language)

    def _draft_row(self, draft: SessionSummary) -> Row:
        stands = self._plans.get(draft.plan_id) if draft.plan_id else None
        zone = self._context.clinic.fields.zone
        return draft_row(draft, zone, self._context.clock.now(), stands)

    def _planned_row(self, planned: PlannedSession) -> Row:
        stands = self._plans.get(planned.plan_id) if planned.plan_id else None
        return planned_row(planned, self._context.today(), stands)

    def _expiring_row(self, lot: LotRecord) -> Row:
        return expiring_row(lot, self._context.today())

    # Going on

    @Slot(object)
    def _open_check(self, record: FollowUpRecord) -> None:
        self.navigate("followup", follow_up_id=record.id)

    @Slot(object)
    def _open_draft(self, draft: SessionSummary) -> None:
        self.navigate("session", session_id=draft.id)

    @Slot(object)
    def _open_planned(self, planned: PlannedSession) -> None:
        self.navigate("patient", patient_id=planned.patient_id)

    @Slot(object)
    def _open_lot(self, lot: LotRecord) -> None:
        self.navigate("stock", product_id=lot.product.id)

    @Slot()
    def _open_stock(self) -> None:
        self.navigate("stock")

    @Slot()
    def new_patient(self) -> None:
        """Go to the form for a new patient."""
        self.navigate("patients", new=True)


def _backups(desk: Desk) -> BackupStanding:
    return desk.backups.standing()


def _look(desk: Desk) -> _Seen:
    return _Seen(desk.today.overview(), desk.patients.count(), bool(desk.catalogue.lots()))
