"""What comes into sight is painted once, also where a picture was asked for before."""

import pytest
from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QMainWindow, QWidget

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
