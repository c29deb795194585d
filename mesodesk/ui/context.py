"""What every page is given: services on their thread, the clinic, the user, navigation."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from mesodesk.domain.changes import Topic
from mesodesk.domain.clock import Clock, local_date
from mesodesk.domain.rights import Right, may
from mesodesk.ui.jobs import explain

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from mesodesk.domain.records.clinic import ClinicRecord, UserRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.jobs import Jobs
    from mesodesk.ui.keeper import Keeper
    from mesodesk.ui.kept_status import Status

T = TypeVar("T")


class Context(QObject):
    """One unlocked desk, as the window sees it. Lives on the UI thread.

    `desk` may be touched on the database thread only: inside `run`, or in what a keeper writes.
    """

    #: (Topic, origin): something was written; origin is the object whose job wrote it.
    changed = Signal(object, object)
    #: (page id, arguments): a page asks for another one.
    navigation_asked = Signal(str, dict)
    #: an Ahead of a session in draft that is probably opened next.
    session_awaited = Signal(object)
    #: (page id, number): so many things wait there; 0 for none. Shown in the rail.
    counted = Signal(str, int)
    #: The desk is locked: nothing readable may stay behind.
    locked = Signal()
    #: Who had locked it is in again.
    came_back = Signal()
    #: The window closes: what goes on beside it is to end.
    closing = Signal()
    #: Who is in has another role by now: what the pages offer is to be made anew.
    rights_changed = Signal()

    def __init__(
        self,
        desk: Desk,
        jobs: Jobs,
        status: Status,
        clock: Clock,
        clinic: ClinicRecord,
        user: UserRecord,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.desk = desk
        self.jobs = jobs
        self.status = status
        self.clock = clock
        self.clinic = clinic
        self.user = user
        self._origin: QObject | None = None
        self._changes = 0
        desk.subscribe(self.announce)

    @property
    def language(self) -> str:
        """Return the language of clinical texts: en, fr, it or es."""
        return self.clinic.fields.language or "en"

    def may(self, right: Right) -> bool:
        """Tell whether the role of who is in has a right, as on record.

        Pages offer nothing that the services would refuse. The services ask all the same.
        """
        return may(self.user.role, right)

    def today(self) -> date:
        """Return the calendar day at the clinic."""
        return local_date(self.clock.now(), self.clinic.fields.zone)

    def run(
        self,
        owner: QObject,
        work: Callable[[Desk], T],
        done: Callable[[T], object] | None = None,
        failed: Callable[[Exception], object] | None = None,
    ) -> None:
        """Run `work(desk)` on the database thread, then `done(result)` on the UI thread.

        Without `failed`, an error is shown by the shell in one sentence. A deleted owner is not
        called.
        """
        self.jobs.run(owner, partial(self.work_as, owner, work), done or _ignore, failed)

    def write(
        self,
        owner: QObject,
        work: Callable[[Desk], T],
        done: Callable[[T], object] | None = None,
        failed: Callable[[Exception], object] | None = None,
        *,
        after: Keeper | None = None,
    ) -> None:
        """As `run`, for work that makes or changes a record: the status strip waits for it.

        With `after`, it is written when all that the keeper holds is written: a draft of what is
        being made must not be kept behind the record that ends it.
        """
        writing = _Writing(self, owner, work, done or _ignore, failed)
        if after is None:
            writing.begin()
        else:
            after.once(writing.work, writing.written, writing.broken)

    def work_as(self, owner: QObject, work: Callable[[Desk], T]) -> T:
        """Do `work(desk)` so that `changed` names the owner; on the database thread only.

        For what a keeper writes: its owner need not read its own writes again.
        """
        self._origin = owner
        try:
            return work(self.desk)
        finally:
            self._origin = None

    def navigate(self, page_id: str, **arguments: object) -> None:
        """Ask the shell for a page, e.g. `navigate("patient", patient_id=..., tab="intake")`."""
        self.navigation_asked.emit(page_id, arguments)

    def announce(self, topic: Topic) -> None:
        """Tell the pages what was changed; the desk calls it, after each kept change."""
        self._changes += 1
        # Called on the database thread: the signal crosses to the UI thread by itself.
        if topic & Topic.CLINIC:
            self._read_clinic()
        self.changed.emit(topic, self._origin)

    def changes(self) -> int:
        """Return how many changes were announced; on the database thread it is exact."""
        return self._changes

    def _read_clinic(self) -> None:
        # Imported late: there are services before anything can be announced.
        from mesodesk.services.errors import NotAllowedError, NotFoundError

        try:
            user = self.desk.user
            self.clinic = self.desk.clinic.record()
        except (NotAllowedError, NotFoundError):
            return  # Whoever has left reads nothing more, and each page says so.
        role, self.user = self.user.role, user
        if user.role is not role:
            self.rights_changed.emit()


class _Writing(Generic[T]):
    """One write under way: the strip must not say "kept" before it is durable.

    The owner may be gone when it comes back; it is then not called.
    """

    def __init__(
        self,
        context: Context,
        owner: QObject,
        work: Callable[[Desk], T],
        done: Callable[[T], object],
        failed: Callable[[Exception], object] | None,
    ) -> None:
        self._context = context
        self._owner = owner
        self._work = work
        self._done = done
        self._failed = failed

    def begin(self) -> None:
        """Write on the database thread, with the strip told before and after."""
        self._context.status.keeping(self)
        self._context.jobs.run(self._context, self._timed, self._kept, self._dropped)

    def work(self, _version: int) -> T:
        return self._context.work_as(self._owner, self._work)

    def written(self, result: T) -> None:
        if isValid(self._owner):
            self._done(result)

    def broken(self, error: Exception) -> None:
        if self._failed is None:
            self._context.jobs.troubled.emit(explain(error))
        elif isValid(self._owner):
            self._failed(error)

    def _timed(self) -> tuple[T, datetime]:
        return self.work(0), self._context.clock.now()

    def _kept(self, outcome: tuple[T, datetime]) -> None:
        result, moment = outcome
        try:
            self.written(result)
        finally:
            self._context.status.kept(self, moment)

    def _dropped(self, error: Exception) -> None:
        self._context.status.dropped(self)
        self.broken(error)


def _ignore(_result: object) -> None:
    return None
