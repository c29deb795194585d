"""One export, from being allowed to being written, beside the window."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from mesodesk.domain.records.export import ExportEnd

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mesodesk.domain.records.export import Exported
    from mesodesk.leaving import Left
    from mesodesk.services.desk import Desk
    from mesodesk.services.export_work import ExportJob
    from mesodesk.ui.context import Context

_LOOK_MS: Final = 150


@dataclass
class _Progress:
    """How far it is; written on one thread and read on another."""

    done: int = 0
    total: int = 0

    def tell(self, done: int, total: int) -> None:
        self.done, self.total = done, total


class ExportRun(QObject):
    """Goes on whatever page is shown, and leaves its receipt on the log in every case.

    It belongs to the desk and not to the card that began it; the card may be gone by the end.
    """

    #: Share of what is to be done, 0 to 1.
    progressed = Signal(float)
    #: A `Left`: it is written.
    written = Signal(object)
    #: The exception: nothing was written.
    failed = Signal(object)
    #: It is over, however it ended.
    over = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._context = context
        self._stop = Event()
        self._progress = _Progress()
        self._job: ExportJob | None = None
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self._tell)
        context.closing.connect(self.stop)

    def begin(
        self, plan: Callable[[Desk], ExportJob], folder: Callable[[], Path], *, overwrite: bool
    ) -> None:
        """Have it allowed and kept on the log, then written.

        Args:
            plan: called on the database thread.
            folder: where the file goes; asked beside it, once the export is allowed.
            overwrite: whether a file of that name may be replaced.
        """
        work = partial(self._write_work, folder, overwrite=overwrite)
        self._context.run(self, plan, partial(self._planned, work), self._refused)

    @Slot()
    def stop(self) -> None:
        """Have it given up; nothing of it stays."""
        self._stop.set()

    def is_stopped(self) -> bool:
        """Tell whether it was given up."""
        return self._stop.is_set()

    def _write_work(
        self, folder: Callable[[], Path], job: ExportJob, *, overwrite: bool
    ) -> Callable[[], Left]:
        return partial(_write, job, folder, self._stop, self._progress, overwrite=overwrite)

    def _planned(self, work: Callable[[ExportJob], Callable[[], Left]], job: ExportJob) -> None:
        self._job = job
        self._look.start()
        self._context.jobs.run_aside(self, work(job), self._came, self._broke)

    def _came(self, left: Left) -> None:
        self._end(ExportEnd.WRITTEN, left.done)
        self.written.emit(left)
        self._finish()

    def _broke(self, error: Exception) -> None:
        self._end(ExportEnd.STOPPED if self._stop.is_set() else ExportEnd.FAILED, None)
        self._refused(error)

    def _refused(self, error: Exception) -> None:
        self.failed.emit(error)
        self._finish()

    def _end(self, how: ExportEnd, done: Exported | None) -> None:
        if self._job is not None:
            self._context.run(self, partial(_end, self._job, how, done))

    def _finish(self) -> None:
        self._look.stop()
        self.over.emit()
        self.deleteLater()

    @Slot()
    def _tell(self) -> None:
        if self._progress.total:
            self.progressed.emit(min(1.0, self._progress.done / self._progress.total))


def _write(
    job: ExportJob,
    folder: Callable[[], Path],
    stop: Event,
    progress: _Progress,
    *,
    overwrite: bool,
) -> Left:
    from mesodesk.leaving import write_out

    return write_out(job, folder(), stop, progress.tell, overwrite=overwrite)


def _end(job: ExportJob, how: ExportEnd, done: Exported | None, desk: Desk) -> None:
    desk.exports.end(job, how, done)
