"""Reactions by hand: the body is tapped, what lies under is told, and it is recorded with it."""

import os
from datetime import date

import pytest
from answering import answered
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from mesodesk.domain.answers import Answer
from mesodesk.domain.bodymap.view import SurfacePoint
from mesodesk.domain.records.reaction import Precision, ReactionFields, ReactionPlace, When
from mesodesk.ui import theme
from mesodesk.ui.pages.followup import FollowUpPage
from mesodesk.ui.pages.patient import PatientPage

# In the second of the five triangles that the session's points lie in.
SKIN = SurfacePoint(11, 0.25, 0.5)


def picture(workplace, name):
    folder = os.environ.get("REACTION_PICTURES")
    if folder:
        workplace.window.grab().save(f"{folder}/{name}.png")
        theme.force(True)
        workplace.window.grab().save(f"{folder}/{name}-dark.png")
        theme.force(None)


@pytest.fixture
def page(workplace):
    return workplace.add(PatientPage, "session", "followup", "patients")


@pytest.fixture
def show(workplace, page):
    """Opens the reactions of a patient and waits until the body is there."""

    def show_it(patient, **arguments):
        workplace.window.open("patient", patient_id=patient.id, tab="reactions", **arguments)
        workplace.settle()
        tab = page.tabs.reactions
        workplace.qtbot.waitUntil(lambda: tab.map.map.view is not None)
        workplace.settle()
        return tab

    return show_it


def tap(workplace, tab, skin=SKIN):
    """Click where a point of the skin shows, in the view that shows it."""
    tab.map.go_to(skin)
    place = tab.map.map.place_of(skin)
    workplace.qtbot.mouseClick(tab.map.map, Qt.MouseButton.LeftButton, pos=place.toPoint())
    workplace.settle()


def choose(workplace, field, words):
    """Type into a list that is searched, and take the first that is found."""
    field.input.setFocus()
    workplace.qtbot.keyClicks(field.input, words)
    workplace.press(Qt.Key.Key_Return)


def said(card):
    return " | ".join(each.text() for each in card.findChildren(QLabel)).replace("\xa0", " ")


def on_record(workplace, patient):
    return workplace.run(lambda desk: desk.reactions.for_patient(patient.id))


def test_a_tap_tells_what_lies_there_and_a_reaction_is_recorded_with_it(
    workplace, show, sign, clock
):
    patient = workplace.patient()
    sign(patient)
    clock.move(days=14)
    tab = show(patient)
    assert "Tap the body where one is" in said(tab.list)
    tap(workplace, tab)
    words = said(tab.under)
    assert "Session 1, 10 Mar 2026, 14 days ago · syringe 1" in words
    assert "Procaine 0, lot L0" in words
    assert "2 mm deep" in words
    picture(workplace, "reactions-under")
    workplace.click("record_here")
    assert workplace.window.focusWidget() is workplace.find("reaction_kind")
    choose(workplace, tab.entry.form.kind, "nodul")
    form = tab.entry.form
    assert form.scale.value() == "effect"
    form.grade.input.setFocus()
    workplace.press(Qt.Key.Key_Down)
    for _ in range(2):
        workplace.press(Qt.Key.Key_Down)
    workplace.press(Qt.Key.Key_Return)
    workplace.settle()
    assert [each.isChecked() for each in form.suspects.ticks.values()] == [True]
    picture(workplace, "reactions-form")
    workplace.click("record_reaction")
    workplace.settle()
    (kept,) = on_record(workplace, patient)
    assert (kept.fields.kind, kept.fields.grade, kept.fields.scale) == ("nodule", 2, "effect")
    assert (kept.fields.serious, kept.fields.ended) == (Answer.NOT_ASKED, Answer.NOT_ASKED)
    (place,) = kept.fields.places
    assert (place.triangle, place.region != "") == (11, True)
    assert [each.lot_number for each in kept.latest.suspects] == ["L0"]
    assert "A new consent is asked for" in said(tab.list.notice)
    assert "Nodule or lump" in said(tab.list)
    # A second tap beside it finds it; close by, so that the mark itself is not what is tapped.
    tab.map.map.zoom(12, tab.map.map.place_of(SKIN))
    tap(workplace, tab, SurfacePoint(11, 0.9, 0.05))
    assert "Reaction here before: Nodule or lump, grade 2" in said(tab.under)
    picture(workplace, "reactions-list")


def test_what_is_missing_is_said_and_what_was_typed_survives_a_kill(workplace, show, sign, page):
    patient = workplace.patient()
    sign(patient)
    tab = show(patient)
    workplace.click("new_reaction")
    workplace.click("record_reaction")
    assert "one thing is still open" in said(tab.entry.notice)
    assert workplace.window.focusWidget() is workplace.find("reaction_kind")
    workplace.type("reaction_what", "Two lumps")
    tap(workplace, tab)
    workplace.settle()
    workplace.close(gently=False)
    workplace.open()
    page = workplace.add(PatientPage, "session", "followup", "patients")
    workplace.window.open("patient", patient_id=patient.id, tab="reactions")
    workplace.settle()
    entry = page.tabs.reactions.entry
    assert entry.is_open()
    assert entry.form.what.value() == "Two lumps"
    assert [each.triangle for each in entry.form.places] == [11]
    assert "typed before" in said(entry.notice)
    workplace.click("discard_reaction")
    workplace.settle()
    assert workplace.run(lambda desk: desk.drafts.get("reaction", str(patient.id))) is None


def test_a_change_a_report_and_an_error_are_kept_with_what_stood_before(workplace, show, sign):
    patient = workplace.patient()
    session = sign(patient)
    place = ReactionPlace(patient.fields.body_sex, 11, 0.25, 0.5)
    typed = ReactionFields(
        session_id=session.id,
        kind="swelling",
        onset=When(Precision.DAY, date(2026, 3, 10)),
        places=(place,),
    )
    workplace.run(lambda desk: desk.reactions.record(patient.id, typed))
    tab = show(patient)
    workplace.click("reaction_row_0")
    assert tab.detail.isVisible()
    assert "not asked" in said(tab.detail)
    workplace.click("change_reaction")
    workplace.click("reaction_ended_yes")
    workplace.click("record_reaction")
    assert tab.entry.reason.error() != ""
    workplace.type("reaction_reason", "The patient called")
    workplace.settle()
    # A change that is half typed is kept, too.
    kept = workplace.run(lambda desk: desk.drafts.get("reaction", str(patient.id)))
    assert (kept["reason"], kept["ended"]) == ("The patient called", "yes")
    workplace.click("record_reaction")
    workplace.settle()
    assert workplace.run(lambda desk: desk.drafts.get("reaction", str(patient.id))) is None
    (kept,) = on_record(workplace, patient)
    assert [each.fields.ended for each in kept.versions] == [Answer.NOT_ASKED, Answer.YES]
    workplace.click("report_reaction")
    report = tab.detail.report
    report.recipient.input.setFocus()
    workplace.press(Qt.Key.Key_Down)
    workplace.press(Qt.Key.Key_Return)
    workplace.type("report_name", "Agency")
    workplace.click("keep_report")
    workplace.settle()
    assert "Authority, Agency, 10 Mar 2026 (noted by Olga Owner)" in said(tab.detail)
    picture(workplace, "reactions-detail")
    workplace.click("reaction_error")
    workplace.type("reaction_error_reason", "Another patient")
    workplace.click("mark_reaction_error")
    workplace.settle()
    assert not on_record(workplace, patient)[0].counts
    assert "Entered in error: Another patient (Olga Owner)" in said(tab.detail)
    assert not tab.detail.change.isVisible()


def test_a_flag_of_a_check_leads_to_a_reaction_with_what_was_told(workplace, sign, clock):
    patient = workplace.patient()
    session = sign(patient)
    clock.move(days=14)
    check = workplace.run(lambda desk: answered(desk, session, "nodule"))
    page = workplace.add(PatientPage, "session", "patients", "today")
    workplace.window.add_page(FollowUpPage(workplace.context))
    workplace.window.open("followup", follow_up_id=check.id)
    workplace.settle()
    workplace.click("record_flag")
    workplace.settle()
    entry = page.tabs.reactions.entry
    assert entry.is_open()
    assert entry.form.kind.value() == "nodule"
    assert entry.form.session.value() == session.id
    workplace.click("record_reaction")
    workplace.settle()
    (kept,) = on_record(workplace, patient)
    assert (kept.told.follow_up_id, kept.told.items) == (check.id, ("nodule",))


def test_every_tick_is_in_sight_however_narrow_the_window(workplace, show, sign):
    patient = workplace.patient()
    sign(patient)
    tab = show(patient)
    workplace.click("new_reaction")
    workplace.click("reaction_serious_yes")
    for size in ((1366, 768), (1024, 700)):
        workplace.window.resize(*size)
        workplace.settle()
        for ticks in (tab.entry.form.criteria, tab.entry.form.done):
            for tick in ticks.ticks.values():
                assert ticks.rect().contains(tick.geometry()), (size, tick.text())


def test_who_only_reads_taps_and_records_nothing(workplace, show, sign, monkeypatch):
    patient = workplace.patient()
    sign(patient)
    monkeypatch.setattr(workplace.context, "may", lambda _right: False)
    tab = show(patient)
    tap(workplace, tab)
    assert "lot L0" in said(tab.under)
    assert not tab.under.record.isVisible()
    assert not tab.list.new.isVisible()
