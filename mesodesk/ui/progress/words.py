"""What is measured, in words, and figures in the clinic's units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication

from mesodesk.domain.measures import Measure, MeasureKind, load_measures
from mesodesk.domain.records.clinic import LengthUnit, WeightUnit
from mesodesk.domain.records.measurement import BodySide, MeasuredUnit, Rater, Reading, SeriesKey
from mesodesk.domain.units import cm_to_inches, kg_to_pounds
from mesodesk.ui.numbers import format_decimal, format_quantity

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from mesodesk.domain.progress import Series
    from mesodesk.domain.records.clinic import ClinicFields

PLACES: Final = 1
"""Decimals of a figure that is shown; the record keeps more."""


def preferred_unit(kind: MeasureKind, clinic: ClinicFields) -> MeasuredUnit | None:
    """Return the unit in which the clinic reads a measure; None of a rating."""
    if kind is MeasureKind.WEIGHT:
        return MeasuredUnit.LB if clinic.weight_unit is WeightUnit.LB else MeasuredUnit.KG
    if kind is MeasureKind.GIRTH:
        return MeasuredUnit.INCH if clinic.length_unit is LengthUnit.INCH else MeasuredUnit.CM
    return MeasuredUnit.MM if kind is MeasureKind.SKINFOLD else None


def converter(unit: MeasuredUnit | None) -> Callable[[Decimal], Decimal]:
    """Return what turns a value of the record into a unit."""
    if unit is MeasuredUnit.LB:
        return kg_to_pounds
    if unit is MeasuredUnit.INCH:
        return cm_to_inches
    return _same


def _same(value: Decimal) -> Decimal:
    return value


def value_words(measure: Measure, value: Decimal, clinic: ClinicFields) -> str:
    """Return a value as it is read: `82.5 cm`, `32.5 in`, `7 of 15`."""
    unit = preferred_unit(measure.kind, clinic)
    if unit is None:
        words = _tr("{score} of {most}")
        return words.format(score=format_decimal(value, 0), most=measure.scale[1])
    return format_quantity(converter(unit)(value), unit.value, PLACES)


def rating_words(measure: Measure, value: Decimal, language: str) -> str:
    """Return what a score is called, without the number: the words of its level, or of its sum."""
    if len(measure.items) == 1:
        level = measure.items[0].level(int(value))
        return "" if level is None else level.label.get(language)
    total = measure.total(int(value))
    return "" if total is None else total.name.get(language)


def reading_words(reading: Reading) -> str:
    """Return a reading as it was typed: `150 lb`."""
    return format_quantity(reading.typed, reading.unit.value)


def change_words(measure: Measure, change: Decimal, clinic: ClinicFields) -> str:
    """Return a difference with its sign: `+2.1 cm`."""
    unit = preferred_unit(measure.kind, clinic)
    shown = converter(unit)(change)
    places = PLACES if unit is not None else 0
    sign = "+" if shown > 0 else ""
    figure = f"{sign}{format_decimal(shown, places)}"
    return figure if unit is None else f"{figure}\u00a0{unit.value}"


def measure_name(measure_id: str, language: str) -> str:
    """Return what a measure is called; its id where this program does not know it."""
    measure = load_measures().get(measure_id)
    return measure_id if measure is None else measure.name.get(language)


def side_words(side: BodySide) -> str:
    """Return `left` or `right`, the patient's own; nothing for what has no side."""
    return {BodySide.LEFT: _tr("left"), BodySide.RIGHT: _tr("right")}.get(side, "")


def key_words(key: SeriesKey, language: str) -> str:
    """Return what is measured, on which side: `Thigh, left`."""
    parts = [measure_name(key.measure, language), side_words(key.side)]
    return ", ".join(part for part in parts if part)


def where_words(key: SeriesKey, language: str, clinic: ClinicFields) -> str:
    """Return where or how it is measured: `15 cm above the kneecap`, `buttock`."""
    measure = load_measures().get(key.measure)
    if measure is None:
        return key.protocol
    parts = []
    protocol = measure.protocol(key.protocol)
    if protocol is not None:
        name = protocol.name.get(language)
        if key.landmark_cm is not None:
            unit = preferred_unit(MeasureKind.GIRTH, clinic) or MeasuredUnit.CM
            name = f"{format_quantity(converter(unit)(key.landmark_cm), unit.value)} {name}"
        parts.append(name)
    parts += [each.name.get(language) for each in measure.regions if each.id == key.region]
    if key.rater is not None:
        by = {Rater.CLINICIAN: _tr("by the clinic"), Rater.PATIENT: _tr("by the patient")}
        parts.append(by[key.rater])
    return ", ".join(parts)


def series_words(series: Series, language: str, clinic: ClinicFields) -> str:
    """Return what a series is of, in one line."""
    where = where_words(series.key, language, clinic)
    name = key_words(series.key, language)
    return f"{name} · {where}" if where else name


def standing_words(series: Series, clinic: ClinicFields) -> str:
    """Return how the last reading stands to the first, without judging it."""
    change, within = series.change, series.is_within_error
    if change is None:
        return _tr("one reading so far") if series.points else ""
    figure = change_words(series.measure, change, clinic)
    if within is None:
        return _tr("{change}, error not known").format(change=figure)
    if within:
        return _tr("{change}, may be error alone").format(change=figure)
    return _tr("{change}, more than error").format(change=figure)


def _tr(text: str) -> str:
    return QCoreApplication.translate("progress", text)
