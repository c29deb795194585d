"""Verifies the spans of the audit log: somebody answers for each entry, and really did sign."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from mesodesk.db.asking import Asked
from mesodesk.db.moments import from_microseconds
from mesodesk.domain.records.audit import SpanKind
from mesodesk.vault.audit import MOST_FINDINGS, ChainFinding, chain_head
from mesodesk.vault.seal import signature_is_valid
from mesodesk.vault.spans import EVERY, span_digest

# A transaction that is given up may put off one signature; and a restoring adds its entry.
MOST_OPEN = 3 * EVERY

_SPANS = (
    "SELECT s.first_seq, s.last_seq, s.head, s.kind, s.user_id, s.public_key, s.signature,"
    " s.made_at, (SELECT mac FROM audit_entry WHERE seq = s.last_seq), k.user_id"
    " FROM audit_span s LEFT JOIN signing_key k ON k.public_key = s.public_key"
    " WHERE s.last_seq >= ? ORDER BY s.first_seq"
)
# The plus signs keep the index of actors out of it: each span is a short stretch of numbers.
_FOREIGN = (
    "SELECT min(e.seq) FROM audit_span s CROSS JOIN audit_entry e"
    " ON e.seq BETWEEN s.first_seq AND s.last_seq WHERE s.kind = 'signed' AND s.last_seq >= ?"
    " AND +e.actor_id IS NOT NULL AND +e.actor_id IS NOT s.user_id GROUP BY s.first_seq"
)
# What an opening writes before it says that it is one.
_NEXT = (
    "SELECT action FROM audit_entry WHERE seq > ?"
    " AND action NOT IN ('vault.finding', 'keys.change') ORDER BY seq LIMIT 1"
)
_ACTORS = "SELECT DISTINCT +actor_id FROM audit_entry WHERE seq BETWEEN ? AND ?"
_LAST = "SELECT coalesce(max(last_seq), 0) FROM audit_span"


@dataclass(frozen=True, slots=True)
class _Span:
    """A row as stored; `mac` is what stands at its last entry, `owner` whose key it names."""

    first: int
    last: int
    head: bytes
    kind: SpanKind
    user: bytes | None
    key: bytes | None
    signature: bytes | None
    made_at: int
    mac: bytes | None
    owner: bytes | None


def verify_spans(connection: Asked, vault_id: UUID, from_seq: int = 1) -> list[ChainFinding]:
    """Verify that all entries lie in spans, and the signatures; return what is wrong, in order.

    The entries themselves are verified by `verify_chain`.

    Args:
        connection: any open connection to a database that has spans.
        vault_id: of the vault.
        from_seq: spans that end before this entry are trusted.
    """
    found = sorted(_findings(connection, vault_id, from_seq), key=lambda one: one.seq)
    return found[:MOST_FINDINGS]


def has_spans(connection: Asked) -> bool:
    """Tell whether the schema knows of spans: copies of earlier ones do not."""
    asked = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'audit_span'"
    return connection.exec_driver_sql(asked).first() is not None


def _findings(connection: Asked, vault_id: UUID, from_seq: int) -> Iterator[ChainFinding]:
    end, _head = chain_head(connection)
    expected = 1 if from_seq <= 1 else None
    spans: list[_Span] = []
    for row in connection.exec_driver_sql(_SPANS, (from_seq,)):
        span = _read(row)
        if span is None:
            at = row[0] if isinstance(row[0], int) else expected or from_seq
            yield ChainFinding(at, f"The span at audit entry {at} was changed outside Mesodesk.")
            return
        yield from _place_findings(span, expected, end)
        yield from _sign_findings(span, vault_id)
        expected = span.last + 1
        spans.append(span)
    for (seq,) in connection.exec_driver_sql(_FOREIGN, (from_seq,)):
        yield ChainFinding(seq, f"Audit entry {seq} is signed by somebody who did not write it.")
    yield from _shed_findings(connection, spans)
    yield from _tail_findings(connection, end)


def _read(row: Sequence[object]) -> _Span | None:
    """Return a row with the kinds of value that the program writes; None for any other."""
    numbers, blobs = (row[0], row[1], row[7]), (row[4], row[5], row[6], row[8], row[9])
    whole = all(isinstance(one, int) for one in numbers) and isinstance(row[2], bytes)
    if not whole or not all(one is None or isinstance(one, bytes) for one in blobs):
        return None
    try:
        kind = SpanKind(str(row[3]))
    except ValueError:
        return None
    return _Span(row[0], row[1], row[2], kind, *row[4:])  # type: ignore[arg-type]  # just looked at


def _place_findings(span: _Span, expected: int | None, end: int) -> Iterator[ChainFinding]:
    if expected is not None and span.first > expected:
        yield ChainFinding(
            expected,
            f"Nobody answers for audit entries {expected} to {span.first - 1}: their span is"
            " missing.",
        )
    elif (expected is not None and span.first < expected) or span.last < span.first:
        yield ChainFinding(span.first, f"The spans over audit entry {span.first} overlap.")
    if span.last > end:
        yield ChainFinding(
            end + 1,
            f"Audit entries {end + 1} to {span.last} are missing: a span of the log tells of them.",
        )


def _sign_findings(span: _Span, vault_id: UUID) -> Iterator[ChainFinding]:
    name = f"audit entries {span.first} to {span.last}"
    if span.mac is not None and span.mac != span.head:
        yield ChainFinding(span.first, f"The {name} are not those that their span was made over.")
    if span.kind is not SpanKind.SIGNED:
        if span.signature is not None:
            yield ChainFinding(span.first, f"The span over {name} was changed outside Mesodesk.")
    elif span.owner is None or span.owner != span.user:
        yield ChainFinding(span.first, f"The {name} are signed with a key that is not on record.")
    elif not _is_signed(span, vault_id):
        yield ChainFinding(span.first, f"The signature under {name} is not valid.")


def _is_signed(span: _Span, vault_id: UUID) -> bool:
    if span.user is None or span.key is None or span.signature is None:
        return False
    try:
        digest = span_digest(
            vault_id,
            first=span.first,
            last=span.last,
            head=span.head,
            user_id=UUID(bytes=span.user),
            made_at=from_microseconds(span.made_at),
        )
    except (ValueError, OverflowError):
        return False
    return signature_is_valid(digest, span.signature, span.key)


def _shed_findings(connection: Asked, spans: Sequence[_Span]) -> Iterator[ChainFinding]:
    """Look at spans without a signature: an opening follows, or nobody who was in wrote in them."""
    after: bytes | None = None
    for place in reversed(range(len(spans))):
        span = spans[place]
        if span.kind is not SpanKind.FOUND:
            after = span.user
            continue
        before = next((one.user for one in reversed(spans[:place]) if one.user), None)
        if _was_in(connection, span, {one for one in (before, after) if one}):
            yield ChainFinding(
                span.first,
                f"The signature under audit entries {span.first} to {span.last} was taken away.",
            )


def _was_in(connection: Asked, span: _Span, signers: set[bytes]) -> bool:
    next_one = connection.exec_driver_sql(_NEXT, (span.last,)).scalar()
    if next_one is None or next_one == "vault.open":
        return False
    actors = connection.exec_driver_sql(_ACTORS, (span.first, span.last)).scalars()
    return not signers.isdisjoint(one for one in actors if isinstance(one, bytes))


def _tail_findings(connection: Asked, end: int) -> Iterator[ChainFinding]:
    """Look at the entries after the last span: more than the program leaves open are not so."""
    closed = connection.exec_driver_sql(_LAST).scalar_one()
    if isinstance(closed, int) and end - closed > MOST_OPEN:
        yield ChainFinding(
            closed + 1,
            f"Nobody answers for audit entries {closed + 1} to {end}: their spans are missing.",
        )
