"""The last station: tolerance, where the syringes went, aftercare, next session, signing."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.ui.pages.session_parts.aftercare import AftercareCard, NextSessionCard
from mesodesk.ui.pages.session_parts.balance import BalanceCard
from mesodesk.ui.pages.session_parts.signing import MissingCard, SignCard
from mesodesk.ui.pages.session_parts.state import SessionState, Station
from mesodesk.ui.pages.session_parts.tolerance import ReactionsCard, ToleranceCard
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.layouts import PageScroll
from mesodesk.ui.widgets.textfields import MultilineField

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from mesodesk.ui.context import Context

_RIGHT = 392
_TWO_COLUMNS = 1_080
"""From this width on, what is at the left stands in two columns."""


class FinishStation(Station):
    """Two columns that scroll by themselves, so that what is missing stays in sight."""

    station_id = "finish"

    def __init__(self, state: SessionState, context: Context) -> None:
        super().__init__(state, context)
        self.setObjectName("finish_station")
        language = context.language
        self.tolerance = ToleranceCard(state, language)
        self.reactions = ReactionsCard(state, language)
        self.balance = BalanceCard(state)
        self.aftercare = AftercareCard(state, language)
        self.next_session = NextSessionCard(state, context)
        self.note = MultilineField(
            "session_note",
            self.tr("Note"),
            placeholder=self.tr("Anything else that belongs to this session"),
            most_lines=8,
        )
        self.note_card = Card(self.tr("Note"))
        self.note_card.add(self.note)
        self.missing = MissingCard(state, language)
        self.sign = SignCard(state, context)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self._near = QVBoxLayout()
        self._far = QVBoxLayout()
        cards = self._cards = QHBoxLayout()
        cards.setSpacing(Space.M)
        for column in (self._near, self._far):
            column.setSpacing(Space.M)
            cards.addLayout(column, 1)
        left = PageScroll("finish_left", max_width=1_600, margin=0)
        left.column.addLayout(cards)
        left.column.addStretch(1)
        self._wide: bool | None = None
        self._arrange(wide=False)
        right = PageScroll("finish_right", margin=0)
        right.setFixedWidth(_RIGHT)
        for card in (self.missing, self.sign):
            right.add(card)
        right.column.addStretch(1)
        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(Space.M)
        columns.addWidget(left, 1)
        columns.addWidget(right)

    def _arrange(self, *, wide: bool) -> None:
        """Put the cards into one column, or into two where there is room."""
        if wide == self._wide:
            return
        self._wide = wide
        first = (self.tolerance, self.reactions)
        second = (self.balance, self.aftercare, self.next_session, self.note_card)
        for column in (self._near, self._far):
            while column.count():
                column.takeAt(0)
        for before in first:
            self._near.addWidget(before)
        for after in second:
            (self._far if wide else self._near).addWidget(after)
        self._near.addStretch(1)
        if wide:
            self._far.addStretch(1)
        self._cards.setStretch(1, 1 if wide else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(wide=event.size().width() - _RIGHT >= _TWO_COLUMNS)

    def _connect(self) -> None:
        state = self.state
        state.record_changed.connect(self._record_changed)
        state.chart_changed.connect(self._record_changed)
        state.missing_changed.connect(self._missing_changed)
        state.refused.connect(self._refused)
        self.missing.place_asked.connect(self.place_asked)
        self.note.edited.connect(self._noted)
        self.balance.rebuilt.connect(self._order_stops)
        self.missing.rebuilt.connect(self._order_stops)

    @Slot()
    def _order_stops(self) -> None:
        """Let Tab go in reading order; lines made later would come last."""
        for chain in (
            (self.reactions.note.input, *self.balance.stops(), self.aftercare.read),
            (self.note.input, *self.missing.rows.rows(), self.sign.password.input),
        ):
            for before, after in pairwise(chain):
                QWidget.setTabOrder(before, after)

    def show_state(self) -> None:
        self._record_changed()
        self._missing_changed()

    def leave(self) -> None:
        self.sign.clear()

    def first_focus(self) -> QWidget | None:
        fields = self.state.record.fields
        if fields.pain is None:
            return self.tolerance.pain.segment("0")
        rows = self.missing.rows.rows()
        return rows[0] if rows else self.sign.password

    @Slot()
    def _record_changed(self) -> None:
        if not self.state.can_edit():
            return
        for card in (
            self.tolerance,
            self.reactions,
            self.balance,
            self.aftercare,
            self.next_session,
        ):
            card.show_state()
        if not self.note.input.hasFocus():
            self.note.set_value(self.state.record.fields.note)

    @Slot()
    def _missing_changed(self) -> None:
        if self.state.can_edit():
            self.missing.show_state()
            self.sign.show_state()

    @Slot(object)
    def _noted(self, text: str | None) -> None:
        if text is not None:
            self.state.change(note=text)

    @Slot(object, str)
    def _refused(self, names: tuple[str, ...], sentence: str) -> None:
        if "next_session_on" in names:
            self.next_session.refuse(sentence)
        elif "note" in names:
            self.note.set_error(sentence)
        elif "reaction_note" in names:
            self.reactions.note.set_error(sentence)
        elif "observation_min" in names:
            self.tolerance.observation.set_error(sentence)
