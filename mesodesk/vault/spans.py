"""Spans of audit entries, each signed by whoever was in: nobody answers for what another did.

The chain's MAC is made with a key that everybody who opens the vault has. A span is signed with a
key that one user alone has: of entries in somebody's name no other can make another course.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from mesodesk.db.asking import Asked
from mesodesk.db.moments import from_microseconds, to_microseconds
from mesodesk.domain.canonical import canonical_json
from mesodesk.domain.clock import Clock
from mesodesk.domain.records.audit import SpanKind
from mesodesk.vault.audit import chain_head

if TYPE_CHECKING:
    from mesodesk.vault.parts import OpenedBy

EVERY = 100
"""So many entries at most wait for a signature while the program goes on."""

_LAST = "SELECT coalesce(max(last_seq), 0) FROM audit_span"
_COVERED = "SELECT coalesce(sum(last_seq - first_seq + 1), 0) FROM audit_span WHERE kind"
_ACTORS = "SELECT seq, actor_id, mac FROM audit_entry WHERE seq > ? AND seq <= ? ORDER BY seq"
_INSERT = (
    "INSERT INTO audit_span (first_seq, last_seq, head, kind, user_id, public_key, signature,"
    " made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


def span_digest(
    vault_id: UUID, *, first: int, last: int, head: bytes, user_id: UUID, made_at: datetime
) -> bytes:
    """Return what the signature under a span is made over; nothing else of ours has this form."""
    body = {
        "format": "mesodesk-audit-span",
        "version": 1,
        "vault": vault_id,
        "first": first,
        "last": last,
        "head": head.hex(),
        "user": user_id,
        "at": made_at,
    }
    return hashlib.sha256(canonical_json(body)).digest()


class SpanKeeper:
    """Signs the entries of one open vault, in the transactions of others or in one of its own."""

    def __init__(self, vault_id: UUID, clock: Clock, who: Callable[[], "OpenedBy"]) -> None:
        """Begin to keep up.

        Args:
            vault_id: of the vault.
            clock: the computer's.
            who: returns who is in, asked each time.
        """
        self._vault_id = vault_id
        self._clock = clock
        self._who = who
        self._known = 0

    def keep_up(self, connection: Asked, seq: int) -> None:
        """Sign what waits in the caller's transaction, once it is enough; else cost nothing.

        Args:
            connection: in a transaction that goes on to append.
            seq: the last entry by now.
        """
        if 0 <= seq - self._known < EVERY:
            return
        # Looked up rather than counted: what was rolled back must not seem to be signed.
        self._known = _closed_to(connection)
        if seq - self._known >= EVERY:
            self.close(connection)

    def close(self, connection: Asked) -> None:
        """Close the span that is open, in the caller's transaction: by whoever is in."""
        by = self._who()
        for run in self._runs(connection, by.user_id):
            if not run.own:
                self._write(connection, run, SpanKind.FOUND)
            elif by.signing_key is None:
                self._write(connection, run, SpanKind.RECOVERY, by.user_id)
            else:
                self._sign(connection, run, by.user_id, by.signing_key)

    def close_found(self, connection: Asked) -> None:
        """Close what a killed program left open; whoever opens now cannot answer for it."""
        rows = _entries(connection)
        if rows:
            last, _actor, head = rows[-1]
            self._write(connection, _Run(rows[0][0], last, head, own=False), SpanKind.FOUND)

    def _runs(self, connection: Asked, user_id: UUID) -> list["_Run"]:
        """Return the entries that wait, parted by whether they are of this user or of others."""
        runs: list[_Run] = []
        for seq, actor, mac in _entries(connection):
            own = actor is None or actor == user_id.bytes
            if runs and runs[-1].own == own:
                runs[-1] = _Run(runs[-1].first, seq, mac, own)
            else:
                runs.append(_Run(seq, seq, mac, own))
        return runs

    def _sign(self, connection: Asked, run: "_Run", user_id: UUID, key: bytes) -> None:
        from mesodesk.vault.slots import public_key_of, sign

        now = self._clock.now()
        digest = span_digest(
            self._vault_id,
            first=run.first,
            last=run.last,
            head=run.head,
            user_id=user_id,
            made_at=now,
        )
        self._insert(
            connection,
            run,
            SpanKind.SIGNED,
            user_id.bytes,
            (public_key_of(key), sign(key, digest)),
            now,
        )

    def _write(
        self, connection: Asked, run: "_Run", kind: SpanKind, user_id: UUID | None = None
    ) -> None:
        user = None if user_id is None else user_id.bytes
        self._insert(connection, run, kind, user, (None, None), self._clock.now())

    def _insert(
        self,
        connection: Asked,
        run: "_Run",
        kind: SpanKind,
        user: bytes | None,
        signed: tuple[bytes | None, bytes | None],
        now: datetime,
    ) -> None:
        row = (run.first, run.last, run.head, kind.value, user, *signed, to_microseconds(now))
        connection.exec_driver_sql(_INSERT, row)


@dataclass(frozen=True, slots=True)
class _Run:
    """Entries one after the other that one span is made of; `own`: of whoever is in."""

    first: int
    last: int
    head: bytes
    own: bool


def _closed_to(connection: Asked) -> int:
    return int(connection.exec_driver_sql(_LAST).scalar_one())


def _entries(connection: Asked) -> list[tuple[int, bytes | None, bytes]]:
    """Return number, actor and digest of the entries that lie in no span yet."""
    last, _head = chain_head(connection)
    rows = connection.exec_driver_sql(_ACTORS, (_closed_to(connection), last))
    return [(int(seq), actor, bytes(mac)) for seq, actor, mac in rows]


@dataclass(frozen=True, slots=True)
class SpanCount:
    """How many entries are signed, how many are not, and by whom and when the last span was."""

    entries: int
    signed: int
    unsigned: int
    last_user_id: UUID | None
    last_at: datetime | None

    @property
    def waiting(self) -> int:
        """Entries after the last span: they are signed at the next lock or close."""
        return self.entries - self.signed - self.unsigned


def count_spans(connection: Asked) -> SpanCount:
    """Tell what the spans cover; says nothing of whether they are genuine."""
    signed = connection.exec_driver_sql(_COVERED + " = 'signed'").scalar_one()
    unsigned = connection.exec_driver_sql(_COVERED + " <> 'signed'").scalar_one()
    last = connection.exec_driver_sql(
        "SELECT user_id, made_at FROM audit_span WHERE kind = 'signed'"
        " ORDER BY first_seq DESC LIMIT 1"
    ).first()
    return SpanCount(
        chain_head(connection)[0],
        int(signed),
        int(unsigned),
        None if last is None else UUID(bytes=last[0]),
        None if last is None else from_microseconds(last[1]),
    )
