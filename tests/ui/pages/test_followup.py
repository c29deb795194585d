"""The checklist of a follow-up check: by keys and clicks, on the real vault."""

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from mesodesk.domain.answers import Answer
from mesodesk.domain.records.followup import Channel, FollowUpState
from mesodesk.ui.pages.followup import FollowUpPage
from mesodesk.ui.pages.today import TodayPage
from mesodesk.ui.theme import Role

CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
PHONE = "+34 600 111 222"


@pytest.fixture
def page(workplace):
    return workplace.add(FollowUpPage, "today", "patient")


@pytest.fixture
def check(workplace, sign, clock):
    """The id of a patient's check by its name; time has come to 24 hours after the session."""
    patient = workplace.patient(phone=PHONE)
    sign(patient)
    clock.move(hours=23)

    def find(name="hours_24"):
        checks = workplace.run(lambda desk: desk.follow_ups.for_patient(patient.id))
        return next(each.id for each in checks if each.check_id == name)

    return find


@pytest.fixture
def show(workplace, page, check):
    def show_it(name="hours_24"):
        workplace.window.open("followup", follow_up_id=check(name))
        workplace.settle()
        return page.form

    return show_it


def kept(workplace, check_id):
    workplace.settle()
    return workplace.run(lambda desk: desk.follow_ups.get(check_id))


def say(workplace, item_id, answer):
    workplace.click(f"item_{item_id}_{answer.value}")


def words(workplace, name):
    return workplace.find(name, QLabel).text()


# What it shows


def test_what_is_to_be_taken_at_a_check_is_a_press_away(workplace, show, clock):
    assert show("hours_24").take.isHidden()
    clock.move(days=28)
    form = show("day_28")
    assert form.take.isVisible()
    form.note.set_value("at the window")
    workplace.click("take_photographs")
    workplace.settle()
    asked = workplace.window.current_page().asked[-1]
    assert (asked["tab"], asked["follow_up_id"]) == ("photographs", form.record.id)
    workplace.press(Qt.Key.Key_Left, ALT)
    workplace.settle()
    assert workplace.window.current_page().page_id == "followup"
    workplace.click("take_measurements")
    assert workplace.window.current_page().asked[-1]["tab"] == "measurements"


def test_it_says_who_what_and_when(workplace, show):
    form = show()
    assert words(workplace, "check_name") == "24 hours · session 1"
    assert words(workplace, "check_window") == "window 10 Mar 22:00 to 11 Mar 22:00"
    assert form.call.phone.text() == PHONE
    assert form.call.who.text() == "Ask for García López, María José, born 12 Apr 1985"
    assert form.call.value() is Channel.PHONE
    assert workplace.window.focusWidget().objectName() == "item_emergency_signs_not_asked"


def test_it_recalls_the_session(workplace, show):
    form = show()
    texts = [label.text() for label in form.session.findChildren(QLabel)]
    assert "Session 1" in texts
    assert "10 Mar 2026, 10:00, by Olga Owner" in texts
    assert words(workplace, "session_regions") == "Upper abdomen"
    assert any("lot L0 · 0.5" in text for text in texts)


def test_submental_questions_only_where_treated(workplace, page, sign, clock):
    chin, belly = workplace.patient("Chin"), workplace.patient("Belly")
    sign(chin, region="submental.midline")
    sign(belly)
    clock.move(hours=23)
    asked = []
    for patient in (chin, belly):
        checks = workplace.run(lambda desk, one=patient: desk.follow_ups.for_patient(one.id))
        workplace.window.open("followup", follow_up_id=checks[0].id)
        workplace.settle()
        asked.append({row.item.id for row in page.form.questions.rows})
    assert asked[0] - asked[1] == {"swallowing", "smile_asymmetry"}
    assert not asked[1] - asked[0]


def test_a_check_before_its_window_says_so(workplace, show):
    form = show("day_14")
    assert form.notice.headline.text() == "This check is not due yet"
    assert "20 Mar to 28 Mar" in form.notice.text.text()
    assert form.call.value() is Channel.VISIT


def test_a_check_that_is_gone_is_told_in_its_place(workplace, page):
    from mesodesk.domain.ids import new_id

    workplace.window.open("followup", follow_up_id=new_id())
    workplace.settle()
    assert page.trouble.isVisible()
    assert "not on record" in page.trouble.headline.text()


# Answering


def test_an_uneventful_call_takes_three_gestures_from_today(qtbot, workplace, check):
    today, page = workplace.add(TodayPage), workplace.add(FollowUpPage)
    workplace.window.open("today")
    workplace.settle()
    qtbot.mouseClick(today.due.rows.rows()[0], Qt.MouseButton.LeftButton)
    workplace.settle()
    assert page.isVisible()
    workplace.click("asked_all")
    workplace.click("complete_check")
    workplace.settle()
    assert today.isVisible()
    record = kept(workplace, check())
    assert record.state is FollowUpState.DONE
    assert record.fields.channel is Channel.PHONE
    given = {item_id: one.answer for item_id, one in record.fields.items.items()}
    assert set(given.values()) == {Answer.NO}
    assert "pain" not in given  # a number cannot be guessed; it stays as not asked


def test_the_same_by_keyboard_alone(workplace, show, check):
    show()
    workplace.press(Qt.Key.Key_A, ALT)
    workplace.press(Qt.Key.Key_Return, CTRL)
    workplace.settle()
    assert workplace.window.page("today").isVisible()
    assert kept(workplace, check()).state is FollowUpState.DONE


def test_asked_all_leaves_what_was_answered(workplace, show, check):
    show()
    say(workplace, "bruising", Answer.YES)
    workplace.click("asked_all")
    items = kept(workplace, check()).fields.items
    assert items["bruising"].answer is Answer.YES
    assert items["fever"].answer is Answer.NO
    assert not workplace.find("asked_all").isEnabled()


def test_asked_all_never_says_no_to_is_it_better(workplace, show, check):
    form = show("hours_72")
    assert "Is it getting better?" in form.questions.hint.text()
    workplace.click("asked_all")
    items = kept(workplace, check("hours_72")).fields.items
    assert items["improving"].answer is Answer.YES
    assert items["fever"].answer is Answer.NO
    assert not form.alert.isVisible()


def test_a_yes_opens_onset_still_present_and_note(workplace, show, check):
    form = show()
    row = next(row for row in form.questions.rows if row.item.id == "bruising")
    assert not row.details.isVisible()
    say(workplace, "bruising", Answer.YES)
    assert row.details.isVisible()
    workplace.type("onset_bruising", "10/03/2026")
    workplace.click("still_bruising_yes")
    workplace.type("note_bruising", "2 cm, left")
    given = kept(workplace, check()).fields.items["bruising"]
    assert given.onset_on == date(2026, 3, 10)
    assert given.still_present is Answer.YES
    assert given.note == "2 cm, left"
    say(workplace, "bruising", Answer.NO)
    assert not row.details.isVisible()


def test_an_onset_before_the_session_is_refused_in_place(workplace, show, check):
    form = show()
    say(workplace, "bruising", Answer.YES)
    workplace.type("onset_bruising", "01/03/2026")
    workplace.press(Qt.Key.Key_Tab)
    row = next(row for row in form.questions.rows if row.item.id == "bruising")
    assert "before the session" in row.details.onset.error()
    given = kept(workplace, check()).fields.items["bruising"]
    assert given.answer is Answer.YES
    assert given.onset_on is None


def test_pain_and_note_are_kept_as_typed(workplace, show, check):
    show()
    workplace.click("item_pain_3")
    workplace.type("follow_up_note", "Feels well ")
    workplace.find("follow_up_note").insertPlainText("🙂")
    record = kept(workplace, check())
    assert record.fields.items["pain"].value == "3"
    assert record.fields.note == "Feels well 🙂"


def test_what_is_typed_survives_leaving_and_coming_back(workplace, show):
    show()
    say(workplace, "burning", Answer.YES)
    workplace.type("note_burning", "mild")
    workplace.window.open("today")
    form = show()
    row = next(row for row in form.questions.rows if row.item.id == "burning")
    assert row.answer().note == "mild"


# Red flags


def test_a_red_flag_shows_at_once_and_is_recorded_word_for_word(workplace, show, check):
    clinic = workplace.run(lambda desk: desk.clinic.record())
    from dataclasses import replace

    fields = replace(
        clinic.fields, emergency_phone="112", escalation={"emergency": "Send Dr Ruiz at once."}
    )
    workplace.run(lambda desk: desk.clinic.update(clinic.version, fields))
    form = show()
    say(workplace, "fever", Answer.YES)
    assert words(workplace, "red_flag_title") == "Same day"
    assert not form.alert.phone.isVisible()  # no ambulance for a fever
    say(workplace, "breathing", Answer.YES)
    assert form.alert.isVisible()
    assert words(workplace, "red_flag_title") == "Emergency now"
    assert words(workplace, "red_flag_instruction") == "Send Dr Ruiz at once."
    assert words(workplace, "red_flag_phone") == "112"
    beside = next(row.flag for row in form.questions.rows if row.item.id == "breathing")
    assert beside.isVisible()
    assert beside.text.text() == "Send Dr Ruiz at once."
    shown = {each.item_id: each for each in kept(workplace, check()).shown}
    assert shown.keys() == {"fever", "breathing"}
    assert shown["breathing"].instruction == "Emergency now: Send Dr Ruiz at once. 112"
    assert "112" not in shown["fever"].instruction
    assert shown["breathing"].shown_to == "Olga Owner"


def test_a_flag_taken_back_goes_but_stays_recorded(workplace, show, check):
    form = show()
    say(workplace, "fever", Answer.YES)
    say(workplace, "fever", Answer.NO)
    assert not form.alert.isVisible()
    assert [each.item_id for each in kept(workplace, check()).shown] == ["fever"]


def test_strong_pain_raises_a_flag_and_mild_pain_does_not(workplace, show):
    form = show()
    workplace.click("item_pain_6")
    assert not form.alert.isVisible()
    workplace.click("item_pain_7")
    assert form.alert.isVisible()


def test_a_flagged_check_can_be_completed(workplace, show, check):
    show()
    say(workplace, "fever", Answer.YES)
    workplace.click("complete_check")
    workplace.settle()
    assert kept(workplace, check()).state is FollowUpState.DONE


# Ending


def test_what_was_not_asked_is_said_and_allowed(workplace, show, check):
    form = show()
    assert form.finish.unasked.text() == "Nothing was asked yet."
    say(workplace, "fever", Answer.NO)
    assert form.finish.unasked.text().endswith(" more.")
    assert "pain" in form.finish.unasked.toolTip()
    workplace.click("complete_check")
    record = kept(workplace, check())
    assert record.state is FollowUpState.DONE
    assert record.fields.items.keys() == {"fever"}


def test_nothing_asked_is_not_completed(workplace, show, check):
    form = show()
    workplace.click("complete_check")
    workplace.settle()
    assert "not completed" in form.trouble.headline.text()
    assert kept(workplace, check()).state is FollowUpState.OPEN


def test_a_check_before_its_session_is_not_completed(workplace, show, check, clock):
    """A clock that went back, or a session of another day: what was told stays, and it is said."""
    clock.move(days=-3)
    form = show()
    say(workplace, "fever", Answer.NO)
    workplace.settle()
    workplace.click("complete_check")
    workplace.settle()
    assert "has not taken place yet" in form.trouble.headline.text()
    record = kept(workplace, check())
    assert record.state is FollowUpState.OPEN
    assert record.fields.items.keys() == {"fever"}


def test_missed_needs_a_reason_and_can_be_made_up_for(workplace, show, check):
    form = show()
    workplace.click("not_reached")
    workplace.click("mark_missed")
    assert form.finish.reason.error()
    workplace.type("missed_reason", "no answer, twice")
    workplace.press(Qt.Key.Key_Return)
    workplace.settle()
    assert workplace.window.page("today").isVisible()
    assert kept(workplace, check()).missed_reason == "no answer, twice"
    form = show()
    assert form.notice.headline.text() == "Marked as missed: no answer, twice"
    workplace.click("asked_all")
    workplace.click("complete_check")
    assert kept(workplace, check()).state is FollowUpState.DONE


def test_a_check_that_is_done_is_only_read(workplace, show):
    show()
    workplace.click("asked_all")
    workplace.click("complete_check")
    workplace.settle()
    form = show()
    assert form.notice.headline.text().startswith("Done by Olga Owner, 11 Mar 2026")
    assert not form.finish.isVisible()
    assert not workplace.find("item_fever_yes").isEnabled()
    workplace.press(Qt.Key.Key_Return, CTRL)
    workplace.settle()
    assert form.isVisible()


def test_a_change_elsewhere_is_put_to_the_user(workplace, show, check):
    form = show()
    say(workplace, "fever", Answer.NO)
    record = kept(workplace, check())
    from dataclasses import replace

    other = replace(record.fields, note="from the other window")
    workplace.run(lambda desk: desk.follow_ups.save(record.id, record.version, other))
    say(workplace, "hives", Answer.NO)
    workplace.settle()
    assert form.kept.isVisible()
    workplace.click("follow_up_take_theirs")
    workplace.settle()
    form = workplace.window.current_page().form
    assert form.note.value() == "from the other window"


def test_everything_has_a_name_and_fits(workplace, show, page):
    form = show()
    say(workplace, "fever", Answer.YES)
    for widget in page.findChildren(QWidget):
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible():
            assert widget.objectName(), widget
            assert widget.accessibleName(), widget.objectName()
    button = workplace.find("complete_check")
    below = button.mapTo(workplace.window, button.rect().bottomLeft()).y()
    assert below < workplace.window.height()
    assert form.alert.width() <= page.width()


@pytest.mark.parametrize("size", [(960, 600), (1366, 768), (1920, 1080)])
def test_nothing_is_cut_off_in_windows_of_every_size(workplace, show, size):
    workplace.window.resize(*size)
    form = show()
    say(workplace, "fever", Answer.YES)
    workplace.qtbot.wait(20)
    assert form.scroller.widget().width() <= form.scroller.viewport().width()
    assert form.scroller.widget().minimumSizeHint().width() <= form.scroller.viewport().width()
    segment = form.call.channel.segment("message")
    right = segment.mapTo(form.call, segment.rect().topRight()).x()
    assert right < form.call.width()


def test_the_number_to_call_is_whole_in_a_small_window(workplace, show):
    workplace.window.resize(1024, 700)
    form = show()
    phone = form.call.phone
    form.call.show_patient("Garcia, Ana", "1 May 1980", PHONE)
    workplace.settle()
    assert phone.fontInfo().pixelSize() == Role.TITLE.value[0]
    assert phone.height() >= phone.sizeHint().height()
    assert phone.width() >= phone.sizeHint().width()
