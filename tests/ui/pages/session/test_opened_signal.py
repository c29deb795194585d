"""What the parts of a session page show once another session was read, or this one again."""

from dataclasses import replace
from decimal import Decimal
from functools import partial
from threading import Event

import pytest

from mesodesk.domain.answers import Answer
from mesodesk.services import session_beginning
from mesodesk.ui.pages.session_parts import chart_station, chart_text_card
from mesodesk.ui.pages.session_parts.check import CheckStation
from mesodesk.ui.pages.session_parts.loading import Loaded
from mesodesk.ui.widgets.strips import StepState
from tests.ui.pages.test_screening_depth import Place, answered, draw_procaine

from .test_read_ahead import STATIONS, Two, two_begun


@pytest.fixture
def place(workplace, monkeypatch):
    """Ada's chart is in sight, with a line about what stands against her syringe.

    Bea has a draft, Cleo one that was drawn on another version of the body.
    """
    made = Place(workplace)
    work, made.drafts = made.work, {}
    for name, atlas_id in (("Bea", session_beginning.shipped_atlas_id()), ("Cleo", "another")):
        monkeypatch.setattr(session_beginning, "shipped_atlas_id", partial(str, atlas_id))
        other = work.patient(name, "Second")
        made.drafts[name] = work.run(lambda desk, other=other: desk.sessions.start(other.id)).id
    monkeypatch.undo()
    work.run(lambda desk: answered(desk, made.patient, heart_block=Answer.YES))
    made.open()
    made.session = work.run(lambda desk: draw_procaine(desk, made.session))
    made.page.state.reload()
    made.settle()
    work.click("step_chart")
    made.settle()
    made.qtbot.waitUntil(lambda: made.sees("chart_found_elsewhere"))
    made.qtbot.waitUntil(lambda: not made.page._again.isActive())
    made.settle()
    return made


def test_nothing_of_the_patient_before_stands_over_the_chart(place, monkeypatch):
    make, go_on = chart_station._made_ready, Event()

    def make_slowly(*arguments):
        go_on.wait(10)
        return make(*arguments)

    monkeypatch.setattr(chart_station, "_made_ready", make_slowly)
    with place.qtbot.waitSignal(place.page.state.opened):
        place.work.window.open("session", session_id=place.drafts["Bea"], station="chart")
    place.qtbot.wait(100)
    name, line = place.page.header.name.text(), place.work.find("chart_found_elsewhere")
    shown = line.headline.text() if line.isVisible() else ""
    go_on.set()
    place.work.settle()
    assert (name, shown) == ("Bea, Second", "")


def test_nothing_of_the_patient_before_stays_over_a_chart_of_another_body(place):
    with place.qtbot.waitSignal(place.page.state.opened):
        place.work.window.open("session", session_id=place.drafts["Cleo"], station="chart")
    place.work.settle()
    place.qtbot.wait(600)
    chart = place.page.stack.station("chart")
    assert place.page.header.name.text() == "Cleo, Second"
    assert chart.notice.isVisible()
    assert not place.sees("chart_found_elsewhere"), chart.elsewhere.headline.text()


@pytest.fixture
def two(prepared):
    return Two(*prepared(two_begun))


def test_a_station_being_brought_shows_what_is_read_meanwhile(two):
    """The session is read again between two turns in which Check is filled for the first time."""
    stack, state = two.page.stack, two.state
    two.station("prepare")
    old = stack._stations.pop("check")
    stack.removeWidget(old)
    old.setParent(None)
    old.deleteLater()
    opened = two.place.run(lambda desk: desk.sessions.open(two.session.id))
    steps = stack._steps_to("check")
    made = None
    while made is None or made._shown_of != state.session_id:
        next(steps)
        made = next(iter(stack.findChildren(CheckStation)), None)
    fields = replace(opened.record.fields, emergency_kit=Answer.NO)
    opened = replace(opened, record=replace(opened.record, fields=fields))
    state._loaded(Loaded(opened, opened.findings))
    for _ in steps:
        pass
    two.qtbot.wait(500)
    assert stack.current == "check"
    assert made.kit_row.tri.answer() is Answer.NO


def test_a_lock_soon_after_a_patient_was_opened_asks_for_nothing(two):
    awaited = []
    two.place.context.session_awaited.connect(awaited.append)
    two.place.window.open("patient", patient_id=two.other.patient_id)
    two.place.settle()
    two.place.context.locked.emit()
    two.qtbot.wait(600)
    assert awaited == []


def test_what_was_said_of_another_body_is_not_said_of_the_next_chart(place):
    for name in ("Cleo", "Bea"):
        with place.qtbot.waitSignal(place.page.state.opened):
            place.work.window.open("session", session_id=place.drafts[name], station="chart")
        place.work.settle()
    chart = place.page.stack.station("chart")
    assert place.page.header.name.text() == "Bea, Second"
    assert chart.panel.isVisible()
    assert not chart.notice.isVisible(), chart.notice.headline.text()


def test_what_rests_on_the_record_follows_while_gestures_wait(two, monkeypatch):
    station = two.station("chart")
    monkeypatch.setattr(type(station._keeping), "is_waiting", True)
    fields = replace(two.state.record.fields, weight_kg=Decimal(81))
    two.place.run(lambda desk: desk.sessions.save(two.session.id, two.state.record.version, fields))
    two.state.reload()
    two.place.settle()
    assert station.panel.totals.limits._basis.weight_kg == 81


def step_is_done(two, key):
    return two.place.find(f"step_{key}").accessibleDescription() == StepState.DONE.value


def test_the_steps_are_those_of_the_session_in_sight(two):
    done = {key: step_is_done(two, key) for key in STATIONS}
    two.look_at_other()
    two.go_on()
    before, done = done, {key: step_is_done(two, key) for key in STATIONS}
    missing = {each.station for each in two.state.missing}
    assert missing
    assert done == {key: key not in missing for key in STATIONS}
    assert before != done


def test_another_session_begins_at_its_top(two):
    """Nobody looks for the head of a form that somebody else's was scrolled past."""
    two.place.window.resize(1000, 600)
    two.station("finish")
    area = two.place.find("finish_left")
    two.qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > 0)
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    two.state.reload()
    two.place.settle()
    assert area.verticalScrollBar().value() > 0
    two.place.window.open("session", session_id=two.other.id, station="finish")
    two.place.settle()
    assert area.verticalScrollBar().value() == 0


def test_no_text_of_the_chart_before_is_shown_or_copied(two, monkeypatch):
    go_on, write = Event(), chart_text_card.chart_text
    two.place.window.open("session", session_id=two.other.id, station="finish")
    two.place.settle()
    card = two.page.stack.station("finish").chart_text
    two.qtbot.waitUntil(lambda: "7" in card.words.text())

    def write_slowly(*arguments):
        go_on.wait(10)
        return write(*arguments)

    monkeypatch.setattr(chart_text_card, "chart_text", write_slowly)
    with two.qtbot.waitSignal(two.state.opened):
        two.place.window.open("session", session_id=two.session.id, station="finish")
    two.qtbot.wait(100)
    shown = card.words.text(), card.copy.isEnabled()
    go_on.set()
    two.place.settle()
    assert shown == ("", False)
    two.qtbot.waitUntil(lambda: card.copy.isEnabled())
    assert "7" not in card.words.text()
