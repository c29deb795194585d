"""Signing a session: what is missing, then snapshot, seal, stock and follow-up in one go."""

from decimal import Decimal
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
from mesodesk.db.models.stock import LotRow, MovementKind, StockMovementRow
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.intake import IntakeState
from mesodesk.domain.records.session import COUNTED, Missing, SessionState
from mesodesk.domain.screening import Finding, open_findings
from mesodesk.domain.session_rules import Charted, LotFacts, SigningFacts, missing
from mesodesk.domain.vocabulary import load_vocabulary
from mesodesk.services.clinic import clinic_row
from mesodesk.services.errors import RefusedError
from mesodesk.services.followup_rows import plan_follow_up, supersede_earlier
from mesodesk.services.lot_rows import taken
from mesodesk.services.sealing import Signer, addendum_content, unsigned_seal
from mesodesk.services.session_rows import (
    acknowledgement,
    find_session,
    in_force,
    kept_syringes,
    session_record,
)
from mesodesk.services.session_screening import screening_of, snapshot_of
from mesodesk.services.store import Transaction
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
    return missing(
        SigningFacts(
            session=session_record(row),
            charted=_charted(tx.db, row),
            lots=_lots(tx.db, row),
            findings=open_findings(findings, acknowledged),
            intake_completed=_intake_completed(tx.db, row),
            has_earlier_session=earlier_session(tx.db, row) is not None,
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

    Raises:
        MissingError: if something is missing.
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
    _take_from_stock(tx, row)
    row.state = SessionState.SIGNED
    tx.db.flush()
    checks = plan_follow_up(tx, row, clinic_row(tx.db).zone)
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


def _take_from_stock(tx: Transaction, row: SessionRow) -> None:
    tx.db.add_all(
        StockMovementRow(
            lot_id=part.lot_id,
            kind=MovementKind.DRAWN,
            volume_ml=-part.volume_ml,
            session_id=row.id,
            user_id=tx.actor.id,
            moved_at=tx.now,
        )
        for syringe in kept_syringes(row)
        for part in syringe.components
    )


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
