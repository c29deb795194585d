"""The follow-up checks of every session, with where each stands."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.domain.rights import Right
from mesodesk.ui.jobs import Latest, explain
from mesodesk.ui.pages.followup_parts.diary_series import (
    series_of,
    series_row,
    told_of_session,
)
from mesodesk.ui.pages.patient_parts.checks_words import check_words
from mesodesk.ui.tokens import Kind
from mesodesk.ui.turns import Turns
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, EmptyState, IconLabel, Notice
from mesodesk.ui.widgets.layouts import PageScroll, clear, nest, row
from mesodesk.ui.widgets.rows import Row, RowList
from mesodesk.ui.widgets.text import Muted

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from uuid import UUID

    from mesodesk.domain.records.followup import FollowUpRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.patient_parts.file import PatientFile


_AT_ONCE: Final = 6
"""The checks of so many sessions are shown at first, and with each asking for earlier ones."""


class FollowUpsTab(QWidget):
    """A card for each session, the latest first; a row for each of its checks."""

    check_asked = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("patient_follow_ups")
        self._context = context
        self._latest = Latest(context.jobs, self)
        self._turns = Turns(self)
        self._patient_id: UUID | None = None
        self._shown: tuple[object, ...] | None = None
        self._sessions: list[tuple[int, list[FollowUpRecord]]] = []
        self._cards: list[_ChecksCard] = []
        self._empty = EmptyState(
            "calendar-check-outline",
            self.tr("No checks yet"),
            self.tr("Signing a session plans its checks, from 24 hours to 12 weeks."),
            object_name="follow_ups_empty",
        )
        self.rings = Button(
            self.tr("The patient rings"), "patient_rings", ButtonKind.SECONDARY, "phone-in-talk"
        )
        self.rings.setToolTip(
            self.tr("Opens the questions for a patient who calls, about the last session")
        )
        self.rings.hide()
        self.trouble = Notice(object_name="rings_trouble")
        self.earlier = Button("", "earlier_checks", ButtonKind.QUIET)
        scroll = PageScroll("follow_ups_scroll", max_width=1_680, margin=0, edge=True)
        self._column = QVBoxLayout()
        nest(scroll.column, row(self.rings, stretch=True))
        scroll.add(self.trouble)
        nest(scroll.column, self._column)
        scroll.add(self.earlier)
        scroll.add(self._empty)
        scroll.column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)
        self._empty.hide()
        self.earlier.hide()
        self.earlier.clicked.connect(self._show_earlier)
        self.rings.clicked.connect(self._begin_call)

    def show_file(self, file: PatientFile) -> None:
        """Show a patient's checks, once they are read."""
        if self._patient_id != file.patient.id:
            self._patient_id = file.patient.id
            self._forget()
        work = partial(_checks, self._context.desk, file.patient.id)
        self._latest.run(work, self.show_checks)

    def show_checks(self, checks: tuple[FollowUpRecord, ...]) -> None:
        """Show checks; as many sessions as were in sight before."""
        shown = (checks, self._context.today(), self._context.language)
        if shown == self._shown:
            return
        before = len(self._cards)
        self._forget()
        self._shown = shown
        self.rings.setVisible(bool(checks) and self._context.may(Right.FOLLOW_UP_EDIT))
        ordered = sorted(checks, key=lambda each: (-each.session_number, each.due_at))
        by_session = groupby(ordered, attrgetter("session_number"))
        self._sessions = [(number, list(group)) for number, group in by_session]
        self._empty.setVisible(not checks)
        adding = self._add(max(before, _AT_ONCE))
        if before:
            # All at once: with an empty column in between the place where one reads would be lost.
            self._turns.run_at_once(adding)
        else:
            self._turns.run(adding)

    def first_focus(self) -> QWidget | None:
        """Return the first check that waits, else the first of all; the tab until they are read."""
        if self._shown is None:
            return self
        rows = [each for card in self._cards for each in card.waiting()]
        every = [each for card in self._cards for each in card.list.rows()]
        return next(iter(rows or every), None)

    @Slot()
    def _begin_call(self) -> None:
        if self._patient_id is not None:
            self.rings.setEnabled(False)
            work = partial(_begin, self._patient_id)
            self._context.write(self, work, self._begun, self._not_begun)

    def _begun(self, record: FollowUpRecord) -> None:
        self.rings.setEnabled(True)
        self.trouble.show_notice(Kind.STOP, "")
        self.check_asked.emit(record.id)

    def _not_begun(self, error: Exception) -> None:
        self.rings.setEnabled(True)
        self.trouble.show_notice(Kind.STOP, explain(error))

    def _forget(self) -> None:
        self._turns.stop()
        self._shown = None
        self._sessions, self._cards = [], []
        clear(self._column)
        self._empty.hide()
        self.earlier.hide()
        self.rings.hide()

    def _add(self, wanted: int) -> Generator[None]:
        """Add cards, one in each turn: a card takes some milliseconds."""
        until = min(len(self._cards) + wanted, len(self._sessions))
        for number, checks in self._sessions[len(self._cards) : until]:
            card = _ChecksCard(self._context, number, checks)
            card.check_asked.connect(self.check_asked)
            self._column.addWidget(card)
            self._cards.append(card)
            self._take_focus(card)
            yield
        left = len(self._sessions) - until
        words = self.tr("Earlier sessions: {count}")
        self.earlier.setText(words.format(count=left))
        self.earlier.setVisible(left > 0)

    def _take_focus(self, card: _ChecksCard) -> None:
        """Pass the focus to the first card that comes, if the tab has it, or what asked for it."""
        if self.window().focusWidget() is self:
            (self.first_focus() or self).setFocus()
        elif self.earlier.hasFocus():
            card.list.rows()[0].setFocus()

    @Slot()
    def _show_earlier(self) -> None:
        self._turns.run(self._add(_AT_ONCE))


def _checks(desk: Desk, patient_id: UUID) -> tuple[FollowUpRecord, ...]:
    return desk.follow_ups.for_patient(patient_id)


def _begin(patient_id: UUID, desk: Desk) -> FollowUpRecord:
    return desk.calls.begin(patient_id)


class _ChecksCard(Card):
    """The checks of one session."""

    check_asked = Signal(object)

    def __init__(self, context: Context, number: int, checks: Sequence[FollowUpRecord]) -> None:
        super().__init__(object_name=f"checks_of_session_{number}")
        title = self.tr("Session {number}").format(number=number)
        self.set_title(title)
        self._checks = checks
        self._words = [check_words(context, check) for check in checks]
        self.list = RowList(f"checks_{number}", title)
        self.list.set_rows(
            Row(
                said.title,
                said.state,
                object_name=f"check_{number}_{check.check_id}",
                leading=IconLabel(said.icon, said.tone),
            )
            for check, said in zip(checks, self._words, strict=True)
        )
        for each, said in zip(self.list.rows(), self._words, strict=True):
            each.subtitle.set_tone("caution" if said.tone == "caution" else "muted")
        waiting = sum(said.waits for said in self._words)
        if waiting:
            words = self.tr("1 to do now") if waiting == 1 else self.tr("{count} to do now")
            self.add_trailing(Muted(words.format(count=waiting), wrap=False))
        self.add(self.list)
        told = told_of_session(checks)
        if told:
            self.add(Muted(self.tr("Diary of days 1 to 5, 0 to 10 (* written at home)")))
            series = series_of(context.language)
            for one in series:
                one.show_diary(told)
            self.add(series_row(series))
        self.list.activated.connect(self._open)

    def waiting(self) -> list[Row]:
        """Return the rows of checks to be worked now."""
        pairs = zip(self.list.rows(), self._words, strict=True)
        return [each for each, said in pairs if said.waits]

    @Slot(int)
    def _open(self, at: int) -> None:
        self.check_asked.emit(self._checks[at].id)
