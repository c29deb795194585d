"""What a press on the canvas grows into. One object a gesture; nothing is charted before its end.

A press becomes a click if it is released where it began, else it moves the point it began on, or
pans. So panning needs no tool of its own, and no tool is in its way.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter

from mesodesk.domain.bodymap.fields import PointRef
from mesodesk.ui.bodymap.marks import draw_mark
from mesodesk.ui.bodymap.names import look_of
from mesodesk.ui.bodymap.overlay import draw_ghost, draw_selection

if TYPE_CHECKING:
    from mesodesk.ui.bodymap.canvas import Canvas


class Gesture:
    """Something that a hand does between press and release."""

    cursor = Qt.CursorShape.ArrowCursor
    #: whether the keyboard makes it; what mouse and fingers do is then not meant for it.
    by_keys = False

    def move(self, place: QPointF) -> None:
        """Follow the hand."""

    def release(self, place: QPointF) -> None:
        """Do it."""

    def cancel(self) -> None:
        """Leave everything as it was before the press."""

    def tell(self) -> None:
        """Say anew what it would do, as after Shift or Alt was pressed."""

    def paint(self, painter: QPainter) -> None:
        """Draw a preview over the body."""


class Press(Gesture):
    """A press that has not moved yet. `reach` is how far a hand may tremble, in pixels."""

    cursor = Qt.CursorShape.ArrowCursor

    def __init__(
        self, canvas: "Canvas", start: QPointF, ref: PointRef | None, reach: float
    ) -> None:
        self._canvas = canvas
        self._start = start
        self._ref = ref
        self._reach = reach

    def move(self, place: QPointF) -> None:
        if (place - self._start).manhattanLength() <= self._reach:
            return
        grown = self._canvas.areas.grown(self._start)
        if grown is None:
            grown = Pan(self._canvas, self._start)
            if self._ref is not None and not self._canvas.model.read_only:
                grown = Move(self._canvas, self._ref, self._start)
        self._canvas.take_up(grown)
        grown.move(place)

    def release(self, place: QPointF) -> None:
        self._canvas.click(place, self._ref)


class Pan(Gesture):
    """Moves the picture with the hand."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, canvas: "Canvas", start: QPointF) -> None:
        self._canvas = canvas
        self._start = self._last = start
        self._skin = canvas.viewport.to_picture(start)

    def move(self, place: QPointF) -> None:
        step = place - self._last
        self._last = place
        self._canvas.set_viewport(self._canvas.viewport.panned(step.x(), step.y()))

    def release(self, place: QPointF) -> None:
        self.move(place)

    def cancel(self) -> None:
        # What was magnified meanwhile stays so: only the hand's own way is taken back.
        now = self._canvas.viewport
        way = self._start - now.to_canvas(*self._skin)
        self._canvas.set_viewport(now.panned(way.x(), way.y()))


class Move(Gesture):
    """Drags a point over the skin. Off the body it turns pale, and a release leaves it unmoved."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, canvas: "Canvas", ref: PointRef, start: QPointF) -> None:
        self._canvas = canvas
        self._ref = ref
        centre, _ = canvas.stage.on_canvas(ref)
        # The point keeps its distance from the hand, so that it does not jump when it is taken up.
        self._grip = centre - start
        self._place = centre
        self._skin = canvas.pick(centre)
        canvas.stage.lift(ref)

    def move(self, place: QPointF) -> None:
        self._place = place + self._grip
        self._skin = self._canvas.pick(self._place)
        self._canvas.name_skin(self._skin)
        self._canvas.update()

    def release(self, place: QPointF) -> None:
        self.move(place)
        self._canvas.stage.lift(None)
        if self._skin is None:
            self._canvas.say_off_body(self._place, kept=True)
        else:
            self._canvas.model.move(self._ref, self._skin)

    def cancel(self) -> None:
        self._canvas.stage.lift(None)

    def paint(self, painter: QPainter) -> None:
        look = look_of(self._canvas.model, self._ref)
        radius = self._canvas.stage.mark_radius() + 1
        if self._skin is None:
            draw_ghost(painter, look, self._place, radius)
        else:
            draw_mark(painter, look, self._place, radius)
            draw_selection(painter, self._place, radius)
