"""The lock at every moment: nothing in sight, nothing lost, and the desk closed after a while."""

import pytest
from at_the_desk import MARKERS, OLGAS, all_words
from colleagues import PASSWORD as MARCS
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, Qt
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QCompleter,
    QDialog,
    QFileDialog,
    QLineEdit,
    QMenu,
    QToolTip,
    QWidget,
)

from mesodesk.db.errors import StorageTrouble, StorageUnavailable
from mesodesk.services.desk import open_desk
from mesodesk.ui import theme
from mesodesk.ui.gate.unlock import UnlockPage
from mesodesk.ui.lock.door import who_and_where
from mesodesk.ui.lock.lock_page import LockPage
from mesodesk.ui.widgets.dialogs import ConfirmDialog
from mesodesk.ui.widgets.popover import Popover
from mesodesk.vault import reserve
from mesodesk.vault.vault import open_vault


def only_the_lock_is_in_sight(window):
    """Nothing of the program is visible but the main window, and in it only the cover."""
    others = [
        other
        for other in QApplication.topLevelWidgets()
        if other is not window and other.isVisible()
    ]
    assert others == []
    assert QApplication.activeModalWidget() is None
    assert QApplication.activePopupWidget() is None
    assert window.is_covered()
    assert not window.frame.isVisible()
    assert window.windowTitle() == "Mesodesk"


# At each modal state


def a_dialog(window):
    made = ConfirmDialog(window, "wipe", f"Discard {MARKERS[0]}?", "It is gone then.", "Discard")
    made.open()
    return made


def a_system_dialog(window):
    made = QFileDialog(window, MARKERS[0])
    made.setOption(QFileDialog.Option.DontUseNativeDialog)
    made.open()
    return made


def a_dialog_over_a_dialog(window):
    first = a_dialog(window)
    second = QDialog(first)
    second.setModal(True)
    second.open()
    return second


def a_window_without_a_parent(window):
    made = QWidget()
    made.setWindowTitle(MARKERS[0])
    window.destroyed.connect(made.deleteLater)
    made.show()
    return made


def a_popover(window):
    made = Popover(window.rail, "of_a_test", MARKERS[0])
    made.open_at()
    return made


def a_palette(window):
    window.open_palette()
    return window.palette_overlay()


def the_keys(window):
    window.open_keys()
    return window.frame.findChild(QWidget, "key_overview") or window.palette_overlay()


def a_menu(window):
    made = QMenu(window)
    made.addAction(MARKERS[0])
    made.popup(window.mapToGlobal(window.rect().center()))
    return made


def a_completer(window):
    field = QLineEdit(window.frame)
    field.show()
    field.setFocus()
    made = QCompleter([MARKERS[0]], field)
    field.setCompleter(made)
    made.setCompletionPrefix(MARKERS[0][:3])
    made.complete()
    return made.popup()


def a_tip(window):
    QToolTip.showText(window.mapToGlobal(window.rect().center()), MARKERS[0], window)
    return next(
        each for each in QApplication.topLevelWidgets() if each.objectName() == "qtooltip_label"
    )


STATES = [
    a_dialog, a_system_dialog, a_dialog_over_a_dialog, a_window_without_a_parent, a_popover,
    a_palette, the_keys, a_menu, a_completer, a_tip,
]  # fmt: skip


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_the_lock_covers_whatever_is_open_and_nothing_of_it_comes_back(hands, clinic, qtbot):
    hands.open_patient(clinic)
    for state in STATES:
        floating = state(hands.window)
        assert floating.isVisible() or state is the_keys, state.__name__
        hands.window.ask_lock()
        only_the_lock_is_in_sight(hands.window)
        hands.settle()
        hands.come_in("unlock_password", OLGAS)
        shown = [
            each.objectName()
            for each in QApplication.topLevelWidgets()
            if each is not hands.window and each.isVisible()
        ]
        assert shown == [], state.__name__
        if state in (a_popover, a_palette, the_keys):
            assert not floating.isVisible(), state.__name__
    page = hands.window.current_page()
    assert page.page_id == "patient"


COMING = [a_dialog, a_system_dialog, a_window_without_a_parent, a_popover, a_menu]


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_nothing_comes_up_above_the_lock_later(hands, clinic, qtbot):
    """An answer that arrives behind the lock may open a question."""
    hands.open_patient(clinic)
    hands.window.ask_lock()
    hands.settle()
    for state in COMING:
        floating = state(hands.window)
        qtbot.waitUntil(lambda floating=floating: not floating.isVisible())
        only_the_lock_is_in_sight(hands.window)
        image = hands.window.grab().toImage()
        assert image.pixel(3, 3) == theme.colour("ground").rgb()
        assert hands.window.cover_widget.content().isVisible()
    hands.come_in("unlock_password", OLGAS)
    # The guard is gone with the lock.
    dialog = a_dialog(hands.window)
    qtbot.wait(50)
    assert dialog.isVisible()
    dialog.reject()


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_what_belongs_to_the_lock_itself_may_come_up(hands, qtbot):
    hands.window.ask_lock()
    hands.settle()
    menu = QMenu(hands.field("unlock_password"))
    menu.addAction("Paste")
    menu.popup(hands.window.mapToGlobal(hands.window.rect().center()))
    qtbot.wait(50)
    assert menu.isVisible()
    menu.close()


def test_nothing_but_the_ground_is_painted_once_it_is_locked(hands, clinic, monkeypatch):
    hands.open_patient(clinic)
    Popover(hands.window.rail, "of_a_test", MARKERS[0]).open_at()
    seen = []

    def look(*_arguments):
        image = hands.window.grab().toImage()
        places = [(x, y) for x in range(0, image.width(), 9) for y in range(0, image.height(), 9)]
        seen.append({image.pixel(x, y) for x, y in places})

    # Asked of the page after the cover is painted: what the screen shows by then.
    monkeypatch.setattr(hands.window.current_page(), "leave", look)
    hands.window.ask_lock()
    assert seen
    assert seen[0] == {theme.colour("ground").rgb()}


# Saves under way


def test_a_save_under_way_finishes_behind_the_lock(hands, clinic, qtbot):
    hands.open_patient(clinic)
    field = hands.window.findChild(QLineEdit, "phone")
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "931234567")
    hands.window.ask_lock()
    only_the_lock_is_in_sight(hands.window)
    hands.settle()
    assert hands.program._desk.patients.get(clinic.patient).fields.phone == "931234567"


@pytest.fixture
def full_disk(hands, monkeypatch):
    """Lets the vault take nothing any more, until it is told to."""
    store = hands.program._desk.store
    was = store.vault.check_in_place

    def refuse():
        raise StorageUnavailable(StorageTrouble.FULL)

    def fill():
        monkeypatch.setattr(store.vault, "check_in_place", refuse)

    def empty():
        monkeypatch.setattr(store.vault, "check_in_place", was)

    fill.over = empty
    yield fill
    empty()


def test_what_cannot_be_kept_is_told_at_the_lock_and_keeps_the_desk_open(
    hands, clinic, qtbot, full_disk
):
    hands.open_patient(clinic)
    field = hands.window.findChild(QLineEdit, "phone")
    field.setFocus()
    full_disk()
    qtbot.keyClicks(field, "1")
    hands.window.ask_lock()
    page = hands.window.cover_widget.content()
    qtbot.waitUntil(lambda: "is not kept" in page.warning.headline.text())
    assert not [marker for marker in MARKERS if marker in all_words(hands.window.cover_widget)]
    # A first close is refused without any window above the lock.
    assert not hands.window.close()
    only_the_lock_is_in_sight(hands.window)
    full_disk.over()
    hands.settle()
    hands.come_in("unlock_password", OLGAS)
    qtbot.waitUntil(lambda: not hands.window.status.unkept())


def hold_back_what_is_typed(hands, clinic, qtbot, full_disk):
    hands.open_patient(clinic)
    field = hands.window.findChild(QLineEdit, "phone")
    field.setFocus()
    field.selectAll()
    full_disk()
    qtbot.keyClicks(field, "931234567")
    hands.settle()


def ask_lead(hands):
    return hands.window.cover_widget.content().findChild(UnlockPage).lead.text()


def test_the_system_s_lock_closes_nothing_before_it_is_kept(hands, clinic, qtbot, full_disk):
    hold_back_what_is_typed(hands, clinic, qtbot, full_disk)
    locking, desk = hands.program.locking, hands.program._desk
    locking._again.setInterval(20)
    locking.system.system_locked()
    for _ in range(2):
        with qtbot.waitSignal(locking._again.timeout):
            pass
    assert locking.is_open
    assert not desk.store.vault.is_closed
    assert "What was typed is kept" not in hands.window.cover_widget.content().lead.text()
    full_disk.over()
    qtbot.waitUntil(lambda: desk.store.vault.is_closed)
    assert ask_lead(hands) == "The records were closed. What was typed is kept."
    hands.settle()  # the lock goes last
    desk = open_desk(open_vault(clinic.folder, password=OLGAS, user_id=clinic.olga))
    assert desk.patients.get(clinic.patient).fields.phone == "931234567"
    desk.close()


@pytest.mark.long
def test_who_comes_back_is_not_thrown_out_again(hands, clinic, qtbot, full_disk):
    hold_back_what_is_typed(hands, clinic, qtbot, full_disk)
    locking = hands.program.locking
    locking._again.setInterval(60_000)
    locking.system.system_locked()
    qtbot.waitUntil(locking._again.isActive)
    full_disk.over()
    hands.come_in("unlock_password", OLGAS)
    assert not locking._again.isActive()
    qtbot.waitUntil(lambda: not hands.window.status.unkept())
    assert locking.is_open
    # And the system's next lock is heard as the first was.
    locking.system.system_locked()
    qtbot.waitUntil(lambda: not locking.is_open)


def test_sleep_on_a_full_disk_takes_the_room_held_free(
    hands, clinic, qtbot, full_disk, monkeypatch
):
    hold_back_what_is_typed(hands, clinic, qtbot, lambda: None)
    field = hands.window.findChild(QLineEdit, "phone")
    full_disk()
    monkeypatch.setattr(reserve, "give", lambda _folder: full_disk.over())
    qtbot.keyClicks(field, "8")
    hands.program.locking.system.system_sleeps()
    assert ask_lead(hands) == "The records were closed. What was typed is kept."
    desk = open_desk(open_vault(clinic.folder, password=OLGAS, user_id=clinic.olga))
    assert desk.patients.get(clinic.patient).fields.phone == "9312345678"
    desk.close()


def test_what_sleep_could_not_wait_for_is_set_aside_for_who_comes_back(
    hands, clinic, qtbot, full_disk
):
    hold_back_what_is_typed(hands, clinic, qtbot, full_disk)
    vault = hands.program._desk.store.vault
    hands.program.locking.system.system_sleeps()
    assert vault.is_closed
    assert ask_lead(hands) == (
        "The records were closed. What could not be written to them is set aside in an encrypted "
        "file, and is offered to who typed it."
    )
    full_disk.over()
    desk = open_desk(open_vault(clinic.folder, password=OLGAS, user_id=clinic.olga))
    (thing,) = desk.set_aside.mine().things
    assert thing.waiting.values["phone"].startswith("931")
    desk.close()


@pytest.mark.parametrize("why", ["sleep", "system", "window"])
def test_a_switch_under_way_does_not_keep_the_vault_open(hands, clinic, qtbot, why):
    hands.open_patient(clinic)
    locking, vault = hands.program.locking, hands.program._desk.store.vault
    hands.window.ask_switch()
    hands.settle()
    desk = hands.program._desk
    desk.access.switch(clinic.marc, MARCS)
    locking._came_in(who_and_where(desk))
    assert locking.desk_window is None
    if why == "sleep":
        locking.system.system_sleeps()
    elif why == "system":
        locking.system.system_locked()
    else:
        hands.window.close()
    qtbot.waitUntil(lambda: vault.is_closed)
    if why != "window":
        hands.window.cover_widget.content().findChild(UnlockPage).choose(str(clinic.marc))
        hands.come_in("unlock_password", MARCS)
        assert hands.program.desk_window.context.user.name == "Marc Oliveras"


# Before anybody is in


@pytest.mark.long
@pytest.mark.parametrize("why", ["idle", "system", "sleep"])
def test_a_vault_whose_password_is_being_chosen_is_closed_too(hands, clinic, qtbot, why):
    locking = hands.program.locking
    locking.close_desk_at_once()
    desk = open_desk(open_vault(clinic.folder, password=OLGAS, user_id=clinic.olga))
    hands.program.gate._ask_new_password(desk)
    if why == "idle":
        hands.window.idle_watch.set_limit(20)
    elif why == "system":
        locking.system.system_locked()
    else:
        locking.system.system_sleeps()
    qtbot.waitUntil(lambda: desk.store.vault.is_closed)
    assert ask_lead(hands) == "The records were closed."
    hands.window.cover_widget.content().findChild(UnlockPage).choose(str(clinic.olga))
    hands.come_in("unlock_password", OLGAS)


# While something else covers the window


def test_a_lock_asked_for_behind_another_cover_comes_after_it(hands, clinic):
    hands.open_patient(clinic)
    hands.window.show_cover(QWidget())
    hands.window.ask_lock()
    hands.window.hide_cover()
    only_the_lock_is_in_sight(hands.window)
    hands.settle()
    hands.window.ask_lock()  # nobody there for long: no second lock waits behind the first
    hands.come_in("unlock_password", OLGAS)
    assert not hands.window.is_covered()


def test_a_lock_whose_place_another_page_took_is_not_spoken_to(hands, clinic):
    hands.open_patient(clinic)
    hands.window.ask_lock()
    hands.settle()
    hands.window.show_cover(QWidget())
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    locking = hands.program.locking
    locking._warn()
    locking._people_changed(())
    assert locking._shown_page() is None


# Ended by the system


@pytest.mark.parametrize("locked", [False, True])
def test_ended_by_the_system_all_is_kept_and_nothing_asked(hands, clinic, qtbot, locked):
    hands.window.open("patients", new=True)
    hands.settle()
    a_dialog(hands.window)
    qtbot.keyClicks(hands.window.findChild(QLineEdit, "family_name"), "Ferrandiz")
    if locked:
        hands.window.ask_lock()
    vault = hands.program._desk.store.vault
    hands.window.close_at_once()
    assert vault.is_closed
    assert not hands.window.isVisible()
    desk = open_desk(open_vault(clinic.folder, password=OLGAS, user_id=clinic.olga))
    assert desk.drafts.get("patient", "new")["family_name"] == "Ferrandiz"
    desk.close()


def test_ended_by_the_system_on_a_full_disk_the_program_ends_all_the_same(
    hands, clinic, qtbot, full_disk
):
    hands.open_patient(clinic)
    full_disk()
    field = hands.window.findChild(QLineEdit, "phone")
    field.setFocus()
    qtbot.keyClicks(field, "1")
    hands.window.close_at_once()
    assert not hands.window.isVisible()
    desk = open_desk(open_vault(clinic.folder, password=OLGAS, user_id=clinic.olga))
    assert desk.patients.get(clinic.patient).fields.phone == ""
    desk.close()


# Closed


def test_a_desk_that_stays_locked_is_closed_and_opened_anew_at_the_same_place(hands, clinic, qtbot):
    hands.open_patient(clinic, "intake")
    vault = hands.program._desk.store.vault
    hands.window.ask_lock()
    hands.settle()
    hands.program.locking._locked_long.setInterval(1)
    hands.program.locking._locked_long.start()
    qtbot.waitUntil(
        lambda: (
            isinstance(hands.window.findChild(UnlockPage), UnlockPage)
            and not hands.window.findChildren(LockPage)
        ),
    )
    hands.settle()
    assert vault.is_closed
    assert set(vault.keys.data_key) == {0}
    assert vault.entrance.by.signing_key is None
    words = all_words()
    assert not [marker for marker in MARKERS if marker in words]
    hands.window.cover_widget.content().findChild(UnlockPage).choose(str(clinic.olga))
    hands.come_in("unlock_password", OLGAS)
    assert hands.window.current_page().place() == {"patient_id": clinic.patient, "tab": "intake"}
    assert hands.program._desk.store.vault is not vault


def test_the_vault_is_closed_before_the_computer_sleeps(hands, clinic):
    hands.open_patient(clinic)
    vault = hands.program._desk.store.vault
    hands.program.locking.system.system_sleeps()
    # Nothing is left to do when it returns: the computer sleeps at this very moment.
    assert vault.is_closed
    assert hands.window.is_covered()
    assert hands.program.locking.desk_window is None


def test_what_was_typed_the_moment_before_sleep_is_kept(hands, clinic, qtbot):
    hands.window.open("patients", new=True)
    hands.settle()
    qtbot.keyClicks(hands.window.findChild(QLineEdit, "family_name"), "Ferrandiz")
    hands.program.locking.system.system_sleeps()
    hands.window.cover_widget.content().findChild(UnlockPage).choose(str(clinic.olga))
    hands.come_in("unlock_password", OLGAS)
    assert hands.program._desk.drafts.get("patient", "new")["family_name"] == "Ferrandiz"


@pytest.mark.long
@pytest.mark.parametrize("why", ["system", "long"])
def test_the_desk_is_closed_from_amid_the_work(hands, clinic, qtbot, why):
    hands.open_patient(clinic)
    vault = hands.program._desk.store.vault
    if why == "system":
        hands.program.locking.system.system_locked()
    else:
        hands.program.locking._open_long.setInterval(1)
        hands.program.locking._open_long.start()
        qtbot.waitUntil(hands.window.is_covered)
    only_cover = hands.window.is_covered()
    qtbot.waitUntil(lambda: vault.is_closed)
    assert only_cover


def test_somebody_else_opens_the_closed_vault(hands, clinic):
    hands.open_patient(clinic)
    hands.program.locking.system.system_sleeps()
    hands.window.cover_widget.content().findChild(UnlockPage).choose(str(clinic.marc))
    hands.come_in("unlock_password", MARCS)
    assert hands.program.desk_window.context.user.name == "Marc Oliveras"
    assert hands.window.current_page().page_id == "today"


def test_a_pin_does_not_outlive_the_closing(hands, clinic):
    hands.program._desk.access.set_pin(OLGAS, "902817")
    hands.program.locking.system.system_sleeps()
    hands.window.cover_widget.content().findChild(UnlockPage).choose(str(clinic.olga))
    hands.come_in("unlock_password", OLGAS)
    assert not hands.program._desk.access.has_pin()


# Clipboard


@pytest.fixture
def owned(hands, monkeypatch):
    """The clipboard of the program; without a screen, Qt does not say whose it is."""
    watch, clipboard = hands.program.locking.clipboard, QGuiApplication.clipboard()

    def is_ours(mode):
        return mode is QClipboard.Mode.Clipboard and bool(clipboard.text())

    monkeypatch.setattr(watch, "_is_ours", is_ours)
    return clipboard


def test_what_was_copied_goes_with_the_lock(hands, clinic, owned):
    hands.open_patient(clinic)
    field = hands.window.findChild(QLineEdit, "family_name")
    field.selectAll()
    field.copy()
    assert owned.text() == MARKERS[0]
    hands.window.ask_lock()
    assert owned.text() == ""


def test_what_was_copied_goes_with_the_window(hands, owned):
    owned.setText(MARKERS[0])
    hands.window.may_close = None
    hands.window.close()
    assert owned.text() == ""


def test_what_was_copied_goes_with_the_program(hands, qapp, owned):
    owned.setText(MARKERS[0])
    qapp.aboutToQuit.emit()
    assert owned.text() == ""


def test_what_was_copied_goes_after_a_while(hands, qtbot, owned):
    hands.program.locking.clipboard._clears.setInterval(20)
    owned.setText(MARKERS[0])
    qtbot.waitUntil(lambda: owned.text() == "")


def test_what_another_program_copied_stays(hands, monkeypatch):
    clipboard = QGuiApplication.clipboard()
    theirs = QMimeData()
    theirs.setText("of another program")
    clipboard.setMimeData(theirs)
    monkeypatch.setattr(hands.program.locking.clipboard, "_is_ours", lambda _mode: False)
    hands.window.ask_lock()
    assert clipboard.text() == "of another program"
    clipboard.clear()


# Nobody there


def test_the_first_touch_after_sleep_reaches_nobody(hands, clinic, qtbot, monkeypatch):
    hands.window.open("patients")
    hands.settle()
    search = hands.window.findChild(QLineEdit, "patient_search")
    watch = hands.window.idle_watch
    # Timers stood still; the clock that goes on in sleep did not.
    watch._last -= watch._timer.interval() + 1
    qtbot.keyClick(hands.window.windowHandle(), Qt.Key.Key_F)
    assert hands.window.is_covered()
    assert search.text() == ""


def test_work_in_another_window_of_ours_is_a_sign_of_life(hands, qtbot):
    dialog = a_system_dialog(hands.window)
    dialog.activateWindow()
    qtbot.waitUntil(lambda: QGuiApplication.focusWindow() is dialog.windowHandle())
    watch = hands.window.idle_watch
    watch._last -= 1_000
    before = watch._last
    qtbot.keyClick(dialog.windowHandle(), Qt.Key.Key_A)
    assert watch._last > before
    dialog.reject()
