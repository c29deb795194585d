"""What the window does where the role of who is at the desk does not allow it."""

import pytest
from sqlalchemy import update

from mesodesk.db.models.clinic import UserRow
from mesodesk.domain.changes import Topic
from mesodesk.domain.records.clinic import Role
from mesodesk.domain.records.intake import IntakeState
from mesodesk.domain.rights import Right
from mesodesk.ui.pages.patient import PatientPage


def become(desk, role):
    """Give who is at the desk another role."""
    own = desk.user.id
    with desk.store.write(Right.PEOPLE) as tx:
        tx.db.execute(update(UserRow).where(UserRow.id == own).values(role=role))
        tx.audit("user.role", "app_user", own)
        tx.touch(Topic.CLINIC)


@pytest.fixture
def assistant(workplace):
    """An assistant, in a window that still takes them for what they were."""
    was = workplace.context.user
    workplace.run(lambda desk: become(desk, Role.ASSISTANT))
    workplace.context.user = was


def test_an_intake_that_an_assistant_may_not_complete_goes_on_being_kept(workplace, assistant):
    patient = workplace.patient()
    page = workplace.add(PatientPage, "session", "followup", "patients")
    workplace.window.open("patient", patient_id=patient.id, tab="intake")
    workplace.settle()
    workplace.type("item_reason", "Cellulite")
    workplace.click("complete_intake")
    workplace.settle()
    notice = page.tabs.intake.notice
    workplace.qtbot.waitUntil(notice.isVisible)
    assert "does not complete intakes" in notice.notice.text.text()
    assert not workplace.window.status.unkept()
    assert workplace.find("complete_intake").isEnabled()
    workplace.type("item_reason", " of the thighs")
    workplace.settle()
    kept = workplace.run(lambda desk: desk.intakes.latest(patient.id))
    assert kept.state is IntakeState.DRAFT
    assert kept.fields.answers["reason"].value == "Cellulite of the thighs"
    assert not workplace.window.status.unkept()
