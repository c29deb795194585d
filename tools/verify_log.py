"""Verifies the audit log of a vault or of a backup without Mesodesk: from the document alone.

    python tools/verify_log.py FOLDER_OR_BACKUP --password-file FILE
    python tools/verify_log.py FOLDER_OR_BACKUP --recovery-key      (asks for it)

Needs sqlcipher3, cryptography and argon2-cffi. Written from `docs/data-format.md`: who doubts the
program can read both. Works on a copy, so that nothing of the vault is touched. Ends with 0 if the
log is whole, 1 if it is not, 2 if it could not be read.
"""

import argparse
import base64
import datetime as dt
import getpass
import hashlib
import hmac
import json
import shutil
import sqlite3
import sys
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID

import sqlcipher3.dbapi2 as driver
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

Database: TypeAlias = sqlite3.Connection  # sqlcipher3 has the same, without types
BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LONGEST_TAIL = 300
COLUMNS = (
    "action", "actor_id", "actor_name", "actor_role", "at", "boot_id", "details", "monotonic_ms",
    "object_id", "object_type", "object_version", "outcome", "program", "reason", "seq",
    "workstation",
)  # fmt: skip


class UnreadableError(Exception):
    """It cannot be told whether the log is whole."""


def canonical(value: object) -> bytes:
    """Return the canonical JSON of what is made of texts, numbers, lists and mappings alone."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


# The key file


def unlock(keys: dict[str, Any], secret: bytes, *, recovery: bool) -> tuple[bytes, bytes]:
    """Return data key and database salt.

    Raises:
        UnreadableError: if the secret opens no slot.
    """
    for slot in keys["slots"]:
        if (slot["kind"] == "recovery") == recovery and slot["kind"] != "code":
            inside = open_slot(keys, slot, secret)
            if inside is not None:
                return inside[:32], inside[32:]
    raise UnreadableError("This password or recovery key does not open it.")


def open_slot(keys: dict[str, Any], slot: dict[str, Any], secret: bytes) -> bytes | None:
    """Return what is wrapped in a slot, or None if the secret is another one."""
    cost = slot["derivation"]
    wrapping = hash_secret_raw(
        secret,
        base64.b64decode(cost["salt"]),
        time_cost=cost["iterations"],
        memory_cost=cost["memory_kib"],
        parallelism=cost["lanes"],
        hash_len=32,
        type=Type.ID,
    )
    try:
        if slot.get("exchange") is None:
            return unwrap(wrapping, slot["vault_key"], bound(keys, slot, "vault-key"))
        exchange_key = unwrap(wrapping, slot["exchange_key"], bound(keys, slot, "exchange-key"))
        return unseal(exchange_key, slot, bound(keys, slot, "vault-key"))
    except InvalidTag:
        return None


def unwrap(key: bytes, wrapped: dict[str, str], associated: bytes) -> bytes:
    """Decrypt with AES-256-GCM."""
    nonce, ciphertext = (base64.b64decode(wrapped[name]) for name in ("nonce", "ciphertext"))
    return AESGCM(key).decrypt(nonce, ciphertext, associated)


def unseal(exchange_key: bytes, slot: dict[str, Any], associated: bytes) -> bytes:
    """Decrypt what was sealed to the public key of a slot."""
    ephemeral = base64.b64decode(slot["vault_key"]["ephemeral"])
    exchange = base64.b64decode(slot["exchange"])
    private = X25519PrivateKey.from_private_bytes(exchange_key)
    shared = private.exchange(X25519PublicKey.from_public_bytes(ephemeral))
    info = b"mesodesk/2/seal" + ephemeral + exchange
    return unwrap(HKDF(SHA256(), 32, None, info).derive(shared), slot["vault_key"], associated)


def bound(keys: dict[str, Any], slot: dict[str, Any], purpose: str) -> bytes:
    """Return the associated data: a key opens in its own place only."""
    said = {
        "kind": slot["kind"],
        "purpose": purpose,
        "slot": slot["id"],
        "user": slot["user_id"],
        "vault": keys["vault_id"],
        "version": 1,
    }
    if slot.get("exchange") is not None:
        exchange = base64.b64decode(slot["exchange"]).hex()
        said |= {"version": 2, "exchange": exchange, "expires_at": slot["expires_at"]}
    return canonical(said)


def derived(data_key: bytes, vault: UUID, purpose: str) -> bytes:
    """Return a key of the vault for one purpose."""
    return HKDF(SHA256(), 32, vault.bytes, f"mesodesk/1/{purpose}".encode()).derive(data_key)


def key_file_is_whole(keys: dict[str, Any], mac_key: bytes) -> bool:
    """Tell whether the key file's MAC fits."""
    body = {name: keys[name] for name in ("format", "version", "vault_id", "generation", "slots")}
    mac = hmac.digest(mac_key, canonical(body), "sha256")
    return hmac.compare_digest(mac, base64.b64decode(keys["mac"]))


def recovery_secret(typed: str) -> bytes:
    """Return the 16 bytes of a recovery key as typed; its two check characters are passed over."""
    plain = "".join(one for one in typed.upper() if one.isalnum())
    plain = plain.translate(str.maketrans("OIL", "011"))
    if len(plain) != 28 or any(one not in BASE32 for one in plain):
        raise UnreadableError("A recovery key has 28 characters in groups of four.")
    number = 0
    for one in plain[:26]:
        number = number * 32 + BASE32.index(one)
    return number.to_bytes(17, "big")[-16:]


# The log


def verify(database: Database, keys: dict[str, Any], data_key: bytes) -> Iterator[str]:
    """Yield each thing that is wrong with the log, the earliest of its kind first."""
    vault = UUID(keys["vault_id"])
    own = derived(data_key, vault, "audit-mac")
    stretches = list(database.execute("SELECT first_seq, mac_key FROM audit_key ORDER BY 1"))
    if stretches and bytes(stretches[-1][1]) != own:
        yield "The log is bound with a key that is not the vault's."
    yield from verify_chain(database, stretches or [(1, own)])
    yield from verify_spans(database, vault)


def verify_chain(database: Database, stretches: list[tuple[int, bytes]]) -> Iterator[str]:
    """Yield what is wrong with the entries."""
    prev, expected = bytes(32), 1
    rows = f"SELECT {', '.join(COLUMNS)}, prev, mac FROM audit_entry ORDER BY seq"  # noqa: S608
    for row in database.execute(rows):
        entry, (said_prev, mac) = dict(zip(COLUMNS, row, strict=False)), row[-2:]
        seq = entry["seq"]
        if seq != expected:
            yield f"Entry {expected}: the log goes on with {seq}."
        if said_prev != prev:
            yield f"Entry {seq}: it does not follow the one before it."
        spelled = {
            name: value.hex() if isinstance(value, bytes) else value
            for name, value in entry.items()
        }
        key = [one for first, one in stretches if first <= seq or first == stretches[0][0]][-1]
        if hmac.digest(key, bytes(said_prev) + canonical(spelled), "sha256") != mac:
            yield f"Entry {seq}: it was changed after it was written, or not written by Mesodesk."
        prev, expected = mac, seq + 1


def verify_spans(database: Database, vault: UUID) -> Iterator[str]:
    """Yield what is wrong with the spans and their signatures."""
    owners = dict(database.execute("SELECT public_key, user_id FROM signing_key"))
    macs = dict(database.execute("SELECT seq, mac FROM audit_entry"))
    end, expected = max(macs, default=0), 1
    for first, last, head, kind, user, key, signature, at in database.execute(
        "SELECT first_seq, last_seq, head, kind, user_id, public_key, signature, made_at"
        " FROM audit_span ORDER BY first_seq"
    ):
        name = f"Entries {first} to {last}"
        if first != expected:
            yield f"Entry {expected}: no span begins there, the next at {first}."
        if last > end:
            yield f"Entry {end + 1}: it is missing, a span goes on to {last}."
        elif macs.get(last) != head:
            yield f"{name}: they are not those that their span was made over."
        if kind == "signed":
            if owners.get(key) != user:
                yield f"{name}: signed with a key that is not on record of that person."
            elif not is_signed(key, signature, span_digest(vault, first, last, head, user, at)):
                yield f"{name}: the signature is not valid."
            foreign = database.execute(
                "SELECT min(seq) FROM audit_entry WHERE seq BETWEEN ? AND ?"
                " AND +actor_id IS NOT NULL AND +actor_id IS NOT ?",
                (first, last, user),
            ).fetchone()[0]
            if foreign is not None:
                yield f"Entry {foreign}: signed by somebody who did not write it."
        expected = last + 1
    if end - expected + 1 > LONGEST_TAIL:
        yield f"Entry {expected}: nobody answers for it and those after it."


def span_digest(vault: UUID, first: int, last: int, head: bytes, user: bytes, at: int) -> bytes:
    """Return what is signed."""
    moment = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=at)
    body = {
        "format": "mesodesk-audit-span",
        "version": 1,
        "vault": str(vault),
        "first": first,
        "last": last,
        "head": head.hex(),
        "user": str(UUID(bytes=user)),
        "at": f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z",
    }
    return hashlib.sha256(canonical(body)).digest()


def is_signed(key: bytes, signature: bytes, digest: bytes) -> bool:
    """Tell whether an Ed25519 signature holds."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, digest)
    except (InvalidSignature, ValueError):
        return False
    return True


# Anchors


def verify_anchor(database: Database, anchor: dict[str, Any], key: bytes) -> Iterator[str]:
    """Yield what the anchor tells of the log: that its end is missing, or was rewritten."""
    said = {name: value for name, value in anchor.items() if name != "mac"}
    if hmac.digest(key, canonical(said), "sha256").hex() != anchor.get("mac"):
        yield "The anchor was changed outside Mesodesk."
        return
    found = database.execute("SELECT mac FROM audit_entry WHERE seq = ?", (said["seq"],)).fetchone()
    if said["seq"] and found is None:
        yield f"Entry {said['seq']}: the anchor tells of it, but the log ends before."
    elif said["seq"] and bytes(found[0]).hex() != said["head"]:
        yield f"Entry {said['seq']}: the anchor tells of another one."


# The program


def laid_out(source: Path, into: Path) -> None:
    """Copy a vault folder, or unpack a backup."""
    if source.is_dir():
        for path in source.iterdir():
            if path.is_file() and path.name != "vault.lock":
                shutil.copy(path, into)
        return
    with zipfile.ZipFile(source) as backup:
        for name in ("clinic.db", "keys.json", "anchor.json"):
            (into / name).write_bytes(backup.read(name))


def opened(path: Path, data_key: bytes, salt: bytes) -> Database:
    """Open the database of a copy."""
    connection: Any = driver.connect(str(path))
    database: Database = connection
    connection.set_key(f"x'{data_key.hex()}{salt.hex()}'")
    try:
        stored = database.execute("SELECT vault_id FROM vault_meta").fetchone()
    except driver.DatabaseError as error:
        raise UnreadableError(
            "The database cannot be read: it is damaged or of another vault."
        ) from error
    if stored is None:
        raise UnreadableError("The database says of no vault that it belongs to it.")
    return database


def examine(source: Path, secret: bytes, *, recovery: bool) -> tuple[int, list[str]]:
    """Return how many entries there are, and what is wrong."""
    with tempfile.TemporaryDirectory(prefix="verify-log-") as folder:
        work = Path(folder)
        laid_out(source, work)
        keys = json.loads((work / "keys.json").read_bytes())
        data_key, salt = unlock(keys, secret, recovery=recovery)
        vault = UUID(keys["vault_id"])
        database = opened(work / "clinic.db", data_key, salt)
        try:
            found = list(verify(database, keys, data_key))
            if not key_file_is_whole(keys, derived(data_key, vault, "key-file")):
                found.append("The key file was changed outside Mesodesk.")
            if (work / "anchor.json").exists():
                anchor = json.loads((work / "anchor.json").read_bytes())
                found += verify_anchor(database, anchor, derived(data_key, vault, "anchor"))
            total = database.execute("SELECT count(*) FROM audit_entry").fetchone()[0]
        finally:
            database.close()
        return total, found


def main(arguments: list[str]) -> int:
    """Verify, print what is wrong, and say so by the exit code."""
    parser = argparse.ArgumentParser(description="Verify the audit log of a vault or a backup.")
    parser.add_argument("source", type=Path, help="a vault folder or a .mesobackup file")
    by = parser.add_mutually_exclusive_group(required=True)
    by.add_argument("--password-file", type=Path, help="its first line is the password")
    by.add_argument("--recovery-key", action="store_true", help="ask for the recovery key")
    options = parser.parse_args(arguments)
    try:
        if options.recovery_key:
            secret = recovery_secret(getpass.getpass("Recovery key: "))
        else:
            password = options.password_file.read_text(encoding="utf-8").split("\n")[0]
            secret = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
        total, found = examine(options.source, secret, recovery=options.recovery_key)
    except (UnreadableError, OSError, KeyError, ValueError, driver.Error) as error:
        print(f"It could not be read: {error}", file=sys.stderr)
        return 2
    for line in found:
        print(line)
    print(f"{total:,} entries: " + (f"{len(found)} findings." if found else "the log is whole."))
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
