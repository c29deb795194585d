"""The overview of a patient: what comes next, what to know before, what was done, who to call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.records.session import SessionState
from mesodesk.domain.schedule import CheckStatus
from mesodesk.ui.pages.patient_parts.checks_words import check_status, check_words
from mesodesk.ui.pages.patient_parts.facts_tiles import FactsTiles
from mesodesk.ui.pages.patient_parts.file import MISSED
from mesodesk.ui.pages.patient_parts.know_card import KnowCard
from mesodesk.ui.pages.patient_parts.next_card import NextCard
from mesodesk.ui.pages.patient_parts.session_card import SessionCard, session_ids
from mesodesk.ui.pages.patient_parts.thumbnails import Thumbnails
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, EmptyState, IconLabel
from mesodesk.ui.widgets.layouts import PageScroll, clear
from mesodesk.ui.widgets.rows import Row, RowList
from mesodesk.ui.widgets.text import Muted

if TYPE_CHECKING:
    from uuid import UUID

    from PySide6.QtGui import QImage, QResizeEvent, QShowEvent

    from mesodesk.domain.records.followup import FollowUpRecord
    from mesodesk.domain.screening import Finding
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.patient_parts.file import PatientFile

_SIDE: Final = 372
_LAST: Final = 6
_CARD_LEAST: Final = 270


_COMING = 3
"""So many checks to come stand in the overview; all of them behind the tab."""


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
        self._cards: list[SessionCard] = []
        self._checks: list[FollowUpRecord] = []
        self._columns_shown = 0
        self._thumbnails = Thumbnails(context, self)
        self.next = NextCard(context)
        self.know = KnowCard(context)
        self.facts = FactsTiles(context)
        self._build()
        self.next.start.clicked.connect(self.start_asked)
        self.next.intake.clicked.connect(self._to_intake)
        self.know.intake.clicked.connect(self._to_intake)
        self.follow_ups.activated.connect(self._open_check)
        self.all_sessions.clicked.connect(self._to_sessions)
        self._no_sessions.acted.connect(self._to_intake)
        self._thumbnails.made.connect(self._show_picture)

    def _build(self) -> None:
        self.all_sessions = Button(
            self.tr("All sessions"), "all_sessions", ButtonKind.QUIET, compact=True
        )
        self._sessions = Card(self.tr("Sessions"), self.all_sessions, object_name="last_sessions")
        self._grid = QGridLayout()
        self._grid.setSpacing(Space.M)
        self._sessions.body.addLayout(self._grid)
        self._no_sessions = EmptyState("needle", "", "", object_name="overview_no_sessions")
        self._sessions.add(self._no_sessions)
        self.follow_ups = RowList("overview_follow_ups", self.tr("Open follow-ups"))
        self._follow_up_card = Card(self.tr("Follow-up"), object_name="overview_follow_up_card")
        self._follow_up_note = Muted("")
        self._follow_up_card.add(self._follow_up_note)
        self._follow_up_card.add(self.follow_ups)
        left, right = QVBoxLayout(), QVBoxLayout()
        for column in (left, right):
            column.setSpacing(Space.M)
        for widget in (self.know, self.facts, self._sessions):
            left.addWidget(widget)
        for widget in (self.next, self._follow_up_card):
            right.addWidget(widget)
        left.addStretch(1)
        right.addStretch(1)
        side = QWidget()
        side.setLayout(right)
        right.setContentsMargins(0, 0, 0, 0)
        side.setFixedWidth(_SIDE)
        scroll = PageScroll("overview_scroll", max_width=1_680, margin=0)
        both = QHBoxLayout()
        both.setSpacing(Space.M)
        both.addLayout(left, 1)
        both.addWidget(side, 0)
        scroll.column.addLayout(both)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)

    def show_file(self, file: PatientFile, findings: tuple[Finding, ...]) -> None:
        """Show a patient."""
        self.next.show_file(file)
        self.know.show_findings(file, findings)
        self.facts.show_file(file)
        self._show_sessions(file)
        self._show_follow_ups(file)

    def first_focus(self) -> QWidget:
        """Return where the next step is."""
        return self.next.first_focus()

    def _show_sessions(self, file: PatientFile) -> None:
        shown = [s for s in file.sessions if s.state is not SessionState.ENTERED_IN_ERROR][:_LAST]
        before = [card.session for card in self._cards]
        self.all_sessions.setVisible(bool(file.sessions))
        self._no_sessions.setVisible(not shown)
        self._say_no_sessions(file)
        if before == shown and self._cards:
            return
        clear(self._grid)
        self._cards = [SessionCard(self._context, session) for session in shown]
        for card in self._cards:
            card.clicked.connect(self._open_session)
            picture = self._thumbnails.ask(card.session, self.devicePixelRatioF())
            if picture is not None:
                card.picture.set_image(picture)
        self._columns_shown = 0
        self._arrange()

    def _say_no_sessions(self, file: PatientFile) -> None:
        needs = file.completed is None
        text = (
            self.tr("The first session starts from the intake: begin there.")
            if needs
            else self.tr("The intake is closed. The first session checks it once more.")
        )
        self._no_sessions.set_words(self.tr("No sessions yet"), text)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._thumbnails.resume()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Lay the cards in two or three columns, as wide as there is room."""
        room = self.width() - _SIDE - Space.M - 2 * Space.L
        columns = max(1, min(3, room // _CARD_LEAST))
        if columns == self._columns_shown or not self._cards:
            return
        self._columns_shown = columns
        for at, card in enumerate(self._cards):
            self._grid.addWidget(card, at // columns, at % columns)
        for column in range(3):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)

    @Slot(object, object)
    def _show_picture(self, session_id: UUID, picture: QImage) -> None:
        card = session_ids(self._cards).get(session_id)
        if card is not None:
            card.picture.set_image(picture)

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
        coming = those(CheckStatus.UPCOMING)[:_COMING]
        return those(CheckStatus.DUE, CheckStatus.OVERDUE), missed[::-1], coming

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

    @Slot()
    def _open_session(self) -> None:
        card = self.sender()
        if isinstance(card, SessionCard):
            self.session_asked.emit(card.session.id)

    @Slot(int)
    def _open_check(self, at: int) -> None:
        self.check_asked.emit(self._checks[at].id)

    @Slot()
    def _to_intake(self) -> None:
        self.tab_asked.emit("intake")

    @Slot()
    def _to_sessions(self) -> None:
        self.tab_asked.emit("sessions")
