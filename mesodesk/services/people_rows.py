"""Rows of the people who work in the clinic: read, checked, compared with the key file."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mesodesk.db.models.audit import AuditEntryRow
from mesodesk.db.models.backup import BackupPlaceRow, BackupRunRow
from mesodesk.db.models.clinic import UserRow
from mesodesk.domain.records.backup import PlaceRecord, RunKind, RunOutcome
from mesodesk.domain.records.clinic import Role
from mesodesk.domain.records.staff import OpenBackup, PersonFields, PersonRecord, WayIn
from mesodesk.services.backup_rows import place_record
from mesodesk.services.backup_work import folder_of
from mesodesk.services.clinic import LONGEST_INITIALS, initials_of, user_record
from mesodesk.services.errors import ConflictError, NotFoundError
from mesodesk.services.texts import Problems
from mesodesk.services.transaction import Transaction
from mesodesk.vault.keyfile import KeyFile

LEFT = "user.leave"
COLOURS = 9
"""Of people's discs; numbered from 0."""


def person_record(row: UserRow, key_file: KeyFile, me: UUID, now: datetime) -> PersonRecord:
    """Return somebody with how they come in."""
    codes = [slot.expires_at for slot in key_file.codes_of(row.id) if slot.expires_at is not None]
    until = max(codes, default=None)
    valid = until is not None and until > now
    otherwise = WayIn.CODE if valid else WayIn.NONE
    way = WayIn.PASSWORD if key_file.slots_of(row.id) else otherwise
    return PersonRecord(user_record(row), way, until if valid else None, row.id == me)


def person_row(db: Session, person_id: UUID, version: int | None = None) -> UserRow:
    """Return the row of somebody.

    Raises:
        NotFoundError: if there is no such person.
        ConflictError: if it was changed since `version`.
    """
    row = db.get(UserRow, person_id)
    if row is None:
        raise NotFoundError("This person is not on record. Nothing was changed.")
    if version is not None and row.version != version:
        raise ConflictError(user_record(row))
    return row


def checked(tx: Transaction, typed: PersonFields, person_id: UUID | None = None) -> PersonFields:
    """Return what was typed about somebody as it is kept.

    Raises:
        InvalidError: if a value cannot be taken, or somebody here has this name already.
    """
    problems = Problems()
    name = problems.line("name", typed.name, "Name", needed=True)
    initials = problems.line("initials", typed.initials, "Initials") or initials_of(name)
    if len(initials) > LONGEST_INITIALS:
        problems.add("initials", f"Initials: at most {LONGEST_INITIALS} letters.")
    if not 0 <= typed.colour < COLOURS:
        problems.add("colour", "Colour: choose one from the list.")
    others = select(UserRow.id, UserRow.name).where(UserRow.active.is_(True))
    taken = {row.name.casefold() for row in tx.db.execute(others) if row.id != person_id}
    if name.casefold() in taken:
        problems.add(
            "name", "Name: somebody here has this name already. Add something to tell them apart."
        )
    problems.done()
    return PersonFields(name, initials, typed.role, typed.colour)


def other_owners(db: Session, but: UUID, key_file: KeyFile) -> int:
    """Return how many others are owners who come in with a password of their own."""
    owners = select(UserRow.id).where(UserRow.role == Role.OWNER, UserRow.active.is_(True))
    return sum(bool(key_file.slots_of(one)) for one in db.scalars(owners) if one != but)


def backups_open_for(db: Session, row: UserRow) -> tuple[OpenBackup, ...]:
    """Return the backups, newest first, whose key file lets somebody in; those gone left out."""
    places = {place.id: place_record(place) for place in db.scalars(select(BackupPlaceRow))}
    question = (
        select(BackupRunRow)
        .where(
            BackupRunRow.kind == RunKind.BACKUP,
            BackupRunRow.outcome == RunOutcome.VERIFIED,
            BackupRunRow.made_at >= row.created_at,
        )
        .order_by(BackupRunRow.made_at.desc(), BackupRunRow.id.desc())
    )
    left_at = None if row.active else _left_at(db, row.id)
    if left_at is not None:
        question = question.where(BackupRunRow.made_at <= left_at)
    found: list[OpenBackup] = []
    for run in db.scalars(question):
        place = None if run.place_id is None else places.get(run.place_id)
        if place is None or _may_be_there(place, run.name):
            label = "" if place is None else place.label or str(place.path)
            found.append(OpenBackup(run.name, label, run.made_at))
    return tuple(found)


def _may_be_there(place: PlaceRecord, name: str) -> bool:
    """Tell whether a backup is in its place, or the place is away so that nobody can tell."""
    folder = folder_of(place)
    return folder is None or (folder / name).exists()


def _left_at(db: Session, person_id: UUID) -> datetime | None:
    question = (
        select(AuditEntryRow.at)
        .where(AuditEntryRow.action == LEFT, AuditEntryRow.object_id == person_id)
        .order_by(AuditEntryRow.seq.desc())
        .limit(1)
    )
    return db.scalar(question)
