"""Expiry dates as labels print them."""

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesodesk.domain.expiry import ExpiryError, read_expiry


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2027-03-31", date(2027, 3, 31)),
        ("2027-03-15", date(2027, 3, 15)),
        ("15.03.2027", date(2027, 3, 15)),
        ("15/3/27", date(2027, 3, 15)),
        ("03/2027", date(2027, 3, 31)),
        ("3.2027", date(2027, 3, 31)),
        ("2027-03", date(2027, 3, 31)),
        ("2027/3", date(2027, 3, 31)),
        ("02/28", date(2028, 2, 29)),
        ("03/27", date(2027, 3, 31)),
        ("0327", date(2027, 3, 31)),
        ("032027", date(2027, 3, 31)),
        ("202703", date(2027, 3, 31)),
        ("270300", date(2027, 3, 31)),
        ("20270315", date(2027, 3, 15)),
        ("15032027", date(2027, 3, 15)),
        ("MAR 2027", date(2027, 3, 31)),
        ("Mar-27", date(2027, 3, 31)),
        ("MAR27", date(2027, 3, 31)),
        ("15 MAR 2027", date(2027, 3, 15)),
        ("15MAR27", date(2027, 3, 15)),
        ("2027 MAR 15", date(2027, 3, 15)),
        ("août 2027", date(2027, 8, 31)),
        ("juin 2027", date(2027, 6, 30)),
        ("juillet 2027", date(2027, 7, 31)),
        ("dicembre 2027", date(2027, 12, 31)),
        ("EXP 03/2027", date(2027, 3, 31)),
        ("EXP: 2027-03", date(2027, 3, 31)),
        ("Exp.03.2027", date(2027, 3, 31)),
        ("use by 15 mar 2027", date(2027, 3, 15)),
        ("  ٠٣/٢٠٢٧ ", date(2027, 3, 31)),
        ("04/25/2027", date(2027, 4, 25)),
    ],
)
def test_read(text, day):
    assert read_expiry(text) == day


def test_the_order_of_day_and_month_is_the_reader_s():
    assert read_expiry("03/04/2027") == date(2027, 4, 3)
    assert read_expiry("03/04/2027", month_first=True) == date(2027, 3, 4)
    assert read_expiry("25/04/2027", month_first=True) == date(2027, 4, 25)


@pytest.mark.parametrize("text", ["270331", "311227", "161217"])
def test_what_may_be_two_dates_is_asked_back(text):
    with pytest.raises(ExpiryError, match="two different dates"):
        read_expiry(text)


@pytest.mark.parametrize(
    "text",
    ["", "EXP", "13/2027", "2027", "31/02/2027", "00/2027", "03/1927", "03/3027", "3 1 2 4 5",
     "soon", "MAR", "MAR APR 2027", "1/2/3/4", "x" * 100, "99999999", "2027-00-10", "-"],
)  # fmt: skip
def test_what_is_no_expiry_date_is_refused(text):
    with pytest.raises(ExpiryError) as error:
        read_expiry(text)
    assert "2027" in error.value.sentence


@given(st.dates(date(2015, 1, 1), date(2099, 12, 31)))
def test_a_day_is_read_in_every_order_that_is_plain(day):
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%d %b %Y", "%d%b%y", "%Y/%m/%d"):
        assert read_expiry(day.strftime(form)) == day


@given(st.text(max_size=50))
def test_anything_is_read_or_refused(text):
    with contextlib.suppress(ExpiryError):
        assert 2015 <= read_expiry(text).year < 2100
