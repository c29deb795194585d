"""One damaged page costs what lies on it, is told in plain words, and nothing else is misread."""

import random
import shutil
import tempfile
from collections import Counter
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from harness import PASSWORD
from sqlalchemy import event, text
from sqlalchemy.exc import SQLAlchemyError

from mesodesk.db import engine as db_engine
from mesodesk.db.engine import PAGE_BYTES, READ_ONLY
from mesodesk.db.errors import StorageTrouble, translate
from mesodesk.domain.records.patient import BodySex, PatientFields
from mesodesk.services.desk import open_desk
from mesodesk.vault.errors import DamagedError
from mesodesk.vault.vault import open_vault

SEED = 20260403
PATIENTS = 120
NOTE = "told at length " * 30


@pytest.fixture(scope="module")
def many(start, quick_place):
    """A closed vault with many patients, whose rows fill pages of their own."""
    folder = quick_place / "many"
    shutil.copytree(start / "vault", folder)
    desk = open_desk(open_vault(folder, password=PASSWORD))
    ids = [
        desk.patients.create(
            PatientFields(f"Name {at}", "Ada", date(1980, 1, 1), BodySex.FEMALE, note=NOTE)
        ).id
        for at in range(PATIENTS)
    ]
    desk.close()
    return folder, ids


def flip(path, page, at):
    """Turn one bit of a page, counted from 1."""
    with path.open("r+b") as stream:
        stream.seek((page - 1) * PAGE_BYTES + at)
        byte = stream.read(1)[0]
        stream.seek(-1, 1)
        stream.write(bytes([byte ^ 1]))


def last_pages(folder) -> list[int]:
    """Return the pages that were written last: among them those with rows of patients."""
    count = (folder / "clinic.db").stat().st_size // PAGE_BYTES
    return list(range(count - 60, count))


def read_all(desk, ids) -> Counter:
    """Ask for every patient, one after the other; count what people are told."""
    told = Counter()
    for patient_id in ids:
        try:
            with desk.store.vault.engine.connect().execution_options(**READ_ONLY) as connection:
                asked = text("SELECT note FROM patient WHERE id = :id")
                note = connection.execute(asked, {"id": patient_id.bytes}).scalar()
        except (SQLAlchemyError, MemoryError) as error:
            told[translate(error).trouble] += 1
        else:
            told["read" if note == NOTE.strip() else "wrong"] += 1
    return told


@pytest.fixture
def damaged(many, place):
    """A copy with two bad pages, at places that opening does not read, and who is in it."""
    template, ids = many
    dice = random.Random(SEED)
    print(f"seed {SEED}")
    for turn in range(20):
        folder = Path(shutil.copytree(template, place / f"vault-{turn}"))
        for page in dice.sample(last_pages(folder), 2):
            flip(folder / "clinic.db", page, dice.randrange(PAGE_BYTES))
        if opens(folder):
            return folder, ids
    raise AssertionError("opening reads every page")


def opens(folder) -> bool:
    """Tell whether a vault opens in spite of its bad pages; the folder is as it was afterwards."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as trial:
        copy = shutil.copytree(folder, Path(trial) / "vault")
        try:
            open_vault(copy, password=PASSWORD).close()
        except DamagedError:
            return False
    return True


def test_two_bad_pages_cost_only_what_lies_on_them(damaged):
    folder, ids = damaged
    with closing(open_desk(open_vault(folder, password=PASSWORD))) as desk:
        told = read_all(desk, ids)
    print(dict(told))
    assert told["wrong"] == 0
    assert 0 < told[StorageTrouble.DAMAGED] < PATIENTS / 8
    assert told["read"] + told[StorageTrouble.DAMAGED] == PATIENTS


def test_on_a_connection_that_is_kept_good_pages_are_taken_for_bad(damaged):
    folder, ids = damaged
    told = {}
    for kept in (True, False):
        with closing(open_desk(open_vault(folder, password=PASSWORD))) as desk:
            if kept:
                event.remove(desk.store.vault.engine, "handle_error", db_engine._drop_poisoned)
            told[kept] = read_all(desk, ids)[StorageTrouble.DAMAGED]
    print(told)
    assert told[True] > told[False]
