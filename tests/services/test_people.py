"""Who comes in: added, given a code, let go, let in again; the recovery kit."""

import errno
import json
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from mesodesk.db.models.audit import AuditEntryRow
from mesodesk.db.models.clinic import UserRow
from mesodesk.db.models.vault_meta import SigningKeyRow
from mesodesk.domain.records.clinic import Role
from mesodesk.domain.records.staff import PersonFields, WayIn
from mesodesk.services.desk import open_desk
from mesodesk.services.errors import ConflictError, InvalidError, NotAllowedError, RefusedError
from mesodesk.vault import attempts, keyfile
from mesodesk.vault.errors import (
    CodeNotHereError,
    CodeOverError,
    DiskFullError,
    KeyChangeError,
    UnknownUserError,
    WrongCodeError,
    WrongPasswordError,
    WrongRecoveryKeyError,
)
from mesodesk.vault.keys import KdfCost
from mesodesk.vault.recovery import RecoveryKey, RecoveryKeyError
from mesodesk.vault.reset_code import VALID_FOR
from mesodesk.vault.vault import open_vault

PASSWORD = "plain tea in the morning"
BENS = "eleven loud geese at dusk"
BEN = PersonFields("Ben Okafor", "", Role.THERAPIST, 2)


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    """Lets no pause follow a wrong password."""
    monkeypatch.setattr(attempts, "pause_after", lambda _failures: 0.0)


@pytest.fixture
def entering(vault_folder, clock):
    """Opens the desk with a code or a password; all are closed at the end."""
    opened = []

    def enter(**credential):
        opened.append(open_desk(open_vault(vault_folder, clock=clock, **credential), clock))
        return opened[-1]

    yield enter
    for desk in opened:
        desk.close()


@pytest.fixture
def ben(desk, entering, open_again):
    """Ben, who has come in with his code and chosen a password; the owner is at the desk again."""
    given = desk.people.add(BEN, PASSWORD)
    desk.close()
    his = entering(code=given.code)
    his.access.set_password(BENS)
    his.close()
    return given.person.user.id


@pytest.fixture
def again(ben, open_again):
    """The owner's desk, once Ben works here."""
    return open_again()


def person(desk, person_id):
    return next(one for one in desk.people.all() if one.user.id == person_id)


def entries(desk, action):
    with desk.store.vault.engine.connect() as connection:
        rows = connection.execute(
            select(AuditEntryRow.__table__).where(AuditEntryRow.action == action)
        )
        return list(rows)


def signing_keys(desk, user_id):
    with desk.store.vault.engine.connect() as connection:
        columns = select(SigningKeyRow.public_key, SigningKeyRow.retired_at)
        return connection.execute(
            columns.where(SigningKeyRow.user_id == user_id).order_by(SigningKeyRow.created_at)
        ).all()


# Coming in for the first time


def test_somebody_new_comes_in_with_a_code_and_chooses_a_password(desk, entering, vault_folder):
    given = desk.people.add(BEN, PASSWORD)
    assert given.person.way is WayIn.CODE
    assert given.code not in repr(given)
    desk.close()
    his = entering(code=given.code)
    assert his.store.vault.by_code
    assert not his.access.by_recovery_key
    assert his.user.name == "Ben Okafor"
    his.access.set_password(BENS)
    assert not his.store.vault.by_code
    his.store.vault.sign_digest(bytes(32))
    his.close()
    again = entering(password=BENS, user_id=given.person.user.id)
    assert again.user.role is Role.THERAPIST


def test_a_code_opens_once(desk, entering, vault_folder):
    given = desk.people.add(BEN, PASSWORD)
    desk.close()
    his = entering(code=given.code)
    his.access.set_password(BENS)
    his.close()
    with pytest.raises(WrongCodeError, match="used already"):
        open_vault(vault_folder, code=given.code)


def test_until_a_password_is_chosen_the_code_still_opens(desk, entering):
    given = desk.people.add(BEN, PASSWORD)
    desk.close()
    entering(code=given.code).close()
    assert entering(code=given.code).store.vault.by_code


def test_a_code_may_be_typed_where_the_password_is_asked_for(desk, entering):
    given = desk.people.add(BEN, PASSWORD)
    desk.close()
    typed = given.code.lower().replace("-", " ")
    assert entering(password=typed, user_id=given.person.user.id, or_code=True).store.vault.by_code


def test_a_code_is_no_password_where_none_is_chosen_next(desk, vault_folder, clock):
    given = desk.people.add(BEN, PASSWORD)
    desk.close()
    with pytest.raises(CodeNotHereError, match="choose a password"):
        open_vault(vault_folder, password=given.code, clock=clock)
    with (
        open_vault(vault_folder, password=PASSWORD, clock=clock) as vault,
        vault.engine.connect() as db,
    ):
        opened = db.exec_driver_sql("SELECT details FROM audit_entry WHERE action = 'vault.open'")
        assert not any("by_code" in details for (details,) in opened)


def test_a_code_does_not_open_for_somebody_else(desk, vault_folder):
    given = desk.people.add(BEN, PASSWORD)
    owner = desk.user.id
    desk.close()
    with pytest.raises(WrongCodeError):
        open_vault(vault_folder, code=given.code, user_id=owner)


def test_wrong_codes_count_like_wrong_passwords(desk, vault_folder, open_again):
    given = desk.people.add(BEN, PASSWORD)
    desk.people.give_code(given.person.user.id, PASSWORD)
    before = desk.store.vault.attempts.total
    desk.close()
    with pytest.raises(WrongCodeError):
        open_vault(vault_folder, code=given.code)
    assert open_again().store.vault.attempts.total == before + 1


def test_a_code_is_over_after_a_week_and_no_clock_set_back_revives_it(
    desk, clock, entering, vault_folder, open_again
):
    given = desk.people.add(BEN, PASSWORD)
    desk.close()
    began = clock.moment
    clock.moment = given.until
    with pytest.raises(CodeOverError, match="Ask for another"):
        open_vault(vault_folder, code=given.code, clock=clock)
    desk = open_again()
    assert person(desk, given.person.user.id).way is WayIn.NONE
    (tried,) = [each for each in entries(desk, "vault.open") if each.outcome == "refused"]
    assert tried.actor_name == "Ben Okafor"
    assert json.loads(tried.details) == {"by_code": True, "why": "code over"}
    desk.close()
    clock.moment = began
    with pytest.raises((WrongCodeError, UnknownUserError)):
        open_vault(vault_folder, code=given.code, clock=clock)
    assert given.until - began == VALID_FOR == timedelta(days=7)


def test_a_name_that_somebody_has_already_is_refused_and_no_code_is_made(desk):
    before = desk.store.vault.key_file
    with pytest.raises(InvalidError, match="has this name already"):
        desk.people.add(PersonFields("olga OWNER"), PASSWORD)
    with pytest.raises(InvalidError):
        desk.people.add(PersonFields("  "), PASSWORD)
    assert desk.store.vault.key_file == before


# A forgotten password


def test_a_code_ends_the_password_and_brings_a_new_signing_key(again, ben, entering, vault_folder):
    given = again.people.give_code(ben, PASSWORD)
    again.close()
    with pytest.raises(WrongPasswordError):
        open_vault(vault_folder, password=BENS, user_id=ben)
    his = entering(code=given.code)
    his.access.set_password("another good password")
    (old, retired), (new, in_use) = signing_keys(his, ben)
    assert retired is not None
    assert in_use is None
    assert new == his.store.vault.public_key != old


def test_a_new_code_ends_the_one_before(desk, entering, vault_folder):
    given = desk.people.add(BEN, PASSWORD)
    newer = desk.people.give_code(given.person.user.id, PASSWORD)
    desk.close()
    with pytest.raises(WrongCodeError):
        open_vault(vault_folder, code=given.code)
    entering(code=newer.code)


def test_nobody_gives_a_code_to_themselves(desk):
    with pytest.raises(RefusedError, match="Choose a new password in Settings"):
        desk.people.give_code(desk.user.id, PASSWORD)


# Leaving, and coming back


def test_whoever_leaves_is_let_in_no_more_and_stays_on_record(again, ben, vault_folder):
    left = again.people.leave(ben, person(again, ben).user.version, PASSWORD)
    assert (left.user.active, left.way) == (False, WayIn.NONE)
    assert not again.store.vault.key_file.slots_of(ben)
    assert [retired is None for _, retired in signing_keys(again, ben)] == [False]
    assert entries(again, "user.leave")[-1].object_id == ben
    again.close()
    with pytest.raises(UnknownUserError):
        open_vault(vault_folder, password=BENS, user_id=ben)
    with pytest.raises(WrongPasswordError):
        open_vault(vault_folder, password=BENS)


def test_whoever_comes_back_comes_in_with_a_code(again, ben, entering):
    left = again.people.leave(ben, person(again, ben).user.version, PASSWORD)
    given = again.people.come_back(ben, left.user.version, PASSWORD)
    assert given.person.user.active
    again.close()
    his = entering(code=given.code)
    his.access.set_password("another good password")
    assert his.user.id == ben


def test_the_last_owner_stays_the_owner(again, ben):
    me = again.user
    with pytest.raises(RefusedError, match="Nobody else is an owner"):
        again.people.leave(me.id, me.version, PASSWORD)
    fields = PersonFields(me.name, me.initials, Role.THERAPIST, me.colour)
    with pytest.raises(RefusedError, match="Ask another owner"):
        again.people.change(me.id, me.version, fields, PASSWORD)
    assert again.user == me


def test_an_owner_who_has_not_come_in_yet_does_not_count(desk, entering, open_again):
    given = desk.people.add(PersonFields("Zoe Zhu", role=Role.OWNER), PASSWORD)
    me = desk.user
    with pytest.raises(RefusedError, match="Nobody else is an owner"):
        desk.people.leave(me.id, me.version, PASSWORD)
    desk.close()
    hers = entering(code=given.code)
    hers.access.set_password(BENS)
    left = hers.people.leave(me.id, me.version, BENS)
    assert not left.user.active
    hers.close()
    assert entering(password=BENS).user.name == "Zoe Zhu"


def test_without_a_kit_two_owners_stay(again, ben):
    version = person(again, ben).user.version
    owner = again.people.change(
        ben, version, PersonFields("Ben Okafor", "BO", Role.OWNER, 2), PASSWORD
    )
    vault = again.store.vault
    kept = tuple(slot for slot in vault.key_file.slots if slot.user_id is not None)
    vault.slot_changes.replace(kept, lambda _read_back: None)
    with pytest.raises(RefusedError, match="Make a recovery kit first"):
        again.people.leave(ben, owner.user.version, PASSWORD)
    again.people.new_kit(key := RecoveryKey.new(), key.text, PASSWORD)
    again.people.leave(ben, owner.user.version, PASSWORD)


def test_who_has_left_is_not_let_go_again(again, ben):
    left = again.people.leave(ben, person(again, ben).user.version, PASSWORD)
    with pytest.raises(RefusedError, match="has left already"):
        again.people.leave(ben, left.user.version, PASSWORD)
    with pytest.raises(RefusedError, match="come back first"):
        again.people.give_code(ben, PASSWORD)


# Changes


def test_a_new_name_stands_where_the_password_is_asked_for(again, ben, vault_folder):
    seen = person(again, ben).user
    changed = again.people.change(
        ben, seen.version, PersonFields("Benjamin Okafor", "BO", Role.THERAPIST, 3)
    )
    assert (changed.user.name, changed.user.colour) == ("Benjamin Okafor", 3)
    names = {slot.name for slot in again.store.vault.key_file.user_slots()}
    assert names == {"Olga Owner", "Benjamin Okafor"}
    with pytest.raises(ConflictError):
        again.people.change(ben, seen.version, BEN)


def test_a_role_asks_for_the_password_and_holds_at_once(again, ben):
    seen = person(again, ben).user
    fields = PersonFields("Ben Okafor", "BO", Role.ASSISTANT, 2)
    with pytest.raises(WrongPasswordError):
        again.people.change(ben, seen.version, fields)
    assert person(again, ben).user.role is Role.THERAPIST
    again.people.change(ben, seen.version, fields, PASSWORD)
    assert person(again, ben).user.role is Role.ASSISTANT


def test_what_is_kept_of_it_names_nobody(again, ben):
    seen = person(again, ben).user
    again.people.change(ben, seen.version, PersonFields("Benjamin Okafor", "BO"), PASSWORD)
    details = [entry.details for entry in entries(again, "user.update")]
    details += [entry.details for entry in entries(again, "user.create")]
    assert json.loads(entries(again, "user.update")[0].details)["changed"] == ["name", "colour"]
    assert not any("Okafor" in each for each in details)


@pytest.mark.parametrize("wrong", ["", "not the password"])
def test_a_desk_left_open_hands_out_no_keys(again, ben, wrong):
    before, version = again.store.vault.key_file, person(again, ben).user.version
    key = RecoveryKey.new()
    for attempt in (
        lambda: again.people.add(PersonFields("Zoe Zhu", role=Role.OWNER), wrong),
        lambda: again.people.give_code(ben, wrong),
        lambda: again.people.leave(ben, version, wrong),
        lambda: again.people.new_kit(key, key.text, wrong),
    ):
        with pytest.raises(WrongPasswordError):
            attempt()
    assert again.store.vault.key_file == before
    assert len(entries(again, "user.proof_failed")) == 4


def test_a_therapist_changes_nobody(ben, entering):
    his = entering(password=BENS, user_id=ben)
    with pytest.raises(NotAllowedError):
        his.people.all()
    with pytest.raises(NotAllowedError):
        his.people.add(PersonFields("Zoe Zhu"), BENS)


# The recovery kit


def test_a_new_kit_replaces_the_old_one(again, entering, vault_folder):
    first, second = RecoveryKey.new(), RecoveryKey.new()
    again.people.new_kit(first, first.text, PASSWORD)
    again.people.new_kit(second, second.text.lower(), PASSWORD)
    assert len(again.store.vault.key_file.recovery_slots()) == 1
    again.close()
    with pytest.raises(WrongRecoveryKeyError):
        open_vault(vault_folder, recovery_key=first)
    opened = entering(recovery_key=second)
    assert opened.access.by_recovery_key
    assert opened.user.name == "Olga Owner"


def test_a_kit_that_was_not_typed_back_does_not_count(desk):
    before = desk.store.vault.key_file
    with pytest.raises(RefusedError, match="another recovery key"):
        desk.people.new_kit(RecoveryKey.new(), RecoveryKey.new().text, PASSWORD)
    with pytest.raises(RecoveryKeyError):
        desk.people.new_kit(RecoveryKey.new(), "7K2M", PASSWORD)
    assert desk.store.vault.key_file == before


def test_the_recovery_key_is_the_owners_whoever_changed_a_password_last(again, ben, entering):
    key = RecoveryKey.new()
    again.people.new_kit(key, key.text, PASSWORD)
    again.close()
    his = entering(password=BENS, user_id=ben)
    his.access.set_password("another good password")
    his.close()
    assert entering(recovery_key=key).user.name == "Olga Owner"


# Interruptions: the record decides


def slots_put_back(desk, change):
    """Let a change happen, and then put the key file of before in its place."""
    before = desk.store.vault.key_file
    change()
    folder = desk.store.vault.folder
    desk.close()
    for name in ("keys.json", "keys-copy.json"):
        (folder / name).write_bytes(keyfile.encode(before))


def test_the_key_of_somebody_who_left_is_an_alarm_and_is_taken_out(
    again, ben, vault_folder, clock, open_again
):
    version = person(again, ben).user.version
    slots_put_back(again, lambda: again.people.leave(ben, version, PASSWORD))
    with pytest.raises(UnknownUserError):
        open_vault(vault_folder, password=BENS, user_id=ben, clock=clock)
    desk = open_again()
    said = [finding.sentence for finding in desk.store.vault.findings if finding.area == "keys"]
    assert any("Ben Okafor has left, and still had a key" in sentence for sentence in said)
    assert not desk.store.vault.key_file.slots_of(ben)
    assert [entry.outcome for entry in entries(desk, "vault.open")].count("refused") == 1
    desk.close()
    assert not [one for one in open_again().store.vault.findings if "has left" in one.sentence]


def test_a_program_that_ends_between_the_two_lets_nobody_in(desk, open_again, clock, vault_folder):
    """The key file comes first for whoever is let in: without the record, the code is nothing."""
    vault = desk.store.vault
    given = desk.people.add(BEN, PASSWORD)
    whole = vault.key_file
    with desk.store.vault.engine.connect() as connection:
        assert connection.scalar(select(UserRow.active).where(UserRow.name == BEN.name))
    desk.close()
    # The record of before, with the key file of after.
    stranger = open_again()
    strange = [
        slot if slot.user_id != given.person.user.id else _of_a_stranger(stranger, slot)
        for slot in whole.slots
    ]
    stranger.store.vault.slot_changes.replace(tuple(strange), lambda _read_back: None)
    stranger.close()
    found = open_again()
    assert any("never put on record" in one.sentence for one in found.store.vault.findings)
    assert len(found.store.vault.key_file.people()) == 1


def _of_a_stranger(desk, _slot):
    from datetime import UTC, datetime

    from mesodesk.domain.ids import new_id
    from mesodesk.vault.keyfile import SlotKind
    from mesodesk.vault.slots import SlotOwner, SlotSecrets, make_slot

    keys = desk.store.vault.keys
    owner = SlotOwner(SlotKind.CODE, new_id(), "Ben Okafor", datetime(2030, 1, 1, tzinfo=UTC))
    inside = SlotSecrets(keys.data_key, keys.salt)
    return make_slot(keys.vault_id, owner, bytes(11), KdfCost.for_tests(), inside).slot


@pytest.fixture
def refusing(monkeypatch):
    """Lets no small file of the vault be replaced for as long as it is entered."""

    def full(_path, _target):
        raise OSError(errno.ENOSPC, "full")

    @contextmanager
    def refuse():
        with monkeypatch.context() as patched:
            patched.setattr(Path, "replace", full)
            yield

    return refuse


def test_a_full_disk_adds_nobody_and_gives_no_code(again, ben, refusing, entering):
    before = again.people.all()
    with refusing():
        with pytest.raises(DiskFullError):
            again.people.add(PersonFields("Zoe Zhu"), PASSWORD)
        with pytest.raises(DiskFullError):
            again.people.give_code(ben, PASSWORD)
    assert again.people.all() == before
    again.close()
    assert entering(password=BENS, user_id=ben).user.id == ben


def test_a_full_disk_keeps_whoever_leaves_out_all_the_same(
    again, ben, refusing, vault_folder, open_again, clock
):
    version = person(again, ben).user.version
    with refusing(), pytest.raises(RefusedError, match="is let in no more"):
        again.people.leave(ben, version, PASSWORD)
    assert not person(again, ben).user.active
    again.close()
    with pytest.raises(UnknownUserError):
        open_vault(vault_folder, password=BENS, user_id=ben, clock=clock)
    assert not open_again().store.vault.key_file.slots_of(ben)


def test_what_the_record_refuses_is_put_back_in_the_key_file(again, ben, monkeypatch):
    def broken(*_arguments, **_details):
        raise OSError(errno.EIO, "broken")

    before = again.store.vault.key_file.slots
    with monkeypatch.context() as patched:
        patched.setattr("mesodesk.services.transaction.Transaction.audit", broken)
        with pytest.raises(OSError, match="broken"):
            again.people.give_code(ben, PASSWORD)
    assert again.store.vault.key_file.slots == before


def test_the_next_key_is_not_given_to_whoever_left_though_the_disk_had_refused(
    again, ben, refusing, open_again
):
    version = person(again, ben).user.version
    with refusing(), pytest.raises(RefusedError, match="is let in no more"):
        again.people.leave(ben, version, PASSWORD)
    assert again.store.vault.key_file.slots_of(ben)
    again.store.vault.change_key()
    assert not open_again().store.vault.key_file.slots_of(ben)


def test_no_key_is_changed_while_the_disk_keeps_somebody_who_left(again, ben, refusing, open_again):
    version = person(again, ben).user.version
    with refusing():
        with pytest.raises(RefusedError, match="is let in no more"):
            again.people.leave(ben, version, PASSWORD)
        with pytest.raises(KeyChangeError, match="Ben"):
            again.store.vault.change_key()
    assert open_again().store.vault.key_file.slots
