"""Small photographs under an event: read after the page is painted, in memory only."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QPainter, QPainterPath

from mesodesk.ui import theme

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from PySide6.QtWidgets import QWidget

    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

TILE: Final = QSize(72, 54)
GAP: Final = 6
MOST: Final = 6
"""Of a day with more photographs the first ones are shown; the words say how many there are."""
_AFTER_MS: Final = 60
_KEPT: Final = 240


class PhotoStrip(QObject):
    """Reads thumbnails on the database thread, decodes them beside it, and remembers them.

    Only while the place where they are shown is in sight.
    """

    #: Some that were asked for are there.
    made = Signal()

    def __init__(self, context: Context, place: QWidget) -> None:
        super().__init__(place)
        self._context, self._place = context, place
        self._pictures: dict[UUID, QImage] = {}
        self._asked: set[UUID] = set()
        self._wanted: list[UUID] = []
        self._busy = False
        self._ratio = 1.0
        # The page is painted first: pictures beside that would take twice as long for both.
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_AFTER_MS)
        self._later.timeout.connect(self._read)

    def ask(self, photo_id: UUID, ratio: float) -> QImage | None:
        """Return a photograph in small if it is there; else it comes, and `made` tells."""
        if ratio != self._ratio:
            self._ratio = ratio
            self.forget()
        if photo_id not in self._asked:
            self._asked.add(photo_id)
            self._wanted.append(photo_id)
            self._later.start()
        return self._pictures.get(photo_id)

    def resume(self) -> None:
        """Go on, the place being in sight again."""
        if self._wanted:
            self._later.start()

    def forget(self) -> None:
        """Let go of all pictures: another patient's record is read."""
        self._pictures.clear()
        self._asked.clear()
        self._wanted.clear()

    @Slot()
    def _read(self) -> None:
        if self._wanted and not self._busy and self._place.isVisible():
            self._busy = True
            wanted, self._wanted = tuple(self._wanted), []
            self._context.run(self, partial(_thumbnails, wanted), self._decode, self._failed)

    def _decode(self, found: Mapping[UUID, bytes]) -> None:
        work = partial(small, found, self._ratio)
        self._context.jobs.run_aside(self, work, self._keep, self._failed)

    def _keep(self, pictures: Mapping[UUID, QImage]) -> None:
        if len(self._pictures) + len(pictures) > _KEPT:
            self._pictures.clear()
        # One that nobody asks for any more is another patient's.
        self._pictures.update({key: each for key, each in pictures.items() if key in self._asked})
        self._settled()
        self.made.emit()

    def _failed(self, _error: Exception) -> None:
        self._settled()  # the words say the same

    def _settled(self) -> None:
        self._busy = False
        self.resume()


def small(found: Mapping[UUID, bytes], ratio: float) -> dict[UUID, QImage]:
    """Return thumbnails as tiles, filled to their borders. Touches no widget: on any thread."""
    size = TILE * ratio
    made = {}
    for key, jpeg in found.items():
        whole = QImage.fromData(jpeg)
        if not whole.isNull():
            made[key] = whole.scaled(
                size,
                Qt.AspectRatioMode.KeepAspectRatioByExpanding,
                Qt.TransformationMode.SmoothTransformation,
            )
    return made


def paint_strip(
    painter: QPainter, strip: PhotoStrip, ids: Sequence[UUID], left: float, top: float, width: float
) -> None:
    """Paint as many as there is room for; those that are not read yet are an empty frame."""
    device = painter.device()
    ratio = device.devicePixelRatio() if device is not None else 1.0
    step = TILE.width() + GAP
    for at, photo_id in enumerate(ids[: max(0, int((width + GAP) // step))]):
        box = QRectF(left + at * step, top, TILE.width(), TILE.height())
        shape = QPainterPath()
        shape.addRoundedRect(box, 4, 4)
        painter.fillPath(shape, theme.colour("hover"))
        picture = strip.ask(photo_id, ratio)
        if picture is not None:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setClipPath(shape)
            painter.drawImage(box, picture, _middle(picture, box))
            painter.restore()


def _middle(picture: QImage, box: QRectF) -> QRectF:
    """Return the part of a picture that fills a box, cut alike at both ends."""
    scale = max(box.width() / picture.width(), box.height() / picture.height())
    width, height = box.width() / scale, box.height() / scale
    return QRectF((picture.width() - width) / 2, (picture.height() - height) / 2, width, height)


def _thumbnails(wanted: Sequence[UUID], desk: Desk) -> Mapping[UUID, bytes]:
    return desk.timeline.photo_thumbnails(wanted)
