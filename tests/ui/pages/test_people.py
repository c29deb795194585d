"""People: somebody new, a code shown once, leaving, the key and the kit; on the real vault."""

import pytest
from PySide6.QtWidgets import QLabel

from mesodesk.domain.records.clinic import Role
from mesodesk.domain.records.staff import PersonFields, WayIn
from mesodesk.domain.rights import Right
from mesodesk.ui.pages.people import PeoplePage
from mesodesk.ui.pages.settings import SettingsPage
from mesodesk.ui.widgets.cards import Notice
from mesodesk.vault import attempts
from mesodesk.vault.errors import WrongPasswordError
from mesodesk.vault.vault import open_vault

PASSWORD = "plain tea in the morning"


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    """Lets no pause follow a wrong password."""
    monkeypatch.setattr(attempts, "pause_after", lambda _failures: 0.0)


@pytest.fixture
def page(workplace):
    made = workplace.add(PeoplePage, "settings")
    workplace.window.open("people")
    workplace.settle()
    return made


@pytest.fixture
def ben(workplace):
    """Ben, put on record, who has not come in yet."""
    return workplace.run(lambda desk: desk.people.add(PersonFields("Ben Okafor"), PASSWORD)).person


@pytest.fixture
def with_ben(ben, page, workplace):
    """The page, with Ben chosen on it."""
    choose(workplace, page, "Ben Okafor")
    return page


def choose(workplace, page, name):
    row = next(row for row in page.rows.rows() if row.title.text() == name)
    workplace.click(row.objectName())
    workplace.settle()


def confirm(workplace, proof, password=PASSWORD):
    workplace.type(f"{proof}_password", password)
    workplace.click(f"{proof}_confirm")
    workplace.settle()


def people(workplace):
    return {one.user.name: one for one in workplace.run(lambda desk: desk.people.all())}


def code_on(workplace):
    return workplace.find("code_text", QLabel).text()


def add(workplace, name):
    workplace.click("people_new")
    workplace.type("person_name", name)
    workplace.click("person_add")
    confirm(workplace, "person_proof")


def test_who_asks_is_shown_first_and_cannot_end_their_own_access(workplace, page):
    assert page.panel.heading.text() == "Olga Owner"
    assert "this is you" in page.panel.state.text()
    assert not page.panel.form.role.isEnabled()
    assert page.panel.leave.isHidden()
    assert page.panel.give_code.isHidden()


def test_somebody_new_gets_a_code_that_is_shown_once(workplace, page):
    add(workplace, "Ben Okafor")
    code = code_on(workplace)
    assert len(code.split()) == 5
    assert "Ben Okafor" in page.panel.code.steps.text()
    assert people(workplace)["Ben Okafor"].way is WayIn.CODE
    # In the list as well, marked, while the code is shown.
    assert {row.title.text() for row in page.rows.rows()} == {"Olga Owner", "Ben Okafor"}
    assert [row.title.text() for row in page.rows.rows() if row.isChecked()] == ["Ben Okafor"]
    assert all(row.isVisible() for row in page.rows.rows())
    workplace.click("code_done")
    assert page.panel.form.name.input.hasFocus()  # not the button that changes the key
    assert code_on(workplace) == ""
    assert "not used yet" in page.panel.state.text()
    workplace.close()
    with open_vault(workplace.folder, code=code, clock=workplace.clock) as vault:
        assert vault.user_name == "Ben Okafor"


def test_a_code_does_not_stay_behind_another_page_or_the_lock(workplace, page):
    add(workplace, "Ben Okafor")
    assert code_on(workplace)
    workplace.window.leave_page()  # as locking does
    assert code_on(workplace) == ""
    assert page.panel.form.isVisible()  # unlocked, it is there again
    assert page.panel.give_code.isVisible()


def test_a_wrong_password_adds_nobody_and_keeps_what_was_typed(workplace, page):
    workplace.click("people_new")
    workplace.type("person_name", "Ben Okafor")
    workplace.click("person_add")
    confirm(workplace, "person_proof", "not the password")
    assert "not the password" in page.panel.proof.password.error()
    assert page.panel.proof.password.value() == ""
    assert list(people(workplace)) == ["Olga Owner"]
    confirm(workplace, "person_proof")
    assert "Ben Okafor" in people(workplace)


def test_a_name_that_is_taken_is_told_at_its_field(workplace, page):
    add(workplace, "olga owner")
    assert "has this name already" in page.panel.form.name.error()


def test_a_name_is_saved_without_and_a_role_with_the_password(workplace, with_ben):
    workplace.find("person_name").selectAll()
    workplace.type("person_name", "Benjamin Okafor")
    workplace.click("person_colour_4")
    workplace.click("person_save")
    workplace.settle()
    changed = people(workplace)["Benjamin Okafor"].user
    assert changed.colour == 4
    with_ben.panel.form.role.set_value(Role.ASSISTANT)
    with_ben.panel.form.edited.emit()
    workplace.click("person_save")
    assert people(workplace)["Benjamin Okafor"].user.role is Role.THERAPIST
    confirm(workplace, "person_proof")
    assert people(workplace)["Benjamin Okafor"].user.role is Role.ASSISTANT


def test_leaving_says_what_it_comes_to_and_offers_the_key(workplace, with_ben, tmp_path):
    (tmp_path / "backups").mkdir()
    workplace.run(lambda desk: desk.backups.add_folder(tmp_path / "backups", "Shelf"))
    workplace.run(lambda desk: desk.backups.back_up_now("asked"))
    workplace.click("person_leave")
    workplace.settle()
    says = with_ben.panel.proof.says
    assert "is let in no more" in says.text.text()
    assert "(Shelf)" in says.text.text()
    confirm(workplace, "person_proof")
    assert not people(workplace)["Ben Okafor"].user.active
    assert "has left" in with_ben.panel.state.text()
    workplace.click("person_notice_action")
    assert not with_ben.key.proof.isHidden()
    workplace.click("person_come_back")
    confirm(workplace, "person_proof")
    assert len(code_on(workplace).split()) == 5
    assert people(workplace)["Ben Okafor"].user.active


def test_cancelling_changes_nothing(workplace, with_ben):
    before = people(workplace)
    workplace.click("person_leave")
    workplace.settle()
    workplace.type("person_proof_password", PASSWORD)
    workplace.click("person_proof_cancel")
    assert people(workplace) == before
    assert with_ben.panel.proof.password.value() == ""
    assert not with_ben.panel.leave.isHidden()


def test_a_new_kit_is_typed_back_before_it_counts(workplace, page):
    before = workplace.desk.store.vault.key_file.recovery_slots()
    workplace.click("new_kit_begin")
    key = page.kit.step.key_text.text().replace("\n", " ")
    workplace.click("new_kit_next")
    assert page.kit.step.typed.error()
    workplace.type("recovery_typed", key.lower())
    workplace.click("new_kit_next")
    assert workplace.desk.store.vault.key_file.recovery_slots() == before
    confirm(workplace, "new_kit_proof")
    (made,) = workplace.desk.store.vault.key_file.recovery_slots()
    assert (made,) != before
    assert "counts from now on" in page.kit.notice.headline.text()
    assert page.kit.step.key_text.text().strip() == ""
    workplace.close()
    with open_vault(workplace.folder, recovery_key=key, clock=workplace.clock) as vault:
        assert vault.by_recovery_key


def test_the_key_asks_for_the_password_and_leaves_the_rest_to_the_window(workplace, page, qtbot):
    workplace.click("key_change")
    workplace.type("key_proof_password", PASSWORD)
    with qtbot.waitSignal(page.key_change_asked) as asked:
        workplace.click("key_proof_confirm")
    assert asked.args == [PASSWORD]
    page.refuse_key_change(WrongPasswordError(0))
    assert "not the password" in page.key.proof.password.error()


def test_only_who_answers_for_people_is_led_to_them(workplace, qtbot):
    made = workplace.add(SettingsPage, "people")
    workplace.window.open("settings")
    assert not made.people.isHidden()
    workplace.click("open_people")
    assert workplace.window.current_page().page_id == "people"


def test_others_are_not_led_to_them(workplace, monkeypatch):
    monkeypatch.setattr(
        type(workplace.context), "may", lambda _self, right: right is not Right.PEOPLE
    )
    assert SettingsPage(workplace.context, workplace.window).people.isHidden()


def test_nothing_is_said_until_there_is_something_to_say(page):
    assert page.panel.findChild(Notice, "person_notice").isHidden()
