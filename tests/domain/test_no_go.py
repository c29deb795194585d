"""Zones to keep out of: what is shipped, files that are refused, and which points lie in one."""

import re
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.edits import PointSettings, place_point
from mesodesk.domain.bodymap.fields import ChartField, Outline, OutlineKind, Pattern
from mesodesk.domain.bodymap.no_go_skin import NoGoSkin
from mesodesk.domain.bodymap.outlines import area_of, outline_of, region_outline, regions_in
from mesodesk.domain.bodymap.view import SurfacePoint
from mesodesk.domain.clinical_files import ClinicalDataError, Grade, folder
from mesodesk.domain.dosing import ActiveStrength, Component, Mixture
from mesodesk.domain.findings import Severity
from mesodesk.domain.ids import new_id
from mesodesk.domain.no_go import Zone, load_no_go, trespasses
from mesodesk.domain.strength import Strength, StrengthUnit
from mesodesk.domain.texts import LANGUAGES

ZONES = {zone.id: zone for zone in load_no_go()}
ABOVE = ZONES["deoxycholic_above_jaw"]
BELOW = ZONES["deoxycholic_below_jaw_border"]
OUTSIDE = ZONES["deoxycholic_outside_submental"]
TEXT = (folder() / "no_go.toml").read_text(encoding="utf-8")
ATLAS = load_atlas("female")
SKIN = NoGoSkin(ATLAS)
HAND = PointSettings("point_by_point", Decimal(6), "30g_13", Decimal("0.2"))
SYRINGE, OTHER = UUID(int=7), UUID(int=8)


def mixture(*names: str) -> Mixture:
    actives = tuple(
        ActiveStrength(name, name, Strength(Decimal(10), StrengthUnit.MG_PER_ML)) for name in names
    )
    return Mixture((Component(new_id(), "Vial", Decimal(2), actives),))


DEOXYCHOLIC, CAFFEINE = mixture("deoxycholic_acid"), mixture("caffeine")


def point(place: SurfacePoint, syringe_id: UUID = SYRINGE) -> ChartField:
    ((_, _, field),) = place_point(new_id(), syringe_id, HAND, place).changes
    assert field is not None
    return field


def middle(key: str) -> SurfacePoint:
    return ATLAS.middle_of(key)


def found(*fields: ChartField, zones=None, mixtures=None):
    return trespasses(
        ZONES.values() if zones is None else zones,
        {field.id: field for field in fields},
        {SYRINGE: DEOXYCHOLIC} if mixtures is None else mixtures,
        SKIN,
    )


def test_the_shipped_zones_are_those_of_the_sources():
    assert {
        (zone.id, zone.severity, tuple(sorted(source.id for source in zone.sources)))
        for zone in ZONES.values()
    } == {
        (ABOVE.id, Severity.STOP, ("kybella_label_summary",)),
        (BELOW.id, Severity.STOP, ("kybella_label_summary", "kybella_safety")),
        (OUTSIDE.id, Severity.CAUTION, ("kybella_label",)),
    }
    for zone in ZONES.values():
        assert zone.actives == {"deoxycholic_acid"}
        assert zone.name.languages == zone.why.languages == LANGUAGES
        # General knowledge is no source for a zone.
        assert all(
            source.grade not in (Grade.UNCONFIRMED, Grade.DERIVED) for source in zone.sources
        )


def test_every_region_but_under_the_chin_lies_in_a_zone_of_deoxycholic_acid():
    whole = ABOVE.regions | OUTSIDE.regions
    assert {region.key for region in ATLAS.regions} - whole == {"submental.midline"}
    assert not ABOVE.regions & OUTSIDE.regions


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('sources = ["kybella_label"]\n', "", "_outside_submental': has no source"),
        ('["kybella_label"]', '["my_uncle"]', "names the source 'my_uncle'"),
        ('near = ["jawline", "chin"]', 'near = ["jaw", "chin"]', "`near` names 'jaw'"),
        ('"jawline", "chin", "cheek"', '"jawline", "chin", "gill"', "`regions` names 'gill'"),
        ('"submental", "jawline"', '"submental", "fin.left"', "`all_but` names 'fin.left'"),
        ('actives = ["deoxycholic_acid"]', 'actives = ["gin"]', "`actives` names 'gin'"),
        ('actives = ["deoxycholic_acid"]', 'classes = ["nothing"]', "`classes` names 'nothing'"),
        ('actives = ["deoxycholic_acid"]\n', "", "or `all_mixtures = true`"),
        ('actives = ["deoxycholic_acid"]\n',
         'actives = ["deoxycholic_acid"]\nall_mixtures = true\n', "or `all_mixtures = true`"),
        ("within_mm = 15\n", "", "belong together"),
        ("within_mm = 15", "within_mm = 0", "must be above 0"),
        ('near = ["jawline", "chin"]', 'near = ["submental"]', "name the same region"),
        ('severity = "stop"', 'severity = "perhaps"', "`severity` is 'perhaps'"),
        ("all_but = [", 'regions = ["chin"]\nall_but = [', "either `regions` or `all_but`"),
        ('id = "deoxycholic_above_jaw"', 'id = "deoxycholic_outside_submental"', "used twice"),
        ('why.en = "Deoxycholic acid: never', 'more = 1\nwhy.en = "Deoxycholic acid: never',
         "has the unknown key `more`"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_by_name(tmp_path, old, new, sentence):
    assert old in TEXT
    path = tmp_path / "no_go.toml"
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ClinicalDataError, match=re.escape(sentence)) as error:
        load_no_go(path)
    assert str(error.value).startswith("no_go.toml:")


@pytest.mark.parametrize(
    ("key", "zones"),
    [
        ("jawline.left", [ABOVE]),
        ("cheek.right", [ABOVE]),
        ("chin.midline", [ABOVE]),
        ("periorbital.left", [ABOVE]),
        ("thigh_front_upper.left", [OUTSIDE]),
        ("neck_back.midline", [OUTSIDE]),
        ("submental.midline", []),
    ],
)
def test_a_point_lies_in_the_zones_of_its_region(key, zones):
    field = point(middle(key))
    told = found(field)
    assert [each.zone for each in told] == zones
    for each in told:
        assert [ref.field_id for ref in each.refs] == [field.id]
        assert each.actives == ("deoxycholic_acid",)


def test_other_actives_and_other_syringes_are_free_there():
    cheek = point(middle("cheek.left"))
    assert found(cheek, mixtures={SYRINGE: CAFFEINE}) == ()
    assert found(cheek, mixtures={OTHER: DEOXYCHOLIC}) == ()
    told = found(
        cheek,
        point(middle("cheek.right"), OTHER),
        mixtures={SYRINGE: mixture("caffeine", "deoxycholic_acid"), OTHER: CAFFEINE},
    )
    assert [(each.syringe_id, len(each.refs)) for each in told] == [(SYRINGE, 1)]


def test_an_active_is_known_by_the_name_that_the_clinic_gave_it():
    own = Mixture((Component(new_id(), "Deoxycholic acid 10 mg/mL", Decimal(2)),))
    assert len(found(point(middle("cheek.left")), mixtures={SYRINGE: own})) == 1


def test_a_zone_of_a_class_and_one_for_all_mixtures():
    by_class = replace(ABOVE, actives=frozenset(), classes=frozenset(["deoxycholic_acid"]))
    for_all = replace(ABOVE, actives=frozenset())
    cheek = point(middle("cheek.left"))
    assert len(found(cheek, zones=[by_class])) == 1
    assert found(cheek, zones=[by_class], mixtures={SYRINGE: CAFFEINE}) == ()
    (told,) = found(cheek, zones=[for_all], mixtures={SYRINGE: CAFFEINE})
    assert told.actives == ("caffeine",)


SUBMENTAL = ATLAS.triangles_of(["submental.midline"])


def test_below_the_jaw_the_distance_from_its_border_counts():
    """Walk back from the chin along the midline, seen from below."""
    view = ATLAS.view("submental")
    inside = []
    for y in range(0, view.height_px, 2):
        place = view.pick(view.width_px / 2, y)
        if place is None or ATLAS.region_of(place).code != "submental":
            continue
        inside.append(bool(holds(BELOW, place)[0]))
    assert inside[0]
    assert not inside[-1]
    # One stretch from the border on, about 15 mm of it as the camera sees them.
    assert sorted(inside, reverse=True) == inside
    length = sum(inside) * 2 * view.camera.mm_per_px
    assert 11 <= length <= 17


def holds(zone: Zone, *places: SurfacePoint, skin: NoGoSkin = SKIN) -> np.ndarray:
    return skin.holds(
        zone,
        np.array([place.triangle for place in places]),
        np.array([place.u for place in places]),
        np.array([place.v for place in places]),
    )


@settings(deadline=None, max_examples=60)
@given(st.integers(0, len(SUBMENTAL) - 1), st.floats(0, 0.5), st.floats(0, 0.5))
def test_the_border_zone_is_the_same_on_both_sides_and_wider_on_a_smaller_body(row, u, v):
    place = SurfacePoint(int(SUBMENTAL[row]), u, v)
    at = ATLAS.surface.places(np.array([place.triangle]), np.array([u]), np.array([v]))
    other = at * (-1, 1, 1)
    assert SKIN.border_mm(BELOW, at) == pytest.approx(SKIN.border_mm(BELOW, other), abs=0.01)
    small = NoGoSkin(ATLAS, 0.8)
    # What lies in the zone on a tall body does so on a small one: the same skin is nearer there.
    assert holds(BELOW, place, skin=small)[0] >= holds(BELOW, place)[0]
    assert bool(holds(BELOW, place)[0]) == bool(SKIN.border_mm(BELOW, at)[0] <= 15)


def test_an_area_without_points_is_told_too():
    cheek = ChartField(
        new_id(), SYRINGE, "nappage", Decimal(2), "30g_4", Pattern.ZONE,
        outline=region_outline(["cheek.left"]), punctures=40, zone_ml=Decimal(1),
    )  # fmt: skip
    (told,) = found(cheek)
    assert (told.zone, told.refs, told.areas) == (ABOVE, (), (cheek.id,))
    chin = replace(cheek, id=new_id(), outline=region_outline(["submental.midline"]))
    assert [each.zone for each in found(chin)] == [BELOW]
    from mesodesk.domain.bodymap.drawing import along_stroke

    view = ATLAS.view("thighs_front")
    drawn = along_stroke(
        ATLAS.skin, view, np.array([[view.width_px * 0.3, view.height_px * 0.4]]), 20.0
    )
    thigh = replace(cheek, id=new_id(), outline=outline_of(drawn, OutlineKind.CIRCLE))
    assert [each.zone for each in found(thigh)] == [OUTSIDE]
    empty = replace(cheek, id=new_id(), outline=Outline(OutlineKind.LASSO))
    assert found(empty) == ()


def test_skin_that_was_cut_away_is_in_no_zone():
    from mesodesk.domain.bodymap.area import joined, without

    below = area_of(ATLAS, region_outline(["submental.midline"]))
    above = area_of(
        ATLAS,
        region_outline(
            region.key for region in ATLAS.regions if region.code in ("jawline", "chin")
        ),
    )
    both = joined(ATLAS.skin, below, above)
    drawn = outline_of(both, OutlineKind.LASSO)
    cut = outline_of(without(ATLAS.skin, both, above), OutlineKind.LASSO)
    assert SKIN.touches(ABOVE, drawn)
    assert not SKIN.touches(ABOVE, cut)
    assert SKIN.touches(BELOW, cut)
    assert {key.split(".")[0] for key in regions_in(ATLAS, drawn)} == {
        "submental", "jawline", "chin",
    }  # fmt: skip
    assert regions_in(ATLAS, cut) == ("submental.midline",)


def test_an_area_touches_a_zone_just_where_points_on_it_would_lie_in_it():
    from mesodesk.domain.bodymap.drawing import along_stroke
    from mesodesk.domain.bodymap.filling import lay_points

    view, chance = ATLAS.view("submental"), np.random.default_rng(0)
    told = []
    while len(told) < 40:
        place = chance.uniform(0, 1, (1, 2)) * (view.width_px, view.height_px)
        drawn = along_stroke(ATLAS.skin, view, place, chance.uniform(3, 12))
        if drawn.is_empty or not drawn.rings:
            continue
        outline = outline_of(drawn, OutlineKind.CIRCLE)
        laid = lay_points(area_of(ATLAS, outline), Pattern.SQUARE, 1.0)
        for zone in (ABOVE, BELOW):
            count = int(SKIN.holds(zone, laid.triangle, laid.u, laid.v).sum())
            touched = SKIN.touches(zone, outline)
            # A point or two are skin that is only grazed.
            assert touched or count < 3
            told.append(touched and not count)
    assert sum(told) <= 2


def test_the_gravest_comes_first():
    told = found(point(middle("thigh_front_upper.left")), point(middle("cheek.left")))
    assert [each.zone for each in told] == [ABOVE, OUTSIDE]
