"""A widget that shows one view of the body at a time, and pans, zooms and changes views."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, QTimer, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from mesodesk.domain.bodymap.atlas import Atlas
from mesodesk.domain.bodymap.changed_places import Places
from mesodesk.domain.bodymap.fields import Outline, PointRef
from mesodesk.domain.bodymap.outline_places import middle_of
from mesodesk.domain.bodymap.outlines import arrays
from mesodesk.domain.bodymap.planar import FloatArray
from mesodesk.domain.bodymap.view import SurfacePoint, View
from mesodesk.ui import theme
from mesodesk.ui.bodymap.field_lines import outline_in
from mesodesk.ui.bodymap.model import ChartModel
from mesodesk.ui.bodymap.stage import Stage
from mesodesk.ui.bodymap.viewport import Viewport

REST_MS: Final = 100
"""How long the hand must be still before the picture is drawn sharp again."""
_ZOOM_STEP: Final = 1.25
_MOST: Final = 2 / 3
# Whether one of 2,200 places is behind other skin takes 30 ms to find out.
_LOOKED_AT: Final = 300


class MapWidget(QWidget):
    """The body with the chart's points, in the view and at the magnification asked for."""

    #: the id of the view that shows now.
    view_changed = Signal(str)
    viewport_changed = Signal()
    #: how many points other views show and this one does not.
    hidden_changed = Signal(int)

    def __init__(self, model: ChartModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self._stage: Stage | None = None
        self._at_rest = True
        self._viewports: dict[str, Viewport] = {}
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self.settle)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.watcher().changed.connect(self._theme_changed)

    def sizeHint(self) -> QSize:
        return QSize(640, 520)

    def minimumSizeHint(self) -> QSize:
        return QSize(280, 240)

    @property
    def stage(self) -> Stage:
        """The stage in sight.

        Raises:
            LookupError: before a chart is loaded.
        """
        if self._stage is None:
            raise LookupError("no chart is loaded")
        return self._stage

    @property
    def has_stage(self) -> bool:
        return self._stage is not None

    @property
    def view(self) -> View:
        return self.stage.view

    @property
    def viewport(self) -> Viewport:
        return self.stage.viewport

    def set_viewport(self, viewport: Viewport) -> None:
        """Show another part or magnification; the picture turns sharp when the hand rests."""
        if viewport != self.stage.viewport:
            self.stage.viewport = viewport
            self._at_rest = False
            self._rest.start()
            self.viewport_changed.emit()
            self.update()

    @Slot()
    def settle(self) -> None:
        """Draw the picture sharp."""
        self._rest.stop()
        self._at_rest = True
        self.update()

    def show_view(self, view_id: str) -> None:
        """Show another view; each keeps its own magnification."""
        atlas = self.model.atlas
        if atlas is None or (self._stage is not None and self._stage.view.view_id == view_id):
            return
        if self._stage is not None:
            self._viewports[self._stage.view.view_id] = self._stage.viewport
        self.open_view(atlas.view(view_id))

    def open_view(self, view: View) -> None:
        """Build the stage of a view."""
        size = QSizeF(self.size())
        self._stage = Stage(self.model, view, size, self.devicePixelRatioF())
        known = self._viewports.get(view.view_id)
        if known is not None:
            self._stage.viewport = known.resized(size)
        self._at_rest = True
        self.view_changed.emit(view.view_id)
        self.viewport_changed.emit()
        self.hidden_changed.emit(len(self._stage.placed.shown.hidden))
        self.update()

    def close_views(self) -> None:
        """Forget every view, as before another chart."""
        self._viewports.clear()
        self._stage = None

    def show_next_view(self, direction: int) -> None:
        """Show the view after (1) or before (-1) this one, round and round."""
        if self.model.atlas is not None:
            ids = [view.view_id for view in self.model.atlas.views]
            self.show_view(ids[(ids.index(self.view.view_id) + direction) % len(ids)])

    def reveal(self, ref: PointRef) -> None:
        """Bring a point into sight, in the view that shows it best if this one does not."""
        if not self.stage.on_canvas(ref)[1] and self.model.atlas is not None:
            self.show_view(self.model.atlas.best_view(self.model.place_of(ref)).view_id)
        self.set_viewport(self.viewport.showing(self.stage.on_canvas(ref)[0]))

    def show_points(self, refs: Sequence[PointRef], *, least: float = _MOST) -> None:
        """Go to some points, as near as shows all that the view shows of them.

        Args:
            refs: the points.
            least: if this view shows no more than this share of them, 0 to 1, one that shows more
                is looked for.
        """
        if not refs:
            return
        count = len(self.stage.placed.seen_among(refs))
        if count <= least * len(refs):
            hidden = [ref for ref in refs if not self.stage.on_canvas(ref)[1]]
            self._look_elsewhere(refs, hidden[len(hidden) // 2], count)
        self._frame(self.stage.placed.seen_among(refs))

    def show_all(self) -> None:
        """Go to all points that this view shows; if it shows none, to a view that shows most."""
        shown = self.stage.placed.shown
        if shown.seen.any():
            self._frame(shown.xy[shown.seen])
        else:
            self.show_points(list(self.model.document.refs()), least=0)

    def _frame(self, places: FloatArray) -> None:
        """Show some places of the picture, shape (n, 2), as near as shows them all."""
        if len(places):
            corner, other = (
                QPointF(*each.tolist()) for each in (places.min(axis=0), places.max(axis=0))
            )
            self.set_viewport(self.viewport.framing(QRectF(corner, other)))

    def show_outline(self, outline: Outline) -> None:
        """Go to an area, in the view that shows its middle best if this one shows none of it."""
        atlas = self.model.atlas
        if atlas is None:
            return
        if outline_in(atlas, self.view, outline).bounds.isEmpty():
            self.show_view(atlas.best_view(middle_of(atlas, outline)).view_id)
        seen = outline_in(atlas, self.view, outline).bounds
        if not seen.isEmpty():
            self.set_viewport(self.viewport.framing(seen))

    def bring_in_sight(self, places: Places) -> QPointF | None:
        """Go to some places of the skin unless one of them is in sight.

        In this view, unless another shows more of them.

        Returns:
            where one of them shows now, on the canvas; None if the map stayed as it was.
        """
        atlas = self.model.atlas
        if atlas is None or not len(places[0]) or self._any_in_sight(places):
            return None
        some = _some(places)
        view = max((self.view, *_best_views(atlas, some)), key=lambda each: _seen(each, some)[1])
        places_px, count = _seen(view, some)
        if not count:
            return None
        self.show_view(view.view_id)
        if not self._any_in_sight(places):
            self._frame(places_px)
        return self.viewport.to_canvas(*places_px[len(places_px) // 2].tolist())

    def _any_in_sight(self, places: Places) -> bool:
        """Tell whether some places show in the part of the view that the canvas has."""
        positions = self.model.atlas.skin.surface.places(*places) if self.model.atlas else None
        if positions is None:
            return False
        places_px, _ = self.view.camera.project(positions)
        first = self.viewport.to_picture(QPointF(0, 0))
        last = self.viewport.to_picture(QPointF(self.width(), self.height()))
        inside = np.flatnonzero(((places_px >= first) & (places_px <= last)).all(axis=1))
        triangle, u, v = places
        return bool(_seen(self.view, _some((triangle[inside], u[inside], v[inside])))[1])

    def _look_elsewhere(self, refs: Sequence[PointRef], hidden: PointRef, seen: int) -> None:
        """Show the view that suits a hidden point best if it shows more points than are seen."""
        if self.model.atlas is None:
            return
        view = self.model.atlas.best_view(self.model.place_of(hidden))
        if seen < int(view.project(*arrays([self.model.place_of(ref) for ref in refs]))[1].sum()):
            self.show_view(view.view_id)

    @Slot()
    def reveal_hidden(self) -> None:
        """Go to the first point, or else zone, that this view does not show."""
        shown = self.stage.placed.shown
        hidden, zones = shown.hidden, self.stage.hidden_zones()
        if len(hidden):
            self.reveal(shown.ref(int(hidden[0])))
        elif zones and zones[0].outline is not None:
            self.show_outline(zones[0].outline)

    @Slot()
    def zoom_in(self) -> None:
        self.zoom_at(_ZOOM_STEP, self.middle())

    @Slot()
    def zoom_out(self) -> None:
        self.zoom_at(1 / _ZOOM_STEP, self.middle())

    @Slot()
    def fit(self) -> None:
        """Show the whole view."""
        self.set_viewport(Viewport.fitted(self.viewport.picture, self.viewport.canvas))

    def zoom_at(self, factor: float, at: QPointF) -> None:
        """Magnify around a place, which stays where it is."""
        self.set_viewport(self.viewport.zoomed(factor, at))

    def mm_per_px(self) -> float:
        """Return millimetres of skin per canvas pixel, on the patient's body."""
        height = self.model.height_cm
        of_picture = self.view.camera.mm_per_px
        if height is not None:
            of_picture = self.view.mm_per_px(float(height))
        return of_picture / self.viewport.scale

    def pick(self, place: QPointF) -> SurfacePoint | None:
        """Return the skin at a place of the canvas."""
        return self.view.pick(*self.viewport.to_picture(place))

    def middle(self) -> QPointF:
        return QPointF(self.width() / 2, self.height() / 2)

    @Slot()
    def _theme_changed(self) -> None:
        if self._stage is not None:
            self._stage.forget()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._stage is not None:
            self._stage.resize(QSizeF(event.size()), self.devicePixelRatioF())
            self._at_rest = True
            self.viewport_changed.emit()
        super().resizeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("map_ground"))
        if self._stage is not None:
            self._stage.draw(painter, at_rest=self._at_rest)
            self.paint_over(painter, self._stage)
        self.paint_frame(painter)

    def paint_over(self, painter: QPainter, stage: Stage) -> None:
        """Paint what lies over body and points."""

    def paint_frame(self, painter: QPainter) -> None:
        """Paint the border."""


def _some(places: Places) -> Places:
    """Return some hundreds of many places, spread evenly."""
    step = -(-len(places[0]) // _LOOKED_AT) or 1
    return places[0][::step], places[1][::step], places[2][::step]


def _seen(view: View, places: Places) -> tuple[FloatArray, int]:
    """Return where a view shows places, in its picture, without those that it hides; how many."""
    places_px, seen = view.project(*places)
    return places_px[seen], int(seen.sum())


def _best_views(atlas: Atlas, places: Places) -> list[View]:
    """Return the views that suit the first, a middle and the last of some places best."""
    return [
        atlas.best_view(SurfacePoint(*(column[at].item() for column in places)))
        for at in (len(places[0]) // 2, 0, -1)
    ]
