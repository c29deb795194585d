"""A consent in the patient's hands: all there is of the window, and below the lock."""

from types import SimpleNamespace

import pytest
from at_the_desk import MARKERS, OLGAS
from colleagues import PASSWORD as MARCS
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget

from mesodesk.db.errors import StorageTrouble, StorageUnavailable
from mesodesk.demo.consents import decided
from mesodesk.services.desk import open_desk
from mesodesk.ui.widgets.dialogs import ConfirmDialog
from mesodesk.ui.widgets.popover import Popover
from mesodesk.vault.vault import open_vault

LEFT = Qt.MouseButton.LeftButton
STROKE = ((40, 100), (90, 40), (150, 120), (260, 30), (330, 110), (400, 80))


class Patient:
    """Has the window in hand; every key goes to it as from the system."""

    def __init__(self, qtbot, hands, clinic):
        self.qtbot, self.hands, self.clinic, self.window = qtbot, hands, clinic, hands.window
        begun = self.run(self._prepare)
        hands.window.open("patients")
        hands.settle()
        hands.open_patient(clinic, "consent")
        self.consent_id = begun.id
        self.click("consent_hand_over")

    def _prepare(self, desk):
        begun = desk.consents.start(self.clinic.patient)
        typed = decided(begun.fields, [desk.catalogue.products()[0].id])
        return desk.consents.save(begun.id, begun.version, typed)

    def run(self, work):
        found = []
        context = self.hands.program.desk_window.context
        context.run(self.window, work, found.append)
        self.hands.settle()
        return found[0]

    @property
    def draft(self):
        return self.window.page("patient").tabs.consent.draft

    @property
    def page(self):
        return self.draft.signing

    def record(self):
        return self.run(lambda desk: desk.consents.get(self.consent_id))

    def click(self, name):
        self.qtbot.mouseClick(self.window.findChild(QWidget, name), LEFT)
        self.hands.settle()

    def key(self, keys):
        combination = QKeySequence(keys)[0]
        QTest.keyClick(
            self.window.windowHandle(), combination.key(), combination.keyboardModifiers()
        )
        self.hands.settle()

    def pen(self, *places, lift=True):
        pad = self.page.pad
        self.qtbot.mousePress(pad, LEFT, pos=QPoint(*places[0]))
        for place in places[1:]:
            self.qtbot.mouseMove(pad, QPoint(*place))
        if lift:
            self.qtbot.mouseRelease(pad, LEFT, pos=QPoint(*places[-1]))
        self.hands.settle()

    def place(self):
        """Where the pages behind stand."""
        page = self.window.current_page()
        return page.page_id, dict(page.place()), self.draft.record_id()

    def has_only_this_page(self):
        """Tell whether nothing but the page is in sight, under the pointer, or open to keys."""
        around = {self.window, self.page.parentWidget()}
        shown = [each for each in self.window.findChildren(QWidget) if each.isVisible()]
        strangers = [
            each for each in shown if each not in around and not self.page.isAncestorOf(each)
        ]
        tops = [each for each in QApplication.topLevelWidgets() if each.isVisible()]
        whole = self.page.mapTo(self.window, QPoint(0, 0)), self.page.size()
        return (
            strangers == []
            and tops == [self.window]
            and whole == (QPoint(0, 0), self.window.size())
        )


@pytest.fixture
def patient(hands, clinic, qtbot):
    made = Patient(qtbot, hands, clinic)
    assert made.has_only_this_page()
    return made


@pytest.fixture
def full_disk(hands, monkeypatch):
    """Lets the vault take nothing any more, until it is told to."""
    vault = hands.program._desk.store.vault
    was = vault.check_in_place

    def refuse():
        raise StorageUnavailable(StorageTrouble.FULL)

    def empty():
        monkeypatch.setattr(vault, "check_in_place", was)

    def fill():
        monkeypatch.setattr(vault, "check_in_place", refuse)

    yield SimpleNamespace(fill=fill, empty=empty)
    empty()


# Out of reach


def test_no_key_of_the_window_or_a_page_does_anything(patient):
    window, page = patient.window, patient.page
    known = [help_.keys for help_ in (*window.key_help, *window.current_page().key_help)]
    known = [keys for keys in known if keys != "Ctrl+L" and " " not in keys]
    assert {"Ctrl+K", "?", "Alt+1", "Alt+Left", "Ctrl+Return", "S"} <= set(known)
    for keys in (*known, "N", "Ctrl+N", "Escape", "Return", "Space", "Alt+5", "F8", "A", "F1"):
        before = patient.place()
        patient.key(keys)
        assert patient.has_only_this_page(), keys
        assert patient.place() == before, keys
        assert not window.is_covered(), keys
        assert page.isAncestorOf(QApplication.focusWidget()), keys
    assert patient.record().state.value == "draft"


def test_tab_and_the_pointer_reach_nothing_else(patient):
    window, page = patient.window, patient.page
    seen = set()
    for _ in range(30):
        patient.key("Tab")
        assert page.isAncestorOf(QApplication.focusWidget())
        seen.add(QApplication.focusWidget().objectName())
    assert {"consent_back", "consent_clear", "consent_sign"} >= seen
    assert "consent_back" in seen
    for x in range(2, window.width(), 40):
        for y in range(2, window.height(), 40):
            assert page.isAncestorOf(window.childAt(x, y)), (x, y)


@pytest.mark.parametrize(
    ("language", "take"), [("es", "Registrar el consentimiento"), ("en", "Take the consent")]
)
def test_what_the_patient_presses_is_in_the_language_of_the_text(patient, language, take):
    patient.click("consent_back")
    patient.draft.form.language.edited.emit(language)
    patient.hands.settle()
    assert patient.record().fields.language == language
    patient.click("consent_hand_over")
    page = patient.page
    assert (page.sign.text(), page.sign.accessibleName()) == (take, take)
    assert (page.back.text() == "Devolver") == (language == "es")


def test_keys_scroll_the_text_wherever_the_focus_is(patient):
    patient.window.resize(1024, 700)
    patient.hands.settle()
    bar = patient.page.sheet.verticalScrollBar()
    patient.qtbot.waitUntil(lambda: bar.maximum() > 0)
    assert bar.value() == 0
    for keys, place in (("End", bar.maximum()), ("Home", 0)):
        patient.key(keys)
        assert bar.value() == place
    patient.key("Space")
    assert bar.value() > 0
    patient.key("PgUp")
    assert bar.value() == 0


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_nothing_comes_up_above_it(patient, qtbot):
    """An answer that arrives meanwhile may open a question."""
    window = patient.window

    def a_dialog():
        ConfirmDialog(window, "wipe", f"Discard {MARKERS[0]}?", "It is gone then.", "Go").open()

    def a_popover():
        Popover(window.rail, "of_a_test", MARKERS[0]).open_at()

    def a_menu():
        menu = QMenu(window)
        menu.addAction(MARKERS[0])
        menu.popup(window.mapToGlobal(window.rect().center()))

    def a_palette():
        window.open_palette()

    for come in (a_dialog, a_popover, a_menu, a_palette):
        come()
        qtbot.waitUntil(patient.has_only_this_page)
    patient.click("consent_back")
    assert not [each for each in window.findChildren(QDialog) if each.isVisible()]
    a_dialog()
    qtbot.wait(50)
    (dialog,) = [each for each in window.findChildren(QDialog) if each.isVisible()]
    dialog.reject()


def test_what_floated_is_closed_when_it_is_handed_over(patient):
    patient.click("consent_back")
    patient.window.open_palette()
    patient.draft.hand_over.click()
    assert patient.has_only_this_page()
    patient.click("consent_back")
    assert not patient.window.palette_overlay().isVisible()


# Ways out


def test_it_is_given_back_to_the_form(patient):
    patient.pen(*STROKE)
    drawn = patient.page.pad.strokes()
    patient.click("consent_back")
    assert not patient.page.isVisible()
    assert patient.window.frame.isVisible()
    assert patient.draft.isVisible()
    assert QApplication.focusWidget() is patient.draft.hand_over
    assert patient.record().strokes is not None
    patient.click("consent_hand_over")
    assert patient.has_only_this_page()
    assert patient.page.pad.strokes() == drawn
    # And the keys are the window's again.
    patient.click("consent_back")
    patient.key("Ctrl+K")
    assert patient.window.palette_overlay().isVisible()


def test_taking_the_consent_leads_back_to_the_record(patient, qtbot):
    patient.pen(*STROKE)
    patient.click("consent_sign")
    assert patient.window.frame.isVisible()
    assert not patient.window.is_handed_over()
    assert patient.record().state.value == "signed"
    header = patient.window.current_page().header.chips
    qtbot.waitUntil(lambda: any(words.startswith("Consent in force") for _, words in header._given))


def test_a_refusal_is_said_on_the_page(patient, qtbot):
    patient.pen(*STROKE)
    kept = patient.record()
    patient.run(lambda desk: desk.consents.draw(kept.id, kept.version, None, kept.shown_sha256))
    patient.page.sign.setEnabled(True)  # as long as the other change has not arrived
    patient.click("consent_sign")
    qtbot.waitUntil(patient.page.refusal.isVisible)
    assert "was not taken" in patient.page.refusal.headline.text()
    assert patient.has_only_this_page()


# Below the lock


def test_the_lock_covers_it_and_it_stands_there_again(patient, qtbot):
    window, page = patient.window, patient.page
    window.resize(1024, 700)
    patient.pen(*STROKE)
    patient.key("PgDown")
    drawn, at = page.pad.strokes(), page.sheet.verticalScrollBar().value()
    assert at > 0
    patient.key("Ctrl+L")
    assert window.is_covered()
    assert not page.isVisible()
    assert not window.frame.isVisible()
    assert window.windowTitle() == "Mesodesk"
    assert window.childAt(window.rect().center()).window() is window
    assert not page.isAncestorOf(window.childAt(window.rect().center()))
    patient.hands.come_in("unlock_password", OLGAS)
    assert patient.has_only_this_page()
    assert page.isAncestorOf(QApplication.focusWidget())
    assert (page.pad.strokes(), page.sheet.verticalScrollBar().value()) == (drawn, at)
    patient.key("Ctrl+K")
    patient.key("Alt+1")
    assert patient.has_only_this_page()
    patient.click("consent_back")
    assert window.frame.isVisible()


def test_nobody_there_for_a_while_locks_it_too(patient, qtbot):
    patient.window.idle_watch.set_limit(30)
    qtbot.waitUntil(patient.window.is_covered)
    assert not patient.page.isVisible()
    patient.hands.settle()
    patient.hands.come_in("unlock_password", OLGAS)
    assert patient.has_only_this_page()


def test_a_stroke_that_the_lock_cuts_off_is_kept(patient, qtbot):
    patient.pen(*STROKE, lift=False)
    patient.key("Ctrl+L")
    assert patient.hands.program._desk.consents.get(patient.consent_id).strokes is not None
    patient.hands.come_in("unlock_password", OLGAS)
    qtbot.mouseMove(patient.page.pad, QPoint(10, 10))
    assert len(patient.page.pad.strokes().strokes) == 1
    patient.pen(*STROKE)
    assert len(patient.page.pad.strokes().strokes) == 2


def test_somebody_else_comes_to_their_own_place(patient, qtbot):
    hands, window, clinic = patient.hands, patient.window, patient.clinic
    patient.pen(*STROKE)
    patient.key("Ctrl+L")
    hands.choose(clinic.marc)
    hands.come_in("unlock_password", MARCS)
    assert window.current_page().page_id == "today"
    assert window.frame.isVisible()
    assert not window.is_handed_over()
    assert window.findChild(QWidget, "consent_signing") is None
    # The keys are theirs, and who had handed it over comes to the form that they proved to see.
    patient.key("Ctrl+K")
    assert window.palette_overlay().isVisible()
    hands.switch_to(clinic.olga, OLGAS)
    assert patient.place() == (
        "patient",
        {"patient_id": clinic.patient, "tab": "consent"},
        patient.consent_id,
    )
    assert not window.is_handed_over()
    qtbot.waitUntil(patient.draft.isVisible)
    assert patient.page.pad.strokes() is not None


def test_sleep_keeps_what_was_drawn_and_leaves_nothing_in_the_window(patient, clinic):
    patient.pen(*STROKE, lift=False)
    patient.hands.program.locking.system.system_sleeps()
    assert patient.window.is_covered()
    assert not patient.window.is_handed_over()
    assert patient.window.findChild(QWidget, "consent_signing") is None or not any(
        each.isVisible() for each in patient.window.findChildren(QWidget, "consent_signing")
    )
    desk = open_desk(open_vault(clinic.folder, password=OLGAS, user_id=clinic.olga))
    assert desk.consents.get(patient.consent_id).strokes is not None
    desk.close()


def test_pages_made_anew_meanwhile_are_behind_the_lock(patient):
    """Nobody gave it back, so nothing else comes into reach."""
    patient.window.renew_pages()
    assert patient.window.is_covered()
    patient.hands.settle()
    patient.hands.come_in("unlock_password", OLGAS)
    assert patient.window.frame.isVisible()
    assert not patient.window.is_handed_over()
    assert patient.place()[1]["tab"] == "consent"


# What is not kept


def test_a_disk_that_fails_is_told_on_the_page(patient, qtbot, full_disk):
    full_disk.fill()
    patient.pen(*STROKE)
    qtbot.waitUntil(patient.page.trouble.isVisible)
    assert "not kept" in patient.page.trouble.headline.text()
    assert patient.page.trouble.text.text() == patient.window.status.text()
    # The window stays, says why, and asks nothing above the page.
    for _ in range(2):
        assert not patient.window.close()
        assert "stays open" in patient.page.trouble.headline.text()
        assert patient.has_only_this_page()
    full_disk.empty()
    patient.hands.settle()
    qtbot.waitUntil(patient.page.trouble.isHidden)
    assert patient.record().strokes is not None


def test_trouble_from_before_is_told_as_well(patient, qtbot, full_disk):
    patient.click("consent_back")
    patient.window.status.troubled(patient, "The disk is gone.")
    patient.click("consent_hand_over")
    assert patient.page.trouble.isVisible()
    assert patient.page.trouble.text.text() == "The disk is gone."
    patient.window.status.dropped(patient)
    assert patient.page.trouble.isHidden()


def test_closing_the_window_loses_nothing(patient, clinic):
    patient.pen(*STROKE)
    patient.window.may_close = None
    assert patient.window.close()
    patient.hands.program.jobs.drain()
    desk = open_desk(open_vault(clinic.folder, password=OLGAS, user_id=clinic.olga))
    assert desk.consents.get(patient.consent_id).strokes is not None
    desk.close()
