"""The audit chain: what was done, by whom, each entry bound to the one before, and signed for."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mesodesk.db.base import Base
from mesodesk.db.models.triggers import append_only, refusal
from mesodesk.db.types import by_value
from mesodesk.domain.records.audit import SpanKind

AUDIT_TRIGGERS = (
    """
    CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry
    BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END
    """,
    """
    CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry
    BEGIN SELECT RAISE(ABORT, 'audit entries are never removed'); END
    """,
    # Also stops INSERT OR REPLACE, which can delete without firing the trigger above.
    """
    CREATE TRIGGER audit_entry_next_only BEFORE INSERT ON audit_entry
    WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit_entry)
    BEGIN SELECT RAISE(ABORT, 'audit entries are appended one after the other'); END
    """,
    *append_only("audit_span"),
    refusal(
        "audit_span_next_only",
        "INSERT ON audit_span",
        "NEW.first_seq IS NOT (SELECT coalesce(max(last_seq), 0) + 1 FROM audit_span)",
        "spans follow each other without a gap",
    ),
    *append_only("audit_key"),
    refusal(
        "audit_key_next_only",
        "INSERT ON audit_key",
        "NEW.first_seq <= (SELECT coalesce(max(first_seq), 0) FROM audit_key)",
        "keys follow each other",
    ),
)
"""Statements that guard the tables; run by the migrations that make them, one by one."""


class AuditEntryRow(Base):
    """One entry. `docs/data-format.md`, "Audit chain", says how `mac` is computed."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        sa.CheckConstraint("seq >= 1", name="seq_positive"),
        sa.CheckConstraint("length(prev) = 32 AND length(mac) = 32", name="digest_length"),
        sa.Index("ix_audit_entry_object", "object_id", "seq"),
        sa.Index("ix_audit_entry_action", "action", "seq"),
        sa.Index("ix_audit_entry_actor", "actor_id", "seq"),
    )

    seq: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    monotonic_ms: Mapped[int] = mapped_column(sa.BigInteger)
    boot_id: Mapped[str] = mapped_column(sa.String(40))
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(sa.String(200))
    actor_role: Mapped[str | None] = mapped_column(sa.String(40))
    workstation: Mapped[str] = mapped_column(sa.String(100))
    action: Mapped[str] = mapped_column(sa.String(60))
    object_type: Mapped[str] = mapped_column(sa.String(60))
    object_id: Mapped[UUID | None]
    object_version: Mapped[int | None]
    outcome: Mapped[str] = mapped_column(sa.String(40))
    reason: Mapped[str | None] = mapped_column(sa.Text)
    program: Mapped[str] = mapped_column(sa.String(40))
    details: Mapped[str] = mapped_column(sa.Text)
    prev: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    mac: Mapped[bytes] = mapped_column(sa.LargeBinary(32))


class AuditSpanRow(Base):
    """Entries that one user answers for: who holds the vault's key cannot make them anew alone."""

    __tablename__ = "audit_span"
    __table_args__ = (
        sa.CheckConstraint("first_seq >= 1 AND last_seq >= first_seq", name="forward"),
        sa.CheckConstraint("length(head) = 32", name="digest_length"),
        sa.CheckConstraint("(signature IS NULL) = (public_key IS NULL)", name="signature_whole"),
        sa.CheckConstraint("kind <> 'signed' OR signature IS NOT NULL", name="signed_is_signed"),
    )

    first_seq: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    last_seq: Mapped[int]
    head: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    kind: Mapped[SpanKind] = mapped_column(by_value(SpanKind))
    user_id: Mapped[UUID | None]
    public_key: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32))
    signature: Mapped[bytes | None] = mapped_column(sa.LargeBinary(64))
    made_at: Mapped[datetime]


class AuditKeyRow(Base):
    """The key that entries are bound with from one of them on; without rows, the vault's own."""

    __tablename__ = "audit_key"
    __table_args__ = (
        sa.CheckConstraint("first_seq >= 1", name="seq_positive"),
        sa.CheckConstraint("length(mac_key) = 32", name="key_length"),
    )

    first_seq: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    mac_key: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
