"""Icons drawn from the Material Design outlines that qtawesome carries.

The font file is read on the first icon; qtawesome itself is never imported, because its import and
first icon take some 290 ms and this takes 5. Icons are named as at pictogrammers.com ("account").
"""

import importlib.util
from functools import cache
from pathlib import Path
from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QRawFont, QTransform

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
    return charmap.read_text(encoding="utf-8")


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
