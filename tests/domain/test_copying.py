"""Copying the last session: one edit that undo takes back whole."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from mesodesk.domain.bodymap.chart import ChartDocument
from mesodesk.domain.bodymap.copying import (
    copy_fields,
    needs,
    prechosen,
    same_actives,
    same_strengths,
)
from mesodesk.domain.bodymap.edits import Edit, EditLabel, move_point, set_depth, set_dose
from mesodesk.domain.bodymap.field_edits import changed_by_hand, with_depth, with_dose
from mesodesk.domain.bodymap.fields import ChartField, Pattern
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints, PointFlag
from mesodesk.domain.bodymap.view import SurfacePoint
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


def poured(*parts):
    return Mixture(tuple(Component(new_id(), label, Decimal(ml)) for label, ml in parts))


def test_products_without_a_listed_active_are_the_same_only_by_name():
    saline, filler = poured(("Saline", 1)), poured(("Mystery HA", 1))
    assert not same_actives(saline, filler)
    assert not same_strengths(saline, filler)
    assert prechosen({LAST[0]: saline}, {TODAY[0]: filler}) == {}
    again = poured(("saline ", 2))
    assert prechosen({LAST[0]: saline}, {TODAY[0]: filler, TODAY[1]: again}) == {LAST[0]: TODAY[1]}
    assert same_strengths(saline, again)
    thin, thick = poured(("Saline", 3), ("HA", 1)), poured(("HA", 1), ("Saline", 1))
    assert same_actives(thin, thick)
    assert not same_strengths(thin, thick)


def test_actives_that_the_catalogue_does_not_have_are_told_apart():
    def freely(name):
        part = ActiveStrength(name, "", strength(5))
        return Mixture((Component(new_id(), "", Decimal(2), (part,)),))

    assert not same_actives(freely("Rutin"), freely("Zinc"))
    assert not same_strengths(freely("Rutin"), freely("Zinc"))
    assert same_actives(freely("Rutin"), freely("rutin"))
    assert not same_actives(freely("Rutin"), poured(("Rutin", 2)))


# The copy


def test_a_copy_has_new_ids_other_syringes_and_no_note():
    first = field(LAST[0], 50, 60, note="bled", spacing_mm=Decimal(15))
    edit = copy_fields([first], {LAST[0]: TODAY[1]})
    ((key, before, after),) = edit.changes
    assert (edit.label, before, key) == (EditLabel.COPY, None, after.id)
    assert after.id != first.id
    assert (after.syringe_id, after.note) == (TODAY[1], "")
    assert replace(after, id=first.id, syringe_id=LAST[0], note="bled") == first


def test_what_was_done_by_hand_is_passed_over_in_a_copy_too():
    first = replace(field(LAST[0], 50, 60, 70), points=unmarked(50, 60, 70))
    first = move_point(first, 0, SurfacePoint(700, 0.2, 0.2)).changes[0][2]
    first = set_dose(first, 1, Decimal("0.2")).changes[0][2]
    first = set_depth(first, 2, Decimal(6)).changes[0][2]
    ((_, _, after),) = copy_fields([first], {LAST[0]: TODAY[0]}).changes
    assert changed_by_hand(after) == 3
    dosed = with_dose(after, Decimal("0.1"))
    assert [point.volume_ul for point in dosed.points] == [100, 200, 100]
    deepened = with_depth(after, Decimal(3))
    assert [point.depth_um for point in deepened.points] == [3000, 3000, 6000]


def unmarked(*volumes_ul):
    return PackedPoints(
        ChartPoint(10 + 40 * at, 0.25, 0.5, volume, 2000) for at, volume in enumerate(volumes_ul)
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
