"""One view on the canvas: body and points in cached layers that follow document and viewport."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QPainter, QPen

from mesodesk.domain.bodymap.fields import ChartField, PointRef
from mesodesk.domain.bodymap.view import View
from mesodesk.domain.syringe_looks import SyringeLook
from mesodesk.ui.bodymap.field_lines import FieldLines
from mesodesk.ui.bodymap.figure import Figure
from mesodesk.ui.bodymap.layer import Layer
from mesodesk.ui.bodymap.marks import stamp
from mesodesk.ui.bodymap.model import ChartModel
from mesodesk.ui.bodymap.names import UNKNOWN_LOOK
from mesodesk.ui.bodymap.placed import PlacedPoints
from mesodesk.ui.bodymap.viewport import Viewport

Beneath = Callable[[QPainter, Viewport], None]
"""Paints what lies between the body and its points."""

PaintGhosts = Callable[[QPainter, Viewport, QRectF, float, float], None]
"""Paints ghosts in a rectangle of the canvas, given the radius of marks and the device's ratio."""

PaintHatching = Callable[[QPainter, Viewport, QRectF, float], None]
"""Paints zones in a rectangle of the canvas, given the device's ratio."""

# A mark of this size on the skin keeps rows 15 mm apart from running together.
_MARK_MM: Final = 5.2
_LEAST_RADIUS: Final = 2.5
# In a field a mark with its ring takes so much of the spacing; smaller than this it is a speck.
_CLOSE: Final = 0.25
_SMALLEST_RADIUS: Final = 1.5
# Close by, a mark is large enough for its digit.
_LARGEST_RADIUS: Final = 8.0
_DOT: Final = QColor("#FFFFFF")
_DOT_EDGE: Final = QColor("#1B2227")
_DOT_RADIUS: Final = 1.5
# Where points are so close that dots would run together.
_LEAST_DOT: Final = 0.7
# How far around the canvas the sharp layer reaches, so that panning need not draw anew.
_MARGIN: Final = 0.4
# With more points than this in sight, those on the same pixel are drawn once.
_MANY: Final = 6000


class Stage:
    """Draws a view of the model's chart.

    `overview` holds the whole body at the size that fits the canvas; `detail` the part in sight at
    the magnification in use. A gesture repaints only the rectangles that it touched.
    """

    def __init__(self, model: ChartModel, view: View, canvas: QSizeF, ratio: float) -> None:
        self.view = view
        self.figure = Figure(view)
        self.placed = _placed(model, view)
        self.viewport = Viewport.fitted(QSizeF(view.width_px, view.height_px), canvas)
        self.lifted: PointRef | None = None
        self._beneath: Beneath | None = None
        self._ghosts: PaintGhosts | None = None
        self._hatching: PaintHatching | None = None
        self._struck: PaintGhosts | None = None
        self._signs: PaintGhosts | None = None
        self._model = model
        self._ratio = ratio
        self._overview = Layer()
        self._detail = Layer()
        self._lines = None if model.atlas is None else FieldLines(model.atlas, view)
        if self._lines is not None:
            self._lines.update(model.fields, model.fields)

    def hidden_zones(self) -> list[ChartField]:
        """Return the fields without points of which this view shows nothing."""
        lines = self._lines
        zones = [field for field in self._model.fields.values() if not len(field.points)]
        return [zone for zone in zones if lines is None or lines.bounds(zone.id).isEmpty()]

    def resize(self, canvas: QSizeF, ratio: float) -> None:
        """Fit to another canvas, keeping the magnification."""
        self.viewport = self.viewport.resized(canvas)
        self._ratio = ratio
        self.forget()

    def forget(self) -> None:
        """Draw everything anew at the next paint."""
        self._overview.clear()
        self._detail.clear()

    def put_beneath(self, beneath: Beneath | None) -> None:
        """Lay something between the body and its points, or nothing."""
        if beneath is not self._beneath:
            self._beneath = beneath
            self.forget()

    def put_ghosts(self, ghosts: PaintGhosts | None) -> None:
        """Lay points of earlier sessions under today's, other ones, or none."""
        self._ghosts = ghosts
        self.forget()

    def put_hatching(self, hatching: PaintHatching | None) -> None:
        """Lay zones over the body and under all points, other ones, or none."""
        self._hatching = hatching
        self.forget()

    def put_amendment(self, struck: PaintGhosts | None, signs: PaintGhosts | None) -> None:
        """Lay what an amendment struck under the points and its signs over them, or nothing."""
        self._struck, self._signs = struck, signs
        self.forget()

    def document_changed(self, changed: Iterable[UUID]) -> None:
        """Project what changed anew, and repaint where it was and where it is."""
        ids = tuple(changed)
        before = [self.placed.of_field(field_id) for field_id in ids]
        self.placed.update(self._model.fields, ids)
        after = [self.placed.of_field(field_id) for field_id in ids]
        for places in (self._with_lines(ids, before), self._lines_updated(ids, after)):
            self._repaint(np.concatenate(places))

    def _with_lines(
        self, ids: Iterable[UUID], places: list[NDArray[np.float64]]
    ) -> list[NDArray[np.float64]]:
        """Return places with the corners of the rectangles in which fields have lines."""
        bounds = [] if self._lines is None else [self._lines.bounds(one) for one in ids]
        return places + [
            np.array([[box.left(), box.top()], [box.right(), box.bottom()]])
            for box in bounds
            if not box.isEmpty()
        ]

    def _lines_updated(
        self, ids: tuple[UUID, ...], places: list[NDArray[np.float64]]
    ) -> list[NDArray[np.float64]]:
        if self._lines is not None:
            self._lines.update(self._model.fields, ids)
        return self._with_lines(ids, places)

    def lift(self, ref: PointRef | None) -> None:
        """Leave a point out of the layers while it is dragged; None puts it back."""
        touched = [point for point in (self.lifted, ref) if point is not None]
        self.lifted = ref
        for point in touched:
            if self.knows(point):
                self._repaint(np.array([self.placed.of(point)[0]]))

    def knows(self, ref: PointRef) -> bool:
        """Tell whether the chart still has the point."""
        field = self._model.fields.get(ref.field_id)
        return field is not None and ref.index < len(field.points)

    def hit(self, place: QPointF, reach: float) -> PointRef | None:
        """Return the point under a place of the canvas."""
        x, y = self.viewport.to_picture(place)
        return self.placed.hit(x, y, (reach + self.mark_radius()) / self.viewport.scale)

    def on_canvas(self, ref: PointRef) -> tuple[QPointF, bool]:
        """Return where a point shows on the canvas, and whether it is seen in this view."""
        (x, y), seen = self.placed.of(ref)
        return self.viewport.to_canvas(x, y), seen

    def mark_radius(self, viewport: Viewport | None = None) -> float:
        """Return the radius of a point's mark in canvas pixels."""
        scale = (viewport or self.viewport).scale
        radius = _MARK_MM / self.view.camera.mm_per_px * scale
        return round(2 * min(max(radius, _LEAST_RADIUS), _LARGEST_RADIUS)) / 2

    # Drawing

    def draw(self, painter: QPainter, *, at_rest: bool) -> None:
        """Draw body and points; while not `at_rest`, from what is ready."""
        canvas = QRectF(QPointF(0, 0), self.viewport.canvas)
        fitted = Viewport.fitted(self.viewport.picture, self.viewport.canvas)
        if not self._overview.is_for(fitted):
            self._overview.render(
                fitted, fitted.target.adjusted(-8, -8, 8, 8), self._ratio, self.paint
            )
        if self.viewport == fitted:
            self._overview.draw(painter, fitted)
            return
        if at_rest and not self._sharp(canvas):
            margin_x, margin_y = canvas.width() * _MARGIN, canvas.height() * _MARGIN
            around = canvas.adjusted(-margin_x, -margin_y, margin_x, margin_y)
            wanted = around.intersected(self.viewport.target.adjusted(-8, -8, 8, 8))
            self._detail.render(self.viewport, wanted, self._ratio, self.paint)
        if not self._detail.covers(self.viewport, canvas):
            self._overview.draw(painter, self.viewport)
        self._detail.draw(painter, self.viewport)

    def _sharp(self, canvas: QRectF) -> bool:
        made_for = self._detail.viewport
        return (
            made_for is not None
            and made_for.scale == self.viewport.scale
            and self._detail.covers(self.viewport, canvas)
        )

    def paint(self, painter: QPainter, viewport: Viewport, clip: QRectF) -> None:
        """Paint body and points of a rectangle of the canvas into a layer."""
        self.figure.paint(painter, viewport, clip, self._ratio)
        if self._beneath is not None:
            self._beneath(painter, viewport)
        if self._hatching is not None:
            self._hatching(painter, viewport, clip, self._ratio)
        if self._ghosts is not None:
            self._ghosts(painter, viewport, clip, self.mark_radius(viewport), self._ratio)
        if self._struck is not None:
            self._struck(painter, viewport, clip, self.mark_radius(viewport), self._ratio)
        if self._lines is not None:
            self._lines.paint(painter, viewport, clip, self._colours())
        self._paint_points(painter, viewport, clip)
        # Over the exposure map points are dots, and signs would stand beside nothing.
        if self._signs is not None and self._beneath is None:
            self._signs(painter, viewport, clip, self.mark_radius(viewport), self._ratio)

    def _colours(self) -> dict[UUID, str]:
        """Return the colour of each field, that of its syringe."""
        looks = {syringe.id: syringe.look for syringe in self._model.syringes}
        fields = self._model.fields.values()
        return {one.id: looks.get(one.syringe_id, UNKNOWN_LOOK).colour for one in fields}

    def _paint_points(self, painter: QPainter, viewport: Viewport, clip: QRectF) -> None:
        shown = self.placed.shown
        radius = self.mark_radius(viewport)
        reach = 2 * radius + 4
        low = viewport.to_picture(clip.topLeft() - QPointF(reach, reach))
        high = viewport.to_picture(clip.bottomRight() + QPointF(reach, reach))
        wanted = shown.seen & _between(shown.xy, low, high)
        lifted = None if self.lifted is None else self.placed.row(self.lifted)
        if lifted is not None:
            wanted[lifted] = False
        rows = np.flatnonzero(wanted)
        xy = shown.xy[rows] * viewport.scale + (viewport.x, viewport.y)
        if len(rows) > _MANY:
            kept = _one_a_pixel(xy)
            rows, xy = rows[kept], xy[kept]
        if self._beneath is not None:
            _dot(painter, xy, _DOT_RADIUS if radius > _LEAST_RADIUS else _LEAST_DOT)
            return
        looks, radii = self._looks(), self._radii(viewport)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)
        for syringe, field, (x, y) in zip(
            shown.syringe[rows].tolist(), shown.field[rows].tolist(), xy.tolist(), strict=True
        ):
            pixmap = stamp(looks[syringe], radii[field], self._ratio)
            middle = pixmap.width() / self._ratio / 2
            painter.drawPixmap(QPointF(x - middle, y - middle), pixmap)

    def _radii(self, viewport: Viewport) -> list[float]:
        """Return the radius of the marks of each field."""
        fields = map(self._model.fields.get, self.placed.shown.fields)
        return [
            self.spaced_radius(None if field is None else field.spacing_mm, viewport)
            for field in fields
        ]

    def spaced_radius(self, spacing_mm: Decimal | None, viewport: Viewport | None = None) -> float:
        """Return the radius of marks so far apart: closely laid ones must not run together."""
        view = viewport or self.viewport
        radius = self.mark_radius(view)
        if spacing_mm is None:
            return radius
        per_mm = view.scale / self.view.camera.mm_per_px / self._model.field_model.laying.scale
        room = _CLOSE * float(spacing_mm) * per_mm
        return round(2 * min(max(room, _SMALLEST_RADIUS), radius)) / 2

    def field_radius(self, field: ChartField) -> float:
        """Return the radius of a field's marks in canvas pixels."""
        return self.spaced_radius(field.spacing_mm)

    def _looks(self) -> list[SyringeLook]:
        """Return how the syringes look, by their numbers."""
        looks = {syringe.id: syringe.look for syringe in self._model.syringes}
        return [looks.get(syringe_id, UNKNOWN_LOOK) for syringe_id in self.placed.syringes]

    def _repaint(self, places: NDArray[np.float64]) -> None:
        """Repaint the layers around places of the picture."""
        if not len(places):
            return
        low, high = places.min(axis=0).tolist(), places.max(axis=0).tolist()
        for layer in (self._overview, self._detail):
            made_for = layer.viewport
            if made_for is not None:
                reach = 2 * self.mark_radius(made_for) + 4
                corner, other = made_for.to_canvas(*low), made_for.to_canvas(*high)
                touched = QRectF(corner, other).adjusted(-reach, -reach, reach, reach)
                layer.repaint(touched, self.paint)


def _placed(model: ChartModel, view: View) -> PlacedPoints:
    """Return where the points of a chart show in a view, as it was made ahead if it was."""
    if model.ready is not None and model.ready.placed.view is view:
        return model.ready.placed
    return PlacedPoints.in_view(view, model.fields)


def _dot(painter: QPainter, xy: NDArray[np.float64], radius: float) -> None:
    """Mark where points are, without hiding what lies beneath them."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(_DOT_EDGE, radius / 2))
    painter.setBrush(_DOT)
    for x, y in xy.tolist():
        painter.drawEllipse(QPointF(x, y), radius, radius)


def _between(
    xy: NDArray[np.float64], low: tuple[float, float], high: tuple[float, float]
) -> NDArray[np.bool_]:
    x, y = xy[:, 0], xy[:, 1]
    inside: NDArray[np.bool_] = (x >= low[0]) & (y >= low[1]) & (x <= high[0]) & (y <= high[1])
    return inside


def _one_a_pixel(xy: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return which to keep so that of points on one pixel only the newest is drawn, in order."""
    pixels = np.round(xy).astype(np.int64)
    keys = pixels[:, 0] * 100_000 + pixels[:, 1]
    _, last = np.unique(keys[::-1], return_index=True)
    return np.sort(len(xy) - 1 - last)
