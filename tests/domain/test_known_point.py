"""A point is found again by its place, whatever its index has become."""

from dataclasses import replace

import pytest
from six_points import FIELD, PLACES

from mesodesk.domain.bodymap.fields import PointRef
from mesodesk.domain.bodymap.known_point import KnownPoint
from mesodesk.domain.bodymap.packing import PackedPoints


def after(points):
    changed = replace(FIELD, points=PackedPoints(points))
    return {FIELD.id: changed}


def known(index):
    return KnownPoint(PointRef(FIELD.id, index), FIELD)


def moved(point, by=100):
    return replace(point, triangle=point.triangle + by)


@pytest.mark.parametrize(
    ("points", "index"),
    [
        (PLACES, 3),
        (PLACES[1:], 2),
        ([moved(PLACES[0]), *PLACES], 4),
        # Another one is moved, or dosed, or it is moved itself.
        ([moved(PLACES[0]), *PLACES[1:]], 3),
        ([*PLACES[:3], replace(PLACES[3], volume_ul=70), *PLACES[4:]], 3),
        ([*PLACES[:3], moved(PLACES[3]), *PLACES[4:]], 3),
        # It is gone, or nobody can tell.
        (PLACES[:3] + PLACES[4:], None),
        ([moved(place) for place in PLACES], None),
    ],
)
def test_a_point_is_found_where_it_was_or_where_it_was_moved_to(points, index):
    fields = after(points)
    found = known(3).now(fields)
    assert (None if found is None else found.ref.index) == index
    if found is not None:
        assert found.field is fields[FIELD.id]


def test_two_at_one_place_are_told_apart_by_their_order():
    twice = replace(FIELD, points=PackedPoints([PLACES[0], *PLACES]))
    chosen = KnownPoint(PointRef(FIELD.id, 1), twice)
    records = twice.points.records.copy()
    records["volume"] = 70
    dosed = replace(twice, points=PackedPoints.from_records(records))
    assert chosen.now({FIELD.id: dosed}).ref.index == 1


def test_nothing_is_found_without_the_field():
    assert known(3).now({}) is None
    assert known(3).next_now({}) is None


def test_the_one_behind_a_removed_point_is_the_next():
    assert known(3).next_now(after(PLACES[:3] + PLACES[4:])).ref.index == 3
    assert known(3).next_now(after(PLACES[1:])).ref.index == 2
    assert known(5).next_now(after(PLACES[:5])) is None
