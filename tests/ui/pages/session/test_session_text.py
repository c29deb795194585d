"""The chart in words: at Finish, in the signed session, in four languages, on the clipboard."""

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel

from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.chart_text import TextSyringe, chart_text
from mesodesk.ui.bodymap.syringes import chart_syringe


@pytest.fixture(autouse=True)
def clipboard(qapp):
    QGuiApplication.clipboard().setText("what was there before")
    yield QGuiApplication.clipboard()
    QGuiApplication.clipboard().clear()


def shown(desk, name="finish_text"):
    """Return what is to be read, units kept on the line of their number."""
    text = desk.place.find(f"{name}_words", QLabel).text()
    assert " mL" not in text
    return text.replace("\u00a0", " ")


def expected(desk, language):
    """Return what the text of the stored chart must be."""
    syringes = [
        TextSyringe(each.id, each.digit, each.label, chart_syringe(each).mixture, each.wasted_ml,
                    each.left_ml)
        for each in desk.stored().syringes
    ]  # fmt: skip
    return chart_text(desk.stored_chart().fields, syringes, load_atlas("female"), language).text


def test_the_text_follows_the_chart_and_the_syringes(desk):
    desk.station("finish")
    assert shown(desk).endswith("Nothing is charted.")
    desk.station("chart")
    desk.place_points(2)
    desk.station("finish")
    text = shown(desk)
    assert text.count("0.05 mL = 0.5 mg Silicium (syringe 1)") == 2
    assert "injected 0.1 mL, wasted not told, left not told" in text
    desk.place.click("discard_rest_1")
    desk.kept()
    assert "drawn 1.0 mL = injected 0.1 mL + wasted 0.9 mL + left 0.0 mL" in shown(desk)
    assert shown(desk) == expected(desk, "en")


def test_the_text_is_copied_in_the_language_chosen(desk, clipboard):
    desk.station("chart")
    desk.place_points(2)
    desk.station("finish")
    desk.place.click("finish_text_copy")
    desk.place.settle()
    assert clipboard.text() == expected(desk, "en")
    assert desk.place.find("finish_text_copy").text() == "Copied"
    desk.place.click("finish_text_language_fr")
    desk.place.settle()
    assert desk.place.find("finish_text_copy").text() == "Copy"
    desk.place.find("finish_text_copy").setFocus()
    desk.place.press(Qt.Key.Key_Space)
    desk.place.settle()
    assert "Au total\u00a0: 2 points, 0,1 mL" in clipboard.text()
    assert clipboard.text() == expected(desk, "fr")


def test_the_signed_session_shows_the_same_text(signed, clipboard):
    text = shown(signed, "signed_text")
    assert text == expected(signed, "en")
    assert signed.stored().syringes[0].wasted_ml == Decimal("0.9")
    signed.place.click("signed_text_copy")
    signed.place.settle()
    assert clipboard.text().startswith(f"{text}\n\nSession 1, version 1, signed by ")
    signed.reopen()
    assert shown(signed, "signed_text") == text


def test_tab_goes_from_the_note_over_the_text_to_what_is_missing(desk):
    station = desk.station("finish")
    desk.kept()
    station.note.input.setFocus()
    seen = []
    for _ in range(3):
        desk.place.press(Qt.Key.Key_Tab)
        seen.append(desk.place.window.focusWidget().objectName())
    assert seen[:2] == ["finish_text_copy", "finish_text_language_en"]
    assert seen[2].startswith("missing_")
