"""Makes a new vault: all of it under another name, and put in place by one rename at the end."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mesodesk.db.engine import create_database, open_engine
from mesodesk.db.upgrade import upgrade
from mesodesk.domain.clock import Clock
from mesodesk.domain.ids import new_id
from mesodesk.vault import keyfile
from mesodesk.vault.anchor import Anchor, write_anchor
from mesodesk.vault.audit import AuditFact, AuditTrail
from mesodesk.vault.errors import VaultError
from mesodesk.vault.examining import explained
from mesodesk.vault.keyfile import KeyFile, SlotKind
from mesodesk.vault.keys import KdfCost, VaultKeys, new_password_secret
from mesodesk.vault.location import NEW_VAULT_MB, refusal
from mesodesk.vault.lock import VaultLock
from mesodesk.vault.open_vault import OpenVault
from mesodesk.vault.opening import Unlocked, open_unlocked
from mesodesk.vault.owner import NewOwner
from mesodesk.vault.paths import VaultPaths
from mesodesk.vault.placing import made_aside
from mesodesk.vault.recovery import RecoveryKey
from mesodesk.vault.slots import (
    MadeSlot,
    SlotOwner,
    SlotSecrets,
    make_slot,
    new_secrets,
    public_key_of,
    unwrap,
)
from mesodesk.vault.stamps import add_signing_key, stamp_vault

Populate = Callable[[OpenVault], None]


@dataclass(frozen=True, slots=True, repr=False)
class NewVault:
    """Everything a new vault is made from."""

    owner: NewOwner
    password: str
    cost: KdfCost
    recovery_key: RecoveryKey


def make_vault(folder: Path, new: NewVault, clock: Clock, populate: Populate | None) -> OpenVault:
    """Make a vault; see `mesodesk.vault.vault.create_vault`."""
    folder = folder.expanduser().absolute()
    secret = new_password_secret(new.password)
    with made_aside(folder, NEW_VAULT_MB) as making:
        unlocked = _fill(making, new, secret, clock)
        if populate is not None:
            with open_unlocked(making, unlocked, clock) as vault:
                populate(vault)
    return open_unlocked(folder, unlocked, clock)


def _fill(folder: Path, new: NewVault, secret: bytes, clock: Clock) -> Unlocked:
    """Write database, key file and anchor; the lock tells that somebody is at work here."""
    lock = VaultLock(VaultPaths(folder).lock)
    try:
        inside, vault_id, user_id = new_secrets(), new_id(), new_id()
        keys = VaultKeys(vault_id, inside.data_key, inside.database_salt)
        owner_slot = make_slot(
            vault_id, SlotOwner(SlotKind.USER, user_id, new.owner.name), secret, new.cost, inside
        )
        recovery_slot = make_slot(
            vault_id,
            SlotOwner(SlotKind.RECOVERY, None, ""),
            new.recovery_key.secret,
            new.cost,
            SlotSecrets(inside.data_key, inside.database_salt),
        )
        unlocked = Unlocked(owner_slot.slot, inside)
        with explained(VaultPaths(folder), keys.salt):
            seq, head = _fill_database(folder, keys, unlocked, clock)
        slots = (owner_slot, recovery_slot)
        sealed = KeyFile(vault_id, 1, tuple(made.slot for made in slots)).sealed(keys.key_file)
        try:
            keyfile.save(folder, sealed, _prover(slots), both=True)
            write_anchor(folder, Anchor(vault_id, seq, head, clock.now(), key_generation=1), keys)
        except OSError as error:
            raise refusal(error, NEW_VAULT_MB) from error
        keys.wipe()
        return unlocked
    finally:
        lock.release()


def _fill_database(
    folder: Path, keys: VaultKeys, unlocked: Unlocked, clock: Clock
) -> tuple[int, bytes]:
    path = VaultPaths(folder).database
    create_database(path, keys.data_key, keys.salt)
    upgrade(path, keys.data_key, keys.salt)
    slot, signing_key = unlocked.slot, unlocked.inside.signing_key
    if slot.user_id is None or signing_key is None:
        raise VaultError
    engine = open_engine(path, keys.data_key, keys.salt)
    try:
        with engine.begin() as connection:
            now = clock.now()
            stamp_vault(connection, keys.vault_id, now)
            add_signing_key(connection, slot.user_id, public_key_of(signing_key), now)
            trail = AuditTrail(keys, clock, secrets.token_hex(16))
            fact = AuditFact(slot.user_id, slot.name, "vault.create", "vault", keys.vault_id)
            entry = trail.append(connection, fact)
    finally:
        engine.dispose()
    return entry.seq, entry.mac


def _prover(slots: tuple[MadeSlot, ...]) -> Callable[[KeyFile], None]:
    def prove(read_back: KeyFile) -> None:
        for made, slot in zip(slots, read_back.slots, strict=True):
            if unwrap(read_back.vault_id, slot, made.wrapping_key) is None:
                raise VaultError

    return prove
