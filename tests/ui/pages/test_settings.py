"""Settings: kept as typed, the password, the examination of the record; on the real vault."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from mesodesk import __version__
from mesodesk.domain.records.clinic import LengthUnit, WeightUnit
from mesodesk.domain.schedule import load_schedule
from mesodesk.ui import appearance, theme
from mesodesk.ui.pages.followup import FollowUpPage
from mesodesk.ui.pages.settings import SettingsPage
from mesodesk.vault.errors import WrongPasswordError
from mesodesk.vault.examining import opened
from mesodesk.vault.vault import open_vault

PASSWORD = "plain tea in the morning"
NEW = "a heron stands in shallow water"


@pytest.fixture
def page(workplace):
    made = workplace.add(SettingsPage, "today")
    workplace.window.open("settings")
    workplace.settle()
    return made


def kept(workplace):
    workplace.settle()
    return workplace.run(lambda desk: desk.clinic.record()).fields


def retype(workplace, name, text):
    workplace.find(name).selectAll()
    workplace.type(name, text)


# The clinic


def test_everything_is_kept_as_it_is_typed(workplace, page):
    retype(workplace, "clinic_name", "Casa Solana")
    workplace.type("clinic_address", "Calle Mayor 1")
    workplace.type("clinic_phone", "+34 91 000 00 00")
    workplace.type("emergency_phone", "112")
    workplace.click("weight_unit_lb")
    workplace.click("length_unit_in")
    retype(workplace, "minimum_age", "21")
    retype(workplace, "idle_lock_minutes", "5")
    fields = kept(workplace)
    assert fields.name == "Casa Solana"
    assert fields.address == "Calle Mayor 1"
    assert fields.phone == "+34 91 000 00 00"
    assert fields.emergency_phone == "112"
    assert fields.weight_unit is WeightUnit.LB
    assert fields.length_unit is LengthUnit.INCH
    assert fields.minimum_age == 21
    assert fields.idle_lock_minutes == 5
    assert fields.jurisdiction == "ES"


def test_country_zone_and_language_are_chosen_from_lists(workplace, page):
    retype(workplace, "jurisdiction", "portug")
    workplace.press(Qt.Key.Key_Return)
    retype(workplace, "time_zone", "lisbon")
    workplace.press(Qt.Key.Key_Return)
    workplace.find("clinic_language").setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        workplace.press(key)
    fields = kept(workplace)
    assert fields.jurisdiction == "PT"
    assert fields.zone == "Europe/Lisbon"
    assert fields.language == "fr"
    assert workplace.context.language == "fr"


def test_a_clinic_without_a_name_is_refused_in_its_place(workplace, page):
    workplace.find("clinic_name").selectAll()
    workplace.press(Qt.Key.Key_Delete)
    workplace.settle()
    assert page.form.name.error()
    assert kept(workplace).name == "Clinic of the tests"
    workplace.type("clinic_name", "New")
    workplace.settle()
    assert page.form.name.error() == ""
    assert kept(workplace).name == "New"


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("minimum_age", "121"),
        ("minimum_age", "-1"),
        ("minimum_age", "x"),
        ("minimum_age", "18.5"),
        ("idle_lock_minutes", "0"),
        ("idle_lock_minutes", "61"),
    ],
)
def test_numbers_out_of_range_are_told(workplace, page, field, text):
    retype(workplace, field, text)
    workplace.press(Qt.Key.Key_Tab)
    shown = page.form.minimum_age if field == "minimum_age" else page.form.idle_minutes
    assert shown.error()


def test_own_instructions_stand_in_for_the_shipped_ones(workplace, page):
    field = workplace.find("escalation_emergency")
    assert field.placeholderText() == load_schedule().band("emergency").instruction.get("en")
    workplace.type("escalation_emergency", "Call Dr Ruiz.")
    assert kept(workplace).escalation == {"emergency": "Call Dr Ruiz."}
    field.selectAll()
    workplace.press(Qt.Key.Key_Delete)
    assert kept(workplace).escalation == {}


def test_placeholders_follow_the_language(workplace, page):
    workplace.find("clinic_language").setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        workplace.press(key)
    french = load_schedule().band("same_day").instruction.get("fr")
    assert workplace.find("escalation_same_day").placeholderText() == french


def test_the_checklist_shows_the_clinics_words(workplace, page, sign, clock):
    workplace.type("escalation_same_day", "Dr Ruiz sees the patient today.")
    workplace.settle()
    patient = workplace.patient()
    sign(patient)
    clock.move(hours=23)
    check = workplace.run(lambda desk: desk.follow_ups.for_patient(patient.id))[0]
    workplace.add(FollowUpPage)
    workplace.window.open("followup", follow_up_id=check.id)
    workplace.settle()
    workplace.click("item_fever_yes")
    shown = workplace.window.current_page().form.alert.instruction.text()
    assert shown == "Dr Ruiz sees the patient today."


def test_a_change_elsewhere_is_put_to_the_user(workplace, page):
    record = workplace.run(lambda desk: desk.clinic.record())
    page._keeper.open(record.version)
    other = replace(record.fields, phone="from elsewhere")
    workplace.desk.store._subscribers.clear()  # the other window is not this one
    workplace.run(lambda desk: desk.clinic.update(record.version, other))
    workplace.type("clinic_name", "!")
    workplace.settle()
    assert page.kept.isVisible()
    workplace.click("settings_take_theirs")
    assert page.form.phone.value() == "from elsewhere"


# The password


def change(workplace, old, new, again=None):
    workplace.click("open_change_password")
    workplace.type("old_password", old)
    workplace.type("password", new)
    workplace.type("password_again", new if again is None else again)
    workplace.press(Qt.Key.Key_Return)
    workplace.settle()


def test_a_new_password_opens_and_the_old_one_no_longer(workplace, page):
    change(workplace, PASSWORD, NEW)
    assert page.password.notice.headline.text() == "The new password is set."
    for name in ("old_password", "password", "password_again"):
        assert workplace.find(name).text() == ""
        assert not workplace.find(name).isVisible()
    workplace.close()
    with pytest.raises(WrongPasswordError):
        open_vault(workplace.folder, password=PASSWORD)


def test_a_wrong_old_password_is_told_in_place(workplace, page):
    change(workplace, "not this one at all", NEW)
    assert page.password.notice.headline.text() == "The password was not changed."
    assert "not the password" in page.password.notice.text.text()
    assert workplace.find("old_password").text() == ""
    assert workplace.window.focusWidget().objectName() == "old_password"


def test_two_that_differ_are_told(workplace, page):
    change(workplace, PASSWORD, NEW, again=NEW + "x")
    assert "differ" in page.password.step.again.error()


def test_a_weak_one_is_refused(workplace, page):
    change(workplace, PASSWORD, "short")
    assert page.password.step.password.error()


def test_nothing_typed_stays_after_leaving(workplace, page):
    workplace.click("open_change_password")
    workplace.type("old_password", "half")
    workplace.window.open("today")
    assert workplace.find("old_password").text() == ""
    assert not page.password.step.isVisibleTo(page)


# The record


def test_a_sound_record_has_no_finding(workplace, page, sign):
    sign(workplace.patient())
    workplace.click("examine_record")
    assert page.examine.is_running()
    workplace.qtbot.waitUntil(lambda: not page.examine.is_running())
    assert page.examine.result.headline.text() == "No finding at 10:00"
    assert page.examine.result.text.text().endswith("Sessions looked at: 1.")


def test_an_altered_session_is_found_in_one_line(workplace, page, sign):
    sign(workplace.patient())

    def alter(desk):
        vault = desk.store.vault
        with opened(vault.paths, vault.keys, guarded=False) as raw:
            raw.execute("BEGIN IMMEDIATE")
            named = (
                "SELECT name, sql FROM sqlite_master"
                " WHERE type = 'trigger' AND tbl_name = 'session'"
            )
            guards = raw.execute(named).fetchall()
            for name, _ in guards:
                raw.execute(f"DROP TRIGGER {name}")
            raw.execute("UPDATE session SET pain = 9")
            for _, statement in guards:  # as somebody who covers the traces
                raw.execute(statement)
            raw.execute("COMMIT")
        return True

    workplace.run(alter)
    workplace.click("examine_record")
    workplace.qtbot.waitUntil(lambda: not page.examine.is_running())
    assert page.examine.result.headline.text() == "1 finding at 10:00"
    assert "is not as it was signed" in workplace.find("finding_0").text()


def test_typing_is_kept_while_the_record_is_examined(workplace, page):
    workplace.click("examine_record")
    workplace.type("clinic_phone", "1")
    workplace.qtbot.waitUntil(lambda: not page.examine.is_running())
    assert kept(workplace).phone == "1"


def test_leaving_stops_the_examination(workplace, page):
    workplace.click("examine_record")
    workplace.window.open("today")
    workplace.settle()
    assert not page.examine.is_running()
    assert "stopped" in page.examine.result.headline.text()
    # The database is free again.
    workplace.patient()


# About


def test_about_names_versions_folder_and_licences(workplace, page):
    assert Path(page.about.folder.text()) == workplace.folder
    workplace.click("copy_vault_folder")
    assert QApplication.clipboard().text() == str(workplace.folder)
    assert page.about.version.text() == f"Mesodesk {__version__}"
    workplace.click("licence_inter")
    assert "SIL Open Font License" in page.about.text.value()
    workplace.click("licence_atlas")
    assert "CC0" in page.about.text.value()
    workplace.click("licence_atlas")
    assert not page.about.text.isVisible()


def test_everything_has_a_name_and_fits(workplace, page):
    workplace.click("open_change_password")
    for widget in page.findChildren(QWidget):
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible():
            assert widget.objectName(), widget
            assert widget.accessibleName(), widget.objectName()
    assert page.scroller.horizontalScrollBar().maximum() == 0


@pytest.mark.parametrize("size", [(960, 600), (1366, 768), (1920, 1080)])
def test_nothing_is_cut_off_in_windows_of_every_size(workplace, page, size):
    workplace.window.resize(*size)
    workplace.click("open_change_password")
    workplace.qtbot.wait(20)
    scroll = page.scroller
    assert scroll.widget().minimumSizeHint().width() <= scroll.viewport().width()


def test_the_look_is_reached_by_keyboard_and_taken_at_once(workplace, page, tmp_path, monkeypatch):
    monkeypatch.setattr(appearance, "look_path", lambda: tmp_path / "look.json")
    workplace.find("open_set_pin").setFocus()
    workplace.press(Qt.Key.Key_Tab)
    assert workplace.window.focusWidget().objectName() == "look_light"
    try:
        workplace.press(Qt.Key.Key_D)
        assert theme.current().dark
        assert appearance.read() is appearance.Look.DARK
    finally:
        theme.force(dark=False)
