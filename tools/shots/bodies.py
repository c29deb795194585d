"""Pictures of the body itself: fields on it at two magnifications, and every view of the atlas."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from mesodesk.domain.bodymap.atlas import available_sexes, load_atlas
from mesodesk.domain.bodymap.chart import ChartDocument
from mesodesk.domain.bodymap.fields import PointRef
from mesodesk.domain.dosing import ActiveStrength, Component, Mixture
from mesodesk.domain.ids import new_id
from mesodesk.domain.strength import Strength, StrengthUnit
from mesodesk.ui import theme
from mesodesk.ui.bodymap.chart_panel import ChartPanel
from mesodesk.ui.bodymap.figure import thumbnail
from mesodesk.ui.bodymap.syringes import ChartSyringe, PartLine
from mesodesk.ui.theme import Role
from mesodesk.ui.widgets import paint

if TYPE_CHECKING:
    from pathlib import Path

    from shots.taking import Album

_CELL = QSize(196, 232)
_COLUMNS = 7
_CLOSE = 8.0


def keep_fields(album: Album) -> None:
    """Write pictures of a chart with fields: both thighs, close together, and 8 times nearer."""
    for dark in (False, True):
        theme.force(dark)
        panel = _chart()
        canvas, model = panel.view.canvas, panel.model
        _filled(panel)
        canvas.show_view("thighs_front")
        _keep(album, panel, "chart-fields", dark=dark)
        for field in list(model.fields.values())[:2]:
            model.field_model.select(field.id)
            model.field_model.set_spacing(Decimal(7))
        model.field_model.select(None)
        _keep(album, panel, "chart-dense", dark=dark)
        first = next(iter(model.fields.values()))
        middle = canvas.stage.on_canvas(PointRef(first.id, len(first.points) // 2))[0]
        canvas.zoom_at(_CLOSE, middle)
        canvas.settle()
        _keep(album, panel, "chart-dense-8x", dark=dark)
        panel.close()
    theme.force(None)


def _chart() -> ChartPanel:
    panel = ChartPanel()
    panel.setContentsMargins(16, 16, 16, 16)
    panel.resize(1366, 768)
    syringes = (_syringe(1, "Contour", "Caffeine", 25), _syringe(2, "Firm", "Organic silicium", 10))
    panel.load(ChartDocument(), load_atlas("female"), syringes, Decimal(168))
    panel.show()
    panel.view.strip.finish_reading()
    panel.view.canvas.take_tool("region")
    return panel


def _syringe(digit: int, label: str, active: str, strength: int) -> ChartSyringe:
    known = ActiveStrength(active, active, Strength(Decimal(strength), StrengthUnit.MG_PER_ML))
    mixture = Mixture((Component(new_id(), active, Decimal(30), (known,)),))
    return ChartSyringe(new_id(), digit, label, mixture, (PartLine(active, f"C22{digit}"),))


def _filled(panel: ChartPanel) -> None:
    fields = panel.model.field_model
    panel.model.set_settings(replace(panel.model.settings, dose_ml=Decimal("0.02")))
    for digit, key in ((1, "thigh_front_upper.left"), (2, "abdomen_lower.midline")):
        panel.model.activate(digit)
        fields.fill_region(key)
        if key.endswith("left"):
            fields.mirror()
    panel.view.canvas.hint.dismiss()


def _keep(album: Album, panel: ChartPanel, name: str, *, dark: bool) -> None:
    QApplication.processEvents()
    album.keep(panel, f"{name}-{'dark' if dark else 'light'}")


def keep_views(folder: Path) -> None:
    """Write a sheet with every view of each body."""
    for sex in available_sexes():
        for dark in (False, True):
            theme.force(dark)
            path = folder / f"body-views-{sex}-{'dark' if dark else 'light'}.png"
            _sheet(sex).save(str(path))
            print(path.name, flush=True)
    theme.force(None)


def _sheet(sex: str) -> QImage:
    views = load_atlas(sex).views
    rows = -(-len(views) // _COLUMNS)
    sheet = QImage(_COLUMNS * _CELL.width(), rows * _CELL.height(), QImage.Format.Format_RGB32)
    sheet.fill(QColor(theme.current().map_ground))
    painter = QPainter(sheet)
    room = QSize(_CELL.width() - 16, _CELL.height() - 40)
    for number, view in enumerate(views):
        left = number % _COLUMNS * _CELL.width()
        top = number // _COLUMNS * _CELL.height()
        painter.drawImage(left + 8, top + 8, thumbnail(view, room, 1.0))
        line = QRectF(left + 4, top + _CELL.height() - 28, _CELL.width() - 8, 20)
        font, middle = theme.font(Role.SMALL), Qt.AlignmentFlag.AlignHCenter
        paint.write(painter, line, view.name(), font, theme.current().text, middle)
    painter.end()
    return sheet
