"""A reason that was typed and not given stays with its session, though rules are for all."""

import pytest
from added import add_patient

from mesodesk.domain.answers import Answer
from mesodesk.domain.questionnaire import ItemKind, load_questionnaire
from mesodesk.domain.records.intake import IntakeFields, ItemAnswer
from mesodesk.ui.pages.session import SessionPage
from mesodesk.ui.pages.session_parts.acknowledge_form import AcknowledgeForm

TYPED = "Spoken about with the doctor of the first patient"


def two_alike(desk, _clock):
    """Sessions of two patients who answered the same: yes to everything."""
    sessions = []
    for name in ("Ada", "Bea"):
        patient = add_patient(desk, name, "Alike")
        draft = desk.intakes.start(patient.id)
        yes = {
            item.id: ItemAnswer(Answer.YES)
            for item in load_questionnaire().items
            if item.kind is ItemKind.YES_NO
        }
        desk.intakes.save(draft.id, draft.version, IntakeFields(answers=yes))
        sessions.append(desk.sessions.start(patient.id))
    return sessions


class Alike:
    def __init__(self, place, sessions):
        self.place, (self.first, self.other) = place, sessions
        self.page = place.add(SessionPage, "patient", "patients", "followup")

    def open(self, session):
        self.place.window.open("session", session_id=session.id, station="check")
        self.place.settle()

    def forms(self):
        forms = self.page.stack.station("check").findChildren(AcknowledgeForm)
        return [form for form in forms if form.reason is not None]

    def texts(self):
        return [form.reason.value() or "" for form in self.forms()]

    def type_reason(self):
        field = self.forms()[0].reason.input
        field.setFocus()
        self.place.qtbot.keyClicks(field, TYPED)
        self.place.settle()


@pytest.fixture
def alike(prepared):
    return Alike(*prepared(two_alike))


def test_a_reason_never_turns_up_in_the_session_of_somebody_else(alike):
    alike.open(alike.first)
    alike.type_reason()
    assert alike.texts()[0] == TYPED
    alike.open(alike.other)
    assert len(alike.texts()) > 1
    assert set(alike.texts()) == {""}
    alike.open(alike.first)
    assert alike.texts()[0] == TYPED


def test_it_is_there_again_after_the_program_was_closed(alike):
    alike.open(alike.first)
    alike.type_reason()
    alike.place.close()
    alike.place.open()
    alike.page = alike.place.add(SessionPage, "patient", "patients", "followup")
    alike.open(alike.other)
    assert set(alike.texts()) == {""}
    alike.open(alike.first)
    assert alike.texts()[0] == TYPED
