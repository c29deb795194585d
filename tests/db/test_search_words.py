"""How texts become words: blind to case, accents and the way a date or phone is written."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesodesk.db.search_words import (
    Term,
    date_words,
    entry,
    fold,
    meets,
    name_words,
    number_words,
    phone_digits,
    phone_words,
    terms,
    words,
)


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_folding_is_blind_to_the_normal_form(text):
    forms = {unicodedata.normalize(form, text) for form in ("NFC", "NFD", "NFKC", "NFKD")}
    assert len({fold(form) for form in forms}) == 1


@given(st.text(st.characters(codec="latin-1")) | st.text("αβγδέήίόύώςσабвгдёйъ"))
def test_folding_is_blind_to_case(text):
    assert fold(text.upper()) == fold(text.lower()) == fold(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("García", "garcia"),
        ("ÇAĞLA", "cagla"),
        ("İpek IŞIK \u0131ş\u0131k", "ipek isik isik"),
        ("Straße", "strasse"),
        ("Søren Łucja Đorđe Æsa Œuvre Þór", "soren lucja dorde aesa oeuvre thor"),
        ("Nguyễn", "nguyen"),
        ("Παπαδόπουλος", "παπαδοπουλοσ"),
        ("Ёлкин", "елкин"),
        ("ﬁn", "fin"),
        ("١٢٣ ४५", "123 45"),
        ("أحمد", "احمد"),
        ("Zoe\u0308", "zoe"),
        ("a\u200db\u00adc", "abc"),
    ],
)
def test_folded(text, folded):
    assert fold(text) == unicodedata.normalize("NFKD", folded)


@given(st.text())
def test_words_hold_no_sign_that_the_full_text_tables_split_at(text):
    for word in words(text):
        assert word
        assert all(c.isalnum() for c in word if c.isascii())
        assert " " not in word


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("García López", ("garcia", "lopez")),
        ("O'Brien", ("o", "brien", "obrien")),
        ("D\u2019Angelo", ("d", "angelo", "dangelo")),
        ("Smith-Jones", ("smith", "jones", "smithjones")),
        ("Müller", ("muller", "mueller")),
        ("Ødegård", ("odegard", "oedegaard")),
        ("", ()),
        ("-- ' --", ()),
    ],
)
def test_name_words(name, found):
    assert name_words(name) == found


@pytest.mark.parametrize(
    ("phone", "digits", "found"),
    [
        ("612 345 678", "612345678", ("612345678", "345678", "678")),
        ("+34 (612) 34-56", "346123456", ("346123456", "6123456", "3456", "56")),
        ("0044 20", "4420", ("004420", "4420", "20")),
        ("٦١٢ ٣٤٥", "612345", ("612345", "345")),
        ("ext. none", "", ()),
    ],
)
def test_phone_words(phone, digits, found):
    assert phone_digits(phone) == digits
    assert phone_words(phone) == found


def test_date_words_are_in_the_orders_people_type():
    assert date_words(date(1980, 5, 12)) == (
        "19800512",
        "12051980",
        "05121980",
        "120580",
        "051280",
    )
    assert date_words(date(2000, 1, 1)) == ("20000101", "01012000", "010100")


def test_number_words_hold_the_number_without_zeros():
    assert number_words("00042") == ("00042", "42")
    assert number_words("P-0042") == ("p0042", "p", "0042", "42")


def test_an_entry_keeps_names_apart_from_the_rest():
    stored = entry("López", "José", "00042", "612 345", date(1980, 5, 12))
    assert (stored.family, stored.given) == ("lopez", "jose")
    assert set(stored.other.split()) >= {"42", "612345", "12051980"}
    assert stored.whole.split() == ["lopez", "jose", "612345", "00042"]


@pytest.mark.parametrize(
    ("text", "alternatives"),
    [
        ("jose lopez", [{("jose",)}, {("lopez",)}]),
        ("O'Br", [{("o", "br"), ("obr",)}]),
        ("müll", [{("mull",), ("muell",)}]),
        ("12.5.1980", [{("1251980",), ("12051980",)}]),
        ("12.1", [{("121",), ("1201",)}]),
        ("12/05/80", [{("120580",)}]),
        ("1980-5", [{("19805",), ("198005",)}]),
        ("garcia 42 1980", [{("garcia",)}, {("421980",), ("42", "1980")}]),
        ("42 garcia", [{("42",)}, {("garcia",)}]),
        ("007", [{("007",), ("00007",)}]),
        ("0171 555", [{("0171555",), ("171555",), ("0171", "555")}]),
        ("  ", []),
        ("-- . '", []),
        ("jose jose", [{("jose",)}]),
    ],
)
def test_terms(text, alternatives):
    assert [set(term.alternatives) for term in terms(text)] == alternatives


def test_a_novel_pasted_into_the_search_is_cut():
    assert len(terms("word " * 10_000)) == 1
    assert len(terms(" ".join(f"word{n}x" for n in range(1_000)))) == 8


@given(
    st.lists(st.text("ab", min_size=1, max_size=3), max_size=4),
    st.lists(st.lists(st.text("ab", min_size=1, max_size=2), min_size=1, max_size=2), max_size=3),
)
def test_words_on_record_are_met_by_beginning_or_whole(stored, rows):
    term = Term(tuple(tuple(row) for row in rows), numeric=False)
    line = f" {' '.join(stored)} "
    begun = [all(any(one.startswith(word) for one in stored) for word in row) for row in rows]
    whole = [all(word in stored for word in row) for row in rows]
    assert meets(line, term.needles()) == any(begun)
    assert meets(line, term.needles(whole=True)) == any(whole)
