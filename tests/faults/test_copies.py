"""A copy of a live database, file by file, is no backup: restoring refuses what came of it."""

import shutil
import threading
import time
from contextlib import closing
from dataclasses import replace

import pytest
import sqlcipher3.dbapi2 as driver
from harness import PASSWORD
from vaults import copy_of

from mesodesk.db.engine import connect
from mesodesk.domain.clock import SystemClock
from mesodesk.vault import container, manifest
from mesodesk.vault.audit import AuditFact
from mesodesk.vault.backing_up import FolderTarget, back_up
from mesodesk.vault.container import opened
from mesodesk.vault.errors import VaultError
from mesodesk.vault.keys import VaultKeys, password_secret
from mesodesk.vault.opening import Credential
from mesodesk.vault.restoring import restore
from mesodesk.vault.vault import open_vault

BY_PASSWORD = Credential(password_secret(PASSWORD), is_recovery=False)


class Writer(threading.Thread):
    """Saves on a thread of its own, without a pause while `busy` is set, until it is `done`."""

    def __init__(self, vault):
        super().__init__(daemon=True)
        self._vault = vault
        self.saved = 0
        self.busy = threading.Event()
        self.done = threading.Event()

    def stop(self):
        self.done.set()
        self.busy.set()
        self.join()

    def run(self):
        while self.busy.wait() and not self.done.is_set():
            with self._vault.engine.begin() as connection:
                fact = AuditFact(self._vault.user_id, "A", "patient.update", "patient")
                self._vault.audit.append(connection, fact)
            self.saved += 1


def copied(vault, target, number):
    """Copy the files as people do, in one order or the other, and fold the log in if that works."""
    target.mkdir()
    names = ["clinic.db", "clinic.db-wal"]
    for name in names if number % 2 else reversed(names):
        shutil.copyfile(vault.folder / name, target / name)
    try:
        raw = connect(target / "clinic.db", vault.keys.data_key, vault.keys.salt, guarded=False)
        try:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            raw.execute("PRAGMA journal_mode=DELETE").fetchone()
            whole = raw.execute("PRAGMA integrity_check(1)").fetchall() == [("ok",)]
        finally:
            raw.close()
    except driver.Error:
        return False
    return whole


def packed(good, copy, keys, target):
    """Pack a copy as cleverly as can be: with everything of a real backup, resealed by its key."""
    with opened(good) as real:
        small = {
            container.README: container.INSTRUCTIONS,
            container.KEYS: real.keys_bytes,
            container.ANCHOR: real.anchor_bytes,
        }
        told = replace(real.manifest, files=container.file_facts(small, copy), signed=None)
    sealed = manifest.encode(told.sealed(keys.manifest))
    with target.open("wb") as stream:
        container.write(stream, {**small, container.MANIFEST: sealed}, copy)


def refused_of(start, place, times):
    """Copy a live vault so many times, and on until one looks sound or it was tried long enough.

    Returns how many were made, how many of them looked sound, and how many were refused.
    """
    folder = copy_of(start / "vault", place / "vault")
    stick = place / "stick"
    stick.mkdir()
    made = sound = refused = 0
    with closing(open_vault(folder, password=PASSWORD)) as vault:
        keys = VaultKeys(vault.vault_id, vault.keys.data_key, vault.keys.salt)
        good = back_up(vault, FolderTarget(stick), reason="asked", clock=SystemClock()).path
        writer = Writer(vault)
        writer.start()
        try:
            while made < times or (not sound and made < 10 * times):
                made, number = made + 1, made
                before = writer.saved
                writer.busy.set()
                while writer.saved < before + 3:
                    time.sleep(0.001)
                copy = place / f"copy-{number}"
                sound += copied(vault, copy, number)
                # Or the vault grows by more with each copy, and each takes longer than the last.
                writer.busy.clear()
                bad = stick / f"mesodesk-{number:09d}-20990101T000000Z.mesobackup"
                packed(good, copy / "clinic.db", keys, bad)
                try:
                    restore(bad, place / "restored", BY_PASSWORD, clock=SystemClock())
                except VaultError:
                    refused += 1
                else:
                    shutil.rmtree(place / "restored")
                # In memory lie hundreds of them else, and grow with the vault.
                shutil.rmtree(copy)
                bad.unlink()
        finally:
            writer.stop()
    restore(good, place / "restored", BY_PASSWORD, clock=SystemClock())
    print(f"of {made} copies {sound} looked sound, {refused} were refused")
    return made, sound, refused


def test_ten_copies_of_a_live_vault_are_refused_though_some_look_sound(start, place):
    """Those that look sound are the control: the library's own check takes them for good."""
    made, sound, refused = refused_of(start, place, 10)
    assert refused == made >= 10
    assert sound


@pytest.mark.long
def test_two_hundred_copies_of_a_live_vault_are_refused(start, place):
    made, sound, refused = refused_of(start, place, 200)
    assert refused == made >= 200
    assert sound
