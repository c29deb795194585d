"""The tables of forms that are not a record yet."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from mesodesk.db.base import Base
from mesodesk.db.types import Json


class DraftRow(Base):
    """What a user has typed into a form, as typed; one row for each user, form and subject."""

    __tablename__ = "draft"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("app_user.id", ondelete="RESTRICT"), primary_key=True
    )
    form: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    kept_at: Mapped[datetime]


class DraftKeptRow(Base):
    """A form as it once stood; `seq` counts what was kept of one form, the newest highest."""

    __tablename__ = "draft_kept"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("app_user.id", ondelete="RESTRICT"), primary_key=True
    )
    form: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    kept_at: Mapped[datetime]
