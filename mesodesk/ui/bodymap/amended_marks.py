"""How an amendment shows on the body: struck where it was, marked where it is new or another.

Shapes tell it, not colours: a stroke through what was struck, a plus on what was added, a lozenge
on what was changed or moved.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from mesodesk.domain.bodymap.amended import Amended, Fate
from mesodesk.domain.bodymap.amended_places import (
    Places,
    gone,
    moves,
    touched_points,
    touched_zones,
)
from mesodesk.domain.bodymap.atlas import Atlas
from mesodesk.domain.bodymap.fields import ChartField
from mesodesk.domain.bodymap.view import View
from mesodesk.ui.bodymap.field_lines import SeenLines, outline_in
from mesodesk.ui.bodymap.viewport import Viewport

RadiusOf = Callable[[ChartField], float]
"""Returns the radius of the marks of a field in canvas pixels."""

_INK: Final = QColor("#1B2227")
_WHITE: Final = QColor("#FFFFFF")
# What was struck is an empty ring: nothing of it counts.
_DISC: Final = QColor(255, 255, 255, 150)
_RING: Final = 1.3
# The stroke reaches so far beyond the mark that a point over it does not hide it.
_BEYOND: Final = 4.0
_STROKE: Final = 1.6
_HALO: Final = 1.3
# A sign sits at the upper left of its point, off the stroke, and must not hide it.
_SIGN_SHARE: Final = 0.72
_LEAST_SIGN: Final = 2.6
_LARGEST_SIGN: Final = 4.6
# How far left of and above the middle of its point, in radii.
_BESIDE: Final = 0.85
# Of a zone, which has no points: the mark in its middle.
_ZONE_RADIUS: Final = 7.0
# With more of one kind than this in sight, those on the same pixel are drawn once.
_MANY: Final = 6000


class Sign(StrEnum):
    """What a mark says."""

    STRUCK = "struck"
    THROUGH = "through"
    """A stroke alone, over a point that is there: in the original itself."""
    ADDED = "added"
    CHANGED = "changed"


def draw_sign(painter: QPainter, sign: Sign, centre: QPointF, radius: float) -> None:
    """Paint one sign; of `ADDED` and `CHANGED` the centre and radius are those of the sign."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if sign in (Sign.STRUCK, Sign.THROUGH):
        if sign is Sign.STRUCK:
            painter.setPen(QPen(_WHITE, _RING + 2 * _HALO))
            painter.setBrush(_DISC)
            painter.drawEllipse(centre, radius, radius)
            painter.setPen(QPen(_INK, _RING))
            painter.drawEllipse(centre, radius, radius)
        reach = (radius + _BEYOND) / math.sqrt(2)
        line = QLineF(centre + QPointF(-reach, reach), centre + QPointF(reach, -reach))
        for width, colour in ((_STROKE + 2 * _HALO, _WHITE), (_STROKE, _INK)):
            painter.setPen(QPen(colour, width, c=Qt.PenCapStyle.RoundCap))
            painter.drawLine(line)
    elif sign is Sign.ADDED:
        painter.setPen(QPen(_INK, 1.0))
        painter.setBrush(_WHITE)
        painter.drawEllipse(centre, radius, radius)
        arm = radius * 0.62
        painter.setPen(QPen(_INK, max(1.0, radius * 0.34)))
        painter.drawLine(centre - QPointF(arm, 0), centre + QPointF(arm, 0))
        painter.drawLine(centre - QPointF(0, arm), centre + QPointF(0, arm))
    else:
        reach = radius * 1.25
        painter.setPen(QPen(_WHITE, 1.2))
        painter.setBrush(_INK)
        corners = [QPointF(0, -reach), QPointF(reach, 0), QPointF(0, reach), QPointF(-reach, 0)]
        painter.drawPolygon(QPolygonF([centre + each for each in corners]))
    painter.restore()


@cache
def sign_stamp(sign: Sign, radius: float, ratio: float) -> QPixmap:
    """Return a sign as a picture, its centre in the middle, to be stamped many times."""
    side = math.ceil((radius * 1.3 + _BEYOND + 3) * ratio) * 2
    made = QPixmap(side, side)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    middle = side / ratio / 2
    draw_sign(painter, sign, QPointF(middle, middle), radius)
    painter.end()
    return made


@dataclass(frozen=True, slots=True)
class Touched:
    """A point or zone under the pointer that is not as in the other version.

    `was` and `now` are its rows among the points, or the zones, of either; None where it is not.
    """

    fate: Fate
    zone: bool
    was: int | None
    now: int | None


class AmendedMarks:
    """What one view shows of an amendment. Made in any thread.

    With `of_original` the chart in sight is the original: its own points are struck through, and
    what only the amendment has is not drawn.
    """

    def __init__(self, view: View, atlas: Atlas, found: Amended, *, of_original: bool) -> None:
        self._of_original = of_original
        self._was = touched_points(view, found.was.points)
        self._now = touched_points(view, found.now.points)
        self._was_zones = touched_zones(view, atlas, found.was.zones)
        self._now_zones = touched_zones(view, atlas, found.now.zones)
        self._dashed = [
            outline_in(atlas, view, field.outline)
            for field in gone(found)
            if field.outline is not None and not of_original
        ]
        self._moves = moves(self._was, self._now)

    @property
    def seen(self) -> tuple[int, int]:
        """How many struck points, and how many signs on points, this view shows."""
        signs = 0 if self._of_original else int(self._now.seen.sum())
        return int(self._was.seen.sum()), signs

    def paint_under(
        self,
        painter: QPainter,
        viewport: Viewport,
        clip: QRectF,
        ratio: float,
        radius_of: RadiusOf,
    ) -> None:
        """Paint what was struck, beneath the points of the chart."""
        if self._of_original:
            return
        for outline in self._dashed:
            _paint_dashed(painter, viewport, outline)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ways = self._moves * viewport.scale + (viewport.x, viewport.y)
        lines = [QLineF(*start, *end) for start, end in ways.tolist()]
        for width, colour in ((3.0, _WHITE), (1.0, _INK)):
            painter.setPen(QPen(colour, width))
            painter.drawLines(lines)
        _stamped(painter, viewport, clip, ratio, self._was, Sign.STRUCK, radius_of)

    def paint_over(
        self,
        painter: QPainter,
        viewport: Viewport,
        clip: QRectF,
        ratio: float,
        radius_of: RadiusOf,
    ) -> None:
        """Paint the signs over the points of the chart."""
        if self._of_original:
            _stamped(painter, viewport, clip, ratio, self._was, Sign.THROUGH, radius_of)
            _stamped(painter, viewport, clip, ratio, self._was_zones, Sign.THROUGH, _zone_radius)
            return
        _stamped(painter, viewport, clip, ratio, self._was_zones, Sign.STRUCK, _zone_radius)
        for places, radius in ((self._now, radius_of), (self._now_zones, _zone_radius)):
            alone = places.marked.fate[places.rows] == Fate.ALONE
            for sign, chosen in ((Sign.ADDED, alone), (Sign.CHANGED, ~alone)):
                _stamped(painter, viewport, clip, ratio, places.only(chosen), sign, radius)

    def hit(self, x_px: float, y_px: float, radius_px: float) -> Touched | None:
        """Return what lies nearest to a place of the picture, of what the view shows."""
        found: list[tuple[float, bool, bool, int]] = []
        sides = [(False, False, self._was), (False, True, self._was_zones)]
        if not self._of_original:
            sides += [(True, False, self._now), (True, True, self._now_zones)]
        for later, zone, places in sides:
            near = places.nearest((x_px, y_px))
            if near is not None and near[0] <= radius_px**2:
                found.append((near[0], later, zone, near[1]))
        if not found:
            return None
        _, later, zone, row = min(found)
        marked = self._side(later=later, zone=zone).marked
        partner = int(marked.partner[row])
        other = None if partner < 0 else partner
        was, now = (other, row) if later else (row, other)
        return Touched(Fate(int(marked.fate[row])), zone, was, now)

    def _side(self, *, later: bool, zone: bool) -> Places:
        if zone:
            return self._now_zones if later else self._was_zones
        return self._now if later else self._was


def sign_radius(mark_radius: float) -> float:
    """Return the radius of a sign on a mark of some radius, both in canvas pixels."""
    return round(2 * min(max(mark_radius * _SIGN_SHARE, _LEAST_SIGN), _LARGEST_SIGN)) / 2


def _zone_radius(_field: ChartField) -> float:
    return _ZONE_RADIUS


def _stamped(
    painter: QPainter,
    viewport: Viewport,
    clip: QRectF,
    ratio: float,
    places: Places,
    sign: Sign,
    radius_of: RadiusOf,
) -> None:
    """Stamp a sign at each place in a rectangle of the canvas."""
    margin = QPointF(24, 24)
    low = np.array(viewport.to_picture(clip.topLeft() - margin))
    high = np.array(viewport.to_picture(clip.bottomRight() + margin))
    chosen = np.flatnonzero(places.seen & ((places.xy >= low) & (places.xy <= high)).all(axis=1))
    xy = places.xy[chosen] * viewport.scale + (viewport.x, viewport.y)
    if len(chosen) > _MANY:
        _, first = np.unique(np.round(xy).astype(np.int64), axis=0, return_index=True)
        chosen, xy = chosen[first], xy[first]
    fields = places.marked.field[places.rows[chosen]].tolist()
    radii = {number: radius_of(places.marked.fields[number]) for number in set(fields)}
    beside = sign in (Sign.ADDED, Sign.CHANGED) and radius_of is not _zone_radius
    for number, (x, y) in zip(fields, xy.tolist(), strict=True):
        radius = radii[number]
        aside = radius * _BESIDE + 1 if beside else 0.0
        pixmap = sign_stamp(sign, sign_radius(radius) if beside else radius, ratio)
        middle = pixmap.width() / ratio / 2
        painter.drawPixmap(QPointF(x - aside - middle, y - aside - middle), pixmap)


def _paint_dashed(painter: QPainter, viewport: Viewport, seen: SeenLines) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(viewport.x, viewport.y)
    painter.scale(viewport.scale, viewport.scale)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for width, colour, style in (
        (3.6, _WHITE, Qt.PenStyle.SolidLine),
        (1.4, _INK, Qt.PenStyle.DashLine),
    ):
        pen = QPen(colour, width, style)
        pen.setCosmetic(True)
        painter.setPen(pen)
        for line in seen.lines:
            painter.drawPolyline(line)
    painter.restore()
