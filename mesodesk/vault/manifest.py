"""The manifest of a backup: what is in the container, of which moment, and that it is ours.

A checksum tells damage without any key; a MAC under the vault's key tells tampering; where the user
who made it was at hand, a signature tells who that was. No name of clinic or patient stands here.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from mesodesk.domain.canonical import canonical_json, moment_text
from mesodesk.vault.backup_errors import DamagedBackupError, NewerBackupError, NotABackupError
from mesodesk.vault.json_values import mapping, whole

NAME = "mesodesk-backup"
VERSION = 1


@dataclass(frozen=True, slots=True)
class FileFact:
    """Size and SHA-256 of one file in the container."""

    size: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Signed:
    """Whose signature the manifest carries."""

    user_id: UUID
    public_key: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in a container. `seq` and `head` name the last audit entry in it."""

    vault_id: UUID
    lineage: str
    made_at: datetime
    reason: str
    seq: int
    head: bytes
    schema: str
    program: str
    key_generation: int
    counts: Mapping[str, int]
    files: Mapping[str, FileFact]
    signed: Signed | None = None
    mac: bytes = b""

    @property
    def digest(self) -> bytes:
        """What a signature is made over: all but the signature and the MAC."""
        return hashlib.sha256(canonical_json(_body(self))).digest()

    def signed_by(self, signed: Signed) -> "Manifest":
        return replace(self, signed=signed)

    def sealed(self, mac_key: bytes) -> "Manifest":
        """Return it with the MAC, made last: over the signature too, so that it cannot be shed."""
        return replace(self, mac=_mac(self, mac_key))

    def is_sealed_by(self, mac_key: bytes) -> bool:
        """Tell whether it was written with the vault's key, and who signed it really did."""
        if not hmac.compare_digest(self.mac, _mac(self, mac_key)):
            return False
        if self.signed is None:
            return True
        from mesodesk.vault.seal import signature_is_valid

        return signature_is_valid(self.digest, self.signed.signature, self.signed.public_key)


def encode(manifest: Manifest) -> bytes:
    """Return the only bytes that this manifest is written as."""
    body = {**_body(manifest), "signed": _signed_body(manifest.signed), "mac": manifest.mac.hex()}
    checksum = hashlib.sha256(canonical_json(body)).hexdigest()
    return (json.dumps({**body, "checksum": checksum}, indent=1) + "\n").encode("utf-8")


def decode(data: bytes) -> Manifest:
    """Read a manifest.

    Raises:
        NotABackupError: if it is no manifest at all.
        NewerBackupError: if a newer program wrote it.
        DamagedBackupError: if it is not byte for byte what the program writes.
    """
    try:
        body = json.loads(data)
    except ValueError as error:
        raise DamagedBackupError("manifest.json") from error
    if not isinstance(body, dict) or body.get("format") != NAME:
        raise NotABackupError
    checksum = body.pop("checksum", None)
    if checksum != hashlib.sha256(canonical_json(body)).hexdigest():
        raise DamagedBackupError("manifest.json")
    if not isinstance(body.get("version"), int) or body["version"] > VERSION:
        raise NewerBackupError
    try:
        manifest = _read(body)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DamagedBackupError("manifest.json") from error
    if encode(manifest) != data:
        raise DamagedBackupError("manifest.json")
    return manifest


def _read(body: Mapping[str, object]) -> Manifest:
    signed = body["signed"]
    return Manifest(
        vault_id=UUID(str(body["vault_id"])),
        lineage=str(body["lineage"]),
        made_at=datetime.fromisoformat(str(body["made_at"])),
        reason=str(body["reason"]),
        seq=whole(body["seq"]),
        head=bytes.fromhex(str(body["head"])),
        schema=str(body["schema"]),
        program=str(body["program"]),
        key_generation=whole(body["key_generation"]),
        counts={name: whole(rows) for name, rows in mapping(body["counts"]).items()},
        files={name: _file(fact) for name, fact in mapping(body["files"]).items()},
        signed=None if signed is None else _signed(mapping(signed)),
        mac=bytes.fromhex(str(body["mac"])),
    )


def _file(fact: object) -> FileFact:
    body = mapping(fact)
    return FileFact(whole(body["size"]), bytes.fromhex(str(body["sha256"])))


def _signed(body: Mapping[str, object]) -> Signed:
    return Signed(
        UUID(str(body["user_id"])),
        bytes.fromhex(str(body["public_key"])),
        bytes.fromhex(str(body["signature"])),
    )


def _body(manifest: Manifest) -> dict[str, object]:
    return {
        "format": NAME,
        "version": VERSION,
        "vault_id": str(manifest.vault_id),
        "lineage": manifest.lineage,
        "made_at": moment_text(manifest.made_at),
        "reason": manifest.reason,
        "seq": manifest.seq,
        "head": manifest.head.hex(),
        "schema": manifest.schema,
        "program": manifest.program,
        "key_generation": manifest.key_generation,
        "counts": dict(manifest.counts),
        "files": {
            name: {"size": fact.size, "sha256": fact.sha256.hex()}
            for name, fact in manifest.files.items()
        },
    }


def _mac(manifest: Manifest, key: bytes) -> bytes:
    body = {**_body(manifest), "signed": _signed_body(manifest.signed)}
    return hmac.digest(key, canonical_json(body), "sha256")


def _signed_body(signed: Signed | None) -> dict[str, str] | None:
    if signed is None:
        return None
    return {
        "user_id": str(signed.user_id),
        "public_key": signed.public_key.hex(),
        "signature": signed.signature.hex(),
    }
