"""What stands in a vault folder, found out without a key and without changing anything."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from mesodesk.vault import keyfile
from mesodesk.vault.errors import (
    DamagedError,
    EmptyDatabaseError,
    ForeignDatabaseError,
    MissingDatabaseError,
    NoVaultError,
    UnreadableFolderError,
    VaultError,
)
from mesodesk.vault.location import check_place, refusal
from mesodesk.vault.paths import VaultPaths
from mesodesk.vault.registry import Registry

PAGE_BYTES = 4096
PLAIN_HEADER = b"SQLite format 3\0"

_GONE = (
    "A vault was used in this folder, and it is not there any more. Nothing was made in its place. "
    "Check that the disk is connected and that the folder was not moved or renamed, or restore the "
    "newest backup."
)


class VaultState(StrEnum):
    """`absent`: a new vault can be made here; `ready`: ask for the password; else `damaged`."""

    ABSENT = "absent"
    READY = "ready"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class VaultUser:
    """Somebody who can open the vault."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class VaultInspection:
    """What the folder looks like from outside.

    `findings` are sentences for people; `users` who can unlock it, in the order of the key file;
    `refusal` the error that making or opening a vault here would raise, as far as it is known.
    """

    state: VaultState
    folder: Path
    findings: tuple[str, ...] = ()
    users: tuple[VaultUser, ...] = ()
    vault_id: UUID | None = None
    refusal: VaultError | None = None

    @property
    def is_ready(self) -> bool:
        return self.state is VaultState.READY

    @property
    def is_absent(self) -> bool:
        return self.state is VaultState.ABSENT


def inspect(folder: Path, registry: Registry | None = None) -> VaultInspection:
    """Look at a folder. Cheap; reads the key file, creates nothing.

    Args:
        folder: where a vault may stand.
        registry: what this computer remembers; lets a vanished vault be told from a first start.
    """
    paths = VaultPaths(folder)
    try:
        check_place(folder)
        loaded = keyfile.load(folder)
    except NoVaultError:
        return _absent(folder, registry)
    except VaultError as error:
        state = VaultState.DAMAGED if _something_stands(paths) else VaultState.ABSENT
        return _stopped(state, folder, error)
    except PermissionError:
        return _stopped(VaultState.DAMAGED, folder, UnreadableFolderError())
    except OSError as error:
        return _stopped(VaultState.DAMAGED, folder, refusal(error))
    trouble = database_trouble(paths)
    return VaultInspection(
        state=VaultState.READY if trouble is None else VaultState.DAMAGED,
        folder=folder,
        findings=(*(() if trouble is None else (trouble.sentence,)), *loaded.findings),
        users=tuple(VaultUser(user_id, name) for user_id, name in loaded.key_file.people().items()),
        vault_id=loaded.key_file.vault_id,
        refusal=trouble,
    )


def _stopped(state: VaultState, folder: Path, error: VaultError) -> VaultInspection:
    return VaultInspection(state, folder, (error.sentence,), refusal=error)


def _something_stands(paths: VaultPaths) -> bool:
    try:
        return any(path.exists() for path in (paths.keys, paths.keys_copy, paths.database))
    except PermissionError:  # whoever may not look must not be offered to make a vault here
        return True


def _absent(folder: Path, registry: Registry | None) -> VaultInspection:
    known = None if registry is None else registry.vault_at(folder)
    if known is None:
        return VaultInspection(VaultState.ABSENT, folder)
    error = NoVaultError(_GONE)
    return VaultInspection(VaultState.DAMAGED, folder, (_GONE,), vault_id=known, refusal=error)


def database_trouble(paths: VaultPaths) -> VaultError | None:
    """Return what is wrong with the database file as far as it shows without a key."""
    try:
        size = paths.database.stat().st_size
        with paths.database.open("rb") as stream:
            header = stream.read(len(PLAIN_HEADER))
    except FileNotFoundError:
        return MissingDatabaseError()
    except OSError as error:
        return refusal(error)
    if size == 0:
        return EmptyDatabaseError()
    if header == PLAIN_HEADER:
        return ForeignDatabaseError()
    # After a crash the log still holds the pages that a half-written end lacks.
    if size < PAGE_BYTES or (size % PAGE_BYTES and not log_is_left(paths)):
        return DamagedError()
    return None


def log_is_left(paths: VaultPaths) -> bool:
    """Tell whether the last use ended without a clean close."""
    try:
        return paths.write_ahead_log.stat().st_size > 0
    except OSError:
        return False
