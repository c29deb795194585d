"""The page of reports, with the real log of a real vault behind it."""

import csv
import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QListView, QScrollArea, QWidget

from mesodesk.db.engine import connect
from mesodesk.domain.audit_actions import ActionGroup
from mesodesk.domain.records.audit import LogColumn
from mesodesk.domain.records.patient import BodySex
from mesodesk.ui.pages.reports import ReportsPage
from mesodesk.ui.widgets.rows import RowRole
from mesodesk.vault.errors import WrongPasswordError


@pytest.fixture
def page(workplace):
    made = workplace.add(ReportsPage, "patient")
    workplace.window.open("reports")
    workplace.settle()
    return made


def titles(page) -> list[str]:
    model = page.entries
    return [model.data(model.index(at), RowRole.TITLE) for at in range(model.rowCount())]


def pressed(qtbot, page, name):
    qtbot.mouseClick(page.findChild(QAbstractButton, name), Qt.MouseButton.LeftButton)


def choose(workplace, page, field, value):
    field.set_value(value)
    field.edited.emit(value)
    workplace.settle()


def test_shows_the_log_the_newest_first_with_all_of_a_chosen_entry(workplace, page, qtbot):
    assert titles(page)[0] == "Read the log"
    view = page.findChild(QListView, "report_list")
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert page.detail.what.isVisible()
    assert page.detail.facts()["Who"].startswith("Olga Owner")
    assert page.detail.only_person.isVisible()
    assert not page.detail.open.isVisible()  # the entry is about no patient


def test_what_an_entry_holds_is_told_in_words(workplace, page, qtbot):
    patient = workplace.patient()
    workplace.run(lambda desk: desk.patients.get(patient.id))
    page.reload()
    workplace.settle()
    at = titles(page).index("Entered a patient")
    page.list.setCurrentIndex(page.entries.index(at))
    facts = page.detail.facts()
    assert facts["Who"] == "Olga Owner (owner)"
    assert facts["Patient"].startswith(patient.record_number)
    assert not any("{" in said or "_" in said for said in facts.values())
    pressed(qtbot, page, "report_only_patient")
    workplace.settle()
    assert set(titles(page)) == {"Entered a patient", "Looked at the record"}
    page.list.setCurrentIndex(page.entries.index(0))
    pressed(qtbot, page, "report_open_record")
    gone_to = workplace.window.findChild(QWidget, "page_patient")
    assert gone_to.asked == [{"patient_id": patient.id}]


def test_what_is_unusual_leads_to_its_entries_and_back(workplace, page, qtbot):
    def mistake(desk):
        with pytest.raises(WrongPasswordError):
            desk.access.unlock("not the password")

    workplace.run(mistake)
    page.reload()
    workplace.settle()
    before = titles(page)
    pressed(qtbot, page, "unusual_0")
    workplace.settle()
    assert titles(page) == ["Wrong password, PIN or code at the lock"]
    pressed(qtbot, page, "report_clear")
    workplace.settle()
    assert titles(page) == before
    assert not page.filters.everything.isVisible()


@pytest.mark.parametrize("size", [(960, 600), (1024, 700), (1366, 768), (1920, 1080)])
def test_nothing_is_cut_off_in_windows_of_every_size(workplace, page, qtbot, size):
    workplace.patient()
    page.reload()
    workplace.settle()
    page.filters.show_only(kind=ActionGroup.CHANGE)
    workplace.settle()
    workplace.window.resize(*size)
    page.list.setCurrentIndex(page.entries.index(0))
    workplace.settle()
    beside = page.findChild(QScrollArea, "report_beside")
    assert beside.widget().minimumSizeHint().width() <= beside.viewport().width()
    assert page.minimumSizeHint().width() <= page.width()
    assert page.list.height() >= 150  # three entries at least


def test_filters_and_order(workplace, page):
    choose(workplace, page, page.filters.kind, ActionGroup.SAFETY)
    assert "Made the vault" in titles(page)
    assert "Read the log" not in titles(page)
    choose(workplace, page, page.filters.kind, None)
    choose(workplace, page, page.filters.order, LogColumn.ACTION)
    assert titles(page) == sorted(titles(page))


def test_rows_come_as_one_scrolls(workplace, page):
    def many(desk):
        from mesodesk.domain.rights import Right

        for at in range(250):
            with desk.store.write(Right.OWN) as tx:
                tx.audit("favourite.rename", "favourite", None, None, at=at)

    workplace.run(many)
    page.reload()
    workplace.settle()
    shown = page.entries.rowCount()
    assert shown < 250
    while page.entries.canFetchMore(page.list.rootIndex()):
        page.entries.fetchMore(page.list.rootIndex())
        workplace.settle()
    assert page.entries.rowCount() > 250


def test_verifying_says_that_the_log_is_whole_and_keeps_it(workplace, page, qtbot):
    pressed(qtbot, page, "verify_now")
    workplace.settle()
    assert "The log is whole" in page.verify.result.accessibleName() + told(page.verify.result)
    standing = workplace.run(lambda desk: desk.audit_log.standing())
    assert standing.verified_findings == 0
    assert "never" not in page.verify.words.text()
    assert standing.verified_at is not None


def told(notice) -> str:
    from PySide6.QtWidgets import QLabel

    return " ".join(label.text() for label in notice.findChildren(QLabel))


def test_verifying_names_what_was_changed_behind_our_back(workplace, page, qtbot):
    vault = workplace.desk.store.vault
    raw = connect(vault.paths.database, vault.keys.data_key, vault.keys.salt, guarded=False)
    raw.execute("DROP TRIGGER audit_entry_no_update")
    raw.execute("UPDATE audit_entry SET reason = 'x' WHERE seq = 3")
    raw.close()
    pressed(qtbot, page, "verify_now")
    workplace.settle()
    assert "Audit entry 3 was changed" in told(page.verify.result)


PASSWORD = "plain tea in the morning"


def leave(workplace, page, button, path, password=PASSWORD):
    """Type the password, press a button, and choose a place."""
    workplace.type("report_leave_password", password)
    workplace.click(button)
    page.leaving._dialog.fileSelected.emit(str(path))
    page.leaving._dialog.close()
    workplace.settle()


def test_nothing_leaves_without_the_password(workplace, page, tmp_path):
    for button in ("report_csv", "report_fhir", "day_sheet_save", "day_sheet_print"):
        workplace.click(button)
        assert page.leaving.proof.password.error() == "Type your password."
    assert not hasattr(page.leaving, "_dialog")
    leave(workplace, page, "day_sheet_save", tmp_path / "sheet.pdf", "not this one")
    assert not (tmp_path / "sheet.pdf").exists()
    assert page.leaving.result.headline.text() == "Nothing was written."
    # The next try has to wait, and then works.
    workplace.qtbot.waitUntil(page.leaving.save_it.isEnabled)
    leave(workplace, page, "report_csv", tmp_path / "log.csv")
    with (tmp_path / "log.csv").open(encoding="utf-8-sig", newline="") as file:
        actions = [row["action"] for row in csv.DictReader(file)]
    assert actions[0] == "log.export"
    assert "user.proof_failed" in actions
    assert "log.print" not in actions


def test_a_report_leaves_as_csv_and_as_fhir(workplace, page, tmp_path):
    leave(workplace, page, "report_csv", tmp_path / "log.csv")
    with (tmp_path / "log.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["action"] == "log.export"
    leave(workplace, page, "report_fhir", tmp_path / "log.json")
    read = (tmp_path / "log.json").read_text(encoding="utf-8")
    assert len(json.loads(read)["entry"]) >= len(rows)
    assert "log.export_end" in read  # how the first one ended


def test_a_day_sheet_is_written_without_any_patients_name(workplace, page, tmp_path):
    from mesodesk.ui.day_sheet import lines

    leave(workplace, page, "day_sheet_save", tmp_path / "sheet.pdf")
    assert (tmp_path / "sheet.pdf").read_bytes().startswith(b"%PDF")
    sheet = workplace.run(lambda desk: desk.audit_log.day_sheet(PASSWORD))
    said = lines(sheet, "Europe/Madrid")
    assert any(sheet.short_head in line for line in said)
    assert BodySex.FEMALE.value not in " ".join(said)
