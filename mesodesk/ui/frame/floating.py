"""What floats above a page: windows of its own, popovers, overlays. A lock takes all of it away."""

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QApplication, QDialog, QToolTip, QWidget

from mesodesk.ui.frame.overlay import Overlay
from mesodesk.ui.widgets.popover import Popover


def hide_windows(window: QWidget) -> None:
    """Take every other window of the program off the screen, at once and whatever it is."""
    if window.findChildren(QDrag):
        QDrag.cancel()  # a text that is being dragged hangs from the pointer as a picture
    QToolTip.hideText()
    for other in QApplication.topLevelWidgets():
        if other is not window and other.isVisible():
            other.hide()


def close_what_floats(window: QWidget) -> None:
    """Close what was above the pages, so that it does not come back with them."""
    for popover in window.findChildren(Popover):
        popover.close_panel()
    for overlay in window.findChildren(Overlay):
        overlay.close_over()
    for dialog in window.findChildren(QDialog):
        dialog.reject()


def delete_what_floats(window: QWidget) -> None:
    """Delete what belongs to pages that are gone; it may have been shown of a patient."""
    for kind in (Popover, QDialog):
        for floating in window.findChildren(kind):
            floating.hide()
            floating.deleteLater()


class FloatingGuard(QObject):
    """Lets nothing come up above a covered window: an answer may arrive that opens a question.

    It looks at every event of the program, so it is there only while the window is covered, or
    handed over.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._tops: tuple[QWidget, ...] = ()

    def watch(self, *tops: QWidget) -> None:
        """Look from now on: only these may be seen, and what belongs to them."""
        self._tops = tops
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)

    def rest(self) -> None:
        """Look no more."""
        self._tops = ()
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Show and isinstance(watched, QWidget):
            above = watched.isWindow() or watched.parentWidget() is self._window
            if above and not self._may_show(watched):
                # Before it is painted: what is posted comes before what the system tells of it.
                QTimer.singleShot(0, watched, watched.hide)
                for top in self._tops:
                    top.raise_()
        return False

    def _may_show(self, widget: QWidget) -> bool:
        """Tell whether it is the window itself, or belongs to what may be seen."""
        step: QWidget | None = widget
        while step is not None and step not in self._tops:
            step = step.parentWidget()
        return step is not None or widget is self._window
