"""The anchor: what was cut off or put back shows, and a crash at the wrong moment does not."""

import json
import shutil
import subprocess
import sys
import textwrap
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from mesodesk.vault import identity
from mesodesk.vault.anchor import (
    Anchor,
    AnchorError,
    AnchorKeeper,
    compare,
    read_anchor,
    write_anchor,
)
from mesodesk.vault.audit import AuditFact
from mesodesk.vault.keys import VaultKeys

KEYS = VaultKeys(UUID(int=1), b"k" * 32, b"s" * 16)
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ANCHOR = Anchor(UUID(int=1), 10, b"h" * 32, NOON, 2, 3, 10, {"patient": 5})


def append(vault, times: int = 1) -> None:
    for _ in range(times):
        with vault.engine.begin() as connection:
            fact = AuditFact(vault.user_id, "Ana", "patient.update", "patient")
            vault.audit.append(connection, fact)


def areas(vault) -> list[str]:
    return [finding.area for finding in vault.findings]


def test_is_read_as_it_was_written(tmp_path):
    assert read_anchor(tmp_path, KEYS) is None
    write_anchor(tmp_path, ANCHOR, KEYS)
    assert read_anchor(tmp_path, KEYS) == ANCHOR


def test_any_flipped_bit_is_found(tmp_path):
    write_anchor(tmp_path, ANCHOR, KEYS)
    path = tmp_path / "anchor.json"
    data = path.read_bytes()
    for place in range(len(data)):
        flipped = bytearray(data)
        flipped[place] ^= 1 << (place % 7)
        path.write_bytes(flipped)
        try:
            assert read_anchor(tmp_path, KEYS) == ANCHOR
        except AnchorError:
            continue


def test_nobody_without_the_key_writes_one(tmp_path):
    write_anchor(tmp_path, ANCHOR, VaultKeys(UUID(int=1), b"x" * 32, b"s" * 16))
    with pytest.raises(AnchorError):
        read_anchor(tmp_path, KEYS)
    other = VaultKeys(UUID(int=2), b"k" * 32, b"s" * 16)
    write_anchor(tmp_path, replace(ANCHOR, vault_id=UUID(int=2)), other)
    with pytest.raises(AnchorError):
        read_anchor(tmp_path, KEYS)


def test_an_interrupted_writing_leaves_the_one_before(tmp_path, faults):
    write_anchor(tmp_path, ANCHOR, KEYS)
    for step in (1, 2, 3):
        with faults.failing_at(step), pytest.raises(OSError, match="Input/output"):
            write_anchor(tmp_path, replace(ANCHOR, seq=11), KEYS)
        assert read_anchor(tmp_path, KEYS) == ANCHOR


@pytest.mark.parametrize(
    ("seq", "head", "said"),
    [
        (10, b"h" * 32, None),
        (11, b"h" * 32, None),
        (5000, b"h" * 32, None),
        (9, None, "1 save is missing since"),
        (1, None, "9 saves are missing since"),
        (10, b"g" * 32, "up to audit entry 10 is not the one"),
        (12, b"g" * 32, "up to audit entry 10 is not the one"),
    ],
)
def test_ahead_is_normal_and_behind_is_an_alarm(seq, head, said):
    alarm = compare(ANCHOR, seq, NOON, head)
    assert (alarm is None) if said is None else (said in alarm)


def test_the_alarm_says_since_when():
    alarm = compare(ANCHOR, 9, NOON, None)
    assert f"{NOON.astimezone():%Y-%m-%d %H:%M}" in alarm


def test_a_database_put_back_is_told_kept_and_logged(made, tmp_path):
    older = tmp_path / "older.db"
    shutil.copy(made.database, older)
    with made.open() as vault:
        append(vault, 5)
    shutil.copy(older, made.database)
    with made.open() as vault:
        assert areas(vault) == ["history"]
        assert "6 saves are missing since" in vault.findings[0].sentence
        with vault.engine.connect() as connection:
            logged = connection.exec_driver_sql(
                "SELECT details FROM audit_entry WHERE action = 'vault.finding'"
            ).scalars()
            assert "missing" in next(iter(logged))
    assert len(list(made.folder.glob("anchor-alarm-*.json"))) == 1
    with made.open() as vault:
        assert vault.findings == ()


def test_another_history_of_the_same_length_is_told(made, tmp_path):
    older = tmp_path / "older.db"
    shutil.copy(made.database, older)
    with made.open() as vault:
        append(vault, 2)
    anchor = (made.folder / "anchor.json").read_bytes()
    shutil.copy(older, made.database)
    with made.open() as vault:
        append(vault, 5)
    (made.folder / "anchor.json").write_bytes(anchor)
    with made.open() as vault:
        assert areas(vault) == ["history"]
        assert "not the one that was written" in vault.findings[0].sentence


@pytest.mark.parametrize("content", [None, b"", b"{}", b"\xff"])
def test_a_missing_or_damaged_anchor_is_said(made, content):
    path = made.folder / "anchor.json"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with made.open() as vault:
        assert areas(vault) == ["anchor"]
    with made.open() as vault:
        assert vault.findings == ()


def test_a_counter_or_key_file_put_back_is_told(made, ticker):
    from mesodesk.vault.errors import WrongPasswordError

    keys = {name: (made.folder / name).read_bytes() for name in ("keys.json", "keys-copy.json")}
    with pytest.raises(WrongPasswordError):
        made.open("wrong password")
    ticker.now += 1
    with made.open() as vault:
        vault.change_password("an entirely new password")
    from mesodesk.vault import attempts

    attempts._SEEN.clear()
    (made.folder / "attempts.json").unlink()
    for name, content in keys.items():
        (made.folder / name).write_bytes(content)
    with made.open() as vault:  # the old password, from the old key file
        assert areas(vault) == ["keys", "keys"]
        assert "wrong passwords went back" in vault.findings[0].sentence
        assert "older key file" in vault.findings[1].sentence


WRITER = textwrap.dedent("""
    import os, sys
    from pathlib import Path
    from mesodesk.vault.audit import AuditFact
    from mesodesk.vault.vault import open_vault
    vault = open_vault(Path(sys.argv[1]), password="seven quiet herons at noon")
    for number in range(int(sys.argv[2])):
        with vault.engine.begin() as connection:
            fact = AuditFact(vault.user_id, "Ana", "patient.update", "patient")
            vault.audit.append(connection, fact)
    if sys.argv[3] == "anchored":
        vault.write_anchor()
    os._exit(9)
""")


def crash(made, saves: int, how: str) -> None:
    command = [sys.executable, "-c", WRITER, str(made.folder), str(saves), how]
    assert subprocess.run(command, check=False).returncode == 9
    assert (made.folder / "clinic.db-wal").stat().st_size > 0


def test_a_crash_between_commit_and_anchor_is_no_alarm(made):
    crash(made, 12, "not anchored")
    with made.open() as vault:
        assert vault.findings == ()
        with vault.engine.connect() as connection:
            kept = connection.exec_driver_sql(
                "SELECT count(*) FROM audit_entry WHERE action = 'patient.update'"
            ).scalar()
        assert kept == 12


@pytest.mark.parametrize("harm", ["cut to nothing", "cut in the middle", "flipped", "removed"])
def test_a_log_that_loses_saves_is_an_alarm(made, harm):
    """SQLite opens such a database without a word; only the anchor knows better."""
    crash(made, 12, "anchored")
    log = made.folder / "clinic.db-wal"
    data = bytearray(log.read_bytes())
    if harm == "cut to nothing":
        log.write_bytes(b"")
    elif harm == "cut in the middle":
        log.write_bytes(data[: len(data) // 2])
    elif harm == "flipped":
        data[len(data) // 2] ^= 1
        log.write_bytes(data)
    else:
        log.unlink()
    with made.open() as vault:
        assert areas(vault) == ["history"]
        assert "missing since" in vault.findings[0].sentence


@pytest.mark.long
def test_a_log_cut_or_flipped_at_any_frame_is_an_alarm(made):
    crash(made, 12, "anchored")
    before = made.folder.rename(made.folder.with_name("before"))
    data = (before / "clinic.db-wal").read_bytes()
    frames = [*range(_WAL_HEAD, len(data), _WAL_FRAME)]
    silent = []
    for at in frames:
        for harmed in (data[:at], data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]):
            shutil.copytree(before, made.folder)
            (made.folder / "clinic.db-wal").write_bytes(harmed)
            with made.open() as vault:
                told = [one for one in vault.findings if "missing since" in one.sentence]
                if areas(vault) != ["history"] or not told:
                    silent.append((at, len(harmed)))
            shutil.rmtree(made.folder)
    assert len(frames) >= 12
    assert silent == []


_WAL_HEAD, _WAL_FRAME = 32, 24 + 4096


def test_the_keeper_writes_once_for_many_commits():
    import threading

    written = threading.Event()
    calls = []

    def write():
        calls.append(1)
        written.set()

    passed = threading.Event()
    keeper = AnchorKeeper(write)
    # The time within which commits share one writing passes when told: no machine is too slow.
    keeper._ended.wait = lambda _seconds: passed.wait() and keeper._ended.is_set()
    for _ in range(50):
        keeper.committed()
    passed.set()
    assert written.wait(60)
    keeper.stop()
    assert len(calls) == 1
    keeper.committed()  # after the end: nothing happens
    assert len(calls) == 1


def test_the_keeper_outlives_a_full_disk():
    import threading

    tried = threading.Semaphore(0)

    def write():
        tried.release()
        if not keeper_ok:
            raise OSError(28, "full")

    keeper_ok = False
    keeper = AnchorKeeper(write, every_s=0.001)
    keeper.committed()
    assert tried.acquire(timeout=60)
    keeper_ok = True
    keeper.committed()
    assert tried.acquire(timeout=60)
    keeper.stop()
    assert keeper.trouble is None


def test_counts_are_noted_at_closing(made):
    made.open().close()
    whole = json.loads((made.folder / "anchor.json").read_text())
    assert whole["counts"]["vault_meta"] == 1
    assert whole["counts"]["audit_entry"] == whole["seq"] == whole["counts_seq"]
    assert not any("_fts" in name for name in whole["counts"])


def test_stopping_at_the_worst_moment_still_ends_the_thread():
    """The end is called for just before the thread takes the call for a commit."""
    keeper = AnchorKeeper(lambda: None, every_s=0.001)
    clear = keeper._due.clear

    def end_then_clear():
        keeper._ended.set()
        keeper._due.set()
        clear()

    keeper._due.clear = end_then_clear
    keeper.committed()
    keeper._thread.join(timeout=60)
    assert not keeper._thread.is_alive()


@pytest.mark.parametrize("at_once", [1, 7, 400])
def test_the_rows_of_every_table_are_counted(vault, monkeypatch, at_once):
    monkeypatch.setattr(identity, "_COUNTED_AT_ONCE", at_once)
    append(vault, 3)
    counts = identity.row_counts(vault.engine)
    with vault.engine.connect() as connection:
        for table in ("audit_entry", "vault_meta", "patient", "app_user"):
            (rows,) = connection.exec_driver_sql(f'SELECT count(*) FROM "{table}"').one()  # noqa: S608
            assert counts[table] == rows
    assert counts["audit_entry"] > 3
    assert list(counts) == sorted(counts)
