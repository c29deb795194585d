"""The last station: tolerance, where the syringes went, aftercare, next session, signing."""

from __future__ import annotations

from enum import Enum
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.ui.pages.session_parts.aftercare import AftercareCard, NextSessionCard
from mesodesk.ui.pages.session_parts.balance import BalanceCard
from mesodesk.ui.pages.session_parts.chart_text_card import ChartTextCard
from mesodesk.ui.pages.session_parts.fields import may_set
from mesodesk.ui.pages.session_parts.limits_card import LimitsCard
from mesodesk.ui.pages.session_parts.signing import MissingCard, SignCard
from mesodesk.ui.pages.session_parts.state import SessionState, Station
from mesodesk.ui.pages.session_parts.tolerance import ReactionsCard, ToleranceCard
from mesodesk.ui.tokens import BAR, Space
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.layouts import PageScroll, nest
from mesodesk.ui.widgets.multiline import MultilineField

if TYPE_CHECKING:
    from uuid import UUID

    from PySide6.QtGui import QResizeEvent

    from mesodesk.ui.context import Context

_FINDING = "finding_"
_RIGHT = 392
_TWO_COLUMNS = 1_080
"""From this width on, what is at the left stands in two columns."""
_ONE_COLUMN = 552
"""Below this width, what is at the right comes beneath."""


class Arrangement(Enum):
    """How the cards stand."""

    STACKED = "one column"
    BESIDE = "a column, and what is missing beside it"
    WIDE = "two columns, and what is missing beside them"


class FinishStation(Station):
    """Two columns that scroll by themselves, so that what is missing stays in sight."""

    station_id = "finish"

    def __init__(self, state: SessionState, context: Context, parent: QWidget) -> None:
        super().__init__(state, context, parent)
        self.setObjectName("finish_station")
        self._shown_of: UUID | None = None
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
        self.chart_text = ChartTextCard(context, "finish_text")
        self.missing = MissingCard(state, language)
        self.sign = SignCard(state, context)
        self.limits = LimitsCard(state, context, self.sign.proof.password)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self._near = QVBoxLayout()
        self._far = QVBoxLayout()
        cards = self._cards = QHBoxLayout()
        cards.setSpacing(Space.M)
        for column in (self._near, self._far):
            column.setSpacing(Space.M)
            column.addStretch(1)
            nest(cards, column, 1)
        left = PageScroll("finish_left", max_width=1_600, margin=0)
        nest(left.column, cards)
        left.column.addStretch(1)
        self._right = PageScroll("finish_right", margin=0, edge=True)
        self._right.setFixedWidth(_RIGHT + BAR)
        self._right.column.addStretch(1)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._arrange_now)
        self._arrangement: Arrangement | None = None
        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(Space.M)
        columns.addWidget(left, 1)
        columns.addWidget(self._right)
        # Not before it has a parent: shown without one, a column comes up as a window of its own.
        self._arrange(Arrangement.BESIDE)

    def _arrange(self, wanted: Arrangement) -> None:
        """Put the cards where there is room for them."""
        if wanted is self._arrangement:
            return
        self._arrangement = wanted
        focused = self.focusWidget()
        last = self._near if wanted is Arrangement.STACKED else self._right.column
        second = self._far if wanted is Arrangement.WIDE else self._near
        for column, cards in (
            (self._near, (self.tolerance, self.reactions)),
            (second, (self.balance, self.aftercare, self.next_session, self.note_card)),
            # What comes and grows by itself comes last: nothing may move away under a click.
            (self._near, (self.limits, self.chart_text)),
            (last, (self.missing, self.sign)),
        ):
            for card in cards:
                for former in (self._near, self._far, self._right.column):
                    former.removeWidget(card)
                # The stretch at the end stays where it is.
                column.insertWidget(column.count() - 1, card)
        self._right.setVisible(wanted is not Arrangement.STACKED)
        self._cards.setStretch(1, 1 if wanted is Arrangement.WIDE else 0)
        if focused is not None and self.isVisible():
            # A card that moves to another column loses the focus on the way.
            focused.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Not within the layout's own round, which would forget what changes in it.
        self._soon.start()

    @Slot()
    def _arrange_now(self) -> None:
        room = self.width() - _RIGHT
        if room >= _TWO_COLUMNS:
            self._arrange(Arrangement.WIDE)
        else:
            self._arrange(Arrangement.BESIDE if room >= _ONE_COLUMN else Arrangement.STACKED)

    def _connect(self) -> None:
        state = self.state
        state.record_changed.connect(self._record_changed)
        state.chart_changed.connect(self._record_changed)
        state.missing_changed.connect(self._missing_changed)
        state.findings_changed.connect(self._record_changed)
        state.refused.connect(self._refused)
        self.missing.place_asked.connect(self.place_asked)
        self.note.edited.connect(self._noted)
        self.balance.rebuilt.connect(self._order_stops)
        self.limits.rebuilt.connect(self._order_stops)
        self.missing.rebuilt.connect(self._order_stops)

    @Slot()
    def _order_stops(self) -> None:
        """Let Tab go in reading order; lines made later would come last."""
        for chain in (
            # Whole fields: an input parted from its field would cut the round of Tab short.
            (self.reactions.note, *self.balance.stops(), self.aftercare.read),
            (
                self.note,
                *self.limits.stops(),
                *self.chart_text.stops(),
                *self.missing.rows.rows(),
                self.sign.proof.pin,
                self.sign.proof.password,
            ),
        ):
            for before, after in pairwise(chain):
                QWidget.setTabOrder(before, after)

    def show_state(self) -> None:
        if self._shown_of != self.state.record.id:
            self._forget()
        self._record_changed()
        self._missing_changed()

    def _forget(self) -> None:
        """Empty what is typed into: nothing of one patient may stay in another one's session."""
        self._shown_of = self.state.record.id
        self.tolerance.observation.set_value(None)
        self.next_session.day.set_value(None)
        self.limits.forget()
        for text in (self.reactions.note, self.note):
            text.set_value("")
        self.sign.clear()

    def leave(self) -> None:
        self.sign.clear()
        self.limits.flush()

    def reveal(self, place: str) -> bool:
        if place.startswith(_FINDING):
            return self.limits.reveal(place.removeprefix(_FINDING))
        if place == self.sign.proof.password.objectName():
            place = self.sign.proof.field.objectName()  # by the PIN, while there is one
        return super().reveal(place)

    def first_focus(self) -> QWidget | None:
        fields = self.state.record.fields
        if fields.pain is None:
            return self.tolerance.pain.segment("0")
        rows = self.missing.rows.rows()
        return rows[0] if rows else self.sign.proof.field

    @Slot()
    def _record_changed(self) -> None:
        if not self.state.can_edit() or self._shown_of != self.state.record.id:
            return
        for card in (
            self.limits,
            self.tolerance,
            self.reactions,
            self.balance,
            self.aftercare,
            self.next_session,
        ):
            card.show_state()
        self.chart_text.show_session(self.state)
        if may_set(self.note):
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
