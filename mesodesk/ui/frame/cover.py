"""What hides the window while it is locked."""

from PySide6.QtGui import QPainter, QPaintEvent
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
