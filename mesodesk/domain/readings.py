"""What readings come to, when another one is wanted, and which figures are asked about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from mesodesk.domain.measures import Measure, MeasureKind
from mesodesk.domain.records.limits import LimitChange, LimitSettings
from mesodesk.domain.records.measurement import (
    OTHER_UNIT,
    Doubt,
    MeasuredUnit,
    Reading,
    SeriesKey,
)
from mesodesk.domain.units import body_mass_index

UNITS: Final[Mapping[MeasureKind, tuple[MeasuredUnit, ...]]] = {
    MeasureKind.WEIGHT: (MeasuredUnit.KG, MeasuredUnit.LB),
    MeasureKind.GIRTH: (MeasuredUnit.CM, MeasuredUnit.INCH),
    MeasureKind.SKINFOLD: (MeasuredUnit.MM,),
    MeasureKind.RATING: (),
}
"""The units that a measure may be typed in; the first is that of the record."""

MOST_READINGS: Final = 3

JUMP_RULE: Final = "measure."
"""How the ids of the clinic's switches begin that say which difference is asked about."""

# A first weight has none before it to be compared with. So heavy is rare, and a weight in pounds
# that passes for kilograms is common.
_RARE_BMI: Final = Decimal(45)
_COMMON_BMI: Final = (Decimal(16), Decimal(40))


def result_of(readings: Sequence[Reading]) -> Decimal | None:
    """Return what readings come to, in the unit of the record; None of none.

    One is itself, of two the mean counts, of three the median. Nothing is rounded.
    """
    values = sorted(each.value for each in readings)
    if not values:
        return None
    if len(values) == 2:
        return (values[0] + values[1]) / 2
    return values[len(values) // 2]


def wants_another(measure: Measure, readings: Sequence[Reading]) -> bool:
    """Whether the first two readings lie too far apart for their mean to count."""
    if measure.agree is None or len(readings) != 2:
        return False
    return abs(readings[0].value - readings[1].value) > measure.agree.value


def is_possible(measure: Measure, reading: Reading) -> bool:
    """Whether a reading is within what can be; nothing is said of what is healthy."""
    return measure.least <= reading.value <= measure.most


def in_other_unit(reading: Reading) -> Reading | None:
    """Return the same figure in the unit that it is easily mistaken for."""
    other = OTHER_UNIT.get(reading.unit)
    return None if other is None else Reading(reading.typed, other)


@dataclass(frozen=True, slots=True)
class Earlier:
    """The reading before, in the unit of the record, with its day."""

    value: Decimal
    on: date


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about a figure before it is recorded.

    `instead` is the same figure in the other unit, where that would be likely; `earlier` what it
    was compared with, None for a first weight.
    """

    key: SeriesKey
    doubt: Doubt
    reading: Reading
    earlier: Earlier | None
    instead: Reading | None = None


def jump_in_force(measure: Measure, settings: LimitSettings) -> Decimal | None:
    """Return from which difference on this clinic asks, in the unit of the record.

    None where nobody says, or the clinic has switched it off.
    """
    if measure.jump is None:
        return None
    change = settings.changes.get(f"{JUMP_RULE}{measure.id}", LimitChange())
    if change.on is False:
        return None
    return measure.jump.value if change.value is None else change.value


def question_of(
    key: SeriesKey,
    measure: Measure,
    readings: Sequence[Reading],
    earlier: Earlier | None,
    height_cm: Decimal | None = None,
    settings: LimitSettings | None = None,
) -> Question | None:
    """Return what to ask about readings, None if nothing speaks against them.

    A reading that fits in the other unit alone is asked about whatever the clinic has set.

    Args:
        key: what was measured.
        measure: its limits.
        readings: all within what is possible.
        earlier: the reading before of the very same series.
        height_cm: the patient's, if it is known; only used where nothing was weighed before.
        settings: what the clinic has set; as shipped by default.
    """
    jump = jump_in_force(measure, settings or LimitSettings())
    for reading in readings:
        likely = in_other_unit(reading)
        if likely is not None and not is_possible(measure, likely):
            likely = None
        if earlier is None:
            if likely is not None and _is_rare(measure, reading, likely, height_cm):
                return Question(key, Doubt.UNIT, reading, None, likely)
            continue
        apart = abs(reading.value - earlier.value)
        if likely is not None and _is_of_other_unit(measure, apart, likely, earlier):
            return Question(key, Doubt.UNIT, reading, earlier, likely)
        if jump is not None and apart > jump:
            return Question(key, Doubt.JUMP, reading, earlier)
    return None


def _is_of_other_unit(measure: Measure, apart: Decimal, likely: Reading, earlier: Earlier) -> bool:
    """Whether a reading is far from the one before, and near to it in the other unit."""
    if measure.jump is None or apart <= measure.jump.value:
        return False
    return abs(likely.value - earlier.value) <= measure.jump.value


def _is_rare(measure: Measure, typed: Reading, likely: Reading, height_cm: Decimal | None) -> bool:
    if measure.kind is not MeasureKind.WEIGHT or not height_cm:
        return False
    least, most = _COMMON_BMI
    heavy = body_mass_index(typed.value, height_cm) > _RARE_BMI
    return heavy and least <= body_mass_index(likely.value, height_cm) <= most


def is_within_error(measure: Measure, before: Decimal, after: Decimal) -> bool | None:
    """Whether a difference may be error alone; None where nobody says how large that is."""
    if measure.band is None:
        return None
    return abs(after - before) <= measure.band.value
