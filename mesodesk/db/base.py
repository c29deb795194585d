"""What every table shares: names of constraints, identifier, version counter, times."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    UOWTransaction,
    mapped_column,
    sessionmaker,
)

from mesodesk.db.types import UtcDateTime, Uuid
from mesodesk.domain.clock import Clock
from mesodesk.domain.ids import new_id

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table. A `Decimal` has no default column: name its places with `ScaledDecimal`."""

    metadata = sa.MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        UUID: Uuid(),
        datetime: UtcDateTime(),
        date: sa.Date(),
    }


class Record(Base):
    """A row that is edited: two writers of one row cannot both win (`StaleDataError`)."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-10)
    version: Mapped[int] = mapped_column(sort_order=-9)
    created_at: Mapped[datetime] = mapped_column(sort_order=-8)
    changed_at: Mapped[datetime] = mapped_column(sort_order=-7)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own declaration


def stamp_times(sessions: sessionmaker[Session], clock: Clock) -> None:
    """Let every session of this maker fill `created_at` and `changed_at` at each flush.

    Rows written through Core or in bulk are not seen here and must carry their times.
    """

    def stamp(session: Session, _context: UOWTransaction, _instances: object) -> None:
        now = clock.now()
        for row in session.new:
            if isinstance(row, Record):
                row.created_at = row.created_at or now
                row.changed_at = now
        for row in session.dirty:
            if isinstance(row, Record) and session.is_modified(row):
                row.changed_at = now

    event.listen(sessions, "before_flush", stamp)
