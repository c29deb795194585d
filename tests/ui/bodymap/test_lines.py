"""Lines of points by real mouse and keys, and the button that they share with box and circle."""

from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from mesodesk.domain.bodymap.fields import OutlineKind, Pattern
from mesodesk.domain.bodymap.line import STEP_MM
from mesodesk.domain.bodymap.outlines import arrays
from mesodesk.domain.bodymap.packing import PointFlag

from .conftest import BELLY, BESIDE, LEFT_THIGH, syringe

LEFT = Qt.MouseButton.LeftButton
DOWN = (LEFT_THIGH[0], LEFT_THIGH[1] + 0.1)


@pytest.fixture
def chart(make_chart):
    made = make_chart(
        given=(syringe(1, "30", "Caffeine", "50"), syringe(2, "30", "Silicium", "10"))
    )
    made.canvas.setFocus()
    return made


def draw(chart, *shares, release=True):
    places = [chart.at(share) for share in shares]
    chart.qtbot.mousePress(chart.canvas, LEFT, pos=places[0])
    for start, end in pairwise(places):
        for step in range(1, 11):
            chart.qtbot.mouseMove(chart.canvas, start + (end - start) * step / 10)
    if release:
        chart.qtbot.mouseRelease(chart.canvas, LEFT, pos=places[-1])


def fields(chart):
    return list(chart.document.fields.values())


def along_mm(chart, field):
    """Return the distances between neighbouring points on the patient's body."""
    records = field.points.records
    places = chart.model.atlas.positions_mm(records["triangle"], records["u"], records["v"], 168)
    return np.linalg.norm(np.diff(places, axis=0), axis=1)


def test_a_drag_lays_points_along_the_skin(chart):
    chart.type("n")
    draw(chart, LEFT_THIGH, DOWN)
    (field,) = fields(chart)
    assert (field.outline.kind, field.pattern) == (OutlineKind.LINE, Pattern.LINES)
    assert field.spacing_mm == Decimal(15)
    assert len(field.points) >= 8
    assert along_mm(chart, field) == pytest.approx(15, rel=0.05)
    starts = field.points.records["flags"] & int(PointFlag.ROW_START)
    assert np.flatnonzero(starts).tolist() == [0]
    first = chart.on_canvas(0) - chart.at(LEFT_THIGH)
    assert first.manhattanLength() <= 2
    (ring,) = field.outline.rings
    places = chart.model.atlas.surface.places(*arrays(ring))
    assert np.linalg.norm(np.diff(places, axis=0), axis=1).max() <= STEP_MM
    assert [edit.label for edit, _ in chart.edits] == ["line"]
    assert chart.model.field_model.selected == field


def test_a_line_tells_its_length_and_no_area(chart):
    chart.type("n")
    draw(chart, LEFT_THIGH, DOWN)
    (field,) = fields(chart)
    length = 15 * (len(field.points) - 1)
    told = next(
        part for part in chart.panel.settings.summary.text().split(" · ") if part.endswith("mm")
    )
    assert length <= int(told.split("\u00a0")[0]) < length + 15
    assert "cm²" not in chart.panel.settings.summary.text()
    row = chart.panel.fields.list.findChildren(type(chart.panel.fields._rows[0]))[0]
    assert told in row.subtitle.text()


def test_lines_over_a_field_are_not_told_as_overlap(chart):
    chart.type("r")
    chart.qtbot.mouseClick(chart.canvas, LEFT, pos=chart.at(LEFT_THIGH))
    chart.type("n")
    start = (LEFT_THIGH[0] + 0.02, LEFT_THIGH[1] + 0.003)
    draw(chart, start, (start[0], start[1] + 0.05))
    assert len(fields(chart)) == 2
    assert "shares" not in chart.canvas.hint.label.text()


def test_spacing_and_dose_of_a_line_change_like_those_of_a_field(chart):
    chart.type("n")
    draw(chart, LEFT_THIGH, DOWN)
    before = fields(chart)[0]
    chart.type(",,,,,")
    closer = fields(chart)[0]
    assert closer.spacing_mm == Decimal(10)
    assert along_mm(chart, closer) == pytest.approx(10, rel=0.05)
    chart.type(".....")
    assert fields(chart)[0] == before
    chart.type("]")
    assert fields(chart)[0].volume_ml == Decimal("0.06") * len(before.points)
    assert chart.panel.settings.spacing_mm.isVisible()
    assert not chart.panel.settings.pattern.isVisible()


def test_a_line_is_mirrored(chart):
    chart.type("n")
    draw(chart, LEFT_THIGH, DOWN)
    chart.type("m")
    original, image = fields(chart)
    assert image.outline.kind is OutlineKind.LINE
    assert {chart.model.region_of(r).side.value for r in chart.document.refs()} == {"left", "right"}
    chart.type(",")
    original, image = fields(chart)
    assert image.spacing_mm == original.spacing_mm == Decimal(14)
    assert len(image.points) == len(original.points)


def test_points_and_length_are_shown_while_it_is_drawn_and_escape_leaves_it(chart):
    chart.type("n")
    draw(chart, LEFT_THIGH, DOWN, release=False)
    preview = chart.canvas.areas.preview
    assert len(preview.laid) >= 8
    told = chart.canvas.hover_label.text
    assert f"{len(preview.laid)} points" in told
    assert "mm:" in told
    chart.press(Qt.Key.Key_Escape)
    assert preview.laid is None
    chart.qtbot.mouseRelease(chart.canvas, LEFT, pos=chart.at(DOWN))
    assert fields(chart) == []
    assert chart.canvas.hover_label.text == ""


def test_a_line_off_the_body_or_too_short_is_said(chart):
    chart.type("n")
    draw(chart, BESIDE, (BESIDE[0] + 0.03, BESIDE[1]))
    assert chart.canvas.hint.label.text() == "There is no skin there: no line was made."
    canvas = chart.canvas
    canvas.set_viewport(canvas.viewport.zoomed(8.0, chart.at(BELLY).toPointF()))
    start = chart.at(BELLY)
    assert canvas.mm_per_px() * 5 < 3
    canvas.press(start.toPointF())
    canvas.drag((start + QPoint(5, 0)).toPointF())
    canvas.release((start + QPoint(5, 0)).toPointF())
    assert fields(chart) == []
    assert chart.canvas.hint.label.text() == "Too short a line: nothing was made."
    chart.qtbot.mouseClick(chart.canvas, LEFT, pos=start)
    assert chart.canvas.hint.label.text() == "Hold down and draw along the skin."


def test_a_line_that_leaves_the_body_ends_there_and_says_so(chart):
    chart.type("n")
    draw(chart, (LEFT_THIGH[0], 0.62), (0.95, 0.62))
    (field,) = fields(chart)
    assert "ends where" in chart.canvas.hint.label.text()
    assert len(field.points) >= 2


def test_the_select_tool_takes_a_line_between_its_points(chart):
    chart.type("n")
    draw(chart, LEFT_THIGH, DOWN)
    (field,) = fields(chart)
    chart.press(Qt.Key.Key_Escape)
    assert chart.model.field_model.selected is None
    chart.type("v")
    middle = (chart.on_canvas(2) + chart.on_canvas(3)) / 2
    chart.canvas.set_viewport(chart.canvas.viewport.zoomed(3.0, middle.toPointF()))
    middle = (chart.on_canvas(2) + chart.on_canvas(3)) / 2
    chart.qtbot.mouseClick(chart.canvas, LEFT, pos=middle)
    assert chart.model.field_model.selected == field


def test_a_total_is_shared_over_a_line(chart):
    chart.type("n")
    total = chart.panel.settings.total_ml
    assert total.isVisible()
    total.input.setFocus()
    chart.type("1", widget=total.input)
    chart.press(Qt.Key.Key_Return, widget=total.input)
    chart.canvas.setFocus()
    draw(chart, LEFT_THIGH, DOWN)
    assert fields(chart)[0].volume_ml == Decimal(1)


def test_a_signed_chart_takes_no_line(make_chart):
    chart = make_chart(read_only=True)
    chart.type("n")
    draw(chart, LEFT_THIGH, DOWN)
    assert fields(chart) == []


def test_one_button_holds_the_shapes(chart):
    toolbar, canvas = chart.panel.view.toolbar, chart.canvas
    chart.qtbot.mouseClick(toolbar.shapes, LEFT)
    assert canvas.tool.value == "lasso"
    assert toolbar.shapes.choice.isVisible()
    chart.qtbot.mouseClick(toolbar.tool("line"), LEFT)
    assert canvas.tool.value == "line"
    assert not toolbar.shapes.choice.isVisible()
    assert toolbar.shapes.isChecked()
    assert toolbar.shapes.text() == "Line"
    chart.type("p")
    assert not toolbar.shapes.isChecked()
    chart.qtbot.mouseClick(toolbar.shapes, LEFT)
    assert canvas.tool.value == "line"
    # What is drawn next need not wait for the panel to go.
    draw(chart, LEFT_THIGH, DOWN)
    assert not toolbar.shapes.choice.isVisible()
    assert len(fields(chart)) == 1
    chart.type("o")
    assert toolbar.shapes.text() == "Circle"
    chart.model.set_read_only(read_only=True)
    assert not toolbar.shapes.isEnabled()
