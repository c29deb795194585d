"""First start, unlocking, recovery and trouble, through the real widgets on a real vault."""

from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from mesodesk.domain.records.clinic import Role
from mesodesk.domain.records.staff import PersonFields
from mesodesk.ui.gate.first_run import FirstRunPage
from mesodesk.ui.gate.first_run_steps import own_zone
from mesodesk.ui.gate.gate import Gate
from mesodesk.ui.gate.new_password import NewPasswordPage
from mesodesk.ui.gate.trouble import TroublePage
from mesodesk.ui.gate.unlock import UnlockPage
from mesodesk.ui.gate.whose_kit import WhoseKitPage
from mesodesk.ui.jobs import Jobs
from mesodesk.vault.errors import WrongPasswordError
from mesodesk.vault.keys import KdfCost
from mesodesk.vault.recovery import RecoveryKey
from mesodesk.vault.vault import open_vault

PASSWORD = "seven lamps over the sink"


@pytest.fixture(autouse=True)
def cheap_keys(monkeypatch):
    """A password is derived at no cost, and no list of vaults is kept outside the test."""
    monkeypatch.setattr(KdfCost, "fitted", classmethod(lambda cls, _measure=None: cls.for_tests()))


@pytest.fixture
def jobs(qapp):
    made = Jobs()
    yield made
    made.close()


@pytest.fixture
def gates(qtbot, jobs, tmp_path, monkeypatch):
    """Makes gates on a folder; the desks they open are closed at the end."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    opened = []

    def make(folder):
        gate = Gate(folder, jobs)
        qtbot.addWidget(gate)
        gate.opened.connect(opened.append)
        gate.resize(1000, 800)
        gate.look()
        gate.show()
        qtbot.waitExposed(gate)
        return gate

    yield make
    for desk in opened:
        desk.close()


def page_of(gate):
    return gate._stack.currentWidget()


def choose_country(qtbot, page):
    page.clinic.jurisdiction.input.selectAll()
    qtbot.keyClicks(page.clinic.jurisdiction.input, "Spain")
    qtbot.keyClick(page.clinic.jurisdiction.input, Qt.Key.Key_Return)


def walk_first_run(qtbot, page: FirstRunPage, password=PASSWORD):
    """Fill the four steps by keyboard alone; return the recovery key that was shown."""
    qtbot.keyClicks(page.clinic.clinic_name.input, "Clinica Luz")
    choose_country(qtbot, page)
    qtbot.keyClick(page.clinic.clinic_name.input, Qt.Key.Key_Return)
    qtbot.keyClicks(page.owner.owner_name.input, "Dr Claire Moreau")
    assert page.owner.initials.value() == "CM"
    qtbot.keyClick(page.owner.owner_name.input, Qt.Key.Key_Return)
    qtbot.keyClicks(page.password.password.input, password)
    qtbot.keyClicks(page.password.again.input, password)
    qtbot.keyClick(page.password.again.input, Qt.Key.Key_Return)
    key = page.findChild(QLabel, "recovery_key_text").text().replace("\n", " ")
    qtbot.keyClicks(page.recovery.typed.input, key.lower())
    return key


def make_vault(qtbot, gate):
    """Walk through the first start, and return the recovery key."""
    page = page_of(gate)
    key = walk_first_run(qtbot, page)
    with qtbot.waitSignal(gate.opened) as made:
        qtbot.keyClick(page.recovery.typed.input, Qt.Key.Key_Return)
    made.args[0].close()
    return key


def unlock(qtbot, gate, password):
    page = page_of(gate)
    qtbot.keyClicks(page.password.input, password)
    qtbot.keyClick(page.password.input, Qt.Key.Key_Return)


def test_first_start_makes_a_clinic_by_keyboard_alone(qtbot, gates, tmp_path, jobs):
    folder = tmp_path / "vault"
    gate = gates(folder)
    page = page_of(gate)
    walk_first_run(qtbot, page)
    assert not folder.exists(), "nothing may be made before the last step"
    with qtbot.waitSignal(gate.opened) as made:
        qtbot.keyClick(page.recovery.typed.input, Qt.Key.Key_Return)
    desk = made.args[0]
    record = desk.clinic.record()
    assert record.fields.name == "Clinica Luz"
    assert desk.user.name == "Dr Claire Moreau"
    assert desk.catalogue.products()
    assert page.password.password.value() == ""


def test_no_clinic_is_made_without_a_country(qtbot, gates, tmp_path):
    gate = gates(tmp_path / "vault")
    page = page_of(gate)
    page.clinic.jurisdiction.set_value(None)
    qtbot.keyClicks(page.clinic.clinic_name.input, "Clinica Luz")
    qtbot.keyClick(page.clinic.clinic_name.input, Qt.Key.Key_Return)
    assert page.stack.currentWidget() is page.clinic
    assert page.clinic.jurisdiction.message.text() == "Choose the country from the list."
    assert gate.focusWidget() is page.clinic.jurisdiction.input
    choose_country(qtbot, page)
    assert page.clinic.jurisdiction.error() == ""
    qtbot.mouseClick(page.next, Qt.MouseButton.LeftButton)
    assert page.stack.currentWidget() is page.owner
    assert page.clinic.fields().jurisdiction == "ES"


def _shows_all(label):
    return label.height() >= label.heightForWidth(label.width())


def test_a_sentence_beneath_the_initials_can_be_read(qtbot, gates, tmp_path):
    gate = gates(tmp_path / "vault")
    page = page_of(gate)
    page.clinic.clinic_name.set_value("Clinica Luz")
    page.show_step(1)
    page.owner.owner_name.set_value("Claire Moreau")
    initials = page.owner.initials
    for typed, words in (("", "one to four letters"), ("ABCDEFGH", "at most 4")):
        initials.set_value(typed[:-1])
        qtbot.keyClicks(initials.input, typed[-1:])
        qtbot.mouseClick(page.next, Qt.MouseButton.LeftButton)
        message = initials.message
        assert words in message.text()
        qtbot.waitUntil(partial(_shows_all, message))
        assert initials.frame.height() >= 44
        assert initials.rect().contains(message.geometry())
        assert page.owner.rect().contains(initials.mapTo(page.owner, initials.rect().bottomLeft()))


def test_a_mistyped_recovery_key_makes_nothing(qtbot, gates, tmp_path):
    gate = gates(tmp_path / "vault")
    page = page_of(gate)
    walk_first_run(qtbot, page)
    qtbot.keyClick(page.recovery.typed.input, Qt.Key.Key_Backspace)
    qtbot.keyClick(page.recovery.typed.input, Qt.Key.Key_Return)
    assert "28 characters" in page.recovery.typed.error()
    assert not (tmp_path / "vault").exists()


@pytest.mark.parametrize("password", ["short", "clairemoreau"])
def test_a_weak_password_is_refused_in_words(qtbot, gates, tmp_path, password):
    gate = gates(tmp_path / "vault")
    page = page_of(gate)
    page.clinic.clinic_name.set_value("Clinica Luz")
    page.owner.owner_name.set_value("Claire Moreau")
    page.owner.initials.set_value("CM")
    page.show_step(2)
    qtbot.keyClicks(page.password.password.input, password)
    qtbot.mouseClick(page.next, Qt.MouseButton.LeftButton)
    assert page.password.password.error()
    assert page.stack.currentWidget() is page.password


def test_a_suggested_passphrase_is_shown_and_accepted(qtbot, gates, tmp_path):
    gate = gates(tmp_path / "vault")
    page = page_of(gate)
    page.show_step(2)
    qtbot.mouseClick(page.password.suggest, Qt.MouseButton.LeftButton)
    suggested = page.password.password.value()
    assert len(suggested.split()) >= 5 or suggested.count("-") >= 4
    qtbot.keyClicks(page.password.again.input, suggested)
    assert page.password.problem() == ""


def test_the_right_password_opens_and_a_wrong_one_waits(qtbot, gates, tmp_path):
    folder = tmp_path / "vault"
    make_vault(qtbot, gates(folder))
    gate = gates(folder)
    page = page_of(gate)
    assert isinstance(page, UnlockPage)
    unlock(qtbot, gate, "not the password")
    qtbot.waitUntil(lambda: page.message.isVisible())
    assert "not the password" in page.message.headline.text()
    assert not page.button.isEnabled()
    qtbot.waitUntil(page.button.isEnabled)
    with qtbot.waitSignal(gate.opened):
        unlock(qtbot, gate, PASSWORD)


@pytest.mark.parametrize(
    ("delay_s", "wait", "words"),
    [
        (1.0, "Wait 1 s", "in 1 second."),
        (4.0, "Wait 4 s", "4 seconds"),
        (4.2, "Wait 5 s", "in 5 s"),
    ],
)
def test_the_sentence_and_the_button_say_the_same_pause(qtbot, jobs, delay_s, wait, words):
    def refuse(_user_id, _password):
        raise WrongPasswordError(delay_s)

    page = UnlockPage((("1", "Olga Owner"),), refuse, None, jobs)
    qtbot.addWidget(page)
    page.show()
    qtbot.keyClicks(page.password.input, "not the password")
    qtbot.keyClick(page.password.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.button.text() == wait)
    assert words in page.message.headline.text()


def test_the_sentence_counts_down_and_ends_with_the_pause(qtbot, jobs):
    def refuse(_user_id, _password):
        raise WrongPasswordError(1.6)

    page = UnlockPage((("1", "Olga Owner"),), refuse, None, jobs)
    qtbot.addWidget(page)
    page.show()
    qtbot.keyClicks(page.password.input, "not the password")
    qtbot.keyClick(page.password.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.button.text() == "Wait 1 s")
    assert "in 1 second." in page.message.headline.text()
    qtbot.waitUntil(page.button.isEnabled)
    assert page.message.isVisible()
    assert page.message.headline.text() == "You can type the password again."


def test_the_recovery_key_leads_to_a_new_password(qtbot, gates, tmp_path):
    folder = tmp_path / "vault"
    key = make_vault(qtbot, gates(folder))
    gate = gates(folder)
    page = page_of(gate)
    qtbot.mouseClick(page.other_way, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(page.key.input, key)
    qtbot.keyClick(page.key.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(page_of(gate), NewPasswordPage))
    page = page_of(gate)
    qtbot.keyClicks(page.step.password.input, "another nine green chairs")
    qtbot.keyClicks(page.step.again.input, "another nine green chairs")
    with qtbot.waitSignal(gate.opened) as opened:
        qtbot.keyClick(page.step.again.input, Qt.Key.Key_Return)
    opened.args[0].close()
    gate = gates(folder)
    with qtbot.waitSignal(gate.opened):
        unlock(qtbot, gate, "another nine green chairs")


def code_for(qtbot, gate, name):
    """Make a vault, put somebody on record in it, and return their code."""
    page = page_of(gate)
    walk_first_run(qtbot, page)
    with qtbot.waitSignal(gate.opened) as made:
        qtbot.keyClick(page.recovery.typed.input, Qt.Key.Key_Return)
    desk = made.args[0]
    code = desk.people.add(PersonFields(name), PASSWORD).code
    desk.close()
    return code


def choose_password(qtbot, gate, password):
    """Choose a password of one's own, which then opens the desk."""
    qtbot.waitUntil(lambda: isinstance(page_of(gate), NewPasswordPage))
    page = page_of(gate)
    words = " ".join(label.text() for label in page.findChildren(QLabel))
    qtbot.keyClicks(page.step.password.input, password)
    qtbot.keyClicks(page.step.again.input, password)
    with qtbot.waitSignal(gate.opened) as opened:
        qtbot.keyClick(page.step.again.input, Qt.Key.Key_Return)
    desk = opened.args[0]
    name = desk.user.name
    desk.close()
    return name, words


def test_a_code_leads_to_a_password_of_one_s_own(qtbot, gates, tmp_path):
    folder = tmp_path / "vault"
    code = code_for(qtbot, gates(folder), "Ben Okafor")
    gate = gates(folder)
    page = page_of(gate)
    qtbot.mouseClick(page.other_way, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(page.key.input, code[:-1])
    qtbot.keyClick(page.key.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.message.isVisible())
    assert "5 groups of 4" in page.message.headline.text()
    page.key.input.clear()
    qtbot.keyClicks(page.key.input, code.lower())
    qtbot.keyClick(page.key.input, Qt.Key.Key_Return)
    name, words = choose_password(qtbot, gate, "another nine green chairs")
    assert name == "Ben Okafor"
    assert "The code has let you in" in words
    again = page_of(gates(folder))
    assert [user[1] for user in again.users] == ["Dr Claire Moreau", "Ben Okafor"]


def test_a_code_may_be_typed_as_the_password_of_its_person(qtbot, gates, tmp_path):
    folder = tmp_path / "vault"
    code = code_for(qtbot, gates(folder), "Ben Okafor")
    gate = gates(folder)
    page = page_of(gate)
    page.user.set_value(page.users[1][0])
    unlock(qtbot, gate, code)
    name, _ = choose_password(qtbot, gate, "another nine green chairs")
    assert name == "Ben Okafor"


def with_two_owners(qtbot, gate, folder):
    """Make a vault in which another owner has a password, too; return the recovery key."""
    page = page_of(gate)
    key = walk_first_run(qtbot, page)
    with qtbot.waitSignal(gate.opened) as made:
        qtbot.keyClick(page.recovery.typed.input, Qt.Key.Key_Return)
    desk = made.args[0]
    code = desk.people.add(PersonFields("Ben Okafor", role=Role.OWNER), PASSWORD).code
    desk.close()
    with open_vault(folder, code=code) as vault:
        vault.change_password("a password of Ben's own")
    return key


def test_of_several_owners_the_one_who_holds_the_kit_comes_in(qtbot, gates, tmp_path):
    folder = tmp_path / "vault"
    key = with_two_owners(qtbot, gates(folder), folder)
    gate = gates(folder)
    page = page_of(gate)
    qtbot.mouseClick(page.other_way, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(page.key.input, key)
    qtbot.keyClick(page.key.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(page_of(gate), WhoseKitPage))
    page = page_of(gate)
    qtbot.mouseClick(page.button, Qt.MouseButton.LeftButton)
    assert page.who.error() == "Choose your name."
    for key_pressed in (Qt.Key.Key_Space, Qt.Key.Key_Down, Qt.Key.Key_Return):
        qtbot.keyClick(page.who.input, key_pressed)
    qtbot.mouseClick(page.button, Qt.MouseButton.LeftButton)
    name, words = choose_password(qtbot, gate, "another nine green chairs")
    assert name == "Ben Okafor"
    assert "This will be the password of Ben Okafor." in words
    open_vault(folder, password=PASSWORD).close()  # the other owner's stands


def test_a_foreign_recovery_key_is_refused(qtbot, gates, tmp_path):
    folder = tmp_path / "vault"
    make_vault(qtbot, gates(folder))
    gate = gates(folder)
    page = page_of(gate)
    qtbot.mouseClick(page.other_way, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(page.key.input, RecoveryKey.new().text)
    qtbot.keyClick(page.key.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.message.isVisible())
    assert "does not belong" in page.message.headline.text()


@pytest.mark.parametrize(
    ("harm", "word"),
    [
        (lambda database: database.unlink(), "missing"),
        (lambda database: database.write_bytes(b""), "empty"),
        (lambda database: database.write_bytes(b"SQLite format 3\0" + bytes(8000)), "belong"),
    ],
    ids=["missing", "empty", "foreign"],
)
def test_a_lost_database_is_told_and_never_replaced(qtbot, gates, tmp_path, harm, word):
    folder = tmp_path / "vault"
    make_vault(qtbot, gates(folder))
    database = folder / "clinic.db"
    harm(database)
    before = database.read_bytes() if database.exists() else None
    gate = gates(folder)
    page = page_of(gate)
    assert isinstance(page, TroublePage)
    assert word in page.findings.headline.text()
    qtbot.mouseClick(page.again, Qt.MouseButton.LeftButton)
    assert isinstance(page_of(gate), TroublePage)
    assert (database.read_bytes() if database.exists() else None) == before


def test_a_vault_open_elsewhere_is_told(qtbot, gates, tmp_path, jobs):
    folder = tmp_path / "vault"
    first = gates(folder)
    page = page_of(first)
    walk_first_run(qtbot, page)
    with qtbot.waitSignal(first.opened):
        qtbot.keyClick(page.recovery.typed.input, Qt.Key.Key_Return)
    second = gates(folder)
    unlock(qtbot, second, PASSWORD)
    qtbot.waitUntil(lambda: isinstance(page_of(second), TroublePage))
    assert "already open" in page_of(second).findings.headline.text()
    assert page_of(second).restore.isHidden(), "nothing is wrong with those records"


def test_the_recovery_sheet_is_one_page_with_the_key(tmp_path, qapp):
    import pikepdf

    from mesodesk.ui.gate.recovery_step import today
    from mesodesk.ui.recovery_sheet import RecoverySheet, write_pdf

    path = tmp_path / "sheet.pdf"
    assert write_pdf(str(path), RecoverySheet("Clinica Luz", RecoveryKey.new().text, "x", today()))
    with pikepdf.open(path) as pdf:
        assert len(pdf.pages) == 1
    assert not write_pdf("/nowhere/at/all.pdf", RecoverySheet("x", "A-B", "x", today()))


def test_a_folder_chosen_at_first_start_is_found_at_the_next(qtbot, gates, tmp_path):
    asked, chosen = tmp_path / "usual", tmp_path / "chosen"
    gate = gates(asked)
    page = page_of(gate)
    page._take_folder(str(chosen))
    page.show_step(0)
    make_vault(qtbot, gate)
    assert not asked.exists()
    again = gates(asked)
    with qtbot.waitSignal(again.opened) as opened:
        unlock(qtbot, again, PASSWORD)
    assert opened.args[0].store.vault.folder == chosen


def test_a_chosen_folder_that_is_gone_is_no_first_start(qtbot, gates, tmp_path):
    asked, chosen = tmp_path / "usual", tmp_path / "chosen"
    gate = gates(asked)
    page_of(gate)._take_folder(str(chosen))
    page_of(gate).show_step(0)
    make_vault(qtbot, gate)
    chosen.rename(tmp_path / "elsewhere")
    again = gates(asked)
    page = page_of(again)
    assert isinstance(page, TroublePage)
    assert page.place.text() == str(chosen)


def test_closing_before_the_new_password_is_chosen_closes_the_vault(qtbot, gates, jobs, tmp_path):
    folder = tmp_path / "vault"
    key = make_vault(qtbot, gates(folder))
    gate = gates(folder)
    page = page_of(gate)
    qtbot.mouseClick(page.other_way, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(page.key.input, key)
    qtbot.keyClick(page.key.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(page_of(gate), NewPasswordPage))
    gate.let_go()
    open_vault(folder, password=PASSWORD).close()


@pytest.mark.parametrize(
    ("system", "kept"),
    [
        ("Europe/Madrid", "Europe/Madrid"),
        ("CET-1CEST", "UTC"),
        ("Nowhere/City", "UTC"),
        ("localtime", "UTC"),
    ],
)
def test_a_computer_whose_zone_has_no_name_still_makes_a_clinic(monkeypatch, system, kept):
    monkeypatch.setenv("TZ", system)
    assert own_zone() == kept


def test_a_recovery_sheet_does_not_show_its_key_in_an_error():
    from mesodesk.ui.gate.recovery_step import today
    from mesodesk.ui.recovery_sheet import RecoverySheet

    key = RecoveryKey.new().text
    assert key not in repr(RecoverySheet("Clinica Luz", key, "x", today()))
