"""The key file: who can open the vault, and the vault's key wrapped once for each of them.

Two copies lie beside the database. Without one of them nobody can read the data, so no step of
replacing them ever leaves fewer than one whole copy. This module knows the file; what is wrapped in
it, `mesodesk.vault.slots` knows.
"""

import base64
import binascii
import contextlib
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from mesodesk.domain.canonical import canonical_json
from mesodesk.vault.atomic import replace_file
from mesodesk.vault.errors import (
    KeyFileDamagedError,
    KeyFileMissingError,
    NoVaultError,
    TooNewError,
    UnreadableFolderError,
)
from mesodesk.vault.json_values import mapping, whole
from mesodesk.vault.keys import KdfCost
from mesodesk.vault.paths import VaultPaths

NAME = "mesodesk-keys"
VERSION = 1


class SlotKind(StrEnum):
    """Who a slot is for."""

    USER = "user"
    RECOVERY = "recovery"


class SlotState(StrEnum):
    """`pending` slots belong to a change of keys that is under way; both kinds open."""

    ACTIVE = "active"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Wrapped:
    """Something encrypted with AES-256-GCM."""

    nonce: bytes
    ciphertext: bytes


@dataclass(frozen=True, slots=True)
class KeySlot:
    """The vault's key, wrapped for one user or for the recovery key."""

    id: UUID
    kind: SlotKind
    user_id: UUID | None
    name: str
    cost: KdfCost
    salt: bytes
    vault_key: Wrapped
    signing_key: Wrapped | None
    state: SlotState = SlotState.ACTIVE


@dataclass(frozen=True, slots=True)
class KeyFile:
    """All slots of one vault. `generation` grows with every change; `mac` needs the vault's key."""

    vault_id: UUID
    generation: int
    slots: tuple[KeySlot, ...]
    mac: bytes = b""

    def user_slots(self) -> tuple[KeySlot, ...]:
        return tuple(slot for slot in self.slots if slot.kind is SlotKind.USER)

    def slots_of(self, user_id: UUID) -> tuple[KeySlot, ...]:
        return tuple(slot for slot in self.user_slots() if slot.user_id == user_id)

    def recovery_slots(self) -> tuple[KeySlot, ...]:
        return tuple(slot for slot in self.slots if slot.kind is SlotKind.RECOVERY)

    def changed(self, slots: tuple[KeySlot, ...], mac_key: bytes) -> "KeyFile":
        """Return the next generation, with these slots."""
        return replace(self, generation=self.generation + 1, slots=slots).sealed(mac_key)

    def sealed(self, mac_key: bytes) -> "KeyFile":
        return replace(self, mac=hmac.digest(mac_key, canonical_json(_body(self)), "sha256"))

    def is_sealed_by(self, mac_key: bytes) -> bool:
        """Tell whether the slots are those that were last written by an open vault."""
        return hmac.compare_digest(self.mac, self.sealed(mac_key).mac)


@dataclass(frozen=True, slots=True)
class LoadedKeyFile:
    """The newest whole copy, and what is wrong with the other one, in words."""

    key_file: KeyFile
    findings: tuple[str, ...] = ()


def load(folder: Path) -> LoadedKeyFile:
    """Read the newest whole copy of the key file.

    Raises:
        NoVaultError: if there is neither a key file nor a database.
        KeyFileMissingError: if there is a database but no key file.
        KeyFileDamagedError: if no copy is whole.
        TooNewError: if a newer program wrote it.
        UnreadableFolderError: if nobody lets us read it.
    """
    paths = VaultPaths(folder)
    found: dict[str, KeyFile] = {}
    findings: list[str] = []
    damaged = forbidden = 0
    for path in (paths.keys, paths.keys_copy):
        try:
            found[path.name] = decode(path.read_bytes())
        except FileNotFoundError:
            findings.append(f"{path.name}: this copy of the key file is missing.")
        except PermissionError:
            forbidden += 1
            findings.append(f"{path.name}: this copy of the key file may not be read.")
        except (ValueError, OSError):
            damaged += 1
            findings.append(f"{path.name}: this copy of the key file is damaged.")
    if not found and forbidden:
        raise UnreadableFolderError
    if not found:
        raise _nothing_found(paths, damaged)
    newest = max(found.values(), key=lambda key_file: key_file.generation)
    findings += [
        f"{name}: this copy of the key file is older than the other."
        for name, key_file in found.items()
        if key_file != newest
    ]
    return LoadedKeyFile(newest, tuple(findings))


def _nothing_found(paths: VaultPaths, damaged: int) -> Exception:
    if damaged:
        return KeyFileDamagedError()
    return KeyFileMissingError() if paths.database.exists() else NoVaultError()


def save(
    folder: Path, key_file: KeyFile, prove: Callable[[KeyFile], None], *, both: bool = False
) -> None:
    """Replace both copies, one after the other; each is proved before the old one goes.

    The newest whole copy counts, so with the first one in place the change is made: that the second
    could not be replaced is no failure of it, but told and mended at the next opening.

    Args:
        folder: the vault folder.
        key_file: sealed with the vault's key.
        prove: raises unless a file read back from the disk opens the vault.
        both: whether one copy is not enough: for a vault being made.

    Raises:
        OSError: if the disk refuses; both copies are as they were, unless `both` were wanted.
    """
    paths = VaultPaths(folder)
    data = encode(key_file)

    def proved(read_back: bytes) -> None:
        prove(decode(read_back))

    try:
        replace_file(paths.keys_copy, data, proved)
    except OSError:
        # Put in place all the same, if only the folder could not be synced.
        if both or not _holds(paths.keys_copy, data):
            raise
    with contextlib.nullcontext() if both else contextlib.suppress(OSError):
        replace_file(paths.keys, data, proved)


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.read_bytes() == data
    except OSError:
        return False


def encode(key_file: KeyFile) -> bytes:
    """Return the file's bytes: readable JSON with a checksum that tells damage from tampering."""
    body = {**_body(key_file), "mac": _text(key_file.mac)}
    whole = {**body, "checksum": _checksum(body)}
    return (json.dumps(whole, indent=1, ensure_ascii=False) + "\n").encode("utf-8")


def decode(data: bytes) -> KeyFile:
    """Read a key file.

    Raises:
        ValueError: if it is not a whole key file.
        TooNewError: if a newer program wrote it.
    """
    body = _whole_body(data)
    if not isinstance(body.get("version"), int) or body["version"] > VERSION:
        raise TooNewError
    try:
        return KeyFile(
            vault_id=UUID(body["vault_id"]),
            generation=whole(body["generation"]),
            slots=tuple(_read_slot(slot) for slot in body["slots"]),
            mac=_bytes(body["mac"]),
        )
    except (KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise ValueError("a part of the key file is missing") from error


def _whole_body(data: bytes) -> dict[str, Any]:
    """Return the file's JSON after comparing its checksum: damage must not look like a version."""
    body = json.loads(data.decode("utf-8"))
    if not isinstance(body, dict) or body.get("format") != NAME:
        raise ValueError("not a key file")
    if body.pop("checksum", None) != _checksum(body):
        raise ValueError("the key file is damaged")
    return body


def _checksum(body: Mapping[str, object]) -> str:
    return hashlib.sha256(canonical_json(body)).hexdigest()


def _body(key_file: KeyFile) -> dict[str, object]:
    return {
        "format": NAME,
        "version": VERSION,
        "vault_id": str(key_file.vault_id),
        "generation": key_file.generation,
        "slots": [_slot_body(slot) for slot in key_file.slots],
    }


def _slot_body(slot: KeySlot) -> dict[str, object]:
    return {
        "id": str(slot.id),
        "kind": slot.kind.value,
        "user_id": None if slot.user_id is None else str(slot.user_id),
        "name": slot.name,
        "state": slot.state.value,
        "derivation": {
            "algorithm": "argon2id",
            "memory_kib": slot.cost.memory_kib,
            "iterations": slot.cost.iterations,
            "lanes": slot.cost.lanes,
            "salt": _text(slot.salt),
        },
        "vault_key": _wrapped_body(slot.vault_key),
        "signing_key": None if slot.signing_key is None else _wrapped_body(slot.signing_key),
    }


def _wrapped_body(wrapped: Wrapped) -> dict[str, str]:
    return {"nonce": _text(wrapped.nonce), "ciphertext": _text(wrapped.ciphertext)}


def _read_slot(body: Mapping[str, object]) -> KeySlot:
    derivation = mapping(body["derivation"])
    if derivation["algorithm"] != "argon2id":
        raise TooNewError
    signing_key = body["signing_key"]
    return KeySlot(
        id=UUID(str(body["id"])),
        kind=SlotKind(str(body["kind"])),
        user_id=None if body["user_id"] is None else UUID(str(body["user_id"])),
        name=str(body["name"]),
        cost=KdfCost(
            whole(derivation["memory_kib"]),
            whole(derivation["iterations"]),
            whole(derivation["lanes"]),
        ),
        salt=_bytes(derivation["salt"]),
        vault_key=_read_wrapped(body["vault_key"]),
        signing_key=None if signing_key is None else _read_wrapped(signing_key),
        state=SlotState(str(body["state"])),
    )


def _read_wrapped(value: object) -> Wrapped:
    body = mapping(value)
    return Wrapped(_bytes(body["nonce"]), _bytes(body["ciphertext"]))


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(value: object) -> bytes:
    return base64.b64decode(str(value), validate=True)
