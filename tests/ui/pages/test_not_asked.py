"""What was not asked is the same number in the intake, in the header and at the check."""

import re
from decimal import Decimal

import pytest

from mesodesk.domain.answers import Answer
from mesodesk.domain.questionnaire import ItemKind, load_questionnaire
from mesodesk.domain.records.intake import IntakeFields, ItemAnswer
from mesodesk.ui.pages.patient import PatientPage
from mesodesk.ui.pages.session import SessionPage
from mesodesk.ui.pages.session_parts.question_row import QuestionRow
from mesodesk.ui.pages.session_parts.questions_card import QuestionsCard
from mesodesk.ui.widgets.chips import Chip

LEFT = ("pregnant", "diabetes", "diabetes_insulin", "bleeding_disorder", "bleeding_disorder_severe")


def number(text):
    return int(re.search(r"\d+", text).group())


@pytest.fixture
def patient(workplace):
    """A patient whose open intake lacks some answers, the list of allergies and the skin type."""
    patient = workplace.patient()
    given = {
        item.id: ItemAnswer(Answer.NO)
        for item in load_questionnaire().items
        if item.kind is ItemKind.YES_NO and item.id not in LEFT
    }

    def begin(desk):
        draft = desk.intakes.start(patient.id)
        typed = IntakeFields(
            given, medicines_asked=True, height_cm=Decimal(168), weight_kg=Decimal(64)
        )
        desk.intakes.save(draft.id, draft.version, typed)

    workplace.run(begin)
    return patient


def test_intake_header_and_check_say_the_same(workplace, patient):
    page = workplace.add(PatientPage)
    session_page = workplace.add(SessionPage, "followup", "settings", "stock")
    workplace.window.open("patient", patient_id=patient.id, tab="intake")
    workplace.settle()
    left = number(page.tabs.intake.side.complete.text())
    stopping = page.tabs.intake.side.findings.findChild(Chip).text()

    session = workplace.run(lambda desk: desk.sessions.start(patient.id))
    with workplace.qtbot.waitSignal(session_page.state.opened):
        workplace.window.open("session", session_id=session.id, station="check")
    workplace.settle()
    asking = session_page.findChild(QuestionsCard)
    assert asking.chip.text() == stopping
    others = number(asking.more.handle.text())
    assert number(stopping) + others == left
    assert f"{number(stopping)} questions not asked" in (
        workplace.find("findings_banner").headline.text()
    )
    assert stopping in [chip.text() for chip in session_page.header.findChildren(Chip)]

    workplace.click("other_questions")
    workplace.settle()
    typed_there = asking.rest.words.text()
    rows = asking.more.content.findChildren(QuestionRow)
    assert len(rows) + number(typed_there) == others
