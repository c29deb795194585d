"""A session read before anybody asks for it: while the record of its patient is looked at."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from mesodesk.ui.pages.session_parts.loading import load_ahead

if TYPE_CHECKING:
    from uuid import UUID

    from mesodesk.domain.records.chart import StoredChart
    from mesodesk.domain.records.session import SessionRecord
    from mesodesk.ui.bodymap.ready import ReadyChart
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.session_parts.loading import Ahead


class ReadAhead(QObject):
    """Has one draft read. No widget knows of what was read, and nobody has looked at it yet."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._ahead: Ahead | None = None
        context.locked.connect(self.forget)

    def begin(self, ahead: Ahead) -> None:
        """Read a draft in place of the one before; what goes wrong is told when it is opened."""
        context, self._ahead = self._context, ahead
        work = partial(load_ahead, ahead=ahead, changes=context.changes)
        context.run(self, work, partial(self._read, ahead), _nobody_asked)

    def _read(self, ahead: Ahead, _done: None) -> None:
        """Make its chart ready, unless something else is wanted by now."""
        loaded = ahead.loaded
        if ahead is self._ahead and loaded is not None:
            work = partial(_ready, loaded.opened.record, loaded.opened.chart)
            made = partial(setattr, ahead, "ready")
            self._context.jobs.run_aside(self, work, made, _nobody_asked)

    def take(self, session_id: UUID) -> Ahead | None:
        """Give out what is, or is being, read of a session today, once; None if that is nothing."""
        ahead, today = self._ahead, self._context.today()
        self.forget()
        known = ahead is not None and (ahead.session_id, ahead.day) == (session_id, today)
        return ahead if known else None

    @Slot()
    def forget(self) -> None:
        """Hold nothing: what was read is private."""
        self._ahead = None


def _ready(record: SessionRecord, chart: StoredChart) -> ReadyChart:
    # Imported late, and on that thread: no chart may have been shown yet.
    from mesodesk.ui.bodymap.ready import ready_chart

    return ready_chart(record, chart)


def _nobody_asked(_error: Exception) -> None:
    """Whoever opens the session has it read again, and is told."""
