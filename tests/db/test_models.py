"""What the file itself refuses, whoever writes."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import sqlcipher3.dbapi2
from sqlalchemy import Connection, Engine, create_engine, delete, insert, select, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError, InvalidRequestError
from sqlalchemy.orm import Session

from mesodesk.db.engine import APPEND_ONLY, KEY_BYTES, SALT_BYTES, connect
from mesodesk.db.models.clinic import ClinicRow, UserRow
from mesodesk.db.models.intake import IntakeAnswerRow, IntakeRow
from mesodesk.db.models.patient import PatientRow
from mesodesk.db.models.stock import (
    LotRow,
    MovementKind,
    ProductActiveRow,
    ProductRow,
    StockMovementRow,
)
from mesodesk.domain.answers import Answer
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.clinic import LengthUnit, Role, WeightUnit
from mesodesk.domain.records.intake import IntakeState
from mesodesk.domain.records.patient import BodySex

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
HEAD = {"version": 1, "created_at": NOW, "changed_at": NOW}

USER, PATIENT, PRODUCT, LOT, INTAKE, DONE, MOVEMENT = (new_id() for _ in range(7))


def clinic(**others: object) -> dict[str, object]:
    return {
        "id": new_id(),
        **HEAD,
        "name": "Clinic",
        "language": "en",
        "zone": "UTC",
        "weight_unit": WeightUnit.KG,
        "length_unit": LengthUnit.CM,
        "minimum_age": 18,
        "idle_lock_minutes": 2,
        **others,
    }


def patient(**others: object) -> dict[str, object]:
    return {
        "id": new_id(),
        **HEAD,
        "seq": 2,
        "record_number": "00002",
        "family_name": "Kim",
        "given_names": "Ji",
        "birth_date": date(1980, 5, 12),
        "body_sex": BodySex.FEMALE,
        "touched_at": NOW,
        "family_folded": "kim",
        "given_folded": "ji",
        "name_key": "ji kim",
        **others,
    }


def intake(**others: object) -> dict[str, object]:
    return {
        "id": new_id(),
        **HEAD,
        "patient_id": PATIENT,
        "number": 3,
        "questionnaire_id": "q",
        "questionnaire_version": 1,
        "state": IntakeState.COMPLETED,
        "started_at": NOW,
        "completed_at": NOW,
        **others,
    }


def lot(**others: object) -> dict[str, object]:
    return {
        "id": new_id(),
        **HEAD,
        "product_id": PRODUCT,
        "number": "B2",
        "number_key": "b2",
        "expires_on": date(2027, 1, 31),
        "received_on": date(2026, 3, 1),
        **others,
    }


def movement(**others: object) -> dict[str, object]:
    return {
        "id": new_id(),
        "lot_id": LOT,
        "kind": MovementKind.CORRECTED,
        "volume_ml": Decimal("-1.5"),
        "user_id": USER,
        "moved_at": NOW,
        **others,
    }


@pytest.fixture
def unguarded(database_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """The engine of a fresh copy where only the file itself refuses."""
    path = Path(shutil.copy(database_template, tmp_path / "unguarded.db"))
    engine = create_engine(
        "sqlite://",
        module=sqlcipher3.dbapi2,
        creator=lambda: connect(path, b"k" * KEY_BYTES, b"s" * SALT_BYTES, guarded=False),
    )
    yield engine
    engine.dispose()


@pytest.fixture
def connection(unguarded: Engine) -> Iterator[Connection]:
    """A transaction with one of everything, rolled back at the end."""
    with unguarded.connect() as made:
        made.exec_driver_sql("BEGIN")
        made.execute(insert(ClinicRow).values(clinic()))
        user = {"id": USER, **HEAD, "name": "Olga", "initials": "O", "role": Role.OWNER}
        made.execute(insert(UserRow).values(user))
        made.execute(insert(PatientRow).values(patient(id=PATIENT, seq=1, record_number="00001")))
        made.execute(
            insert(ProductRow).values(id=PRODUCT, **HEAD, name="Lidocaine", name_folded="lidocaine")
        )
        made.execute(insert(ProductActiveRow).values(product_id=PRODUCT, position=0, name="Lido"))
        made.execute(insert(LotRow).values(lot(id=LOT, number="A1", number_key="a1")))
        made.execute(insert(StockMovementRow).values(movement(id=MOVEMENT)))
        made.execute(insert(IntakeRow).values(intake(id=DONE, number=1)))
        draft = intake(id=INTAKE, number=2, state=IntakeState.DRAFT, completed_at=None)
        made.execute(insert(IntakeRow).values(draft))
        made.execute(
            insert(IntakeAnswerRow).values(intake_id=INTAKE, item_id="a", answer=Answer.NO)
        )
        yield made
        made.rollback()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (insert(ClinicRow).values(clinic()), "UNIQUE"),
        (insert(ClinicRow).values(clinic(only_one=2)), "only_one"),
        (update(ClinicRow).values(minimum_age=121), "minimum_age_range"),
        (update(ClinicRow).values(idle_lock_minutes=0), "idle_lock_range"),
        (insert(PatientRow).values(patient(record_number="00001")), "UNIQUE"),
        (insert(PatientRow).values(patient(seq=1)), "UNIQUE"),
        (insert(PatientRow).values(patient(family_name="", given_names="")), "named"),
        (insert(IntakeRow).values(intake(patient_id=new_id())), "FOREIGN KEY"),
        (insert(IntakeRow).values(intake(number=1)), "UNIQUE"),
        (insert(IntakeRow).values(intake(completed_at=None)), "completed_dated"),
        (
            insert(IntakeRow).values(intake(state=IntakeState.DRAFT, completed_at=None)),
            "UNIQUE",
        ),
        (insert(IntakeRow).values(intake(weight_kg=Decimal(0))), "weight_positive"),
        (insert(IntakeRow).values(intake(skin_type=7)), "skin_type_range"),
        (delete(IntakeRow).where(IntakeRow.id == INTAKE), "never deleted"),
        (
            insert(IntakeAnswerRow).values(intake_id=DONE, item_id="a", answer=Answer.NO),
            "a completed intake is closed",
        ),
        (
            update(IntakeAnswerRow).values(intake_id=DONE),
            "a completed intake is closed",
        ),
        (
            update(IntakeRow).where(IntakeRow.id == DONE).values(weight_kg=Decimal(70)),
            "a completed intake is closed",
        ),
        (insert(LotRow).values(lot(number="a-1", number_key="a1")), "UNIQUE"),
        (insert(LotRow).values(lot(received_ml=Decimal(0))), "received_positive"),
        (
            insert(ProductActiveRow).values(
                product_id=PRODUCT, position=1, name="X", strength_value=Decimal(1)
            ),
            "strength_whole",
        ),
        (insert(StockMovementRow).values(movement(volume_ml=Decimal(0))), "volume_not_zero"),
        (insert(StockMovementRow).values(movement(kind=MovementKind.DRAWN)), "drawn_negative"),
        (update(StockMovementRow).values(reason="prettier"), "only added"),
        (delete(StockMovementRow), "only added"),
        (delete(PatientRow), "FOREIGN KEY"),
        (delete(ProductRow), "FOREIGN KEY"),
        (delete(UserRow), "FOREIGN KEY"),
    ],
)
def test_refused_by_the_file(connection, statement, said):
    with pytest.raises(IntegrityError) as error:
        connection.execute(statement)
    assert said in str(error.value.orig)


@pytest.mark.parametrize(
    "replacing",
    [
        insert(StockMovementRow).values(movement(id=MOVEMENT)).prefix_with("OR REPLACE"),
        insert(IntakeRow).values(intake(id=DONE, number=1)).prefix_with("OR REPLACE"),
    ],
)
def test_replacing_is_no_way_round(connection, replacing):
    with pytest.raises(IntegrityError):
        connection.execute(replacing)


def test_a_draft_intake_can_be_changed_and_completed(connection):
    connection.execute(update(IntakeAnswerRow).values(answer=Answer.YES))
    connection.execute(
        update(IntakeRow)
        .where(IntakeRow.id == INTAKE)
        .values(state=IntakeState.COMPLETED, completed_at=NOW)
    )
    with pytest.raises(IntegrityError, match="a completed intake is closed"):
        connection.execute(delete(IntakeAnswerRow))


def test_parts_are_never_loaded_unasked(connection):
    """A page that shows a list must not read row by row what it did not ask for."""
    with Session(connection) as db:
        row = db.scalars(select(IntakeRow).where(IntakeRow.id == INTAKE)).one()
        with pytest.raises(InvalidRequestError, match="raise"):
            assert row.answers


def test_decimals_are_stored_exactly(connection):
    stored = connection.exec_driver_sql("SELECT volume_ml FROM stock_movement").scalar_one()
    assert stored == -1500
    assert connection.execute(select(StockMovementRow.volume_ml)).scalar_one() == Decimal("-1.5")


@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
def test_what_is_only_added_to_is_guarded_twice(migrated, connection, table):
    """The running program may not even ask; and the file refuses it whoever asks."""
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET rowid = 0"):  # noqa: S608
        with migrated.connect() as guarded, pytest.raises(DatabaseError, match="not authorized"):
            guarded.exec_driver_sql(statement)
    refusing = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name IN (:one, :two)"
    names = {"one": f"{table}_no_update", "two": f"{table}_no_delete"}
    assert connection.execute(text(refusing), names).scalar_one() == 2
