"""Column types: exact, or refused."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from mesodesk.db.base import Base, Record, stamp_times
from mesodesk.db.engine import create_database, open_engine, open_upgrade_engine
from mesodesk.db.metadata import full_metadata
from mesodesk.db.moments import from_microseconds, to_microseconds
from mesodesk.db.types import (
    LARGEST_WHOLE,
    Json,
    ScaledDecimal,
    UtcDateTime,
    Uuid,
    by_value,
    scaled,
)

KEY, SALT = b"k" * 32, b"s" * 16


class Colour(StrEnum):
    RED = "red"
    DARK_BLUE = "dark blue"


class Apart(DeclarativeBase):
    """Tables of these tests, kept apart from the program's."""

    metadata = sa.MetaData(naming_convention=Base.metadata.naming_convention)


class Sample(Apart):
    __tablename__ = "sample"

    id: Mapped[UUID] = mapped_column(Uuid(), primary_key=True)
    volume_ml: Mapped[Decimal | None] = mapped_column(ScaledDecimal(3))
    at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    colour: Mapped[Colour | None] = mapped_column(by_value(Colour))
    notes: Mapped[dict[str, object] | None] = mapped_column(Json())


class Edited(Record):
    """A row with a version, in the program's own way."""

    __tablename__ = "test_edited"

    name: Mapped[str]


# Other tests compare the program's tables with its migrations.
Base.metadata.remove(Edited.__table__)


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    path = tmp_path_factory.mktemp("types") / "types.db"
    create_database(path, KEY, SALT)
    upgrading = open_upgrade_engine(path, KEY, SALT)
    Apart.metadata.create_all(upgrading)
    Edited.__table__.create(upgrading)
    upgrading.dispose()
    opened = open_engine(path, KEY, SALT)
    yield opened
    opened.dispose()


def through(engine, **values) -> Sample:
    """Write a row, read it back in another session."""
    with Session(engine) as session:
        session.add(Sample(id=UUID(int=1), **values))
        session.flush()
        session.expire_all()
        row = session.get(Sample, UUID(int=1))
        session.expunge(row)
        session.rollback()
    return row


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=3))
def test_a_decimal_comes_back_exactly(engine, value):
    assert through(engine, volume_ml=value).volume_ml == value


@pytest.mark.parametrize(
    ("value", "stored"),
    [("0.125", 125), ("-0.001", -1), ("3", 3000), ("2.500000", 2500), ("0E+9", 0), ("1E+3", 10**6)],
)
def test_a_decimal_is_stored_as_a_whole_number(value, stored):
    assert scaled(Decimal(value), 3) == stored


@pytest.mark.parametrize(
    "value",
    ["0.0001", "1E-4", "1E-400", "NaN", "sNaN", "Infinity", "1E+400", "9223372036854775.808"],
)
def test_a_decimal_that_does_not_fit_is_refused(value):
    with pytest.raises(ValueError, match=r"."):
        scaled(Decimal(value), 3)
    assert scaled(Decimal("9223372036854775.807"), 3) == LARGEST_WHOLE


@pytest.mark.parametrize("value", [0.5, True, "0.5"])
def test_only_decimals_are_taken(engine, value):
    with pytest.raises(StatementError):
        through(engine, volume_ml=value)


def test_sql_sums_and_compares_but_does_not_multiply(engine):
    with Session(engine) as session:
        for number in range(1, 4):
            session.add(Sample(id=UUID(int=number), volume_ml=Decimal("0.1") * number))
        session.flush()
        total = session.scalar(sa.select(sa.func.sum(Sample.volume_ml)))
        large = session.scalars(
            sa.select(Sample.volume_ml).where(Sample.volume_ml > Decimal("0.15"))
        ).all()
        session.rollback()
    assert total == Decimal("0.6")
    assert sorted(large) == [Decimal("0.2"), Decimal("0.3")]
    for product in (lambda: Sample.volume_ml * 2, lambda: Sample.volume_ml / 2):
        with pytest.raises(TypeError, match="Python"):
            product()


@given(st.datetimes(timezones=st.timezones()))
def test_a_moment_comes_back_as_the_same_moment_in_utc(value):
    again = from_microseconds(to_microseconds(value))
    assert again == value.astimezone(UTC)
    assert again.tzinfo is UTC


def test_a_moment_goes_through_the_database(engine):
    value = datetime(1850, 7, 1, 23, 59, 59, 999999, tzinfo=timezone(timedelta(hours=-11)))
    assert through(engine, at=value).at == value


def test_a_moment_without_a_zone_is_refused(engine):
    with pytest.raises(StatementError):
        through(engine, at=datetime(2026, 1, 1))  # noqa: DTZ001


def test_moments_sort_as_stored():
    early, late = datetime(1969, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    assert to_microseconds(early) < 0 < to_microseconds(late)


def test_an_identifier_takes_16_bytes(engine):
    with engine.begin() as connection:
        connection.execute(sa.insert(Sample).values(id=UUID(int=7)))
        stored = connection.exec_driver_sql("SELECT typeof(id), length(id) FROM sample").one()
        connection.execute(sa.delete(Sample))
    assert tuple(stored) == ("blob", 16)


def test_an_enum_is_stored_by_value_and_guarded_by_the_file(engine):
    assert through(engine, colour=Colour.DARK_BLUE).colour is Colour.DARK_BLUE
    with pytest.raises(StatementError):
        through(engine, colour="green")
    with engine.connect() as connection, pytest.raises(IntegrityError, match="ck_sample_colour"):
        connection.exec_driver_sql("INSERT INTO sample (id, colour) VALUES (x'00', 'green')")


def test_json_is_canonical(engine):
    row = through(engine, notes={"b": Decimal("1.50"), "a": [UUID(int=1), None, "é"]})
    assert row.notes == {"a": [str(UUID(int=1)), None, "é"], "b": "1.5"}
    with pytest.raises(StatementError):
        through(engine, notes={"a": float("nan")})


def test_nothing_is_nothing(engine):
    row = through(engine)
    assert (row.volume_ml, row.at, row.colour, row.notes) == (None, None, None, None)


class Fixed:
    """A clock that stands still."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


def test_two_writers_of_one_row_cannot_both_win(engine):
    clock = Fixed()
    sessions = sessionmaker(engine, expire_on_commit=False)
    stamp_times(sessions, clock)
    with sessions.begin() as session:
        mine = Edited(name="first")
        session.add(mine)
    assert (mine.version, mine.created_at, mine.changed_at) == (1, clock.moment, clock.moment)
    clock.moment += timedelta(hours=1)
    with sessions.begin() as session:
        theirs = session.get(Edited, mine.id)
        theirs.name = "theirs"
    assert (theirs.version, theirs.changed_at) == (2, clock.moment)
    assert theirs.created_at == clock.moment - timedelta(hours=1)
    with sessions() as session:
        session.add(mine)
        mine.name = "too late"
        with pytest.raises(StaleDataError):
            session.commit()


def test_no_table_holds_quantities_inexactly():
    """A `Decimal` would silently become NUMERIC, which SQLite keeps as a binary fraction."""
    for table in full_metadata().tables.values():
        for column in table.columns:
            assert not isinstance(column.type, sa.Numeric), f"{table.name}.{column.name}"
            assert not isinstance(column.type, sa.DateTime), f"{table.name}.{column.name}"
