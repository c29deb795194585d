"""The follow-up checks of every session, with where each stands."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.ui.pages.patient_parts.checks_words import check_words
from mesodesk.ui.widgets.cards import Card, EmptyState, IconLabel
from mesodesk.ui.widgets.layouts import PageScroll, clear
from mesodesk.ui.widgets.rows import Row, RowList
from mesodesk.ui.widgets.text import Muted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mesodesk.domain.records.followup import FollowUpRecord
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.patient_parts.file import PatientFile


class FollowUpsTab(QWidget):
    """A card for each session, the latest first; a row for each of its checks."""

    check_asked = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("patient_follow_ups")
        self._context = context
        self._shown: tuple[object, ...] | None = None
        self._cards: list[_ChecksCard] = []
        self._empty = EmptyState(
            "calendar-check-outline",
            self.tr("No checks yet"),
            self.tr("Signing a session plans its checks, from 24 hours to 12 weeks."),
            object_name="follow_ups_empty",
        )
        scroll = PageScroll("follow_ups_scroll", max_width=1_680, margin=0)
        self._column = QVBoxLayout()
        scroll.column.addLayout(self._column)
        scroll.add(self._empty)
        scroll.column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)

    def show_file(self, file: PatientFile) -> None:
        """Show a patient's checks."""
        shown = (file.follow_ups, self._context.today(), self._context.language)
        if shown == self._shown:
            return
        self._shown = shown
        self._empty.setVisible(not file.follow_ups)
        clear(self._column)
        by_session = attrgetter("session_number")
        ordered = sorted(file.follow_ups, key=lambda c: (-c.session_number, c.due_at))
        self._cards = [
            _ChecksCard(self._context, number, list(checks))
            for number, checks in groupby(ordered, by_session)
        ]
        for card in self._cards:
            card.check_asked.connect(self.check_asked)
            self._column.addWidget(card)

    def first_focus(self) -> QWidget | None:
        """Return the first check that waits, else the first of all."""
        rows = [row for card in self._cards for row in card.waiting()]
        every = [row for card in self._cards for row in card.list.rows()]
        return next(iter(rows or every), None)


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
        for row, said in zip(self.list.rows(), self._words, strict=True):
            row.subtitle.set_tone("caution" if said.tone == "caution" else "muted")
        waiting = sum(said.waits for said in self._words)
        if waiting:
            words = self.tr("1 to do now") if waiting == 1 else self.tr("{count} to do now")
            self.add_trailing(Muted(words.format(count=waiting), wrap=False))
        self.add(self.list)
        self.list.activated.connect(self._open)

    def waiting(self) -> list[Row]:
        """Return the rows of checks to be worked now."""
        return [row for row, said in zip(self.list.rows(), self._words, strict=True) if said.waits]

    @Slot(int)
    def _open(self, at: int) -> None:
        self.check_asked.emit(self._checks[at].id)
