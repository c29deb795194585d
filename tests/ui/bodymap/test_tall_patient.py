"""The skin of a patient who is taller than the figure: more of it, and so more points."""

import re
from decimal import Decimal

import numpy as np
import pytest
from PySide6.QtCore import Qt

from mesodesk.domain.bodymap.fields import Pattern
from mesodesk.domain.bodymap.filling import estimated_points, lay_points
from mesodesk.domain.bodymap.outlines import area_of

from .conftest import BELLY, LEFT_THIGH, syringe

HEIGHT_CM = Decimal(200)


@pytest.fixture
def chart(make_chart):
    made = make_chart(height_cm=HEIGHT_CM, given=(syringe(1, "30", "Caffeine", "50"),))
    made.canvas.setFocus()
    return made


def fill_thigh(chart):
    chart.type("r")
    chart.click(LEFT_THIGH)
    (field,) = chart.document.fields.values()
    return field


def taller(chart):
    return float(HEIGHT_CM) * 10 / chart.model.atlas.height_mm


def skin_cm2(chart, outline):
    """Return the skin of whole regions on this patient, from the corners of their triangles."""
    atlas = chart.model.atlas
    a, b, c = atlas.surface.corners(atlas.triangles_of(outline.regions)).transpose(1, 0, 2)
    figure_mm2 = np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2
    return figure_mm2 * taller(chart) ** 2 / 100


def test_points_are_a_spacing_apart_on_this_patient(chart):
    field = fill_thigh(chart)
    area = area_of(chart.model.atlas, field.outline)
    assert taller(chart) > 1.1
    laid = lay_points(area, Pattern.STAGGERED, float(field.spacing_mm), taller(chart))
    assert field.points.records["triangle"].tolist() == laid.triangle.tolist()
    assert len(laid) > 1.1 * len(lay_points(area, Pattern.STAGGERED, float(field.spacing_mm)))


def test_the_skin_and_what_a_square_centimetre_got_are_those_of_this_patient(chart):
    field = fill_thigh(chart)
    skin = skin_cm2(chart, field.outline)
    (row,) = chart.panel.fields.list.rows()
    told = int(re.search(r"(\d+)\scm²", row.subtitle.text())[1])
    assert told == pytest.approx(skin, rel=0.01)
    density = float(re.search(r"([\d.]+)/cm²", row.amounts.text())[1])
    # Half of the syringe is caffeine of 50 mg/mL.
    assert density == pytest.approx(25 * float(field.volume_ml) / skin, rel=0.03)
    assert f"{told} cm²" in chart.panel.settings.summary.text()


def test_a_zone_has_the_punctures_of_this_patient(chart):
    chart.model.field_model.set_pattern(Pattern.ZONE)
    field = fill_thigh(chart)
    area = area_of(chart.model.atlas, field.outline)
    spacing = float(field.spacing_mm)
    assert field.punctures == estimated_points(area, Pattern.ZONE, spacing, taller(chart))
    assert field.punctures > 1.1 * estimated_points(area, Pattern.ZONE, spacing)


def test_what_is_drawn_is_told_beforehand_as_it_comes(chart):
    chart.type("l")
    turns = np.linspace(0, 2 * np.pi, 24)
    x, y = BELLY
    loop = [chart.at((x + 0.06 * np.cos(turn), y + 0.06 * np.sin(turn))) for turn in turns]
    left = Qt.MouseButton.LeftButton
    chart.qtbot.mousePress(chart.canvas, left, pos=loop[0])
    for place in loop[1:]:
        chart.qtbot.mouseMove(chart.canvas, place)
    told = re.search(r"about (\d+) points.* (\d+) cm²", chart.canvas.hover_label.text)
    chart.qtbot.mouseRelease(chart.canvas, left, pos=loop[-1])
    (field,) = chart.document.fields.values()
    (row,) = chart.panel.fields.list.rows()
    come = int(re.search(r"(\d+)\scm²", row.subtitle.text())[1])
    assert int(told[1]) == pytest.approx(len(field.points), rel=0.2)
    assert int(told[2]) == pytest.approx(come, rel=0.1)
