"""The computer's clock goes wrong while people work: no order, no pause and no backup hangs on it.

The clock that is moved is the one that every part of the program asks; the one that runs since the
computer was started cannot be set by anybody.
"""

from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from cut_day import Day
from cut_oracle import judge, standing
from cut_story import Teller, story_of
from harness import PASSWORD
from vaults import copy_of

from mesodesk.db.engine import READ_ONLY
from mesodesk.domain.clock import SystemClock
from mesodesk.vault import attempts
from mesodesk.vault.audit import _COLUMNS, _SELECT, verify_rows
from mesodesk.vault.audit_keys import ChainKeys
from mesodesk.vault.errors import TooSoonError, WrongPasswordError
from mesodesk.vault.vault import open_vault

DAY = timedelta(days=1)
# The hour before and the hour after the clocks of Madrid are set, and how far a battery that died
# or a careless hand moves the clock.
BEFORE_SUMMER = datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC)
AFTER_SUMMER = datetime(2026, 10, 25, 0, 59, 59, tzinfo=UTC)
JUMPS = {
    "a day back": -DAY,
    "twenty years back": -20 * 365 * DAY,
    "a year ahead": 365 * DAY,
    "an hour back": timedelta(hours=-1),
    "an hour ahead": timedelta(hours=1),
}


@contextmanager
def moved(by: timedelta, base: datetime | None = None):
    """Let every clock of the program that can be set be off by so much."""
    real = SystemClock.now
    began = datetime.now(UTC)

    def now(clock: SystemClock) -> datetime:
        told = real(clock) if base is None else base + (real(clock) - began)
        return told + by

    with patch.object(SystemClock, "now", now):
        yield


@contextmanager
def told_marks(before):
    marks = [before]
    with closing(Teller(marks.append)) as teller:
        teller.settle(PASSWORD)
        yield marks, teller


def entries(vault) -> list[tuple]:
    with vault.engine.connect().execution_options(**READ_ONLY) as connection:
        return [tuple(row) for row in connection.exec_driver_sql(_SELECT, (1,))]


@pytest.mark.parametrize("jump", JUMPS)
def test_work_goes_on_whole_when_the_clock_jumps(start, place, jump):
    before = standing(copy_of(start / "vault", place / "before"), PASSWORD)
    folder = copy_of(start / "vault", place / "vault")
    with told_marks(before) as (marks, teller):
        day = Day(folder, teller, writing=2)
        with day.at_the_desk(PASSWORD):
            day.write()
            with moved(JUMPS[jump]):
                day.write()
            day.write()
    assert judge(folder, story_of(marks), thorough=True) == []


@pytest.mark.parametrize("base", [BEFORE_SUMMER, AFTER_SUMMER])
def test_the_hour_that_is_set_changes_nothing(start, place, base):
    before = standing(copy_of(start / "vault", place / "before"), PASSWORD)
    folder = copy_of(start / "vault", place / "vault")
    with told_marks(before) as (marks, teller):
        with moved(timedelta(0), base):
            day = Day(folder, teller, writing=2)
            with day.at_the_desk(PASSWORD):
                day.write()
                with moved(timedelta(seconds=2), base):
                    day.write()
    assert judge(folder, story_of(marks), thorough=True) == []


def test_the_order_of_entries_does_not_hang_on_the_clock(vault_folder):
    with moved(20 * 365 * DAY):
        open_vault(vault_folder, password=PASSWORD).close()
    with closing(open_vault(vault_folder, password=PASSWORD)) as vault:
        rows = entries(vault)
        assert list(verify_rows(rows, ChainKeys.only(vault.keys))) == []
        # The control: who goes by the time sees another course of events, and a broken chain.
        at, seq = _COLUMNS.index("at"), _COLUMNS.index("seq")
        by_time = sorted(rows, key=lambda row: row[at])
        assert [row[seq] for row in by_time] != [row[seq] for row in rows]
        assert list(verify_rows(by_time, ChainKeys.only(vault.keys)))


def test_a_clock_that_is_behind_is_said_and_one_that_is_ahead_cannot_be_known(vault_folder):
    for jump, said in ((-DAY, ["clock"]), (365 * DAY, []), (timedelta(0), ["clock"])):
        with moved(jump), closing(open_vault(vault_folder, password=PASSWORD)) as vault:
            assert [one.area for one in vault.findings] == said
    with closing(open_vault(vault_folder, password=PASSWORD)) as vault:
        assert vault.findings == ()


@pytest.mark.parametrize("jump", ["a day back", "a year ahead"])
def test_no_pause_is_shortened_and_the_vault_stays_shut(vault_folder, monkeypatch, jump):
    with pytest.raises(WrongPasswordError):
        open_vault(vault_folder, password="not the password")
    with moved(JUMPS[jump]), pytest.raises(TooSoonError):
        open_vault(vault_folder, password=PASSWORD)
    # The control: were the pause counted by the clock that can be set, it would be over now.
    monkeypatch.setattr(attempts, "_since_start", lambda: SystemClock().now().timestamp())
    with moved(abs(JUMPS[jump])), closing(open_vault(vault_folder, password=PASSWORD)) as vault:
        assert vault.findings == ()
