"""Finishes what keeping a photograph left half done when the program or the power stopped."""

import contextlib
from typing import Final
from uuid import UUID

from sqlalchemy import Engine, text

from mesodesk.db.engine import READ_ONLY
from mesodesk.vault.paths import VaultPaths

_WAITING: Final = text("SELECT subject FROM draft WHERE form = :form")


def sweep(paths: VaultPaths, engine: Engine) -> None:
    """Name the files whose rows were kept, remove those whose were not. One glance if all is well.

    Raises:
        SQLAlchemyError: if the database cannot be read; nothing was touched then.
    """
    if any(paths.photos.glob(".*.new")):
        _sweep_kept(paths, engine)
    if any(paths.photos_waiting.glob("*")):
        _sweep_waiting(paths, engine)


def _sweep_kept(paths: VaultPaths, engine: Engine) -> None:
    # Imported late: every opening comes by here, and hardly one goes on.
    from mesodesk.vault.photo_copies import facts
    from mesodesk.vault.photo_files import PhotoFiles

    with engine.connect().execution_options(**READ_ONLY) as connection:
        known = {fact.photo_id for fact in facts(connection)}
    PhotoFiles(paths.photos).sweep(known)


def _sweep_waiting(paths: VaultPaths, engine: Engine) -> None:
    """Remove what waits for nobody: without its draft it cannot be read."""
    from mesodesk.domain.records.photo import WAITING_FORM
    from mesodesk.vault.photo_files import PhotoFiles

    with engine.connect().execution_options(**READ_ONLY) as connection:
        subjects = connection.execute(_WAITING, {"form": WAITING_FORM}).scalars().all()
    files = PhotoFiles(paths.photos_waiting)
    files.sweep({UUID(each.partition("/")[2]) for each in subjects})
    ours = {UUID(each.partition("/")[2]).hex for each in subjects}
    for path in paths.photos_waiting.glob("*.mesophoto"):
        if path.stem not in ours:
            with contextlib.suppress(OSError):
                path.unlink()
