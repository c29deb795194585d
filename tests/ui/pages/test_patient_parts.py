"""Parts of the page with records made by hand: checks in words, small bodies, measures."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from mesodesk.domain.answers import Answer
from mesodesk.domain.bodymap.atlas import load_atlas, shipped_atlas_id
from mesodesk.domain.bodymap.fields import ChartField
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints
from mesodesk.domain.ids import new_id
from mesodesk.domain.questionnaire import ItemKind, load_questionnaire
from mesodesk.domain.records.chart import StoredChart
from mesodesk.domain.records.clinic import LengthUnit, WeightUnit
from mesodesk.domain.records.followup import (
    Channel,
    CheckAnswer,
    FollowUpFields,
    FollowUpRecord,
    FollowUpState,
)
from mesodesk.domain.records.patient import BodySex
from mesodesk.domain.records.session import (
    SessionFields,
    SessionRecord,
    SessionState,
    SessionSummary,
    SyringeRecord,
)
from mesodesk.domain.syringe_looks import syringe_look
from mesodesk.ui.pages.patient_parts import thumbnails
from mesodesk.ui.pages.patient_parts.checks_words import check_words
from mesodesk.ui.pages.patient_parts.file import read_file
from mesodesk.ui.pages.patient_parts.follow_ups_tab import FollowUpsTab
from mesodesk.ui.pages.patient_parts.measures import length_words, weight_words
from mesodesk.ui.pages.patient_parts.next_card import NextCard
from mesodesk.ui.pages.patient_parts.overview import OverviewTab
from mesodesk.ui.pages.patient_parts.small_session import amount_words, region_words
from mesodesk.ui.pages.patient_parts.values import value_words


def check(now, *, due_days, state=FollowUpState.OPEN, number=1, check_id="hours_72", **others):
    """Return a check whose window opens a day before it is due and closes five days after."""
    due = now + timedelta(days=due_days)
    return FollowUpRecord(
        id=new_id(),
        version=1,
        session_id=new_id(),
        session_number=number,
        patient_id=new_id(),
        patient_name="García López, María José",
        patient_phone="",
        check_id=check_id,
        schedule_version=1,
        due_at=due,
        window_from=due - timedelta(days=1),
        window_to=due + timedelta(days=5),
        state=state,
        fields=others.pop("fields", FollowUpFields()),
        shown=(),
        done_at=others.pop("done_at", None),
        done_by=others.pop("done_by", ""),
        **others,
    )


@pytest.mark.parametrize(
    ("due_days", "others", "words", "waits"),
    [
        (4, {}, "13 Mar to 19 Mar", False),
        (0, {}, "due now, until 10 Mar", True),
        (-3, {}, "3 days overdue", True),
        (-1, {}, "1 day overdue", True),
        (-9, {}, "missed: nobody asked until 6 Mar", False),
        (-2, {"state": FollowUpState.MISSED, "missed_reason": "no answer"}, "missed: no answer", 0),
        (-2, {"state": FollowUpState.SUPERSEDED}, "taken over by a later session", False),
    ],
)
def test_a_check_says_where_it_stands(workplace, due_days, others, words, waits):
    said = check_words(workplace.context, check(workplace.clock.now(), due_days=due_days, **others))
    assert said.state == words
    assert said.waits == bool(waits)


def test_a_check_that_was_done_says_when_how_and_by_whom(workplace):
    now = workplace.clock.now()
    done = check(
        now,
        due_days=-3,
        state=FollowUpState.DONE,
        fields=FollowUpFields(channel=Channel.PHONE),
        done_at=now - timedelta(days=2),
        done_by="Olga Owner",
    )
    assert check_words(workplace.context, done).state == "done 8 Mar, phone, Olga Owner"
    assert check_words(workplace.context, done).tone == "ok"


def test_a_check_that_raised_a_red_flag_has_no_green_tick(workplace):
    now = workplace.clock.now()
    fields = FollowUpFields(items={"fever": CheckAnswer(Answer.YES)})
    done = check(now, due_days=-3, state=FollowUpState.DONE, fields=fields, done_at=now)
    assert check_words(workplace.context, done).tone == "stop"


def test_checks_stand_under_their_session_and_open(workplace, qtbot):
    now = workplace.clock.now()
    first = check(now, due_days=-3, number=1)
    second = [check(now, due_days=day, number=2) for day in (1, 0)]
    tab = FollowUpsTab(workplace.context, workplace.window)
    tab.show_checks((first, *second))
    workplace.settle()
    cards = [workplace.find(f"checks_of_session_{number}") for number in (2, 1)]
    assert [card.heading.text() for card in cards] == ["Session 2", "Session 1"]
    assert tab.first_focus() is cards[0].list.rows()[0]
    with qtbot.waitSignal(tab.check_asked) as asked:
        cards[1].list.rows()[0].click()
    assert asked.args == [first.id]


def test_the_checks_of_earlier_sessions_come_when_they_are_asked_for(workplace):
    now = workplace.clock.now()
    tab = FollowUpsTab(workplace.context, workplace.window)
    tab.resize(900, 500)
    tab.show()
    checks = tuple(check(now, due_days=number - 20, number=number) for number in range(1, 15))
    tab.show_checks(checks)
    workplace.settle()
    shown = [card.objectName() for card in tab._cards]
    assert shown == [f"checks_of_session_{number}" for number in range(14, 8, -1)]
    assert tab.earlier.text() == "Earlier sessions: 8"
    workplace.click("earlier_checks")
    workplace.settle()
    assert (len(tab._cards), tab.earlier.text()) == (12, "Earlier sessions: 2")
    # What is in sight stays in sight when something changes.
    tab.show_checks((*checks[1:], check(now, due_days=9, number=15)))
    workplace.settle()
    assert (len(tab._cards), tab.earlier.text()) == (12, "Earlier sessions: 2")


def test_the_checks_on_record_are_shown_and_another_patients_are_not(workplace, sign):
    patient, other = workplace.patient(), workplace.patient("Nowak", "Anna")
    sign(patient)
    files = [
        workplace.run(lambda desk, one=one: read_file(desk, one.id)) for one in (patient, other)
    ]
    tab = FollowUpsTab(workplace.context, workplace.window)
    tab.show_file(files[0])
    workplace.settle()
    assert len(tab._cards[0].list.rows()) == 7
    tab.show_file(files[1])
    assert tab._cards == []
    workplace.settle()
    assert tab._cards == []
    assert not tab._empty.isHidden()


def test_the_overview_names_who_to_call_and_leads_there(workplace, qtbot):
    patient = workplace.patient()
    file = workplace.run(lambda desk: read_file(desk, patient.id))
    now = workplace.clock.now()
    late, coming = check(now, due_days=-3), check(now, due_days=6, check_id="day_14")
    session = signed(now, days_ago=4)
    tab = OverviewTab(workplace.context, workplace.window)
    tab.resize(1_200, 700)
    tab.show_file(replace(file, follow_ups=(late, coming), sessions=(session,)), ())
    tab.show()
    rows = tab.follow_ups.rows()
    assert [row.subtitle.text() for row in rows] == ["3 days overdue", "15 Mar to 21 Mar"]
    with qtbot.waitSignal(tab.check_asked) as asked:
        rows[0].click()
    assert asked.args == [late.id]


# The next step


def signed(now, *, days_ago, planned=None):
    return SessionSummary(
        id=new_id(),
        patient_id=new_id(),
        patient_name="García López, María José",
        number=1,
        state=SessionState.SIGNED,
        started_at=now - timedelta(days=days_ago),
        therapist="Olga Owner",
        points=1,
        injected_ml=Decimal("0.05"),
        regions=("abdomen_upper.left", "no_longer_known.left"),
        products=("Silicium 1 %",),
        next_session_on=planned,
    )


@pytest.mark.parametrize(
    ("planned", "words"),
    [
        (None, "no date planned; last session 9 days ago"),
        (date(2026, 3, 20), "planned for 20 Mar; last session 9 days ago"),
        (date(2026, 3, 8), "planned for 8 Mar, which has passed; last session 9 days ago"),
    ],
)
def test_the_next_session_is_told_with_its_date(workplace, planned, words):
    patient = workplace.patient()
    started = workplace.run(lambda desk: desk.intakes.start(patient.id))
    workplace.run(lambda desk: desk.intakes.complete(started.id, started.version))
    file = workplace.run(lambda desk: read_file(desk, patient.id))
    session = signed(workplace.clock.now(), days_ago=9, planned=planned)
    card = NextCard(workplace.context, workplace.window)
    card.show_file(replace(file, sessions=(session,)))
    assert card.headline.text() == "Session 2"
    assert card.reason.text() == words
    assert card.first_focus() is card.start


def test_a_session_says_how_much_and_where(workplace):
    session = signed(workplace.clock.now(), days_ago=9)
    assert amount_words(session).replace("\xa0", " ") == "1 point · 0.05 mL"
    many = replace(session, points=120, injected_ml=Decimal(6))
    assert amount_words(many).replace("\xa0", " ") == "120 points · 6.00 mL"
    exact = replace(many, injected_ml=Decimal("5.985"))
    assert amount_words(exact).replace("\xa0", " ") == "120 points · 5.985 mL"
    assert amount_words(replace(session, points=0)) == "no points"
    # A region of an older atlas is not left out.
    assert "no_longer_known.left" in region_words(session.regions, "en")


def test_values_of_other_kinds_are_told_in_words():
    questions = load_questionnaire()
    period, trend = questions.item("last_period"), questions.item("weight_trend")
    assert value_words(period, "2026-03-02", "en") == "2 Mar 2026"
    assert value_words(trend, "gained", "en") == "Gained"
    assert value_words(trend, "no longer offered", "en") == "no longer offered"
    assert value_words(questions.item("reason"), "Thighs", "en") == "Thighs"
    number = replace(period, kind=ItemKind.NUMBER, unit="mmHg")
    assert value_words(number, "120", "en").replace("\xa0", " ") == "120 mmHg"
    assert value_words(replace(number, unit=None), "2.5", "en") == "2.5"


# Small bodies


def session_of(*digits):
    syringes = tuple(SyringeRecord(new_id(), digit, "", (), None, None) for digit in digits)
    return SessionRecord(
        id=new_id(),
        version=1,
        patient_id=new_id(),
        number=1,
        state=SessionState.DRAFT,
        therapist_id=new_id(),
        therapist="Olga Owner",
        started_at=None,
        atlas_id=shipped_atlas_id(),
        body_sex=BodySex.FEMALE,
        height_cm=None,
        fields=SessionFields(),
        syringes=syringes,
        acknowledgements=(),
        addenda=(),
        seal=None,
    )


def chart_on(view_id, places, syringe_id):
    """Return a chart with a point at each place, given as shares of a view's picture."""
    view = load_atlas("female").view(view_id)
    points = []
    for across, down in places:
        found = view.pick(across * view.width_px, down * view.height_px)
        points.append(ChartPoint(found.triangle, found.u, found.v, 50, 4000))
    field = ChartField(
        new_id(), syringe_id, "nappage", Decimal(4), "g30", points=PackedPoints(points)
    )
    return StoredChart((field,), (), 0)


def near(colour, wanted):
    return all(
        abs(one - other) < 40
        for one, other in zip(colour.getRgb()[:3], QColor(wanted).getRgb()[:3], strict=True)
    )


def drawn(picture, digit):
    look = syringe_look(digit).colour
    places = ((x, y) for x in range(picture.width()) for y in range(picture.height()))
    return sum(near(picture.pixelColor(x, y), look) for x, y in places)


def test_a_small_body_shows_the_points_in_the_colour_of_their_syringe(qapp):
    session = session_of(2)
    chart = chart_on("front", [(0.48, 0.4), (0.5, 0.4), (0.52, 0.4)], session.syringes[0].id)
    empty = thumbnails.render(session, StoredChart((), (), 0), 1.0)
    picture = thumbnails.render(session, chart, 1.0)
    assert picture.size() == thumbnails.SIZE
    assert drawn(picture, 2) >= drawn(empty, 2) + 12
    assert thumbnails.render(session, chart, 2.0).size() == 2 * thumbnails.SIZE


def test_a_back_is_shown_from_behind(qapp):
    session = session_of(1)
    chart = chart_on("back", [(0.48, 0.3), (0.5, 0.3), (0.52, 0.3)], session.syringes[0].id)
    best, _, seen = thumbnails._chosen(load_atlas("female"), thumbnails._Marks.of(chart.fields))
    assert best.camera.toward @ load_atlas("female").view("back").camera.toward > 0.5
    assert seen.sum() == 3


# Words


def test_measures_are_told_in_the_clinics_units():
    def plain(text):
        return text.replace("\xa0", " ")

    assert plain(weight_words(Decimal("63.503"), WeightUnit.LB)) == "140.0 lb"
    assert plain(weight_words(Decimal("63.503"), WeightUnit.KG)) == "63.5 kg"
    assert plain(length_words(Decimal(168), LengthUnit.CM)) == "168 cm"
    assert plain(length_words(Decimal("168.5"), LengthUnit.CM)) == "168.5 cm"
    assert plain(length_words(Decimal("168.5"), LengthUnit.INCH)) == "66.3 in"


def test_thumbnails_are_read_once_and_remembered(workplace, qtbot):
    patient = workplace.patient()
    workplace.run(lambda desk: desk.sessions.start(patient.id))
    (summary,) = workplace.run(lambda desk: desk.sessions.for_patient(patient.id))
    made = thumbnails.Thumbnails(workplace.context, workplace.window)
    with qtbot.waitSignal(made.made) as told:
        assert made.ask(summary, 1.0) is None
        assert made.ask(summary, 1.0) is None
    assert told.args[0] == summary.id
    assert made.ask(summary, 1.0) is not None
    assert not workplace.jobs.is_busy()


def test_nothing_is_painted_for_a_place_that_is_out_of_sight(workplace, qtbot):
    patient = workplace.patient()
    workplace.run(lambda desk: desk.sessions.start(patient.id))
    (summary,) = workplace.run(lambda desk: desk.sessions.for_patient(patient.id))
    place = QWidget(workplace.window)
    made = thumbnails.Thumbnails(workplace.context, place)
    made.ask(summary, 1.0)
    qtbot.waitUntil(lambda: not made._later.isActive())
    assert not workplace.jobs.is_busy()
    place.show()
    with qtbot.waitSignal(made.made):
        made.resume()


def test_a_row_of_a_list_takes_the_focus_by_arrows(workplace, qtbot):
    now = workplace.clock.now()
    tab = FollowUpsTab(workplace.context, workplace.window)
    tab.show_checks(tuple(check(now, due_days=day) for day in (1, 2, 3)))
    workplace.settle()
    tab.resize(600, 400)
    tab.show()
    rows = workplace.find("checks_1").rows()
    rows[0].setFocus()
    workplace.press(Qt.Key.Key_Down)
    assert workplace.window.focusWidget() is rows[1]
