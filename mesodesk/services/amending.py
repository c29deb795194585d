"""What follows a signature: amended, entered in error, or a change that was refused."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select

from mesodesk.db.models.session import SessionRow
from mesodesk.db.models.versions import SessionVersionRow
from mesodesk.domain.changes import Topic
from mesodesk.domain.records.session import COUNTED, SessionRecord, SessionState, StatementKind
from mesodesk.domain.records.versions import SessionHistory
from mesodesk.domain.rights import Right
from mesodesk.services.amendment_copy import copied_draft
from mesodesk.services.errors import RefusedError
from mesodesk.services.followup_rows import end_in_error
from mesodesk.services.patient_rows import touch_patient
from mesodesk.services.sealing import present_digest, seal_holds, seal_troubles
from mesodesk.services.session_rows import find_session, session_record, whole_session
from mesodesk.services.session_versions import amendment_of, root_of, versions_of
from mesodesk.services.signing import need_proof
from mesodesk.services.statements import state_that
from mesodesk.services.store import Store, Transaction
from mesodesk.services.texts import note
from mesodesk.services.version_records import SEEN_BROKEN, history_of, is_broken_unseen

_NOT_THIS_ONE: Final = {
    SessionState.DRAFT: "This session is not signed yet: change it, or discard it.",
    SessionState.AMENDED: "Another version of this session stands now. Open that one.",
    SessionState.ENTERED_IN_ERROR: "This session was entered in error and stays as it is.",
}


class BrokenSealError(RefusedError):
    """What was signed has been changed outside the program, and nobody has said to know it."""

    def __init__(self) -> None:
        super().__init__(
            "The seal of this session is broken: it is not what was signed. Nothing was changed."
            " Compare it with your newest backup. To go on from it all the same, say first that"
            " you know."
        )


class AmendingService:
    """Keeps what happens to a session after it was signed; what was signed stays as it was."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def history(self, session_id: UUID) -> SessionHistory:
        """Return all versions of a session and what was said of them.

        Raises:
            NotFoundError: if there is no such session.
        """
        with self._store.view(Right.RECORD_READ, "session", session_id) as tx:
            return history_of(tx, find_session(tx, session_id).id)

    def begin(self, session_id: UUID, reason: str, request: str = "") -> SessionRecord:
        """Begin to amend a signed session: a draft with all of it, worked on like any other.

        The session stays signed, and counts, until the amendment is signed. Discarding the draft
        leaves it as it was.

        Args:
            session_id: the version that stands.
            reason: why; sealed with the amendment.
            request: what the patient asked for, if that led to it; kept with the reason.

        Raises:
            NotFoundError: if there is no such session.
            InvalidError: if the reason is missing or cannot be taken.
            BrokenSealError: if its seal is broken and nobody has said to know it.
            RefusedError: if it is not the version that stands, or a draft of this patient is open.
        """
        with self._store.write(Right.SESSION_AMEND) as tx:
            row = _standing(tx, session_id)
            why = note("reason", reason, "Reason", needed=True)
            asked = note("request", request, "What the patient asked for")
            if asked:
                why = f"{why}\n\nThe patient asked: {asked}"
            _refuse_beside_draft(tx, row)
            if is_broken_unseen(tx.db, row.id):
                raise BrokenSealError
            draft = copied_draft(tx, row)
            tx.db.add(
                SessionVersionRow(
                    session_id=draft.id,
                    amends_id=row.id,
                    root_id=root_of(tx.db, row.id),
                    reason=why,
                    begun_by=tx.actor.id,
                    begun_at=tx.now,
                )
            )
            tx.db.flush()
            touch_patient(tx, row.patient_id)
            tx.audit("session.amend_begin", "session", draft.id, draft.version, amends=str(row.id))
            tx.touch(Topic.SESSIONS | Topic.STOCK)
            return session_record(find_session(tx, draft.id))

    def enter_in_error(
        self, session_id: UUID, reason: str, typed: str, *, by_pin: bool = False
    ) -> SessionRecord:
        """Say that a signed session never happened, or is another patient's.

        It stays on record with its seal, leaves lists and sums, gives back what it took from stock,
        and its open checks end.

        Args:
            session_id: of the session.
            reason: why.
            typed: the password of who is at the desk.
            by_pin: whether it is their PIN instead.

        Raises:
            NotFoundError: if there is no such session.
            InvalidError: if the reason is missing or cannot be taken.
            RefusedError: if it is not the version that stands, or is being amended.
            WrongPasswordError: if this is not the password of who is at the desk.
            SigningKeyError: if the vault was opened with the recovery key.
        """
        with self._store.read(Right.SESSION_ERROR) as tx:
            _refuse_amended_now(tx, _standing(tx, session_id))
            note("reason", reason, "Reason", needed=True)
        need_proof(self._store, Right.SESSION_ERROR, session_id, typed, by_pin=by_pin)
        with self._store.write(Right.SESSION_ERROR) as tx:
            row = _standing(tx, session_id)
            _refuse_amended_now(tx, row)
            why = note("reason", reason, "Reason", needed=True)
            said = state_that(tx, row, StatementKind.ENTERED_IN_ERROR, why, self._store.vault)
            row.state = SessionState.ENTERED_IN_ERROR
            tx.db.flush()
            ended = end_in_error(tx, versions_of(tx.db, row.id))
            touch_patient(tx, row.patient_id)
            tx.audit(
                "session.error", "session", row.id, row.version, sha256=said.sha256, checks=ended
            )
            tx.touch(Topic.SESSIONS | Topic.STOCK | Topic.FOLLOW_UPS)
            return _checked(tx, row.id)

    def deny_request(self, session_id: UUID, request: str, reason: str) -> SessionRecord:
        """Keep that the patient asked for a change of a signed session, and why it is not made.

        Raises:
            NotFoundError: if there is no such session.
            InvalidError: if a text is missing or cannot be taken.
            RefusedError: if it is not the version that stands.
            SigningKeyError: if the vault was opened with the recovery key.
        """
        with self._store.write(Right.SESSION_ADD) as tx:
            row = _standing(tx, session_id)
            asked = note("request", request, "What the patient asked for", needed=True)
            why = note("reason", reason, "Reason", needed=True)
            text = f"The patient asked: {asked}\n\nNot changed: {why}"
            said = state_that(tx, row, StatementKind.REQUEST_DENIED, text, self._store.vault)
            touch_patient(tx, row.patient_id)
            tx.audit("session.deny_request", "session", row.id, row.version, sha256=said.sha256)
            tx.touch(Topic.SESSIONS)
            return _checked(tx, row.id)

    def broken(
        self, patient_id: UUID, session_ids: Sequence[UUID] | None = None
    ) -> frozenset[UUID]:
        """Return the patient's signed sessions, or those of some, that are not what was signed.

        Reads every one of them whole: not for a page that waits to be painted.

        Raises:
            NotFoundError: if there is no such patient, or none that who acts may see.
        """
        with self._store.read(Right.RECORD_READ) as tx:
            tx.need_patient(patient_id)
            signed = select(SessionRow.id).where(
                SessionRow.patient_id == patient_id, SessionRow.signed_at.is_not(None)
            )
            if session_ids is not None:
                signed = signed.where(SessionRow.id.in_(session_ids))
            ids = tx.db.scalars(signed).all()
            return frozenset(
                each for each in ids if seal_troubles(tx.db, whole_session(tx.db, each))
            )

    def accept_broken(self, session_id: UUID) -> SessionRecord:
        """Keep that who acts knows the seal to be broken: it may be amended and copied from now.

        Only for as long as it stays what it is now: whatever is altered later is told again.

        Raises:
            NotFoundError: if there is no such session.
            RefusedError: if its seal holds.
        """
        with self._store.write(Right.SESSION_AMEND) as tx:
            row = find_session(tx, session_id)
            troubles = seal_troubles(tx.db, row) if row.signed_at is not None else ()
            if not troubles:
                raise RefusedError("The seal of this session holds. Nothing was changed.")
            tx.audit(
                SEEN_BROKEN,
                "session",
                row.id,
                row.version,
                why=[*map(str, troubles)],
                present_sha256=present_digest(tx.db, whole_session(tx.db, row.id)),
            )
            tx.touch(Topic.SESSIONS)
            return _checked(tx, row.id)


def _checked(tx: Transaction, session_id: UUID) -> SessionRecord:
    row = find_session(tx, session_id)
    return session_record(row, seal_holds=seal_holds(tx.db, row))


def _standing(tx: Transaction, session_id: UUID) -> SessionRow:
    """Return a signed session in the version that stands.

    Raises:
        NotFoundError: if there is no such session.
        RefusedError: if it is no such version.
    """
    row = find_session(tx, session_id)
    if row.state not in COUNTED:
        raise RefusedError(f"{_NOT_THIS_ONE[row.state]} Nothing was changed.")
    return row


def _refuse_amended_now(tx: Transaction, row: SessionRow) -> None:
    if amendment_of(tx.db, row.id) is not None:
        raise RefusedError(
            "This session is being amended. Nothing was changed. Sign or discard the amendment"
            " first."
        )


def _refuse_beside_draft(tx: Transaction, row: SessionRow) -> None:
    """Refuse to open a second draft of a patient; the table holds one."""
    _refuse_amended_now(tx, row)
    number = tx.db.scalar(
        select(SessionRow.number).where(
            SessionRow.patient_id == row.patient_id, SessionRow.state == SessionState.DRAFT
        )
    )
    if number is not None:
        raise RefusedError(
            f"Session {number} of this patient is in draft. Nothing was changed. Sign or discard it"
            " first."
        )
