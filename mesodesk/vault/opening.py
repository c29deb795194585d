"""Opens a vault: nine checks in a fixed order, and nothing is ever created on this path."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final, NoReturn
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, select

from mesodesk.db.engine import READ_ONLY, open_engine
from mesodesk.db.models.clinic import UserRow
from mesodesk.domain.clock import Clock
from mesodesk.domain.records.clinic import Role
from mesodesk.vault import keyfile
from mesodesk.vault.admitting import bring_in_line, refuse_who_left
from mesodesk.vault.anchor import Anchor
from mesodesk.vault.attempts import ANYBODY, BY_KEY, AttemptCounter
from mesodesk.vault.audit import AuditFact, AuditTrail
from mesodesk.vault.backing_up import Signer, Source
from mesodesk.vault.errors import (
    CodeNotHereError,
    CodeOverError,
    TooSoonError,
    UnknownUserError,
    UnreadableFolderError,
    VaultError,
    WhoseKitError,
    WrongCodeError,
    WrongPasswordError,
    WrongRecoveryKeyError,
)
from mesodesk.vault.examining import examine, explained
from mesodesk.vault.findings import Finding, Severity, alarm, warning
from mesodesk.vault.history import look_at_anchor
from mesodesk.vault.inspection import database_trouble, log_is_left
from mesodesk.vault.keyfile import KeyFile, KeySlot, LoadedKeyFile, SlotKind
from mesodesk.vault.keys import VaultKeys, derive_key
from mesodesk.vault.location import OPEN_VAULT_MB, check_place
from mesodesk.vault.lock import VaultLock
from mesodesk.vault.manifest import Signed
from mesodesk.vault.migrating import upgrade_through_copy
from mesodesk.vault.open_vault import OpenVault
from mesodesk.vault.parts import OpenedBy, VaultParts
from mesodesk.vault.paths import VaultPaths
from mesodesk.vault.reserve import make_sure_of_room
from mesodesk.vault.rotating import settle_key_change
from mesodesk.vault.slot_changes import KEYS_CHANGED
from mesodesk.vault.slots import MadeSlot, SlotSecrets, public_key_of, renewed, sign, unwrap
from mesodesk.vault.ways_in import is_over


@dataclass(frozen=True, slots=True, repr=False)
class Credential:
    """What is offered to open the vault: a password of some user, a code, or the recovery key.

    `code` is that of a code, or of what was typed as a password and may be one; without a password,
    `secret` is empty. `code_lets_in` tells whether one that fits opens, or is refused in words.
    """

    secret: bytes
    is_recovery: bool
    user_id: UUID | None = None
    code: bytes | None = None
    code_lets_in: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class Unlocked:
    """Whose slot opened, and what it protects.

    `renewed` is the slot to stand in place of `old`, which is of the first format; `anybody` tells
    that the recovery key was used without saying for whom.
    """

    slot: KeySlot
    inside: SlotSecrets
    failures_before: int = 0
    old: KeySlot | None = None
    renewed: MadeSlot | None = None
    anybody: bool = False


def open_with(folder: Path, credential: Credential, clock: Clock) -> OpenVault:
    """Open the vault in a folder; see `mesodesk.vault.vault.open_vault`."""
    try:
        check_place(folder)
    except PermissionError as error:
        raise UnreadableFolderError from error
    keyfile.load(folder)  # nothing is locked, and no lock file made, where no vault stands
    with _locked(folder) as lock:
        found = make_sure_of_room(folder, OPEN_VAULT_MB)
        trouble = database_trouble(VaultPaths(folder))
        if trouble is not None:
            raise trouble
        loaded = keyfile.load(folder)
        attempts = AttemptCounter(folder, loaded.key_file.vault_id)
        unlocked = _unlock(loaded.key_file, credential, attempts)
        if unlocked.slot.kind is SlotKind.CODE and not credential.code_lets_in:
            raise CodeNotHereError
        return _assemble(folder, lock, loaded, attempts, unlocked, clock, found)


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
    credential, whose = _what_may_be_tried(credential, attempts)
    tries = _tries(key_file, credential)
    failures = attempts.in_a_row
    for slot, secret in tries:
        wrapping_key = derive_key(secret, slot.salt, slot.cost)
        inside = unwrap(key_file.vault_id, slot, wrapping_key)
        if inside is not None:
            if slot.kind is not SlotKind.CODE:
                attempts.succeeded(slot.user_id)
            return Unlocked(
                _named(key_file, slot, credential),
                inside,
                failures,
                old=None if slot.can_be_given_keys else slot,
                renewed=None
                if slot.can_be_given_keys
                else renewed(key_file.vault_id, slot, wrapping_key, inside),
                anybody=credential.is_recovery and credential.user_id is None,
            )
    raise _wrong(credential)(attempts.failed(whose))


def _what_may_be_tried(
    credential: Credential, attempts: AttemptCounter
) -> tuple[Credential, UUID | str]:
    """Return what is tried now, and at whose failures it is counted.

    What is typed in place of a password, and may be a code, is a code while the password must wait:
    nobody guesses one.

    Raises:
        TooSoonError: if that, too, must wait; nothing was tried.
    """
    whose = BY_KEY if _is_key(credential) else credential.user_id or ANYBODY
    wait_s = attempts.wait_s(whose)
    if wait_s > 0 and whose != BY_KEY and credential.code is not None:
        credential, whose = replace(credential, secret=b""), BY_KEY
        wait_s = attempts.wait_s(whose)
    if wait_s > 0:
        raise TooSoonError(wait_s)
    return credential, whose


def _is_key(credential: Credential) -> bool:
    return credential.is_recovery or not credential.secret


def _wrong(credential: Credential) -> type[WrongPasswordError]:
    if credential.is_recovery:
        return WrongRecoveryKeyError
    return WrongCodeError if _is_key(credential) else WrongPasswordError


def _tries(key_file: KeyFile, credential: Credential) -> list[tuple[KeySlot, bytes]]:
    """Return which slots to try with which secret."""
    if credential.is_recovery:
        return [(slot, credential.secret) for slot in key_file.recovery_slots()]
    theirs = [
        slot
        for slot in key_file.slots
        if slot.user_id is not None and credential.user_id in (None, slot.user_id)
    ]
    if not theirs and credential.user_id is not None:
        raise UnknownUserError
    secrets = {SlotKind.USER: credential.secret, SlotKind.CODE: credential.code}
    return [(slot, secret) for slot in theirs if (secret := secrets[slot.kind])]


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
    found: tuple[Finding, ...] = (),
) -> OpenVault:
    slot, user_id = unlocked.slot, unlocked.slot.user_id
    if user_id is None:
        raise UnknownUserError
    paths = VaultPaths(folder)
    key_file, inside, told = settle_key_change(folder, loaded.key_file, unlocked.inside)
    keys = VaultKeys(key_file.vault_id, inside.data_key, inside.database_salt)
    loaded = LoadedKeyFile(key_file, loaded.findings)
    findings = [*found, *told, *_settle_key_file(folder, loaded, keys)]
    cut_off = log_is_left(paths)
    with explained(paths, keys.salt):
        source = Source(folder, keys, key_file, _signer(user_id, inside))
        findings += examine(paths, keys, partial(upgrade_through_copy, source, clock))
    engine = open_engine(paths.database, keys.data_key, keys.salt)
    try:
        with explained(paths, keys.salt):
            audit = AuditTrail(keys, clock, uuid4().hex)
            parts = VaultParts(folder, keys, key_file, engine, audit, lock, attempts, clock)
            by_code = slot.kind is SlotKind.CODE
            by = OpenedBy(user_id, slot.name, inside.signing_key, with_code=by_code)
            vault = OpenVault(parts, _owner(engine, by, key_file) if unlocked.anybody else by)
            vault.was_cut_off = cut_off
        return _greet(vault, findings, unlocked, clock.now())
    except BaseException:
        engine.dispose()
        raise


def _owner(engine: Engine, by: OpenedBy, key_file: KeyFile) -> OpenedBy:
    """Return the owner on record: with the recovery key it is always an owner who comes in.

    Raises:
        WhoseKitError: if it may be one of several.
    """
    owners = (
        select(UserRow.id, UserRow.name)
        .where(UserRow.role == Role.OWNER, UserRow.active.is_(True))
        .order_by(UserRow.created_at, UserRow.id)
    )
    with engine.connect().execution_options(**READ_ONLY) as connection:
        found = connection.execute(owners).all()
    people = tuple((row.id, row.name) for row in found if key_file.slots_of(row.id))
    if len(people) > 1:
        raise WhoseKitError(people)
    first = next(iter(people or found), None)
    return by if first is None else OpenedBy(first[0], first[1], by.signing_key)


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


def _greet(
    vault: OpenVault, findings: list[Finding], unlocked: Unlocked, now: datetime
) -> OpenVault:
    """Compare with anchor and record, log the opening, and write the new anchor."""
    try:
        with explained(vault.paths, vault.keys.salt):
            refuse_who_left(vault)
            if is_over(unlocked.slot, now):
                _refuse_code(vault)
            if unlocked.slot.kind is SlotKind.CODE:
                vault.attempts.begin_anew(vault.user_id)
            anchor, said = look_at_anchor(vault)
            if any(finding.area == "history" for finding in said):
                _keep_aside(vault, anchor)
            findings += [*said, *bring_in_line(vault, now)]
            vault.opening_anchor = anchor
            vault.findings = tuple(findings)
            _log_opening(vault, unlocked)
            if unlocked.renewed is not None and unlocked.old is not None and _untouched(findings):
                vault.renew_slot(unlocked.renewed, unlocked.old)
            vault.write_anchor()
    except BaseException:
        vault.abandon()
        raise
    return vault


def _refuse_code(vault: OpenVault) -> NoReturn:
    """Keep that a code was tried whose time is over, and let nobody in.

    Raises:
        CodeOverError: in any case.
    """
    tried: dict[str, object] = {"by_code": True, "why": "code over"}
    with vault.engine.begin() as connection:
        vault.audit.append(connection, _fact(vault, "vault.open", "refused", tried))
    raise CodeOverError


def _log_opening(vault: OpenVault, unlocked: Unlocked) -> None:
    with vault.engine.begin() as connection:
        vault.spans.close_found(connection)
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
        generation = vault.key_file.generation
        if generation > _noted_generation(connection):
            lost: dict[str, object] = {"key_generation": generation}
            vault.audit.append(connection, _fact(vault, KEYS_CHANGED, "noted late", lost))
        details: dict[str, object] = {
            "by_recovery_key": vault.by_recovery_key,
            "key_generation": generation,
        }
        if vault.by_code:
            details["by_code"] = True
        if unlocked.failures_before:
            details["wrong_passwords_before"] = unlocked.failures_before
        vault.audit.append(connection, _fact(vault, "vault.open", "ok", details))


def _untouched(findings: list[Finding]) -> bool:
    return not any(finding.severity is Severity.ALARM for finding in findings)


def _noted_generation(connection: Connection) -> int:
    """Return the newest key file that the log tells of; a very large one where it tells of none."""
    noted = [
        int(json.loads(details).get("key_generation", 0))
        for action in (KEYS_CHANGED, "vault.open")
        for (details,) in connection.exec_driver_sql(_LAST_DETAILS, (action,))
    ]
    return max(noted, default=0) or _NONE_NOTED


_LAST_DETAILS: Final = "SELECT details FROM audit_entry WHERE action = ? ORDER BY seq DESC LIMIT 1"
_NONE_NOTED: Final = 2**62


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
