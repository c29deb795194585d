"""The popover of a field: opened by finger or Enter, beside the field, and what it changes."""

import gc
import weakref
from decimal import Decimal

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from mesodesk.domain.bodymap.chart import ChartDocument
from mesodesk.domain.bodymap.fields import Pattern
from mesodesk.domain.bodymap.outlines import region_outline
from mesodesk.ui.bodymap.chart_panel import ChartPanel
from mesodesk.ui.bodymap.field_popover import beside
from mesodesk.ui.bodymap.vocabulary import stepped_total

from .conftest import LEFT_THIGH, syringe

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def chart(make_chart):
    """A field over the left thigh, not selected, and the select tool in hand."""
    made = make_chart(
        given=(syringe(1, "30", "Caffeine", "50"), syringe(2, "30", "Silicium", "10"))
    )
    made.type("r")
    made.click(LEFT_THIGH)
    made.type("v")
    made.model.field_model.select(None)
    # A finger is wider than the room between the points of a whole body.
    made.canvas.zoom_at(5.0, made.at(LEFT_THIGH).toPointF())
    return made


@pytest.fixture
def screen():
    return QTest.createTouchDevice()


def bare(chart, *, on_field=True):
    """Return a place of the skin, on the field or off it, with no point near it."""
    canvas, area = chart.canvas, chart.model.field_model.laying.area_of
    middle = chart.at(LEFT_THIGH)
    fields = chart.document.fields.values()
    # On the field there is little room between points; off it, it begins further away.
    span, step = (60, 3) if on_field else (300, 20)
    for dx in range(-span, span, step):
        for dy in range(-span, span, step):
            at = QPointF(middle + QPoint(dx, dy))
            if not canvas.rect().contains(at.toPoint()) or canvas.stage.hit(at, 12.5) is not None:
                continue
            skin = canvas.pick(at)
            if skin is not None and any(area(field).contains(skin) for field in fields) == on_field:
                return at.toPoint()
    raise AssertionError("the whole canvas is full of points")


def tap(chart, screen, place, widget=None):
    touched = widget or chart.canvas
    for verb in ("press", "release"):
        event = QTest.touchEvent(touched, screen)
        getattr(event, verb)(0, place, touched)
        event.commit()
    chart.qtbot.wait(10)


def popover(chart):
    return chart.panel.view.field_opening.popover


def chart_now(chart):
    (field,) = chart.document.fields.values()
    return field


@pytest.fixture
def opened(chart, screen):
    tap(chart, screen, bare(chart))
    assert popover(chart).isVisible()
    return chart


def test_a_finger_that_takes_a_field_opens_its_popover(opened):
    shown, field = popover(opened), chart_now(opened)
    assert opened.model.field_model.selected == field
    assert shown.region.text() == "Left front thigh, upper"
    assert f"{len(field.points)} points" in shown.figures.text()
    assert "5.40\u00a0mL" in shown.figures.text()
    assert "135\u00a0mg Caffeine" in shown.amounts.text()
    assert shown.spacing_mm.value() == Decimal(15)
    assert shown.dose_ml.value() == Decimal("0.05")
    assert shown.total_ml.value() == Decimal("5.40")
    assert opened.canvas.hasFocus()


def test_the_mouse_opens_nothing(chart):
    chart.qtbot.mouseClick(chart.canvas, LEFT, pos=bare(chart))
    chart.qtbot.wait(10)
    assert chart.model.field_model.selected is not None
    assert not popover(chart).isVisible()


def test_a_second_tap_opens_it_again(opened, screen):
    opened.press(Qt.Key.Key_Escape)
    assert not popover(opened).isVisible()
    assert opened.model.field_model.selected is not None
    tap(opened, screen, bare(opened))
    assert popover(opened).isVisible()


def test_a_tap_elsewhere_closes_it(opened, screen):
    elsewhere = bare(opened, on_field=False)
    assert not popover(opened).geometry().contains(opened.canvas.mapTo(opened.panel, elsewhere))
    tap(opened, screen, elsewhere)
    assert not popover(opened).isVisible()
    assert opened.model.field_model.selected is None


def test_a_click_elsewhere_closes_it(opened):
    opened.qtbot.mouseClick(opened.panel.syringes.cards()[1], LEFT)
    assert not popover(opened).isVisible()


def test_a_finger_that_lays_a_field_or_pans_or_pinches_opens_nothing(chart, screen):
    place = bare(chart)
    chart.model.field_model.select(chart_now(chart).id)
    event = QTest.touchEvent(chart.canvas, screen)
    event.press(0, place, chart.canvas).commit()
    QTest.touchEvent(chart.canvas, screen).move(0, place + QPoint(40, 0), chart.canvas).commit()
    QTest.touchEvent(chart.canvas, screen).release(0, place + QPoint(40, 0), chart.canvas).commit()
    chart.qtbot.wait(10)
    assert not popover(chart).isVisible()
    chart.model.field_model.select(None)
    chart.type("r")
    tap(chart, screen, bare(chart, on_field=False))
    assert len(chart.document.fields) == 2
    assert not popover(chart).isVisible()


def test_a_finger_that_only_lets_go_of_a_point_opens_nothing(chart, screen):
    chart.model.field_model.select(chart_now(chart).id)
    chart.model.select(chart.ref(3))
    tap(chart, screen, bare(chart))
    assert chart.model.selection is None
    assert not popover(chart).isVisible()


def test_enter_opens_it_and_numbers_can_be_typed(chart):
    chart.model.field_model.select(chart_now(chart).id)
    chart.press(Qt.Key.Key_Return)
    shown = popover(chart)
    spacing = shown.spacing_mm.field.input
    assert shown.isVisible()
    assert spacing.hasFocus()
    chart.type("20", widget=spacing)
    chart.press(Qt.Key.Key_Return, widget=spacing)
    assert not shown.isVisible()
    assert chart_now(chart).spacing_mm == Decimal(20)
    assert chart.canvas.hasFocus()


def test_enter_at_the_crosshair_takes_the_field_and_then_opens_it(chart):
    chart.canvas.show_crosshair(bare(chart).toPointF())
    chart.press(Qt.Key.Key_Return)
    assert chart.model.field_model.selected == chart_now(chart)
    assert not popover(chart).isVisible()
    chart.press(Qt.Key.Key_Return)
    assert popover(chart).isVisible()


def test_enter_at_a_crosshair_beside_the_field_does_what_a_click_does(chart):
    chart.model.field_model.select(chart_now(chart).id)
    chart.canvas.show_crosshair(bare(chart, on_field=False).toPointF())
    chart.press(Qt.Key.Key_Return)
    assert not popover(chart).isVisible()
    assert chart.model.field_model.selected is None


@pytest.mark.parametrize("wanted", [60, 37, 100])
def test_a_number_of_points_can_be_asked_for(opened, wanted):
    chart, shown = opened, popover(opened)
    before = chart_now(chart)
    field = shown.points.field.input
    field.setFocus()
    field.selectAll()
    chart.type(str(wanted), widget=field)
    chart.press(Qt.Key.Key_Return, widget=field)
    after = chart_now(chart)
    assert after.id == before.id
    assert len(after.points) == wanted
    assert shown.points.value() == len(after.points)
    assert shown.spacing_mm.value() == after.spacing_mm
    said = chart.canvas.hint.label.text()
    assert "cannot be had" not in said
    chart.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert chart_now(chart) == before


def test_a_number_of_points_is_asked_about_where_it_would_lose_what_was_done_by_hand(opened):
    chart, model = opened, opened.model
    field = chart_now(chart)
    model.set_dose(chart.ref(3), Decimal("0.2"))
    model.field_model.select(field.id)
    model.field_model.set_count(60)
    assert model.field_model.question is not None
    assert len(chart_now(chart).points) == len(field.points)


def test_its_buttons_are_large_and_change_the_field(opened):
    shown = popover(opened)
    for button in shown.findChildren(QAbstractButton):
        if button.isVisible():
            assert min(button.width(), button.height()) >= 44, button.objectName()
    click = opened.qtbot.mouseClick
    click(shown.spacing_mm.less, LEFT)
    assert chart_now(opened).spacing_mm == Decimal(14)
    click(shown.dose_ml.more, LEFT)
    field = chart_now(opened)
    assert field.dose_per_point_ml == Decimal("0.06")
    assert shown.total_ml.value() == field.volume_ml
    assert f"{len(field.points)} points" in shown.figures.text()
    click(shown.total_ml.more, LEFT)
    assert chart_now(opened).dose_per_point_ml is None
    assert chart_now(opened).volume_ml == shown.total_ml.value()
    assert [edit.label for edit, _ in opened.edits] == ["fill", "spacing", "dose", "dose"]


def test_its_buttons_take_fingers(opened, screen):
    shown = popover(opened)
    for button, spacing in ((shown.spacing_mm.less, 14), (shown.spacing_mm.more, 15)):
        tap(opened, screen, button.mapTo(opened.panel, button.rect().center()), opened.panel)
        assert chart_now(opened).spacing_mm == spacing
        assert shown.isVisible()


def test_it_mirrors_and_removes_the_field(opened):
    shown = popover(opened)
    opened.qtbot.mouseClick(shown.mirror, LEFT)
    original, image = opened.document.fields.values()
    assert image.mirror_of == original.id
    assert shown.isVisible()
    opened.qtbot.mouseClick(shown.delete, LEFT)
    assert [field.id for field in opened.document.fields.values()] == [image.id]
    assert not shown.isVisible()


def test_a_refused_total_is_not_shown_any_more(opened):
    total = popover(opened).total_ml
    total.field.input.setFocus()
    total.field.input.selectAll()
    opened.type("0.002\t", widget=total.field.input)
    assert chart_now(opened).volume_ml == Decimal("5.40")
    assert total.value() == Decimal("5.40")


def test_it_goes_when_something_is_asked(opened):
    shown = popover(opened)
    shown.dose_ml.field.input.setFocus()
    shown.dose_ml.field.input.selectAll()
    opened.type("0.5", widget=shown.dose_ml.field.input)
    opened.press(Qt.Key.Key_Return, widget=shown.dose_ml.field.input)
    assert not shown.isVisible()
    assert opened.panel.view.shortage.isVisible()
    assert opened.model.pending is not None
    opened.press(Qt.Key.Key_Escape)
    opened.press(Qt.Key.Key_Return)
    assert shown.isVisible()
    assert shown.dose_ml.value() == Decimal("0.05")


def test_a_zone_has_no_number_of_points(opened):
    opened.model.field_model.set_pattern(Pattern.ZONE)
    opened.press(Qt.Key.Key_Return)
    assert popover(opened).isVisible()
    assert not popover(opened).points.isVisible()


def test_a_zone_shows_its_punctures(opened):
    opened.model.field_model.set_pattern(Pattern.ZONE)
    shown = popover(opened)
    assert f"about {chart_now(opened).punctures} punctures" in shown.figures.text()
    assert shown.total_ml.value() == chart_now(opened).volume_ml


def test_a_signed_chart_is_only_read(opened):
    opened.press(Qt.Key.Key_Escape)
    opened.model.set_read_only(read_only=True)
    opened.model.field_model.select(chart_now(opened).id)
    opened.press(Qt.Key.Key_Return)
    shown = popover(opened)
    assert shown.isVisible()
    assert not shown.spacing_mm.isEnabled()
    assert not shown.delete.isEnabled()


def test_it_is_freed_with_the_chart(qtbot, atlas):
    panel = ChartPanel()
    panel.show()
    panel.load(ChartDocument(), atlas, (syringe(1, "30", "Caffeine", "50"),), None)
    panel.model.field_model.fill(region_outline(["cheek.left"]))
    panel.view.canvas.take_tool("select")
    qtbot.keyClick(panel.view.canvas, Qt.Key.Key_Return)
    assert panel.view.field_opening.popover.isVisible()
    gone = [weakref.ref(panel), weakref.ref(panel.view.field_opening.popover)]
    panel.close()
    panel.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    del panel
    gc.collect()
    assert [one() for one in gone] == [None, None]


@pytest.mark.parametrize("size", [(1280, 640), (820, 560), (1440, 900)])
def test_it_stands_beside_its_field_within_the_window(chart, screen, size):
    chart.panel.resize(*size)
    chart.qtbot.waitUntil(lambda: chart.panel.size().toTuple() == size)
    chart.canvas.fit()
    chart.qtbot.wait(20)
    chart.model.field_model.select(chart_now(chart).id)
    chart.press(Qt.Key.Key_Return)
    shown = popover(chart)
    assert chart.panel.rect().contains(shown.geometry())
    for child in (shown.figures, shown.amounts):
        assert child.heightForWidth(child.width()) <= child.height()
    for number in range(len(chart_now(chart).points)):
        at = chart.canvas.mapTo(chart.panel, chart.on_canvas(number))
        assert not shown.geometry().adjusted(12, 12, -12, -12).contains(at)


@pytest.mark.parametrize(
    ("bounds", "corner"),
    [
        (QRect(100, 200, 100, 100), QPoint(206, 150)),
        (QRect(750, 200, 100, 100), QPoint(544, 150)),
        (QRect(150, 20, 700, 100), QPoint(400, 126)),
        (QRect(150, 480, 700, 100), QPoint(400, 274)),
        (QRect(0, 0, 1000, 600), QPoint(800, 200)),
    ],
)
def test_the_place_beside_a_field(bounds, corner):
    place = beside(QSize(200, 200), bounds, [QRect(0, 0, 1000, 600)])
    assert (place - corner).manhattanLength() <= 2


def test_the_place_leaves_the_first_room_only_to_cover_less():
    rooms = QRect(300, 0, 300, 600), QRect(0, 0, 1000, 600)
    assert beside(QSize(200, 200), QRect(300, 200, 80, 80), rooms).x() == 385
    assert beside(QSize(200, 200), QRect(350, 0, 200, 600), rooms).x() == 555


@pytest.mark.parametrize(
    ("total", "direction", "next_total"),
    [
        ("0.98", 1, "1.00"),
        ("1", 1, "1.1"),
        ("1", -1, "0.95"),
        ("5.40", 1, "5.5"),
        ("5.40", -1, "5"),
        ("5", -1, "4.9"),
        ("100", 1, "100"),
        ("0.05", -1, "0.05"),
    ],
)
def test_total_steps(total, direction, next_total):
    assert stepped_total(Decimal(total), direction) == Decimal(next_total)
