"""What an amendment changed on the chart, for the printed page: a legend, and words by region."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from mesodesk.documents.amended_svg import legend_svg
from mesodesk.documents.words import moment_words
from mesodesk.domain.bodymap.amended import Amended, Fate, Marked, amended
from mesodesk.domain.bodymap.atlas import Atlas
from mesodesk.domain.bodymap.fields import ChartField
from mesodesk.domain.bodymap.regions import named
from mesodesk.domain.bodymap.zones import zone_parts
from mesodesk.domain.limit_facts import drawn_up
from mesodesk.domain.records.printing import PrintedSession

_USUAL_CM: Final = 168.0
"""Of a patient whose height is not known: only how near two points are depends on it."""
_TOUCHED: Final = (Fate.CHANGED, Fate.MOVED)


def amendment_of(session: PrintedSession, atlas: Atlas) -> Amended | None:
    """Compare the chart of a session with its other version; None if nothing is to be told."""
    other = session.other
    if other is None or session.chart is None or other.atlas_id != atlas.atlas_id:
        return None
    syringes = (*session.record.syringes, *other.syringes)
    contents = {each.id: each.mixture for each in drawn_up(syringes)}
    pair = (other.fields, session.chart)
    was, now = pair[::-1] if other.later else pair
    height = session.record.height_cm
    found = amended(was, now, contents, atlas, _USUAL_CM if height is None else float(height))
    return None if found.nothing else found


def amendment_words(
    session: PrintedSession, found: Amended, atlas: Atlas, language: str
) -> dict[str, Any]:
    """Return the line beside the chart, and a line for each sign that is on it."""
    other = session.other
    if other is None:
        return {}
    moment = "" if other.at is None else moment_words(other.at, session.zone)
    who = f"Amended by {other.by}, {moment}" + ("" if other.signed else ", not signed yet")
    told = [
        ("struck", "Struck", found.was, (Fate.ALONE,)),
        ("added", "Added", found.now, (Fate.ALONE,)),
        ("changed", "Changed or moved", found.now, _TOUCHED),
    ]
    if other.later:
        told = [("through", "Struck, changed or moved", found.was, (Fate.ALONE, *_TOUCHED))]
    signs = []
    for sign, head, side, fates in told:
        places = [
            *_points(side.points, fates, atlas, language),
            *_zones(side.zones, fates, atlas, language),
        ]
        if places:
            signs.append({"sign": sign, "text": f"{head}: {'; '.join(places)}"})
    return {"who": f"{who}: {' '.join(other.reason.split())}", "signs": signs}


def legend_files() -> dict[str, bytes]:
    """Return the signs of the legend by the names that the page knows them by."""
    return {
        f"sign-{sign}.svg": legend_svg(sign) for sign in ("struck", "through", "added", "changed")
    }


def _points(marked: Marked, fates: tuple[Fate, ...], atlas: Atlas, language: str) -> Iterator[str]:
    """Yield `Belly 3 points`, most first."""
    rows = np.flatnonzero(np.isin(marked.fate, fates))
    if not len(rows):
        return
    every = np.concatenate([field.points.records["triangle"] for field in marked.fields])
    regions, counts = np.unique(atlas.region_indices(every[rows]), return_counts=True)
    for region, count in sorted(
        zip(regions.tolist(), counts.tolist(), strict=True), key=lambda each: -each[1]
    ):
        (name,) = named([atlas.regions[region].key], language)
        yield f"{name} {'1 point' if count == 1 else f'{count} points'}"


def _zones(marked: Marked, fates: tuple[Fate, ...], atlas: Atlas, language: str) -> Iterator[str]:
    for row in np.flatnonzero(np.isin(marked.fate, fates)).tolist():
        yield f"{_where(marked.fields[row], atlas, language)} 1 zone"


def _where(zone: ChartField, atlas: Atlas, language: str) -> str:
    """Return the region that most of a zone lies in."""
    parts = () if zone.outline is None else zone_parts(atlas, zone.outline)
    most = max(parts, key=lambda part: part.weight, default=None)
    if most is None:
        return "Elsewhere"
    return named([atlas.regions[most.region].key], language)[0]
