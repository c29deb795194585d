"""The charts of a patient's earlier sessions, read by statements of SQLAlchemy Core."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Row, Table, and_, or_, select
from sqlalchemy.orm import Session

from mesodesk.db.models.session import SessionRow, SyringeComponentRow, SyringeRow
from mesodesk.domain.bodymap.codec import ChartDataError
from mesodesk.domain.bodymap.packing import PackingError
from mesodesk.domain.clock import local_date
from mesodesk.domain.records.chart import EarlierChart
from mesodesk.domain.records.session import COUNTED, SyringeRecord
from mesodesk.services.chart_rows import read_fields
from mesodesk.services.errors import NotFoundError
from mesodesk.services.session_rows import syringe_record
from mesodesk.services.session_versions import link_of
from mesodesk.services.store import Transaction
from mesodesk.services.version_records import is_broken_unseen

_SESSIONS = cast("Table", SessionRow.__table__)
_SYRINGES = cast("Table", SyringeRow.__table__)
_COMPONENTS = cast("Table", SyringeComponentRow.__table__)


def earlier_charts(tx: Transaction, session_id: UUID, most: int) -> tuple[EarlierChart, ...]:
    """Return the charts of the signed sessions before one, the latest first.

    Of an amendment, the version that it amends comes before them: it is told apart from that.

    Raises:
        NotFoundError: if there is no such session.
    """
    columns = _SESSIONS.c
    db = tx.db
    this = db.execute(
        select(columns.patient_id, columns.number, columns.atlas_id).where(columns.id == session_id)
    ).one_or_none()
    if this is None:
        raise NotFoundError("This session is not on record. Nothing was changed.")
    tx.need_patient(this.patient_id)
    link = link_of(db, session_id)
    amends_id = None if link is None else link.amends_id
    heads = db.execute(
        select(
            columns.id,
            columns.number,
            columns.started_at,
            columns.zone,
            columns.atlas_id,
            columns.body_sex,
            columns.height_cm,
        )
        .where(
            columns.patient_id == this.patient_id,
            # A session entered in error has given its number back: it is never one of these.
            or_(
                and_(columns.state.in_(COUNTED), columns.number < this.number),
                columns.id == amends_id,
            ),
        )
        .order_by(columns.number.desc())
        .limit(most)
    ).all()
    syringes = _syringes(db, [head.id for head in heads])
    charts = (_chart(db, head, syringes.get(head.id, ()), this.atlas_id) for head in heads)
    return tuple(
        replace(
            each,
            original=each.session_id == amends_id,
            broken=is_broken_unseen(db, each.session_id),
        )
        for each in charts
    )


def _chart(
    db: Session,
    head: Row[*tuple[Any, ...]],
    syringes: Collection[SyringeRecord],
    atlas_id: str,
) -> EarlierChart:
    drawable = head.atlas_id == atlas_id
    fields = {}
    if drawable:
        try:
            fields = read_fields(db, head.id)
        except (ChartDataError, PackingError):
            drawable = False
    return EarlierChart(
        session_id=head.id,
        number=head.number,
        day=local_date(head.started_at, head.zone),
        syringes=tuple(syringes),
        fields=tuple(stored.field for stored in fields.values()),
        drawable=drawable,
        body_sex=head.body_sex,
        height_cm=head.height_cm,
    )


def _syringes(db: Session, session_ids: Collection[UUID]) -> dict[UUID, list[SyringeRecord]]:
    components: dict[UUID, list[Any]] = {}
    joined = _COMPONENTS.join(_SYRINGES, _SYRINGES.c.id == _COMPONENTS.c.syringe_id)
    for row in db.execute(
        select(_COMPONENTS)
        .select_from(joined)
        .where(_SYRINGES.c.session_id.in_(session_ids))
        .order_by(_COMPONENTS.c.position)
    ):
        components.setdefault(row.syringe_id, []).append(row)
    found: dict[UUID, list[SyringeRecord]] = {}
    for row in db.execute(
        select(_SYRINGES)
        .where(_SYRINGES.c.session_id.in_(session_ids), _SYRINGES.c.removed.is_(False))
        .order_by(_SYRINGES.c.digit)
    ):
        record = syringe_record(row, components.get(row.id, ()))
        found.setdefault(row.session_id, []).append(record)
    return found
