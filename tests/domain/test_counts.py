"""The spacing for a number of points: for that very number if rows allow it, or the nearest."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesodesk.domain.bodymap.counts import ONE_OF, next_count, spacing_for, spacing_to_thin

SPACINGS = st.integers(20, 400).map(lambda tenths: Decimal(tenths) / 10)


def in_square(side_mm):
    """Return how many points a square holds, in whole rows half a spacing from its border."""

    def count_at(spacing_mm):
        a_row = int(Decimal(side_mm) / spacing_mm)
        return a_row * a_row

    return count_at


@given(st.integers(20, 400), SPACINGS, st.integers(1, 400))
def test_what_is_told_is_what_the_spacing_gives(side_mm, spacing_mm, wanted):
    count_at = in_square(side_mm)
    found, count = spacing_for(count_at, wanted, spacing_mm)
    assert Decimal(2) <= found <= Decimal(40)
    assert found * 10 == int(found * 10)
    assert count == count_at(found)


@given(st.integers(60, 400), SPACINGS, st.integers(2, 12))
def test_a_number_that_rows_allow_is_found(side_mm, spacing_mm, a_row):
    if not Decimal(3) <= Decimal(side_mm) / a_row <= Decimal(38):
        return
    assert spacing_for(in_square(side_mm), a_row * a_row, spacing_mm)[1] == a_row * a_row


def test_between_two_rows_the_nearest_number_is_taken():
    assert spacing_for(in_square(100), 60, Decimal(15))[1] == 64
    assert spacing_for(in_square(100), 52, Decimal(15))[1] == 49


@pytest.mark.parametrize("wanted", [1, 5000])
def test_what_no_spacing_gives_ends_at_the_closest_or_the_widest(wanted):
    found, count = spacing_for(in_square(100), wanted, Decimal(15))
    assert (found, count) == ((Decimal(40), 4) if wanted == 1 else (Decimal(2), 2500))


def test_an_area_that_holds_no_point_now_is_tried_closer():
    assert spacing_for(in_square(30), 4, Decimal(40))[1] == 4


@given(st.integers(120, 400), SPACINGS)
def test_the_next_number_lies_on_the_side_that_was_asked_for(side_mm, spacing_mm):
    count_at = in_square(side_mm)
    now = count_at(spacing_mm)
    assert next_count(count_at, spacing_mm, 1) >= now
    assert next_count(count_at, spacing_mm, -1) <= now
    if spacing_mm <= Decimal(15):
        assert next_count(count_at, spacing_mm, -1) < now


@given(st.integers(60, 400), SPACINGS, st.integers(4, 400))
def test_a_field_that_is_thinned_has_a_few_points_more(side_mm, spacing_mm, wanted):
    count_at = in_square(side_mm)
    nearest_mm, _ = spacing_for(count_at, wanted, spacing_mm)
    fuller = spacing_to_thin(count_at, wanted, nearest_mm)
    if fuller is None:
        return
    assert fuller[0] <= nearest_mm
    assert fuller[1] == count_at(fuller[0])
    assert wanted <= fuller[1] <= wanted + max(1, wanted // ONE_OF)


def test_too_many_more_are_not_thinned():
    assert spacing_to_thin(in_square(100), 60, Decimal("12.5")) == (Decimal("12.5"), 64)
    assert spacing_to_thin(in_square(100), 52, Decimal(14)) is None
