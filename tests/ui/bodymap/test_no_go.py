"""Zones to keep out of on the chart: the chip that tells, the drawing, what it names."""

from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor

from mesodesk.domain.bodymap.fields import Pattern
from mesodesk.ui.tokens import Kind

from .conftest import BELLY, LEFT_THIGH, syringe

LEFT = Qt.MouseButton.LeftButton
CHEEK = (0.62, 0.62)
FOREHEAD = (0.5, 0.3)


@pytest.fixture
def deoxycholic(make_chart):
    """A syringe of deoxycholic acid, and one of something else."""
    made = make_chart(
        given=(syringe(1, "10", "Deoxycholic acid", "10"), syringe(2, "10", "Caffeine", "50"))
    )
    made.canvas.show_view("face_front")
    made.canvas.setFocus()
    return made


def no_go(chart):
    return chart.panel.view.no_go


def chip(chart):
    return no_go(chart).chip


def test_points_in_a_zone_are_told_at_once(deoxycholic):
    chart = deoxycholic
    assert not chip(chart).isVisible()
    chart.click(CHEEK)
    assert chip(chart).isVisible()
    assert chip(chart).text() == (
        "1 point of syringe 1 (deoxycholic acid) lies above the lower border of the jaw"
    )
    assert chip(chart).kind is Kind.STOP
    assert "Source: summary of the Kybella label" in chip(chart).toolTip()
    chart.click(FOREHEAD)
    assert chip(chart).text().startswith("2 points of syringe 1 (deoxycholic acid) lie above")
    chart.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    chart.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not chip(chart).isVisible()


def test_another_active_is_free_there_and_another_syringe_changes_it(deoxycholic):
    chart = deoxycholic
    chart.type("2")
    chart.click(CHEEK)
    assert not chip(chart).isVisible()
    # What was drawn up is something else after all.
    one, two = chart.syringes
    chart.panel.set_syringes((one, replace(two, mixture=one.mixture)))
    assert chip(chart).isVisible()
    assert "syringe 2 (deoxycholic acid)" in chip(chart).text()
    chart.panel.set_syringes((one, two))
    assert not chip(chart).isVisible()


def test_several_zones_are_counted_the_gravest_first(deoxycholic):
    chart = deoxycholic
    chart.canvas.show_view("front")
    chart.click(BELLY)
    assert chip(chart).kind is Kind.CAUTION
    assert chip(chart).text().endswith("lies outside the area under the chin")
    chart.canvas.show_view("face_front")
    chart.click(CHEEK)
    assert chip(chart).kind is Kind.STOP
    assert chip(chart).text().endswith("above the lower border of the jaw, and 1 more")
    assert "outside the area under the chin" in chip(chart).toolTip()


def test_a_zone_without_points_is_told_as_an_area(deoxycholic):
    chart = deoxycholic
    chart.model.field_model.set_pattern(Pattern.ZONE)
    chart.type("r")
    chart.click(CHEEK)
    assert len(chart.document.fields) == 1
    assert chip(chart).text().startswith("1 area of syringe 1 (deoxycholic acid) lies above")
    chart.qtbot.mouseClick(chip(chart), LEFT)
    assert chart.model.field_model.selected is not None


def test_the_chip_lies_wholly_on_the_canvas(deoxycholic):
    chart = deoxycholic
    chart.click(CHEEK)
    for width in (1280, 1000, 900):
        chart.panel.resize(width, 640)
        assert chart.canvas.rect().contains(chip(chart).geometry())


def test_the_key_draws_the_zones_and_takes_them_away(deoxycholic):
    chart = deoxycholic
    plain = picture(chart)
    chart.type("x")
    assert no_go(chart).shown
    assert chart.panel.view.toolbar.no_go.isChecked()
    hatched = picture(chart)
    # The cheek is hatched both ways, the ground beside the head not at all.
    assert differing(plain, hatched, chart.at(CHEEK)) > 0.3
    assert differing(plain, hatched, chart.at((0.05, 0.1))) == 0
    chart.type("x")
    assert not no_go(chart).shown
    assert not chart.panel.view.toolbar.no_go.isChecked()
    assert differing(plain, picture(chart), chart.at(CHEEK)) == 0


def picture(chart):
    chart.canvas.leaveEvent(QEvent(QEvent.Type.Leave))
    return chart.canvas.grab().toImage()


def differing(one, other, place, reach=20):
    """Return the share of the pixels around a place that differ."""
    ratio = one.width() / max(1, one.deviceIndependentSize().width())
    count = 0
    for dx in range(-reach, reach):
        for dy in range(-reach, reach):
            at = QPoint(round((place.x() + dx) * ratio), round((place.y() + dy) * ratio))
            count += QColor(one.pixel(at)) != QColor(other.pixel(at))
    return count / (4 * reach * reach)


def test_under_the_chin_nothing_is_hatched_away_from_the_border(deoxycholic):
    chart = deoxycholic
    chart.canvas.show_view("submental")
    plain = picture(chart)
    chart.type("x")
    free = chart.at((0.5, 0.565))
    assert chart.canvas.pick(free.toPointF()) is not None
    assert no_go(chart).zones_at(chart.canvas.pick(free.toPointF())) == ()
    assert differing(plain, picture(chart), free, 5) == 0


def test_hovering_names_the_zone_and_its_source(deoxycholic):
    chart = deoxycholic
    chart.type("x")
    tip = no_go(chart).tip
    chart.qtbot.mouseMove(chart.canvas, chart.at(CHEEK))
    assert tip.isVisible()
    assert tip.title.text() == "Above the lower border of the jaw"
    assert "never above" in tip.text.text()
    assert "Source: summary of the Kybella label: droracle.ai" in tip.text.text()
    chart.qtbot.mouseMove(chart.canvas, chart.at((0.02, 0.02)))
    assert not tip.isVisible()
    chart.type("x")
    chart.qtbot.mouseMove(chart.canvas, chart.at(CHEEK))
    assert not tip.isVisible()


def test_the_crosshair_names_it_too(deoxycholic):
    chart = deoxycholic
    chart.type("x")
    chart.press(Qt.Key.Key_Right)
    chart.press(Qt.Key.Key_Right)
    assert no_go(chart).tip.isVisible()


def test_the_zones_follow_to_other_views_and_the_button_takes_them_away(deoxycholic):
    chart = deoxycholic
    chart.qtbot.mouseClick(chart.panel.view.toolbar.no_go, LEFT)
    for view_id in ("face_left", "front", "back"):
        chart.canvas.show_view(view_id)
        assert not no_go(chart)._marks.is_empty
    chart.qtbot.mouseClick(chart.panel.view.toolbar.no_go, LEFT)
    assert no_go(chart)._marks is None


def test_the_chip_shows_the_zone_and_goes_to_the_points(deoxycholic):
    chart = deoxycholic
    chart.click(CHEEK)
    chart.canvas.show_view("back")
    chart.qtbot.mouseClick(chip(chart), LEFT)
    assert no_go(chart).shown
    at, seen = chart.canvas.stage.on_canvas(chart.ref(0))
    assert seen
    assert chart.canvas.rect().contains(at.toPoint())


def test_without_such_an_active_all_zones_are_shown_but_those_of_nearly_all_skin(make_chart):
    chart = make_chart(given=(syringe(1, "10", "Caffeine", "50"),))
    chart.canvas.show_view("face_front")
    chart.canvas.setFocus()
    chart.type("x")
    assert len(no_go(chart).zones) == 2
    assert chart.canvas.hint.label.text().startswith("None of today's syringes")
    chart.type("x")
    chart.canvas.show_view("abdomen")
    chart.type("x")
    assert chart.canvas.hint.label.text() == "This view shows no zone to keep out of."


def test_a_copy_of_the_work_aside_that_comes_too_late_is_dropped(deoxycholic):
    chart = deoxycholic
    waiting = []
    no_go(chart).compute_aside(lambda _owner, work, done: waiting.append((work, done)))
    chart.type("x")
    chart.canvas.show_view("back")
    late, now = waiting
    late[1](late[0]())
    assert no_go(chart)._marks is None
    now[1](now[0]())
    assert no_go(chart)._marks is not None
    chart.type("xx")
    chart.type("x")
    work, done = waiting[-1]
    done(work())
    assert no_go(chart)._marks is None


def test_a_signed_chart_tells_too(make_chart, deoxycholic):
    deoxycholic.click(CHEEK)
    document = deoxycholic.document
    signed = make_chart(document, read_only=True, given=deoxycholic.syringes)
    assert chip(signed).isVisible()
    assert signed.model.point(signed.ref(0)).volume_ml == Decimal("0.05")


def test_a_thigh_is_free_for_anything_else(make_chart):
    chart = make_chart()
    chart.click(LEFT_THIGH)
    assert not chip(chart).isVisible()
