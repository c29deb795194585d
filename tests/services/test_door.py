"""Coming in again and in somebody's place: by whom the desk is used, and what is kept of it."""

import errno
import json
from pathlib import Path

import pytest
from colleagues import PASSWORD as MARCS
from colleagues import let_work, take_slot
from sqlalchemy import update

from mesodesk.db.errors import StorageTrouble, StorageUnavailable
from mesodesk.db.models.clinic import UserRow
from mesodesk.domain.records.clinic import Role
from mesodesk.domain.rights import Right
from mesodesk.services.errors import NotAllowedError
from mesodesk.vault.backing_up import source_of
from mesodesk.vault.errors import (
    CodeOverError,
    NoPinError,
    PasswordLengthError,
    PinRefusedError,
    TooSoonError,
    UnknownUserError,
    VaultError,
    WhoseKitError,
    WrongCodeError,
    WrongPasswordError,
    WrongPinError,
    WrongRecoveryKeyError,
)
from mesodesk.vault.examining import opened
from mesodesk.vault.recovery import RecoveryKey
from mesodesk.vault.seal import signature_is_valid

OLGAS = "plain tea in the morning"
PIN = "902817"
WRONG = "739150"


@pytest.fixture
def olga(desk):
    return desk.store.vault.user_id


@pytest.fixture
def marc(desk):
    return let_work(desk)


def entries(desk, prefix=""):
    vault = desk.store.vault
    sql = "SELECT action, actor_name, actor_role FROM audit_entry WHERE action LIKE ? ORDER BY seq"
    with opened(vault.paths, vault.keys) as raw:
        return [tuple(row) for row in raw.execute(sql, (f"{prefix}%",))]


def leave(desk, user_id):
    with desk.store.write(Right.PEOPLE) as tx:
        tx.connection.execute(update(UserRow).where(UserRow.id == user_id).values(active=False))
        tx.audit("user.leave", "user", user_id)


def test_whoever_comes_in_acts_from_then_on_with_their_own_role_and_key(desk, marc, typed_patient):
    before = desk.store.vault.public_key
    desk.access.lock()
    desk.access.switch(marc, MARCS)
    desk.patients.create(typed_patient())
    assert desk.user.name == "Marc Oliveras"
    assert desk.store.vault.public_key != before
    assert entries(desk)[-1] == ("patient.create", "Marc Oliveras", "therapist")
    assert entries(desk, "desk.")[-2:] == [
        ("desk.lock", "Olga Owner", "owner"),
        ("desk.switch", "Marc Oliveras", "therapist"),
    ]
    with pytest.raises(NotAllowedError):
        desk.store.need(Right.PEOPLE)


def test_a_wrong_password_lets_nobody_in_is_kept_and_counts_as_at_the_door(desk, olga, marc):
    with pytest.raises(WrongPasswordError):
        desk.access.switch(marc, OLGAS)
    assert desk.store.vault.user_id == olga
    assert entries(desk, "desk.")[-1] == ("desk.switch_failed", "Olga Owner", "owner")
    assert desk.store.vault.attempts.total == 1
    with pytest.raises(TooSoonError):
        desk.access.switch(marc, MARCS)
    assert len(entries(desk, "desk.switch_failed")) == 1


def test_drafts_stay_with_who_typed_them(desk, olga, marc):
    desk.drafts.put("patient", "new", {"family_name": "Ferrand"})
    desk.access.switch(marc, MARCS)
    assert desk.drafts.all_mine() == ()
    desk.drafts.put("patient", "new", {"family_name": "Ibarra"})
    desk.access.switch(olga, OLGAS)
    assert desk.drafts.get("patient", "new") == {"family_name": "Ferrand"}


def test_who_has_left_cannot_come_in_even_with_a_slot(desk, olga, marc):
    leave(desk, marc)
    with pytest.raises(UnknownUserError):
        desk.access.switch(marc, MARCS)
    assert desk.store.vault.user_id == olga
    assert entries(desk, "desk.")[-1][0] == "desk.switch_failed"


def test_who_has_no_slot_cannot_come_in_even_if_on_record(desk, marc):
    take_slot(desk, marc)
    with pytest.raises(UnknownUserError):
        desk.access.switch(marc, MARCS)


def test_others_come_in_when_whoever_locked_has_left(desk, olga, marc):
    leave(desk, olga)
    desk.access.lock()
    assert [one.name for one in desk.access.who_can_come_in()] == ["Marc Oliveras"]
    desk.access.switch(marc, MARCS)
    assert desk.user.name == "Marc Oliveras"


def test_the_list_at_the_door_says_who_has_a_pin(desk, marc):
    desk.access.set_pin(OLGAS, PIN)
    listed = [(one.name, one.initials, one.has_pin) for one in desk.access.who_can_come_in()]
    assert listed == [("Marc Oliveras", "MO", False), ("Olga Owner", "OO", True)]


def test_a_look_counts_anew_for_who_comes_in(desk, olga, marc, patient):
    desk.patients.get(patient.id)
    desk.access.switch(marc, MARCS)
    desk.patients.get(patient.id)
    desk.patients.get(patient.id)
    views = [name for action, name, _ in entries(desk, "patient.view")]
    assert views[-1] == "Marc Oliveras"
    assert views.count("Marc Oliveras") >= 1


@pytest.fixture
def nothing_written(monkeypatch):
    """Lets the desk write no audit entry any more."""

    def refuse(*_arguments):
        raise OSError(errno.EIO, "no")

    def begin(desk):
        monkeypatch.setattr(desk.store.vault.audit, "append", refuse)

    yield begin
    monkeypatch.undo()


def test_nobody_comes_in_of_whom_it_cannot_be_kept(desk, olga, marc, nothing_written):
    nothing_written(desk)
    with pytest.raises(OSError):  # noqa: PT011  the very one that was planted
        desk.access.switch(marc, MARCS)
    assert desk.store.vault.user_id == olga
    assert desk.user.name == "Olga Owner"


def test_a_pin_lets_its_owner_back_and_in_somebody_s_place(desk, olga, marc):
    desk.access.set_pin(OLGAS, PIN)
    desk.access.lock()
    desk.access.unlock_by_pin(PIN)
    desk.access.switch(marc, MARCS)
    desk.access.switch_by_pin(olga, PIN)
    assert desk.user.name == "Olga Owner"
    assert desk.store.vault.sign_digest(b"x" * 32)
    assert [action for action, _, _ in entries(desk, "desk.")][-3:] == [
        "desk.unlock", "desk.switch", "desk.switch",
    ]  # fmt: skip
    assert entries(desk, "user.pin_set")


def test_where_a_pin_cannot_be_kept_there_is_none_and_who_came_in_is_in(desk, marc, monkeypatch):
    def refuse(_pin):
        raise StorageUnavailable(StorageTrouble.FULL)

    monkeypatch.setattr(desk.access, "_set_pin", refuse)
    desk.access.switch(marc, MARCS, new_pin=PIN)
    assert desk.store.vault.user_id == marc
    assert not desk.access.has_pin()


def test_a_pin_that_is_not_on_record_is_not_set(desk, nothing_written):
    nothing_written(desk)
    with pytest.raises(OSError):  # noqa: PT011  the very one that was planted
        desk.access._set_pin(PIN)
    assert not desk.access.has_pin()


def test_after_three_wrong_pins_the_password_is_needed(desk, olga):
    desk.access.set_pin(OLGAS, PIN)
    for _ in range(3):
        with pytest.raises(WrongPinError):
            desk.access.unlock_by_pin(WRONG)
    with pytest.raises(NoPinError):
        desk.access.unlock_by_pin(PIN)
    assert len(entries(desk, "desk.unlock_failed")) == 3
    desk.access.unlock(OLGAS)
    # Wrong PINs are no wrong passwords: nobody has to wait.
    assert desk.store.vault.attempts.total == 0


def test_setting_a_pin_asks_for_the_password(desk):
    with pytest.raises(WrongPasswordError):
        desk.access.set_pin("not this one at all", PIN)
    assert not desk.access.has_pin()
    assert entries(desk, "user.pin")[-1][0] == "user.pin_set_failed"


def test_an_obvious_pin_costs_no_try_of_the_password(desk, olga):
    with pytest.raises(PinRefusedError):
        desk.access.set_pin(OLGAS, "123456")
    with pytest.raises(PinRefusedError):
        desk.access.unlock("not this one at all", new_pin="111111")
    assert desk.store.vault.attempts.total == 0
    assert not desk.access.has_pin()


def test_a_pin_is_set_while_coming_in(desk):
    desk.access.lock()
    desk.access.unlock(OLGAS, new_pin=PIN)
    assert desk.access.has_pin()
    desk.access.lock()
    desk.access.unlock_by_pin(PIN)


def test_no_pin_is_set_with_a_wrong_password(desk):
    with pytest.raises(WrongPasswordError):
        desk.access.unlock("not this one at all", new_pin=PIN)
    assert not desk.access.has_pin()


def test_the_pin_goes_with_the_password(desk):
    desk.access.set_pin(OLGAS, PIN)
    desk.access.change_password(OLGAS, "a heron stands in shallow water")
    assert not desk.access.has_pin()
    with pytest.raises(NoPinError):
        desk.access.unlock_by_pin(PIN)


def test_the_pin_goes_with_the_vault_and_the_slot(open_again):
    desk = open_again()
    desk.access.set_pin(OLGAS, PIN)
    vault = desk.store.vault
    desk.close()
    assert not vault.entrance.has_pin(vault.user_id)
    again = open_again()
    assert not again.access.has_pin()


def test_the_pin_can_be_given_up(desk):
    desk.access.set_pin(OLGAS, PIN)
    desk.access.forget_pin()
    assert not desk.access.has_pin()
    assert entries(desk)[-1][0] == "user.pin_forget"


def test_no_file_holds_anything_of_a_pin(desk, vault_folder):
    desk.access.set_pin(OLGAS, PIN)
    held = next(iter(desk.store.vault.entrance._pins._held.values()))
    desk.access.lock()
    for path in Path(vault_folder).iterdir():
        whole = path.read_bytes()
        for secret in (PIN.encode(), held.wrapped, held.salt):
            assert secret not in whole


@pytest.mark.parametrize("role", [Role.ASSISTANT, Role.AUDITOR])
def test_every_role_comes_in(desk, role):
    user_id = let_work(desk, "Amélie Beaupré", role)
    desk.access.switch(user_id, MARCS, new_pin=PIN)
    assert desk.user.role is role
    desk.access.lock()
    desk.access.unlock_by_pin(PIN)


def test_a_backup_is_signed_by_who_was_in_when_it_was_asked_for(desk, olga, marc):
    by_olga = source_of(desk.store.vault)
    hers = desk.store.vault.public_key
    desk.access.switch(marc, MARCS)
    assert by_olga.sign is not None
    signed = by_olga.sign(bytes(32))
    assert (signed.user_id, signed.public_key) == (olga, hers)
    assert signature_is_valid(bytes(32), signed.signature, hers)


# Without a password: a code from an owner, the recovery key

NEW = "an otter reads at dawn"


def details(desk, action):
    vault = desk.store.vault
    sql = "SELECT details FROM audit_entry WHERE action = ? ORDER BY seq"
    with opened(vault.paths, vault.keys) as raw:
        return [json.loads(row[0]) for row in raw.execute(sql, (action,))]


@pytest.fixture
def coded(desk, marc):
    """Marc's code, given out while he is on record; his password opens nothing any more."""
    return desk.people.give_code(marc, OLGAS).code


def test_a_code_is_taken_at_the_lock_once_and_with_a_new_password(desk, olga, marc, coded):
    desk.access.lock()
    listed = {one.id: one.by_code for one in desk.access.who_can_come_in()}
    assert listed == {olga: False, marc: True}
    came = desk.access.prove_by_key(olga, coded.lower())  # the code itself says whose it is
    assert (came.user_id, came.name, came.by_code) == (marc, "Marc Oliveras", True)
    assert desk.user.name == "Olga Owner"  # nobody is in before a password is chosen
    with pytest.raises(PasswordLengthError):
        came.enter_with("short")
    assert desk.user.name == "Olga Owner"
    came.enter_with(NEW)
    assert desk.user.name == "Marc Oliveras"
    assert desk.store.vault.sign_digest(b"x" * 32)
    assert details(desk, "desk.switch")[-1] == {"by_pin": False, "by_code": True, "by_kit": False}
    assert details(desk, "user.password_change")[-1]["by_code"]
    (key,) = details(desk, "user.signing_key")
    assert key == {"public_key": desk.store.vault.public_key.hex()}
    desk.access.switch(olga, OLGAS)
    with pytest.raises(WrongCodeError, match="used already"):
        desk.access.prove_by_key(olga, coded)
    assert details(desk, "desk.unlock_failed")[-1] == {"by_pin": False, "by_key": True}
    desk.access.switch(marc, NEW)


def test_a_code_proved_twice_opens_once(desk, olga, coded):
    first, second = (desk.access.prove_by_key(olga, coded) for _ in range(2))
    first.enter_with(NEW)
    with pytest.raises(WrongCodeError):
        second.enter_with("another otter reads at dawn")


def test_a_code_whose_time_is_over_is_kept_and_lets_nobody_in(desk, olga, coded, clock):
    clock.move(days=8)
    with pytest.raises(CodeOverError, match="Ask for another"):
        desk.access.prove_by_key(olga, coded)
    assert details(desk, "desk.switch_failed")[-1]["why"] == "code over"
    assert desk.user.name == "Olga Owner"
    assert [one.name for one in desk.access.who_can_come_in()] == ["Olga Owner"]


def test_the_recovery_key_is_taken_at_the_lock_for_an_owner(desk, olga, marc):
    key = RecoveryKey.new()
    desk.people.new_kit(key, key.text, OLGAS)
    with pytest.raises(WrongRecoveryKeyError):
        desk.access.prove_by_key(olga, RecoveryKey.new().text)
    desk.store.vault.attempts.succeeded()
    desk.access.switch(marc, MARCS)
    came = desk.access.prove_by_key(marc, key.text)  # there is one owner: it is for her
    came.enter_with(NEW)
    assert desk.user.name == "Olga Owner"
    assert details(desk, "desk.switch")[-1] == {"by_pin": False, "by_code": False, "by_kit": True}
    let_work(desk, "Ona Owner", Role.OWNER, "two owners at one desk")
    with pytest.raises(WhoseKitError):
        desk.access.prove_by_key(marc, key.text)
    assert desk.access.prove_by_key(olga, key.text).user_id == olga


def test_where_the_disk_refuses_the_new_password_who_was_in_stays(desk, olga, coded, monkeypatch):
    came = desk.access.prove_by_key(olga, coded)

    def refuse(*_any, **_more):
        raise OSError(errno.ENOSPC, "no room")

    with monkeypatch.context() as full:
        full.setattr("mesodesk.vault.keyfile.save", refuse)
        with pytest.raises(VaultError):
            came.enter_with(NEW)
    assert desk.user.name == "Olga Owner"
    came.enter_with(NEW)
    assert desk.user.name == "Marc Oliveras"
