"""Consents between their tables and their frozen records."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from mesodesk.db.models.consent import (
    ConsentDemandRow,
    ConsentProductRow,
    ConsentRow,
    ConsentWithdrawalRow,
)
from mesodesk.db.models.reaction import ReactionRow, ReactionVersionRow
from mesodesk.db.models.stock import ProductRow
from mesodesk.domain.answers import Answer
from mesodesk.domain.canonical import plain
from mesodesk.domain.clock import local_date
from mesodesk.domain.consent_rules import Given
from mesodesk.domain.consent_shown import Around, digest, shown_text
from mesodesk.domain.product_status import statuses_in
from mesodesk.domain.records.consent import (
    AreaStatus,
    ConsentFields,
    ConsentMethod,
    ConsentProduct,
    ConsentRecord,
    ConsentState,
    Demand,
    PhotoPurpose,
    SignerKind,
    TextKey,
    Withdrawal,
)
from mesodesk.domain.records.session import SealRecord
from mesodesk.domain.records.stock import RegulatoryStatus
from mesodesk.domain.strokes import unpack
from mesodesk.services.clinic import clinic_row
from mesodesk.services.consent_sealing import consent_holds, withdrawals_hold
from mesodesk.services.consent_texts import text_in_force
from mesodesk.services.errors import NotFoundError
from mesodesk.services.patient_rows import find_patient
from mesodesk.services.product_rows import WHOLE_PRODUCT, product_record
from mesodesk.services.store import Transaction

_WHOLE: Final = (
    selectinload(ConsentRow.products),
    selectinload(ConsentRow.withdrawals),
    joinedload(ConsentRow.seal),
)
_PLAIN: Final = tuple(
    each.name for each in fields(ConsentFields) if each.name not in {"products", "photos", "areas"}
)


def find_consent(tx: Transaction, consent_id: UUID) -> ConsentRow:
    """Return a consent with all its parts.

    Raises:
        NotFoundError: if there is none of that id, or none that who acts may see.
    """
    statement = select(ConsentRow).where(ConsentRow.id == consent_id).options(*_WHOLE)
    row = tx.db.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFoundError("This consent is not on record. Nothing was changed.")
    tx.need_patient(row.patient_id)
    return row


def consents_of(tx: Transaction, patient_id: UUID, *states: ConsentState) -> Sequence[ConsentRow]:
    """Return a patient's consents in some states, the latest first.

    Raises:
        RestrictedError: if who acts may not see this patient.
    """
    tx.need_patient(patient_id)
    return tx.db.scalars(
        select(ConsentRow)
        .where(ConsentRow.patient_id == patient_id, ConsentRow.state.in_(states))
        .order_by(ConsentRow.number.desc())
        .options(*_WHOLE)
    ).all()


def demands_of(db: Session, patient_id: UUID) -> tuple[Demand, ...]:
    """Return what asked for a new consent of a patient, in the order in which it did.

    What a reaction asked for that turned out to be entered in error is asked for no more.
    """
    mistaken = (
        select(ReactionVersionRow.demand_id)
        .join(ReactionRow, ReactionRow.id == ReactionVersionRow.reaction_id)
        .where(ReactionVersionRow.demand_id.is_not(None), ReactionRow.error_at.is_not(None))
    )
    rows = db.scalars(
        select(ConsentDemandRow)
        .where(ConsentDemandRow.patient_id == patient_id, ConsentDemandRow.id.not_in(mistaken))
        .order_by(ConsentDemandRow.id)
    )
    return tuple(
        Demand(
            row.id,
            row.after_number,
            row.kind,
            row.grade,
            row.reason,
            row.demanded_at,
            row.author_name,
        )
        for row in rows
    )


def consent_fields(row: ConsentRow) -> ConsentFields:
    """Return what is typed into a consent."""
    return ConsentFields(
        **{name: getattr(row, name) for name in _PLAIN},
        products=tuple(each.product_id for each in row.products),
        areas=tuple(row.areas),
        photos={PhotoPurpose(key): Answer(value) for key, value in row.photos.items()},
    )


def write_consent(tx: Transaction, row: ConsentRow, checked: ConsentFields) -> None:
    """Put checked fields into a draft; what is said of its products is brought up to date."""
    for name in _PLAIN:
        if getattr(row, name) != getattr(checked, name):
            setattr(row, name, getattr(checked, name))
    row.areas = list(checked.areas)
    row.photos = {
        purpose.value: answer.value
        for purpose, answer in checked.photos.items()
        if answer is not Answer.NOT_ASKED
    }
    key = text_in_force(tx.db, row.text_id, row.language).key
    row.text_origin, row.text_version = key.origin, key.version
    products = products_named(tx.db, checked.products, checked.areas)
    row.products[len(products) :] = []
    for position, product in enumerate(products):
        if position == len(row.products):
            row.products.append(ConsentProductRow(position=position))
        write_product(row.products[position], product)


def write_product(row: ConsentProductRow, product: ConsentProduct) -> None:
    for each in fields(ConsentProduct):
        told = getattr(product, each.name)
        if each.name == "by_area":
            told = plain(told)
        if getattr(row, each.name) != told:
            setattr(row, each.name, told)


def products_named(
    db: Session, ids: Collection[UUID], areas: Sequence[str]
) -> tuple[ConsentProduct, ...]:
    """Return what the catalogue says now of products in areas, in their order, if it knows them."""
    chosen = select(ProductRow).where(ProductRow.id.in_(ids)).options(*WHOLE_PRODUCT)
    rows = {row.id: row for row in db.scalars(chosen)}
    country = clinic_row(db).jurisdiction
    return tuple(_named(rows[one], country, areas) for one in ids if one in rows)


def _named(row: ProductRow, country: str, areas: Sequence[str]) -> ConsentProduct:
    record = product_record(row)
    told = statuses_in(record.fields, record.status_jurisdiction, country, areas)
    return ConsentProduct(
        row.id, row.name, row.product_class, told.status, told.source, told.by_area
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """A text as a patient has it in front of them."""

    key: TextKey
    title: str
    text: str

    @property
    def sha256(self) -> str:
        return digest(self.text)


def shown_now(tx: Transaction, row: ConsentRow) -> Shown:
    """Return what a draft says now, or what a signed consent said."""
    if row.state is not ConsentState.DRAFT:
        return Shown(text_key(row), row.title, row.shown)
    text = text_in_force(tx.db, row.text_id, row.language)
    typed = consent_fields(row)
    products = products_named(tx.db, typed.products, typed.areas)
    return Shown(text.key, text.title, shown_text(text, typed, products, _around(tx, row)))


def _around(tx: Transaction, row: ConsentRow) -> Around:
    clinic, patient = clinic_row(tx.db), find_patient(tx, row.patient_id)
    return Around(
        patient=f"{patient.given_names} {patient.family_name}".strip(),
        birth_date=patient.birth_date,
        record_number=patient.record_number,
        informer=tx.actor.name,
        clinic=clinic.name,
        phone=clinic.phone,
        emergency_phone=clinic.emergency_phone,
        today=local_date(tx.now, clinic.zone),
    )


def text_key(row: ConsentRow) -> TextKey:
    return TextKey(row.text_id, row.text_origin, row.text_version, row.language)


def consent_record(tx: Transaction, row: ConsentRow) -> ConsentRecord:
    """Return the record of a row, its seal checked."""
    shown = shown_now(tx, row)
    is_draft = row.state is ConsentState.DRAFT
    stale = is_draft and row.strokes_for != shown.sha256
    strokes = None if stale else row.strokes
    typed = consent_fields(row)
    return ConsentRecord(
        id=row.id,
        version=row.version,
        patient_id=row.patient_id,
        number=row.number,
        state=row.state,
        fields=typed,
        products=_products(tx, row),
        text=shown.key,
        title=shown.title,
        shown=shown.text,
        shown_sha256=shown.sha256,
        strokes=strokes,
        started_at=row.started_at,
        started_by=row.started_by,
        signed_at=row.signed_at,
        informer=row.informer_name,
        seal=_seal(tx, row),
        withdrawals=_withdrawals(tx, row),
        missing=missing_in(typed, strokes) if is_draft else (),
    )


def _products(tx: Transaction, row: ConsentRow) -> tuple[ConsentProduct, ...]:
    if row.state is ConsentState.DRAFT:
        return products_named(tx.db, [each.product_id for each in row.products], row.areas)
    return tuple(map(_product, row.products))


def _product(row: ConsentProductRow) -> ConsentProduct:
    plain_values = {each.name: getattr(row, each.name) for each in fields(ConsentProduct)}
    by_area = tuple(
        AreaStatus(**{**each, "status": RegulatoryStatus(each["status"])}) for each in row.by_area
    )
    return ConsentProduct(**{**plain_values, "by_area": by_area})


def _seal(tx: Transaction, row: ConsentRow) -> SealRecord | None:
    if row.seal is None:
        return None
    holds = consent_holds(tx.db, row)
    return SealRecord(row.seal.sha256, row.seal.signer_name, row.seal.signed_at, holds)


def _withdrawals(tx: Transaction, row: ConsentRow) -> tuple[Withdrawal, ...]:
    if not row.withdrawals:
        return ()
    hold = withdrawals_hold(tx.db, row)
    return tuple(_withdrawal(each, holds=hold) for each in row.withdrawals)


def _withdrawal(row: ConsentWithdrawalRow, *, holds: bool) -> Withdrawal:
    return Withdrawal(
        row.id,
        row.scope,
        row.reason,
        row.withdrawn_on,
        row.recorded_at,
        row.author_name,
        holds,
    )


def given(tx: Transaction, row: ConsentRow, outdated: Collection[TextKey]) -> Given:
    """Return a signed consent as the rules see it."""
    typed = consent_fields(row)
    classes = {each.product_class for each in row.products}
    return Given(
        id=row.id,
        number=row.number,
        signed_at=row.signed_at or row.started_at,
        text=text_key(row),
        products=frozenset(typed.products),
        classes=frozenset(classes - {""}),
        areas=frozenset(typed.areas),
        photos=typed.photos,
        withdrawals=_withdrawals(tx, row),
        outdated=text_key(row) in outdated,
        holds=consent_holds(tx.db, row),
    )


def missing_in(typed: ConsentFields, strokes: bytes | None) -> tuple[str, ...]:
    """Return what keeps a draft from being signed, in the order of the form."""
    asked = {
        "products": bool(typed.products),
        "areas": bool(typed.areas),
        "informed_on": typed.informed_on is not None,
        "time_to_reflect": typed.time_to_reflect is not Answer.NOT_ASKED,
        "questions_asked": typed.questions_asked is not Answer.NOT_ASKED,
        "interpreter": typed.interpreter is not Answer.NOT_ASKED,
        "interpreter_name": typed.interpreter is not Answer.YES or bool(typed.interpreter_name),
        "signer_name": typed.signer is SignerKind.PATIENT or bool(typed.signer_name),
        "paper_place": typed.method is ConsentMethod.DRAWN or bool(typed.paper_place),
        "strokes": typed.method is ConsentMethod.PAPER or not _is_blank(strokes),
    }
    return tuple(name for name, is_there in asked.items() if not is_there)


def _is_blank(strokes: bytes | None) -> bool:
    return strokes is None or unpack(strokes).is_blank
