"""What the exposure map says: amounts with units, sessions, what it leaves out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from PySide6.QtCore import QCoreApplication

from mesodesk.domain.bodymap.exposure import KERNEL_MM
from mesodesk.domain.bodymap.exposure_course import Substance, Sums, ZoneGiven
from mesodesk.domain.bodymap.view import View
from mesodesk.domain.dosing import Amount, to_decimal
from mesodesk.domain.records.exposure import ExposureSession, LeftOut, LeftOutWhy
from mesodesk.ui.bodymap.figures import amount_text, ml, points_text, unit_text
from mesodesk.ui.bodymap.names import scale_basis
from mesodesk.ui.numbers import NO_BREAK, format_date, format_decimal

_THOUSAND: Final = Fraction(1000)
_FINE: Final = Fraction(1, 1000)


@dataclass(frozen=True, slots=True)
class Unit:
    """The unit of a legend, and what amounts are multiplied by to be in it."""

    text: str
    factor: Fraction = Fraction(1)

    def figure(self, value: Fraction) -> str:
        """Return a step of the scale without its unit."""
        exact = value * self.factor
        return format_decimal(Decimal(exact.numerator) / Decimal(exact.denominator))

    def about(self, value: float) -> str:
        """Return an estimate with its unit, to two digits that count."""
        shown = Fraction(value) * self.factor
        places = 3
        if shown:
            places = min(max(1 - to_decimal(shown, 9).adjusted(), 0), 6)
        return f"{format_decimal(to_decimal(shown, places))}{NO_BREAK}{self.text}"


def unit_of(substance: Substance | None, scale: Sequence[Fraction]) -> Unit:
    """Return the unit per cm2; micrograms where milligrams would be lost in zeros."""
    if substance is None:
        return Unit(_tr("mL/cm\u00b2"))
    if substance.unit == "mg" and scale and scale[0] < _FINE:
        return Unit(_tr("{unit}/cm\u00b2").format(unit="\u00b5g"), _THOUSAND)
    return Unit(_tr("{unit}/cm\u00b2").format(unit=unit_text(substance.unit)))


def what_text(substance: Substance | None) -> str:
    """Return what is mapped, for a list to choose from."""
    if substance is None:
        return _tr("Volume, mL")
    unit = unit_text(substance.unit)
    return _tr("{name}, {unit}").format(name=substance.name, unit=unit)


def zero_text(first: str) -> str:
    """Return what no colour means; `first` is the lowest step."""
    return _tr("below {first}, or nothing").format(first=first)


def never_text() -> str:
    """Return what no colour means on the map of days."""
    return _tr("not in these sessions")


def zone_text() -> str:
    """Return what the hatching means."""
    return _tr("zone without points")


def class_texts(steps: Sequence[str], ends: Sequence[str]) -> list[str]:
    """Return the words of each class from where each begins and ends; the last has no end."""
    between = [
        _tr("{low} to {high}").format(low=low, high=high)
        for low, high in zip(steps, ends, strict=False)
    ]
    return [*between, _tr("{low} and more").format(low=steps[-1])]


def nothing_text() -> str:
    """Return what is said of a place that was not treated."""
    radius = format_decimal(Decimal(str(KERNEL_MM)))
    words = _tr("No point within {radius} mm of here in these sessions, and no zone around it.")
    return words.format(radius=radius)


def basis_text(view: View, height_cm: Decimal | None) -> str:
    """Return what the map rests on; an unknown height is never shown as measured."""
    radius = format_decimal(Decimal(str(KERNEL_MM)))
    words = _tr("Estimate: each point spread over {radius} mm; {basis}")
    return words.format(radius=radius, basis=scale_basis(view, height_cm))


def sums_text(sums: Sums) -> str:
    """Return what is on the map: `12 sessions · 840 points · 42.00 mL`."""
    many = _tr("1 session")
    if sums.sessions != 1:
        many = _tr("{number} sessions").format(number=sums.sessions)
    volume = f"{ml(sums.volume_ml)}{NO_BREAK}mL"
    return " \u00b7 ".join((many, points_text(sums.points), volume))


def missing_texts(
    sums: Sums, sessions: Sequence[ExposureSession], left_out: Sequence[LeftOut]
) -> list[str]:
    """Return what the map cannot show, each in a sentence; never left out in silence."""
    found = []
    if sums.unknown_points:
        words = _tr("Strength unknown in {points}: not counted here, so this is too low.")
        found.append(words.format(points=points_text(sums.unknown_points)))
    zones = sum((session.zone_ml for session in sessions), Decimal(0))
    placed = sum((session.placed_ml for session in sessions), Decimal(0))
    if placed:
        words = _tr("{volume} mL given in zones without points is hatched, and in no colour.")
        found.append(words.format(volume=ml(placed)))
    if zones > placed:
        words = _tr("{volume} mL given in zones without points is not on the map.")
        found.append(words.format(volume=ml(zones - placed)))
    for each in left_out:
        if each.why is LeftOutWhy.UNKNOWN_ATLAS:
            words = _tr("Session {number} of {day} was drawn on another body map: not shown.")
        else:
            words = _tr("Session {number} of {day} cannot be read: not shown.")
        found.append(words.format(number=each.number, day=format_date(each.on)))
    return found


def session_text(session: ExposureSession) -> str:
    """Return which session: `12 Mar 2026 · session 4 · draft`."""
    words = [format_date(session.on), _tr("session {number}").format(number=session.number)]
    if session.is_draft:
        words.append(_tr("draft"))
    return " \u00b7 ".join(words)


def given_text(volume_ml: Decimal, amounts: Sequence[Amount]) -> str:
    """Return an amount: `3.00 mL · 60 mg Caffeine`."""
    return " \u00b7 ".join((f"{ml(volume_ml)}{NO_BREAK}mL", *map(amount_text, amounts)))


def zone_given_text(zone: ZoneGiven) -> str:
    """Return what was given in a zone around the place, and that this is of the whole zone."""
    given = given_text(zone.volume_ml, zone.amounts)
    return _tr("In a zone without points: {given}, somewhere in the zone").format(given=given)


def ago_text(on: date, today: date) -> str:
    """Return how long ago, in whole days."""
    days = (today - on).days
    if days <= 0:
        return _tr("today")
    return _tr("1 day ago") if days == 1 else _tr("{days} days ago").format(days=days)


def _tr(text: str) -> str:
    return QCoreApplication.translate("heat_map", text)
