"""Sessions between their tables and their frozen records."""

from dataclasses import fields
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from mesodesk.db.models.session import (
    SessionAcknowledgementRow,
    SessionRow,
    SyringeComponentRow,
    SyringeRow,
)
from mesodesk.domain.answers import Answer
from mesodesk.domain.records.session import (
    Addendum,
    ComponentRecord,
    SealRecord,
    SessionFields,
    SessionRecord,
    SyringeRecord,
)
from mesodesk.domain.records.stock import ActiveFields
from mesodesk.domain.screening import Acknowledgement
from mesodesk.domain.strength import Strength, StrengthUnit
from mesodesk.services.errors import NotFoundError

ANSWER_MAPS: Final = ("aseptic_steps", "reactions")

_WHOLE: Final = (
    selectinload(SessionRow.syringes).selectinload(SyringeRow.components),
    selectinload(SessionRow.acknowledgements),
    selectinload(SessionRow.addenda),
    joinedload(SessionRow.seal),
)


def find_session(db: Session, session_id: UUID) -> SessionRow:
    """Return a session with everything but its chart.

    Raises:
        NotFoundError: if there is none of that id.
    """
    statement = select(SessionRow).where(SessionRow.id == session_id).options(*_WHOLE)
    row = db.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFoundError("This session is not on record. Nothing was changed.")
    return row


def session_record(row: SessionRow, *, seal_holds: bool = False) -> SessionRecord:
    """Return the record of a row; `seal_holds` is what checking its seal has shown."""
    return SessionRecord(
        id=row.id,
        version=row.version,
        patient_id=row.patient_id,
        number=row.number,
        state=row.state,
        therapist_id=row.therapist_id,
        therapist=row.therapist_name,
        started_at=row.started_at,
        atlas_id=row.atlas_id,
        body_sex=row.body_sex,
        height_cm=row.height_cm,
        fields=session_fields(row),
        syringes=tuple(syringe_record(each) for each in kept_syringes(row)),
        acknowledgements=tuple(acknowledgement(each) for each in in_force(row)),
        addenda=tuple(
            Addendum(each.id, each.text, each.author_name, each.written_at) for each in row.addenda
        ),
        seal=_seal_record(row, holds=seal_holds),
        discard_reason=row.discard_reason,
    )


def _seal_record(row: SessionRow, *, holds: bool) -> SealRecord | None:
    if row.seal is None:
        return None
    return SealRecord(row.seal.sha256, row.seal.signer_name, row.seal.signed_at, holds)


def session_fields(row: SessionRow) -> SessionFields:
    values = {each.name: getattr(row, each.name) for each in fields(SessionFields)}
    for name in ANSWER_MAPS:
        values[name] = {key: Answer(value) for key, value in values[name].items()}
    return SessionFields(**values)


def write_session_fields(row: SessionRow, typed: SessionFields) -> tuple[str, ...]:
    """Put what was typed into the row and return the names of what changed."""
    before = session_fields(row)
    changed = tuple(
        each.name
        for each in fields(SessionFields)
        if getattr(before, each.name) != getattr(typed, each.name)
    )
    for name in changed:
        value: Any = getattr(typed, name)
        setattr(row, name, dict(value) if name in ANSWER_MAPS else value)
    return changed


def kept_syringes(row: SessionRow) -> list[SyringeRow]:
    return sorted((each for each in row.syringes if not each.removed), key=attrgetter("digit"))


def in_force(row: SessionRow) -> list[SessionAcknowledgementRow]:
    return [each for each in row.acknowledgements if each.withdrawn_at is None]


def acknowledgement(row: SessionAcknowledgementRow) -> Acknowledgement:
    return Acknowledgement(
        rule_id=row.rule_id,
        rule_version=row.rule_version,
        reason=row.reason,
        by=row.user_name,
        at=row.acknowledged_at,
        overridden=row.overridden,
        kind=row.kind,
        fingerprint=row.fingerprint,
    )


def syringe_record(row: SyringeRow) -> SyringeRecord:
    return SyringeRecord(
        id=row.id,
        digit=row.digit,
        label=row.label,
        components=tuple(_component(each) for each in row.components),
        wasted_ml=row.wasted_ml,
        left_ml=row.left_ml,
    )


def _component(row: SyringeComponentRow) -> ComponentRecord:
    return ComponentRecord(
        id=row.id,
        lot_id=row.lot_id,
        product_id=row.product_id,
        product_name=row.product_name,
        product_class=row.product_class,
        lot_number=row.lot_number,
        expires_on=row.expires_on,
        diluent=row.diluent,
        volume_ml=row.volume_ml,
        actives=tuple(_active(each) for each in row.actives),
    )


def active_out(active: ActiveFields) -> dict[str, Any]:
    """Return an active as it is frozen with a syringe."""
    strength = active.strength
    return {
        "ingredient_id": active.ingredient_id,
        "name": active.name,
        "strength": None
        if strength is None
        else {"value": strength.value, "unit": strength.unit.value},
    }


def _active(plain: dict[str, Any]) -> ActiveFields:
    strength = plain["strength"]
    return ActiveFields(
        plain["ingredient_id"],
        plain["name"],
        None
        if strength is None
        else Strength(Decimal(strength["value"]), StrengthUnit(strength["unit"])),
    )
