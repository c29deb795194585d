"""The overview of a patient: what comes next, what to know before, who to call, what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect, Signal, Slot
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.schedule import CheckStatus
from mesodesk.ui.pages.patient_parts.broken_seals import BrokenSeals
from mesodesk.ui.pages.patient_parts.checks_words import check_status, check_words
from mesodesk.ui.pages.patient_parts.facts_tiles import FactsTiles
from mesodesk.ui.pages.patient_parts.file import MISSED
from mesodesk.ui.pages.patient_parts.know_card import KnowCard
from mesodesk.ui.pages.patient_parts.next_card import NextCard
from mesodesk.ui.pages.patient_parts.progress_card import ProgressCard
from mesodesk.ui.timeline.card import TimelineCard
from mesodesk.ui.timeline.look import CHECK, SESSION
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.cards import Card, IconLabel
from mesodesk.ui.widgets.layouts import PageScroll, nest
from mesodesk.ui.widgets.rows import Row, RowList
from mesodesk.ui.widgets.text import Muted

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from mesodesk.domain.records.followup import FollowUpRecord
    from mesodesk.domain.screening import Finding
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.patient_parts.file import PatientFile
    from mesodesk.ui.timeline.look import Opens

_SIDE: Final = 400
_ANY: Final = 16_777_215
_NARROW: Final = 860
"""Below this width the history lies under what to do and to know, and not beside it."""


_COMING = 3
"""So many checks to come stand in the overview, one beside others; all of them behind the tab."""


class OverviewTab(QWidget):
    """What a therapist needs in the ten seconds before a session."""

    start_asked = Signal()
    tab_asked = Signal(str)
    session_asked = Signal(object)
    check_asked = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("patient_overview")
        self._context = context
        self._checks: list[FollowUpRecord] = []
        self.next = NextCard(context)
        self.broken = BrokenSeals(context, "overview_broken_seals")
        self.know = KnowCard(context)
        self.facts = FactsTiles(context)
        self.progress = ProgressCard(context)
        self.timeline = TimelineCard(context)
        self._build()
        self.next.start.clicked.connect(self.start_asked)
        self.next.intake.clicked.connect(self._to_intake)
        self.next.tab_asked.connect(self.tab_asked)
        self.know.intake.clicked.connect(self._to_intake)
        self.progress.asked.connect(self._to_measurements)
        self.follow_ups.activated.connect(self._open_check)
        self.timeline.opened.connect(self._open)
        self.timeline.moved.connect(self._bring_into_sight)
        self.timeline.empty.acted.connect(self._to_intake)

    def _build(self) -> None:
        self.follow_ups = RowList("overview_follow_ups", self.tr("Open follow-ups"))
        self._follow_up_card = Card(self.tr("Follow-up"), object_name="overview_follow_up_card")
        self._follow_up_note = Muted("")
        self._follow_up_card.add(self._follow_up_note)
        self._follow_up_card.add(self.follow_ups)
        self._side = QWidget()
        side = QVBoxLayout(self._side)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(Space.M)
        for widget in (self.next, self.know, self._follow_up_card, self.progress, self.facts):
            side.addWidget(widget)
        side.addStretch(1)
        history = QVBoxLayout()
        history.addWidget(self.timeline)
        history.addStretch(1)
        self._both = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._both.setSpacing(Space.M)
        self._both.addWidget(self._side)
        nest(self._both, history, 1)
        self._scroll = PageScroll("overview_scroll", max_width=1_680, margin=0, edge=True)
        self._scroll.add(self.broken)
        nest(self._scroll.column, self._both)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._scroll)
        self._side.setFixedWidth(_SIDE)

    def show_file(self, file: PatientFile, findings: tuple[Finding, ...]) -> None:
        """Show a patient."""
        self.next.show_file(file)
        self.know.show_findings(file, findings)
        self.facts.show_file(file)
        self.timeline.show_file(file)
        self._show_follow_ups(file)
        self.progress.show_file(file)
        self.broken.watch(file)

    def first_focus(self) -> QWidget | None:
        """Return where somebody comes back to, or where the next step is."""
        return self.timeline.focus_back() or self.next.first_focus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < _NARROW
        directions = QBoxLayout.Direction
        self._both.setDirection(directions.TopToBottom if narrow else directions.LeftToRight)
        if narrow:
            self._side.setMinimumWidth(0)
            self._side.setMaximumWidth(_ANY)
        else:
            self._side.setFixedWidth(_SIDE)

    @Slot(QRect)
    def _bring_into_sight(self, place: QRect) -> None:
        inside = self._scroll.content.parentWidget()
        if inside is None:
            return
        middle = self.timeline.list.viewport().mapTo(inside, place.center())
        self._scroll.ensureVisible(middle.x(), middle.y(), 0, place.height() // 2 + Space.XL)

    @Slot(object)
    def _open(self, opens: Opens) -> None:
        if opens.where == SESSION:
            self.session_asked.emit(opens.id)
        elif opens.where == CHECK:
            self.check_asked.emit(opens.id)
        else:
            self.tab_asked.emit(opens.where)

    def _show_follow_ups(self, file: PatientFile) -> None:
        waiting, missed, coming = self._checks_to_show(file)
        self._checks = waiting + missed + coming
        words = [check_words(self._context, check) for check in self._checks]
        self.follow_ups.set_rows(
            Row(
                f"{said.title} · {self._session_words(check)}",
                said.state,
                object_name=f"overview_check_{at}",
                leading=IconLabel(said.icon, said.tone),
            )
            for at, (check, said) in enumerate(zip(self._checks, words, strict=True))
        )
        for row, said in zip(self.follow_ups.rows(), words, strict=True):
            row.subtitle.set_tone("caution" if said.tone == "caution" else "muted")
        self._follow_up_note.setText(self._note(file, missed=bool(missed), coming=bool(coming)))
        self._follow_up_note.setVisible(not waiting)

    def _checks_to_show(self, file: PatientFile) -> tuple[list[FollowUpRecord], ...]:
        """Return the checks to do now, the last that were missed, and the next to come."""
        now = self._context.clock.now()
        stands = [(check, check_status(check, now)) for check in file.follow_ups]

        def those(*statuses: CheckStatus) -> list[FollowUpRecord]:
            return [check for check, status in stands if status in statuses]

        # Nobody asked: it can be made up for, and must not pass for closed.
        missed = those(CheckStatus.MISSED)[-MISSED:]
        waiting = those(CheckStatus.DUE, CheckStatus.OVERDUE)
        coming = those(CheckStatus.UPCOMING)[: 1 if waiting or missed else _COMING]
        return waiting, missed[::-1], coming

    def _session_words(self, check: FollowUpRecord) -> str:
        return self.tr("session {number}").format(number=check.session_number)

    def _note(self, file: PatientFile, *, missed: bool, coming: bool) -> str:
        if missed:
            return self.tr("Missed, and can be made up for:")
        if coming:
            return self.tr("Nobody has to be called now. Next:")
        if file.signed_sessions:
            return self.tr("No check waits, and none is to come.")
        return self.tr("Signing a session plans its checks: 24 hours to 12 weeks.")

    @Slot(int)
    def _open_check(self, at: int) -> None:
        self.check_asked.emit(self._checks[at].id)

    @Slot()
    def _to_intake(self) -> None:
        self.tab_asked.emit("intake")

    @Slot()
    def _to_measurements(self) -> None:
        self.tab_asked.emit("measurements")
