"""Favourites of whoever opened the vault, and those of the clinic."""

from typing import Final
from uuid import UUID

from sqlalchemy import or_, select

from mesodesk.db.models.favourite import FavouriteRow
from mesodesk.domain.bodymap.codec import ChartDataError
from mesodesk.domain.bodymap.packing import PackingError
from mesodesk.domain.changes import Topic
from mesodesk.domain.favourites import (
    LONGEST_NAME,
    FavouriteContent,
    NewerFormatError,
    content_from_plain,
    content_to_plain,
)
from mesodesk.domain.records.favourite import FavouriteRecord, Unreadable
from mesodesk.domain.rights import Right
from mesodesk.domain.texts import fold
from mesodesk.services.errors import ConflictError, NotFoundError
from mesodesk.services.store import Store, Transaction
from mesodesk.services.texts import Problems

_CONFLICT: Final = (
    "This favourite was changed elsewhere meanwhile, so nothing was changed here. The list now "
    "shows it as it stands; do it again if it is still needed."
)


class FavouriteService:
    """Keeps, lists, renames and archives favourites. Those of other users are never seen."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self, *, archived: bool = False) -> tuple[FavouriteRecord, ...]:
        """Return one's own favourites and the clinic's, by name; only archived ones if asked."""
        with self._store.read(Right.OWN) as tx:
            gone = FavouriteRow.archived_at
            rows = tx.db.scalars(
                select(FavouriteRow)
                .where(
                    or_(FavouriteRow.owner_id.is_(None), FavouriteRow.owner_id == tx.actor.id),
                    gone.is_not(None) if archived else gone.is_(None),
                )
                .order_by(FavouriteRow.name_folded, FavouriteRow.id)
            )
            return tuple(map(_record, rows))

    def save(self, name: str, content: FavouriteContent, *, of_clinic: bool) -> FavouriteRecord:
        """Keep a new favourite.

        Args:
            name: what it is called, 1 to 80 letters; spaces around it are left out.
            content: fields and recipes.
            of_clinic: for everybody, or only for whoever keeps it.

        Raises:
            InvalidError: if the name cannot be taken or is in use.
        """
        with self._store.write(Right.FAVOURITE_CLINIC if of_clinic else Right.OWN) as tx:
            row = FavouriteRow(owner_id=None if of_clinic else tx.actor.id)
            _call(tx, row, name)
            row.content = content_to_plain(content)
            tx.db.add(row)
            _kept(tx, row, "favourite.create")
            return _record(row)

    def rename(self, favourite_id: UUID, version: int, name: str) -> FavouriteRecord:
        """Call a favourite something else.

        Raises:
            NotFoundError: if there is none of that id, or it is somebody else's.
            ConflictError: if it was changed since `version`.
            InvalidError: if the name cannot be taken or is in use.
        """
        with self._store.write(Right.OWN) as tx:
            row = _current(tx, favourite_id, version)
            before = row.name
            _call(tx, row, name)
            if row.name != before:
                _kept(tx, row, "favourite.rename")
            return _record(row)

    def archive(self, favourite_id: UUID, version: int) -> FavouriteRecord:
        """Take a favourite out of the list; its name is free then.

        Raises:
            NotFoundError: if there is none of that id, or it is somebody else's.
            ConflictError: if it was changed since `version`.
        """
        with self._store.write(Right.OWN) as tx:
            row = _current(tx, favourite_id, version)
            if row.archived_at is None:
                row.archived_at = tx.now
                _kept(tx, row, "favourite.archive")
            return _record(row)

    def restore(self, favourite_id: UUID, version: int) -> FavouriteRecord:
        """Bring an archived favourite back.

        Raises:
            NotFoundError: if there is none of that id, or it is somebody else's.
            ConflictError: if it was changed since `version`.
            InvalidError: if another one has taken its name meanwhile.
        """
        with self._store.write(Right.OWN) as tx:
            row = _current(tx, favourite_id, version)
            if row.archived_at is not None:
                _call(tx, row, row.name)
                row.archived_at = None
                _kept(tx, row, "favourite.restore")
            return _record(row)


def _current(tx: Transaction, favourite_id: UUID, version: int) -> FavouriteRow:
    row = tx.db.get(FavouriteRow, favourite_id)
    if row is None or row.owner_id not in (None, tx.actor.id):
        raise NotFoundError("This favourite is not on record. Nothing was changed.")
    if row.owner_id is None:
        tx.need(Right.FAVOURITE_CLINIC)
    if row.version != version:
        raise ConflictError(_record(row), _CONFLICT)
    return row


def _call(tx: Transaction, row: FavouriteRow, typed: str) -> None:
    """Give a favourite its name, if no other of the same owner has it."""
    problems = Problems()
    name = problems.line("name", typed, "Name", needed=True)
    if len(name) > LONGEST_NAME:
        problems.add("name", f"Name: at most {LONGEST_NAME} letters; this has {len(name)}.")
    problems.done()
    owner = FavouriteRow.owner_id
    with tx.db.no_autoflush:
        twin = tx.db.scalar(
            select(FavouriteRow.id).where(
                FavouriteRow.name_folded == fold(name),
                FavouriteRow.archived_at.is_(None),
                owner.is_(None) if row.owner_id is None else owner == row.owner_id,
                FavouriteRow.id != row.id if row.id is not None else True,
            )
        )
    if twin is not None:
        whose = "The clinic has" if row.owner_id is None else "You have"
        problems.add("name", f"{whose} a favourite of this name already. Take another name.")
        problems.done()
    row.name, row.name_folded = name, fold(name)


def _kept(tx: Transaction, row: FavouriteRow, action: str) -> None:
    tx.db.flush()
    whose = "clinic" if row.owner_id is None else "own"
    tx.audit(action, "favourite", row.id, row.version, whose=whose)
    tx.touch(Topic.FAVOURITES)


def _record(row: FavouriteRow) -> FavouriteRecord:
    content, unreadable = None, None
    try:
        content = content_from_plain(row.content)
    except NewerFormatError:
        unreadable = Unreadable.NEWER
    except (ChartDataError, PackingError):
        unreadable = Unreadable.DAMAGED
    return FavouriteRecord(
        id=row.id,
        version=row.version,
        name=row.name,
        owner_id=row.owner_id,
        created_at=row.created_at,
        archived=row.archived_at is not None,
        content=content,
        unreadable=unreadable,
    )
