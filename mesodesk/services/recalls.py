"""Recalls of lots and clusters of reactions: who was treated, where, who has been reached."""

from dataclasses import replace
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, true

from mesodesk.db.models.session import ChartFieldRow, SessionRow, SyringeComponentRow, SyringeRow
from mesodesk.db.models.stock import (
    ClusterNoteRow,
    LotRow,
    ProductRow,
    RecallContactRow,
    RecallRow,
)
from mesodesk.domain.changes import Topic
from mesodesk.domain.clusters import clusters
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.patient import BodySex
from mesodesk.domain.records.recall import (
    Cluster,
    ContactFields,
    LotTrace,
    OpenRecall,
    PatientRecall,
    RecallFields,
    RecallLetters,
    RecallRecord,
)
from mesodesk.domain.records.session import SessionState
from mesodesk.domain.rights import Right
from mesodesk.domain.stock_rules import load_stock_rules
from mesodesk.services.clinic import clinic_record, clinic_row
from mesodesk.services.errors import ConflictError, NotFoundError, RefusedError
from mesodesk.services.lot_records import current_lot, lot_kept, today_of
from mesodesk.services.lot_rows import find_lot
from mesodesk.services.patient_rows import find_patient
from mesodesk.services.product_rows import find_product
from mesodesk.services.reactions import reactions_since
from mesodesk.services.recall_rows import (
    concerned,
    recalls,
    recalls_of,
    standing_recall,
    trace_of,
    with_reactions,
)
from mesodesk.services.store import Store, Transaction, mark_edited
from mesodesk.services.texts import Problems, note

_NO_RECALL: Final = "This recall is not on record. Nothing was changed."


class RecallService:
    """Keeps recalls, finds whom they concern, and notes who was reached."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def trace(self, lot_id: UUID) -> LotTrace:
        """Return everybody treated with a lot, with sessions and fields.

        Raises:
            NotFoundError: if there is no such lot.
        """
        with self._store.view(Right.RECORD_READ, "lot", lot_id) as tx:
            lot = find_lot(tx.db, lot_id)
            return trace_of(tx, lot, find_product(tx.db, lot.product_id))

    def places(
        self, lot_id: UUID, session_id: UUID | None = None
    ) -> dict[BodySex, tuple[bytes, ...]]:
        """Return the packed points that got something of a lot, by figure.

        Args:
            lot_id: which lot.
            session_id: of one session; all by default.

        Raises:
            NotFoundError: if there is no such lot.
        """
        with self._store.view(Right.RECORD_READ, "lot", lot_id) as tx:
            find_lot(tx.db, lot_id)
            with_lot = select(SyringeComponentRow.syringe_id).where(
                SyringeComponentRow.lot_id == lot_id
            )
            rows = tx.db.execute(
                select(SessionRow.body_sex, ChartFieldRow.points)
                .join(SyringeRow, SyringeRow.id == ChartFieldRow.syringe_id)
                .join(SessionRow, SessionRow.id == ChartFieldRow.session_id)
                .where(
                    ChartFieldRow.syringe_id.in_(with_lot),
                    ChartFieldRow.point_count > 0,
                    SyringeRow.removed.is_(False),
                    SessionRow.id.in_(concerned(lot_id)),
                    SessionRow.id == session_id if session_id is not None else true(),
                    tx.visible(SessionRow.patient_id),
                )
            )
            found: dict[BodySex, list[bytes]] = {}
            for sex, points in rows:
                found.setdefault(sex, []).append(points)
            return {sex: tuple(packed) for sex, packed in found.items()}

    def recall(self, lot_id: UUID, version: int, typed: RecallFields) -> RecallRecord:
        """Keep that a lot is recalled: nothing is drawn from it any more.

        Raises:
            NotFoundError: if there is no such lot.
            ConflictError: if it was changed since `version`.
            InvalidError: if the reason is missing or the day cannot be taken.
            RefusedError: if a recall of it stands already.
        """
        with self._store.write(Right.RECALL) as tx:
            lot = current_lot(tx, lot_id, version)
            checked = _checked(typed, today_of(tx))
            if standing_recall(tx, lot.id) is not None:
                raise RefusedError(f"Lot {lot.number} is recalled already. Nothing was changed.")
            row = RecallRow(
                lot_id=lot.id,
                reason=checked.reason,
                reference=checked.reference,
                noticed_on=checked.noticed_on,
                recalled_by=tx.actor.id,
                recalled_at=tx.now,
            )
            tx.db.add(row)
            mark_edited(lot)
            lot_kept(tx, lot, "lot.recall")
            # A draft that holds the lot has to say so at once.
            tx.touch(Topic.SESSIONS)
            return recalls(tx, RecallRow.id == row.id)[0]

    def withdraw(self, recall_id: UUID, version: int, reason: str) -> RecallRecord:
        """Keep that a recall turned out not to concern the lot; it stays on record.

        Raises:
            NotFoundError: if there is no such recall.
            ConflictError: if it was changed since `version`.
            InvalidError: if the reason is missing.
            RefusedError: if it was withdrawn already.
        """
        with self._store.write(Right.RECALL) as tx:
            row = _find(tx, recall_id)
            if row.version != version:
                raise ConflictError(recalls(tx, RecallRow.id == row.id)[0])
            if row.withdrawn_at is not None:
                raise RefusedError("This recall was withdrawn already. Nothing was changed.")
            why = note("reason", reason, "Reason", needed=True)
            row.withdrawn_by, row.withdrawn_at, row.withdrawn_reason = tx.actor.id, tx.now, why
            lot = find_lot(tx.db, row.lot_id)
            mark_edited(lot)
            lot_kept(tx, lot, "lot.recall_withdraw")
            tx.touch(Topic.SESSIONS)
            return recalls(tx, RecallRow.id == row.id)[0]

    def standing(self) -> tuple[OpenRecall, ...]:
        """Return the recalls that stand, the latest first, with how far telling people has come."""
        with self._store.read(Right.CLINIC_READ) as tx:
            return standing_recalls(tx)

    def of_patient(self, patient_id: UUID) -> tuple[PatientRecall, ...]:
        """Return the recalls that stand of lots that a patient was given.

        Raises:
            NotFoundError: if there is no such patient, or none that who acts may see.
        """
        with self._store.view(Right.RECORD_READ, "patient", patient_id) as tx:
            find_patient(tx, patient_id)
            return recalls_of(tx, patient_id)

    def note_contact(self, recall_id: UUID, patient_id: UUID, typed: ContactFields) -> LotTrace:
        """Keep that a patient was told of a recall, or that it was tried in vain.

        Raises:
            NotFoundError: if there is no such recall.
            InvalidError: if the day or the note cannot be taken.
            RefusedError: if the patient was not treated with the lot.
            RestrictedError: if who acts must not see the patient.
        """
        with self._store.write(Right.FOLLOW_UP_EDIT) as tx:
            row = _find(tx, recall_id)
            tx.need_patient(patient_id)
            _check_concerned(tx, row.lot_id, patient_id)
            checked = _checked_contact(typed, today_of(tx))
            kept = RecallContactRow(
                id=new_id(),
                recall_id=row.id,
                patient_id=patient_id,
                channel=checked.channel,
                reached=checked.reached,
                note=checked.note,
                contacted_on=checked.contacted_on,
                user_id=tx.actor.id,
                user_name=tx.actor.name,
                noted_at=tx.now,
            )
            tx.db.add(kept)
            tx.db.flush()
            tx.audit("recall.contact", "patient", patient_id, None, recall=str(row.id))
            tx.touch(Topic.STOCK)
            lot = find_lot(tx.db, row.lot_id)
            return trace_of(tx, lot, find_product(tx.db, lot.product_id))

    def list_to_leave(self, lot_id: UUID) -> LotTrace:
        """Return everybody treated with a lot, to be written into a file; kept on the log.

        Raises:
            NotFoundError: if there is no such lot.
        """
        with self._store.write(Right.EXPORT) as tx:
            lot = find_lot(tx.db, lot_id)
            trace = with_reactions(tx, trace_of(tx, lot, find_product(tx.db, lot.product_id)))
            tx.audit("lot.export", "lot", lot.id, lot.version, patients=len(trace.patients))
            return trace

    def letters(self, lot_id: UUID) -> RecallLetters:
        """Return what the letters to everybody treated with a lot are made of; kept on the log.

        Nobody whom who acts must not see is among them.

        Raises:
            NotFoundError: if there is no such lot.
            RefusedError: if the lot is not recalled, or nobody was treated with it.
        """
        with self._store.write(Right.PRINT) as tx:
            lot = find_lot(tx.db, lot_id)
            trace = trace_of(tx, lot, find_product(tx.db, lot.product_id))
            if trace.recall is None:
                raise RefusedError("This lot is not recalled, so no letters were made.")
            patients = tuple(each for each in trace.patients if not each.restricted)
            if not patients:
                raise RefusedError("Nobody was treated with this lot, so no letters were made.")
            tx.audit("recall.letters", "lot", lot.id, lot.version, patients=len(patients))
            clinic = clinic_record(clinic_row(tx.db)).fields
            return RecallLetters(clinic, trace, patients, today_of(tx), tx.actor.name)

    def clusters(self) -> tuple[Cluster, ...]:
        """Return the clusters of reactions, new ones first; without naming anybody."""
        with self._store.read(Right.RECORD_READ) as tx:
            return clusters_now(tx)

    def note_cluster(
        self, lot_id: UUID | None, treated_on: date | None, text: str
    ) -> tuple[Cluster, ...]:
        """Keep that a cluster was looked into, and what was done; one more reaction raises it anew.

        Args:
            lot_id: of a lot, or None.
            treated_on: of a day of treatment, or None.
            text: what was found or done.

        Raises:
            InvalidError: if nothing is said.
            NotFoundError: if there is no such cluster now.
        """
        with self._store.write(Right.RECALL) as tx:
            said = note("note", text, "Note", needed=True)
            found = next(
                (
                    each
                    for each in clusters_now(tx)
                    if (each.lot_id, each.treated_on) == (lot_id, treated_on)
                ),
                None,
            )
            if found is None:
                raise NotFoundError("There is no such cluster any more. Nothing was changed.")
            row = ClusterNoteRow(
                id=new_id(),
                lot_id=lot_id,
                treated_on=treated_on,
                patients=len(found.patients),
                note=said,
                user_id=tx.actor.id,
                user_name=tx.actor.name,
                noted_at=tx.now,
            )
            tx.db.add(row)
            tx.db.flush()
            tx.audit("cluster.note", "cluster_note", row.id, None, patients=row.patients)
            tx.touch(Topic.STOCK)
            return clusters_now(tx)


def standing_recalls(tx: Transaction) -> tuple[OpenRecall, ...]:
    """Return the recalls that stand, with how many patients they concern and how many know."""
    found = []
    for recall in recalls(tx, RecallRow.withdrawn_at.is_(None)):
        row = tx.db.execute(
            select(LotRow.number, ProductRow.id, ProductRow.name)
            .join(ProductRow, ProductRow.id == LotRow.product_id)
            .where(LotRow.id == recall.lot_id)
        ).one()
        sessions = concerned(recall.lot_id)
        people = func.count(SessionRow.patient_id.distinct())
        drafts = func.count().filter(SessionRow.state == SessionState.DRAFT)
        patients, open_drafts = tx.db.execute(
            select(people, drafts).where(SessionRow.id.in_(sessions))
        ).one()
        reached = tx.db.scalar(
            select(func.count(RecallContactRow.patient_id.distinct())).where(
                RecallContactRow.recall_id == recall.id, RecallContactRow.reached
            )
        )
        found.append(
            OpenRecall(recall, row.id, row.name, row.number, patients, reached or 0, open_drafts)
        )
    return tuple(found)


def clusters_now(tx: Transaction) -> tuple[Cluster, ...]:
    """Return the clusters of the last months, those that nobody has looked into first."""
    rules = load_stock_rules()
    reactions = reactions_since(tx, today_of(tx) - rules.cluster_back)
    found = clusters(reactions, rules.cluster_patients)
    if not found:
        return ()
    names = _names(tx, [each.lot_id for each in found if each.lot_id is not None])
    notes = _notes(tx)
    named = []
    for each in found:
        product_id, product, number = names.get(each.lot_id, (None, "", ""))
        noted = notes.get((each.lot_id, each.treated_on))
        made = replace(each, product_id=product_id, product_name=product, lot_number=number)
        if noted is not None:
            made = replace(made, noted=noted.patients, note=noted.note, noted_by=noted.user_name)
        named.append(made)
    return tuple(sorted(named, key=lambda each: not each.is_new))


_Names = dict[UUID | None, tuple[UUID | None, str, str]]


def _names(tx: Transaction, lot_ids: list[UUID]) -> _Names:
    rows = tx.db.execute(
        select(LotRow.id, ProductRow.id.label("product_id"), ProductRow.name, LotRow.number)
        .join(ProductRow, ProductRow.id == LotRow.product_id)
        .where(LotRow.id.in_(lot_ids))
    )
    return {row.id: (row.product_id, row.name, row.number) for row in rows}


def _notes(tx: Transaction) -> dict[tuple[UUID | None, date | None], ClusterNoteRow]:
    """Return the last note on each cluster."""
    rows = tx.db.scalars(select(ClusterNoteRow).order_by(ClusterNoteRow.id))
    return {(row.lot_id, row.treated_on): row for row in rows}


def _find(tx: Transaction, recall_id: UUID) -> RecallRow:
    row = tx.db.get(RecallRow, recall_id)
    if row is None:
        raise NotFoundError(_NO_RECALL)
    return row


def _check_concerned(tx: Transaction, lot_id: UUID, patient_id: UUID) -> None:
    treated = tx.db.scalar(
        select(SessionRow.id)
        .where(SessionRow.id.in_(concerned(lot_id)), SessionRow.patient_id == patient_id)
        .limit(1)
    )
    if treated is None:
        raise RefusedError(
            "This patient was not treated with the lot, so nothing was noted of the recall."
        )


def _checked(typed: RecallFields, today: date) -> RecallFields:
    problems = Problems()
    checked = replace(
        typed,
        reason=problems.note("reason", typed.reason, "Reason", needed=True),
        reference=problems.line("reference", typed.reference, "Reference"),
    )
    if typed.noticed_on > today:
        problems.add("noticed_on", "Notice of: this day is still to come.")
    problems.done()
    return checked


def _checked_contact(typed: ContactFields, today: date) -> ContactFields:
    problems = Problems()
    checked = replace(typed, note=problems.note("note", typed.note, "Note"))
    if typed.contacted_on > today:
        problems.add("contacted_on", "Day: this day is still to come.")
    problems.done()
    return checked
