"""A virus scanner or indexer holds a file that is to be replaced: tried again, then said.

On Windows a held file answers with error 5, 32 or 33 (here faked, with the parts of the program
that ask for them); elsewhere with "permission denied" or "busy". An hour at the real desk, with a
change of the password and a backup, is judged as after any other fault.
"""

import errno
import os
from contextlib import closing, contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest
from cut_day import Day
from cut_oracle import judge, standing
from cut_story import Teller, story_of
from harness import PASSWORD
from vaults import copy_of

from mesodesk.domain.clock import SystemClock
from mesodesk.vault import atomic
from mesodesk.vault.backing_up import FolderTarget, back_up
from mesodesk.vault.backup_errors import BackupTargetError
from mesodesk.vault.container import opened
from mesodesk.vault.vault import open_vault

WINDOWS = (5, 32, 33)
ELSEWHERE = (errno.EACCES, errno.EBUSY)
FOR_EVER = 1000


class _Windows:
    """The module `os`, as it says to be on Windows."""

    name = "nt"

    def __getattr__(self, name: str):
        return getattr(os, name)


def refusal(code: int) -> OSError:
    if code not in WINDOWS:
        return OSError(code, os.strerror(code))
    error = PermissionError(errno.EACCES, "The process cannot access the file")
    error.winerror = code
    return error


@contextmanager
def held(code: int, times: int, only: str = ""):
    """Refuse to replace each file so many times, or one alone; yield what was refused, and pauses.

    The count begins anew when a file was replaced.
    """
    left, refused, pauses = {}, [], []
    real = Path.replace

    def replace(path: Path, target: Path):
        name = Path(target).name
        if left.setdefault(name, times) > 0 and name.startswith(only):
            left[name] -= 1
            refused.append(name)
            raise refusal(code)
        del left[name]
        return real(path, target)

    system = _Windows() if code in WINDOWS else os
    with (
        patch.object(Path, "replace", replace),
        patch.object(atomic, "os", system),
        patch.object(atomic.time, "sleep", pauses.append),
    ):
        yield refused, pauses


def an_hour(start: Path, place: Path, code: int, times: int, only: str = ""):
    """Work while files are held; return the vault, what was said, and what was refused at all."""
    before = standing(copy_of(start / "vault", place / "before"), PASSWORD)
    folder = copy_of(start / "vault", place / "vault")
    marks, errors = [before], []
    with closing(Teller(marks.append)) as teller:
        teller.settle(PASSWORD)
        day = Day(folder, teller, writing=2)
        day.go_on_after(lambda name, error: errors.append((name, error)))
        with held(code, times, only) as (refused, pauses):
            day.an_hour()
    return folder, story_of(marks), errors, refused, pauses


@pytest.mark.parametrize("code", [*WINDOWS, *ELSEWHERE])
def test_a_file_that_is_held_for_a_moment_is_tried_again(start, place, code):
    folder, story, errors, refused, pauses = an_hour(start, place, code, 3)
    assert errors == []
    assert {"anchor.json", "keys.json", "keys-copy.json", "attempts.json"} <= set(refused)
    assert pauses[:3] == [0.05, 0.1, 0.2]
    assert judge(folder, story, thorough=True) == []


@pytest.mark.parametrize("code", [WINDOWS[1], ELSEWHERE[0]])
@pytest.mark.parametrize(("name", "step"), [("keys", "password"), ("anchor", "open")])
def test_one_that_is_held_for_ever_is_said_and_the_old_one_stays(start, place, code, name, step):
    before = (start / "vault" / f"{name}.json").read_bytes()
    folder, story, errors, _, pauses = an_hour(start, place, code, FOR_EVER, name)
    ((failed, error),) = errors
    assert (failed, bool(error.sentence)) == (step, True)
    assert sum(pauses) == pytest.approx(2.5)
    assert (folder / f"{name}.json").read_bytes() == before
    assert judge(folder, story) == []


@pytest.mark.parametrize("code", WINDOWS)
def test_a_backup_that_is_scanned_for_a_moment_gets_its_name(vault_folder, place, code):
    (place / "stick").mkdir()
    target = FolderTarget(place / "stick")
    with closing(open_vault(vault_folder, password=PASSWORD)) as vault:
        with held(code, 3) as (refused, _):
            made = back_up(vault, target, reason="command", clock=SystemClock())
        assert made.path.name in refused
        with opened(made.path) as container:
            assert container.manifest == made.manifest


def test_one_that_is_held_for_ever_is_no_backup_and_the_one_before_stays(vault_folder, place):
    (place / "stick").mkdir()
    target = FolderTarget(place / "stick")
    with closing(open_vault(vault_folder, password=PASSWORD)) as vault:
        before = back_up(vault, target, reason="command", clock=SystemClock()).path
        whole = before.read_bytes()
        with held(WINDOWS[1], FOR_EVER), pytest.raises(BackupTargetError) as refused:
            back_up(vault, target, reason="command", clock=SystemClock())
    assert refused.value.sentence
    assert [path.name for path in (place / "stick").iterdir()] == [before.name]
    assert before.read_bytes() == whole


def test_without_trying_again_the_first_refusal_would_be_the_last(start, place, monkeypatch):
    """The control."""
    monkeypatch.setattr(atomic, "_PAUSES_S", ())
    _, _, errors, _, _ = an_hour(start, place, WINDOWS[1], 1)
    assert [name for name, _ in errors] == ["open"]
