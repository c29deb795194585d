"""What is typed while storage does not take it: set aside, offered to its author, nobody else."""

import errno
import json
import shutil
import threading
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from at_the_desk import OLGAS, all_words
from colleagues import PASSWORD as MARCS
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton

from mesodesk.db.errors import StorageTrouble, StorageUnavailable
from mesodesk.domain.clock import SystemClock
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.set_aside import Waiting
from mesodesk.services.desk import open_desk
from mesodesk.services.set_aside import to_plain
from mesodesk.services.store import Store
from mesodesk.ui.widgets.textfields import PasswordField
from mesodesk.vault import set_aside
from mesodesk.vault.keys import password_secret
from mesodesk.vault.opening import Credential
from mesodesk.vault.replacing import put_in_place
from mesodesk.vault.salvage import salvage
from mesodesk.vault.set_aside import SideFile
from mesodesk.vault.vault import open_vault


@pytest.fixture
def storage(monkeypatch):
    """Refuses every write from `fails()` to `works()`."""
    write = Store.write
    trouble = []

    @contextmanager
    def refusing(self, right):
        if trouble:
            raise StorageUnavailable(StorageTrouble.READ_ONLY)
        with write(self, right) as tx:
            yield tx

    monkeypatch.setattr(Store, "write", refusing)

    class Storage:
        fails = staticmethod(lambda: trouble.append(1))
        works = staticmethod(trouble.clear)

    return Storage


def side_files(folder):
    return [path for place in set_aside.places(folder) for path in place.glob("set-aside-*")]


def of_whom(folder, password, **others):
    """Return what a person is offered when they open the vault, as after a kill."""
    with closing(open_desk(open_vault(folder, password=password, **others))) as desk:
        return desk.set_aside.mine()


@pytest.fixture
def left(clinic):
    """Leaves something of Olga's in a side file, as a killed program would; returns the file."""

    def leave(*waiting):
        with closing(open_vault(clinic.folder, password=OLGAS)) as vault:
            file = SideFile(vault.folder, vault.keys, vault.user_id, SystemClock())
            file.put(to_plain(list(waiting)))
            return file.path

    return leave


@pytest.fixture
def details(clinic, left):
    """A phone number of the patient that was typed and not written."""
    return left(Waiting("patient", str(clinic.patient), {"phone": "0612345678"}, 1))


def card(hands, end, kind=QPushButton):
    return hands.window.findChild(kind, f"set_aside_0{end}")


def test_what_waits_lies_in_the_file_until_it_is_written(qtbot, hands, clinic, storage, tmp_path):
    hands.open_patient(clinic)
    storage.fails()
    qtbot.keyClicks(hands.window.findChild(QLineEdit, "phone"), "0612345678")
    strip = hands.window.status
    qtbot.waitUntil(strip.is_set_aside)
    assert "set aside in an encrypted file" in strip.text()
    (path,) = side_files(clinic.folder)
    assert path.parent == clinic.folder
    assert b"0612345678" not in path.read_bytes()
    # Typed more, and as if the program were killed now.
    qtbot.keyClicks(hands.window.findChild(QLineEdit, "email"), "z@example.org")
    fresh = path.read_bytes()
    qtbot.waitUntil(lambda: path.read_bytes() != fresh)
    hands.settle()
    killed = shutil.copytree(clinic.folder, tmp_path / "killed")
    offered = of_whom(killed, OLGAS)
    assert [each.waiting for each in offered.things] == [
        Waiting(
            "patient",
            str(clinic.patient),
            {"phone": "0612345678", "email": "z@example.org"},
            offered.things[0].waiting.version,
        )
    ]
    # The control: without the file nothing is left of it.
    (killed / path.name).unlink()
    assert of_whom(killed, OLGAS).things == ()
    storage.works()
    strip.ask_flush()
    qtbot.waitUntil(lambda: not strip.unkept())
    qtbot.waitUntil(lambda: not side_files(clinic.folder))
    assert strip.text().startswith("kept")


def test_what_a_field_refused_lies_in_the_file_too_and_no_secret(
    qtbot, hands, clinic, storage, tmp_path
):
    hands.open_patient(clinic)
    storage.fails()
    window = hands.window
    qtbot.keyClicks(window.findChild(QLineEdit, "phone"), "0612345678")
    birth_date = window.findChild(QLineEdit, "birth_date")
    birth_date.clear()
    qtbot.keyClicks(birth_date, "31 31 1985")
    for field in window.findChildren(PasswordField):
        field.input.setText("a secret that nothing keeps")
        field.set_error("Wrong password.")
    qtbot.waitUntil(window.status.is_set_aside, timeout=10_000)

    def lies():
        return {
            each.waiting.form: each.waiting for each in hands.program._desk.set_aside.mine().things
        }

    qtbot.waitUntil(lambda: set(lies()) == {"patient", "refused"}, timeout=10_000)
    killed = shutil.copytree(clinic.folder, tmp_path / "killed")
    found = {each.waiting.form: each.waiting for each in of_whom(killed, OLGAS).things}
    assert found["refused"].subject == f"patient/{clinic.patient}"
    assert found["refused"].values == {"Birth date": "31 31 1985"}
    assert "secret" not in str(found)
    # Put right, it is a value like any other, and waits as one.
    birth_date.clear()
    qtbot.keyClicks(birth_date, "12 4 1985")
    qtbot.waitUntil(lambda: set(lies()) == {"patient"}, timeout=10_000)
    storage.works()


@pytest.fixture
def refused(clinic, left):
    """A birth date of the patient that its field could not read."""
    return left(Waiting("refused", f"patient/{clinic.patient}", {"Birth date": "31 31 1985"}, 0))


def test_what_a_field_refused_is_shown_and_not_taken_over(qtbot, refused, hands):
    hands.window.open("set_aside")
    qtbot.waitUntil(lambda: card(hands, "_discard") is not None, timeout=10_000)
    said = all_words(hands.window.current_page())
    assert "Refused by its field: Zquovara, Ixmelda" in said
    assert "Birth date" in said
    assert "31 31 1985" in said
    assert not card(hands, "_keep").isVisible()
    qtbot.mouseClick(card(hands, "_discard"), Qt.MouseButton.LeftButton)
    confirm = hands.window.findChild(QPushButton, "set_aside_ask_confirm")
    qtbot.mouseClick(confirm, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not refused.exists(), timeout=10_000)


def test_a_disk_that_neither_takes_nor_refuses_is_not_waited_for(qtbot, hands, clinic):
    hands.open_patient(clinic)
    release = threading.Event()
    hands.program.jobs.run(hands.program.jobs, release.wait)
    try:
        qtbot.keyClicks(hands.window.findChild(QLineEdit, "phone"), "06")
        qtbot.waitUntil(lambda: bool(side_files(clinic.folder)))
    finally:
        release.set()
    qtbot.waitUntil(lambda: not side_files(clinic.folder))


def test_closing_on_it_loses_nothing(qtbot, hands, clinic, storage):
    hands.window.open("patients", new=True)
    hands.settle()
    storage.fails()
    qtbot.keyClicks(hands.window.findChild(QLineEdit, "family_name"), "Ferrand")
    hands.window.close()
    asked = hands.window.findChild(QPushButton, "close_unkept_confirm")
    assert asked.text() == "Close, and take it over later"
    qtbot.mouseClick(asked, Qt.MouseButton.LeftButton)
    hands.settle()
    storage.works()
    (thing,) = of_whom(clinic.folder, OLGAS).things
    assert (thing.waiting.form, thing.waiting.subject) == ("draft", "patient/new")
    assert thing.waiting.values["family_name"] == "Ferrand"


def test_a_consent_being_filled_in_is_offered_after_a_kill(qtbot, hands, clinic, storage):
    hands.open_patient(clinic, tab="consent")
    find = hands.window.findChild
    qtbot.mouseClick(find(QPushButton, "begin_consent"), Qt.MouseButton.LeftButton)
    draft = hands.window.current_page().tabs.consent.draft
    qtbot.waitUntil(draft.isVisible)
    hands.settle()
    storage.fails()
    draft.form.alternatives.input.setFocus()
    qtbot.keyClicks(draft.form.alternatives.input, "Compression")
    qtbot.mouseClick(find(object, "photo_record_yes"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(hands.window.status.is_set_aside)
    qtbot.waitUntil(lambda: len(side_files(clinic.folder)) == 1)

    def told():
        things = of_whom(shutil.copytree(clinic.folder, clinic.folder / ".." / new_id().hex), OLGAS)
        return {each.waiting.form: each.waiting.values for each in things.things}

    expected = {"alternatives": "Compression", "photos": {"record": "yes"}}
    qtbot.waitUntil(lambda: told() == {"consent": expected})
    storage.works()
    hands.window.status.ask_flush()
    qtbot.waitUntil(lambda: not side_files(clinic.folder))
    kept = hands.program._desk.consents.overview(clinic.patient).draft.fields
    assert kept.alternatives == "Compression"


def test_a_folder_that_takes_nothing_leaves_it_in_the_settings_folder(
    qtbot, hands, clinic, storage, monkeypatch
):
    replace = set_aside.replace_file

    def refusing(path, data, **others):
        if path.parent == clinic.folder:
            raise OSError(errno.EROFS, "read only")
        replace(path, data, **others)

    monkeypatch.setattr(set_aside, "replace_file", refusing)
    hands.open_patient(clinic)
    storage.fails()
    qtbot.keyClicks(hands.window.findChild(QLineEdit, "phone"), "06")
    qtbot.waitUntil(hands.window.status.is_set_aside)
    (path,) = side_files(clinic.folder)
    assert path.parent == set_aside.places(clinic.folder)[1]
    storage.works()


def test_it_is_offered_and_taken_over_by_who_typed_it(qtbot, details, hands, clinic):
    notice = hands.window.findChild(object, "set_aside_notice")
    assert not notice.close_button.isVisible()
    qtbot.mouseClick(notice.action, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: card(hands, "_keep") is not None)
    said = all_words(hands.window.current_page())
    assert "Zquovara, Ixmelda" in said
    assert "0612345678" in said
    with hands.program._desk.store.vault.engine.connect() as connection:
        told = connection.exec_driver_sql("SELECT phone FROM patient").scalar_one()
    assert told == ""  # nothing is taken over by itself
    qtbot.mouseClick(card(hands, "_keep"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not details.exists())
    hands.settle()
    qtbot.waitUntil(lambda: not hands.window.frame.notices)
    assert hands.program._desk.patients.get(clinic.patient).fields.phone == "0612345678"
    assert ("set_aside.keep", "Olga Owner") in hands.actions()


def test_it_is_discarded_by_who_typed_it_and_only_when_asked_twice(qtbot, details, hands, clinic):
    hands.window.open("set_aside")
    qtbot.waitUntil(lambda: card(hands, "_discard") is not None)
    qtbot.mouseClick(card(hands, "_discard"), Qt.MouseButton.LeftButton)
    confirm = hands.window.findChild(QPushButton, "set_aside_ask_confirm")
    assert not confirm.isDefault()
    assert details.exists()
    qtbot.mouseClick(confirm, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not details.exists())
    hands.settle()
    assert hands.program._desk.patients.get(clinic.patient).fields.phone == ""
    assert ("set_aside.discard", "Olga Owner") in hands.actions()


def test_nobody_else_is_shown_it(qtbot, details, hands, clinic):
    hands.switch_to(clinic.marc, MARCS)
    assert hands.window.frame.notices == ()
    hands.window.open("set_aside")
    hands.settle()
    assert "0612345678" not in all_words(hands.window)
    assert details.exists()


def test_one_thing_of_several_is_let_go_of(left, clinic):
    path = left(
        Waiting("patient", str(clinic.patient), {"phone": "06"}, 1),
        Waiting("draft", "patient/new", {"family_name": "Ferrand"}),
    )
    with closing(open_desk(open_vault(clinic.folder, password=OLGAS))) as desk:
        first, second = desk.set_aside.mine().things
        desk.set_aside.settle(first, kept=False)
        assert desk.set_aside.mine().things == (second,)
        assert desk.set_aside.mine(besides=path.name).things == ()
        desk.set_aside.settle(second, kept=True)
    assert not path.exists()


def test_whichever_byte_was_changed_it_is_told_and_left_alone(details, clinic):
    whole = details.read_bytes()
    with closing(open_desk(open_vault(clinic.folder, password=OLGAS))) as desk:
        for at in range(len(whole)):
            changed = bytearray(whole)
            changed[at] ^= 1 << at % 8
            details.write_bytes(changed)
            found = desk.set_aside.mine()
            assert (found.things, found.unreadable) == ((), (details,)), at
        details.write_bytes(whole)  # the control
        assert len(desk.set_aside.mine().things) == 1


@pytest.mark.parametrize("name", ["user_id", "vault_id", "set_aside_at", "nonce", "format"])
def test_a_damaged_file_is_told_to_whoever_comes_in_and_keeps_nobody_out(details, clinic, name):
    whole = json.loads(details.read_bytes())
    details.write_text(json.dumps(whole | {name: "0"}))
    with closing(open_vault(clinic.folder, password=OLGAS)) as vault:
        vault.change_key()
    for password, who in ((OLGAS, {}), (MARCS, {"user_id": clinic.marc})):
        found = of_whom(clinic.folder, password, **who)
        assert (found.things, found.unreadable) == ((), (details,))


def test_a_damaged_file_is_put_out_of_the_way_when_somebody_says_so(qtbot, details, hands, clinic):
    details.write_bytes(b"x" + details.read_bytes())
    hands.switch_to(clinic.marc, MARCS)
    notice = hands.window.findChild(object, "set_aside_notice")
    qtbot.mouseClick(notice.action, Qt.MouseButton.LeftButton)
    again = "set_aside_damaged_action"
    qtbot.waitUntil(lambda: hands.window.findChild(QPushButton, again) is not None)
    action = hands.window.findChild(QPushButton, again)
    qtbot.waitUntil(action.isVisible)
    qtbot.mouseClick(action, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not hands.window.frame.notices)
    assert not details.exists()
    assert details.with_name(f"{details.name}.damaged").exists()
    assert ("set_aside.damaged", "Marc Oliveras") in hands.actions()


def test_of_a_file_in_both_places_the_newer_is_offered_and_both_go(details, clinic, left):
    """The folder took it before it failed, and could not let go of it any more."""
    newer = left(Waiting("patient", str(clinic.patient), {"phone": "07"}, 1))
    elsewhere = set_aside.places(clinic.folder)[1] / details.name
    elsewhere.parent.mkdir(parents=True, exist_ok=True)
    newer.rename(elsewhere)
    with closing(open_desk(open_vault(clinic.folder, password=OLGAS))) as desk:
        (thing,) = desk.set_aside.mine().things
        assert (thing.file, thing.waiting.values) == (elsewhere, {"phone": "07"})
        desk.set_aside.settle(thing, kept=False)
    assert side_files(clinic.folder) == []


def test_it_goes_with_the_records_that_take_the_place(details, clinic, tmp_path):
    """Of a backup, or of what could be saved: who typed it is offered it there."""
    by = Credential(password_secret(OLGAS), is_recovery=False)
    saved = salvage(clinic.folder, tmp_path / "saved", by, clock=SystemClock()).folder
    assert (saved / details.name).read_bytes() == details.read_bytes()
    (saved / details.name).unlink()
    kept = put_in_place(saved, clinic.folder, datetime.now(UTC))
    assert (kept / details.name).exists()
    assert len(of_whom(clinic.folder, OLGAS).things) == 1


def test_a_new_key_of_the_vault_opens_it_too(details, clinic):
    with closing(open_vault(clinic.folder, password=OLGAS)) as vault:
        vault.change_key()
    (thing,) = of_whom(clinic.folder, OLGAS).things
    assert thing.waiting.values == {"phone": "0612345678"}


@pytest.mark.parametrize(("free", "said"), [(0, "The disk is full"), (None, "Nothing can be")])
def test_the_bar_about_the_disk_stays_as_long_as_the_trouble(
    qtbot, hands, clinic, monkeypatch, free, said
):
    safety = hands.program.desk_window.safety
    with monkeypatch.context() as full:

        def room(_folder):
            if free is None:
                raise OSError(errno.EIO, "gone")
            return SimpleNamespace(free=free)

        full.setattr(shutil, "disk_usage", room)
        (clinic.folder / "reserve.bin").unlink(missing_ok=True)
        for _ in range(2):
            safety.keep_reserve()
            hands.settle()
        (bar,) = hands.window.frame.notices
        assert bar.headline.text().startswith(said)
        assert not bar.close_button.isVisible()
    safety.keep_reserve()
    hands.settle()
    assert hands.window.frame.notices == ()
