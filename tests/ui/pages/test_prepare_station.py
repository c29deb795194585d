"""The second station of a session: syringes from lots, mixtures, asepsis, by real keys."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from added import add_patient
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from mesodesk.domain.answers import Answer
from mesodesk.domain.bodymap.edits import Edit, EditLabel
from mesodesk.domain.bodymap.fields import ChartField, Pattern
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints
from mesodesk.domain.dosing import ActiveStrength, Component, Mixture
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.limits import LimitChange
from mesodesk.domain.records.recall import RecallFields
from mesodesk.domain.records.session import ComponentFields, SyringeFields
from mesodesk.domain.records.stock import ActiveFields, LotFields, ProductFields
from mesodesk.domain.strength import Strength, StrengthUnit
from mesodesk.domain.vocabulary import load_vocabulary
from mesodesk.ui.pages.session import SessionPage
from mesodesk.ui.pages.session_parts.mixture_table import arithmetic, concentration_text
from mesodesk.ui.pages.session_parts.typed_syringe import TypedPart, TypedSyringe, typed_syringes

LOTS = (
    ("Caffeine 5 %", "caffeine", Strength(Decimal(5), StrengthUnit.PERCENT), "C2291", "20"),
    ("Carnitine", "l_carnitine", Strength(Decimal(200), StrengthUnit.MG_PER_ML), "LC77", "10"),
    ("Hyaluronidase", "hyaluronidase", Strength(Decimal(150), StrengthUnit.IU_PER_ML), "H5", None),
    ("Silicium", "organic_silicon", None, "S118", "5"),
)
NB, TIMES = "\u00a0", "\u00d7"
FAR, NEAR, PAST = date(2027, 3, 31), date(2026, 3, 31), date(2026, 2, 28)


def stock(desk):
    """Enter what the tests draw from: one lot of each product, one expired, one used up, saline."""
    for name, ingredient, strength, number, received in LOTS:
        active = ActiveFields(ingredient, name.split()[0], strength)
        product = desk.catalogue.add_product(ProductFields(name=name, actives=(active,)))
        add_lot(desk, product, number, received=received)
        if number == "C2291":
            add_lot(desk, product, "OLD1", expires_on=PAST)
    saline = desk.catalogue.add_product(ProductFields(name="Saline 0.9 %", diluent=True))
    add_lot(desk, saline, "N0412", expires_on=NEAR, received="500")


def add_lot(desk, product, number, *, expires_on=FAR, received=None):
    volume_ml = None if received is None else Decimal(received)
    fields = LotFields(number, expires_on, date(2026, 1, 5), volume_ml)
    return desk.catalogue.add_lot(product.id, fields)


def stocked_and_begun(desk, _clock):
    stock(desk)
    return desk.sessions.start(add_patient(desk).id)


class PrepareDesk:
    """A session page at its second station, for a new patient."""

    def __init__(self, place, session):
        self.place, self.qtbot, self.session = place, place.qtbot, session
        self.show()

    def show(self):
        self.page = self.place.add(SessionPage, "patient", "stock")
        with self.qtbot.waitSignal(self.page.state.opened):
            self.place.window.open("session", session_id=self.session.id, station="prepare")
        self.settle()

    def reopen(self, *, gently=True):
        self.place.close(gently=gently)
        self.place.open()
        self.show()

    def settle(self):
        self.place.settle()
        self.place.settle()

    @property
    def station(self):
        return self.page.stack.station("prepare")

    def find(self, name, kind=QWidget):
        return self.place.find(name, kind)

    def focus(self):
        return self.place.window.focusWidget().objectName()

    def click(self, name):
        self.place.click(name)
        self.settle()

    def pick(self, name, words):
        """Type into a list and take the first match with Enter."""
        self.find(name).setFocus()
        self.find(name).clear()
        self.qtbot.keyClicks(self.find(name), words)
        self.place.press(Qt.Key.Key_Return)
        self.settle()

    def volume(self, name, text):
        self.find(name).setFocus()
        self.find(name).selectAll()
        self.qtbot.keyClicks(self.find(name), text)
        self.settle()

    def draw(self, digit, *parts):
        """Draw up a syringe: (words, mL) for each row."""
        if self.place.window.findChild(QWidget, f"syringe_{digit}") is None:
            self.click("add_syringe")
        for number, (words, text) in enumerate(parts, start=1):
            if number > 1:
                self.click(f"syringe_{digit}_add")
            self.pick(f"syringe_{digit}_lot_{number}", words)
            self.volume(f"syringe_{digit}_ml_{number}", text)

    def show_lots(self):
        self.station.show_state()
        self.settle()

    def record(self):
        return self.place.run(lambda desk: desk.sessions.get(self.session.id))

    def drawn(self):
        return {
            syringe.digit: [(part.lot_number, part.volume_ml) for part in syringe.components]
            for syringe in self.record().syringes
        }

    def text(self, name):
        return self.find(name, QLabel).text()

    def has(self, name):
        found = self.place.window.findChild(QWidget, name)
        return found is not None and found.isVisible()

    def options(self, name):
        row = self.find(name).parentWidget().parentWidget()
        return [option.text for option in row._options]


@pytest.fixture
def desk(prepared):
    return PrepareDesk(*prepared(stocked_and_begun))


class TestByKeys:
    def test_a_mixture_is_drawn_up_without_a_mouse(self, desk):
        assert desk.focus() == "add_syringe"
        desk.place.press(Qt.Key.Key_N)
        assert desk.focus() == "syringe_1_lot_1"
        desk.qtbot.keyClicks(desk.find("syringe_1_lot_1"), "caff")
        desk.place.press(Qt.Key.Key_Return)
        assert desk.focus() == "syringe_1_ml_1"
        desk.qtbot.keyClicks(desk.find("syringe_1_ml_1"), "2")
        desk.place.press(Qt.Key.Key_Return)
        assert desk.focus() == "syringe_1_add"
        desk.place.press(Qt.Key.Key_Space)
        assert desk.focus() == "syringe_1_lot_2"
        desk.qtbot.keyClicks(desk.find("syringe_1_lot_2"), "N0412")
        desk.place.press(Qt.Key.Key_Return)
        desk.qtbot.keyClicks(desk.find("syringe_1_ml_2"), "2,5")
        desk.settle()

        assert desk.drawn() == {1: [("C2291", Decimal(2)), ("N0412", Decimal("2.5"))]}

    def test_n_adds_the_next_free_digit_but_stays_a_letter_and_a_no(self, desk):
        desk.draw(1, ("caff", "1"))
        desk.find("syringe_1_label").setFocus()
        desk.place.press(Qt.Key.Key_N)
        desk.find("aseptic_step_gloves_not_asked").setFocus()
        desk.place.press(Qt.Key.Key_N)
        desk.settle()
        assert desk.find("syringe_1_label").text() == "n"
        assert desk.record().fields.aseptic_steps == {"gloves": Answer.NO}
        assert not desk.has("syringe_2")

        desk.find("syringe_1_add").setFocus()
        desk.place.press(Qt.Key.Key_N)
        desk.settle()
        assert desk.has("syringe_2")

    def test_tab_goes_through_the_cards_as_they_are_read_and_out_of_them(self, desk):
        desk.draw(1, ("caff", "1"))
        desk.click("syringe_1_add")
        desk.find("syringe_1_label").setFocus()
        walked = []
        for _press in range(11):
            desk.place.press(Qt.Key.Key_Tab)
            walked.append(desk.focus())
        assert walked == [
            "syringe_1_remove",
            "syringe_1_lot_1",
            "syringe_1_ml_1",
            "syringe_1_drop_1",
            "syringe_1_lot_2",
            "syringe_1_ml_2",
            "syringe_1_drop_2",
            "syringe_1_add",
            "syringe_1_new_lot",
            "syringe_1_mixture_how",
            "add_syringe",
        ]
        desk.place.press(Qt.Key.Key_Backtab)
        assert desk.focus() == "syringe_1_mixture_how"
        desk.find("prepare_next").setFocus()
        desk.place.press(Qt.Key.Key_Tab)
        assert not desk.station.isAncestorOf(desk.place.window.focusWidget())

    def test_the_first_step_into_an_empty_volume_is_one_millilitre(self, desk):
        desk.draw(1, ("caff", ""))
        desk.find("syringe_1_ml_1").setFocus()
        desk.place.press(Qt.Key.Key_Up)
        desk.place.press(Qt.Key.Key_Up)
        desk.settle()

        assert desk.drawn() == {1: [("C2291", Decimal("1.1"))]}

    def test_nine_syringes_are_the_most(self, desk):
        for _digit in range(9):
            desk.click("add_syringe")
        assert not desk.has("add_syringe")
        desk.station.add_syringe()
        assert not desk.has("syringe_10")


class TestLots:
    def test_only_what_can_be_drawn_is_offered_and_the_rest_is_told(self, desk):
        assert desk.text("hidden_lots") == "1 lot is not offered: 1 expired."
        desk.click("add_syringe")
        assert desk.options("syringe_1_lot_1").count("Caffeine 5 %") == 1

        desk.draw(1, ("silic", "5"))
        assert desk.text("hidden_lots") == "2 lots are not offered: 1 expired, 1 used up."
        desk.click("add_syringe")
        assert "Silicium" not in desk.options("syringe_2_lot_1")
        assert "Silicium" in desk.options("syringe_1_lot_1")

    def test_a_chosen_lot_says_number_expiry_and_what_is_left(self, desk):
        desk.draw(1, ("N0412", "2"))

        detail = desk.text("syringe_1_detail_1")
        assert detail == "lot N0412 · expires in 3 weeks, 31 Mar 2026 · 498\u00a0mL left"

    def test_a_name_that_its_field_cuts_stands_whole_beneath(self, desk):
        name = "Artichoke extract with organic silicon"

        def deliver(services):
            add_lot(services, services.catalogue.add_product(ProductFields(name=name)), "L94")

        desk.place.run(deliver)
        desk.place.window.resize(1024, 700)
        desk.settle()
        desk.draw(1, ("Artichoke", "2"))
        assert desk.find("syringe_1_lot_1").text() == name
        assert desk.text("syringe_1_detail_1").startswith(f"{name} · lot L94")
        desk.place.window.resize(1900, 900)
        desk.settle()
        assert desk.text("syringe_1_detail_1").startswith("lot L94")

    def test_more_than_a_lot_holds_is_refused_at_its_row_and_stays_typed(self, desk):
        desk.draw(1, ("silic", "4"), ("caff", "1"))
        desk.volume("syringe_1_ml_1", "6")

        assert "holds only" in desk.text("syringe_1_lot_1_message")
        assert desk.text("syringe_1_lot_2_message") == ""
        assert desk.find("syringe_1_ml_1").text() == "6"
        assert desk.drawn() == {1: [("S118", Decimal(4)), ("C2291", Decimal(1))]}
        desk.volume("syringe_1_ml_1", "5")
        assert desk.text("syringe_1_lot_1_message") == ""
        assert desk.drawn()[1][0] == ("S118", Decimal(5))

    def test_what_a_colleague_drew_meanwhile_is_not_drawn_again(self, desk):
        """Two at the last of a lot: who comes second is told at the row, and can take the rest."""
        desk.draw(1, ("silic", ""))

        def colleague(services):
            lot = next(each for each in services.catalogue.lots() if each.fields.number == "S118")
            session = services.sessions.start(add_patient(services, "Ferrand", "Ana").id)
            drawn = SyringeFields(1, "", (ComponentFields(lot.id, Decimal("4.8")),))
            services.sessions.put_syringe(session.id, session.version, drawn)

        desk.place.run(colleague)
        desk.volume("syringe_1_ml_1", "0.5")
        assert "holds only 0.2 mL more" in desk.text("syringe_1_lot_1_message")
        assert desk.drawn() == {}
        desk.volume("syringe_1_ml_1", "0.2")
        assert desk.text("syringe_1_lot_1_message") == ""
        assert desk.drawn() == {1: [("S118", Decimal("0.2"))]}

    def test_a_lot_recalled_while_it_is_in_an_open_syringe_says_so_there(self, desk):
        desk.draw(1, ("caff", "2"))

        def recall(services):
            lot = next(each for each in services.catalogue.lots() if each.fields.number == "C2291")
            services.recalls.recall(lot.id, lot.version, RecallFields("Glass", date(2026, 3, 9)))

        desk.place.run(recall)
        desk.settle()
        desk.qtbot.waitUntil(lambda: desk.has("prepare_findings"), timeout=20_000)
        told = [each.text() for each in desk.find("prepare_findings").findChildren(QLabel)]
        assert any("C2291" in each and "was recalled: Glass" in each for each in told)
        assert desk.drawn() == {1: [("C2291", Decimal(2))]}
        desk.click("add_syringe")
        assert "Caffeine 5 %" not in desk.options("syringe_2_lot_1")

    def test_what_was_refused_is_there_after_the_power_failed(self, desk):
        desk.draw(1, ("silic", "4"))
        desk.volume("syringe_1_ml_1", "60")
        desk.reopen(gently=False)

        assert desk.find("syringe_1_ml_1").text() == "60"
        assert desk.drawn() == {1: [("S118", Decimal(4))]}

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            ("0", "A syringe cannot hold 0 mL"),
            ("1e9", "not a number"),
            ("-1", "cannot be negative"),
            ("1.2345", "at most 3 digits"),
            ("5000", "at most 1000"),
        ],
    )
    def test_volumes_that_cannot_be_say_so_and_are_not_drawn(self, desk, text, sentence):
        desk.draw(1, ("caff", text))
        desk.find("syringe_1_label").setFocus()

        assert sentence in desk.text("syringe_1_ml_1_message")
        assert desk.drawn() == {}
        assert not desk.has("syringe_1_mixture")


class TestMixingWhileChoosing:
    """What must not meet in one syringe is marked at the choice, before anything is drawn up."""

    @pytest.fixture
    def desk(self, desk):
        def deliver(services):
            for name, ingredient, forbidden in (
                ("Lidocaine-epinephrine", "epinephrine", None),
                ("Lone acid", "deoxycholic_acid", True),
            ):
                active = ActiveFields(ingredient, name, Strength(Decimal(1), StrengthUnit.PERCENT))
                fields = ProductFields(name, actives=(active,), mixing_forbidden=forbidden)
                add_lot(services, services.catalogue.add_product(fields), f"Z{name[:4]}")

        desk.place.run(deliver)
        desk.show_lots()
        return desk

    def marked(self, desk, digit=1):
        rows = desk.station.editor(digit).rows()
        return [row.pick.message.text() for row in rows]

    def test_a_forbidden_pair_is_told_at_the_choice_that_makes_it(self, desk):
        desk.draw(1, ("hyal", "1"))
        desk.click("syringe_1_add")
        desk.pick("syringe_1_lot_2", "Lidocaine-epi")
        first, second = self.marked(desk)
        assert first == ""
        assert second.startswith("Hyaluronidase with Lidocaine-epinephrine: incompatible")
        assert "Draw up separately" in second
        assert desk.find("syringe_1_lot_2").accessibleDescription() == second
        assert desk.drawn() == {1: [("H5", Decimal(1))]}  # the second is not in it yet
        # Another choice in the first row makes the pair anew, and is the one that is marked.
        desk.pick("syringe_1_lot_1", "caff")
        assert self.marked(desk) == ["", ""]
        desk.pick("syringe_1_lot_1", "hyal")
        assert self.marked(desk)[0].startswith("Hyaluronidase with")
        assert self.marked(desk)[1] == ""

    def test_what_is_not_to_be_mixed_and_too_many_products(self, desk):
        desk.draw(1, ("Lone", "1"), ("N0412", ""))
        assert "not to be mixed or diluted" in self.marked(desk)[1]
        desk.draw(2, ("caff", "1"), ("carn", "1"), ("silic", "1"), ("hyal", ""))
        assert self.marked(desk, 2)[:3] == ["", "", ""]
        assert self.marked(desk, 2)[3].startswith("4 products in one syringe, at most 3")
        desk.click("syringe_2_drop_1")
        assert self.marked(desk, 2) == ["", "", ""]

    def test_a_rule_that_the_clinic_switched_off_says_nothing(self, desk):
        def off(services):
            clinic = services.clinic.record()
            changes = {"mixture.three_products": LimitChange(on=False)}
            limits = replace(clinic.fields.limits, changes=changes)
            services.clinic.update(clinic.version, replace(clinic.fields, limits=limits))

        desk.place.run(off)
        desk.reopen()
        desk.draw(1, ("caff", "1"), ("carn", "1"), ("silic", "1"), ("hyal", ""))
        assert self.marked(desk) == [""] * 4


class TestMixture:
    def test_each_active_per_millilitre_with_its_arithmetic(self, desk):
        desk.draw(1, ("caff", "2"), ("carn", "1"), ("N0412", "1"))

        figure = desk.find("syringe_1_mixture_caffeine_mg", QLabel)
        assert figure.text() == "25\u00a0mg/mL"
        assert figure.toolTip() == (
            f"Caffeine: 2{NB}mL {TIMES} 50{NB}mg/mL [5{NB}%] / 4{NB}mL = 25{NB}mg/mL"
        )
        assert desk.text("syringe_1_mixture_l_carnitine_mg") == "50\u00a0mg/mL"
        assert desk.text("syringe_1_mixture_drawn") == "4\u00a0mL"
        told = [label.text() for label in desk.find("syringe_1_part_3").findChildren(QWidget)
                if hasattr(label, "text") and label.isVisible()]  # fmt: skip
        assert "Diluent" in told

    def test_international_units_stay_units(self, desk):
        desk.draw(1, ("hyal", "1"), ("N0412", "2"))

        assert desk.text("syringe_1_mixture_hyaluronidase_IU") == "50\u00a0IU/mL"

    def test_a_strength_nobody_typed_is_unknown_never_zero(self, desk):
        desk.draw(1, ("silic", "2"))

        told = desk.text("syringe_1_mixture_organic_silicon_unknown")
        assert told == "strength not typed: mg unknown"
        assert "0" not in told
        assert not desk.has("syringe_1_mixture_how")

    def test_a_strength_typed_later_reaches_the_syringe(self, desk):
        desk.draw(1, ("silic", "2"))

        def type_strength(services):
            [product] = [p for p in services.catalogue.products() if p.fields.name == "Silicium"]
            active = ActiveFields(
                "organic_silicon", "Silicium", Strength(Decimal(1), StrengthUnit.PERCENT)
            )
            fields = replace(product.fields, actives=(active,))
            services.catalogue.update_product(product.id, product.version, fields)

        desk.place.run(type_strength)
        desk.qtbot.waitUntil(lambda: desk.has("syringe_1_mixture_organic_silicon_mg"))
        desk.settle()

        [part] = desk.record().syringes[0].components
        assert part.actives[0].strength == Strength(Decimal(1), StrengthUnit.PERCENT)

    def test_a_row_taken_out_leaves_the_rest(self, desk):
        desk.draw(1, ("caff", "2"), ("carn", "1"))
        desk.click("syringe_1_drop_1")

        assert desk.drawn() == {1: [("LC77", Decimal(1))]}
        assert not desk.has("syringe_1_drop_2")


class TestKept:
    def test_a_syringe_half_typed_survives_a_crash_and_is_not_on_record(self, desk):
        desk.click("add_syringe")
        desk.place.type("syringe_1_label", "Contour mix")
        desk.pick("syringe_1_lot_1", "caff")
        desk.reopen(gently=False)

        assert desk.drawn() == {}
        assert desk.find("syringe_1_label").text() == "Contour mix"
        assert desk.find("syringe_1_lot_1").text() == "Caffeine 5 %"
        desk.volume("syringe_1_ml_1", "1")
        assert desk.drawn() == {1: [("C2291", Decimal(1))]}
        desk.reopen()
        assert desk.record().syringes[0].label == "Contour mix"
        drafts = desk.place.run(lambda services: services.drafts.all_mine())
        assert [draft.form for draft in drafts] == []

    def test_a_volume_being_retyped_takes_nothing_off_the_record(self, desk):
        desk.draw(1, ("caff", "2"), ("carn", "1"))
        desk.find("syringe_1_ml_1").setFocus()
        desk.find("syringe_1_ml_1").selectAll()
        desk.place.press(Qt.Key.Key_Delete)
        desk.settle()

        assert desk.drawn() == {1: [("C2291", Decimal(2)), ("LC77", Decimal(1))]}
        assert "type how many mL" in desk.text("syringe_1_waits")

    def test_what_finish_typed_into_a_syringe_stays(self, desk):
        desk.draw(1, ("caff", "2"))

        def waste(services):
            record = services.sessions.get(desk.session.id)
            [held] = record.syringes
            from mesodesk.domain.records.session import ComponentFields, SyringeFields

            parts = tuple(ComponentFields(p.lot_id, p.volume_ml) for p in held.components)
            fields = SyringeFields(1, "", parts, wasted_ml=Decimal("0.4"))
            services.sessions.put_syringe(record.id, record.version, fields, held.id)

        desk.place.run(waste)
        desk.place.type("syringe_1_label", "Left")
        desk.settle()

        [syringe] = desk.record().syringes
        assert (syringe.label, syringe.wasted_ml) == ("Left", Decimal("0.4"))


class TestPutAway:
    def test_a_syringe_put_away_can_be_brought_back(self, desk):
        desk.draw(1, ("caff", "2"))
        desk.click("syringe_1_remove")
        assert desk.drawn() == {}
        assert not desk.has("syringe_1")

        desk.click("prepare_notice_action")
        assert desk.drawn() == {1: [("C2291", Decimal(2))]}
        assert desk.has("syringe_1")

    def test_one_with_points_stays_and_says_how_many(self, desk):
        desk.draw(1, ("caff", "2"))
        desk.place.run(lambda services: chart_points(services, desk.session.id, 3))
        desk.click("syringe_1_remove")

        notice = desk.find("syringe_1_notice")
        assert "3 points" in notice.text.text()
        assert notice.isVisible()
        assert desk.drawn() == {1: [("C2291", Decimal(2))]}

    def test_one_never_drawn_up_goes_and_leaves_nothing(self, desk):
        desk.click("add_syringe")
        desk.place.type("syringe_1_label", "Nothing yet")
        desk.settle()
        desk.click("syringe_1_remove")

        assert not desk.has("syringe_1")
        assert desk.place.run(lambda services: services.drafts.all_mine()) == ()


class TestNewLot:
    def test_a_delivery_is_entered_and_drawn_from_without_leaving(self, desk):
        desk.click("add_syringe")
        desk.click("syringe_1_new_lot")
        assert desk.focus() == "new_lot_product"
        desk.pick("new_lot_product", "carn")
        assert desk.focus() == "new_lot_number"
        desk.qtbot.keyClicks(desk.find("new_lot_number"), "LC99")
        desk.place.type("new_lot_expiry", "02/2027")
        assert "28 Feb 2027" in desk.text("new_lot_expiry_message")
        desk.place.type("new_lot_ml", "10")
        desk.place.press(Qt.Key.Key_Return)
        desk.settle()
        assert not desk.has("new_lot_panel")
        assert desk.find("syringe_1_lot_1").text() == "Carnitine"
        assert desk.focus() == "syringe_1_ml_1"
        desk.volume("syringe_1_ml_1", "1")

        assert desk.drawn() == {1: [("LC99", Decimal(1))]}
        [lot] = [
            each
            for each in desk.place.run(lambda services: services.catalogue.lots())
            if each.fields.number == "LC99"
        ]
        assert (lot.fields.expires_on, lot.left_ml) == (date(2027, 2, 28), Decimal(9))

    def test_what_is_missing_is_said_at_each_field(self, desk):
        desk.click("add_syringe")
        desk.click("syringe_1_new_lot")
        desk.click("new_lot_add")

        for name in ("new_lot_product", "new_lot_number", "new_lot_expiry"):
            assert desk.text(f"{name}_message")
        assert desk.focus() == "new_lot_product"

    def test_a_number_entered_twice_is_refused_in_words(self, desk):
        desk.click("add_syringe")
        desk.click("syringe_1_new_lot")
        desk.pick("new_lot_product", "carn")
        desk.place.type("new_lot_number", "lc77")
        desk.place.type("new_lot_expiry", "03/2027")
        desk.click("new_lot_add")

        assert "already has a lot LC77" in desk.find("new_lot_notice").text.text()
        assert desk.find("new_lot_number").text() == "lc77"

    def test_an_expired_delivery_is_refused_at_its_date(self, desk):
        desk.click("add_syringe")
        desk.click("syringe_1_new_lot")
        desk.pick("new_lot_product", "carn")
        desk.place.type("new_lot_number", "LATE")
        desk.place.type("new_lot_expiry", "02/2026")
        assert "Expired on 28 Feb 2026" in desk.text("new_lot_expiry_message")
        desk.click("new_lot_add")

        assert "before the day it was received" in desk.text("new_lot_expiry_message")
        assert desk.find("new_lot_number").text() == "LATE"

    def test_what_was_typed_comes_back_after_a_crash_and_goes_with_escape(self, desk):
        desk.click("add_syringe")
        desk.click("syringe_1_new_lot")
        desk.pick("new_lot_product", "carn")
        desk.place.type("new_lot_number", "LC9")
        desk.settle()
        desk.reopen(gently=False)
        desk.click("add_syringe")
        desk.click("syringe_1_new_lot")
        assert desk.find("new_lot_number").text() == "LC9"
        desk.find("new_lot_number").setFocus()
        desk.place.press(Qt.Key.Key_Escape)
        desk.settle()

        assert not desk.has("new_lot_panel")
        assert desk.focus() == "syringe_1_new_lot"
        assert desk.place.run(lambda services: services.drafts.all_mine()) == ()


class TestSkin:
    def test_preparation_and_steps_are_kept(self, desk):
        preparation = load_vocabulary().skin_preparations[1]
        desk.find("skin_preparation").setFocus()
        for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
            desk.place.press(key)
        desk.click("aseptic_step_hands_no")
        desk.click("aseptic_all_done")

        kept = desk.record().fields
        assert kept.skin_preparation == preparation.id
        answers = dict(kept.aseptic_steps)
        assert answers.pop("hands") is Answer.NO
        assert set(answers.values()) == {Answer.YES}
        assert len(answers) == len(load_vocabulary().aseptic_steps) - 1
        assert not desk.has("aseptic_all_done")

    def test_the_answers_of_all_steps_stand_one_below_the_other(self, desk, qtbot):
        steps = list(load_vocabulary().aseptic_steps)
        for width in (1024, 1600):
            desk.place.window.resize(width, 768)
            tris = [desk.find(f"aseptic_step_{step.id}") for step in steps]
            qtbot.waitUntil(lambda tris=tris: len({tri.x() for tri in tris}) == 1)
            assert all(tri.height() >= 44 for tri in tris)

    def test_going_on_leads_to_the_chart(self, desk):
        desk.click("prepare_next")
        assert desk.page.stack.current == "chart"


def chart_points(desk, session_id, count):
    [syringe] = desk.sessions.get(session_id).syringes
    field = ChartField(
        id=new_id(),
        syringe_id=syringe.id,
        technique="papule",
        depth_mm=Decimal(2),
        needle="30g_4mm",
        pattern=Pattern.STAGGERED,
        dose_per_point_ml=Decimal("0.1"),
        points=PackedPoints(ChartPoint(10 + at, 0.25, 0.5, 100, 2000) for at in range(count)),
    )
    edit = Edit(EditLabel.PLACE, ((field.id, None, field),))
    desk.charts.append(session_id, 0, edit, {field.id: ()})


volumes = st.integers(1, 5_000).map(lambda at: Decimal(at).scaleb(-2))


@given(caffeine=volumes, saline=volumes, percent=st.integers(1, 20))
def test_the_arithmetic_says_exactly_what_is_shown(caffeine, saline, percent):
    strength = Strength(Decimal(percent), StrengthUnit.PERCENT)
    mixture = Mixture(
        (
            Component(new_id(), "a", caffeine, (ActiveStrength("Caffeine", "caffeine", strength),)),
            Component(new_id(), "b", saline),
        )
    )
    [active] = mixture.concentrations()
    words = arithmetic(mixture, active)
    shown = Decimal(concentration_text(active).split("\u00a0")[0])
    exact = shown * (caffeine + saline) == caffeine * percent * 10

    assert words.endswith(concentration_text(active))
    assert (" = " in words) == exact
    assert (" ≈ " in words) != exact


def test_two_products_with_one_active_are_added_up_in_words():
    strength = Strength(Decimal(10), StrengthUnit.MG_PER_ML)
    parts = [
        Component(new_id(), name, Decimal(1), (ActiveStrength("A", "a", strength),))
        for name in ("one", "other")
    ]
    mixture = Mixture((*parts, Component(new_id(), "saline", Decimal(2))))
    [active] = mixture.concentrations()

    assert arithmetic(mixture, active) == (
        f"A: (1{NB}mL {TIMES} 10{NB}mg/mL + 1{NB}mL {TIMES} 10{NB}mg/mL) / 4{NB}mL = 5{NB}mg/mL"
    )


def test_the_arithmetic_of_an_active_leaves_out_others_that_the_catalogue_does_not_have():
    parts = (
        Component(
            new_id(),
            name,
            Decimal(1),
            (ActiveStrength(name, "", Strength(Decimal(mg), StrengthUnit.MG_PER_ML)),),
        )
        for name, mg in (("Rutin", 100), ("Zinc", 20))
    )
    mixture = Mixture(tuple(parts))
    assert [arithmetic(mixture, each) for each in mixture.concentrations()] == [
        f"Rutin: 1{NB}mL {TIMES} 100{NB}mg/mL / 2{NB}mL = 50{NB}mg/mL",
        f"Zinc: 1{NB}mL {TIMES} 20{NB}mg/mL / 2{NB}mL = 10{NB}mg/mL",
    ]


@given(
    label=st.text(max_size=8),
    digit=st.integers(1, 9),
    parts=st.lists(st.tuples(st.one_of(st.none(), st.uuids()), st.text(max_size=5)), max_size=3),
)
def test_a_typed_syringe_comes_back_as_it_was_written_down(label, digit, parts):
    typed = TypedSyringe(digit, label, tuple(TypedPart(*part) for part in parts))

    assert typed_syringes({"syringes": [typed.payload()]}) == (typed,)
