"""The arithmetic of plans, and what a protocol keeps and plans."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesodesk.domain.bodymap.codec import ChartDataError
from mesodesk.domain.canonical import canonical_json, plain
from mesodesk.domain.favourites import NewerFormatError
from mesodesk.domain.plans import earliest_after, glance
from mesodesk.domain.protocols import (
    FORMAT,
    ProtocolCheck,
    ProtocolContent,
    as_shipped,
    plannable,
    protocol_from_plain,
    protocol_to_plain,
    schedule_for,
    title_of,
)
from mesodesk.domain.records.followup import Channel
from mesodesk.domain.records.plan import Interval, IntervalUnit, PlanFields
from mesodesk.domain.schedule import load_schedule, planned_checks

PLAN = UUID(int=1)
DAYS, WEEKS, MONTHS = IntervalUnit.DAYS, IntervalUnit.WEEKS, IntervalUnit.MONTHS
SIX = PlanFields("Contour", (), 6, Interval(14), 8)


@pytest.mark.parametrize(
    ("last", "interval", "earliest"),
    [
        (date(2026, 3, 1), Interval(14), date(2026, 3, 15)),
        (date(2026, 3, 1), Interval(2, WEEKS), date(2026, 3, 15)),
        (date(2026, 3, 1), Interval(1, MONTHS), date(2026, 4, 1)),
        (date(2026, 1, 31), Interval(1, MONTHS), date(2026, 2, 28)),
        (date(2028, 1, 31), Interval(1, MONTHS), date(2028, 2, 29)),
        (date(2026, 12, 15), Interval(1, MONTHS), date(2027, 1, 15)),
        (date(2026, 11, 30), Interval(15, MONTHS), date(2028, 2, 29)),
    ],
)
def test_a_month_is_one_of_the_calendar(last, interval, earliest):
    assert earliest_after(last, interval) == earliest


@given(
    st.dates(date(2000, 1, 1), date(2090, 1, 1)),
    st.sampled_from(IntervalUnit),
    st.integers(1, 24),
    st.integers(0, 40),
)
def test_a_longer_interval_and_a_later_day_never_come_earlier(last, unit, count, later):
    first = earliest_after(last, Interval(count, unit))
    assert first > last
    assert earliest_after(last, Interval(count + 1, unit)) > first
    assert earliest_after(last + timedelta(days=later), Interval(count, unit)) >= first


@given(st.integers(0, 40))
def test_too_soon_is_until_the_day_itself(days):
    today = date(2026, 3, 1) + timedelta(days=days)
    found = glance(PLAN, SIX, number=3, done=2, last_on=date(2026, 3, 1), today=today)
    assert (found.day, found.of_days, found.earliest_on) == (days, 14, date(2026, 3, 15))
    assert found.too_soon == (days < 14)


def test_what_nobody_set_limits_nothing():
    bare = PlanFields("Contour")
    found = glance(PLAN, bare, number=9, done=8, last_on=date(2026, 3, 1), today=date(2026, 3, 2))
    assert (found.of, found.of_days, found.over_maximum) == (None, None, None)
    assert not found.too_soon
    first = glance(PLAN, SIX, number=1, done=0, last_on=None, today=date(2026, 3, 2))
    assert (first.day, first.of_days, first.too_soon) == (None, None, False)


def test_over_the_maximum_is_one_more_than_it():
    last = glance(PLAN, SIX, number=8, done=7, last_on=None, today=date(2026, 3, 2))
    more = glance(PLAN, SIX, number=9, done=8, last_on=None, today=date(2026, 3, 2))
    assert (last.over_maximum, more.over_maximum) == (None, 8)


CALL = ProtocolCheck("hours_72", "days", 2, 1, 3, Channel.PHONE)
WHOLE = ProtocolContent(
    indication="Contour",
    regions=("abdomen_upper.midline",),
    interval=Interval(1, MONTHS),
    max_sessions=6,
    source="our own practice",
    checks=(CALL, replace(as_shipped(load_schedule())[4], title="Photographs")),
    aftercare_id="general",
    note="Weigh before each session",
)


def test_a_protocol_comes_back_as_it_was_kept():
    for content in (WHOLE, ProtocolContent()):
        assert protocol_from_plain(plain(protocol_to_plain(content))) == content


@pytest.mark.parametrize(
    "change",
    [
        {"checks": [{"check": "hours_72"}]},
        {"interval": {"count": 1, "unit": "fortnights"}},
        {"max_sessions": "many"},
        {"regions": None},
        {"injecting": {"format": 1}},
    ],
)
def test_a_damaged_protocol_is_said_to_be_so(change):
    stored = {**protocol_to_plain(WHOLE), **change}
    with pytest.raises(ChartDataError):
        protocol_from_plain(stored)


def test_a_later_protocol_is_told_from_a_damaged_one():
    with pytest.raises(NewerFormatError):
        protocol_from_plain({**protocol_to_plain(WHOLE), "format": FORMAT + 1})


def test_a_protocol_plans_its_own_checks_at_its_own_times():
    shipped, signed = load_schedule(), datetime(2026, 3, 10, 9, tzinfo=UTC)
    own = schedule_for(shipped, (CALL, replace(CALL, check_id="gone_since")))
    (only,) = planned_checks(own, signed, "UTC")
    assert only.check_id == "hours_72"
    assert only.due_at.date() == date(2026, 3, 12)
    assert own.check("hours_72").items == shipped.check("hours_72").items
    assert schedule_for(shipped, None) is shipped
    assert schedule_for(shipped, as_shipped(shipped)).checks == plannable(shipped)


def test_a_check_at_another_time_is_not_called_by_the_shipped_one():
    shipped = load_schedule()
    as_it_was = next(each for each in as_shipped(shipped) if each.check_id == "hours_72")
    assert title_of(replace(as_it_was, channel=Channel.PHONE), shipped, "fr") == ""
    assert title_of(CALL, shipped, "fr") == "Jour 2"
    hours = replace(CALL, unit="hours", due=48, window_from=36, window_to=60)
    assert title_of(hours, shipped, "en") == "48 hours"
    assert title_of(replace(CALL, title="Second day"), shipped, "en") == "Second day"


def test_a_protocol_says_nothing_of_how_many_sessions_a_patient_needs():
    assert b"planned" not in canonical_json(protocol_to_plain(WHOLE))
