"""What a killed program left of what it was writing out of a vault goes at the next opening."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest

from mesodesk.documents.new_file import PART, new_file, part_prefix
from mesodesk.unfinished import noted, remove_unfinished

VAULT, OTHER = UUID(int=5), UUID(int=6)
KILLED = f"""
import os, sys
from pathlib import Path
from uuid import UUID
from mesodesk.documents.new_file import new_file
from mesodesk.unfinished import noted
path = Path(sys.argv[1])
with noted(UUID(int={VAULT.int}), path), new_file(path) as file:
    file.write(b"everything on record")
    file.flush()
    os._exit(9)
"""


@pytest.fixture(autouse=True)
def config(monkeypatch, tmp_path):
    """A settings folder of this test alone."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config"


@pytest.fixture
def out(tmp_path) -> Path:
    """Where it is written to."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def notes(config):
    return list(config.rglob("exports/*.json"))


def killed_in(out):
    path = out / "mesodesk-00001-2026-03-10.pdf"
    ended = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False, env=os.environ)
    assert ended.returncode == 9
    return path


def test_a_killed_export_leaves_nothing_readable_after_the_next_opening(out, config):
    path = killed_in(out)
    (left,) = out.iterdir()
    assert left.name.startswith(".")
    assert left.read_bytes() == b"everything on record"
    records = out / f"{part_prefix(path)}0a{PART}"  # of an export that is a folder
    records.mkdir()
    (records / "00001.pdf").write_bytes(b"%PDF")
    mine = out / f".another.0a{PART}"
    mine.write_bytes(b"of another export")
    remove_unfinished(OTHER)  # another vault may be writing there at this moment
    assert left.exists()
    remove_unfinished(VAULT)
    assert list(out.iterdir()) == [mine]
    assert notes(config) == []


def test_a_stick_that_is_away_is_looked_at_again(out, config):
    killed_in(out)
    away = out.rename(out.with_name("away"))
    remove_unfinished(VAULT)
    assert len(notes(config)) == 1
    shutil.move(away, out)
    remove_unfinished(VAULT)
    assert list(out.iterdir()) == []


def test_what_is_written_whole_is_noted_no_more(out, config):
    path = out / "mesodesk-00001.json"
    with noted(VAULT, path), new_file(path) as file:
        file.write(b"{}")
        assert len(notes(config)) == 1
    assert notes(config) == []
    remove_unfinished(VAULT)
    assert list(out.iterdir()) == [path]


@pytest.mark.parametrize("damage", [b"", b"[]", b'{"path": 3}', b"\xff"])
def test_a_note_that_cannot_be_read_keeps_nobody_out(out, config, damage):
    with noted(VAULT, out / "any"):
        (note,) = notes(config)
        note.write_bytes(damage)
        remove_unfinished(VAULT)


def test_where_nothing_can_be_noted_it_is_written_all_the_same(out, config):
    config.write_text("a file where the folder would be")
    path = out / "mesodesk-00001.json"
    with noted(VAULT, path), new_file(path) as file:
        file.write(b"{}")
    assert path.read_bytes() == b"{}"
