"""The anchor: how far the audit chain had come, kept outside the database.

A write-ahead log that is cut, or a whole database put back, leaves a file that is sound in itself;
only something outside tells that saves are missing. The database may be ahead of the anchor (it was
written after the last commit but one); the anchor ahead of the database is an alarm.
"""

import hmac
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

from mesodesk.domain.canonical import canonical_json, moment_text
from mesodesk.vault.atomic import replace_file
from mesodesk.vault.keys import VaultKeys
from mesodesk.vault.paths import VaultPaths

NAME = "mesodesk-anchor"
VERSION = 1
WRITE_EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class Anchor:
    """The chain's head as it was, with row counts and what the folder's other files counted.

    `counts` are rows of each table when entry `counts_seq` was the last; `failures` is the total of
    wrong passwords; `key_generation` that of the key file.
    """

    vault_id: UUID
    seq: int
    head: bytes
    written_at: datetime
    failures: int = 0
    key_generation: int = 0
    counts_seq: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)


class AnchorError(ValueError):
    """The anchor file is there, but is damaged or not the program's own."""


def write_anchor(folder: Path, anchor: Anchor, keys: VaultKeys) -> None:
    """Replace the anchor file, synced.

    Raises:
        OSError: if the disk refuses; the anchor before it stays.
    """
    replace_file(VaultPaths(folder).anchor, encode(anchor, keys))


def encode(anchor: Anchor, keys: VaultKeys) -> bytes:
    """Return the file's bytes."""
    body = _body(anchor)
    mac = hmac.new(keys.anchor, canonical_json(body), "sha256").hexdigest()
    return json.dumps({**body, "mac": mac}, indent=1).encode("utf-8") + b"\n"


def read_anchor(folder: Path, keys: VaultKeys) -> Anchor | None:
    """Return the anchor, or None where there is no file.

    Raises:
        AnchorError: if the file is damaged or was not written by this vault.
    """
    try:
        whole = json.loads(VaultPaths(folder).anchor.read_bytes())
        mac = whole.pop("mac")
        anchor = Anchor(
            vault_id=UUID(whole["vault_id"]),
            seq=int(whole["seq"]),
            head=bytes.fromhex(whole["head"]),
            written_at=datetime.fromisoformat(whole["written_at"]),
            failures=int(whole["failures"]),
            key_generation=int(whole["key_generation"]),
            counts_seq=int(whole["counts_seq"]),
            counts={str(name): int(rows) for name, rows in whole["counts"].items()},
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise AnchorError("the anchor cannot be read") from error
    expected = hmac.new(keys.anchor, canonical_json(whole), "sha256").hexdigest()
    if not hmac.compare_digest(str(mac), expected) or anchor.vault_id != keys.vault_id:
        raise AnchorError("the anchor was not written by this vault")
    return anchor


def _body(anchor: Anchor) -> dict[str, object]:
    return {
        "format": NAME,
        "version": VERSION,
        "vault_id": str(anchor.vault_id),
        "seq": anchor.seq,
        "head": anchor.head.hex(),
        "written_at": moment_text(anchor.written_at),
        "failures": anchor.failures,
        "key_generation": anchor.key_generation,
        "counts_seq": anchor.counts_seq,
        "counts": dict(anchor.counts),
    }


def compare(
    anchor: Anchor, seq: int, last_at: datetime | None, head_at_anchor: bytes | None
) -> str | None:
    """Return the alarm that the anchor raises over a database, or None.

    Args:
        anchor: as read from the folder.
        seq: number of the last entry in the database.
        last_at: when that entry was written.
        head_at_anchor: digest of the entry that the anchor names, if the database has it.
    """
    if anchor.seq > seq:
        missing = anchor.seq - seq
        saves = "1 save is" if missing == 1 else f"{missing} saves are"
        since = "the beginning" if last_at is None else _local(last_at)
        return (
            f"{saves} missing since {since}: the database is older than it was when it was last "
            f"closed or saved ({_local(anchor.written_at)}). What is there is intact. Look whether "
            "an older copy was put back, and compare with the newest backup before going on."
        )
    if anchor.seq > 0 and head_at_anchor != anchor.head:
        return (
            f"The history up to audit entry {anchor.seq} is not the one that was written: the "
            "database was replaced or rewritten. Nothing was changed now. Compare with the newest "
            "backup before going on."
        )
    return None


def _local(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


class AnchorKeeper:
    """Writes the anchor soon after commits, on a thread of its own: no save waits for it."""

    def __init__(self, write: Callable[[], None], every_s: float = WRITE_EVERY_S) -> None:
        """Start the thread.

        Args:
            write: writes the anchor of what is committed; called on the thread.
            every_s: commits within this time share one writing.
        """
        self._write = write
        self._every_s = every_s
        self._due = threading.Event()
        self._ended = threading.Event()
        self.trouble: OSError | None = None
        self._thread = threading.Thread(target=self._run, name="anchor", daemon=True)
        self._thread.start()

    def committed(self) -> None:
        """Say that something was committed. Costs nothing."""
        self._due.set()

    def stop(self) -> None:
        """End the thread; the caller writes the last anchor."""
        self._ended.set()
        self._due.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            self._due.wait()
            if self._ended.wait(self._every_s):
                return
            self._due.clear()
            # `stop` may have come between the wait and the clear, which then took its call away.
            if self._ended.is_set():
                return
            self._write_once()

    def _write_once(self) -> None:
        try:
            self._write()
            self.trouble = None
        except OSError as error:
            # A full disk is told by the next save; the anchor before stays and is merely older.
            self.trouble = error
