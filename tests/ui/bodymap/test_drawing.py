"""Drawing while the picture moves, keys in mid-drag, fields over one another, other charts."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt

from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.chart import ChartDocument
from mesodesk.domain.bodymap.fields import Pattern
from mesodesk.ui.widgets.badges import SyringeBadge

from .conftest import BELLY, LEFT_SHIN, LEFT_THIGH, syringe
from .hands import ALT, LEFT, area_cm2, circle, click, draw, fields, hover, wheel


@pytest.fixture
def chart(make_chart):
    made = make_chart(
        given=(syringe(1, "30", "Caffeine", "50"), syringe(2, "30", "Silicium", "10"))
    )
    made.canvas.setFocus()
    return made


# The picture moves in mid-drag


@pytest.mark.parametrize("key", ["l", "b", "n"])
def test_what_is_drawn_stays_on_its_skin_while_the_wheel_zooms(chart, key):
    shares = [(0.5 + 0.01 * step, 0.4 + 0.002 * step) for step in range(-6, 7)]
    shares = circle(BELLY, 0.06) if key == "l" else shares
    chart.type(key)
    draw(chart, shares)
    chart.type(key)
    half = len(shares) // 2
    draw(chart, shares[: half + 1], release=False)
    wheel(chart, shares[half], 3)
    for share in shares[half:]:
        chart.qtbot.mouseMove(chart.canvas, chart.at(share))
    chart.qtbot.mouseRelease(chart.canvas, LEFT, pos=chart.at(shares[-1]))
    still, zoomed = fields(chart)
    assert len(zoomed.points) == pytest.approx(len(still.points), abs=1)
    if key != "n":
        assert area_cm2(chart, zoomed) == pytest.approx(area_cm2(chart, still), rel=0.05)


def test_a_stamp_turns_about_its_place_while_the_wheel_zooms(chart):
    chart.type("s")
    start = chart.at(BELLY)
    skin = chart.canvas.pick(QPointF(start))
    chart.drag(start, start + QPoint(60, -60), release=False)
    wheel(chart, (BELLY[0] + 0.1, BELLY[1] - 0.05), 3)
    middle = chart.at(BELLY)
    chart.qtbot.mouseRelease(chart.canvas, LEFT, pos=middle + QPoint(0, -90))
    assert chart.model.stamping.turn_deg == pytest.approx(90, abs=4)
    assert len(fields(chart)) == 1
    assert (chart.on_canvas(1) - middle).manhattanLength() <= 3
    assert chart.model.atlas.region_of(skin) == chart.model.region_of(chart.ref(1))


# Keys in mid-drag


def test_only_escape_acts_while_a_hand_drags(chart):
    chart.type("r")
    click(chart, LEFT_THIGH)
    (field,) = fields(chart)
    chart.type("p")
    click(chart, BELLY)
    click(chart, BELLY)
    assert len(fields(chart)) == 2
    chart.panel.view.show_field(field.id)
    before, view, hand = fields(chart), chart.canvas.view.view_id, chart.model.settings
    spacing = chart.model.field_model.settings.spacing_mm
    asked = []
    for signal in (chart.canvas.copy_asked, chart.canvas.favourites_asked):
        signal.connect(lambda: asked.append(1))
    chart.type("l")
    tool = chart.canvas.tool
    draw(chart, circle(BELLY, 0.06), release=False)
    for key in (
        *(Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_PageDown, Qt.Key.Key_Return),
        *(Qt.Key.Key_Right, Qt.Key.Key_Tab, Qt.Key.Key_Space),
    ):
        chart.press(key)
    chart.type("m2r[]wcf,.hgxj+")
    assert chart.canvas.busy
    assert fields(chart) == before
    assert (chart.canvas.view.view_id, chart.canvas.tool) == (view, tool)
    assert (chart.model.settings, asked) == (hand, [])
    assert chart.model.field_model.settings.spacing_mm == spacing
    assert chart.model.active == chart.syringes[0]
    assert not chart.canvas.space_held
    chart.press(Qt.Key.Key_Escape)
    assert not chart.canvas.busy
    chart.qtbot.mouseRelease(chart.canvas, LEFT, pos=chart.at(BELLY))
    assert fields(chart) == before


def test_keys_typed_beside_the_body_wait_as_well(chart):
    chart.type("l")
    draw(chart, circle(BELLY, 0.06), release=False)
    chart.type("2", widget=chart.panel.syringes.cards()[0])
    assert chart.model.active == chart.syringes[0]
    assert chart.canvas.busy


# The handle of the spacing


def test_the_handle_goes_with_the_corner_that_it_belongs_to(chart):
    chart.type("r")
    click(chart, LEFT_SHIN)
    areas, canvas = chart.canvas.areas, chart.canvas
    assert canvas.rect().contains(areas._handle().toPoint())
    canvas.set_viewport(canvas.viewport.zoomed(6.0, QPointF(chart.at(BELLY))))
    assert areas._handle() is None
    corner = QPoint(canvas.width() - 16, canvas.height() - 16)
    chart.drag(corner, corner - QPoint(60, 0))
    (field,) = fields(chart)
    assert field.spacing_mm == 15


# Fields over one another


def test_a_second_click_at_a_place_takes_the_field_beneath(chart):
    chart.type("l" + 20 * ".")
    for radius in (0.08, 0.07, 0.06):
        draw(chart, circle(BELLY, radius))
    low, middle, top = fields(chart)
    chart.type("v")
    chart.press(Qt.Key.Key_Escape)
    wheel(chart, BELLY, 8)
    place = next(
        one
        for one in (chart.at(BELLY, dx, dy) for dx in range(24) for dy in range(24))
        if chart.canvas.stage.hit(QPointF(one), 5) is None
    )
    taken = []
    for _ in range(4):
        chart.qtbot.mouseClick(chart.canvas, LEFT, pos=place)
        taken.append(chart.model.field_model.selected)
    assert taken == [top, middle, low, top]


# Another chart


def test_a_chart_that_comes_in_mid_drag_can_be_charted(chart):
    click(chart, LEFT_THIGH)
    chart.drag(chart.on_canvas(), chart.at(LEFT_SHIN), release=False)
    assert chart.canvas.busy
    chart.panel.load(ChartDocument(), load_atlas("male"), chart.syringes, None)
    assert chart.canvas.has_stage
    assert not chart.canvas.busy
    click(chart, BELLY)
    assert len(fields(chart)) == 1


@pytest.mark.parametrize("key", ["l", "n", "s"])
def test_no_gesture_of_the_chart_before_is_left(chart, key, monkeypatch):
    chart.type("r")
    click(chart, LEFT_THIGH)
    chart.type(key)
    chart.drag(chart.at(BELLY), chart.at(LEFT_THIGH), release=False)
    told = []
    monkeypatch.setattr(type(chart.canvas.gesture), "tell", lambda _gesture: told.append(1))
    chart.panel.load(ChartDocument(), load_atlas("male"), chart.syringes, None)
    # What it would make is not asked of a body that it was not drawn on.
    assert told == []
    assert not chart.canvas.busy
    assert chart.canvas.areas.preview.laid is None
    chart.qtbot.mouseRelease(chart.canvas, LEFT, pos=chart.at(LEFT_THIGH))
    assert fields(chart) == []


def test_a_region_is_not_painted_where_the_pointer_is_not(chart):
    chart.type("r")
    plain = chart.canvas.grab().toImage()
    hover(chart, LEFT_THIGH)
    assert chart.canvas.grab().toImage() != plain
    chart.panel.load(ChartDocument(), chart.model.atlas, chart.syringes, None)
    chart.type("r")
    chart.panel.load(ChartDocument(), chart.model.atlas, chart.syringes, chart.model.height_cm)
    again = chart.canvas.grab().toImage()
    chart.canvas.areas.leave()
    assert chart.canvas.grab().toImage() == again
    hover(chart, LEFT_THIGH)
    chart.press(Qt.Key.Key_PageDown)
    turned = chart.canvas.grab().toImage()
    chart.canvas.areas.leave()
    assert chart.canvas.grab().toImage() == turned


# Names


def test_a_drawn_zone_is_named_by_its_skin(chart):
    chart.model.field_model.set_pattern(Pattern.ZONE)
    chart.type("l")
    draw(chart, circle(LEFT_THIGH, 0.03))
    (row,) = chart.panel.fields.list.rows()
    assert row.title.text().startswith("Left front thigh")
    assert chart.panel.settings.summary.text().startswith("Left front thigh")


def test_badges_follow_the_digits_of_their_syringes(chart):
    click(chart, BELLY)
    one, other = chart.syringes
    chart.panel.set_syringes((replace(other, digit=1), replace(one, digit=2)))
    badges = [
        row.findChild(SyringeBadge).accessibleName() for row in chart.panel.fields.list.rows()
    ]
    assert badges == ["Syringe 2"]


def test_the_selected_point_is_read_out_with_the_digit_of_its_syringe(chart):
    click(chart, BELLY)
    chart.press(Qt.Key.Key_Tab)
    assert "syringe 1" in chart.canvas.accessibleDescription()
    one, other = chart.syringes
    chart.panel.set_syringes((replace(other, digit=1), replace(one, digit=2)))
    assert "syringe 2" in chart.canvas.accessibleDescription()


def test_what_a_lasso_goes_around_twice_is_tinted_and_held(chart):
    plain = chart.canvas.grab().toImage()
    chart.type("l")
    twice = [*circle(BELLY, 0.07), *circle(BELLY, 0.08)]
    draw(chart, twice, release=False)
    middle = chart.at(BELLY)
    assert chart.canvas.grab().toImage().pixelColor(middle) != plain.pixelColor(middle)
    chart.qtbot.mouseRelease(chart.canvas, LEFT, pos=chart.at(twice[-1]))
    (field,) = fields(chart)
    view = chart.canvas.view
    place = view.pick(BELLY[0] * view.width_px, BELLY[1] * view.height_px)
    assert chart.model.field_model.laying.area_of(field).contains(place)
    assert len(field.outline.rings) == 1


def test_a_hole_has_no_tint(chart):
    plain = chart.canvas.grab().toImage()
    chart.type("l" + 30 * ".")
    draw(chart, circle(BELLY, 0.09))
    middle = next(
        one
        for one in (chart.at(BELLY, dx, dy) for dx in range(9) for dy in range(9))
        if chart.canvas.stage.hit(QPointF(one), 3) is None
    )
    chart.press(Qt.Key.Key_Escape)
    tinted = chart.canvas.grab().toImage()
    assert tinted.pixelColor(middle) != plain.pixelColor(middle)
    chart.panel.view.show_field(fields(chart)[0].id)
    chart.canvas.fit()
    draw(chart, circle(BELLY, 0.04), ALT)
    assert len(fields(chart)[0].outline.rings) == 2
    chart.press(Qt.Key.Key_Escape)
    chart.canvas.areas.leave()
    chart.canvas.settle()
    assert chart.canvas.grab().toImage().pixelColor(middle) == plain.pixelColor(middle)
