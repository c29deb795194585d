"""Measuring with real keys: 20 seconds by keyboard, doubts, home, drafts, charts, the check."""

import os
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtPrintSupport import QPrinterInfo

from mesodesk.domain.answers import Answer
from mesodesk.domain.area_doses import doses_by_area
from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.progress import PointFrom
from mesodesk.domain.records.audit import LogQuery
from mesodesk.domain.records.clinic import LengthUnit, WeightUnit
from mesodesk.domain.records.exposure import PatientExposure
from mesodesk.domain.records.limits import LimitChange, LimitSettings
from mesodesk.domain.records.measurement import (
    BodySide,
    Doubt,
    MeasuredUnit,
    MeasurementFields,
    MeasuringFields,
    Reading,
    SeriesKey,
    TakenAt,
)
from mesodesk.ui import theme
from mesodesk.ui.pages.patient import PatientPage
from mesodesk.ui.pages.session import SessionPage

DAY = date(2026, 3, 10)
WAIST = SeriesKey("waist", "midpoint")
THIGH = SeriesKey("thigh", "middle", side=BodySide.LEFT)


def picture(workplace, name):
    folder = os.environ.get("MEASURE_PICTURES")
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
    """Opens the measurements of a patient and waits until everything is shown."""

    def show_it(patient, **arguments):
        workplace.window.open("patient", patient_id=patient.id, tab="measurements", **arguments)
        workplace.settle()
        return page.tabs.measurements

    return show_it


def record(workplace, patient, *items, on=DAY, taken_at=TakenAt.CLINIC):
    """Put figures on record behind the window: (key, figure, unit)."""
    fields = tuple(
        MeasurementFields(key, (Reading(Decimal(figure), MeasuredUnit(unit)),))
        for key, figure, unit in items
    )
    typed = MeasuringFields(on, taken_at, fields)
    return workplace.run(lambda desk: desk.measurements.record(patient.id, typed))


def on_record(workplace, patient):
    return workplace.run(lambda desk: desk.measurements.progress(patient.id)).measurements


class Keys:
    """Types where the focus is, and counts."""

    def __init__(self, workplace):
        self._workplace, self.pressed = workplace, 0

    def type(self, text):
        self._workplace.qtbot.keyClicks(self._workplace.window.focusWidget(), text)
        self.pressed += len(text)

    def enter(self):
        self._workplace.press(Qt.Key.Key_Return)
        self.pressed += 1


def test_weight_and_six_girths_are_recorded_by_keyboard_alone_in_twenty_seconds(workplace, show):
    patient = workplace.patient()
    show(patient)
    keys = Keys(workplace)
    assert workplace.window.focusWidget() is workplace.find("reading_weight_1")
    for figure in ("68.4", "88.0", "101", "57.5", "57.8", "30.2", "30.0"):
        keys.type(figure)
        keys.enter()
    keys.enter()  # nothing is read a second time: past the second column
    assert workplace.window.focusWidget() is workplace.find("record_measures")
    keys.enter()
    workplace.settle()
    kept = {(each.key.measure, each.key.side): each for each in on_record(workplace, patient)}
    assert {key: float(each.value) for key, each in kept.items()} == {
        ("weight", "none"): 68.4,
        ("waist", "none"): 88.0,
        ("hip", "none"): 101.0,
        ("thigh", "left"): 57.5,
        ("thigh", "right"): 57.8,
        ("arm", "left"): 30.2,
        ("arm", "right"): 30.0,
    }
    assert kept["waist", "none"].key.protocol == "midpoint"
    # A skilled hand makes five strokes of a keypad in a second, a slow one two.
    assert keys.pressed <= 40
    assert workplace.find("reading_weight_1").text() == ""
    assert "68.4 kg" in workplace.find("measure_weight").lines[0].last.text().replace("\xa0", " ")


def test_a_tab_that_is_clicked_has_the_cursor_in_it_and_one_passed_by_arrows_has_not(
    workplace, show
):
    show(workplace.patient())
    workplace.click("tab_follow_ups")
    workplace.settle()
    workplace.click("tab_measurements")
    workplace.settle()
    assert workplace.window.focusWidget() is workplace.find("reading_weight_1")
    strip = workplace.find("tab_measurements")
    strip.setFocus()
    workplace.press(Qt.Key.Key_Left)
    workplace.settle()
    assert workplace.window.focusWidget() is workplace.find("tab_reactions")
    workplace.press(Qt.Key.Key_Right)
    workplace.settle()
    assert workplace.window.focusWidget() is strip


def test_readings_that_disagree_want_a_third_and_the_median_counts(workplace, show):
    patient = workplace.patient()
    tab = show(patient)
    third = workplace.find("reading_waist_3")
    workplace.type("reading_waist_1", "88.0")
    workplace.type("reading_waist_2", "90.1")
    assert third.isVisible()
    workplace.click("record_measures")
    workplace.settle()
    assert on_record(workplace, patient) == ()
    assert "third" in workplace.find("doubt_waist_words").text()
    assert workplace.window.focusWidget() is third
    picture(workplace, "third")
    workplace.qtbot.keyClicks(third, "88.4")
    workplace.click("record_measures")
    workplace.settle()
    (waist,) = on_record(workplace, patient)
    assert (waist.value, len(waist.readings)) == (Decimal("88.4"), 3)
    assert tab.entry.form.is_blank()


def test_a_thigh_that_jumps_10_cm_is_questioned_and_pounds_are_recognised(workplace, show):
    patient = workplace.patient()
    record(workplace, patient, (THIGH, "57", "cm"), (SeriesKey("weight"), "68", "kg"))
    workplace.clock.move(days=14)
    show(patient)
    workplace.type("reading_weight_1", "150")
    workplace.type("reading_thigh_left_1", "67")
    workplace.click("record_measures")
    words = workplace.find("doubt_weight_words").text().replace("\xa0", " ")
    assert words == "150 kg is far from 68.0 kg on 10 Mar. 150 lb would be 68.0 kg."
    assert workplace.window.focusWidget() is workplace.find("doubt_weight_other")
    words = workplace.find("doubt_thigh_left_words").text().replace("\xa0", " ")
    assert words == "67 cm is 10.0 cm more than on 10 Mar (57.0 cm). Is that so?"
    picture(workplace, "doubts")
    workplace.press(Qt.Key.Key_Space)
    assert workplace.find("reading_weight_1").text() == "150 lb"
    assert not workplace.find("doubt_weight").isVisible()
    workplace.click("record_measures")
    workplace.settle()
    assert len(on_record(workplace, patient)) == 2  # the thigh is still in doubt
    workplace.click("doubt_thigh_left_so")
    workplace.click("record_measures")
    workplace.settle()
    thigh, weight = on_record(workplace, patient)[2:][::-1]
    assert (thigh.value, thigh.confirmed) == (Decimal(67), frozenset({Doubt.JUMP}))
    assert (weight.value, weight.readings[0].unit) == (Decimal("68.039"), MeasuredUnit.LB)


def test_what_the_clinic_does_not_ask_about_is_recorded_at_once(workplace, show):
    patient = workplace.patient()
    record(workplace, patient, (THIGH, "57", "cm"), (SeriesKey("weight"), "68", "kg"))

    def change(desk):
        clinic = desk.clinic.record()
        changes = {
            "measure.thigh": LimitChange(on=False),
            "measure.weight": LimitChange(value=Decimal(1)),
        }
        limits = LimitSettings(changes)
        desk.clinic.update(clinic.version, replace(clinic.fields, limits=limits))

    workplace.run(change)
    workplace.clock.move(days=14)
    show(patient)
    workplace.type("reading_thigh_left_1", "67")
    workplace.click("record_measures")
    workplace.settle()
    assert on_record(workplace, patient)[-1].value == Decimal(67)
    workplace.type("reading_weight_1", "70")
    workplace.click("record_measures")
    words = workplace.find("doubt_weight_words").text().replace("\xa0", " ")
    assert words.startswith("70 kg is 2.0 kg more")


def test_a_waist_of_8_cm_is_refused_with_a_sentence_at_its_place(workplace, show):
    patient = workplace.patient()
    show(patient)
    workplace.type("reading_waist_1", "8")
    assert not workplace.find("doubt_waist").isVisible()  # it may still become 88
    workplace.press(Qt.Key.Key_Return)
    words = workplace.find("doubt_waist_words").text().replace("\xa0", " ")
    assert words.startswith("Waist: 8 cm cannot be right; it lies between 40 and 250 cm.")
    workplace.click("record_measures")
    workplace.settle()
    assert on_record(workplace, patient) == ()
    assert workplace.window.focusWidget() is workplace.find("reading_waist_1")
    workplace.find("reading_waist_1").selectAll()
    workplace.qtbot.keyClicks(workplace.find("reading_waist_1"), "32 in")
    workplace.click("record_measures")
    workplace.settle()
    (waist,) = on_record(workplace, patient)
    assert (waist.value, waist.readings) == (
        Decimal("81.28"),
        (Reading(Decimal(32), MeasuredUnit.INCH),),
    )


def test_home_readings_ratings_and_another_landmark_are_marked_and_stay_apart(workplace, show):
    patient = workplace.patient()
    record(workplace, patient, (WAIST, "90", "cm"), (WAIST.__class__("hip"), "101", "cm"))
    workplace.clock.move(days=20)
    record(workplace, patient, (WAIST, "86", "cm"), on=date(2026, 3, 30))
    tab = show(patient)
    form = tab.entry.form
    form.taken_at.choose("home")
    workplace.type("reading_waist_1", "84")
    form._added("gais")
    gais = form.ratings[0]
    gais.rater.choose("patient")
    workplace.settle()
    workplace.click("record_measures")
    assert gais.message.isVisible()
    gais.items["change"].set_value(4)
    gais.items["change"].edited.emit(4)
    workplace.click("record_measures")
    workplace.settle()
    waist, rating = on_record(workplace, patient)[-2:]
    assert (waist.taken_at, rating.scores[0].label) == (TakenAt.HOME, "no change")
    plots = [card.view.plot() for card in tab.charts.cards]
    (drawn,) = [plot for plot in plots if plot.series.key == WAIST]
    assert [each.point.told_by for each in drawn.points][-1] is PointFrom.HOME
    assert [each.is_joined for each in drawn.points] == [True, True, False]
    assert "home" in tab.recorded.list.rows()[0].subtitle.text()
    block = form.blocks["waist"]
    block.where.set_value("umbilicus")
    block.where.edited.emit("umbilicus")
    assert block.lines[0].last.text() == "none before"
    workplace.type("reading_waist_1", "95")
    workplace.click("record_measures")
    workplace.settle()
    keys = [card.view.plot().series.key.protocol for card in tab.charts.cards]
    assert keys.count("midpoint") == keys.count("umbilicus") == 1
    picture(workplace, "charts")


def test_the_clinics_units_are_shown_everywhere_and_the_record_keeps_metric(workplace, show):
    patient = workplace.patient()
    show(patient)
    workplace.type("reading_hip_1", "101")
    clinic = workplace.run(lambda desk: desk.clinic.record())
    fields = replace(clinic.fields, weight_unit=WeightUnit.LB, length_unit=LengthUnit.INCH)
    workplace.run(lambda desk: desk.clinic.update(clinic.version, fields))
    workplace.settle()
    tab = show(patient)
    workplace.settle()
    form = tab.entry.form
    # Half typed in centimetres: it must not become inches.
    assert form.blocks["hip"].lines[0].texts()[0] == "101 cm"
    workplace.type("reading_weight_1", "150")
    workplace.type("reading_waist_1", "32.25")
    workplace.click("record_measures")
    workplace.settle()
    weight, waist, hip = on_record(workplace, patient)
    assert hip.value == 101
    assert (weight.value, waist.value) == (Decimal("68.039"), Decimal("81.92"))
    said = tab.charts.cards[1].standing.text().replace("\xa0", " ")
    assert said.startswith("32.3 in")  # 32.25, shown to a tenth
    assert tab.charts.cards[0].foot.text().startswith("lb")


def test_what_is_half_typed_comes_back_and_ends_with_the_record(workplace, show):
    patient = workplace.patient()
    tab = show(patient)
    workplace.type("reading_hip_1", "101.5")
    tab.entry.form._added("hexsel")
    workplace.settle()
    workplace.close(gently=False)
    workplace.open()
    page = workplace.add(PatientPage, "session", "followup", "patients")
    workplace.window.open("patient", patient_id=patient.id, tab="measurements")
    workplace.settle()
    form = page.tabs.measurements.entry.form
    assert workplace.find("reading_hip_1").text() == "101.5"
    assert [each.measure.id for each in form.ratings] == ["hexsel"]
    workplace.qtbot.mouseClick(form.ratings[0].drop, Qt.MouseButton.LeftButton)
    workplace.click("record_measures")
    workplace.settle()
    assert [each.value for each in on_record(workplace, patient)] == [Decimal("101.5")]
    assert workplace.run(lambda desk: desk.drafts.all_mine()) == ()


def test_a_wrong_figure_is_struck_out_with_its_reason(workplace, show):
    patient = workplace.patient()
    record(workplace, patient, (WAIST, "90", "cm"))
    tab = show(patient)
    workplace.click("measure_row_0")
    workplace.click("mark_measure_error")
    assert "Write why" in tab.recorded.reason.error()
    workplace.type("measure_error_reason", "Another patient")
    workplace.click("mark_measure_error")
    workplace.settle()
    (row,) = tab.recorded.list.rows()
    assert row.title.font().strikeOut()
    assert "entered in error: Another patient" in row.subtitle.text()
    assert tab.charts.cards == []


def test_at_the_check_one_gesture_measures_and_the_session_knows_the_weight(workplace):
    workplace.add(PatientPage, "followup", "patients")
    workplace.add(SessionPage)
    patient = workplace.patient()
    session = workplace.run(lambda desk: desk.sessions.start(patient.id))
    workplace.window.open("session", session_id=session.id, station="check")
    workplace.settle()
    workplace.click("check_measure")
    workplace.settle()
    assert workplace.window.focusWidget() is workplace.find("reading_weight_1")
    workplace.type("reading_weight_1", "64")
    workplace.click("record_measures")
    workplace.settle()
    (weight,) = on_record(workplace, patient)
    assert weight.session_id == session.id
    workplace.click("measuring_notice_action")
    workplace.settle()
    assert workplace.find("weight_today").text() == "64"
    workplace.click("emergency_kit_yes")
    workplace.settle()
    kept = workplace.run(lambda desk: desk.sessions.get(session.id)).fields
    assert (kept.weight_kg, kept.emergency_kit) == (64, Answer.YES)


def test_charts_mark_sessions_show_doses_and_leave_only_with_a_trace(
    workplace, show, sign, monkeypatch
):
    patient = workplace.patient()
    record(workplace, patient, (WAIST, "90", "cm"), (THIGH, "57", "cm"))
    sign(patient)
    for days, waist in ((14, "89"), (14, "87.2")):
        workplace.clock.move(days=days)
        today = workplace.context.today()
        record(workplace, patient, (WAIST, waist, "cm"), (THIGH, "56.4", "cm"), on=today)
    tab = show(patient)
    cards = {card.view.plot().series.key: card for card in tab.charts.cards}
    card = cards[WAIST]
    assert [mark.number for mark in card.view.plot().marks] == [1]
    said = card.standing.text().replace("\xa0", " ").replace("\u2212", "-")
    assert said == "87.2 cm · -2.8 cm, more than error"
    assert "may be error alone" in cards[THIGH].standing.text()
    assert "axis broken: not from zero" in card.foot.text()
    assert card.view.plot().band == (88.0, 92.0)
    at = card.view._painter_of(card.view.plot())
    last = card.view.plot().points[-1]
    assert card.view.point_at(at.place(last.x, last.y)) is last
    assert card.view.point_at(QPointF(0, 0)) is None
    picture(workplace, "sessions")
    tab.charts.across.set_value("volume")
    tab.charts.across.edited.emit("volume")
    workplace.settle()
    assert [each.x for each in card.view.plot().points] == [0.0, 0.5, 0.5]
    assert "given before: all areas" in card.foot.text()
    doses = tab.charts.doses_of
    doses.input.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        workplace.press(key)
    workplace.settle()
    assert doses.value() == "own"
    given = {key: [each.x for each in made.view.plot().points] for key, made in cards.items()}
    assert "given before: Thigh, left" in cards[THIGH].foot.text()
    assert "given before: Abdomen" in card.foot.text()
    where = workplace.run(lambda desk: desk.exposure.for_patient(patient.id)).sessions[0]
    atlas = load_atlas(patient.fields.body_sex.value)
    cells = doses_by_area(PatientExposure((where,)), atlas).by_session[where.id].cells
    thigh = sum(c.volume_ul for c in cells if c.region_key.startswith("thigh") and c.side == "left")
    assert given[THIGH][1:] == [thigh / 1000] * 2
    assert given[WAIST][1:] != [0.5, 0.5]
    picture(workplace, "area")
    doses.set_value("all")
    doses.edited.emit("all")
    workplace.click("progress_from_zero")
    workplace.settle()
    assert (card.view.plot().y.low, card.view.plot().y.is_broken) == (0.0, False)
    workplace.click("progress_copy")
    workplace.settle()
    assert not QGuiApplication.clipboard().image().isNull()
    monkeypatch.setattr(QPrinterInfo, "availablePrinterNames", staticmethod(list))
    workplace.click("progress_print")
    workplace.settle()
    assert tab.charts.notice.headline.text().startswith("No printer is set up")
    left = workplace.run(lambda desk: desk.audit_log.page(LogQuery())).entries
    said = [each.action for each in left if each.action.startswith("measurement.")]
    assert said[:2] == ["measurement.print", "measurement.copy"]
    folder = os.environ.get("MEASURE_PICTURES")
    if folder:
        QGuiApplication.clipboard().image().save(f"{folder}/copied.png")
    workplace.window.open("patient", patient_id=patient.id, tab="overview")
    workplace.settle()
    picture(workplace, "overview")
