"""Where two states of a chart differ: only the points that are others, or all of the field."""

from dataclasses import replace

import pytest
from six_points import FIELD, PLACES

from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.changed_places import changed_places
from mesodesk.domain.bodymap.fields import Outline, OutlineKind, Pattern
from mesodesk.domain.bodymap.outlines import region_outline
from mesodesk.domain.bodymap.packing import PackedPoints
from mesodesk.domain.ids import new_id

OTHER = replace(FIELD, id=new_id(), points=PackedPoints([replace(PLACES[0], triangle=70)]))


@pytest.fixture(scope="module")
def atlas():
    return load_atlas("female")


def chart(*fields):
    return {field.id: field for field in fields}


def triangles(atlas, before, after):
    return sorted(changed_places(atlas, before, after)[0].tolist())


def test_a_field_that_came_or_went_is_all_of_it(atlas):
    assert triangles(atlas, chart(), chart(FIELD)) == [0, 1, 2, 3, 4, 5]
    assert triangles(atlas, chart(FIELD, OTHER), chart(OTHER)) == [0, 1, 2, 3, 4, 5]


def test_of_a_field_that_changed_only_the_points_that_did(atlas):
    moved = replace(PLACES[2], triangle=900)
    points = PackedPoints([*PLACES[:2], moved, *PLACES[3:5]])
    assert triangles(atlas, chart(FIELD, OTHER), chart(replace(FIELD, points=points), OTHER)) == [
        900
    ]


def test_of_points_that_only_went_where_they_were(atlas):
    fewer = replace(FIELD, points=PackedPoints(PLACES[:4]))
    assert triangles(atlas, chart(FIELD), chart(fewer)) == [4, 5]
    assert triangles(atlas, chart(fewer), chart(FIELD)) == [4, 5]


def test_of_as_many_points_those_that_are_others(atlas):
    moved = replace(FIELD, points=PackedPoints([replace(PLACES[0], triangle=40), *PLACES[1:]]))
    assert triangles(atlas, chart(FIELD), chart(moved)) == [40]


def test_a_field_whose_points_are_the_same_is_all_of_it(atlas):
    after = chart(replace(FIELD, technique="papule"))
    assert triangles(atlas, chart(FIELD), after) == [0, 1, 2, 3, 4, 5]


def test_nothing_changed_is_nowhere(atlas):
    triangle, u, v = changed_places(atlas, chart(FIELD), chart(FIELD))
    assert (len(triangle), len(u), len(v)) == (0, 0, 0)


def test_a_zone_is_its_skin_and_a_region_that_is_not_known_nothing(atlas):
    zone = replace(
        FIELD,
        points=PackedPoints(),
        pattern=Pattern.ZONE,
        outline=region_outline(["abdomen_upper.midline"]),
    )
    triangle, u, v = changed_places(atlas, chart(), chart(zone))
    assert len(triangle) == len(u) == len(v) > 20
    strange = replace(zone, outline=Outline(OutlineKind.REGION, regions=("tail",)))
    assert triangles(atlas, chart(strange), chart()) == []
