"""Reactions: recorded, changed by a new version that keeps the old ones, reported, or in error."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from mesodesk.db.models.follow_up import FollowUpRow
from mesodesk.db.models.patient import PatientRow
from mesodesk.db.models.reaction import ReactionReportRow, ReactionRow, ReactionVersionRow
from mesodesk.db.models.session import SessionRow
from mesodesk.domain.answers import Answer
from mesodesk.domain.changes import Topic
from mesodesk.domain.clock import local_date
from mesodesk.domain.consent_rules import LEAST_GRADE
from mesodesk.domain.ids import new_id
from mesodesk.domain.reaction_terms import load_reaction_terms
from mesodesk.domain.records.consent import DemandKind
from mesodesk.domain.records.reaction import (
    FromCheck,
    PatientReactions,
    ReactionFields,
    ReactionPlace,
    ReactionRecord,
    ReportFields,
    TreatedSession,
    UnderPlace,
)
from mesodesk.domain.rights import Right
from mesodesk.services.clinic import clinic_row
from mesodesk.services.consent_signing import demand_consent
from mesodesk.services.drafts import forget_draft
from mesodesk.services.errors import ConflictError, RefusedError
from mesodesk.services.patient_rows import find_patient
from mesodesk.services.reaction_input import checked_reaction, checked_report
from mesodesk.services.reaction_rows import (
    find_reaction,
    reaction_record,
    reactions_of,
    sessions_of,
    version_row,
)
from mesodesk.services.session_versions import root_of
from mesodesk.services.store import Store, Transaction, mark_edited
from mesodesk.services.texts import note

FORM = "reaction"
"""The form whose draft ends when what it holds is recorded."""


class ReactionService:
    """Keeps what is known of a patient's reactions, and reads what lies under a place."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def for_patient(self, patient_id: UUID) -> tuple[ReactionRecord, ...]:
        """Return a patient's reactions by the day of their onset, the latest first.

        Those entered in error are among them: ask `counts`.

        Raises:
            NotFoundError: if there is no such patient, or none that who acts may see.
        """
        with self._store.view(Right.RECORD_READ, "patient", patient_id) as tx:
            find_patient(tx, patient_id)
            return reactions_of(tx, patient_id)

    def page(self, patient_id: UUID) -> PatientReactions:
        """Return a patient's reactions and the sessions that one may have followed.

        Raises:
            NotFoundError: if there is no such patient, or none that who acts may see.
        """
        with self._store.view(Right.RECORD_READ, "patient", patient_id) as tx:
            patient = find_patient(tx, patient_id)
            return PatientReactions(
                patient_id,
                patient.body_sex,
                reactions_of(tx, patient_id),
                sessions_of(tx, patient_id),
            )

    def under(
        self, patient_id: UUID, places: Sequence[ReactionPlace], besides: UUID | None = None
    ) -> UnderPlace:
        """Return what lies under some places: fields with their lots, earlier reactions, others'.

        Args:
            patient_id: whose sessions.
            places: on one figure; none give nothing.
            besides: a reaction that is not to be found by itself.

        Raises:
            NotFoundError: if there is no such patient, or none that who acts may see.
            InvalidError: if a place lies on no skin of the figure.
        """
        from mesodesk.services.reaction_places import under_places

        with self._store.view(Right.RECORD_READ, "patient", patient_id) as tx:
            find_patient(tx, patient_id)
            return under_places(tx, patient_id, places, _today(tx), besides)

    def record(
        self, patient_id: UUID, typed: ReactionFields, told: FromCheck | None = None
    ) -> ReactionRecord:
        """Record a reaction; from grade 2 on, or if serious, a new consent is asked for.

        Args:
            patient_id: of whom.
            typed: what is known.
            told: the answers of a check that it is recorded from: they are not counted beside it.

        Raises:
            NotFoundError: if there is no such patient.
            RefusedError: if the patient is archived, or the check is not one of this patient.
            InvalidError: naming every field that cannot be taken.
        """
        with self._store.write(Right.REACTION_EDIT) as tx:
            _need_open(find_patient(tx, patient_id))
            _need_check_of(tx, told, patient_id)
            row = ReactionRow(
                patient_id=patient_id,
                follow_up_id=None if told is None else told.follow_up_id,
                items=[] if told is None else sorted(set(told.items)),
                versions=[],
            )
            tx.db.add(row)
            _write(tx, row, typed, "")
            forget_draft(tx, FORM, str(patient_id))
            tx.audit("reaction.record", "reaction", row.id, row.version)
            return _kept(tx, row)

    def change(
        self, reaction_id: UUID, version: int, typed: ReactionFields, reason: str
    ) -> ReactionRecord:
        """Write what is known of a reaction now; what stood before stays, with who and when.

        Raises:
            NotFoundError: if there is no such reaction.
            ConflictError: if it was changed since `version`.
            RefusedError: if it was entered in error, or nothing differs.
            InvalidError: naming every field that cannot be taken, or a missing reason.
        """
        with self._store.write(Right.REACTION_EDIT) as tx:
            row = _current(tx, reaction_id, version)
            why = note("reason", reason, "Reason", needed=True)
            before = reaction_record(tx.db, row).fields
            _write(tx, row, typed, why)
            mark_edited(row)
            tx.db.flush()
            after = reaction_record(tx.db, find_reaction(tx, row.id)).fields
            if after == before:
                raise RefusedError(
                    "Nothing differs from what is on record, so nothing was changed."
                )
            forget_draft(tx, FORM, str(row.patient_id))
            changed = sorted(
                name
                for name in ReactionFields.__dataclass_fields__
                if getattr(before, name) != getattr(after, name)
            )
            tx.audit("reaction.change", "reaction", row.id, row.version, fields=changed)
            return _kept(tx, row)

    def report(self, reaction_id: UUID, version: int, typed: ReportFields) -> ReactionRecord:
        """Append that somebody was told of a reaction.

        Raises:
            NotFoundError: if there is no such reaction.
            ConflictError: if it was changed since `version`.
            RefusedError: if it was entered in error.
            InvalidError: naming every field that cannot be taken.
        """
        with self._store.write(Right.REACTION_EDIT) as tx:
            row = _current(tx, reaction_id, version)
            onset = row.versions[-1].onset_on
            checked = checked_report(typed, onset, _today(tx))
            made = ReactionReportRow(
                id=new_id(),
                reaction_id=row.id,
                recipient=checked.recipient,
                name=checked.name,
                reference=checked.reference,
                reported_on=checked.reported_on,
                note=checked.note,
                author_id=tx.actor.id,
                author_name=tx.actor.name,
                noted_at=tx.now,
            )
            tx.db.add(made)
            mark_edited(row)
            tx.db.flush()
            tx.audit(
                "reaction.report", "reaction", row.id, row.version, recipient=checked.recipient
            )
            return _kept(tx, row)

    def enter_in_error(self, reaction_id: UUID, version: int, reason: str) -> ReactionRecord:
        """Mark a reaction as entered in error: it stays on record, and counts nowhere.

        A new consent that was only asked for because of it is asked for no more.

        Raises:
            NotFoundError: if there is no such reaction.
            ConflictError: if it was changed since `version`.
            RefusedError: if it was marked already.
            InvalidError: if the reason is missing or cannot be taken.
        """
        with self._store.write(Right.REACTION_EDIT) as tx:
            row = _current(tx, reaction_id, version)
            row.error_reason = note("reason", reason, "Reason", needed=True)
            row.error_at, row.error_by, row.error_by_name = tx.now, tx.actor.id, tx.actor.name
            tx.db.flush()
            tx.audit("reaction.error", "reaction", row.id, row.version)
            if any(each.demand_id for each in row.versions):
                tx.touch(Topic.CONSENTS)
            return _kept(tx, row)


def _today(tx: Transaction) -> date:
    return local_date(tx.now, clinic_row(tx.db).zone)


def _current(tx: Transaction, reaction_id: UUID, version: int) -> ReactionRow:
    row = find_reaction(tx, reaction_id)
    if row.version != version:
        raise ConflictError(reaction_record(tx.db, row))
    if row.error_at is not None:
        raise RefusedError(
            "This reaction was marked as entered in error, so nothing was changed. Record it anew"
            " if there was one."
        )
    return row


def _kept(tx: Transaction, row: ReactionRow) -> ReactionRecord:
    tx.touch(Topic.REACTIONS)
    return reaction_record(tx.db, find_reaction(tx, row.id))


def _need_open(patient: PatientRow) -> None:
    if patient.archived_at is not None:
        raise RefusedError(
            "This patient is in the archive. Nothing was recorded. Take the patient out of the"
            " archive first."
        )


def _need_check_of(tx: Transaction, told: FromCheck | None, patient_id: UUID) -> None:
    if told is None:
        return
    check = tx.db.get(FollowUpRow, told.follow_up_id)
    if check is None or check.patient_id != patient_id or not told.items:
        raise RefusedError("This check is not one of this patient. Nothing was recorded.")


def _write(tx: Transaction, row: ReactionRow, typed: ReactionFields, reason: str) -> None:
    """Append a version to a reaction, and ask for a new consent if it is graver than before.

    Raises:
        InvalidError: naming every field that cannot be taken.
    """
    clinic = clinic_row(tx.db)
    session_id = None if typed.session_id is None else root_of(tx.db, typed.session_id)
    sessions = _sessions(tx, row)
    checked = checked_reaction(
        replace(typed, session_id=session_id), sessions, local_date(tx.now, clinic.zone)
    )
    if checked.places:
        from mesodesk.services.reaction_places import placed

        checked = replace(checked, places=placed(checked.places))
    session = next(each for each in sessions if each.id == session_id)
    made = version_row(checked, {each.lot_id: each for each in session.parts}, clinic.language)
    made.number, made.reason = len(row.versions) + 1, reason
    made.author_id, made.author_name, made.written_at = tx.actor.id, tx.actor.name, tx.now
    made.demand_id = _demand(tx, row, checked, clinic.language)
    tx.db.flush()
    made.reaction_id = row.id
    tx.db.add(made)
    tx.db.flush()


def _sessions(tx: Transaction, row: ReactionRow) -> tuple[TreatedSession, ...]:
    """Return the sessions to choose from, with the one that a reaction is already said to follow.

    That one may have been entered in error since; what is known of the reaction can be put right
    all the same.
    """
    found = sessions_of(tx, row.patient_id)
    if not row.versions or row.versions[-1].session_id in {each.id for each in found}:
        return found
    session = tx.db.get(SessionRow, row.versions[-1].session_id)
    if session is None:
        return found
    day = local_date(session.started_at, session.zone)
    parts = reaction_record(tx.db, row).latest.suspects
    own = TreatedSession(session.id, session.number, False, day, session.body_sex, parts)
    return (*found, own)


def _gravity(version: ReactionVersionRow | ReactionFields) -> int:
    """Return what asks for a new consent: a grade from 2 on, 1 for serious, 0 for neither."""
    if version.grade is not None and version.grade >= LEAST_GRADE:
        return version.grade
    return int(version.serious is Answer.YES)


def _demand(
    tx: Transaction, row: ReactionRow, fields: ReactionFields, language: str
) -> UUID | None:
    """Ask for a new consent if the reaction is graver than it was ever said to be."""
    gravity = _gravity(fields)
    if gravity <= max((_gravity(each) for each in row.versions), default=0):
        return None
    name = load_reaction_terms().kinds[fields.kind].name.get(language)
    reason = f"{name}: {fields.what}" if fields.what else name
    if gravity >= LEAST_GRADE:
        made = demand_consent(tx, row.patient_id, DemandKind.REACTION, reason, gravity)
    else:
        made = demand_consent(tx, row.patient_id, DemandKind.OTHER, f"{reason} (serious)", None)
    return made.id
