"""Sessions in short, for lists and timelines; a few statements whatever their number."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from mesodesk.db.models.patient import PatientRow
from mesodesk.db.models.plan import PlanRow, SessionPlanRow
from mesodesk.db.models.session import (
    ChartFieldRow,
    SessionRow,
    SyringeComponentRow,
    SyringeRow,
)
from mesodesk.db.models.versions import SessionStatementRow, SessionVersionRow
from mesodesk.domain.records.session import STANDING, SessionSummary, StatementKind
from mesodesk.services.store import Transaction


@dataclass(frozen=True, slots=True)
class _Chart:
    points: int = 0
    volume_ul: int = 0
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Said:
    text: str = ""
    by: str = ""
    at: datetime | None = None


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
            SessionRow.signed_at,
            SessionRow.discard_reason,
            SessionVersionRow.amends_id,
            SessionPlanRow.plan_id,
            SessionPlanRow.number.label("plan_number"),
            PlanRow.planned_sessions,
        )
        .outerjoin(SessionPlanRow, SessionPlanRow.session_id == SessionRow.id)
        .outerjoin(PlanRow, PlanRow.id == SessionPlanRow.plan_id)
        .outerjoin(SessionVersionRow, SessionVersionRow.session_id == SessionRow.id)
        .join(PatientRow, PatientRow.id == SessionRow.patient_id)
        .where(tx.visible(SessionRow.patient_id), *conditions)
        .order_by(SessionRow.started_at.desc(), SessionRow.id.desc())
    ).all()
    ids = [row.id for row in rows]
    charts, products = _charts(tx.db, ids), products_of(tx.db, ids)
    said = _said(tx.db, [row.id for row in rows if row.state not in STANDING])
    return tuple(
        _summary(
            row,
            charts.get(row.id, _Chart()),
            tuple(products.get(row.id, ())),
            said.get(row.id, _Said(row.discard_reason)),
        )
        for row in rows
    )


def _summary(
    row: Row[*tuple[Any, ...]], chart: _Chart, products: tuple[str, ...], said: _Said
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
        amends_id=row.amends_id,
        signed_at=row.signed_at,
        said=said.text,
        said_by=said.by,
        said_at=said.at,
        plan_id=row.plan_id,
        plan_number=row.plan_number,
        plan_of=row.planned_sessions,
    )


def _said(db: Session, ids: Sequence[UUID]) -> dict[UUID, _Said]:
    """Return why some sessions do not stand any more: they were amended or entered in error."""
    if not ids:
        return {}
    rows = db.scalars(
        select(SessionStatementRow)
        .where(
            SessionStatementRow.session_id.in_(ids),
            SessionStatementRow.kind != StatementKind.REQUEST_DENIED,
        )
        .order_by(SessionStatementRow.id)
    )
    return {row.session_id: _Said(row.text, row.author_name, row.made_at) for row in rows}


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


def products_of(db: Session, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
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
