"""`python -m benchmarks.probes.backing_up FOLDER ROUNDS`: seconds of a backup, read back and named.

Beside it, in turn, the bytes of the database copied and synced by the system alone.
"""

import os
import shutil
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from benchmarks.bench import PASSWORD
from benchmarks.figures import round_robin
from benchmarks.probes.reporting import report
from mesodesk.domain.clock import SystemClock
from mesodesk.vault.backing_up import FolderTarget, back_up
from mesodesk.vault.open_vault import OpenVault
from mesodesk.vault.vault import open_vault

VERIFIED, COPIED = "verified", "copied"


def main(folder: Path, rounds: int) -> None:
    """Print the seconds, and the size of a backup in MB."""
    with (
        tempfile.TemporaryDirectory(dir=folder.parent) as place,
        closing(open_vault(folder, password=PASSWORD)) as vault,
    ):
        target = FolderTarget(Path(place))
        sizes: list[int] = []
        readings = round_robin(
            {
                VERIFIED: lambda: _backup(vault, target, sizes),
                COPIED: lambda: _copy(folder / "clinic.db", Path(place) / "copy"),
            },
            rounds,
        )
    told: dict[str, object] = {name: each.readings for name, each in readings.items()}
    report({**told, "mb": [sizes[-1] / 1e6]})


def _backup(vault: OpenVault, target: FolderTarget, sizes: list[int]) -> float:
    began = time.perf_counter()
    made = back_up(vault, target, reason="benchmark", clock=SystemClock())
    seconds = time.perf_counter() - began
    sizes.append(made.size)
    made.path.unlink()
    return seconds


def _copy(path: Path, to: Path) -> float:
    began = time.perf_counter()
    shutil.copyfile(path, to)
    with to.open("rb+") as stream:
        os.fsync(stream.fileno())
    return time.perf_counter() - began


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
