"""What opens the popover of a field: a finger that takes the field, or Enter."""

from functools import cached_property
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent, QTouchEvent

from mesodesk.domain.bodymap.fields import ChartField, PointRef
from mesodesk.ui.bodymap.field_lines import outline_in
from mesodesk.ui.bodymap.field_popover import FieldPopover
from mesodesk.ui.bodymap.tools import Tool
from mesodesk.ui.bodymap.touch import FINGER_REACH

if TYPE_CHECKING:
    from mesodesk.ui.bodymap.canvas import Canvas

_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class FieldOpening(QObject):
    """Watches the canvas; the mouse, which reaches the card beside it, opens nothing."""

    def __init__(self, canvas: "Canvas") -> None:
        super().__init__(canvas)
        self._canvas = canvas
        # Where the finger came down that only taps, and takes a field if there is one.
        self._tap: QPointF | None = None
        self._charted = 0
        # The canvas takes the tap after this has seen it.
        self._after = QTimer(self)
        self._after.setSingleShot(True)
        self._after.setInterval(0)
        self._after.timeout.connect(self._tapped)
        canvas.installEventFilter(self)

    @cached_property
    def popover(self) -> FieldPopover:
        """Edits the selected field."""
        made = FieldPopover(self._canvas.model, self._canvas)
        self._canvas.viewport_changed.connect(made.leave)
        self._canvas.view_changed.connect(made.leave)
        return made

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QTouchEvent):
            self._touched(event)
        elif event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._pressed(event)
        return False

    def _touched(self, event: QTouchEvent) -> None:
        if event.type() is QEvent.Type.TouchCancel or not event.points():
            self._tap = None
            return
        place = event.points()[0].position()
        if event.type() is QEvent.Type.TouchBegin:
            self._tap = place if self._takes_fields() else None
            self._charted = self._canvas.model.document.cursor
        rolled = self._tap is not None and _distance(self._tap, place) > FINGER_REACH
        if rolled or len(event.points()) > 1:
            self._tap = None
        if event.type() is QEvent.Type.TouchEnd and self._tap is not None:
            self._after.start()

    def _takes_fields(self) -> bool:
        """Tell whether a tap takes the field beneath it, and does not only let go of something."""
        canvas = self._canvas
        takes = canvas.tool is Tool.SELECT or canvas.areas.draws
        return takes and canvas.model.selection is None and canvas.model.pending is None

    @Slot()
    def _tapped(self) -> None:
        field = self._field_at_rest()
        if field is not None and self._canvas.model.document.cursor == self._charted:
            self._open(field, keyboard=False)

    def _pressed(self, event: QKeyEvent) -> bool:
        """Open by Enter, where a click there would only select the field once more."""
        if event.isAutoRepeat() or event.key() not in _ENTER:
            return False
        canvas, field = self._canvas, self._field_at_rest()
        if canvas.tool is not Tool.SELECT or field is None:
            return False
        if canvas.crosshair is not None:
            at = canvas.viewport.to_canvas(canvas.crosshair.x(), canvas.crosshair.y())
            if list(canvas.areas.fields_at(at)) != [field]:
                return False
        self._open(field, keyboard=True)
        return True

    def _field_at_rest(self) -> ChartField | None:
        """Return the selected field, unless something else has the hand or waits for an answer."""
        canvas, model = self._canvas, self._canvas.model
        occupied = canvas.busy or (canvas.heat is not None and canvas.heat.shown)
        waits = model.pending is not None or model.field_model.question is not None
        if occupied or waits or model.selection is not None or not canvas.has_stage:
            return None
        return model.field_model.selected

    def _open(self, field: ChartField, *, keyboard: bool) -> None:
        canvas = self._canvas
        corner = canvas.mapTo(canvas.window(), QPoint(0, 0))
        bounds = self._bounds(field).intersected(canvas.rect())
        self.popover.open_beside(
            bounds.translated(corner), canvas.rect().translated(corner), keyboard=keyboard
        )

    def _bounds(self, field: ChartField) -> QRect:
        """Return where the canvas shows a field; an empty rectangle if it does not."""
        canvas, atlas = self._canvas, self._canvas.model.atlas
        if field.outline is not None and atlas is not None:
            seen = outline_in(atlas, canvas.view, field.outline).bounds
            corners = [
                canvas.viewport.to_canvas(corner.x(), corner.y())
                for corner in (seen.topLeft(), seen.bottomRight())
            ]
            return QRectF(*corners).toAlignedRect() if not seen.isEmpty() else QRect()
        bounds = QRectF()
        for index in range(len(field.points)):
            at, shown = canvas.stage.on_canvas(PointRef(field.id, index))
            if shown:
                bounds = bounds.united(QRectF(at, at).adjusted(-1, -1, 1, 1))
        return bounds.toAlignedRect()


def _distance(first: QPointF, second: QPointF) -> float:
    away = first - second
    return float((away.x() ** 2 + away.y() ** 2) ** 0.5)
