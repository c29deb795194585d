"""The canvas: shows one view of the body with the chart's points, and takes gestures."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final
from uuid import UUID

from PySide6.QtCore import QEvent, QPointF, Qt, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QResizeEvent,
    QTouchEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from mesodesk.domain.bodymap.fields import PointRef
from mesodesk.domain.bodymap.view import SurfacePoint, View
from mesodesk.ui.bodymap import canvas_paint, overlay
from mesodesk.ui.bodymap.area_tools import AreaTools
from mesodesk.ui.bodymap.gestures import Gesture, Pan, Press
from mesodesk.ui.bodymap.joining import JoiningHand
from mesodesk.ui.bodymap.keys import ChartKeys
from mesodesk.ui.bodymap.map_widget import MapWidget
from mesodesk.ui.bodymap.model import ChartModel
from mesodesk.ui.bodymap.mouse import Mouse
from mesodesk.ui.bodymap.names import point_name
from mesodesk.ui.bodymap.stage import Stage
from mesodesk.ui.bodymap.tools import Tool
from mesodesk.ui.bodymap.touch import Touch
from mesodesk.ui.widgets import paint

if TYPE_CHECKING:
    from mesodesk.ui.bodymap.heat_map import HeatMap

_MOUSE_REACH: Final = 4.0
_HIT_REACH: Final = 4.0
_TABS: Final = {int(Qt.Key.Key_Tab): 1, int(Qt.Key.Key_Backtab): -1}


class Canvas(MapWidget):
    """Draws the stage and what lies over it; presses, drags and keys become gestures on the model.

    The scene is a function of the document: nothing here is kept that the document does not say,
    but what is under the pointer or in the hand.
    """

    tool_changed = Signal(str)
    #: PointRef: open the popover on it; bool: and put the keyboard into it.
    point_asked = Signal(object, bool)
    ghosts_asked = Signal()
    copy_asked = Signal()
    favourites_asked = Signal()
    heat_asked = Signal()
    no_go_asked = Signal()
    #: a region is to be found by its name.
    region_asked = Signal()

    def __init__(self, model: ChartModel, parent: QWidget | None = None) -> None:
        super().__init__(model, parent)
        paint.name(self, "chart_canvas", self.tr("Body map"))
        self.tool = Tool.POINT
        self.crosshair: QPointF | None = None
        self.space_held = False
        #: the exposure map, if the page has one: while it is on, a click asks it.
        self.heat: HeatMap | None = None
        self._gesture: Gesture | None = None
        self._hovered: PointRef | None = None
        self._pointer = self._hovered_at = QPointF()
        #: what an area does with the selected field.
        self.joining = JoiningHand(self)
        self.areas = AreaTools(self)
        self.keys = ChartKeys(self)
        self._touch = Touch(self)
        self._mouse = Mouse(self)
        self.hint = overlay.Hint(self)
        self.hover_label = overlay.HoverLabel(self)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self._connect()

    def _connect(self) -> None:
        self.model.loaded.connect(self._loaded)
        self.model.changed.connect(self._document_changed)
        self.model.selection_changed.connect(self._selection_changed)
        self.model.active_changed.connect(self._syringes_changed)
        self.model.pending_changed.connect(self._pending_changed)
        self.model.said.connect(self.say)
        self.viewport_changed.connect(self.hint.dismiss)

    def open_view(self, view: View) -> None:
        self.cancel_gesture()
        self.crosshair = None
        self._hovered = None
        self.areas.leave()
        self.hover_label.show_text("")
        super().open_view(view)

    def take_tool(self, tool: str) -> None:
        """Take a tool by its name."""
        self.set_tool(Tool(tool))

    def set_tool(self, tool: Tool) -> None:
        """Take another tool; one that changes a chart only where it can be changed."""
        if tool is not self.tool and (tool is Tool.SELECT or not self.model.refused()):
            self.cancel_gesture()
            self.tool = tool
            if tool is not Tool.SELECT:
                self.model.select(None)  # the tool's keys must not move a point
            self.tool_changed.emit(tool.value)
            self._show_cursor()

    # Gestures, from mouse, pen and finger alike

    @property
    def gesture(self) -> Gesture | None:
        return self._gesture

    @property
    def hovered(self) -> PointRef | None:
        return self._hovered

    @property
    def busy(self) -> bool:
        """Whether something is in the hand; undo, redo and delete wait for its end."""
        return self._gesture is not None

    def press(self, place: QPointF, reach: float = _MOUSE_REACH) -> None:
        """Begin a gesture."""
        self.hint.dismiss()
        # A shape that keys draw, or a drag of which the release was lost.
        self.cancel_gesture()
        self.hide_crosshair()
        if self._stage is not None:
            asks = self.space_held or (self.heat is not None and self.heat.shown)
            ref = None if asks else self.stage.hit(place, max(_HIT_REACH, reach))
            self._gesture = Press(self, place, ref, reach)
            if self.space_held:
                self.take_up(Pan(self, place))

    def drag(self, place: QPointF) -> None:
        if self._gesture is not None and not self._gesture.by_keys:
            self._gesture.move(place)

    def release(self, place: QPointF) -> None:
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            self._pointer = place
            gesture.release(place)
            self._show_cursor()
            self.update()

    def take_up(self, gesture: Gesture) -> None:
        """Let one gesture grow into another."""
        self._gesture = gesture
        self.setCursor(gesture.cursor)

    def cancel_gesture(self) -> bool:
        """Leave everything as before the press; tell whether there was anything to leave."""
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.cancel()
            self._show_cursor()
            self.update()
        return gesture is not None

    def click(self, place: QPointF, ref: PointRef | None) -> None:
        """Do what the tool does at a place."""
        if self.heat is not None and self.heat.click(place):
            return
        if ref is not None and self.tool is not Tool.REGION:
            self.model.select(ref)
            self.point_asked.emit(ref, False)
        elif self.model.selection is not None or self.model.pending is not None:
            # The click that leaves a point only leaves it: nobody charts by closing a popover.
            self.model.drop_pending()
            self.model.select(None)
        elif self.tool is Tool.POINT:
            self.place_at(place)
        else:
            self.areas.click(place)

    def place_at(self, place: QPointF) -> None:
        """Place a point of the active syringe, or say why not."""
        self._pointer = place
        skin = self.pick(place)
        if skin is None and not self.model.read_only:
            self.say_off_body(place, kept=False)
        elif skin is not None:
            self.model.place(skin)

    # Sentences and names

    @Slot(str)
    def say(self, sentence: str) -> None:
        """Say something where the user is looking."""
        self.hint.say(sentence, self._pointer)

    def say_at(self, place: QPointF, sentence: str) -> None:
        """Say something beside a place."""
        self._pointer = place
        self.say(sentence)

    def say_here(self, place: QPointF) -> None:
        """Let what the model says next be said beside a place."""
        self._pointer = place

    def say_off_body(self, place: QPointF, *, kept: bool) -> None:
        sentence = self.tr("There is no skin here: no point was placed.")
        if kept:
            sentence = self.tr("There is no skin here: the point stays where it was.")
        self.say_at(place, sentence)

    def name_skin(self, skin: SurfacePoint | None) -> None:
        """Name the region under the pointer."""
        atlas = self.model.atlas
        if skin is None or atlas is None:
            self.hover_label.show_text("")
        else:
            self.hover_label.show_text(atlas.region_of(skin).name(self.model.language))

    # What the model tells

    @Slot()
    def _loaded(self) -> None:
        # As long as the stage is there on which it was begun.
        self.cancel_gesture()
        self.close_views()
        atlas = self.model.atlas
        if atlas is not None and atlas.views:
            self.open_view(atlas.views[0])

    @Slot(object)
    def _document_changed(self, changed: Iterable[UUID]) -> None:
        if self._stage is not None:
            # What was in the hand belongs to the chart before the change.
            self.cancel_gesture()
            hovered, self._hovered = self._hovered, None
            self._stage.document_changed(changed)
            self.hidden_changed.emit(len(self._stage.placed.shown.hidden))
            if hovered is not None and self.crosshair is None:
                # The point that the label names may be another now, or gone.
                self.hover(self._hovered_at)
                self._show_cursor()
            self._describe_selection()
            self.update()

    @Slot()
    def _selection_changed(self) -> None:
        ref = self.model.selection
        if ref is not None:
            self.hide_crosshair()
            self.hint.dismiss()
        self._describe_selection()
        self.update()

    def _describe_selection(self) -> None:
        ref = self.model.selection
        self.setAccessibleDescription(point_name(self.model, ref) if ref is not None else "")

    @Slot()
    def _syringes_changed(self) -> None:
        if self._stage is not None:
            self._stage.forget()
        # Its name tells the digit of its syringe.
        self._describe_selection()
        self.update()

    @Slot(object)
    def _pending_changed(self, _pending: object) -> None:
        self.update()

    # Qt's events

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QTouchEvent):
            self._touch.handle(event)
            return event.isAccepted()
        if isinstance(event, QNativeGestureEvent):
            return self._touch.pad(event) or super().event(event)
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            # Here and not in focusNextPrevChild, which Qt also calls when a neighbour is hidden.
            direction = _TABS.get(event.key())
            if direction is not None and self.keys.walk(direction):
                return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._stage is not None:
            self._touch.wheel(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._mouse.press(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._mouse.press_again(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._mouse.release(event)

    def hideEvent(self, event: QHideEvent) -> None:
        # Qt delivers the release of what was begun here even behind a lock or another page.
        self.cancel_gesture()
        self.hold_space(held=False)
        super().hideEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self.areas.leave()
        # What is held from here on, and let go, the canvas may not hear of.
        self.joining.hold(Qt.KeyboardModifier.NoModifier)
        self.hover_label.show_text("")
        self.update()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.keys.press(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        self.keys.let_go(event)
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.hold_space(held=False)
        else:
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        # The release of the space bar will go to somebody else, and that of Shift.
        self.hold_space(held=False)
        self.joining.hold(Qt.KeyboardModifier.NoModifier)
        super().focusOutEvent(event)

    def hold_space(self, *, held: bool) -> None:
        """Pan instead of placing while the space bar is down."""
        self.space_held = held
        self._show_cursor()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.hover_label.place()

    def hover(self, place: QPointF) -> None:
        """Show what is under the pointer."""
        self._pointer = self._hovered_at = place
        self.hide_crosshair()
        ref = self.stage.hit(place, _HIT_REACH)
        if ref != self._hovered:
            self._hovered = ref
            self.update()
            self._show_cursor()
        if ref is not None and self.tool is not Tool.REGION:
            # A click takes the point; with the tool for regions it fills what is beneath.
            self.areas.leave()
            self.hover_label.show_text(point_name(self.model, ref))
        elif not self.areas.hover(place):
            self.name_skin(self.pick(place))

    def show_crosshair(self, place: QPointF) -> None:
        """Lead the keyboard's crosshair to a place of the canvas, and name the skin there."""
        margin = 8.0
        x = min(max(place.x(), margin), self.width() - margin)
        y = min(max(place.y(), margin), self.height() - margin)
        self.crosshair = QPointF(*self.viewport.to_picture(QPointF(x, y)))
        self.hint.dismiss()
        if not self.areas.show_at(QPointF(x, y)):
            self.name_skin(self.pick(QPointF(x, y)))
        self.update()

    def hide_crosshair(self) -> None:
        if self.crosshair is not None:
            self.crosshair = None
            self.areas.leave()
            self.name_skin(None)
            self.update()

    def _show_cursor(self) -> None:
        if self.space_held:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        elif self._hovered is not None:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        elif self.tool is Tool.POINT and not self.model.read_only:
            self.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self.setCursor(self.areas.cursor(self._pointer) or Qt.CursorShape.ArrowCursor)

    def paint_over(self, painter: QPainter, stage: Stage) -> None:
        canvas_paint.paint_over(painter, self, stage)

    def paint_frame(self, painter: QPainter) -> None:
        canvas_paint.paint_frame(painter, self)
