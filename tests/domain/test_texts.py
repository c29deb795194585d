"""How words are compared, and what counts more."""

import pytest

from mesodesk.domain.texts import match_rank


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
