"""Signing a consent, and what is said of it later: withdrawals, and demands for a new one."""

from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import func, select

from mesodesk.db.models.consent import ConsentDemandRow, ConsentRow, ConsentWithdrawalRow
from mesodesk.domain.answers import Answer
from mesodesk.domain.changes import Topic
from mesodesk.domain.clock import local_date
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.consent import (
    ConsentMethod,
    ConsentState,
    DemandKind,
    PhotoPurpose,
    WithdrawalScope,
)
from mesodesk.services.clinic import clinic_row
from mesodesk.services.consent_rows import (
    Shown,
    consent_fields,
    find_consent,
    missing_in,
    products_named,
    shown_now,
    write_product,
)
from mesodesk.services.consent_sealing import unsigned_consent_seal, withdrawal_content
from mesodesk.services.errors import RefusedError
from mesodesk.services.sealing import Signer
from mesodesk.services.store import Transaction
from mesodesk.services.texts import Problems
from mesodesk.vault.open_vault import OpenVault
from mesodesk.vault.seal import digest_of

_GRADES: Final = range(1, 6)


def sign_consent(
    tx: Transaction, row: ConsentRow, shown_sha256: str, vault: OpenVault
) -> ConsentRow:
    """Close a draft for ever: the text as it was shown, the signature, and the seal over both.

    Raises:
        RefusedError: if something is missing, or the text is not the one that was shown.
        SigningKeyError: if the vault was opened with the recovery key.
    """
    shown = shown_now(tx, row)
    strokes = row.strokes if row.strokes_for == shown.sha256 else None
    if shown.sha256 != shown_sha256:
        raise RefusedError(
            "The text has changed since it was shown: a day, a name, a product or its status. It"
            " was not signed, and everything typed is kept. Let the patient read it again and sign"
            " it."
        )
    if missing_in(consent_fields(row), strokes):
        raise RefusedError(
            "The consent cannot be signed yet: something is missing. Everything typed is kept. The"
            " page says what, and leads there."
        )
    _freeze(tx, row, shown)
    # The seal is set on what lies in the tables, not on what this transaction has in mind.
    tx.db.expire_all()
    row = find_consent(tx, row.id)
    seal = unsigned_consent_seal(row, Signer(tx.actor.id, tx.actor.name, tx.now))
    seal.signature = vault.sign_digest(bytes.fromhex(seal.sha256))
    seal.public_key = vault.public_key
    tx.db.add(seal)
    tx.db.flush()
    row.state, row.signed_at = ConsentState.SIGNED, tx.now
    tx.db.flush()
    tx.audit("consent.sign", "consent", row.id, row.version, sha256=seal.sha256)
    return find_consent(tx, row.id)


def _freeze(tx: Transaction, row: ConsentRow, shown: Shown) -> None:
    row.text_origin, row.text_version = shown.key.origin, shown.key.version
    row.language, row.title, row.shown = shown.key.language, shown.title, shown.text
    row.informer_id, row.informer_name = tx.actor.id, tx.actor.name
    if row.method is ConsentMethod.PAPER:
        row.strokes, row.strokes_for = None, shown.sha256
    now = products_named(tx.db, [each.product_id for each in row.products], row.areas)
    for part, product in zip(row.products, now, strict=True):
        write_product(part, product)
    tx.db.flush()


def withdraw_consent(
    tx: Transaction,
    row: ConsentRow,
    scope: WithdrawalScope,
    reason: str,
    withdrawn_on: date,
    vault: OpenVault,
) -> ConsentWithdrawalRow:
    """Append that consent was withdrawn, signed by who records it; the consent stays as it is.

    Raises:
        InvalidError: if the reason or the day cannot be taken.
        RefusedError: if it is not signed, or that was withdrawn before or never given.
        SigningKeyError: if the vault was opened with the recovery key.
    """
    if row.seal is None or row.signed_at is None:
        raise RefusedError("Only a signed consent can be withdrawn. Nothing was changed.")
    _need_given(row, scope)
    zone = clinic_row(tx.db).zone
    problems = Problems()
    clean = problems.note("reason", reason, "Reason", needed=True)
    if withdrawn_on > local_date(tx.now, zone):
        problems.add("withdrawn_on", "Withdrawn on: this day is still to come. Check the date.")
    elif withdrawn_on < local_date(row.signed_at, zone):
        problems.add("withdrawn_on", "Withdrawn on: this is before the consent was signed.")
    problems.done()
    made = ConsentWithdrawalRow(
        id=new_id(),
        consent_id=row.id,
        seq=len(row.withdrawals) + 1,
        scope=scope,
        reason=clean,
        withdrawn_on=withdrawn_on,
        author_id=tx.actor.id,
        author_name=tx.actor.name,
        recorded_at=tx.now,
    )
    previous = row.withdrawals[-1].sha256 if row.withdrawals else row.seal.sha256
    digest = digest_of(withdrawal_content(made, previous))
    made.sha256, made.signature = digest.hex(), vault.sign_digest(digest)
    made.public_key = vault.public_key
    tx.db.add(made)
    tx.db.flush()
    tx.audit(
        "consent.withdraw", "consent", row.id, row.version, scope=scope.value, sha256=made.sha256
    )
    return made


def _need_given(row: ConsentRow, scope: WithdrawalScope) -> None:
    """Refuse to withdraw what was withdrawn before, or what nobody gave."""
    if scope in {each.scope for each in row.withdrawals}:
        raise RefusedError("This was withdrawn before; that stays on record. Nothing was changed.")
    if scope is WithdrawalScope.ALL:
        return
    if consent_fields(row).photo(PhotoPurpose(scope.value)) is not Answer.YES:
        raise RefusedError(
            "Photographs for this purpose were not agreed to in this consent. Nothing was changed."
        )


def demand_consent(
    tx: Transaction, patient_id: UUID, kind: DemandKind, reason: str, grade: int | None
) -> ConsentDemandRow:
    """Append that a new consent is asked for, whatever the patient signed before.

    Raises:
        InvalidError: if the reason or the grade cannot be taken.
    """
    problems = Problems()
    clean = problems.note("reason", reason, "Reason", needed=True)
    if kind is DemandKind.REACTION and grade not in _GRADES:
        problems.add("grade", f"Grade: between {_GRADES[0]} and {_GRADES[-1]}.")
    problems.done()
    signed = select(func.max(ConsentRow.number)).where(
        ConsentRow.patient_id == patient_id, ConsentRow.state == ConsentState.SIGNED
    )
    made = ConsentDemandRow(
        id=new_id(),
        patient_id=patient_id,
        after_number=tx.db.scalar(signed) or 0,
        kind=kind,
        grade=grade if kind is DemandKind.REACTION else None,
        reason=clean,
        author_id=tx.actor.id,
        author_name=tx.actor.name,
        demanded_at=tx.now,
    )
    tx.db.add(made)
    tx.db.flush()
    tx.audit("consent.demand", "patient", patient_id, None, kind=kind.value, grade=made.grade)
    tx.touch(Topic.CONSENTS)
    return made
