"""Sessions: begun, kept as they are typed, signed, and added to afterwards."""

from uuid import UUID

from sqlalchemy import select

from mesodesk.db.models.session import SessionRow
from mesodesk.domain.changes import Topic
from mesodesk.domain.records.session import (
    Missing,
    SessionFields,
    SessionRecord,
    SessionState,
    SessionSummary,
    SyringeFields,
)
from mesodesk.domain.records.versions import AwaitedSession, OpenedSession
from mesodesk.domain.rights import Right
from mesodesk.domain.screening import Finding
from mesodesk.services.acknowledging import keep_reason, standing_finding, withdraw_reason
from mesodesk.services.chart_rows import last_edit_at
from mesodesk.services.charts import stored_chart
from mesodesk.services.draft_saving import save_fields
from mesodesk.services.earlier_charts import earlier_charts
from mesodesk.services.errors import ConflictError
from mesodesk.services.intake_rows import intake_record, newest_intake
from mesodesk.services.patient_rows import find_patient, patient_record, touch_patient
from mesodesk.services.plan_rows import session_plan
from mesodesk.services.sealing import seal_holds
from mesodesk.services.session_beginning import begin_draft, known_meanwhile, open_draft, reopened
from mesodesk.services.session_input import checked_syringe
from mesodesk.services.session_lists import summaries
from mesodesk.services.session_rows import (
    find_session,
    kept_session,
    need_draft,
    need_found,
    session_record,
)
from mesodesk.services.session_screening import screening_of
from mesodesk.services.signing import (
    MissingError,
    append_addendum,
    earlier_session,
    missing_of,
    need_proof,
    sign_draft,
)
from mesodesk.services.store import Store, Transaction
from mesodesk.services.syringes import put_syringe, remove_syringe
from mesodesk.services.texts import note
from mesodesk.services.version_records import history_of


class SessionService:
    """Keeps sessions from the first question to the seal."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def start(self, patient_id: UUID) -> SessionRecord:
        """Begin a session, or return the one that is open.

        A height that was not known when it began is taken over from the intake done meanwhile, and
        the lengths of fields charted so far are told as they are on a body of that height. A weight
        that was measured, or told at the intake, today is not asked for again.

        Raises:
            NotFoundError: if there is no such patient.
            RefusedError: if the patient is archived, or a session of theirs is being amended.
        """
        with self._store.write(Right.SESSION_EDIT) as tx:
            opened = open_draft(tx, patient_id)
            if opened is not None:
                return reopened(tx, opened)
            return session_record(begin_draft(tx, patient_id))

    def get(self, session_id: UUID) -> SessionRecord:
        """Return a session; the seal of a signed one is checked against its rows.

        Raises:
            NotFoundError: if there is no such session.
        """
        with self._store.view(Right.RECORD_READ, "session", session_id) as tx:
            return _checked_record(tx, find_session(tx, session_id))

    def open(self, session_id: UUID) -> OpenedSession:
        """Return a session as `get` does, with its chart, its `standing` and what is around it.

        It opens the patient's record too: that somebody looked at that is kept as well.

        Raises:
            NotFoundError: if there is no such session.
            RefusedError: if a stored field or edit of its chart is damaged.
        """
        with self._store.view(Right.RECORD_READ, "session", session_id) as tx:
            opened = _opened(tx, find_session(tx, session_id))
        self._look_at_patient(opened.patient.id)
        return opened

    def read_ahead(self, session_id: UUID) -> AwaitedSession:
        """Return what `open` does and more, for nobody to see before `look` has kept it.

        Raises:
            NotFoundError: if there is no such session.
            RefusedError: if a stored field or edit of its chart is damaged.
        """
        with self._store.read(Right.RECORD_READ) as tx:
            row = find_session(tx, session_id)
            earlier = earlier_charts(tx, session_id, most=1)
            return AwaitedSession(_opened(tx, row), earlier, not known_meanwhile(tx, row))

    def look(self, session_id: UUID) -> int:
        """Keep that somebody looks at what was read ahead; return the version on record now.

        Raises:
            NotFoundError: if there is no such session.
        """
        with self._store.view(Right.RECORD_READ, "session", session_id) as tx:
            columns = select(SessionRow.patient_id, SessionRow.version)
            found = tx.db.execute(columns.where(SessionRow.id == session_id)).one_or_none()
            patient_id, version = need_found(found)
            tx.need_patient(patient_id)
        self._look_at_patient(patient_id)
        return int(version)

    def _look_at_patient(self, patient_id: UUID) -> None:
        with self._store.view(Right.RECORD_READ, "patient", patient_id) as tx:
            if tx.looks:
                touch_patient(tx, patient_id)

    def for_patient(self, patient_id: UUID) -> tuple[SessionSummary, ...]:
        """Return a patient's sessions, the latest first, those entered in error among them."""
        with self._store.read(Right.RECORD_READ) as tx:
            tx.need_patient(patient_id)
            return summaries(tx, SessionRow.patient_id == patient_id)

    def summary(self, session_id: UUID) -> SessionSummary:
        """Return a session in short.

        Raises:
            NotFoundError: if there is no such session.
        """
        with self._store.view(Right.RECORD_READ, "session", session_id) as tx:
            return summaries(tx, SessionRow.id == find_session(tx, session_id).id)[0]

    def drafts(self) -> tuple[SessionSummary, ...]:
        """Return all sessions in draft, the latest first."""
        with self._store.read(Right.RECORD_READ) as tx:
            return summaries(tx, SessionRow.state == SessionState.DRAFT)

    def previous(self, session_id: UUID) -> SessionRecord | None:
        """Return the patient's last signed session before this one.

        Raises:
            NotFoundError: if there is no such session.
        """
        with self._store.view(Right.RECORD_READ, "session", session_id) as tx:
            return _previous(tx, find_session(tx, session_id))

    def save(self, session_id: UUID, version: int, typed: SessionFields) -> SessionRecord:
        """Keep what was typed into a draft; gaps are allowed.

        Raises:
            NotFoundError: if there is no such session.
            RefusedError: if it is signed or discarded.
            ConflictError: if it was changed since `version`.
            InvalidError: naming every field that cannot be taken.
        """
        with self._store.write(Right.SESSION_EDIT) as tx:
            return save_fields(tx, session_id, version, typed)

    def put_syringe(
        self,
        session_id: UUID,
        version: int,
        typed: SyringeFields,
        syringe_id: UUID | None = None,
    ) -> SessionRecord:
        """Draw up a syringe, or change one; the labels' strengths are frozen with it.

        Raises:
            NotFoundError: if the session, the syringe or a lot is not on record.
            ConflictError: if the session was changed since `version`.
            InvalidError: naming every field that cannot be taken.
            RefusedError: if a lot has expired or does not hold enough, or the session is signed.
        """
        with self._store.write(Right.SESSION_EDIT) as tx:
            row = _draft(tx, session_id, version)
            syringe = put_syringe(tx, row, checked_syringe(typed), syringe_id)
            tx.db.flush()
            action = "syringe.create" if syringe_id is None else "syringe.update"
            tx.audit(action, "syringe", syringe.id, None, digit=syringe.digit)
            return kept_session(tx, row, "session.update", Topic.STOCK, changed=["syringes"])

    def remove_syringe(self, session_id: UUID, version: int, syringe_id: UUID) -> SessionRecord:
        """Put a syringe away; what was drawn for it is back in its lots.

        Raises:
            NotFoundError: if the session or the syringe is not on record.
            ConflictError: if the session was changed since `version`.
            RefusedError: if points of the chart came from it, or the session is signed.
        """
        with self._store.write(Right.SESSION_EDIT) as tx:
            row = _draft(tx, session_id, version)
            syringe = remove_syringe(tx, row, syringe_id)
            tx.audit("syringe.remove", "syringe", syringe.id, None, digit=syringe.digit)
            return kept_session(tx, row, "session.update", Topic.STOCK, changed=["syringes"])

    def acknowledge(
        self,
        session_id: UUID,
        version: int,
        rule_id: str,
        rule_version: int,
        reason: str,
        override: bool,
    ) -> SessionRecord:
        """Go on in spite of a finding, with a typed reason.

        Args:
            session_id: a session in draft.
            version: as last read.
            rule_id: of a finding that stands.
            rule_version: of the finding that was shown.
            reason: why; sealed with the session.
            override: must be set for a STOP, and is not needed for a CAUTION.

        Raises:
            NotFoundError: if there is no such session.
            ConflictError: if the session was changed since `version`.
            InvalidError: if the reason is missing or cannot be taken.
            RefusedError: if there is no such finding now, or this user may not override it.
        """
        with self._store.write(Right.ACKNOWLEDGE) as tx:
            row = _draft(tx, session_id, version)
            finding = standing_finding(tx, row, rule_id, rule_version)
            why = note("reason", reason, "Reason", needed=True)
            given = keep_reason(tx, row, finding, why, override=override)
            action = "session.override" if given.overridden else "session.acknowledge"
            return kept_session(tx, row, action, rule=rule_id, rule_version=rule_version)

    def withdraw_acknowledgement(
        self, session_id: UUID, version: int, rule_id: str
    ) -> SessionRecord:
        """Take back the reason given for a finding; it stays on record as taken back.

        Raises:
            NotFoundError: if there is no such session.
            ConflictError: if the session was changed since `version`.
            RefusedError: if the session is signed.
        """
        with self._store.write(Right.ACKNOWLEDGE) as tx:
            row = _draft(tx, session_id, version)
            if not withdraw_reason(tx, row, rule_id):
                return session_record(row)
            return kept_session(tx, row, "session.withdraw", rule=rule_id)

    def screening(self, session_id: UUID) -> tuple[Finding, ...]:
        """Return what screening says of a draft now, or said when the session was signed.

        Raises:
            NotFoundError: if there is no such session.
        """
        with self._store.view(Right.RECORD_READ, "session", session_id) as tx:
            return screening_of(tx, find_session(tx, session_id))

    def missing(self, session_id: UUID) -> tuple[Missing, ...]:
        """Return what keeps a draft from being signed, in the order of the stations.

        Raises:
            NotFoundError: if there is no such session.
        """
        with self._store.view(Right.RECORD_READ, "session", session_id) as tx:
            return missing_of(tx, find_session(tx, session_id))

    def standing(self, session_id: UUID) -> tuple[tuple[Finding, ...], tuple[Missing, ...]]:
        """Return `screening` and `missing` in one look: asked for after every gesture.

        Raises:
            NotFoundError: if there is no such session.
        """
        with self._store.view(Right.RECORD_READ, "session", session_id) as tx:
            row = find_session(tx, session_id)
            found = screening_of(tx, row)
            return found, missing_of(tx, row, found)

    def sign(
        self, session_id: UUID, version: int, typed: str, *, by_pin: bool = False
    ) -> SessionRecord:
        """Sign a draft: sealed, taken from stock, its follow-up planned, closed for ever.

        Args:
            session_id: of the draft.
            version: that was seen.
            typed: the password of who is at the desk.
            by_pin: whether it is their PIN instead.

        Raises:
            NotFoundError: if there is no such session.
            ConflictError: if it was changed since `version`.
            MissingError: if something is missing.
            RefusedError: if it is signed already, or the user's role does not sign.
            WrongPasswordError: if this is not the password of who is at the desk.
            WrongPinError: if this is not their PIN; the third time it is gone.
            NoPinError: if there is none, or none any more.
            SigningKeyError: if the vault was opened with the recovery key.
        """
        with self._store.read(Right.SESSION_SIGN) as tx:
            found = missing_of(tx, _draft(tx, session_id, version))
            if found:
                raise MissingError(found)
        # Slow on purpose, so not inside the transaction that holds the database.
        need_proof(self._store, Right.SESSION_SIGN, session_id, typed, by_pin=by_pin)
        with self._store.write(Right.SESSION_SIGN) as tx:
            row = sign_draft(tx, _draft(tx, session_id, version), self._store.vault)
            touch_patient(tx, row.patient_id)
            tx.touch(Topic.SESSIONS | Topic.STOCK | Topic.FOLLOW_UPS)
            return _checked_record(tx, row)

    def add_addendum(self, session_id: UUID, text: str) -> SessionRecord:
        """Add to a signed session; the session and its seal stay as they are.

        Raises:
            NotFoundError: if there is no such session.
            InvalidError: if the text is missing or cannot be taken.
            RefusedError: if the session is not signed.
            SigningKeyError: if the vault was opened with the recovery key.
        """
        with self._store.write(Right.SESSION_ADD) as tx:
            row = find_session(tx, session_id)
            clean = note("text", text, "Addendum", needed=True)
            append_addendum(tx, row, clean, self._store.vault)
            tx.touch(Topic.SESSIONS)
            return _checked_record(tx, find_session(tx, session_id))

    def discard_draft(self, session_id: UUID, version: int, reason: str) -> SessionRecord:
        """Mark a draft as entered in error; it stays on record and leaves the lists.

        Raises:
            NotFoundError: if there is no such session.
            ConflictError: if it was changed since `version`.
            InvalidError: if the reason is missing or cannot be taken.
            RefusedError: if it is signed.
        """
        with self._store.write(Right.SESSION_DISCARD) as tx:
            row = _draft(tx, session_id, version)
            row.discard_reason = note("reason", reason, "Reason", needed=True)
            row.state = SessionState.ENTERED_IN_ERROR
            return kept_session(tx, row, "session.discard", Topic.STOCK)


def _draft(tx: Transaction, session_id: UUID, version: int) -> SessionRow:
    """Return a draft as the caller knows it.

    Raises:
        NotFoundError: if there is no such session.
        RefusedError: if it is no draft any more.
        ConflictError: if it was changed since `version`.
    """
    row = find_session(tx, session_id)
    need_draft(row.state)
    if row.version != version:
        raise ConflictError(session_record(row))
    return row


def _checked_record(tx: Transaction, row: SessionRow) -> SessionRecord:
    return session_record(row, seal_holds=seal_holds(tx.db, row))


def _opened(tx: Transaction, row: SessionRow) -> OpenedSession:
    # Held from here on, both are read once: what follows asks for them too.
    patient, intake = find_patient(tx, row.patient_id), newest_intake(tx, row.patient_id)
    found = screening_of(tx, row)
    charted_at = last_edit_at(tx.db, row.id)
    return OpenedSession(
        patient=patient_record(patient),
        intake=None if intake is None else intake_record(intake),
        chart=stored_chart(tx.db, row.id),
        record=_checked_record(tx, row),
        findings=found,
        missing=missing_of(tx, row, found),
        previous=_previous(tx, row),
        charted_last=charted_at is not None and charted_at > row.changed_at,
        history=history_of(tx, row.id),
        plan=session_plan(tx, row),
    )


def _previous(tx: Transaction, row: SessionRow) -> SessionRecord | None:
    found = earlier_session(tx.db, row)
    return None if found is None else _checked_record(tx, find_session(tx, found.id))
