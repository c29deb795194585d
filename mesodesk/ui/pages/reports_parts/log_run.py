"""One export of the log, from being allowed to being written, beside the window."""

from __future__ import annotations

from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from mesodesk.domain.records.export import ExportEnd

if TYPE_CHECKING:
    from pathlib import Path

    from mesodesk.domain.records.audit import LogFormat, LogQuery
    from mesodesk.services.desk import Desk
    from mesodesk.services.log_work import LogExport
    from mesodesk.ui.context import Context
    from mesodesk.ui.proof_field import Typed


class LogRun(QObject):
    """It belongs to the desk and not to the card that began it, and leaves its end on the log."""

    #: How many entries were written.
    written = Signal(int)
    #: The exception: nothing was written.
    failed = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._context = context
        self._stop = Event()
        self._job: LogExport | None = None
        context.closing.connect(self.stop)

    def begin(self, query: LogQuery, form: LogFormat, path: Path, typed: Typed) -> None:
        """Have it allowed and kept on the log, then written."""
        plan = partial(_plan, query, form, typed)
        self._context.run(self, plan, partial(self._planned, path), self._refused)

    @Slot()
    def stop(self) -> None:
        """Have it given up; nothing of it stays."""
        self._stop.set()

    def _planned(self, path: Path, job: LogExport) -> None:
        self._job = job
        work = partial(_write, job, path, self._stop)
        self._context.jobs.run_aside(self, work, self._came, self._broke)

    def _came(self, count: int) -> None:
        self._end(ExportEnd.WRITTEN, count)
        self.written.emit(count)
        self.deleteLater()

    def _broke(self, error: Exception) -> None:
        self._end(ExportEnd.STOPPED if self._stop.is_set() else ExportEnd.FAILED, None)
        self._refused(error)

    def _refused(self, error: Exception) -> None:
        self.failed.emit(error)
        self.deleteLater()

    def _end(self, how: ExportEnd, entries: int | None) -> None:
        if self._job is not None:
            # Of the context, which outlives this one: the end must be kept all the same.
            self._context.run(self._context, partial(_end, self._job, how, entries))


def _plan(query: LogQuery, form: LogFormat, typed: Typed, desk: Desk) -> LogExport:
    return desk.audit_log.plan_export(query, form, typed.secret, by_pin=typed.by_pin)


def _end(job: LogExport, how: ExportEnd, entries: int | None, desk: Desk) -> None:
    desk.audit_log.end_export(job, how, entries)


def _write(job: LogExport, path: Path, stop: Event) -> int:
    """Write beside the window; the dialog has asked whether a file may be replaced."""
    from mesodesk.documents.log_files import write_log
    from mesodesk.documents.new_file import new_file
    from mesodesk.unfinished import noted

    with noted(job.vault_id, path), new_file(path, overwrite=True) as file:
        return write_log(file, job.parts(stop), job.form, job.vault_id, _pass_over)


def _pass_over(_done: int, _total: int) -> None:
    return None
