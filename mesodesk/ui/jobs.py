"""Work off the UI thread: one thread for the database, another pool for plain computing.

    jobs.run(self, partial(patients.open, patient_id), self._show, self._say)

`work` runs on the database thread, in the order of the calls; `done` or `failed` runs on the UI
thread afterwards, unless the owner has been deleted meanwhile. Errors made for people carry a
`sentence`; any other is logged by type and place only, because its text may hold patient data.
"""

from __future__ import annotations

import logging
from collections import deque
from functools import cached_property
from threading import Event
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal, Slot
from shiboken6 import isValid

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future, ThreadPoolExecutor

T = TypeVar("T")
_log = logging.getLogger(__name__)


def explain(error: BaseException) -> str:
    """Return one sentence for people: the error's own, or that the program made a mistake."""
    sentence = getattr(error, "sentence", None)
    if isinstance(sentence, str) and sentence:
        return sentence
    return QCoreApplication.translate(
        "Jobs",
        "Mesodesk could not do this because of a mistake in the program. What was kept before is "
        "intact. Try again; if it comes back, report what you were doing.",
    )


class _Settled(NamedTuple):
    owner: QObject
    work: Callable[[], Any]
    future: Future[Any]
    done: Callable[[Any], object] | None
    failed: Callable[[Exception], object] | None


# The worker lets go of a finished job a moment after it has told of it. Were that the last
# reference to a window, the window would be deleted on the wrong thread, which crashes Qt; so the
# last jobs stay referenced here. One would do for the one database thread.
_REMEMBERED = 8


class Jobs(QObject):
    """Runs work on threads and brings the results back. Lives on the UI thread."""

    busy = Signal(bool)
    """Something has begun after idleness, or the last thing is done."""

    troubled = Signal(str)
    """A failure that no caller handles, in one sentence."""

    _settled = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_closed = False
        self._running: set[Future[Any]] = set()
        self._sent = Event()
        self._finished: deque[_Settled] = deque(maxlen=_REMEMBERED)
        self._settled.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @cached_property
    def _database(self) -> ThreadPoolExecutor:
        return _threads(1, "database")

    @cached_property
    def _aside(self) -> ThreadPoolExecutor:
        return _threads(2, "aside")

    @cached_property
    def _apart(self) -> ThreadPoolExecutor:
        return _threads(1, "apart")

    def run(
        self,
        owner: QObject,
        work: Callable[[], T],
        done: Callable[[T], object] | None = None,
        failed: Callable[[Exception], object] | None = None,
    ) -> None:
        """Run `work` on the database thread, then `done(result)` on the UI thread.

        Without `failed`, a failure is told by `troubled`; with it, it gets the exception, and
        `explain` gives the words.

        Raises:
            RuntimeError: after `close`.
        """
        self._submit(self._database, owner, work, done, failed)

    def run_aside(
        self,
        owner: QObject,
        work: Callable[[], T],
        done: Callable[[T], object] | None = None,
        failed: Callable[[Exception], object] | None = None,
    ) -> None:
        """Run `work`, which must not touch the database, beside it; else as `run`."""
        self._submit(self._aside, owner, work, done, failed)

    def run_apart(
        self,
        owner: QObject,
        work: Callable[[], T],
        done: Callable[[T], object] | None = None,
        failed: Callable[[Exception], object] | None = None,
    ) -> None:
        """Run `work`, which must not touch the database and waits for nothing else; as `run`."""
        self._submit(self._apart, owner, work, done, failed)

    def is_busy(self) -> bool:
        """Tell whether anything is running, queued or not yet delivered."""
        return bool(self._running)

    def drain(self) -> None:
        """Wait until everything asked for, and what its results ask for in turn, is delivered."""
        while self._running:
            # Not for the futures: one is done a moment before its answer is on its way here, and
            # asking again and again meanwhile keeps its thread from sending it.
            self._sent.wait()
            self._sent.clear()
            QCoreApplication.sendPostedEvents(self, QEvent.Type.MetaCall.value)

    def forget(self) -> None:
        """Let go of what the last jobs returned, as soon as the threads have: it may be private."""
        for _ in range(_REMEMBERED):
            self.run(self, _nothing)

    def close(self) -> None:
        """Finish everything, then end the threads."""
        self.drain()
        self.is_closed = True
        for pool in (self._database, self._aside, self._apart):
            pool.shutdown()
        self._finished.clear()

    def _submit(
        self,
        pool: ThreadPoolExecutor,
        owner: QObject,
        work: Callable[[], T],
        done: Callable[[T], object] | None,
        failed: Callable[[Exception], object] | None,
    ) -> None:
        future = pool.submit(work)
        self._running.add(future)
        if len(self._running) == 1:
            self.busy.emit(True)
        # Called on the worker thread; the queued signal brings it here.
        future.add_done_callback(
            lambda settled: self._send(_Settled(owner, work, settled, done, failed))
        )

    def _send(self, settled: _Settled) -> None:
        self._settled.emit(settled)
        self._sent.set()

    @Slot(object)
    def _deliver(self, settled: _Settled) -> None:
        self._running.discard(settled.future)
        self._finished.append(settled)
        try:
            self._answer(settled)
        finally:
            if not self._running:
                self.busy.emit(False)

    def _answer(self, settled: _Settled) -> None:
        error = settled.future.exception()
        if error is not None:
            report(error)
        if not isValid(settled.owner):
            return
        if error is None:
            if settled.done is not None:
                settled.done(settled.future.result())
        elif settled.failed is not None and isinstance(error, Exception):
            settled.failed(error)
        else:
            self.troubled.emit(explain(error))


def _nothing() -> None:
    """Take the place of a job that is remembered."""


def _threads(most: int, name: str) -> ThreadPoolExecutor:
    # Imported with the first job: the first window has none, and is painted sooner.
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(max_workers=most, thread_name_prefix=name)


def report(error: BaseException) -> None:
    """Log a mistake of the program by type and place; its text is left out on purpose."""
    if isinstance(getattr(error, "sentence", None), str):
        return
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-6:]))
    _log.error("%s in %s", type(error).__name__, places)


class Latest:
    """For search as you type: one question under way, and only the newest one waiting.

    Answers to a question that has been replaced are dropped.
    """

    def __init__(self, jobs: Jobs, owner: QObject) -> None:
        self._jobs = jobs
        self._owner = owner
        self._asked = 0
        self._under_way = False
        self._waiting: Callable[[], None] | None = None

    def run(
        self,
        work: Callable[[], T],
        done: Callable[[T], object],
        failed: Callable[[Exception], object] | None = None,
    ) -> None:
        """Ask on the database thread; replaces what has been asked before."""
        self._asked += 1
        number = self._asked

        def settled(result: T) -> None:
            self._next()
            if number == self._asked:
                done(result)

        def broken(error: Exception) -> None:
            self._next()
            if number == self._asked:
                if failed is not None:
                    failed(error)
                else:
                    self._jobs.troubled.emit(explain(error))

        def begin() -> None:
            self._under_way = True
            self._jobs.run(self._owner, work, settled, broken)

        if self._under_way:
            self._waiting = begin
        else:
            begin()

    def forget(self) -> None:
        """Drop what is under way and what waits."""
        self._asked += 1
        self._waiting = None

    def _next(self) -> None:
        self._under_way = False
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting()
