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
from mesodesk.ui.frame.page import Page
from mesodesk.ui.jobs import Latest
from mesodesk.ui.numbers import format_day, format_weekday, relative_day
from mesodesk.ui.pages.columns import TwoColumns
from mesodesk.ui.pages.followup_parts.wording import check_title
from mesodesk.ui.pages.today_parts.first_day import FirstDay
from mesodesk.ui.pages.today_parts.rows import (
    draft_row,
    expiring_row,
    follow_up_row,
    moments,
    planned_row,
)
from mesodesk.ui.pages.today_parts.section import Section
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.cards import Card, EmptyState
from mesodesk.ui.widgets.layouts import PageScroll
from mesodesk.ui.widgets.text import Muted, Title

if TYPE_CHECKING:
    from mesodesk.domain.records.followup import FollowUpRecord
    from mesodesk.domain.records.session import SessionSummary
    from mesodesk.domain.records.stock import LotRecord
    from mesodesk.domain.records.today import PlannedSession, Today
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.widgets.rows import Row

_CONCERNS = (
    Topic.FOLLOW_UPS | Topic.SESSIONS | Topic.CHARTS | Topic.STOCK | Topic.PATIENTS | Topic.CLINIC
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
        self._make_sections()
        self._build()
        self._connect()

    def _timer(self, milliseconds: int) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(self.reload)
        return timer

    def _make_sections(self) -> None:
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
        self.first_day = FirstDay()
        self.quiet = EmptyState("phone-check-outline", "", "", object_name="today_quiet")
        self.quiet_card = Card()
        self.quiet_card.add(self.quiet)
        self.aside_quiet = Card(self.tr("Nothing else waits"), object_name="today_aside_quiet")
        self.aside_quiet.add(
            Muted(
                self.tr("Sessions in draft, sessions planned and lots about to expire stand here.")
            )
        )

    def _build(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.day)
        words.addWidget(self.summary)
        head = QHBoxLayout()
        head.setContentsMargins(Space.XL, 0, Space.XL, 0)
        head.addLayout(words, 1)
        head.addWidget(self.new)
        columns = TwoColumns((13, 8))
        for card in (self.first_day, self.overdue, self.due, self.quiet_card):
            columns.left.addWidget(card)
            card.hide()
        for card in (self.drafts, self.planned, self.expiring, self.aside_quiet):
            columns.right.addWidget(card)
            card.hide()
        columns.finish()
        self.scroller = PageScroll("today_scroll", max_width=1900, margin=0)
        self.scroller.column.setContentsMargins(Space.XL, 0, Space.XL, Space.S)
        self.scroller.add(columns, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, Space.L, 0, 0)
        whole.setSpacing(Space.L)
        whole.addLayout(head)
        whole.addWidget(self.scroller, 1)

    def _connect(self) -> None:
        self.overdue.opened.connect(self._open_check)
        self.due.opened.connect(self._open_check)
        self.drafts.opened.connect(self._open_draft)
        self.planned.opened.connect(self._open_planned)
        self.expiring.opened.connect(self._open_lot)
        self.new.clicked.connect(self.new_patient)
        self.first_day.patient_asked.connect(self.new_patient)
        self.first_day.stock_asked.connect(self._open_stock)
        self._context.changed.connect(self._changed)
        self.add_key("Ctrl+N", self.tr("New patient"), self.new_patient)
        self.describe_key("A … Z, 0 … 9", self.tr("Find a patient: just type"))
        self.describe_key("↑ ↓", self.tr("Move in a list"))
        self.describe_key("Enter", self.tr("Open what is marked"))

    def shown(self, **_arguments: object) -> None:
        self.reload()

    def first_focus(self) -> QWidget | None:
        for section in (self.overdue, self.due, self.drafts, self.planned):
            rows = section.rows.rows()
            if rows and not section.isHidden():
                return rows[0]
        return self.new

    # Reading

    @Slot(object, object)
    def _changed(self, topic: Topic, _origin: object) -> None:
        # Out of sight only the number of calls in the rail is of interest.
        concerns = _CONCERNS if self.isVisible() else Topic.FOLLOW_UPS | Topic.CLINIC
        if topic & concerns:
            self._pause.start()

    @Slot()
    def reload(self) -> None:
        """Read everything again."""
        self._latest.run(partial(_look, self._context.desk), self._show)

    def _show(self, seen: _Seen) -> None:
        today = seen.today
        first_time = not self.day.text()
        had_focus = self.first_focus() is self.new and self.new.hasFocus()
        self.overdue.show_things(today.overdue)
        self.due.show_things(today.due)
        self.drafts.show_things(today.drafts)
        self.planned.show_things(today.planned)
        self.expiring.show_things(today.expiring)
        calls = len(today.overdue) + len(today.due)
        self._say_day(calls, len(today.overdue))
        self._say_quiet(seen, calls)
        self._context.counted.emit("today", calls)
        self._wait_for_next_change(today)
        if (first_time or had_focus) and self.isVisible():
            focus = self.first_focus()
            if focus is not None:
                focus.setFocus()

    def _say_day(self, calls: int, overdue: int) -> None:
        self.day.setText(format_weekday(self._context.today()))
        if not calls:
            self.summary.setText(self.tr("Nobody to call now"))
            return
        words = self.tr("1 to call") if calls == 1 else self.tr("{count} to call")
        parts = [words.format(count=calls)]
        if overdue:
            parts.append(self.tr("{count} overdue").format(count=overdue))
        self.summary.setText(" · ".join(parts))

    def _say_quiet(self, seen: _Seen, calls: int) -> None:
        today = seen.today
        begins = not seen.patients or not seen.lots
        self.first_day.show_done(patients=bool(seen.patients), lots=seen.lots)
        self.first_day.setVisible(begins and not calls)
        # On the first day its two steps are the loud ones.
        self.new.setVisible(not self.first_day.isVisibleTo(self))
        self.quiet_card.setVisible(not calls and not begins)
        self.quiet.set_words(self.tr("Nothing is due now"), self._next_words(today))
        waits = (today.drafts, today.planned, today.expiring)
        self.aside_quiet.setVisible(not any(waits))

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

    def _draft_row(self, draft: SessionSummary) -> Row:
        return draft_row(draft, self._context.clinic.fields.zone)

    def _planned_row(self, planned: PlannedSession) -> Row:
        return planned_row(planned, self._context.today())

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


def _look(desk: Desk) -> _Seen:
    return _Seen(desk.today.overview(), desk.patients.count(), bool(desk.catalogue.lots()))
