"""What the canvas paints over body and points: selection, previews, measures, its frame."""

from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from mesodesk.ui import theme
from mesodesk.ui.bodymap import overlay
from mesodesk.ui.bodymap.marks import draw_mark
from mesodesk.ui.bodymap.names import UNKNOWN_LOOK, look_of, scale_basis
from mesodesk.ui.bodymap.stage import Stage
from mesodesk.ui.numbers import format_decimal
from mesodesk.ui.tokens import RADIUS

if TYPE_CHECKING:
    from mesodesk.ui.bodymap.canvas import Canvas


def paint_over(painter: QPainter, canvas: "Canvas", stage: Stage) -> None:
    """Paint everything that is not in the layers."""
    canvas.areas.paint(painter, stage)
    radius = stage.mark_radius()
    selected, hovered = canvas.model.selection, canvas.hovered
    if selected is not None and selected != stage.lifted:
        centre, seen = stage.on_canvas(selected)
        if seen:
            overlay.draw_selection(painter, centre, radius)
            draw_mark(painter, look_of(canvas.model, selected), centre, radius + 1)
    if hovered is not None and hovered != selected and not canvas.busy:
        overlay.draw_hover(painter, stage.on_canvas(hovered)[0], radius)
    _paint_pending(painter, canvas, stage, radius)
    if canvas.gesture is not None:
        canvas.gesture.paint(painter)
    if canvas.crosshair is not None:
        at = stage.viewport.to_canvas(canvas.crosshair.x(), canvas.crosshair.y())
        overlay.draw_crosshair(painter, at)
    _paint_measures(painter, canvas, stage)


def _paint_pending(painter: QPainter, canvas: "Canvas", stage: Stage, radius: float) -> None:
    """Show the point that waits for an answer where it would be."""
    pending = canvas.model.pending
    if pending is None or pending.place is None:
        return
    place, syringe = pending.place, canvas.model.syringe(pending.shortage.syringe_id)
    look = UNKNOWN_LOOK if syringe is None else syringe.look
    xy, seen = stage.view.project(
        np.array([place.triangle]), np.array([place.u]), np.array([place.v])
    )
    if seen[0]:
        at = stage.viewport.to_canvas(*xy[0].tolist())
        overlay.draw_ghost(painter, look, at, radius + 1)


def _paint_measures(painter: QPainter, canvas: "Canvas", stage: Stage) -> None:
    room = QRectF(canvas.rect())
    sides = overlay.sides_of(stage.view)
    if sides is not None:
        letters = {"right": _tr("R"), "left": _tr("L")}
        overlay.draw_side_letters(painter, room, (letters[sides[0]], letters[sides[1]]))
    per_px = canvas.mm_per_px()
    length = format_decimal(Decimal(str(overlay.scale_length_cm(per_px))))
    overlay.draw_scale(
        painter,
        room,
        per_px,
        _tr("{length} cm").format(length=length),
        scale_basis(stage.view, canvas.model.height_cm),
    )


def paint_frame(painter: QPainter, canvas: "Canvas") -> None:
    """Round the corners off, and show where the keyboard is."""
    whole = QRectF(canvas.rect())
    corners, inner = QPainterPath(), QPainterPath()
    corners.addRect(whole)
    inner.addRoundedRect(whole, RADIUS, RADIUS)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillPath(corners.subtracted(inner), theme.colour("ground"))
    width = 2 if canvas.hasFocus() else 1
    inset = width / 2
    painter.setPen(QPen(theme.colour("accent" if canvas.hasFocus() else "border"), width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(whole.adjusted(inset, inset, -inset, -inset), RADIUS, RADIUS)


def _tr(text: str) -> str:
    return QCoreApplication.translate("chart_canvas", text)
