"""`mesodesk check` as a process, on a clinic with a signed session; and the same in short steps."""

import os
import shutil
import subprocess
import sys
from itertools import pairwise

import pytest

from mesodesk.services.checking import check_folder, examine
from mesodesk.vault import attempts
from mesodesk.vault.errors import WrongPasswordError

PASSWORD = "plain tea in the morning"
PAGE = 4096


@pytest.fixture
def signed(kit):
    """A signed session with an addendum."""
    session = kit.signed()
    return kit.desk.sessions.add_addendum(session.id, "Called: all is well.")


@pytest.fixture
def check(vault_folder, desk, tmp_path):
    """Closes the desk, damages the file if asked to, and runs the real command on it."""

    def run(damage=None):
        desk.close()
        if damage is not None:
            damage(vault_folder / "clinic.db")
        password = tmp_path / "password.txt"
        password.write_text(f"{PASSWORD}\n", encoding="utf-8")
        return subprocess.run(
            [
                *(sys.executable, "-m", "mesodesk", "check"),
                *("--data", str(vault_folder), "--password-file", str(password)),
            ],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONWARNINGS": "error"},
        )

    return run


def flip_last_page(database):
    data = bytearray(database.read_bytes())
    data[-PAGE // 2] ^= 1
    database.write_bytes(data)


def test_a_sound_clinic_is_silent(check, signed):
    answer = check()
    assert answer.stdout == ""
    assert answer.returncode == 0
    assert "no finding" in answer.stderr


def test_a_flipped_byte_is_found(check, signed):
    answer = check(flip_last_page)
    assert answer.returncode == 1
    lines = answer.stdout.splitlines()
    assert any(line.startswith("alarm: pages: ") for line in lines), answer
    assert "Traceback" not in answer.stderr


def test_an_altered_signed_row_is_found(check, signed, tamper):
    tamper("UPDATE session SET pain = 9 WHERE state = 'signed'")
    answer = check()
    assert answer.returncode == 1
    [line] = answer.stdout.splitlines()
    assert line.startswith("alarm: seals: Session 1 of patient ")
    assert "is not as it was signed" in line
    assert line.endswith(f"[{signed.id}]")


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE session SET started_at = 'at noon'",
        "UPDATE session SET reactions = '{'",
        "UPDATE syringe SET wasted_ml = 'some'",
        "UPDATE session SET id = x'0102'",
        "UPDATE session_seal SET content = x'ff'",
        "UPDATE audit_entry SET details = '' WHERE action = 'session.sign'",
    ],
)
def test_a_row_altered_beyond_reading_is_a_finding(vault_folder, desk, signed, tamper, damage):
    tamper(damage)
    desk.close()
    findings = check_folder(vault_folder, PASSWORD)
    assert "records" in {finding.area for finding in findings}


def test_one_session_beyond_reading_does_not_hide_the_next(kit, signed, tamper):
    other = kit.signed()
    tamper("UPDATE session SET started_at = 'at noon' WHERE number = 1")
    tamper("UPDATE session SET pain = 9 WHERE number = 2")
    found = {f.object_id: f.area for step in examine(kit.desk) for f in step.findings}
    assert found == {signed.id: "records", other.id: "seals"}


def test_a_removed_audit_entry_is_found(check, signed, tamper):
    tamper("DELETE FROM audit_entry WHERE action = 'session.start'")
    answer = check()
    assert answer.returncode == 1
    assert any(line.startswith("alarm: audit: ") for line in answer.stdout.splitlines())


def test_damage_that_keeps_it_from_opening_is_a_finding(vault_folder, desk, signed):
    desk.close()

    database = vault_folder / "clinic.db"
    data = bytearray(database.read_bytes())
    data[200] ^= 1
    database.write_bytes(data)
    findings = check_folder(vault_folder, PASSWORD)
    assert [finding.area for finding in findings] == ["pages"]
    assert "damaged" in findings[0].line


def test_a_wrong_password_is_no_finding(vault_folder, desk):
    desk.close()
    with pytest.raises(WrongPasswordError):
        check_folder(vault_folder, "something else entirely")


def test_steps_go_through_every_session(kit, signed):
    kit.signed()
    steps = list(examine(kit.desk))
    gone = [(step.done, step.total) for step in steps]
    assert gone[-3:] == [(0, 2), (1, 2), (2, 2)]
    assert list(dict.fromkeys(gone[:-3])) == [(0, 0), (0, 2)]  # the vault itself, then consents
    assert not any(step.findings for step in steps)
    assert all(before.done <= after.done for before, after in pairwise(steps))


def test_what_is_kept_between_two_steps_does_not_matter(kit, signed):
    going = examine(kit.desk)
    while next(going).total == 0:
        pass
    kit.desk.sessions.add_addendum(signed.id, "Written meanwhile.")
    kit.signed()
    rest = list(going)
    assert rest[-1].total == 1
    assert not any(step.findings for step in rest)


def test_steps_find_what_was_altered(kit, signed, tamper):
    tamper("UPDATE session SET pain = 9 WHERE state = 'signed'")
    found = [finding for step in examine(kit.desk) for finding in step.findings]
    assert [finding.area for finding in found] == ["seals"]
    assert found[0].object_id == signed.id


def test_an_older_folder_put_back_is_found_by_the_anchor_far_from_it(
    vault_folder, desk, open_again, tmp_path, typed_patient
):
    anchors, older = tmp_path / "anchors", tmp_path / "older"
    desk.close()
    shutil.copytree(vault_folder, older)
    later = open_again()
    later.store.vault.anchor_far(anchors)
    later.patients.create(typed_patient())
    later.close()
    assert check_folder(vault_folder, PASSWORD, anchors) == ()
    shutil.rmtree(vault_folder)
    shutil.copytree(older, vault_folder)
    attempts._SEEN.clear()
    (found,) = check_folder(vault_folder, PASSWORD, anchors)
    assert (found.severity, found.area) == ("alarm", "history")
    assert "outside the vault folder" in found.sentence


def test_without_the_far_anchor_nothing_tells(vault_folder, desk, open_again, tmp_path):
    """The one before would pass without any comparing if this one found something."""
    older = tmp_path / "older"
    desk.close()
    shutil.copytree(vault_folder, older)
    open_again().close()
    shutil.rmtree(vault_folder)
    shutil.copytree(older, vault_folder)
    assert check_folder(vault_folder, PASSWORD) == ()
