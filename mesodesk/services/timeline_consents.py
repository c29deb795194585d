"""What happened to a patient's consent, for the timeline."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from mesodesk.db.models.consent import (
    ConsentDemandRow,
    ConsentProductRow,
    ConsentRow,
    ConsentWithdrawalRow,
)
from mesodesk.domain.records.consent import ConsentState
from mesodesk.domain.records.timeline import ConsentFact, DemandFact, WithdrawalFact
from mesodesk.services.store import Transaction

_Found = Iterable[tuple[UUID, datetime]]


def consents_signed(tx: Transaction, patient_id: UUID) -> _Found:
    rows = select(ConsentRow.id, ConsentRow.signed_at).where(
        ConsentRow.patient_id == patient_id, ConsentRow.state == ConsentState.SIGNED
    )
    return [(row.id, row.signed_at) for row in tx.db.execute(rows) if row.signed_at is not None]


def read_consents(tx: Transaction, ids: Collection[UUID]) -> Mapping[UUID, ConsentFact]:
    """Return what was signed. The seals are checked where a consent is opened."""
    row, product = ConsentRow, ConsentProductRow
    names: dict[UUID, tuple[str, ...]] = {}
    drawn = select(product.consent_id, product.name).where(product.consent_id.in_(ids))
    for consent_id, name in tx.db.execute(drawn.order_by(product.position)):
        names[consent_id] = (*names.get(consent_id, ()), name)
    rows = select(row.id, row.number, row.title, row.informer_name).where(row.id.in_(ids))
    return {
        each.id: ConsentFact(each.number, each.title, names.get(each.id, ()), each.informer_name)
        for each in tx.db.execute(rows)
    }


def withdrawals_made(tx: Transaction, patient_id: UUID) -> _Found:
    row = ConsentWithdrawalRow
    rows = select(row.id, row.recorded_at).join(ConsentRow, ConsentRow.id == row.consent_id)
    return tx.db.execute(rows.where(ConsentRow.patient_id == patient_id))


def read_withdrawals(tx: Transaction, ids: Collection[UUID]) -> Mapping[UUID, WithdrawalFact]:
    row = ConsentWithdrawalRow
    rows = select(row.id, ConsentRow.number, row.scope, row.reason, row.author_name)
    rows = rows.join(ConsentRow, ConsentRow.id == row.consent_id).where(row.id.in_(ids))
    return {
        each.id: WithdrawalFact(each.number, each.scope, each.reason, each.author_name)
        for each in tx.db.execute(rows)
    }


def demands_made(tx: Transaction, patient_id: UUID) -> _Found:
    row = ConsentDemandRow
    rows = select(row.id, row.demanded_at).where(row.patient_id == patient_id)
    return tx.db.execute(rows)


def read_demands(tx: Transaction, ids: Collection[UUID]) -> Mapping[UUID, DemandFact]:
    row = ConsentDemandRow
    rows = select(row.id, row.grade, row.reason, row.author_name).where(row.id.in_(ids))
    return {
        each.id: DemandFact(each.grade, each.reason, each.author_name)
        for each in tx.db.execute(rows)
    }
