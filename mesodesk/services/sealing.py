"""What a seal covers: the whole session out of its rows, in one spelling; whether it still holds.

The content is built from the rows each time, so that any change made behind the program's back
gives another digest. Only what never changes again goes in: not the state, which may move on to
amended, and not the follow-up, which has only begun. An amendment's seal covers what it amends too,
by the digest of its seal.
"""

import hashlib
import json
from dataclasses import fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mesodesk.db.models.consent import ConsentSealRow, ConsentWithdrawalRow
from mesodesk.db.models.plan import SessionPlanRow
from mesodesk.db.models.session import (
    ChartEditRow,
    ChartFieldRow,
    SessionAcknowledgementRow,
    SessionAddendumRow,
    SessionRow,
    SessionSealRow,
    SessionSnapshotRow,
    SyringeComponentRow,
    SyringeRow,
)
from mesodesk.db.models.vault_meta import SigningKeyRow
from mesodesk.db.models.versions import SessionStatementRow, SessionVersionRow
from mesodesk.db.moments import to_microseconds
from mesodesk.domain.bodymap.packing import PackedPoints
from mesodesk.domain.canonical import canonical_json
from mesodesk.domain.records.session import SessionFields
from mesodesk.vault.seal import digest_of, signature_is_valid

Signed = (
    SessionSealRow
    | SessionAddendumRow
    | SessionStatementRow
    | ConsentSealRow
    | ConsentWithdrawalRow
)
"""A row with the signature of somebody who works here."""

SEAL_FORMAT: Final = 2
"""What new seals are of: since 2 they cover when gestures and the snapshot were made, too."""
_FORMATS: Final = (1, SEAL_FORMAT)
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Signer(NamedTuple):
    """Who signs, and when."""

    id: UUID
    name: str
    at: datetime


def session_content(
    db: Session, row: SessionRow, signer: Signer, seal_format: int = SEAL_FORMAT
) -> dict[str, Any]:
    """Return everything that the seal of a session covers, of one of the formats.

    Raises:
        ValueError: if a row is damaged beyond reading.
    """
    content = {
        "format": seal_format,
        "signer": signer._asdict(),
        "session": _head(row),
        "fields": {each.name: getattr(row, each.name) for each in fields(SessionFields)},
        "syringes": [_syringe(each) for each in sorted(row.syringes, key=_id) if not each.removed],
        "acknowledgements": [_acknowledgement(e) for e in sorted(row.acknowledgements, key=_id)],
        "chart": _chart(db, row.id),
        "edits": _edits(db, row.id, seal_format),
        "snapshot": _snapshot(db, row.id),
    }
    # What a session does not have is not named: seals from before there was such a thing hold.
    others: dict[str, object] = {"amends": _amends(db, row.id), "plan": _plan(db, row.id)}
    if seal_format > 1:
        others["snapshot_taken_at"] = _taken_at(db, row.id)
    return {**content, **{name: part for name, part in others.items() if part is not None}}


def _plan(db: Session, session_id: UUID) -> dict[str, Any] | None:
    """Return which session of which plan a session is; None if it belongs to none."""
    link = db.get(SessionPlanRow, session_id)
    if link is None:
        return None
    return {
        "plan_id": link.plan_id,
        "number": link.number,
        "protocol_version_id": link.protocol_version_id,
    }


def _amends(db: Session, session_id: UUID) -> dict[str, Any] | None:
    """Return what a session amends, by the seal of that, and why; None if it amends nothing."""
    link = db.get(SessionVersionRow, session_id)
    if link is None:
        return None
    seal = select(SessionSealRow.sha256).where(SessionSealRow.session_id == link.amends_id)
    return {
        "session_id": link.amends_id,
        "root_id": link.root_id,
        "sha256": db.scalar(seal),
        "reason": link.reason,
        "begun_by": link.begun_by,
        "begun_at": link.begun_at,
    }


def _id(row: SyringeRow | SessionAcknowledgementRow) -> UUID:
    return row.id


def _head(row: SessionRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "patient_id": row.patient_id,
        "number": row.number,
        "therapist_id": row.therapist_id,
        "therapist_name": row.therapist_name,
        "started_at": row.started_at,
        "signed_at": row.signed_at,
        "zone": row.zone,
        "atlas_id": row.atlas_id,
        "body_sex": row.body_sex,
        "height_cm": row.height_cm,
    }


def _syringe(row: SyringeRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "digit": row.digit,
        "label": row.label,
        "wasted_ml": row.wasted_ml,
        "left_ml": row.left_ml,
        "components": [_component(each) for each in row.components],
    }


def _component(row: SyringeComponentRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "lot_id": row.lot_id,
        "product_id": row.product_id,
        "product_name": row.product_name,
        "product_class": row.product_class,
        "lot_number": row.lot_number,
        "expires_on": row.expires_on,
        "diluent": row.diluent,
        "volume_ml": row.volume_ml,
        "actives": row.actives,
    }


def _acknowledgement(row: SessionAcknowledgementRow) -> dict[str, Any]:
    return {
        "rule_id": row.rule_id,
        "rule_version": row.rule_version,
        "reason": row.reason,
        "overridden": row.overridden,
        "kind": row.kind,
        "fingerprint": row.fingerprint,
        "user_id": row.user_id,
        "user_name": row.user_name,
        "acknowledged_at": row.acknowledged_at,
        "withdrawn_at": row.withdrawn_at,
    }


def _chart(db: Session, session_id: UUID) -> list[dict[str, Any]]:
    """Return the fields by id, each point as [triangle, u, v, volume in uL, depth in um, flags]."""
    rows = db.execute(
        select(
            ChartFieldRow.id,
            ChartFieldRow.syringe_id,
            ChartFieldRow.definition,
            ChartFieldRow.regions,
            ChartFieldRow.points,
        )
        .where(ChartFieldRow.session_id == session_id)
        .order_by(ChartFieldRow.id)
    )
    return [
        {
            "id": row.id,
            "syringe_id": row.syringe_id,
            "definition": row.definition,
            "regions": row.regions,
            "points": PackedPoints.from_bytes(row.points).records.tolist(),
        }
        for row in rows
    ]


def _edits(db: Session, session_id: UUID, seal_format: int) -> dict[str, Any]:
    """Return how many gestures there were and one digest over all of them."""
    rows = db.execute(
        select(
            ChartEditRow.seq,
            ChartEditRow.position,
            ChartEditRow.state,
            ChartEditRow.payload,
            ChartEditRow.merge_key,
            ChartEditRow.made_at,
            ChartEditRow.made_by,
        )
        .where(ChartEditRow.session_id == session_id)
        .order_by(ChartEditRow.seq)
    ).all()
    whole = hashlib.sha256()
    for row in rows:
        whole.update(f"{row.seq} {row.position} {row.state} {len(row.payload)}\n".encode())
        whole.update(row.payload.encode())
        if seal_format > 1:
            merged = "-" if row.merge_key is None else f"{len(row.merge_key)} {row.merge_key}"
            who_when = f"{to_microseconds(row.made_at)} {row.made_by}"
            whole.update(f"\n{who_when} {merged}\n".encode())
    return {"count": len(rows), "sha256": whole.hexdigest()}


def _taken_at(db: Session, session_id: UUID) -> datetime | None:
    return db.scalar(
        select(SessionSnapshotRow.taken_at).where(SessionSnapshotRow.session_id == session_id)
    )


def _snapshot(db: Session, session_id: UUID) -> object:
    payload = db.scalar(
        select(SessionSnapshotRow.payload).where(SessionSnapshotRow.session_id == session_id)
    )
    return None if payload is None else json.loads(payload)


class SealTrouble(StrEnum):
    """Why a seal does not hold."""

    UNSEALED = "unsealed"
    CONTENT = "content"
    SIGNATURE = "signature"
    ADDENDA = "addenda"


def seal_holds(db: Session, row: SessionRow) -> bool:
    """Tell whether a signed session is as it was signed, its snapshot and addenda with it."""
    return not seal_troubles(db, row)


def seal_troubles(db: Session, row: SessionRow) -> tuple[SealTrouble, ...]:
    """Return what speaks against the seal of a session; nothing if it holds."""
    if row.seal is None:
        return (SealTrouble.UNSEALED,)
    found = []
    if not _content_holds(db, row, row.seal):
        found.append(SealTrouble.CONTENT)
    if not signed_by(db, row.seal.sha256, row.seal.signed_by, row.seal):
        found.append(SealTrouble.SIGNATURE)
    if not _addenda_hold(db, row, row.seal):
        found.append(SealTrouble.ADDENDA)
    return tuple(found)


def present_digest(db: Session, row: SessionRow) -> str:
    """Return what tells a session whose seal is broken, as it is now, from any other state of it.

    Addenda count only where they do not hold: one that was added since is no change.
    """
    troubles = seal_troubles(db, row)
    signer = Signer(row.id, "", row.signed_at or _NEVER)  # of a session whose seal is gone
    if row.seal is not None:
        signer = Signer(row.seal.signed_by, row.seal.signer_name, row.seal.signed_at)
    seal_format = SEAL_FORMAT if row.seal is None else row.seal.format
    try:
        content = canonical_json(session_content(db, row, signer, seal_format)).decode()
    except (ValueError, TypeError, LookupError):
        content = ""
    parts = [*map(str, troubles), content, row.discard_reason or "", *_texts(row.seal)]
    if SealTrouble.ADDENDA in troubles:
        parts += [text for each in row.addenda for text in _texts(each)]
    return digest_of(parts).hex()


def _texts(row: SessionSealRow | SessionAddendumRow | None) -> list[str]:
    if row is None:
        return []
    return [str(getattr(row, column.key)) for column in row.__table__.columns]


def _content_holds(db: Session, row: SessionRow, seal: SessionSealRow) -> bool:
    if seal.format not in _FORMATS or row.discard_reason:  # a signed session never had one
        return False
    signer = Signer(seal.signed_by, seal.signer_name, seal.signed_at)
    try:
        content = canonical_json(session_content(db, row, signer, seal.format))
    except (ValueError, TypeError, LookupError):
        return False
    digest = hashlib.sha256(content).hexdigest()
    return digest == seal.sha256 and content == seal.content.encode()


def addendum_content(row: SessionAddendumRow, previous_sha256: str) -> dict[str, Any]:
    """Return what an addendum's digest covers; `previous_sha256` binds it to the one before."""
    return {
        "session_id": row.session_id,
        "id": row.id,
        "seq": row.seq,
        "text": row.text,
        "author_id": row.author_id,
        "author_name": row.author_name,
        "written_at": row.written_at,
        "previous": previous_sha256,
    }


def _addenda_hold(db: Session, row: SessionRow, seal: SessionSealRow) -> bool:
    """Tell whether the addenda that are there follow from the seal without a gap."""
    previous = seal.sha256
    for seq, each in enumerate(row.addenda, start=1):
        digest = digest_of(addendum_content(each, previous)).hex()
        if each.seq != seq or digest != each.sha256:
            return False
        if not signed_by(db, digest, each.author_id, each):
            return False
        previous = each.sha256
    return True


def signed_by(
    db: Session,
    sha256: str,
    user_id: UUID,
    signed: Signed,
) -> bool:
    """Tell whether the signature is good and its key was one of this user's."""
    public_key: object = signed.public_key
    if not isinstance(public_key, bytes):  # altered: the driver could not compare it
        return False
    known = db.scalar(select(SigningKeyRow.user_id).where(SigningKeyRow.public_key == public_key))
    if known != user_id:
        return False
    try:
        digest = bytes.fromhex(sha256)
    except ValueError:
        return False
    return signature_is_valid(digest, signed.signature, signed.public_key)


def unsigned_seal(db: Session, row: SessionRow, signer: Signer) -> SessionSealRow:
    """Return the seal of a session about to be signed; the signature is the caller's to add."""
    content = canonical_json(session_content(db, row, signer))
    return SessionSealRow(
        session_id=row.id,
        format=SEAL_FORMAT,
        content=content.decode(),
        sha256=hashlib.sha256(content).hexdigest(),
        signed_by=signer.id,
        signer_name=signer.name,
        signed_at=signer.at,
    )
