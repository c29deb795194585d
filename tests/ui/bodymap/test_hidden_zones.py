"""Zones without points: counted where another view shows them, and reached from there."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton

from mesodesk.domain.bodymap.fields import Pattern
from mesodesk.domain.bodymap.outline_places import middle_of
from mesodesk.domain.bodymap.outlines import area_of, region_outline
from tests.ui.bodymap.conftest import BELLY, syringe
from tests.ui.bodymap.hands import circle, draw

UPPER_BACK = (0.5, 0.23)


@pytest.fixture
def chart(make_chart):
    """A zone on the back, which the front does not show."""
    made = make_chart(given=(syringe(1, "50", "Caffeine", "50"),))
    made.press(Qt.Key.Key_PageDown)
    assert made.canvas.view.view_id == "back"
    made.model.field_model.set_pattern(Pattern.ZONE)
    made.type("l")
    draw(made, circle(UPPER_BACK, 0.06))
    (zone,) = made.document.fields.values()
    assert not len(zone.points)
    made.press(Qt.Key.Key_PageUp)
    assert made.canvas.view.view_id == "front"
    return made


def chip(chart):
    return chart.panel.view.hidden_chip


def zone_of(chart):
    return next(field for field in chart.document.fields.values() if not len(field.points))


def in_sight(chart, zone):
    bounds = chart.canvas.stage._lines.bounds(zone.id)
    if bounds.isEmpty():
        return False
    middle = chart.canvas.viewport.to_canvas(bounds.center().x(), bounds.center().y())
    return chart.canvas.rect().contains(middle.toPoint())


def test_a_zone_of_another_view_is_counted_with_the_points(chart):
    assert chip(chart).isVisible()
    assert chip(chart).text() == "1 zone on other views"
    chart.model.field_model.select(None)
    chart.model.field_model.set_pattern(Pattern.SQUARE)
    chart.type("p")
    chart.click(BELLY)
    assert chip(chart).text() == "1 zone on other views"
    chart.press(Qt.Key.Key_PageDown)
    assert chip(chart).text() == "1 point on other views"


def test_the_chip_leads_to_the_zone(chart):
    chart.qtbot.mouseClick(chip(chart), Qt.MouseButton.LeftButton)
    assert in_sight(chart, zone_of(chart))
    assert not chip(chart).isVisible()


def test_the_row_of_a_zone_leads_to_it(chart):
    (row,) = (
        each
        for each in chart.panel.fields.findChildren(QAbstractButton)
        if each.objectName().startswith("field_1")
    )
    chart.qtbot.mouseClick(row, Qt.MouseButton.LeftButton)
    assert in_sight(chart, zone_of(chart))
    assert chart.model.field_model.selected == zone_of(chart)


def test_the_middle_of_an_outline_lies_in_it(chart, atlas):
    outline = zone_of(chart).outline
    assert area_of(atlas, outline).contains(middle_of(atlas, outline))
    flank = region_outline(["flank.left"])
    assert atlas.region_of(middle_of(atlas, flank)).key == "flank.left"


def test_a_field_that_hardly_shows_is_shown_where_it_can_be_seen(make_chart):
    chart = make_chart(given=(syringe(1, "50", "Caffeine", "50"),))
    chart.model.field_model.fill_region("knee_inner.right")
    (field,) = chart.document.fields.values()
    refs = list(chart.document.refs())
    seen = chart.canvas.stage.placed.seen_among
    before = len(seen(refs))
    assert 0 < before < 2 / 3 * len(refs)
    chart.panel.view.show_field(field.id)
    assert chart.canvas.view.view_id != "front"
    assert len(chart.canvas.stage.placed.seen_among(refs)) > before
    # What the front shows well enough stays in it.
    chart.panel.view.canvas.show_view("front")
    chart.model.field_model.fill_region("thigh_front_upper.right")
    other = list(chart.document.fields.values())[-1]
    chart.panel.view.show_field(other.id)
    assert chart.canvas.view.view_id == "front"
