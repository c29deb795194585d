"""Lots in the course of treatment: opened, thrown away, held, counted, never given to two."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from mesodesk.db.models.stock import MovementKind, StockCountRow, StockMovementRow
from mesodesk.domain.records.patient import BodySex, PatientFields
from mesodesk.domain.records.stock import (
    Counted,
    LotFields,
    LotState,
    MovementWhat,
    ProductFields,
    RegulatoryStatus,
    StatusFields,
)
from mesodesk.domain.rights import Right
from mesodesk.services.catalogue import SameLotError
from mesodesk.services.errors import ConflictError, InvalidError, RefusedError

PASSWORD = "plain tea in the morning"
ML = Decimal


@pytest.fixture
def enter(desk):
    """Enters a product of its own with one lot of it."""

    def enter_lot(received_ml: str | None = "20", **fields):
        product = desk.catalogue.add_product(ProductFields(f"Thing {fields}", **fields))
        typed = LotFields("A1", date(2027, 2, 28), date(2026, 3, 1))
        return desk.catalogue.add_lot(
            product.id, replace(typed, received_ml=ML(received_ml) if received_ml else None)
        )

    return enter_lot


@pytest.fixture
def others(desk):
    """Sessions of other patients, begun."""

    def begin(name: str):
        fields = PatientFields(name, "A", date(1980, 1, 1), BodySex.FEMALE)
        return desk.sessions.start(desk.patients.create(fields).id)

    return begin


def moves(desk, lot) -> list[tuple[MovementKind, Decimal]]:
    with desk.store.read(Right.CLINIC_READ) as tx:
        rows = tx.db.scalars(select(StockMovementRow).where(StockMovementRow.lot_id == lot.id))
        return sorted((row.kind, row.volume_ml) for row in rows)


def test_two_who_draw_the_last_millilitre_are_told_apart_by_who_came_first(
    desk, kit, enter, others
):
    lot = enter("1")
    kit.put(kit.desk.sessions.start(kit.patient.id), (lot, "0.6"))
    with pytest.raises(RefusedError, match=r"holds only 0\.4 mL more, so 0\.5 mL"):
        kit.put(others("Second"), (lot, "0.5"))
    assert desk.catalogue.lot(lot.id).left_ml == ML("0.4")


def test_a_single_dose_container_is_of_one_patient(desk, kit, enter, others, clock):
    lot = enter("4", single_dose=True, container_ml=ML(2))
    mine = kit.put(kit.desk.sessions.start(kit.patient.id), (lot, "0.5"))
    assert desk.catalogue.lot(lot.id).left_ml == 2  # the other container alone
    yours = others("Second")
    with pytest.raises(RefusedError, match="holds only 2 mL more"):
        kit.put(yours, (lot, "2.5"))
    # The rest of one's own container is there for one's own second syringe.
    mine = kit.put(mine, (lot, "1.5"), digit=2)
    yours = kit.put(yours, (lot, "2"))
    assert desk.catalogue.lot(lot.id).state is LotState.USED_UP
    with pytest.raises(RefusedError, match="is used up"):
        kit.put(mine, (lot, "0.1"), digit=3)


def test_signing_takes_what_was_drawn_and_the_rest_of_single_doses_and_an_amendment_puts_it_right(
    desk, kit, enter
):
    lot = enter("10", single_dose=True, container_ml=ML(2))
    signed = kit.signed(lot)
    took = [(MovementKind.DRAWN, ML("-0.5")), (MovementKind.WASTED, ML("-1.5"))]
    assert moves(desk, lot) == took
    assert desk.catalogue.lot(lot.id).left_ml == 8
    draft = desk.amending.begin(signed.id, "More was drawn")
    assert desk.catalogue.lot(lot.id).left_ml == 8
    draft = kit.put(draft, (lot, "2.5"), syringe_id=draft.syringes[0].id, wasted_ml=ML(2))
    assert desk.catalogue.lot(lot.id).left_ml == 6
    desk.sessions.sign(draft.id, draft.version, PASSWORD)
    now = desk.catalogue.lot(lot.id)
    assert (now.left_ml, len(moves(desk, lot))) == (6, 4)
    first = [each for each in desk.stock.history(lot.id) if each.session_id == signed.id]
    assert [each.counts for each in first] == [False, False]


def test_a_multi_dose_container_is_open_from_its_first_draw_and_good_for_28_days(
    desk, kit, enter, others, clock
):
    lot = enter("30", single_dose=False, container_ml=ML(10))
    kit.signed(lot)
    opening = desk.catalogue.lot(lot.id).opening
    assert (opening.opened_on, opening.use_by) == (date(2026, 3, 10), date(2026, 4, 7))
    clock.move(days=28)
    kit.put(others("Second"), (lot, "0.5"))
    clock.move(days=1)
    lot = desk.catalogue.lot(lot.id)
    assert (lot.state, lot.can_be_drawn) == (LotState.PAST_USE, False)
    with pytest.raises(RefusedError, match="was good until 2026-04-07: it cannot be drawn"):
        kit.put(others("Third"), (lot, "0.5"))
    lot = desk.stock.open(lot.id, lot.version, date(2026, 4, 8), ML("9"))
    assert (lot.state, lot.left_ml) == (LotState.USABLE, 20)
    assert (MovementKind.WASTED, ML(-9)) in moves(desk, lot)
    kit.put(others("Fourth"), (lot, "0.5"))
    with pytest.raises(InvalidError, match="still to come"):
        desk.stock.open(lot.id, desk.catalogue.lot(lot.id).version, date(2026, 5, 1), ML(0))


def test_a_container_that_was_drawn_empty_is_finished_by_itself(desk, kit, enter):
    lot = enter("2", single_dose=False, container_ml=ML("0.5"), open_days=7)
    kit.signed(lot)
    assert desk.catalogue.lot(lot.id).opening is None
    kit.signed(desk.catalogue.lot(lot.id))
    assert desk.catalogue.lot(lot.id).left_ml == 1


def test_a_lot_in_quarantine_is_not_drawn_until_it_is_released(desk, kit, enter, begun):
    lot = enter()
    lot = desk.stock.hold(lot.id, lot.version, "Cloudy")
    assert (lot.state, lot.held.reason, lot.held.by) == (
        LotState.QUARANTINED, "Cloudy", "Olga Owner",
    )  # fmt: skip
    with pytest.raises(RefusedError, match=r"in quarantine \(Cloudy\)"):
        kit.put(begun, (lot, "1"))
    with pytest.raises(ConflictError):
        desk.stock.release(lot.id, lot.version - 1, "Clear")
    with pytest.raises(InvalidError, match="Reason is missing"):
        desk.stock.release(lot.id, lot.version, " ")
    lot = desk.stock.release(lot.id, lot.version, "The maker says it is harmless")
    assert lot.held is None
    kit.put(begun, (lot, "1"))
    told = [each.what for each in desk.stock.history(lot.id)]
    assert told == [MovementWhat.RELEASED, MovementWhat.HELD, MovementWhat.RECEIVED]


def test_a_lot_that_comes_twice_is_one_lot_and_one_delivery_typed_twice_is_asked_about(desk, enter):
    lot = enter("20")
    with pytest.raises(SameLotError, match="If more of it came, open that lot") as same:
        desk.catalogue.add_lot(lot.product.id, replace(lot.fields, number="a-1"))
    assert same.value.lot_id == lot.id
    lot = desk.stock.receive(lot.id, lot.version, ML(10), "Note 77")
    assert (lot.left_ml, lot.received_ml, lot.fields.received_ml) == (30, 30, 20)
    with pytest.raises(RefusedError, match="received today already"):
        desk.stock.receive(lot.id, lot.version, ML(10), "Note 77")
    lot = desk.stock.receive(lot.id, lot.version, ML(10), again=True)
    assert lot.left_ml == 40


def test_what_is_thrown_away_has_a_reason_and_is_never_more_than_there_is(desk, enter):
    lot = enter("5")
    for volume, reason in (("5.001", "Fell"), ("0", "Fell"), ("-1", "Fell"), ("1", "")):
        with pytest.raises(InvalidError):
            desk.stock.waste(lot.id, lot.version, ML(volume), reason)
    lot = desk.stock.waste(lot.id, lot.version, ML(2), "Fell down")
    assert (lot.left_ml, moves(desk, lot)) == (3, [(MovementKind.WASTED, ML(-2))])
    uncounted = enter(None, form="other")
    with pytest.raises(RefusedError, match="is not counted"):
        desk.stock.waste(uncounted.id, uncounted.version, ML(1), "Fell down")


def test_a_stock_take_keeps_every_count_and_moves_only_what_differs_all_or_none(desk, enter):
    one, other = enter("20"), enter("8", form="other")
    with pytest.raises(InvalidError) as wrong:
        desk.stock.take_stock(
            [Counted(one.id, one.version, ML(19)), Counted(other.id, other.version, ML(9))]
        )
    assert [each.place for each in wrong.value.problems] == ["counts[1]"]
    assert desk.catalogue.lot(one.id) == one
    counted = desk.stock.take_stock(
        [Counted(one.id, one.version, ML(19)), Counted(other.id, other.version, ML(8))], "March"
    )
    assert [each.left_ml for each in counted] == [19, 8]
    assert moves(desk, one) == [(MovementKind.CORRECTED, ML(-1))]
    assert moves(desk, other) == []
    with desk.store.read(Right.CLINIC_READ) as tx:
        kept = tx.db.scalars(select(StockCountRow).order_by(StockCountRow.expected_ml)).all()
        assert [(row.expected_ml, row.counted_ml, row.note) for row in kept] == [
            (8, 8, "March"), (20, 19, "March"),
        ]  # fmt: skip
    with pytest.raises(ConflictError):
        desk.stock.take_stock([Counted(one.id, one.version, ML(18))])


def test_a_status_is_of_a_country_and_an_area_with_its_source_and_day(desk):
    line = StatusFields(
        "fr", "submental", RegulatoryStatus.NOT_APPROVED, "Journal officiel", date(2026, 1, 2)
    )
    typed = ProductFields(
        "Thing",
        status=RegulatoryStatus.DEVICE,
        status_on=date(2026, 2, 1),
        statuses=(line,),
        storage="Fridge",
        mixing_forbidden=True,
        open_days=7,
        low_ml=ML(10),
    )
    made = desk.catalogue.add_product(typed)
    assert made.fields == replace(typed, statuses=(replace(line, jurisdiction="FR"),))
    assert made.status_jurisdiction == "ES"
    twice = replace(typed, name="Other", statuses=(line, replace(line, source="Again")))
    with pytest.raises(InvalidError, match="there is a line for these already"):
        desk.catalogue.add_product(twice)
    for wrong in ({"status_on": date(2027, 1, 1)}, {"open_days": 0}, {"low_ml": ML(0)}):
        with pytest.raises(InvalidError):
            desk.catalogue.add_product(replace(typed, name="Other", **wrong))
    cleared = replace(typed, status=RegulatoryStatus.UNKNOWN, status_on=None, statuses=())
    changed = desk.catalogue.update_product(made.id, made.version, cleared)
    assert (changed.fields, changed.status_jurisdiction) == (cleared, "")


def test_three_products_too_many_and_what_a_label_forbids_take_a_reason_before_signing(desk, kit):
    lots = [
        kit.lot(f"Own {at}", ingredient=name, product_class="")
        for at, name in enumerate(("caffeine", "dmae", "artichoke", "minoxidil"))
    ]
    draft = kit.ready()
    draft = kit.put(draft, *((lot, "0.5") for lot in lots), digit=2, wasted_ml=ML(2))
    (finding,) = [
        each
        for each in desk.sessions.screening(draft.id)
        if each.rule_id.startswith("mixture.three_products")
    ]
    assert finding.message == (
        "Syringe 2: 4 products in one syringe, at most 3; a diluent does not count."
    )

    def mixtures():
        found = desk.sessions.missing(draft.id)
        return [each for each in found if "mixture." in each.place]

    (missing,) = mixtures()
    assert (missing.station, missing.place) == ("prepare", f"finding_{finding.rule_id}")
    draft = desk.sessions.acknowledge(
        draft.id, draft.version, finding.rule_id, finding.rule_version, "As prescribed", False
    )
    assert mixtures() == []
