"""Syringes of a draft: drawn from lots that hold enough, labels frozen, put away."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from mesodesk.domain.bodymap.fields import Pattern
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.session import (
    ComponentFields,
    SyringeFields,
)
from mesodesk.domain.records.stock import ActiveFields, LotState
from mesodesk.domain.strength import Strength, StrengthUnit
from mesodesk.services.errors import InvalidError, NotFoundError, RefusedError


def places(error: pytest.ExceptionInfo[InvalidError]) -> set[str]:
    return {problem.place for problem in error.value.problems}


def test_a_syringe_freezes_the_label_as_it_was(desk, kit, begun):
    lot = kit.lot("Lidocaine 1 %", percent="1")
    session = kit.put(begun, (lot, "2.5"), digit=3, label="left thigh")
    (syringe,) = session.syringes
    (part,) = syringe.components
    assert (syringe.digit, syringe.label, syringe.drawn_ml) == (3, "left thigh", Decimal("2.5"))
    assert (part.lot_number, part.expires_on) == (lot.fields.number, lot.fields.expires_on)
    assert part.product_name == lot.product.fields.name
    assert part.actives == lot.product.fields.actives
    product = lot.product
    stronger = replace(
        product.fields,
        name="Renamed",
        actives=(
            replace(product.fields.actives[0], strength=Strength(Decimal(9), StrengthUnit.PERCENT)),
        ),
    )
    desk.catalogue.update_product(product.id, product.version, stronger)
    assert desk.sessions.get(begun.id).syringes == session.syringes


def test_telling_the_rest_does_not_draw_up_anew(desk, kit, begun):
    lot = kit.lot()
    session = kit.put(begun, (lot, "2"))
    frozen = session.syringes[0].components
    renamed = replace(lot.product.fields, name="Renamed")
    desk.catalogue.update_product(lot.product.id, lot.product.version, renamed)
    told = kit.put(
        session,
        (lot, "2"),
        syringe_id=session.syringes[0].id,
        wasted_ml=Decimal("0.2"),
        left_ml=Decimal(0),
    )
    (syringe,) = told.syringes
    assert syringe.components == frozen
    assert (syringe.wasted_ml, syringe.left_ml) == (Decimal("0.2"), Decimal(0))
    more = kit.put(told, (lot, "3"), syringe_id=syringe.id)
    assert more.syringes[0].components == (replace(frozen[0], volume_ml=Decimal(3)),)
    other = kit.put(more, (kit.lot("Another"), "3"), syringe_id=syringe.id)
    again = kit.put(other, (lot, "3"), syringe_id=syringe.id)
    assert again.syringes[0].components[0].product_name == "Renamed"


def of_percent(name, percent, ingredient=""):
    strength = None if percent is None else Strength(Decimal(percent), StrengthUnit.PERCENT)
    return ActiveFields(ingredient, name, strength)


def relabel(desk, lot, *actives):
    product = desk.catalogue.product(lot.product.id)
    fields = replace(product.fields, actives=actives)
    return desk.catalogue.update_product(product.id, product.version, fields)


@pytest.mark.parametrize("changed", [{"label": "blue"}, {"wasted_ml": Decimal("0.1")}])
@pytest.mark.parametrize("volume", ["5", "4"])
def test_what_was_known_of_a_syringe_stays_when_something_else_of_it_changes(
    desk, kit, begun, changed, volume
):
    lot = kit.lot()
    then = (of_percent("Caffeine", "2", "caffeine"), of_percent("Taurine", None))
    relabel(desk, lot, *then)
    session = kit.put(begun, (lot, "5"))
    now = (of_percent("Caffeine", "5", "caffeine"), of_percent("Taurine", None))
    relabel(desk, lot, *now)
    session = kit.put(session, (lot, volume), syringe_id=session.syringes[0].id, **changed)
    assert session.syringes[0].components[0].actives == then
    relabel(desk, lot, of_percent("taurine ", "1"), of_percent("Silica", "7"), now[0])
    session = kit.put(session, (lot, volume), syringe_id=session.syringes[0].id, **changed)
    assert session.syringes[0].components[0].actives == (then[0], of_percent("Taurine", "1"))


def test_actives_of_which_none_was_known_are_taken_over_when_they_are(desk, kit, begun):
    lot = kit.lot()
    relabel(desk, lot)
    session = kit.put(begun, (lot, "2"))
    assert session.syringes[0].components[0].actives == ()
    known = of_percent("Rutin", "10")
    relabel(desk, lot, known)
    session = kit.put(session, (lot, "2"), syringe_id=session.syringes[0].id)
    assert session.syringes[0].components[0].actives == (known,)


@pytest.mark.parametrize(
    ("points", "zones", "things"),
    [
        ((), 1, "has 1 zone on the chart"),
        ((), 2, "has 2 zones on the chart"),
        ((100,), 0, "has 1 point on the chart"),
        ((100, 100), 1, "has 2 points and 1 zone on the chart"),
    ],
)
def test_a_syringe_with_something_on_the_chart_is_not_put_away(
    desk, kit, begun, points, zones, things
):
    session = kit.put(begun, (kit.lot(), "5"))
    syringe_id = session.syringes[0].id
    drawn = [
        replace(
            kit.field(syringe_id),
            pattern=Pattern.ZONE,
            dose_per_point_ml=None,
            zone_ml=Decimal("0.5"),
            punctures=40,
        )
        for _ in range(zones)
    ]
    if points:
        drawn.append(kit.field(syringe_id, *points))
    desk.charts.append(session.id, 0, kit.placing(*drawn))
    with pytest.raises(RefusedError, match=things):
        desk.sessions.remove_syringe(session.id, session.version, syringe_id)
    assert desk.sessions.get(session.id).syringes == session.syringes


def test_a_strength_unknown_then_is_taken_over_when_it_becomes_known(desk, kit, begun):
    lot = kit.lot(percent=None)
    session = kit.put(begun, (lot, "2"))
    assert session.syringes[0].components[0].actives[0].strength is None
    product = lot.product
    known = replace(
        product.fields.actives[0], strength=Strength(Decimal("2.5"), StrengthUnit.PERCENT)
    )
    desk.catalogue.update_product(
        product.id, product.version, replace(product.fields, actives=(known,))
    )
    again = kit.put(session, (lot, "2"), syringe_id=session.syringes[0].id)
    assert again.syringes[0].components[0].actives == (known,)


def test_components_are_added_changed_and_taken_out(desk, kit, begun):
    one, two, three = kit.lot("A"), kit.lot("B"), kit.lot("C")
    session = kit.put(begun, (one, "1"), (two, "2"))
    syringe = session.syringes[0]
    session = kit.put(session, (three, "0.5"), (one, "1"), syringe_id=syringe.id)
    parts = session.syringes[0].components
    assert [(part.lot_id, part.volume_ml) for part in parts] == [
        (three.id, Decimal("0.5")),
        (one.id, Decimal(1)),
    ]
    assert desk.sessions.get(begun.id) == session


def test_syringes_stand_in_the_order_of_their_digits(desk, kit, begun):
    lot, session = kit.lot(), begun
    for digit in (5, 2, 9):
        session = kit.put(session, (lot, "1"), digit=digit)
    assert [each.digit for each in session.syringes] == [2, 5, 9]
    assert desk.sessions.get(begun.id) == session


def test_a_digit_is_taken_once(desk, kit, begun):
    lot = kit.lot()
    session = kit.put(kit.put(begun, (lot, "1")), (lot, "1"), digit=2)
    with pytest.raises(InvalidError) as error:
        kit.put(session, (lot, "1"), digit=1, syringe_id=session.syringes[1].id)
    assert places(error) == {"digit"}


@pytest.mark.parametrize(
    ("volume", "others", "place"),
    [
        ("0", {}, "components[0].volume_ml"),
        ("-1", {}, "components[0].volume_ml"),
        ("NaN", {}, "components[0].volume_ml"),
        ("0.0001", {}, "components[0].volume_ml"),
        ("5000", {}, "components[0].volume_ml"),
        ("1", {"digit": 0}, "digit"),
        ("1", {"digit": 10}, "digit"),
        ("1", {"wasted_ml": Decimal("-0.1")}, "wasted_ml"),
        ("1", {"left_ml": Decimal("0.00001")}, "left_ml"),
        ("1", {"label": "a\nb"}, "label"),
    ],
)
def test_what_is_no_syringe_is_said_at_its_place(desk, kit, begun, volume, others, place):
    with pytest.raises(InvalidError) as error:
        kit.put(begun, (kit.lot(), volume), **others)
    assert places(error) == {place}
    assert desk.sessions.get(begun.id).syringes == ()


def test_an_empty_syringe_is_refused(desk, begun, kit):
    with pytest.raises(InvalidError) as error:
        kit.put(begun)
    assert places(error) == {"components"}


def test_an_expired_lot_cannot_be_drawn(desk, kit, begun, clock):
    lot = kit.lot(expires_on=date(2026, 3, 10))
    session = kit.put(begun, (lot, "1"))
    clock.move(days=1)
    with pytest.raises(RefusedError, match="expired on 2026-03-10"):
        kit.put(session, (lot, "1"), digit=2)
    with pytest.raises(RefusedError, match="expired"):
        kit.put(session, (lot, "1.5"), syringe_id=session.syringes[0].id)
    less = kit.put(session, (lot, "0.5"), syringe_id=session.syringes[0].id)
    assert less.syringes[0].drawn_ml == Decimal("0.5")


def test_the_day_of_expiry_is_that_of_the_clinic(desk, kit, begun, clock):
    """At 23:30 in London it is the next day in Madrid."""
    lot = kit.lot(expires_on=date(2026, 3, 10))
    clock.move(hours=14, minutes=30)
    with pytest.raises(RefusedError, match="expired"):
        kit.put(begun, (lot, "1"))


def test_no_more_is_drawn_than_a_lot_holds(desk, kit, begun, typed_patient):
    lot = kit.lot(received_ml="5")
    other_patient = desk.patients.create(typed_patient("Ito", "Ken"))
    other = kit.put(desk.sessions.start(other_patient.id), (lot, "3"))
    with pytest.raises(RefusedError, match="holds only 2 mL more"):
        kit.put(begun, (lot, "2.001"))
    session = kit.put(begun, (lot, "2"))
    assert desk.catalogue.lot(lot.id).state is LotState.USED_UP
    with pytest.raises(RefusedError, match="is used up"):
        kit.put(session, (lot, "0.1"), digit=2)
    desk.sessions.remove_syringe(other.id, other.version, other.syringes[0].id)
    assert kit.put(session, (lot, "5"), syringe_id=session.syringes[0].id)


def test_a_lot_twice_in_a_syringe_counts_twice(desk, kit, begun):
    lot = kit.lot(received_ml="3")
    with pytest.raises(RefusedError, match="holds only 3 mL more"):
        kit.put(begun, (lot, "2"), (lot, "2"))


def test_an_unknown_lot_or_syringe_is_said(desk, kit, begun):
    typed = SyringeFields(1, "", (ComponentFields(new_id(), Decimal(1)),))
    with pytest.raises(NotFoundError):
        desk.sessions.put_syringe(begun.id, begun.version, typed)
    with pytest.raises(NotFoundError):
        kit.put(begun, (kit.lot(), "1"), syringe_id=new_id())
    with pytest.raises(NotFoundError):
        desk.sessions.remove_syringe(begun.id, begun.version, new_id())
