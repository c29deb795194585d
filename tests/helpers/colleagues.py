"""Somebody else who works in a clinic of the tests, with a key slot and on record."""

from uuid import UUID

from mesodesk.db.models.clinic import UserRow
from mesodesk.domain.changes import Topic
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.clinic import Role
from mesodesk.domain.rights import Right
from mesodesk.services.desk import Desk
from mesodesk.vault.keyfile import SlotKind
from mesodesk.vault.keys import KdfCost, password_secret
from mesodesk.vault.slots import (
    SlotOwner,
    SlotSecrets,
    make_slot,
    new_signing_key,
    public_key_of,
)
from mesodesk.vault.stamps import add_signing_key

PASSWORD = "a kettle on the blue stove"


def let_work(
    desk: Desk,
    name: str = "Marc Oliveras",
    role: Role = Role.THERAPIST,
    password: str = PASSWORD,
) -> UUID:
    """Let somebody work here from now on, and return their id."""
    vault, user_id, signing_key = desk.store.vault, new_id(), new_signing_key()
    made = make_slot(
        vault.vault_id,
        SlotOwner(SlotKind.USER, user_id, name),
        password_secret(password),
        KdfCost.for_tests(),
        SlotSecrets(vault.keys.data_key, vault.keys.salt, signing_key),
    )
    initials = "".join(word[0] for word in name.split())[:2]
    with desk.store.write(Right.PEOPLE) as tx:
        tx.db.add(UserRow(id=user_id, name=name, initials=initials, role=role, colour=3))
        tx.db.flush()
        add_signing_key(tx.connection, user_id, public_key_of(signing_key), tx.now)
        tx.audit("user.create", "user", user_id, 1, role=role.value)
        tx.touch(Topic.CLINIC)
    replace_slots(desk, (*vault.key_file.slots, made.slot))
    return user_id


def take_slot(desk: Desk, user_id: UUID) -> None:
    """Let somebody open the vault no more."""
    slots = desk.store.vault.key_file.slots
    replace_slots(desk, tuple(slot for slot in slots if slot.user_id != user_id))


def replace_slots(desk: Desk, slots: tuple[object, ...]) -> None:
    desk.store.vault._slots.replace(slots, lambda _read_back: None)
