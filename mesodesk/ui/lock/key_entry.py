"""A code or the recovery key fits at the lock: a password is chosen before anything is seen."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from mesodesk.ui.gate.new_password import NewPasswordPage
from mesodesk.ui.jobs import Jobs, explain

if TYPE_CHECKING:
    from collections.abc import Callable

    from mesodesk.services.coming_by_key import KeyAdmission
    from mesodesk.ui.lock.door import CameIn, DeskDoor


class KeyEntry(QObject):
    """The page that asks for the password, and what comes of it. Nobody is in before.

    Args:
        admission: of whom the code or the key let in.
        door: of the desk.
        jobs: the threads.
        when_quiet: calls, once what who was in left behind is written.
    """

    #: A `CameIn`: they are in.
    came_in = Signal(object)
    #: Back to the lock, with nothing done.
    left = Signal()

    def __init__(
        self,
        admission: KeyAdmission,
        door: DeskDoor,
        jobs: Jobs,
        when_quiet: Callable[[Callable[[], None]], None],
    ) -> None:
        self.page = NewPasswordPage(admission.name, by_code=admission.by_code, may_leave=True)
        super().__init__(self.page)
        self._admission = admission
        self._door = door
        self._jobs = jobs
        self._when_quiet = when_quiet
        self.page.chosen.connect(self._chosen)
        self.page.left.connect(self.left)

    @Slot(str)
    def _chosen(self, password: str) -> None:
        work = partial(self._door.choose, self._admission, password)
        self._when_quiet(partial(self._enter, work))

    def _enter(self, work: Callable[[], CameIn]) -> None:
        self._jobs.run(self, work, self.came_in.emit, self._refused)

    def _refused(self, error: Exception) -> None:
        self.page.say_failed(explain(error))
