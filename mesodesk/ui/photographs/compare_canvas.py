"""Two photographs over each other or side by side, the later one laid as it was aligned."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QTransform
from PySide6.QtWidgets import QSizePolicy, QWidget

from mesodesk.domain.alignment import IDENTITY, Place, Similarity
from mesodesk.ui import theme
from mesodesk.ui.photographs.album import fitted
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets import paint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent

_STEP: Final = 0.02
_SPOT: Final = 9.0


class CompareMode(StrEnum):
    """How two photographs are shown."""

    SLIDER = "slider"
    BESIDE = "beside"
    GHOST = "ghost"


class CompareCanvas(QWidget):
    """The earlier photograph sets the frame; the later one is turned, scaled and moved into it."""

    #: (is_later, Place): a place was tapped, while two are shown side by side.
    tapped = Signal(bool, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        paint.name(self, "compare_canvas", self.tr("Comparison"))
        self._before, self._after = QImage(), QImage()
        self._captions = ("", "")
        self._lies: Similarity = IDENTITY
        self._spots: tuple[Sequence[Place], Sequence[Place]] = ((), ())
        self.mode = CompareMode.SLIDER
        self.split = 0.5
        self.opacity = 0.5
        self.setMinimumSize(360, 260)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        return QSize(960, 600)

    def show_images(self, before: QImage, after: QImage, captions: tuple[str, str]) -> None:
        """Show two photographs; without a later one the earlier alone, without that nothing."""
        self._before, self._after, self._captions = before, after, captions
        self.update()

    def lay(self, lies: Similarity) -> None:
        """Lay the later photograph like this over the earlier one."""
        self._lies = lies
        self.update()

    def show_spots(self, before: Sequence[Place], after: Sequence[Place]) -> None:
        """Show the places that were tapped so far."""
        self._spots = (tuple(before), tuple(after))
        self.update()

    def show_mode(self, mode: CompareMode) -> None:
        """Show them in another way."""
        self.mode = mode
        over = mode is CompareMode.SLIDER
        self.setCursor(Qt.CursorShape.SplitHCursor if over else Qt.CursorShape.ArrowCursor)
        self.update()

    def set_opacity(self, opacity: float) -> None:
        """Let the later photograph cover the earlier one so far: 0 not at all, 1 wholly."""
        self.opacity = opacity
        self.update()

    # Where things lie

    def frames(self) -> tuple[QRectF, QRectF]:
        """Return where the two lie: one frame for both, unless they are side by side."""
        whole = QRectF(self.rect())
        if self.mode is not CompareMode.BESIDE:
            frame = fitted(self._before.size(), whole)
            return frame, frame
        half = (whole.width() - Space.S) / 2
        left = QRectF(0, 0, half, whole.height())
        right = left.translated(half + Space.S, 0)
        return fitted(self._before.size(), left), fitted(self._after.size(), right)

    def _laid(self, frame: QRectF) -> QTransform:
        """Return what takes pixels of the later image into the earlier one's frame."""
        lies, per_px = self._lies, 1 / max(1, self._after.width())
        scale = frame.width()
        return QTransform(
            lies.a * per_px * scale,
            lies.b * per_px * scale,
            -lies.b * per_px * scale,
            lies.a * per_px * scale,
            frame.left() + lies.dx * scale,
            frame.top() + lies.dy * scale,
        )

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("ground"))
        if self._before.isNull():
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        before, after = self.frames()
        if self._after.isNull():
            self._paint_alone(painter)
            return
        painter.drawImage(before, self._before)
        if self.mode is CompareMode.BESIDE:
            painter.drawImage(after, self._after)
            self._paint_spots(painter, before, after)
        elif self.mode is CompareMode.GHOST:
            self._paint_later(painter, before, before, self.opacity)
        else:
            self._paint_split(painter, before)
        self._paint_captions(painter, before, after)

    def _paint_alone(self, painter: QPainter) -> None:
        frame = fitted(self._before.size(), QRectF(self.rect()))
        painter.drawImage(frame, self._before)
        self._paint_caption(painter, frame, self._captions[0], right=False)

    def _paint_later(
        self, painter: QPainter, frame: QRectF, clip: QRectF, opacity: float = 1.0
    ) -> None:
        painter.save()
        painter.setClipRect(clip)
        painter.setOpacity(opacity)
        painter.setTransform(self._laid(frame), combine=True)
        painter.drawImage(0, 0, self._after)
        painter.restore()

    def _paint_split(self, painter: QPainter, frame: QRectF) -> None:
        x = frame.left() + self.split * frame.width()
        self._paint_later(painter, frame, QRectF(x, frame.top(), frame.right() - x, frame.height()))
        painter.setPen(QPen(QColor("#14191B"), 4))
        painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()))
        painter.setPen(QPen(QColor("#FFFFFF"), 2))
        painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()))
        painter.setBrush(QColor("#FFFFFF"))
        painter.setPen(QPen(QColor("#14191B"), 1.5))
        painter.drawEllipse(QPointF(x, frame.center().y()), 14, 14)

    def _paint_spots(self, painter: QPainter, *frames: QRectF) -> None:
        for frame, spots in zip(frames, self._spots, strict=True):
            for number, spot in enumerate(spots, start=1):
                at = QPointF(
                    frame.left() + spot.x * frame.width(), frame.top() + spot.y * frame.width()
                )
                painter.setBrush(QColor("#FFD23F"))
                painter.setPen(QPen(QColor("#14191B"), 2))
                painter.drawEllipse(at, _SPOT, _SPOT)
                box = QRectF(at.x() - _SPOT, at.y() - _SPOT, 2 * _SPOT, 2 * _SPOT)
                painter.setFont(theme.font(Role.SMALL))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(number))

    def _paint_captions(self, painter: QPainter, before: QRectF, after: QRectF) -> None:
        ghost = self.mode is CompareMode.GHOST
        words = (f"{self._captions[0]} + {self._captions[1]}", "") if ghost else self._captions
        self._paint_caption(painter, before, words[0], right=False)
        self._paint_caption(painter, after, words[1], right=True)

    def _paint_caption(self, painter: QPainter, frame: QRectF, text: str, *, right: bool) -> None:
        if not text:
            return
        painter.setFont(theme.font(Role.STRONG))
        width = painter.fontMetrics().horizontalAdvance(text) + 20
        x = frame.right() - width - 8 if right else frame.left() + 8
        box = QRectF(x, frame.top() + 8, width, 28)
        paint.box(painter, box, QColor(20, 25, 27, 200), None, radius=6)
        painter.setPen(QColor("#FFFFFF"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    # The hand

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or self._before.isNull():
            return
        if self.mode is CompareMode.SLIDER:
            self._split_at(event.position().x())
        elif self.mode is CompareMode.BESIDE:
            for later, frame in enumerate(self.frames()):
                if frame.contains(event.position()):
                    point = (event.position() - frame.topLeft()) / frame.width()
                    self.tapped.emit(bool(later), Place(point.x(), point.y()))
                    return

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.mode is CompareMode.SLIDER and event.buttons() & Qt.MouseButton.LeftButton:
            self._split_at(event.position().x())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -_STEP, Qt.Key.Key_Right: _STEP}
        step = steps.get(Qt.Key(event.key()))
        if step is None or self.mode is not CompareMode.SLIDER:
            super().keyPressEvent(event)
        else:
            self.split = min(1.0, max(0.0, self.split + step))
            self.update()

    def _split_at(self, x: float) -> None:
        frame = self.frames()[0]
        self.split = min(1.0, max(0.0, (x - frame.left()) / frame.width()))
        self.update()
