"""Places of reactions on the body, and what lies under them. Brings numpy and the atlas along."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from sqlalchemy import or_, select

from mesodesk.db.models.session import SessionRow
from mesodesk.domain.bodymap.atlas import Atlas, load_atlas, shipped_atlas_id
from mesodesk.domain.bodymap.codec import outline_from_plain
from mesodesk.domain.bodymap.packing import PackedPoints, PackingError
from mesodesk.domain.bodymap.resizing import Body
from mesodesk.domain.bodymap.under import away_mm, zone_away_mm
from mesodesk.domain.bodymap.view import SurfacePoint
from mesodesk.domain.clock import local_date
from mesodesk.domain.reaction_terms import load_reaction_terms
from mesodesk.domain.records.patient import BodySex
from mesodesk.domain.records.reaction import (
    LotReactions,
    NearReaction,
    ReactionPlace,
    SuspectLot,
    UnderField,
    UnderPlace,
)
from mesodesk.domain.records.session import COUNTED, SessionState
from mesodesk.services.chart_rows import FIELDS
from mesodesk.services.exposure import DrawnSyringe, syringes_of
from mesodesk.services.reaction_rows import reactions_of
from mesodesk.services.reactions import reactions_since
from mesodesk.services.session_rows import TableRow
from mesodesk.services.session_versions import is_amendment
from mesodesk.services.store import Transaction
from mesodesk.services.texts import Problems

_EDGE = 1e-6
_PLACE = np.dtype([("triangle", "<u4"), ("u", "<f8"), ("v", "<f8")])


def placed(places: Iterable[ReactionPlace]) -> tuple[ReactionPlace, ...]:
    """Return places with the region they lie in and the atlas they are of.

    Raises:
        InvalidError: if one lies on no skin of the figure.
    """
    problems, found = Problems(), []
    for each in places:
        atlas = load_atlas(each.sex.value)
        inside = each.u >= 0 and each.v >= 0 and each.u + each.v <= 1 + _EDGE
        if not inside or not 0 <= each.triangle < atlas.triangle_count:
            problems.add("places", "Place: this lies on no skin of the figure. Mark it again.")
            continue
        region = atlas.region_of(_point(each)).key
        found.append(replace(each, region=region, atlas_id=shipped_atlas_id()))
    problems.done()
    return tuple(found)


def under_places(
    tx: Transaction,
    patient_id: UUID,
    places: Sequence[ReactionPlace],
    today: date,
    besides: UUID | None = None,
) -> UnderPlace:
    """Return what lies under some places of one figure, over all sessions of a patient.

    Args:
        tx: in which to look.
        patient_id: whose.
        places: on the figure of the first of them.
        today: at the clinic, for the days since.
        besides: a reaction that is not to be found by itself.

    Raises:
        InvalidError: if a place lies on no skin of the figure.
    """
    reach = load_reaction_terms().near_mm
    if not places:
        return UnderPlace(reach)
    spots = placed(places)
    look = _Look(
        spots[0].sex,
        [_point(each) for each in spots if each.sex is spots[0].sex],
        float(reach),
        today,
    )
    fields, left_out = _fields(tx, patient_id, look)
    found = UnderPlace(
        reach, tuple(fields), _earlier(tx, patient_id, look, besides), left_out=tuple(left_out)
    )
    return replace(found, others=_others(tx, patient_id, found.parts))


def _point(place: ReactionPlace) -> SurfacePoint:
    return SurfacePoint(place.triangle, place.u, place.v)


@dataclass(frozen=True)
class _Look:
    """Where is looked, on which figure, and how far."""

    sex: BodySex
    points: list[SurfacePoint]
    reach_mm: float
    today: date

    @cached_property
    def atlas(self) -> Atlas:
        return load_atlas(self.sex.value)


def _fields(tx: Transaction, patient_id: UUID, look: _Look) -> tuple[list[UnderField], list[int]]:
    """Return the fields under the places, the latest first, and numbers of sessions left out."""
    heads = _heads(tx, patient_id)
    known = {
        row.id: row
        for row in heads
        if row.atlas_id == shipped_atlas_id() and row.body_sex is look.sex
    }
    left_out = [row.number for row in heads if row.id not in known]
    syringes = {each.id: each for own in syringes_of(tx.db, known).values() for each in own}
    rows = _charted(tx, known)
    found: list[UnderField] = []
    for head in known.values():
        body = Body.of_height(look.atlas, head.height_cm)
        near = []
        for row in rows.get(head.id, ()):
            try:
                field = _under(row, head, body, look, syringes)
            except (PackingError, KeyError, TypeError, ValueError, InvalidOperation):
                left_out.append(head.number)
            else:
                near += [] if field is None else [field]
        found += sorted(near, key=lambda each: (each.nearest_mm, each.syringe_digit))
    return found, sorted(set(left_out))


def _heads(tx: Transaction, patient_id: UUID) -> list[TableRow]:
    draft = (SessionRow.state == SessionState.DRAFT) & ~is_amendment()
    rows = tx.db.execute(
        select(
            SessionRow.id,
            SessionRow.number,
            SessionRow.state,
            SessionRow.started_at,
            SessionRow.zone,
            SessionRow.atlas_id,
            SessionRow.body_sex,
            SessionRow.height_cm,
        )
        .where(SessionRow.patient_id == patient_id, or_(SessionRow.state.in_(COUNTED), draft))
        .order_by(SessionRow.started_at.desc(), SessionRow.id.desc())
    )
    return list(rows)


class _Field(NamedTuple):
    """A field as it is stored."""

    syringe_id: UUID
    definition: dict[str, Any]
    points: bytes
    volume_ul: int


def _charted(tx: Transaction, session_ids: Iterable[UUID]) -> dict[UUID, list[_Field]]:
    columns = FIELDS.c
    rows = tx.db.execute(
        select(
            columns.session_id,
            columns.syringe_id,
            columns.definition,
            columns.points,
            columns.volume_ul,
        )
        .where(columns.session_id.in_(list(session_ids)))
        .order_by(columns.id)
    )
    found: dict[UUID, list[_Field]] = {}
    for row in rows:
        found.setdefault(row.session_id, []).append(_Field(*row[1:]))
    return found


def _under(
    row: _Field, head: TableRow, body: Body, look: _Look, syringes: dict[UUID, DrawnSyringe]
) -> UnderField | None:
    """Return a field if it lies under the places; None if it does not.

    Raises:
        ValueError: or another error of reading, if nobody can tell.
    """
    records = PackedPoints.from_bytes(row.points).records
    away = away_mm(body, look.points, records, look.reach_mm)
    near = records[np.isfinite(away)]
    nearest = float(away.min(initial=np.inf))
    if not len(records):
        outline = outline_from_plain(row.definition["outline"])
        nearest = zone_away_mm(body, outline, look.points, look.reach_mm)
        if nearest == np.inf:
            return None
        depths: tuple[str, ...] = (str(row.definition["depth_mm"]),)
        volume_ul = row.volume_ul
    elif not len(near):
        return None
    else:
        depths, volume_ul = _depths(near["depth"]), int(near["volume"].sum())
    syringe = syringes[row.syringe_id]
    day = local_date(head.started_at, head.zone)
    return UnderField(
        session_id=head.id,
        session_number=head.number,
        draft=head.state is SessionState.DRAFT,
        treated_on=day,
        days=(look.today - day).days,
        syringe_digit=syringe.digit,
        parts=tuple(
            SuspectLot(part.lot_id, part.product_id, part.product_name, part.lot_number)
            for part in syringe.components
        ),
        technique=str(row.definition["technique"]),
        depths_mm=depths,
        nearest_mm=nearest,
        zone=not len(records),
        points=len(near),
        volume_ml=Decimal(volume_ul).scaleb(-3),
    )


def _depths(micrometres: Any) -> tuple[str, ...]:  # noqa: ANN401  an array of whole numbers
    return tuple(f"{(Decimal(int(each)) / 1000).normalize():f}" for each in np.unique(micrometres))


def _earlier(
    tx: Transaction, patient_id: UUID, look: _Look, besides: UUID | None
) -> tuple[NearReaction, ...]:
    """Return the patient's other reactions near the places, the latest first."""
    body = Body(look.atlas)
    found = []
    for each in reactions_of(tx, patient_id):
        own = [
            (place.triangle, place.u, place.v)
            for place in each.fields.places
            if place.sex is look.sex and place.atlas_id == shipped_atlas_id()
        ]
        if each.id == besides or not each.counts or not own:
            continue
        away = away_mm(body, look.points, np.array(own, dtype=_PLACE), look.reach_mm)
        if np.isfinite(away).any():
            found.append(NearReaction(each, float(away.min())))
    return tuple(found)


def _others(
    tx: Transaction, patient_id: UUID, parts: Sequence[SuspectLot]
) -> tuple[LotReactions, ...]:
    """Return how many other patients reacted after each lot, and how; without naming anybody."""
    if not parts:
        return ()
    others = [each for each in reactions_since(tx, date.min) if each.patient_id != patient_id]
    found = []
    for part in parts:
        told = [each for each in others if part.lot_id in each.lots]
        if told:
            patients = len({each.patient_id for each in told})
            found.append(LotReactions(part, patients, tuple(sorted({e.what for e in told}))))
    return tuple(found)
