"""The outlines and threads of fields, as one view shows them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from mesodesk.domain.bodymap.atlas import Atlas
from mesodesk.domain.bodymap.fields import ChartField, Outline, OutlineKind, Pattern
from mesodesk.domain.bodymap.outlines import arrays, loops_of
from mesodesk.domain.bodymap.packing import PointFlag
from mesodesk.domain.bodymap.planar import FloatArray
from mesodesk.domain.bodymap.view import View
from mesodesk.ui.bodymap.viewport import Viewport

_TINT: Final = 40
# A loop of which less is in sight gets no tint: there would be little skin beneath.
_MOSTLY: Final = 0.5
# A stretch out of sight is drawn all the same up to this share of its loop.
_SHORT: Final = 0.3
_KEPT: Final = 96

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SeenLines:
    """Lines in pixels of the picture: what is seen of them, and what may be tinted."""

    lines: tuple[QPolygonF, ...]
    tinted: tuple[QPolygonF, ...]
    bounds: QRectF


@lru_cache(maxsize=_KEPT)
def seen_outline(atlas: Atlas, view: View, outline: Outline) -> SeenLines:
    """Return what a view shows of an outline."""
    lines: list[QPolygonF] = []
    tinted: list[QPolygonF] = []
    for loop in loops_of(atlas, outline):
        xy, seen = view.project(*arrays(loop))
        if outline.kind is OutlineKind.LINE:
            lines += _runs(xy, seen)
            continue
        seen = _bridged(xy, seen)
        closed = np.concatenate([xy, xy[:1]])
        lines += _runs(closed, np.concatenate([seen, seen[:1]]))
        if seen.mean() >= _MOSTLY:
            tinted.append(_polygon(xy[seen]))
    return SeenLines(tuple(lines), tuple(tinted), _bounds(lines))


def _bridged(xy: FloatArray, seen: Flags) -> Flags:
    """Count short stretches along the edge of the body as seen: an outline should look closed."""
    if seen.all() or not seen.any():
        return seen
    step = np.linalg.norm(xy - np.roll(xy, 1, axis=0), axis=1)
    begin = int(np.argmax(seen))
    turned, steps = np.roll(seen, -begin), np.roll(step, -begin)
    edges = np.flatnonzero(np.diff(np.concatenate([[True], turned, [True]]).astype(np.int8)))
    for low, high in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if steps[low : high + 1].sum() <= _SHORT * step.sum():
            turned[low:high] = True
    return np.roll(turned, begin)


def seen_threads(view: View, field: ChartField) -> SeenLines:
    """Return what a view shows of the threads along the rows of a field of lines."""
    records = field.points.records
    xy, seen = view.project(records["triangle"], records["u"], records["v"])
    starts = np.flatnonzero(records["flags"] & int(PointFlag.ROW_START)).tolist()
    lines: list[QPolygonF] = []
    for start, end in zip(starts, [*starts[1:], len(xy)], strict=True):
        lines += _runs(xy[start:end], seen[start:end])
    return SeenLines(tuple(lines), (), _bounds(lines))


def _runs(xy: FloatArray, seen: Flags) -> list[QPolygonF]:
    """Return the stretches of a line between places that are all seen."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], seen, [False]]).astype(np.int8)))
    return [
        _polygon(xy[low:high])
        for low, high in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
        if high - low > 1
    ]


def _polygon(xy: FloatArray) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in xy.tolist()])


def _bounds(lines: Iterable[QPolygonF]) -> QRectF:
    whole = QRectF()
    for line in lines:
        whole = whole.united(line.boundingRect().adjusted(-1, -1, 1, 1))
    return whole


class FieldLines:
    """Follows the document like the points do, for one view."""

    def __init__(self, atlas: Atlas, view: View) -> None:
        self._atlas = atlas
        self._view = view
        self._of: dict[UUID, tuple[SeenLines, ...]] = {}

    def update(self, fields: Mapping[UUID, ChartField], changed: Iterable[UUID]) -> None:
        """Take up fields that changed; those no longer in `fields` are forgotten."""
        for field_id in changed:
            self._of.pop(field_id, None)
            field = fields.get(field_id)
            if field is not None:
                found = self._seen(field)
                if found:
                    self._of[field_id] = found

    def _seen(self, field: ChartField) -> tuple[SeenLines, ...]:
        parts = []
        if field.outline is not None:
            parts.append(outline_in(self._atlas, self._view, field.outline))
        line = field.outline is not None and field.outline.kind is OutlineKind.LINE
        # A line is its own thread.
        if field.pattern is Pattern.LINES and not line:
            parts.append(seen_threads(self._view, field))
        return tuple(parts)

    def bounds(self, field_id: UUID) -> QRectF:
        """Return where a field's lines lie in the picture; empty if none show."""
        whole = QRectF()
        for part in self._of.get(field_id, ()):
            whole = whole.united(part.bounds)
        return whole

    def paint(
        self, painter: QPainter, viewport: Viewport, clip: QRectF, colours: Mapping[UUID, str]
    ) -> None:
        """Paint the lines of fields beneath their points.

        Args:
            painter: set up for canvas coordinates.
            viewport: where the picture lies.
            clip: what is needed, in canvas pixels.
            colours: of the fields' syringes, by field.
        """
        # One that has just left the chart has no colour any more.
        known = ((parts, colours[key]) for key, parts in self._of.items() if key in colours)
        for parts, colour in known:
            for part in parts:
                on_canvas = QRectF(
                    viewport.to_canvas(part.bounds.left(), part.bounds.top()),
                    viewport.to_canvas(part.bounds.right(), part.bounds.bottom()),
                )
                if on_canvas.adjusted(-3, -3, 3, 3).intersects(clip):
                    paint_lines(painter, viewport, part, colour)


def outline_in(atlas: Atlas, view: View, outline: Outline) -> SeenLines:
    """Return what a view shows of an outline; nothing of one that the atlas does not know."""
    try:
        return seen_outline(atlas, view, outline)
    except (KeyError, IndexError):
        return SeenLines((), (), QRectF())


def paint_lines(
    painter: QPainter,
    viewport: Viewport,
    seen: SeenLines,
    colour: str,
    *,
    width: float = 1.4,
    tint: int = _TINT,
) -> None:
    """Paint lines, and what they enclose in a thin tint of the same colour."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(viewport.x, viewport.y)
    painter.scale(viewport.scale, viewport.scale)
    ground = QColor(colour)
    ground.setAlpha(tint)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    # As one shape: what a loop within another encloses is a hole.
    ground_of = QPainterPath()
    for polygon in seen.tinted:
        ground_of.addPolygon(polygon)
        ground_of.closeSubpath()
    painter.drawPath(ground_of)
    pen = QPen(QColor(colour), width)
    pen.setCosmetic(True)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    for line in seen.lines:
        painter.drawPolyline(line)
    painter.restore()


def paint_framed(painter: QPainter, viewport: Viewport, seen: SeenLines, colour: str) -> None:
    """Paint an outline alone, over points, readable on skin and on both grounds."""
    paint_lines(painter, viewport, seen, "#FFFFFF", width=5.0, tint=0)
    paint_lines(painter, viewport, seen, colour, width=2.4, tint=0)
