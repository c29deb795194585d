"""What comes into sight is painted once, also where a picture was asked for before."""

import pytest
from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QMainWindow, QVBoxLayout, QWidget

from mesodesk.ui.frame.covered import CoveredWindow


class Asker(QObject):
    asked = Signal()


class Part(QWidget):
    """A part of a window that counts how often it is painted."""

    def __init__(self, parent, top):
        super().__init__(parent)
        self.times = 0
        self.setGeometry(0, top, 200, 100)

    @Slot()
    def come(self):
        self.show()

    def paintEvent(self, _event):
        self.times += 1


@pytest.mark.parametrize(("make", "times"), [(CoveredWindow, 1), (QMainWindow, 2)])
def test_a_page_is_painted_once_as_it_comes_into_sight(qtbot, make, times):
    """The other window is Qt's own: the control."""
    window, asker = make(), Asker()
    qtbot.addWidget(window)
    window.resize(400, 300)
    inside = window.centralWidget() or QWidget()
    window.setCentralWidget(inside)
    beside, page = Part(inside, 0), Part(inside, 120)
    page.hide()

    def painted(part):
        before = beside.times
        part.update()
        qtbot.waitUntil(lambda: beside.times > before)

    with qtbot.waitExposed(window):
        window.show()
    painted(beside)
    asker.asked.connect(page.come, Qt.ConnectionType.QueuedConnection)
    asker.asked.emit()
    painted(inside)
    painted(beside)  # and with it whatever was still to be painted
    assert page.times == times


class Nested(QWidget):
    """Layouts within one another; only the innermost holds what comes and goes."""

    def __init__(self, depth):
        super().__init__()
        self.times = 0
        column = QVBoxLayout(self)
        self.inner = Nested(depth - 1) if depth else QLabel("innermost")
        column.addWidget(self.inner)
        column.addStretch(1)

    def paintEvent(self, _event):
        self.times += 1


@pytest.mark.parametrize(("make", "times"), [(CoveredWindow, 1), (QMainWindow, 2)])
def test_what_is_laid_out_anew_is_painted_once_in_its_new_place(qtbot, make, times):
    """The other window is Qt's own: the control."""
    window, nested = make(), Nested(3)
    qtbot.addWidget(window)
    window.setCentralWidget(nested)
    window.resize(400, 400)
    with qtbot.waitExposed(window):
        window.show()
    innermost = nested.inner.inner.inner
    before = innermost.times
    label = innermost.inner
    label.setMinimumHeight(120)
    label.update()
    qtbot.waitUntil(lambda: innermost.height() > 120 and innermost.times > before)
    for _ in range(20):
        QCoreApplication.processEvents()
    assert innermost.times - before == times
