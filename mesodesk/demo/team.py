"""The people who work in the demonstration clinic, each with a key slot and a signing key."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mesodesk.db.models.clinic import UserRow
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.clinic import Role
from mesodesk.domain.rights import Right
from mesodesk.services.desk import Desk
from mesodesk.vault import keyfile
from mesodesk.vault.errors import VaultError
from mesodesk.vault.keyfile import KeyFile, SlotKind
from mesodesk.vault.keys import KdfCost, new_password_secret
from mesodesk.vault.slots import (
    MadeSlot,
    SlotOwner,
    SlotSecrets,
    make_slot,
    new_signing_key,
    public_key_of,
    unwrap,
)
from mesodesk.vault.stamps import add_signing_key


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works in the clinic besides the owner."""

    name: str
    initials: str
    role: Role
    colour: int


OWNER_NAME, OWNER_INITIALS = "Dr. Elena Sorolla Vidal", "ES"
COLLEAGUES = (
    Colleague("Marc Oliveras", "MO", Role.THERAPIST, 1),
    Colleague("Amélie Beaupré", "AB", Role.THERAPIST, 2),
)


def add_colleagues(desk: Desk, password: str, cost: KdfCost, now: datetime) -> tuple[UUID, ...]:
    """Let the colleagues unlock and sign, and put them on record; return their ids.

    What the key file says takes effect when the vault is next opened.
    """
    ids = tuple(new_id() for _ in COLLEAGUES)
    made = [
        _slot(desk, colleague, user_id, password, cost)
        for colleague, user_id in zip(COLLEAGUES, ids, strict=True)
    ]
    with desk.store.write(Right.PEOPLE) as tx:
        for colleague, user_id, (_, public_key) in zip(COLLEAGUES, ids, made, strict=True):
            tx.db.add(
                UserRow(
                    id=user_id,
                    name=colleague.name,
                    initials=colleague.initials,
                    role=colleague.role,
                    colour=colleague.colour,
                )
            )
            tx.db.flush()
            add_signing_key(tx.connection, user_id, public_key, now)
            tx.audit("user.create", "user", user_id, 1, role=colleague.role.value)
    _save(desk, tuple(slot for slot, _ in made))
    return ids


def _slot(
    desk: Desk, colleague: Colleague, user_id: UUID, password: str, cost: KdfCost
) -> tuple[MadeSlot, bytes]:
    vault, signing_key = desk.store.vault, new_signing_key()
    made = make_slot(
        vault.vault_id,
        SlotOwner(SlotKind.USER, user_id, colleague.name),
        new_password_secret(password),
        cost,
        SlotSecrets(vault.keys.data_key, vault.keys.salt, signing_key),
    )
    return made, public_key_of(signing_key)


def _save(desk: Desk, made: tuple[MadeSlot, ...]) -> None:
    vault = desk.store.vault
    slots = (*vault.key_file.slots, *(each.slot for each in made))
    keys = {each.slot.id: each.wrapping_key for each in made}

    def prove(read_back: KeyFile) -> None:
        for slot in read_back.slots:
            if slot.id in keys and unwrap(vault.vault_id, slot, keys[slot.id]) is None:
                raise VaultError

    keyfile.save(vault.folder, vault.key_file.changed(slots, vault.keys.key_file), prove)
