"""The charts of earlier sessions, as ghosts and copies are made of them."""

from decimal import Decimal

import pytest

from mesodesk.domain.ids import new_id
from mesodesk.domain.records.patient import BodySex
from mesodesk.services.errors import NotFoundError

from .conftest import PASSWORD


def started(kit):
    return kit.desk.sessions.start(kit.patient.id)


def test_the_first_session_has_none_before_it(desk, kit, draft):
    assert desk.charts.earlier(draft.id) == ()


def test_earlier_charts_come_latest_first_with_syringes_and_fields(desk, kit, clock):
    first = kit.signed()
    clock.move(days=14)
    second = kit.signed()
    charts = desk.charts.earlier(started(kit).id)
    assert [(each.session_id, each.number) for each in charts] == [(second.id, 2), (first.id, 1)]
    assert (charts[0].day - charts[1].day).days == 14
    assert charts[0].fields == desk.charts.load(second.id).fields
    assert charts[0].syringes == desk.sessions.get(second.id).syringes
    assert charts[0].syringes[0].drawn_ml == Decimal("0.5")
    assert all(each.drawable for each in charts)
    assert {(each.body_sex, each.height_cm) for each in charts} == {(BodySex.FEMALE, Decimal(168))}


def test_only_so_many_are_read_as_are_asked_for(desk, kit):
    signed = [kit.signed() for _ in range(3)]
    draft = started(kit)
    assert [each.session_id for each in desk.charts.earlier(draft.id, 2)] == [
        signed[2].id,
        signed[1].id,
    ]


def test_a_session_sees_only_those_before_it(desk, kit):
    first, second = kit.signed(), kit.signed()
    kit.signed()
    assert [each.session_id for each in desk.charts.earlier(second.id)] == [first.id]


def test_what_was_entered_in_error_is_never_among_them(desk, kit, tamper):
    first = kit.signed()
    kit.signed()
    tamper("UPDATE session SET state = 'entered_in_error' WHERE number = 2")
    wrong = kit.ready()
    desk.sessions.discard_draft(wrong.id, wrong.version, "The wrong patient")
    assert [each.session_id for each in desk.charts.earlier(started(kit).id)] == [first.id]


def test_a_chart_on_another_atlas_or_damaged_is_named_but_not_drawn(desk, kit, tamper):
    first, second, third = kit.signed(), kit.signed(), kit.signed()
    tamper(
        "UPDATE session SET atlas_id = 'another' WHERE number = 1",
        "UPDATE chart_field SET points = x'00' WHERE session_id = "
        "(SELECT id FROM session WHERE number = 2)",
    )
    charts = desk.charts.earlier(started(kit).id)
    assert [(each.number, each.drawable, len(each.fields)) for each in charts] == [
        (third.number, True, 1),
        (second.number, False, 0),
        (first.number, False, 0),
    ]


def test_no_session_is_not_found(desk):
    with pytest.raises(NotFoundError):
        desk.charts.earlier(new_id())


def test_of_an_amendment_the_version_that_it_amends_comes_first(desk, kit, clock):
    first = kit.signed()
    clock.move(days=21)
    second = kit.signed()
    draft = desk.amending.begin(second.id, "Another needle")
    for _ in range(2):  # while it is worked on, and once it is signed
        charts = desk.charts.earlier(draft.id)
        assert [(each.session_id, each.original) for each in charts] == [
            (second.id, True),
            (first.id, False),
        ]
        if desk.sessions.get(draft.id).state == "draft":
            desk.sessions.sign(draft.id, draft.version, PASSWORD)
    assert [each.session_id for each in desk.charts.earlier(second.id)] == [first.id]


def test_a_chart_that_is_not_what_was_signed_says_so_until_somebody_knows(desk, kit, tamper):
    signed = kit.signed()
    later = desk.sessions.start(kit.patient.id)
    tamper("UPDATE session SET pain = 9 WHERE state = 'signed'")
    assert [each.broken for each in desk.charts.earlier(later.id)] == [True]
    desk.amending.accept_broken(signed.id)
    assert [each.broken for each in desk.charts.earlier(later.id)] == [False]
