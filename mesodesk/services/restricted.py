"""Restricted records: who sees them, opening one in an emergency, and the review of that."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, delete, func, select

from mesodesk.db.models.clinic import UserRow
from mesodesk.db.models.patient import PatientRow
from mesodesk.db.models.people import EmergencyAccessRow, NeedToKnowMemberRow, NeedToKnowRow
from mesodesk.domain.changes import Topic
from mesodesk.domain.records.clinic import Role
from mesodesk.domain.records.people import EmergencyAccess, EmergencyTrace, Restriction
from mesodesk.domain.rights import ROLES, Right, may
from mesodesk.services import sight
from mesodesk.services.emergency_traces import traces
from mesodesk.services.errors import ConflictError, NotFoundError, RefusedError
from mesodesk.services.patient_rows import find_patient
from mesodesk.services.store import Store, Transaction
from mesodesk.services.texts import note

EMERGENCY_MS: Final = 60 * 60 * 1000
"""How long a record stays open after an emergency."""


class RestrictedService:
    """Restricts who sees a record, and lets others in for an hour who write why."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def standing(self, patient_id: UUID) -> Restriction | None:
        """Return who sees a patient's record; None if everybody does.

        Raises:
            NotFoundError: if there is no such patient.
        """
        with self._store.read(Right.RECORD_READ) as tx:
            left = [e.left_ms for e in self._running(tx) if e.patient_id == patient_id]
            return _restriction(tx, patient_id, max(left, default=0))

    def restrict(self, patient_id: UUID, reason: str, members: Collection[UUID]) -> Restriction:
        """Let only some see a record, or change who does.

        Args:
            patient_id: whose record.
            reason: why; only members see it.
            members: who sees it from now on; who acts is one of them only if named.

        Raises:
            NotFoundError: if there is no such patient, or none that who acts may see.
            InvalidError: if the reason is missing or cannot be taken.
            RefusedError: if nobody of them works here as somebody who treats, or if only an
                emergency lets in who acts; an owner may all the same.
        """
        with self._store.write(Right.PATIENT_RESTRICT) as tx:
            patient = find_patient(tx, patient_id)
            row = tx.db.get(NeedToKnowRow, patient_id)
            _need_say(tx, row)
            why = note("reason", reason, "Reason", needed=True)
            chosen = set(members)
            _need_treating(tx, chosen)
            if row is None:
                row = NeedToKnowRow(patient_id=patient_id)
                tx.db.add(row)
            row.reason, row.set_by, row.set_at = why, tx.actor.id, tx.now
            tx.db.flush()
            _take_members_out(tx, patient_id)
            tx.db.add_all(
                NeedToKnowMemberRow(patient_id=patient_id, user_id=each) for each in sorted(chosen)
            )
            tx.db.flush()
            tx.audit(
                "patient.restrict",
                "patient",
                patient_id,
                patient.version,
                members=sorted(str(each) for each in chosen),
            )
            tx.touch(Topic.CLINIC | Topic.PATIENTS)
            return Restriction(
                patient_id=patient_id,
                record_number=patient.record_number,
                reason=why,
                members=tuple(sorted(chosen)),
                set_by=tx.actor.id,
                set_at=tx.now,
                visible=tx.actor.id in chosen,
            )

    def lift(self, patient_id: UUID) -> None:
        """Let everybody see a record again; nothing happens if everybody does.

        Raises:
            NotFoundError: if there is no such patient, or none that who acts may see.
            RefusedError: if only an emergency lets in who acts; an owner may all the same.
        """
        with self._store.write(Right.PATIENT_RESTRICT) as tx:
            patient = find_patient(tx, patient_id)
            row = tx.db.get(NeedToKnowRow, patient_id)
            if row is None:
                return
            _need_say(tx, row)
            _take_members_out(tx, patient_id)
            tx.db.delete(row)
            tx.db.flush()
            tx.audit("patient.lift", "patient", patient_id, patient.version)
            tx.touch(Topic.CLINIC | Topic.PATIENTS)

    def open_emergency(self, patient_id: UUID, reason: str) -> EmergencyAccess:
        """See a restricted record for an hour, as long as the program runs; to be reviewed.

        Raises:
            NotFoundError: if there is no such patient.
            InvalidError: if the reason is missing or cannot be taken.
            RefusedError: if who acts sees the record anyway.
        """
        with self._store.write(Right.EMERGENCY_OPEN) as tx:
            _need_there(tx, patient_id)
            if patient_id not in tx.hidden:
                raise RefusedError("This record is open to you already. Nothing was changed.")
            row = EmergencyAccessRow(
                user_id=tx.actor.id,
                patient_id=patient_id,
                reason=note("reason", reason, "Reason", needed=True),
                boot_id=self._store.vault.audit.boot_id,
                opened_at=tx.now,
                until_ms=sight.running_ms() + EMERGENCY_MS,
            )
            tx.db.add(row)
            tx.db.flush()
            tx.audit("emergency.open", "patient", patient_id, None, access=str(row.id))
            # Whoever reviews it is told of each look, of those just before it was closed too.
            self._store.look_anew()
            tx.touch(Topic.CLINIC | Topic.PATIENTS)
            return self._one(tx, row.id)

    def end_emergency(self, patient_id: UUID) -> None:
        """See a record no more that was opened in an emergency; nothing happens if none was."""
        with self._store.write(Right.EMERGENCY_OPEN) as tx:
            running = [each.id for each in self._running(tx) if each.patient_id == patient_id]
            for access_id in running:
                tx.audit(sight.EMERGENCY_ENDED, "emergency_access", access_id, None)
            if running:
                tx.touch(Topic.CLINIC | Topic.PATIENTS)

    def running(self) -> tuple[EmergencyAccess, ...]:
        """Return what who acts has open in an emergency now, the last opened first."""
        with self._store.read(Right.RECORD_READ) as tx:
            return self._running(tx)

    def to_review(self) -> tuple[EmergencyAccess, ...]:
        """Return what was opened in an emergency and not reviewed yet, the last opened first."""
        with self._store.read(Right.EMERGENCY_REVIEW) as tx:
            return self._found(tx, EmergencyAccessRow.reviewed_at.is_(None))

    def review(self, access_id: UUID, version: int, said: str) -> EmergencyAccess:
        """Keep what is said to an emergency; it is never changed afterwards.

        Nobody reviews their own while somebody else in the clinic can. Where nobody can, the log
        says that it was reviewed by who opened the record.

        Raises:
            NotFoundError: if there is no such emergency.
            ConflictError: if it was reviewed meanwhile.
            InvalidError: if nothing is said or it cannot be taken.
            RefusedError: if who acts opened the record, while somebody else could review it.
        """
        with self._store.write(Right.EMERGENCY_REVIEW) as tx:
            row = tx.db.get(EmergencyAccessRow, access_id)
            if row is None:
                raise NotFoundError("This emergency is not on record. Nothing was changed.")
            if row.reviewed_at is not None or row.version != version:
                raise ConflictError(self._one(tx, access_id))
            own = row.user_id == tx.actor.id
            if own and _other_reviewers(tx):
                raise RefusedError(
                    "You opened this record yourself, so another owner reviews it. Nothing was"
                    " changed."
                )
            row.review = note("review", said, "Review", needed=True)
            row.reviewed_by, row.reviewed_at = tx.actor.id, tx.now
            tx.db.flush()
            told = {"by_themself": True} if own else {}
            tx.audit("emergency.review", "emergency_access", row.id, row.version, **told)
            tx.touch(Topic.CLINIC)
            return self._one(tx, access_id)

    def meanwhile(self, access_id: UUID) -> tuple[EmergencyTrace, ...]:
        """Return what was looked at and changed in a record while it was open in an emergency.

        Raises:
            NotFoundError: if there is no such emergency.
        """
        with self._store.read(Right.EMERGENCY_REVIEW) as tx:
            row = tx.db.get(EmergencyAccessRow, access_id)
            if row is None:
                raise NotFoundError("This emergency is not on record. Nothing was changed.")
            return traces(tx, row)

    def _running(self, tx: Transaction) -> tuple[EmergencyAccess, ...]:
        row = EmergencyAccessRow
        return self._found(
            tx,
            row.user_id == tx.actor.id,
            row.boot_id == self._store.vault.audit.boot_id,
            row.until_ms > sight.running_ms(),
            sight.not_ended(),
        )

    def _one(self, tx: Transaction, access_id: UUID) -> EmergencyAccess:
        return self._found(tx, EmergencyAccessRow.id == access_id)[0]

    def _found(
        self, tx: Transaction, *conditions: ColumnElement[bool]
    ) -> tuple[EmergencyAccess, ...]:
        boot_id, now = self._store.vault.audit.boot_id, sight.running_ms()
        rows = tx.db.execute(_EMERGENCIES.where(*conditions)).all()
        others = bool(rows) and _other_reviewers(tx)
        return tuple(
            replace(
                _emergency(row, now if row.boot_id == boot_id and row.runs else row.until_ms),
                own=row.user_id == tx.actor.id,
                others=others,
            )
            for row in rows
        )


_EMERGENCIES: Final[Select[Any]] = (
    select(
        *EmergencyAccessRow.__table__.columns,
        PatientRow.record_number,
        UserRow.name,
        sight.not_ended().label("runs"),
    )
    .join(PatientRow, PatientRow.id == EmergencyAccessRow.patient_id)
    .join(UserRow, UserRow.id == EmergencyAccessRow.user_id)
    .order_by(EmergencyAccessRow.opened_at.desc(), EmergencyAccessRow.id.desc())
)


def _emergency(row: Row[Any], now_ms: int) -> EmergencyAccess:
    return EmergencyAccess(
        id=row.id,
        version=row.version,
        patient_id=row.patient_id,
        record_number=row.record_number,
        user_id=row.user_id,
        user_name=row.name,
        reason=row.reason,
        opened_at=row.opened_at,
        left_ms=max(row.until_ms - now_ms, 0),
        reviewed_at=row.reviewed_at,
        review=row.review,
    )


def _restriction(tx: Transaction, patient_id: UUID, open_for_ms: int) -> Restriction | None:
    number = _need_there(tx, patient_id)
    row = tx.db.get(NeedToKnowRow, patient_id)
    if row is None:
        return None
    members = tuple(
        tx.db.scalars(
            select(NeedToKnowMemberRow.user_id)
            .where(NeedToKnowMemberRow.patient_id == patient_id)
            .order_by(NeedToKnowMemberRow.user_id)
        )
    )
    member = tx.actor.id in members
    return Restriction(
        patient_id=patient_id,
        record_number=number,
        reason=row.reason if member else "",
        members=members,
        set_by=row.set_by,
        set_at=row.set_at,
        visible=patient_id not in tx.hidden,
        open_for_ms=open_for_ms,
    )


def _need_there(tx: Transaction, patient_id: UUID) -> str:
    """Return the record number of a patient, whoever may see the record."""
    number = tx.db.scalar(select(PatientRow.record_number).where(PatientRow.id == patient_id))
    if number is None:
        raise NotFoundError("This patient is not on record. Nothing was changed.")
    return number


def _need_say(tx: Transaction, row: NeedToKnowRow | None) -> None:
    """Refuse to let somebody in for good whom an emergency lets in for an hour.

    An owner may: nobody else could open a record whose members have all left.
    """
    if row is None or tx.actor.role is Role.OWNER:
        return
    if tx.db.get(NeedToKnowMemberRow, (row.patient_id, tx.actor.id)) is None:
        raise RefusedError(
            "This record is open to you for an emergency alone, so you cannot change who sees it."
            " Nothing was changed. Ask one of those who see it, or the owner of the clinic."
        )


def _need_treating(tx: Transaction, members: Collection[UUID]) -> None:
    """Refuse a record that nobody could treat by, or members who are not there."""
    rows = tx.db.execute(
        select(UserRow.role).where(UserRow.id.in_(members), UserRow.active.is_(True))
    ).all()
    if len(rows) != len(members):
        raise RefusedError("Not all of these people work here. Nothing was changed. Choose again.")
    if not any(may(row.role, Right.SESSION_SIGN) for row in rows):
        raise RefusedError(
            "At least one of those who see a record has to treat patients. Nothing was changed."
        )


def _take_members_out(tx: Transaction, patient_id: UUID) -> None:
    tx.db.execute(delete(NeedToKnowMemberRow).where(NeedToKnowMemberRow.patient_id == patient_id))


def _other_reviewers(tx: Transaction) -> bool:
    """Tell whether somebody besides who acts may review what was opened in an emergency."""
    others = select(func.count()).where(
        UserRow.role.in_(ROLES[Right.EMERGENCY_REVIEW]),
        UserRow.active.is_(True),
        UserRow.id != tx.actor.id,
    )
    return bool(tx.db.scalar(others))
