"""What was seen of the treatment, for the timeline: reactions, measurements, photographs."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from sqlalchemy import func, select

from mesodesk.db.models.measurement import MeasurementRow
from mesodesk.db.models.photo import PhotoRow
from mesodesk.db.models.reaction import ReactionRow
from mesodesk.services.measurement_rows import measurements
from mesodesk.services.photo_rows import photos
from mesodesk.services.reaction_rows import reactions, reactions_of
from mesodesk.services.store import Transaction

_Found = Iterable[tuple[UUID, date]]
_Facts = Mapping[UUID, object]


def occasions(tx: Transaction, patient_id: UUID) -> _Found:
    """Find occasions: what was measured in one go is one event."""
    row = MeasurementRow
    rows = select(row.occasion_id, func.min(row.measured_on)).where(row.patient_id == patient_id)
    return tx.db.execute(rows.group_by(row.occasion_id))


def read_occasions(tx: Transaction, ids: Collection[UUID]) -> _Facts:
    every = sorted(
        measurements(tx, MeasurementRow.occasion_id.in_(ids)), key=attrgetter("occasion_id")
    )
    return {key: tuple(some) for key, some in groupby(every, attrgetter("occasion_id"))}


def photo_days(tx: Transaction, patient_id: UUID) -> _Found:
    """Find days on which photographs were taken: the views of one day are one event.

    It bears the id of the first that was kept.
    """
    row = PhotoRow
    rows = select(func.min(row.id), row.taken_on).where(row.patient_id == patient_id)
    return tx.db.execute(rows.group_by(row.taken_on))


def read_photo_days(tx: Transaction, ids: Collection[UUID]) -> _Facts:
    row = PhotoRow
    heads = tx.db.execute(select(row.id, row.patient_id, row.taken_on).where(row.id.in_(ids))).all()
    patients = {head.patient_id for head in heads}
    days = {head.taken_on for head in heads}
    every = photos(tx, row.patient_id.in_(patients), row.taken_on.in_(days))
    return {
        head.id: tuple(
            each
            for each in every
            if (each.patient_id, each.fields.taken_on) == (head.patient_id, head.taken_on)
        )
        for head in heads
    }


def reactions_begun(tx: Transaction, patient_id: UUID) -> _Found:
    """Find reactions by their onset, or the session they followed; a patient has few."""
    return [(each.id, each.began_on) for each in reactions_of(tx, patient_id)]


def read_reactions(tx: Transaction, ids: Collection[UUID]) -> _Facts:
    return {each.id: each for each in reactions(tx.db, ReactionRow.id.in_(ids))}
