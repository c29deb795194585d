"""Numbers, dates and ages as they are shown."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale

from mesodesk.domain.units import parse_decimal
from mesodesk.ui.dates import DateTextError, Habits, parse_date
from mesodesk.ui.numbers import (
    age_years,
    format_age,
    format_date,
    format_day,
    format_decimal,
    format_moment,
    format_quantity,
    format_time,
    format_weekday,
    relative_day,
)

BRITISH, FRENCH, AMERICAN = QLocale("en_GB"), QLocale("fr_FR"), QLocale("en_US")
TODAY = date(2026, 3, 12)
NOON = datetime(2026, 3, 12, 10, 42, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "places", "locale", "text"),
    [
        ("2.5", None, BRITISH, "2.5"),
        ("2.50", None, FRENCH, "2,5"),
        ("2.5", 2, FRENCH, "2,50"),
        ("0.005", 2, BRITISH, "0.01"),
        ("-1.5", None, BRITISH, "\u22121.5"),
        ("125000", None, AMERICAN, "125000"),
        ("1E+3", None, BRITISH, "1000"),
    ],
)
def test_decimals(value, places, locale, text):
    assert format_decimal(Decimal(value), places, locale) == text


@given(value=st.decimals(0, 10_000, places=3), locale=st.sampled_from([BRITISH, FRENCH, AMERICAN]))
def test_what_is_shown_is_read_back_as_the_same(value, locale):
    assert parse_decimal(format_decimal(value, None, locale), places=3) == value


def test_a_number_and_its_unit_stay_on_one_line():
    assert format_quantity(Decimal("2.5"), "mL", 2, FRENCH) == "2,50\u00a0mL"


def test_dates_cannot_be_mistaken():
    day = date(2026, 4, 3)
    assert format_date(day, BRITISH) == "3 Apr 2026"
    assert format_date(day, FRENCH) == "3 avr. 2026"
    assert format_day(day, TODAY, BRITISH) == "3 Apr"
    assert format_day(day, date(2025, 1, 1), BRITISH) == "3 Apr 2026"
    assert format_weekday(day, BRITISH) == "Friday 3 April 2026"


def test_times_are_those_of_the_zone():
    assert format_time(NOON, "UTC", seconds=True, locale=BRITISH) == "10:42:07"
    assert format_time(NOON, "Europe/Madrid", locale=BRITISH) == "11:42"
    assert format_moment(NOON, "Asia/Tokyo", BRITISH) == "12 Mar 2026, 19:42"
    assert format_time(NOON, "UTC", locale=AMERICAN).startswith("10:42")


@pytest.mark.parametrize(
    ("birth", "on", "years", "text"),
    [
        (date(1987, 6, 3), TODAY, 38, "38 y"),
        (date(1988, 3, 12), TODAY, 38, "38 y"),
        (date(1988, 3, 13), TODAY, 37, "37 y"),
        (date(2004, 2, 29), date(2025, 2, 28), 20, "20 y"),
        (date(2004, 2, 29), date(2025, 3, 1), 21, "21 y"),
        (date(2025, 1, 31), TODAY, 1, "13 months"),
    ],
)
def test_ages(birth, on, years, text):
    assert age_years(birth, on) == years
    assert format_age(birth, on) == text


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (0, "today"),
        (1, "tomorrow"),
        (-1, "yesterday"),
        (3, "in 3 days"),
        (-9, "9 days ago"),
        (14, "in 2 weeks"),
        (-30, "4 weeks ago"),
        (-400, "5 Feb 2025"),
    ],
)
def test_days_as_people_say_them(days, text):
    assert relative_day(TODAY + timedelta(days=days), TODAY, BRITISH) == text


@given(
    day=st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    locale=st.sampled_from([BRITISH, FRENCH, AMERICAN, QLocale("it_IT"), QLocale("es_ES")]),
)
def test_every_date_shown_is_read_back_as_the_same(day, locale):
    habits = Habits.of(locale)
    for text in (format_date(day, locale), day.isoformat()):
        assert parse_date(text, habits, latest=None) == day


def read_or_explain(text):
    try:
        return parse_date(text, Habits.of(BRITISH), latest=TODAY)
    except DateTextError as error:
        return error.sentence


@given(st.text(max_size=60) | st.from_regex(r"[0-9]{1,14}[/. ][0-9]{1,9}[/. ][0-9]{1,5}"))
@example("99999999999/1/2000")
def test_any_text_is_a_date_or_gets_a_sentence(text):
    outcome = read_or_explain(text)
    assert isinstance(outcome, date) or outcome.endswith(".")


@pytest.mark.parametrize(
    ("text", "latest", "day"),
    [
        ("3.6.87", TODAY, date(1987, 6, 3)),
        ("3/6/26", TODAY, date(2026, 6, 3)),
        ("1/1/27", TODAY, date(1927, 1, 1)),
        ("1/1/27", date(2046, 1, 1), date(2027, 1, 1)),
        ("030687", TODAY, date(1987, 6, 3)),
        ("19870603", TODAY, date(1987, 6, 3)),
        ("٣/٦/١٩٨٧", TODAY, date(1987, 6, 3)),
    ],
)
def test_short_years_runs_of_digits_and_other_digits(text, latest, day):
    assert parse_date(text, Habits.of(BRITISH), latest=latest) == day
