"""Sessions in short, for lists and timelines; a few statements whatever their number."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from mesodesk.db.models.patient import PatientRow
from mesodesk.db.models.session import (
    ChartFieldRow,
    SessionRow,
    SyringeComponentRow,
    SyringeRow,
)
from mesodesk.domain.records.session import SessionSummary
from mesodesk.services.store import Transaction


@dataclass(frozen=True, slots=True)
class _Chart:
    points: int = 0
    volume_ul: int = 0
    regions: tuple[str, ...] = ()


def summaries(tx: Transaction, *conditions: ColumnElement[bool]) -> tuple[SessionSummary, ...]:
    """Return the sessions that meet the conditions and who acts may see, the latest first."""
    rows = tx.db.execute(
        select(
            SessionRow.id,
            SessionRow.patient_id,
            PatientRow.family_name,
            PatientRow.given_names,
            SessionRow.number,
            SessionRow.state,
            SessionRow.started_at,
            SessionRow.therapist_name,
            SessionRow.next_session_on,
            SessionRow.weight_kg,
        )
        .join(PatientRow, PatientRow.id == SessionRow.patient_id)
        .where(tx.visible(SessionRow.patient_id), *conditions)
        .order_by(SessionRow.started_at.desc(), SessionRow.id.desc())
    ).all()
    ids = [row.id for row in rows]
    charts, products = _charts(tx.db, ids), _products(tx.db, ids)
    return tuple(
        _summary(row, charts.get(row.id, _Chart()), tuple(products.get(row.id, ()))) for row in rows
    )


def _summary(
    row: Row[*tuple[Any, ...]], chart: _Chart, products: tuple[str, ...]
) -> SessionSummary:
    return SessionSummary(
        id=row.id,
        patient_id=row.patient_id,
        patient_name=display_name(row.family_name, row.given_names),
        number=row.number,
        state=row.state,
        started_at=row.started_at,
        therapist=row.therapist_name,
        points=chart.points,
        injected_ml=Decimal(chart.volume_ul).scaleb(-3),
        regions=chart.regions,
        products=products,
        next_session_on=row.next_session_on,
        weight_kg=row.weight_kg,
    )


def display_name(family_name: str, given_names: str) -> str:
    """Return "Family, Given" as lists and headers show it."""
    return ", ".join(part for part in (family_name, given_names) if part)


def _charts(db: Session, ids: Sequence[UUID]) -> dict[UUID, _Chart]:
    regions = regions_of(db, ids)
    sums = db.execute(
        select(
            ChartFieldRow.session_id,
            func.sum(ChartFieldRow.point_count).label("points"),
            func.sum(ChartFieldRow.volume_ul).label("volume_ul"),
        )
        .where(ChartFieldRow.session_id.in_(ids))
        .group_by(ChartFieldRow.session_id)
    )
    return {
        row.session_id: _Chart(row.points, row.volume_ul, regions.get(row.session_id, ()))
        for row in sums
    }


def regions_of(db: Session, ids: Collection[UUID]) -> dict[UUID, tuple[str, ...]]:
    """Return the regions treated in each of some sessions, sorted."""
    found: dict[UUID, set[str]] = {}
    # Hundreds of fields share a few lists of regions: let the database leave out the repeats.
    lists = select(ChartFieldRow.session_id, ChartFieldRow.regions).distinct()
    for session_id, regions in db.execute(lists.where(ChartFieldRow.session_id.in_(ids))):
        found.setdefault(session_id, set()).update(regions)
    return {session_id: tuple(sorted(names)) for session_id, names in found.items()}


def _products(db: Session, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Return the names of what was drawn up, in the order of the syringes, each once."""
    found: dict[UUID, list[str]] = {}
    rows = db.execute(
        select(SyringeRow.session_id, SyringeComponentRow.product_name)
        .join(SyringeRow, SyringeRow.id == SyringeComponentRow.syringe_id)
        .where(SyringeRow.session_id.in_(ids), SyringeRow.removed.is_(False))
        .order_by(SyringeRow.digit, SyringeComponentRow.position)
    )
    for row in rows:
        names = found.setdefault(row.session_id, [])
        if row.product_name not in names:
            names.append(row.product_name)
    return found
