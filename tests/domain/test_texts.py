"""How words are compared, what counts more, and how dates are written."""

from datetime import date

import pytest

from mesodesk.domain.questionnaire import load_questionnaire
from mesodesk.domain.schedule import load_schedule
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


def test_no_question_mark_begins_a_line_in_french():
    asked = [item.text.get("fr") for item in load_questionnaire().items]
    asked += [item.text.get("fr") for check in load_schedule().checks for item in check.items]
    assert len(asked) > 80
    assert [text for text in asked if " ?" in text] == []
