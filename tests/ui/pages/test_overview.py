"""The overview: what comes next and why, and everything that happened, by mouse and by keys."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from pictures import a_jpeg
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage

from mesodesk.domain.answers import Answer
from mesodesk.domain.records.clinic import WeightUnit
from mesodesk.domain.records.consent import DemandKind
from mesodesk.domain.records.measurement import (
    MeasuredUnit,
    MeasurementFields,
    MeasuringFields,
    Reading,
    SeriesKey,
)
from mesodesk.domain.records.photo import PhotoFields
from mesodesk.domain.records.plan import Interval, PlanFields
from mesodesk.domain.records.reaction import Precision, ReactionFields, ReactionPlace, When
from mesodesk.domain.records.timeline import EventKind
from mesodesk.imaging.reading import prepared
from mesodesk.services.timeline_sources import SOURCES
from mesodesk.ui.pages.patient import PatientPage
from mesodesk.ui.pages.patient_parts.tabs import TABS
from mesodesk.ui.timeline.look import CHECK, SESSION
from mesodesk.ui.timeline.looks import KINDS, LOOKS
from mesodesk.ui.timeline.rows import EVENT, ago_words

PASSWORD = "plain tea in the morning"
DAY = date(2026, 3, 10)


def weigh(desk, patient_id, figure, on):
    item = MeasurementFields(SeriesKey("weight"), (Reading(Decimal(figure), MeasuredUnit.KG),))
    return desk.measurements.record(patient_id, MeasuringFields(on, items=(item,)))


@pytest.fixture
def page(workplace):
    return workplace.add(PatientPage, "session", "followup", "patients")


@pytest.fixture
def show(workplace, page):
    """Opens a patient's overview and returns its timeline, once everything is shown."""

    def show_it(patient):
        workplace.window.open("patients")
        workplace.window.open("patient", patient_id=patient.id)
        workplace.settle()
        return page.tabs.overview.timeline

    return show_it


def rows(timeline):
    model = timeline.list.model()
    return [model.index(at, 0).data(EVENT) for at in range(model.rowCount())]


def titles(timeline):
    return [row.look.title for row in rows(timeline)]


def asked(workplace, page_id):
    return workplace.window.page(page_id).asked


def choose(workplace, timeline, title):
    """Go to a row by arrows and press Enter."""
    timeline.list.setFocus()
    timeline.list.setCurrentIndex(timeline.list.model().index(0, 0))
    for _ in range(titles(timeline).index(title)):
        workplace.press(Qt.Key.Key_Down)
    workplace.press(Qt.Key.Key_Return)


@pytest.fixture
def course(workplace, sign):
    """A patient with a plan, a signed session, a missed check, a weight and a new demand."""
    patient = workplace.patient()
    typed = PlanFields("Cellulite", ("abdomen_upper.midline",), 6, Interval(14))
    workplace.run(lambda desk: desk.plans.begin(patient.id, typed))
    session = sign(patient)
    workplace.clock.move(days=4)
    workplace.run(lambda desk: weigh(desk, patient.id, "61.5", DAY + timedelta(days=4)))
    workplace.clock.move(days=1)
    workplace.run(lambda desk: desk.consents.demand(patient.id, DemandKind.OTHER, "A new area"))
    return patient, session


def test_what_happened_is_told_in_words_with_its_day(show, course):
    timeline = show(course[0])
    assert titles(timeline) == [
        "New consent asked for",
        "72 hours · session 1",
        "Weight 61.5\xa0kg",
        "24 hours · session 1",
        "Consent 1 signed",
        "Session 1",
        "Intake completed",
        "Plan begun: Cellulite",
    ]
    told = rows(timeline)
    session = told[5].look
    assert (told[0].day, told[0].ago) == ("15 Mar 2026", "today")
    assert session.lines[0].startswith("5 points · 0.50")
    assert session.lines[0].endswith("Upper abdomen")
    assert (session.state, session.by) == ("signed", "Olga Owner")
    assert [row.day for row in told[4:]] == ["10 Mar 2026", "", "", ""]


@pytest.mark.parametrize(
    ("title", "where"),
    [
        ("New consent asked for", "consent"),
        ("Weight 61.5\xa0kg", "measurements"),
        ("Intake completed", "intake"),
        ("Plan begun: Cellulite", "plan"),
    ],
)
def test_enter_opens_the_tab_and_back_leads_to_the_same_row(
    workplace, page, show, course, title, where
):
    timeline = show(course[0])
    choose(workplace, timeline, title)
    assert page.strip.current() == where
    workplace.settle()
    workplace.window.back()
    workplace.settle()
    assert page.strip.current() == "overview"
    assert workplace.window.focusWidget() is timeline.list
    assert timeline.list.currentIndex().data(EVENT).look.title == title


def test_sessions_and_checks_open_as_pages_and_back_leads_to_the_same_row(
    workplace, qtbot, show, course
):
    timeline = show(course[0])
    choose(workplace, timeline, "Session 1")
    assert asked(workplace, "session")[-1] == {"session_id": course[1].id}
    workplace.window.back()
    workplace.settle()
    assert workplace.window.focusWidget() is timeline.list
    workplace.press(Qt.Key.Key_Up)
    workplace.press(Qt.Key.Key_Up)
    assert timeline.list.currentIndex().data(EVENT).look.title == "24 hours · session 1"
    at = timeline.list.visualRect(timeline.list.currentIndex()).topLeft() + QPoint(200, 12)
    qtbot.mouseClick(timeline.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert set(asked(workplace, "followup")[-1]) == {"follow_up_id"}


def test_chips_narrow_the_list_and_say_how_much_there_is(workplace, show, course):
    timeline = show(course[0])
    shown = {kind: chip for kind, chip in timeline.chips.chips.items() if not chip.isHidden()}
    assert [chip.text() for chip in shown.values()] == [
        "Sessions 1",
        "Follow-up 2",
        "Measurements 1",
        "Consent 2",
        "Plans 1",
        "Intake 1",
    ]
    assert timeline.chips.everything.text() == "All 8"
    workplace.click("timeline_consent")
    workplace.click("timeline_plan")
    workplace.settle()
    assert titles(timeline) == [
        "New consent asked for",
        "Consent 1 signed",
        "Plan begun: Cellulite",
    ]
    # What is read again keeps to what was chosen.
    workplace.run(lambda desk: weigh(desk, course[0].id, "61", DAY + timedelta(days=5)))
    workplace.qtbot.waitUntil(lambda: shown[EventKind.MEASUREMENT].text() == "Measurements 2")
    assert len(rows(timeline)) == 3
    workplace.click("timeline_all")
    workplace.settle()
    assert len(rows(timeline)) == 9


def test_figures_follow_the_units_of_the_clinic(workplace, qtbot, show, course):
    timeline = show(course[0])

    def in_pounds(desk):
        clinic = desk.clinic.record()
        desk.clinic.update(clinic.version, replace(clinic.fields, weight_unit=WeightUnit.LB))

    workplace.run(in_pounds)
    qtbot.waitUntil(lambda: "Weight 135.6\xa0lb" in titles(timeline))


def test_a_session_shows_where_it_was_and_one_in_error_is_struck(workplace, qtbot, show, course):
    timeline = show(course[0])
    session = next(row.look.session for row in rows(timeline) if row.look.session)
    ratio = timeline.devicePixelRatioF()
    qtbot.waitUntil(lambda: isinstance(timeline._thumbnails.ask(session, ratio), QImage))
    workplace.run(
        lambda desk: desk.amending.enter_in_error(course[1].id, "Another patient", PASSWORD)
    )
    qtbot.waitUntil(lambda: titles(timeline)[0] == "Session 1 entered in error")
    struck = [row.look for row in rows(timeline) if row.look.struck]
    assert [look.title for look in struck] == ["Session 1"]
    assert "Another patient" in struck[0].lines


def test_photographs_show_small_once_the_page_is_painted(workplace, show, course):
    patient, _ = course
    taken = DAY - timedelta(days=3)

    def add(desk):
        for seed, angle in enumerate(("front", "left", "right")):
            views = PhotoFields("abdomen", angle, taken)
            kept = desk.photos.keep(patient.id, prepared(a_jpeg(seed=80 - 40 * seed)), views)
        desk.photos.enter_in_error(kept.id, 1, "Another patient")

    workplace.run(add)
    timeline = show(patient)
    at, look = next(
        (at, row.look) for at, row in enumerate(rows(timeline)) if row.event.kind is EventKind.PHOTO
    )
    assert len(look.photos) == 2, "the one in error is not shown"
    assert "1 entered in error" in look.lines[0]
    workplace.qtbot.waitUntil(lambda: len(timeline.strip._pictures) == 2)
    index = timeline.list.model().index(at, 0)
    box = timeline.list.visualRect(index)
    image = timeline.list.grab(box).toImage()
    skins = [timeline.strip._pictures[each].pixelColor(60, 45).name() for each in look.photos]
    assert len({*skins}) == 2
    found = {
        image.pixelColor(x, y).name()
        for x in range(0, image.width(), 3)
        for y in range(image.height() - 40, image.height() - 8, 3)
    }
    assert {*skins} <= found
    folder = workplace.desk.store.vault.folder
    assert not [path for path in folder.rglob("*.*") if path.read_bytes()[:3] == b"\xff\xd8\xff"]


def test_reactions_and_photographs_are_told_in_words(workplace, show, course):
    patient, session = course
    place = ReactionPlace(patient.fields.body_sex, 10, 0.25, 0.5)

    def add(desk):
        desk.reactions.record(
            patient.id,
            ReactionFields(
                session_id=session.id,
                kind="nodule",
                scale="effect",
                grade=3,
                serious=Answer.YES,
                criteria=("important",),
                onset=When(Precision.DAY, DAY + timedelta(days=5)),
                places=(place,),
            ),
        )
        for seed, angle in enumerate(("front", "left")):
            views = PhotoFields("abdomen", angle, DAY + timedelta(days=5))
            desk.photos.keep(patient.id, prepared(a_jpeg(seed=seed)), views)

    workplace.run(add)
    timeline = show(patient)
    told = {row.event.kind: row.look for row in rows(timeline)}
    reaction, photos = told[EventKind.REACTION], told[EventKind.PHOTO]
    assert reaction.title == "Nodule or lump · grade 3 · serious"
    assert reaction.lines == ("after session 1 · Décolleté", "outcome not told")
    assert (reaction.tone, reaction.opens.where) == ("stop", "reactions")
    assert photos.title == "2 photographs"
    assert {row.look.opens.where for row in rows(timeline)} <= {*TABS, SESSION, CHECK}
    assert photos.lines == ("Abdomen · Front, Abdomen · Left side",)


def test_a_long_history_comes_in_parts_and_stays_when_it_is_read_again(workplace, qtbot, show):
    patient = workplace.patient()

    def years(desk):
        for day in range(75):
            weigh(desk, patient.id, str(60 + day % 2), DAY - timedelta(days=day))

    workplace.run(years)
    timeline = show(patient)
    assert (len(rows(timeline)), timeline.earlier.text()) == (30, "Earlier: 45")
    assert timeline.list.height() > 30 * 30  # the page scrolls, not the list in it
    timeline.earlier.setFocus()
    workplace.press(Qt.Key.Key_Return)
    workplace.settle()
    assert (len(rows(timeline)), timeline.earlier.text()) == (60, "Earlier: 15")
    # The keys go on where the button was, and beyond the end of what is shown.
    assert workplace.window.focusWidget() is timeline.list
    assert timeline.list.currentIndex().row() == 30
    workplace.press(Qt.Key.Key_End)
    scroll = workplace.find("overview_scroll").verticalScrollBar()
    assert scroll.value() > 0
    workplace.press(Qt.Key.Key_Down)
    workplace.settle()
    assert len(rows(timeline)) == 75
    assert timeline.earlier.isHidden()
    stood, height = timeline.list.currentIndex().data(EVENT).place, scroll.value()
    workplace.run(lambda desk: weigh(desk, patient.id, "59", DAY))
    qtbot.waitUntil(lambda: timeline.chips.everything.text() == "All 76")
    workplace.settle()
    assert timeline.list.currentIndex().data(EVENT).place == stood
    assert scroll.value() >= height
    assert len(rows(timeline)) >= 75


def test_another_patients_history_is_never_in_sight(workplace, show, course):
    timeline = show(course[0])
    workplace.click("timeline_consent")
    workplace.settle()
    assert titles(show(workplace.patient("Nowak", "Anna"))) == []
    assert not workplace.find("timeline_empty").isHidden()
    assert timeline.chips.kinds() == frozenset()


def test_the_next_step_says_what_it_waits_for_and_leads_there(workplace, page, show, course):
    show(course[0])
    lacking = page.tabs.overview.next.lacking.rows()
    assert [(row.title.text(), row.subtitle.text()) for row in lacking] == [
        ("Consent", "A new consent was asked for on 15 Mar 2026: A new area"),
        ("Plan: Cellulite", "1 of 6 · too soon until 24 Mar"),
    ]
    lacking[0].setFocus()
    workplace.press(Qt.Key.Key_Return)
    assert page.strip.current() == "consent"
    workplace.window.back()
    assert page.strip.current() == "overview"


def test_nothing_is_said_to_be_lacking_where_nothing_is_agreed_on_or_asked_for(
    page, show, screened_patient
):
    show(screened_patient)
    titles_shown = [row.title.text() for row in page.tabs.overview.next.lacking.rows()]
    assert titles_shown == ["Consent"]


def test_the_history_lies_below_where_the_window_is_narrow(workplace, page, show, course):
    show(course[0])
    overview = page.tabs.overview
    assert overview.timeline.mapTo(overview, QPoint()).x() > overview.next.width()
    overview.setFixedWidth(620)
    workplace.settle()
    assert overview.timeline.mapTo(overview, QPoint()).x() < 40
    assert overview.next.width() > 560


def test_every_source_has_words_and_every_kind_a_chip():
    assert set(LOOKS) == {source.name for source in SOURCES}
    assert set(KINDS) == set(EventKind)


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "today"), (13, "13 days ago"), (56, "8 weeks ago"), (57, "2 months ago"),
     (400, "13 months ago"), (1_000, "2 years ago")],
)  # fmt: skip
def test_how_long_ago_is_told_in_the_largest_unit(days, words):
    assert ago_words(DAY - timedelta(days=days), DAY) == words
