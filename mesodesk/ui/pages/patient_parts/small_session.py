"""A session in small: a body with its points, how much, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from mesodesk.domain.bodymap.regions import named_together
from mesodesk.ui.bodymap.figures import ml
from mesodesk.ui.numbers import NO_BREAK
from mesodesk.ui.pages.patient_parts.thumbnails import SIZE

if TYPE_CHECKING:
    from uuid import UUID

    from mesodesk.domain.records.session import SessionSummary


class Picture(QWidget):
    """Room for the small body; empty until its picture comes."""

    #: It is in sight and has nothing to show.
    wanted = Signal(object)
    """The session's id."""

    def __init__(self, session_id: UUID) -> None:
        super().__init__()
        self._session_id = session_id
        self._image: QImage | None = None
        self.setFixedSize(SIZE)

    def set_image(self, image: QImage) -> None:
        """Show a picture."""
        self._image = image
        self.update()

    def has_image(self) -> bool:
        return self._image is not None

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._image is None:
            self.wanted.emit(self._session_id)
        else:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(self.rect()), self._image)


def amount_words(session: SessionSummary) -> str:
    """Return `120 points · 6.00 mL`, or that nothing is charted; as the chart tells it."""
    if not session.points:
        return _tr("no points yet") if session.state == "draft" else _tr("no points")
    one = session.points == 1
    points = _tr("1 point") if one else _tr("{count} points").format(count=session.points)
    return f"{points} · {ml(session.injected_ml)}{NO_BREAK}mL"


def region_words(regions: tuple[str, ...], language: str) -> str:
    """Return where it was, in words; regions of another atlas keep their key."""
    return ", ".join(named_together(regions, language))


def _tr(text: str) -> str:
    from PySide6.QtCore import QCoreApplication

    return QCoreApplication.translate("sessions", text)
