"""What is measured at the visits of the demonstration clinic.

Girths wander around a figure of the patient's own, up as well as down: nothing here shows a result.
"""

from datetime import date
from decimal import Decimal
from random import Random

from mesodesk.domain.measures import load_measures
from mesodesk.domain.records.measurement import (
    BodySide,
    MeasuredUnit,
    MeasurementFields,
    MeasuringFields,
    Rater,
    Reading,
    SeriesKey,
    TakenAt,
)
from mesodesk.domain.records.session import SessionRecord
from mesodesk.services.desk import Desk

_GIRTHS = (
    (SeriesKey("waist", "midpoint"), 74, 98, 0.9),
    (SeriesKey("hip"), 92, 112, 0.8),
    (SeriesKey("thigh", "middle", side=BodySide.LEFT), 50, 62, 0.6),
    (SeriesKey("thigh", "middle", side=BodySide.RIGHT), 50, 62, 0.6),
    (SeriesKey("arm", side=BodySide.LEFT), 26, 33, 0.3),
    (SeriesKey("arm", side=BodySide.RIGHT), 26, 33, 0.3),
)
_EVERY = 3
"""One patient of so many is measured at each visit."""


def measure_at(desk: Desk, session: SessionRecord, record_number: str, day: date) -> None:
    """Record the girths of a visit, for some of the patients; the weight is the session's own."""
    if int(record_number) % _EVERY:
        return
    own = Random(record_number)  # noqa: S311  the same figures each time
    usual = [own.uniform(low, high) for _, low, high, _ in _GIRTHS]
    usual[3], usual[5] = usual[2] + own.gauss(0, 0.3), usual[4] + own.gauss(0, 0.2)
    visit = Random(f"{record_number}/{session.number}")  # noqa: S311
    items = [
        MeasurementFields(key, _twice(visit, at + visit.gauss(0, spread)))
        for (key, _, _, spread), at in zip(_GIRTHS, usual, strict=True)
    ]
    if session.number % 3 == 1:
        items.append(_rating(visit))
    if session.number > 1:
        satisfied = {"satisfied": visit.choice((2, 3, 3, 4, 4, 5))}
        items.append(MeasurementFields(SeriesKey("satisfaction"), scores=satisfied))
        gais = SeriesKey("gais", rater=Rater.CLINICIAN)
        items.append(MeasurementFields(gais, scores={"change": visit.choice((3, 3, 4, 4, 4, 5))}))
    patient_id = session.patient_id
    typed = MeasuringFields(day, items=tuple(items), session_id=session.id)
    desk.measurements.record(patient_id, typed)
    if session.number % 2 == 0:
        home = MeasurementFields(_GIRTHS[0][0], (_reading(usual[0] + visit.gauss(0, 1.2)),))
        desk.measurements.record(patient_id, MeasuringFields(day, TakenAt.HOME, (home,)))


def _rating(visit: Random) -> MeasurementFields:
    scores = {each.id: visit.choice((1, 1, 2)) for each in load_measures()["hexsel"].items}
    key = SeriesKey("hexsel", region="thigh_back", side=BodySide.LEFT)
    return MeasurementFields(key, scores=scores)


def _twice(visit: Random, value: float) -> tuple[Reading, ...]:
    return _reading(value), _reading(value + visit.choice((-0.3, -0.2, 0, 0, 0.2, 0.3)))


def _reading(value: float) -> Reading:
    return Reading(Decimal(round(value * 10)) / 10, MeasuredUnit.CM)
