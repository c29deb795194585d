"""What an amendment made of the chart, in words: of one point, and counted beside the chart."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication

from mesodesk.domain.bodymap.amended import Amended, Fate, Marked
from mesodesk.domain.bodymap.matching import What
from mesodesk.ui.bodymap.difference_words import change_words
from mesodesk.ui.bodymap.figures import ml, points_text, zones_text
from mesodesk.ui.numbers import format_quantity

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from mesodesk.domain.bodymap.fields import ChartField
    from mesodesk.domain.bodymap.matching import Value
    from mesodesk.ui.bodymap.amended_marks import Touched
    from mesodesk.ui.bodymap.syringes import ChartSyringe

_LINE: Final = 58
"""Characters of a line of the reason."""
_MOST_LINES: Final = 4


@dataclass(frozen=True, slots=True)
class OtherVersion:
    """The chart that the one in sight amends, or with `later` the one that amends it.

    `by` and `at` tell who amended and when, as they are shown; `reason` why. While the amendment is
    worked on, it is not `signed`.
    """

    fields: tuple[ChartField, ...]
    syringes: tuple[ChartSyringe, ...]
    by: str
    at: str
    reason: str
    signed: bool = True
    later: bool = False


def title_of(touched: Touched) -> str:
    """Return what became of a point or zone."""
    if touched.fate is Fate.MOVED:
        return _tr("Moved by the amendment")
    if touched.fate is Fate.CHANGED:
        return _tr("Changed by the amendment")
    return _tr("Struck by the amendment") if touched.now is None else _tr("Added by the amendment")


def touched_words(
    found: Amended, touched: Touched, syringes: Mapping[UUID, ChartSyringe], language: str
) -> list[str]:
    """Return what a point or zone is or was, or what of it was changed."""
    was = found.was.zones if touched.zone else found.was.points
    now = found.now.zones if touched.zone else found.now.points
    if touched.was is None:
        return [] if touched.now is None else [_told(now, touched.now, syringes)]
    if touched.now is None:
        return [_told(was, touched.was, syringes)]
    told = [
        change_words(
            what,
            _value(now, touched.now, what, syringes),
            _value(was, touched.was, what, syringes),
            language,
        )
        for what in was.what_differs(touched.was)
    ]
    return told or [_told(was, touched.was, syringes)]


def who_words(other: OtherVersion) -> list[str]:
    """Return who amended and when, and why."""
    words = _tr("{name}, {moment}") if other.signed else _tr("{name}, since {moment}: not signed")
    reason = " ".join(other.reason.split())
    lines = textwrap.wrap(reason, _LINE, max_lines=_MOST_LINES, placeholder=" …")
    return [words.format(name=other.by, moment=other.at), *lines]


def struck_text(found: Amended) -> str:
    """Return what was struck, in numbers; "" for nothing."""
    return _counted(found.points.removed, found.zones.removed, _tr("struck"))


def added_text(found: Amended) -> str:
    """Return what was added, in numbers; "" for nothing."""
    return _counted(found.points.added, found.zones.added, _tr("added"))


def changed_text(found: Amended) -> str:
    """Return what was changed or moved, in numbers; "" for nothing."""
    return _counted(found.points.changed, found.zones.changed, _tr("changed or moved"))


def _counted(points: int, zones: int, fate: str) -> str:
    told = [words(n) for n, words in ((points, points_text), (zones, zones_text)) if n]
    return f"{', '.join(told)} {fate}" if told else ""


def _told(marked: Marked, row: int, syringes: Mapping[UUID, ChartSyringe]) -> str:
    """Return `syringe 1, Belly · 0.10 mL · 4 mm`."""
    syringe = syringes.get(marked.fields[int(marked.field[row])].syringe_id)
    if syringe is None:
        name = _tr("its syringe is not on record any more")
    else:
        words = _tr("syringe {digit}, {label}") if syringe.label else _tr("syringe {digit}")
        name = words.format(digit=syringe.digit, label=syringe.label)
    volume = _value(marked, row, What.VOLUME, syringes)
    depth = _value(marked, row, What.DEPTH, syringes)
    return " · ".join(
        (
            name,
            *([_tr("{ml} mL").format(ml=ml(volume))] if isinstance(volume, Decimal) else []),
            *([format_quantity(depth, "mm")] if isinstance(depth, Decimal) else []),
        )
    )


def _value(marked: Marked, row: int, what: What, syringes: Mapping[UUID, ChartSyringe]) -> Value:
    field = marked.fields[int(marked.field[row])]
    point = field.points[int(marked.index[row])] if len(field.points) else None
    if what is What.VOLUME:
        return field.zone_ml if point is None else point.volume_ml
    if what is What.DEPTH:
        return field.depth_mm if point is None else point.depth_mm
    if what is What.MIXTURE:
        syringe = syringes.get(field.syringe_id)
        return None if syringe is None else syringe.mixture
    return field.technique if what is What.TECHNIQUE else field.needle


def _tr(text: str) -> str:
    return QCoreApplication.translate("amendment", text)
