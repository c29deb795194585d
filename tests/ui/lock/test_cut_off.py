"""After a kill the program opens where whoever comes in was cut off."""

import shutil
from contextlib import closing

import pytest
from at_the_desk import MARKERS, OLGAS, all_words
from colleagues import PASSWORD as MARCS
from PySide6.QtCore import Qt

from mesodesk.services.desk import open_desk
from mesodesk.vault.vault import open_vault


@pytest.fixture
def killed(clinic, tmp_path):
    """A session of Olga's was begun, and the disk is as a kill leaves it."""
    with closing(open_desk(open_vault(clinic.folder, password=OLGAS))) as desk:
        desk.sessions.start(clinic.patient)
        return shutil.copytree(clinic.folder, tmp_path / "killed")


def test_after_a_kill_the_session_stands_there_again(qtbot, killed, sit_down):
    hands = sit_down(killed)
    qtbot.waitUntil(lambda: MARKERS[0] in all_words(hands.window))
    assert hands.window.current_page().page_id == "session"
    hands.settle()
    # The way back leads to Today, and who locks there comes back there.
    qtbot.keyClick(hands.window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    hands.settle()
    assert hands.window.current_page().page_id == "today"
    hands.window.ask_lock()
    hands.settle()
    hands.come_in("unlock_password", OLGAS)
    assert hands.window.current_page().page_id == "today"


def test_after_an_end_in_good_order_it_is_today(clinic, killed, sit_down):
    hands = sit_down(clinic.folder)
    assert hands.window.current_page().page_id == "today"
    hands.settle()


def test_nobody_is_led_into_the_session_of_another(clinic, killed, sit_down):
    hands = sit_down(killed)
    hands.settle()
    hands.switch_to(clinic.marc, MARCS)
    assert hands.window.current_page().page_id == "today"
