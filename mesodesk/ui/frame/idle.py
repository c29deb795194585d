"""The watch that notices that nobody is there."""

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QWindow

_SIGNS_OF_LIFE = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseMove,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.TabletPress,
        QEvent.Type.TabletMove,
    }
)


class IdleWatch(QObject):
    """Tells when a window has had no input for some minutes.

    It looks at the events of the window itself, not at every event of the program.
    """

    idle = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.idle)

    def watch(self, window: QWindow) -> None:
        """Look at this window's input."""
        window.installEventFilter(self)

    def set_limit(self, milliseconds: int) -> None:
        """Tell after so long without input; 0 never tells."""
        self._timer.stop()
        self._timer.setInterval(milliseconds)
        if milliseconds > 0:
            self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _SIGNS_OF_LIFE and self._timer.interval() > 0:
            self._timer.start()
        return super().eventFilter(watched, event)
