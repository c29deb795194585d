"""One chart in a card: its title, how the last reading stands to the first, the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from mesodesk.domain.progress import PointFrom
from mesodesk.domain.progress_plot import Plot, PlotPoint, nearest
from mesodesk.ui import theme
from mesodesk.ui.numbers import format_date, format_day
from mesodesk.ui.progress.plot_paint import PlotPainter, PlotStyle
from mesodesk.ui.progress.words import series_words, standing_words, value_words
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.text import ElidedLabel, Muted, plain_tip

if TYPE_CHECKING:
    from datetime import date

    from mesodesk.ui.context import Context

_HEIGHT: Final = 190
_SMALL: Final = 56


class PlotView(QWidget):
    """The picture alone. Resting on a point says what it is; screen readers are told all."""

    clicked = Signal()

    def __init__(self, context: Context, object_name: str, *, small: bool = False) -> None:
        super().__init__()
        self._context = context
        self._small = small
        self._plot: Plot | None = None
        paint.name(self, object_name, "")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(160 if self._small else 280, _SMALL if self._small else _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def plot(self) -> Plot | None:
        """Return what is shown."""
        return self._plot

    def show_plot(self, plot: Plot) -> None:
        """Show a chart."""
        self._plot = plot
        language, clinic = self._context.language, self._context.clinic.fields
        self.setAccessibleName(series_words(plot.series, language, clinic))
        self.setAccessibleDescription("; ".join(self.words(plot, each) for each in plot.points))
        self.update()

    def words(self, plot: Plot, each: PlotPoint) -> str:
        """Return what a point is, in words."""
        clinic = self._context.clinic.fields
        figure = value_words(plot.series.measure, each.point.value, clinic)
        said = f"{format_date(each.point.on)}: {figure}"
        where = {
            PointFrom.HOME: self.tr("at home"),
            PointFrom.INTAKE: self.tr("from the intake"),
            PointFrom.SESSION: self.tr("from a session"),
        }.get(each.point.told_by, "")
        return f"{said}, {where}" if where else said

    def day_words(self, day: date) -> str:
        """Return a day of the axis."""
        return format_day(day, self._context.today())

    def _painter_of(self, plot: Plot) -> PlotPainter:
        style = PlotStyle(theme.current(), self.day_words, small=self._small)
        return PlotPainter(plot, QRectF(self.rect()), style)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._plot is not None:
            self._painter_of(self._plot).paint(QPainter(self))

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            found = self.point_at(QPointF(event.pos()))
            if found is None or self._plot is None:
                QToolTip.hideText()
            else:
                words = self.words(self._plot, found)
                QToolTip.showText(event.globalPos(), plain_tip(words), self)
            return True
        return super().event(event)

    def point_at(self, place: QPointF) -> PlotPoint | None:
        """Return the reading near a place of the widget."""
        if self._plot is None:
            return None
        inner = self._painter_of(self._plot).inner
        across = (place.x() - inner.left()) / max(1.0, inner.width())
        up = (inner.bottom() - place.y()) / max(1.0, inner.height())
        return nearest(self._plot, across, up)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(
            event.position().toPoint()
        ):
            self.clicked.emit()
        super().mouseReleaseEvent(event)


class ChartCard(Card):
    """A chart with its title above, and beneath it what must be said of it."""

    def __init__(self, context: Context, object_name: str) -> None:
        super().__init__(object_name=object_name, padding=Space.M)
        self._context = context
        self.title = ElidedLabel("", theme.Role.STRONG)
        self.standing = Muted("")
        self.view = PlotView(context, f"{object_name}_plot")
        self.foot = Muted("")
        self.body.setSpacing(Space.XS)
        for widget in (self.title, self.standing, self.view, self.foot):
            self.add(widget)

    def show_plot(self, plot: Plot, unit_words: str) -> None:
        """Show a chart; `unit_words` say what the y axis counts."""
        language, clinic = self._context.language, self._context.clinic.fields
        self.title.setText(series_words(plot.series, language, clinic))
        self.setAccessibleName(self.title.text())
        now = value_words(plot.series.measure, plot.series.points[-1].value, clinic)
        parts = [now, standing_words(plot.series, clinic)]
        self.standing.setText(" · ".join(part for part in parts if part))
        self.view.show_plot(plot)
        self.foot.setText(foot_words(self, plot, unit_words))


def foot_words(widget: QWidget, plot: Plot, unit_words: str) -> str:
    """Return what must be said of a chart: its unit, its axis, its band, what is left out."""
    parts = [unit_words]
    if plot.y.is_broken:
        parts.append(widget.tr("axis broken: not from zero"))
    else:
        parts.append(widget.tr("axis from zero") if not plot.series.measure.items else "")
    if plot.left_out:
        words = widget.tr("{count} left out: a strength or a place is unknown")
        parts.append(words.format(count=plot.left_out))
    return " · ".join(part for part in parts if part)
