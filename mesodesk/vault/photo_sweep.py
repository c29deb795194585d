"""Finishes what keeping a photograph left half done when the program or the power stopped."""

from sqlalchemy import Engine

from mesodesk.db.engine import READ_ONLY
from mesodesk.vault.paths import VaultPaths


def sweep(paths: VaultPaths, engine: Engine) -> None:
    """Name the files whose rows were kept, remove those whose were not. One glance if all is well.

    Raises:
        SQLAlchemyError: if the database cannot be read; nothing was touched then.
    """
    if not any(paths.photos.glob(".*.new")):
        return
    # Imported late: every opening comes by here, and hardly one goes on.
    from mesodesk.vault.photo_copies import facts
    from mesodesk.vault.photo_files import PhotoFiles

    with engine.connect().execution_options(**READ_ONLY) as connection:
        known = {fact.photo_id for fact in facts(connection)}
    PhotoFiles(paths.photos).sweep(known)
