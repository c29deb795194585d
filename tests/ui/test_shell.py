"""The main window: pages, status, palette, keys, lock, closing."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from mesodesk.ui import theme
from mesodesk.ui.frame.page import Page
from mesodesk.ui.frame.palette import Entry
from mesodesk.ui.frame.status import StatusStrip
from mesodesk.ui.jobs import Jobs
from mesodesk.ui.keeper import Keeper
from mesodesk.ui.shell import MainWindow
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.dialogs import ConfirmDialog
from mesodesk.ui.widgets.popover import Popover

CTRL, ALT, NONE = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.NoModifier,
)
NOON = datetime(2026, 3, 12, 10, 42, 7, tzinfo=UTC)


class Sample(Page):
    """A page that remembers what happened to it."""

    icon = "account"

    def __init__(self, page_id, title, section=""):
        self.page_id, self.title, self.section = page_id, title, section
        super().__init__()
        self.told = []
        self.pressed = []
        self.line = QLineEdit()
        QVBoxLayout(self).addWidget(self.line)
        self.add_key("M", "Mirror", self.mirror)

    def mirror(self):
        self.pressed.append("M")

    def shown(self, **arguments):
        self.told.append(("shown", arguments))

    def hidden(self):
        self.told.append("hidden")

    def leave(self):
        self.told.append("leave")

    def first_focus(self):
        return self.line


@pytest.fixture
def window(qtbot):
    made = MainWindow()
    qtbot.addWidget(made)
    made.today = Sample("today", "Today")
    made.patients = Sample("patients", "Patients")
    made.patient = Sample("patient", "Patient", section="patients")
    made.add_page(made.today, in_rail=True)
    made.add_page(made.patients, in_rail=True)
    made.add_page(made.patient)
    made.open("today")
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    made.today.line.setFocus()
    return made


def press(key, modifier=NONE):
    """Press a key where the focus is, as a person would, so that shortcuts see it."""
    focused = QApplication.focusWidget()
    QTest.keyClick(focused.window().windowHandle(), key, modifier)


# Pages


def test_a_page_is_left_then_the_next_is_shown(window):
    window.open("patient", patient_id=7)
    assert window.today.told == [("shown", {}), "leave", "hidden"]
    assert window.patient.told == [("shown", {"patient_id": 7})]
    assert window.current_page() is window.patient
    assert window.patient.line.hasFocus()


def test_the_rail_lights_the_section_and_takes_clicks(qtbot, window):
    window.open("patient")
    assert window.findChild(QWidget, "rail_patients").isChecked()
    qtbot.mouseClick(window.findChild(QWidget, "rail_today"), Qt.MouseButton.LeftButton)
    assert window.current_page() is window.today
    assert window.findChild(QWidget, "rail_today").isChecked()
    assert not window.findChild(QWidget, "rail_patients").isChecked()


def test_a_page_asks_for_another(window):
    window.today.navigate("patient", patient_id=3)
    assert window.patient.told[-1] == ("shown", {"patient_id": 3})


def test_pages_have_keys(window):
    press(Qt.Key.Key_2, ALT)
    assert window.current_page() is window.patients


def test_back_returns_with_what_was_shown(window):
    window.open("patient", patient_id=1)
    window.open("patients")
    press(Qt.Key.Key_Left, ALT)
    assert window.patient.told[-1] == ("shown", {"patient_id": 1})
    press(Qt.Key.Key_Left, ALT)
    press(Qt.Key.Key_Left, ALT)
    assert window.current_page() is window.today


def test_a_lazy_page_is_made_when_shown(window):
    made = []

    def make():
        made.append(Sample("stock", "Stock"))
        return made[-1]

    window.add_lazy_page("stock", "Stock", "flask-outline", make)
    assert made == []
    window.open("stock")
    window.open("today")
    window.open("stock")
    assert len(made) == 1


def test_an_unknown_page_is_refused_and_nothing_is_lost(window):
    with pytest.raises(KeyError):
        window.open("nowhere")
    assert window.current_page() is window.today


def test_the_title_names_the_kind_of_page(window):
    window.open("patient", patient_name="Ferrand")
    assert window.windowTitle() == "Patient - Mesodesk"


def test_a_key_of_a_page_works_there_and_not_while_typing(window):
    window.today.line.clearFocus()
    window.today.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    window.today.setFocus()
    press(Qt.Key.Key_M)
    assert window.today.pressed == ["M"]
    window.today.line.setFocus()
    press(Qt.Key.Key_M)
    assert window.today.line.text() == "m"
    assert window.today.pressed == ["M"]
    assert window.patients.pressed == []


# Status


@pytest.fixture
def strip(qtbot):
    made = StatusStrip()
    qtbot.addWidget(made)
    made.set_zone("UTC")
    return made


def test_kept_is_said_with_the_time(strip):
    source = QObject()
    strip.keeping(source)
    assert strip.text() == "keeping…"
    assert strip.unkept()
    strip.kept(source, NOON)
    assert strip.text() == "kept 10:42:07"
    assert not strip.unkept()


def test_the_time_is_that_of_the_clinic(strip):
    strip.set_zone("Asia/Tokyo")
    strip.kept(QObject(), NOON)
    assert strip.text() == "kept 19:42:07"


def test_the_note_begins_at_the_margin_while_nothing_was_kept(qtbot, strip):
    strip.set_note("backup 10:42")
    strip.show()
    assert strip.note.x() == Space.PAGE
    strip.kept(QObject(), NOON)
    qtbot.waitUntil(lambda: strip.note.x() > strip.findChild(QWidget, "kept").x() > Space.PAGE)


def test_kept_is_not_said_while_another_form_waits(strip):
    first, second = QObject(), QObject()
    strip.keeping(first)
    strip.keeping(second)
    strip.kept(first, NOON)
    assert strip.text() == "keeping…"
    strip.kept(second, NOON - timedelta(seconds=5))
    assert strip.text() == "kept 10:42:07"


def test_a_failure_stays_until_its_own_source_is_kept(strip):
    first, second = QObject(), QObject()
    strip.failed(first, "The disk is full.")
    strip.kept(second, NOON)
    assert strip.text() == "The disk is full."
    strip.keeping(first)
    assert strip.text() == "The disk is full."
    strip.kept(first, NOON)
    assert strip.text() == "kept 10:42:07"


# Palette and keys


def test_the_palette_finds_commands_and_runs_them(window):
    ran = []
    palette = window.palette_overlay()
    palette.add_command(Entry("New patient", lambda: ran.append("new"), keywords="add create"))
    palette.add_command(Entry("Éxport", lambda: ran.append("export")))
    press(Qt.Key.Key_K, CTRL)
    assert palette.isVisible()
    for key in (Qt.Key.Key_E, Qt.Key.Key_X, Qt.Key.Key_P):
        press(key)
    assert [entry.title for entry in palette.entries()] == ["Éxport"]
    press(Qt.Key.Key_Return)
    assert ran == ["export"]
    assert not palette.isVisible()
    assert window.today.line.hasFocus()


def test_patients_come_before_commands_and_late_answers_are_dropped(window):
    asked = []
    palette = window.palette_overlay()
    palette.add_command(Entry("Garbage", bool))
    palette.add_search(lambda text, deliver: asked.append((text, deliver)))
    palette.open_palette()
    for key in (Qt.Key.Key_G, Qt.Key.Key_A):
        press(key)
    assert [text for text, _ in asked] == ["g", "ga"]
    asked[0][1]([Entry("Gomez", bool)])
    assert [entry.title for entry in palette.entries()] == ["Garbage"]
    asked[1][1]([Entry("García", bool)])
    assert [entry.title for entry in palette.entries()] == ["García", "Garbage"]


def test_arrows_choose_in_the_palette(window):
    ran = []
    palette = window.palette_overlay()
    for number in range(3):
        palette.add_command(Entry(f"Command {number}", lambda number=number: ran.append(number)))
    palette.open_palette()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Return):
        press(key)
    assert ran == [1]


def test_nothing_found_is_said(window):
    palette = window.palette_overlay()
    palette.open_palette()
    press(Qt.Key.Key_Z)
    assert palette.nothing.isVisible()
    assert palette.nothing.text() == "Nothing found. Try fewer letters."


def test_before_anything_is_typed_the_palette_says_what_to_type(window):
    palette = window.palette_overlay()
    palette.open_palette()
    assert palette.nothing.isVisible()
    assert palette.nothing.text() == "Type a name, a record number or a command."
    press(Qt.Key.Key_Z)
    press(Qt.Key.Key_Backspace)
    assert palette.nothing.text() == "Type a name, a record number or a command."


def test_the_focus_stays_in_the_palette(window):
    palette = window.palette_overlay()
    palette.open_palette()
    for _ in range(4):
        press(Qt.Key.Key_Tab)
        assert palette.isAncestorOf(QApplication.focusWidget())
    press(Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_a_click_beside_the_palette_closes_it(qtbot, window):
    palette = window.palette_overlay()
    palette.open_palette()
    qtbot.mouseClick(palette, Qt.MouseButton.LeftButton, pos=palette.rect().bottomLeft())
    assert not palette.isVisible()


def test_the_keys_are_listed_those_of_the_page_first(window):
    window.open_keys()
    overview = window.findChild(QWidget, "key_overview")
    names = [child.accessibleName() for child in overview.findChildren(QWidget)]
    assert "M" in names
    assert "Ctrl+K" in names
    assert names.index("M") < names.index("Ctrl+K")
    press(Qt.Key.Key_Escape)
    assert not overview.isVisible()


def test_a_question_mark_is_typed_into_a_field_and_opens_the_keys_elsewhere(window):
    press(Qt.Key.Key_Question)
    assert window.today.line.text() == "?"
    window.today.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    window.today.setFocus()
    press(Qt.Key.Key_Question)
    assert window.findChild(QWidget, "key_overview").isVisible()


# Notices


def test_a_trouble_is_shown_once_until_it_is_closed(qtbot, window):
    for _ in range(3):
        window.show_trouble("The disk is full.")
    assert len(window.frame.notices) == 1
    notice = window.findChild(QWidget, "trouble")
    qtbot.mouseClick(notice.close_button, Qt.MouseButton.LeftButton)
    assert not notice.isVisible()
    window.notify(Kind.CAUTION, "The backup is old")
    assert window.findChild(QWidget, "window_notice").isVisible()


# Lock


def test_locking_leaves_the_page_hides_all_and_asks(qtbot, window):
    window.open("patient")
    window.patient.line.setText("Ferrand, Camille")
    with qtbot.waitSignal(window.lock_asked):
        press(Qt.Key.Key_L, CTRL)
    assert window.patient.told[-1] == "leave"
    assert window.is_covered()
    assert not window.patient.isVisible()
    assert window.windowTitle() == "Mesodesk"
    image = window.grab().toImage()
    ground = theme.colour("ground").rgb()
    places = [(x, y) for x in range(0, window.width(), 7) for y in range(0, window.height(), 7)]
    assert {image.pixel(x, y) for x, y in places} == {ground}


def test_keys_of_the_pages_do_nothing_while_locked(window):
    unlock = QLineEdit()
    window.show_cover(unlock)
    unlock.setFocus()
    for key, modifier in ((Qt.Key.Key_K, CTRL), (Qt.Key.Key_2, ALT), (Qt.Key.Key_L, CTRL)):
        press(key, modifier)
    assert window.current_page() is window.today
    assert not window.palette_overlay().isVisible()


def test_unlocking_returns_to_the_same_place(window):
    window.open("patient")
    window.patient.line.setText("typed")
    window.patient.line.setFocus()
    window.ask_lock()
    unlock = QLineEdit()
    window.show_cover(unlock)
    assert unlock.isVisible()
    window.hide_cover()
    assert window.current_page() is window.patient
    assert window.patient.line.hasFocus()
    assert window.patient.line.text() == "typed"
    assert window.windowTitle() == "Patient - Mesodesk"


def test_what_floats_is_closed_by_the_lock(qtbot, window):
    popover = Popover(window.today.line, "edit", "Edit")
    popover.open_at()
    dialog = ConfirmDialog(window, "wipe", "Discard?", "It is gone then.", "Discard")
    dialog.open()
    window.palette_overlay().open_palette()
    window.ask_lock()
    assert not popover.isVisible()
    assert not dialog.isVisible()
    assert not window.palette_overlay().isVisible()


def test_the_cover_fills_a_window_that_grows(window):
    window.show_cover()
    window.resize(1400, 900)
    assert window.cover_widget.size() == window.size()


def test_nobody_there_locks(qtbot, window):
    with qtbot.waitSignal(window.lock_asked):
        window.idle_watch.set_limit(30)


class Counted:
    """Stands for the timer: when it runs out is rounded by the system to a second or so."""

    def __init__(self, milliseconds):
        self.milliseconds = milliseconds
        self.started = 0

    def interval(self):
        return self.milliseconds

    def start(self):
        self.started += 1


@pytest.mark.parametrize(("limit", "restarts"), [(60_000, True), (0, False)])
def test_a_key_is_a_sign_of_life(window, monkeypatch, limit, restarts):
    timer = Counted(limit)
    monkeypatch.setattr(window.idle_watch, "_timer", timer)
    press(Qt.Key.Key_A)
    assert (timer.started > 0) is restarts


def test_the_lock_in_the_rail(qtbot, window):
    with qtbot.waitSignal(window.lock_asked):
        qtbot.mouseClick(window.findChild(QWidget, "lock"), Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("by_key", [True, False])
def test_the_person_in_the_rail_lets_somebody_else_in(qtbot, window, by_key):
    window.set_person("CM", "Camille Moreau", 1)
    person = window.findChild(QWidget, "person")
    assert "Camille Moreau" in person.toolTip()
    with qtbot.waitSignals([window.lock_asked, window.switch_asked]):
        if by_key:
            press(Qt.Key.Key_L, CTRL | Qt.KeyboardModifier.ShiftModifier)
        else:
            qtbot.mouseClick(person, Qt.MouseButton.LeftButton)
    assert window.is_covered()


# Closing


class Full(Exception):  # noqa: N818
    """The disk is full."""

    trouble = "full"
    sentence = "The disk is full."


@pytest.fixture
def working(qtbot):
    jobs = Jobs()
    made = MainWindow(jobs)
    qtbot.addWidget(made)
    made.jobs = jobs
    made.keeper = Keeper(jobs, made.status, pause_ms=60_000, latest_ms=60_000)
    made.show()
    yield made
    made._closing_anyway = True
    made.close()
    jobs.close()


def test_closing_writes_what_waits_first(working):
    written = []
    working.keeper.put("a", written.append)
    closed = []
    working.closing.connect(lambda: closed.append(list(written)))
    assert working.close()
    assert closed == [[0]]


def test_closing_stops_what_leaves_the_records_before_it_waits(working):
    told = threading.Event()
    waited = []
    working.stopping.connect(told.set)
    # As an export does: it goes on until it is told.
    working.jobs.run_aside(working, lambda: told.wait(20), waited.append)
    assert working.close()
    assert waited == [True]


def test_closing_asks_before_anything_is_lost(qtbot, working):
    def full(version):
        raise Full

    working.keeper.put("a", full)
    assert not working.close()
    dialog = working.findChild(QWidget, "close_unkept")
    assert "The disk is full." in dialog.body.text()
    qtbot.mouseClick(dialog.cancel, Qt.MouseButton.LeftButton)
    assert working.isVisible()
    assert not working.close()
    with qtbot.waitSignal(working.closing):
        working.findChildren(ConfirmDialog)[-1].confirm.click()
    assert not working.isVisible()


def test_a_failure_nobody_handles_is_shown(working):
    def full():
        raise Full

    working.jobs.run(working, full)
    working.jobs.drain()
    assert working.findChild(QWidget, "trouble").text.text() == "The disk is full."
