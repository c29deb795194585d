"""Key files of the first format open, and are brought to the second by whoever logs in."""

import json

import pytest

from mesodesk.vault import keyfile
from mesodesk.vault.errors import KeyChangeError
from mesodesk.vault.vault import open_vault


@pytest.fixture
def old(golden):
    made = golden("0003")
    assert json.loads((made.folder / "keys.json").read_bytes())["version"] == 1
    return made


def slots(made) -> list[bool]:
    return [slot.can_be_given_keys for slot in keyfile.load(made.folder).key_file.slots]


def test_who_logs_in_gets_a_slot_of_the_second_format_and_nobody_else(old):
    assert not any(slots(old))
    with open_vault(old.folder, password=old.password) as vault:
        assert [finding for finding in vault.findings if finding.area == "keys"] == []
        known = vault.key_file
    assert slots(old).count(True) == 1
    assert keyfile.load(old.folder).key_file.version == 2
    for user_id in known.people():
        with open_vault(old.folder, password=old.password, user_id=user_id) as vault:
            assert vault.findings == ()
            assert vault.user_id == user_id
            assert vault.sign_digest(b"d" * 32)
    assert slots(old).count(False) == 1  # the kit's


def test_the_key_is_not_changed_while_somebody_would_be_locked_out(old):
    with (
        open_vault(old.folder, password=old.password) as vault,
        pytest.raises(KeyChangeError, match="must log in once"),
    ):
        vault.change_key()
    with open_vault(old.folder, password=old.password) as vault:
        assert vault.findings == ()


def test_a_slot_that_could_not_be_renewed_is_renewed_at_the_next_opening(old, monkeypatch):
    def no_room(*_arguments, **_named):
        raise OSError(28, "no room")

    with monkeypatch.context() as patched:
        patched.setattr(keyfile, "save", no_room)
        with open_vault(old.folder, password=old.password):
            assert not any(slots(old))
    with open_vault(old.folder, password=old.password):
        assert slots(old).count(True) == 1
