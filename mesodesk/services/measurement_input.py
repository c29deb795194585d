"""Whether what was typed as measured can be taken, and what is asked about it first."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from mesodesk.domain.measures import Measure, MeasureKind, load_measures
from mesodesk.domain.progress import earlier_in, series_by_key
from mesodesk.domain.readings import (
    MOST_READINGS,
    UNITS,
    in_other_unit,
    is_possible,
    question_of,
    wants_another,
)
from mesodesk.domain.records.limits import LimitSettings
from mesodesk.domain.records.measurement import (
    BodySide,
    MeasuredUnit,
    MeasurementFields,
    MeasuringFields,
    Reading,
)
from mesodesk.domain.records.progress import PatientProgress
from mesodesk.domain.units import cm_to_inches, kg_to_pounds, plain, rounded
from mesodesk.services.texts import EARLIEST_BIRTH, Problems

_LANDMARK_LEAST, _LANDMARK_MOST = Decimal(1), Decimal(40)
_TYPED_PLACES: Final = 3


def checked_measuring(
    typed: MeasuringFields, progress: PatientProgress, today: date, settings: LimitSettings
) -> MeasuringFields:
    """Return the fields as they will be stored; `settings` are the clinic's.

    Raises:
        InvalidError: naming every field that cannot be taken, `items[n]` for the nth of them.
    """
    problems = Problems()
    if not typed.items:
        problems.add("items", "Nothing was measured yet: type at least one figure.")
    if typed.measured_on > today:
        problems.add("measured_on", "Day: this day is still to come. Check the date.")
    elif typed.measured_on < EARLIEST_BIRTH:
        problems.add("measured_on", "Day: this is before 1900. Check the year.")
    seen = set()
    for number, item in enumerate(typed.items):
        place = f"items[{number}]"
        if item.key in seen:
            problems.add(place, "This measure was typed twice. Leave one of the two empty.")
        seen.add(item.key)
        measure = load_measures().get(item.key.measure)
        if measure is None:
            problems.add(place, "This measure is not known here. Choose one from the list.")
            continue
        _check_key(problems, place, measure, item)
        if measure.kind is MeasureKind.RATING:
            _check_scores(problems, place, measure, item.scores)
        else:
            _check_readings(problems, place, measure, item)
    clean = replace(typed, note=problems.note("note", typed.note, "Note"))
    problems.done()
    _check_questions(problems, clean, progress, settings)
    problems.done()
    return clean


def _check_key(problems: Problems, place: str, measure: Measure, item: MeasurementFields) -> None:
    key, name = item.key, measure.name.get()
    protocol = measure.protocol(key.protocol)
    if measure.sides == (key.side is BodySide.NONE):
        wrong = "say left or right" if measure.sides else "it has no side"
        problems.add(f"{place}.side", f"{name}: {wrong}.")
    if (protocol is None) != (not measure.protocols) or (protocol is None and key.protocol):
        problems.add(f"{place}.protocol", f"{name}: choose where it was measured.")
    needs_cm = protocol is not None and protocol.needs_cm
    if needs_cm != (key.landmark_cm is not None):
        problems.add(f"{place}.landmark_cm", f"{name}: say at how many centimetres.")
    else:
        problems.number(
            f"{place}.landmark_cm",
            key.landmark_cm,
            f"{name}, distance",
            least=_LANDMARK_LEAST,
            most=_LANDMARK_MOST,
            places=1,
            unit="cm",
        )
    regions = {region.id for region in measure.regions}
    if key.region not in (regions or {""}):
        problems.add(f"{place}.region", f"{name}: choose where it was rated.")
    if measure.rated_by != (key.rater is not None):
        problems.add(f"{place}.rater", f"{name}: say who judged.")


def _check_scores(
    problems: Problems, place: str, measure: Measure, scores: Mapping[str, int]
) -> None:
    if scores.keys() - {item.id for item in measure.items}:
        problems.add(place, f"{measure.name.get()}: an item does not belong to the scale.")
    for item in measure.items:
        if item.id not in scores:
            problems.add(
                f"{place}.{item.id}",
                f"{measure.name.get()}: “{item.name.get()}” is missing. A sum needs all items.",
            )
        elif item.level(scores[item.id]) is None:
            problems.add(f"{place}.{item.id}", f"{item.name.get()}: choose one of its levels.")


def _check_readings(
    problems: Problems, place: str, measure: Measure, item: MeasurementFields
) -> None:
    name = measure.name.get()
    if not item.readings or len(item.readings) > MOST_READINGS:
        problems.add(place, f"{name}: one to {MOST_READINGS} readings.")
    for number, reading in enumerate(item.readings):
        spot = f"{place}.readings[{number}]"
        if reading.unit not in UNITS[measure.kind]:
            problems.add(spot, f"{name}: this unit does not fit.")
        elif not reading.typed.is_finite():
            problems.add(spot, f"{name}: type a number.")
        elif _places(reading.typed) > _TYPED_PLACES:
            problems.add(spot, f"{name}: at most {_TYPED_PLACES} digits after the point.")
        elif not is_possible(measure, reading):
            problems.add(spot, impossible_sentence(measure, reading))
    if wants_another(measure, item.readings):
        problems.add(
            place,
            f"{name}: the two readings lie more than {plain(measure.agree.value)} cm apart. Take a"  # type: ignore[union-attr]
            " third; the median counts.",
        )


def _places(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def impossible_sentence(measure: Measure, reading: Reading) -> str:
    """Return why a reading cannot be, and in which unit it could."""
    least, most = (_shown(limit, reading.unit) for limit in (measure.least, measure.most))
    unit = reading.unit.value
    sentence = (
        f"{measure.name.get()}: {plain(reading.typed)} {unit} cannot be right; it lies between"
        f" {least} and {most} {unit}. Nothing was recorded."
    )
    other = in_other_unit(reading)
    if other is not None and is_possible(measure, other):
        return f"{sentence} Was it {plain(other.typed)} {other.unit.value}?"
    return f"{sentence} Measure again, or check the number."


def _shown(limit: Decimal, unit: MeasuredUnit) -> str:
    if unit is MeasuredUnit.LB:
        return plain(rounded(kg_to_pounds(limit), 0))
    if unit is MeasuredUnit.INCH:
        return plain(rounded(cm_to_inches(limit), 0))
    return plain(limit)


def _check_questions(
    problems: Problems,
    typed: MeasuringFields,
    progress: PatientProgress,
    settings: LimitSettings,
) -> None:
    """Refuse figures that speak against those before, unless somebody said that they are so."""
    every = series_by_key(progress)
    for number, item in enumerate(typed.items):
        measure = load_measures()[item.key.measure]
        earlier = earlier_in(every, item.key, typed.measured_on)
        height = progress.height_cm
        asked = question_of(item.key, measure, item.readings, earlier, height, settings)
        if asked is not None and asked.doubt not in item.confirmed:
            problems.add(
                f"items[{number}].confirmed",
                f"{measure.name.get()}: this is far from the reading before. Nothing was recorded."
                " Correct it, or say that it is so.",
            )
