"""The open session of a patient is read before it is asked for; until then nobody has seen it."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from added import add_patient
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from sqlalchemy import text

from mesodesk.db.errors import StorageError
from mesodesk.domain.answers import Answer
from mesodesk.domain.bodymap.edits import Edit, EditLabel
from mesodesk.domain.bodymap.fields import ChartField, Pattern
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints
from mesodesk.domain.clock import local_date
from mesodesk.domain.ids import new_id
from mesodesk.domain.progress import WEIGHT
from mesodesk.domain.questionnaire import ItemKind, load_questionnaire
from mesodesk.domain.records.intake import IntakeFields, ItemAnswer
from mesodesk.domain.records.measurement import (
    MeasuredUnit,
    MeasurementFields,
    MeasuringFields,
    Reading,
)
from mesodesk.domain.records.session import ComponentFields, SyringeFields
from mesodesk.ui.bodymap import ready
from mesodesk.ui.pages.patient import PatientPage
from mesodesk.ui.pages.session import SessionPage
from mesodesk.ui.pages.session_parts import chart_station
from mesodesk.ui.pages.session_parts.loading import Ahead
from tests.ui.pages.conftest import sign_session

from .conftest import Desk, begun_session

STATIONS = ("check", "prepare", "finish", "chart")


def charted(desk, session, count):
    """Place some points of the session's syringe at once; return the field."""
    field = ChartField(
        id=new_id(),
        syringe_id=session.syringes[0].id,
        technique="papule",
        depth_mm=Decimal(2),
        needle="30g_4mm",
        pattern=Pattern.STAGGERED,
        dose_per_point_ml=Decimal("0.01"),
        points=PackedPoints(ChartPoint(10 + at, 0.25, 0.5, 100, 2000) for at in range(count)),
    )
    cursor = desk.charts.load(session.id).cursor
    desk.charts.append(session.id, cursor, Edit(EditLabel.PLACE, ((field.id, None, field),)))
    return field


def two_begun(desk, clock):
    """One session of one patient; of another one that is signed, and a draft of seven points."""
    first = begun_session(desk, add_patient(desk, "Ada", "First"))
    other = add_patient(desk, "Bea", "Second")
    sign_session(desk, other.id)
    clock.move(days=14)
    draft = desk.sessions.start(other.id)
    lot_id = first.syringes[0].components[0].lot_id
    drawn = SyringeFields(1, "Silicium", (ComponentFields(lot_id, Decimal("0.5")),))
    draft = desk.sessions.put_syringe(draft.id, draft.version, drawn)
    clock.move(minutes=1)
    charted(desk, draft, 7)
    return first, draft


class Two(Desk):
    """Every station of the first session was in sight; then one goes to the other patient."""

    def __init__(self, place, sessions):
        first, self.other = sessions
        place.window.add_page(PatientPage(place.context))
        super().__init__(place, first)
        for key in STATIONS:
            self.station(key)

    def show(self):
        self.page = self.place.add(SessionPage, "patients", "followup")
        self.open(self.session.id)

    @property
    def sessions(self):
        return type(self.place.desk.sessions)

    def look_at_other(self):
        """Look at the other patient for so long that the session is read."""
        with self.qtbot.waitSignal(self.place.context.session_awaited):
            self.place.window.open("patient", patient_id=self.other.patient_id)
        self.place.settle()

    def read_other(self):
        """Have the session read beside a tab that shows no charts, and so looks at none."""
        self.place.window.open("patient", patient_id=self.other.patient_id, tab="details")
        self.place.settle()
        self.wait_for(self.other.id)
        self.place.settle()

    def wait_for(self, session_id):
        """Have a session read as one that is probably opened next."""
        context = self.place.context
        context.session_awaited.emit(Ahead(session_id, context.today()))

    def go_on(self):
        self.place.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        self.place.settle()

    def is_shown(self):
        return self.page.stack.isVisible() and self.panel.isVisible()

    def points(self):
        return sum(len(field.points) for field in self.panel.model.fields.values())

    def shows_other(self, points=7):
        return self.is_shown() and self.points() == points and self.state.record.id == self.other.id

    def note(self, monkeypatch, name):
        """Return the sessions that a method of the service will be called with."""
        asked, work = [], getattr(self.sessions, name)

        def do(service, session_id):
            asked.append(session_id)
            return work(service, session_id)

        monkeypatch.setattr(self.sessions, name, do)
        return asked


def looks(desk):
    """Return which sessions were looked at, in their order."""
    query = "SELECT object_id FROM audit_entry WHERE action = 'session.view' ORDER BY seq"
    with desk.store.vault.engine.connect() as connection:
        return [UUID(bytes=each) for each in connection.execute(text(query)).scalars()]


def fail(*_arguments):
    raise StorageError("The disk does not answer.")


@pytest.fixture
def two(prepared):
    return Two(*prepared(two_begun))


def test_whoever_looked_at_the_patient_does_not_wait_for_the_session(two, monkeypatch):
    two.look_at_other()
    read = two.note(monkeypatch, "open")
    two.go_on()
    assert two.shows_other()
    assert read == []
    assert two.page.stack.current == "chart"
    assert two.canvas.hasFocus()
    assert two.page.header.name.text() == "Bea, Second"


def test_nobody_has_seen_what_was_read_ahead(two):
    before = two.place.run(looks)
    two.read_other()
    assert two.place.run(looks) == before
    assert two.state.record.id == two.session.id
    assert two.points() == 0
    assert two.page.header.name.text() == "Ada, First"


def test_the_look_is_kept_before_anything_is_shown(two, monkeypatch):
    two.read_other()
    before, told, look = two.place.run(looks), [], two.sessions.look

    def looked(service, session_id):
        version = look(service, session_id)
        told.append(looks(two.place.desk))
        return version

    monkeypatch.setattr(two.sessions, "look", looked)
    two.state.opened.connect(lambda: told.append("shown"))
    two.place.window.open("session", session_id=two.other.id)
    two.place.settle()
    assert told[:2] == [[*before, two.other.id], "shown"]
    assert two.shows_other()


def test_a_look_that_cannot_be_kept_shows_nothing(two, monkeypatch):
    two.read_other()
    with monkeypatch.context() as patched:
        patched.setattr(two.sessions, "look", fail)
        two.place.window.open("session", session_id=two.other.id)
        two.place.settle()
        assert not two.is_shown()
        assert two.place.find("session_broken").isVisible()
        assert two.state.record.id == two.session.id
    two.place.window.open("session", session_id=two.other.id)
    two.place.settle()
    assert two.shows_other()


def test_whoever_is_faster_waits_for_it_as_ever(two, monkeypatch):
    read = two.note(monkeypatch, "open")
    two.place.window.open("patient", patient_id=two.other.patient_id)
    two.place.window.open("session", session_id=two.other.id)
    two.place.settle()
    assert two.shows_other()
    assert read == [two.other.id]


def test_whoever_asks_while_it_is_being_read_gets_what_is_read(two, monkeypatch):
    read = two.note(monkeypatch, "open")
    two.wait_for(two.other.id)
    two.place.window.open("session", session_id=two.other.id)
    two.place.settle()
    assert two.shows_other()
    assert read == []


@pytest.mark.parametrize("told", [True, False])
def test_what_was_changed_meanwhile_is_shown(two, told):
    two.look_at_other()
    two.place.run(lambda desk: charted(desk, two.other, 4))
    if told:  # else the window hears of it only after it has asked for the session
        two.place.settle()
    two.place.window.open("session", session_id=two.other.id)
    two.place.settle()
    assert two.shows_other(points=11)


def test_what_is_changed_while_it_is_read_is_shown(two):
    two.wait_for(two.other.id)
    two.place.run(lambda desk: charted(desk, two.other, 4))
    two.place.settle()
    two.place.window.open("session", session_id=two.other.id)
    two.place.settle()
    assert two.shows_other(points=11)


def test_another_version_on_record_is_read_again(two, monkeypatch):
    two.look_at_other()
    look = two.sessions.look
    monkeypatch.setattr(two.sessions, "look", lambda one, session_id: look(one, session_id) + 1)
    read = two.note(monkeypatch, "open")
    two.go_on()
    assert read == [two.other.id]
    assert two.shows_other()


def test_the_session_before_stays_as_it_was(two):
    shown = []
    two.state.opened.connect(lambda: shown.append(two.state.session_id))
    two.state.record_changed.connect(lambda: shown.append(two.state.session_id))
    two.look_at_other()
    two.place.window.back()
    two.place.settle()
    assert shown == []
    assert two.is_shown()
    assert two.canvas.hasFocus()
    assert two.state.session_id == two.session.id


def test_what_cannot_be_read_ahead_is_read_once_it_is_asked_for(two, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(two.sessions, "read_ahead", fail)
        two.look_at_other()
    assert two.place.window.findChild(QWidget, "trouble") is None
    two.go_on()
    assert two.shows_other()


@pytest.mark.parametrize("what", ["day", "lock", "another"])
def test_what_is_of_no_use_any_more_is_read_anew(two, monkeypatch, what):
    two.look_at_other()
    read = two.note(monkeypatch, "open")
    if what == "day":
        two.place.clock.move(days=1)
    elif what == "lock":
        two.place.context.locked.emit()
    else:
        two.wait_for(new_id())
        two.place.settle()
    two.go_on()
    assert read == [two.other.id]
    assert two.shows_other()


def test_the_session_in_hand_is_not_read_ahead(two, monkeypatch):
    read = two.note(monkeypatch, "read_ahead")
    two.wait_for(two.session.id)
    two.place.settle()
    assert read == []


def test_a_draft_that_is_none_any_more_is_opened_as_what_it_is(two):
    draft, known = two.other, []

    def discard(desk):
        desk.sessions.discard_draft(draft.id, draft.version, "Twice")
        asked = desk.intakes.start(draft.patient_id)
        items = (one.id for one in load_questionnaire().items if one.kind is ItemKind.YES_NO)
        answers = {item_id: ItemAnswer(Answer.YES) for item_id in items}
        desk.intakes.save(asked.id, asked.version, IntakeFields(answers=answers))

    two.place.run(discard)
    two.place.settle()
    two.wait_for(draft.id)
    two.place.settle()
    two.state.opened.connect(lambda: known.append(two.state.known))
    two.place.window.open("session", session_id=draft.id)
    two.place.settle()
    assert two.page.stack.current == "record"
    assert known[0]  # of the patient as of now: nothing was sealed with it
    assert set(known) == {known[0]}


def test_a_session_that_is_amended_is_not_gone_on_with(two):
    awaited = []
    two.place.context.session_awaited.connect(awaited.append)
    patient = two.place.patient("Cleo", "Third")
    two.place.run(lambda desk: desk.amending.begin(sign_session(desk, patient.id).id, "Wrong side"))
    two.place.window.open("patient", patient_id=patient.id)
    two.place.settle()
    two.qtbot.wait(600)
    assert awaited == []


def test_whoever_looks_at_another_tab_has_nothing_read_ahead(two):
    awaited = []
    two.place.context.session_awaited.connect(awaited.append)
    two.place.window.open("patient", patient_id=two.other.patient_id, tab="details")
    two.place.settle()
    two.qtbot.wait(600)
    assert awaited == []
    two.place.click("tab_overview")
    two.qtbot.waitUntil(lambda: [each.session_id for each in awaited] == [two.other.id])


def test_whoever_leaves_the_patient_soon_has_nothing_read_ahead(two):
    awaited = []
    two.place.context.session_awaited.connect(awaited.append)
    two.place.window.open("patient", patient_id=two.other.patient_id)
    two.place.window.open("patients")
    two.qtbot.wait(600)
    assert awaited == []


def test_going_on_with_what_was_read_ahead_writes_nothing(two, monkeypatch):
    two.look_at_other()
    started = two.note(monkeypatch, "start")
    changes = two.place.context.changes()
    two.go_on()
    assert started == []
    assert two.shows_other()
    assert two.place.context.changes() == changes


def weigh(desk, patient_id):
    weighed = MeasurementFields(WEIGHT, (Reading(Decimal("64.5"), MeasuredUnit.KG),))
    day = local_date(desk.store.clock.now(), desk.clinic.record().fields.zone)
    desk.measurements.record(patient_id, MeasuringFields(day, items=(weighed,)))


@pytest.mark.parametrize("told", [True, False])
def test_a_weight_taken_meanwhile_is_in_the_session(two, told):
    two.look_at_other()
    assert two.other.fields.weight_kg is None
    two.place.run(lambda desk: weigh(desk, two.other.patient_id))
    if told:  # else the window hears of it only after it has asked for the session
        two.place.settle()
    two.go_on()
    assert two.state.record.id == two.other.id
    assert two.state.record.fields.weight_kg == Decimal("64.5")


def test_a_weight_taken_before_the_record_is_looked_at_is_in_the_session(two, monkeypatch):
    two.place.run(lambda desk: weigh(desk, two.other.patient_id))
    two.place.settle()
    two.look_at_other()
    started = two.note(monkeypatch, "start")
    two.go_on()
    assert started == [two.other.patient_id]
    assert two.state.record.fields.weight_kg == Decimal("64.5")


def test_what_is_on_its_way_is_waited_for(two, monkeypatch):
    two.look_at_other()
    started = two.note(monkeypatch, "start")
    context = two.place.context
    context.run(context, lambda desk: weigh(desk, two.other.patient_id))
    two.go_on()
    assert started == [two.other.patient_id]
    assert two.state.record.fields.weight_kg == Decimal("64.5")


def test_a_session_of_another_day_is_begun_as_ever(two, monkeypatch):
    two.look_at_other()
    started = two.note(monkeypatch, "start")
    two.place.clock.move(days=1)
    two.go_on()
    assert started == [two.other.patient_id]
    assert two.shows_other()


def test_what_was_made_of_a_chart_ahead_is_used_once(two, monkeypatch):
    made = []
    real = ready.ready_chart

    def note(record, chart):
        made.append(chart)
        return real(record, chart)

    monkeypatch.setattr(ready, "ready_chart", note)
    monkeypatch.setattr(chart_station, "ready_chart", note)
    two.look_at_other()
    two.qtbot.waitUntil(lambda: len(made) == 1)
    two.place.settle()
    two.go_on()
    assert two.shows_other()
    assert len(made) == 1
    assert two.state.take_ready() is None  # it follows the chart in sight by now
    two.state.reload()
    two.place.settle()
    two.open(two.session.id)
    assert len(made) == 2
    assert two.points() == 0


def test_points_that_were_made_ready_are_found_and_counted(two):
    two.look_at_other()
    two.go_on()
    assert two.panel.model.totals.whole.points == 7
    assert len(two.canvas.stage.placed.shown.xy) == 7
    field = next(iter(two.panel.model.fields.values()))
    two.panel.model.field_model.select(field.id)
    two.panel.model.field_model.delete()
    two.place.settle()
    assert two.panel.model.totals.whole.points == 0
    assert not two.canvas.stage.placed.shown.seen.any()


def test_the_chart_before_is_read_ahead_too(two, monkeypatch):
    asked = []
    earlier = type(two.place.desk.charts).earlier

    def note(service, session_id, most=6):
        asked.append((session_id, most))
        return earlier(service, session_id, most)

    two.look_at_other()
    monkeypatch.setattr(type(two.place.desk.charts), "earlier", note)
    two.go_on()
    assert two.shows_other()
    assert asked == []
    told = []
    two.page.stack.station("chart").earlier.ask(told.append, most=1)
    assert len(told) == 1
    two.page.stack.station("chart").earlier.ask(told.append, most=6)
    two.place.settle()
    assert asked == [(two.other.id, 6)]
    assert len(told) == 2


def test_no_station_shows_what_is_of_the_session_before(two):
    two.look_at_other()
    two.go_on()
    two.qtbot.waitUntil(lambda: not two.page.stack._behind.isActive())
    two.place.settle()
    prepare = two.page.stack.station("prepare")
    assert [row.syringe.id for row in prepare.labels.rows] == [two.other.syringes[0].id]
    assert not prepare.skin.preparation.value()
    assert prepare.skin.all_done.isVisibleTo(prepare.skin)


def test_a_chart_of_another_body_has_nothing_made_ready(two):
    opened = two.place.run(lambda desk: desk.sessions.read_ahead(two.other.id)).opened
    made = ready.ready_chart(replace(opened.record, atlas_id="another"), opened.chart)
    assert not made.tally.totals().whole.points
    assert not len(made.placed.shown.xy)
    assert ready.ready_chart(opened.record, opened.chart).tally.totals().whole.points == 7
