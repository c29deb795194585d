"""What a favourite keeps, what it leaves behind, and how it lies on another body."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesodesk.domain.bodymap.chart import ChartDocument
from mesodesk.domain.bodymap.codec import ChartDataError
from mesodesk.domain.bodymap.copying import copy_fields, prechosen, same_strengths
from mesodesk.domain.bodymap.edits import EditLabel, set_dose
from mesodesk.domain.bodymap.field_edits import changed_by_hand, with_dose
from mesodesk.domain.bodymap.fields import ChartField, Outline, OutlineKind, Pattern
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints, PointFlag
from mesodesk.domain.bodymap.resizing import SpacingError
from mesodesk.domain.bodymap.view import SurfacePoint
from mesodesk.domain.canonical import canonical_json
from mesodesk.domain.dosing import ActiveStrength, Component, Mixture
from mesodesk.domain.favourites import (
    FORMAT,
    NewerFormatError,
    content_from_plain,
    content_to_plain,
    favourite_of,
    fields_for,
    mixture_of,
)
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.session import ComponentRecord, SyringeRecord
from mesodesk.domain.records.stock import ActiveFields
from mesodesk.domain.strength import Strength, StrengthUnit

CAFFEINE = ActiveFields("caffeine", "Caffeine", Strength(Decimal(5), StrengthUnit.PERCENT))
PROCAINE = ActiveFields("procaine", "Procaine", None)


def part(name, volume, *actives, diluent=False):
    return ComponentRecord(
        new_id(), new_id(), new_id(), name, "", f"LOT-{name}", date(2027, 1, 1), diluent,
        Decimal(volume), actives,
    )  # fmt: skip


def drawn(digit, *parts, label="Mix"):
    return SyringeRecord(new_id(), digit, label, parts, Decimal("0.1"), Decimal("0.2"))


def laid(syringe, *volumes_ul, pattern=Pattern.LINES, **others):
    flags = PointFlag.MOVED | PointFlag.ROW_START
    points = PackedPoints(
        ChartPoint(10 + at, 0.25, 0.5, volume, 4000, flags) for at, volume in enumerate(volumes_ul)
    )
    made = ChartField(
        new_id(), syringe.id, "papule", Decimal(4), "30g_4", pattern, Decimal(15), points=points
    )
    return replace(made, note="told me in confidence", **others)


@pytest.fixture
def two_syringes():
    return (
        drawn(4, part("Caffeine 5 %", "2", CAFFEINE), part("Saline", "8", diluent=True)),
        drawn(2, part("Procaine", "1", PROCAINE), label=""),
        drawn(7, part("Unused", "1", PROCAINE)),
    )


def stored(content):
    """Return what is read back from the column."""
    return content_from_plain(json.loads(canonical_json(content_to_plain(content))))


def test_it_keeps_places_and_recipes_and_leaves_the_session_behind(two_syringes):
    first, second, _ = two_syringes
    one = laid(first, 50, 60)
    image = laid(first, 50, 60, mirror_of=one.id)
    other = laid(second, 100, pattern=Pattern.SINGLE)
    content = stored(favourite_of([other, image, one], two_syringes, "body-1"))
    assert [(recipe.digit, recipe.label) for recipe in content.recipes] == [(2, ""), (4, "Mix")]
    assert [
        (each.product_name, each.volume_ml, each.diluent) for each in content.recipes[1].parts
    ] == [("Caffeine 5 %", Decimal(2), False), ("Saline", Decimal(8), True)]
    assert (content.points, content.zones, content.volume_ml) == (5, 0, Decimal("0.32"))
    by_volume = {len(each.points): each for each in content.fields if each.mirror_of}
    assert by_volume[2].mirror_of in {each.id for each in content.fields}
    by_hand = PointFlag.MOVED | PointFlag.ROW_START
    assert {each.points[0].flags for each in content.fields} == {by_hand}
    text = canonical_json(content_to_plain(content)).decode()
    for told in ("LOT", "confidence", "2027", *(str(each.id) for each in two_syringes)):
        assert told not in text
    for field in (one, image, other):
        assert str(field.id) not in text
    for syringe in two_syringes:
        for each in syringe.components:
            assert str(each.lot_id) not in text
            assert str(each.id) not in text


def test_a_field_of_an_unknown_syringe_makes_no_favourite(two_syringes):
    with pytest.raises(ValueError, match="syringe"):
        favourite_of([laid(drawn(1, part("X", "1")), 50)], two_syringes, "body-1")


def test_the_recipe_fits_the_syringe_of_another_day(two_syringes):
    content = stored(favourite_of([laid(two_syringes[0], 50)], two_syringes, "body-1"))
    (recipe,) = content.recipes

    def of_percent(value):
        strength = Strength(Decimal(value), StrengthUnit.PERCENT)
        actives = (ActiveStrength("Caffeine", "caffeine", strength),)
        return Mixture(
            (
                Component(new_id(), "Caffeine", Decimal(2), actives),
                Component(new_id(), "Other saline", Decimal(8)),
            )
        )

    today = {UUID(int=99): of_percent(5)}
    assert prechosen({recipe.id: recipe.mixture()}, today) == {recipe.id: UUID(int=99)}
    assert same_strengths(recipe.mixture(), of_percent(5))
    assert not same_strengths(recipe.mixture(), of_percent(4))


def test_an_unknown_strength_stays_unknown(two_syringes):
    content = stored(favourite_of([laid(two_syringes[1], 50)], two_syringes, "body-1"))
    (concentration,) = content.recipes[0].mixture().concentrations()
    assert concentration.per_ml is None


HEIGHTS = st.decimals("120", "210", places=1)


@settings(max_examples=60, deadline=None)
@given(HEIGHTS, st.decimals("2", "40", places=1), st.sampled_from([Decimal("0.9"), Decimal("1.1")]))
def test_on_a_body_of_the_same_height_lengths_come_back_as_they_were(height, spacing, factor):
    syringe = drawn(1, part("Caffeine", "2", CAFFEINE))
    band = Outline(OutlineKind.BAND, ((SurfacePoint(1, 0.2, 0.2),),), width_mm=spacing)
    field = laid(syringe, 50, spacing_mm=spacing, outline=band)
    scale = float(height) * 10 / 1676.5
    content = stored(favourite_of([field], [syringe], "body-1", scale))
    (placed,) = fields_for(content, scale)
    assert placed.spacing_mm == spacing
    assert placed.outline.width_mm == spacing
    if not 2 <= spacing * factor <= Decimal("39.9"):
        return
    (other,) = fields_for(content, scale * float(factor))
    assert abs(other.spacing_mm - spacing * factor) <= Decimal("0.06")
    assert other.outline.width_mm == other.spacing_mm
    assert other.points == placed.points


@pytest.mark.parametrize(
    ("spacing", "kept_at", "placed_at", "comes_to"),
    [("40", 0.9, 1.2, "53.3"), ("2", 1.2, 0.95, "1.6"), ("38", 1.0, 1.06, "40.3")],
)
def test_points_nearer_or_farther_than_a_field_can_be_laid_are_refused(
    spacing, kept_at, placed_at, comes_to
):
    syringe = drawn(1, part("Caffeine", "2", CAFFEINE))
    field = laid(syringe, 50, spacing_mm=Decimal(spacing))
    content = stored(favourite_of([field], [syringe], "body-1", kept_at))
    with pytest.raises(SpacingError) as caught:
        fields_for(content, placed_at)
    assert caught.value.spacing_mm == Decimal(comes_to)
    assert fields_for(content, kept_at)[0].spacing_mm == Decimal(spacing)


def test_what_was_dosed_by_hand_is_passed_over_after_placing(two_syringes):
    made = set_dose(laid(two_syringes[0], 50, 60), 1, Decimal("0.2")).changes[0][2]
    content = stored(favourite_of([made], two_syringes, "body-1"))
    (placed,) = fields_for(content, 1.0)
    assert changed_by_hand(placed) == 2
    volumes = [point.volume_ul for point in with_dose(placed, Decimal("0.1")).points]
    assert volumes == [100, 200]


def test_placing_is_one_edit_that_undo_takes_back(two_syringes):
    fields = [laid(two_syringes[0], 50), laid(two_syringes[1], 70)]
    content = stored(favourite_of(fields, two_syringes, "body-1"))
    targets = {recipe.id: new_id() for recipe in content.recipes}
    edit = copy_fields(fields_for(content, 1.0), targets, label=EditLabel.FAVOURITE)
    document = ChartDocument()
    document.apply(edit)
    assert document.point_count == 2
    assert {each.syringe_id for each in document.fields.values()} == set(targets.values())
    assert document.undo_label == EditLabel.FAVOURITE
    document.undo()
    assert not document.fields
    assert not document.can_undo


def plain_content(two_syringes):
    content = favourite_of([laid(two_syringes[0], 50)], two_syringes, "body-1")
    return json.loads(canonical_json(content_to_plain(content)))


def test_a_mixture_alone_is_read_back_as_it_was_kept(two_syringes):
    content = mixture_of(two_syringes[1], "body-1")
    stored = json.loads(canonical_json(content_to_plain(content)))
    assert content_from_plain(stored) == content
    assert (content.fields, content.points, content.volume_ml) == ((), 0, 0)
    assert [each.label for each in content.recipes] == [two_syringes[1].label]


def test_a_newer_format_is_told_from_damage(two_syringes):
    whole = plain_content(two_syringes)
    with pytest.raises(NewerFormatError):
        content_from_plain({"format": FORMAT + 1})
    for damaged in (
        {},
        {**whole, "fields": [{}]},
        {**whole, "recipes": []},
        {**whole, "recipes": [], "fields": []},
        {**whole, "recipes": [{"digit": "x", "label": "", "parts": []}]},
        {**whole, "fields": [{**whole["fields"][0], "points": {"raw": "%%"}}]},
        {**whole, "fields": [{**whole["fields"][0], "spacing_mm": "much"}]},
    ):
        with pytest.raises(ChartDataError) as caught:
            content_from_plain(damaged)
        assert not isinstance(caught.value, NewerFormatError)
