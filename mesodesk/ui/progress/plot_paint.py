"""Paints one progress chart: on screen, small, into a picture, on paper.

What it cannot say is not drawn: no line before the first or after the last reading, none through
readings taken at home, no target. An axis that does not begin at zero is drawn broken, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from mesodesk.domain.progress import PointFrom
from mesodesk.ui import theme
from mesodesk.ui.numbers import format_decimal
from mesodesk.ui.theme import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from mesodesk.domain.progress_plot import Plot, PlotPoint
    from mesodesk.ui.tokens import Scheme

_DOT: Final = 4.0
_RIGHT, _TOP = 10.0, 18.0
_TICK: Final = 5.0


@dataclass(frozen=True, slots=True)
class PlotStyle:
    """How a chart is drawn.

    `day_words` writes a day of the x axis. `small` leaves out ticks, numbers and words; `scale` is
    how many units of the painter one pixel at 100 % takes, more than 1 on paper.
    """

    scheme: Scheme
    day_words: Callable[[date], str]
    small: bool = False
    scale: float = 1.0


class PlotPainter:
    """One chart in one rectangle."""

    def __init__(self, plot: Plot, whole: QRectF, style: PlotStyle) -> None:
        self.plot = plot
        self._style = style
        self._font = QFont(theme.font(Role.SMALL))
        if style.scale != 1.0:
            self._font.setPixelSize(max(1, round(self._font.pixelSize() * style.scale)))
        self._metrics = QFontMetricsF(self._font)
        self.inner = self._inside(whole)

    def _inside(self, whole: QRectF) -> QRectF:
        """Return where the points stand, with room for the numbers of both axes."""
        one = self._style.scale
        if self._style.small:
            return whole.adjusted(_DOT * one, _DOT * one, -_DOT * one, -_DOT * one)
        widest = max(
            (self._metrics.horizontalAdvance(each) for each in self._y_labels()), default=0.0
        )
        return whole.adjusted(
            widest + 12 * one,
            _TOP * one,
            -_RIGHT * one,
            -(self._metrics.height() + 8 * one),
        )

    def place(self, x: float, y: float) -> QPointF:
        """Return where a value stands."""
        inner = self.inner
        return QPointF(
            inner.left() + self.plot.x.share(x) * inner.width(),
            inner.bottom() - self.plot.y.share(y) * inner.height(),
        )

    def paint(self, painter: QPainter) -> None:
        """Draw everything."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font)
        self._band(painter)
        if not self._style.small:
            self._y_axis(painter)
            self._x_axis(painter)
        self._sessions(painter)
        self._line(painter)
        for each in self.plot.points:
            self._point(painter, each)
        painter.restore()

    def _pen(self, name: str, width: float = 1.0) -> QPen:
        pen = QPen(QColor(getattr(self._style.scheme, name)), width * self._style.scale)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        return pen

    def _band(self, painter: QPainter) -> None:
        if self.plot.band is None:
            return
        low, high = self.plot.band
        top = self.place(self.plot.x.low, min(high, self.plot.y.high))
        bottom = self.place(self.plot.x.high, max(low, self.plot.y.low))
        painter.fillRect(QRectF(top, bottom), QColor(self._style.scheme.accent_soft))

    def _y_labels(self) -> list[str]:
        return number_labels(self.plot.y.ticks)

    def _y_axis(self, painter: QPainter) -> None:
        inner, one = self.inner, self._style.scale
        height = self._metrics.height()
        for tick, words in zip(self.plot.y.ticks, self._y_labels(), strict=True):
            y = self.place(self.plot.x.low, tick).y()
            painter.setPen(self._pen("border"))
            painter.drawLine(QPointF(inner.left(), y), QPointF(inner.right(), y))
            painter.setPen(self._pen("muted"))
            left = inner.left() - 8 * one - self._metrics.horizontalAdvance(words)
            painter.drawText(QPointF(left, y + height / 2 - self._metrics.descent()), words)
        painter.setPen(self._pen("border_strong"))
        bottom = inner.bottom()
        if not self.plot.y.is_broken:
            painter.drawLine(inner.topLeft(), inner.bottomLeft())
            return
        gap, half = 10 * one, 3 * one
        painter.drawLine(inner.topLeft(), QPointF(inner.left(), bottom - 2 * gap))
        zigzag = [
            QPointF(inner.left(), bottom - 2 * gap),
            QPointF(inner.left() - half, bottom - 1.6 * gap),
            QPointF(inner.left() + half, bottom - 1.2 * gap),
            QPointF(inner.left() - half, bottom - 0.8 * gap),
            QPointF(inner.left(), bottom - 0.4 * gap),
            QPointF(inner.left(), bottom),
        ]
        painter.drawPolyline(QPolygonF(zigzag))

    def _x_axis(self, painter: QPainter) -> None:
        inner, one = self.inner, self._style.scale
        painter.setPen(self._pen("border_strong"))
        painter.drawLine(inner.bottomLeft(), inner.bottomRight())
        free_from = inner.left() - 40 * one
        for tick, words in zip(self.plot.x.ticks, self._x_labels(), strict=True):
            x = self.place(tick, self.plot.y.low).x()
            width = self._metrics.horizontalAdvance(words)
            left = min(x - width / 2, inner.right() + _RIGHT * one - width)
            painter.setPen(self._pen("border_strong"))
            painter.drawLine(QPointF(x, inner.bottom()), QPointF(x, inner.bottom() + 4 * one))
            if left < free_from:
                continue  # it would run into the one before
            free_from = left + width + 8 * one
            painter.setPen(self._pen("muted"))
            base = inner.bottom() + 6 * one + self._metrics.ascent()
            painter.drawText(QPointF(left, base), words)

    def _x_labels(self) -> list[str]:
        if not self.plot.by_date:
            return number_labels(self.plot.x.ticks)
        return [self._style.day_words(date.fromordinal(int(each))) for each in self.plot.x.ticks]

    def _sessions(self, painter: QPainter) -> None:
        """Draw a broken line for each session, with its number above where there is room."""
        inner, one = self.inner, self._style.scale
        pen = self._pen("border_strong")
        pen.setDashPattern([2.0, 3.0])
        free_from = inner.left() - 10 * one
        for mark in self.plot.marks:
            x = self.place(mark.x, self.plot.y.low).x()
            painter.setPen(pen)
            painter.drawLine(QPointF(x, inner.top()), QPointF(x, inner.bottom()))
            words = str(mark.number)
            width = self._metrics.horizontalAdvance(words)
            if self._style.small or x - width / 2 < free_from:
                continue
            free_from = x + width / 2 + 4 * one
            painter.setPen(self._pen("muted"))
            painter.drawText(QPointF(x - width / 2, inner.top() - 5 * one), words)

    def _line(self, painter: QPainter) -> None:
        joined = [self.place(each.x, each.y) for each in self.plot.points if each.is_joined]
        if len(joined) > 1:
            painter.setPen(self._pen("accent", 2.0))
            painter.drawPolyline(QPolygonF(joined))

    def _point(self, painter: QPainter, each: PlotPoint) -> None:
        """Draw a full dot for a reading, a ring for one at home, a diamond for a told weight."""
        scheme, size = self._style.scheme, _DOT * self._style.scale
        at = self.place(each.x, each.y)
        home = each.point.told_by is PointFrom.HOME
        painter.setPen(self._pen("accent", 1.6))
        painter.setBrush(QColor(scheme.surface if home else scheme.accent))
        if each.point.told_by in (PointFrom.INTAKE, PointFrom.SESSION):
            corners = [QPointF(0, -size), QPointF(size, 0), QPointF(0, size), QPointF(-size, 0)]
            painter.drawPolygon(QPolygonF([at + corner for corner in corners]))
        else:
            painter.drawEllipse(at, size, size)


def number_labels(ticks: tuple[float, ...]) -> list[str]:
    """Return the numbers of an axis, all with as many decimals as they need."""
    exact = [Decimal(repr(round(each, 6))).normalize() for each in ticks]
    places = max((max(0, -int(each.as_tuple().exponent)) for each in exact), default=0)
    return [format_decimal(each, places) for each in exact]
