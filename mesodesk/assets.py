"""Finds the files under `resources/`, in a checkout and in an installed wheel alike."""

from functools import cache
from pathlib import Path


@cache
def resources() -> Path:
    """Return the folder that holds `bodymap/`, `clinical/`, `fonts/` and the like.

    Raises:
        FileNotFoundError: if the installation carries no resources.
    """
    package = Path(__file__).resolve().parent
    for folder in (package / "resources", package.parent / "resources"):
        if folder.is_dir():
            return folder
    raise FileNotFoundError("the installation is incomplete: its resources folder is missing")
