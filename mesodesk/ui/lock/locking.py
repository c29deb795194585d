"""Who is at the desk: locks the window, lets people in, each at their own place.

Open: somebody's pages are in the window. Locked: they are covered, the vault stays open, a PIN or
password leads back. Closed: after a longer while, with the system's own lock, with sleep, or ten
hours after the vault was opened, pages and keys are gone, and the vault is opened anew.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from shiboken6 import isValid

from mesodesk.ui.desk_window import DeskWindow
from mesodesk.ui.lock.clipboard import ClipboardWatch
from mesodesk.ui.lock.door import DeskDoor, lock_desk
from mesodesk.ui.lock.lock_page import LockPage
from mesodesk.ui.lock.system_watch import SystemWatch
from mesodesk.ui.tokens import Kind

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from mesodesk.domain.records.people import PersonAtDoor
    from mesodesk.services.coming_by_key import KeyAdmission
    from mesodesk.services.desk import Desk
    from mesodesk.ui.frame.trail import Stop
    from mesodesk.ui.jobs import Jobs
    from mesodesk.ui.lock.door import CameIn
    from mesodesk.ui.shell import MainWindow

CLOSES_AFTER_MS: Final = 15 * 60_000
"""How long a locked desk keeps its keys."""
LONGEST_MS: Final = 10 * 3_600_000
"""How long a vault stays open, whoever works in it."""
HELD_MS: Final = 5 * 60_000
"""How long without input a vault stays open in which nobody is in yet."""
_AGAIN_MS: Final = 2_000


class Locking(QObject):
    """One for the program; `enter` gives it each desk that is opened."""

    entered = Signal()
    """Somebody is in, and their pages are in the window."""

    closed = Signal(object, str)
    """The vault is closed and nothing is in the window: the id of who was in, and what to say."""

    def __init__(self, window: MainWindow, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window = window
        self._jobs = jobs
        self._desk: Desk | None = None
        self._user_id: UUID | None = None
        self._people: tuple[PersonAtDoor, ...] = ()
        self._places: dict[UUID, tuple[Stop, ...]] = {}
        self._page: LockPage | None = None
        self._quiet: list[Callable[[], None]] = []
        self._closing = False
        self._coming: CameIn | None = None
        self._door = DeskDoor(self._open_desk)
        self.desk_window: DeskWindow | None = None
        self._locked_long = self._timer(CLOSES_AFTER_MS)
        self._open_long = self._timer(LONGEST_MS)
        self._again = self._timer(_AGAIN_MS)
        window.lock_asked.connect(self._lock)
        window.switch_asked.connect(self._switch)
        window.stopping.connect(self._stop_what_leaves)
        window.closing.connect(self._window_closes)
        window.loss_near.connect(self._warn)
        jobs.busy.connect(self._busy)
        self.clipboard = ClipboardWatch(self)
        self.system = SystemWatch(self, window)

    def _timer(self, milliseconds: int) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(self.close_desk)
        return timer

    @property
    def is_open(self) -> bool:
        """Whether a vault is open, locked or not."""
        return self._desk is not None

    # Coming in

    def hold(self, desk: Desk) -> None:
        """Look after a vault that is open before anybody is in: it closes as any other does."""
        self._desk, self._user_id = desk, desk.store.vault.user_id
        self._open_long.start(LONGEST_MS)
        watch = self._window.idle_watch
        watch.set_limit(HELD_MS)
        watch.idle.connect(self._idle, Qt.ConnectionType.UniqueConnection)

    def give_up(self) -> None:
        """Close a vault in which nobody came to be; whoever calls says why."""
        desk, self._desk = self._desk, None
        self._stop_closing()
        self._open_long.stop()
        if desk is not None:
            self._jobs.run(self, desk.close)

    @Slot()
    def _idle(self) -> None:
        if self.desk_window is None and self._coming is None:
            self.close_desk()

    def enter(self, desk: Desk, came: CameIn) -> None:
        """Put the pages of who opened a vault into the window."""
        self._desk = desk
        self._open_long.start(LONGEST_MS)
        self._show(came)

    def _show(self, came: CameIn) -> None:
        if self._desk is None:
            return
        self._people, self._user_id = came.people, came.user.id
        self.desk_window = DeskWindow(self._window, self._jobs, self._desk, came.clinic, came.user)
        self.desk_window.people_changed.connect(self._people_changed)
        self.desk_window.open_at(self._places.pop(came.user.id, ()) or _where_cut_off(came))
        self._uncover()

    def _uncover(self) -> None:
        self._locked_long.stop()
        self._page = None
        self._window.hide_cover(proved=True)
        if self.desk_window is not None:
            self.desk_window.apply_clinic()
        self.entered.emit()

    def _people_changed(self, people: tuple[PersonAtDoor, ...]) -> None:
        self._people = people
        page = self._shown_page()
        if page is not None:
            page.show_people(people)

    def _shown_page(self) -> LockPage | None:
        """Return the lock's page, unless something else stands on the cover by now."""
        if self._page is not None and not isValid(self._page):
            self._page = None
        return self._page

    # Locking

    @Slot()
    def _lock(self) -> None:
        if self.desk_window is None or self._desk is None:
            return
        self.clipboard.clear()
        self._show_lock()
        self._locked_long.start()
        self._jobs.run(self, partial(lock_desk, self._desk), self._people_changed, self._trouble)
        self.desk_window.context.locked.emit()

    @Slot()
    def _show_lock(self) -> None:
        if self.desk_window is None:
            return
        user = self.desk_window.context.user
        page = LockPage(self._people, user.id, self._door, self._jobs, self.when_quiet)
        page.unlocked.connect(self._came_in)
        page.must_choose.connect(self._ask_password)
        page.stopped.connect(self._trouble)
        self._page = page
        self._window.show_cover(page)
        page.begin(self.tr("Locked by {name}. What was typed is kept.").format(name=user.name))

    @Slot(object)
    def _ask_password(self, admission: KeyAdmission) -> None:
        """Have a password chosen by who came with a code or the recovery key."""
        from mesodesk.ui.lock.key_entry import KeyEntry

        entry = KeyEntry(admission, self._door, self._jobs, self.when_quiet)
        entry.came_in.connect(self._came_in)
        entry.left.connect(self._show_lock)
        self._page = None
        self._window.show_cover(entry.page)
        entry.page.step.begin()

    @Slot()
    def _switch(self) -> None:
        page = self._shown_page()
        if page is not None:
            page.choose_other()

    @Slot(object)
    def _trouble(self, error: Exception) -> None:
        from mesodesk.ui.jobs import explain

        page = self._shown_page()
        if page is not None:
            page.message.show_notice(Kind.STOP, explain(error))

    def when_quiet(self, call: Callable[[], None]) -> None:
        """Call once everything is written that can be, and nothing of who was in goes on."""
        self._stop_what_leaves()
        self._window.leave_page()
        if self._jobs.is_busy():
            self._quiet.append(call)
        else:
            call()

    @Slot()
    def _stop_what_leaves(self) -> None:
        if self.desk_window is not None:
            self.desk_window.context.closing.emit()

    @Slot(bool)
    def _busy(self, busy: bool) -> None:
        if busy:
            return
        calls, self._quiet = self._quiet, []
        for call in calls:
            call()
        if self._shown_page() is not None and self._window.status.unkept():
            self._warn()

    @Slot()
    def _warn(self) -> None:
        page = self._shown_page()
        if page is not None and self.desk_window is not None:
            aside = self._window.status.is_set_aside()
            page.warn_unkept(self.desk_window.context.user.name, aside=aside)

    @Slot(object)
    def _came_in(self, came: CameIn) -> None:
        if self.desk_window is None:
            return
        self._stop_closing()
        if not self._open_long.isActive():
            self._open_long.start(CLOSES_AFTER_MS)  # its time is over: what was unkept held it
        if came.user.id == self.desk_window.context.user.id:
            self._people = came.people
            self._uncover()
            self.desk_window.context.came_back.emit()
        else:
            self._take_away()
            self._user_id = came.user.id
            # In a turn of its own: by then what was taken away is deleted.
            self._coming = came
            QTimer.singleShot(0, self, self._show_coming)

    @Slot()
    def _show_coming(self) -> None:
        from mesodesk.ui.collector import Collector

        came, self._coming = self._coming, None
        if came is not None:
            Collector.unsettle()
            self._show(came)
            Collector.settle()

    def _take_away(self) -> None:
        """Remember where who was in stood, and leave nothing of theirs in the window."""
        desk_window, self.desk_window = self.desk_window, None
        if desk_window is not None:
            self._places[desk_window.context.user.id] = self._window.place()
            desk_window.dismantle()
            self._window.dismantle()
            self._jobs.forget()

    # Closing the desk

    @Slot()
    def close_desk(self) -> None:
        """Close the vault once everything is kept; the window is blank from now on."""
        if self._desk is not None and not self._closing:
            self._window.ask_lock()
            self._closing = True
            self.when_quiet(self._close_if_kept)

    def close_desk_at_once(self) -> None:
        """As `close_desk`, and wait until it is done: the computer is about to sleep.

        What cannot be kept even so is lost, and whoever comes back is told.
        """
        if self._desk is None:
            return
        self._window.ask_lock()
        self.when_quiet(_nothing)
        self._jobs.drain()
        if self._unkept():
            # The first try on a full disk gave up the room held free: this one has it.
            self._window.leave_page()
            self._jobs.drain()
        self._close_now()
        self._jobs.drain()

    def _unkept(self) -> int:
        """Return how much of who is in is not kept yet."""
        return 0 if self.desk_window is None else self._window.status.unkept_count()

    def _close_if_kept(self) -> None:
        self._closing = False
        if self._unkept() and self._must_be_kept():
            self._again.start()  # nothing that was typed is given up for a lock
        else:
            self._close_now()

    def _must_be_kept(self) -> bool:
        """Tell whether the desk waits: for storage always, for people no longer than it may."""
        return self._window.status.is_waiting() or self._open_long.isActive()

    def _stop_closing(self) -> None:
        """Go on: somebody has just proved who they are."""
        self._again.stop()
        self._closing = False
        self._quiet.clear()

    def _close_now(self) -> None:
        desk, self._desk = self._desk, None
        if desk is None:
            return
        sentence = self._say_closed(self._unkept())
        self._stop_closing()
        self._locked_long.stop()
        self._open_long.stop()
        self._page = self._coming = None
        self._take_away()
        self._jobs.run(self, desk.close)
        self.closed.emit(self._user_id, sentence)

    def _say_closed(self, unkept: int) -> str:
        if self.desk_window is None:
            return self.tr("The records were closed.")
        if not unkept:
            return self.tr("The records were closed. What was typed is kept.")
        if self._window.status.is_set_aside():
            return self.tr(
                "The records were closed. What could not be written to them is set aside in an "
                "encrypted file, and is offered to who typed it."
            )
        if unkept == 1:
            return self.tr(
                "The records were closed. One thing that was typed or done last was not kept."
            )
        return self.tr(
            "The records were closed. {count} things that were typed or done last were not kept."
        ).format(count=unkept)

    @Slot()
    def _window_closes(self) -> None:
        self.clipboard.clear()
        desk, self._desk = self._desk, None
        self._coming = None
        if self.desk_window is not None and desk is not None:
            self.desk_window.close_desk()
        elif desk is not None:
            self._jobs.run(self, desk.close)
            self._jobs.drain()

    def _open_desk(self) -> Desk:
        """Return the desk; called on the database thread too.

        Raises:
            RuntimeError: if it is closed.
        """
        if self._desk is None:
            raise RuntimeError("the desk is closed")
        return self._desk


def _nothing() -> None:
    """What is waited for is waited for all the same."""


def _where_cut_off(came: CameIn) -> tuple[Stop, ...]:
    """Return the session in which the program was cut off, with the way back to Today."""
    if came.cut_off_in is None:
        return ()
    from mesodesk.ui.frame.trail import Stop

    return Stop("today", {}), Stop("session", {"session_id": came.cut_off_in})
