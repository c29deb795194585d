"""Reads and writes favourites for the widgets that show them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from collections.abc import Callable

    from mesodesk.domain.favourites import FavouriteContent
    from mesodesk.domain.records.favourite import FavouriteRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

    Done = Callable[[FavouriteRecord], object]
    Failed = Callable[[Exception], object]


class FavouriteStore(QObject):
    """One's own favourites and the clinic's. `done` and `failed` are called on the UI thread."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context

    def read(
        self, done: Callable[[tuple[FavouriteRecord, ...]], object], failed: Failed | None = None
    ) -> None:
        """Read all that are not archived, by name."""
        self._context.run(self, _all, done, failed)

    def save(
        self,
        name: str,
        content: FavouriteContent,
        *,
        of_clinic: bool,
        done: Done,
        failed: Failed,
    ) -> None:
        """Keep a new one."""
        work = partial(_save, name=name, content=content, of_clinic=of_clinic)
        self._context.write(self, work, done, failed)

    def rename(self, record: FavouriteRecord, name: str, done: Done, failed: Failed) -> None:
        """Call one something else."""
        self._context.write(self, partial(_rename, record=record, name=name), done, failed)

    def archive(self, record: FavouriteRecord, done: Done, failed: Failed) -> None:
        """Take one out of the list."""
        self._context.write(self, partial(_archive, record=record), done, failed)

    def restore(self, record: FavouriteRecord, done: Done, failed: Failed) -> None:
        """Bring an archived one back."""
        self._context.write(self, partial(_restore, record=record), done, failed)


def _all(desk: Desk) -> tuple[FavouriteRecord, ...]:
    return desk.favourites.all()


def _save(desk: Desk, *, name: str, content: FavouriteContent, of_clinic: bool) -> FavouriteRecord:
    return desk.favourites.save(name, content, of_clinic=of_clinic)


def _rename(desk: Desk, *, record: FavouriteRecord, name: str) -> FavouriteRecord:
    return desk.favourites.rename(record.id, record.version, name)


def _archive(desk: Desk, *, record: FavouriteRecord) -> FavouriteRecord:
    return desk.favourites.archive(record.id, record.version)


def _restore(desk: Desk, *, record: FavouriteRecord) -> FavouriteRecord:
    return desk.favourites.restore(record.id, record.version)
