"""The colours of the exposure map, and a picture in them.

Both ramps run from light to dark in even steps of lightness, which every colour vision tells apart,
and in hues that skin does not have. Neither is red: a colour here is an amount, not a warning.
"""

from collections.abc import Sequence
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from mesodesk.domain.bodymap.exposure import KERNEL_MM
from mesodesk.domain.bodymap.exposure_picture import ExposurePicture
from mesodesk.ui.bodymap.viewport import Viewport

Values = NDArray[np.float64]
Pixels = NDArray[np.float64]

AMOUNTS: Final = (
    "#CDF1F0", "#9FDDE6", "#6FC5DD", "#45A9D2", "#2F8AC4",
    "#2F69AE", "#324A90", "#2B2F68", "#19173C",
)  # fmt: skip
"""From little to much."""

DAYS: Final = ("#2A0F46", "#4B2272", "#6D3E97", "#8F60B3", "#AF86C9", "#CDADDC", "#E8D4EE")
"""From lately to long ago."""

SKIN: Final = QColor("#EBCDBD")
"""What lies beneath the map: the legend shows the colours as they look there."""

OPACITY: Final = 0.88
"""The skin's own shading stays visible beneath."""

_AVERAGE_BELOW: Final = 0.9


# A point reaches beyond its kernel by no more than this, where distances are not known.
_FAR: Final = KERNEL_MM * 3


class HeatImage:
    """The map in one view: drawn beneath the points at any magnification."""

    def __init__(self, picture: ExposurePicture, ink: Pixels) -> None:
        """Take the colours of the picture's window. Any thread."""
        height, width, _ = ink.shape
        pixels = np.ascontiguousarray(np.rint(ink * OPACITY).astype(np.uint8))
        made = QImage(
            pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied
        )
        # Its own memory: the array goes when this returns.
        self.image = made.copy()
        rows, columns = picture.window
        self._part = QRectF(columns.start, rows.start, width, height)
        self._step = picture.step

    def paint(self, painter: QPainter, viewport: Viewport) -> None:
        """Paint the whole picture where it belongs; the painter clips."""
        if self.image.isNull():
            return
        cell = self._step * viewport.scale
        corner = QPointF(viewport.x, viewport.y) + self._part.topLeft() * cell
        target = QRectF(corner, self._part.size() * cell)
        image = self.image
        if cell < _AVERAGE_BELOW:
            # Drawn much smaller than it is it must be averaged, not sampled.
            image = image.scaled(
                target.size().toSize().expandedTo(QSize(1, 1)),
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, image)


def amounts_image(picture: ExposurePicture, values: Values, bounds: Values) -> HeatImage:
    """Colour amounts by class, with smooth borders between the classes.

    Args:
        picture: of the view.
        values: at the vertices of the net.
        bounds: where each class begins.
    """
    shown = picture.shown(values, 0.0)
    if not shown.size:
        return HeatImage(picture, np.zeros((0, 0, 4)))
    # The class as a number that grows evenly: whole where a class begins, -1 where nothing is.
    top = len(bounds) - 1
    knots = np.concatenate([[0.0], bounds, [bounds[-1] * 10]])
    level = np.interp(shown, knots, [*range(-1, top + 1), top + 0.49])
    down, across = np.gradient(level) if min(level.shape) > 1 else (level * 0, level * 0)
    border = np.rint(level).astype(np.int64)
    # How much of the cell lies beyond the border: the level falls so much over a cell.
    share = np.clip((level - border) / np.maximum(np.hypot(down, across), 1e-6) + 0.5, 0, 1)
    ink = _ink(AMOUNTS)
    upper, lower = ink[np.minimum(border, top)], ink[border - 1]
    # Class -1 is the last row, which is transparent; so is -2, which nothing is a share of.
    lower = np.where((border < 0)[..., None], 0.0, lower)
    upper = np.where((border < 0)[..., None], 0.0, upper)
    return HeatImage(picture, lower + (upper - lower) * share[..., None])


def days_image(
    picture: ExposurePicture, distances_mm: Sequence[Values], cell_mm: float
) -> HeatImage:
    """Colour by the latest treatment: each class covers those longer ago.

    Args:
        picture: of the view.
        distances_mm: from the points of each class, at the vertices of the net.
        cell_mm: the skin that a cell shows.
    """
    rows, columns = picture.window
    made = np.zeros((rows.stop - rows.start, columns.stop - columns.start, 4))
    ink = _ink(DAYS)
    for number in range(len(distances_mm) - 1, -1, -1):
        if not np.isfinite(distances_mm[number]).any():
            continue
        away = picture.shown(np.minimum(distances_mm[number], _FAR), _FAR)
        share = np.clip((KERNEL_MM - away) / cell_mm + 0.5, 0, 1)[..., None]
        made += (ink[number] - made) * share
    return HeatImage(picture, made)


@cache
def _ink(colours: tuple[str, ...]) -> Pixels:
    """Return BGRA for each class; the last row, no class, is transparent."""
    rows = [QColor(colour) for colour in colours]
    return np.array([[c.blue(), c.green(), c.red(), 255] for c in rows] + [[0] * 4], dtype=float)
