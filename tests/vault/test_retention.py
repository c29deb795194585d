"""Old backups go by rules that no clock and no failed run can turn into a loss."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesodesk.vault.retention import (
    ALL_OF,
    DAYS,
    LEAST,
    MIGRATION,
    MIGRATIONS_FOR,
    MONTHS,
    WEEKS,
    Generation,
    to_remove,
)

NOW = datetime(2026, 3, 1, 19, 0, tzinfo=UTC)
LINEAGE = "one"


def made_before(ages: list[timedelta], **others) -> list[Generation]:
    """Return backups of these ages, numbered by age; the last is the newest."""
    return [
        Generation(f"b{number}", LINEAGE, number + 1, NOW - age, **others)
        for number, age in enumerate(sorted(ages, reverse=True))
    ]


def several_a_day(days: int, a_day: int = 4) -> list[Generation]:
    return made_before(
        [timedelta(days=day, hours=2 * part) for day in range(days) for part in range(a_day)]
    )


ages = st.lists(
    st.integers(0, 3 * 365 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes)),
    min_size=1,
    max_size=120,
)
reasons = st.sampled_from(["", "command", MIGRATION])


@st.composite
def histories(draw):
    """Return backups as they may lie in a place, with the one just made; the clock is right."""
    kept = [
        replace(
            one,
            verified=draw(st.integers(0, 9)) > 0,
            lineage=draw(st.sampled_from([LINEAGE, LINEAGE, LINEAGE, "given up"])),
            reason=draw(reasons),
        )
        for one in made_before([*draw(ages), timedelta(0), timedelta(days=1)])
    ]
    newest = replace(kept[-1], verified=True, lineage=LINEAGE)
    return [*kept[:-1], newest], newest


@given(histories())
def test_three_verified_ones_and_the_newest_always_stay(history):
    kept, newest = history
    gone = to_remove(kept, newest, NOW)
    mine = [one for one in kept if one.verified and one.lineage == LINEAGE]
    left = [one for one in mine if one not in gone]
    assert newest in left
    assert len(left) >= min(LEAST, len(mine))
    assert set(gone) <= set(mine)


@given(histories())
def test_young_ones_and_those_before_an_upgrade_stay(history):
    kept, newest = history
    for one in to_remove(kept, newest, NOW):
        assert NOW - one.made_at > ALL_OF
        assert one.reason != MIGRATION or NOW - one.made_at > MIGRATIONS_FOR


@given(histories())
def test_the_last_of_a_day_a_week_and_a_month_stay_as_far_as_they_are_counted(history):
    kept, newest = history
    gone = set(to_remove(kept, newest, NOW))
    mine = [one for one in kept if one.verified and one.lineage == LINEAGE]
    for part_of, most in (
        (lambda at: at.date(), DAYS),
        (lambda at: at.isocalendar()[:2], WEEKS),
        (lambda at: (at.year, at.month), MONTHS),
    ):
        last = {part_of(one.made_at): one for one in mine}
        for part in sorted(last)[-most:]:
            assert last[part] not in gone


@given(histories())
def test_to_remove_them_and_ask_again_removes_no_more(history):
    kept, newest = history
    gone = to_remove(kept, newest, NOW)
    assert to_remove([one for one in kept if one not in gone], newest, NOW) == ()


@given(histories(), st.randoms())
def test_the_order_they_are_given_in_does_not_matter(history, chance):
    kept, newest = history
    shuffled = list(kept)
    chance.shuffle(shuffled)
    assert to_remove(shuffled, newest, NOW) == to_remove(kept, newest, NOW)


@given(histories())
def test_a_run_that_made_none_removes_none(history):
    kept, newest = history
    assert to_remove(kept, None, NOW) == ()
    failed = replace(newest, verified=False)
    assert to_remove([*kept[:-1], failed], failed, NOW) == ()
    assert to_remove(kept[:-1], newest, NOW) == ()


@given(histories(), st.integers(1, 20 * 365 * 24))
def test_a_clock_that_went_back_removes_none(history, hours):
    kept, newest = history
    assert to_remove(kept, newest, NOW - timedelta(hours=hours)) == ()


def by_clock_alone(kept: list[Generation], now: datetime) -> set[Generation]:
    """The control: what many programs do."""
    return {one for one in kept if now - one.made_at > timedelta(days=365)}


@pytest.mark.parametrize("years", [2, 20])
def test_a_clock_that_ran_ahead_removes_none_where_the_clock_alone_removes_all(years):
    before = several_a_day(30)
    now = NOW + timedelta(days=365 * years)
    newest = Generation("new", LINEAGE, 1000, now)
    assert to_remove([*before, newest], newest, now) == ()
    assert by_clock_alone(before, now) == set(before)


def test_a_summer_away_costs_no_day():
    before = several_a_day(40, a_day=1)
    now = NOW + timedelta(days=90)
    newest = Generation("new", LINEAGE, 1000, now)
    gone = to_remove([*before, newest], newest, now)
    left = [one for one in before if one not in gone]
    assert len({one.made_at.date() for one in left}) >= DAYS - 1


def test_three_years_of_work_come_down_to_some_dozens():
    kept = several_a_day(3 * 365)
    gone = to_remove(kept, kept[-1], NOW)
    left = len(kept) - len(gone)
    assert 30 < left < 60


def test_a_vault_that_was_restored_leaves_what_was_made_before_alone():
    before = several_a_day(100)
    newest = Generation("new", "another lineage", 3, NOW)
    assert to_remove([*before, newest], newest, NOW) == ()


def test_numbers_tell_the_order_where_the_clock_was_wrong():
    """A backup dated far back by a wrong clock is the newest all the same, and stays."""
    before = several_a_day(40)
    wrong = Generation("wrong clock", LINEAGE, 5000, datetime(2001, 1, 1, tzinfo=UTC))
    newest = Generation("new", LINEAGE, 5001, NOW)
    assert wrong not in to_remove([*before, wrong, newest], newest, NOW)
