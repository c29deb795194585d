"""A backup is one file that was read back whole; a changed byte is noticed wherever it lies."""

import contextlib
import hashlib
import os
import shutil
import subprocess
import threading
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from figures import BACKUP_FLIPS

from mesodesk.db.copies import connect_copy
from mesodesk.db.engine import connect, create_database
from mesodesk.domain.clock import SystemClock
from mesodesk.vault import backing_up, container, manifest, verifying, zip_layout
from mesodesk.vault.audit import AuditFact
from mesodesk.vault.backing_up import (
    FolderTarget,
    Source,
    back_up,
    make_backup,
    still_whole,
)
from mesodesk.vault.backup_errors import (
    BackupTargetError,
    DamagedBackupError,
    MissingBackupError,
    NewerBackupError,
    NotABackupError,
    NotVerifiedError,
)
from mesodesk.vault.copying import Examined, copy_database, examine_copy
from mesodesk.vault.errors import DiskFullError, VaultError
from mesodesk.vault.keys import VaultKeys


@pytest.fixture
def place(tmp_path):
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def whole(template, tmp_path_factory):
    """A good container and the keys of its vault; to be copied, not changed."""
    folder = tmp_path_factory.mktemp("whole")
    vault = shutil.copytree(template.folder, folder / "vault")
    with type(template)(vault, *_rest(template)).open() as opened:
        made = back_up(opened, FolderTarget(folder), reason="asked", clock=SystemClock())
        keys = type(opened.keys)(opened.keys.vault_id, opened.keys.data_key, opened.keys.salt)
    return made, keys


def _rest(made):
    return made.recovery_key, made.user_id, made.vault_id


def files(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def read_whole(path, keys, tmp_path):
    """Verify in this process, which is quicker; that the new process does the same is tested."""
    into = tmp_path / "into"
    into.mkdir()
    try:
        return verifying.read_whole(path, keys, into)[0]
    finally:
        shutil.rmtree(into)


def test_a_backup_holds_what_the_vault_holds(vault, place):
    made = back_up(vault, FolderTarget(place), reason="asked", clock=SystemClock())
    assert [one.path for one in container.listed(place)] == [made.path]
    assert made.size == made.path.stat().st_size
    with container.opened(made.path) as packed:
        assert packed.manifest == made.manifest
        assert packed.key_file == vault.key_file
    assert made.manifest.counts["audit_entry"] == made.manifest.seq
    assert made.manifest.signed.user_id == vault.user_id
    with vault.engine.connect() as connection:
        noted = connection.exec_driver_sql(
            "SELECT action, outcome FROM audit_entry ORDER BY seq DESC LIMIT 1"
        ).one()
    assert noted == ("backup.make", "ok")


def test_nothing_is_left_beside_the_backup_or_in_the_vault(made, place):
    with made.open() as vault:
        back_up(vault, FolderTarget(place), reason="asked", clock=SystemClock())
    assert len(list(place.iterdir())) == 1
    assert set(made.snapshot()) == {
        "anchor.json", "attempts.json", "clinic.db", "keys.json", "keys-copy.json"
    } - ({"attempts.json"} - {path.name for path in made.folder.iterdir()})  # fmt: skip


def test_ordinary_tools_open_it_and_find_no_name_in_it(whole):
    made, _keys = whole
    with zipfile.ZipFile(made.path) as packed:
        assert packed.testzip() is None
        assert packed.namelist() == list(container.NAMES)
        assert b"mesodesk restore" in packed.read("READ-ME.txt")
        assert b"Ana Ruiz" not in packed.read("manifest.json") + packed.read("READ-ME.txt")
    assert "Ana" not in made.path.name


def test_a_vault_that_is_opened_with_the_recovery_key_is_backed_up_unsigned(made, place):
    from mesodesk.vault.vault import open_vault

    with open_vault(made.folder, recovery_key=made.recovery_key) as vault:
        packed = back_up(vault, FolderTarget(place), reason="asked", clock=SystemClock())
        assert packed.manifest.signed is None
        assert packed.manifest.is_sealed_by(vault.keys.manifest)


def test_a_copy_is_of_one_moment_while_others_write(vault, tmp_path):
    ended = threading.Event()

    def write() -> None:
        while not ended.is_set():
            with vault.engine.begin() as connection:
                for _ in range(3):
                    vault.audit.append(
                        connection, AuditFact(vault.user_id, "A", "patient.view", "patient")
                    )

    writer = threading.Thread(target=write)
    writer.start()
    try:
        begun = None
        for number in range(10):
            copy = tmp_path / f"copy-{number}.db"
            facts = copy_database(vault.paths.database, copy, vault.keys)
            assert examine_copy(copy, vault.keys) == Examined(facts, ())
            begun = facts.seq if begun is None else begun
            assert facts.counts["audit_entry"] == facts.seq
            assert (facts.seq - begun) % 3 == 0
            assert not copy.with_name(copy.name + "-wal").exists()
    finally:
        ended.set()
        writer.join()


# What is noticed


def regions(path: Path) -> dict[str, tuple[int, int]]:
    """Return where each kind of byte lies: before, in and after the files."""
    with path.open("rb") as stream:
        members = zip_layout.scan(stream, container.NAMES)
    found, at = {}, 0
    for member in members:
        found[f"before {member.name}"] = (at, member.start)
        found[member.name] = (member.start, member.end)
        at = member.end
    return {**found, "directory": (at, path.stat().st_size)}


KINDS = [*(kind for name in container.NAMES for kind in (f"before {name}", name)), "directory"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.figures
def test_a_changed_byte_is_noticed_wherever_it_lies(whole, tmp_path, kind, figure):
    made, keys = whole
    path = Path(shutil.copy(made.path, tmp_path))
    begin, end = regions(path)[kind]
    small = kind not in {"clinic.db", "manifest.json", "keys.json", "anchor.json", "READ-ME.txt"}
    step = 1 if small else max(1, (end - begin) // 60)
    data = path.read_bytes()
    for at in range(begin, end, step):
        changed = bytearray(data)
        changed[at] ^= 1 << at % 8
        path.write_bytes(changed)
        with pytest.raises((DamagedBackupError, NotABackupError, NewerBackupError)):
            read_whole(path, keys, tmp_path)
    figure(BACKUP_FLIPS, 0, of=len(range(begin, end, step)))
    path.write_bytes(data)
    assert read_whole(path, keys, tmp_path) == made.manifest


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_was_cut_is_noticed(whole, tmp_path, kind):
    made, keys = whole
    path = Path(shutil.copy(made.path, tmp_path))
    begin, end = regions(path)[kind]
    for size in {begin, (begin + end) // 2, end - 1}:
        os.truncate(path, 0)
        path.write_bytes(made.path.read_bytes()[:size])
        with pytest.raises((DamagedBackupError, NotABackupError)):
            read_whole(path, keys, tmp_path)
    path.write_bytes(made.path.read_bytes() + b"\0")
    with pytest.raises(DamagedBackupError):
        read_whole(path, keys, tmp_path)


def test_damage_is_told_by_the_part_that_has_it(whole, tmp_path):
    made, keys = whole
    for name in ("READ-ME.txt", "manifest.json", "keys.json", "anchor.json", "clinic.db"):
        path = Path(shutil.copy(made.path, tmp_path))
        data = bytearray(path.read_bytes())
        begin, end = regions(path)[name]
        data[(begin + end) // 2] ^= 4
        path.write_bytes(data)
        with pytest.raises(DamagedBackupError) as caught:
            read_whole(path, keys, tmp_path)
        assert caught.value.part == name


def repacked(made, path: Path, change, keys=None, **files: bytes):
    """Write a container anew that is whole in itself, with other contents."""
    with zipfile.ZipFile(made.path) as packed:
        small = {name: packed.read(name) for name in container.NAMES}
    database = path.with_name("repacked.db")
    database.write_bytes(files.pop("database", small.pop("clinic.db")))
    small.pop("manifest.json")
    small.update(files)
    told = change(made.manifest, container.file_facts(small, database))
    if keys is not None:
        told = replace(told, signed=None).sealed(keys.manifest)
    with path.open("wb") as stream:
        container.write(stream, {**small, "manifest.json": manifest.encode(told)}, database)
    return path


def test_a_container_packed_by_somebody_without_the_key_is_noticed(whole, tmp_path):
    made, keys = whole

    def unchanged(told, facts):
        return replace(told, files=facts)

    path = repacked(made, tmp_path / "same", unchanged)
    assert read_whole(path, keys, tmp_path) == made.manifest
    for change in (
        lambda told, facts: replace(told, files=facts, seq=told.seq + 1),
        lambda told, facts: replace(told, files=facts, signed=None),
        lambda told, facts: replace(told, files=facts, made_at=datetime(2020, 1, 1, tzinfo=UTC)),
    ):
        path = repacked(made, tmp_path / "other", change)
        with pytest.raises(DamagedBackupError, match="manifest"):
            read_whole(path, keys, tmp_path)


def test_an_empty_database_in_a_container_is_refused_though_it_opens(whole, tmp_path):
    """The control shows what a check that is content with opening would accept."""
    made, keys = whole
    empty = tmp_path / "empty.db"
    create_database(empty, keys.data_key, keys.salt)
    connect(empty, keys.data_key, keys.salt).close()
    raw = connect_copy(empty, keys.data_key, keys.salt)
    assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    raw.close()
    path = repacked(
        made,
        tmp_path / "emptied",
        lambda told, facts: replace(told, files=facts),
        keys,
        database=empty.read_bytes(),
    )
    with pytest.raises(DamagedBackupError, match=r"clinic\.db"):
        read_whole(path, keys, tmp_path)


def test_an_older_database_in_a_container_is_refused_though_it_is_sound(made, place, tmp_path):
    with made.open() as vault:
        older = back_up(vault, FolderTarget(place), reason="asked", clock=SystemClock())
        newer = back_up(vault, FolderTarget(place), reason="asked", clock=SystemClock())
        with zipfile.ZipFile(older.path) as packed:
            database = packed.read("clinic.db")
        path = repacked(
            newer,
            tmp_path / "mixed",
            lambda told, facts: replace(told, files=facts),
            vault.keys,
            database=database,
        )
        with pytest.raises(DamagedBackupError, match="not the one that the manifest tells of"):
            read_whole(path, vault.keys, tmp_path)


def test_another_vaults_key_file_in_a_container_is_refused(whole, another, tmp_path):
    made, keys = whole
    path = repacked(
        made,
        tmp_path / "mixed",
        lambda told, facts: replace(told, files=facts),
        keys,
        **{"keys.json": (another.folder / "keys.json").read_bytes()},
    )
    with pytest.raises(DamagedBackupError, match=r"keys\.json"):
        read_whole(path, keys, tmp_path)


def test_what_is_no_backup_is_told_from_what_is_damaged(whole, tmp_path):
    made, _keys = whole
    with pytest.raises(MissingBackupError), container.opened(tmp_path / "none"):
        pass
    for content in (b"", b"SQLite format 3\0", b"{}"):
        (tmp_path / "other").write_bytes(content)
        with pytest.raises(NotABackupError), container.opened(tmp_path / "other"):
            pass
    body = manifest.encode(made.manifest).replace(b'"version": 1', b'"version": 2')
    with pytest.raises(DamagedBackupError):
        manifest.decode(body)
    with zipfile.ZipFile(tmp_path / "any.zip", "w") as packed:
        packed.writestr("READ-ME.txt", "hello")
    with pytest.raises(DamagedBackupError), container.opened(tmp_path / "any.zip"):
        pass


# The new process


def test_the_key_goes_to_the_new_process_and_to_nobody_else(vault, place, monkeypatch):
    real, seen = subprocess.Popen, []

    def start(command, **named):
        seen.append((command, named["env"]))
        return real(command, **named)

    monkeypatch.setattr(subprocess, "Popen", start)
    back_up(vault, FolderTarget(place), reason="asked", clock=SystemClock())
    ((command, environment),) = seen
    told = " ".join([*command, *environment.values()])
    assert vault.keys.data_key.hex() not in told
    assert vault.keys.salt.hex() not in told


def test_a_new_process_that_dies_makes_no_backup(vault, place, monkeypatch):
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(NotVerifiedError, match="was stopped"):
        back_up(vault, FolderTarget(place), reason="asked", clock=SystemClock())
    assert list(place.iterdir()) == []


# Disks and sticks


class Stick(FolderTarget):
    """A stick that fails after some bytes, or says it has written and has not."""

    def __init__(self, folder, *, room=None, lie=None):
        super().__init__(folder)
        self.room, self.lie = room, lie

    def create(self, path):
        stream = super().create(path)
        if self.room is None:
            return stream
        real, left = stream.write, [self.room]

        class Full:
            def __enter__(self):
                return self

            def __exit__(self, *_error):
                stream.close()

            def write(self, data):
                left[0] -= len(data)
                if left[0] < 0:
                    raise OSError(self_errno, os.strerror(self_errno))
                return real(data)

            def writelines(self, pieces):
                for piece in pieces:
                    self.write(piece)

        self_errno = self.errno
        return Full()

    errno = 28

    def settle(self, path):
        super().settle(path)
        if self.lie is not None:
            self.lie(path)


@pytest.fixture
def with_older(made, place):
    """An open vault of which one good backup lies on the stick, and that stick's files."""
    with made.open() as vault:
        back_up(vault, FolderTarget(place), reason="asked", clock=SystemClock())
        yield vault, files(place)


@pytest.mark.parametrize(
    ("room", "errno", "said"),
    [
        (0, 28, "full"),
        (100, 28, "full"),
        (3000, 5, "failed"),
        (200_000, 28, "full"),
        (610_000, 27, "exFAT"),
    ],
)
def test_a_stick_that_fails_after_some_bytes_changes_nothing(with_older, place, room, errno, said):
    vault, before = with_older
    stick = Stick(place, room=room)
    stick.errno = errno
    with pytest.raises(BackupTargetError, match=said):
        back_up(vault, stick, reason="asked", clock=SystemClock())
    assert files(place) == before
    with vault.engine.connect() as connection:
        noted = connection.exec_driver_sql(
            "SELECT action, outcome FROM audit_entry ORDER BY seq DESC LIMIT 1"
        ).one()
    assert noted == ("backup.make", "failed")


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


LIES = {
    "nothing": lambda path: path.write_bytes(b""),
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "half": lambda path: os.truncate(path, path.stat().st_size // 2),
    "one bit": flip,
    "the one before": lambda path: path.write_bytes(
        next(path.parent.glob("*.mesobackup")).read_bytes()
    ),
    "gone": Path.unlink,
}


@pytest.mark.parametrize("lie", LIES)
def test_a_stick_that_lies_is_found_out_and_changes_nothing(made, place, lie):
    with made.open() as vault:
        back_up(vault, FolderTarget(place), reason="asked", clock=SystemClock())
        before = files(place)
        with pytest.raises(NotVerifiedError):
            back_up(vault, Stick(place, lie=LIES[lie]), reason="asked", clock=SystemClock())
        assert files(place) == before


def test_a_folder_that_is_not_there_is_told(vault, tmp_path):
    with pytest.raises(BackupTargetError, match="no folder"):
        back_up(vault, FolderTarget(tmp_path / "none"), reason="asked", clock=SystemClock())
    assert not (tmp_path / "none").exists()


def test_too_little_room_for_the_copy_is_told_before_anything_is_written(vault, place, monkeypatch):
    monkeypatch.setattr(
        backing_up.shutil, "disk_usage", lambda _folder: shutil._ntuple_diskusage(9, 9, 9)
    )
    with pytest.raises(DiskFullError):
        back_up(vault, FolderTarget(place), reason="asked", clock=SystemClock())
    assert list(place.iterdir()) == []


class Ticking:
    """A clock of which no two looks are alike."""

    def __init__(self):
        self.at = datetime(2026, 3, 1, tzinfo=UTC)

    def now(self):
        self.at += timedelta(seconds=1)
        return self.at


@pytest.fixture
def closed(made):
    """A closed vault as the source of backups."""
    with made.open() as vault:
        keys = VaultKeys(vault.vault_id, vault.keys.data_key, vault.keys.salt)
        return Source(made.folder, keys, vault.key_file)


def test_a_backup_cut_short_at_any_step_is_never_listed(closed, place, faults):
    """Every syncing, renaming and opening for writing of this process, in turn."""
    clock = Ticking()
    make_backup(closed, FolderTarget(place), reason="asked", clock=clock)
    whole = {path.name for path in place.iterdir()}
    steps = 0
    while True:
        steps += 1
        before = files(place)
        try:
            with faults.failing_at(steps, faults.Cut):
                make_backup(closed, FolderTarget(place), reason="asked", clock=clock)
        except faults.Cut:
            now = files(place)
            assert {name: now[name] for name in before} == before
            for one in container.listed(place):  # a cut after the naming leaves a whole one
                with container.opened(one.path) as packed:
                    packed.extract_database(place / "trial")
                (place / "trial").unlink()
                whole.add(one.path.name)
            assert {one.path.name for one in container.listed(place)} == whole
        else:
            break
    assert steps > 5


class Still:
    """A clock that stands."""

    def __init__(self):
        self.at = Ticking().now()

    def now(self):
        return self.at


def test_two_backups_within_a_second_both_stay(closed, place):
    clock = Still()
    first, second = (
        make_backup(closed, FolderTarget(place), reason="asked", clock=clock) for _ in range(2)
    )
    assert first.path != second.path
    assert {one.path for one in container.listed(place)} == {first.path, second.path}
    assert all(still_whole(one.path, closed) for one in (first, second))


def test_a_part_of_the_same_name_is_in_nobodys_way(closed, place):
    """A program that was killed and started again within the second takes the same name."""
    clock = Still()
    seq = make_backup(closed, FolderTarget(place), reason="asked", clock=clock).manifest.seq
    name = container.file_name(seq, clock.at)
    (place / name).rename(backing_up.part_of(place / name, closed.keys.vault_id))
    make_backup(closed, FolderTarget(place), reason="asked", clock=clock)
    assert [one.path.name for one in container.listed(place)] == [name]


def test_leftovers_of_a_killed_backup_go_with_the_next_and_are_never_listed(made, place):
    left = made.folder / ".copying-killed"
    left.mkdir()
    (left / "copy.db").write_bytes(b"part")
    (place / "mesodesk-000000009-20260101T000000Z.mesobackup.part").write_bytes(b"PK")
    (place / "mesodesk-000000009-20260101T000000Z.mesobackup").touch()
    assert container.listed(place) == ()
    with made.open() as vault:
        back_up(vault, FolderTarget(place), reason="asked", clock=SystemClock())
    assert not left.exists()
    assert len(container.listed(place)) == 1


def test_parts_that_killed_backups_left_on_the_stick_go_and_those_of_other_vaults_stay(
    closed, place
):
    name = "mesodesk-000000009-20260101T000000Z.mesobackup"
    mine = backing_up.part_of(place / name, closed.keys.vault_id)
    others = backing_up.part_of(place / name, uuid4())
    for part in (mine, others):
        part.write_bytes(b"PK")
    (place / "notes.part").write_bytes(b"a")
    make_backup(closed, FolderTarget(place), reason="asked", clock=SystemClock())
    assert not mine.exists()
    assert others.exists()
    assert (place / "notes.part").exists()


def test_two_backups_at_once_follow_each_other_and_both_are_made(closed, tmp_path):
    both = threading.Barrier(2)
    met, made = [], []

    class Waiting(FolderTarget):
        def settle(self, path):
            super().settle(path)
            with contextlib.suppress(threading.BrokenBarrierError):
                met.append(both.wait(timeout=1))

    def back_up_to(name):
        (tmp_path / name).mkdir()
        target = Waiting(tmp_path / name)
        made.append(make_backup(closed, target, reason="asked", clock=SystemClock()))

    threads = [threading.Thread(target=back_up_to, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert met == []
    assert len(made) == 2


def test_damage_in_the_vault_stops_the_backup(made, place):
    with made.open() as vault:
        data = bytearray(made.database.read_bytes())
        data[len(data) // 2] ^= 8
        made.database.write_bytes(data)
        with pytest.raises(VaultError):
            back_up(vault, FolderTarget(place), reason="asked", clock=SystemClock())
    assert container.listed(place) == ()
