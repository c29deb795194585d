"""Changes the vault's key, so that whoever had it before has nothing; safe to interrupt anywhere.

1. The key file gets the next key beside the one in use, sealed for everybody.
2. The database is copied under the next key, with an entry about it, and read back.
3. The copy takes the place of the database, by a rename.
4. The key file keeps the next key alone.

Both keys are in the key file until the end, and the one that reads the database is the one in use:
an opening after an interruption undoes what came before step 3 and finishes what came after it.
"""

import contextlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex
from typing import Final

import sqlcipher3.dbapi2

from mesodesk.db.copies import connect_copy, copy_into
from mesodesk.db.engine import open_engine
from mesodesk.vault import keyfile
from mesodesk.vault.anchor import AnchorError, read_anchor, write_anchor
from mesodesk.vault.atomic import put_in_place, sync_folder
from mesodesk.vault.audit import AuditFact, AuditTrail, chain_head
from mesodesk.vault.audit_keys import change_key
from mesodesk.vault.copying import Examined, examine_copy
from mesodesk.vault.errors import KeyChangeError, VaultError
from mesodesk.vault.findings import Finding, warning
from mesodesk.vault.identity import row_counts
from mesodesk.vault.keyfile import KeyFile
from mesodesk.vault.keys import VaultKeys
from mesodesk.vault.parts import OpenedBy, VaultParts
from mesodesk.vault.paths import VaultPaths
from mesodesk.vault.set_aside import seal_anew
from mesodesk.vault.slot_changes import SlotChanges
from mesodesk.vault.slots import SlotSecrets, new_secrets, with_key, with_next_key

KEY_CHANGED: Final = "vault.key_change"
_BESIDE: Final = ("", "-wal", "-shm", "-journal")
_GROWN: Final = frozenset({"audit_entry", "audit_key"})


def change_vault_key(parts: VaultParts, slots: SlotChanges, by: OpenedBy) -> None:
    """Change the key of an open vault that nobody else writes to; it is to be closed afterwards.

    Raises:
        KeyChangeError: if a slot cannot be given another key, or the key file was tampered with.
        VaultError: if the copy is not what it should be; the old key stays.
        OSError: if the disk refuses; the old key stays.
        sqlcipher3.dbapi2.DatabaseError: as well.
    """
    _need_ready(parts, slots.key_file)
    following = _only_key(new_secrets())
    after = _keys(parts.keys, following)
    paths = VaultPaths(parts.folder)
    _remove_copy(paths)
    vault_id, before = parts.keys.vault_id, slots.key_file.slots
    slots.replace(tuple(with_next_key(vault_id, slot, following) for slot in before))
    try:
        _copy(parts, after, by)
        _let_go_of_database(parts, paths)
        put_in_place(paths.under_next_key, paths.database)
    except BaseException:
        _remove_copy(paths)
        with contextlib.suppress(OSError):  # undone at the next opening
            _save(parts.folder, slots.key_file.changed(before, parts.keys.key_file))
        raise
    # What fails from here on is done at the next opening.
    with contextlib.suppress(OSError):
        sync_folder(parts.folder)
        _finish(parts.folder, slots.key_file, parts.keys, following)


def settle_key_change(
    folder: Path, key_file: KeyFile, inside: SlotSecrets
) -> tuple[KeyFile, SlotSecrets, tuple[Finding, ...]]:
    """Finish or undo a change of the key that was interrupted.

    Returns:
        The key file as it stands then, the key that fits the database, and what to tell.
    """
    paths, following = VaultPaths(folder), inside.next_key
    _remove_copy(paths)
    if following is None:
        return key_file, inside, ()
    before = VaultKeys(key_file.vault_id, inside.data_key, inside.database_salt)
    done = _opens(paths.database, _keys(before, following))
    fitting = replace(following, signing_key=inside.signing_key) if done else inside
    # Told as tampering, and nothing of it is written anew.
    tampered = not key_file.is_sealed_by(before.key_file)
    # A key is dropped only when the other has opened the database: damaged, it may yet be mended.
    if tampered or not (done or _opens(paths.database, before)):
        return key_file, fitting, ()
    with contextlib.suppress(OSError):  # tried again at the next opening
        if done:
            return _finish(folder, key_file, before, following), fitting, (_FINISHED,)
        kept = tuple(replace(slot, next_key=None) for slot in key_file.slots)
        undone = _save(folder, key_file.changed(kept, before.key_file))
        return undone, replace(inside, next_key=None), (_UNDONE,)
    return key_file, fitting, ()


_FINISHED: Final = warning(
    "keys",
    "A change of the vault's key had been interrupted. It was finished now: the new key is in use,"
    " everybody keeps their password, and nothing is missing.",
)
_UNDONE: Final = warning(
    "keys",
    "A change of the vault's key had been interrupted. It was undone: the key of before is in use,"
    " and nothing is missing. Change the key again.",
)
_BEFORE_LOGIN: Final = (
    "The key was not changed: {names} must log in once with this version of Mesodesk before, or"
    " would be locked out. Nothing was changed."
)
_KIT: Final = "the holder of the recovery kit"
_TAMPERED: Final = (
    "The key was not changed, because the list of who can open this vault was changed outside"
    " Mesodesk. Compare the names in it with who should have access."
)


def _need_ready(parts: VaultParts, key_file: KeyFile) -> None:
    if not key_file.is_sealed_by(parts.keys.key_file):
        raise KeyChangeError(_TAMPERED)
    old = [slot for slot in key_file.slots if not slot.can_be_given_keys]
    if old:
        names = ", ".join(sorted({slot.name or _KIT for slot in old}))
        raise KeyChangeError(_BEFORE_LOGIN.format(names=names))


def _opens(database: Path, keys: VaultKeys) -> bool:
    """Tell whether a key fits: by reading, since the first bytes alone may be damaged."""
    try:
        raw = connect_copy(database, keys.data_key, keys.salt)
    except sqlcipher3.dbapi2.DatabaseError:
        return False
    try:
        return raw.execute("SELECT count(*) FROM sqlite_master").fetchone() is not None
    except (sqlcipher3.dbapi2.DatabaseError, MemoryError):
        return False
    finally:
        raw.close()


def _only_key(made: SlotSecrets) -> SlotSecrets:
    return SlotSecrets(made.data_key, made.database_salt)


def _keys(before: VaultKeys, following: SlotSecrets) -> VaultKeys:
    return VaultKeys(before.vault_id, following.data_key, following.database_salt)


# The database


@dataclass(frozen=True, slots=True)
class _Expected:
    """What the copy must hold: rows of each table, and its last entry."""

    counts: Mapping[str, int]
    head: tuple[int, bytes]


def _copy(parts: VaultParts, after: VaultKeys, by: OpenedBy) -> None:
    """Make the database under the next key, durable and read back."""
    paths, keys = VaultPaths(parts.folder), parts.keys
    counts = row_counts(parts.engine)
    key_and_salt = (after.data_key, after.salt)
    copy_into(paths.database, paths.under_next_key, keys.data_key, keys.salt, key_and_salt)
    head = _add_entry(parts, after, by)
    with paths.under_next_key.open("rb+") as stream:
        os.fsync(stream.fileno())
    _need_same(examine_copy(paths.under_next_key, after), _Expected(counts, head))


def _add_entry(parts: VaultParts, after: VaultKeys, by: OpenedBy) -> tuple[int, bytes]:
    """Append to the copy alone that the key was changed: it holds for that file and no other."""
    engine = open_engine(VaultPaths(parts.folder).under_next_key, after.data_key, after.salt)
    try:
        with engine.begin() as connection:
            seq, _head = chain_head(connection)
            change_key(connection, parts.keys, after, seq + 1)
            fact = AuditFact(by.user_id, by.user_name, KEY_CHANGED, "vault", after.vault_id)
            entry = AuditTrail(after, parts.clock, token_hex(16)).append(connection, fact)
    finally:
        engine.dispose()  # the last connection to go folds the log in
    return entry.seq, entry.mac


def _need_same(examined: Examined, expected: _Expected) -> None:
    facts, counts = examined.facts, expected.counts
    same = facts.counts.keys() == counts.keys() and all(
        rows == counts[name] for name, rows in facts.counts.items() if name not in _GROWN
    )
    if examined.troubles or not same or (facts.seq, facts.head) != expected.head:
        raise KeyChangeError(_NOT_THE_SAME)


_NOT_THE_SAME: Final = (
    "The key was not changed, because the database written under the new key is not the same as the"
    " one in use. Nothing was changed. Have the vault checked, and make a backup."
)


def _let_go_of_database(parts: VaultParts, paths: VaultPaths) -> None:
    """Fold the log in and close every connection: no log of before may lie beside the copy."""
    parts.engine.dispose()
    if paths.write_ahead_log.exists() and paths.write_ahead_log.stat().st_size:
        raise KeyChangeError(_IN_USE)
    for ending in _BESIDE[1:]:
        paths.database.with_name(paths.database.name + ending).unlink(missing_ok=True)
    sync_folder(parts.folder)


_IN_USE: Final = (
    "The key was not changed, because the database is still being read or written. Nothing was"
    " changed. Wait until backups and checks have ended, then try again."
)


def _remove_copy(paths: VaultPaths) -> None:
    for ending in _BESIDE:
        with contextlib.suppress(OSError):
            paths.under_next_key.with_name(paths.under_next_key.name + ending).unlink()


# The files beside it


def _finish(folder: Path, key_file: KeyFile, before: VaultKeys, following: SlotSecrets) -> KeyFile:
    """Bind anchor and key file with the next key, which is the only one from now on."""
    after = _keys(before, following)
    # First the anchor: while the key file has both keys, either of them is known to fit it.
    with contextlib.suppress(AnchorError):
        anchor = read_anchor(folder, before)
        if anchor is not None:
            write_anchor(folder, anchor, after)
    seal_anew(folder, before, after)
    slots = tuple(with_key(before.vault_id, slot, following) for slot in key_file.slots)
    return _save(folder, key_file.changed(slots, after.key_file))


def _save(folder: Path, key_file: KeyFile) -> KeyFile:
    def prove(read_back: KeyFile) -> None:
        if read_back != key_file:
            raise VaultError

    keyfile.save(folder, key_file, prove)
    return key_file
