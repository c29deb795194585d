"""Wrong passwords: counted on disk, each pause kept whatever the clock says, never for ever."""

import json
import subprocess
import sys
from uuid import UUID

import pytest

from mesodesk.vault import attempts
from mesodesk.vault.attempts import AttemptCounter, pause_after

VAULT = UUID(int=5)


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
