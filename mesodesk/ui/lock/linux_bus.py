"""What Linux tells over D-Bus: the session is locked or left, the computer goes to sleep.

logind waits for us before it lets the computer sleep, at most five seconds, for as long as we hold
what it gave us for that. Where there is no bus, nothing is told, and being idle locks as ever.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import SLOT, QObject, Signal, Slot
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtDBus import QDBusUnixFileDescriptor

_LOGIN: Final = "org.freedesktop.login1"
_LOGIN_PATH: Final = "/org/freedesktop/login1"
_MANAGER: Final = "org.freedesktop.login1.Manager"
_SESSION: Final = "org.freedesktop.login1.Session"
_PROPERTIES: Final = "org.freedesktop.DBus.Properties"
_SAVERS: Final = ("org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver", "org.mate.ScreenSaver")


class LinuxBus(QObject):
    """Listens on the system's bus and on that of the session."""

    locked = Signal()
    """The screen of this session is locked, or another user's session is in front."""

    sleeps = Signal()
    """The computer is about to sleep: it does when this has been answered."""

    def __init__(
        self,
        parent: QObject | None = None,
        system: QDBusConnection | None = None,
        session: QDBusConnection | None = None,
        session_id: str | None = None,
    ) -> None:
        """Begin to listen.

        Args:
            parent: of this object.
            system: the bus of logind; the computer's by default.
            session: the bus of the screen saver; the session's by default.
            session_id: of our session, as logind calls it; from the environment by default.
        """
        super().__init__(parent)
        self._system = system if system is not None else QDBusConnection.systemBus()
        self._holding: QDBusUnixFileDescriptor | None = None
        own = os.environ.get("XDG_SESSION_ID", "") if session_id is None else session_id
        screen = session if session is not None else QDBusConnection.sessionBus()
        if self._system.isConnected():
            self._listen_to_login(own)
        if screen.isConnected():
            for saver in _SAVERS:
                self._hear(screen, ("", "", saver, "ActiveChanged"), "_saver_changed(bool)")

    def _listen_to_login(self, session_id: str) -> None:
        sleep = (_LOGIN, _LOGIN_PATH, _MANAGER, "PrepareForSleep")
        self._hear(self._system, sleep, "_about_to_sleep(bool)")
        self._hold_sleep()
        if session_id:
            self._ask(_LOGIN_PATH, _MANAGER, "GetSession", [session_id], self._session_found)
        else:
            # Whose lock it is cannot be told then: rather lock once too often.
            self._listen_to_session("")

    def _session_found(self, answer: QDBusMessage) -> None:
        found = answer.arguments()
        self._listen_to_session(found[0].path() if found else "")

    def _listen_to_session(self, path: str) -> None:
        self._path = path
        self._hear(self._system, (_LOGIN, path, _SESSION, "Lock"), "_session_locked()")
        if path:
            changed = (_LOGIN, path, _PROPERTIES, "PropertiesChanged")
            self._hear(self._system, changed, "_session_changed()")

    def _hear(self, bus: QDBusConnection, what: tuple[str, str, str, str], slot: str) -> None:
        """Have a slot called by a signal: its service, path, interface and name; "" for any."""
        # PySide6 says that it takes bytes here, and takes what SLOT returns alone.
        bus.connect(*what, self, SLOT(slot))  # type: ignore[call-overload]

    @Slot()
    def _session_locked(self) -> None:
        self.locked.emit()

    @Slot()
    def _session_changed(self) -> None:
        self._ask(self._path, _PROPERTIES, "Get", [_SESSION, "Active"], self._is_active)

    def _is_active(self, answer: QDBusMessage) -> None:
        found = answer.arguments()
        if found and found[0].variant() is False:
            self.locked.emit()

    @Slot(bool)
    def _saver_changed(self, active: bool) -> None:
        if active:
            self.locked.emit()

    @Slot(bool)
    def _about_to_sleep(self, about_to: bool) -> None:
        if about_to:
            self.sleeps.emit()
            self._holding = None  # whatever was to be done is done
        else:
            self._hold_sleep()

    def _hold_sleep(self) -> None:
        words = ["sleep", "Mesodesk", "Closing the records", "delay"]
        self._ask(_LOGIN_PATH, _MANAGER, "Inhibit", words, self._held)

    def _held(self, answer: QDBusMessage) -> None:
        found = answer.arguments()
        self._holding = found[0] if found else None

    def _ask(
        self,
        path: str,
        interface: str,
        member: str,
        words: Sequence[str],
        done: Callable[[QDBusMessage], None],
    ) -> None:
        """Ask without waiting; an answer that is an error is passed over."""
        call = QDBusMessage.createMethodCall(_LOGIN, path, interface, member)
        call.setArguments(list(words))
        asked = _Asked(self._system, call, done, self)
        asked.watcher.finished.connect(asked.answered)


class _Asked(QObject):
    """One question under way."""

    def __init__(
        self,
        bus: QDBusConnection,
        call: QDBusMessage,
        done: Callable[[QDBusMessage], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._done = done
        self.watcher = QDBusPendingCallWatcher(bus.asyncCall(call), self)

    @Slot()
    def answered(self) -> None:
        """Pass the answer on, and go."""
        if not self.watcher.isError():
            self._done(self.watcher.reply())
        self.deleteLater()
