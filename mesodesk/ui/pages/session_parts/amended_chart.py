"""The chart of an amended session against its other version: read, compared, explained."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Slot

from mesodesk.domain.records.session import SessionState, StatementKind
from mesodesk.ui.bodymap.amendment import Amendment
from mesodesk.ui.bodymap.amendment_line import AmendmentLine
from mesodesk.ui.bodymap.amendment_words import OtherVersion
from mesodesk.ui.bodymap.syringes import chart_syringes
from mesodesk.ui.jobs import explain
from mesodesk.ui.numbers import format_moment

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from mesodesk.domain.bodymap.amended import Amended
    from mesodesk.domain.records.chart import StoredChart
    from mesodesk.domain.records.session import SessionRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.bodymap.chart_view import ChartView
    from mesodesk.ui.bodymap.foresight import Aside
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.session_parts.state import SessionState as PageState


class _Told(NamedTuple):
    """Which session is the other version, and what is said of the amendment."""

    session_id: UUID
    later: bool
    by: str
    at: datetime | None
    reason: str
    signed: bool


class AmendedChart(QObject):
    """Reads the other version of the session whose chart is in sight, once for each chart."""

    def __init__(self, state: PageState, context: Context, view: ChartView, aside: Aside) -> None:
        super().__init__(view)
        self._state = state
        self._context = context
        self._view = view
        self._told: _Told | None = None
        self._other: OtherVersion | None = None
        self.line = AmendmentLine()
        self.amendment = Amendment(view, aside)
        self.amendment.compared.connect(self._compared)
        view.canvas.model.loaded.connect(self._forget)

    @Slot()
    def _forget(self) -> None:
        self._told = self._other = None
        self.amendment.put(None)

    def refresh(self) -> None:
        """Show what there is to show of the session in sight, whose chart is loaded."""
        told = self._of_session()
        if told == self._told:
            return
        self._forget()
        self._told = told
        if told is not None:
            work = partial(_read, session_id=told.session_id)
            self._context.run(self, work, partial(self._have, told), self._not_read)

    def _of_session(self) -> _Told | None:
        state, history = self._state, self._state.history
        if history is None:
            return None
        own = state.record.id
        for said in history.said_of(own):
            if said.kind is StatementKind.AMENDED and said.replaced_by is not None:
                return _Told(said.replaced_by, True, said.author, said.made_at, said.text, True)
        version = history.version_of(own)
        if version is None or version.amends is None:
            return None
        amends = version.amends
        if version.state is SessionState.DRAFT:
            return _Told(
                amends.amends_id, False, amends.begun_by, amends.begun_at, amends.reason, False
            )
        return _Told(
            amends.amends_id, False, version.signed_by, version.signed_at, amends.reason, True
        )

    def _have(self, told: _Told, both: tuple[SessionRecord, StoredChart]) -> None:
        record, chart = both
        # On another body its points would lie where nobody was treated.
        if told != self._told or record.atlas_id != self._state.record.atlas_id:
            return
        zone = self._context.clinic.fields.zone
        self._other = OtherVersion(
            chart.fields,
            chart_syringes(record.syringes),
            told.by,
            "" if told.at is None else format_moment(told.at, zone),
            told.reason,
            told.signed,
            told.later,
        )
        self.amendment.put(self._other)

    def _not_read(self, error: Exception) -> None:
        self._view.canvas.say(explain(error))

    @Slot(object)
    def _compared(self, found: Amended | None) -> None:
        self.line.show_found(found, self._other)


def _read(desk: Desk, *, session_id: UUID) -> tuple[SessionRecord, StoredChart]:
    return desk.sessions.get(session_id), desk.charts.load(session_id)
