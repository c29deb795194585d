"""Cards over the body: as long as one is there, nothing else is done to the body beneath."""

from datetime import date

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from mesodesk.ui.bodymap.canvas_card import CanvasCard, open_card
from mesodesk.ui.bodymap.copying import Copying

from .conftest import BELLY, LEFT_THIGH, syringe
from .hands import LEFT, NONE, circle, double_click, draw, fields
from .past import Read, earlier


class SlowRead(Read):
    """Answers when it is told to."""

    def __init__(self, charts, parent):
        super().__init__(charts, parent)
        self._waiting = []

    def ask(self, done, most=6):
        self._waiting.append((done, most))

    def answer(self):
        for done, most in self._waiting:
            super().ask(done, most)
        self._waiting.clear()


@pytest.fixture
def make_copying(make_chart):
    """A chart with skin all over the canvas, and a last session to copy."""

    def make(read):
        chart = make_chart(given=(syringe(1, "4000", "Caffeine", "50"),))
        chart.canvas.zoom_at(6, QPointF(chart.at(BELLY)))
        chart.canvas.settle()
        place = chart.canvas.pick(chart.canvas.middle())
        source = read([earlier(2, date(2026, 2, 17), [place])], chart.panel)
        copying = Copying(chart.panel.view, source)
        chart.model.loaded.emit()
        chart.canvas.zoom_at(6, QPointF(chart.at(BELLY)))
        chart.canvas.setFocus()
        return chart, copying, source

    return make


@pytest.fixture
def copying(make_copying):
    chart, made, _ = make_copying(Read)
    chart.type("c")
    assert made.card.isVisible()
    return chart, made.card


def beside(chart, card):
    """Return places of skin on the canvas around a card, with nothing over them."""
    canvas = chart.canvas
    found = [
        at
        for x in range(12, canvas.width() - 12, 16)
        for y in range(12, canvas.height() - 12, 16)
        if canvas.childAt(at := QPoint(x, y)) is None and canvas.pick(QPointF(at)) is not None
    ]
    assert found
    assert not any(card.geometry().contains(at) for at in found)
    return found[:: max(1, len(found) // 4)]


def focused_in(card):
    return card.isAncestorOf(QApplication.focusWidget() or card.parentWidget())


@pytest.mark.parametrize("tool", ["p", "r"])
def test_a_click_beside_a_card_charts_nothing_and_leaves_it_the_keys(make_copying, tool):
    chart, copying, _ = make_copying(Read)
    chart.type(tool)
    chart.type("c")
    for place in beside(chart, copying.card):
        chart.qtbot.mouseClick(chart.canvas, LEFT, pos=place)
    assert chart.edits == []
    assert focused_in(copying.card)
    chart.press(Qt.Key.Key_Escape, widget=QApplication.focusWidget())
    assert not copying.card.isVisible()
    assert chart.canvas.hasFocus()
    chart.qtbot.mouseClick(chart.canvas, LEFT, pos=chart.canvas.middle().toPoint())
    assert len(chart.edits) == 1


def test_a_finger_beside_a_card_charts_nothing_and_on_it_answers(copying):
    chart, card = copying
    screen, window = QTest.createTouchDevice(), chart.panel
    for place in beside(chart, card):
        at = chart.canvas.mapTo(window, place)
        QTest.touchEvent(window, screen).press(0, at, window).commit()
        QTest.touchEvent(window, screen).release(0, at, window).commit()
    assert chart.edits == []
    at = card.cancel.mapTo(window, card.cancel.rect().center())
    QTest.touchEvent(window, screen).press(0, at, window).commit()
    QTest.touchEvent(window, screen).release(0, at, window).commit()
    assert not card.isVisible()


def test_a_finger_works_at_once_after_a_card_that_came_while_two_were_down(make_copying):
    chart, copying, source = make_copying(SlowRead)
    chart.type("pc")
    screen, canvas, middle = QTest.createTouchDevice(), chart.canvas, chart.canvas.middle()
    at, other = middle.toPoint(), middle.toPoint() + QPoint(90, 0)
    QTest.touchEvent(canvas, screen).press(0, at, canvas).press(1, other, canvas).commit()
    source.answer()
    assert copying.card.isVisible()
    QTest.touchEvent(canvas, screen).release(0, at, canvas).release(1, other, canvas).commit()
    copying.close()
    QTest.touchEvent(canvas, screen).press(0, at, canvas).commit()
    QTest.touchEvent(canvas, screen).release(0, at, canvas).commit()
    assert len(chart.points()) == 1


def test_keys_beside_a_card_change_nothing(copying):
    chart, card = copying
    tool, dose = chart.canvas.tool, chart.model.settings.dose_ml
    chart.type("r]", widget=chart.panel.view.toolbar.undo)
    assert (chart.canvas.tool, chart.model.settings.dose_ml) == (tool, dose)
    assert card.isVisible()


def test_the_letter_that_opens_a_card_does_not_close_it_while_it_is_held(make_copying):
    chart, copying, _ = make_copying(Read)
    for again in (False, True, True, True):
        event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_C, NONE, "c", again, 1)
        QApplication.sendEvent(QApplication.focusWidget(), event)
        assert copying.card.isVisible()
    chart.type("c", widget=QApplication.focusWidget())
    assert not copying.card.isVisible()


def test_one_card_is_open_at_a_time(copying):
    chart, card = copying
    other = CanvasCard(chart.canvas, "other_card", "Other")
    other.closed.connect(other.hide)
    other.come_up()
    assert not card.isVisible()
    assert open_card(chart.canvas) is other
    chart.type("r", widget=chart.canvas)
    assert chart.canvas.tool == "point"


def test_a_card_closes_the_popover_of_a_field(make_copying):
    chart, copying, _ = make_copying(Read)
    chart.canvas.fit()
    chart.type("r")
    chart.click(LEFT_THIGH)
    chart.type("v")
    chart.press(Qt.Key.Key_Return)
    popover = chart.panel.view.field_opening.popover
    assert popover.isVisible()
    chart.type("c")
    assert copying.card.isVisible()
    assert not popover.isVisible()


def test_a_card_that_comes_late_leaves_what_is_in_the_hand(make_copying):
    chart, copying, source = make_copying(SlowRead)
    chart.canvas.fit()
    chart.type("lc")
    draw(chart, circle(LEFT_THIGH, 0.04)[:16], release=False)
    source.answer()
    assert chart.canvas.busy
    assert not copying.card.isVisible()


def test_a_card_does_not_come_over_a_chart_that_was_signed_meanwhile(make_copying):
    chart, copying, source = make_copying(SlowRead)
    chart.type("c")
    chart.model.set_read_only(read_only=True)
    source.answer()
    assert not copying.card.isVisible()


def test_a_double_click_on_copy_charts_nothing_beneath(copying):
    chart, card = copying
    for choice in (row.choice for row in card._rows.values()):
        choice.set_value(chart.syringes[0].id)
        choice.edited.emit(chart.syringes[0].id)
    assert card.go.isEnabled()
    double_click(chart, card.go)
    assert len(fields(chart)) == 1
    assert len(chart.points()) == 1
