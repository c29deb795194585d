"""The table of favourites: fields and recipes, without lots, patients or days."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from mesodesk.db.base import Record
from mesodesk.db.types import Json


class FavouriteRow(Record):
    """A favourite; without an owner it is the clinic's. `name_folded` is for comparing.

    A name is free again when its favourite is archived. There are two indexes, because NULL is
    never the same as NULL.
    """

    __tablename__ = "favourite"
    __table_args__ = (
        CheckConstraint("name <> ''", name="named"),
        Index(
            "uq_favourite_own_name",
            "owner_id",
            "name_folded",
            unique=True,
            sqlite_where=text("owner_id IS NOT NULL AND archived_at IS NULL"),
        ),
        Index(
            "uq_favourite_clinic_name",
            "name_folded",
            unique=True,
            sqlite_where=text("owner_id IS NULL AND archived_at IS NULL"),
        ),
    )

    name: Mapped[str]
    name_folded: Mapped[str]
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    archived_at: Mapped[datetime | None]
    content: Mapped[dict[str, Any]] = mapped_column(Json())
