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
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from mesodesk.domain.canonical import canonical_json, moment_text
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
VERSION = 2


class SlotKind(StrEnum):
    """Who a slot is for: somebody with a password or with a code for once, or the recovery key."""

    USER = "user"
    CODE = "code"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class Wrapped:
    """Something encrypted with AES-256-GCM.

    With `ephemeral`, an X25519 public key, for the holder of a private one and not for a password.
    """

    nonce: bytes
    ciphertext: bytes
    ephemeral: bytes | None = None


@dataclass(frozen=True, slots=True)
class KeySlot:
    """The vault's key for one user or for the recovery key.

    `exchange` is the public key that the vault's key is sealed to, `exchange_key` its private half,
    wrapped with the secret as the signing key is. A slot of format 1 has none, and its vault's key
    is wrapped with the secret itself. `next_key` is the vault's key to be, while it is changed.
    """

    id: UUID
    kind: SlotKind
    user_id: UUID | None
    name: str
    cost: KdfCost
    salt: bytes
    vault_key: Wrapped
    signing_key: Wrapped | None
    exchange: bytes | None = None
    exchange_key: Wrapped | None = None
    next_key: Wrapped | None = None
    expires_at: datetime | None = None

    @property
    def can_be_given_keys(self) -> bool:
        """Whether another vault's key can be sealed to it without its secret."""
        return self.exchange is not None


@dataclass(frozen=True, slots=True)
class KeyFile:
    """All slots of one vault. `generation` grows with every change; `mac` needs the vault's key."""

    vault_id: UUID
    generation: int
    slots: tuple[KeySlot, ...]
    mac: bytes = b""
    version: int = VERSION

    def user_slots(self) -> tuple[KeySlot, ...]:
        return self._of_kind(SlotKind.USER)

    def slots_of(self, user_id: UUID) -> tuple[KeySlot, ...]:
        """Return the slots that somebody's password opens."""
        return tuple(slot for slot in self.user_slots() if slot.user_id == user_id)

    def codes_of(self, user_id: UUID) -> tuple[KeySlot, ...]:
        """Return the slots that a code given to somebody opens, once."""
        return tuple(slot for slot in self.codes() if slot.user_id == user_id)

    def codes(self) -> tuple[KeySlot, ...]:
        return self._of_kind(SlotKind.CODE)

    def recovery_slots(self) -> tuple[KeySlot, ...]:
        return self._of_kind(SlotKind.RECOVERY)

    def people(self) -> dict[UUID, str]:
        """Return who has a password or a code, in the order of the slots, by id."""
        return {slot.user_id: slot.name for slot in self.slots if slot.user_id is not None}

    def _of_kind(self, kind: SlotKind) -> tuple[KeySlot, ...]:
        return tuple(slot for slot in self.slots if slot.kind is kind)

    def changed(self, slots: tuple[KeySlot, ...], mac_key: bytes) -> "KeyFile":
        """Return the next generation, with these slots, in the newest format."""
        generation = self.generation + 1
        return replace(self, generation=generation, slots=slots, version=VERSION).sealed(mac_key)

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
    if body.get("version") not in range(1, VERSION + 1):
        raise TooNewError
    try:
        return KeyFile(
            vault_id=UUID(body["vault_id"]),
            generation=whole(body["generation"]),
            slots=tuple(_read_slot(slot) for slot in body["slots"]),
            mac=_bytes(body["mac"]),
            version=body["version"],
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
        "version": key_file.version,
        "vault_id": str(key_file.vault_id),
        "generation": key_file.generation,
        "slots": [
            _slot_body(slot) | (_first_format(slot) if key_file.version == 1 else _second(slot))
            for slot in key_file.slots
        ],
    }


def _first_format(_slot: KeySlot) -> dict[str, object]:
    return {"state": "active"}


def _second(slot: KeySlot) -> dict[str, object]:
    """Return what only slots of the second format say."""
    expires = slot.expires_at
    return {
        "exchange": None if slot.exchange is None else _text(slot.exchange),
        "exchange_key": _maybe_body(slot.exchange_key),
        "next_key": _maybe_body(slot.next_key),
        "expires_at": None if expires is None else moment_text(expires),
    }


def _slot_body(slot: KeySlot) -> dict[str, object]:
    return {
        "id": str(slot.id),
        "kind": slot.kind.value,
        "user_id": None if slot.user_id is None else str(slot.user_id),
        "name": slot.name,
        "derivation": {
            "algorithm": "argon2id",
            "memory_kib": slot.cost.memory_kib,
            "iterations": slot.cost.iterations,
            "lanes": slot.cost.lanes,
            "salt": _text(slot.salt),
        },
        "vault_key": _wrapped_body(slot.vault_key),
        "signing_key": _maybe_body(slot.signing_key),
    }


def _maybe_body(wrapped: Wrapped | None) -> dict[str, str] | None:
    return None if wrapped is None else _wrapped_body(wrapped)


def _wrapped_body(wrapped: Wrapped) -> dict[str, str]:
    body = {"nonce": _text(wrapped.nonce), "ciphertext": _text(wrapped.ciphertext)}
    if wrapped.ephemeral is not None:
        body["ephemeral"] = _text(wrapped.ephemeral)
    return body


def _read_slot(body: Mapping[str, object]) -> KeySlot:
    derivation = mapping(body["derivation"])
    if derivation["algorithm"] != "argon2id":
        raise TooNewError
    exchange, expires = body.get("exchange"), body.get("expires_at")
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
        signing_key=_read_maybe(body["signing_key"]),
        exchange=None if exchange is None else _bytes(exchange),
        exchange_key=_read_maybe(body.get("exchange_key")),
        next_key=_read_maybe(body.get("next_key")),
        expires_at=None if expires is None else datetime.fromisoformat(str(expires)),
    )


def _read_maybe(value: object) -> Wrapped | None:
    return None if value is None else _read_wrapped(value)


def _read_wrapped(value: object) -> Wrapped:
    body = mapping(value)
    ephemeral = body.get("ephemeral")
    return Wrapped(
        _bytes(body["nonce"]),
        _bytes(body["ciphertext"]),
        None if ephemeral is None else _bytes(ephemeral),
    )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(value: object) -> bytes:
    return base64.b64decode(str(value), validate=True)
