"""What differs from the last session, in words."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication

from mesodesk.domain.bodymap.matching import MOVED_MM, SAME_PLACE_MM, What
from mesodesk.domain.bodymap.regions import named
from mesodesk.domain.vocabulary import load_vocabulary
from mesodesk.ui.bodymap.figures import measured_text, ml, points_text, zones_text
from mesodesk.ui.bodymap.vocabulary import needle_name
from mesodesk.ui.numbers import NO_BREAK, format_decimal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mesodesk.domain.bodymap.differing import Counts, Difference, Told
    from mesodesk.domain.bodymap.matching import Value
    from mesodesk.domain.dosing import Concentration, Mixture

MOST_LINES: Final = 5
"""So many differences are told one by one; of the others only how many there are."""


def summary(found: Difference, *, original: bool = False, brief: bool = False) -> str:
    """Return `12 points changed, 3 added, 1 zone removed since the last session`.

    With `original`, it is told against the version that the session amends; `brief` does not say
    since when.
    """
    points = _counted(
        found.points,
        changed=(_tr("1 point changed"), _tr("{n} points changed")),
        added=(_tr("1 point added"), _tr("{n} points added")),
        removed=(_tr("1 point removed"), _tr("{n} points removed")),
    )
    zones = _counted(
        found.zones,
        changed=(_tr("1 zone changed"), _tr("{n} zones changed")),
        added=(_tr("1 zone added"), _tr("{n} zones added")),
        removed=(_tr("1 zone removed"), _tr("{n} zones removed")),
    )
    parts = [*points, *zones]
    if brief and parts:
        return ", ".join(parts)
    if original:
        words = _tr("{changes} against the original") if parts else _tr("As in the original")
        return words.format(changes=", ".join(parts))
    if not parts:
        return _tr("As in the last session")
    return _tr("{changes} since the last session").format(changes=", ".join(parts))


def _counted(
    counts: Counts, changed: tuple[str, str], added: tuple[str, str], removed: tuple[str, str]
) -> list[str]:
    """Return the counts that are not nothing; the first of them says of what."""
    parts: list[str] = []
    for count, (one, many), further in (
        (counts.changed, changed, _tr("{n} changed")),
        (counts.added, added, _tr("{n} added")),
        (counts.removed, removed, _tr("{n} removed")),
    ):
        if count:
            words = further if parts else (one if count == 1 else many)
            parts.append(words.format(n=count))
    return parts


def explanation(found: Difference, language: str) -> tuple[str, ...]:
    """Return a line for each difference, what is as it was, and how points were told apart."""
    lines = [_line(each, language) for each in found.told[:MOST_LINES]]
    others = len(found.told) - len(lines)
    if others:
        lines.append(_tr("and {n} more").format(n=others))
    same = [
        words(count)
        for words, count in ((points_text, found.points.alike), (zones_text, found.zones.alike))
        if count
    ]
    if same:
        lines.append(_tr("As before: {things}").format(things=", ".join(same)))
    how = _tr("Points are compared by place: within {mm} it is the same point.")
    return (*lines, how.format(mm=_millimetres(SAME_PLACE_MM)))


def _line(told: Told, language: str) -> str:
    """Return `Left front thigh, upper: 0.10 mL each, was 0.05 (12 points)`."""
    things = zones_text(told.count) if told.zones else points_text(told.count)
    place = _place(told.regions, language)
    if told.what is What.ADDED:
        return _tr("{place}: {things} added").format(place=place, things=things)
    if told.what is What.REMOVED:
        return _tr("{place}: {things} removed").format(place=place, things=things)
    if told.what is What.MOVED:
        words = _tr("{place}: {things} moved, by up to {mm}")
        return words.format(place=place, things=things, mm=_millimetres(MOVED_MM))
    change = _change(told.what, several=told.count > 1).format(
        now=_values(told.what, told.now, language), was=_values(told.what, told.was, language)
    )
    return _tr("{place}: {change} ({things})").format(place=place, change=change, things=things)


def change_words(what: What, now: Value, was: Value, language: str) -> str:
    """Return `0.10 mL, was 0.05`: what is another of one point, or zone."""
    shown = (_values(what, (each,), language) for each in (now, was))
    return _change(what, several=False).format(now=next(shown), was=next(shown))


def _change(what: What, *, several: bool) -> str:
    if what is What.VOLUME:
        return _tr("{now} mL each, was {was}") if several else _tr("{now} mL, was {was}")
    if what is What.DEPTH:
        return _tr("{now} mm deep, was {was}")
    if what is What.NEEDLE:
        return _tr("needle {now}, was {was}")
    return _tr("{now}, was {was}")


def _place(regions: tuple[str, ...], language: str) -> str:
    if not regions:
        return _tr("Elsewhere")
    first = named(regions[:1], language)[0]
    if len(regions) == 1:
        return first
    words = _tr("{region} and {others} more")
    return words.format(region=first, others=len(regions) - 1)


def _values(what: What, values: tuple[Value, ...], language: str) -> str:
    shown = list(_shown(what, values, language))
    if what in (What.VOLUME, What.DEPTH) and len(shown) > 1:
        return _tr("{low} to {high}").format(low=shown[0], high=shown[-1])
    return " / ".join(shown)


def _shown(what: What, values: tuple[Value, ...], language: str) -> Iterator[str]:
    for value in values:
        if isinstance(value, Decimal):
            yield ml(value) if what is What.VOLUME else format_decimal(value)
        elif isinstance(value, str):
            yield needle_name(value) if what is What.NEEDLE else _technique(value, language)
        else:
            yield _mixture(value)


def _technique(technique_id: str, language: str) -> str:
    try:
        return load_vocabulary().technique(technique_id).name.get(language)
    except KeyError:
        return technique_id


def _mixture(mixture: Mixture | None) -> str:
    """Return `Caffeine 40 mg/mL, Procaine 5 mg/mL`; the products where nothing is active."""
    if mixture is None:
        return _tr("a syringe that was put away")
    actives = [_concentration(each) for each in mixture.concentrations()]
    return ", ".join(actives or (part.label for part in mixture.components))


def _concentration(active: Concentration) -> str:
    if active.per_ml is None:
        return _tr("{name}, strength unknown").format(name=active.name)
    return f"{active.name} {measured_text(active.per_ml, active.unit)}/mL"


def _millimetres(length_mm: float) -> str:
    return f"{length_mm:g}{NO_BREAK}mm"


def _tr(text: str) -> str:
    return QCoreApplication.translate("since_last", text)
