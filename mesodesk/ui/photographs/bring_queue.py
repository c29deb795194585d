"""Photographs that were brought for a patient and are not on record yet.

Each is set aside, encrypted, as soon as it was looked through: a lock, another person or a crash
loses none. Only whoever brought it is offered it again.
"""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice, QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from uuid import UUID

    from PySide6.QtGui import QImage

    from mesodesk.domain.records.photo import (
        PhotoFields,
        PhotoRecord,
        PhotosWaiting,
        PreparedPhoto,
        WaitingPhoto,
    )
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context


class Brought:
    """One that waits. Its id is set on the database thread, once it is set aside."""

    def __init__(self, name: str, prepared: PreparedPhoto, waiting_id: UUID | None = None) -> None:
        self.name, self.prepared, self.waiting_id = name, prepared, waiting_id


class BringQueue(QObject):
    """Those of one patient, the first in turn; what is brought comes behind."""

    #: What waits, or is being read, is another now.
    changed = Signal()
    #: (name, error): this one was not taken.
    refused = Signal(str, object)
    #: (name, error): this one waits in memory only.
    unsafe = Signal(str, object)
    #: (PhotosWaiting): what was brought before is offered again.
    offered = Signal(object)

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._patient_id: UUID | None = None
        self._number = 0
        self.reading = 0
        self.waiting: deque[Brought] = deque()

    @property
    def first(self) -> Brought | None:
        """The one whose turn it is."""
        return self.waiting[0] if self.waiting else None

    @property
    def left(self) -> int:
        """How many are to be decided on, those included that are being read."""
        return len(self.waiting) + self.reading

    def be_about(self, patient_id: UUID) -> bool:
        """Be about a patient, and tell whether it was another one before.

        What waits of that one stays set aside; it is never kept for this one.
        """
        if patient_id == self._patient_id:
            return False
        self._patient_id = patient_id
        self._number += 1
        self.reading = 0
        self.waiting.clear()
        work = partial(_of_patient, patient_id)
        self._context.run(self, work, partial(self._offered, self._number))
        self.changed.emit()
        return True

    def _offered(self, number: int, found: PhotosWaiting) -> None:
        if number == self._number and (found.waiting or found.lost):
            self.waiting.extendleft(reversed([_brought(each) for each in found.waiting]))
            self.offered.emit(found)
            self.changed.emit()

    # Bringing

    def bring_files(self, paths: Sequence[Path]) -> None:
        """Have files looked through, stripped and decoded, beside the window."""
        for path in paths:
            self._read(path.name, partial(_read_file, path))

    def bring_image(self, name: str, image: QImage) -> None:
        """Bring what was copied as a picture, which has no file."""
        self._read(name, partial(_prepared, _as_png(image)))

    def _read(self, name: str, work: Callable[[], PreparedPhoto]) -> None:
        self.reading += 1
        self.changed.emit()
        came = partial(self._came, self._number, name)
        self._context.jobs.run_aside(self, work, came, partial(self._broke, self._number, name))

    def _came(self, number: int, name: str, prepared: PreparedPhoto) -> None:
        if number != self._number or self._patient_id is None:
            return  # it was brought for the patient before
        self.reading -= 1
        brought = Brought(name, prepared)
        self.waiting.append(brought)
        work = partial(_set_aside, self._patient_id, brought)
        self._context.write(self, work, None, partial(self._not_aside, number, name))
        self.changed.emit()

    def _broke(self, number: int, name: str, error: Exception) -> None:
        if number == self._number:
            self.reading -= 1
            self.changed.emit()
            self.refused.emit(name, error)

    def _not_aside(self, number: int, name: str, error: Exception) -> None:
        if number == self._number:
            self.unsafe.emit(name, error)

    # Deciding

    def leave_out(self) -> None:
        """Let go of the first one."""
        if self.waiting and self._patient_id is not None:
            brought = self.waiting.popleft()
            self._context.write(self, partial(_discard, self._patient_id, brought))
            self.changed.emit()

    def keep(
        self,
        fields: PhotoFields,
        kept: Callable[[PhotoRecord], object],
        failed: Callable[[Exception], object],
    ) -> None:
        """Keep the first one; `kept` is not called if another patient is shown by then."""
        if self.first is not None and self._patient_id is not None:
            work = partial(_keep, self._patient_id, self.first, fields)
            done = partial(self._kept, self._number, kept)
            self._context.write(self, work, done, failed)

    def _kept(
        self, number: int, kept: Callable[[PhotoRecord], object], record: PhotoRecord
    ) -> None:
        if number == self._number:
            self.waiting.popleft()
            self.changed.emit()
            kept(record)


def _brought(each: WaitingPhoto) -> Brought:
    return Brought(each.name, each.prepared, each.id)


def _as_png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # PySide6 types the form as bytes
    return bytes(buffer.data().data())


def _read_file(path: Path) -> PreparedPhoto:
    # Imported on the thread beside: decoding brings a library that no first page needs.
    from mesodesk.imaging.reading import read_file

    return read_file(path)


def _prepared(data: bytes) -> PreparedPhoto:
    from mesodesk.imaging.reading import prepared

    return prepared(data)


def _of_patient(patient_id: UUID, desk: Desk) -> PhotosWaiting:
    return desk.photos_waiting.of_patient(patient_id)


def _set_aside(patient_id: UUID, brought: Brought, desk: Desk) -> None:
    brought.waiting_id = desk.photos_waiting.put(patient_id, brought.name, brought.prepared)


def _discard(patient_id: UUID, brought: Brought, desk: Desk) -> None:
    if brought.waiting_id is not None:
        desk.photos_waiting.discard(patient_id, brought.waiting_id)


def _keep(patient_id: UUID, brought: Brought, fields: PhotoFields, desk: Desk) -> PhotoRecord:
    return desk.photos.keep(patient_id, brought.prepared, fields, brought.waiting_id)
