"""Tables of the stock: products with actives and statuses, lots, and the movements of lots."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mesodesk.db.base import Base, Record
from mesodesk.db.models.triggers import append_only, refusal
from mesodesk.db.types import ScaledDecimal, by_value
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.recall import ContactChannel
from mesodesk.domain.records.stock import RegulatoryStatus

_STARTER = text("starter_id <> ''")


class MovementKind(StrEnum):
    """Why the content of a lot changed."""

    RECEIVED = "received"
    DRAWN = "drawn"
    WASTED = "wasted"
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
    status_on: Mapped[date | None]
    status_jurisdiction: Mapped[str] = mapped_column(default="", server_default="")
    storage: Mapped[str] = mapped_column(default="", server_default="")
    mixing_forbidden: Mapped[bool | None]
    open_days: Mapped[int | None]
    low_ml: Mapped[Decimal | None] = mapped_column(ScaledDecimal(places=3))
    note: Mapped[str] = mapped_column(default="")
    starter_id: Mapped[str] = mapped_column(default="")
    archived_at: Mapped[datetime | None]

    actives: Mapped[list["ProductActiveRow"]] = relationship(
        cascade="all, delete-orphan", order_by="ProductActiveRow.position", lazy="raise"
    )
    statuses: Mapped[list["ProductStatusRow"]] = relationship(
        cascade="all, delete-orphan", order_by="ProductStatusRow.position", lazy="raise"
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


class ProductStatusRow(Base):
    """The status of a product in a country, for one area of the body or, where empty, for any."""

    __tablename__ = "product_status"
    __table_args__ = (CheckConstraint("jurisdiction <> ''", name="somewhere"),)

    product_id: Mapped[UUID] = mapped_column(
        ForeignKey("product.id", ondelete="RESTRICT"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    jurisdiction: Mapped[str]
    area: Mapped[str] = mapped_column(default="")
    status: Mapped[RegulatoryStatus] = mapped_column(by_value(RegulatoryStatus))
    source: Mapped[str] = mapped_column(default="")
    noted_on: Mapped[date | None]


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
    """A change of what a lot holds, never altered: what is drawn or wasted is negative.

    `session_id` names the signed session that drew it, or that opened the single-dose container of
    which the rest was thrown away.
    """

    __tablename__ = "stock_movement"
    __table_args__ = (
        CheckConstraint("volume_ml <> 0", name="volume_not_zero"),
        CheckConstraint(
            "kind <> 'drawn' OR (volume_ml < 0 AND session_id IS NOT NULL)", name="drawn_negative"
        ),
        CheckConstraint("kind <> 'wasted' OR volume_ml < 0", name="wasted_negative"),
        CheckConstraint("kind <> 'received' OR volume_ml > 0", name="received_positive"),
        Index("ix_stock_movement_lot", "lot_id", "kind", "volume_ml"),
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


class LotOpeningRow(Record):
    """A multi-dose container of a lot that was opened: good until `use_by`, whatever the label."""

    __tablename__ = "lot_opening"
    __table_args__ = (
        CheckConstraint("use_by >= opened_on", name="forward"),
        Index("ix_lot_opening_lot", "lot_id"),
        Index("uq_lot_opening_open", "lot_id", unique=True, sqlite_where=text("ended_on IS NULL")),
    )

    lot_id: Mapped[UUID] = mapped_column(ForeignKey("lot.id", ondelete="RESTRICT"))
    opened_on: Mapped[date]
    use_by: Mapped[date]
    opened_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    ended_on: Mapped[date | None]
    ended_reason: Mapped[str] = mapped_column(default="")


class LotHoldRow(Record):
    """A lot in quarantine: nothing is drawn from it until somebody releases it, with a reason."""

    __tablename__ = "lot_hold"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="reasoned"),
        CheckConstraint("(released_by IS NULL) = (released_at IS NULL)", name="release_whole"),
        CheckConstraint("released_at IS NULL OR release_reason <> ''", name="release_reasoned"),
        Index("ix_lot_hold_lot", "lot_id"),
        Index("uq_lot_hold_held", "lot_id", unique=True, sqlite_where=text("released_at IS NULL")),
    )

    lot_id: Mapped[UUID] = mapped_column(ForeignKey("lot.id", ondelete="RESTRICT"))
    reason: Mapped[str]
    held_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    held_at: Mapped[datetime]
    released_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    released_at: Mapped[datetime | None]
    release_reason: Mapped[str] = mapped_column(default="")


class RecallRow(Record):
    """A recall of a lot, with what the notice says; withdrawn, it stays on record."""

    __tablename__ = "recall"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="reasoned"),
        CheckConstraint("(withdrawn_by IS NULL) = (withdrawn_at IS NULL)", name="withdrawal_whole"),
        CheckConstraint("withdrawn_at IS NULL OR withdrawn_reason <> ''", name="withdrawal_said"),
        Index("ix_recall_lot", "lot_id"),
        Index(
            "uq_recall_standing", "lot_id", unique=True, sqlite_where=text("withdrawn_at IS NULL")
        ),
    )

    lot_id: Mapped[UUID] = mapped_column(ForeignKey("lot.id", ondelete="RESTRICT"))
    reason: Mapped[str]
    reference: Mapped[str] = mapped_column(default="")
    noticed_on: Mapped[date]
    recalled_by: Mapped[UUID] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    recalled_at: Mapped[datetime]
    withdrawn_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("app_user.id", ondelete="RESTRICT")
    )
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(default="")


class RecallContactRow(Base):
    """That a patient of a recalled lot was written to, called or seen, and whether reached."""

    __tablename__ = "recall_contact"
    __table_args__ = (
        Index("ix_recall_contact_recall", "recall_id", "patient_id"),
        Index("ix_recall_contact_patient", "patient_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    recall_id: Mapped[UUID] = mapped_column(ForeignKey("recall.id", ondelete="RESTRICT"))
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id", ondelete="RESTRICT"))
    channel: Mapped[ContactChannel] = mapped_column(by_value(ContactChannel))
    reached: Mapped[bool]
    note: Mapped[str] = mapped_column(default="")
    contacted_on: Mapped[date]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    user_name: Mapped[str]
    noted_at: Mapped[datetime]


class StockCountRow(Base):
    """A lot counted in a stock-take: what was expected and what was there, equal or not."""

    __tablename__ = "stock_count"
    __table_args__ = (
        CheckConstraint("counted_ml >= 0", name="counted_not_negative"),
        Index("ix_stock_count_lot", "lot_id", "counted_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    lot_id: Mapped[UUID] = mapped_column(ForeignKey("lot.id", ondelete="RESTRICT"))
    expected_ml: Mapped[Decimal] = mapped_column(ScaledDecimal(places=3))
    counted_ml: Mapped[Decimal] = mapped_column(ScaledDecimal(places=3))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    counted_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")


class ClusterNoteRow(Base):
    """That a cluster of reactions was looked into: of one lot, or of one day of treatment.

    `patients` is how many had reacted by then; one more raises the alert again.
    """

    __tablename__ = "cluster_note"
    __table_args__ = (
        CheckConstraint("note <> ''", name="said"),
        CheckConstraint("(lot_id IS NULL) <> (treated_on IS NULL)", name="of_lot_or_day"),
        Index("ix_cluster_note_lot", "lot_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    lot_id: Mapped[UUID | None] = mapped_column(ForeignKey("lot.id", ondelete="RESTRICT"))
    treated_on: Mapped[date | None]
    patients: Mapped[int]
    note: Mapped[str]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id", ondelete="RESTRICT"))
    user_name: Mapped[str]
    noted_at: Mapped[datetime]


_MOVEMENTS: Final = tuple(
    refusal(
        f"stock_movement_no_{event.lower()}",
        f"{event} ON stock_movement",
        "",
        "stock movements are only added",
    )
    for event in ("UPDATE", "DELETE")
)

STOCK_TRIGGERS: Final = (
    *_MOVEMENTS,
    *append_only("recall_contact"),
    *append_only("stock_count"),
    *append_only("cluster_note"),
    refusal("lot_opening_no_delete", "DELETE ON lot_opening", "", "openings stay on record"),
    refusal(
        "lot_opening_ended_update",
        "UPDATE ON lot_opening",
        "OLD.ended_on IS NOT NULL",
        "a container that is finished is not opened again",
    ),
    refusal("lot_hold_no_delete", "DELETE ON lot_hold", "", "a quarantine stays on record"),
    refusal(
        "lot_hold_released_update",
        "UPDATE ON lot_hold",
        "OLD.released_at IS NOT NULL",
        "a quarantine that was ended stays as it was",
    ),
    refusal("recall_no_delete", "DELETE ON recall", "", "a recall stays on record"),
    refusal(
        "recall_withdrawn_update",
        "UPDATE ON recall",
        "OLD.withdrawn_at IS NOT NULL",
        "a recall that was withdrawn stays as it was",
    ),
)
"""One CREATE TRIGGER statement each, for the migration that makes the tables."""
