"""A panel over the whole window, with the rest dimmed: the palette, the keys."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget

from mesodesk.ui import theme
from mesodesk.ui.widgets import paint


class _Panel(QFrame):
    """The box in the middle."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        scheme = theme.current()
        paint.box(QPainter(self), paint.inside(self), scheme.surface, scheme.border, radius=12)


class Overlay(QWidget):
    """Covers its parent while it is open. Esc or a click beside the panel closes it.

    The focus stays inside, and goes back to where it was. Put content into `body`.
    """

    closed = Signal()

    def __init__(
        self, parent: QWidget, object_name: str, accessible_name: str, width: int, top: int = 88
    ) -> None:
        super().__init__(parent)
        paint.name(self, object_name, accessible_name)
        self._back: QWidget | None = None
        self._width = width
        self._top = top
        self.panel = _Panel()
        self.body = QVBoxLayout(self.panel)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, top, 16, 16)
        whole.addWidget(self.panel, 0, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.hide()
        parent.installEventFilter(self)
        turned = getattr(parent.window(), "page_changed", None)
        if turned is not None:
            turned.connect(self._page_changed)

    def open_over(self, focus: QWidget) -> None:
        """Show, and put the focus where the typing goes."""
        if self.isHidden():
            self._back = QApplication.focusWidget()
        self._fit()
        self.show()
        self.raise_()
        focus.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_over(self) -> None:
        """Hide, and give the focus back."""
        if self.isHidden():
            return
        self.hide()
        if self._back is not None and self._back.isVisible():
            self._back.setFocus(Qt.FocusReason.OtherFocusReason)
        self._back = None
        self.closed.emit()

    @Slot(str)
    def _page_changed(self, _page_id: str) -> None:
        """Hide when a key leads to another page: the focus is there now, and must be seen."""
        self._back = None
        self.close_over()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize and self.isVisible():
            self._fit()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_over()
        # What is not used must not reach the page behind.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.panel.geometry().contains(event.position().toPoint()):
            self.close_over()

    def focusNextPrevChild(self, forwards: bool, /) -> bool:
        """Keep Tab inside the overlay."""
        current = QApplication.focusWidget()
        if current is None:
            return True
        step = current
        while True:
            chained = step.nextInFocusChain() if forwards else step.previousInFocusChain()
            if chained is None or chained is current:
                return True
            step = chained
            takes = bool(step.focusPolicy() & Qt.FocusPolicy.TabFocus)
            if takes and self.isAncestorOf(step) and step.isVisible() and step.isEnabled():
                reasons = Qt.FocusReason
                step.setFocus(reasons.TabFocusReason if forwards else reasons.BacktabFocusReason)
                return True

    def paintEvent(self, _event: QPaintEvent) -> None:
        ink = QColor(theme.current().scrim)
        ink.setAlphaF(0.55 if theme.current().dark else 0.35)
        QPainter(self).fillRect(self.rect(), ink)

    def _fit(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
            self.panel.setFixedWidth(min(self._width, parent.width() - 32))
            self.panel.setMaximumHeight(max(120, parent.height() - self._top - 24))
