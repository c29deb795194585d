"""What Windows tells by messages: the session is locked or left, the computer goes to sleep."""

from __future__ import annotations

import ctypes
import sys
from ctypes import wintypes
from typing import Final

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray, QObject, Signal

WM_POWERBROADCAST: Final = 0x0218
WM_WTSSESSION_CHANGE: Final = 0x02B1
_PBT_APMSUSPEND: Final = 0x0004
_WTS_CONSOLE_DISCONNECT: Final = 0x2
_WTS_REMOTE_DISCONNECT: Final = 0x4
_WTS_SESSION_LOCK: Final = 0x7


class WindowsSession(QObject):
    """Listens to the messages of one window of ours."""

    locked = Signal()
    sleeps = Signal()

    def __init__(self, window_id: int, parent: QObject | None = None) -> None:
        """Ask to be told of the session; without that, being idle locks as ever."""
        super().__init__(parent)
        self._filter = _Filter(self)
        if sys.platform == "win32":
            # 0: of this session alone.
            ctypes.windll.wtsapi32.WTSRegisterSessionNotification(wintypes.HWND(window_id), 0)

    @property
    def filter(self) -> QAbstractNativeEventFilter:
        """To be installed in the application."""
        return self._filter

    def hear(self, message: int, meaning: int) -> None:
        """Tell what a message of Windows means, if it concerns us."""
        left = (_WTS_SESSION_LOCK, _WTS_CONSOLE_DISCONNECT, _WTS_REMOTE_DISCONNECT)
        if message == WM_WTSSESSION_CHANGE and meaning in left:
            self.locked.emit()
        elif message == WM_POWERBROADCAST and meaning == _PBT_APMSUSPEND:
            self.sleeps.emit()


class _Filter(QAbstractNativeEventFilter):
    """Reads each message before Qt does, and keeps none."""

    def __init__(self, session: WindowsSession) -> None:
        super().__init__()
        self._session = session

    def nativeEventFilter(  # noqa: N802  Qt calls it
        self, event_type: QByteArray | bytes | bytearray | memoryview, message: int, /
    ) -> object:
        kind = event_type.data() if isinstance(event_type, QByteArray) else bytes(event_type)
        if kind in (b"windows_generic_MSG", b"windows_dispatcher_MSG"):
            found = wintypes.MSG.from_address(int(message))
            if found.message in (WM_WTSSESSION_CHANGE, WM_POWERBROADCAST):
                self._session.hear(found.message, found.wParam)
        return False, 0
