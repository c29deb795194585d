"""Opens the vault of a benchmark for a probe."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.bench import PASSWORD
from mesodesk.services.desk import Desk, open_desk
from mesodesk.vault.vault import open_vault


@contextmanager
def opened(folder: Path) -> Iterator[Desk]:
    """Open the desk of a vault and close it at the end of the block."""
    desk = open_desk(open_vault(folder, password=PASSWORD))
    try:
        yield desk
    finally:
        desk.close()
