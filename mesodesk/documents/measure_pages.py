"""Measurements as they are printed: every one, with its readings; what is in error says so."""

from collections.abc import Iterable
from decimal import Decimal

from mesodesk.documents.words import day_words, length_words, quantity, weight_words
from mesodesk.domain.measures import Measure, MeasureKind, load_measures
from mesodesk.domain.records.clinic import ClinicFields
from mesodesk.domain.records.measurement import (
    BodySide,
    MeasurementRecord,
    Rater,
    SeriesKey,
    TakenAt,
)
from mesodesk.domain.units import plain, rounded

_RATERS = {Rater.CLINICIAN: "by the clinic", Rater.PATIENT: "by the patient"}


def measure_pages(
    measurements: Iterable[MeasurementRecord], clinic: ClinicFields
) -> list[dict[str, object]]:
    """Return a row for each measurement, in the order of the days."""
    ordered = sorted(measurements, key=lambda each: (each.measured_on, each.id))
    return [
        {
            "day": day_words(each.measured_on),
            "what": _what(each.key, clinic),
            "value": _value(each, clinic),
            "detail": _detail(each),
            "struck": not each.counts,
        }
        for each in ordered
    ]


def _what(key: SeriesKey, clinic: ClinicFields) -> str:
    measure = load_measures().get(key.measure)
    if measure is None:
        return " ".join(part for part in (key.measure, key.protocol, key.region) if part)
    language = clinic.language
    parts = [measure.name.get(language)]
    if key.side is not BodySide.NONE:
        parts.append(key.side.value)
    protocol = measure.protocol(key.protocol)
    if protocol is not None:
        distance = "" if key.landmark_cm is None else quantity(key.landmark_cm, "cm")
        parts.append(f"{distance} {protocol.name.get(language)}".strip())
    parts += [each.name.get(language) for each in measure.regions if each.id == key.region]
    if key.rater is not None:
        parts.append(_RATERS[key.rater])
    return ", ".join(parts)


def _value(each: MeasurementRecord, clinic: ClinicFields) -> str:
    measure = load_measures().get(each.key.measure)
    if measure is None:
        return plain(each.value)
    if measure.kind is MeasureKind.WEIGHT:
        return weight_words(each.value, clinic.weight_unit)
    if measure.kind is MeasureKind.GIRTH:
        return length_words(rounded(each.value, 1), clinic.length_unit)
    if measure.kind is MeasureKind.SKINFOLD:
        return quantity(each.value, "mm", 1)
    return _score(measure, each.value)


def _score(measure: Measure, score: Decimal) -> str:
    total = measure.total(int(score))
    words = f"{plain(score)} of {measure.scale[1]}"
    return words if total is None else f"{words}, {total.name.get()}"


def _detail(each: MeasurementRecord) -> str:
    parts = []
    if each.error_at is not None:
        parts.append(f"ENTERED IN ERROR: {each.error_reason} ({each.error_by})")
    if each.readings:
        typed = ", ".join(f"{plain(one.typed)} {one.unit.value}" for one in each.readings)
        parts.append(f"read {typed}")
    parts += [f"{one.score} {one.label}" for one in each.scores]
    if each.confirmed:
        parts.append("asked about, and confirmed")
    home = each.taken_at is TakenAt.HOME
    parts.append(f"at home, told to {each.observer}" if home else each.observer)
    if each.note:
        parts.append(each.note)
    return " · ".join(parts)
