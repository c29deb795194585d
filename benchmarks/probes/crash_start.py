"""`python -m benchmarks.probes.crash_start FOLDER ROUNDS`: seconds of opening after a crash.

Works in a copy of the vault of a benchmark, copies what a kill would leave, with a log of some
hundred saves beside the database, and opens that: all pages, references and the chain's end are
checked. The derivation of the key is told apart, in turn.
"""

import shutil
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from benchmarks.bench import PASSWORD
from benchmarks.figures import round_robin
from benchmarks.probes.reporting import report
from mesodesk.services.desk import open_desk
from mesodesk.vault.keys import measured_seconds
from mesodesk.vault.vault import open_vault

SAVES = 300
CRASHED, CLOSED, DERIVED = "after a crash", "after closing", "derived"


def main(folder: Path, rounds: int) -> None:
    """Print the seconds, and the size of the database in MB."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        crashed = Path(place) / "crashed"
        work = Path(shutil.copytree(folder, Path(place) / "work"))
        with closing(open_desk(open_vault(work, password=PASSWORD))) as desk:
            for turn in range(SAVES):
                desk.drafts.put("benchmark", "", {"note": f"{turn} " + "x" * 200})
            desk.store.vault.write_anchor()
            shutil.copytree(work, crashed)  # nobody writes now: what a kill would leave
            cost = desk.store.vault.key_file.user_slots()[0].cost
        size = (work / "clinic.db").stat().st_size / 1e6
        log = (crashed / "clinic.db-wal").stat().st_size / 1e6
        readings = round_robin(
            {
                CRASHED: lambda: _opening(crashed, Path(place) / "again"),
                CLOSED: lambda: _opening(work, Path(place) / "again"),
                DERIVED: lambda: measured_seconds(cost),
            },
            rounds,
        )
    told: dict[str, object] = {name: each.readings for name, each in readings.items()}
    report({**told, "mb": [size], "log_mb": [log]})


def _opening(template: Path, folder: Path) -> float:
    shutil.copytree(template, folder)
    began = time.perf_counter()
    vault = open_vault(folder, password=PASSWORD)
    seconds = time.perf_counter() - began
    vault.close()
    shutil.rmtree(folder)
    return seconds


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
