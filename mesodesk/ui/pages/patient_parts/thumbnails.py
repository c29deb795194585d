"""Small pictures of what was charted: the body in one view, the points where they lie."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QObject, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QImage, QPainter

from mesodesk.domain.bodymap.atlas import Atlas, SurfacePoint, load_atlas
from mesodesk.ui import theme
from mesodesk.ui.bodymap.figure import Figure
from mesodesk.ui.bodymap.marks import draw_mark
from mesodesk.ui.bodymap.viewport import Viewport
from mesodesk.ui.tokens import syringe_look

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from mesodesk.domain.bodymap.fields import ChartField
    from mesodesk.domain.bodymap.view import FloatArray, View
    from mesodesk.domain.records.session import SessionRecord, SessionSummary, StoredChart
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


class Thumbnails(QObject):
    """Reads charts on the database thread, paints them beside it, and remembers the pictures."""

    #: (session id, QImage)
    made = Signal(object, object)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._pictures: dict[tuple[object, ...], QImage] = {}
        self._asked: set[tuple[object, ...]] = set()

    def ask(self, session: SessionSummary, ratio: float) -> QImage | None:
        """Return a session's picture if there is one; else it comes by `made`."""
        key = (session.id, session.points, session.injected_ml, ratio, theme.current().dark)
        if key in self._pictures or key in self._asked:
            return self._pictures.get(key)
        self._asked.add(key)
        self._context.run(
            self,
            partial(_read, session_id=session.id),
            partial(self._paint, key, session.id, ratio),
            partial(self._failed, key),
        )
        return None

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
        self._asked.discard(key)
        while len(self._pictures) >= _KEPT:
            self._pictures.pop(next(iter(self._pictures)))
        self._pictures[key] = picture
        self.made.emit(session_id, picture)

    def _failed(self, key: tuple[object, ...], _error: Exception) -> None:
        # The card says the same in words; a picture that cannot be made is asked for anew later.
        self._asked.discard(key)


def _read(desk: Desk, session_id: UUID) -> tuple[SessionRecord, StoredChart]:
    return desk.sessions.get(session_id), desk.charts.load(session_id)


def render(session: SessionRecord, chart: StoredChart, ratio: float) -> QImage:
    """Paint a chart in small. Touches no widget, so it may run on any thread."""
    atlas = load_atlas(session.body_sex.value)
    seen = [(view, _shown(view, chart.fields)) for view in _candidates(atlas, chart)]
    view, shown = _best(seen)
    digits = {syringe.id: syringe.digit for syringe in session.syringes}
    return _picture(view, shown, digits, ratio)


_Shown = tuple["FloatArray", "Sequence[UUID]"]


def _candidates(atlas: Atlas, chart: StoredChart) -> list[View]:
    """Return the whole views and the close one that suits most of a few points.

    Trying all close views would keep the index of each in memory.
    """
    whole = [view for view in atlas.views if not view.closeup]
    rows = [row for field in chart.fields for row in field.points.records.tolist()]
    some = rows[:: max(1, len(rows) // _ASKED)]
    votes = Counter(atlas.best_view(SurfacePoint(*row[:3])).view_id for row in some)
    close = [atlas.view(view_id) for view_id, _ in votes.most_common(1)]
    return [*whole, *(view for view in close if view.closeup)]


def _best(seen: list[tuple[View, _Shown]]) -> tuple[View, _Shown]:
    """Return the view that shows most; a close one even if it shows a little less."""
    whole = [pair for pair in seen if not pair[0].closeup] or seen
    best = max(whole, key=_count)
    close = [pair for pair in seen if pair[0].closeup and _count(pair) >= _CLOSE * _count(best)]
    return max(close, key=_count) if close and _count(best) else best


def _count(pair: tuple[View, _Shown]) -> int:
    return len(pair[1][0])


def _shown(view: View, fields: Sequence[ChartField]) -> _Shown:
    """Return where the points show in a view, and the syringe of each."""
    places, syringes = [np.zeros((0, 2))], []
    for field in fields:
        rows = field.points.records
        xy, seen = view.project(rows["triangle"], rows["u"], rows["v"])
        places.append(xy[seen])
        syringes += [field.syringe_id] * int(seen.sum())
    return np.concatenate(places), syringes


def _picture(view: View, shown: _Shown, digits: Mapping[UUID, int], ratio: float) -> QImage:
    device = QSize(round(SIZE.width() * ratio), round(SIZE.height() * ratio))
    made = QImage(device, QImage.Format.Format_ARGB32_Premultiplied)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    places, syringes = shown
    viewport = _framed(view, places)
    painter = QPainter(made)
    Figure(view).paint(painter, viewport, QRectF(0, 0, SIZE.width(), SIZE.height()), ratio)
    for (x_px, y_px), syringe_id in zip(places.tolist(), syringes, strict=True):
        look = syringe_look(digits.get(syringe_id, 9))
        draw_mark(painter, look, viewport.to_canvas(x_px, y_px), _MARK_PX)
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
