"""What goes on around the window: mistakes, signals of the system, garbage, imports.

None of it is needed for the first picture, so it is imported after that.
"""

from __future__ import annotations

import signal
import socket
import sys
import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Slot
from shiboken6 import isValid

from mesodesk.ui.collector import Collector
from mesodesk.ui.give_back import give_back_promptly
from mesodesk.ui.jobs import explain, report
from mesodesk.vault.private_memory import keep_out_of_dumps

if TYPE_CHECKING:
    from mesodesk.ui.shell import MainWindow


def look_after(window: MainWindow, parent: QObject) -> None:
    """Tell mistakes in the window, close it on signals, put it before workers and garbage.

    Nothing of the memory goes into a dump from now on.
    """
    keep_out_of_dumps()  # before anybody has typed a password
    give_back_promptly()
    # A worker that computes in Python gives way to the window after this long: at the usual 5 ms,
    # painting a page beside a busy worker took up to twice its time.
    sys.setswitchinterval(0.0005)
    tell_mistakes(window)
    _close_on_signals(window)
    Collector(parent)


def import_aside() -> None:
    """Import what opening the vault needs, off the UI thread."""
    threading.Thread(target=_import_libraries, name="libraries", daemon=True).start()


def _import_libraries() -> None:
    import mesodesk.services.desk
    import mesodesk.vault.vault  # noqa: F401


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
    """Close in good order when the system ends the program; Python must get a turn to notice.

    Python runs this wherever it is just then, amid a painting too: the window closes afterwards.
    """

    def close(_number: int, _frame: object) -> None:
        if isValid(window):
            QTimer.singleShot(0, window.close_at_once)

    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), close)
    if sys.platform != "win32":
        _wake_on_signals(window)


def _wake_on_signals(window: MainWindow) -> None:
    """Wake the event loop by a socket instead of a ticking timer, so that idling costs nothing."""
    reader, writer = socket.socketpair()
    reader.setblocking(False)
    writer.setblocking(False)
    signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    notifier = QSocketNotifier(reader.fileno(), QSocketNotifier.Type.Read, window)
    waker = _Waker(reader, writer, window)
    notifier.activated.connect(waker.drain)


class _Waker(QObject):
    """Keeps the socket pair and empties it."""

    def __init__(self, reader: socket.socket, writer: socket.socket, parent: QObject) -> None:
        super().__init__(parent)
        self._reader = reader
        self._writer = writer

    @Slot()
    def drain(self) -> None:
        """Take the byte that woke us."""
        self._reader.recv(64)
