"""Starts the program: the window is painted first, the database's libraries load meanwhile."""

from __future__ import annotations

import signal
import sys
import threading
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from mesodesk import __version__
from mesodesk.ui import plain_imports, theme  # noqa: F401 - the first for what it does
from mesodesk.ui.collector import Collector
from mesodesk.ui.gate.gate import Gate
from mesodesk.ui.jobs import Jobs, explain, report
from mesodesk.ui.shell import MainWindow

if TYPE_CHECKING:
    from pathlib import Path

    from mesodesk.domain.records.clinic import ClinicRecord, UserRecord
    from mesodesk.services.desk import Desk


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

    def __init__(self, folder: Path, password: str | None) -> None:
        super().__init__()
        self.collector = Collector(self)
        self.jobs = Jobs(self)
        self.window = MainWindow(self.jobs)
        self.gate = Gate(folder, self.jobs, password)
        self.gate.opened.connect(self._enter)
        self.window.closing.connect(self.gate.let_go)
        self._desk: Desk | None = None

    def show(self) -> None:
        """Show the window with the gate in it."""
        self.window.show_cover(self.gate)
        self.gate.look()
        self._first_paint = FirstPaint(self.window)
        self._first_paint.over.connect(self._load_libraries)
        self.window.fit_screen()
        self.window.show()

    @Slot()
    def _load_libraries(self) -> None:
        threading.Thread(target=load_libraries, name="libraries", daemon=True).start()

    @Slot(object)
    def _enter(self, desk: Desk) -> None:
        self._desk = desk
        self.jobs.run(self, partial(_who_and_where, desk), self._fill)

    def _fill(self, found: tuple[ClinicRecord, UserRecord]) -> None:
        from mesodesk.ui.desk_window import DeskWindow

        if self._desk is not None:
            self.desk_window = DeskWindow(self.window, self.jobs, self._desk, *found)
            self.window.hide_cover()
            self.collector.settle()


def _who_and_where(desk: Desk) -> tuple[ClinicRecord, UserRecord]:
    return desk.clinic.record(), desk.user


def load_libraries() -> None:
    """Import what opening the vault needs, off the UI thread."""
    import mesodesk.services.desk
    import mesodesk.services.new_desk
    import mesodesk.vault.opening  # noqa: F401


def run(folder: Path, password: str | None = None) -> int:
    """Show the window on a vault folder and return the exit code when it is closed."""
    app = QApplication.instance() or QApplication(["mesodesk"])
    app.setApplicationName("Mesodesk")
    app.setApplicationVersion(__version__)
    if not isinstance(app, QApplication):
        return 1
    theme.start(app)
    desk = Application(folder, password)
    tell_mistakes(desk.window)
    _close_on_signals(desk.window)
    desk.show()
    code = app.exec()
    desk.jobs.close()
    return code


def tell_mistakes(window: MainWindow) -> None:
    """Say in the window that the program made a mistake; log its type and place, not its text.

    Python's own hook would print the text of the error, which may hold patient data.
    """

    def tell(_kind: type[BaseException], error: BaseException, _trace: object) -> None:
        report(error)
        if isValid(window):
            window.show_trouble(explain(error))

    def tell_of_thread(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            report(arguments.exc_value)

    sys.excepthook = tell
    threading.excepthook = tell_of_thread


def _close_on_signals(window: MainWindow) -> None:
    """Close in good order when the system ends the program; Python must get a turn to notice."""

    def close(_number: int, _frame: object) -> None:
        window.close()

    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), close)
    if sys.platform != "win32":
        _wake_on_signals(window)


def _wake_on_signals(window: MainWindow) -> None:
    """Wake the event loop by a socket instead of a ticking timer, so that idling costs nothing."""
    import socket

    from PySide6.QtCore import QSocketNotifier

    reader, writer = socket.socketpair()
    reader.setblocking(False)
    writer.setblocking(False)
    signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    notifier = QSocketNotifier(reader.fileno(), QSocketNotifier.Type.Read, window)
    waker = _Waker(reader, writer, window)
    notifier.activated.connect(waker.drain)


class _Waker(QObject):
    """Keeps the socket pair and empties it."""

    def __init__(self, reader: object, writer: object, parent: QObject) -> None:
        super().__init__(parent)
        self._reader = reader
        self._writer = writer

    @Slot()
    def drain(self) -> None:
        """Take the byte that woke us."""
        self._reader.recv(64)  # type: ignore[attr-defined]
