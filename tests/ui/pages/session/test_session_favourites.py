"""Favourites by real keys on the real vault: saved in one session, placed in the next patient's."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from sqlalchemy import text

from mesodesk.domain.records.session import ComponentFields, SyringeFields
from mesodesk.domain.records.stock import ActiveFields, LotFields, ProductFields
from mesodesk.domain.rights import Right
from mesodesk.domain.strength import Strength, StrengthUnit
from mesodesk.ui.bodymap.canvas_card import open_card
from tests.ui.pages.session.conftest import complete_intake

PRODUCTS = (
    ("Caffeine 5 %", "caffeine", "50", "2"),
    ("Carnitine", "l_carnitine", "200", "2"),
    ("Procaine 2 %", "procaine", "20", "1"),
    ("Saline", None, None, "5"),
)
NAME = "Thighs, contour"


def add_products(desk):
    """Enter three products and a diluent, with one lot of each."""
    for name, ingredient, strength, _ in PRODUCTS:
        actives = ()
        if ingredient:
            known = Strength(Decimal(strength), StrengthUnit.MG_PER_ML)
            actives = (ActiveFields(ingredient, ingredient.capitalize(), known),)
        fields = ProductFields(name=name, diluent=not actives, actives=actives)
        desk.catalogue.add_product(fields)
    add_lots(desk, "OLD")


def add_lots(desk, prefix, expires_on=date(2027, 1, 31)):
    """Enter another delivery of each product."""
    for name, *_ in PRODUCTS:
        product = next(each for each in desk.catalogue.products() if each.fields.name == name)
        number = f"{prefix}-{name[:4]}"
        desk.catalogue.add_lot(product.id, LotFields(number, expires_on, date(2026, 3, 1)))


def lots(desk, prefix):
    found = {each.product.fields.name: each for each in desk.catalogue.lots()
             if each.fields.number.startswith(prefix)}  # fmt: skip
    return [found[name].id for name, *_ in PRODUCTS]


def mix(desk, session, prefix, digit=2, label="Contour mix"):
    """Draw up 10 mL of the mixture from the lots of one delivery."""
    parts = zip(lots(desk, prefix), PRODUCTS, strict=True)
    components = tuple(ComponentFields(lot, Decimal(each[3])) for lot, each in parts)
    return desk.sessions.put_syringe(
        session.id, session.version, SyringeFields(digit, label, components)
    )


class Hands:
    """What a therapist does with favourites, over the session page."""

    def __init__(self, desk):
        self.desk, self.place = desk, desk.place

    def prepare_first_session(self):
        self.place.run(add_products)
        session = self.desk.stored()
        self.place.run(lambda one: mix(one, session, "OLD"))
        self.desk.page.state.reload()
        self.place.settle()
        self.desk.station("chart")
        self.desk.canvas.setFocus()
        self.place.press(Qt.Key.Key_2)
        self.desk.place_points(3)

    def next_patient(self, *, mixed):
        """Open a session of somebody else, of another height, with or without a syringe."""
        patient = self.place.patient("Ruiz", "Ana")

        def begin(one):
            if not lots_entered(one):
                add_lots(one, "NEW")
            complete_intake(one, patient)
            draft = one.sessions.start(patient.id)
            return mix(one, draft, "NEW", digit=4) if mixed else draft

        self.desk.session = self.place.run(begin)
        self.desk.open(self.desk.session.id, station="chart")
        self.desk.station("chart")
        self.desk.canvas.setFocus()

    def press(self, key):
        self.place.press(key)
        self.place.settle()

    def type(self, words):
        self.desk.qtbot.keyClicks(self.place.window.focusWidget(), words)

    def save(self, name=NAME):
        """W, and the button beneath the list by Tab; then the name and Enter."""
        self.press(Qt.Key.Key_W)
        walked = []
        while self.focus() != "favourite_save":
            assert len(walked) < 9, walked
            self.place.press(Qt.Key.Key_Tab)
            walked.append(self.focus())
        self.press(Qt.Key.Key_Return)
        assert self.focus() == "favourite_name"
        self.type(name)
        self.press(Qt.Key.Key_Return)

    def load(self, words="cont"):
        """The two gestures: a part of the name and Enter, and Enter."""
        self.press(Qt.Key.Key_W)
        self.type(words)
        self.press(Qt.Key.Key_Return)

    def focus(self):
        return self.place.window.focusWidget().objectName()

    def shown(self, name):
        found = self.place.window.findChild(QWidget, name)
        return found is not None and found.isVisible()

    def kept(self):
        return self.place.run(lambda one: one.favourites.all())

    def placing(self):
        return self.desk.page.stack.station("chart").favourites.placing

    def card(self):
        return self.desk.page.stack.station("chart").favourites.card

    def masses(self):
        """Return what the chart says of each active, exactly."""
        (whole,) = [self.desk.panel.model.totals.whole]
        return {each.ingredient_id: each.value for each in whole.amounts}


def lots_entered(desk):
    return any(each.fields.number.startswith("NEW") for each in desk.catalogue.lots())


@pytest.fixture
def hands(desk):
    made = Hands(desk)
    made.prepare_first_session()
    return made


def test_saved_by_keys_it_is_on_record_at_once_without_a_lot(hands):
    hands.save()
    (kept,) = hands.kept()
    assert (kept.name, kept.of_clinic) == (NAME, False)
    (recipe,) = kept.content.recipes
    assert recipe.label == "Contour mix"
    assert [(each.product_name, str(each.volume_ml)) for each in recipe.parts] == [
        (name, volume) for name, _, _, volume in PRODUCTS
    ]
    assert kept.content.points == 3
    assert hands.place.window.status.text().startswith("kept")
    assert open_card(hands.desk.canvas) is None
    assert hands.desk.canvas.hasFocus()
    stored = hands.place.run(
        lambda one: [tuple(map(str, row)) for row in raw_rows(one)],
    )
    assert not [cell for row in stored for cell in row if "OLD-" in cell]
    assert [cell for row in stored for cell in row if "Caffeine 5 %" in cell]


def raw_rows(desk):
    with desk.store.read(Right.RECORD_READ) as tx:
        return tx.db.execute(text("SELECT * FROM favourite")).all()


def test_two_gestures_place_it_for_the_next_patient_with_todays_lots(hands):
    hands.save()
    before = hands.masses()
    hands.next_patient(mixed=True)
    hands.load()
    assert hands.shown("favourite_place_card")
    assert hands.placing().card.accessibleDescription() == "3 points, 0.15 mL from syringe 4"
    assert hands.focus() == "favourite_place_go"
    hands.press(Qt.Key.Key_Return)
    chart = hands.desk.stored_chart()
    assert chart.cursor == 1
    assert sum(len(each.points) for each in chart.fields) == 3
    (today,) = hands.desk.stored().syringes
    assert {each.syringe_id for each in chart.fields} == {today.id}
    assert {each.lot_number[:3] for each in today.components} == {"NEW"}
    assert hands.masses() == before
    assert before["caffeine"] == Fraction(15, 100) * 50 * 2 / 10
    assert hands.desk.canvas.hasFocus()
    hands.place.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    hands.place.settle()
    assert hands.desk.stored_chart().fields == ()
    assert hands.desk.stored_chart().cursor == 0


def test_it_is_there_after_the_vault_was_reopened_and_what_it_placed_is_undone_at_once(hands):
    hands.save()
    hands.next_patient(mixed=True)
    hands.load()
    hands.press(Qt.Key.Key_Return)
    hands.desk.reopen(gently=False)
    hands.desk.station("chart")
    assert hands.desk.panel.model.document.point_count == 3
    assert hands.desk.panel.view.toolbar.undo.toolTip().startswith("Undo: place a favourite")
    hands.desk.canvas.setFocus()
    hands.place.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    hands.place.settle()
    assert hands.desk.panel.model.document.point_count == 0
    hands.load()
    hands.press(Qt.Key.Key_Return)
    assert hands.desk.panel.model.document.point_count == 3


def test_a_mixture_alone_is_kept_for_the_clinic_and_prepared_for_the_next_patient(hands):
    hands.press(Qt.Key.Key_W)
    card, form = hands.card(), hands.desk.page.stack.station("chart").favourites.form
    click = hands.desk.qtbot.mouseClick
    click(card.save, Qt.MouseButton.LeftButton)
    click(form.what.segment("mixture"), Qt.MouseButton.LeftButton)
    click(form.whose.segment("clinic"), Qt.MouseButton.LeftButton)
    form.name.input.setFocus()
    hands.type("Contour mix alone")
    hands.press(Qt.Key.Key_Return)
    (kept,) = hands.kept()
    assert (kept.of_clinic, kept.content.fields) == (True, ())
    hands.next_patient(mixed=False)
    hands.load()
    assert hands.desk.page.stack.current == "prepare"
    editor = hands.desk.page.stack.station("prepare").editor(1)
    assert [row.volume.input.text() for row in editor.rows()] == ["2", "2", "1", "5"]
    assert {row.lot_id() for row in editor.rows()} == {None}


def choose_first_lots(hands, count):
    for _ in range(count):
        hands.place.press(Qt.Key.Key_Down)
        hands.place.press(Qt.Key.Key_Return)


def test_a_missing_syringe_is_prepared_from_the_recipe_with_lots_asked_for(hands):
    hands.save()
    hands.next_patient(mixed=False)
    hands.load()
    card = hands.placing().card
    assert not card.go.isEnabled()
    assert hands.focus().startswith("favourite_place_prepare_")
    hands.press(Qt.Key.Key_Return)
    assert hands.desk.page.stack.current == "prepare"
    editor = hands.desk.page.stack.station("prepare").editor(1)
    assert editor.label.value() == "Contour mix"
    assert [row.volume.input.text() for row in editor.rows()] == ["2", "2", "1", "5"]
    assert {row.lot_id() for row in editor.rows()} == {None}
    assert [row.pick.input.placeholderText() for row in editor.rows()] == [
        f"Lot of {name}" for name, *_ in PRODUCTS
    ]
    assert not any(row.detail.isVisible() for row in editor.rows())
    assert hands.desk.stored().syringes == ()
    assert hands.focus() == "syringe_1_lot_1"
    choose_first_lots(hands, 4)
    assert hands.focus() == "prepare_next"
    hands.press(Qt.Key.Key_Return)
    assert hands.desk.page.stack.current == "chart"
    hands.place.settle()
    (today,) = hands.desk.stored().syringes
    assert [(each.product_name, each.volume_ml) for each in today.components] == [
        (name, Decimal(volume)) for name, _, _, volume in PRODUCTS
    ]
    assert hands.shown("favourite_place_card")
    assert hands.focus() == "favourite_place_go"
    hands.press(Qt.Key.Key_Return)
    assert hands.desk.panel.model.document.point_count == 3
    hands.desk.station("prepare")
    hands.desk.station("chart")
    assert open_card(hands.desk.canvas) is None


def test_what_waits_for_lots_survives_a_crash_and_is_not_prepared_twice(hands):
    hands.save()
    hands.next_patient(mixed=False)
    hands.load()
    hands.press(Qt.Key.Key_Return)
    choose_first_lots(hands, 1)
    hands.desk.reopen(gently=False)
    hands.desk.station("prepare")
    editor = hands.desk.page.stack.station("prepare").editor(1)
    rows = editor.rows()
    assert [row.lot_id() is None for row in rows] == [False, True, True, True]
    assert rows[1].product.name == "Carnitine"
    assert [option.text for option in rows[1].pick._options] == ["Carnitine"] * 2
    hands.desk.station("chart")
    hands.desk.canvas.setFocus()
    hands.load()
    hands.press(Qt.Key.Key_Return)
    assert hands.desk.page.stack.current == "prepare"
    assert hands.desk.page.stack.station("prepare").editor(2) is None
    assert hands.focus() == "syringe_1_lot_2"


def test_a_taken_name_is_said_at_the_field_and_the_clinic_may_have_it(hands):
    hands.save()
    hands.desk.canvas.setFocus()
    hands.save()
    form = hands.desk.page.stack.station("chart").favourites.form
    assert form.isVisible()
    assert "You have a favourite of this name already" in form.name.error()
    assert hands.focus() == "favourite_name"
    hands.place.click("favourite_whose_clinic")
    hands.place.click("favourite_go")
    hands.place.settle()
    assert [(each.name, each.of_clinic) for each in hands.kept()] == [(NAME, False), (NAME, True)]


def test_renamed_archived_and_brought_back_by_keys(hands):
    hands.save()
    hands.desk.canvas.setFocus()
    hands.save("Second")
    hands.press(Qt.Key.Key_W)
    hands.place.press(Qt.Key.Key_Tab)
    assert hands.place.window.focusWidget().accessibleName() == "Rename Second"
    hands.press(Qt.Key.Key_Return)
    assert hands.focus() == "favourite_new_name"
    hands.type(NAME.upper())
    hands.press(Qt.Key.Key_Return)
    assert "of this name already" in hands.card().new_name.error()
    hands.place.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    hands.type("Belly")
    hands.press(Qt.Key.Key_Return)
    assert [each.name for each in hands.kept()] == ["Belly", NAME]
    assert hands.focus() == "favourite_search"
    hands.place.press(Qt.Key.Key_Tab)
    hands.place.press(Qt.Key.Key_Tab)
    assert hands.place.window.focusWidget().accessibleName() == "Archive Belly"
    hands.press(Qt.Key.Key_Return)
    assert [each.name for each in hands.kept()] == [NAME]
    assert hands.card().notice.text.text() == "“Belly” is archived."
    hands.place.click("favourite_notice_action")
    hands.place.settle()
    assert [each.name for each in hands.kept()] == ["Belly", NAME]
    hands.press(Qt.Key.Key_Escape)
    assert open_card(hands.desk.canvas) is None
    assert hands.desk.canvas.hasFocus()


def test_leaving_a_new_name_leaves_the_card_open(hands):
    hands.save()
    hands.press(Qt.Key.Key_W)
    hands.place.click("favourite_1_rename")
    hands.press(Qt.Key.Key_Escape)
    assert hands.card().isVisible()
    assert hands.focus() == "favourite_search"
    assert [each.name for each in hands.kept()] == [NAME]


def test_a_favourite_of_another_body_is_kept_and_refused_with_a_sentence(hands):
    hands.save()
    hands.place.run(lambda one: change_content(one, '"atlas":"', '"atlas":"other-'))
    hands.load()
    assert "another version of the body" in hands.card().notice.text.text()
    assert hands.card().isVisible()
    assert not hands.shown("favourite_place_card")
    hands.place.run(lambda one: change_content(one, '"format":1', '"format":9'))
    hands.press(Qt.Key.Key_Escape)
    hands.press(Qt.Key.Key_Escape)
    hands.load("thigh")
    assert "later version of Mesodesk" in hands.card().notice.text.text()
    assert [each.name for each in hands.kept()] == [NAME]
    assert hands.desk.panel.model.document.point_count == 3


def change_content(desk, before, after):
    with desk.store.write(Right.OWN) as tx:
        done = tx.db.execute(
            text("UPDATE favourite SET content = replace(content, :before, :after)"),
            {"before": before, "after": after},
        )
        assert done.rowcount
        tx.audit("test.change", "favourite", None)


def test_a_signed_session_offers_no_favourites(signed):
    signed.place.click("signed_chart")
    signed.place.settle()
    signed.qtbot.waitUntil(lambda: signed.canvas.has_stage and signed.panel.isVisible())
    assert not signed.place.window.findChild(QWidget, "fields_favourite").isVisible()
    signed.canvas.setFocus()
    signed.place.press(Qt.Key.Key_W)
    signed.place.settle()
    assert open_card(signed.canvas) is None
    assert "signed" in signed.canvas.hint.label.text()
