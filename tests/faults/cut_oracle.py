"""The one judge of a vault after a fault: six promises, each of which can be found broken.

(a) the structure of the database is sound; (b) every page is; (c) everything that was acknowledged
is there; (d) nothing is there by half: records, audit entries and counters together or not at all;
(e) the audit chain verifies and agrees with the anchor; (f) people get a plain sentence.
"""

import contextlib
import hashlib
import json
import tempfile
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

from cut_story import BACKUPS, Story, digest

from mesodesk.db.engine import READ_ONLY, RawConnection, connect
from mesodesk.db.errors import StorageError
from mesodesk.services.checking import check_folder
from mesodesk.vault import attempts, keyfile, photo_copies
from mesodesk.vault.audit import verify_chain
from mesodesk.vault.container import DATABASE, listed
from mesodesk.vault.container import opened as unpacked
from mesodesk.vault.errors import (
    DamagedError,
    EmptyDatabaseError,
    ForeignDatabaseError,
    VaultError,
)
from mesodesk.vault.examining import opened
from mesodesk.vault.findings import Finding
from mesodesk.vault.keys import VaultKeys, password_secret
from mesodesk.vault.migrating import own_backups
from mesodesk.vault.open_vault import OpenVault
from mesodesk.vault.photo_files import PhotoFiles, unseal
from mesodesk.vault.photo_sweep import sweep
from mesodesk.vault.slots import open_slot
from mesodesk.vault.vault import open_vault
from mesodesk.vault.verifying import read_whole

_LETTERS = {"pages": "b", "structure": "a", "references": "a", "safeguards": "a", "keys": "c"}
_LET_IN = "let in"
_NOBODYS = "A code for somebody who was never put on record was found"
_CUT = "A change of the vault's key had been interrupted. It was "
_OPENED_AT = (
    "SELECT min(seq) FROM audit_entry WHERE boot_id ="
    " (SELECT boot_id FROM audit_entry ORDER BY seq DESC LIMIT 1)"
)


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that was not held, and how it shows."""

    promise: str
    how: str

    def __str__(self) -> str:
        return f"({self.promise}) {self.how}"


def judge(folder: Path, story: Story, *, thorough: bool = False) -> list[Broken]:
    """Open the vault as the program does and look whether every promise was held.

    Args:
        folder: of the vault; opening it mends and notes what it always does.
        story: what the program had said up to its end.
        thorough: also examine every session, seal and chart, and go on working.
    """
    with no_pause_left():
        password, broken = _password(folder, story)
        if password is None:
            return broken
        try:
            vault = open_vault(folder, password=password)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what people would get
            return [*broken, refusal(error)]
        try:
            broken += _unexpected(vault.findings, story)
            broken += _pages_and_structure(vault)
            broken += _state(vault, story)
            broken += _chain(vault)
            broken += _backups(vault, story)
            broken += _photographs(vault)
        except Exception as error:  # noqa: BLE001
            broken.append(refusal(error))
        finally:
            (vault.close if thorough else vault.abandon)()
        if thorough and not broken:
            broken += _unexpected(check_folder(folder, password), story)
        return broken


def refusal(error: Exception) -> Broken:
    """Tell damage, refusals in plain words, and traceback apart."""
    if isinstance(error, DamagedError | EmptyDatabaseError | ForeignDatabaseError):
        return Broken("b", f"does not open: {error.sentence}")
    sentence = getattr(error, "sentence", "")
    if isinstance(error, VaultError | StorageError) and sentence:
        return Broken("c", f"does not open: {sentence}")
    return Broken("f", "".join(traceback.format_exception(error)))


@contextlib.contextmanager
def no_pause_left() -> Iterator[None]:
    """Let a minute pass since the last wrong password, and forget other folders of this name."""
    with patch.object(attempts, "_since_start", lambda: 1e9):
        attempts._SEEN.clear()
        yield


def _password(folder: Path, story: Story) -> tuple[str | None, list[Broken]]:
    """Find which of the passwords opens that may."""
    try:
        key_file = keyfile.load(folder).key_file
    except Exception as error:  # noqa: BLE001
        return None, [refusal(error)]
    for password in reversed(story.passwords):
        secret = password_secret(password)
        for slot in key_file.user_slots():
            if open_slot(key_file.vault_id, slot, secret) is not None:
                return password, []
    return None, [Broken("c", "no password opens that was ever said to")]


def _unexpected(findings: tuple[Finding, ...], story: Story) -> Iterator[Broken]:
    for finding in findings:
        # One of the two copies may have been behind; it was made anew, as it should.
        behind = finding.sentence.endswith("from the whole one.")
        # Undone or finished, as it should; that nothing is missing is looked at all the same.
        cut = finding.sentence.startswith(_CUT) and story.changing_key
        # The way in is written first; where nothing could be written after it, it is taken out now.
        nobodys = finding.sentence.startswith(_NOBODYS) and _LET_IN in story.unkept
        if not (finding.area == "keys" and (behind or cut or nobodys)):
            yield Broken(_LETTERS.get(finding.area, "e"), finding.sentence)


def _pages_and_structure(vault: OpenVault) -> Iterator[Broken]:
    # Inside a transaction of its own nothing can be folded in, so beneath SQLAlchemy.
    with contextlib.closing(vault.engine.raw_connection()) as connection:
        connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    with opened(vault.paths, vault.keys, guarded=False) as raw:
        bad = raw.execute("PRAGMA cipher_integrity_check").fetchall()
        yield from (Broken("b", str(said)) for (said,) in bad)
        if bad:
            return  # after one bad page a connection takes good ones for bad
        for (said,) in raw.execute("PRAGMA integrity_check(5)").fetchall():
            if said != "ok":
                yield Broken("a", str(said))
        for row in raw.execute("PRAGMA foreign_key_check").fetchall():
            yield Broken("a", f"{row[0]} refers to a missing {row[2]}")
        _check_search(raw)


def _check_search(raw: RawConnection) -> None:
    """Let the indexes for searching check themselves; they raise if they are damaged."""
    found = raw.execute(
        "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%fts5%'"
    ).fetchall()
    for (name,) in found:
        raw.execute(f"INSERT INTO {name}({name}) VALUES ('integrity-check')")  # noqa: S608


def _state(vault: OpenVault, story: Story) -> Iterator[Broken]:
    state = _found_state(vault)
    if state[0] < story.kept_seq:
        yield Broken("c", f"ends with entry {state[0]}, but {story.kept_seq} was acknowledged")
    if state in story.halves:
        yield Broken("d", f"half of what was done is there, up to entry {state[0]}")
    elif state not in story.whole:
        yield Broken("d", f"the records are as they never were at entry {state[0]}")


def standing(folder: Path, password: str) -> dict[str, Any]:
    """Return the state of a closed vault as a commit that was made before everything else.

    The vault is opened for it, and is another one afterwards: hand in a copy.
    """
    vault = open_vault(folder, password=password)
    try:
        seq, state = _found_state(vault)
    finally:
        vault.close()
    return {"commit": 0, "seq": seq, "state": state}


def _found_state(vault: OpenVault) -> tuple[int, str]:
    """Return the last audit entry before this opening, and the digest of all records."""
    with contextlib.closing(vault.engine.raw_connection()) as connection:
        ask = connection.driver_connection.execute
        ((first,),) = ask(_OPENED_AT)
        return int(first) - 1, digest(ask)


def _backups(vault: OpenVault, story: Story) -> Iterator[Broken]:
    """Read back each backup that is listed; those that were told of are among them."""
    places = (vault.folder.parent / BACKUPS, own_backups(vault.folder))
    lists = [listed(place) for place in places if place.is_dir()]
    there = {one.path.name: one.path for found in lists for one in found}
    with vault.engine.connect().execution_options(**READ_ONLY) as connection:
        on_record = connection.exec_driver_sql(_MADE, (f"%/{BACKUPS}",)).scalars().all()
    for name in sorted({*story.backups, *on_record} - there.keys()):
        yield Broken("c", f"{name} was made, and is not listed")
    for path in there.values():
        try:
            _read_back(path, story)
        except Exception as error:  # noqa: BLE001
            yield Broken("b", f"{path.name} is listed, and is no backup: {refusal(error).how}")


def _photographs(vault: OpenVault) -> Iterator[Broken]:
    """Look at the file of each photograph on record or waiting, and at what else lies there."""
    sweep(vault.paths, vault.engine)
    with vault.engine.connect().execution_options(**READ_ONLY) as connection:
        kept = photo_copies.facts(connection)
        waits = connection.exec_driver_sql(_WAITING).all()
    files = PhotoFiles(vault.paths.photos)
    for fact in kept:
        if not (files.path(fact.photo_id).is_file() and files.is_whole(fact)):
            yield Broken("c", f"photograph {fact.photo_id} has no whole file of its name")
    for name in files.strange([fact.photo_id for fact in kept]):
        yield Broken("d", f"{name} belongs to no photograph")
    aside, ids = PhotoFiles(vault.paths.photos_waiting), []
    for subject, payload in waits:
        ids.append(UUID(subject.partition("/")[2]))
        key = bytes.fromhex(json.loads(payload)["key"])
        try:
            unseal(ids[-1], key, aside.read(ids[-1]))
        except VaultError as error:
            yield Broken("c", f"a photograph that waits: {error.sentence}")
    for name in aside.strange(ids):
        yield Broken("d", f"{name} waits for nobody")


_WAITING = "SELECT subject, payload FROM draft WHERE form = 'photo'"
_WHOLE: set[bytes] = set()
_MADE = (
    "SELECT name FROM backup_run JOIN backup_place ON backup_place.id = place_id"
    " WHERE backup_run.kind = 'backup' AND trouble = '' AND path LIKE ?"
)


def _read_back(path: Path, story: Story) -> None:
    """Read all of a backup, with what opened the vault on the day it was made; once for each."""
    digest_of_all = hashlib.sha256(path.read_bytes()).digest()
    if digest_of_all in _WHOLE:
        return
    with unpacked(path) as container:
        key_file = container.key_file
    (secret,) = (password_secret(one) for one in story.passwords[:1])
    (slot,) = key_file.user_slots()[:1]
    inside = open_slot(key_file.vault_id, slot, secret)
    assert inside is not None
    keys = VaultKeys(key_file.vault_id, inside.data_key, inside.database_salt)
    with tempfile.TemporaryDirectory() as place:
        assert read_whole(path, keys, Path(place))[1] == ()
        with contextlib.closing(
            connect(Path(place) / DATABASE, keys.data_key, keys.salt, guarded=False)
        ) as raw:
            beside = photo_copies.beside(path.parent, keys.vault_id)
            assert all(beside.is_whole(fact) for fact in photo_copies.facts_in(raw))
    _WHOLE.add(digest_of_all)


def _chain(vault: OpenVault) -> Iterator[Broken]:
    with vault.engine.connect().execution_options(**READ_ONLY) as connection:
        for finding in verify_chain(connection, vault.keys):
            yield Broken("e", finding.sentence)
