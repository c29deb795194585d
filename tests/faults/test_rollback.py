"""An older file put back, or the end of the log cut off, is noticed while any other remembers.

A vault is lived in for a while and copied after each life. Then one of its files is replaced by
that of an earlier copy, or the log of the last life is cut or altered, at random.
"""

import random
import shutil
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from cut_oracle import no_pause_left
from figures import ROLLBACKS_UNFOUND
from harness import PASSWORD
from vaults import copy_of

from mesodesk.db.engine import READ_ONLY
from mesodesk.domain.records.patient import BodySex, PatientFields
from mesodesk.services.desk import Desk, open_desk
from mesodesk.vault import keyfile
from mesodesk.vault.audit import chain_head
from mesodesk.vault.errors import VaultError, WrongPasswordError
from mesodesk.vault.keys import password_secret
from mesodesk.vault.slots import open_slot
from mesodesk.vault.vault import open_vault

SEED = "20260405"
LIVES = 8
LATER_PASSWORD = "nine slow barges on the canal"
DATABASE = ("clinic.db", "clinic.db-wal", "clinic.db-shm")
KEYS = ("keys.json", "keys-copy.json")


@dataclass(frozen=True)
class Life:
    """A copy of the vault as a life left it, and how far its records had come."""

    folder: Path
    seq: int


@pytest.fixture(scope="module")
def lives(start, quick_place) -> list[Life]:
    """Copies after each life; the last one ended with a log beside it, the others closed.

    The password is mistyped once between two lives.
    """
    folder = copy_of(start / "vault", quick_place / "lived" / "vault")
    copies = []
    for number in range(LIVES):
        password = PASSWORD if number <= LIVES // 2 else LATER_PASSWORD
        with no_pause_left():
            desk = open_desk(open_vault(folder, password=password))
        live(desk, number)
        with desk.store.vault.engine.connect() as connection:
            seq = chain_head(connection)[0]
        if number == LIVES - 1:
            # Nobody writes now, so this is what a kill would leave; closing folds the log in.
            desk.store.vault.write_anchor()
            copies.append(Life(copy_of(folder, folder.parent / f"life-{number}"), seq))
        desk.close()
        if number == 0:
            with pytest.raises(WrongPasswordError):
                open_vault(folder, password="mistyped altogether")
        if number < LIVES - 1:
            copies.append(Life(copy_of(folder, folder.parent / f"life-{number}"), seq))
    assert (copies[-1].folder / "clinic.db-wal").stat().st_size > 100_000
    return copies


def live(desk: Desk, number: int) -> None:
    """Enter patients; once the password is changed."""
    for turn in range(4):
        born = date(1980, 1 + number, 1 + turn)
        desk.patients.create(PatientFields(f"Name {number}", "Ada", born, BodySex.FEMALE))
    if number == LIVES // 2:
        with no_pause_left():
            desk.access.change_password(PASSWORD, LATER_PASSWORD)


def put_back(names: tuple[str, ...], older: Life, folder: Path) -> None:
    for name in names:
        (folder / name).unlink(missing_ok=True)
        if (older.folder / name).exists():
            shutil.copy(older.folder / name, folder / name)


def harm(folder: Path, lives: list[Life], dice: random.Random) -> str:
    """Put something older in place; return what was done."""
    kind = dice.choice(["database", "database and keys", "keys", "attempts", "cut", "flip"])
    older = dice.choice(lives[:-1])
    log = folder / "clinic.db-wal"
    data = bytearray(log.read_bytes())
    at = dice.randrange(32, len(data))
    match kind:
        case "database":
            put_back(DATABASE, older, folder)
        case "database and keys":
            put_back(DATABASE + KEYS, older, folder)
        case "keys":
            older = dice.choice(lives[: LIVES // 2])  # before the password was changed
            put_back(KEYS, older, folder)
        case "attempts":
            (folder / "attempts.json").unlink()
        case "cut":
            log.write_bytes(data[:at])
        case "flip":
            data[at] ^= 1 << dice.randrange(8)
            log.write_bytes(data)
    return f"{kind} of {older.folder.name}, byte {at}"


def is_noticed(folder: Path, newest: Life) -> bool:
    """Open as people would; whether they are told, or nothing was lost."""
    password = PASSWORD if opens_with(folder, PASSWORD) else LATER_PASSWORD
    with no_pause_left():
        try:
            vault = open_vault(folder, password=password)
        except VaultError as error:
            return bool(error.sentence)
    with closing(vault), vault.engine.connect().execution_options(**READ_ONLY) as asked:
        before = "SELECT count(*) FROM audit_entry WHERE boot_id <> ?"
        kept = asked.exec_driver_sql(before, (vault.audit.boot_id,)).scalar()
        is_told = any(one.area in {"history", "keys", "audit"} for one in vault.findings)
    return is_told or (kept == newest.seq and password == LATER_PASSWORD)


def opens_with(folder: Path, password: str) -> bool:
    key_file = keyfile.load(folder).key_file
    secret = password_secret(password)
    slots = key_file.user_slots()
    return any(open_slot(key_file.vault_id, slot, secret) is not None for slot in slots)


def hold(lives, place, turns: int, seed: str) -> list[str]:
    """Do so many harms, each on a fresh copy; return those that nobody noticed."""
    print(f"seed {seed}")
    dice = random.Random(seed)
    missed = []
    for turn in range(turns):
        folder = copy_of(lives[-1].folder, place / "harmed")
        what = harm(folder, lives, dice)
        if not is_noticed(folder, lives[-1]):
            missed.append(f"{turn}: {what}")
        shutil.rmtree(folder)
    print(*missed, sep="\n")
    return missed


def test_an_older_file_put_back_is_noticed(lives, place, figure):
    missed = hold(lives, place, 60, SEED)
    figure(ROLLBACKS_UNFOUND, len(missed), of=60)
    assert missed == []


@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_thousand_older_files_put_back_are_noticed(lives, place, figure):
    missed = hold(lives, place, 1000, f"{SEED}/long")
    figure(ROLLBACKS_UNFOUND, len(missed), of=1000)
    assert missed == []


@pytest.mark.parametrize("number", [0, LIVES - 3])
def test_where_everything_that_remembers_is_put_back_too_nothing_is_noticed(lives, place, number):
    """The control: it is what another file remembers that tells, and nothing else."""
    everything = (*DATABASE, *KEYS, "attempts.json", "anchor.json")
    folder = copy_of(lives[-1].folder, place / "harmed")
    put_back(everything, lives[number], folder)
    assert not is_noticed(folder, lives[-1])


def test_what_was_not_touched_raises_no_alarm(lives, place):
    folder = copy_of(lives[-1].folder, place / "untouched")
    with no_pause_left(), closing(open_vault(folder, password=LATER_PASSWORD)) as vault:
        assert vault.findings == ()
