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

    _Done = Callable[[tuple[EarlierChart, ...]], object]

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
        # How many are being read, and who waits for how many.
        self._coming = 0
        self._waiting: list[tuple[int, _Done]] = []

    def set_session(self, session_id: UUID, last: tuple[EarlierChart, ...] | None = None) -> None:
        """Say before which session they are wanted.

        Args:
            session_id: of the session.
            last: the chart of the one before it, or none; None has it read at once.
        """
        if session_id != self.session_id:
            self.session_id = session_id
            self._charts, self._asked, self._coming = (), 0, 0
            self._waiting = []
            if last is None:
                self._read(1)
            else:
                self._charts, self._asked, self._coming = last, 1, 1

    def ask(self, done: _Done, most: int = MOST) -> None:
        """Call `done` with the charts, the latest first; at once if they are there.

        It is not called if another session was opened meanwhile.
        """
        if self.session_id is None:
            return
        if most <= self._asked:
            done(self._charts[:most])
            return
        self._waiting.append((most, done))
        if most > self._coming:
            self._read(most)

    def aside(self, owner: QObject, work: Callable[[], T], done: Callable[[T], object]) -> None:
        """Compute something beside window and database, then call `done` on the UI thread."""
        self._context.jobs.run_aside(owner, work, done)

    def _read(self, most: int) -> None:
        if self.session_id is None:
            return
        self._coming = most
        work = partial(_read, session_id=self.session_id, most=most)
        have = partial(self._have, self.session_id, most)
        self._context.run(self, work, have, partial(self._not_read, self.session_id))

    def _have(self, session_id: UUID, most: int, charts: tuple[EarlierChart, ...]) -> None:
        if session_id != self.session_id:
            return
        if most > self._asked:
            self._charts, self._asked = charts, most
        served = [each for each in self._waiting if each[0] <= self._asked]
        self._waiting = [each for each in self._waiting if each[0] > self._asked]
        for wanted, done in served:
            done(self._charts[:wanted])

    def _not_read(self, session_id: UUID, error: Exception) -> None:
        if session_id == self.session_id:
            self._coming, self._waiting = self._asked, []
        self.failed.emit(explain(error))


def _read(desk: Desk, *, session_id: UUID, most: int) -> tuple[EarlierChart, ...]:
    return desk.charts.earlier(session_id, most)
