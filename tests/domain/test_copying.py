"""Copying the last session: one edit that undo takes back whole, and what differs afterwards."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.chart import ChartDocument
from mesodesk.domain.bodymap.copying import (
    MOVED_MM,
    SAME_PLACE_MM,
    Difference,
    copy_fields,
    difference,
    needs,
    prechosen,
    same_strengths,
)
from mesodesk.domain.bodymap.edits import Edit, EditLabel, delete_points, set_depth, set_dose
from mesodesk.domain.bodymap.fields import ChartField, Pattern, PointRef
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints, PointFlag
from mesodesk.domain.dosing import ActiveStrength, Component, Mixture
from mesodesk.domain.ids import new_id
from mesodesk.domain.strength import Strength, StrengthUnit

LAST = [UUID(int=at) for at in (1, 2, 3)]
TODAY = [UUID(int=at) for at in (11, 12, 13)]


def mixture(**mg_per_ml):
    actives = tuple(
        ActiveStrength(name, name, None if value is None else strength(value))
        for name, value in mg_per_ml.items()
    )
    return Mixture((Component(new_id(), "", Decimal(2), actives),))


def strength(value):
    return Strength(Decimal(value), StrengthUnit.MG_PER_ML)


def field(syringe_id, *volumes_ul, triangle=10, pattern=Pattern.STAGGERED, **others):
    points = PackedPoints(
        ChartPoint(triangle + 40 * at, 0.25, 0.5, volume, 2000, PointFlag.MOVED)
        for at, volume in enumerate(volumes_ul)
    )
    made = ChartField(new_id(), syringe_id, "papule", Decimal(2), "30g_4", pattern, points=points)
    return replace(made, **others)


CONTENTS = {
    **dict.fromkeys((LAST[0], TODAY[0]), mixture(caffeine=10)),
    **dict.fromkeys((LAST[1], TODAY[1]), mixture(procaine=20)),
}


def positions(records):
    atlas = load_atlas("female")
    return atlas.positions_mm(records["triangle"], records["u"], records["v"], 168.0)


def compared(today, last):
    return difference(today, last, CONTENTS, positions)


# Which of today's syringes stands for one of the last session


def test_a_syringe_with_the_same_actives_is_chosen_beforehand():
    last = {LAST[0]: mixture(caffeine=10), LAST[1]: mixture(procaine=20, caffeine=5)}
    today = {TODAY[0]: mixture(caffeine=7, procaine=20), TODAY[1]: mixture(caffeine=10)}
    assert prechosen(last, today) == {LAST[0]: TODAY[1], LAST[1]: TODAY[0]}


def test_the_same_strengths_come_before_other_ones():
    last = {LAST[0]: mixture(caffeine=10)}
    today = {TODAY[0]: mixture(caffeine=20), TODAY[1]: mixture(caffeine=10)}
    assert prechosen(last, today) == {LAST[0]: TODAY[1]}


def test_two_alike_are_chosen_one_each():
    alike = mixture(caffeine=10)
    last, today = dict.fromkeys(LAST[:2], alike), dict.fromkeys(TODAY[:2], alike)
    assert prechosen(last, today) == {LAST[0]: TODAY[0], LAST[1]: TODAY[1]}


def test_a_syringe_with_other_actives_is_not_chosen():
    assert prechosen({LAST[0]: mixture(caffeine=1)}, {TODAY[0]: mixture(procaine=1)}) == {}


def test_an_unknown_strength_is_never_the_same():
    assert same_strengths(mixture(caffeine=1), mixture(caffeine=1))
    assert not same_strengths(mixture(caffeine=None), mixture(caffeine=None))


# The copy


def test_a_copy_has_new_ids_other_syringes_and_nothing_done_by_hand():
    first = field(LAST[0], 50, 60, note="bled", spacing_mm=Decimal(15))
    edit = copy_fields([first], {LAST[0]: TODAY[1]})
    ((key, before, after),) = edit.changes
    assert (edit.label, before, key) == (EditLabel.COPY, None, after.id)
    assert after.id != first.id
    assert (after.syringe_id, after.note) == (TODAY[1], "")
    assert {point.flags for point in after.points} == {PointFlag.NONE}
    assert [(p.triangle, p.u, p.v, p.volume_ul, p.depth_um) for p in after.points] == [
        (p.triangle, p.u, p.v, p.volume_ul, p.depth_um) for p in first.points
    ]
    assert (
        replace(after, id=first.id, syringe_id=LAST[0], note="bled", points=first.points) == first
    )


def test_an_image_stays_one_of_the_copy_or_of_nothing():
    first = field(LAST[0], 50)
    image = field(LAST[1], 50, triangle=900, mirror_of=first.id)
    both = copy_fields([image, first], {LAST[0]: TODAY[0], LAST[1]: TODAY[1]}).changes
    assert both[1][2].mirror_of == both[0][0]
    alone = copy_fields([first, image], {LAST[0]: None, LAST[1]: TODAY[1]}).changes
    assert [after.mirror_of for _, _, after in alone] == [None]


def test_a_copy_of_nothing_is_no_edit():
    assert copy_fields([], {}) is None
    assert copy_fields([field(LAST[0], 50)], {LAST[0]: None}) is None


def test_what_a_copy_needs_is_told_by_todays_syringe():
    zone = field(LAST[1], pattern=Pattern.ZONE, zone_ml=Decimal("0.4"))
    fields = [field(LAST[0], 50, 50), field(LAST[1], 25), zone, field(LAST[2], 900)]
    found = needs(fields, {LAST[0]: TODAY[0], LAST[1]: TODAY[0], LAST[2]: None})
    assert [(each.syringe_id, each.points, each.zones, each.volume_ml) for each in found] == [
        (TODAY[0], 3, 1, Decimal("0.525"))
    ]


VOLUMES = st.lists(st.integers(1, 20_000), max_size=5)
FIELDS = st.lists(
    st.builds(
        lambda syringe, volumes, zone: field(
            syringe, *volumes, zone_ml=None if volumes else Decimal(zone).scaleb(-3)
        ),
        st.sampled_from(LAST),
        VOLUMES,
        st.integers(1, 5_000),
    ),
    max_size=6,
)
STANDS_FOR = st.fixed_dictionaries(
    {each: st.one_of(st.none(), st.sampled_from(TODAY)) for each in LAST}
)


@settings(max_examples=80)
@given(FIELDS, FIELDS, STANDS_FOR)
def test_undo_takes_a_copy_back_and_its_volumes_are_exact(there, last, stands_for):
    document = ChartDocument()
    for each in there:
        document.apply(Edit(EditLabel.PLACE, ((each.id, None, each),)))
    before = dict(document.fields)
    edit = copy_fields(last, stands_for)
    kept = [each for each in last if stands_for[each.syringe_id] is not None]
    assert (edit is None) is (not kept)
    if edit is None:
        return
    document.apply(Edit.from_json(edit.to_json()))
    added = {key: each for key, each in document.fields.items() if key not in before}
    assert len(added) == len(kept)
    wanted = {need.syringe_id: need for need in needs(last, stands_for)}
    for target in TODAY:
        mine = [each for each in added.values() if each.syringe_id == target]
        source = [each for each in last if stands_for[each.syringe_id] == target]
        volume = sum((each.volume_ml for each in mine), Decimal(0))
        assert volume == sum((each.volume_ml for each in source), Decimal(0))
        if source:
            assert wanted[target].volume_ml == volume
            assert wanted[target].points == sum(len(each.points) for each in mine)
    document.undo()
    assert dict(document.fields) == before
    document.redo()
    assert dict(document.fields) == before | added


# What differs


def copied(*fields):
    edit = copy_fields(fields, {LAST[0]: TODAY[0], LAST[1]: TODAY[1]})
    document = ChartDocument()
    document.apply(edit)
    return document


def test_right_after_a_copy_nothing_differs():
    last = [field(LAST[0], 50, 60, 70), field(LAST[1], 40, triangle=3000)]
    found = compared(copied(*last).fields.values(), last)
    assert found == Difference(4, 0, 0, 0, 0)
    assert found.nothing
    assert found.akin


def test_dose_depth_and_mixture_alter_a_point_where_it_is():
    last = [field(LAST[0], 50, 60, 70)]
    document = copied(*last)
    (made,) = document.fields.values()
    document.apply(set_dose(made, 0, Decimal("0.08")))
    document.apply(set_depth(document.fields[made.id], 1, Decimal(5)))
    assert compared(document.fields.values(), last) == Difference(1, 2, 0, 0, 0)
    other = replace(made, syringe_id=TODAY[1])
    assert compared([other], last) == Difference(0, 3, 0, 0, 0)


def test_added_and_removed_points_are_told():
    last = [field(LAST[0], 50, 60, 70)]
    document = copied(*last)
    (made,) = document.fields.values()
    document.apply(delete_points(document.fields, [PointRef(made.id, 1)]))
    extra = field(TODAY[0], 50, 50, triangle=9000)
    found = compared([*document.fields.values(), extra], last)
    assert found == Difference(2, 0, 0, 2, 1)


def shifted(packed, index, mm):
    """Return points of which one has gone so many mm along the skin: by its own triangle."""
    atlas = load_atlas("female")
    point = packed[index]
    for triangle in range(atlas.triangle_count):
        other = ChartPoint(triangle, 1 / 3, 1 / 3, point.volume_ul, point.depth_um)
        moved = packed.replaced({index: other})
        at = positions(
            np.concatenate([packed.records[index : index + 1], moved.records[index : index + 1]])
        )
        if mm[0] < float(np.linalg.norm(at[0] - at[1])) <= mm[1]:
            return moved
    raise AssertionError("no such triangle")


@pytest.mark.parametrize(
    ("mm", "expected"),
    [
        ((SAME_PLACE_MM + 1, MOVED_MM), Difference(2, 0, 1, 0, 0)),
        ((MOVED_MM, 2 * MOVED_MM), Difference(2, 0, 0, 1, 1)),
    ],
)
def test_a_point_has_moved_as_far_as_it_can_be_known_again(mm, expected):
    last = [field(LAST[0], 50, 60, 70, triangle=9000)]
    (made,) = copied(*last).fields.values()
    found = compared([replace(made, points=shifted(made.points, 1, mm))], last)
    assert found == expected


def test_each_of_very_many_moved_points_finds_its_own_partner():
    last = field(LAST[0], *[50] * 600)
    today = replace(last, syringe_id=TODAY[0], points=last.points.with_volumes([50] * 600))
    records = today.points.records.copy()
    records["u"] += 0.01
    moved = [replace(today, points=PackedPoints.from_records(records))]
    near = compared(moved, [last])
    assert (near.alike + near.moved, near.added, near.removed) == (600, 0, 0)


def test_a_tremble_within_a_millimetre_is_the_same_place():
    last = [field(LAST[0], 50)]
    (made,) = copied(*last).fields.values()
    point = replace(made.points[0], u=made.points[0].u + 0.02)
    today = [replace(made, points=PackedPoints([point]))]
    assert compared(today, last) == Difference(1, 0, 0, 0, 0)


def test_a_chart_drawn_anew_elsewhere_is_not_akin():
    found = compared([field(TODAY[0], 50, triangle=9000)], [field(LAST[0], 50)])
    assert not found.akin
    assert not compared([], [field(LAST[0], 50)]).akin


@settings(max_examples=40)
@given(FIELDS, FIELDS)
def test_every_point_of_both_charts_is_told_once(today, last):
    found = compared(today, last)
    pairs = found.alike + found.changed
    assert pairs + found.added == sum(len(each.points) for each in today)
    assert pairs + found.removed == sum(len(each.points) for each in last)


def test_rows_of_a_copied_field_begin_where_they_began():
    field_ = field(LAST[0], 50, 50, 50, pattern=Pattern.LINES)
    marked = [
        replace(point, flags=PointFlag.DOSED | (PointFlag.ROW_START if at != 1 else 0))
        for at, point in enumerate(field_.points)
    ]
    edit = copy_fields([replace(field_, points=PackedPoints(marked))], {LAST[0]: TODAY[0]})
    ((_, _, copied),) = edit.changes
    assert [point.flags for point in copied.points] == [
        PointFlag.ROW_START,
        PointFlag.NONE,
        PointFlag.ROW_START,
    ]
