"""Tables of what follows a signature: amendments, and statements about a signed session."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from mesodesk.db.base import Base
from mesodesk.db.models.session import SessionKey, UserKey
from mesodesk.db.models.session_triggers import closed_with_its_session, state_of_session
from mesodesk.db.models.triggers import append_only, refusal
from mesodesk.db.types import by_value
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.session import StatementKind


class SessionVersionRow(Base):
    """That a session amends an earlier one, and why; a session that amends none has no row.

    `root_id` is the first of the chain: the session itself that was amended, or what that amends.
    """

    __tablename__ = "session_version"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="reasoned"),
        CheckConstraint("session_id NOT IN (amends_id, root_id)", name="of_another"),
        Index("ix_session_version_amends", "amends_id"),
        Index("ix_session_version_root", "root_id"),
    )

    session_id: Mapped[SessionKey] = mapped_column(primary_key=True)
    amends_id: Mapped[SessionKey]
    root_id: Mapped[SessionKey]
    reason: Mapped[str]
    begun_by: Mapped[UserKey]
    begun_at: Mapped[datetime]


class SessionStatementRow(Base):
    """What was said of a signed session later, signed itself: amended, in error, or not changed."""

    __tablename__ = "session_statement"
    __table_args__ = (
        CheckConstraint("text <> ''", name="said"),
        CheckConstraint(
            "(kind = 'amended') = (replaced_by IS NOT NULL)", name="amended_is_replaced"
        ),
        Index("ix_session_statement_session", "session_id"),
        Index(
            "uq_session_statement_once",
            "session_id",
            "kind",
            unique=True,
            sqlite_where=text("kind <> 'request_denied'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[SessionKey]
    kind: Mapped[StatementKind] = mapped_column(by_value(StatementKind))
    text: Mapped[str]
    replaced_by: Mapped[UUID | None] = mapped_column(ForeignKey("session.id", ondelete="RESTRICT"))
    author_id: Mapped[UserKey]
    author_name: Mapped[str]
    made_at: Mapped[datetime]
    sha256: Mapped[str]
    signature: Mapped[bytes] = mapped_column(LargeBinary(64))
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))


VERSION_TRIGGERS: Final = (
    *closed_with_its_session("session_version"),
    *append_only("session_statement"),
    refusal(
        "session_statement_after_signing",
        "INSERT ON session_statement",
        f"{state_of_session('NEW')} = 'draft'",
        "a draft takes no statements",
    ),
    refusal(
        "session_state_stated",
        "UPDATE OF state ON session",
        "OLD.state <> 'draft' AND OLD.state <> NEW.state AND NOT EXISTS"
        " (SELECT 1 FROM session_statement WHERE session_id = NEW.id AND kind = NEW.state)",
        "a signed session moves on with a statement",
    ),
)
"""One CREATE TRIGGER statement each, for the migration that makes the tables."""
