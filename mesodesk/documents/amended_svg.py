"""An amendment on the printed chart as in the window: struck rings, plus, lozenge, dashes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from mesodesk.domain.bodymap.amended import Amended, Fate
from mesodesk.domain.bodymap.amended_places import (
    Places,
    gone,
    moves,
    touched_points,
    touched_zones,
)
from mesodesk.domain.bodymap.atlas import Atlas
from mesodesk.domain.bodymap.fields import ChartField, OutlineKind
from mesodesk.domain.bodymap.outlines import arrays, loops_of
from mesodesk.domain.bodymap.packing import PackedPoints
from mesodesk.domain.bodymap.planar import FloatArray
from mesodesk.domain.bodymap.view import View

_INK: Final = "#1B2227"
# In radii of a point: how far a stroke reaches, how large a sign is and how far from the middle.
_REACH: Final = 1.9
_SIGN: Final = 0.72
_BESIDE: Final = 1.15
_ZONE: Final = 1.8
"""Size of the sign in the middle of a zone, against that of a sign beside a point."""

_STROKE: Final = (
    f'<path d="M-{_REACH} {_REACH}L{_REACH} -{_REACH}" stroke="{{}}" stroke-width="{{}}"'
    ' stroke-linecap="round"/>'
)
_THROUGH: Final = _STROKE.format("#FFFFFF", 0.95) + _STROKE.format(_INK, 0.42)
_SYMBOLS: Final = {
    "struck": (
        '<circle r="1" fill="#FFFFFF" fill-opacity=".6" stroke="#FFFFFF" stroke-width="1.1"/>'
        f'<circle r="1" fill="none" stroke="{_INK}" stroke-width=".4"/>{_THROUGH}'
    ),
    "through": _THROUGH,
    "added": (
        f'<circle r="1" fill="#FFFFFF" stroke="{_INK}" stroke-width=".3"/>'
        f'<path d="M-.62 0H.62M0 -.62V.62" stroke="{_INK}" stroke-width=".34"/>'
    ),
    "changed": (
        f'<path d="M0 -1.25L1.25 0L0 1.25L-1.25 0Z" fill="{_INK}" stroke="#FFFFFF"'
        ' stroke-width=".3"/>'
    ),
}


@dataclass(frozen=True, slots=True)
class Signs:
    """What lies beneath the points of a picture, and over them: parts of an SVG."""

    under: str = ""
    over: str = ""


@dataclass(frozen=True, slots=True)
class ShownAmendment:
    """What an amendment made of the chart; with `of_original` it is the original that is drawn."""

    found: Amended
    of_original: bool


def legend_svg(sign: str) -> bytes:
    """Return a sign alone: `struck`, `through`, `added` or `changed`."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2.4 -2.4 4.8 4.8" width="24"'
        f' height="24">{_SYMBOLS[sign]}</svg>'
    ).encode()


def signs(
    view: View, atlas: Atlas, found: Amended, radius_px: float, *, of_original: bool
) -> Signs:
    """Draw an amendment on a view.

    Args:
        view: that is drawn.
        atlas: of the body.
        found: the two versions.
        radius_px: of a point, in pixels of the view.
        of_original: whether the chart drawn is the original: its own points are struck through,
            and what only the amendment has is left out.
    """
    was, was_zones = (
        touched_points(view, found.was.points),
        touched_zones(view, atlas, found.was.zones),
    )
    if of_original:
        own = _stamped("through", was, radius_px) + _stamped(
            "through", was_zones, radius_px * _ZONE
        )
        return Signs("", _defined(own))
    now, now_zones = (
        touched_points(view, found.now.points),
        touched_zones(view, atlas, found.now.zones),
    )
    under = [_dashed(view, atlas, gone(found), radius_px), _ways(moves(was, now), radius_px)]
    under.append(_stamped("struck", was, radius_px))
    over = [_stamped("struck", was_zones, radius_px * _ZONE)]
    for places, size, aside in (
        (now, radius_px * _SIGN, radius_px * _BESIDE),
        (now_zones, radius_px * _SIGN * _ZONE, 0.0),
    ):
        alone = places.marked.fate[places.rows] == Fate.ALONE
        over.append(_stamped("added", places.only(alone), size, aside))
        over.append(_stamped("changed", places.only(~alone), size, aside))
    return Signs(_defined("".join(under)), _defined("".join(over)))


SignsOf = Callable[[View, float], Signs]
"""Draws what is told of an amendment on a view, given the radius of a point there."""


def signs_of(atlas: Atlas, amendment: ShownAmendment | None) -> SignsOf:
    """Return what draws the signs of an amendment; nothing where there is none."""

    def none(_view: View, _radius_px: float) -> Signs:
        return Signs()

    if amendment is None:
        return none
    found, original = amendment.found, amendment.of_original
    return lambda view, radius_px: signs(view, atlas, found, radius_px, of_original=original)


def struck_fields(found: Amended) -> list[ChartField]:
    """Return what must be seen besides the chart: what was struck, in fields of the original.

    Of a field with points there are those alone that are not as they were.
    """
    marked = found.was.points
    rows = marked.touched
    made = []
    for number in np.unique(marked.field[rows]).tolist():
        field = marked.fields[number]
        chosen = marked.index[rows[marked.field[rows] == number]]
        made.append(replace(field, points=PackedPoints.from_records(field.points.records[chosen])))
    zones = found.was.zones
    return made + [zones.fields[row] for row in zones.touched.tolist()]


def _defined(drawn: str) -> str:
    """Put before a drawing the symbols that it uses."""
    used = "".join(
        f'<g id="a-{name}">{symbol}</g>'
        for name, symbol in _SYMBOLS.items()
        if f'"#a-{name}"' in drawn
    )
    return f"<defs>{used}</defs>{drawn}" if used else drawn


def _stamped(sign: str, places: Places, size_px: float, aside_px: float = 0.0) -> str:
    return "".join(
        f'<use href="#a-{sign}" transform="translate({x - aside_px:.1f} {y - aside_px:.1f})'
        f' scale({size_px:.2f})"/>'
        for x, y in places.xy[places.seen].tolist()
    )


def _ways(ways: FloatArray, radius_px: float) -> str:
    path = "".join(f"M{a[0]:.1f} {a[1]:.1f}L{b[0]:.1f} {b[1]:.1f}" for a, b in ways.tolist())
    return _line(path, radius_px, dashed=False)


def _dashed(view: View, atlas: Atlas, fields: Sequence[ChartField], radius_px: float) -> str:
    """Return the outlines of what is gone, where they are seen."""
    parts = []
    for field in fields:
        if field.outline is None:
            continue
        try:
            loops = loops_of(atlas, field.outline)
        except (KeyError, IndexError):
            continue  # of regions that this body does not have
        for loop in loops:
            xy, seen = view.project(*arrays(loop))
            if field.outline.kind is not OutlineKind.LINE:
                xy, seen = np.concatenate([xy, xy[:1]]), np.concatenate([seen, seen[:1]])
            shown = zip(xy.tolist(), seen.tolist(), [False, *seen[:-1].tolist()], strict=True)
            parts += [
                f"{'L' if before else 'M'}{x:.1f} {y:.1f}" for (x, y), at, before in shown if at
            ]
    return _line("".join(parts), radius_px, dashed=True)


def _line(path: str, radius_px: float, *, dashed: bool) -> str:
    if not path:
        return ""
    dash = f' stroke-dasharray="{radius_px * 1.4:.1f} {radius_px:.1f}"' if dashed else ""
    return "".join(
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width:.2f}"{more}/>'
        for colour, width, more in (
            ("#FFFFFF", radius_px * 1.1, ""),
            (_INK, radius_px * 0.4, dash),
        )
    )
