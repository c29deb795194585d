"""Tables of the stock: products with their actives, lots, and the movements of lots."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mesodesk.db.base import Base, Record
from mesodesk.db.models.triggers import refusal
from mesodesk.db.types import ScaledDecimal, by_value
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.stock import RegulatoryStatus

_STARTER = text("starter_id <> ''")


class MovementKind(StrEnum):
    """Why the content of a lot changed."""

    DRAWN = "drawn"
    CORRECTED = "corrected"


class ProductRow(Record):
    """A product of the clinic's catalogue; `starter_id` where it came with the program."""

    __tablename__ = "product"
    __table_args__ = (
        CheckConstraint("name <> ''", name="named"),
        CheckConstraint("container_ml > 0", name="container_positive"),
        Index(
            "uq_product_starter",
            "starter_id",
            unique=True,
            sqlite_where=_STARTER,
        ),
        Index("ix_product_name_folded", "name_folded"),
    )

    name: Mapped[str]
    name_folded: Mapped[str]
    manufacturer: Mapped[str] = mapped_column(default="")
    product_class: Mapped[str] = mapped_column(default="")
    form: Mapped[str] = mapped_column(default="")
    route: Mapped[str] = mapped_column(default="")
    container_ml: Mapped[Decimal | None] = mapped_column(ScaledDecimal(places=3))
    single_dose: Mapped[bool | None]
    diluent: Mapped[bool] = mapped_column(default=False)
    status: Mapped[RegulatoryStatus] = mapped_column(
        by_value(RegulatoryStatus), default=RegulatoryStatus.UNKNOWN
    )
    status_source: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    starter_id: Mapped[str] = mapped_column(default="")
    archived_at: Mapped[datetime | None]

    actives: Mapped[list["ProductActiveRow"]] = relationship(
        cascade="all, delete-orphan", order_by="ProductActiveRow.position", lazy="raise"
    )


class ProductActiveRow(Base):
    """An active of a product; value and unit are both empty where the strength is not known."""

    __tablename__ = "product_active"
    __table_args__ = (
        CheckConstraint("strength_value > 0", name="strength_positive"),
        CheckConstraint(
            "(strength_value IS NULL) = (strength_unit IS NULL)", name="strength_whole"
        ),
    )

    product_id: Mapped[UUID] = mapped_column(
        ForeignKey("product.id", ondelete="RESTRICT"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ingredient_id: Mapped[str] = mapped_column(default="")
    name: Mapped[str]
    strength_value: Mapped[Decimal | None] = mapped_column(ScaledDecimal(places=6))
    strength_unit: Mapped[str | None]


class LotRow(Record):
    """A delivery of one product; `number_key` is the number without case, spaces and signs."""

    __tablename__ = "lot"
    __table_args__ = (
        CheckConstraint("number <> ''", name="numbered"),
        CheckConstraint("received_ml > 0", name="received_positive"),
        UniqueConstraint("product_id", "number_key"),
        Index("ix_lot_expires_on", "expires_on"),
    )

    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id", ondelete="RESTRICT"))
    number: Mapped[str]
    number_key: Mapped[str]
    expires_on: Mapped[date]
    received_on: Mapped[date]
    received_ml: Mapped[Decimal | None] = mapped_column(ScaledDecimal(places=3))
    supplier: Mapped[str] = mapped_column(default="")


class StockMovementRow(Base):
    """A change of what a lot holds, never altered: what is drawn is negative.

    `session_id` names the signed session that drew it.
    """

    __tablename__ = "stock_movement"
    __table_args__ = (
        CheckConstraint("volume_ml <> 0", name="volume_not_zero"),
        CheckConstraint(
            "kind <> 'drawn' OR (volume_ml < 0 AND session_id IS NOT NULL)", name="drawn_negative"
        ),
        Index("ix_stock_movement_lot", "lot_id"),
        Index("ix_stock_movement_session", "session_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    lot_id: Mapped[UUID] = mapped_column(ForeignKey("lot.id", ondelete="RESTRICT"))
    kind: Mapped[MovementKind] = mapped_column(by_value(MovementKind))
    volume_ml: Mapped[Decimal] = mapped_column(ScaledDecimal(places=3))
    session_id: Mapped[UUID | None] = mapped_column(ForeignKey("session.id", ondelete="RESTRICT"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    moved_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")


STOCK_TRIGGERS: Final = tuple(
    refusal(
        f"stock_movement_no_{event.lower()}",
        f"{event} ON stock_movement",
        "",
        "stock movements are only added",
    )
    for event in ("UPDATE", "DELETE")
)
"""One CREATE TRIGGER statement each, for the migration that makes the tables."""
