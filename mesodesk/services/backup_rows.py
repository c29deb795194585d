"""Rows of places and runs of backups, read and written."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from mesodesk.db.models.backup import BackupPlaceRow, BackupRunRow
from mesodesk.db.types import UtcDateTime
from mesodesk.domain.records.backup import (
    MUCH_SMALLER,
    READ_BACK_EVERY,
    BackupStanding,
    PlaceRecord,
    PlaceStanding,
    RunKind,
    RunOutcome,
    RunRecord,
)
from mesodesk.services.backup_work import Done
from mesodesk.services.transaction import Transaction
from mesodesk.vault.copying import RESTORED
from mesodesk.vault.restoring import NO_CHANGE

CONFIRMED: Final = "backup.confirm"
NO_HEAD: Final = bytes(32)

_CHANGES = f"SELECT count(*) FROM audit_entry WHERE seq > :seq AND NOT ({NO_CHANGE})"  # noqa: S608
_FIRST_CHANGE = f"SELECT min(at) AS at FROM audit_entry WHERE seq > :seq AND NOT ({NO_CHANGE})"  # noqa: S608


def place_record(row: BackupPlaceRow) -> PlaceRecord:
    return PlaceRecord(
        row.id, row.version, row.kind, Path(row.path), row.marker, row.label, row.active
    )


def active_places(db: Session) -> list[PlaceRecord]:
    rows = db.scalars(
        select(BackupPlaceRow).where(BackupPlaceRow.active).order_by(BackupPlaceRow.id)
    )
    return [place_record(row) for row in rows]


def run_record(row: BackupRunRow) -> RunRecord:
    return RunRecord(
        row.id,
        row.kind,
        row.place_id,
        row.name,
        row.seq,
        row.size,
        row.outcome,
        row.trouble,
        row.reason,
        row.made_at,
        row.verified_at,
    )


def runs_of(db: Session, place_id: UUID | None = None) -> list[RunRecord]:
    """Return what was done, oldest first; in one place, if one is named."""
    question = select(BackupRunRow).order_by(BackupRunRow.made_at, BackupRunRow.id)
    if place_id is not None:
        question = question.where(BackupRunRow.place_id == place_id)
    return [run_record(row) for row in db.scalars(question)]


def last_of_kind(db: Session, kind: RunKind) -> RunRecord | None:
    row = db.scalars(
        select(BackupRunRow).where(BackupRunRow.kind == kind).order_by(BackupRunRow.id.desc())
    ).first()
    return None if row is None else run_record(row)


def new_run(kind: RunKind, place_id: UUID | None, done: Done, now: datetime) -> BackupRunRow:
    """Return the row that keeps what was done with a container."""
    manifest = done.manifest
    return BackupRunRow(
        kind=kind,
        place_id=place_id,
        name=done.name,
        seq=0 if manifest is None else manifest.seq,
        head=NO_HEAD if manifest is None else manifest.head,
        size=done.size,
        outcome=RunOutcome.FAILED if done.trouble else RunOutcome.VERIFIED,
        trouble=done.trouble,
        reason="" if manifest is None else manifest.reason,
        made_at=now if manifest is None else manifest.made_at,
        verified_at=None if done.trouble else now,
    )


def latest_by_name(runs: Iterable[RunRecord]) -> dict[str, RunRecord]:
    """Return for each container what was found when it was last looked at."""
    latest: dict[str, RunRecord] = {}
    for run in sorted(runs, key=lambda one: one.id):
        if run.name and run.kind in (RunKind.BACKUP, RunKind.READBACK):
            latest[run.name] = run
    return latest


def stale_names(runs: Iterable[RunRecord], now: datetime) -> tuple[str, ...]:
    """Return which containers were last read back too long ago, the oldest first."""
    due = [
        run
        for run in latest_by_name(runs).values()
        if run.verified_at is not None and now - run.verified_at >= READ_BACK_EVERY
    ]
    return tuple(run.name for run in sorted(due, key=lambda one: (one.verified_at, one.name)))


def changes_since(tx: Transaction, seq: int) -> int:
    """Return how many changes the audit log holds after an entry."""
    return int(tx.connection.execute(text(_CHANGES), {"seq": seq}).scalar() or 0)


def is_in_chain(tx: Transaction, seq: int, head: bytes) -> bool:
    """Tell whether a container is of this very history, not of one that was given up."""
    mac = tx.connection.execute(
        text("SELECT mac FROM audit_entry WHERE seq = :seq"), {"seq": seq}
    ).scalar()
    return mac is not None and bytes(mac) == head


def backup_standing(tx: Transaction) -> BackupStanding:
    """Return how the backups stand."""
    places = tuple(_place_standing(tx, place) for place in active_places(tx.db))
    newest = max((each.last.seq for each in places if each.last), default=0)
    return BackupStanding(
        places,
        changes_since(tx, newest),
        _moment(tx, "SELECT at FROM audit_entry ORDER BY seq LIMIT 1") or tx.now,
        _moment(tx, _FIRST_CHANGE, seq=newest),
        last_of_kind(tx.db, RunKind.DRILL),
        paused_since(tx),
    )


def paused_since(tx: Transaction) -> datetime | None:
    """Return when the vault was restored, unless somebody said since that it is the right one."""
    return _moment(
        tx,
        "SELECT max(at) AS at FROM audit_entry WHERE action = :restored AND seq > (SELECT"
        " coalesce(max(seq), 0) FROM audit_entry WHERE action = :confirmed)",
        restored=RESTORED,
        confirmed=CONFIRMED,
    )


def _moment(tx: Transaction, question: str, **values: object) -> datetime | None:
    typed = text(question).columns(at=UtcDateTime())
    found: datetime | None = tx.connection.execute(typed, values).scalar()
    return found


def _place_standing(tx: Transaction, place: PlaceRecord) -> PlaceStanding:
    runs = runs_of(tx.db, place.id)
    latest = latest_by_name(runs)
    made = [run for run in runs if run.kind is RunKind.BACKUP and run.verified]
    whole = sorted((run for run in made if latest[run.name].verified), key=lambda one: one.seq)
    last = whole[-1] if whole else None
    before = whole[-2] if len(whole) > 1 else None
    tries = [run for run in runs if run.kind is RunKind.BACKUP]
    return PlaceStanding(
        place,
        last,
        changes_since(tx, 0 if last is None else last.seq),
        tries[-1].trouble if tries else "",
        bool(last and before and last.size < MUCH_SMALLER * before.size),
        tuple(name for name, run in latest.items() if not run.verified),
        None if last is None else _moment(tx, _FIRST_CHANGE, seq=last.seq),
    )
