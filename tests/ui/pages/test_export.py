"""Letting records leave, in the window: with real clicks, on the real vault."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from pdf_text import read_pdf
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from sqlalchemy import select, update

from mesodesk.db.models.audit import AuditEntryRow
from mesodesk.db.models.clinic import UserRow
from mesodesk.domain.changes import Topic
from mesodesk.domain.records.clinic import Role
from mesodesk.domain.rights import Right
from mesodesk.ui import prints
from mesodesk.ui.export_run import ExportRun
from mesodesk.ui.pages.patient import PatientPage
from mesodesk.ui.pages.session import SessionPage
from mesodesk.ui.pages.settings import SettingsPage

PASSWORD = "plain tea in the morning"


@pytest.fixture(autouse=True)
def away(tmp_path, monkeypatch):
    """Prints lie in a folder of this test."""
    place = tmp_path / "run"
    place.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(place))
    return place


@pytest.fixture
def viewer(monkeypatch):
    """Stands for the viewer of the computer; notes what it was given."""
    given = []

    def opens(url):
        given.append((url.toLocalFile(), Path(url.toLocalFile()).read_bytes()))
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", opens)
    return given


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def patient(workplace, sign):
    made = workplace.patient()
    sign(made, note="Came straight from work")
    return made


@pytest.fixture
def details(workplace, patient):
    """The patient's page at the details."""
    page = workplace.add(PatientPage, "patients", "session")
    workplace.window.open("patient", patient_id=patient.id, tab="details")
    workplace.settle()
    return page


def log(workplace):
    def read(desk):
        with desk.store.read(Right.OWN) as tx:
            rows = tx.db.scalars(select(AuditEntryRow).order_by(AuditEntryRow.seq)).all()
            return [(row.action, json.loads(row.details)) for row in rows]

    return workplace.run(read)


def ended(workplace):
    """Wait until no export is under way."""
    workplace.qtbot.waitUntil(lambda: not workplace.context.findChildren(ExportRun))
    workplace.settle()


def put_folder(workplace, name, folder):
    workplace.find(name).selectAll()
    workplace.type(name, str(folder))


def said(workplace, name):
    notice = workplace.find(name)
    assert notice.isVisible()
    return f"{notice.headline.text()} {notice.text.text()}"


def export(workplace, form, folder):
    put_folder(workplace, "patient_export_folder", folder)
    workplace.click(f"patient_export_form_{form}")
    workplace.type("patient_export_password", PASSWORD)
    workplace.click("patient_export_go")
    ended(workplace)


def test_a_record_goes_where_it_was_told_to(workplace, details, patient, out):
    export(workplace, "pdf", out)
    (made,) = out.iterdir()
    read = read_pdf(made.read_bytes())
    assert "Came straight from work" in read
    assert patient.record_number in read
    words = said(workplace, "patient_export_result")
    assert str(made) in words
    assert "unencrypted" in words
    assert [entry for entry in log(workplace) if "export" in entry[0]] == [
        ("patient.export", {"format": "pdf"}),
        ("patient.export_end", {"format": "pdf", "ended": "written", "rows": 1, "tables": 0}),
    ]


def test_nothing_leaves_and_nothing_is_printed_without_proof(workplace, details, out, viewer, away):
    put_folder(workplace, "patient_export_folder", out)
    for button in ("patient_export_go", "print_patient"):
        workplace.click(button)
        ended(workplace)
    workplace.type("patient_export_password", "not the password")
    workplace.click("print_patient")
    ended(workplace)
    assert "not the password" in said(workplace, "patient_export_result")
    assert not workplace.find("print_patient").isEnabled()
    assert not workplace.find("patient_export_go").isEnabled()
    leaving = [entry for entry in log(workplace) if "export" in entry[0]]
    assert leaving == [("patient.export_failed", {"why": "password"})]
    assert list(out.iterdir()) == []
    assert viewer == []
    assert list(away.iterdir()) == []


def test_a_pin_will_do_while_it_lives(workplace, details, out):
    workplace.run(lambda desk: desk.access.set_pin(PASSWORD, "902817"))
    workplace.context.came_back.emit()
    workplace.settle()
    put_folder(workplace, "patient_export_folder", out)
    workplace.type("patient_export_pin", "902817")
    workplace.click("patient_export_go")
    ended(workplace)
    (made,) = out.iterdir()
    assert str(made) in said(workplace, "patient_export_result")
    for left in ("2 tries", "One try", "gone"):
        workplace.type("patient_export_pin", "739150")
        workplace.click("patient_export_go")
        ended(workplace)
        assert left in said(workplace, "patient_export_result")
    made.unlink()
    workplace.type("patient_export_password", PASSWORD)
    workplace.click("patient_export_go")
    ended(workplace)
    assert made.exists()


@pytest.mark.parametrize(("form", "ending"), [("csv", ".zip"), ("json", ".json")])
def test_tables_go_too(workplace, details, patient, out, form, ending):
    export(workplace, form, out)
    (made,) = out.iterdir()
    assert made.suffix == ending
    raw = made.read_bytes()
    if form == "csv":
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            assert "Came straight from work" in packed.read("session.csv").decode()
    else:
        assert json.loads(raw)["tables"]["patient"][0]["id"] == str(patient.id)


def test_a_file_that_is_there_is_replaced_only_when_asked(workplace, details, out):
    export(workplace, "json", out)
    (made,) = out.iterdir()
    made.write_text("mine", encoding="utf-8")
    workplace.type("patient_export_password", PASSWORD)
    workplace.click("patient_export_go")
    ended(workplace)
    assert made.read_text(encoding="utf-8") == "mine"
    assert "already" in said(workplace, "patient_export_result")
    workplace.click("patient_export_result_action")
    ended(workplace)
    assert json.loads(made.read_bytes())["format"] == "mesodesk-export"
    # The next time it is asked again.
    workplace.type("patient_export_password", PASSWORD)
    workplace.click("patient_export_go")
    ended(workplace)
    assert "already" in said(workplace, "patient_export_result")


def test_a_folder_that_is_not_there_is_told_and_kept(workplace, details, out):
    export(workplace, "json", out / "away")
    assert "no folder" in said(workplace, "patient_export_result")
    assert workplace.find("patient_export_go").isVisible()
    assert log(workplace)[-1] == ("patient.export_end", {"format": "json", "ended": "failed"})


def test_without_a_folder_nothing_is_begun(workplace, details):
    before = len(log(workplace))
    workplace.find("patient_export_folder").clear()
    workplace.type("patient_export_password", PASSWORD)
    workplace.click("patient_export_go")
    workplace.settle()
    assert len(log(workplace)) == before


def test_the_keyboard_alone_exports(workplace, details, out):
    put_folder(workplace, "patient_export_folder", out)
    workplace.type("patient_export_password", PASSWORD)
    workplace.press(Qt.Key.Key_Return)
    ended(workplace)
    assert len(list(out.iterdir())) == 1


def test_printing_opens_the_viewer_and_leaves_nothing_when_locked(workplace, details, viewer, away):
    workplace.type("patient_export_password", PASSWORD)
    workplace.click("print_patient")
    ended(workplace)
    ((path, raw),) = viewer
    assert "Came straight from work" in read_pdf(raw)
    assert path.startswith(str(away))
    assert "until you lock or close" in said(workplace, "patient_export_result")
    assert len(list(away.iterdir())) == 1
    workplace.context.locked.emit()
    assert list(away.iterdir()) == []


def test_a_print_that_was_locked_meanwhile_is_not_opened(workplace, details, viewer, away):
    workplace.type("patient_export_password", PASSWORD)
    workplace.click("print_patient")
    workplace.context.locked.emit()
    ended(workplace)
    assert viewer == []
    assert list(away.iterdir()) == []
    assert log(workplace)[-1][0] == "patient.export_end"


def test_without_a_viewer_nothing_stays(workplace, details, monkeypatch, away):
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: False)
    workplace.type("patient_export_password", PASSWORD)
    workplace.click("print_patient")
    ended(workplace)
    assert "No viewer" in said(workplace, "patient_export_result")
    assert list(away.iterdir()) == []


def test_what_a_killed_program_left_goes_at_the_next_start(away, tmp_path):
    left = prints.new_print_folder()
    (left / "mesodesk-00001.pdf").write_bytes(b"%PDF")
    mine = away / "other-program"
    mine.mkdir()
    prints.remove_prints()
    assert list(away.iterdir()) == [mine]


def test_a_signed_session_is_printed_by_itself(workplace, patient, viewer):
    session = workplace.run(lambda desk: desk.sessions.for_patient(patient.id))[0]
    workplace.add(SessionPage, "patient")
    workplace.window.open("session", session_id=session.id)
    workplace.settle()
    workplace.click("print_session")
    ended(workplace)
    ((_path, raw),) = viewer
    read = read_pdf(raw)
    assert "Came straight from work" in read
    assert "The seal holds" in read
    assert log(workplace)[-2] == ("session.print", {"format": "pdf"})
    assert log(workplace)[-1][0] == "session.print_end"


# By right


def become(workplace, role):
    def change(desk):
        with desk.store.write(Right.OWN) as tx:
            tx.db.execute(update(UserRow).values(role=role))
            tx.audit("user.role", "app_user", tx.actor.id)
            tx.touch(Topic.CLINIC)
        return desk.user

    workplace.context.user = workplace.run(change)


@pytest.mark.parametrize("role", [Role.ASSISTANT, Role.AUDITOR])
def test_whoever_may_not_export_is_not_offered_it(workplace, patient, role):
    become(workplace, role)
    workplace.add(PatientPage, "patients", "session")
    workplace.window.open("patient", patient_id=patient.id, tab="details")
    workplace.settle()
    assert workplace.window.findChild(object, "patient_export_go") is None


def test_only_the_owner_is_offered_everything(workplace, patient):
    become(workplace, Role.PRESCRIBER)
    workplace.add(SettingsPage, "today")
    workplace.window.open("settings")
    workplace.settle()
    assert workplace.window.findChild(object, "leave_go") is None


# Everything


@pytest.fixture
def settings(workplace, patient):
    page = workplace.add(SettingsPage, "today")
    workplace.window.open("settings")
    workplace.settle()
    return page


def test_the_owner_leaves_with_everything(workplace, settings, out):
    put_folder(workplace, "leave_folder", out)
    workplace.type("leave_password", PASSWORD)
    workplace.click("leave_go")
    ended(workplace)
    (made,) = out.iterdir()
    with zipfile.ZipFile(made) as packed:
        assert "patient.csv" in packed.namelist()
        assert "audit_entry.csv" in packed.namelist()
    assert str(made) in said(workplace, "leave_result")
    assert workplace.find("leave_password").text() == ""


def test_nothing_leaves_without_the_password(workplace, settings, out):
    put_folder(workplace, "leave_folder", out)
    workplace.click("leave_go")
    workplace.settle()
    workplace.type("leave_password", "not the password")
    workplace.click("leave_go")
    ended(workplace)
    assert list(out.iterdir()) == []
    assert "password" in said(workplace, "leave_result").lower()
    assert log(workplace)[-1][0] == "clinic.export_failed"


def test_it_is_stopped_and_leaves_nothing(workplace, settings, out, monkeypatch):
    import mesodesk.leaving as leaving

    whole = leaving.write_out

    def waits(job, folder, stop, tell, **others):
        assert stop.wait(30)
        return whole(job, folder, stop, tell, **others)

    monkeypatch.setattr(leaving, "write_out", waits)
    put_folder(workplace, "leave_folder", out)
    workplace.type("leave_password", PASSWORD)
    workplace.click("leave_go")
    workplace.qtbot.waitUntil(workplace.find("leave_stop").isVisible)
    workplace.click("leave_stop")
    ended(workplace)
    assert list(out.iterdir()) == []
    assert "Stopped" in said(workplace, "leave_result")
    assert log(workplace)[-1][1]["ended"] == "stopped"


def test_leaving_the_page_keeps_no_password(workplace, settings):
    workplace.type("leave_password", PASSWORD)
    workplace.window.open("today")
    assert workplace.find("leave_password").text() == ""
