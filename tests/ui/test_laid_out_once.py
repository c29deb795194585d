"""What comes and goes together in a widget is laid out once."""

import pytest
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from mesodesk.ui.widgets.layouts import laid_out_once


class CountedColumn(QVBoxLayout):
    """Counts how often it gives what it holds a place."""

    def __init__(self, parent):
        super().__init__(parent)
        self.times = 0

    def setGeometry(self, rect):
        self.times += 1
        super().setGeometry(rect)


@pytest.fixture
def coming(qtbot):
    """A widget in sight with four lines out of sight; the room for them is there."""
    widget = QWidget()
    column = CountedColumn(widget)
    lines = [QLabel(str(number)) for number in range(4)]
    for line in lines:
        column.addWidget(line)
        line.hide()
    qtbot.addWidget(widget)
    widget.resize(200, 300)
    with qtbot.waitExposed(widget):
        widget.show()
    column.times = 0
    return widget, column, lines


def test_what_comes_together_is_laid_out_once(qtbot, coming):
    widget, column, lines = coming
    with laid_out_once(widget):
        for line in lines:
            line.show()
        assert column.times == 0
    qtbot.waitUntil(lambda: lines[3].y() > lines[2].y() > lines[1].y() > lines[0].y())
    assert column.times == 1
    assert all(line.isVisible() for line in lines)


def test_by_itself_qt_lays_it_out_for_each(coming):
    """The control."""
    _, column, lines = coming
    for line in lines:
        line.show()
    assert column.times >= len(lines)


def _fail_while_laying_out(widget, line):
    with laid_out_once(widget):
        line.show()
        raise ValueError("mistake")


def test_a_mistake_meanwhile_leaves_the_layout_working(qtbot, coming):
    widget, _, lines = coming
    with pytest.raises(ValueError, match="mistake"):
        _fail_while_laying_out(widget, lines[0])
    lines[1].show()
    qtbot.waitUntil(lambda: lines[1].y() > lines[0].y())
