"""The recovery sheet: the one page of paper that opens the vault when every password is lost."""

from dataclasses import dataclass
from datetime import date

import segno
from PySide6.QtCore import QCoreApplication, QFileInfo, QMarginsF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPageLayout, QPageSize, QPainter, QPdfWriter

from mesodesk.ui import theme
from mesodesk.ui.numbers import format_date

_INK = "#1B2227"
_MUTED = "#5C6870"
_WIDTH_PT = 595.0  # A4, upright, in points of 1/72 inch
_MARGIN_PT = 64.0


@dataclass(frozen=True, slots=True, repr=False)
class RecoverySheet:
    """What stands on the sheet. `key` is the recovery key in its groups."""

    clinic: str
    key: str
    vault_id: str
    made_on: date


def qr_rows(text: str) -> tuple[tuple[bool, ...], ...]:
    """Return the modules of a QR code (error level Q), row by row, True for dark, no border."""
    code = segno.make(text, error="q", micro=False)
    return tuple(tuple(bool(module) for module in row) for row in code.matrix)


def draw_qr(painter: QPainter, square: QRectF, text: str) -> None:
    """Draw a QR code filling a white square, with the quiet zone of four modules it needs."""
    rows = qr_rows(text)
    painter.fillRect(square, QColor("#FFFFFF"))
    side = square.width() / (len(rows) + 8)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                left, top = square.left() + (x + 4) * side, square.top() + (y + 4) * side
                painter.fillRect(QRectF(left, top, side * 1.02, side * 1.02), QColor("#000000"))
    painter.restore()


def write_pdf(path: str, sheet: RecoverySheet) -> bool:
    """Write the sheet as a PDF of one A4 page; return False if the file cannot be written."""
    if not QFileInfo(QFileInfo(path).absolutePath()).isWritable():
        return False
    writer = QPdfWriter(path)
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, QMarginsF()
        )
    )
    writer.setResolution(300)
    writer.setTitle("Mesodesk recovery sheet")
    painter = QPainter()
    if not painter.begin(writer):
        return False
    draw(painter, QRectF(0, 0, writer.width(), writer.height()), sheet)
    return painter.end()


def draw(painter: QPainter, page: QRectF, sheet: RecoverySheet) -> None:
    """Draw the sheet on a page of any resolution, laid out in points of an A4 page."""
    painter.save()
    painter.translate(page.topLeft())
    painter.scale(page.width() / _WIDTH_PT, page.width() / _WIDTH_PT)
    down = _MARGIN_PT
    down = _line(painter, down, _tr("Recovery sheet"), 26, bold=True)
    down = _line(painter, down, sheet.clinic, 13, colour=_MUTED) + 18
    down = _paragraph(painter, down, _purpose()) + 22
    down = _line(painter, down, _tr("Recovery key"), 11, colour=_MUTED)
    for line in _key_lines(sheet.key):
        down = _line(painter, down, line, 24, bold=True, mono=True)
    draw_qr(painter, QRectF(_MARGIN_PT, down + 16, 150, 150), sheet.key)
    down += 190
    made = format_date(sheet.made_on)
    down = _line(painter, down, _tr("Made on {date}").format(date=made), 11, colour=_MUTED)
    down = _line(painter, down, _tr("Vault {id}").format(id=sheet.vault_id), 11, colour=_MUTED)
    _paragraph(painter, down + 18, _care())
    painter.restore()


def _key_lines(key: str) -> tuple[str, str]:
    groups = key.replace("-", " ").split()
    return "  ".join(groups[:4]), "  ".join(groups[4:])


def _purpose() -> str:
    return _tr(
        "This key opens the patient records of this clinic when every password is lost. Nobody "
        "else holds a copy: without a password and without this sheet the records cannot be read "
        "again, by anyone."
    )


def _care() -> str:
    return _tr(
        "Keep it on paper, locked away, outside the treatment room and away from the computer. "
        "Whoever holds it and the computer, or a backup, can read every record. To use it, choose "
        "“Use a code or the recovery key” on the page that asks for the password."
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("RecoverySheet", text)


def _font(size: float, *, bold: bool, mono: bool) -> QFont:
    font = QFont(theme.FAMILY)
    # Pixels of the scaled painter are points of the page.
    font.setPixelSize(round(size))
    if bold:
        font.setWeight(QFont.Weight.DemiBold)
    if mono:
        font.setFeature(QFont.Tag("tnum"), 1)
        font.setFeature(QFont.Tag("zero"), 1)
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 1.5)
    return font


def _line(
    painter: QPainter,
    down: float,
    text: str,
    size: float,
    *,
    bold: bool = False,
    mono: bool = False,
    colour: str = _INK,
) -> float:
    painter.setFont(_font(size, bold=bold, mono=mono))
    painter.setPen(QColor(colour))
    rect = QRectF(_MARGIN_PT, down, _WIDTH_PT - 2 * _MARGIN_PT, size * 1.6)
    painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
    return rect.bottom()


def _paragraph(painter: QPainter, down: float, text: str) -> float:
    painter.setFont(_font(12, bold=False, mono=False))
    painter.setPen(QColor(_INK))
    rect = QRectF(_MARGIN_PT, down, _WIDTH_PT - 2 * _MARGIN_PT, 400)
    flags = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
    return painter.drawText(rect, flags, text).bottom()
