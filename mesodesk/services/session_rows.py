"""Sessions between their tables and their frozen records."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.attributes import flag_modified

from mesodesk.db.models.session import (
    SessionAcknowledgementRow,
    SessionRow,
    SyringeComponentRow,
    SyringeRow,
)
from mesodesk.domain.answers import Answer
from mesodesk.domain.changes import Topic
from mesodesk.domain.records.session import (
    Addendum,
    ComponentRecord,
    SealRecord,
    SessionFields,
    SessionRecord,
    SessionState,
    SyringeRecord,
)
from mesodesk.domain.records.stock import ActiveFields
from mesodesk.domain.screening import Acknowledgement
from mesodesk.domain.strength import Strength, StrengthUnit
from mesodesk.services.errors import NotFoundError, RefusedError
from mesodesk.services.store import Transaction

ANSWER_MAPS: Final = ("aseptic_steps", "reactions")

_FIELDS: Final = tuple(each.name for each in fields(SessionFields))
_CLOSED: Final = (
    "This session is signed and stays as it is. Nothing was changed. Add an addendum instead."
)
_DISCARDED: Final = "This session was discarded and stays as it is. Nothing was changed."

_WHOLE: Final = (
    selectinload(SessionRow.syringes).selectinload(SyringeRow.components),
    selectinload(SessionRow.acknowledgements),
    selectinload(SessionRow.addenda),
    joinedload(SessionRow.seal),
)


TableRow = Row[*tuple[Any, ...]]
"""A row of a whole table, read without objects; its columns are named as the object's."""

_Found = TypeVar("_Found", SessionRow, TableRow)


@dataclass(frozen=True, slots=True)
class SessionParts:
    """What hangs on a session's own row."""

    syringes: tuple[SyringeRecord, ...]
    acknowledgements: tuple[Acknowledgement, ...]
    addenda: tuple[Addendum, ...] = ()
    seal: SealRecord | None = None


def find_session(tx: Transaction, session_id: UUID) -> SessionRow:
    """Return a session with everything but its chart.

    Raises:
        NotFoundError: if there is none of that id, or none that who acts may see.
    """
    row = whole_session(tx.db, session_id)
    tx.need_patient(row.patient_id)
    return row


def whole_session(db: Session, session_id: UUID) -> SessionRow:
    """Return a session with everything but its chart, whoever may see it.

    Raises:
        NotFoundError: if there is none of that id.
    """
    statement = select(SessionRow).where(SessionRow.id == session_id).options(*_WHOLE)
    return need_found(db.scalars(statement.execution_options(populate_existing=True)).one_or_none())


def need_found(row: _Found | None) -> _Found:
    """Return the row of a session that was asked for.

    Raises:
        NotFoundError: if there is none.
    """
    if row is None:
        raise NotFoundError("This session is not on record. Nothing was changed.")
    return row


def need_draft(state: SessionState) -> None:
    """Refuse to change a session that is no draft any more.

    Raises:
        RefusedError: saying how it ended.
    """
    if state is SessionState.ENTERED_IN_ERROR:
        raise RefusedError(_DISCARDED)
    if state is not SessionState.DRAFT:
        raise RefusedError(_CLOSED)


def session_record(row: SessionRow, *, seal_holds: bool = False) -> SessionRecord:
    """Return the record of a row; `seal_holds` is what checking its seal has shown."""
    parts = SessionParts(
        syringes=tuple(syringe_record(each, each.components) for each in kept_syringes(row)),
        acknowledgements=tuple(acknowledgement(each) for each in in_force(row)),
        addenda=tuple(
            Addendum(each.id, each.text, each.author_name, each.written_at) for each in row.addenda
        ),
        seal=_seal_record(row, holds=seal_holds),
    )
    return joined_record(row, session_fields(row), parts)


def joined_record(
    head: SessionRow | TableRow, typed: SessionFields, parts: SessionParts
) -> SessionRecord:
    """Return the record of a session: a `SessionRow`, or a row of its table, with its parts."""
    return SessionRecord(
        id=head.id,
        version=head.version,
        patient_id=head.patient_id,
        number=head.number,
        state=head.state,
        therapist_id=head.therapist_id,
        therapist=head.therapist_name,
        started_at=head.started_at,
        atlas_id=head.atlas_id,
        body_sex=head.body_sex,
        height_cm=head.height_cm,
        fields=typed,
        syringes=parts.syringes,
        acknowledgements=parts.acknowledgements,
        addenda=parts.addenda,
        seal=parts.seal,
        discard_reason=head.discard_reason,
    )


def kept_session(
    tx: Transaction,
    row: SessionRow,
    action: str,
    also: Topic = Topic.NONE,
    **details: object,
) -> SessionRecord:
    """Count the session one version up, whichever of its rows was changed."""
    flag_modified(row, "changed_at")
    tx.db.flush()
    tx.audit(action, "session", row.id, row.version, **details)
    tx.touch(Topic.SESSIONS | also)
    return session_record(row)


def _seal_record(row: SessionRow, *, holds: bool) -> SealRecord | None:
    if row.seal is None:
        return None
    return SealRecord(row.seal.sha256, row.seal.signer_name, row.seal.signed_at, holds)


def session_fields(row: SessionRow | TableRow) -> SessionFields:
    """Return what is typed into a session: of a `SessionRow`, or of a row of its table."""
    values = {name: getattr(row, name) for name in _FIELDS}
    for name in ANSWER_MAPS:
        values[name] = {key: Answer(value) for key, value in values[name].items()}
    return SessionFields(**values)


def changed_fields(before: SessionFields, typed: SessionFields) -> tuple[str, ...]:
    """Return the names of the fields in which the two differ."""
    return tuple(name for name in _FIELDS if getattr(before, name) != getattr(typed, name))


def kept_syringes(row: SessionRow) -> list[SyringeRow]:
    return sorted((each for each in row.syringes if not each.removed), key=attrgetter("digit"))


def in_force(row: SessionRow) -> list[SessionAcknowledgementRow]:
    return [each for each in row.acknowledgements if each.withdrawn_at is None]


def acknowledgement(row: SessionAcknowledgementRow | TableRow) -> Acknowledgement:
    """Return a reason: of a `SessionAcknowledgementRow`, or of a row of its table."""
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


def syringe_record(
    row: SyringeRow | TableRow, components: Iterable[SyringeComponentRow | TableRow]
) -> SyringeRecord:
    """Return a syringe: of a `SyringeRow` and its components, or of rows of their tables."""
    return SyringeRecord(
        id=row.id,
        digit=row.digit,
        label=row.label,
        components=tuple(_component(each) for each in components),
        wasted_ml=row.wasted_ml,
        left_ml=row.left_ml,
    )


def _component(row: SyringeComponentRow | TableRow) -> ComponentRecord:
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
