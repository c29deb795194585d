"""Opens a vault: nine checks in a fixed order, and nothing is ever created on this path."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

from mesodesk.db.engine import open_engine
from mesodesk.domain.clock import Clock
from mesodesk.vault import keyfile
from mesodesk.vault.anchor import Anchor
from mesodesk.vault.attempts import AttemptCounter
from mesodesk.vault.audit import AuditFact, AuditTrail
from mesodesk.vault.backing_up import Signer, Source
from mesodesk.vault.errors import (
    TooSoonError,
    UnknownUserError,
    UnreadableFolderError,
    VaultError,
    WrongPasswordError,
    WrongRecoveryKeyError,
)
from mesodesk.vault.examining import examine, explained
from mesodesk.vault.findings import Finding, alarm, warning
from mesodesk.vault.history import look_at_anchor
from mesodesk.vault.inspection import database_trouble
from mesodesk.vault.keyfile import KeyFile, KeySlot, LoadedKeyFile
from mesodesk.vault.keys import VaultKeys
from mesodesk.vault.location import OPEN_VAULT_MB, check_place, check_writable
from mesodesk.vault.lock import VaultLock
from mesodesk.vault.manifest import Signed
from mesodesk.vault.migrating import upgrade_through_copy
from mesodesk.vault.open_vault import OpenVault
from mesodesk.vault.parts import OpenedBy, VaultParts
from mesodesk.vault.paths import VaultPaths
from mesodesk.vault.slots import SlotSecrets, open_slot, public_key_of, sign


@dataclass(frozen=True, slots=True, repr=False)
class Credential:
    """What is offered to open the vault: a password of some user, or the recovery key."""

    secret: bytes
    is_recovery: bool
    user_id: UUID | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Unlocked:
    """The slot that opened, and what it protects."""

    slot: KeySlot
    inside: SlotSecrets
    failures_before: int = 0


def open_with(folder: Path, credential: Credential, clock: Clock) -> OpenVault:
    """Open the vault in a folder; see `mesodesk.vault.vault.open_vault`."""
    try:
        check_place(folder)
    except PermissionError as error:
        raise UnreadableFolderError from error
    keyfile.load(folder)  # nothing is locked, and no lock file made, where no vault stands
    with _locked(folder) as lock:
        check_writable(folder, OPEN_VAULT_MB)
        trouble = database_trouble(VaultPaths(folder))
        if trouble is not None:
            raise trouble
        loaded = keyfile.load(folder)
        attempts = AttemptCounter(folder, loaded.key_file.vault_id)
        unlocked = _unlock(loaded.key_file, credential, attempts)
        return _assemble(folder, lock, loaded, attempts, unlocked, clock)


def open_unlocked(folder: Path, unlocked: Unlocked, clock: Clock) -> OpenVault:
    """As `open_with`, for a vault made just now, whose keys are at hand."""
    with _locked(folder) as lock:
        loaded = keyfile.load(folder)
        attempts = AttemptCounter(folder, loaded.key_file.vault_id)
        return _assemble(folder, lock, loaded, attempts, unlocked, clock)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[VaultLock]:
    lock = VaultLock(VaultPaths(folder).lock)
    try:
        yield lock
    except BaseException:
        lock.release()
        raise


def _unlock(key_file: KeyFile, credential: Credential, attempts: AttemptCounter) -> Unlocked:
    slots = _slots_for(key_file, credential)
    wait_s = attempts.wait_s()
    if wait_s > 0:
        raise TooSoonError(wait_s)
    failures = attempts.in_a_row
    for slot in slots:
        inside = open_slot(key_file.vault_id, slot, credential.secret)
        if inside is not None:
            attempts.succeeded()
            return Unlocked(_named(key_file, slot, credential), inside, failures)
    wrong = WrongRecoveryKeyError if credential.is_recovery else WrongPasswordError
    raise wrong(attempts.failed())


def _slots_for(key_file: KeyFile, credential: Credential) -> tuple[KeySlot, ...]:
    if credential.is_recovery:
        return key_file.recovery_slots()
    if credential.user_id is None:
        return key_file.user_slots()
    slots = key_file.slots_of(credential.user_id)
    if not slots:
        raise UnknownUserError
    return slots


def _named(key_file: KeyFile, slot: KeySlot, credential: Credential) -> KeySlot:
    """Return the slot of the user for whom the recovery key opens: the first one, the owner."""
    if not credential.is_recovery:
        return slot
    users = key_file.user_slots()
    if credential.user_id is not None:
        users = key_file.slots_of(credential.user_id)
    if not users:
        raise UnknownUserError
    return replace(users[0], signing_key=None)


def _assemble(
    folder: Path,
    lock: VaultLock,
    loaded: LoadedKeyFile,
    attempts: AttemptCounter,
    unlocked: Unlocked,
    clock: Clock,
) -> OpenVault:
    slot, inside = unlocked.slot, unlocked.inside
    user_id = slot.user_id
    if user_id is None:
        raise UnknownUserError
    keys = VaultKeys(loaded.key_file.vault_id, inside.data_key, inside.database_salt)
    paths = VaultPaths(folder)
    findings = [*_settle_key_file(folder, loaded, keys)]
    with explained(paths, keys.salt):
        source = Source(folder, keys, loaded.key_file, _signer(user_id, inside))
        findings += examine(paths, keys, partial(upgrade_through_copy, source, clock))
    engine = open_engine(paths.database, keys.data_key, keys.salt)
    try:
        with explained(paths, keys.salt):
            audit = AuditTrail(keys, clock, uuid4().hex)
            parts = VaultParts(folder, keys, loaded.key_file, engine, audit, lock, attempts, clock)
            vault = OpenVault(parts, OpenedBy(user_id, slot.name, inside.signing_key))
        return _greet(vault, findings, unlocked)
    except BaseException:
        engine.dispose()
        raise


def _signer(user_id: UUID, inside: SlotSecrets) -> Signer | None:
    key = inside.signing_key
    if key is None:
        return None
    return lambda digest: Signed(user_id, public_key_of(key), sign(key, digest))


def _settle_key_file(folder: Path, loaded: LoadedKeyFile, keys: VaultKeys) -> Iterator[Finding]:
    """Report what is wrong with the key file's copies, and make two whole ones again."""
    if not loaded.key_file.is_sealed_by(keys.key_file):
        yield alarm(
            "keys",
            "The list of who can open this vault was changed outside Mesodesk. It was left as it "
            "is. Compare the names in it with who should have access.",
        )
        return
    if not loaded.findings:
        return
    for sentence in loaded.findings:
        yield warning("keys", f"{sentence} It was made anew from the whole one.")
    expected = loaded.key_file

    def prove(read_back: KeyFile) -> None:
        if read_back != expected:
            raise VaultError

    with contextlib.suppress(OSError):  # told again at the next opening
        keyfile.save(folder, loaded.key_file, prove)


def _greet(vault: OpenVault, findings: list[Finding], unlocked: Unlocked) -> OpenVault:
    """Compare with the anchor, log the opening, and write the new anchor."""
    try:
        with explained(vault.paths, vault.keys.salt):
            anchor, said = look_at_anchor(vault)
            findings += said
            vault.opening_anchor = anchor
            vault.findings = tuple(findings)
            _log_opening(vault, unlocked)
            if any(finding.area == "history" for finding in said):
                _keep_aside(vault, anchor)
            vault.write_anchor()
    except BaseException:
        vault.abandon()
        raise
    return vault


def _log_opening(vault: OpenVault, unlocked: Unlocked) -> None:
    with vault.engine.begin() as connection:
        for finding in vault.findings:
            vault.audit.append(
                connection,
                _fact(
                    vault,
                    "vault.finding",
                    finding.severity,
                    {"area": finding.area, "sentence": finding.sentence},
                ),
            )
        details: dict[str, object] = {"by_recovery_key": vault.by_recovery_key}
        if unlocked.failures_before:
            details["wrong_passwords_before"] = unlocked.failures_before
        vault.audit.append(connection, _fact(vault, "vault.open", "ok", details))


def _fact(vault: OpenVault, action: str, outcome: str, details: dict[str, object]) -> AuditFact:
    return AuditFact(
        vault.user_id,
        vault.user_name,
        action,
        "vault",
        vault.vault_id,
        outcome=outcome,
        details=details,
    )


def _keep_aside(vault: OpenVault, anchor: Anchor | None) -> None:
    """Keep the anchor that raised an alarm: it is evidence, and the next one would replace it."""
    if anchor is not None:
        kept = vault.folder / f"anchor-alarm-{anchor.seq}.json"
        with contextlib.suppress(OSError):
            kept.write_bytes(vault.paths.anchor.read_bytes())
