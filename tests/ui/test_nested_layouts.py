"""Layouts in layouts: what Python knows of their items must not outlive these."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import shiboken6
from known_items import known_items
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from mesodesk.ui.widgets.layouts import FlowLayout, column, nest, row, widgets_in

ROOT = Path(__file__).resolve().parents[2]

# Widgets go one by one from a line of a page that stays; what is made next lies where they lay.
_COMING_AND_GOING = """
import sys
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QVBoxLayout, QWidget
from mesodesk.ui.widgets.layouts import nest

app = QApplication([])
put = {"nest": nest, "addLayout": QVBoxLayout.addLayout}[sys.argv[1]]
page = QWidget()
whole = QVBoxLayout(page)
for _ in range(300):
    line, labels = QHBoxLayout(), [QLabel() for _ in range(20)]
    for label in labels:
        line.addWidget(label)
    put(whole, line)
    for label in labels:
        shiboken6.delete(label)
    line.deleteLater()
    for _ in range(20):
        card = QWidget(page)
        QVBoxLayout(card).addWidget(QLabel())
        card.deleteLater()
    del card
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
print("gone")
"""


def coming_and_going(put):
    return subprocess.run(
        [sys.executable, "-c", _COMING_AND_GOING, put],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )


@pytest.fixture
def page(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    QVBoxLayout(widget)
    return widget


def filled():
    """Return a line with two widgets, a space and a column in it."""
    line = row(QLabel("one"), QLabel("two"), stretch=True)
    nest(line, column(QLabel("three"), stretch=True), 1)
    return line


def test_python_does_not_know_the_items_of_a_layout_in_another(page):
    line, grid = filled(), QGridLayout()
    nest(page.layout(), line)
    nest(page.layout(), grid)
    nest(grid, filled(), 1, 2)
    assert known_items() == {}
    assert [each.text() for each in widgets_in(line)] == ["one", "two"]
    assert grid.count() == 1
    assert len(page.findChildren(QLabel)) == 6


def test_it_would_know_them(qapp):
    """The negative control: what `nest` does is needed, and would be missed."""
    page = QWidget()
    QVBoxLayout(page).addLayout(filled())
    assert known_items() == {"QWidgetItem": 3, "QSpacerItem": 2}
    shiboken6.delete(page)
    assert known_items() == {}


def test_the_items_of_a_flow_stay_its_own(page):
    flow, holder = FlowLayout(), QHBoxLayout()
    for number in range(3):
        flow.addWidget(QLabel(str(number)))
    nest(holder, flow)
    nest(page.layout(), holder)
    shiboken6.delete(flow.itemAt(0).widget())
    assert [flow.itemAt(at).widget().text() for at in range(flow.count())] == ["1", "2"]
    page.show()
    assert all(each.width() > 0 for each in page.findChildren(QLabel))


def test_widgets_that_come_and_go_do_not_end_the_program():
    done = coming_and_going("nest")
    assert (done.returncode, done.stdout.strip()) == (0, "gone"), done.stderr[-500:]


@pytest.mark.skipif(sys.platform != "linux", reason="where memory is given out again differs")
def test_without_care_they_would():
    done = coming_and_going("addLayout")
    assert done.returncode < 0
    assert done.stdout == ""
