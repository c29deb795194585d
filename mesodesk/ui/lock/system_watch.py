"""Closes the desk when the system locks, sleeps or ends the session."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from PySide6.QtGui import QSessionManager
    from PySide6.QtWidgets import QWidget

    from mesodesk.ui.lock.locking import Locking

SETTLING_MS = 1_000


class SystemWatch(QObject):
    """Listens from a moment after the first desk was opened: before, there is nothing to close."""

    def __init__(self, locking: Locking, window: QWidget) -> None:
        super().__init__(locking)
        self._locking = locking
        self._window = window
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.commitDataRequest.connect(self._session_ends)
        QTimer.singleShot(SETTLING_MS, self, self._listen)

    @Slot()
    def _listen(self) -> None:
        if sys.platform == "linux":
            from mesodesk.ui.lock.linux_bus import LinuxBus

            bus = LinuxBus(self)
            bus.locked.connect(self.system_locked)
            bus.sleeps.connect(self.system_sleeps)
        elif sys.platform == "win32":
            from mesodesk.ui.lock.windows_session import WindowsSession

            session = WindowsSession(int(self._window.winId()), self)
            session.locked.connect(self.system_locked)
            session.sleeps.connect(self.system_sleeps)
            app = QGuiApplication.instance()
            if app is not None:
                app.installNativeEventFilter(session.filter)

    @Slot()
    def system_locked(self) -> None:
        """Close the desk; the screen is not ours at the moment, so there is time."""
        self._locking.close_desk()

    @Slot()
    def system_sleeps(self) -> None:
        """Close the desk before anything else happens: nothing of it must be in memory asleep."""
        self._locking.close_desk_at_once()

    @Slot("QSessionManager&")
    def _session_ends(self, _manager: QSessionManager) -> None:
        self._locking.close_desk_at_once()
