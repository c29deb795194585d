"""The program on a clinic of two people with one patient, whose every word can be told apart."""

import shutil
from datetime import date
from types import SimpleNamespace

import pytest
from at_the_desk import MARKERS, OLGAS, Hands
from colleagues import let_work
from PySide6.QtCore import QCoreApplication, QEvent

from mesodesk.app import Application
from mesodesk.domain.records.clinic import ClinicFields
from mesodesk.domain.records.patient import BodySex, PatientFields
from mesodesk.services.desk import open_desk
from mesodesk.vault.keys import KdfCost
from mesodesk.vault.owner import NewOwner
from mesodesk.vault.recovery import RecoveryKey
from mesodesk.vault.vault import create_vault


@pytest.fixture(scope="session")
def shared_template(tmp_path_factory):
    """A closed vault, who works there, and what is on record; not to be opened."""
    folder = tmp_path_factory.mktemp("shared") / "vault"

    def populate(vault):
        fields = ClinicFields(name="Clinic of the tests", zone="Europe/Madrid")
        open_desk(vault).clinic.create(fields, "Olga Owner", "OO", vault.user_id)

    vault = create_vault(
        folder,
        owner=NewOwner("Olga Owner"),
        password=OLGAS,
        cost=KdfCost.for_tests(),
        recovery_key=RecoveryKey.new(),
        populate=populate,
    )
    desk = open_desk(vault)
    known = SimpleNamespace(folder=folder, olga=vault.user_id, marc=let_work(desk))
    fields = PatientFields(
        MARKERS[0], MARKERS[1], date(1980, 2, 3), BodySex.FEMALE, note=MARKERS[2]
    )
    known.patient = desk.patients.create(fields).id
    desk.close()
    return known


@pytest.fixture
def clinic(shared_template, tmp_path, monkeypatch):
    """The same, in a folder of this test alone."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    known = SimpleNamespace(**vars(shared_template))
    known.folder = shutil.copytree(shared_template.folder, tmp_path / "vault")
    return known


@pytest.fixture
def sit_down(qtbot):
    """Starts the program on a folder with Olga's password; returns whoever sits at it."""
    started = []

    def start(folder):
        made = Application(folder, OLGAS)
        started.append(made)
        with qtbot.waitActive(made.window):
            made.show()
            made.window.activateWindow()
        qtbot.waitUntil(lambda: not made.window.is_covered())
        made.jobs.drain()
        return Hands(qtbot, made)

    yield start
    for made in started:
        made.window.may_close = None  # the last backup of the day has tests of its own
        made.window.close()
        made.jobs.close()
        made.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def hands(sit_down, clinic):
    """The program as it starts, opened with Olga's password, and whoever sits at it."""
    return sit_down(clinic.folder)
