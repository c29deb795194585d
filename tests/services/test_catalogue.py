"""Products and lots: what may be drawn, what is left, and what is refused."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from mesodesk.db.models.audit import AuditEntryRow
from mesodesk.db.models.stock import MovementKind, StockMovementRow
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.session import ComponentFields, SyringeFields
from mesodesk.domain.records.stock import (
    ActiveFields,
    LotFields,
    LotState,
    ProductFields,
    RegulatoryStatus,
)
from mesodesk.domain.rights import Right
from mesodesk.domain.strength import Strength, StrengthUnit
from mesodesk.services.errors import ConflictError, InvalidError, NotFoundError, RefusedError

TODAY = date(2026, 3, 10)

LIDOCAINE = ProductFields(
    name="Lidocaine 2 %",
    manufacturer="House of Test",
    product_class="local_anaesthetics",
    form="solution",
    route="infiltration",
    container_ml=Decimal(20),
    single_dose=False,
    actives=(
        ActiveFields("lidocaine", "Lidocaine", Strength(Decimal(2), StrengthUnit.PERCENT)),
        ActiveFields("", "Methylparaben", None),
    ),
    status=RegulatoryStatus.APPROVED_FOR_USE,
    status_source="Label, 2024",
    note="Keep below 25 degrees",
)


def lot_fields(number: str = "A1", expires_on: date = date(2027, 1, 31), **others) -> LotFields:
    return LotFields(number, expires_on, received_on=date(2026, 3, 1), **others)


@pytest.fixture
def product(desk):
    """Lidocaine 2 %, 20 mL, of a maker."""
    return desk.catalogue.add_product(LIDOCAINE)


@pytest.fixture
def counted(desk, product):
    """A lot of 20 mL that the clinic counts."""
    return desk.catalogue.add_lot(product.id, lot_fields(received_ml=Decimal(20)))


def places(error) -> set[str]:
    return {problem.place for problem in error.value.problems}


def drawn(desk, patient, lot, *volumes_ml: str):
    """Return a draft session with one syringe of so many components of a lot."""
    session = desk.sessions.start(patient.id)
    parts = tuple(ComponentFields(lot.id, Decimal(volume)) for volume in volumes_ml)
    return desk.sessions.put_syringe(session.id, session.version, SyringeFields(1, "", parts))


class TestProducts:
    """The clinic's catalogue."""

    def test_everything_typed_comes_back(self, desk, product):
        assert (product.fields, product.starter_id, product.archived) == (LIDOCAINE, "", False)
        assert desk.catalogue.product(product.id) == product
        assert product in desk.catalogue.products()

    def test_status_is_unknown_unless_it_is_given(self, desk):
        added = desk.catalogue.add_product(ProductFields("Something new"))
        assert added.fields.status is RegulatoryStatus.UNKNOWN

    def test_products_come_by_name_whatever_its_case(self, desk):
        for name in ("éclair", "Eclat", "ECL"):
            desk.catalogue.add_product(ProductFields(name))
        ours = [p.fields.name for p in desk.catalogue.products() if not p.starter_id]
        assert ours == ["ECL", "éclair", "Eclat"]

    def test_everything_can_be_changed(self, desk, product):
        changed = ProductFields(
            name="Procaine",
            container_ml=None,
            actives=(
                ActiveFields("procaine", "Procaine", Strength(Decimal(1), StrengthUnit.PERCENT)),
            ),
        )
        record = desk.catalogue.update_product(product.id, product.version, changed)
        assert (record.version, record.fields) == (2, changed)
        assert desk.catalogue.product(product.id) == record
        more = replace(changed, actives=(*LIDOCAINE.actives, *changed.actives))
        record = desk.catalogue.update_product(product.id, record.version, more)
        assert (record.version, record.fields) == (3, more)
        assert desk.catalogue.product(product.id) == record

    def test_saving_the_same_changes_nothing(self, desk, product):
        same = desk.catalogue.update_product(product.id, product.version, LIDOCAINE)
        assert same == product

    def test_two_windows_cannot_both_win(self, desk, product):
        first = desk.catalogue.update_product(
            product.id, product.version, replace(LIDOCAINE, note="mine")
        )
        with pytest.raises(ConflictError) as error:
            desk.catalogue.update_product(
                product.id, product.version, replace(LIDOCAINE, note="yours")
            )
        assert error.value.record == first

    @pytest.mark.parametrize(
        "twin",
        [
            LIDOCAINE,
            replace(LIDOCAINE, name=" LIDOCAÏNE 2% ", actives=()),
            replace(LIDOCAINE, manufacturer="HOUSE OF TEST", note=""),
        ],
    )
    def test_the_same_product_is_not_entered_twice(self, desk, product, twin):
        with pytest.raises(RefusedError, match="in the catalogue already"):
            desk.catalogue.add_product(twin)

    def test_a_product_does_not_become_the_twin_of_another(self, desk, product):
        other = desk.catalogue.add_product(replace(LIDOCAINE, manufacturer="Other house"))
        with pytest.raises(RefusedError, match="in the catalogue already"):
            desk.catalogue.update_product(other.id, other.version, LIDOCAINE)
        assert desk.catalogue.product(other.id) == other

    def test_another_container_or_maker_is_another_product(self, desk, product):
        desk.catalogue.add_product(replace(LIDOCAINE, container_ml=Decimal(5)))
        desk.catalogue.add_product(replace(LIDOCAINE, manufacturer="Other house"))
        names = [p.fields.name for p in desk.catalogue.products()]
        assert names.count("Lidocaine 2 %") >= 3

    @pytest.mark.parametrize(
        ("place", "fields"),
        [
            ("name", ProductFields("  ")),
            ("name", ProductFields("x" * 201)),
            ("container_ml", ProductFields("A", container_ml=Decimal(0))),
            ("container_ml", ProductFields("A", container_ml=Decimal("1.2345"))),
            ("container_ml", ProductFields("A", container_ml=Decimal("1e9"))),
            ("actives[0].name", ProductFields("A", actives=(ActiveFields("x", "", None),))),
            (
                "actives[0].strength",
                ProductFields(
                    "A",
                    actives=(
                        ActiveFields("", "B", Strength(Decimal("1e9"), StrengthUnit.PERCENT)),
                    ),
                ),
            ),
            (
                "actives[0].strength",
                ProductFields(
                    "A",
                    actives=(
                        ActiveFields(
                            "", "B", Strength(Decimal("0.0000001"), StrengthUnit.MG_PER_ML)
                        ),
                    ),
                ),
            ),
            ("actives", ProductFields("A", actives=(ActiveFields("", "B", None),) * 31)),
            ("note", ProductFields("A", note="\x00")),
        ],
    )
    def test_wrong_fields_are_refused_at_their_place(self, desk, place, fields):
        with pytest.raises(InvalidError) as error:
            desk.catalogue.add_product(fields)
        assert places(error) == {place}

    def test_an_archived_product_is_out_of_the_lists_and_cannot_be_drawn(self, desk, product):
        lot = desk.catalogue.add_lot(product.id, lot_fields())
        archived = desk.catalogue.archive_product(product.id, product.version)
        assert archived.archived
        assert archived not in desk.catalogue.products()
        assert archived in desk.catalogue.products(include_archived=True)
        assert [each.id for each in desk.catalogue.lots(product.id)] == [lot.id]
        assert desk.catalogue.lots(product.id, drawable_only=True) == ()
        with pytest.raises(RefusedError, match="archived"):
            desk.catalogue.add_lot(product.id, lot_fields("B2"))

    def test_an_archived_product_comes_back_unless_it_was_entered_anew(self, desk, product):
        archived = desk.catalogue.archive_product(product.id, product.version)
        back = desk.catalogue.restore_product(product.id, archived.version)
        assert not back.archived
        archived = desk.catalogue.archive_product(product.id, back.version)
        desk.catalogue.add_product(LIDOCAINE)
        with pytest.raises(RefusedError):
            desk.catalogue.restore_product(product.id, archived.version)

    def test_archiving_and_restoring_twice_change_nothing(self, desk, product):
        assert desk.catalogue.restore_product(product.id, product.version) == product
        archived = desk.catalogue.archive_product(product.id, product.version)
        assert desk.catalogue.archive_product(product.id, archived.version) == archived

    def test_unknown_ones_are_not_found(self, desk):
        for call in (
            lambda: desk.catalogue.product(new_id()),
            lambda: desk.catalogue.lot(new_id()),
            lambda: desk.catalogue.add_lot(new_id(), lot_fields()),
            lambda: desk.catalogue.update_lot(new_id(), 1, lot_fields()),
            lambda: desk.catalogue.archive_product(new_id(), 1),
        ):
            with pytest.raises(NotFoundError):
                call()


class TestLots:
    """Deliveries, and what is left of them."""

    def test_everything_typed_comes_back(self, desk, product):
        typed = lot_fields("LOT-77/b", received_ml=Decimal("12.5"), supplier="A. Pharmacy")
        lot = desk.catalogue.add_lot(product.id, typed)
        assert (lot.fields, lot.product, lot.left_ml) == (typed, product, Decimal("12.5"))
        assert lot.state is LotState.USABLE
        assert lot.can_be_drawn
        assert desk.catalogue.lot(lot.id) == lot
        assert desk.catalogue.lots() == (lot,)

    def test_the_first_to_expire_comes_first(self, desk, product):
        other = desk.catalogue.add_product(ProductFields("Other"))
        for number, day, of in (
            ("C", date(2027, 5, 1), product),
            ("A", date(2026, 5, 1), other),
            ("B", date(2026, 12, 1), product),
        ):
            desk.catalogue.add_lot(of.id, lot_fields(number, day))
        assert [lot.fields.number for lot in desk.catalogue.lots()] == ["A", "B", "C"]
        assert [lot.fields.number for lot in desk.catalogue.lots(product.id)] == ["B", "C"]

    @pytest.mark.parametrize(
        ("days", "state"),
        [
            (-1, LotState.EXPIRED),
            (0, LotState.EXPIRES_SOON),
            (30, LotState.EXPIRES_SOON),
            (31, LotState.USABLE),
        ],
    )
    def test_a_lot_is_good_to_the_end_of_its_last_day(self, desk, product, days, state):
        lot = desk.catalogue.add_lot(product.id, lot_fields("A", TODAY + timedelta(days=days)))
        assert lot.state is state
        assert lot.can_be_drawn is (state is not LotState.EXPIRED)
        assert (lot in desk.catalogue.lots(drawable_only=True)) is lot.can_be_drawn

    def test_the_last_day_ends_at_the_clinic_s_midnight(self, desk, product, clock):
        lot = desk.catalogue.add_lot(product.id, lot_fields("A", TODAY))
        clock.move(hours=13.9)
        assert desk.catalogue.lot(lot.id).can_be_drawn
        clock.move(hours=0.2)
        assert clock.now().date() == TODAY
        assert desk.catalogue.lot(lot.id).state is LotState.EXPIRED

    def test_what_is_not_counted_is_never_used_up(self, desk, product, patient):
        lot = desk.catalogue.add_lot(product.id, lot_fields())
        drawn(desk, patient, lot, "900")
        now = desk.catalogue.lot(lot.id)
        assert (now.left_ml, now.state) == (None, LotState.USABLE)

    def test_what_a_draft_drew_up_is_gone(self, desk, patient, counted):
        session = drawn(desk, patient, counted, "4.5", "0.25")
        assert desk.catalogue.lot(counted.id).left_ml == Decimal("15.25")
        [syringe] = session.syringes
        desk.sessions.remove_syringe(session.id, session.version, syringe.id)
        assert desk.catalogue.lot(counted.id).left_ml == Decimal(20)

    def test_what_a_discarded_draft_drew_up_is_back(self, desk, patient, counted):
        session = drawn(desk, patient, counted, "5")
        desk.sessions.discard_draft(session.id, session.version, "opened by mistake")
        assert desk.catalogue.lot(counted.id).left_ml == Decimal(20)

    def test_a_lot_drawn_to_the_last_drop_is_used_up(self, desk, patient, counted):
        drawn(desk, patient, counted, "20")
        now = desk.catalogue.lot(counted.id)
        assert (now.state, now.left_ml, now.can_be_drawn) == (LotState.USED_UP, 0, False)
        assert desk.catalogue.lots(drawable_only=True) == ()

    @pytest.mark.parametrize("number", ["A1", "a1", " A-1 ", "A 1"])
    def test_a_number_comes_once_for_a_product(self, desk, product, number):
        lot = desk.catalogue.add_lot(product.id, lot_fields("A1"))
        with pytest.raises(RefusedError, match="already has a lot A1"):
            desk.catalogue.add_lot(product.id, lot_fields(number))
        other = desk.catalogue.add_product(ProductFields("Other"))
        assert desk.catalogue.add_lot(other.id, lot_fields(number)).id != lot.id

    def test_numbers_of_signs_alone_are_told_apart(self, desk, product):
        desk.catalogue.add_lot(product.id, lot_fields("--"))
        assert desk.catalogue.add_lot(product.id, lot_fields("+")).fields.number == "+"

    @pytest.mark.parametrize(
        ("place", "fields"),
        [
            ("number", lot_fields(" ")),
            ("number", lot_fields("A\n1")),
            ("supplier", lot_fields(supplier="x" * 201)),
            ("received_ml", lot_fields(received_ml=Decimal(0))),
            ("received_ml", lot_fields(received_ml=Decimal("0.0001"))),
            ("received_ml", lot_fields(received_ml=Decimal("1e12"))),
            ("received_on", LotFields("A", date(2027, 1, 1), TODAY + timedelta(days=1))),
            ("received_on", LotFields("A", date(2027, 1, 1), date(1026, 3, 1))),
            ("expires_on", lot_fields(expires_on=date(2026, 2, 28))),
            ("expires_on", lot_fields(expires_on=date(2207, 1, 31))),
        ],
    )
    def test_wrong_fields_are_refused_at_their_place(self, desk, product, place, fields):
        with pytest.raises(InvalidError) as error:
            desk.catalogue.add_lot(product.id, fields)
        assert places(error) == {place}
        assert desk.catalogue.lots() == ()

    def test_a_lot_can_be_put_right(self, desk, product, counted):
        typed = lot_fields("A2", date(2027, 2, 28), received_ml=Decimal(40), supplier="B")
        now = desk.catalogue.update_lot(counted.id, counted.version, typed)
        assert (now.version, now.fields, now.left_ml) == (2, typed, Decimal(40))
        assert desk.catalogue.update_lot(counted.id, 2, typed) == now
        with pytest.raises(ConflictError) as error:
            desk.catalogue.update_lot(counted.id, 1, typed)
        assert error.value.record == now

    def test_a_lot_does_not_take_the_number_of_another(self, desk, product, counted):
        other = desk.catalogue.add_lot(product.id, lot_fields("B2"))
        with pytest.raises(RefusedError, match="already has a lot A1"):
            desk.catalogue.update_lot(other.id, other.version, lot_fields("a1"))

    def test_not_less_was_received_than_was_drawn(self, desk, patient, counted):
        drawn(desk, patient, counted, "12.5")
        version = desk.catalogue.lot(counted.id).version
        with pytest.raises(InvalidError) as error:
            desk.catalogue.update_lot(
                counted.id, version, lot_fields(received_ml=Decimal("12.499"))
            )
        assert error.value.sentence == "Received: 12.5 mL of this lot were drawn already."
        now = desk.catalogue.update_lot(
            counted.id, version, lot_fields(received_ml=Decimal("12.5"))
        )
        assert now.state is LotState.USED_UP

    def test_a_lot_that_is_counted_from_now_on_holds_what_was_drawn(self, desk, product, patient):
        lot = desk.catalogue.add_lot(product.id, lot_fields())
        drawn(desk, patient, lot, "5")
        with pytest.raises(InvalidError):
            desk.catalogue.update_lot(lot.id, lot.version, lot_fields(received_ml=Decimal(4)))
        now = desk.catalogue.update_lot(lot.id, lot.version, lot_fields(received_ml=Decimal(6)))
        assert now.left_ml == Decimal(1)

    def test_a_count_is_a_movement_with_its_reason(self, desk, counted):
        now = desk.catalogue.correct_lot(counted.id, counted.version, Decimal("17.5"), "one broke")
        assert (now.left_ml, now.version) == (Decimal("17.5"), 2)
        with desk.store.read(Right.RECORD_READ) as tx:
            [movement] = tx.db.scalars(select(StockMovementRow))
            [details] = tx.db.scalars(
                select(AuditEntryRow.details).where(AuditEntryRow.action == "lot.correct")
            )
        assert (movement.kind, movement.volume_ml) == (MovementKind.CORRECTED, Decimal("-2.5"))
        assert (movement.reason, movement.user_id) == ("one broke", desk.user.id)
        assert "-2.5" in details

    def test_a_count_that_finds_all_in_order_changes_nothing(self, desk, counted):
        same = desk.catalogue.correct_lot(counted.id, counted.version, Decimal(20), "counted")
        assert same == counted

    @pytest.mark.parametrize(
        ("left", "reason", "place"),
        [(Decimal(-1), "x", "left_ml"), (Decimal(21), "x", "left_ml"), (Decimal(1), " ", "reason")],
    )
    def test_a_count_that_cannot_be_is_refused(self, desk, counted, left, reason, place):
        with pytest.raises(InvalidError) as error:
            desk.catalogue.correct_lot(counted.id, counted.version, left, reason)
        assert places(error) == {place}

    def test_an_uncounted_lot_cannot_be_corrected(self, desk, product):
        lot = desk.catalogue.add_lot(product.id, lot_fields())
        with pytest.raises(RefusedError):
            desk.catalogue.correct_lot(lot.id, lot.version, Decimal(1), "counted")
