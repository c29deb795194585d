"""The other version of an amended chart over the one in sight: struck, added, changed; and a tip.

It is always shown where there is another version: what was signed first stays visible.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent

from mesodesk.domain.bodymap.amended import Amended, amended
from mesodesk.ui.bodymap.amended_marks import AmendedMarks, Touched
from mesodesk.ui.bodymap.amendment_words import title_of, touched_words, who_words
from mesodesk.ui.bodymap.ghost_card import GhostTip
from mesodesk.ui.bodymap.tools import Tool

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QPainter

    from mesodesk.domain.bodymap.fields import ChartField
    from mesodesk.ui.bodymap.amendment_words import OtherVersion
    from mesodesk.ui.bodymap.chart_view import ChartView
    from mesodesk.ui.bodymap.foresight import Aside
    from mesodesk.ui.bodymap.viewport import Viewport

_REST_MS: Final = 150
_REACH: Final = 3.0
_USUAL_CM: Final = 168.0
_CROSSHAIR: Final = frozenset(
    (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Return)
)


class Amendment(QObject):
    """Belongs to a chart's view. It derives all from the two charts and stores nothing."""

    #: `Amended`, or None where there is no other version.
    compared = Signal(object)

    def __init__(self, view: ChartView, aside: Aside) -> None:
        super().__init__(view)
        self._canvas = view.canvas
        self._model = view.canvas.model
        self._aside = aside
        self._other: OtherVersion | None = None
        self.found: Amended | None = None
        self._marks: AmendedMarks | None = None
        self._round = 0
        self.tip = GhostTip(self._canvas, "amendment_tip")
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_REST_MS)
        self._soon.timeout.connect(self._compare)
        for signal in (self._model.changed, self._model.active_changed):
            signal.connect(self._later)
        self._canvas.view_changed.connect(self._view_changed)
        self._canvas.viewport_changed.connect(self.tip.hide)
        self._canvas.installEventFilter(self)

    @property
    def marks(self) -> AmendedMarks | None:
        """What the view in sight shows of it; None until that is projected."""
        return self._marks

    def put(self, other: OtherVersion | None) -> None:
        """Show what another version has otherwise, or nothing."""
        self._other = other
        self._round += 1
        self._take_away()
        if other is not None:
            self._compare()

    def _take_away(self) -> None:
        self._soon.stop()
        self.tip.hide()
        self.found, self._marks = None, None
        if self._canvas.has_stage:
            self._canvas.stage.put_amendment(None, None)
            self._canvas.update()
        self.compared.emit(None)

    @Slot()
    @Slot(object)
    def _later(self, _changed: object = None) -> None:
        if self._other is not None:
            self._soon.start()

    @Slot()
    def _compare(self) -> None:
        """Compare the two charts beside the window."""
        other, model = self._other, self._model
        if other is None or model.atlas is None or not self._canvas.has_stage:
            return
        self._round += 1
        contents = {each.id: each.mixture for each in (*model.syringes, *other.syringes)}
        pair = (tuple(model.fields.values()), other.fields)
        was, now = pair if other.later else pair[::-1]
        work = partial(
            _compared_and_placed,
            partial(
                amended,
                was,
                now,
                contents,
                model.atlas,
                _USUAL_CM if model.height_cm is None else float(model.height_cm),
            ),
            partial(AmendedMarks, self._canvas.view, model.atlas, of_original=other.later),
        )
        self._aside(self, work, partial(self._have, self._round))

    def _have(self, number: int, both: tuple[Amended, AmendedMarks]) -> None:
        if number != self._round or self._other is None:
            return
        self.found, self._marks = both
        self._show()
        self.compared.emit(self.found)

    def _show(self) -> None:
        if self.found is None or self.found.nothing:
            self._canvas.stage.put_amendment(None, None)
        else:
            self._canvas.stage.put_amendment(self._paint_under, self._paint_over)
        self._canvas.update()

    @Slot(str)
    def _view_changed(self, _view_id: str) -> None:
        self.tip.hide()
        # They are of the view before; a new stage has none until they are projected anew.
        self._marks = None
        if self._other is not None:
            self._compare()

    def _paint_under(
        self, painter: QPainter, viewport: Viewport, clip: QRectF, _radius: float, ratio: float
    ) -> None:
        if self._marks is not None:
            radius = partial(self._radius_of, viewport)
            self._marks.paint_under(painter, viewport, clip, ratio, radius)

    def _paint_over(
        self, painter: QPainter, viewport: Viewport, clip: QRectF, _radius: float, ratio: float
    ) -> None:
        if self._marks is not None:
            radius = partial(self._radius_of, viewport)
            self._marks.paint_over(painter, viewport, clip, ratio, radius)

    def _radius_of(self, viewport: Viewport, field: ChartField) -> float:
        return self._canvas.stage.spaced_radius(field.spacing_mm, viewport)

    # What is under the pointer, under the crosshair of the keyboard, or was pressed

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._marks is not None and watched is self._canvas:
            kind = event.type()
            if kind is QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
                self._hover(event.position())
            elif kind is QEvent.Type.MouseButtonRelease and isinstance(event, QMouseEvent):
                # Fingers do not hover. With another tool a press charts.
                if self._canvas.tool is Tool.SELECT:
                    self._tell_at(event.position())
            elif kind in (QEvent.Type.Leave, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel):
                self.tip.hide()
            elif kind is QEvent.Type.KeyRelease and isinstance(event, QKeyEvent):
                at = self._canvas.crosshair
                if event.key() in _CROSSHAIR and at is not None:
                    self._hover(self._canvas.viewport.to_canvas(at.x(), at.y()))
        return super().eventFilter(watched, event)

    def _hover(self, place: QPointF) -> None:
        if self._canvas.busy:
            self.tip.hide()
        else:
            self._tell_at(place)

    def _tell_at(self, place: QPointF) -> None:
        touched = self.at(place)
        if touched is None:
            self.tip.hide()
        else:
            self.tip.tell(*self.words(touched), place)

    def at(self, place: QPointF) -> Touched | None:
        """Return what was struck, added or changed under a place of the canvas."""
        if self._marks is None:
            return None
        stage = self._canvas.stage
        x, y = stage.viewport.to_picture(place)
        return self._marks.hit(x, y, (_REACH + stage.mark_radius()) / stage.viewport.scale)

    def words(self, touched: Touched) -> tuple[str, str]:
        """Return what became of it; then what it was, who amended, when and why."""
        if self.found is None or self._other is None:
            return "", ""
        syringes = {each.id: each for each in (*self._model.syringes, *self._other.syringes)}
        what = touched_words(self.found, touched, syringes, self._model.language)
        return title_of(touched), "\n".join((*what, *who_words(self._other)))


def _compared_and_placed(
    compare: Callable[[], Amended], place: Callable[[Amended], AmendedMarks]
) -> tuple[Amended, AmendedMarks]:
    found = compare()
    return found, place(found)
