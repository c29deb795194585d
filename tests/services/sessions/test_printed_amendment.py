"""An amended session in print: its original struck on the chart, with who, when and why."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from pdf_text import read_pdf

from mesodesk.documents.amended_pages import amendment_of
from mesodesk.documents.amended_svg import ShownAmendment
from mesodesk.documents.chart_pictures import chart_pictures
from mesodesk.documents.record_pdf import record_pdf
from mesodesk.domain.bodymap.amended import amended
from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.fields import ChartField, Outline, OutlineKind, Pattern
from mesodesk.domain.bodymap.outlines import region_outline
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints
from mesodesk.domain.bodymap.view import SurfacePoint
from mesodesk.domain.ids import new_id

from .test_printed import alone

PASSWORD = "plain tea in the morning"
ATLAS = load_atlas("female")


def uses(pictures, sign):
    return sum(len(re.findall(f'"#a-{sign}"', each.svg.decode())) for each in pictures)


@pytest.fixture
def two(desk, kit):
    """Return a signed session of five points, and its amendment: three as they were, one new."""
    signed = kit.signed()
    draft = desk.amending.begin(signed.id, "Two were never injected")
    chart = desk.charts.load(draft.id)
    (field,) = chart.fields
    kept = PackedPoints.from_records(field.points.records[:3])
    edit = kit.changing(field, replace(field, points=kept))
    cursor = desk.charts.append(draft.id, chart.cursor, edit)
    (belly,) = {each.key for each in ATLAS.regions if each.key == "abdomen_upper.midline"}
    place = int(ATLAS.triangles_of([belly])[0])
    new = kit.field(field.syringe_id, 200, triangle=place)
    desk.charts.append(draft.id, cursor, kit.placing(new), {new.id: (belly,)})
    draft = desk.sessions.get(draft.id)
    return signed, desk.sessions.sign(draft.id, draft.version, PASSWORD)


def test_the_amendment_tells_what_was_struck_and_added(desk, two):
    _, current = two
    record = alone(desk, current.id)
    read = read_pdf(record_pdf(record))
    assert "Amended by Olga Owner" in read
    assert ": Two were never injected" in read
    assert "Struck: " in read
    assert "2 points" in read
    assert "Added: " in read
    assert "Changed or moved" not in read
    (session,) = record.sessions
    found = amendment_of(session, ATLAS)
    assert (found.points.removed, found.points.added, found.points.alike) == (2, 1, 3)


def test_the_original_is_told_apart_from_what_replaced_it(desk, two):
    signed, _ = two
    record = alone(desk, signed.id)
    read = read_pdf(record_pdf(record))
    assert "Struck, changed or moved: " in read
    assert "Added: " not in read
    (session,) = record.sessions
    assert session.other.later
    assert session.other.reason == "Two were never injected"


def test_an_amendment_that_left_the_chart_says_nothing_of_it(desk, kit):
    signed = kit.signed()
    draft = desk.amending.begin(signed.id, "The note was wrong")
    current = desk.sessions.sign(draft.id, draft.version, PASSWORD)
    record = alone(desk, current.id)
    assert "Amended by" not in read_pdf(record_pdf(record))
    assert amendment_of(record.sessions[0], ATLAS) is None


def test_a_draft_says_that_it_is_not_signed(desk, kit):
    signed = kit.signed()
    draft = desk.amending.begin(signed.id, "None of it")
    chart = desk.charts.load(draft.id)
    desk.charts.append(draft.id, chart.cursor, kit.changing(chart.fields[0], None))
    read = read_pdf(record_pdf(alone(desk, draft.id)))
    assert "not signed yet: None of it" in read
    # Nothing of the chart is left; what was struck is shown all the same.
    assert "5 points" in read


def field_on(triangles, **others):
    points = PackedPoints(ChartPoint(at, 0.3, 0.3, 50, 4000) for at in triangles)
    made = ChartField(new_id(), new_id(), "papule", Decimal(4), "30g_4", points=points)
    return replace(made, **others)


def pictures(was, now, *, of_original=False):
    found = amended(was, now, {}, ATLAS, 168.0)
    drawn = was if of_original else now
    return chart_pictures(drawn, {}, ATLAS, ShownAmendment(found, of_original=of_original))


def test_each_point_has_its_sign_in_the_views_that_show_it():
    belly = ATLAS.triangles_of(["abdomen_upper.midline"])[:6].tolist()
    back = ATLAS.triangles_of(["mid_back.left"])[:3].tolist()
    was, now = [field_on(belly), field_on(back)], [field_on(belly[:4])]
    made = pictures(was, now)
    # The back has no point any more: it is drawn for what was struck there.
    assert len(made) >= 2
    assert uses(made, "struck") >= 5
    assert uses(made, "added") == uses(made, "changed") == 0
    original = pictures(was, now, of_original=True)
    assert uses(original, "through") >= 5
    assert uses(original, "struck") == 0


def test_a_zone_and_a_line_that_are_gone_are_dashed():
    zone = field_on(
        [], pattern=Pattern.ZONE, outline=region_outline(["abdomen_upper.midline"]),
        zone_ml=Decimal(1),
    )  # fmt: skip
    made = pictures([zone], [])
    assert uses(made, "struck") >= 1
    assert "stroke-dasharray" in made[0].svg.decode()
    triangles = ATLAS.triangles_of(["abdomen_upper.midline"])[:30:6].tolist()
    ring = tuple(SurfacePoint(at, 0.3, 0.3) for at in triangles)
    line = field_on(triangles, pattern=Pattern.LINES, outline=Outline(OutlineKind.LINE, (ring,)))
    assert "stroke-dasharray" in pictures([line], [])[0].svg.decode()
