"""What the exposure map is made of, from the real encrypted database."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from tampering import behind_our_back

from mesodesk.domain.bodymap.fields import Pattern
from mesodesk.domain.bodymap.outlines import region_outline
from mesodesk.domain.bodymap.packing import PackedPoints
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.exposure import ExposureRange, ExposureZone, LeftOut, LeftOutWhy
from mesodesk.domain.records.session import SessionState
from mesodesk.services.errors import NotFoundError

from .conftest import PASSWORD

TODAY = date(2026, 3, 10)


def read(kit, *, last=None, since=None):
    return kit.desk.exposure.for_patient(kit.patient.id, ExposureRange(last, since))


def test_a_signed_session_gives_its_points_mixture_and_lots(kit):
    lot = kit.lot()
    signed = kit.signed(lot)
    found = read(kit)
    (session,) = found.sessions
    assert (session.id, session.number, session.state) == (signed.id, 1, SessionState.SIGNED)
    assert session.on == TODAY
    assert not session.is_draft
    (syringe,) = session.syringes
    assert syringe.digit == 1
    assert [(part.product_name, part.lot_number) for part in syringe.parts] == [
        ("Procaine 2 % no. 1", lot.fields.number)
    ]
    (active,) = syringe.mixture.concentrations()
    assert (active.unit, active.per_ml) == ("mg", Fraction(20))
    stored = kit.desk.charts.load(signed.id).fields
    assert syringe.points.to_bytes() == b"".join(each.points.to_bytes() for each in stored)
    assert syringe.points.volume_ul == 500
    assert syringe.zone_ul == 0
    assert found.left_out == ()


def test_the_draft_counts_as_such_and_what_was_entered_in_error_does_not(kit, clock):
    kit.signed()
    clock.move(days=20)
    wrong = kit.ready()
    kit.desk.sessions.discard_draft(wrong.id, wrong.version, "Wrong patient")
    draft = kit.ready()
    found = read(kit)
    assert [(each.number, each.state) for each in found.sessions] == [
        (2, SessionState.DRAFT),
        (1, SessionState.SIGNED),
    ]
    assert found.sessions[0].id == draft.id
    assert found.sessions[0].is_draft


def test_of_an_amended_session_only_the_version_that_stands_counts(kit):
    signed = kit.signed()
    draft = kit.desk.amending.begin(signed.id, "Another lot")
    assert [each.id for each in read(kit).sessions] == [signed.id]
    amended = kit.desk.sessions.sign(draft.id, draft.version, PASSWORD)
    assert [each.id for each in read(kit).sessions] == [amended.id]


def test_ranges_pick_the_latest_or_those_since_a_day(kit, clock):
    for _ in range(3):
        kit.signed()
        clock.move(days=20)
    assert [each.number for each in read(kit).sessions] == [3, 2, 1]
    assert [each.number for each in read(kit, last=2).sessions] == [3, 2]
    since = TODAY + timedelta(days=20)
    assert [each.number for each in read(kit, since=since).sessions] == [3, 2]
    assert [each.number for each in read(kit, since=since + timedelta(days=1)).sessions] == [3]
    assert [each.number for each in read(kit, last=1, since=since).sessions] == [3]


def test_an_unknown_strength_stays_unknown(kit):
    kit.signed(kit.lot(percent=None))
    (active,) = read(kit).sessions[0].syringes[0].mixture.concentrations()
    assert active.per_ml is None


def test_a_zone_without_points_is_counted_apart(kit):
    session = kit.desk.sessions.start(kit.patient.id)
    session = kit.put(session, (kit.lot(), "2"))
    zone = kit.field(session.syringes[0].id, 100)
    zone = type(zone)(
        id=new_id(), syringe_id=zone.syringe_id, technique=zone.technique, depth_mm=zone.depth_mm,
        needle=zone.needle, pattern=Pattern.ZONE, punctures=200, zone_ml=Decimal("1.5"),
    )  # fmt: skip
    point = kit.field(session.syringes[0].id, 100)
    kit.desk.charts.append(session.id, 0, kit.placing(zone, point))
    (found,) = read(kit).sessions
    assert found.points == 1
    assert found.zone_ml == Decimal("1.5")


def test_a_zone_tells_where_it_lies_or_that_nobody_knows(kit, tamper):
    session = kit.desk.sessions.start(kit.patient.id)
    session = kit.put(session, (kit.lot(), "2"))
    point = kit.field(session.syringes[0].id, 100)
    thigh = region_outline(["thigh_front_upper.left"])
    zone = replace(
        point, id=new_id(), pattern=Pattern.ZONE, punctures=20, zone_ml=Decimal("1.5"),
        outline=thigh, points=PackedPoints(),
    )  # fmt: skip
    kit.desk.charts.append(session.id, 0, kit.placing(zone, point))
    (found,) = read(kit).sessions
    assert found.syringes[0].zones == (ExposureZone(thigh, 1500),)
    assert found.placed_ml == found.zone_ml == Decimal("1.5")
    for statement in (
        "UPDATE chart_field SET definition = '{}' WHERE point_count = 0",
        "UPDATE chart_field SET definition = 'not JSON' WHERE point_count = 0",
    ):
        tamper(statement)
        (found,) = read(kit).sessions
        assert (found.points, found.placed_ml, found.zone_ml) == (1, 0, Decimal("1.5"))


def test_a_session_of_another_atlas_is_left_out_and_named(kit, clock):
    kit.signed()
    clock.move(days=20)
    kit.signed()
    behind_our_back(kit.desk, "UPDATE session SET atlas_id = 'of-old' WHERE number = 1")
    found = read(kit)
    assert [each.number for each in found.sessions] == [2]
    assert found.left_out == (LeftOut(1, TODAY, LeftOutWhy.UNKNOWN_ATLAS),)


def test_damaged_points_leave_their_session_out_and_no_other(kit, clock):
    kit.signed()
    clock.move(days=20)
    kit.signed()
    behind_our_back(
        kit.desk,
        "UPDATE chart_field SET points = x'0102' WHERE session_id ="
        " (SELECT id FROM session WHERE number = 1)",
    )
    found = read(kit)
    assert [each.number for each in found.sessions] == [2]
    assert found.left_out == (LeftOut(1, TODAY, LeftOutWhy.DAMAGED),)


@pytest.mark.long
def test_points_of_many_fields_keep_their_order_of_making(kit):
    session = kit.ready()
    volumes = [10, 20, 30]
    for volume in volumes:
        kit.chart(session, volume)
    points = read(kit).sessions[0].syringes[0].points
    assert np.array_equal(points.records["volume"], [100] * 5 + volumes)


def test_a_patient_without_sessions_has_none_and_a_stranger_is_refused(kit):
    assert read(kit).sessions == ()
    with pytest.raises(NotFoundError):
        kit.desk.exposure.for_patient(new_id())
