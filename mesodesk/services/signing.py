"""Signing a session: what is missing, then snapshot, seal, stock and follow-up in one go."""

from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from mesodesk.db.models.intake import IntakeRow
from mesodesk.db.models.session import (
    ChartFieldRow,
    SessionAddendumRow,
    SessionRow,
    SessionSnapshotRow,
)
from mesodesk.db.models.stock import LotRow
from mesodesk.db.models.versions import SessionVersionRow
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.intake import IntakeState
from mesodesk.domain.records.session import COUNTED, Missing, SessionState, StatementKind
from mesodesk.domain.rights import Right
from mesodesk.domain.screening import Finding, open_findings
from mesodesk.domain.session_rules import Charted, LotFacts, SigningFacts, missing
from mesodesk.domain.vocabulary import load_vocabulary
from mesodesk.services.consent_facts import session_standing
from mesodesk.services.errors import RefusedError
from mesodesk.services.followup_planning import plan_follow_up
from mesodesk.services.followup_rows import supersede_earlier
from mesodesk.services.lot_rows import taken
from mesodesk.services.proving import prove_who_is_here
from mesodesk.services.sealing import Signer, addendum_content, unsigned_seal
from mesodesk.services.session_rows import (
    acknowledgement,
    find_session,
    in_force,
    kept_syringes,
    session_record,
)
from mesodesk.services.session_screening import screening_of, snapshot_of
from mesodesk.services.session_versions import link_of
from mesodesk.services.statements import state_that
from mesodesk.services.stock_taking import take_from_stock
from mesodesk.services.store import Store, Transaction
from mesodesk.vault.open_vault import OpenVault
from mesodesk.vault.seal import digest_of


class MissingError(RefusedError):
    """A session cannot be signed yet; `missing` says why, each with its place."""

    def __init__(self, found: tuple[Missing, ...]) -> None:
        self.missing = found
        things = "1 thing is" if len(found) == 1 else f"{len(found)} things are"
        super().__init__(
            f"The session cannot be signed yet: {things} missing. Everything typed is kept. The"
            " list on the Finish page leads to each place."
        )


def missing_of(
    tx: Transaction, row: SessionRow, findings: tuple[Finding, ...] | None = None
) -> tuple[Missing, ...]:
    """Return what keeps a draft from being signed now; nothing for a session that is no draft.

    Args:
        tx: in which to look.
        row: the session.
        findings: what screening says now, if that is known.
    """
    if row.state is not SessionState.DRAFT:
        return ()
    vocabulary = load_vocabulary()
    acknowledged = [acknowledgement(each) for each in in_force(row)]
    if findings is None:
        findings = screening_of(tx, row)
    consent = session_standing(tx, row)
    return missing(
        SigningFacts(
            session=session_record(row),
            charted=_charted(tx.db, row),
            lots=_lots(tx.db, row),
            findings=open_findings(findings, acknowledged),
            intake_completed=_intake_completed(tx.db, row),
            has_earlier_session=earlier_session(tx.db, row) is not None,
            consent=() if consent is None else consent.gaps,
            aseptic_steps=tuple(step.id for step in vocabulary.aseptic_steps),
            reactions=tuple(reaction.id for reaction in vocabulary.immediate_reactions),
        )
    )


def earlier_session(db: Session, row: SessionRow) -> SessionRow | None:
    """Return the patient's last signed session before this one."""
    return db.scalars(
        select(SessionRow)
        .where(
            SessionRow.patient_id == row.patient_id,
            SessionRow.state.in_(COUNTED),
            SessionRow.number < row.number,
        )
        .order_by(SessionRow.number.desc())
        .limit(1)
    ).one_or_none()


def _intake_completed(db: Session, row: SessionRow) -> bool:
    completed = exists().where(
        IntakeRow.patient_id == row.patient_id, IntakeRow.state == IntakeState.COMPLETED
    )
    return bool(db.scalar(select(completed)))


def _charted(db: Session, row: SessionRow) -> dict[UUID, Charted]:
    zones = func.count().filter(ChartFieldRow.point_count == 0)
    sums = db.execute(
        select(
            ChartFieldRow.syringe_id,
            (func.sum(ChartFieldRow.point_count) + zones).label("marks"),
            func.sum(ChartFieldRow.volume_ul).label("volume_ul"),
        )
        .where(ChartFieldRow.session_id == row.id)
        .group_by(ChartFieldRow.syringe_id)
    )
    return {
        each.syringe_id: Charted(each.marks, Decimal(each.volume_ul).scaleb(-3)) for each in sums
    }


def _lots(db: Session, row: SessionRow) -> dict[UUID, LotFacts]:
    wanted = {part.lot_id for syringe in kept_syringes(row) for part in syringe.components}
    out = taken(db, wanted)
    rows = db.scalars(select(LotRow).where(LotRow.id.in_(wanted)))
    return {lot.id: LotFacts(lot.number, out.left_ml(lot)) for lot in rows}


def sign_draft(tx: Transaction, row: SessionRow, vault: OpenVault) -> SessionRow:
    """Close a draft for ever: snapshot, seal, stock and follow-up, all or none.

    An amendment takes the place of what it amends in the same go: what that took from stock counts
    no more, its checks are those of the amendment from now on, and none is planned anew.

    Raises:
        MissingError: if something is missing.
        RefusedError: if what it amends was amended or entered in error meanwhile.
        SigningKeyError: if the vault was opened with the recovery key.
    """
    findings = screening_of(tx, row)
    lacking = missing_of(tx, row, findings)
    if lacking:
        raise MissingError(lacking)
    payload = snapshot_of(tx, row, findings)
    tx.db.add(SessionSnapshotRow(session_id=row.id, payload=payload, taken_at=tx.now))
    row.signed_at = tx.now
    tx.db.flush()
    # The seal is set on what lies in the tables, not on what this transaction has in mind.
    tx.db.expire_all()
    row = find_session(tx, row.id)
    seal = unsigned_seal(tx.db, row, Signer(tx.actor.id, tx.actor.name, tx.now))
    seal.signature = vault.sign_digest(bytes.fromhex(seal.sha256))
    seal.public_key = vault.public_key
    tx.db.add(seal)
    tx.db.flush()
    # What an amended session drew stays on record, and counts no more: see `lot_rows.taken`.
    take_from_stock(tx, row)
    link = link_of(tx.db, row.id)
    if link is not None:
        _replace(tx, link, vault)
    row.state = SessionState.SIGNED
    tx.db.flush()
    checks = taken_over = 0
    if link is None:
        checks = plan_follow_up(tx, row)
        tx.db.flush()
        taken_over = supersede_earlier(tx, row)
    tx.audit(
        "session.sign",
        "session",
        row.id,
        row.version,
        sha256=seal.sha256,
        checks=checks,
        superseded=taken_over,
    )
    return find_session(tx, row.id)


def _replace(tx: Transaction, link: SessionVersionRow, vault: OpenVault) -> None:
    """Let a version that is sealed, and about to be signed, take the place of what it amends."""
    amended = find_session(tx, link.amends_id)
    if amended.state not in COUNTED:
        raise RefusedError(
            "The session that this one amends does not stand any more, so the amendment was not"
            " signed. Everything typed is kept. Discard it, and amend the version that stands."
        )
    said = state_that(
        tx, amended, StatementKind.AMENDED, link.reason, vault, replaced_by=link.session_id
    )
    amended.state = SessionState.AMENDED
    tx.db.flush()
    tx.audit(
        "session.amend",
        "session",
        amended.id,
        amended.version,
        sha256=said.sha256,
        replaced_by=str(link.session_id),
    )


_FAILED: Final = {
    Right.SESSION_SIGN: "session.sign_failed",
    Right.SESSION_ERROR: "session.error_failed",
}


def need_proof(
    store: Store, right: Right, session_id: UUID, typed: str, *, by_pin: bool = False
) -> None:
    """Refuse to go on unless this is the password or PIN of who is at the desk; slow on purpose.

    Raises:
        WrongPasswordError: kept on the audit chain.
        WrongPinError: as well; the third time the PIN is gone.
        NoPinError: if there is none, or none any more.
    """

    def note(why: str) -> None:
        with store.write(right) as tx:
            tx.audit(_FAILED[right], "session", session_id, None, why=why)

    prove_who_is_here(store, typed, note, by_pin=by_pin)


def append_addendum(
    tx: Transaction, row: SessionRow, text: str, vault: OpenVault
) -> SessionAddendumRow:
    """Add to a signed session; the seal stays as it is, the addendum is signed by itself.

    Raises:
        RefusedError: if the session is not signed.
        SigningKeyError: if the vault was opened with the recovery key.
    """
    if row.state not in COUNTED or row.seal is None:
        raise RefusedError(
            "Only a signed session takes addenda; this one was not changed. What you typed is"
            " still here."
        )
    previous = row.addenda[-1].sha256 if row.addenda else row.seal.sha256
    added = SessionAddendumRow(
        id=new_id(),
        session_id=row.id,
        seq=len(row.addenda) + 1,
        text=text,
        author_id=tx.actor.id,
        author_name=tx.actor.name,
        written_at=tx.now,
    )
    digest = digest_of(addendum_content(added, previous))
    added.sha256 = digest.hex()
    added.signature = vault.sign_digest(digest)
    added.public_key = vault.public_key
    tx.db.add(added)
    tx.db.flush()
    tx.audit(
        "session.addendum", "session", row.id, row.version, number=added.seq, sha256=added.sha256
    )
    return added
