"""Backups of the open vault: where they go, what is due, and what was done, kept on record.

Making one takes longer than the database thread may be kept from what is typed, so it is done in
three parts: `plan` here, `carry_out` (`services/backup_work.py`) on any other thread, `keep` here.
`back_up_now` does all three, for whoever is about to do something that cannot be taken back.
"""

import contextlib
from pathlib import Path
from threading import Event
from uuid import UUID

from sqlalchemy import select

from mesodesk.db.errors import StorageUnavailable
from mesodesk.db.models.backup import BackupPlaceRow
from mesodesk.domain.changes import Topic
from mesodesk.domain.records.backup import (
    BackupStanding,
    PlaceKind,
    PlaceRecord,
    RunKind,
    RunRecord,
)
from mesodesk.domain.rights import Right
from mesodesk.services.backup_rows import (
    CONFIRMED,
    active_places,
    backup_standing,
    is_in_chain,
    last_of_kind,
    latest_by_name,
    new_run,
    place_record,
    runs_of,
    stale_names,
)
from mesodesk.services.backup_work import (
    BackupJob,
    Cleanup,
    Done,
    PlaceDone,
    PlaceJob,
    carry_out,
    clean_up,
    folder_of,
)
from mesodesk.services.errors import ConflictError, NotFoundError, RefusedError
from mesodesk.services.proving import prove
from mesodesk.services.store import Store, Transaction
from mesodesk.vault.backing_up import Source, source_of
from mesodesk.vault.drilling import Drill
from mesodesk.vault.errors import VaultError
from mesodesk.vault.keys import VaultKeys
from mesodesk.vault.places import check_target, default_place, mark

FIRST_LABEL = "This computer"
_LONGEST_LABEL = 60


class BackupService:
    """Places, runs, and what is due. Raises `VaultError` where a disk or stick refuses."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # Places

    def places(self) -> tuple[PlaceRecord, ...]:
        """Return where backups go, in the order in which the places were added."""
        with self._store.read(Right.VAULT_CHECK) as tx:
            return tuple(active_places(tx.db))

    def add_folder(self, folder: Path, label: str = "") -> PlaceRecord:
        """Have backups go to a folder from now on.

        Raises:
            BackupTargetError: if there is no such folder.
            InsideVaultError: if it lies in the folder of a vault.
            RefusedError: if backups go there already.
        """
        return self._add(PlaceKind.FOLDER, folder, label)

    def add_stick(self, folder: Path, label: str = "") -> PlaceRecord:
        """Have backups go to a folder on a stick, wherever it is plugged in later.

        Raises:
            BackupTargetError: if there is no such folder, or the stick refuses.
            InsideVaultError: if it lies in the folder of a vault.
            RefusedError: if backups go there already.
        """
        return self._add(PlaceKind.STICK, folder, label)

    def _add(self, kind: PlaceKind, folder: Path, label: str) -> PlaceRecord:
        self._store.need(Right.BACKUP_PLACES)
        folder = folder.expanduser().absolute()
        check_target(folder, self._store.vault.folder)
        marker = mark(folder) if kind is PlaceKind.STICK else ""
        with self._store.write(Right.BACKUP_PLACES) as tx:
            rows = tx.db.scalars(select(BackupPlaceRow)).all()
            row = next((one for one in rows if _is_same(one, folder, marker)), None)
            if row is not None and row.active:
                raise RefusedError("Backups go to this place already. Nothing was changed.")
            if row is None:
                row = BackupPlaceRow(kind=kind, marker=marker)
                tx.db.add(row)
            row.kind, row.path, row.marker, row.active = kind, str(folder), marker, True
            row.label = label.strip()[:_LONGEST_LABEL]
            tx.db.flush()
            tx.audit("backup.place_add", "backup_place", row.id, row.version, kind=kind.value)
            tx.touch(Topic.BACKUPS)
            return place_record(row)

    def leave_place(self, place_id: UUID, version: int) -> None:
        """Have no more backups go to a place; those that are there stay there.

        Raises:
            NotFoundError: if there is no such place.
            ConflictError: if it was changed since `version`.
        """
        with self._store.write(Right.BACKUP_PLACES) as tx:
            row = tx.db.get(BackupPlaceRow, place_id)
            if row is None or not row.active:
                raise NotFoundError("Backups do not go to this place. Nothing was changed.")
            if row.version != version:
                raise ConflictError(place_record(row))
            row.active = False
            tx.db.flush()
            tx.audit("backup.place_leave", "backup_place", row.id, row.version)
            tx.touch(Topic.BACKUPS)

    # What is on record

    def standing(self) -> BackupStanding:
        """Return how the backups stand, and what was changed since."""
        with self._store.read(Right.VAULT_CHECK) as tx:
            return backup_standing(tx)

    def runs(self, most: int = 50) -> tuple[RunRecord, ...]:
        """Return what was done lately, the newest first."""
        with self._store.read(Right.VAULT_CHECK) as tx:
            return tuple(reversed(runs_of(tx.db)[-most:]))

    def confirm_restored(self) -> None:
        """Say that a restored vault is the right one, so that backups go on by themselves."""
        with self._store.write(Right.RESTORE) as tx:
            tx.audit(CONFIRMED, "vault", self._store.vault.vault_id)
            tx.touch(Topic.BACKUPS)
            here = _leave_what_is_gone(tx)
        if not here:
            # On another computer the folders of the one before are not there.
            with contextlib.suppress(OSError, VaultError, RefusedError):
                first_place(self._store, default_place(self._store.vault.folder))

    # Making

    def plan(
        self, reason: str, only: frozenset[UUID] | None = None, *, make: bool = True
    ) -> BackupJob:
        """Say what is to be made and looked through now, for `carry_out`.

        The job holds the keys of the vault: wipe them afterwards (`job.source.keys.wipe()`).

        Args:
            reason: what it is for: `changes`, `closing`, `asked`, `restore`, `rotation` ...
            only: these places alone.
            make: whether to make new ones, and not only to look through those that are there.
        """
        with self._store.read(Right.BACKUP_MAKE) as tx:
            places = [
                _place_job(tx, place)
                for place in active_places(tx.db)
                if only is None or place.id in only
            ]
        return BackupJob(self._source(), tuple(places), reason, make)

    def _source(self) -> Source:
        vault = self._store.vault
        source = source_of(vault)
        # A copy: the vault's own are wiped when it is closed, perhaps in the midst of this.
        keys = VaultKeys(vault.vault_id, vault.keys.data_key, vault.keys.salt)
        return Source(source.folder, keys, source.key_file, source.sign)

    def keep(self, job: BackupJob, came: tuple[PlaceDone, ...]) -> tuple[Cleanup, ...]:
        """Keep on record what came of a job; return where older backups may be removed."""
        with self._store.write(Right.BACKUP_MAKE) as tx:
            cleanups = [found for each in came if (found := _kept(tx, job, each)) is not None]
            tx.audit(
                "backup.run",
                "vault",
                self._store.vault.vault_id,
                reason=job.reason,
                made=sum(each.made is not None for each in came),
                away=sum(each.folder is None for each in came),
            )
            tx.touch(Topic.BACKUPS)
        return tuple(cleanups)

    def back_up_now(self, reason: str) -> tuple[PlaceDone, ...]:
        """Make a backup in every place that is there, before what cannot be taken back.

        Takes seconds, and blocks: for the database thread, while people wait for it anyhow.

        Raises:
            RefusedError: if none could be made anywhere.
        """
        job = self.plan(reason)
        clock = self._store.clock
        try:
            came = carry_out(job, clock, Event())
        finally:
            job.source.keys.wipe()
        for cleanup in self.keep(job, came):
            clean_up(cleanup, clock)
        if not any(each.made for each in came):
            told = next((each.trouble for each in came if each.trouble), "")
            raise RefusedError(told or "No place for backups is there. Nothing was changed.")
        return came

    # Trials and restores

    def note_drill(self, found: Drill, place_id: UUID | None = None) -> RunRecord:
        """Keep on record that a restore was rehearsed, passed or not."""
        trouble = " ".join(found.troubles)
        done = Done(found.backup.name, found.manifest, _size(found.backup), trouble)
        with self._store.write(Right.DRILL) as tx:
            tx.db.add(new_run(RunKind.DRILL, place_id, done, found.tried_at))
            tx.audit(
                "backup.drill",
                "vault",
                self._store.vault.vault_id,
                passed=found.passed,
                seconds=round(found.seconds),
            )
            tx.touch(Topic.BACKUPS)
            tx.flush()
            kept = last_of_kind(tx.db, RunKind.DRILL)
        if kept is None:
            raise NotFoundError("The rehearsal is not on record.")
        return kept

    def allow_restore(self, typed: str, *, by_pin: bool = False) -> None:
        """Make sure that it is an owner at the desk who lets other records take the place of these.

        Args:
            typed: the password of who is at the desk.
            by_pin: whether it is their PIN instead.

        Raises:
            WrongPasswordError: if this is not the password of who is at the desk.
            TooSoonError: if the pause after a wrong password is not over; nothing was tried.
            WrongPinError: if this is not their PIN; the third time it is gone.
            NoPinError: if there is none, or none any more.
        """
        prove(self._store, Right.RESTORE, typed, by_pin=by_pin)

    def note_restore(self, seq: int, made_from: str) -> None:
        """Keep in the vault that is given up that a backup was restored beside it.

        That vault may be past writing to, which must not stand in the way.
        """
        self._store.need(Right.RESTORE)
        with contextlib.suppress(StorageUnavailable), self._store.write(Right.RESTORE) as tx:
            tx.audit(
                "backup.restored",
                "vault",
                self._store.vault.vault_id,
                from_seq=seq,
                container=made_from,
            )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _is_same(row: BackupPlaceRow, folder: Path, marker: str) -> bool:
    return row.marker == marker if marker else Path(row.path) == folder and not row.marker


def _place_job(tx: Transaction, place: PlaceRecord) -> PlaceJob:
    runs = runs_of(tx.db, place.id)
    known = frozenset(run.name for run in runs if run.name)
    return PlaceJob(place, known, stale_names(runs, tx.now))


def _kept(tx: Transaction, job: BackupJob, came: PlaceDone) -> Cleanup | None:
    """Keep what came of one place; return how to clean up there, if it may be."""
    for done in came.done:
        if done.trouble and not done.readback and _told_already(tx, came, done):
            continue
        kind = _kind(tx, done)
        tx.db.add(new_run(kind, came.place.id, done, tx.now))
    if came.folder is None:
        return None
    _note_path(tx, came)
    tx.flush()
    made = came.made
    if made is None or not job.make:
        return None
    verified = {
        name: run.reason
        for name, run in latest_by_name(runs_of(tx.db, came.place.id)).items()
        if run.verified
    }
    return Cleanup(came.place.id, came.folder, verified, made.name)


def _kind(tx: Transaction, done: Done) -> RunKind:
    """Tell a backup that was made, now or without being kept on record, from a second look."""
    if not done.readback:
        return RunKind.BACKUP
    manifest = done.manifest
    mine = manifest is not None and is_in_chain(tx, manifest.seq, manifest.head)
    return RunKind.BACKUP if done.found and mine and not done.trouble else RunKind.READBACK


def _told_already(tx: Transaction, came: PlaceDone, done: Done) -> bool:
    """Tell whether the last try failed alike: a quarter of an hour apart, one row is enough."""
    tries = [run for run in runs_of(tx.db, came.place.id) if run.kind is RunKind.BACKUP]
    return bool(tries) and tries[-1].trouble == done.trouble


def _note_path(tx: Transaction, came: PlaceDone) -> None:
    row = tx.db.get(BackupPlaceRow, came.place.id)
    if row is not None and came.folder is not None and row.path != str(came.folder):
        row.path = str(came.folder)


def first_place(store: Store, folder: Path) -> None:
    """Have the backups of a new vault go to a folder that is made for them."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    BackupService(store).add_folder(folder, FIRST_LABEL)


def _leave_what_is_gone(tx: Transaction) -> bool:
    """Leave the folder beside the vault of another computer; tell whether any folder is there."""
    here = False
    for place in active_places(tx.db):
        if place.kind is PlaceKind.STICK:
            continue
        if folder_of(place) is not None:
            here = True
        elif place.label == FIRST_LABEL:
            row = tx.db.get_one(BackupPlaceRow, place.id)
            row.active = False
            tx.audit("backup.place_leave", "backup_place", row.id)
    return here


__all__ = ["BackupService", "first_place", "folder_of"]
