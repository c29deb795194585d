"""Laws of whole fields: doses add up exactly, images follow, what a hand changed is kept."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mesodesk.domain.bodymap import field_edits as fe
from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.chart import ChartDocument
from mesodesk.domain.bodymap.codec import field_from_plain, field_to_plain
from mesodesk.domain.bodymap.drawing import inside_loop
from mesodesk.domain.bodymap.edits import (
    Edit,
    EditLabel,
    PointSettings,
    delete_points,
    move_point,
    set_depth,
    set_dose,
)
from mesodesk.domain.bodymap.fields import ChartField, OutlineKind, Pattern, PointRef
from mesodesk.domain.bodymap.filling import lay_points, no_points
from mesodesk.domain.bodymap.outlines import (
    area_of,
    known_area,
    loops_of,
    mirrored_outline,
    outline_of,
    region_outline,
    remember,
)
from mesodesk.domain.bodymap.packing import PackedPoints, PackingError, PointFlag, microlitres
from mesodesk.domain.bodymap.sharing import SharingError, shares
from mesodesk.domain.bodymap.totals import Tally
from mesodesk.domain.bodymap.view import SurfacePoint
from mesodesk.domain.ids import new_id

ATLAS = load_atlas("female")
HAND = PointSettings("point_by_point", Decimal(4), "30g_4", Decimal("0.05"))
SYRINGE = UUID(int=7)


def field_over(
    *keys: str, spacing: int = 15, total_ml: str | None = None, pattern: Pattern = Pattern.STAGGERED
) -> ChartField:
    laying = fe.FieldSettings(
        pattern, Decimal(spacing), None if total_ml is None else Decimal(total_ml)
    )
    outline = region_outline(keys)
    laid = lay_points(area_of(ATLAS, outline), pattern, spacing)
    return fe.filled(new_id(), SYRINGE, HAND, laying, outline, laid)


@given(st.integers(1, 10**7), st.integers(1, 3000))
def test_shares_add_up_to_the_microlitre(total: int, count: int) -> None:
    if total < count:
        with pytest.raises(SharingError):
            shares(total, count)
        return
    given_out = shares(total, count)
    assert given_out.sum() == total
    assert given_out.max() - given_out.min() <= 1
    assert len(given_out) == count


def test_a_total_is_shared_over_the_points() -> None:
    field = field_over("thigh_front_upper.left", total_ml="3.001")
    assert field.volume_ml == Decimal("3.001")
    assert field.dose_per_point_ml is None
    volumes = field.points.records["volume"]
    assert int(volumes.max()) - int(volumes.min()) <= 1
    with pytest.raises(SharingError):
        field_over("thigh_front_upper.left", total_ml="0.02")


def test_a_change_of_dose_leaves_points_dosed_by_hand_and_places() -> None:
    field = field_over("thigh_front_upper.left")
    document = ChartDocument()
    document.apply(fe.fill(field))
    document.apply(set_dose(field, 3, Decimal("0.2")))
    dosed = document.fields[field.id]
    changed = fe.with_dose(dosed, Decimal("0.08"))
    volumes = changed.points.records["volume"]
    assert int(volumes[3]) == 200
    assert set(np.delete(volumes, 3).tolist()) == {80}
    for name in ("triangle", "u", "v"):
        assert (changed.points.records[name] == field.points.records[name]).all()
    shared = fe.with_total(dosed, Decimal(4))
    assert shared.volume_ml == Decimal(4)
    assert int(shared.points.records["volume"][3]) == 200
    with pytest.raises(SharingError):
        fe.with_total(dosed, Decimal("0.2"))


def test_laying_anew_keeps_the_dose_and_tells_what_it_discards() -> None:
    field = field_over("abdomen_lower.midline")
    document = ChartDocument()
    document.apply(fe.fill(field))
    place = SurfacePoint(*(field.points[1].triangle, field.points[1].u, field.points[1].v))
    document.apply(move_point(field, 0, place))
    moved = document.fields[field.id]
    assert fe.changed_by_hand(field) == 0
    assert fe.changed_by_hand(moved) == 1
    laying = fe.FieldSettings(Pattern.SQUARE, Decimal(20))
    assert moved.outline is not None
    laid = lay_points(area_of(ATLAS, moved.outline), Pattern.SQUARE, 20)
    anew = fe.laid_anew(moved, laying, moved.outline, laid)
    assert len(anew.points) == len(laid)
    assert fe.usual_dose_ml(anew) == Decimal("0.05")
    assert fe.changed_by_hand(anew) == 0


@settings(deadline=None, max_examples=15)
@given(
    st.sampled_from(("thigh_outer_upper.left", "abdomen_upper.midline", "cheek.right")),
    st.sampled_from((Pattern.SQUARE, Pattern.STAGGERED, Pattern.RADIAL)),
    st.integers(5, 20),
)
def test_the_image_of_the_image_is_the_field(key: str, pattern: Pattern, spacing: int) -> None:
    field = field_over(key, spacing=spacing, pattern=pattern)
    image = fe.mirrored(field, ATLAS, new_id())
    again = fe.mirrored(image, ATLAS, field.id)
    assert replace(again, mirror_of=None) == field
    assert image.outline is not None
    assert area_of(ATLAS, image.outline).area_mm2 == pytest.approx(
        area_of(ATLAS, field.outline).area_mm2, rel=1e-6
    )


def drawn_field() -> ChartField:
    view = ATLAS.view("thighs_front")
    angle = np.linspace(0, 2 * np.pi, 30, endpoint=False)
    loop = np.stack(
        [view.width_px * 0.3 + 120 * np.cos(angle), view.height_px * 0.4 + 120 * np.sin(angle)], 1
    )
    area = inside_loop(ATLAS.skin, view, loop)
    laid = lay_points(area, Pattern.SQUARE, 10)
    return fe.filled(
        new_id(), SYRINGE, HAND, fe.FieldSettings(), outline_of(area, OutlineKind.LASSO), laid
    )


def test_a_drawn_outline_mirrors_and_is_stored_and_read_back() -> None:
    field = drawn_field()
    assert field.outline is not None
    image = mirrored_outline(ATLAS, field.outline)
    assert mirrored_outline(ATLAS, image) == field.outline
    there, here = area_of(ATLAS, image), area_of(ATLAS, field.outline)
    assert there.area_mm2 == pytest.approx(here.area_mm2, rel=0.01)
    read = field_from_plain(field_to_plain(field))
    assert read == field
    assert loops_of(ATLAS, field.outline) == field.outline.rings


def test_an_image_follows_its_field_until_it_is_changed_itself() -> None:
    field = field_over("thigh_front_upper.left")
    document = ChartDocument()
    document.apply(fe.fill(field))
    image = replace(fe.mirrored(field, ATLAS, new_id()), syringe_id=UUID(int=9))
    document.apply(fe.fill(image, label=EditLabel.MIRROR))
    stronger = fe.change(EditLabel.DOSE, field, fe.with_dose(field, Decimal("0.1")))
    document.apply(fe.with_images(document.fields, stronger, ATLAS))
    followed = document.fields[image.id]
    assert followed.volume_ml == document.fields[field.id].volume_ml
    assert followed.mirror_of == field.id
    assert followed.syringe_id == UUID(int=9)
    own = fe.change(EditLabel.DOSE, followed, fe.with_dose(followed, Decimal("0.02")))
    document.apply(fe.with_images(document.fields, own, ATLAS))
    assert document.fields[image.id].mirror_of is None
    now = document.fields[field.id]
    back = fe.change(EditLabel.DOSE, now, fe.with_dose(now, Decimal("0.3")))
    document.apply(fe.with_images(document.fields, back, ATLAS))
    assert fe.usual_dose_ml(document.fields[image.id]) == Decimal("0.02")
    while document.can_undo:
        document.undo()
    assert not document.fields


def test_an_image_outlives_its_field_as_a_field_of_its_own() -> None:
    field = field_over("cheek.left", spacing=8)
    document = ChartDocument()
    document.apply(fe.fill(field))
    image = fe.mirrored(field, ATLAS, new_id())
    document.apply(fe.fill(image, label=EditLabel.MIRROR))
    document.apply(fe.with_images(document.fields, fe.remove(field), ATLAS))
    assert list(document.fields) == [image.id]
    assert document.fields[image.id].mirror_of is None
    document.undo()
    assert document.fields[image.id].mirror_of == field.id


def test_a_zone_has_an_estimate_and_no_points() -> None:
    outline = region_outline(["abdomen_lower.midline"])
    laid = lay_points(area_of(ATLAS, outline), Pattern.SQUARE, 10)
    laying = fe.FieldSettings(Pattern.ZONE, Decimal(10))
    none = type(laid)(laid.triangle[:0], laid.u[:0], laid.v[:0], laid.starts_row[:0])
    zone = fe.filled(new_id(), SYRINGE, HAND, laying, outline, none, punctures=250)
    assert len(zone.points) == 0
    assert zone.volume_ml == Decimal("12.50")
    assert fe.with_total(zone, Decimal(3)).volume_ml == Decimal(3)
    assert fe.with_dose(zone, Decimal("0.01")).volume_ml == Decimal("2.50")


ZONE_OUTLINE = region_outline(["abdomen_lower.midline"])
MICROLITRES = st.integers(1, 10**6).map(lambda volume_ul: Decimal(volume_ul).scaleb(-3))
PUNCTURES = st.integers(1, 3000)


def zone_of(punctures: int, hand_ml: Decimal, total_ml: Decimal | None = None) -> ChartField:
    laying = fe.FieldSettings(Pattern.ZONE, Decimal(10), total_ml)
    hand = replace(HAND, dose_ml=hand_ml)
    return fe.filled(new_id(), SYRINGE, hand, laying, ZONE_OUTLINE, no_points(), punctures)


ZONE_EDITS = st.one_of(
    st.builds(lambda dose_ml: lambda zone: fe.with_dose(zone, dose_ml), MICROLITRES),
    st.builds(lambda total_ml: lambda zone: fe.with_total(zone, total_ml), MICROLITRES),
    st.just(lambda zone: fe.with_dose(zone, fe.usual_dose_ml(zone))),
    st.builds(
        lambda total_ml, punctures: lambda zone: fe.laid_anew(
            zone, fe.FieldSettings(Pattern.ZONE, Decimal(8), total_ml), ZONE_OUTLINE,
            no_points(), punctures,
        ),
        st.none() | MICROLITRES,
        PUNCTURES,
    ),
)  # fmt: skip


@settings(deadline=None)
@given(PUNCTURES, MICROLITRES, st.none() | MICROLITRES, st.lists(ZONE_EDITS, max_size=5))
@example(70, Decimal("0.05"), Decimal(3), [lambda zone: fe.with_dose(zone, fe.usual_dose_ml(zone))])
def test_a_zone_is_whole_microlitres_whatever_is_done_to_it(
    punctures: int,
    hand_ml: Decimal,
    total_ml: Decimal | None,
    edits: list[Callable[[ChartField], ChartField]],
) -> None:
    zone = zone_of(punctures, hand_ml, total_ml)
    tally = Tally(ATLAS, {})
    for edit in (lambda unchanged: unchanged, *edits):
        zone = edit(zone)
        assert zone.zone_ml is not None
        assert microlitres(fe.usual_dose_ml(zone)) >= 1
        tally.update({zone.id: zone}, [zone.id])
        assert tally.totals().whole.volume_ul == microlitres(zone.zone_ml)


@pytest.mark.parametrize(
    ("total_ml", "punctures", "each_ml"),
    [
        ("3", 70, "0.043"),
        ("0.005", 2, "0.002"),
        ("0.007", 2, "0.004"),
        ("0.010", 250, "0.001"),
        ("12.5", 250, "0.05"),
    ],
)
def test_the_usual_dose_of_a_zone_is_rounded(total_ml: str, punctures: int, each_ml: str) -> None:
    zone = zone_of(punctures, HAND.dose_ml, Decimal(total_ml))
    assert fe.usual_dose_ml(zone) == Decimal(each_ml)


@pytest.mark.parametrize("pattern", [Pattern.ZONE, Pattern.STAGGERED])
def test_volumes_finer_than_a_microlitre_are_refused(pattern: Pattern) -> None:
    is_zone = pattern is Pattern.ZONE
    field = zone_of(70, HAND.dose_ml) if is_zone else field_over("thigh_front_upper.left")
    with pytest.raises(PackingError):
        fe.with_total(field, Decimal("3.0001"))
    with pytest.raises(PackingError):
        fe.with_dose(field, Decimal("0.0501"))


def test_a_zone_that_no_syringe_could_fill_is_refused() -> None:
    zone = zone_of(10**6, Decimal("0.05"))
    with pytest.raises(PackingError):
        fe.with_dose(zone, Decimal(20))


@pytest.mark.parametrize("punctures", [None, 0])
def test_a_zone_without_a_number_of_punctures_is_given_no_dose_each(punctures) -> None:
    zone = replace(zone_of(70, Decimal("0.05")), punctures=punctures)
    with pytest.raises(SharingError):
        fe.with_dose(zone, Decimal("0.05"))
    assert fe.with_total(zone, Decimal(3)).volume_ml == 3


def test_rows_begin_where_the_pattern_says() -> None:
    field = field_over("thigh_front_upper.left", pattern=Pattern.LINES, spacing=20)
    flags = field.points.records["flags"]
    assert flags[0] & int(PointFlag.ROW_START)
    assert 3 <= np.count_nonzero(flags & int(PointFlag.ROW_START)) < len(flags) / 2


def test_depth_changes_all_but_what_was_set_by_hand() -> None:
    field = field_over("thigh_front_upper.left")
    records = field.points.records.copy()
    records["flags"][2] |= int(PointFlag.DEPTH_SET)
    field = replace(field, points=type(field.points).from_records(records))
    deeper = fe.with_depth(field, Decimal("6.5"))
    assert deeper.points[0].depth_mm == Decimal("6.500")
    assert deeper.points[2].depth_mm == Decimal("4.000")


def test_the_loops_of_a_region_run_along_its_border() -> None:
    outline = region_outline(["thigh_front_upper.left"])
    (loop,) = loops_of(ATLAS, outline)
    (sheet,) = area_of(ATLAS, outline).sheets
    assert len(loop) == len(sheet.patch.loops[0])
    both = region_outline(["thigh_front_upper.left", "thigh_outer_upper.left"])
    (joined,) = loops_of(ATLAS, both)
    assert len(joined) < len(loop) + len(loops_of(ATLAS, region_outline(both.regions[1:]))[0])


def test_a_point_changed_by_hand_ends_the_link_and_leaves_the_other_side_alone() -> None:
    field = field_over("cheek.left", spacing=8)
    document = ChartDocument()
    document.apply(fe.fill(field))
    image = fe.mirrored(field, ATLAS, new_id())
    document.apply(fe.fill(image, label=EditLabel.MIRROR))
    gone = delete_points(document.fields, [PointRef(field.id, 2)])
    document.apply(fe.with_images(document.fields, gone, ATLAS))
    assert len(document.fields[field.id].points) == len(field.points) - 1
    assert document.fields[image.id].points == image.points
    assert document.fields[image.id].mirror_of is None
    document.undo()
    assert document.fields[image.id].mirror_of == field.id


@pytest.mark.parametrize(
    ("by_hand", "values"),
    [(set_dose, (Decimal("0.08"), Decimal("0.09"))), (set_depth, (Decimal(5), Decimal(6)))],
)
def test_a_point_set_by_hand_once_more_is_left_alone_on_the_other_side(
    by_hand: Callable[[ChartField, int, Decimal], Edit], values: tuple[Decimal, Decimal]
) -> None:
    first, again = values
    ((_, _, field),) = by_hand(field_over("cheek.left", spacing=8), 2, first).changes
    assert field is not None
    image = fe.mirrored(field, ATLAS, new_id())
    document = ChartDocument([field, image])
    document.apply(fe.with_images(document.fields, by_hand(field, 2, again), ATLAS))
    assert document.fields[image.id] == replace(image, mirror_of=None)


def test_a_shared_total_follows_to_the_other_side() -> None:
    field = field_over("cheek.left", spacing=8, total_ml="1.5")
    document = ChartDocument()
    document.apply(fe.fill(field))
    image = fe.mirrored(field, ATLAS, new_id())
    document.apply(fe.fill(image, label=EditLabel.MIRROR))
    more = fe.change(EditLabel.DOSE, field, fe.with_total(field, Decimal("2.2")))
    document.apply(fe.with_images(document.fields, more, ATLAS))
    assert document.fields[image.id].volume_ml == Decimal("2.2")
    assert document.fields[image.id].mirror_of == field.id


def test_points_of_several_doses_have_the_usual_one_of_most() -> None:
    field = field_over("cheek.left", spacing=8, total_ml="1.5")
    records = field.points.records.copy()
    records["volume"] = 50
    records["volume"][:2] = 400, 10
    mixed = replace(field, points=PackedPoints.from_records(records))
    assert fe.usual_dose_ml(mixed) == Decimal("0.05")


def test_a_field_laid_anew_and_an_image_keep_their_notes() -> None:
    field = replace(field_over("cheek.left", spacing=8), note="bruised")
    assert field.outline is not None
    laid = lay_points(area_of(ATLAS, field.outline), Pattern.SQUARE, 10)
    anew = fe.laid_anew(field, fe.FieldSettings(Pattern.SQUARE, Decimal(10)), field.outline, laid)
    assert anew.note == "bruised"
    image = replace(fe.mirrored(field, ATLAS, new_id()), note="scar here")
    document = ChartDocument([field, image])
    more = fe.change(EditLabel.DOSE, field, fe.with_dose(field, Decimal("0.2")))
    document.apply(fe.with_images(document.fields, more, ATLAS))
    assert document.fields[image.id].note == "scar here"
    assert document.fields[image.id].dose_per_point_ml == Decimal("0.2")


def test_a_mirrored_outline_of_two_pieces_means_both() -> None:
    cheeks = area_of(ATLAS, region_outline(["cheek.left", "buttock.left"]))
    drawn = outline_of(cheeks, OutlineKind.LASSO)
    assert len(drawn.rings) == 2
    image = area_of(ATLAS, mirrored_outline(ATLAS, drawn))
    assert image.area_mm2 == pytest.approx(cheeks.area_mm2, rel=0.01)


def test_the_areas_used_last_are_kept_at_hand() -> None:
    area = area_of(ATLAS, region_outline(["cheek.left"]))
    outlines = [region_outline([f"cheek.left.{number}"]) for number in range(60)]
    used = outlines[0]
    for outline in outlines:
        remember(ATLAS, outline, area)
        assert known_area(ATLAS, used) is area
        assert known_area(ATLAS, outline) is area
    assert known_area(ATLAS, outlines[1]) is None
