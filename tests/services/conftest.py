"""A desk on a real encrypted vault, copied for each test from one made once."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Protocol
from uuid import UUID

import pytest

from mesodesk.db.models.clinic import UserRow
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.clinic import ClinicFields, Role
from mesodesk.domain.records.patient import BodySex, PatientFields, PatientRecord
from mesodesk.domain.rights import Right
from mesodesk.services.desk import Desk, open_desk
from mesodesk.vault.keys import KdfCost
from mesodesk.vault.owner import NewOwner
from mesodesk.vault.recovery import RecoveryKey
from mesodesk.vault.vault import OpenVault, create_vault, open_vault

PASSWORD = "plain tea in the morning"
ZONE = "Europe/Madrid"
START = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


class HandClock:
    """A clock that stands still until it is moved."""

    def __init__(self, moment: datetime = START) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def move(self, **passed: float) -> None:
        """Let time pass: `move(days=3, hours=2)`."""
        self.moment += timedelta(**passed)


def set_up_clinic(vault: OpenVault) -> None:
    """Write the first records of a new vault."""
    fields = ClinicFields(name="Clinic of the tests", jurisdiction="ES", zone=ZONE)
    open_desk(vault, HandClock()).clinic.create(fields, "Olga Owner", "OO", vault.user_id)


@pytest.fixture(scope="session")
def vault_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed vault with a clinic, its owner and the starter catalogue; not to be opened."""
    folder = tmp_path_factory.mktemp("template") / "vault"
    create_vault(
        folder,
        owner=NewOwner("Olga Owner"),
        password=PASSWORD,
        cost=KdfCost.for_tests(),
        recovery_key=RecoveryKey.new(),
        populate=set_up_clinic,
        clock=HandClock(),
    ).close()
    return folder


@pytest.fixture
def vault_folder(vault_template: Path, tmp_path: Path) -> Path:
    """A copy of the template, of this test alone."""
    return Path(shutil.copytree(vault_template, tmp_path / "vault"))


@pytest.fixture
def clock() -> HandClock:
    """10 March 2026, 10:00 in Madrid, standing still."""
    return HandClock()


@pytest.fixture
def open_again(vault_folder: Path, clock: HandClock) -> Iterator[Callable[[], Desk]]:
    """Opens the vault's desk, once more after it was closed; all are closed at the end."""
    opened: list[Desk] = []

    def open_it() -> Desk:
        vault = open_vault(vault_folder, password=PASSWORD, clock=clock)
        opened.append(open_desk(vault, clock))
        return opened[-1]

    yield open_it
    for desk in opened:
        desk.close()


@pytest.fixture
def desk(open_again: Callable[[], Desk]) -> Desk:
    """The desk of a clinic in Madrid with its owner, the starter catalogue and no patients."""
    return open_again()


class PatientTyper(Protocol):
    """Returns what is typed about a patient, with believable defaults."""

    def __call__(
        self,
        family_name: str = ...,
        given_names: str = ...,
        birth_date: date = ...,
        **others: str,
    ) -> PatientFields: ...


def patient_fields(
    family_name: str = "García López",
    given_names: str = "María José",
    birth_date: date = date(1985, 4, 12),
    **others: str,
) -> PatientFields:
    return PatientFields(family_name, given_names, birth_date, BodySex.FEMALE, **others)


@pytest.fixture
def typed_patient() -> PatientTyper:
    """García López, María José, born 12 April 1985, as far as a test says nothing else."""
    return patient_fields


@pytest.fixture
def patient(desk: Desk) -> PatientRecord:
    """García López, María José, born 12 April 1985, on record."""
    return desk.patients.create(patient_fields())


@pytest.fixture
def colleague(desk: Desk) -> UUID:
    """Tom, a therapist put on record beside whoever is in; his id."""
    with desk.store.write(Right.OWN) as tx:
        row = UserRow(id=new_id(), name="Tom", initials="T", role=Role.THERAPIST, colour=2)
        tx.db.add(row)
        tx.audit("user.create", "app_user", row.id)
        return row.id
