"""Saves what can be read of a damaged vault into a new one. The damaged one is only read.

For the day on which no backup is at hand, or only an old one: a backup is whole, this is not. It
says for each table what is missing.
"""

import contextlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from secrets import token_hex

import sqlcipher3.dbapi2 as driver
from sqlalchemy.exc import SQLAlchemyError

from mesodesk.db.copies import connect_copy
from mesodesk.db.engine import RawConnection, connect, create_database, open_engine
from mesodesk.db.errors import StorageError
from mesodesk.db.reading_on import Reader
from mesodesk.db.search import rebuild
from mesodesk.db.upgrade import known_revisions, upgrade
from mesodesk.domain.clock import Clock
from mesodesk.vault import keyfile, photo_copies
from mesodesk.vault.anchor import Anchor, AnchorError, read_anchor, write_anchor
from mesodesk.vault.audit import AuditFact, AuditTrail, chain_head
from mesodesk.vault.errors import DamagedError, VaultError, WrongPasswordError
from mesodesk.vault.inspection import log_is_left
from mesodesk.vault.keyfile import KeyFile, KeySlot
from mesodesk.vault.keys import VaultKeys
from mesodesk.vault.lock import VaultLock
from mesodesk.vault.migrating import upgrade_copy
from mesodesk.vault.opening import Credential
from mesodesk.vault.paths import VaultPaths
from mesodesk.vault.photo_files import PhotoFiles
from mesodesk.vault.placing import made_aside
from mesodesk.vault.set_aside import carry
from mesodesk.vault.slots import open_slot

SALVAGED = "vault.salvage"
_MEGABYTE = 1024 * 1024
_ROOM_MB = 20
_TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE"
    " '\\' AND name NOT LIKE '%\\_fts%' ESCAPE '\\' AND name <> 'alembic_version' ORDER BY name"
)


@dataclass(frozen=True, slots=True)
class SavedTable:
    """How many rows of a table were saved, and of how many; `expected` is None where unknown.

    `dropped` could be read, but not taken: their values contradict those of others.
    """

    name: str
    saved: int
    expected: int | None
    gaps: int
    dropped: int = 0

    @property
    def missing(self) -> int | None:
        if self.expected is None:
            return None if self.gaps else self.dropped or None
        return max(self.dropped, self.expected - self.saved)

    @property
    def sentence(self) -> str:
        if not self.gaps and not self.missing:
            return f"{self.name}: all {self.saved} rows"
        lost = "some rows" if self.missing is None else f"{self.missing} rows"
        return f"{self.name}: {self.saved} rows saved, {lost} missing ({self.gaps} places)"


@dataclass(frozen=True, slots=True)
class Salvaged:
    """A vault that was made of what could be read."""

    folder: Path
    tables: tuple[SavedTable, ...]

    @property
    def saved(self) -> int:
        return sum(table.saved for table in self.tables)

    @property
    def known(self) -> int:
        """How many rows there were, as far as anything tells of them."""
        return sum(max(table.expected or 0, table.saved + table.dropped) for table in self.tables)

    @property
    def incomplete(self) -> tuple[SavedTable, ...]:
        return tuple(table for table in self.tables if table.gaps or table.missing)


def salvage(folder: Path, into: Path, credential: Credential, *, clock: Clock) -> Salvaged:
    """Make a new vault of all rows that can be read; the damaged one stays as it is.

    Args:
        folder: of the damaged vault, which nobody has open.
        into: absent or empty.
        credential: a password, or the recovery key.
        clock: the computer's.

    Raises:
        WrongPasswordError: if nothing opens.
        DamagedError: if not even the list of tables can be read: only a backup helps.
        VaultError: with a sentence; nothing was made.
    """
    paths = VaultPaths(folder.expanduser().absolute())
    key_file = keyfile.load(paths.folder).key_file
    slot, keys = _unlock(key_file, credential)
    lock = VaultLock(paths.lock)
    try:
        photos_mb = photo_copies.size_of([PhotoFiles(paths.photos)]) // _MEGABYTE
        size_mb = photos_mb + paths.database.stat().st_size // _MEGABYTE
        with made_aside(into.expanduser().absolute(), 3 * size_mb + _ROOM_MB) as making:
            tables = _make(paths, making, keys, key_file, slot, clock)
    except FileNotFoundError as error:
        raise DamagedError from error
    finally:
        lock.release()
        keys.wipe()
    carry(paths.folder, into.expanduser().absolute())
    return Salvaged(into.expanduser().absolute(), tables)


def _unlock(key_file: KeyFile, credential: Credential) -> tuple[KeySlot, VaultKeys]:
    slots = key_file.recovery_slots() if credential.is_recovery else key_file.user_slots()
    for slot in slots:
        inside = open_slot(key_file.vault_id, slot, credential.secret)
        if inside is not None:
            keys = VaultKeys(key_file.vault_id, inside.data_key, inside.database_salt)
            return slot, keys
    raise WrongPasswordError(0)


def _make(
    paths: VaultPaths,
    making: Path,
    keys: VaultKeys,
    key_file: KeyFile,
    slot: KeySlot,
    clock: Clock,
) -> tuple[SavedTable, ...]:
    new = VaultPaths(making)
    expected = _expected(paths.folder, keys)
    lock = VaultLock(new.lock)
    try:
        with _readable(paths, making / "damaged", keys) as reader:
            schema = _schema(reader)
            create_database(new.database, keys.data_key, keys.salt)
            upgrade(new.database, keys.data_key, keys.salt, schema)
            tables = _copy(reader, new.database, keys, expected)
        shutil.rmtree(making / "damaged")
        tables = (*tables, *_photographs(paths, new, keys))
        keyfile.save(making, key_file, _nothing, both=True)
        seq, head = _finish(new, keys, slot, clock, tables)
        write_anchor(
            making,
            Anchor(keys.vault_id, seq, head, clock.now(), key_generation=key_file.generation),
            keys,
        )
    except (driver.Error, SQLAlchemyError, MemoryError) as error:
        raise DamagedError from error
    finally:
        lock.release()
    return tables


def _photographs(paths: VaultPaths, new: VaultPaths, keys: VaultKeys) -> tuple[SavedTable, ...]:
    """Take along the files of the photographs that were saved; none if there were none."""
    raw = connect(new.database, keys.data_key, keys.salt, guarded=False)
    try:
        wanted = photo_copies.facts_in(raw)
    finally:
        raw.close()
    places = [PhotoFiles(paths.photos)]
    photo_copies.bring_back(wanted, new.folder, places)
    own = PhotoFiles(new.photos)
    saved = sum(own.is_there(fact) for fact in wanted)
    return (SavedTable("photographs", saved, len(wanted), 0),) if wanted else ()


def _nothing(_read_back: KeyFile) -> None:
    return None


def _expected(folder: Path, keys: VaultKeys) -> dict[str, int]:
    """Return how many rows there were when the vault was last closed."""
    try:
        anchor = read_anchor(folder, keys)
    except (AnchorError, OSError):
        return {}
    return {} if anchor is None else dict(anchor.counts)


@contextlib.contextmanager
def _readable(paths: VaultPaths, work: Path, keys: VaultKeys) -> Iterator[Reader]:
    """Yield a reader of the damaged database; of a copy where a log of its last saves is left."""
    work.mkdir()
    database = paths.database
    make = partial(connect_copy, database, keys.data_key, keys.salt)
    if log_is_left(paths):
        database = work / database.name
        shutil.copyfile(paths.database, database)
        shutil.copyfile(paths.write_ahead_log, work / paths.write_ahead_log.name)
        make = partial(connect, database, keys.data_key, keys.salt, guarded=False)
    reader = Reader(make)
    if reader.ask("SELECT count(*) FROM sqlite_master") is None:
        reader = Reader(partial(_tolerant, make))
    try:
        yield reader
    finally:
        reader.close()


def _tolerant(make: Callable[[], RawConnection]) -> RawConnection:
    """Open a file that was cut off, and so is shorter than it says of itself."""
    raw = make()
    raw.execute("PRAGMA writable_schema=ON")  # nothing is written; that check is passed over
    return raw


def _schema(reader: Reader) -> str:
    found = reader.ask("SELECT version_num FROM alembic_version")
    newest = [name for name in known_revisions() if name not in set(known_revisions().values())]
    if found is None and reader.ask("SELECT count(*) FROM sqlite_master") is None:
        raise DamagedError
    revision = str(found[0][0]) if found else newest[0]
    if revision not in known_revisions():
        raise DamagedError
    return revision


def _copy(
    reader: Reader, target: Path, keys: VaultKeys, expected: dict[str, int]
) -> tuple[SavedTable, ...]:
    raw = connect(target, keys.data_key, keys.salt, guarded=False, foreign_keys=False)
    try:
        # They refuse what does not follow on what is there; and here something is missing.
        guards = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = [(str(name), str(sql)) for name, sql in guards.fetchall()]
        raw.execute("BEGIN IMMEDIATE")
        for name, _ in triggers:
            raw.execute(f'DROP TRIGGER "{name}"')
        tables = [_copy_table(reader, raw, name, expected) for name in _tables(raw)]
        for _, sql in triggers:
            raw.execute(sql)
        raw.execute("COMMIT")
    finally:
        raw.close()
    return tuple(tables)


def _tables(raw: RawConnection) -> list[str]:
    found = raw.execute(_TABLES)
    return [str(row[0]) for row in found.fetchall()]


def _copy_table(
    reader: Reader, raw: RawConnection, table: str, expected: dict[str, int]
) -> SavedTable:
    columns = tuple(str(row[1]) for row in raw.execute(f'PRAGMA table_info("{table}")').fetchall())
    listed = ", ".join(f'"{column}"' for column in columns)
    marks = ", ".join("?" for _ in range(len(columns) + 1))
    insert = f'INSERT OR IGNORE INTO "{table}" (rowid, {listed}) VALUES ({marks})'  # noqa: S608
    saved = dropped = 0
    for row in reader.rows(table, columns):
        taken = raw.execute(insert, row).rowcount
        saved += taken
        dropped += 1 - taken
    return SavedTable(table, saved, expected.get(table), len(reader.gaps), dropped)


def _finish(
    new: VaultPaths, keys: VaultKeys, slot: KeySlot, clock: Clock, tables: tuple[SavedTable, ...]
) -> tuple[int, bytes]:
    """Make the search index anew, bring the schema up to date, and note what was done."""
    _make_one_file(new.database, keys)
    # What is missing is missing in the newest schema, too; rows may refer to some that are gone.
    with contextlib.suppress(VaultError, StorageError):
        upgrade_copy(new.database, keys)
    lost = {table.name: table.missing for table in tables if table.gaps or table.missing}
    fact = AuditFact(
        slot.user_id, slot.name, SALVAGED, "vault", keys.vault_id, details={"missing": lost}
    )
    engine = open_engine(new.database, keys.data_key, keys.salt)
    try:
        with engine.begin() as connection:
            rebuild(connection)
            AuditTrail(keys, clock, token_hex(16)).append(connection, fact)
            return chain_head(connection)
    finally:
        engine.dispose()


def _make_one_file(path: Path, keys: VaultKeys) -> None:
    raw = connect(path, keys.data_key, keys.salt, guarded=False)
    try:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        raw.execute("PRAGMA journal_mode=DELETE").fetchone()
    finally:
        raw.close()
