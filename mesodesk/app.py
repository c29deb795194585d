"""Starts the program: the window is painted first, everything else loads behind it.

Every module imported up here is waited for by whoever looks at an empty screen.
"""

from __future__ import annotations

import sys
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QMessageLogContext,
    QObject,
    QTimer,
    QtMsgType,
    Signal,
    Slot,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication, QWidget

from mesodesk import __version__
from mesodesk.ui import plain_imports, theme  # noqa: F401 - the first for what it does
from mesodesk.ui.gate.gate import Gate
from mesodesk.ui.jobs import Jobs
from mesodesk.ui.shell import MainWindow

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from mesodesk.services.desk import Desk
    from mesodesk.ui.desk_window import DeskWindow
    from mesodesk.ui.lock.door import CameIn
    from mesodesk.ui.lock.locking import Locking


SETTLING_MS = 250
"""The window manager may resize the new window, which is then painted once more."""


class FirstPaint(QObject):
    """Tells when a window has been painted for the first time.

    What loads in the background must not start sooner: it would share the interpreter with the
    painting, and the window would come up late.
    """

    over = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self._window.removeEventFilter(self)
            QTimer.singleShot(SETTLING_MS, self, self._tell)
        return False

    @Slot()
    def _tell(self) -> None:
        self.over.emit()


class Application(QObject):
    """From the folder to the gate, and from the gate to the desk."""

    def __init__(self, folder: Path, password: str | None, told: str = "") -> None:
        super().__init__()
        self.jobs = Jobs(self)
        self.window = MainWindow(self.jobs)
        self.first_paint = FirstPaint(self.window)
        self._desk: Desk | None = None
        self.folder = folder
        self._make_gate(folder, password)
        self.gate.told_first = told

    def _make_gate(self, folder: Path, password: str | None = None) -> None:
        self.gate = Gate(folder, self.jobs, password)
        self.gate.opened.connect(self._enter)
        self.gate.held.connect(self._hold)
        self.window.closing.connect(self.gate.let_go)

    @property
    def not_placed(self) -> str:
        """Why restored records did not take their place as the window closed, if they did not."""
        last = self.locking.desk_window
        return "" if last is None else last.safety.not_placed

    def show(self) -> None:
        """Show the window with the gate in it."""
        self.window.show_cover(self.gate)
        self.gate.look()
        self.first_paint.over.connect(self._load)
        self.window.fit_screen()
        self.window.show()

    @Slot()
    def _load(self) -> None:
        """Make what the first picture did not need, while the password is typed."""
        from mesodesk import around

        around.import_aside()
        if self._desk is None:  # a password given beforehand may have led on already
            self.gate.look_closely()
            self.window.frame.hide()

    @Slot()
    def look_after_process(self) -> None:
        """Take over what concerns the whole process, not only this window."""
        from mesodesk import around

        around.look_after(self.window, self)

    @Slot()
    def dress(self) -> None:
        """Lay the style sheet, which the first picture does without."""
        theme.lay_sheet()

    @Slot(object)
    def _enter(self, desk: Desk) -> None:
        self._desk = desk
        self.jobs.run(self, partial(_who_and_where, desk), self._fill, self._not_entered)
        self._hold(desk)  # the computer may fall asleep before anybody is in

    def _not_entered(self, error: Exception) -> None:
        """Close a vault in which nobody can work, and say why: it would stay open unseen."""
        self._desk = None
        self.locking.give_up()
        self.gate.tell_stopped(error)

    @Slot(object)
    def _hold(self, desk: Desk) -> None:
        self.folder = desk.store.vault.folder
        self.locking.hold(desk)

    def _fill(self, came: CameIn) -> None:
        from mesodesk.ui.collector import Collector

        if self._desk is not None:
            self.folder = self._desk.store.vault.folder
            self.locking.enter(self._desk, came)
            QTimer.singleShot(SETTLING_MS, self, self._import_pages)
            Collector.settle()

    @cached_property
    def locking(self) -> Locking:
        """Who is at the desk; made when a vault is opened."""
        from mesodesk.ui.lock.locking import Locking

        locking = Locking(self.window, self.jobs, self)
        locking.closed.connect(self._ask_again)
        return locking

    @property
    def desk_window(self) -> DeskWindow:
        """The pages of who is in.

        Raises:
            RuntimeError: while nobody is.
        """
        if self.locking.desk_window is None:
            raise RuntimeError("nobody is in")
        return self.locking.desk_window

    @Slot(object, str)
    def _ask_again(self, user_id: UUID, sentence: str) -> None:
        """The vault was closed for the sake of safety: the password opens it anew."""
        self._desk = None
        self._make_gate(self.folder)
        QTimer.singleShot(0, self, self._forget)
        self.window.show_cover(self.gate)
        self.gate.ask_again(user_id, sentence)

    @Slot()
    def _forget(self) -> None:
        """Let nothing wait in memory of the pages that were just deleted."""
        from mesodesk.ui.collector import Collector

        Collector.unsettle()

    @Slot()
    def _import_pages(self) -> None:
        from mesodesk.ui.pages.ahead import PagesAhead

        PagesAhead(self).start()


def _who_and_where(desk: Desk) -> CameIn:
    from mesodesk.ui.lock.door import who_and_where

    return who_and_where(desk)


def run(folder: Path, password: str | None = None) -> int:
    """Show the window on a vault folder and return the exit code when it is closed."""
    from mesodesk.ui import appearance

    app = _make_application()
    app.setApplicationName("Mesodesk")
    app.setApplicationVersion(__version__)
    appearance.begin()
    theme.start(app, sheet=False)
    told = ""
    while True:
        desk = Application(folder, password, told)
        desk.first_paint.over.connect(desk.look_after_process)
        desk.first_paint.over.connect(desk.dress)
        desk.show()
        code = app.exec()
        desk.jobs.close()
        if not desk.window.begin_again:
            return code
        told = desk.not_placed
        # Records were restored: everything of the desk before goes, and nothing of it is known.
        desk.window.deleteLater()
        desk.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        password = None


def _make_application() -> QApplication:
    """Connect to the screen. Qt would abort where there is none; one sentence is said instead.

    Raises:
        SystemExit: if no window can be shown.
    """
    found = QApplication.instance()
    if isinstance(found, QApplication):
        return found
    held: list[str] = []

    def hear(kind: QtMsgType, _where: QMessageLogContext, message: str | None) -> None:
        held.append(message or "")
        if kind is QtMsgType.QtFatalMsg:
            from mesodesk import preflight

            preflight.give_up(held)

    qInstallMessageHandler(hear)
    # Chosen beforehand, so that the style of the desktop is not made first and thrown away.
    QApplication.setStyle("Fusion")
    app = QApplication(["mesodesk"])
    qInstallMessageHandler(None)
    for message in held:
        print(message, file=sys.stderr)
    return app
