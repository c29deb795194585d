"""The audit chain: what was done, by whom, appended in the very transaction that does it.

Each entry carries an HMAC over the entry and the HMAC before it, under a key derived from the
vault's: an entry that is edited, removed, moved or slipped in breaks the chain at a known place.
That the end was cut off shows against the anchor (`mesodesk.vault.anchor`).
"""

import hmac
import json
import platform
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any
from uuid import UUID

from mesodesk import __version__
from mesodesk.db.asking import Asked
from mesodesk.db.moments import to_microseconds
from mesodesk.domain.canonical import canonical_json
from mesodesk.domain.clock import Clock
from mesodesk.vault.audit_keys import ChainKeys, chain_keys
from mesodesk.vault.keys import VaultKeys

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

    from mesodesk.vault.spans import SpanKeeper

GENESIS = bytes(32)
_STRANGE_KEY = (
    "The keys of the audit log that the database keeps do not end with the vault's own: they were"
    " changed outside Mesodesk."
)
MOST_FINDINGS = 100

# In this order they are selected, and in this order their names are sorted in the JSON.
_MACED = (
    "action", "actor_id", "actor_name", "actor_role", "at", "boot_id", "details", "monotonic_ms",
    "object_id", "object_type", "object_version", "outcome", "program", "reason", "seq",
    "workstation",
)  # fmt: skip
_COLUMNS = (*_MACED, "prev", "mac")
_SEQ, _PREV, _MAC = _COLUMNS.index("seq"), _COLUMNS.index("prev"), _COLUMNS.index("mac")


_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM audit_entry WHERE seq >= ? ORDER BY seq"  # noqa: S608
_INSERT = (
    f"INSERT INTO audit_entry ({', '.join(_COLUMNS)}) "  # noqa: S608  names of ours only
    f"VALUES ({', '.join('?' * len(_COLUMNS))})"
)
_HEAD = "SELECT seq, mac FROM audit_entry ORDER BY seq DESC LIMIT 1"

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
# What is authenticated is a JSON object of the columns. It is put together from its spelled values:
# a million entries are verified twice as fast as when each is built and encoded as a whole.
_SPELLED = "{" + ",".join(f'"{name}":%s' for name in _MACED) + "}"
_SPELLING: Mapping[type, Callable[[Any], str]] = defaultdict(
    lambda: _encode,  # a value of a type that the program never writes
    {
        str: encode_basestring,
        int: repr,
        bytes: lambda value: f'"{value.hex()}"',
        type(None): lambda _: "null",
    },
)

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class AuditFact:
    """What happened. `details` and `reason` carry no clinical text and no patient's name.

    `action` is two words with a dot, `session.sign`; `object_type` the name of the table or of what
    was printed or exported; `outcome` is "ok" unless refused or failed.
    """

    actor_id: UUID | None
    actor_name: str
    action: str
    object_type: str
    object_id: UUID | None = None
    object_version: int | None = None
    outcome: str = "ok"
    reason: str | None = None
    details: Mapping[str, object] = field(default_factory=dict)
    actor_role: str | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """An appended entry: its place in the chain and its digest."""

    seq: int
    at: datetime
    mac: bytes


@dataclass(frozen=True, slots=True)
class ChainFinding:
    """Where the chain is broken, in words."""

    seq: int
    sentence: str


class AuditTrail:
    """Appends to the chain of one open vault."""

    def __init__(self, keys: VaultKeys, clock: Clock, boot_id: str) -> None:
        """Prepare to append.

        Args:
            keys: of the open vault.
            clock: tells the time of each entry; the order never depends on it.
            boot_id: names this run of the program, in which `monotonic_ms` counts.
        """
        self._key = keys.audit_mac
        self._clock = clock
        self._boot_id = boot_id
        self._workstation = platform.node()[:100]
        self.spans: SpanKeeper | None = None
        """Signs what was appended, while somebody is in who can."""

    @property
    def boot_id(self) -> str:
        """Names this run of the program."""
        return self._boot_id

    def append(self, target: "Session | Connection", fact: AuditFact) -> AuditEntry:
        """Append an entry in the caller's transaction: both are kept or neither."""
        from sqlalchemy.orm import Session  # not needed to verify, which a new process may do

        connection = target.connection() if isinstance(target, Session) else target
        seq, prev = chain_head(connection)
        if self.spans is not None:
            self.spans.keep_up(connection, seq)
        now = self._clock.now()
        row = self._row(fact, seq + 1, now)
        mac = _mac(self._key, prev, row)
        connection.exec_driver_sql(_INSERT, (*row, prev, mac))
        return AuditEntry(seq + 1, now, mac)

    def _row(self, fact: AuditFact, seq: int, now: datetime) -> Row:
        """Return the authenticated columns, in the order of `_MACED`."""
        return (
            fact.action,
            None if fact.actor_id is None else fact.actor_id.bytes,
            fact.actor_name,
            fact.actor_role,
            to_microseconds(now),
            self._boot_id,
            canonical_json(fact.details).decode("utf-8"),
            time.monotonic_ns() // 1_000_000,
            None if fact.object_id is None else fact.object_id.bytes,
            fact.object_type,
            fact.object_version,
            fact.outcome,
            __version__,
            fact.reason,
            seq,
            self._workstation,
        )


def chain_head(connection: Asked) -> tuple[int, bytes]:
    """Return number and digest of the last entry; 0 and zeros for an empty chain."""
    last = connection.exec_driver_sql(_HEAD).first()
    return (0, GENESIS) if last is None else (int(last[0]), bytes(last[1]))


def _mac(key: bytes, prev: bytes, row: Row) -> bytes:
    spelled = _SPELLED % tuple([_SPELLING[type(value)](value) for value in row[: len(_MACED)]])
    return hmac.digest(key, prev + spelled.encode("utf-8", "surrogatepass"), "sha256")


def verify_chain(connection: Asked, keys: VaultKeys, from_seq: int = 1) -> list[ChainFinding]:
    """Verify the chain from an entry on, streaming; return what is wrong, first the earliest.

    Args:
        connection: any open connection to the database.
        keys: of the open vault.
        from_seq: the first entry to verify; the one before it is trusted.
    """
    walked = walk_chain(connection, keys, from_seq)
    return [finding for _done, found in walked for finding in found][:MOST_FINDINGS]


def walk_chain(
    connection: Asked, keys: VaultKeys, from_seq: int = 1, every: int = 10_000
) -> Iterator[tuple[int, list[ChainFinding]]]:
    """As `verify_chain`, some entries at a step; yields the last of them and what was found."""
    bound_with = chain_keys(connection, keys)
    strange = [] if bound_with.ends_with(keys) else [ChainFinding(from_seq, _STRANGE_KEY)]
    yield from_seq - 1, strange
    prev = GENESIS
    if from_seq > 1:
        before = connection.exec_driver_sql(
            "SELECT mac FROM audit_entry WHERE seq = ?", (from_seq - 1,)
        ).scalar()
        prev = bytes(before) if before is not None else GENESIS
    cursor = connection.connection.cursor()
    try:
        # Entries below 1 cannot be, so they are asked for as well.
        cursor.execute(_SELECT, (from_seq if from_seq > 1 else -(2**63),))
        expected = from_seq
        while rows := cursor.fetchmany(every):
            yield rows[-1][_SEQ], list(verify_rows(rows, bound_with, expected, prev))
            expected, prev = _after(rows, expected, prev)
    finally:
        cursor.close()


def _after(rows: Sequence[Row], expected: int, prev: bytes) -> tuple[int, bytes]:
    """Return the number and the digest before it that the entry after some rows must have."""
    for row in reversed(rows):
        seq, mac = row[_SEQ], row[_MAC]
        if isinstance(seq, int):
            if seq < expected:
                break
            return seq + 1, mac if isinstance(mac, bytes) else GENESIS
    return expected, prev


def verify_rows(
    rows: Iterable[Row], keys: ChainKeys, first_seq: int = 1, prev: bytes = GENESIS
) -> Iterator[ChainFinding]:
    """Yield what is wrong with rows in the order of their numbers; at most a hundred findings."""
    expected, found = first_seq, 0
    for row in rows:
        for finding in _look_at(row, keys, expected, prev):
            found += 1
            if found <= MOST_FINDINGS:
                yield finding
        seq, mac = row[_SEQ], row[_MAC]
        if isinstance(seq, int) and seq >= expected:
            expected = seq + 1
            prev = mac if isinstance(mac, bytes) else GENESIS


def _look_at(row: Row, keys: ChainKeys, expected: int, prev: bytes) -> Iterator[ChainFinding]:
    seq = row[_SEQ]
    if not isinstance(seq, int) or seq < expected:
        yield ChainFinding(expected, f"An entry was slipped in before audit entry {expected}.")
        return
    if seq > expected:
        yield ChainFinding(expected, _missing(expected, seq - 1))
    elif row[_PREV] != prev:
        yield ChainFinding(seq, f"Audit entry {seq} does not follow the one before it.")
    if not _is_genuine(row, keys.at(seq)):
        yield ChainFinding(
            seq, f"Audit entry {seq} was changed after it was written, or was not written by us."
        )


def _is_genuine(row: Row, key: bytes) -> bool:
    prev, mac = row[_PREV], row[_MAC]
    if not isinstance(prev, bytes) or not isinstance(mac, bytes):
        return False
    try:
        return hmac.compare_digest(mac, _mac(key, prev, row))
    except (TypeError, ValueError):
        return False  # a value of a type that the program never writes


def _missing(first: int, last: int) -> str:
    if first == last:
        return f"Audit entry {first} is missing."
    return f"Audit entries {first} to {last} are missing."
