"""What hides the window while it is locked, and the watch that notices that nobody is there."""

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QWindow
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.ui import theme


class LockCover(QWidget):
    """Fills its parent with the plain ground, at once; what unlocks is put into it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("lock_cover")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._content: QWidget | None = None
        self.hide()

    def content(self) -> QWidget | None:
        """Return what stands in the cover."""
        return self._content

    def set_content(self, widget: QWidget | None) -> None:
        """Put a widget in; the one before is taken out and deleted."""
        if self._content is not None and self._content is not widget:
            self._column.removeWidget(self._content)
            self._content.hide()
            self._content.deleteLater()
        self._content = widget
        if widget is not None:
            self._column.addWidget(widget)
            widget.show()

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme.colour("ground"))


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
