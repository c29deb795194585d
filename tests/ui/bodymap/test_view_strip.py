"""The row of views: each name is whole, and a chart of the same body leaves the row as it is."""

import pytest

from mesodesk.ui import theme
from mesodesk.ui.bodymap.view_strip import ViewButton, ViewStrip
from mesodesk.ui.theme import Role
from mesodesk.ui.widgets import paint


@pytest.mark.parametrize("language", ["en", "fr", "it", "es"])
def test_every_name_is_whole_in_two_lines(qtbot, atlas, language):
    strip = ViewStrip()
    qtbot.addWidget(strip)
    strip.set_atlas(atlas, language)
    buttons = strip.findChildren(ViewButton)
    assert len(buttons) == len(atlas.views)
    for role in (Role.SMALL, Role.SMALL_STRONG):
        font = theme.font(role)
        for button in buttons:
            lines = paint.broken(button.text(), font, button.width() - 6)
            assert " ".join(lines) == button.text()
            assert len(lines) <= 2
            too_wide = [line for line in lines if paint.text_width(line, font) > button.width() - 4]
            assert too_wide == [], role


def test_the_same_body_again_makes_no_new_buttons(qtbot, atlas):
    strip = ViewStrip()
    qtbot.addWidget(strip)
    strip.set_atlas(atlas, "en")
    before = strip.findChildren(ViewButton)
    strip.set_atlas(atlas, "en")
    assert strip.findChildren(ViewButton) == before
    strip.set_atlas(atlas, "fr")
    assert {
        button.text() for button in strip.findChildren(ViewButton) if not button.isHidden()
    } >= {view.name("fr") for view in atlas.views}


def test_a_text_is_broken_between_words_only():
    font = theme.font(Role.SMALL)
    width = paint.text_width("Upper and", font)
    assert paint.broken("Upper and lower back", font, width) == ["Upper and", "lower back"]
    assert paint.broken("Submandibular", font, 10) == ["Submandibular"]
    assert paint.broken("", font, 10) == []
