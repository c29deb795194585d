"""Protocols of the clinic: each change makes a new version, and none is ever lost."""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from mesodesk.db.models.plan import ProtocolRow, ProtocolVersionRow
from mesodesk.domain.canonical import canonical_json
from mesodesk.domain.changes import Topic
from mesodesk.domain.favourites import LONGEST_NAME
from mesodesk.domain.protocols import ProtocolContent, protocol_to_plain
from mesodesk.domain.records.protocol import ProtocolRecord
from mesodesk.domain.rights import Right
from mesodesk.domain.texts import fold
from mesodesk.services.errors import ConflictError
from mesodesk.services.plan_input import checked_protocol
from mesodesk.services.protocol_rows import find_protocol, protocol_record, version_row
from mesodesk.services.store import Store, Transaction
from mesodesk.services.texts import Problems

_CONFLICT: Final = (
    "This protocol was changed elsewhere meanwhile, so nothing was changed here. What you typed is"
    " still here. Compare it with the version that stands now, and keep it again if it is to stay."
)


class ProtocolService:
    """Keeps, lists, changes and archives the clinic's protocols."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self, *, archived: bool = False) -> tuple[ProtocolRecord, ...]:
        """Return the protocols as they stand, by name; only archived ones if asked."""
        with self._store.read(Right.CLINIC_READ) as tx:
            gone = ProtocolRow.archived_at
            rows = tx.db.scalars(
                select(ProtocolRow)
                .where(gone.is_not(None) if archived else gone.is_(None))
                .order_by(ProtocolRow.name_folded, ProtocolRow.id)
            ).all()
            return tuple(_record(tx, row) for row in rows)

    def versions(self, protocol_id: UUID) -> tuple[ProtocolRecord, ...]:
        """Return all versions of a protocol, the newest first.

        Raises:
            NotFoundError: if there is no such protocol.
        """
        with self._store.read(Right.CLINIC_READ) as tx:
            row = find_protocol(tx, protocol_id)
            kept = tx.db.scalars(
                select(ProtocolVersionRow)
                .where(ProtocolVersionRow.protocol_id == protocol_id)
                .order_by(ProtocolVersionRow.number.desc())
            )
            return tuple(protocol_record(row, each) for each in kept)

    def create(self, name: str, typed: ProtocolContent) -> ProtocolRecord:
        """Keep a new protocol.

        Raises:
            InvalidError: naming every field that cannot be taken.
        """
        with self._store.write(Right.PROTOCOL_EDIT) as tx:
            row = ProtocolRow()
            _call(tx, row, name)
            content = checked_protocol(typed)
            tx.db.add(row)
            tx.db.flush()
            _add_version(tx, row, 1, content)
            return _kept(tx, row, "protocol.create", number=1)

    def change(
        self, protocol_id: UUID, version: int, name: str, typed: ProtocolContent
    ) -> ProtocolRecord:
        """Give a protocol a new version, another name, or both.

        Plans follow it from their next session on; sessions that were begun keep their version.

        Raises:
            NotFoundError: if there is no such protocol.
            ConflictError: if it was changed since `version`.
            InvalidError: naming every field that cannot be taken.
        """
        with self._store.write(Right.PROTOCOL_EDIT) as tx:
            row = _current(tx, protocol_id, version)
            before, newest = row.name, version_row(tx.db, row.id)
            _call(tx, row, name)
            content = checked_protocol(typed)
            number = newest.number
            if canonical_json(protocol_to_plain(content)) != canonical_json(newest.content):
                number += 1
                _add_version(tx, row, number, content)
            elif row.name == before:
                return _record(tx, row)
            flag_modified(row, "changed_at")
            return _kept(tx, row, "protocol.change", number=number, renamed=row.name != before)

    def archive(self, protocol_id: UUID, version: int) -> ProtocolRecord:
        """Take a protocol out of the list; plans that follow it go on.

        Raises:
            NotFoundError: if there is no such protocol.
            ConflictError: if it was changed since `version`.
        """
        with self._store.write(Right.PROTOCOL_EDIT) as tx:
            row = _current(tx, protocol_id, version)
            if row.archived_at is not None:
                return _record(tx, row)
            row.archived_at = tx.now
            return _kept(tx, row, "protocol.archive")

    def restore(self, protocol_id: UUID, version: int) -> ProtocolRecord:
        """Bring an archived protocol back.

        Raises:
            NotFoundError: if there is no such protocol.
            ConflictError: if it was changed since `version`.
            InvalidError: if another one has taken its name meanwhile.
        """
        with self._store.write(Right.PROTOCOL_EDIT) as tx:
            row = _current(tx, protocol_id, version)
            if row.archived_at is None:
                return _record(tx, row)
            _call(tx, row, row.name)
            row.archived_at = None
            return _kept(tx, row, "protocol.restore")


def _current(tx: Transaction, protocol_id: UUID, version: int) -> ProtocolRow:
    row = find_protocol(tx, protocol_id)
    if row.version != version:
        raise ConflictError(_record(tx, row), _CONFLICT)
    return row


def _call(tx: Transaction, row: ProtocolRow, typed: str) -> None:
    """Give a protocol its name, if no other has it."""
    problems = Problems()
    name = problems.line("name", typed, "Name", needed=True)
    if len(name) > LONGEST_NAME:
        problems.add("name", f"Name: at most {LONGEST_NAME} letters; this has {len(name)}.")
    problems.done()
    with tx.db.no_autoflush:
        twin = tx.db.scalar(
            select(ProtocolRow.id).where(
                ProtocolRow.name_folded == fold(name),
                ProtocolRow.archived_at.is_(None),
                ProtocolRow.id != row.id if row.id is not None else True,
            )
        )
    if twin is not None:
        problems.add("name", "The clinic has a protocol of this name already. Take another name.")
        problems.done()
    row.name, row.name_folded = name, fold(name)


def _add_version(tx: Transaction, row: ProtocolRow, number: int, content: ProtocolContent) -> None:
    tx.db.add(
        ProtocolVersionRow(
            protocol_id=row.id,
            number=number,
            content=protocol_to_plain(content),
            kept_at=tx.now,
            kept_by=tx.actor.id,
            kept_by_name=tx.actor.name,
        )
    )


def _kept(tx: Transaction, row: ProtocolRow, action: str, **details: object) -> ProtocolRecord:
    tx.db.flush()
    tx.audit(action, "protocol", row.id, row.version, **details)
    tx.touch(Topic.PLANS)
    return _record(tx, row)


def _record(tx: Transaction, row: ProtocolRow) -> ProtocolRecord:
    return protocol_record(row, version_row(tx.db, row.id))
