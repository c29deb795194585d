"""The sheet of a day: how far the log had come, on paper, out of reach of any computer."""

from PySide6.QtCore import QCoreApplication, QFileInfo, QMarginsF, QRectF
from PySide6.QtGui import QPageLayout, QPageSize, QPainter, QPdfWriter

from mesodesk.domain.records.audit import DaySheet
from mesodesk.ui.numbers import format_moment
from mesodesk.ui.record_sheet import draw_lines
from mesodesk.ui.recovery_sheet import draw_qr

_WIDTH_PT = 595.0
_QR_PT = 150.0
_QR_TOP_PT = 430.0
_MARGIN_PT = 56.0


def draw(painter: QPainter, page: QRectF, sheet: DaySheet, zone: str) -> None:
    """Draw the sheet on a page of any resolution."""
    draw_lines(painter, page, lines(sheet, zone))
    painter.save()
    painter.translate(page.topLeft())
    painter.scale(page.width() / _WIDTH_PT, page.width() / _WIDTH_PT)
    draw_qr(painter, QRectF(_MARGIN_PT, _QR_TOP_PT, _QR_PT, _QR_PT), sheet.code)
    painter.restore()


def lines(sheet: DaySheet, zone: str) -> tuple[str, ...]:
    """Return what stands on the sheet: no name of a patient, and nothing of a record."""
    named = {
        _tr("Clinic"): sheet.clinic,
        _tr("Made"): format_moment(sheet.made_at, zone),
        _tr("By"): sheet.made_by,
        _tr("Last entry"): f"{sheet.seq:,}",
        _tr("Its mark"): sheet.short_head,
        _tr("Vault"): str(sheet.vault_id),
        _tr("Patients"): f"{sheet.counts.get('patient', 0):,}",
        _tr("Sessions"): f"{sheet.counts.get('session', 0):,}",
        _tr("Intakes"): f"{sheet.counts.get('intake', 0):,}",
        _tr("Checks"): f"{sheet.counts.get('follow_up', 0):,}",
    }
    facts = [f"{name[:18]:<18} {value}" for name, value in named.items() if value]
    care = _tr(
        "Keep this sheet in a folder outside the treatment room. If the log holds an entry of this "
        "number with this mark, nothing before it was taken out or changed since."
    )
    return (_tr("Day sheet of the log"), *facts, care)


def write_pdf(path: str, sheet: DaySheet, zone: str) -> bool:
    """Write the sheet as a PDF; return False if the file cannot be written."""
    if not QFileInfo(QFileInfo(path).absolutePath()).isWritable():
        return False
    writer = QPdfWriter(path)
    size = QPageSize(QPageSize.PageSizeId.A4)
    writer.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF()))
    writer.setResolution(300)
    writer.setTitle("Mesodesk day sheet")
    painter = QPainter()
    if not painter.begin(writer):
        return False
    draw(painter, QRectF(0, 0, writer.width(), writer.height()), sheet, zone)
    return painter.end()


def _tr(text: str) -> str:
    return QCoreApplication.translate("DaySheet", text)
