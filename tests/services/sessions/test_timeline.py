"""One list of everything that happened: whole, in order, in parts, and no other patient's."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import cycle

import pytest
from pictures import a_jpeg
from sqlalchemy import event

from mesodesk.domain.ids import new_id
from mesodesk.domain.records.consent import DemandKind, WithdrawalScope
from mesodesk.domain.records.measurement import (
    MeasuredUnit,
    MeasurementFields,
    MeasuringFields,
    Reading,
    SeriesKey,
)
from mesodesk.domain.records.photo import PhotoFields
from mesodesk.domain.records.plan import PlanFields
from mesodesk.domain.records.reaction import Precision, ReactionFields, When
from mesodesk.domain.records.session import SessionState, StatementKind
from mesodesk.domain.records.timeline import EventKind
from mesodesk.imaging.reading import prepared
from mesodesk.services.errors import NotFoundError
from mesodesk.services.timeline_sources import SOURCES

PASSWORD = "plain tea in the morning"
DAY = date(2026, 3, 10)


def weigh(desk, patient, figure="62", on=DAY):
    reading = Reading(Decimal(figure), MeasuredUnit.KG)
    item = MeasurementFields(SeriesKey("weight"), (reading,))
    return desk.measurements.record(patient.id, MeasuringFields(on, items=(item,)))


def whole(desk, patient, *kinds):
    return desk.timeline.page(patient.id, kinds, most=10_000)


def names(page):
    return [each.place.source for each in page.events]


@pytest.fixture
def course(desk, patient, kit, clock):
    """A patient to whom everything happened that the record knows of."""
    plan = desk.plans.begin(patient.id, PlanFields("Cellulite", planned_sessions=6))
    clock.move(minutes=5)
    first = kit.signed(kit.lot())
    clock.move(days=1)
    weigh(desk, patient)
    check = desk.follow_ups.outstanding(patient.id, missed=3)[0]
    desk.follow_ups.mark_missed(check.id, check.version, "Not at home")
    clock.move(days=1)
    draft = desk.amending.begin(first.id, "The other lot")
    desk.sessions.sign(draft.id, draft.version, PASSWORD)
    clock.move(days=1)
    desk.reactions.record(
        patient.id,
        ReactionFields(
            session_id=first.id, kind="nodule", onset=When(Precision.DAY, date(2026, 3, 12))
        ),
    )
    for seed, angle in enumerate(("front", "left")):
        views = PhotoFields("abdomen", angle, date(2026, 3, 11))
        desk.photos.keep(patient.id, prepared(a_jpeg(seed=seed)), views)
    consent = desk.consents.overview(patient.id).signed[0]
    desk.consents.withdraw(consent.id, WithdrawalScope.RECORD, "Asked for it", DAY)
    clock.move(days=1)
    desk.consents.demand(patient.id, DemandKind.OTHER, "A new area")
    clock.move(days=1)
    plan = desk.plans.get(plan.id)
    desk.plans.stop(plan.id, plan.version, "Moved away")
    clock.move(days=1)
    return patient


def test_everything_that_happened_stands_in_one_list_the_latest_first(desk, course):
    page = whole(desk, course)
    assert set(names(page)) == {source.name for source in SOURCES}
    moments = [each.place.at for each in page.events]
    assert moments == sorted(moments, reverse=True)
    assert page.left == 0
    assert sum(page.counts.values()) == len(page.events)
    assert page.counts[EventKind.CONSENT] == 3


def test_each_tells_what_it_was(desk, course):
    facts = {each.place.source: each.fact for each in whole(desk, course).events}
    assert (facts["plan_ended"].reason, facts["plan_ended"].by) == ("Moved away", "Olga Owner")
    assert (facts["plan_begun"].indication, facts["plan_begun"].planned) == ("Cellulite", 6)
    assert facts["statement"].kind is StatementKind.AMENDED
    assert facts["statement"].text == "The other lot"
    assert facts["session"].state is SessionState.SIGNED
    assert facts["statement"].session_id == facts["session"].id  # the version that stands
    assert facts["follow_up"].missed_reason == "Not at home"
    assert facts["withdrawal"].scope is WithdrawalScope.RECORD
    assert facts["demand"].reason == "A new area"
    assert facts["measurement"][0].value == Decimal(62)
    assert facts["consent"].products == ("Procaine 2 % no. 1",)
    assert facts["intake"].by == "Olga Owner"
    assert facts["reaction"].fields.kind == "nodule"
    # The views of one day are one event.
    assert {each.fields.angle for each in facts["photo"]} == {"front", "left"}


def test_a_session_entered_in_error_stays_and_the_statement_tells_why(desk, patient, kit):
    signed = kit.signed()
    desk.amending.enter_in_error(signed.id, "Another patient", PASSWORD)
    page = whole(desk, patient, EventKind.SESSION)
    assert names(page) == ["statement", "session"]
    assert page.events[1].fact.state is SessionState.ENTERED_IN_ERROR
    assert page.events[0].fact.text == "Another patient"


def test_what_is_known_by_its_day_stands_at_noon_of_the_clinic(desk, patient, clock):
    clock.move(days=3)
    weigh(desk, patient, on=DAY)
    event = whole(desk, patient).events[0]
    assert event.on == DAY
    assert event.place.at.isoformat() == "2026-03-10T12:00:00+01:00"


def test_checks_that_wait_are_not_history_and_those_that_passed_are(desk, patient, kit, clock):
    kit.signed()
    assert EventKind.FOLLOW_UP not in whole(desk, patient).counts
    clock.move(days=200)
    passed = whole(desk, patient, EventKind.FOLLOW_UP)
    assert len(passed.events) == len(desk.follow_ups.for_patient(patient.id)) > 3


def test_kinds_narrow_the_list_and_the_counts_stay_whole(desk, course):
    page = whole(desk, course, EventKind.PLAN, EventKind.INTAKE)
    assert {each.kind for each in page.events} == {EventKind.PLAN, EventKind.INTAKE}
    assert page.counts == whole(desk, course).counts


@pytest.mark.parametrize("sizes", [(1,), (2, 5, 3), (100,)])
def test_parts_of_any_size_make_the_whole(desk, course, sizes):
    found, after = [], None
    for size in cycle(sizes):
        page = desk.timeline.page(course.id, after=after, most=size)
        found += page.events
        if not page.left:
            break
        assert page.left == len(whole(desk, course).events) - len(found)
        after = page.events[-1].place
    assert tuple(found) == whole(desk, course).events


def test_another_patients_history_is_not_read(desk, course):
    other = desk.patients.create(replace(course.fields, given_names="Ana"))
    assert whole(desk, other).events == ()
    with pytest.raises(NotFoundError):
        desk.timeline.page(new_id())


def test_reading_more_events_takes_no_more_statements(desk, patient):
    for day in range(12):
        weigh(desk, patient, str(60 + day % 3), DAY - timedelta(days=day))
    for _ in range(2):
        _read(desk, patient, 12)  # that somebody looked is on record, and all that is read once is
    counted = [_statements(desk, lambda most=most: _read(desk, patient, most)) for most in (2, 12)]
    assert counted[0] == counted[1]


def _read(desk, patient, most):
    assert len(desk.timeline.page(patient.id, most=most).events) == most


def _statements(desk, work):
    """Return how many statements some work takes."""
    said = []
    engine = desk.store.vault.engine
    note = lambda *told: said.append(told[2])  # noqa: E731
    event.listen(engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(said)
