"""A page of plain lines, as the record of a restore drill is: on paper or as a PDF."""

from PySide6.QtCore import QFileInfo, QMarginsF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPageLayout, QPageSize, QPainter, QPdfWriter

from mesodesk.ui import theme

_WIDTH_PT = 595.0  # A4, upright, in points of 1/72 inch
_MARGIN_PT = 56.0
_NAMES_PT = 120.0
_NAME_LETTERS = 19
"""So many letters of a line are the name of what follows."""


def draw_lines(painter: QPainter, page: QRectF, lines: tuple[str, ...]) -> None:
    """Draw a page of any resolution: the first line large, then names and what they are."""
    painter.save()
    painter.translate(page.topLeft())
    painter.scale(page.width() / _WIDTH_PT, page.width() / _WIDTH_PT)
    painter.setPen(QColor("#1B2227"))
    painter.setFont(_font(18, bold=True))
    room = _WIDTH_PT - 2 * _MARGIN_PT
    flags = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
    box = QRectF(_MARGIN_PT, _MARGIN_PT, room, 60)
    down = painter.drawText(box, flags, lines[0]).bottom() + 10
    for line in lines[1:]:
        named = len(line) > _NAME_LETTERS and line[_NAME_LETTERS - 1] == " "
        name, rest = (line[:_NAME_LETTERS].strip(), line[_NAME_LETTERS:]) if named else ("", line)
        painter.setFont(_font(11, bold=False))
        painter.drawText(QRectF(_MARGIN_PT, down, _NAMES_PT, 40), flags, name)
        painter.setFont(_font(11, bold=named))
        left = _MARGIN_PT + (_NAMES_PT if named else 0)
        box = QRectF(left, down, _WIDTH_PT - _MARGIN_PT - left, 200)
        down = max(painter.drawText(box, flags, rest).bottom(), down + 14) + 6
    painter.restore()


def _font(size: int, *, bold: bool) -> QFont:
    font = QFont(theme.FAMILY)
    font.setPixelSize(size)  # of the scaled painter, which are points of the page
    if bold:
        font.setWeight(QFont.Weight.DemiBold)
    return font


def write_lines(path: str, title: str, lines: tuple[str, ...]) -> bool:
    """Write the page as a PDF; return False if the file cannot be written."""
    if not QFileInfo(QFileInfo(path).absolutePath()).isWritable():
        return False
    writer = QPdfWriter(path)
    size = QPageSize(QPageSize.PageSizeId.A4)
    writer.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF()))
    writer.setResolution(300)
    writer.setTitle(title)
    painter = QPainter()
    if not painter.begin(writer):
        return False
    draw_lines(painter, QRectF(0, 0, writer.width(), writer.height()), lines)
    return painter.end()
