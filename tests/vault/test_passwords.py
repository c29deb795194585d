"""Strength of passwords, and passphrases."""

import re

import pytest

from mesodesk.vault.passwords import (
    Level,
    passphrase_bits,
    strength,
    suggest_passphrase,
    word_list,
)


@pytest.mark.parametrize(
    ("password", "level"),
    [
        ("", Level.UNUSABLE),
        ("short", Level.UNUSABLE),
        ("ninechars", Level.UNUSABLE),
        ("password12", Level.UNUSABLE),
        ("aaaaaaaaaaaa", Level.UNUSABLE),
        ("Barcelona2024", Level.WEAK),
        ("x" * 129, Level.UNUSABLE),
        ("seven quiet herons at noon", Level.STRONG),
    ],
)
def test_judges(password, level):
    judged = strength(password)
    assert judged.level is level
    assert judged.acceptable == (level is not Level.UNUSABLE)
    assert judged.sentence.endswith(".")


def test_says_how_many_characters_are_missing():
    assert "1 more character is" in strength("ninechars").sentence
    assert "5 more characters are" in strength("short").sentence


def test_words_of_the_clinic_make_a_password_weaker():
    password = "Lindenhofklinik7"
    alone = strength(password)
    known = strength(password, ["Lindenhofklinik Bern"])
    assert known.level < alone.level


def test_what_looks_alike_counts_alike():
    # Full-width letters are the same password after NFKC.
    assert strength("\uff50assword12") == strength("password12")


def test_rates_the_longest_password():
    assert strength("quilt marble falcon " * 6 + "ribbon").acceptable


def test_a_suggestion_is_strong_and_made_of_our_words():
    suggested = suggest_passphrase()
    assert set(suggested.split(" ")) <= set(word_list())
    assert len(suggested.split(" ")) == 5
    assert strength(suggested).level is Level.STRONG


def test_suggestions_differ():
    assert len({suggest_passphrase() for _ in range(20)}) == 20


def test_five_words_carry_55_bits():
    assert passphrase_bits() >= 55
    assert passphrase_bits(6) > passphrase_bits()
    with pytest.raises(ValueError, match="at least 5"):
        suggest_passphrase(4)


def test_the_list_is_clean():
    words = word_list()
    assert len(words) >= 2048
    assert len(set(words)) == len(words)
    assert all(re.fullmatch("[a-z]{4,8}", word) for word in words)
