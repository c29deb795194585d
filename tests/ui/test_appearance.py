"""Light or dark by one's own choice: kept on the computer, taken at once, by keyboard too."""

import json

import pytest
from PySide6.QtCore import Qt

from mesodesk.ui import appearance, theme
from mesodesk.ui.appearance import Look
from mesodesk.ui.pages.settings_parts.look_card import LookCard


@pytest.fixture
def place(qapp, tmp_path, monkeypatch):
    path = tmp_path / "settings" / "look.json"
    monkeypatch.setattr(appearance, "look_path", lambda: path)
    yield path
    theme.force(dark=False)


@pytest.fixture
def card(place, qtbot):
    made = LookCard()
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    return made


def test_a_choice_is_taken_at_once_and_kept(place, card, qtbot):
    assert not theme.current().dark
    qtbot.mouseClick(card.choice.segment("dark"), Qt.MouseButton.LeftButton)
    assert theme.current().dark
    assert appearance.read() is Look.DARK
    assert json.loads(place.read_text()) == {"format": "mesodesk-look", "look": "dark"}
    qtbot.mouseClick(card.choice.segment("light"), Qt.MouseButton.LeftButton)
    assert not theme.current().dark
    assert appearance.read() is Look.LIGHT


def test_the_next_start_begins_in_it(place, card):
    card.choice.choose("dark")
    theme.watcher().forced = None
    appearance.begin()
    assert theme.watcher().forced is True


def test_keys_choose(place, card, qtbot):
    light = card.choice.segment("light")
    light.setFocus()
    qtbot.keyClick(light, Qt.Key.Key_Right)
    qtbot.keyClick(card.focusWidget(), Qt.Key.Key_Space)
    assert theme.current().dark
    qtbot.keyClick(card.focusWidget(), Qt.Key.Key_S)
    assert appearance.read() is Look.SYSTEM
    assert theme.watcher().forced is None


def test_what_was_chosen_elsewhere_is_shown(place, card):
    appearance.choose(Look.DARK)
    assert card.choice.value() == "dark"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"look": "mauve"}', "\x00", '{"look": []}'])
def test_a_file_that_says_nothing_is_the_systems_look(place, text):
    place.parent.mkdir()
    place.write_text(text)
    assert appearance.read() is Look.SYSTEM


def test_without_a_file_the_system_is_followed(place):
    assert appearance.read() is Look.SYSTEM


def test_what_cannot_be_kept_is_shown_and_said(place, card):
    place.parent.write_text("a file where the folder should be")
    card.choice.choose("dark")
    assert theme.current().dark
    assert card.notice.isVisible()
