"""The Today page: what waits, most pressing first, on the clinic's own day."""

from dataclasses import replace
from datetime import date

import pytest

from mesodesk.domain.records.followup import Channel, CheckAnswer, FollowUpFields
from mesodesk.domain.records.stock import LotState


def test_a_new_clinic_has_nothing_to_do(desk):
    today = desk.today.overview()
    assert (today.overdue, today.due, today.drafts, today.planned, today.expiring) == ((),) * 5
    assert today.next_due is None


def test_follow_up_waits_until_it_is_done(desk, kit, clock):
    kit.signed()
    assert desk.today.overview().next_due.check_id == "hours_24"
    clock.move(hours=20)
    today = desk.today.overview()
    assert [each.check_id for each in today.due] == ["hours_24"]
    assert today.next_due.check_id == "hours_72"
    clock.move(days=2)
    today = desk.today.overview()
    assert [each.check_id for each in today.overdue] == ["hours_24"]
    assert [each.check_id for each in today.due] == ["hours_72"]
    (late,) = today.overdue
    kept = desk.follow_ups.save(
        late.id,
        late.version,
        FollowUpFields(Channel.PHONE, {"fever": CheckAnswer(answer="no")}),
    )
    desk.follow_ups.complete(late.id, kept.version)
    assert desk.today.overview().overdue == ()


def test_the_longest_overdue_comes_first(desk, kit, clock):
    kit.signed()
    clock.move(days=400)
    overdue = desk.today.overview().overdue
    assert [each.due_at for each in overdue] == sorted(each.due_at for each in overdue)
    assert len(overdue) == 7


def test_drafts_wait(desk, kit):
    draft = desk.sessions.start(kit.patient.id)
    assert [each.id for each in desk.today.overview().drafts] == [draft.id]
    desk.sessions.discard_draft(draft.id, draft.version, "Wrong patient")
    assert desk.today.overview().drafts == ()


def test_a_planned_session_waits_until_it_begins(desk, kit, clock):
    signed = kit.signed(no_next_session=False, next_session_on=date(2026, 3, 24))
    (planned,) = desk.today.overview().planned
    assert (planned.after_session_id, planned.next_number) == (signed.id, 2)
    assert (planned.planned_on, planned.patient_name) == (
        date(2026, 3, 24),
        "García López, María José",
    )
    clock.move(days=20)
    assert desk.today.overview().planned == (planned,)
    begun = desk.sessions.start(kit.patient.id)
    assert desk.today.overview().planned == ()
    desk.sessions.discard_draft(begun.id, begun.version, "Patient did not come")
    assert desk.today.overview().planned == (planned,)
    patient = desk.patients.get(kit.patient.id)
    desk.patients.archive(patient.id, patient.version)
    assert desk.today.overview().planned == ()


def test_what_is_far_off_or_long_gone_is_not_on_the_list(desk, kit, clock):
    kit.signed(no_next_session=False, next_session_on=date(2026, 6, 1))
    assert desk.today.overview().planned == ()
    clock.move(days=70)
    assert len(desk.today.overview().planned) == 1
    clock.move(days=110)
    assert desk.today.overview().planned == ()


@pytest.mark.parametrize(
    ("expires_on", "state"),
    [
        (date(2026, 3, 8), LotState.EXPIRED),
        (date(2026, 3, 10), LotState.EXPIRES_SOON),
        (date(2026, 4, 9), LotState.EXPIRES_SOON),
    ],
)
def test_lots_that_expire_are_pointed_out(desk, kit, expires_on, state):
    lot = kit.lot(expires_on=expires_on)
    (found,) = desk.today.overview().expiring
    assert (found.id, found.state) == (lot.id, state)


def test_lots_that_are_good_or_empty_or_archived_are_not(desk, kit):
    kit.lot(expires_on=date(2026, 4, 10))
    used = kit.lot(expires_on=date(2026, 3, 20), received_ml="1")
    kit.put(desk.sessions.start(kit.patient.id), (used, "1"))
    product = kit.lot(expires_on=date(2026, 3, 20)).product
    desk.catalogue.archive_product(product.id, product.version)
    assert desk.today.overview().expiring == ()


def test_a_lot_that_expired_long_ago_is_left_out(desk, kit, clock):
    kit.lot(expires_on=date(2026, 3, 10))
    clock.move(days=31)
    assert desk.today.overview().expiring == ()


def test_no_list_is_longer_than_a_day_s_work(desk, kit, monkeypatch, clock):
    monkeypatch.setattr("mesodesk.services.today.LONGEST_LIST", 3)
    kit.signed()
    clock.move(days=400)
    assert len(desk.today.overview().overdue) == 3


def test_the_record_is_a_plain_value(desk, kit):
    draft = desk.sessions.start(kit.patient.id)
    today = desk.today.overview()
    desk.sessions.save(draft.id, draft.version, replace(draft.fields, pain=1))
    assert desk.today.overview() == today


def test_who_was_cut_off_in_a_session_is_led_back_to_it(desk, kit, clock):
    draft = desk.sessions.start(kit.patient.id)
    assert desk.today.cut_off_in() is None
    desk.store.vault.was_cut_off = True
    assert desk.today.cut_off_in() == draft.id
    clock.move(hours=11)
    assert desk.today.cut_off_in() == draft.id
    clock.move(hours=2)
    assert desk.today.cut_off_in() is None


def test_of_two_drafts_the_one_charted_last_is_led_back_to(desk, kit, clock):
    desk.store.vault.was_cut_off = True
    first = kit.ready()
    clock.move(hours=1)
    other = desk.patients.create(replace(kit.patient.fields, given_names="Another"))
    second = desk.sessions.start(other.id)
    assert desk.today.cut_off_in() == second.id
    clock.move(hours=1)
    kit.chart(desk.sessions.get(first.id), 20)
    assert desk.today.cut_off_in() == first.id
    desk.sessions.discard_draft(second.id, second.version, "Wrong patient")
    assert desk.today.cut_off_in() == first.id
