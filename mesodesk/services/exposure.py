"""What the exposure map of a patient is made of, read by a few statements of SQLAlchemy Core."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import InvalidOperation
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Table, and_, or_, select
from sqlalchemy.orm import Session

from mesodesk.db.models.session import SessionRow, SyringeComponentRow, SyringeRow
from mesodesk.domain.bodymap.atlas import shipped_atlas_id
from mesodesk.domain.bodymap.codec import outline_from_plain
from mesodesk.domain.bodymap.fields import Outline
from mesodesk.domain.bodymap.packing import PackedPoints, PackingError
from mesodesk.domain.clock import local_date
from mesodesk.domain.dosing import ActiveStrength, Component, Mixture
from mesodesk.domain.records.exposure import (
    ALL_SESSIONS,
    ExposurePart,
    ExposureRange,
    ExposureSession,
    ExposureSyringe,
    ExposureZone,
    LeftOut,
    LeftOutWhy,
    PatientExposure,
)
from mesodesk.domain.records.session import COUNTED, ComponentRecord, SessionState
from mesodesk.domain.rights import Right
from mesodesk.services.chart_rows import FIELDS
from mesodesk.services.patient_rows import find_patient
from mesodesk.services.session_rows import syringe_record
from mesodesk.services.session_versions import is_amendment
from mesodesk.services.store import Store

_SESSIONS = cast("Table", SessionRow.__table__)
_SYRINGES = cast("Table", SyringeRow.__table__)
_COMPONENTS = cast("Table", SyringeComponentRow.__table__)


class ExposureService:
    """Reads what was given where, over many sessions."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def for_patient(
        self, patient_id: UUID, wanted: ExposureRange = ALL_SESSIONS
    ) -> PatientExposure:
        """Return a patient's signed sessions and the open draft, the latest first.

        Of an amended session the version that stands counts; a draft that amends one does not yet,
        and sessions entered in error never do. One that was drawn on another atlas, or cannot be
        read, is named in `left_out`.

        Raises:
            NotFoundError: if there is no such patient.
        """
        with self._store.view(Right.RECORD_READ, "exposure", patient_id) as tx:
            find_patient(tx, patient_id)
            heads = _heads(tx.db, patient_id)
            days = [local_date(head.started_at, head.zone) for head in heads]
            picks = zip(heads, days, wanted.picks(days), strict=True)
            picked = [(head, day) for head, day, counts in picks if counts]
            known = {head.id for head, _ in picked if head.atlas_id == shipped_atlas_id()}
            given = _given(tx.db, known)
            syringes = syringes_of(tx.db, known)
        sessions, left_out = [], []
        for head, day in picked:
            try:
                if head.id not in known:
                    left_out.append(LeftOut(head.number, day, LeftOutWhy.UNKNOWN_ATLAS))
                    continue
                parts = tuple(_filled(row, given) for row in syringes.get(head.id, ()))
            except PackingError:
                left_out.append(LeftOut(head.number, day, LeftOutWhy.DAMAGED))
            else:
                sessions.append(ExposureSession(head.id, head.number, head.state, day, parts))
        return PatientExposure(tuple(sessions), tuple(left_out))


def _heads(db: Session, patient_id: UUID) -> list[Row[*tuple[Any, ...]]]:
    columns = _SESSIONS.c
    rows = db.execute(
        select(
            columns.id,
            columns.number,
            columns.state,
            columns.started_at,
            columns.zone,
            columns.atlas_id,
        )
        .where(
            columns.patient_id == patient_id,
            or_(columns.state.in_(COUNTED), _is_new_draft()),
        )
        .order_by(columns.started_at.desc(), columns.id.desc())
    )
    return list(rows)


def _is_new_draft() -> ColumnElement[bool]:
    return and_(SessionRow.state == SessionState.DRAFT, ~is_amendment())


@dataclass(slots=True)
class _Given:
    """What a syringe gave: packed points of its fields, and the volume they were charted with."""

    packed: list[bytes] = field(default_factory=list)
    volume_ul: int = 0
    zones: list[ExposureZone] = field(default_factory=list)


def _given(db: Session, session_ids: Collection[UUID]) -> dict[UUID, _Given]:
    """Return what each syringe gave. Most fields are one point: none becomes an object."""
    found: dict[UUID, _Given] = {}
    rows = db.execute(
        select(FIELDS.c.syringe_id, FIELDS.c.points, FIELDS.c.volume_ul)
        .where(FIELDS.c.session_id.in_(session_ids))
        .order_by(FIELDS.c.id)
    )
    for syringe_id, points, volume_ul in rows:
        given = found.get(syringe_id)
        if given is None:
            given = found[syringe_id] = _Given()
        given.packed.append(points)
        given.volume_ul += volume_ul
    _add_zones(db, session_ids, found)
    return found


def _add_zones(db: Session, session_ids: Collection[UUID], found: Mapping[UUID, _Given]) -> None:
    """Add where zones lie. One that cannot be read is told to be missing from the map."""
    statement = (
        select(FIELDS.c.syringe_id, FIELDS.c.definition, FIELDS.c.volume_ul)
        .where(FIELDS.c.session_id.in_(session_ids), FIELDS.c.point_count == 0)
        .order_by(FIELDS.c.id)
    )
    try:
        # JSON is read while rows are fetched.
        rows = list(db.execute(statement))
    except ValueError:
        return
    for syringe_id, definition, volume_ul in rows:
        outline = _outline(definition)
        if outline is not None:
            found[syringe_id].zones.append(ExposureZone(outline, volume_ul))


def _outline(definition: Mapping[str, Any]) -> Outline | None:
    """Return where a zone lies; None if nobody knows, so that it is told to be missing."""
    try:
        stored = definition["outline"]
        return None if stored is None else outline_from_plain(stored)
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation):
        return None


@dataclass(frozen=True, slots=True)
class DrawnSyringe:
    """A syringe of a session with its components."""

    id: UUID
    digit: int
    components: tuple[ComponentRecord, ...]


def syringes_of(db: Session, session_ids: Collection[UUID]) -> dict[UUID, list[DrawnSyringe]]:
    """Return the syringes of sessions, in the order of their digits."""
    components: dict[UUID, list[Any]] = {}
    joined = _COMPONENTS.join(_SYRINGES, _SYRINGES.c.id == _COMPONENTS.c.syringe_id)
    for row in db.execute(
        select(_COMPONENTS)
        .select_from(joined)
        .where(_SYRINGES.c.session_id.in_(session_ids))
        .order_by(_COMPONENTS.c.position)
    ):
        components.setdefault(row.syringe_id, []).append(row)
    found: dict[UUID, list[DrawnSyringe]] = {}
    for row in db.execute(
        select(_SYRINGES)
        .where(_SYRINGES.c.session_id.in_(session_ids))
        .order_by(_SYRINGES.c.digit, _SYRINGES.c.id)
    ):
        record = syringe_record(row, components.get(row.id, ()))
        made = DrawnSyringe(record.id, record.digit, record.components)
        found.setdefault(row.session_id, []).append(made)
    return found


def _filled(syringe: DrawnSyringe, given: Mapping[UUID, _Given]) -> ExposureSyringe:
    """Join a syringe with what it gave.

    Raises:
        PackingError: if its points are damaged.
    """
    own = given.get(syringe.id, _Given())
    points = PackedPoints.from_bytes(b"".join(own.packed))
    return ExposureSyringe(
        id=syringe.id,
        digit=syringe.digit,
        mixture=Mixture(tuple(component_of(part) for part in syringe.components)),
        parts=tuple(
            ExposurePart(part.product_name, part.lot_number) for part in syringe.components
        ),
        points=points,
        # A zone has a volume and no points.
        zone_ul=max(own.volume_ul - points.volume_ul, 0),
        zones=tuple(own.zones),
    )


def component_of(part: ComponentRecord) -> Component:
    """Return a component as dosing reckons with it."""
    actives = (
        ActiveStrength(active.name, active.ingredient_id, active.strength)
        for active in part.actives
    )
    return Component(part.lot_id, part.product_name, part.volume_ml, tuple(actives))
