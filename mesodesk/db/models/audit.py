"""The audit chain: what was done, by whom, each entry bound to the one before."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mesodesk.db.base import Base

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
)
"""Statements that guard the table; run by the migration that makes it, one by one."""


class AuditEntryRow(Base):
    """One entry. `docs/data-format.md`, "Audit chain", says how `mac` is computed."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        sa.CheckConstraint("seq >= 1", name="seq_positive"),
        sa.CheckConstraint("length(prev) = 32 AND length(mac) = 32", name="digest_length"),
        sa.Index("ix_audit_entry_object", "object_id", "seq"),
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
