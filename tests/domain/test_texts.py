"""How words are compared, what counts more, and how dates are written."""

from datetime import date

import pytest

from mesodesk.domain.texts import day_text, match_rank


@pytest.mark.parametrize(
    ("query", "name", "others", "rank"),
    [
        ("sodium ch", "Sodium chloride 0.9 %", "", 0),
        ("chlor sod", "Sodium chloride 0.9 %", "", 1),
        ("saline", "Sodium chloride 0.9 %", "diluent saline", 2),
        ("sodium ch", "Phosphatidylcholine 5 %", "sodium deoxycholate", 3),
        ("sodium ch", "Caffeine", "", None),
        ("", "Caffeine", "", 0),
    ],
)
def test_a_word_that_begins_counts_more_than_letters_inside(query, name, others, rank):
    assert match_rank(query, name, others) == rank


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "3 Dec 2026"),
        ("fr_CA", "3 déc. 2026"),
        ("it", "3 dic 2026"),
        ("es", "3 dic 2026"),
        ("de", "3 Dec 2026"),
    ],
)
def test_a_date_is_written_in_the_language(language, written):
    assert day_text(date(2026, 12, 3), language) == written
