"""`python -m benchmarks.probes.long_chain FOLDER ENTRIES`: seconds of verifying an audit chain.

Entries and the signatures under them, as the window does it.

A new vault is filled with so many entries, in transactions of ten thousand. Beside it the digests
alone, computed over as many bytes.
"""

import hmac
import shutil
import sys
import time
from contextlib import closing
from pathlib import Path

from benchmarks.bench import PASSWORD
from benchmarks.probes.reporting import report
from mesodesk.db.engine import READ_ONLY
from mesodesk.domain.ids import new_id
from mesodesk.vault.audit import AuditFact, verify_chain
from mesodesk.vault.keys import KdfCost
from mesodesk.vault.open_vault import OpenVault
from mesodesk.vault.owner import NewOwner
from mesodesk.vault.recovery import RecoveryKey
from mesodesk.vault.span_checks import verify_spans
from mesodesk.vault.vault import create_vault

AT_ONCE = 10_000
ENTRY_BYTES = 500


def main(folder: Path, entries: int) -> None:
    """Print the seconds of the verifying and of the digests, and what was found."""
    vault = create_vault(
        folder,
        owner=NewOwner("Owner"),
        password=PASSWORD,
        cost=KdfCost.floor(),
        recovery_key=RecoveryKey.new(),
    )
    with closing(vault):
        _fill(vault, entries)
        with vault.engine.connect().execution_options(**READ_ONLY) as connection:
            began = time.perf_counter()
            findings = verify_chain(connection, vault.keys)
            findings += verify_spans(connection, vault.vault_id)
            verified = time.perf_counter() - began
        size = vault.paths.database.stat().st_size / 1e6
    shutil.rmtree(folder)
    told = (verified, _digests(entries), float(len(findings)), size)
    report(dict(zip(("verified", "digests", "found", "mb"), ([one] for one in told), strict=True)))


def _fill(vault: OpenVault, entries: int) -> None:
    fact = AuditFact(
        vault.user_id,
        vault.user_name,
        "patient.view",
        "patient",
        new_id(),
        details={"first": True},
        actor_role="therapist",
    )
    for begin in range(0, entries, AT_ONCE):
        with vault.engine.begin() as connection:
            for _ in range(min(AT_ONCE, entries - begin)):
                vault.audit.append(connection, fact)


def _digests(entries: int) -> float:
    data, key = bytes(ENTRY_BYTES), bytes(32)
    began = time.perf_counter()
    for _ in range(entries):
        hmac.digest(key, data, "sha256")
    return time.perf_counter() - began


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
