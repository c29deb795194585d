"""Damaged records in the window: what can be read is saved, never by itself and over nothing."""

import hashlib
import shutil
from datetime import date

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QPushButton

from mesodesk.db.engine import connect
from mesodesk.domain.clock import SystemClock
from mesodesk.domain.records.clinic import ClinicFields
from mesodesk.domain.records.patient import BodySex, PatientFields
from mesodesk.services.desk import open_desk
from mesodesk.services.new_desk import create_desk
from mesodesk.ui.gate.gate import Gate
from mesodesk.ui.gate.salvage import SalvagePage
from mesodesk.ui.gate.trouble import TroublePage
from mesodesk.ui.gate.unlock import UnlockPage
from mesodesk.ui.jobs import Jobs
from mesodesk.vault.keys import KdfCost, password_secret
from mesodesk.vault.opening import Credential
from mesodesk.vault.owner import NewOwner
from mesodesk.vault.recovery import RecoveryKey
from mesodesk.vault.salvage import salvage
from mesodesk.vault.vault import open_vault

PASSWORD = "plain tea in the morning"
PAGE = 4096


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "vault"
    desk = create_desk(
        folder,
        ClinicFields(name="Clinica Luz", zone="Europe/Madrid"),
        owner=NewOwner("Claire Moreau", "CM"),
        password=PASSWORD,
        recovery_key=RecoveryKey.new(),
        cost=KdfCost.for_tests(),
    )
    for number in range(30):
        desk.patients.create(
            PatientFields(f"Ferrand {number}", "Ada", date(1980, 1, 1), BodySex.FEMALE)
        )
    desk.close()
    return folder


@pytest.fixture
def cut(template, tmp_path, monkeypatch):
    """The records of a clinic, of whose database the last page is cut in two."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    folder = shutil.copytree(template, tmp_path / "vault")
    with (folder / "clinic.db").open("r+b") as stream:
        stream.truncate((folder / "clinic.db").stat().st_size - PAGE // 2)
    return folder


@pytest.fixture
def gate(qtbot):
    jobs = Jobs()
    made = []

    def show(folder):
        gate = Gate(folder, jobs)
        gate.resize(900, 760)
        with qtbot.waitActive(gate):
            gate.show()
            gate.activateWindow()
        made.append(gate)
        gate.look()
        gate.look_closely()
        seen = gate._stack.currentWidget
        qtbot.waitUntil(lambda: isinstance(seen(), TroublePage))
        return gate

    yield show
    for each in made:
        each.let_go()
        each.hide()
        each.deleteLater()
    jobs.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def page_of(gate, kind):
    page = gate._stack.currentWidget()
    assert isinstance(page, kind)
    return page


def fingerprint(folder):
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.suffix != ".lock"
    }


def test_damaged_records_are_saved_beside_as_far_as_they_are_read(qtbot, gate, cut, tmp_path):
    before = fingerprint(cut)
    shown = gate(cut)
    trouble = page_of(shown, TroublePage)
    assert trouble.salvage.isVisible()
    assert not any(button.isDefault() for button in trouble.findChildren(QPushButton))
    assert trouble.again.hasFocus()  # what is pressed without looking changes nothing
    qtbot.mouseClick(trouble.salvage, Qt.MouseButton.LeftButton)
    page = page_of(shown, SalvagePage)
    assert "nothing is overwritten" in page.lead.text()

    page.take_place(str(tmp_path / "sound disk"))
    qtbot.keyClicks(page.password.input, "not this one at all")
    qtbot.mouseClick(page.go_on, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.go_on.isEnabled)
    assert page.notice.headline.text()
    assert not (tmp_path / "sound disk").exists()

    qtbot.keyClicks(page.password.input, PASSWORD)
    qtbot.mouseClick(page.go_on, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.open_saved.isVisible)
    (made,) = (tmp_path / "sound disk").iterdir()
    assert made.name.startswith("vault-salvaged-")
    assert str(made) in page.place.text()
    assert "rows that are known of were read and saved" in page.notice.headline.text()
    assert page.back.hasFocus()
    assert fingerprint(cut) == before

    qtbot.mouseClick(page.open_saved, Qt.MouseButton.LeftButton)
    page_of(shown, UnlockPage)
    desk = open_desk(open_vault(made, password=PASSWORD))
    assert len(desk.patients.search("Ferrand")) > 0
    desk.close()


def test_a_place_that_is_taken_is_never_written_into(qtbot, gate, cut):
    shown = gate(cut)
    qtbot.mouseClick(page_of(shown, TroublePage).salvage, Qt.MouseButton.LeftButton)
    first = page_of(shown, SalvagePage)._into
    first.mkdir()
    (first / "a letter").write_text("dear")
    page_of(shown, SalvagePage).take_place(str(first.parent))
    assert page_of(shown, SalvagePage)._into != first


def test_a_row_whose_patient_is_lost_is_saved_all_the_same(template, tmp_path):
    """A lost row is one that others may refer to: that must not cost all the rest."""
    folder = shutil.copytree(template, tmp_path / "vault")
    desk = open_desk(open_vault(folder, password=PASSWORD))
    patient = desk.patients.search("Ferrand")[0]
    desk.intakes.start(patient.id)
    vault = desk.store.vault
    raw = connect(
        vault.paths.database, vault.keys.data_key, vault.keys.salt, guarded=False,
        foreign_keys=False,
    )  # fmt: skip
    raw.execute("DELETE FROM patient WHERE id = ?", (patient.id.bytes,))
    raw.close()
    desk.close()
    by = Credential(password_secret(PASSWORD), is_recovery=False)
    found = salvage(folder, tmp_path / "new", by, clock=SystemClock())
    saved = {table.name: table.saved for table in found.tables}
    assert (saved["patient"], saved["intake"]) == (29, 1)
    open_vault(tmp_path / "new", password=PASSWORD).close()


def test_where_nothing_could_be_read_it_is_not_offered(gate, cut):
    (cut / "clinic.db").unlink()
    assert not page_of(gate(cut), TroublePage).salvage.isVisible()
