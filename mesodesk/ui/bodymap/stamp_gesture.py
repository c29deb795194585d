"""The stamp on the canvas: its needles under the pointer; a click presses, a drag turns first."""

from math import hypot
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QObject, QPointF, Qt, QTimer, Slot
from PySide6.QtGui import (
    QColor,
    QPainter,
    QPainterPath,
    QPainterPathStroker,
    QPen,
    QPolygonF,
)

from mesodesk.domain.bodymap.fields import PointRef
from mesodesk.ui import theme
from mesodesk.ui.bodymap.figures import ml, points_text
from mesodesk.ui.bodymap.gestures import Gesture, Pan
from mesodesk.ui.bodymap.names import UNKNOWN_LOOK
from mesodesk.ui.bodymap.overlay import draw_ghost
from mesodesk.ui.bodymap.tools import Tool

if TYPE_CHECKING:
    from mesodesk.domain.bodymap.fields import ChartField
    from mesodesk.domain.bodymap.stamps import Pressed
    from mesodesk.domain.bodymap.view import SurfacePoint
    from mesodesk.ui.bodymap.canvas import Canvas
    from mesodesk.ui.bodymap.stage import Stage

# A direction is read on the skin this far from the middle, or nearer if the hand is.
_READ_MM: Final = 8.0
# Between the points of a selected stamp and the frame around them.
_FRAME_PX: Final = 5.0


class StampHand(QObject):
    """Sees to the canvas's stamp tool."""

    def __init__(self, canvas: "Canvas") -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._place: SurfacePoint | None = None
        #: the needles as they would go in now.
        self.shown: Pressed | None = None
        # Several moves of the pointer at once lay the skin out only once.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._lay)
        canvas.model.stamping.changed.connect(self._turned)
        canvas.model.settings_changed.connect(self._turned)
        canvas.view_changed.connect(self.leave)
        canvas.tool_changed.connect(self.leave)

    @property
    def in_hand(self) -> bool:
        """Whether a click presses a stamp."""
        return self._canvas.tool is Tool.STAMP and not self._canvas.model.read_only

    def hover(self, place: QPointF) -> bool:
        """Show the needles at a place; tell whether the stamp is in hand."""
        if not self.in_hand:
            return False
        self.show_at(self._canvas.pick(place))
        return True

    def show_at(self, skin: "SurfacePoint | None") -> None:
        """Show the needles at a place of the skin, or none."""
        self._place = skin
        if skin is None:
            self.leave()
        elif not self._soon.isActive():
            self._soon.start()

    @Slot()
    @Slot(str)
    def leave(self, _changed: str = "") -> None:
        """Show no needles any more."""
        self._soon.stop()
        self._place = None
        if self.shown is not None:
            self.shown = None
            self._canvas.hover_label.show_text("")
            self._canvas.update()

    @Slot()
    def _turned(self) -> None:
        if self._place is not None:
            self._lay()

    @Slot()
    def _lay(self) -> None:
        canvas, place = self._canvas, self._place
        if place is None or canvas.model.atlas is None:
            return
        self.shown = canvas.model.stamping.laid(place)
        canvas.hover_label.show_text(self._words())
        canvas.update()

    def _words(self) -> str:
        model, done = self._canvas.model, self.shown
        if done is None:
            return _tr("The stamp does not lie on the skin here")
        count = len(done.laid)
        text = _tr("{points}, {volume} mL").format(
            points=points_text(count), volume=ml(model.settings.dose_ml * count)
        )
        missed = model.stamping.missed_text(done)
        return f"{text} \u00b7 {missed}" if missed else text

    def click(self, place: QPointF) -> bool:
        """Press at a place; tell whether the stamp is in hand."""
        if not self.in_hand:
            return False
        canvas = self._canvas
        skin = canvas.pick(place)
        if skin is None:
            canvas.say_at(place, _tr("There is no skin here: no field was made."))
            return True
        canvas.say_here(place)
        self.leave()
        canvas.model.stamping.press(skin)
        return True

    def grown(self, start: QPointF) -> Gesture | None:
        """Return the gesture that a press with the stamp grows into; beside the body it pans."""
        if not self.in_hand:
            return None
        skin = self._canvas.pick(start)
        return (
            Pan(self._canvas, start) if skin is None else TurnStamp(self._canvas, self, start, skin)
        )

    def paint(self, painter: QPainter, stage: "Stage") -> None:
        """Paint the needles that are not charted yet."""
        if self.shown is None or not self.in_hand:
            return
        active, laid = self._canvas.model.active, self.shown.laid
        look = UNKNOWN_LOOK if active is None else active.look
        xy, seen = stage.view.project(laid.triangle, laid.u, laid.v)
        radius = stage.spaced_radius(self._canvas.model.stamping.stamp.spacing_mm)
        for x, y in xy[seen].tolist():
            draw_ghost(painter, look, stage.viewport.to_canvas(x, y), radius)

    def paint_selected(self, painter: QPainter, stage: "Stage", field: "ChartField") -> None:
        """Frame the points of a field that has no outline."""
        places = [stage.on_canvas(PointRef(field.id, at)) for at in range(len(field.points))]
        seen = [at for at, shown in places if shown]
        if seen:
            _frame(painter, seen, stage.field_radius(field) + _FRAME_PX)


def _frame(painter: QPainter, places: list[QPointF], reach: float) -> None:
    """Draw a line around places, readable on skin and on both grounds."""
    hull = QPainterPath()
    hull.addPolygon(QPolygonF(_hull(places)))
    hull.closeSubpath()
    around = QPainterPathStroker()
    around.setWidth(2 * reach)
    around.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    around.setCapStyle(Qt.PenCapStyle.RoundCap)
    path = around.createStroke(hull).united(hull).simplified()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for width, colour in ((4.5, QColor("#FFFFFF")), (2.2, theme.colour("accent"))):
        painter.strokePath(path, QPen(colour, width))
    painter.restore()


def _hull(places: list[QPointF]) -> list[QPointF]:
    """Return the corners of the smallest convex shape that holds all places."""
    ordered = sorted(places, key=lambda place: (place.x(), place.y()))
    halves: list[list[QPointF]] = []
    for way in (ordered, ordered[::-1]):
        half: list[QPointF] = []
        for place in way:
            while len(half) > 1 and _turn(half[-2], half[-1], place) <= 0:
                half.pop()
            half.append(place)
        halves.append(half[:-1])
    return halves[0] + halves[1] or ordered


def _turn(a: QPointF, b: QPointF, c: QPointF) -> float:
    return (b.x() - a.x()) * (c.y() - a.y()) - (b.y() - a.y()) * (c.x() - a.x())


class TurnStamp(Gesture):
    """A drag from the middle of a stamp: it turns with the hand, and is pressed at the release."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(
        self, canvas: "Canvas", hand: StampHand, start: QPointF, skin: "SurfacePoint"
    ) -> None:
        self._canvas = canvas
        self._hand = hand
        # On the picture, which may be moved or magnified meanwhile.
        self._start = canvas.viewport.to_picture(start)
        self._skin = skin
        self._before = self._canvas.model.stamping.turn_deg
        hand.show_at(skin)

    def move(self, place: QPointF) -> None:
        start = self._canvas.viewport.to_canvas(*self._start)
        way = place - start
        length = hypot(way.x(), way.y())
        if length < 1:
            return
        reach = min(length, _READ_MM / self._canvas.mm_per_px())
        toward = self._canvas.pick(start + way * (reach / length))
        if toward is not None:
            self._canvas.model.stamping.turn_toward(self._skin, toward)

    def release(self, place: QPointF) -> None:
        self.move(place)
        self._hand.leave()
        self._canvas.say_here(place)
        self._canvas.model.stamping.press(self._skin)

    def cancel(self) -> None:
        # First, or the needles would be laid once more, on what may be another body by now.
        self._hand.leave()
        self._canvas.model.stamping.turn(self._before)


def _tr(text: str) -> str:
    return QCoreApplication.translate("stamp_gesture", text)
