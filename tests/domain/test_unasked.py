"""What was not asked: one number, whoever says it."""

from datetime import date

import pytest

from mesodesk.domain.answers import Answer
from mesodesk.domain.questionnaire import ItemKind, load_questionnaire
from mesodesk.domain.rulebook import load_rules
from mesodesk.domain.screening import chips, evaluate, unasked_words
from mesodesk.domain.screening_facts import ScreeningFacts
from mesodesk.domain.unasked import unasked, waited_for

TODAY = date(2026, 7, 1)


def findings(**answers):
    facts = ScreeningFacts(
        on=TODAY, age_years=40, body_sex="female", answers=answers, in_session=False
    )
    return evaluate(load_rules(), facts)


def test_the_header_counts_what_is_listed():
    found = findings()
    stopping = unasked(found).stopping
    assert len(stopping) > 3
    assert unasked_words(len(stopping)) in [chip.label for chip in chips(found, ())]


def test_each_is_counted_once_and_either_stops_or_does_not():
    open_now = unasked(findings(), ("medicines", "pregnant", "diabetes"))
    assert not set(open_now.stopping) & set(open_now.others)
    assert open_now.stopping.count("pregnant") == 1
    assert open_now.others.count("diabetes") == 1
    assert open_now.others[-1] == "medicines"


@pytest.mark.parametrize("item", [each for each in load_questionnaire().items if each.asked_if])
def test_what_hangs_on_a_question_without_an_answer_waits_for_that_one(item):
    every_no = {
        each.id: Answer.NO
        for each in load_questionnaire().items
        if each.kind is ItemKind.YES_NO and each.id not in (item.id, item.asked_if)
    }
    waited = waited_for(findings(**every_no))
    assert item.id not in waited
    answered = waited_for(findings(**every_no, **{item.asked_if: Answer.NO}))
    assert item.id not in answered
    assert item.asked_if not in answered
