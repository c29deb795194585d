"""Keeps what is typed, without a Save button.

A form gives its keeper each change as something to write:

    self._keeper = Keeper(jobs, window.status, parent=self)
    self._keeper.open(record.version)
    ...
    self._keeper.put("phone", partial(patients.set_phone, patient_id, text))

Each write is called with the version of the record last seen, as its last argument.

Changes of one key replace each other; they are written 400 ms after the last one, at the latest
1.5 s after the first, and at once when the focus moves or the page is left (`flush`). One write is
under way at a time, in order, each in its own transaction.

What is given with `aside` can also be told as plain values: they are what is left of it if storage
fails and the program ends before it works again (`ui/setting_aside.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication

from mesodesk.domain.clock import Clock, SystemClock
from mesodesk.ui.jobs import Jobs, explain

if TYPE_CHECKING:
    from datetime import datetime

    from mesodesk.domain.records.set_aside import Waiting
    from mesodesk.ui.kept_status import Status

T = TypeVar("T")

PAUSE_MS = 400
# Two seconds are promised; the rest of them is for the write itself.
LATEST_MS = 1_500
RETRY_MS = 2_000
SLOWEST_RETRY_MS = 15_000
# Not 0: what a gesture changed is painted first, or both would take turns at the interpreter.
_PAINTED_MS = 1

Write = Callable[[int], object]
"""Stores something, given the version of the record last seen, on the database thread.

Where its result has a `version`, the next write is given that one.
"""

Aside = Callable[[], "Waiting"]
"""Tells as plain values what a write would store; asked only when storage does not work."""


@dataclass(frozen=True, slots=True)
class _Pending:
    key: Hashable
    write: Write
    done: Callable[[Any], object] | None
    #: Tried once only: told what stood against it.
    failed: Callable[[Exception], object] | None = None
    aside: Aside | None = None


class Keeper(QObject):
    """Writes one form's changes as they are made. Lives on the UI thread."""

    kept = Signal(object)
    """Everything given so far is durable; the moment of the last commit, UTC."""

    failed = Signal(str)
    """Storage cannot be written now: the sentence. What is pending stays and is tried again."""

    refused = Signal(object, object)
    """(key, error): this one value is not accepted as it is; `explain` says why. Others go on."""

    conflicted = Signal(object)
    """The `ConflictError`. Nothing is written until `resume` or `discard` is called."""

    def __init__(
        self,
        jobs: Jobs,
        status: Status | None = None,
        *,
        clock: Clock | None = None,
        pause_ms: int = PAUSE_MS,
        latest_ms: int = LATEST_MS,
        retry_ms: int = RETRY_MS,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._status = status
        self._clock = clock or SystemClock()
        self._version = 0
        self._pending: dict[Hashable, _Pending] = {}
        self._refused: dict[Hashable, str] = {}
        self._writing: _Pending | None = None
        self._halted = False
        self._retired = False
        self._stuck = False
        self._serial = 0
        self._moment: datetime | None = None
        self._retry_ms = self._retry_wait = retry_ms
        self._pause = self._timer(pause_ms)
        self._latest = self._timer(latest_ms)
        self._retry = self._timer(retry_ms)
        self._painted = self._timer(_PAINTED_MS)
        if status is not None:
            status.on_flush(self.flush)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_moved)

    def _timer(self, milliseconds: int) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(self.flush)
        return timer

    @property
    def version(self) -> int:
        """The version of the record as last read or written."""
        return self._version

    def open(self, version: int) -> None:
        """Tell which version of the record the form shows, before the first `put`."""
        self._version = version

    def is_pending(self) -> bool:
        """Tell whether anything given is not durable yet."""
        return bool(self._pending or self._writing or self._refused)

    def waiting(self) -> tuple[Waiting, ...]:
        """Return what is not durable yet, in its order, as far as it can be told as values."""
        told = [one.aside() for one in self._unwritten() if one.aside]
        return tuple(replace(each, version=self._version) for each in told)

    def tells_all(self) -> bool:
        """Tell whether `waiting` leaves nothing out."""
        return all(one.aside for one in self._unwritten())

    def _unwritten(self) -> tuple[_Pending, ...]:
        under_way = () if self._writing is None else (self._writing,)
        return (*under_way, *self._pending.values())

    def put(
        self,
        key: Hashable,
        write: Write,
        done: Callable[[Any], object] | None = None,
        *,
        aside: Aside | None = None,
    ) -> None:
        """Write a field's new value soon; replaces what waits under the same key.

        Args:
            key: names the field; the latest value of a key is the one that is written.
            write: called as `write(version)` on the database thread; holds plain values only.
            done: called with what `write` returned, on the UI thread.
            aside: tells as plain values what `write` would store.
        """
        self._refused.pop(key, None)
        self._pending[key] = _Pending(key, write, done, aside=aside)
        self._say_keeping()
        self._pause.start()
        if not self._latest.isActive():
            self._latest.start()

    def hurry(self) -> None:
        """Write what waits once it is painted: it was pressed, nothing more of it is to come."""
        if self._pending and not self._painted.isActive():
            self._painted.start()

    def append(
        self,
        write: Write,
        done: Callable[[Any], object] | None = None,
        *,
        aside: Aside | None = None,
    ) -> None:
        """Write a gesture once it is painted: never merged with others, in the order of the calls.

        A few milliseconds later than at once, and the user sees it that much sooner.
        """
        self._queue(write, done, aside=aside)
        self.hurry()

    def once(
        self,
        write: Callable[[int], T],
        done: Callable[[T], object],
        failed: Callable[[Exception], object],
    ) -> None:
        """Write after everything that waits; tried once only, whatever stands against it.

        For what the user presses again if it fails: making a record, signing, discarding.
        """
        self._queue(write, done, failed)
        self.flush()

    def _queue(
        self,
        write: Write,
        done: Callable[[Any], object] | None,
        failed: Callable[[Exception], object] | None = None,
        aside: Aside | None = None,
    ) -> None:
        self._serial += 1
        key = (_Pending, self._serial)
        self._pending[key] = _Pending(key, write, done, failed, aside)
        self._say_keeping()

    @Slot()
    def flush(self) -> None:
        """Begin to write everything that waits."""
        for timer in (self._pause, self._latest, self._retry, self._painted):
            timer.stop()
        if self._writing is None and self._pending and not self._halted:
            self._write_next()

    def resume(self, version: int) -> None:
        """After a conflict: write what waits over the newer version (what is typed here wins)."""
        self._version = version
        self._halted = False
        self.flush()

    def discard(self, version: int) -> None:
        """After a conflict: forget what waits and go on from the newer version."""
        self._version = version
        self._halted = False
        self._pending.clear()
        self._refused.clear()
        if self._status is not None:
            self._status.kept(self, self._clock.now())

    def retire(self) -> None:
        """Write what waits, then go: the form is gone, so nothing can be put right any more.

        What is refused is told once; the strip must not stay red for what nobody can change.
        """
        self._retired = True
        self._refused.clear()
        self.flush()
        self._go_when_done()

    def _go_when_done(self) -> None:
        if self._retired and not self.is_pending():
            if self._status is not None:
                self._status.dropped(self)
            self.deleteLater()

    def _write_next(self) -> None:
        if self._jobs.is_closed:
            return  # its window is closed too, which asked for everything to be written before
        key = next(iter(self._pending))
        one = self._writing = self._pending.pop(key)
        version, clock = self._version, self._clock

        def on_database_thread() -> tuple[object, datetime]:
            result = one.write(version)
            return result, clock.now()

        self._jobs.run(self, on_database_thread, self._written, self._broken)

    def _written(self, outcome: tuple[object, datetime]) -> None:
        result, moment = outcome
        self._moment = moment
        one, self._writing = self._writing, None
        version = getattr(result, "version", None)
        if isinstance(version, int):
            self._version = version
        self._retry_wait = self._retry_ms
        self._stuck = False
        try:
            if one is not None and one.done is not None:
                one.done(result)
        finally:
            # It is durable, whatever the form makes of the answer; and others wait.
            self._go_on()

    def _go_on(self) -> None:
        if self._pending:
            self.flush()
        elif self._refused:
            self._say_failed(next(iter(self._refused.values())))
        elif self._moment is not None:
            if self._status is not None:
                self._status.kept(self, self._moment)
            self.kept.emit(self._moment)
        elif self._status is not None:
            self._status.dropped(self)
        self._go_when_done()

    def _broken(self, error: Exception) -> None:
        one, self._writing = self._writing, None
        if one is None:
            return
        if one.failed is not None:
            self._give_up(one.failed, error)
            return
        sentence = explain(error)
        if _is_conflict(error):
            self._put_back(one)
            self._halted = True
            self._say_failed(sentence)
            self.conflicted.emit(error)
        elif _is_refusal(error):
            self._refuse(one, error)
        else:
            self._put_back(one)
            self._stuck = True
            self._say_failed(sentence)
            self._say_keeping()  # it is tried again: nobody may think that this is the end of it
            self.failed.emit(sentence)
            self._retry.start(self._retry_wait)
            self._retry_wait = min(2 * self._retry_wait, SLOWEST_RETRY_MS)

    def _give_up(self, failed: Callable[[Exception], object], error: Exception) -> None:
        try:
            failed(error)
        finally:
            self._go_on()

    def _put_back(self, one: _Pending) -> None:
        """Put what was not written first in line again, unless a newer value replaced it."""
        if one.key not in self._pending:
            self._pending = {one.key: one, **self._pending}

    def _refuse(self, one: _Pending, error: Exception) -> None:
        if self._retired:
            self._jobs.troubled.emit(explain(error))
            self._go_on()
            return
        if _is_gesture(one.key):
            self.refused.emit(one.key, error)
            self._go_on_after_gesture()
            return
        if one.key not in self._pending:
            self._refused[one.key] = explain(error)
        self._say_failed(explain(error))
        self.refused.emit(one.key, error)
        if self._pending:
            self.flush()

    def _go_on_after_gesture(self) -> None:
        """Wait for nothing: a gesture has no place to be put right at, it is made again.

        `kept` is not told, or whoever says why it was refused would fall silent.
        """
        if self._pending or self._refused:
            self._go_on()
        elif self._status is not None:
            self._status.dropped(self)

    def _say_keeping(self) -> None:
        if self._status is not None:
            self._status.keeping(self)
            if self._stuck:
                self._status.stuck(self)

    def _say_failed(self, sentence: str) -> None:
        if self._status is not None:
            self._status.failed(self, sentence)

    @Slot("QWidget*", "QWidget*")
    def _focus_moved(self, _old: object, _new: object) -> None:
        if self._pending and not self._retry.isActive():
            self.flush()


def _is_gesture(key: Hashable) -> bool:
    return isinstance(key, tuple) and key[:1] == (_Pending,)


def _is_conflict(error: Exception) -> bool:
    # Imported late: pages exist only after the services are loaded.
    from mesodesk.services.errors import ConflictError

    return isinstance(error, ConflictError)


def _is_refusal(error: Exception) -> bool:
    """Tell a value that is not accepted from storage that does not work now."""
    from mesodesk.services.errors import ServiceError

    return isinstance(error, ServiceError | ValueError) and hasattr(error, "sentence")
