"""`python -m benchmarks.probes.seed FOLDER PATIENTS SESSIONS`: a vault for the benchmarks.

Up to 200 of the sessions are of the first patient, whose record number is 00001. That patient also
has a session in draft, begun now, with a syringe drawn up.
"""

import sys
from decimal import Decimal
from pathlib import Path

from benchmarks.bench import PASSWORD
from mesodesk.demo.seed import seed_clinic
from mesodesk.domain.clock import local_date
from mesodesk.domain.records.session import ComponentFields, SyringeFields
from mesodesk.domain.records.stock import LotFields
from mesodesk.services.desk import Desk, open_desk
from mesodesk.vault.vault import open_vault

REGULAR = 200
FIRST_PATIENT = "00001"


def main(folder: Path, patients: int, sessions: int) -> None:
    """Make the vault, then begin a session in it."""
    seed_clinic(
        folder,
        password=PASSWORD,
        patients=patients,
        sessions=sessions,
        seed=20,
        say=_say,
        regular=min(sessions, REGULAR),
    )
    desk = open_desk(open_vault(folder, password=PASSWORD))
    try:
        if patients:
            _begin_session(desk)
    finally:
        desk.close()


def _begin_session(desk: Desk) -> None:
    hits = desk.patients.search(FIRST_PATIENT)
    patient = next(hit for hit in hits if hit.record_number == FIRST_PATIENT)
    product = next(each for each in desk.catalogue.products() if each.starter_id == "carnitine_200")
    today = local_date(desk.store.clock.now(), "UTC")
    lot = desk.catalogue.add_lot(
        product.id, LotFields("BENCH-1", today.replace(year=today.year + 1, day=1), today)
    )
    session = desk.sessions.start(patient.id)
    typed = SyringeFields(1, "Sample", (ComponentFields(lot.id, Decimal(10)),))
    desk.sessions.put_syringe(session.id, session.version, typed)


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
