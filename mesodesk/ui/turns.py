"""Work for the UI thread that would hold the window up, taken one step at a time.

A task is an iterator, as a rule a method that yields where the window may have a turn:

    self._turns.run(self._bring(key))

Between two steps the window answers: it paints, and takes keys and clicks. What is typed while a
page is being made is meant for that page: `HeldKeys` keeps it until it is there.
"""

from __future__ import annotations

from inspect import GEN_RUNNING, getgeneratorstate
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

if TYPE_CHECKING:
    from collections.abc import Callable, Generator


def discard(widget: QWidget) -> None:
    """Delete a widget whose making was ended; one that went with its window is gone already.

    A window may be deleted while a task is under way. The task then ends when its last reference
    goes, and what tidies up in it finds nothing of the window left.
    """
    if isValid(widget):
        widget.deleteLater()


class Turns(QObject):
    """Takes the steps of one task, the first at once, each other in a turn of the event loop."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._steps: Generator[None] | None = None
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        # Not 0: whatever fell due during a step must have its turn before the next.
        self._next.setInterval(1)
        self._next.timeout.connect(self._take)

    def run(self, steps: Generator[None]) -> None:
        """Begin a task in place of the one under way, which is closed where it stands."""
        self.stop()
        self._steps = steps
        self._take()

    def run_at_once(self, steps: Generator[None]) -> None:
        """Take all steps of a task now, in place of the one under way."""
        self.stop()
        for _ in steps:
            pass

    def is_running(self) -> bool:
        """Tell whether steps are left."""
        return self._steps is not None

    def stop(self) -> None:
        """Take no more steps, and close the task."""
        self._next.stop()
        steps, self._steps = self._steps, None
        # A step may begin another task in place of its own, which then ends by itself.
        if steps is not None and getgeneratorstate(steps) != GEN_RUNNING:
            steps.close()

    @Slot()
    def _take(self) -> None:
        steps = self._steps
        if steps is None:
            return
        try:
            next(steps)
        except BaseException as ended:
            if self._steps is steps:
                self._steps = None
            if not isinstance(ended, StopIteration):
                raise
        if self._steps is not None:
            self._next.start()


class HeldKeys(QWidget):
    """Has the focus while a page is made, and gives the keys typed meanwhile to who comes next.

    Args:
        parent: takes no room in it.
        target: returns who should have the focus once nothing is held; None for the next in order.
    """

    def __init__(self, parent: QWidget, target: Callable[[], QWidget | None]) -> None:
        super().__init__(parent)
        self.setFixedSize(0, 0)
        self._page = parent
        self._target = target
        self._keys: list[QKeyEvent] = []
        self._holding = False

    def is_holding(self) -> bool:
        """Tell whether the focus and the keys are held."""
        return self._holding

    def hold(self) -> None:
        """Take the focus if the page is in sight; keys for a page that never came are let go."""
        self._keys.clear()
        self._holding = True
        if self.isVisible():
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def drop(self) -> None:
        """Pass the focus on without the keys: the page that they were typed for does not come."""
        self._keys.clear()
        self.release()

    def release(self) -> None:
        """Pass the focus on, and the keys with it.

        If the focus was taken elsewhere meanwhile, it stays there and the keys are let go.
        """
        keys, self._keys = self._keys, []
        self._holding = False
        if self._has_focus():
            self._pass_on()
            for key in keys:
                # A key before may have moved the focus on.
                receiver = self.window().focusWidget()
                if receiver is not None and receiver is not self:
                    QCoreApplication.sendEvent(receiver, key)

    def _has_focus(self) -> bool:
        return self.window().focusWidget() is self

    def _pass_on(self) -> None:
        if self._holding or not self._has_focus():
            return
        target = self._target()
        # Behind a lock nothing is in sight, but it will be.
        if target is not None and target.isVisibleTo(self._page) and target.isEnabled():
            target.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().focusNextPrevChild(True)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Pass on at once what comes back late: a lock or an overlay remembered who had it."""
        super().focusInEvent(event)
        if not self._holding:
            QTimer.singleShot(0, self, self._pass_on)

    def event(self, event: QEvent) -> bool:
        """Keep plain letters that would otherwise set off something on the page before."""
        if (
            self._holding
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
        ):
            plain = not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
            event.setAccepted(plain)
            return plain
        return super().event(event)

    def focusNextPrevChild(self, forwards: bool, /) -> bool:
        # Tab is kept like any other key.
        return not self._holding and super().focusNextPrevChild(forwards)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._holding:
            self._keys.append(event.clone())
        else:
            super().keyPressEvent(event)
