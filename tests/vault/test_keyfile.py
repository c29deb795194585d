"""The key file: two copies, replaced so that one whole copy is always there."""

import errno
import json
import subprocess
import sys
import textwrap
from pathlib import Path
from uuid import UUID

import pytest

from mesodesk.vault import keyfile
from mesodesk.vault.errors import (
    KeyFileDamagedError,
    KeyFileMissingError,
    NoVaultError,
    TooNewError,
    VaultError,
)
from mesodesk.vault.keyfile import KeyFile, SlotKind, decode, encode
from mesodesk.vault.keys import KdfCost
from mesodesk.vault.slots import SlotOwner, make_slot, new_secrets, open_slot

VAULT, ANA = UUID(int=1), UUID(int=21)
MAC_KEY = b"m" * 32
INSIDE = new_secrets()


def key_file(password: bytes, generation: int) -> KeyFile:
    owner = SlotOwner(SlotKind.USER, ANA, "Ana Ruiz-Ñandú \u202e")
    slot = make_slot(VAULT, owner, password, KdfCost.for_tests(), INSIDE).slot
    return KeyFile(VAULT, generation, (slot,)).sealed(MAC_KEY)


OLD, NEW = key_file(b"old", 1), key_file(b"new", 2)


def prove(read_back: KeyFile) -> None:
    if read_back not in (OLD, NEW):
        raise VaultError


@pytest.fixture
def folder(tmp_path):
    keyfile.save(tmp_path, OLD, prove)
    return tmp_path


def opens(folder: Path) -> str:
    """Which password opens what is on disk; fails if none does."""
    (slot,) = keyfile.load(folder).key_file.slots
    for password in ("old", "new"):
        if open_slot(VAULT, slot, password.encode()) is not None:
            return password
    raise AssertionError("no password opens")


def test_what_is_written_is_read_back():
    assert decode(encode(NEW)) == NEW


def test_two_equal_copies_are_kept(folder):
    assert (folder / "keys.json").read_bytes() == (folder / "keys-copy.json").read_bytes()
    assert keyfile.load(folder) == keyfile.LoadedKeyFile(OLD)
    assert sorted(path.name for path in folder.iterdir()) == ["keys-copy.json", "keys.json"]


def test_every_flipped_bit_is_refused_or_harmless():
    data = encode(OLD)
    for place in range(len(data)):
        flipped = bytearray(data)
        flipped[place] ^= 1 << (place % 7)
        try:
            assert decode(bytes(flipped)) == OLD
        except ValueError:
            continue


def test_every_cut_is_refused():
    data = encode(OLD)
    for length in range(len(data) - 2):
        with pytest.raises(ValueError, match=r"."):
            decode(data[:length])


@pytest.mark.parametrize("name", ["keys.json", "keys-copy.json"])
@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\x00" * 500, b"\xff\xfe", None])
def test_one_whole_copy_is_enough(folder, name, content):
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(content)
    loaded = keyfile.load(folder)
    assert loaded.key_file == OLD
    assert len(loaded.findings) == 1
    assert loaded.findings[0].startswith(name)


def test_the_newer_copy_counts(folder):
    (folder / "keys-copy.json").write_bytes(encode(NEW))
    loaded = keyfile.load(folder)
    assert loaded.key_file == NEW
    assert "older" in loaded.findings[0]


def test_no_whole_copy_is_told_from_none(folder):
    for name in ("keys.json", "keys-copy.json"):
        (folder / name).write_bytes(b"{}")
    with pytest.raises(KeyFileDamagedError):
        keyfile.load(folder)
    for name in ("keys.json", "keys-copy.json"):
        (folder / name).unlink()
    with pytest.raises(NoVaultError):
        keyfile.load(folder)
    (folder / "clinic.db").write_bytes(b"records")
    with pytest.raises(KeyFileMissingError):
        keyfile.load(folder)


def test_a_newer_format_is_refused_but_damage_is_not_taken_for_it(folder):
    body = json.loads(encode(OLD))
    body["version"] = keyfile.VERSION + 1
    (folder / "keys.json").write_text(json.dumps(body))
    assert keyfile.load(folder).key_file == OLD  # its checksum is wrong: damage
    del body["checksum"]
    body["checksum"] = keyfile._checksum(body)
    (folder / "keys.json").write_text(json.dumps(body))
    with pytest.raises(TooNewError):
        keyfile.load(folder)


def test_knows_whether_an_open_vault_wrote_it():
    assert OLD.is_sealed_by(MAC_KEY)
    assert not OLD.is_sealed_by(b"n" * 32)
    forged = KeyFile(VAULT, 1, (*OLD.slots, *NEW.slots), OLD.mac)
    assert not forged.is_sealed_by(MAC_KEY)


def test_a_file_that_does_not_open_is_never_put_in_place(folder):
    with pytest.raises(VaultError):
        keyfile.save(folder, key_file(b"other", 3), prove)
    assert opens(folder) == "old"
    assert sorted(path.name for path in folder.iterdir()) == ["keys-copy.json", "keys.json"]


@pytest.mark.parametrize("error", [errno.EIO, errno.ENOSPC, errno.EROFS])
def test_an_error_at_any_step_is_told_exactly_when_the_old_one_stays(folder, faults, error):
    seen, step = [], 0
    while True:
        step += 1
        keyfile.save(folder, OLD, prove)
        try:
            with faults.failing_at(step, error) as calls:
                keyfile.save(folder, NEW, prove)
        except OSError:
            seen.append(opens(folder))
        else:
            assert opens(folder) == "new"
        assert not list(folder.glob(".*.new"))
        if len(calls) < step:
            break
    assert step > 8
    assert set(seen) == {"old"}
    assert (folder / "keys.json").read_bytes() == (folder / "keys-copy.json").read_bytes()


def test_a_cut_at_any_step_leaves_the_old_or_the_new(folder):
    """Ends a process at the n-th step of a replacement, without any cleaning up."""
    ends = set()
    for step in range(1, 30):
        keyfile.save(folder, OLD, prove)
        (folder / "new").write_bytes(encode(NEW))
        code = subprocess.run(
            [sys.executable, "-c", SAVER, str(folder), str(step), str(Path(__file__).parent)],
            check=False,
        ).returncode
        ends.add(opens(folder))
        loaded = keyfile.load(folder)
        assert loaded.key_file in (OLD, NEW)
        if code == 0:
            break
        assert code == 9
    assert ends == {"old", "new"}
    assert step > 8


SAVER = textwrap.dedent("""
    import os, sys
    from pathlib import Path
    folder, step, tests = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    sys.path.insert(0, tests)
    from faults import Cut, failing_at
    from mesodesk.vault import keyfile
    new = keyfile.decode((folder / "new").read_bytes())
    Cut.__init__ = lambda self: os._exit(9)
    with failing_at(step, Cut):
        keyfile.save(folder, new, lambda read_back: None)
""")


def test_a_held_file_is_tried_again_and_then_said(folder, monkeypatch):
    real, tries, pauses = Path.replace, [], []
    monkeypatch.setattr("mesodesk.vault.atomic.time.sleep", pauses.append)

    def held(path, target):
        tries.append(target)
        if len(tries) <= 3:
            raise PermissionError(errno.EACCES, "held by a virus scanner")
        return real(path, target)

    monkeypatch.setattr(Path, "replace", held)
    keyfile.save(folder, NEW, prove)
    assert opens(folder) == "new"
    assert pauses == [0.05, 0.1, 0.2]

    monkeypatch.setattr(
        Path,
        "replace",
        lambda path, target: (_ for _ in ()).throw(PermissionError(errno.EACCES, "held for ever")),
    )
    pauses.clear()
    with pytest.raises(PermissionError):
        keyfile.save(folder, OLD, prove)
    assert sum(pauses) == pytest.approx(2.5)
    assert opens(folder) == "new"
