"""Numbers as typed, and the two systems of units."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesodesk.domain.units import (
    QuantityError,
    QuantityProblem,
    body_mass_index,
    cm_to_inches,
    inches_to_cm,
    kg_to_pounds,
    parse_decimal,
    plain,
    pounds_to_kg,
    rounded,
)

exact = st.decimals(min_value=0, max_value=10**6, places=3)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2.5", "2.5"),
        ("2,5", "2.5"),
        (" 2,5\t", "2.5"),
        ("0", "0"),
        ("007", "7"),
        (".5", "0.5"),
        (",5", "0.5"),
        ("5.", "5"),
        ("1 250,5", "1250.5"),
        ("1\u202f250.5", "1250.5"),
        ("12\u2009345\u2009678", "12345678"),
        ("1\u00a0000", "1000"),
        ("1,000", "1"),
        ("\u0662\u066b\u0665", "2.5"),
        ("\u0968.\u096b", "2.5"),
        ("\uff12.\uff15", "2.5"),
    ],
)
def test_reads_what_people_type(text, value):
    assert parse_decimal(text, places=3) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", QuantityProblem.EMPTY),
        ("  \u00a0", QuantityProblem.EMPTY),
        ("abc", QuantityProblem.NOT_A_NUMBER),
        ("1e9", QuantityProblem.NOT_A_NUMBER),
        ("1E-3", QuantityProblem.NOT_A_NUMBER),
        ("NaN", QuantityProblem.NOT_A_NUMBER),
        ("Infinity", QuantityProblem.NOT_A_NUMBER),
        ("½", QuantityProblem.NOT_A_NUMBER),
        ("2²", QuantityProblem.NOT_A_NUMBER),
        ("1_000", QuantityProblem.NOT_A_NUMBER),
        ("0x10", QuantityProblem.NOT_A_NUMBER),
        ("+5", QuantityProblem.NOT_A_NUMBER),
        ("--5", QuantityProblem.NOT_A_NUMBER),
        (".", QuantityProblem.NOT_A_NUMBER),
        (",", QuantityProblem.NOT_A_NUMBER),
        ("-", QuantityProblem.NOT_A_NUMBER),
        ("2\n5", QuantityProblem.NOT_A_NUMBER),
        ("2\u200b5", QuantityProblem.NOT_A_NUMBER),
        ("9" * 41, QuantityProblem.NOT_A_NUMBER),
        ("0.4.4", QuantityProblem.TWO_SEPARATORS),
        ("1.000,5", QuantityProblem.TWO_SEPARATORS),
        ("1,000.5", QuantityProblem.TWO_SEPARATORS),
        ("2 5", QuantityProblem.SPACED),
        ("0 500", QuantityProblem.SPACED),
        ("1  000", QuantityProblem.SPACED),
        ("1000 000", QuantityProblem.SPACED),
        ("- 5", QuantityProblem.SPACED),
        ("2 .5", QuantityProblem.SPACED),
        ("2. 5", QuantityProblem.NOT_A_NUMBER),
        ("-1", QuantityProblem.NEGATIVE),
        ("\u22121", QuantityProblem.NEGATIVE),
        ("-0", QuantityProblem.NEGATIVE),
        ("0.1234", QuantityProblem.TOO_PRECISE),
        ("2.5000", QuantityProblem.TOO_PRECISE),
    ],
)
def test_refuses_what_is_not_a_number(text, problem):
    with pytest.raises(QuantityError) as raised:
        parse_decimal(text, places=3)
    assert raised.value.problem is problem
    assert raised.value.sentence.endswith((".", "?"))
    assert not text.strip() or text.strip() not in raised.value.sentence or len(text.strip()) == 1


def test_a_group_is_never_mistaken_for_two_numbers_with_a_fraction():
    with pytest.raises(QuantityError) as raised:
        parse_decimal("1 00,5", places=3)
    assert raised.value.problem is QuantityProblem.SPACED


@pytest.mark.parametrize(
    ("text", "bounds", "sentence"),
    [
        ("0", {"minimum": Decimal("0.01")}, "The number must be at least 0.01."),
        ("5000", {"maximum": Decimal("400.0")}, "The number must be at most 400."),
        ("-3", {"minimum": Decimal(-2)}, "The number must be at least -2."),
        ("-3", {"minimum": Decimal(0)}, "The number cannot be negative."),
    ],
)
def test_bounds_are_named(text, bounds, sentence):
    with pytest.raises(QuantityError) as raised:
        parse_decimal(text, places=2, **bounds)
    assert raised.value.sentence == sentence


@pytest.mark.parametrize(
    ("places", "sentence"),
    [
        (0, "Use a whole number."),
        (1, "Use at most 1 digit after the decimal point."),
        (2, "Use at most 2 digits after the decimal point."),
    ],
)
def test_too_many_decimals_are_refused_not_rounded(places, sentence):
    with pytest.raises(QuantityError) as raised:
        parse_decimal("1.005", places=places)
    assert raised.value.sentence == sentence
    assert raised.value.limit == places


def test_negative_numbers_where_they_are_allowed():
    assert parse_decimal("-1,5", places=1, minimum=Decimal(-2)) == Decimal("-1.5")
    zero = parse_decimal("-0", places=1, minimum=Decimal(-2))
    assert zero == 0
    assert not zero.is_signed()


def test_bounds_are_included():
    assert parse_decimal("2", places=0, minimum=Decimal(2), maximum=Decimal(2)) == 2


@given(value=exact, comma=st.booleans())
def test_what_is_written_is_read_back(value, comma):
    text = format(value, "f")
    assert parse_decimal(text.replace(".", ",") if comma else text, places=3) == value


@given(
    value=st.integers(min_value=1000, max_value=10**12),
    space=st.sampled_from(" \u00a0\u2009\u202f"),
)
def test_grouped_thousands_are_read_back(value, space):
    assert parse_decimal(f"{value:,}".replace(",", space), places=0) == value


@given(value=exact, zero=st.sampled_from("\u0660\u06f0\u0966\u09e6\uff10"))
def test_digits_of_every_script_mean_the_same(value, zero):
    text = format(value, "f")
    foreign = "".join(chr(ord(zero) + int(c)) if c.isdigit() else c for c in text)
    assert parse_decimal(foreign, places=3) == value


@given(text=st.text(max_size=45))
def test_any_text_is_a_finite_number_or_a_sentence(text):
    try:
        value = parse_decimal(text, places=2, minimum=Decimal(0), maximum=Decimal(1000))
    except QuantityError as error:
        outcome = error.sentence
    else:
        outcome = value.is_finite() and 0 <= value <= 1000 and -value.as_tuple().exponent <= 2
    assert outcome


@given(value=exact)
def test_pounds_and_inches_are_exact(value):
    assert Fraction(pounds_to_kg(value)) == Fraction(value) * Fraction(45359237, 10**8)
    assert Fraction(inches_to_cm(value)) == Fraction(value) * Fraction(254, 100)


@given(value=exact)
def test_back_and_forth_comes_home_when_rounded(value):
    assert rounded(kg_to_pounds(pounds_to_kg(value)), 3) == value
    assert rounded(cm_to_inches(inches_to_cm(value)), 3) == value


def test_known_conversions():
    assert pounds_to_kg(Decimal(100)) == Decimal("45.359237")
    assert inches_to_cm(Decimal(66)) == Decimal("167.64")
    assert rounded(kg_to_pounds(Decimal(64)), 1) == Decimal("141.1")
    assert rounded(cm_to_inches(Decimal(168)), 1) == Decimal("66.1")


def test_rounds_halves_as_people_do():
    assert rounded(Decimal("2.5"), 0) == 3
    assert rounded(Decimal("0.125"), 2) == Decimal("0.13")
    assert rounded(Decimal("-0.125"), 2) == Decimal("-0.13")
    assert str(rounded(Decimal(3), 2)) == "3.00"
    assert rounded(Decimal(10) ** 30, 2) == Decimal(10) ** 30


@pytest.mark.parametrize(
    ("value", "text"),
    [("1000", "1000"), ("1E+3", "1000"), ("2.50", "2.5"), ("0.00", "0"), ("100.0", "100")],
)
def test_plain_has_no_exponent_and_no_empty_decimals(value, text):
    assert plain(Decimal(value)) == text


def test_body_mass_index():
    assert rounded(body_mass_index(Decimal(64), Decimal(168)), 1) == Decimal("22.7")
    assert body_mass_index(Decimal("76.8"), Decimal(160)) == 30


@pytest.mark.parametrize(("weight", "height"), [("0", "168"), ("64", "0"), ("-1", "168")])
def test_body_mass_index_needs_a_body(weight, height):
    with pytest.raises(ValueError, match="positive"):
        body_mass_index(Decimal(weight), Decimal(height))
