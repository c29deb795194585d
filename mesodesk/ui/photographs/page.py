"""A photograph on a sheet of paper, with what is drawn over it and what it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, Qt

from mesodesk.ui import theme
from mesodesk.ui.photographs.album import fitted
from mesodesk.ui.photographs.canvas import paint_mark
from mesodesk.ui.theme import Role

if TYPE_CHECKING:
    from PySide6.QtGui import QImage, QPainter

    from mesodesk.domain.records.photo import MarkFields

_SCREEN_DPI: Final = 96
_LINE: Final = 22


@dataclass(frozen=True, slots=True)
class PhotoPage:
    """What comes onto the page: lines above, the photograph with its marks below."""

    lines: tuple[str, ...]
    image: QImage
    marks: tuple[MarkFields, ...]


def draw_photo(painter: QPainter, page: QRectF, sheet: PhotoPage) -> None:
    """Draw a page; lengths of the screen are scaled to the device."""
    scale = painter.device().logicalDpiX() / _SCREEN_DPI
    painter.scale(scale, scale)
    room = QRectF(
        page.left() / scale, page.top() / scale, page.width() / scale, page.height() / scale
    )
    painter.setFont(theme.font(Role.BODY))
    painter.setPen(Qt.GlobalColor.black)
    at = room.top() + _LINE
    for line in sheet.lines:
        painter.drawText(QPointF(room.left(), at), line)
        at += _LINE
    frame = fitted(sheet.image.size(), QRectF(room.left(), at, room.width(), room.bottom() - at))
    painter.drawImage(frame, sheet.image)
    for mark in sheet.marks:
        paint_mark(painter, frame, mark)
