"""What is drawn of a patient's progress: one series for what may be compared, and doses so far."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from mesodesk.domain.dosing import Amount, to_decimal
from mesodesk.domain.measures import Measure, load_measures
from mesodesk.domain.readings import Earlier, is_within_error
from mesodesk.domain.records.measurement import MeasurementRecord, SeriesKey, TakenAt
from mesodesk.domain.records.progress import Given, PatientProgress, ProgressSession, ToldIn

WEIGHT: Final = SeriesKey("weight")

_PLACES: Final = 6
"""Of amounts, in mg or units: a point of 0.01 mL of the weakest mixture is not lost."""


class PointFrom(StrEnum):
    """Where a point of a series comes from."""

    CLINIC = "clinic"
    HOME = "home"
    INTAKE = "intake"
    SESSION = "session"

    @property
    def is_joined(self) -> bool:
        """Whether the line goes through it: home readings are another tape and another hand."""
        return self is not PointFrom.HOME


_TOLD: Final = {ToldIn.INTAKE: PointFrom.INTAKE, ToldIn.SESSION: PointFrom.SESSION}
_TAKEN: Final = {TakenAt.CLINIC: PointFrom.CLINIC, TakenAt.HOME: PointFrom.HOME}


@dataclass(frozen=True, slots=True)
class SeriesPoint:
    """One value in the unit of the record, on its day. `measurement_id`: None of a told weight."""

    on: date
    value: Decimal
    told_by: PointFrom
    measurement_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """Values that may be compared, in the order of time."""

    key: SeriesKey
    measure: Measure
    points: tuple[SeriesPoint, ...]

    @property
    def joined(self) -> tuple[SeriesPoint, ...]:
        """The points that the line goes through."""
        return tuple(each for each in self.points if each.told_by.is_joined)

    @property
    def first(self) -> SeriesPoint | None:
        """What later ones are compared with: the first that is no home reading."""
        return next(iter(self.joined), None)

    @property
    def last(self) -> SeriesPoint | None:
        return self.joined[-1] if self.joined else None

    @property
    def change(self) -> Decimal | None:
        """From the first to the last; None of fewer than two."""
        if len(self.joined) < 2:
            return None
        return self.joined[-1].value - self.joined[0].value

    @property
    def is_within_error(self) -> bool | None:
        """Whether that change may be error alone; None where nobody can tell."""
        if len(self.joined) < 2:
            return None
        return is_within_error(self.measure, self.joined[0].value, self.joined[-1].value)


def series_of(progress: PatientProgress) -> tuple[Series, ...]:
    """Return every series of a patient, in the order of the measures, left before right.

    What was entered in error is in none; nor is a measure that this program does not know.
    """
    points: dict[SeriesKey, list[SeriesPoint]] = {}
    for record in progress.measurements:
        if record.counts:
            points.setdefault(record.key, []).append(_point(record))
    weights = points.setdefault(WEIGHT, [])
    weighed = {each.on for each in weights if each.told_by.is_joined}
    weights.extend(_told_elsewhere(progress, weighed))
    measures = load_measures()
    order = {name: number for number, name in enumerate(measures)}
    known = [key for key in points if points[key] and key.measure in measures]
    return tuple(
        Series(key, measures[key.measure], tuple(sorted(points[key], key=lambda each: each.on)))
        for key in sorted(known, key=lambda key: (order[key.measure], *_rank(key)))
    )


def _rank(key: SeriesKey) -> tuple[object, ...]:
    return (key.protocol, key.landmark_cm or Decimal(0), key.region, key.side, key.rater or "")


def _point(record: MeasurementRecord) -> SeriesPoint:
    return SeriesPoint(record.measured_on, record.value, _TAKEN[record.taken_at], record.id)


def _told_elsewhere(progress: PatientProgress, known: set[date]) -> Iterator[SeriesPoint]:
    """Yield the weights of intakes and sessions on days on which nobody measured."""
    for told in progress.weights:
        if told.on not in known:
            known.add(told.on)
            yield SeriesPoint(told.on, told.weight_kg, _TOLD[told.told_in])


def series_by_key(progress: PatientProgress) -> dict[SeriesKey, Series]:
    """Return every series of a patient by what it is of."""
    return {each.key: each for each in series_of(progress)}


def earlier_in(every: Mapping[SeriesKey, Series], key: SeriesKey, on: date) -> Earlier | None:
    """Return the last value of a series up to a day; None if there is none."""
    found = every.get(key)
    points = [] if found is None else [each for each in found.points if each.on <= on]
    return Earlier(points[-1].value, points[-1].on) if points else None


@dataclass(frozen=True, slots=True)
class Substance:
    """What doses are added up of: an active in one unit."""

    key: str
    unit: str
    name: str


VOLUME: Final = None
"""Stands for the volume of everything, in mL, where a `Substance` may be asked for."""


def substances_of(sessions: Iterable[ProgressSession]) -> tuple[Substance, ...]:
    """Return every active that was given, in the order of its first time."""
    found: dict[tuple[str, str], Substance] = {}
    for session in sessions:
        for (key, unit), given in session.given.items():
            found.setdefault((key, unit), Substance(key, unit, given.name))
    return tuple(found.values())


def given_of(amounts: Iterable[Amount]) -> dict[tuple[str, str], Given]:
    """Return amounts by active and unit, rounded to a millionth of the unit."""
    return {(each.key, each.unit): _given(each) for each in amounts}


def _given(amount: Amount) -> Given:
    value = None if amount.value is None else to_decimal(amount.value, _PLACES)
    return Given(amount.name, amount.unit, value)


def given_before(
    sessions: Sequence[ProgressSession], substance: Substance | None, on: date
) -> Decimal | None:
    """Return what was given in the sessions before a day; None if an amount is unknown.

    A session of that very day does not count: one measures before one injects.
    """
    total = Decimal(0)
    for session in sessions:
        if session.on >= on:
            continue
        amount = amount_of(session, substance)
        if amount is None:
            return None
        total += amount
    return total


def amount_of(session: ProgressSession, substance: Substance | None) -> Decimal | None:
    """Return what a session gave; None where a strength, or the place of a zone, is unknown."""
    if substance is VOLUME:
        return session.volume_ml
    # A strength that is unknown is told in mg, whatever the unit of the others.
    same = [given for (key, _), given in session.given.items() if key == substance.key]
    if any(given.amount is None for given in same):
        return None
    return sum(
        (given.amount for given in same if given.unit == substance.unit and given.amount),
        start=Decimal(0),
    )
