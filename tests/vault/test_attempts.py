"""Wrong passwords: counted on disk, each pause kept whatever the clock says, never for ever."""

import json
import subprocess
import sys
from uuid import UUID

import pytest

from mesodesk.vault import attempts
from mesodesk.vault.attempts import ANYBODY, BY_KEY, MANY, AttemptCounter, pause_after

VAULT = UUID(int=5)
ANA, BEN = UUID(int=21), UUID(int=22)


@pytest.fixture(autouse=True)
def _fresh_process(monkeypatch):
    monkeypatch.setattr(attempts, "_SEEN", {})


def restarted(folder, ticker, monkeypatch) -> AttemptCounter:
    monkeypatch.setattr(attempts, "_SEEN", {})
    return AttemptCounter(folder, VAULT, ticker)


def test_pauses_double_up_to_a_minute():
    assert [pause_after(failures) for failures in range(10)] == [0, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert pause_after(10**9) == 60


def test_the_first_try_is_free(tmp_path, ticker):
    assert AttemptCounter(tmp_path, VAULT, ticker).wait_s() == 0


def test_a_pause_passes(tmp_path, ticker):
    counter = AttemptCounter(tmp_path, VAULT, ticker)
    counter.failed()
    assert counter.failed() == 2
    ticker.now += 1.5
    assert counter.wait_s() == pytest.approx(0.5)
    ticker.now += 0.5
    assert counter.wait_s() == 0


def test_survives_a_restart_of_the_program(tmp_path, ticker, monkeypatch):
    counter = AttemptCounter(tmp_path, VAULT, ticker)
    for _ in range(5):
        counter.failed()
    again = restarted(tmp_path, ticker, monkeypatch)
    assert again.in_a_row == 5
    assert again.wait_s() == 16


def test_survives_a_restart_of_the_computer(tmp_path, ticker, monkeypatch):
    AttemptCounter(tmp_path, VAULT, ticker).failed()
    counter = restarted(tmp_path, ticker, monkeypatch)
    counter.failed()
    ticker.now = 0.5  # counted anew since the start
    assert restarted(tmp_path, ticker, monkeypatch).wait_s() == pytest.approx(1.5)
    ticker.now = 5
    assert restarted(tmp_path, ticker, monkeypatch).wait_s() == 0


def test_moving_the_wall_clock_changes_nothing(tmp_path, ticker, monkeypatch):
    counter = AttemptCounter(tmp_path, VAULT, ticker)
    counter.failed()
    monkeypatch.setattr("time.time", lambda: 4e9)
    assert restarted(tmp_path, ticker, monkeypatch).wait_s() == 1


def test_many_within_a_day_cost_an_hour_each_and_a_right_one_in_between_changes_nothing(
    tmp_path, ticker, monkeypatch
):
    counter = AttemptCounter(tmp_path, VAULT, ticker)
    for _ in range(MANY - 1):
        ticker.now += counter.failed(ANA)
    counter.succeeded(ANA)
    assert counter.failed(ANA) == 3600
    ticker.now += 3599
    assert counter.wait_s(ANA) == pytest.approx(1)
    ticker.now += 1
    counter.succeeded(ANA)  # the right one after the pause opens, and is followed by none
    assert restarted(tmp_path, ticker, monkeypatch).wait_s(ANA) == 0
    assert counter.failed(ANA) == 3600
    ticker.now += 24 * 3600
    assert counter.failed(ANA) == 2  # in a row with the one of yesterday, and no more than that


def test_nobody_waits_for_what_was_tried_at_another_s_password(tmp_path, ticker):
    counter = AttemptCounter(tmp_path, VAULT, ticker)
    for _ in range(MANY):
        counter.failed(ANA)
        counter.failed(ANYBODY)
    assert [counter.wait_s(whose) for whose in (ANA, ANYBODY, BEN, BY_KEY)] == [3600, 3600, 0, 0]


def test_codes_and_the_recovery_key_never_wait_longer_than_a_minute(tmp_path, ticker):
    counter = AttemptCounter(tmp_path, VAULT, ticker)
    waits = [counter.failed(BY_KEY) for _ in range(2 * MANY)]
    assert max(waits) == 60


@pytest.mark.parametrize("way", [lambda counter: counter.begin_anew(ANA), AttemptCounter.succeeded])
def test_a_new_password_and_the_recovery_key_begin_anew(tmp_path, ticker, way):
    counter = AttemptCounter(tmp_path, VAULT, ticker)
    for _ in range(MANY):
        counter.failed(ANA)
    way(counter)
    assert counter.wait_s(ANA) == 0
    assert counter.failed(ANA) == 1


def test_a_day_ends_on_a_computer_that_is_switched_off_each_night(tmp_path, ticker, monkeypatch):
    counter = AttemptCounter(tmp_path, VAULT, ticker)
    for _ in range(MANY):
        counter.failed(ANA)
    for _day in range(3):
        ticker.now = 10.0  # started anew; it had run for nine hours, and who locked wrote that down
        counter = restarted(tmp_path, ticker, monkeypatch)
        ticker.now += 9 * 3600
        counter.keep_time()
    assert counter.failed(ANA) == 60  # the one of this minute is the only one of the day


def test_success_forgets_the_row_and_keeps_the_total(tmp_path, ticker, monkeypatch):
    counter = AttemptCounter(tmp_path, VAULT, ticker)
    counter.failed()
    counter.failed()
    counter.succeeded()
    again = restarted(tmp_path, ticker, monkeypatch)
    assert (again.wait_s(), again.in_a_row, again.total) == (0, 0, 2)


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"in_a_row": 0}', b"\xff"])
def test_a_damaged_file_costs_one_pause_and_no_more(tmp_path, ticker, monkeypatch, content):
    (tmp_path / "attempts.json").write_bytes(content)
    counter = AttemptCounter(tmp_path, VAULT, ticker)
    assert counter.wait_s() == 60
    ticker.now += 60
    assert AttemptCounter(tmp_path, VAULT, ticker).wait_s() == 0
    assert restarted(tmp_path, ticker, monkeypatch).wait_s() == 0


def test_an_edited_file_is_not_believed(tmp_path, ticker, monkeypatch):
    counter = AttemptCounter(tmp_path, VAULT, ticker)
    for _ in range(6):
        counter.failed()
    path = tmp_path / "attempts.json"
    body = json.loads(path.read_text())
    body["in_a_row"] = 0
    path.write_text(json.dumps(body))
    assert restarted(tmp_path, ticker, monkeypatch).wait_s() == 60


def test_taking_the_file_away_does_not_help_while_the_program_runs(tmp_path, ticker):
    counter = AttemptCounter(tmp_path, VAULT, ticker)
    for _ in range(4):
        counter.failed()
    (tmp_path / "attempts.json").unlink()
    assert AttemptCounter(tmp_path, VAULT, ticker).wait_s() == 8


def test_a_full_disk_neither_locks_out_nor_forgets(tmp_path, ticker, faults):
    with faults.failing_at(1):
        counter = AttemptCounter(tmp_path, VAULT, ticker)
        assert counter.failed() == 1
    assert not (tmp_path / "attempts.json").exists()
    assert AttemptCounter(tmp_path, VAULT, ticker).wait_s() == 1
    ticker.now += 1
    assert AttemptCounter(tmp_path, VAULT, ticker).wait_s() == 0


def test_the_real_clock_goes_on_from_one_process_to_the_next(tmp_path):
    code = (
        "import sys; from pathlib import Path; from uuid import UUID\n"
        "from mesodesk.vault.attempts import AttemptCounter\n"
        "counter = AttemptCounter(Path(sys.argv[1]), UUID(int=5))\n"
        "for _ in range(6): counter.failed()\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    assert 20 < AttemptCounter(tmp_path, VAULT).wait_s() <= 32


def test_ones_own_password_does_not_end_the_pause_after_guesses_at_anothers(tmp_path, ticker):
    ana, ben = UUID(int=21), UUID(int=22)
    counter = AttemptCounter(tmp_path, VAULT, ticker)
    for _ in range(4):
        counter.failed(ana)
        counter.succeeded(ben)
    assert counter.wait_s(ana) == 8
    assert AttemptCounter(tmp_path, VAULT, ticker).in_a_row == 4
    counter.succeeded(ana)
    assert counter.wait_s(ana) == 0


def test_the_recovery_key_ends_every_pause(tmp_path, ticker):
    counter = AttemptCounter(tmp_path, VAULT, ticker)
    counter.failed(UUID(int=21))
    counter.failed()
    counter.succeeded()
    assert counter.in_a_row == 0


def test_a_counter_of_before_people_were_told_apart_is_read(tmp_path, ticker, monkeypatch):
    counter = AttemptCounter(tmp_path, VAULT, ticker)
    body = {"format": "mesodesk-attempts", "in_a_row": 3, "total": 9, "at": ticker.now}
    whole = {**body, "check": counter._check(body)}
    (tmp_path / "attempts.json").write_text(json.dumps(whole))
    again = restarted(tmp_path, ticker, monkeypatch)
    assert (again.in_a_row, again.total, again.wait_s()) == (3, 9, 4)
