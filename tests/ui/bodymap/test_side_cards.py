"""The cards beside the body: numbers that are typed, the list of fields, and little room."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication

from .conftest import BELLY, LEFT_SHIN, LEFT_THIGH, RIGHT_THIGH, syringe
from .hands import circle, draw, fields


def lay(chart, middle=LEFT_THIGH, radius=0.03):
    laid = len(fields(chart))
    chart.type("l")
    draw(chart, circle(middle, radius))
    chart.qtbot.waitUntil(lambda: len(fields(chart)) > laid and bool(fields(chart)[-1].points))


def press(chart, key):
    """Press a key where the keyboard is."""
    chart.qtbot.keyClick(chart.panel.window().focusWidget(), key)


def retype(chart, box, text):
    box.setFocus()
    box.selectAll()
    chart.qtbot.keyClicks(box, text)


def inputs(panel):
    settings = panel.settings
    return {
        "spacing_mm": settings.spacing_mm.field.input,
        "dose_per_point_ml": settings.dose_ml.field.input,
        "volume_ml": settings.total_ml.input,
        "depth_mm": settings.depth_mm.field.input,
    }


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("spacing_mm", "12.5"),
        ("dose_per_point_ml", "0.03"),
        ("volume_ml", "0.6"),
        ("depth_mm", "3"),
    ],
)
def test_enter_takes_a_number_over_and_the_next_key_is_for_the_body(chart, name, text):
    lay(chart)
    box = inputs(chart.panel)[name]
    retype(chart, box, text)
    press(chart, Qt.Key.Key_Return)
    assert f"{getattr(fields(chart)[0], name).normalize():f}" == text
    assert chart.canvas.hasFocus()
    press(chart, Qt.Key.Key_M)
    assert len(fields(chart)) == 2


@pytest.mark.parametrize("typed", ["9", "14.9m"])
def test_esc_puts_a_number_back_and_leaves_it(chart, typed):
    lay(chart)
    box = inputs(chart.panel)["spacing_mm"]
    before, edits = box.text(), len(chart.edits)
    retype(chart, box, typed)
    press(chart, Qt.Key.Key_Escape)
    assert chart.canvas.hasFocus()
    assert box.text() == before
    assert not chart.panel.settings.spacing_mm.field.error()
    assert len(chart.edits) == edits


def test_enter_leaves_what_cannot_be_read_where_it_was_typed(chart):
    lay(chart)
    box = inputs(chart.panel)["spacing_mm"]
    retype(chart, box, "14.9m")
    press(chart, Qt.Key.Key_Return)
    assert box.hasFocus()
    assert box.text() == "14.9m"


def test_esc_closes_the_shortage_that_a_typed_dose_raised(make_chart):
    chart = make_chart(given=(syringe(1, "2", "Caffeine", "50"),))
    lay(chart)
    each = fields(chart)[0].dose_per_point_ml
    retype(chart, inputs(chart.panel)["dose_per_point_ml"], "0.5")
    press(chart, Qt.Key.Key_Return)
    assert chart.model.pending is not None
    press(chart, Qt.Key.Key_Escape)
    assert chart.model.pending is None
    assert fields(chart)[0].dose_per_point_ml == each
    assert chart.panel.settings.dose_ml.value() == each


def test_the_sentence_beneath_a_number_is_whole(chart):
    lay(chart)
    number = chart.panel.settings.spacing_mm.field
    retype(chart, number.input, "14.853")
    QApplication.processEvents()
    message = number.message
    assert message.isVisible()
    assert message.height() >= message.heightForWidth(message.width())
    least = message.fontMetrics().horizontalAdvance(message.text()) / 2
    assert message.width() >= least, "more than two lines"
    chart.canvas.setFocus()
    chart.model.field_model.select(None)
    chart.type("p")
    assert not message.isVisible()


def test_delete_in_the_list_removes_one_field_after_the_other(chart):
    for middle in (LEFT_THIGH, BELLY):
        lay(chart, middle)
    QApplication.processEvents()
    row = chart.panel.fields.list.rows()[0]
    row.setFocus()
    press(chart, Qt.Key.Key_Return)
    kept = fields(chart)[1]
    row.setFocus()
    press(chart, Qt.Key.Key_Delete)
    assert fields(chart) == [kept]
    left = chart.panel.fields.list.rows()[0]
    assert left.hasFocus()
    assert chart.model.field_model.selected is None
    press(chart, Qt.Key.Key_Delete)
    assert not fields(chart)
    assert chart.canvas.hasFocus()


def in_sight(widget):
    """Return whether nothing of a widget is cut off by what it scrolls in."""
    return widget.isVisible() and widget.visibleRegion().boundingRect() == widget.rect()


def test_the_list_scrolls_to_the_new_and_to_the_selected_field(chart):
    chart.panel.resize(1100, 340)
    for middle in (LEFT_THIGH, RIGHT_THIGH, BELLY, LEFT_SHIN):
        lay(chart, middle, 0.025)
    rows = chart.panel.fields.list.rows
    assert len(rows()) == 4
    chart.qtbot.waitUntil(lambda: in_sight(rows()[-1]) and not in_sight(rows()[0]))
    chart.model.field_model.select(fields(chart)[0].id)
    chart.qtbot.waitUntil(lambda: in_sight(rows()[0]) and not in_sight(rows()[-1]))


_REGIONS = ("thigh_front_upper", "thigh_front_lower", "calf", "shin", "buttock", "hip", "flank")


@pytest.fixture
def plenty(make_chart):
    """A chart whose syringe holds enough for many regions."""
    return make_chart(given=(syringe(1, "900", "Caffeine", "50"),))


@pytest.mark.parametrize("size", [(1280, 640), (1280, 460)])
def test_each_new_and_each_selected_row_is_led_to(plenty, size):
    plenty.panel.resize(*size)
    model, panel = plenty.model.field_model, plenty.panel.fields
    for key in _REGIONS:
        with plenty.qtbot.waitSignal(panel.row_marked) as led:
            model.fill_region(f"{key}.left")
        assert led.args == [panel.list.rows()[-1]]
        assert in_sight(panel.list.rows()[-1])
    for at in (0, 6, 1, 5):
        with plenty.qtbot.waitSignal(panel.row_marked):
            model.select(fields(plenty)[at].id)
        assert in_sight(panel.list.rows()[at])


def test_a_row_that_is_led_to_before_it_is_laid_out_comes_into_sight(plenty):
    """As where the system's timers come before its pictures."""
    plenty.panel.resize(1280, 460)
    model, panel = plenty.model.field_model, plenty.panel.fields
    for key in (f"{key}.{side}" for side in ("left", "right") for key in _REGIONS):
        model.fill_region(key)
        panel._seek.stop()
        panel._tell_sought()
        QApplication.processEvents()
        assert in_sight(panel.list.rows()[-1])


@pytest.mark.parametrize("size", [(900, 640), (700, 420)])
def test_in_one_column_a_new_row_does_not_push_its_settings_out_of_sight(plenty, size):
    plenty.panel.resize(*size)
    model, panel = plenty.model.field_model, plenty.panel
    QApplication.processEvents()
    top = panel.settings.visibleRegion().boundingRect()
    for key in _REGIONS:
        with plenty.qtbot.waitSignal(panel.fields.row_marked):
            model.fill_region(f"{key}.left")
        assert panel.settings.visibleRegion().boundingRect().top() == top.top()


def test_a_small_window_leaves_syringes_and_settings_room(chart):
    chart.panel.resize(908, 530)
    chart.click(BELLY)
    QApplication.processEvents()
    panel = chart.panel
    for card in (panel.syringes, panel.settings):
        shown = card.visibleRegion().boundingRect().height()
        assert shown >= min(card.height(), 150), card.objectName()
    panel.resize(908, 1100)
    chart.qtbot.waitUntil(lambda: in_sight(panel.totals))
    panel.resize(1280, 530)
    chart.qtbot.waitUntil(lambda: in_sight(panel.totals))


def test_a_number_is_typed_in_place_of_the_one_that_was_clicked_into(chart):
    lay(chart)
    box = chart.panel.settings.points.field.input
    middle = box.rect().center()
    chart.qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=middle)
    assert box.selectedText() == box.text()
    chart.type("60", widget=box)
    assert box.text() == "60"
    # Once in it, a click sets the caret as anywhere.
    chart.qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=middle)
    assert not box.hasSelectedText()


def test_what_is_marked_by_a_drag_of_the_mouse_stays_marked(chart):
    lay(chart)
    box = chart.panel.settings.spacing_mm.field.input
    box.setText("12.5")
    height = box.rect().center().y()
    chart.qtbot.mousePress(box, Qt.MouseButton.LeftButton, pos=QPoint(0, height))
    first = QFontMetrics(box.font()).horizontalAdvance("12")
    chart.qtbot.mouseMove(box, QPoint(first, height))
    chart.qtbot.mouseRelease(box, Qt.MouseButton.LeftButton, pos=QPoint(first, height))
    assert 0 < len(box.selectedText()) < len(box.text())
