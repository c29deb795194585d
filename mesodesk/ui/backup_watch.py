"""Makes backups by itself: after changes, on closing, and when a stick is plugged in.

The copying and reading back run on threads of their own, so that neither what is typed nor the
window waits for them; only what is to be done and what came of it goes through the database thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal, Slot

from mesodesk.domain.changes import Topic
from mesodesk.domain.records.backup import PlaceKind
from mesodesk.ui.jobs import Jobs, explain

if TYPE_CHECKING:
    from uuid import UUID

    from mesodesk.domain.clock import Clock
    from mesodesk.domain.records.backup import BackupStanding, PlaceRecord
    from mesodesk.services.backup_work import BackupJob, Cleanup, PlaceDone
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

AFTER_CHANGES_MS = 15 * 60_000
FIRST_MS = 60_000
STICKS_MS = 60_000
LOOK_THROUGH_MS = 6 * 3_600_000
_LET_GO_S = 20
"""How long closing the vault waits for a copy under way to be given up."""


@dataclass(frozen=True, slots=True)
class BackupOutcome:
    """What came of one run; `sentence` is empty unless it failed altogether."""

    reason: str
    places: tuple[PlaceDone, ...] = ()
    sentence: str = ""
    stopped: bool = False

    @property
    def made(self) -> tuple[PlaceDone, ...]:
        return tuple(each for each in self.places if each.made is not None)

    @property
    def trouble(self) -> str:
        """Why no backup was made, where one should have been."""
        told = next((each.trouble for each in self.places if each.trouble), "")
        return self.sentence or told


class BackupWatch(QObject):
    """Decides when, and has it done. Lives on the UI thread; one for each open desk."""

    began = Signal(str)
    """A run has begun, for that reason."""

    told = Signal(str)
    """The place that it is about now."""

    ended = Signal(object)
    """The `BackupOutcome`."""

    stands = Signal(object)
    """The `BackupStanding` as it is now."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._beside = _beside()
        self._stop = Event()
        self._at_rest = Event()
        self._at_rest.set()
        self._running = False
        self._changed = False
        self._closed = False
        self._unreceived = _Unreceived()
        self.standing: BackupStanding | None = None
        self._after_changes = self._timer(AFTER_CHANGES_MS, self._due)
        self._sticks = self._timer(STICKS_MS, self._look_for_sticks, once=False)
        self._look_through = self._timer(LOOK_THROUGH_MS, self._read_back, once=False)

    def _timer(self, milliseconds: int, slot: object, *, once: bool = True) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(once)
        timer.setInterval(milliseconds)
        timer.timeout.connect(slot)
        return timer

    def start(self) -> None:
        """Look how the backups stand, and go on by oneself from there."""
        self._context.desk.store.vault.before_closing(self._let_go)
        self._context.changed.connect(self._something_changed)
        self._sticks.start()
        self._look_through.start()
        self.ask()

    @property
    def running(self) -> bool:
        """Whether a backup is under way."""
        return self._running

    @property
    def wanted_at_closing(self) -> bool:
        """Whether something was changed that is in no backup, and there is a place for one."""
        standing = self.standing
        if standing is None or standing.paused_since is not None or not standing.places:
            return False
        return self._changed or bool(standing.changes)

    def ask(self) -> None:
        """Ask how the backups stand; `stands` answers."""
        self._context.run(self, _standing, self._stands, _passed_over)

    def _stands(self, standing: BackupStanding) -> None:
        first, self.standing = self.standing is None, standing
        self._changed = bool(standing.changes)
        if first and self._changed and standing.paused_since is None:
            self._after_changes.start(FIRST_MS)
        self.stands.emit(standing)

    # Making

    def back_up(self, reason: str, only: frozenset[UUID] | None = None) -> None:
        """Make a backup in every place that is there, or in some; nothing if one is under way."""
        self._run(reason, only, make=True)

    def _run(self, reason: str, only: frozenset[UUID] | None, *, make: bool) -> None:
        if self._running or self._closed:
            return
        self._running = True
        self._stop.clear()
        self._after_changes.stop()
        if make:
            self.began.emit(reason)
        plan = partial(_plan, reason, only, make, self._unreceived)
        self._context.run(self, plan, self._planned, partial(self._failed, reason))

    @Slot()
    def cancel(self) -> None:
        """Give up what is under way; nothing is left of it."""
        self._stop.set()

    def _planned(self, job: BackupJob) -> None:
        self._unreceived.received(job)
        if self._closed:
            job.source.keys.wipe()
            return
        self._at_rest.clear()
        work = partial(_carry, job, self._context.clock, self._stop, self._at_rest, self._tell)
        self._beside.run_aside(
            self, work, partial(self._carried, job), partial(self._failed, job.reason)
        )

    def _tell(self, place: str) -> None:
        """Pass on from the thread beside; the signal crosses to this one by itself."""
        self.told.emit(place)

    def _carried(self, job: BackupJob, came: tuple[PlaceDone, ...]) -> None:
        if not job.make and not any(each.done for each in came):
            self._finish(BackupOutcome(job.reason, came))
            return
        kept = partial(self._kept, BackupOutcome(job.reason, came))
        keep = partial(_keep, job, came)
        self._context.run(self, keep, kept, partial(self._failed, job.reason))

    def _kept(self, outcome: BackupOutcome, cleanups: tuple[Cleanup, ...]) -> None:
        if cleanups and not self._closed:
            self._beside.run_aside(
                self, partial(_clean, cleanups, self._context.clock), _nothing, _passed_over
            )
        self._finish(outcome)

    def _failed(self, reason: str, error: Exception) -> None:
        from mesodesk.vault.backup_errors import BackupStoppedError

        stopped = isinstance(error, BackupStoppedError)
        self._finish(BackupOutcome(reason, sentence=explain(error), stopped=stopped))

    def _finish(self, outcome: BackupOutcome) -> None:
        self._running = False
        if outcome.made:
            self._changed = False
        elif not self._closed:
            self._after_changes.start(AFTER_CHANGES_MS)  # another try: the place may be back
        self.ended.emit(outcome)
        if not self._closed:
            self.ask()

    # When

    @Slot(object, object)
    def _something_changed(self, topic: Topic, _origin: object) -> None:
        if topic & ~(Topic.BACKUPS | Topic.DRAFTS):
            self._changed = True
            if not self._after_changes.isActive():
                self._after_changes.start(AFTER_CHANGES_MS)
        elif topic & Topic.BACKUPS and not self._running:
            self.ask()

    def _by_itself(self) -> bool:
        standing = self.standing
        return standing is not None and standing.paused_since is None and bool(standing.places)

    @Slot()
    def _due(self) -> None:
        if self._by_itself() and self._changed:
            self._run("changes", None, make=True)

    @Slot()
    def _read_back(self) -> None:
        if self._by_itself():
            self._run("readback", None, make=False)

    @Slot()
    def _look_for_sticks(self) -> None:
        """Make a backup on each stick that has been plugged in since and is behind."""
        if self._running or not self._by_itself() or self.standing is None:
            return
        behind = tuple(
            each.place
            for each in self.standing.places
            if each.place.kind is PlaceKind.STICK and each.changes
        )
        if behind:
            self._beside.run_aside(self, partial(_plugged_in, behind), self._found, _passed_over)

    def _found(self, there: frozenset[UUID]) -> None:
        if there:
            self._run("stick", there, make=True)

    # The end

    def close(self) -> None:
        """Begin nothing more, and give up what is under way."""
        self._closed = True
        self._unreceived.give_up()
        for timer in (self._after_changes, self._sticks, self._look_through):
            timer.stop()
        self._stop.set()

    def _let_go(self) -> None:
        """Called as the vault is closed, on the database thread: no copy may outlive its lock."""
        self._closed = True
        self._stop.set()
        self._at_rest.wait(_LET_GO_S)


_threads: list[Jobs] = []


def _beside() -> Jobs:
    """Return the threads for backups, of the whole program: the window's own wait for others."""
    if not _threads:
        _threads.append(Jobs(QCoreApplication.instance()))
    return _threads[0]


def _standing(desk: Desk) -> BackupStanding:
    return desk.backups.standing()


class _Unreceived:
    """Jobs on their way from the database thread: their keys are wiped if nobody takes them."""

    def __init__(self) -> None:
        self._jobs: list[BackupJob] = []
        self._over = Event()

    def sent(self, job: BackupJob) -> None:
        """Hold a job until it is received; on the database thread."""
        self._jobs.append(job)
        if self._over.is_set():
            job.source.keys.wipe()

    def received(self, job: BackupJob) -> None:
        self._jobs.remove(job)

    def give_up(self) -> None:
        """Wipe what is under way, now and later."""
        self._over.set()
        for job in list(self._jobs):
            job.source.keys.wipe()


def _plan(
    reason: str, only: frozenset[UUID] | None, make: bool, unreceived: _Unreceived, desk: Desk
) -> BackupJob:
    job = desk.backups.plan(reason, only, make=make)
    unreceived.sent(job)
    return job


def _keep(job: BackupJob, came: tuple[PlaceDone, ...], desk: Desk) -> tuple[Cleanup, ...]:
    return desk.backups.keep(job, came)


def _carry(
    job: BackupJob, clock: Clock, stop: Event, at_rest: Event, tell: object
) -> tuple[PlaceDone, ...]:
    from mesodesk.services.backup_work import carry_out

    try:
        return carry_out(job, clock, stop, tell if callable(tell) else None)
    finally:
        job.source.keys.wipe()
        at_rest.set()


def _clean(cleanups: tuple[Cleanup, ...], clock: Clock) -> None:
    from mesodesk.services.backup_work import clean_up

    for each in cleanups:
        clean_up(each, clock)


def _plugged_in(places: tuple[PlaceRecord, ...]) -> frozenset[UUID]:
    from mesodesk.services.backup_work import folder_of

    return frozenset(place.id for place in places if folder_of(place) is not None)


def _nothing(_result: object) -> None:
    return None


def _passed_over(_error: Exception) -> None:
    """What only looks is tried again; a trouble with a backup is told by its run."""
