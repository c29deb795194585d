"""The charts of the patient's earlier sessions, read when they are first asked for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import QObject, Signal

from mesodesk.ui.jobs import explain

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from mesodesk.domain.records.chart import EarlierChart
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

T = TypeVar("T")

MOST: Final = 6
"""So many earlier sessions can be shown."""


class Earlier(QObject):
    """Reads for one session at a time; signed charts do not change, so each is read once."""

    #: str: they cannot be read; a sentence.
    failed = Signal(str)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.session_id: UUID | None = None
        self._charts: tuple[EarlierChart, ...] = ()
        self._asked = 0

    def set_session(self, session_id: UUID) -> None:
        """Say before which session they are wanted."""
        if session_id != self.session_id:
            self.session_id = session_id
            self._charts, self._asked = (), 0

    def ask(self, done: Callable[[tuple[EarlierChart, ...]], object], most: int = MOST) -> None:
        """Call `done` with the charts, the latest first; at once if they are there.

        It is not called if another session was opened meanwhile.
        """
        if self.session_id is None:
            return
        if most <= self._asked:
            done(self._charts[:most])
            return
        work = partial(_read, session_id=self.session_id, most=most)
        have = partial(self._have, self.session_id, most, done)
        self._context.run(self, work, have, self._not_read)

    def aside(self, owner: QObject, work: Callable[[], T], done: Callable[[T], object]) -> None:
        """Compute something beside window and database, then call `done` on the UI thread."""
        self._context.jobs.run_aside(owner, work, done)

    def _have(
        self,
        session_id: UUID,
        most: int,
        done: Callable[[tuple[EarlierChart, ...]], object],
        charts: tuple[EarlierChart, ...],
    ) -> None:
        if session_id != self.session_id:
            return
        if most > self._asked:
            self._charts, self._asked = charts, most
        done(self._charts[:most])

    def _not_read(self, error: Exception) -> None:
        self.failed.emit(explain(error))


def _read(desk: Desk, *, session_id: UUID, most: int) -> tuple[EarlierChart, ...]:
    return desk.charts.earlier(session_id, most)
