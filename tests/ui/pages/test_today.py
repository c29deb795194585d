"""Today: who is to be called first, what waits beside it, and the first day of a clinic."""

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from mesodesk.domain.records.stock import LotFields
from mesodesk.ui.pages.today import TodayPage
from mesodesk.ui.widgets.chips import Chip
from mesodesk.ui.widgets.rows import Row


@pytest.fixture
def page(workplace):
    return workplace.add(TodayPage, "followup", "patients", "patient", "session", "stock")


@pytest.fixture
def show(workplace, page):
    def show_it():
        workplace.window.open("today")
        workplace.settle()
        return page

    return show_it


def asked(workplace, page_id):
    return workplace.window.page(page_id).asked


def titles(section):
    return [row.title.text() for row in section.rows.rows()]


def chips(section):
    return [row.findChildren(Chip)[-1].text() for row in section.rows.rows()]


def test_a_new_clinic_is_led_to_patient_and_lots(workplace, show):
    page = show()
    assert page.first_day.isVisible()
    assert not page.new.isVisible()
    workplace.click("first_lots")
    assert asked(workplace, "stock") == [{}]
    show()
    workplace.click("first_patient")
    assert asked(workplace, "patients") == [{"new": True}]


def test_a_first_step_that_is_done_is_ticked(workplace, show):
    workplace.patient()
    page = show()
    assert page.first_day.isVisible()
    assert not page.first_day.patient.button.isVisible()
    assert page.first_day.lots.button.isVisible()
    product = workplace.run(lambda desk: desk.catalogue.products())[0]
    typed = LotFields("A1", date(2027, 1, 31), date(2026, 3, 1))
    workplace.run(lambda desk: desk.catalogue.add_lot(product.id, typed))
    show()
    assert not page.first_day.isVisible()
    assert page.quiet.isVisible()
    assert page.new.isVisible()


def test_the_next_check_is_named_while_nothing_is_due(workplace, show, sign):
    sign(workplace.patient())
    page = show()
    assert page.quiet.headline.text() == "Nothing is due now"
    assert page.quiet.text.text() == (
        "Next: García López, María José, 24 hours after session 1, today."
    )
    assert page.summary.text() == "Nobody to call now"


def test_overdue_comes_first_and_says_how_late(workplace, show, sign, clock):
    late = workplace.patient("Abel", phone="+34 600 111 222")
    sign(late)
    clock.move(days=2)
    sign(workplace.patient("Zola", "Émile"))
    clock.move(hours=20)
    page = show()
    assert titles(page.overdue) == ["Abel, María José"]
    assert chips(page.overdue) == ["window closed 2 days ago"]
    assert titles(page.due) == ["Zola, Émile", "Abel, María José"]
    assert chips(page.due) == ["due today until 10:00", "due today"]
    assert page.overdue.isVisible()
    assert page.overdue.y() < page.due.y()
    labels = [label.text() for label in page.overdue.rows.rows()[0].findChildren(QLabel)]
    assert "+34 600 111 222" in labels
    assert page.summary.text() == "3 to call · 1 overdue"


def test_hours_count_within_the_first_day(workplace, show, sign, clock):
    sign(workplace.patient())
    clock.move(hours=29)
    page = show()
    assert chips(page.overdue) == ["5 hours overdue"]


def test_the_rail_counts_the_calls_even_out_of_sight(workplace, show, sign, clock, qtbot):
    counted = []
    workplace.context.counted.connect(lambda page_id, number: counted.append((page_id, number)))
    patient = workplace.patient()
    sign(patient)
    clock.move(hours=24)
    show()
    assert counted[-1] == ("today", 1)
    workplace.window.open("stock")
    check = workplace.run(lambda desk: desk.follow_ups.for_patient(patient.id))[0]
    workplace.run(lambda desk: desk.follow_ups.mark_missed(check.id, check.version, "no answer"))
    qtbot.waitUntil(lambda: counted[-1] == ("today", 0))


def test_a_row_opens_the_checklist_by_key_and_by_click(workplace, show, sign, clock):
    patient = workplace.patient()
    sign(patient)
    clock.move(hours=24)
    page = show()
    check = workplace.run(lambda desk: desk.follow_ups.for_patient(patient.id))[0]
    first = page.due.rows.rows()[0]
    assert workplace.window.focusWidget() is first
    workplace.press(Qt.Key.Key_Return)
    assert asked(workplace, "followup") == [{"follow_up_id": check.id}]
    show()
    # On the chip, which must not swallow the click.
    chip = page.due.rows.rows()[0].findChildren(Chip)[-1]
    workplace.qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert asked(workplace, "followup") == [{"follow_up_id": check.id}] * 2


def test_drafts_planned_sessions_and_lots_lead_on(workplace, show, sign):
    planned = workplace.patient("Planned")
    sign(planned, no_next_session=False, next_session_on=date(2026, 3, 24))
    drafting = workplace.patient("Drafting")
    draft = workplace.run(lambda desk: desk.sessions.start(drafting.id))
    product = workplace.run(lambda desk: desk.catalogue.products())[0]
    typed = LotFields("OLD", date(2026, 3, 20), date(2026, 3, 1))
    workplace.run(lambda desk: desk.catalogue.add_lot(product.id, typed))
    page = show()
    assert titles(page.planned) == ["Planned, María José"]
    assert page.planned.rows.rows()[0].subtitle.text() == "session 2 · 24 Mar · in 2 weeks"
    page.drafts.rows.rows()[0].click()
    assert asked(workplace, "session") == [{"session_id": draft.id}]
    page.planned.rows.rows()[0].click()
    assert asked(workplace, "patient") == [{"patient_id": planned.id}]
    assert page.expiring.rows.rows()[0].subtitle.text() == "lot OLD · expires in 10 days"
    page.expiring.rows.rows()[0].click()
    assert asked(workplace, "stock") == [{"product_id": product.id}]


def test_it_wakes_when_a_window_opens_and_no_sooner(workplace, show, sign, clock):
    sign(workplace.patient())
    page = show()
    # The first window opens 12 hours after signing, sooner than the clinic's midnight is over.
    assert page._next_change.isActive()
    assert abs(page._next_change.interval() - 12 * 3_600_000) < 5_000
    clock.move(hours=12, seconds=1)
    page._next_change.setInterval(1)
    workplace.qtbot.waitUntil(lambda: bool(titles(page.due)))


def test_the_day_changes_at_the_clinics_midnight(workplace, show, clock):
    page = show()
    assert page.day.text() == "Tuesday 10 March 2026"
    # 10:00 in Madrid: fourteen hours to go.
    assert abs(page._next_change.interval() - 14 * 3_600_000) < 5_000
    clock.move(hours=14, seconds=1)
    page._next_change.setInterval(1)
    workplace.qtbot.waitUntil(lambda: page.day.text() == "Wednesday 11 March 2026")


def test_long_lists_are_cut_and_can_be_unfolded(workplace, show, sign, clock):
    for number in range(9):
        sign(workplace.patient(f"Patient {number}"))
    clock.move(hours=30)
    page = show()
    assert len(page.overdue.rows.rows()) == 8
    workplace.click("list_overdue_more")
    assert len(page.overdue.rows.rows()) == 9
    assert workplace.window.focusWidget() is page.overdue.rows.rows()[8]


def test_names_of_every_kind_stay_inside_the_window(workplace, show, sign, clock):
    sign(workplace.patient("מזרחי " * 12, "דוד", phone="+972 50 000 00 00"))
    sign(workplace.patient("Nachname-" * 12, "🙂 Vorname"))
    clock.move(hours=30)
    page = show()
    assert page.scroller.horizontalScrollBar().maximum() == 0
    for row in page.overdue.findChildren(Row):
        assert row.width() <= page.overdue.width()
        assert row.findChildren(Chip)[-1].geometry().right() <= row.width()


def test_everything_has_a_name(workplace, show, sign, clock):
    sign(workplace.patient())
    clock.move(hours=30)
    page = show()
    for widget in page.findChildren(QWidget):
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible():
            assert widget.objectName(), widget
            assert widget.accessibleName(), widget.objectName()


@pytest.mark.parametrize("size", [(960, 600), (1366, 768), (1920, 1080)])
def test_nothing_is_cut_off_in_windows_of_every_size(workplace, show, sign, clock, size):
    workplace.window.resize(*size)
    sign(workplace.patient("A long family name", "and two given names"))
    clock.move(hours=30)
    page = show()
    workplace.qtbot.wait(20)
    scroll = page.scroller
    assert scroll.widget().minimumSizeHint().width() <= scroll.viewport().width()
    assert page.overdue.rows.rows()[0].title.width() > 120


def test_coming_back_the_first_call_is_still_in_sight(workplace, show, sign, clock):
    workplace.window.resize(1024, 700)
    for number in range(9):
        sign(workplace.patient(family_name=f"Family {number}"))
    clock.move(days=2)
    page = show()
    first = page.overdue.rows.rows()[0]
    assert first.hasFocus()
    bar = page.scroller.verticalScrollBar()
    assert bar.maximum() > 0
    assert bar.value() == 0
    workplace.window.open("patients")
    workplace.settle()
    show()
    assert page.overdue.rows.rows()[0].hasFocus()
    assert bar.value() == 0


def test_after_a_day_a_draft_reminds_whoever_treated(workplace, show):
    patient = workplace.patient("Drafting")
    workplace.run(lambda desk: desk.sessions.start(patient.id))
    (row,) = show().drafts.rows.rows()
    assert "not signed yet" not in row.subtitle.text()
    workplace.clock.move(hours=25)
    workplace.window.page("today").reload()
    workplace.settle()
    (row,) = show().drafts.rows.rows()
    assert row.subtitle.text().startswith("not signed yet: Olga Owner signs · session 1")
