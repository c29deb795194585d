"""Taking back, or making again, what nobody sees leads to where it is."""

from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import QPointF, Qt

from mesodesk.domain.bodymap.fields import Pattern
from mesodesk.domain.bodymap.view import SurfacePoint
from mesodesk.ui.bodymap import map_widget
from tests.ui.bodymap.conftest import BELLY, LEFT_SHIN, LEFT_THIGH, syringe
from tests.ui.bodymap.hands import circle, draw

CONTROL = Qt.KeyboardModifier.ControlModifier


def listen(chart, monkeypatch):
    """Return a list of what is said from now on, and where."""
    heard, say_at = [], chart.canvas.say_at

    def heard_at(place, sentence):
        heard.append(sentence)
        assert chart.canvas.rect().contains(place.toPoint())
        say_at(place, sentence)

    monkeypatch.setattr(chart.canvas, "say_at", heard_at)
    return heard


@pytest.fixture
def told(chart, monkeypatch):
    return listen(chart, monkeypatch)


def undo(chart):
    chart.press(Qt.Key.Key_Z, CONTROL)


def redo(chart):
    chart.press(Qt.Key.Key_Y, CONTROL)


def zoom_on(chart, share):
    """Magnify so far around a place that little beside it is in sight."""
    chart.canvas.zoom_at(12, QPointF(chart.at(share)))


def is_in_sight(chart, share):
    return chart.canvas.rect().contains(chart.at(share))


def test_another_view_is_shown_if_only_that_shows_it(chart, told):
    chart.click(BELLY)
    chart.canvas.show_view("back")
    undo(chart)
    assert chart.points() == []
    assert chart.canvas.view.view_id != "back"
    assert told == ["Taken back: Around the navel"]
    place = chart.edits[0][0].changes[0][2].points[0]
    assert chart.canvas.view.project(*([each] for each in (place.triangle, place.u, place.v)))[1]
    chart.canvas.show_view("back")
    redo(chart)
    assert len(chart.points()) == 1
    assert chart.canvas.stage.on_canvas(chart.ref())[1]
    assert told[1:] == ["Made again: Around the navel"]


def test_a_magnified_map_moves_there(chart, told):
    chart.click(LEFT_SHIN)
    zoom_on(chart, BELLY)
    assert not is_in_sight(chart, LEFT_SHIN)
    undo(chart)
    assert chart.canvas.view.view_id == "front"
    assert is_in_sight(chart, LEFT_SHIN)
    assert told == ["Taken back: Left shin"]


def test_what_is_in_sight_moves_nothing(chart, told):
    chart.click(BELLY)
    chart.click(LEFT_THIGH)
    before = chart.canvas.viewport
    undo(chart)
    redo(chart)
    assert (chart.canvas.view.view_id, chart.canvas.viewport) == ("front", before)
    assert told == []


def test_nothing_left_to_take_back_moves_nothing(chart, told):
    chart.canvas.show_view("back")
    undo(chart)
    redo(chart)
    assert chart.canvas.view.view_id == "back"
    assert told == []


def test_a_change_of_all_of_a_field_counts_as_seen_where_any_of_it_is(chart, told):
    chart.click(BELLY)
    chart.click_point()
    chart.press(Qt.Key.Key_BracketRight)
    zoom_on(chart, BELLY)
    undo(chart)
    assert told == []
    zoom_on(chart, LEFT_SHIN)
    redo(chart)
    assert is_in_sight(chart, BELLY)


def test_it_leads_to_a_zone_without_points_too(make_chart):
    chart = make_chart(given=(syringe(1, "50", "Caffeine", "50"),))
    chart.model.field_model.set_pattern(Pattern.ZONE)
    chart.type("l")
    draw(chart, circle(BELLY, 0.04))
    assert len(chart.document.fields) == 1
    chart.canvas.show_view("back")
    undo(chart)
    assert not chart.document.fields
    assert chart.canvas.view.view_id != "back"
    chart.canvas.show_view("back")
    redo(chart)
    assert chart.canvas.view.view_id != "back"


@pytest.mark.parametrize("looked_at", [5, 300])
def test_of_a_field_with_many_points_some_are_looked_at(make_chart, monkeypatch, looked_at):
    monkeypatch.setattr(map_widget, "_LOOKED_AT", looked_at)
    chart = make_chart(given=(syringe(1, "50", "Caffeine", "50"),))
    told = listen(chart, monkeypatch)
    chart.type("r")
    chart.click(LEFT_THIGH)
    assert len(chart.points()) > 30
    undo(chart)
    redo(chart)
    assert told == []
    chart.canvas.show_view("back")
    undo(chart)
    assert chart.canvas.view.view_id != "back"
    assert told == ["Taken back: Left front thigh, upper"]


@pytest.mark.parametrize("spacing", ["2", "4"])
def test_a_few_of_very_many_points_in_sight_are_enough(make_chart, monkeypatch, spacing):
    monkeypatch.setattr(map_widget, "_LOOKED_AT", 20)
    chart = make_chart(given=(syringe(1, "50", "Caffeine", "50"),))
    told, model = listen(chart, monkeypatch), chart.model
    model.field_model.set_settings(
        replace(model.field_model.settings, spacing_mm=Decimal(spacing), pattern=Pattern.SQUARE)
    )
    model.set_settings(replace(model.settings, dose_ml=Decimal("0.001")))
    chart.type("r")
    chart.click(LEFT_THIGH)
    model.field_model.answer()
    assert len(chart.points()) > 1000
    model.field_model.set_dose(Decimal("0.002"))
    zoom_on(chart, LEFT_THIGH)
    before = chart.canvas.viewport
    undo(chart)
    assert (chart.canvas.viewport, told) == (before, [])


def test_a_zone_that_fills_the_picture_is_in_sight(make_chart, monkeypatch):
    chart = make_chart(given=(syringe(1, "50", "Caffeine", "50"),))
    told = listen(chart, monkeypatch)
    chart.model.field_model.set_pattern(Pattern.ZONE)
    chart.type("r")
    chart.click(LEFT_THIGH)
    chart.model.field_model.set_total(Decimal(3))
    zoom_on(chart, LEFT_THIGH)
    before = chart.canvas.viewport
    undo(chart)
    assert (chart.canvas.viewport, told) == (before, [])


def test_of_a_point_that_was_moved_it_leads_to_where_it_is_now(chart, told):
    chart.click(BELLY)
    chart.canvas.show_view("back")
    place = chart.canvas.pick(QPointF(chart.at((0.5, 0.25))))
    chart.model.move(chart.ref(), place)
    undo(chart)
    chart.canvas.show_view("face_front")
    redo(chart)
    assert chart.canvas.stage.on_canvas(chart.ref())[1]
    assert told[-1] == "Made again: Left upper back"


def test_where_no_view_shows_it_the_map_stays(chart, told, atlas):
    hidden = next(
        place
        for place in (SurfacePoint(at, 0.3, 0.3) for at in range(0, 114_000, 7))
        if not any(view.project([place.triangle], [0.3], [0.3])[1] for view in atlas.views)
    )
    chart.model.place(hidden)
    before = chart.canvas.view.view_id
    undo(chart)
    assert (chart.canvas.view.view_id, told) == (before, [])
