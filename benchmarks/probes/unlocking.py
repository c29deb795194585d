"""`python -m benchmarks.probes.unlocking FOLDER`: seconds of opening a vault by its password.

The vault is new and empty, its password as dear as it is made on this machine. In turn, one
derivation alone. The folder must not exist; it is removed again.
"""

import shutil
import sys
import time
from pathlib import Path

from benchmarks.bench import PASSWORD
from benchmarks.figures import round_robin
from benchmarks.probes.reporting import report
from mesodesk.domain.records.clinic import ClinicFields
from mesodesk.services.desk import open_desk
from mesodesk.services.new_desk import create_desk
from mesodesk.vault.keys import KdfCost, measured_seconds
from mesodesk.vault.owner import NewOwner
from mesodesk.vault.recovery import RecoveryKey
from mesodesk.vault.vault import open_vault

ROUNDS = 21
OPENED, DERIVED = "opened", "derived"


def main(folder: Path, rounds: int) -> None:
    """Print the seconds of each opening and of each derivation, and the memory of one."""
    cost = KdfCost.fitted()
    fields = ClinicFields(name="Clinic", jurisdiction="ES", zone="Europe/Madrid")
    create_desk(
        folder,
        fields,
        owner=NewOwner("Owner", "O"),
        password=PASSWORD,
        recovery_key=RecoveryKey.new(),
        cost=cost,
    ).close()
    cases = {OPENED: lambda: _opening(folder), DERIVED: lambda: measured_seconds(cost)}
    readings = round_robin(cases, rounds)
    shutil.rmtree(folder)
    told: dict[str, object] = {name: each.readings for name, each in readings.items()}
    report({**told, "mib": [cost.memory_kib / 1024]})


def _opening(folder: Path) -> float:
    began = time.perf_counter()
    desk = open_desk(open_vault(folder, password=PASSWORD))
    seconds = time.perf_counter() - began
    desk.close()
    return seconds


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if sys.argv[2:] else ROUNDS)
