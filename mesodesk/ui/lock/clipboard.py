"""What was copied from a record does not stay in the clipboard."""

from typing import Final

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Slot
from PySide6.QtGui import QClipboard, QGuiApplication

STAYS_MS: Final = 30_000
_MODES: Final = (QClipboard.Mode.Clipboard, QClipboard.Mode.Selection)


class ClipboardWatch(QObject):
    """Empties the clipboard half a minute after this program put something there.

    It does so at once when the window is locked, and when the program ends.
    What another program has put there since is left alone: it is not ours to take away.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clipboard = QGuiApplication.clipboard()
        self._clears = QTimer(self)
        self._clears.setSingleShot(True)
        self._clears.setInterval(STAYS_MS)
        self._clears.timeout.connect(self.clear)
        self._clipboard.dataChanged.connect(self._changed)
        self._clipboard.selectionChanged.connect(self._changed)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.clear)

    @Slot()
    def _changed(self) -> None:
        if any(self._is_ours(mode) for mode in _MODES):
            self._clears.start()

    @Slot()
    def clear(self) -> None:
        """Take away what is still ours."""
        self._clears.stop()
        for mode in _MODES:
            if self._is_ours(mode):
                self._clipboard.clear(mode)

    def _is_ours(self, mode: QClipboard.Mode) -> bool:
        if mode is QClipboard.Mode.Selection:
            supported = self._clipboard.supportsSelection()
            return supported and self._clipboard.ownsSelection() and self._has(mode)
        return self._clipboard.ownsClipboard() and self._has(mode)

    def _has(self, mode: QClipboard.Mode) -> bool:
        held = self._clipboard.mimeData(mode)
        return held is not None and bool(held.formats())
