"""The window in each role: what somebody never does is not there, and what they do is."""

import shutil
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from colleagues import let_work
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from sqlalchemy import update

from mesodesk.app import Application
from mesodesk.db.models.clinic import UserRow
from mesodesk.domain.changes import Topic
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.clinic import Role
from mesodesk.domain.records.patient import BodySex, PatientFields
from mesodesk.domain.records.session import ComponentFields, SyringeFields
from mesodesk.domain.rights import Right, may
from mesodesk.services.desk import open_desk
from mesodesk.services.errors import NotAllowedError
from mesodesk.ui.turns import Turns
from mesodesk.ui.widgets.rows import RowRole
from mesodesk.vault.vault import open_vault
from tests.ui.pages.conftest import PASSWORD, HandClock, sign_session

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Clinic:
    """A vault with something at every place, and where each is found."""

    folder: object
    places: dict[str, tuple[str, dict[str, object]]]


@pytest.fixture(scope="module")
def clinic(vault_template, tmp_path_factory):
    """A clinic with a patient of each kind; to be copied, not opened."""
    folder = shutil.copytree(vault_template, tmp_path_factory.mktemp("roles") / "vault")
    desk = open_desk(open_vault(folder, password=PASSWORD, clock=HandClock()), HandClock())

    def patient(name):
        return desk.patients.create(PatientFields(name, "A", date(1985, 4, 12), BodySex.FEMALE))

    treated, asked, fresh = patient("Treated"), patient("Asked"), patient("Fresh")
    amended, closed = patient("Amended"), patient("Closed")
    signed = sign_session(desk, treated.id)
    amendment = desk.amending.begin(sign_session(desk, amended.id).id, "The wrong side")
    desk.restricted.restrict(closed.id, "At her wish", [let_work(desk)])
    desk.restricted.open_emergency(closed.id, "Collapsed")  # over once the vault is closed
    lot = desk.catalogue.lots()[0]
    draft = desk.sessions.start(treated.id)
    drawn = (ComponentFields(lot.id, Decimal("0.5")),)
    desk.sessions.put_syringe(draft.id, draft.version, SyringeFields(1, "", drawn))
    desk.intakes.start(asked.id)
    check = desk.follow_ups.for_session(signed.id)[0]
    desk.close()
    places = {
        "today": ("today", {}),
        "patients": ("patients", {}),
        "stock": ("stock", {"product_id": lot.product.id}),
        "settings": ("settings", {}),
        "safety": ("safety", {}),
        "people": ("people", {}),
        "reports": ("reports", {}),
        "emergencies": ("emergencies", {}),
        "closed": ("patient", {"patient_id": closed.id, "tab": "overview"}),
        "amendment": ("session", {"session_id": amendment.id, "station": "check"}),
        "check": ("followup", {"follow_up_id": check.id}),
        "record": ("session", {"session_id": signed.id, "station": "record"}),
        "asked.intake": ("patient", {"patient_id": asked.id, "tab": "intake"}),
        "fresh.overview": ("patient", {"patient_id": fresh.id, "tab": "overview"}),
        "fresh.sessions": ("patient", {"patient_id": fresh.id, "tab": "sessions"}),
    }
    for tab in ("overview", "intake", "sessions", "follow_ups", "details"):
        places[f"treated.{tab}"] = ("patient", {"patient_id": treated.id, "tab": tab})
    for station in ("check", "prepare", "chart", "finish"):
        places[f"draft.{station}"] = ("session", {"session_id": draft.id, "station": station})
    return Clinic(folder, places)


OFFERED = """
today            today_new_patient    patient_edit
patients         new_patient          patient_edit
fresh.overview   next_intake          intake_edit
fresh.sessions   sessions_empty_action session_edit
treated.overview start_session        session_edit
treated.overview next_start_session   session_edit
treated.intake   start_review         intake_edit
asked.intake     next_unasked         intake_edit
asked.intake     complete_intake      intake_complete
treated.details  family_name          patient_edit
treated.details  archive_patient      patient_edit
treated.details  who_sees_which_some  patient_restrict
treated.details  patient_export_go    export
treated.details  patient_export_password export
treated.details  print_patient        export
treated.details  who_saw_show         who_saw
closed           emergency_reason     emergency_open
draft.check      anything_changed_yes session_edit
draft.check      discard_draft        session_discard
draft.prepare    add_syringe          session_edit
draft.prepare    syringe_1_new_lot    stock_edit
draft.chart      tool_point           chart_edit
draft.finish     pain_0               session_edit
draft.finish     sign_button          session_sign
record           add_addendum         session_add
record           amend                session_amend
record           to_error             session_error
record           to_request           session_add
record           print_session        print
amendment        anything_changed_yes session_edit
amendment        discard_draft        session_discard
check            asked_all            follow_up_edit
check            complete_check       follow_up_close
check            not_reached          follow_up_close
check            tried                follow_up_edit
treated.follow_ups patient_rings      follow_up_edit
stock            new_product          catalogue_edit
stock            product_name         catalogue_edit
stock            archive_product      catalogue_edit
stock            new_lot              stock_edit
settings         clinic_name          clinic_edit
settings         limits_card          own
settings         limit_on_deoxycholic_spacing limits_edit
settings         open_change_password own
settings         open_people          people
settings         leave_go             export_clinic
settings         leave_password       export_clinic
today            rail_reports         audit_read
today            emergencies_to_review_action emergency_review
emergencies      review_00005         emergency_review
people           people_new           people
people           people_list          people
people           key_change           rotate
people           new_kit_begin        kit
reports          report_list          audit_read
reports          report_csv           audit_read
reports          report_fhir          audit_read
reports          verify_now           audit_read
reports          day_sheet_print      audit_read
safety           backup_now           backup_make
safety           add_folder           backup_places
safety           add_stick            backup_places
safety           check_now            vault_check
safety           drill_try            drill
safety           restore_open         restore
safety           kit_try              kit
"""
"""Place, object name, right: in sight and usable in the roles that have the right alone."""

QUIET = {"add_addendum", "backup_now", "drill_try"}
"""In sight with the right, and usable once something is typed, or there is a place for backups."""

WAYS = {"people": Right.PEOPLE, "reports": Right.AUDIT_READ}
"""Places that nothing leads to without the right: `open_people` and `rail_reports` are its ways."""


def offered():
    for line in OFFERED.strip().splitlines():
        place, name, right = line.split()
        yield place, name, Right(right)


class Walk:
    """The real program on a copy of the clinic, opened by somebody of a role."""

    def __init__(self, program, clinic):
        self.program, self.window, self.clinic = program, program.window, clinic

    def go(self, place):
        page_id, arguments = self.clinic.places[place]
        self.window.open(page_id, **arguments)
        self.settle()

    def settle(self):
        self.window.status.ask_flush()
        for _ in range(400):
            self.program.jobs.drain()
            QCoreApplication.processEvents()
            busy = any(each.is_running() for each in self.window.findChildren(Turns))
            if not busy and not self.program.jobs.is_busy():
                return
            QTest.qWait(5)
        raise AssertionError("the window does not come to rest")

    def places(self):
        """Return the places that the role of who is in has a way to."""
        role = self.program.desk_window.context.user.role
        return [each for each in self.clinic.places if each not in WAYS or may(role, WAYS[each])]

    def find(self, name):
        """Return the widget of a name in the page in sight, None if it is not in sight."""
        page = self.window if name.startswith("rail_") else self.window.current_page()
        found = [each for each in page.findChildren(QWidget, name) if each.isVisible()]
        return found[0] if found else None

    def usable(self, name):
        found = self.find(name)
        return found is not None and (found.isEnabled() or name in QUIET)


@pytest.fixture
def walk(qtbot, clinic, tmp_path, monkeypatch, request):
    """The program, in the role that the test is about."""
    role = request.getfixturevalue("role")
    folder = shutil.copytree(clinic.folder, tmp_path / "vault")
    desk = open_desk(open_vault(folder, password=PASSWORD))
    take_role(desk, role)
    desk.close()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    program = Application(folder, PASSWORD)
    with qtbot.waitActive(program.window):
        program.show()
        program.window.activateWindow()
    qtbot.waitUntil(lambda: not program.window.is_covered())
    yield Walk(program, clinic)
    program.window.may_close = None
    program.window.close()
    program.jobs.close()
    program.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def take_role(desk, role):
    with desk.store.write(Right.OWN) as tx:
        tx.db.execute(update(UserRow).values(role=role))
        tx.audit("user.role", "app_user", tx.actor.id)
        tx.touch(Topic.CLINIC)


class Strangers(QObject):
    """Notes each window that comes up, even for a moment, and takes the keyboard with it.

    A part that is shown before it has its place in a page is a window of its own.
    """

    def __init__(self, app):
        super().__init__(app)
        self.names = []

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Show and watched.isWidgetType() and watched.isWindow():
            self.names.append(watched.objectName() or type(watched).__name__)
        return False


@pytest.fixture
def strangers(qapp):
    """The names of the windows that come up from now on."""
    watch = Strangers(qapp)
    qapp.installEventFilter(watch)
    yield watch.names
    qapp.removeEventFilter(watch)
    watch.deleteLater()


def test_a_part_shown_before_it_has_a_place_is_a_stranger(strangers, qtbot):
    part = QWidget(objectName="part")
    qtbot.addWidget(part)
    part.setVisible(True)
    assert strangers == ["part"]


@pytest.fixture
def refusals(monkeypatch) -> list[Right]:
    """What the services refused for want of a right."""
    noted: list[Right] = []
    made: Callable[..., None] = NotAllowedError.__init__

    def note(self, right, sentence):
        noted.append(right)
        made(self, right, sentence)

    monkeypatch.setattr(NotAllowedError, "__init__", note)
    return noted


@pytest.mark.parametrize(
    "role",
    [
        Role.ASSISTANT,
        Role.AUDITOR,
        *(pytest.param(role, marks=pytest.mark.long) for role in (Role.OWNER, Role.PRESCRIBER)),
        pytest.param(Role.THERAPIST, marks=pytest.mark.long),
    ],
)
def test_what_a_role_does_is_there_and_nothing_else(walk, role, refusals, strangers):
    found = {(place, name): False for place, name, _ in offered() if place in WAYS}
    for place in walk.places():
        walk.go(place)
        found |= {
            (place, name): walk.usable(name) for where, name, _ in offered() if where == place
        }
    assert found == {(place, name): may(role, right) for place, name, right in offered()}
    assert refusals == []
    assert strangers == []


@pytest.mark.parametrize("role", [Role.OWNER])
def test_a_role_changed_meanwhile_makes_the_pages_anew(walk, role, refusals):
    walk.go("treated.details")
    assert walk.usable("archive_patient")
    context = walk.program.desk_window.context
    context.run(walk.window, lambda desk: take_role(desk, Role.AUDITOR))
    walk.settle()
    walk.settle()
    assert walk.find("family_name").isVisible()
    assert not walk.usable("family_name")
    assert walk.find("archive_patient") is None
    assert refusals == []


@pytest.mark.parametrize("role", [Role.THERAPIST])
def test_nothing_of_a_closed_record_is_anywhere_in_the_window(walk, role):
    context = walk.program.desk_window.context
    _, arguments = walk.clinic.places["treated.overview"]
    context.run(walk.window, lambda desk: close_record(desk, arguments["patient_id"]))
    walk.settle()
    said = {}
    for place in walk.places():
        walk.go(place)
        said[place] = texts(walk.window)
    walk.window.open("patients")
    for typed in ("", "0142", "12 Apr 1985", "1985-04-12"):
        walk.window.current_page().search.set_value(typed)
        walk.window.current_page()._search(typed)
        walk.settle()
        said[f"list, {typed}"] = texts(walk.window)
    palette = walk.window.palette_overlay()
    for typed in ("Treated", "0142"):
        walk.window.open_palette()
        palette.search.set_value(typed)
        palette._ask(typed)
        walk.settle()
        found = [(each.title, each.subtitle) for each in palette.entries()]
        said[f"palette, {typed}"] = str(found)
        palette.close_over()
    told = {where for where, text in said.items() for mark in MARKS if mark in text}
    # Whoever has to open it in an emergency must find it: the list of patients names it.
    assert told <= {"patients", "list, "}
    assert not any(mark in text for text in said.values() for mark in MARKS[1:])


MARKS = ("Treated", "555 0142", "Prefers the back door")
"""Name, phone and note of the record that is closed."""


def close_record(desk, patient_id):
    """Mark what is on record, and let only a colleague see it."""
    record = desk.patients.get(patient_id)
    fields = replace(record.fields, phone=MARKS[1], note=MARKS[2])
    desk.patients.update(patient_id, record.version, fields)
    with desk.store.write(Right.OWN) as tx:
        row = UserRow(id=new_id(), name="Other", initials="O", role=Role.THERAPIST, colour=1)
        tx.db.add(row)
        tx.audit("user.create", "app_user", row.id)
        tx.touch(Topic.CLINIC)
        member = row.id
    desk.restricted.restrict(patient_id, "At her wish", [member])


def texts(window):
    """Return every text in sight: said, typed, listed, or told of a widget."""
    found = [window.windowTitle()]
    for each in window.findChildren(QWidget):
        if not each.isVisible():
            continue
        found += [each.accessibleName(), each.toolTip(), each.accessibleDescription()]
        if isinstance(each, QLabel | QLineEdit | QAbstractButton):
            found.append(each.text())
        elif isinstance(each, QPlainTextEdit):
            found.append(each.toPlainText())
        elif isinstance(each, QAbstractItemView) and each.model() is not None:
            model = each.model()
            roles = (RowRole.TITLE, RowRole.SUBTITLE, RowRole.TRAILING)
            found += [
                str(model.index(row, 0).data(role))
                for row in range(model.rowCount())
                for role in roles
            ]
    return "\n".join(found)


# What leads out of the page or out of the program is no matter of rights.
LEFT_ALONE = ("rail_", "lock", "palette", "keys")
KEYS = ("Ctrl+N", "Alt+N", "S", "Ctrl+Return", "F8", "Alt+A", "N")


@pytest.mark.long
@pytest.mark.parametrize("role", [Role.PRESCRIBER, Role.THERAPIST, Role.ASSISTANT, Role.AUDITOR])
def test_nothing_in_sight_leads_to_a_refusal(walk, role, refusals, monkeypatch):
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: True)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_, **__: "")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: ("", ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, **__: ("", ""))
    blamed = {}
    for place in walk.places():
        walk.go(place)
        for name in names_in_sight(walk):
            walk.go(place)
            drive(walk, name)
            blame(refusals, blamed, f"{place}: {name}")
        for keys in KEYS:
            walk.go(place)
            press(walk, keys)
            blame(refusals, blamed, f"{place}: {keys}")
    assert blamed == {}


def names_in_sight(walk):
    page = walk.window.current_page()
    kinds = QAbstractButton | QLineEdit | QPlainTextEdit
    return list(
        dict.fromkeys(
            each.objectName()
            for each in page.findChildren(QWidget)
            if isinstance(each, kinds)
            and each.isVisible()
            and each.isEnabled()
            and each.objectName()
            and not each.objectName().startswith(LEFT_ALONE)
        )
    )


def drive(walk, name):
    """Click a button, or type into a field and go on."""
    found = walk.find(name)
    if found is None or not found.isEnabled():
        return
    if isinstance(found, QAbstractButton):
        found.click()
    elif not found.isReadOnly():
        found.setFocus()
        QTest.keyClicks(found, "5")
    walk.settle()
    close_dialogs(walk)


def press(walk, keys):
    focus = walk.window.focusWidget() or walk.window.current_page()
    if not isinstance(focus, QLineEdit | QPlainTextEdit) or "+" in keys:
        QTest.keySequence(focus, keys)
    walk.settle()
    close_dialogs(walk)


def close_dialogs(walk):
    for dialog in walk.window.findChildren(QDialog):
        if dialog.isVisible():
            dialog.reject()
    QTest.keyClick(walk.window, Qt.Key.Key_Escape)
    walk.settle()


def blame(refusals, blamed, what):
    if refusals:
        blamed[what] = sorted({each.value for each in refusals})
        refusals.clear()
