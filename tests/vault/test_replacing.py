"""Restored records take the place of others, or say where both are."""

import errno
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mesodesk.vault import atomic
from mesodesk.vault.replacing import NotInPlaceError, put_in_place, replaced_beside

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.fixture
def pair(tmp_path, monkeypatch):
    """Restored records and the folder of others; nothing is waited for."""
    monkeypatch.setattr(atomic.time, "sleep", lambda _seconds: None)
    for name in ("restored", "vault"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "which").write_text(name)
    return tmp_path / "restored", tmp_path / "vault"


def refuse(monkeypatch, held, times=1000):
    """Let a folder be held by another program for some tries."""
    real, left = Path.replace, [times]

    def replace(self, target):
        if self.name == held and left[0] > 0:
            left[0] -= 1
            raise PermissionError(errno.EACCES, "held")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)


def test_a_folder_held_for_a_moment_is_waited_for(pair, monkeypatch):
    restored, vault = pair
    refuse(monkeypatch, "vault", times=3)
    kept = put_in_place(restored, vault, NOW)
    assert (vault / "which").read_text() == "restored"
    assert (kept / "which").read_text() == "vault"


def test_what_cannot_take_its_place_leaves_the_other_where_it_was(pair, monkeypatch):
    restored, vault = pair
    refuse(monkeypatch, "restored")
    with pytest.raises(NotInPlaceError, match="are where they were") as caught:
        put_in_place(restored, vault, NOW)
    assert str(restored) in caught.value.sentence
    assert (vault / "which").read_text() == "vault"
    assert (restored / "which").read_text() == "restored"
    assert not replaced_beside(vault)


def test_if_not_even_the_other_comes_back_it_is_told_where_both_are(pair, monkeypatch):
    restored, vault = pair
    real = Path.replace

    def replace(self, target):
        if self != vault:
            raise OSError(errno.EIO, "gone")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(NotInPlaceError) as caught:
        put_in_place(restored, vault, NOW)
    (kept,) = replaced_beside(vault)
    assert str(kept) in caught.value.sentence
    assert f"the folder {vault} is missing" in caught.value.sentence
    assert (kept / "which").read_text() == "vault"


def test_names_that_could_not_be_synced_count_all_the_same(pair, monkeypatch):
    restored, vault = pair

    def refuse_sync(_folder):
        raise OSError(errno.EIO, "sync")

    monkeypatch.setattr(atomic, "sync_folder", refuse_sync)
    put_in_place(restored, vault, NOW)
    assert (vault / "which").read_text() == "restored"
