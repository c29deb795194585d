"""The watch that notices that nobody is there."""

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QWindow

from mesodesk.domain.clock import running_ms

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
    """Tells when no window of the program has had input for some minutes.

    It looks at the events of the windows themselves, not at every event of the program: of the one
    that it is told of, and of each other that has the keyboard.

    Timers stand still while the computer sleeps. So the first sign of life after the time is over
    finds that out, and reaches nobody.
    """

    idle = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._last = running_ms()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.idle)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusWindowChanged.connect(self.watch)

    @Slot("QWindow*")
    def watch(self, window: QWindow | None) -> None:
        """Look at this window's input too."""
        if window is not None:
            # Of a filter that is installed already, Qt only moves it to the front.
            window.installEventFilter(self)

    def set_limit(self, milliseconds: int) -> None:
        """Tell after so long without input; 0 never tells."""
        self._timer.stop()
        self._timer.setInterval(milliseconds)
        self._last = running_ms()
        if milliseconds > 0:
            self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _SIGNS_OF_LIFE and self._timer.interval() > 0:
            now = running_ms()
            last, self._last = self._last, now
            self._timer.start()
            if now - last > self._timer.interval():
                self.idle.emit()
                return True
        return super().eventFilter(watched, event)
