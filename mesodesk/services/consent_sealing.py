"""What a consent's seal covers, and whether it and the withdrawals behind it still hold.

The content is built from the rows each time, so that any change made behind the program's back
gives another digest. The text and the strokes are in it by their own digests.
"""

import hashlib
from typing import Any, Final

from sqlalchemy.orm import Session

from mesodesk.db.models.consent import (
    ConsentProductRow,
    ConsentRow,
    ConsentSealRow,
    ConsentWithdrawalRow,
)
from mesodesk.domain.records.consent import ConsentState
from mesodesk.services.sealing import Signer, signed_by
from mesodesk.vault.seal import digest_of

CONSENT_SEAL_FORMAT: Final = 1

_HEAD: Final = (
    "id", "patient_id", "number", "started_at", "started_by", "text_id", "text_origin",
    "text_version", "language", "areas", "planned_sessions", "alternatives", "informed_on",
    "time_to_reflect", "questions_asked", "questions", "interpreter", "interpreter_name", "photos",
    "signer", "signer_name", "witness", "method", "paper_place", "strokes_for", "title",
    "informer_id", "informer_name",
)  # fmt: skip


def consent_content(row: ConsentRow, signer: Signer) -> dict[str, Any]:
    """Return everything that the seal of a consent covers."""
    strokes = None if row.strokes is None else hashlib.sha256(row.strokes).hexdigest()
    return {
        "format": CONSENT_SEAL_FORMAT,
        "signer": signer._asdict(),
        "consent": {name: getattr(row, name) for name in _HEAD},
        "products": [_product(each) for each in row.products],
        "shown_sha256": hashlib.sha256(row.shown.encode()).hexdigest(),
        "strokes_sha256": strokes,
    }


def _product(row: ConsentProductRow) -> dict[str, Any]:
    return {
        "position": row.position,
        "product_id": row.product_id,
        "name": row.name,
        "product_class": row.product_class,
        "status": row.status,
        "status_source": row.status_source,
        "by_area": row.by_area,
    }


def unsigned_consent_seal(row: ConsentRow, signer: Signer) -> ConsentSealRow:
    """Return the seal of a consent about to be signed; the signature is the caller's to add."""
    return ConsentSealRow(
        consent_id=row.id,
        format=CONSENT_SEAL_FORMAT,
        sha256=digest_of(consent_content(row, signer)).hex(),
        signed_by=signer.id,
        signer_name=signer.name,
        signed_at=signer.at,
    )


def consent_holds(db: Session, row: ConsentRow) -> bool:
    """Tell whether a signed consent is as it was signed, by who it says."""
    seal = row.seal
    if seal is None or seal.format != CONSENT_SEAL_FORMAT or row.state is not ConsentState.SIGNED:
        return False
    if row.signed_at != seal.signed_at:
        return False
    try:
        signer = Signer(seal.signed_by, seal.signer_name, seal.signed_at)
        digest = digest_of(consent_content(row, signer)).hex()
    except (ValueError, TypeError, AttributeError, LookupError):
        return False
    return digest == seal.sha256 and signed_by(db, digest, seal.signed_by, seal)


def withdrawal_content(row: ConsentWithdrawalRow, previous_sha256: str) -> dict[str, Any]:
    """Return what a withdrawal's digest covers; `previous_sha256` binds it to the one before."""
    return {
        "consent_id": row.consent_id,
        "id": row.id,
        "seq": row.seq,
        "scope": row.scope,
        "reason": row.reason,
        "withdrawn_on": row.withdrawn_on,
        "author_id": row.author_id,
        "author_name": row.author_name,
        "recorded_at": row.recorded_at,
        "previous": previous_sha256,
    }


def withdrawals_hold(db: Session, row: ConsentRow) -> bool:
    """Tell whether the withdrawals that are there follow from the seal without a gap."""
    previous = "" if row.seal is None else row.seal.sha256
    for seq, each in enumerate(row.withdrawals, start=1):
        digest = digest_of(withdrawal_content(each, previous)).hex()
        if each.seq != seq or digest != each.sha256:
            return False
        if not signed_by(db, digest, each.author_id, each):
            return False
        previous = each.sha256
    return True
