"""Multi-injector stamps by real mouse and keys: preview, press, turn, needles that find no skin."""

from decimal import Decimal

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from mesodesk.domain.bodymap.codec import field_from_plain, field_to_plain
from mesodesk.domain.bodymap.fields import Pattern

from .conftest import BELLY, BESIDE, LEFT_THIGH, syringe
from .hands import wheel

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def chart(make_chart):
    made = make_chart(
        given=(syringe(1, "30", "Caffeine", "50"), syringe(2, "30", "Silicium", "10"))
    )
    made.canvas.setFocus()
    made.type("s")
    return made


def fields(chart):
    return list(chart.document.fields.values())


def body(chart, field):
    """Return the points of a field on the patient's body, in mm."""
    records = field.points.records
    return chart.model.atlas.positions_mm(records["triangle"], records["u"], records["v"], 168)


def choose(chart, stamp_id):
    chart.model.stamping.choose(stamp_id)


def hover(chart, share):
    """Move the pointer until the needles show: the platform's own pointer may leave meanwhile."""

    def shows():
        # From beside it: a move to where the pointer is tells nobody.
        chart.qtbot.mouseMove(chart.canvas, chart.at(share, 9))
        chart.qtbot.mouseMove(chart.canvas, chart.at(share))
        chart.qtbot.wait(5)
        return chart.canvas.areas.stamps.shown is not None

    chart.qtbot.waitUntil(shows)


def test_a_click_is_one_field_of_one_point_a_needle(chart):
    chart.click(BELLY)
    (field,) = fields(chart)
    assert (field.pattern, field.outline) == (Pattern.STAMP, None)
    assert len(field.points) == 3
    assert field.spacing_mm == Decimal(10)
    assert field.volume_ml == Decimal("0.15")
    at = body(chart, field)
    assert np.linalg.norm(np.diff(at, axis=0), axis=1) == pytest.approx(10, rel=0.06)
    # A row lies across the body until it is turned.
    assert abs(at[2, 0] - at[0, 0]) > 18
    assert [edit.label for edit, _ in chart.edits] == ["stamp"]
    assert chart.model.field_model.selected == field
    assert field.stamp == "row_3"
    assert field_from_plain(field_to_plain(field)) == field
    (row,) = chart.panel.fields.list.rows()
    assert row.subtitle.text().endswith("Row of 3")
    assert chart.panel.settings.summary.text().endswith("Row of 3")
    chart.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert fields(chart) == []


def test_each_click_presses_again(chart):
    for down in range(3):
        chart.click((LEFT_THIGH[0], LEFT_THIGH[1] + 0.05 * down))
    assert len(fields(chart)) == 3
    assert chart.document.point_count == 9


@pytest.mark.parametrize(
    ("stamp_id", "needles"), [("cross_5", 5), ("circle_5", 5), ("hexagon_7", 7), ("grid_9", 9)]
)
def test_the_card_offers_the_footprints_with_this_tool_only(chart, stamp_id, needles):
    card = chart.panel.settings
    assert card.stamp.isVisible()
    for hidden in (card.pattern, card.spacing_mm, card.total_ml):
        assert not hidden.isVisible()
    assert "leaflet" in card.stamp.toolTip()
    card.stamp.edited.emit(stamp_id)
    assert card.stamp.value() == stamp_id
    chart.click(BELLY)
    assert len(fields(chart)[0].points) == needles
    assert card.stamp.isVisible()
    chart.type("p")
    assert not card.stamp.isVisible()


def test_the_needles_show_under_the_pointer_before_the_press(chart):
    hand = chart.canvas.areas.stamps
    hover(chart, BELLY)
    assert len(hand.shown.laid) == 3
    assert "3 points, 0.15 mL" in chart.canvas.hover_label.text
    assert fields(chart) == []
    chart.qtbot.mouseMove(chart.canvas, chart.at(BESIDE))
    assert hand.shown is None
    hover(chart, BELLY)
    chart.type("]")
    assert "0.18 mL" in chart.canvas.hover_label.text
    chart.type("p")
    # Another tool names the skin that rests under the pointer.
    assert chart.canvas.hover_label.text == "Around the navel"
    assert hand.shown is None


def test_a_drag_turns_it_before_the_release(chart):
    start = chart.at(BELLY)
    chart.drag(start, start + QPoint(0, -40))
    (field,) = fields(chart)
    at = body(chart, field)
    # The row follows the hand, and stays where the press was.
    assert at[2, 1] - at[0, 1] > 18
    assert (chart.on_canvas(1) - start).manhattanLength() <= 2
    chart.click((LEFT_THIGH[0], LEFT_THIGH[1]))
    again = body(chart, fields(chart)[1])
    assert abs(again[2, 1] - again[0, 1]) > 18
    choose(chart, "grid_9")
    assert chart.model.stamping.turn_deg == 0


def test_escape_leaves_the_turn_as_it_was(chart):
    start = chart.at(BELLY)
    chart.drag(start, start + QPoint(0, -40), release=False)
    assert chart.model.stamping.turn_deg == pytest.approx(90, abs=4)
    chart.press(Qt.Key.Key_Escape)
    chart.qtbot.mouseRelease(chart.canvas, LEFT, pos=start + QPoint(0, -40))
    assert chart.model.stamping.turn_deg == 0
    assert fields(chart) == []


def test_keys_turn_and_press_it_too(chart):
    chart.type("..")
    assert chart.model.stamping.turn_deg == 330
    chart.type(",,,")
    assert chart.model.stamping.turn_deg == 15
    chart.press(Qt.Key.Key_Return)
    chart.press(Qt.Key.Key_Return)
    assert len(fields(chart)) == 1


def test_needles_without_skin_are_left_out_and_said(chart):
    choose(chart, "grid_9")
    canvas = chart.canvas
    canvas.show_view("hand_dorsum_left")
    view = canvas.view
    # Some finger tip: the highest skin of the picture.
    tip = next(
        (x / view.width_px, (y + 25) / view.height_px)
        for y in range(0, view.height_px, 4)
        for x in range(0, view.width_px, 4)
        if view.pick(x, y) is not None and view.pick(x, y + 25) is not None
    )
    chart.click(tip)
    (field,) = fields(chart)
    assert len(field.points) < 9
    assert canvas.hint.label.text() == (
        f"{9 - len(field.points)} of 9 needles find no skin here and are left out."
    )


def test_beside_the_body_nothing_is_made(chart):
    chart.click(BESIDE)
    assert fields(chart) == []
    assert chart.canvas.hint.label.text() == "There is no skin here: no field was made."


def test_the_dose_of_a_stamp_changes_and_it_is_mirrored(chart):
    chart.click(LEFT_THIGH)
    chart.type("]")
    (field,) = fields(chart)
    assert field.volume_ml == Decimal("0.18")
    chart.type("m")
    assert len(fields(chart)) == 2
    assert {chart.model.region_of(r).side.value for r in chart.document.refs()} == {"left", "right"}
    assert not chart.panel.settings.spacing_mm.isVisible()


def test_a_syringe_that_does_not_hold_enough_offers_the_next(make_chart):
    chart = make_chart(
        given=(syringe(1, "0.1", "Caffeine", "50"), syringe(2, "30", "Silicium", "10"))
    )
    chart.type("s")
    chart.click(BELLY)
    assert fields(chart) == []
    chart.qtbot.mouseClick(chart.panel.view.shortage.use_other, LEFT)
    (field,) = fields(chart)
    assert field.syringe_id == chart.syringes[1].id


def test_a_signed_chart_takes_no_stamp(make_chart):
    chart = make_chart(read_only=True)
    chart.type("s")
    chart.click(BELLY)
    assert fields(chart) == []


def test_the_region_finder_brings_the_crosshair_for_a_stamp(chart):
    chart.canvas.areas.reach("buttock.left")
    assert fields(chart) == []
    assert chart.canvas.crosshair is not None


def said(chart):
    return chart.canvas.hint.label.text() if chart.canvas.hint.isVisible() else ""


def test_a_second_press_on_one_place_is_told(chart):
    # A press on a point selects it: this footprint has none in the middle, seen from near enough.
    choose(chart, "circle_5")
    chart.canvas.show_view("abdomen")
    place = (0.45, 0.45)
    wheel(chart, place, 24)
    chart.click(place)
    assert "another field" not in said(chart)
    # Far enough to be no double click, and a millimetre on the skin.
    chart.click(place, 12)
    assert len(fields(chart)) == 2
    assert "Within another field of today: 5 points." in said(chart)


def test_a_press_beside_the_last_one_is_not_told(chart):
    chart.click(BELLY)
    beside = (BELLY[0], BELLY[1] + 0.02)
    chart.click(beside)
    one, other = (body(chart, field) for field in fields(chart))
    assert np.linalg.norm(one[:, None] - other[None], axis=2).min() > 5.5
    assert "another field" not in said(chart)
