"""Consents in large numbers, each signed and sealed as any other, many in one transaction."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from mesodesk.db.models.consent import ConsentRow
from mesodesk.demo.consents import decided, signature
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.consent import ConsentFields, ConsentState
from mesodesk.domain.rights import Right
from mesodesk.domain.strokes import pack
from mesodesk.services.consent_rows import shown_now, write_consent
from mesodesk.services.consent_signing import sign_consent
from mesodesk.services.desk import Desk
from mesodesk.services.store import Transaction

_AT_ONCE: Final = 200


def add_consents(desk: Desk, patients: Sequence[UUID]) -> None:
    """Give each patient a consent that names everything in the catalogue, and every area."""
    products = tuple(each.id for each in desk.catalogue.products() if not each.fields.diluent)
    typed = decided(ConsentFields(informed_on=desk.store.clock.now().date()), products)
    for first in range(0, len(patients), _AT_ONCE):
        with desk.store.write(Right.CONSENT_SIGN) as tx:
            for patient_id in patients[first : first + _AT_ONCE]:
                _add(tx, desk, patient_id, typed)


def _add(tx: Transaction, desk: Desk, patient_id: UUID, typed: ConsentFields) -> None:
    row = ConsentRow(
        id=new_id(),
        patient_id=patient_id,
        number=1,
        state=ConsentState.DRAFT,
        started_at=tx.now,
        started_by=tx.actor.name,
        text_id=typed.text_id,
        language=typed.language,
        products=[],
        withdrawals=[],
        seal=None,
    )
    write_consent(tx, row, typed)
    tx.db.add(row)
    tx.db.flush()
    shown = shown_now(tx, row).sha256
    row.strokes, row.strokes_for = pack(signature(str(patient_id))), shown
    tx.db.flush()
    sign_consent(tx, row, shown, desk.store.vault)
