"""Keep a small vault of the schema as it is now, for later versions to be tried on.

Usage: python tools/golden_vault.py tests/data/schemas
Writes NNNN.zip, named by the newest revision: the vault's folder, and `opens-with.json`. Run it
before a migration is added; what was written once is never made again. Nobody in it is real.
"""

import json
import sys
import tempfile
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from mesodesk.db.upgrade import head_revision
from mesodesk.demo.clock import DemoClock
from mesodesk.demo.seed import seed_clinic
from mesodesk.demo.team import add_colleagues
from mesodesk.domain.favourites import FavouriteContent
from mesodesk.domain.records.session import ComponentFields, SyringeFields
from mesodesk.services.desk import Desk, open_desk
from mesodesk.vault.keys import KdfCost
from mesodesk.vault.vault import open_vault

PASSWORD = "seven quiet herons at noon"  # noqa: S105  guards nothing
DAY = date(2026, 3, 1)


def main(folder: str) -> int:
    target = Path(folder) / f"{head_revision()}.zip"
    if target.exists():
        print(f"{target} is there already")
        return 1
    with tempfile.TemporaryDirectory() as scratch:
        vault = Path(scratch) / "vault"
        seed_clinic(
            vault,
            password=PASSWORD,
            patients=6,
            sessions=3,
            seed=1,
            say=print,
            day=DAY,
            cost=KdfCost.for_tests(),
        )
        keys = _add_the_rest(vault)
        target.parent.mkdir(parents=True, exist_ok=True)
        _pack(vault, {"password": PASSWORD, **keys}, target)
    print(f"{target}: {target.stat().st_size:,} bytes")
    return 0


def _add_the_rest(folder: Path) -> dict[str, str]:
    """Add what a synthetic clinic has none of; return the keys of the database."""
    clock = DemoClock(datetime(DAY.year, DAY.month, DAY.day, 9, tzinfo=UTC))
    desk = open_desk(open_vault(folder, password=PASSWORD, clock=clock), clock)
    try:
        add_colleagues(desk, PASSWORD, KdfCost.for_tests(), clock.now())
        (patient_id, session_id) = _somebody_treated(desk)
        desk.sessions.add_addendum(session_id, "Called: all well.")
        desk.sessions.add_addendum(session_id, "Called again.")
        begun = desk.sessions.start(patient_id)
        lot = next(each for each in desk.catalogue.lots() if each.can_be_drawn)
        drawn = SyringeFields(1, "", (ComponentFields(lot.id, Decimal("0.5")),))
        desk.sessions.put_syringe(begun.id, begun.version, drawn)
        desk.favourites.save("Empty", FavouriteContent("none", (), ()), of_clinic=True)
        desk.drafts.put("new_patient", "", {"family_name": "Half a na"})
        keys = desk.store.vault.keys
        return {"data_key": keys.data_key.hex(), "salt": keys.salt.hex()}
    finally:
        desk.close()


def _somebody_treated(desk: Desk) -> tuple[UUID, UUID]:
    for hit in desk.patients.search(""):
        for session in desk.sessions.for_patient(hit.id):
            return hit.id, session.id
    raise LookupError("nobody was treated")


def _pack(vault: Path, opens_with: dict[str, str], target: Path) -> None:
    with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("opens-with.json", json.dumps(opens_with, indent=1))
        for path in sorted(vault.iterdir()):
            packed.write(path, f"vault/{path.name}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
