"""Calls by real keys and clicks: attempts, diary, script, what was done, the day's list."""

from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel

from mesodesk.domain.answers import Answer
from mesodesk.domain.records.followup import (
    AttemptOutcome,
    Channel,
    DiaryScore,
    DiarySource,
    FollowUpState,
)
from mesodesk.ui.pages.followup import FollowUpPage
from mesodesk.ui.pages.patient import PatientPage
from mesodesk.ui.pages.today import TodayPage

CTRL = Qt.KeyboardModifier.ControlModifier
PHONE = "+34 600 111 222"


@pytest.fixture
def signed(workplace, sign, clock):
    """A patient who speaks French, 23 hours after a session."""
    patient = workplace.patient(phone=PHONE, language="fr")
    sign(patient)
    clock.move(hours=23)
    return patient


@pytest.fixture
def today(workplace):
    return workplace.add(TodayPage)


@pytest.fixture
def page(workplace, today):
    return workplace.add(FollowUpPage, "patient")


@pytest.fixture
def check(workplace, signed):
    def find(name="hours_24"):
        checks = workplace.run(lambda desk: desk.follow_ups.for_patient(signed.id))
        return next(each for each in checks if each.check_id == name)

    return find


@pytest.fixture
def show(workplace, page, check):
    def show_it(name="hours_24"):
        workplace.window.open("followup", follow_up_id=check(name).id)
        workplace.settle()
        return page.form

    return show_it


def words(workplace, name):
    return workplace.find(name, QLabel).text()


def test_an_attempt_takes_three_gestures_from_today_and_says_when_to_try_again(
    qtbot, workplace, today, page, check, clock
):
    workplace.window.open("today")
    workplace.settle()
    qtbot.mouseClick(today.due.rows.rows()[0], Qt.MouseButton.LeftButton)
    workplace.settle()
    workplace.click("tried")
    workplace.click("keep_attempt")
    workplace.settle()
    (kept,) = check().attempts
    assert (kept.fields.channel, kept.fields.outcome) == (Channel.PHONE, AttemptOutcome.NO_ANSWER)
    assert kept.fields.next_at == clock.now() + timedelta(hours=2)
    assert check().state is FollowUpState.OPEN
    assert "no answer" in "".join(
        each.text() for each in page.form.attempts.list.findChildren(QLabel)
    )
    workplace.window.open("today")
    workplace.settle()
    (row,) = today.due.rows.rows()
    assert "tried once, at 09:00" in row.subtitle.text()
    assert "again at 11:00" in row.accessibleName()
    clock.move(hours=2, minutes=1)
    today.reload()
    workplace.settle()
    (row,) = today.overdue.rows.rows()
    assert "again" not in row.accessibleName()


def test_the_script_is_read_in_the_patient_s_language(workplace, show):
    form = show()
    said = [each.text() for each in form.opening.findChildren(QLabel)]
    assert any("Est-ce que je parle bien à María José García López" in each for each in said)
    assert any("10 mars 2026" in each for each in said)
    assert words(workplace, "spoken_fever").startswith("Y a-t-il de la fièvre ou des frissons")
    assert workplace.find("spoken_fever").isVisible()
    workplace.click("script_language_en")
    assert not workplace.find("spoken_fever").isVisible()
    said = [each.text() for each in form.opening.findChildren(QLabel)]
    assert any("Am I speaking with" in each for each in said)
    workplace.click("channel_visit")
    assert not form.opening.isVisible()
    assert not form.closing.isVisible()


def test_the_diary_is_typed_by_day_and_marked_by_source(workplace, show, check, clock):
    clock.move(days=2)
    form = show("hours_72")
    workplace.type("diary_burning_3", "2")
    workplace.click("diary_source_home")
    workplace.type("diary_burning_1", "6")
    workplace.type("diary_swelling_1", "0")
    workplace.settle()
    assert check("hours_72").fields.diary == {
        "burning.1": DiaryScore(6, DiarySource.HOME),
        "burning.3": DiaryScore(2, DiarySource.ASKED),
        "swelling.1": DiaryScore(0, DiarySource.HOME),
    }
    assert not workplace.find("diary_burning_4").isEnabled()  # a day still to come
    assert "day 1: 6 (written at home), day 2: not told" in form.diary.series[0].words()
    # What another check of the session holds is seen, and is not this check's own.
    other = show("hours_24")
    assert workplace.find("diary_burning_1").placeholderText() == "6"
    assert other.diary.scores() == {}
    assert "day 1: 6" in other.diary.series[0].words()


def test_a_score_that_is_none_is_said_and_a_grave_one_calls_for_action(workplace, show, check):
    form = show()
    workplace.type("diary_burning_1", "11")
    assert "whole number from 0 to 10" in words(workplace, "diary_message")
    workplace.settle()
    assert check().fields.diary == {}
    workplace.find("diary_burning_1").clear()
    workplace.type("diary_burning_1", "8")
    workplace.settle()
    assert form.alert.isVisible()
    assert [each.item_id for each in check().shown] == ["diary.burning.1"]


def test_milder_answers_say_what_to_do_beside_the_question(workplace, show, check):
    form = show()
    workplace.click("item_burning_yes")
    row = next(each for each in form.questions.rows if each.item.id == "burning")
    assert row.flag.headline.text() == "Observe"
    assert not form.alert.isVisible()
    workplace.click("item_pain_4")
    row = next(each for each in form.questions.rows if each.item.id == "pain")
    assert row.flag.headline.text() == "Call again"
    assert not form.alert.isVisible()


def test_what_was_done_is_asked_on_completing_and_waits_on_today(
    qtbot, workplace, today, page, show, check
):
    form = show()
    workplace.click("item_fever_yes")
    workplace.click("complete_check")
    workplace.settle()
    form = page.form
    assert page.isVisible()
    assert form.handled.isVisible()
    assert workplace.window.focusWidget().objectName() == "handled"
    workplace.window.open("today")
    workplace.settle()
    (row,) = today.to_handle.rows.rows()
    assert "fever" in row.subtitle.text()
    assert "1 to act on" in today.summary.text()
    qtbot.mouseClick(row, Qt.MouseButton.LeftButton)
    workplace.settle()
    workplace.click("keep_handled")
    assert page.form.handled.text.error()
    workplace.type("handled", "Seen by Dr Ruiz")
    workplace.click("keep_handled")
    workplace.settle()
    assert check().escalation.handled == "Seen by Dr Ruiz"
    assert today.isVisible()
    assert not today.to_handle.isVisible()
    show()
    assert words(workplace, "handled_said") == "Seen by Dr Ruiz"


def test_what_was_done_survives_leaving_before_it_is_kept(workplace, page, show):
    show()
    workplace.click("item_fever_yes")
    workplace.click("complete_check")
    workplace.settle()
    workplace.type("handled", "Half a sen")
    workplace.window.open("today")
    workplace.settle()
    form = show()
    assert form.handled.text.value() == "Half a sen"


def test_a_check_before_its_window_is_asked_about_once_more(workplace, today, show, check):
    form = show("day_14")
    workplace.click("item_nodule_no")
    workplace.click("complete_check")
    workplace.settle()
    assert "its window begins on 20 Mar 2026" in form.trouble.headline.text()
    assert check("day_14").state is FollowUpState.OPEN
    workplace.click("check_notice_action")
    workplace.settle()
    assert check("day_14").state is FollowUpState.DONE
    assert today.isVisible()


def test_missed_checks_stay_on_today(workplace, today, page, show, check, clock):
    clock.move(days=2)
    show()
    workplace.click("not_reached")
    workplace.type("missed_reason", "Abroad")
    workplace.press(Qt.Key.Key_Return)
    workplace.settle()
    (row,) = today.missed.rows.rows()
    assert "Abroad" in row.subtitle.text()


def test_an_open_check_with_a_red_answer_is_red_on_today(workplace, today, show):
    show()
    workplace.click("item_fever_yes")
    workplace.window.open("today")
    workplace.settle()
    (row,) = today.due.rows.rows()
    assert "Same day: not completed" in row.accessibleName()


def test_a_patient_who_rings_is_asked_from_the_file(workplace, signed, clock):
    patient = workplace.add(PatientPage, "session")
    page = workplace.add(FollowUpPage, "today")
    workplace.window.open("patient", patient_id=signed.id, tab="follow_ups")
    workplace.settle()
    assert patient.isVisible()
    workplace.click("patient_rings")
    workplace.settle()
    assert page.isVisible()
    assert page.form.record.check_id == "any_time"
    # Who has rung is not told that we are calling.
    first = " ".join(each.text() for each in page.form.opening.findChildren(QLabel))
    assert "À qui ai-je" in first
    assert "Je vous appelle" not in first
    assert not page.form.notice.isVisible()
    workplace.click("asked_all")
    workplace.press(Qt.Key.Key_Return, CTRL)
    workplace.settle()
    checks = workplace.run(lambda desk: desk.follow_ups.for_patient(signed.id))
    rung = next(each for each in checks if each.check_id == "any_time")
    assert rung.state is FollowUpState.DONE
    assert rung.fields.items["late_lump"].answer is Answer.NO


def test_the_calls_of_the_day_are_printed_and_kept_on_the_log(
    workplace, today, check, monkeypatch, qtbot
):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url) or True)
    workplace.window.open("today")
    workplace.settle()
    workplace.click("print_calls")
    qtbot.waitUntil(lambda: bool(opened))  # the first page sets Typst up
    (url,) = opened
    assert Path(QUrl(url).toLocalFile()).read_bytes().startswith(b"%PDF-")
    assert "removed" in today.printed.text.text()
