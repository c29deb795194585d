"""All charts of a patient on one sheet: for the clipboard and for paper, always on white."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from mesodesk.ui import theme
from mesodesk.ui.progress.plot_paint import PlotPainter, PlotStyle
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import LIGHT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from mesodesk.domain.progress_plot import Plot

_CHART: Final = QSize(460, 270)
_COPIED_AT: Final = 2.0
"""Pixels of a copied picture for each at 100 %: sharp in a letter."""
_WIDTH_OF_PAGE: Final = 960.0


@dataclass(frozen=True, slots=True)
class SheetChart:
    """A chart with the lines above and beneath it."""

    plot: Plot
    title: str
    standing: str
    foot: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on it: `head` lines above the charts, `legend` beneath them."""

    head: tuple[str, ...]
    charts: Sequence[SheetChart]
    legend: str
    day_words: Callable[[date], str]


def sheet_image(sheet: Sheet) -> QImage:
    """Return the sheet as a picture, as high as it needs to be."""
    columns = 1 if len(sheet.charts) == 1 else 2
    lines = -(-len(sheet.charts) // columns)
    width = columns * _CHART.width() + 40
    height = lines * _CHART.height() + 26 * len(sheet.head) + 110
    image = QImage(
        QSize(round(width * _COPIED_AT), round(height * _COPIED_AT)),
        QImage.Format.Format_RGB32,
    )
    image.fill(QColor(LIGHT.surface))
    painter = QPainter(image)
    draw_sheet(painter, QRectF(image.rect()), sheet, _COPIED_AT, columns)
    painter.end()
    return image


def draw_page(painter: QPainter, page: QRectF, sheet: Sheet) -> None:
    """Draw the sheet on a page of paper: as many columns as keep all charts on it."""
    one = page.width() / _WIDTH_OF_PAGE
    columns = next(
        (
            each
            for each in (1, 2, 3)
            if -(-len(sheet.charts) // each) * 250 * one < page.height() * 0.82
        ),
        4,
    )
    draw_sheet(painter, page, sheet, one, columns)


def draw_sheet(painter: QPainter, page: QRectF, sheet: Sheet, one: float, columns: int) -> None:
    """Draw the sheet into a rectangle.

    Args:
        painter: onto white.
        page: all of it.
        sheet: what stands on it.
        one: units of the painter for a pixel at 100 %.
        columns: so many charts side by side.
    """
    inner = page.adjusted(20 * one, 16 * one, -20 * one, -16 * one)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    y = inner.top()
    for at, words in enumerate(sheet.head):
        role = Role.HEADING if at == 0 else Role.BODY
        y += _write(painter, QRectF(inner.left(), y, inner.width(), 0), words, role, "text", one)
    y += 8 * one
    legend_height = _height(sheet.legend, Role.SMALL, inner.width(), one)
    lines = max(1, -(-len(sheet.charts) // columns))
    room = inner.bottom() - legend_height - 8 * one - y
    cell = QSize(round(inner.width() / columns), round(min(room / lines, 330 * one)))
    for at, chart in enumerate(sheet.charts):
        line, column = divmod(at, columns)
        left, top = inner.left() + column * cell.width(), y + line * cell.height()
        whole = QRectF(left, top, cell.width() - 14 * one, cell.height() - 12 * one)
        _draw_chart(painter, whole, chart, sheet, one)
    legend = QRectF(inner.left(), inner.bottom() - legend_height, inner.width(), 0)
    _write(painter, legend, sheet.legend, Role.SMALL, "muted", one)


def _draw_chart(
    painter: QPainter, whole: QRectF, chart: SheetChart, sheet: Sheet, one: float
) -> None:
    top = whole.top()
    for words, role, ink in (
        (chart.title, Role.STRONG, "text"),
        (chart.standing, Role.SMALL, "muted"),
    ):
        line = QRectF(whole.left(), top, whole.width(), 0)
        top += _write(painter, line, words, role, ink, one)
    foot = _height(chart.foot, Role.SMALL, whole.width(), one)
    picture = QRectF(whole.left(), top, whole.width(), whole.bottom() - top - foot)
    PlotPainter(chart.plot, picture, PlotStyle(LIGHT, sheet.day_words, scale=one)).paint(painter)
    line = QRectF(whole.left(), whole.bottom() - foot, whole.width(), 0)
    _write(painter, line, chart.foot, Role.SMALL, "muted", one)


def _font(role: Role, one: float) -> QFont:
    font = QFont(theme.font(role))
    font.setPixelSize(max(1, round(font.pixelSize() * one)))
    return font


def _height(words: str, role: Role, width: float, one: float) -> float:
    if not words:
        return 0.0
    room = QRectF(0, 0, width, 10_000 * one)
    wrapped = Qt.TextFlag.TextWordWrap
    return QFontMetricsF(_font(role, one)).boundingRect(room, wrapped, words).height() + 3 * one


def _write(painter: QPainter, line: QRectF, words: str, role: Role, ink: str, one: float) -> float:
    """Write words from the top of a line, wrapped, and return how high they are."""
    height = _height(words, role, line.width(), one)
    if words:
        painter.setFont(_font(role, one))
        painter.setPen(QColor(getattr(LIGHT, ink)))
        line = QRectF(line.left(), line.top(), line.width(), height)
        painter.drawText(line, Qt.TextFlag.TextWordWrap, words)
    return height
