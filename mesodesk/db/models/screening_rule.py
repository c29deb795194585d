"""What the clinic says of screening rules: one row for each time it said something."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mesodesk.db.base import Base
from mesodesk.db.models.triggers import append_only
from mesodesk.db.types import Json, by_value
from mesodesk.domain.findings import Severity
from mesodesk.domain.ids import new_id


class RuleChangeRow(Base):
    """What was said of one rule; never changed, only followed. The highest number of a rule stands.

    `content` holds a rule of the clinic, and is empty for a shipped one.
    """

    __tablename__ = "rule_change"
    __table_args__ = (
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("reason <> ''", name="reasoned"),
        UniqueConstraint("rule_id", "number"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    rule_id: Mapped[str]
    number: Mapped[int]
    active: Mapped[bool]
    severity: Mapped[Severity | None] = mapped_column(by_value(Severity))
    content: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    reason: Mapped[str]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    made_by_name: Mapped[str]
    made_at: Mapped[datetime]


RULE_TRIGGERS: Final = append_only("rule_change")
"""One CREATE TRIGGER statement each, for the migration that makes the table."""
