"""The power goes off anywhere: what was called kept is there, whole, and the vault opens.

Recorded runs of the real desk on the real encrypted database, with key file, anchor and count of
wrong passwords; see cut_replay.py for what a cut leaves. Each control breaks the program's promise
on purpose, and must be found. The key may be changed: after each cut one of the two opens. And
whatever is listed as a backup is one: all of it is read back.
"""

import random

import pytest
from cut_oracle import Broken
from cut_replay import Cut, Disk, images, read_log
from cut_runs import Cuts, Job, record
from cut_story import story_of
from figures import CUTS_LOST
from kept_schemas import OLDER

SEED = "20260401"


FAULTS = {
    "OFF": "hour",
    "unsynced-files": "hour",
    "half-saves": "hour",
    "unsynced-backups": "backups",
    "unsynced-photos": "visit",
    "next-key-alone": "key",
}
"""Promises that are broken on purpose, and in what."""


@pytest.fixture(scope="module")
def nothing(quick_place):
    """A folder in which no vault was made yet."""
    folder = quick_place / "nothing"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def recorded(library, start, nothing, quick_place):
    """Everything that is recorded from a sound clinic on, noted call by call."""
    controls = [Job(what, start, fault) for fault, what in FAULTS.items()]
    sound = [Job(what, start) for what in ("day", "backups", "key")]
    jobs = [*sound, Job("first", nothing), *controls]
    made = record(library, quick_place / "recorded", *jobs)
    return dict(zip(("day", "backups", "key", "first", *FAULTS), made, strict=True))


@pytest.fixture(scope="module")
def day(recorded):
    """A day at the desk."""
    return recorded["day"]


@pytest.fixture
def crashed(day, place):
    """What a cut in the midst of a day leaves: a database with a log that is not folded in."""
    ops = read_log(day.log)
    (at,) = (index for index, op in enumerate(ops) if op.kind == "M" and is_signing(op.mark))
    ((_, image),) = images(ops, day.root, day.start, [Cut(at, "torn", SEED)], place)
    assert (image / "vault" / "clinic.db-wal").stat().st_size > 0
    return image


def files_below(folder):
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def is_signing(mark) -> bool:
    return mark.get("name") == "sign"


def test_the_log_of_a_run_is_complete(day, place):
    ops = read_log(day.log)
    disk = Disk(day.root, day.start)
    for op in ops:
        disk.apply(op)
    disk.cut(place / "end", "all", random.Random(SEED))
    assert files_below(place / "end" / "vault") == files_below(day.root / "vault")
    story = story_of(op.mark for op in ops if op.kind == "M")
    # A day on which nothing happens would survive anything.
    assert story.kept >= 60
    assert sum(op.kind == "S" for op in ops) >= 100
    assert sum(op.kind == "R" for op in ops) >= 8


def test_two_hundred_cuts_of_a_day_lose_nothing(day, trial, figure):
    found = trial(day, cuts=200)
    figure(CUTS_LOST, len(found.broken), of=found.cuts)
    assert found.broken == []
    assert (found.cuts, found.kept >= 200 * 20) == (200, True)


def test_thirty_cuts_amid_photographs_leave_each_with_its_file(day, trial, figure):
    found = trial(day, cuts=30, within="photographs")
    figure(CUTS_LOST, len(found.broken), of=found.cuts)
    assert found.broken == []
    assert found.cuts == 30


def test_fifty_cuts_after_a_cut_lose_nothing(library, crashed, place, trial, figure):
    (recording,) = record(library, place / "after", Job("crash", crashed))
    found = trial(recording, cuts=50)
    figure(CUTS_LOST, len(found.broken), of=found.cuts)
    assert found.broken == []
    assert found.cuts == 50


def test_fifty_cuts_of_the_first_day_leave_a_whole_vault_or_none(recorded, trial, figure):
    found = trial(recorded["first"], cuts=50)
    figure(CUTS_LOST, len(found.broken), of=found.cuts)
    assert found.broken == []
    assert (found.cuts, found.kept > 0) == (50, True)


def test_thirty_cuts_amid_backups_leave_no_half_backup_in_the_list(recorded, trial, figure):
    found = trial(recorded["backups"], cuts=30, within="backup")
    figure(CUTS_LOST, len(found.broken), of=found.cuts)
    assert found.broken == []
    assert (found.cuts, found.kept > 0) == (30, True)


def test_thirty_cuts_amid_a_change_of_the_key_leave_a_key_that_opens(recorded, trial, figure):
    before = (recorded["key"].start / "vault" / "clinic.db").read_bytes()[:16].hex()
    for within, cuts in (("key", 24), ("new key", 6)):
        found = trial(recorded["key"], cuts=cuts, within=within)
        figure(CUTS_LOST, len(found.broken), of=found.cuts)
        assert found.broken == []
        assert found.cuts == cuts
        # Each database begins with a salt of its own, which comes and goes with its key.
        assert (before in found.salts) is (within == "key")


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_five_hundred_cuts_amid_a_change_of_the_key_leave_a_key_that_opens(
    library, start, place, trial, figure
):
    (recording,) = record(library, place / "recorded", Job("key", start))
    for turn, (cuts, within) in enumerate(((500, "key"), (100, ""))):
        found = trial(recording, cuts=cuts, within=within, seed=f"20260404/{turn}")
        figure(CUTS_LOST, len(found.broken), of=found.cuts)
        print(f"databases found, by key: {sorted(found.salts.values())}")
        assert found.broken == []
        assert (found.cuts, len(found.salts)) == (cuts, 2)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_five_hundred_cuts_amid_backups_leave_no_half_backup_in_the_list(
    library, start, place, trial, figure
):
    (recording,) = record(library, place / "recorded", Job("backups", start))
    for turn, (cuts, within) in enumerate(((500, "backup"), (100, ""))):
        found = trial(recording, cuts=cuts, within=within, seed=f"20260405/{turn}")
        figure(CUTS_LOST, len(found.broken), of=found.cuts)
        assert found.broken == []
        assert found.cuts == cuts


@pytest.mark.long
@pytest.mark.parametrize("revision", OLDER)
def test_forty_cuts_amid_an_upgrade_leave_every_row(
    library, golden, place, trial, figure, revision
):
    start = golden(revision).folder.parent
    (recording,) = record(library, place / "recorded", Job("upgrade", start))
    found = trial(recording, cuts=40, within="upgrade")
    figure(CUTS_LOST, len(found.broken), of=found.cuts)
    assert found.broken == []
    assert found.cuts == 40


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("turn", range(10))
def test_ten_thousand_cuts_lose_nothing(
    library, start, nothing, crashed, place, trial, turn, figure
):
    jobs = (Job("day", start), Job("crash", crashed), Job("first", nothing))
    recordings = record(library, place / "recorded", *jobs)
    for recording, cuts in zip(recordings, (700, 200, 100), strict=True):
        found = trial(recording, cuts=cuts, seed=f"{SEED}/{turn}")
        figure(CUTS_LOST, len(found.broken), of=found.cuts)
        assert found.broken == []
        assert found.cuts == cuts


# Controls


def test_without_syncing_a_quarter_of_the_cuts_corrupt_the_database(recorded, trial):
    found = trial(recorded["OFF"], cuts=40)
    corrupt = sum(any(how[1] in "abf" for how in one["how"]) for one in found.broken)
    print(f"corrupt with synchronous=OFF: {corrupt} of {found.cuts}")
    assert corrupt >= found.cuts / 4


def test_files_that_are_renamed_but_not_synced_are_lost(recorded, trial):
    found = trial(recorded["unsynced-files"], cuts=24)
    assert found.promises()["c"] > 0


def test_what_is_kept_in_two_transactions_is_found_by_halves(recorded, trial):
    found = trial(recorded["half-saves"], cuts=24)
    assert found.promises()["d"] > 0


def test_a_backup_that_gets_its_name_unsynced_is_found(recorded, trial):
    found = trial(recorded["unsynced-backups"], cuts=12)
    assert any("is no backup" in how for one in found.broken for how in one["how"])


def test_a_photograph_whose_file_was_never_synced_is_found(recorded, trial):
    found = trial(recorded["unsynced-photos"], cuts=16, within="photographs")
    assert any("has no whole file" in how for one in found.broken for how in one["how"])


def test_a_key_file_that_is_ahead_of_the_database_locks_everybody_out(recorded, trial):
    found = trial(recorded["next-key-alone"], cuts=12, within="key")
    assert any("does not open" in how for one in found.broken for how in one["how"])


@pytest.mark.long
def test_a_database_under_the_next_key_that_was_never_synced_is_found(library, start, place, trial):
    (recording,) = record(library, place / "recorded", Job("key", start, "unsynced-copy"))
    found = trial(recording, cuts=60, within="key")
    assert any("does not open" in how for one in found.broken for how in one["how"])


@pytest.mark.long
def test_syncing_only_at_checkpoints_loses_what_was_acknowledged(library, start, place, trial):
    (recording,) = record(library, place / "recorded", Job("day", start, "NORMAL"))
    found = trial(recording, cuts=200)
    assert found.promises()["c"] > 0
    assert found.promises()["b"] == 0


def test_says_which_promise_was_broken():
    assert str(Broken("a", "so")) == "(a) so"
    assert Cuts(2, 5, broken=[{"how": ["(c) x", "(c) y"]}]).figures("day") == (
        "day: 2 cuts, 1 broken: (c) 1"
    )
