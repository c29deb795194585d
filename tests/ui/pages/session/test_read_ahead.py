"""The open session of a patient is ready when it is asked for; until then nobody has seen it."""

from decimal import Decimal
from uuid import UUID

import pytest
from added import add_patient
from PySide6.QtCore import Qt
from sqlalchemy import text

from mesodesk.db.errors import StorageError
from mesodesk.domain.bodymap.edits import Edit, EditLabel
from mesodesk.domain.bodymap.fields import ChartField, Pattern
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.session import ComponentFields, SyringeFields
from mesodesk.ui.pages.patient import PatientPage
from mesodesk.ui.pages.session import SessionPage
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

    def look_at_other(self):
        """Look at the other patient for so long that the session is ready."""
        with self.qtbot.waitSignal(self.place.context.session_awaited):
            self.place.window.open("patient", patient_id=self.other.patient_id)
        self.place.settle()
        assert self.state.session_id == self.other.id
        assert self.state.unseen

    def have_ready(self):
        """Have the session ready beside a tab that shows no charts, and so looks at none."""
        self.place.window.open("patient", patient_id=self.other.patient_id, tab="details")
        self.place.settle()
        self.place.context.session_awaited.emit(self.other.id)
        self.place.settle()
        assert self.state.session_id == self.other.id
        assert self.state.unseen

    def go_on(self):
        self.place.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        self.place.settle()

    def is_shown(self):
        return self.page.stack.isVisible() and self.panel.isVisible()

    def points(self):
        return sum(len(field.points) for field in self.panel.model.fields.values())

    def looked_at(self):
        """Return which sessions were looked at, in their order."""
        return self.place.run(lambda desk: looks(desk))


def looks(desk):
    query = "SELECT object_id FROM audit_entry WHERE action = 'session.view' ORDER BY seq"
    with desk.store.vault.engine.connect() as connection:
        return [UUID(bytes=each) for each in connection.execute(text(query)).scalars()]


@pytest.fixture
def two(prepared):
    return Two(*prepared(two_begun))


def test_the_session_is_there_at_once_and_was_seen_by_nobody_before(two, monkeypatch):
    before = two.looked_at()
    two.have_ready()
    assert two.points() == 7
    assert not two.is_shown()
    assert two.looked_at() == before
    monkeypatch.setattr(type(two.place.desk.sessions), "open", never)
    two.go_on()
    assert two.is_shown()
    assert two.page.stack.current == "chart"
    assert two.canvas.hasFocus()
    assert two.looked_at()[: len(before) + 1] == [*before, two.other.id]
    assert two.page.header.name.text() == "Bea, Second"


def never(*_arguments):
    raise AssertionError("the session is read though it was ready")


def test_whoever_is_faster_waits_for_it_as_ever(two):
    two.place.window.open("patient", patient_id=two.other.patient_id)
    two.qtbot.waitUntil(two.place.find("start_session").isVisible)
    two.place.settle()
    assert two.state.session_id == two.session.id
    two.go_on()
    assert two.is_shown()
    assert two.points() == 7
    assert two.state.session_id == two.other.id


def test_whoever_asks_while_it_is_being_read_gets_it(two):
    with two.qtbot.waitSignal(two.place.context.session_awaited):
        two.place.window.open("patient", patient_id=two.other.patient_id)
    two.go_on()
    assert two.is_shown()
    assert two.points() == 7


def test_what_was_changed_meanwhile_is_shown(two):
    two.look_at_other()
    two.place.run(lambda desk: charted(desk, two.other, 4))
    two.place.settle()
    two.place.window.open("session", session_id=two.other.id)
    two.place.settle()
    assert two.is_shown()
    assert two.points() == 11


def test_a_session_that_changed_unnoticed_is_read_again(two, monkeypatch):
    two.look_at_other()
    look = two.place.desk.sessions.look
    sessions = type(two.place.desk.sessions)
    monkeypatch.setattr(sessions, "look", lambda _self, session_id: look(session_id) + 1)
    read = []
    monkeypatch.setattr(sessions, "open", noted(sessions.open, read))
    two.go_on()
    assert read == [two.other.id]
    assert two.is_shown()


def noted(work, asked):
    def do(self, session_id):
        asked.append(session_id)
        return work(self, session_id)

    return do


@pytest.mark.parametrize("way", ["timeline", "back"])
def test_no_way_leads_to_it_before_the_look_is_kept(two, monkeypatch, way):
    two.have_ready()
    before = two.looked_at()

    def refuse(*_arguments):
        raise StorageError("The disk is full. Nothing was shown.")

    with monkeypatch.context() as patched:
        patched.setattr(type(two.place.desk.sessions), "look", refuse)
        two.place.window.open("session", session_id=two.other.id)
        two.place.settle()
        assert not two.is_shown()
        assert two.place.find("session_broken").isVisible()
    assert two.looked_at() == before
    if way == "back":
        two.place.window.back()
        two.place.settle()
    two.place.window.open("session", session_id=two.other.id)
    two.place.settle()
    assert two.is_shown()
    assert two.looked_at()[len(before)] == two.other.id


def test_the_session_before_is_there_for_whoever_goes_back(two):
    two.look_at_other()
    two.place.window.back()
    two.place.settle()
    assert two.is_shown()
    assert two.points() == 0
    assert two.state.session_id == two.session.id
    assert two.page.header.name.text() == "Ada, First"


def test_no_session_is_shown_that_nobody_has_chosen(two):
    two.look_at_other()
    two.place.window.open("session")
    two.place.settle()
    assert not two.is_shown()
    assert two.place.find("session_broken").isVisible()


def test_what_waits_in_the_session_before_keeps_its_place(two):
    two.state.change(note="calm\x00")
    two.place.settle()
    assert two.state.keeper.is_pending()
    with two.qtbot.waitSignal(two.place.context.session_awaited):
        two.place.window.open("patient", patient_id=two.other.patient_id)
    two.place.settle()
    assert two.state.session_id == two.session.id
    assert not two.state.unseen
    two.go_on()
    assert two.is_shown()
    assert two.points() == 7


def test_the_session_in_sight_stays_whatever_is_awaited(two):
    two.place.context.session_awaited.emit(two.other.id)
    two.place.settle()
    assert two.is_shown()
    assert two.state.session_id == two.session.id


def test_a_session_that_cannot_be_read_ahead_is_told_of_once_it_is_asked_for(two, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(type(two.place.desk.sessions), "read_ahead", fail)
        two.look_at_other()
        assert not two.place.window.findChildren(object, "trouble")
        two.go_on()
    assert two.is_shown()
    assert two.points() == 7


def test_what_could_not_be_read_again_ahead_is_not_shown_as_it_was(two, monkeypatch):
    two.look_at_other()
    with monkeypatch.context() as patched:
        patched.setattr(type(two.place.desk.sessions), "read_ahead", fail)
        two.place.run(lambda desk: charted(desk, two.other, 4))
        two.place.settle()
        two.place.context.session_awaited.emit(two.other.id)
        two.place.settle()
    assert two.points() == 7
    two.go_on()
    assert two.is_shown()
    assert two.points() == 11


def fail(*_arguments):
    raise StorageError("The disk does not answer.")


def test_what_differs_from_the_last_session_is_told_once_somebody_looks(two, monkeypatch):
    asked = []
    charts = type(two.place.desk.charts)
    earlier = charts.earlier

    def note(self, session_id, most=6):
        asked.append(session_id)
        return earlier(self, session_id, most)

    monkeypatch.setattr(charts, "earlier", note)
    two.look_at_other()
    assert asked == []
    assert two.panel.findChild(object, "chart_since_last").isHidden()
    two.go_on()
    assert asked == [two.other.id]
    assert not two.panel.findChild(object, "chart_since_last").isHidden()


def test_time_that_passes_over_a_ready_session_is_noticed(two):
    two.look_at_other()
    ready = two.state.findings
    two.place.clock.move(days=400)
    two.go_on()
    two.qtbot.waitUntil(lambda: two.state.findings != ready)
    assert two.state.findings == two.place.run(lambda desk: desk.sessions.screening(two.other.id))


def test_the_picture_is_ready_before_it_is_in_sight(two, monkeypatch):
    from mesodesk.ui.bodymap.layer import Layer

    made = []
    render = Layer.render

    def note(self, *arguments):
        made.append(self)
        render(self, *arguments)

    monkeypatch.setattr(Layer, "render", note)
    two.look_at_other()
    two.qtbot.waitUntil(lambda: bool(made))
    made.clear()
    two.go_on()
    assert two.is_shown()
    assert made == []


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
    two.qtbot.waitUntil(lambda: awaited == [two.other.id])
    two.place.settle()
    assert two.state.unseen


def test_minutes_pass_before_it_is_asked_for_and_the_look_is_of_now(two):
    two.look_at_other()
    two.place.clock.move(minutes=40)
    moment = two.place.clock.now()
    two.go_on()
    query = "SELECT at FROM audit_entry WHERE object_id = :id ORDER BY seq DESC LIMIT 1"

    def kept(desk):
        with desk.store.vault.engine.connect() as connection:
            return connection.execute(text(query), {"id": two.other.id.bytes}).scalar_one()

    assert two.place.run(kept) == int(moment.timestamp() * 1_000_000)
