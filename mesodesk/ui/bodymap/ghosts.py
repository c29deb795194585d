"""Ghosts: the points of the patient's last sessions, pale under today's, on the key G."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter

from mesodesk.ui.bodymap.earlier import MOST
from mesodesk.ui.bodymap.figures import points_text
from mesodesk.ui.bodymap.ghost_card import GhostCard, GhostLine, GhostTip
from mesodesk.ui.bodymap.ghost_marks import GhostMarks, GhostRef
from mesodesk.ui.numbers import format_date, format_quantity

if TYPE_CHECKING:
    from uuid import UUID

    from mesodesk.domain.records.chart import EarlierChart
    from mesodesk.domain.records.session import SyringeRecord
    from mesodesk.ui.bodymap.chart_view import ChartView
    from mesodesk.ui.bodymap.earlier import Earlier
    from mesodesk.ui.bodymap.viewport import Viewport

_FIRST_COUNT: Final = 3
_REACH: Final = 3.0
_ARROWS: Final = frozenset(
    (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Return)
)


class Ghosts(QObject):
    """Belongs to a chart's view. What it shows is not part of the chart: no total knows of it."""

    def __init__(self, view: ChartView, earlier: Earlier) -> None:
        super().__init__(view)
        self._canvas = view.canvas
        self._earlier = earlier
        self.shown = False
        # They are read first: whoever asks again meanwhile does not want them any more.
        self._wanted = False
        self.count = _FIRST_COUNT
        self.card = GhostCard(self._canvas)
        self.tip = GhostTip(self._canvas)
        self._of: UUID | None = None
        self._charts: tuple[EarlierChart, ...] = ()
        self._marks: GhostMarks | None = None
        self._round = 0
        self.card.stepped.connect(self._step)
        self.card.closed.connect(self.close)
        self._button = view.toolbar.ghosts
        self._button.show()
        self._button.clicked.connect(self.toggle)
        self._canvas.ghosts_asked.connect(self.toggle)
        self._canvas.model.loaded.connect(self._chart_loaded)
        self._canvas.view_changed.connect(self._view_changed)
        self._canvas.viewport_changed.connect(self.tip.hide)
        self._canvas.installEventFilter(self)
        earlier.failed.connect(self._not_read)

    @Slot()
    def toggle(self) -> None:
        """Show the ghosts, or put them away."""
        if self._wanted:
            self.close()
        elif self._canvas.has_stage:
            self._want(wanted=True)
            self._of = self._earlier.session_id
            self._earlier.ask(self._open)
        else:
            self._want(wanted=False)

    def _want(self, *, wanted: bool) -> None:
        self._wanted = wanted
        self._button.setChecked(wanted)

    def _open(self, charts: tuple[EarlierChart, ...]) -> None:
        if not self._wanted or not self._canvas.has_stage:
            return
        if not charts:
            self._want(wanted=False)
            self._canvas.say(_tr("There is no signed session before this one to show."))
            return
        self._charts = charts
        self.shown = True
        self._show()
        self.card.show()
        self.card.raise_()

    @Slot()
    def close(self) -> None:
        """Put the ghosts away; the keyboard goes back to the body if it was in the card."""
        self._want(wanted=False)
        if not self.shown:
            return
        self.shown = False
        self._charts, self._marks = (), None
        inside = self.card.isAncestorOf(self.card.focusWidget() or self._canvas)
        had_focus = inside and self.card.window().focusWidget() is self.card.focusWidget()
        self.card.hide()
        self.tip.hide()
        if had_focus:
            self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        if self._canvas.has_stage:
            self._canvas.stage.put_ghosts(None)
            self._canvas.update()

    @Slot()
    def _chart_loaded(self) -> None:
        """Stay over the same session read anew; nothing of another one stays."""
        again = self._wanted and self._earlier.session_id == self._of
        self.close()
        if again:
            self.toggle()

    @Slot(int)
    def _step(self, direction: int) -> None:
        self.count = min(max(self._in_sight() + direction, 1), MOST)
        self._show()

    def _in_sight(self) -> int:
        return min(self.count, len(self._charts))

    @Slot(str)
    def _view_changed(self, _view_id: str) -> None:
        self.tip.hide()
        # They are of the view before; a new stage has none until they are projected anew.
        self._marks = None
        if self.shown:
            self._show()

    def _show(self) -> None:
        """Name the sessions at once, and lay their points under today's when they are projected."""
        charts = self._charts[: self._in_sight()]
        self.card.show_lines([_line(each) for each in charts], len(self._charts))
        self._round += 1
        work = partial(GhostMarks, self._canvas.view, charts)
        self._earlier.aside(self, work, partial(self._have_marks, self._round))

    def _have_marks(self, number: int, marks: GhostMarks) -> None:
        if number == self._round and self.shown:
            self._marks = marks
            self._canvas.stage.put_ghosts(self._paint)
            self._canvas.update()

    def _paint(
        self, painter: QPainter, viewport: Viewport, clip: QRectF, radius: float, ratio: float
    ) -> None:
        if self._marks is not None:
            self._marks.paint(painter, viewport, clip, radius, ratio)

    @Slot(str)
    def _not_read(self, sentence: str) -> None:
        self._want(wanted=self.shown)
        self._canvas.say(sentence)

    # What is under the pointer, or under the crosshair of the keyboard

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self.shown and watched is self._canvas:
            kind = event.type()
            if kind is QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
                self._hover(event.position())
            elif kind in (QEvent.Type.Leave, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel):
                self.tip.hide()
            elif kind is QEvent.Type.KeyRelease and isinstance(event, QKeyEvent):
                if event.key() in _ARROWS:
                    self._tell_of_crosshair()
            elif kind is QEvent.Type.Resize:
                self.card.place()
        return super().eventFilter(watched, event)

    def _tell_of_crosshair(self) -> None:
        at = self._canvas.crosshair
        if at is None:
            self.tip.hide()
        else:
            self._hover(self._canvas.viewport.to_canvas(at.x(), at.y()))

    def _hover(self, place: QPointF) -> None:
        ref = None if self._canvas.busy else self.at(place)
        if ref is None:
            self.tip.hide()
        else:
            self.tip.tell(*ghost_words(self._charts[ref.ago], ref), place)

    def at(self, place: QPointF) -> GhostRef | None:
        """Return the ghost under a place of the canvas; a point of today lies over it."""
        stage = self._canvas.stage
        if self._marks is None or stage.hit(place, _REACH) is not None:
            return None
        x, y = stage.viewport.to_picture(place)
        return self._marks.hit(x, y, (_REACH + stage.mark_radius()) / stage.viewport.scale)


def ghost_words(chart: EarlierChart, ref: GhostRef) -> tuple[str, str]:
    """Return what a ghost is: day and session; syringe, its mixture, volume and depth."""
    point = ref.field.points[ref.index]
    lines = [
        _mixture(syringe) for syringe in chart.syringes if syringe.id == ref.field.syringe_id
    ] or [_tr("its syringe is not on record any more")]
    volume, depth = format_quantity(point.volume_ml, "mL"), format_quantity(point.depth_mm, "mm")
    return _title(chart), "\n".join((*lines, f"{volume} · {depth}"))


def _mixture(syringe: SyringeRecord) -> str:
    """Return the syringe and each product in it, a line each."""
    name = _tr("syringe {digit}").format(digit=syringe.digit)
    if syringe.label:
        name = f"{name}, {syringe.label}"
    return "\n".join((name, *(part.product_name for part in syringe.components)))


def _title(chart: EarlierChart) -> str:
    if chart.original:
        return _tr("{day} · the original, struck").format(day=format_date(chart.day))
    return _tr("{day} · session {number}").format(day=format_date(chart.day), number=chart.number)


def _line(chart: EarlierChart) -> GhostLine:
    if not chart.drawable:
        return GhostLine(_title(chart), _tr("cannot be shown on this body"), drawn=False)
    if chart.broken:
        return GhostLine(_title(chart), _tr("its seal is broken"), drawn=True)
    zones = sum(not len(field.points) for field in chart.fields)
    points = points_text(sum(len(field.points) for field in chart.fields))
    if zones == 1:
        points = _tr("{points}, 1 zone not drawn").format(points=points)
    elif zones:
        points = _tr("{points}, {zones} zones not drawn").format(points=points, zones=zones)
    return GhostLine(_title(chart), points, drawn=True)


def _tr(text: str) -> str:
    return QCoreApplication.translate("ghosts", text)
