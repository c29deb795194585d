"""Plans by hand: begun in six gestures, gone on with in one, told where it is too soon."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from mesodesk.domain.bodymap.fields import ChartField, Pattern
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints
from mesodesk.domain.favourites import FavouriteContent, Recipe, RecipePart
from mesodesk.domain.protocols import ProtocolContent, as_shipped
from mesodesk.domain.records.followup import Channel
from mesodesk.domain.records.plan import Interval, IntervalUnit, PlanFields, PlanState
from mesodesk.domain.records.session import SessionState
from mesodesk.domain.schedule import load_schedule
from mesodesk.ui.pages.patient import PatientPage
from mesodesk.ui.pages.protocols import ProtocolsPage
from mesodesk.ui.pages.session import SessionPage
from mesodesk.ui.pages.today import TodayPage
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.chips import Chip

SIX = PlanFields("Contour", ("abdomen_upper.midline",), 6, Interval(14), 8)
REASON = "She leaves for three months tomorrow"


@pytest.fixture
def patient(workplace):
    return workplace.patient()


@pytest.fixture
def page(workplace, patient):
    made = workplace.add(PatientPage, "session", "followup", "patients")
    workplace.window.open("patient", patient_id=patient.id)
    workplace.settle()
    return made


def plans_of(workplace, patient):
    return workplace.run(lambda desk: desk.plans.for_patient(patient.id))


def begin(workplace, patient, fields=SIX):
    return workplace.run(lambda desk: desk.plans.begin(patient.id, fields))


def joined_and_signed(workplace, sign, patient, plan, **others):
    """Sign the next session of a plan."""
    workplace.run(lambda desk: desk.plans.begin_session(plan.id))
    return sign(patient, **others)


def test_a_plan_is_begun_in_six_gestures_and_its_session_in_one(workplace, patient, page, qtbot):
    workplace.click("tab_plan")  # 1; the form is open, the cursor in its first field
    workplace.settle()
    indication = workplace.find("plan_indication")
    qtbot.waitUntil(lambda: workplace.window.focusWidget() is indication)
    assert page.header.plan.isHidden()
    assert not workplace.find("plan_keep").isEnabled()
    workplace.type("plan_indication", "Contour")  # 2
    workplace.type("plan_region", "upper abd")  # 3, and Enter takes it
    workplace.press(Qt.Key.Key_Return)
    workplace.type("plan_sessions", "6")  # 4
    workplace.type("plan_interval", "14")  # 5
    workplace.click("plan_keep")  # 6
    workplace.settle()
    (plan,) = plans_of(workplace, patient)
    assert plan.fields == replace(SIX, max_sessions=None)
    qtbot.waitUntil(lambda: page.header.plan.text() == "1 of 6")
    workplace.settle()
    assert not page.tabs.plan.form.isVisible()
    following = workplace.find("plan_start_session")
    qtbot.waitUntil(lambda: workplace.window.focusWidget() is following)
    workplace.click("plan_start_session")  # the next session, in one
    workplace.settle()
    (asked,) = workplace.window.page("session").asked
    found = workplace.run(lambda desk: desk.plans.of_session(asked["session_id"]))
    assert (found.plan_id, found.glance.number) == (plan.id, 1)


def test_what_is_typed_into_a_plan_survives(workplace, patient, page):
    workplace.click("tab_plan")
    workplace.settle()
    workplace.type("plan_indication", "Half a nam")
    workplace.type("plan_interval", "3")
    workplace.click("plan_interval_unit_weeks")
    workplace.settle()
    workplace.close(gently=False)
    workplace.open()
    workplace.add(PatientPage, "session", "followup", "patients")
    workplace.window.open("patient", patient_id=patient.id, tab="plan")
    workplace.settle()
    form = workplace.window.page("patient").tabs.plan.form
    assert form.fields() == PlanFields("Half a nam", interval=Interval(3, IntervalUnit.WEEKS))
    assert "not on record yet" in form.notice.headline.text()
    workplace.click("plan_discard")
    workplace.settle()
    assert plans_of(workplace, patient) == ()


def test_a_plan_is_changed_stopped_with_a_reason_and_taken_up_again(
    workplace, patient, page, sign, clock, qtbot
):
    plan = begin(workplace, patient)
    for _ in range(2):
        joined_and_signed(workplace, sign, patient, plan)
        clock.move(days=20)
    page.show_tab("plan")
    # The page reads again a moment after it has heard of a change.
    qtbot.waitUntil(lambda: workplace.window.findChild(QWidget, "plan_change") is not None)
    workplace.settle()
    workplace.click("plan_change")
    workplace.settle()
    workplace.find("plan_sessions").clear()
    workplace.type("plan_sessions", "1")
    workplace.click("plan_keep")
    workplace.settle()
    said = page.tabs.plan.form.notice.text.text()
    assert "2 sessions of this plan were done, so it cannot be shortened to 1" in said
    workplace.click("plan_discard")
    workplace.settle()
    workplace.click("plan_stop")
    workplace.type("plan_stop_reason", "She moved away")
    workplace.click("plan_stop_now")
    workplace.settle()
    (stopped,) = plans_of(workplace, patient)
    assert (stopped.state, stopped.reason) == (PlanState.STOPPED, "She moved away")
    qtbot.waitUntil(page.header.plan.isHidden)
    workplace.settle()
    workplace.click("plan_resume")
    workplace.settle()
    assert plans_of(workplace, patient)[0].state is PlanState.ACTIVE
    qtbot.waitUntil(page.header.plan.isVisible)
    assert page.header.plan.text() == "3 of 6 · day 20"


def test_a_session_planned_for_when_the_interval_is_over_is_no_caution(
    workplace, patient, sign, clock
):
    plan = begin(workplace, patient)
    day = date(2026, 3, 24)  # the first that keeps 14 days
    joined_and_signed(workplace, sign, patient, plan, no_next_session=False, next_session_on=day)
    clock.move(days=9)
    workplace.add(TodayPage, "stock")
    workplace.window.open("today")
    workplace.settle()
    row = workplace.window.page("today").planned.rows.rows()[0]
    chips = [(each.text(), each.kind) for each in row.findChildren(Chip)]
    assert chips == [("2 of 6 · day 9 of 14", Kind.NEUTRAL)]


def test_too_soon_is_seen_on_today_and_on_the_chart_and_its_reason_is_kept(
    workplace, patient, sign, clock, qtbot
):
    """Session 3 of 6, the plan says 14 days, and this is day 9."""
    plan = begin(workplace, patient)
    joined_and_signed(workplace, sign, patient, plan)
    clock.move(days=20)
    joined_and_signed(
        workplace, sign, patient, plan, no_next_session=False, next_session_on=date(2026, 4, 8)
    )
    clock.move(days=9)
    workplace.add(TodayPage, "stock")
    workplace.window.open("today")
    workplace.settle()
    row = workplace.window.page("today").planned.rows.rows()[0]
    chips = [(each.text(), each.kind) for each in row.findChildren(Chip)]
    assert chips == [("3 of 6 · day 9 of 14", Kind.CAUTION)]

    session = workplace.run(lambda desk: desk.plans.begin_session(plan.id))
    page = workplace.add(SessionPage, "patient", "patients", "followup")
    with qtbot.waitSignal(page.state.opened):
        workplace.window.open("session", session_id=session.id, station="chart")
    workplace.settle()
    assert page.stack.current == "chart"
    assert page.header.plan.isVisible()
    assert page.header.plan.text() == "3 of 6 · day 9 of 14"
    assert page.header.plan.kind is Kind.STOP
    workplace.click("plan_chip")  # leads to where the reason is typed
    workplace.settle()
    assert page.stack.current == "check"
    given = workplace.run(
        lambda desk: desk.sessions.acknowledge(
            session.id, desk.sessions.get(session.id).version, "plan_too_soon", 1, REASON, True
        )
    )
    assert [each.reason for each in given.acknowledgements] == [REASON]


def protocol_content(workplace):
    """A protocol of one mixture and one field, two checks, and aftercare."""
    products = workplace.run(lambda desk: desk.catalogue.products())
    product = next(each for each in products if each.fields.actives)
    recipe = Recipe(
        1,
        "Belly mix",
        (RecipePart(product.id, product.fields.name, Decimal("0.5"), False, ()),),
    )
    field = ChartField(
        id=UUID(int=1),
        syringe_id=recipe.id,
        technique="papule",
        depth_mm=Decimal(2),
        needle="30g_4mm",
        pattern=Pattern.STAGGERED,
        dose_per_point_ml=Decimal("0.1"),
        points=PackedPoints(ChartPoint(10 + at, 0.25, 0.5, 100, 2000) for at in range(5)),
    )
    patient = workplace.patient("Other", "One")
    atlas = workplace.run(lambda desk: desk.sessions.start(patient.id)).atlas_id
    checks = as_shipped(load_schedule())
    return ProtocolContent(
        indication="Contour",
        interval=Interval(21),
        max_sessions=6,
        source="our own practice",
        injecting=FavouriteContent(atlas, (recipe,), (field,)),
        checks=(replace(checks[0], channel=Channel.PHONE), checks[-1]),
        aftercare_id="lipolytic",
    )


def test_a_session_by_a_protocol_is_filled_in_without_lots_and_says_so(workplace, patient, qtbot):
    content = protocol_content(workplace)
    protocol = workplace.run(lambda desk: desk.protocols.create("Belly", content))
    page = workplace.add(PatientPage, "followup", "patients")
    session_page = workplace.add(SessionPage)
    workplace.window.open("patient", patient_id=patient.id, tab="plan")
    workplace.settle()
    form = page.tabs.plan.form
    form.protocol.set_value(protocol.id)
    form.protocol.edited.emit(protocol.id)
    assert (form.interval.interval(), form.most.count()) == (Interval(21), 6)
    assert form.planned.count() is None  # how many is agreed on with each patient
    workplace.click("plan_keep")
    workplace.settle()
    qtbot.waitUntil(page.header.plan.isVisible)
    workplace.settle()
    with qtbot.waitSignal(session_page.state.opened):
        workplace.click("plan_start_session")
    workplace.settle()
    workplace.click("step_prepare")
    workplace.settle()
    prepare = session_page.stack.station("prepare")
    said = prepare.by_protocol.headline.text()
    assert said == "From the protocol “Belly”, version 1: 1 mixture, without a lot."
    (typed,) = (prepare.editor(1).typed().parts,)
    assert [(part.lot_id, part.volume) for part in typed] == [(None, "0.5")]
    session = workplace.run(lambda desk: desk.sessions.drafts())[0]
    assert workplace.run(lambda desk: desk.sessions.get(session.id)).syringes == ()
    workplace.click("step_finish")
    workplace.settle()
    assert workplace.find("aftercare_by_protocol").isVisible()
    workplace.click("step_chart")
    workplace.settle()
    chart = session_page.stack.station("chart")
    qtbot.waitUntil(chart.by_protocol.isVisible)
    assert chart.by_protocol.headline.text() == "The protocol “Belly” holds 1 field."
    workplace.click("chart_protocol_action")
    workplace.settle()
    assert chart.favourites.placing.card.isVisible()
    assert workplace.run(lambda desk: desk.charts.load(session.id)).fields == ()
    assert session.state is SessionState.DRAFT


def test_a_protocol_is_kept_in_versions(workplace):
    content = protocol_content(workplace)
    workplace.run(
        lambda desk: desk.favourites.save("Belly fields", content.injecting, of_clinic=True)
    )
    page = workplace.add(ProtocolsPage, "settings")
    workplace.window.open("protocols")
    workplace.settle()
    workplace.type("protocol_name", "Belly")
    workplace.type("protocol_interval", "21")
    workplace.click("protocol_keep")
    workplace.settle()
    assert "Source: say where the interval" in page.form.notice.text.text()
    workplace.type("protocol_source", "our own practice")
    workplace.type("protocol_favourite", "belly")
    workplace.press(Qt.Key.Key_Return)
    workplace.click("protocol_checks_own")
    workplace.click("check_day_14")  # not planned
    workplace.click("protocol_keep")
    workplace.settle()
    (first,) = workplace.run(lambda desk: desk.protocols.all())
    assert (first.name, first.number) == ("Belly", 1)
    assert first.content.injecting == content.injecting
    assert first.content.interval == Interval(21)
    planned = {each.check_id for each in first.content.checks}
    assert planned == {e.check_id for e in as_shipped(load_schedule())} - {"day_14"}
    assert page.form.keep.text() == "Keep as version 2"
    workplace.find("check_hours_72_due").clear()
    workplace.type("check_hours_72_due", "9")  # after its window
    assert not page.form.keep.isEnabled()
    workplace.click("protocol_discard")
    workplace.settle()
    workplace.type("protocol_note", "Weigh")
    workplace.click("protocol_keep")
    workplace.settle()
    (second,) = workplace.run(lambda desk: desk.protocols.all())
    assert (second.number, second.content.note) == (2, "Weigh")
    workplace.click("protocol_archive")
    workplace.settle()
    assert workplace.run(lambda desk: desk.protocols.all()) == ()
    assert page.form.archive.text() == "Bring it back"
