"""Small pictures of what was charted: the body in one view, the points where they lie."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, Self

import numpy as np
from PySide6.QtCore import QObject, QRectF, QSize, QSizeF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QPainter

from mesodesk.domain.bodymap.atlas import Atlas, SurfacePoint, load_atlas
from mesodesk.domain.bodymap.packing import POINT_DTYPE
from mesodesk.domain.syringe_looks import syringe_look
from mesodesk.ui import theme
from mesodesk.ui.bodymap.figure import SmallFigure
from mesodesk.ui.bodymap.marks import draw_mark
from mesodesk.ui.bodymap.viewport import Viewport

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from numpy.typing import NDArray
    from PySide6.QtWidgets import QWidget

    from mesodesk.domain.bodymap.fields import ChartField
    from mesodesk.domain.bodymap.planar import FloatArray, IntArray
    from mesodesk.domain.bodymap.view import View
    from mesodesk.domain.records.chart import StoredChart
    from mesodesk.domain.records.session import SessionRecord, SessionSummary
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

SIZE: Final = QSize(84, 100)
_MARK_PX: Final = 2.1
# The picture never comes nearer than this share of the view: the place must stay recognisable.
_NEAREST: Final = 0.34
_NEAREST_CLOSE: Final = 0.7
# A close view is taken if it shows at least this share of what the best whole view shows.
_CLOSE: Final = 0.9
# So many points say which view suits them.
_ASKED: Final = 7
_KEPT: Final = 60
_AFTER_MS: Final = 60
"""The page is painted first: making pictures beside that would take twice as long for both."""
_NO_POINTS: Final = np.zeros(0, dtype=POINT_DTYPE)


class Thumbnails(QObject):
    """Reads charts on the database thread, paints them beside it, and remembers the pictures.

    Only while the place where they are shown is in sight: whoever has gone on to the session needs
    the machine for that.
    """

    #: (session id, QImage)
    made = Signal(object, object)

    def __init__(self, context: Context, place: QWidget) -> None:
        super().__init__(place)
        self._place = place
        self._context = context
        self._pictures: dict[tuple[object, ...], QImage] = {}
        self._asked: set[tuple[object, ...]] = set()
        self._wanted: list[tuple[tuple[object, ...], UUID, float]] = []
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_AFTER_MS)
        self._later.timeout.connect(self._read_next)
        self._busy = False

    def ask(self, session: SessionSummary, ratio: float) -> QImage | None:
        """Return a session's picture if there is one; else it comes by `made`."""
        key = (session.id, session.points, session.injected_ml, ratio, theme.current().dark)
        if key in self._pictures or key in self._asked:
            return self._pictures.get(key)
        self._asked.add(key)
        self._wanted.append((key, session.id, ratio))
        self._later.start()
        return None

    def resume(self) -> None:
        """Go on, the place being in sight again."""
        if self._wanted:
            self._later.start()

    @Slot()
    def _read_next(self) -> None:
        """Read one chart; the next when its picture is painted, so that one worker is busy."""
        if self._wanted and not self._busy and self._place.isVisible():
            self._busy = True
            key, session_id, ratio = self._wanted.pop(0)
            self._context.run(
                self,
                partial(_read, session_id=session_id),
                partial(self._paint, key, session_id, ratio),
                partial(self._failed, key),
            )

    def _paint(
        self,
        key: tuple[object, ...],
        session_id: UUID,
        ratio: float,
        found: tuple[SessionRecord, StoredChart],
    ) -> None:
        self._context.jobs.run_aside(
            self,
            partial(render, *found, ratio),
            partial(self._keep, key, session_id),
            partial(self._failed, key),
        )

    def _keep(self, key: tuple[object, ...], session_id: UUID, picture: QImage) -> None:
        while len(self._pictures) >= _KEPT:
            self._pictures.pop(next(iter(self._pictures)))
        self._pictures[key] = picture
        self.made.emit(session_id, picture)
        self._settled(key)

    def _failed(self, key: tuple[object, ...], _error: Exception) -> None:
        # The card says the same in words; a picture that cannot be made is asked for anew later.
        self._settled(key)

    def _settled(self, key: tuple[object, ...]) -> None:
        self._asked.discard(key)
        self._busy = False
        self._read_next()


def _read(desk: Desk, session_id: UUID) -> tuple[SessionRecord, StoredChart]:
    return desk.sessions.get(session_id), desk.charts.load(session_id)


def render(session: SessionRecord, chart: StoredChart, ratio: float) -> QImage:
    """Paint a chart in small. Touches no widget, so it may run on any thread."""
    atlas = load_atlas(session.body_sex.value)
    # Points of another version of the body would show where nobody was treated.
    marks = _Marks.of(chart.fields if session.atlas_id == atlas.atlas_id else ())
    view, places, seen = _chosen(atlas, marks)
    digits = {syringe.id: syringe.digit for syringe in session.syringes}
    return _picture(view, places[seen], [digits.get(each, 9) for each in marks.owners(seen)], ratio)


@dataclass(frozen=True, slots=True)
class _Marks:
    """The points of all fields of a chart, one after the other."""

    triangle: IntArray
    u: FloatArray
    v: FloatArray
    syringe: IntArray  # its number in `syringes`
    syringes: tuple[UUID, ...]

    @classmethod
    def of(cls, fields: Sequence[ChartField]) -> Self:
        rows = np.concatenate([_NO_POINTS, *(field.points.records for field in fields)])
        numbers = np.repeat(np.arange(len(fields)), [len(field.points) for field in fields])
        u, v = rows["u"].astype(np.float64), rows["v"].astype(np.float64)
        syringes = tuple(field.syringe_id for field in fields)
        return cls(rows["triangle"].astype(np.int64), u, v, numbers.astype(np.int64), syringes)

    def some(self) -> list[SurfacePoint]:
        """Return a few points, from all over the chart."""
        part = slice(None, None, max(1, len(self.triangle) // _ASKED))
        kept = (self.triangle[part].tolist(), self.u[part].tolist(), self.v[part].tolist())
        return [SurfacePoint(*place) for place in zip(*kept, strict=True)]

    def owners(self, seen: NDArray[np.bool_]) -> list[UUID]:
        """Return the syringe of each point that is seen."""
        return [self.syringes[number] for number in self.syringe[seen].tolist()]


_Shown = tuple["View", "FloatArray", "NDArray[np.bool_]"]
"""A view, where the points show in it (pixels), and which of them are seen."""


def _chosen(atlas: Atlas, marks: _Marks) -> _Shown:
    """Return the view that shows most; a close one even if it shows a little less.

    A small picture tells the truth as the large one does: a point behind other skin (the inside of
    the far thigh, from the side) is neither counted nor drawn. What that takes is kept low by
    looking behind other skin only in views that could still be the best.
    """
    whole = _best_whole([view for view in atlas.views if not view.closeup], marks)
    enough = _CLOSE * _count(whole)
    votes = Counter(atlas.likely_view(point).view_id for point in marks.some())
    voted = [atlas.view(view_id) for view_id, _ in votes.most_common(1)]
    # Two cheeks are looked at from the sides, and seen together from the front.
    nearest = sorted(atlas.views, key=lambda view: view.camera.mm_per_px)
    for view in (*voted, *nearest) if enough else ():
        if view.closeup and _could_show(view, marks) >= enough:
            close = _shown(view, marks)
            if _count(close) >= enough:
                return close
    return whole


def _best_whole(views: Sequence[View], marks: _Marks) -> _Shown:
    """Return the view that shows most, the first of equals."""
    at_most = [_could_show(view, marks) for view in views]
    looked_at: dict[int, _Shown] = {}
    for number in sorted(range(len(views)), key=lambda number: -at_most[number]):
        if all(at_most[number] >= _count(shown) for shown in looked_at.values()):
            looked_at[number] = _shown(views[number], marks)
    return max((looked_at[number] for number in sorted(looked_at)), key=_count)


def _could_show(view: View, marks: _Marks) -> int:
    return view.could_show(marks.triangle, marks.u, marks.v)


def _shown(view: View, marks: _Marks) -> _Shown:
    return view, *view.project(marks.triangle, marks.u, marks.v)


def _count(shown: _Shown) -> int:
    return int(shown[2].sum())


def _picture(view: View, places: FloatArray, digits: Sequence[int], ratio: float) -> QImage:
    device = QSize(round(SIZE.width() * ratio), round(SIZE.height() * ratio))
    made = QImage(device, QImage.Format.Format_ARGB32_Premultiplied)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    viewport = _framed(view, places)
    painter = QPainter(made)
    SmallFigure(view).paint(painter, viewport, QRectF(0, 0, SIZE.width(), SIZE.height()), ratio)
    for (x_px, y_px), digit in zip(places.tolist(), digits, strict=True):
        draw_mark(painter, syringe_look(digit), viewport.to_canvas(x_px, y_px), _MARK_PX)
    painter.end()
    return made


def _framed(view: View, places: FloatArray) -> Viewport:
    """Return the part of the view to show: around the points, or all of it if there are none."""
    width, height = float(view.width_px), float(view.height_px)
    if len(places):
        low, high = places.min(axis=0), places.max(axis=0)
        middle = (low + high) / 2
        room = (high - low) * 1.35
        fit = max(room[0] / SIZE.width(), room[1] / SIZE.height())
        whole = max(height / SIZE.height(), width / SIZE.width())
        least = (_NEAREST_CLOSE if view.closeup else _NEAREST) * whole
        scale = 1 / min(max(fit, least), whole)
    else:
        middle = np.array([width / 2, height / 2])
        scale = min(SIZE.width() / width, SIZE.height() / height)
    x = SIZE.width() / 2 - float(middle[0]) * scale
    y = SIZE.height() / 2 - float(middle[1]) * scale
    return Viewport(QSizeF(width, height), QSizeF(SIZE), scale, x, y)
