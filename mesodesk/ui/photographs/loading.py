"""Reads photographs for the window: decrypted on the database thread, decoded on one beside it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from mesodesk.domain.records.photo import Picture, PreparedPhoto
    from mesodesk.imaging.reading import Pixels
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

SHOWN_PX: Final = 1_800
"""The longer side of what is shown: a screen's width, and little memory."""

Loaded = tuple["Picture", QImage]


class PhotoLoader(QObject):
    """Loads one photograph after the other; only the newest that was asked for is told of."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._asked = 0

    def load(
        self,
        photo_id: UUID,
        done: Callable[[Picture, QImage], object],
        failed: Callable[[Exception], object],
    ) -> None:
        """Have a photograph read; that somebody looked at it is kept."""
        self._asked += 1
        number = self._asked

        def broke(error: Exception) -> None:
            if number == self._asked:
                failed(error)

        def read(picture: Picture) -> None:
            if number == self._asked:
                work = partial(_decoded, picture)
                self._context.jobs.run_aside(self, work, partial(came, picture), broke)

        def came(picture: Picture, pixels: Pixels) -> None:
            if number == self._asked:
                done(picture, as_image(pixels))

        self._context.run(self, partial(_picture, photo_id), read, broke)

    def forget(self) -> None:
        """Tell of nothing that is under way."""
        self._asked += 1


def as_image(pixels: Pixels) -> QImage:
    """Return an image of its own memory, in the form that is painted fastest."""
    lines = QImage(
        pixels.rgb, pixels.width, pixels.height, 3 * pixels.width, QImage.Format.Format_RGB888
    )
    return lines.convertToFormat(QImage.Format.Format_RGB32)


def decoded_of(prepared: PreparedPhoto) -> Pixels:
    """Return one that is not on record yet, as large as it is shown; on a thread beside."""
    from mesodesk.imaging.reading import decoded

    return decoded(prepared.data, prepared.format, SHOWN_PX)


def _picture(photo_id: UUID, desk: Desk) -> Picture:
    return desk.photos.picture(photo_id)


def _decoded(picture: Picture) -> Pixels:
    # Imported on the thread beside: decoding brings a library that no first page needs.
    from mesodesk.imaging.reading import decoded

    return decoded(picture.data, picture.photo.format, SHOWN_PX)
