"""Icons drawn from the Material Design outlines that qtawesome carries.

The font file is read on the first icon; qtawesome itself is never imported, because its import and
first icon take some 290 ms and this takes 5. Icons are named as at pictogrammers.com ("account").
"""

import importlib.util
from functools import cache
from pathlib import Path
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QIcon,
    QIconEngine,
    QPainter,
    QPainterPath,
    QPixmap,
    QRawFont,
    QTransform,
)

from mesodesk.ui import theme

_EM: Final = 240.0


class IconMissingError(LookupError):
    """There is no icon of that name."""


@cache
def _folder() -> Path:
    spec = importlib.util.find_spec("qtawesome")
    if spec is None or spec.origin is None:
        raise IconMissingError("the icon font is not installed")
    return Path(spec.origin).parent / "fonts"


@cache
def _font() -> QRawFont:
    return QRawFont(str(next(_folder().glob("materialdesignicons6-webfont-*.ttf"))), _EM)


@cache
def _charmap() -> str:
    # Searched as text: reading all 7,000 entries as JSON would cost 4 ms before the first paint.
    charmap = next(_folder().glob("materialdesignicons6-webfont-charmap-*.json"))
    return charmap.read_text(encoding="ascii")


def _code(name: str) -> int:
    key = f'"{name}": "0x'
    at = _charmap().find(key)
    if at < 0:
        raise IconMissingError(name)
    start = at + len(key)
    return int(_charmap()[start : _charmap().index('"', start)], 16)


@cache
def outline(name: str) -> QPainterPath:
    """Return an icon's outline in the unit square.

    Raises:
        IconMissingError: if there is no icon of that name.
    """
    character = chr(_code(name))
    font = _font()
    (glyph,) = font.glyphIndexesForString(character)
    to_unit = QTransform.fromScale(1 / _EM, 1 / _EM)
    to_unit.translate(0, font.ascent())
    return to_unit.map(font.pathForGlyph(glyph))


def draw(painter: QPainter, name: str, box: QRectF, colour: QColor | str) -> None:
    """Paint an icon into the largest square in the middle of a box."""
    side = min(box.width(), box.height())
    corner = box.center() - QPointF(side / 2, side / 2)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(corner)
    painter.scale(side, side)
    painter.fillPath(outline(name), QColor(colour))
    painter.restore()


def icon(name: str, colour: str = "text") -> QIcon:
    """Return an icon in a colour of the scheme in use whenever it is painted.

    Args:
        name: the icon.
        colour: a name of `Scheme` ("accent", "muted"), or `#RRGGBB`.
    """
    return QIcon(_Engine(name, colour))


class _Engine(QIconEngine):
    """Paints the outline at any size, asking the theme for the colour each time."""

    def __init__(self, name: str, colour: str) -> None:
        super().__init__()
        self._name = name
        self._colour = colour

    def paint(
        self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State, /
    ) -> None:
        chosen = "disabled" if mode is QIcon.Mode.Disabled else self._colour
        ink = QColor(chosen) if chosen.startswith("#") else theme.colour(chosen)
        draw(painter, self._name, QRectF(rect), ink)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, /) -> QPixmap:
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return made

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._colour)
