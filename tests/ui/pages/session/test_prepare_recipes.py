"""Prepare fills a syringe from a favourite's recipe: products and mL, and never a lot."""

from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt

from mesodesk.domain.favourites import FavouriteContent, Recipe, RecipePart
from mesodesk.domain.records.session import ComponentFields, SyringeFields
from mesodesk.domain.records.stock import LotFields, ProductFields
from mesodesk.ui.pages.session_parts.typed_syringe import (
    TypedPart,
    TypedSyringe,
    Wanted,
    from_recipe,
    typed_syringes,
)
from tests.ui.pages.session.test_session_favourites import (
    PRODUCTS,
    Hands,
    add_lots,
    add_products,
    choose_first_lots,
)


def recipe_of(desk, digit=2, label="Contour mix"):
    """Return the recipe of the three products and the diluent, with their strengths of today."""
    known = {each.fields.name: each for each in desk.catalogue.products(include_archived=True)}
    parts = tuple(
        RecipePart(
            known[name].id, name, Decimal(volume), strength is None, known[name].fields.actives
        )
        for name, _, strength, volume in PRODUCTS
    )
    return Recipe(digit, label, parts)


def keep(desk, name, *recipes):
    """Keep a favourite of recipes only, as if it were of a body that is no more."""
    return desk.favourites.save(name, FavouriteContent("gone", recipes, ()), of_clinic=True)


class Bench(Hands):
    """The Prepare station of a session without a syringe."""

    def __init__(self, desk):
        super().__init__(desk)
        self.place.run(add_products)

    def begin(self, *favourites):
        for name, *labels in favourites:
            self.place.run(
                lambda one, name=name, labels=labels: keep(
                    one,
                    name,
                    *(recipe_of(one, at, label) for at, label in enumerate(labels, start=1)),
                )
            )
        patient = self.place.patient("Ruiz", "Ana")
        self.desk.session = self.place.run(lambda one: one.sessions.start(patient.id))
        self.desk.open(self.desk.session.id, station="prepare")
        self.desk.station("prepare")

    @property
    def station(self):
        return self.desk.page.stack.station("prepare")

    def fill(self, words):
        self.place.click("recipe_from_favourite")
        self.place.settle()
        assert self.focus() == "recipe_favourite"
        self.type(words)
        self.press(Qt.Key.Key_Return)

    def rows(self, digit=1):
        return self.station.editor(digit).rows()

    def drawn(self):
        return {
            each.digit: [(part.lot_number, part.volume_ml) for part in each.components]
            for each in self.desk.stored().syringes
        }


@pytest.fixture
def bench(desk):
    return Bench(desk)


def test_a_favourite_fills_a_new_syringe_and_asks_for_its_lots(bench):
    bench.begin(("Thighs", "Contour mix"), ("Belly", "Other mix"))
    bench.fill("thi")
    assert bench.station.editor(1).label.value() == "Contour mix"
    assert [(row.product.name, row.volume.value()) for row in bench.rows()] == [
        (name, Decimal(volume)) for name, _, _, volume in PRODUCTS
    ]
    assert {row.lot_id() for row in bench.rows()} == {None}
    assert bench.drawn() == {}
    assert bench.station.editor(1).waits.text() == (
        "Lots are asked for each time: choose today's for every row."
    )
    assert bench.focus() == "syringe_1_lot_1"
    assert bench.shown("recipe_from_favourite")
    choose_first_lots(bench, 3)
    assert bench.drawn() == {}
    choose_first_lots(bench, 1)
    bench.place.settle()
    assert bench.drawn() == {
        1: [("OLD-Caff", 2), ("OLD-Carn", 2), ("OLD-Proc", 1), ("OLD-Sali", 5)]
    }
    assert bench.focus() == "prepare_next"


def test_only_lots_of_the_product_are_offered_the_first_to_expire_first(bench):
    bench.place.run(lambda one: add_lots(one, "NEAR", date(2026, 4, 30)))
    bench.place.run(lambda one: add_lots(one, "FAR", date(2028, 4, 30)))
    bench.place.run(other_water)
    bench.begin(("Thighs", "Contour mix"))
    bench.fill("thi")

    def offered(row):
        return [option.subtitle.split(" · ")[0] for option in row.pick._options]

    caffeine, *_, saline = bench.rows()
    assert offered(caffeine) == ["lot NEAR-Caff", "lot OLD-Caff", "lot FAR-Caff"]
    # Any diluent may stand for another; those of the recipe come first.
    assert offered(saline) == ["lot NEAR-Sali", "lot OLD-Sali", "lot FAR-Sali", "lot W1"]


def other_water(desk):
    product = desk.catalogue.add_product(ProductFields(name="Water", diluent=True))
    desk.catalogue.add_lot(product.id, LotFields("W1", date(2026, 3, 30), date(2026, 3, 1)))


def test_each_recipe_of_a_favourite_is_offered(bench):
    bench.begin(("Thighs", "Contour mix", ""))
    bench.fill("mixture 2")
    assert bench.station.editor(1).label.value() == ""
    bench.fill("contour")
    assert bench.station.editor(2).label.value() == "Contour mix"


def test_without_a_favourite_it_says_where_they_come_from(bench):
    bench.begin()
    bench.place.click("recipe_from_favourite")
    bench.place.settle()
    assert "no favourite yet" in bench.station.recipes.list.message.text()
    bench.press(Qt.Key.Key_Escape)
    assert bench.focus() == "recipe_from_favourite"
    assert not bench.shown("recipe_favourite")


def test_leaving_the_list_leaves_the_syringes_as_they_are(bench):
    bench.begin(("Thighs", "Contour mix"))
    bench.place.click("recipe_from_favourite")
    bench.place.settle()
    bench.press(Qt.Key.Key_Escape)  # the list
    bench.press(Qt.Key.Key_Escape)  # the line
    assert bench.station.editor(1) is None
    assert bench.shown("recipe_from_favourite")
    bench.place.click("recipe_from_favourite")
    bench.place.settle()
    bench.place.click("prepare_next")
    bench.place.settle()
    assert bench.station.editor(1) is None


def test_a_product_without_a_lot_is_told_and_a_new_lot_goes_to_its_row(bench):
    bench.place.run(archive_procaine)
    bench.begin(("Thighs", "Contour mix"))
    bench.fill("thi")
    procaine = bench.rows()[2]
    assert procaine.detail.isVisible()
    assert procaine.detail.text() == (
        "No lot of Procaine 2 % can be drawn from: enter one with “New lot”, or take this row out."
    )
    bench.place.run(restore_procaine)
    bench.place.settle()
    assert not procaine.detail.isVisible()
    lot = bench.place.run(add_procaine)
    bench.place.settle()
    bench.station.editor(1).take_lot(lot.id)
    assert procaine.lot_id() == lot.id
    assert [row.lot_id() for row in bench.rows()].count(None) == 3


def procaine_of(desk):
    return next(
        each
        for each in desk.catalogue.products(include_archived=True)
        if each.fields.name == "Procaine 2 %"
    )


def archive_procaine(desk):
    product = procaine_of(desk)
    desk.catalogue.archive_product(product.id, product.version)


def restore_procaine(desk):
    product = procaine_of(desk)
    desk.catalogue.restore_product(product.id, product.version)


def add_procaine(desk):
    fields = LotFields("P9", date(2027, 5, 1), date(2026, 3, 1))
    return desk.catalogue.add_lot(procaine_of(desk).id, fields)


def test_a_row_may_be_taken_out_of_a_recipe(bench):
    bench.begin(("Thighs", "Contour mix"))
    bench.fill("thi")
    bench.place.click("syringe_1_drop_4")
    bench.place.find("syringe_1_lot_1").setFocus()
    choose_first_lots(bench, 3)
    bench.place.settle()
    assert bench.drawn() == {1: [("OLD-Caff", 2), ("OLD-Carn", 2), ("OLD-Proc", 1)]}


def test_nine_syringes_leave_no_room_for_another_recipe(bench):
    bench.begin(("Thighs", "Contour mix"))
    for _ in range(9):
        bench.place.click("add_syringe")
        bench.place.settle()
    assert not bench.shown("recipe_from_favourite")
    bench.station.take_recipe(bench.place.run(recipe_of))
    assert bench.station.editor(10) is None


def test_a_syringe_on_record_is_left_alone(bench):
    bench.begin(("Thighs", "Contour mix"))
    lot = bench.place.run(lambda one: one.catalogue.lots()[0])
    record = bench.desk.stored()
    drawn = SyringeFields(1, "Mine", (ComponentFields(lot.id, Decimal(1)),))
    bench.place.run(lambda one: one.sessions.put_syringe(record.id, record.version, drawn))
    bench.desk.page.state.reload()
    bench.place.settle()
    bench.fill("thi")
    assert bench.station.editor(1).label.value() == "Mine"
    assert bench.station.editor(2).label.value() == "Contour mix"


def test_what_a_recipe_asks_for_is_written_down_and_read_back(bench):
    typed = from_recipe(bench.place.run(recipe_of), 3)
    assert typed_syringes({"syringes": [typed.payload()]}) == (typed,)
    assert typed.parts[3].wanted.diluent
    by_hand = TypedSyringe(1, "", (TypedPart(None, "2,5"),))
    assert typed_syringes({"syringes": [by_hand.payload()]}) == (by_hand,)
    # As versions before wrote it.
    older = {"syringes": [{"digit": 1, "label": "", "parts": [["", "2,5"]]}]}
    assert typed_syringes(older) == (by_hand,)
    assert Wanted(typed.parts[0].wanted.product_id, "Caffeine 5 %") == typed.parts[0].wanted
