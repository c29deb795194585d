"""Favourites on the chart: saved, found, placed, with a store that stands for the vault."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from PySide6.QtCore import QObject, QPoint, Qt

from mesodesk.domain.favourites import favourite_of, mixture_of
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.favourite import FavouriteRecord, Unreadable
from mesodesk.domain.records.session import ComponentRecord, SyringeRecord
from mesodesk.domain.records.stock import ActiveFields
from mesodesk.ui.bodymap.canvas_card import open_card
from mesodesk.ui.bodymap.copy_card import LEAVE_OUT
from mesodesk.ui.bodymap.favourites import Favourites
from tests.ui.bodymap.conftest import BELLY, LEFT_SHIN, LEFT_THIGH, RIGHT_THIGH, syringe

LEFT = Qt.MouseButton.LeftButton
MOMENT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


class NotKeptError(Exception):
    """What the vault says when a name is taken."""

    sentence = "You have a favourite of this name already. Take another name."


class Shelf(QObject):
    """Stands for the vault: keeps in a list, answers at once or when it is told to."""

    def __init__(self, parent):
        super().__init__(parent)
        self.records, self.waiting, self.slow = [], [], False

    def read(self, done, _failed=None):
        if self.slow:
            self.waiting.append(lambda: done(tuple(self.records)))
        else:
            done(tuple(self.records))

    def answer(self):
        for each in self.waiting:
            each()
        self.waiting = []

    def save(self, name, content, *, of_clinic, done, failed):
        if any(each.name == name for each in self.records):
            failed(NotKeptError())
            return
        owner = None if of_clinic else new_id()
        record = FavouriteRecord(new_id(), 1, name, owner, MOMENT, False, content)
        self.records.append(record)
        done(record)


def on_record(drawn):
    """Return the syringe of the record behind one of the chart."""
    return SyringeRecord(
        drawn.id,
        drawn.digit,
        drawn.label,
        tuple(
            ComponentRecord(
                new_id(), part.lot_id, new_id(), part.label, "", "LOT7", date(2027, 1, 1),
                not part.actives, part.volume_ml,
                tuple(
                    ActiveFields(each.ingredient_id, each.name, each.strength)
                    for each in part.actives
                ),
            )
            for part in drawn.mixture.components
        ),
        None,
        None,
    )  # fmt: skip


@dataclass
class Kept:
    """A chart with favourites."""

    chart: object
    favourites: Favourites
    shelf: Shelf = field(repr=False)

    @property
    def card(self):
        return self.favourites.card

    @property
    def form(self):
        return self.favourites.form

    @property
    def placing(self):
        return self.favourites.placing.card

    def press(self, key):
        self.chart.qtbot.keyClick(self.chart.panel.window().focusWidget(), key)

    def type(self, words):
        self.chart.qtbot.keyClicks(self.chart.panel.window().focusWidget(), words)

    def said(self):
        return self.chart.canvas.hint.label.text()

    def keep(self, name, fields=None, **others):
        """Put a favourite of the chart's fields on the shelf."""
        model = self.chart.model
        content = favourite_of(
            fields or model.fields.values(),
            map(on_record, model.syringes),
            model.atlas.atlas_id,
            model.field_model.laying.scale,
        )
        record = FavouriteRecord(new_id(), 1, name, None, MOMENT, False, content)
        self.shelf.records.append(replace(record, **others))
        return content


@pytest.fixture
def with_favourites(make_chart):
    def make(**options):
        chart = make_chart(**options)
        shelf = Shelf(chart.panel)
        made = Kept(chart, Favourites(chart.panel.view, shelf), shelf)
        made.favourites.set_session(new_id(), tuple(map(on_record, chart.syringes)))
        chart.canvas.setFocus()
        return made

    return make


@pytest.fixture
def kept(with_favourites):
    return with_favourites()


def fill(kept, share=LEFT_THIGH):
    kept.chart.type("r")
    kept.chart.click(share)
    overdraw = kept.chart.panel.view.shortage.go_on
    kept.chart.qtbot.mouseClick(overdraw, Qt.MouseButton.LeftButton)
    kept.chart.canvas.setFocus()
    kept.chart.type("p")


# Saving


def test_only_the_selected_field_is_saved_if_that_is_chosen(kept):
    kept.chart.click(BELLY)
    kept.chart.model.select(None)
    fill(kept)
    selected = kept.chart.model.field_model.selected
    kept.favourites.start_saving()
    assert kept.form.what.isVisible()
    assert kept.form.facts.text().startswith(f"{len(selected.points) + 1} points")
    kept.chart.qtbot.mouseClick(kept.form.what.segment("selected"), Qt.MouseButton.LeftButton)
    assert kept.form.facts.text().startswith(f"{len(selected.points)} points")
    kept.form.name.input.setFocus()
    kept.type("Thigh")
    kept.press(Qt.Key.Key_Return)
    (record,) = kept.shelf.records
    assert [len(each.points) for each in record.content.fields] == [len(selected.points)]
    assert record.content.fields[0].spacing_mm != 0
    assert not record.of_clinic
    assert kept.said() == "“Thigh” is kept as a favourite. W places it."


def test_a_single_field_asks_for_a_name_and_offers_its_mixture_alone(kept):
    fill(kept)
    kept.favourites.start_saving()
    assert kept.form.what.value() == "all"
    assert not kept.form.what.segment("selected").isVisible()
    assert kept.form.what.segment("mixture").isVisible()
    kept.press(Qt.Key.Key_Return)
    assert kept.form.name.error() == "Type a name, so that it can be found again."
    kept.press(Qt.Key.Key_Escape)
    assert not kept.form.isVisible()
    assert kept.shelf.records == []


def test_a_taken_name_can_be_typed_anew(kept):
    fill(kept)
    kept.keep("Thigh")
    kept.favourites.start_saving()
    kept.type("Thigh")
    kept.press(Qt.Key.Key_Return)
    assert kept.form.name.error() == NotKeptError.sentence
    kept.type(" 2")
    assert kept.form.name.error() == ""
    kept.press(Qt.Key.Key_Return)
    assert [each.name for each in kept.shelf.records] == ["Thigh", "Thigh 2"]


def test_a_name_is_at_most_eighty_letters(kept):
    fill(kept)
    kept.favourites.start_saving()
    kept.type("x" * 81)
    assert "at most 80" in kept.form.name.error()
    kept.press(Qt.Key.Key_Return)
    assert kept.shelf.records == []


@pytest.mark.parametrize("whose", ["mine", "clinic"])
def test_a_mixture_alone_is_saved_and_taken(kept, whose):
    kept.chart.type("w")
    kept.chart.qtbot.mouseClick(kept.card.save, LEFT)
    assert not kept.form.what.isVisible()
    assert kept.form.facts.text() == "Mixture · 2\u00a0mL Caffeine, 2\u00a0mL Saline"
    kept.chart.qtbot.mouseClick(kept.form.whose.segment(whose), LEFT)
    kept.form.name.input.setFocus()
    kept.type("Contour")
    kept.press(Qt.Key.Key_Return)
    (record,) = kept.shelf.records
    assert record.of_clinic is (whose == "clinic")
    assert record.content.fields == ()
    assert [part.product_name for part in record.content.recipes[0].parts] == ["Caffeine", "Saline"]
    assert kept.said() == "“Contour” is kept as a favourite. W prepares it."
    asked = []
    kept.favourites.prepare_asked.connect(asked.append)
    kept.chart.type("w")
    assert kept.card.items[0].accessibleName().endswith("Mixture · Caffeine, Saline")
    kept.press(Qt.Key.Key_Return)
    assert asked == [record.content.recipes[0]]
    assert open_card(kept.chart.canvas) is None
    kept.favourites.come_back()
    assert open_card(kept.chart.canvas) is None


def test_the_mixture_in_hand_is_kept_without_the_fields(kept):
    fill(kept)
    kept.chart.type("2")
    kept.favourites.start_saving()
    assert "points" in kept.form.facts.text()
    kept.chart.qtbot.mouseClick(kept.form.what.segment("mixture"), LEFT)
    assert kept.form.facts.text().startswith("Mixture · 2\u00a0mL Silicium")
    kept.form.name.input.setFocus()
    kept.type("Silicium")
    kept.press(Qt.Key.Key_Return)
    (record,) = kept.shelf.records
    assert not record.content.fields
    assert record.content.recipes[0].digit == 2


def test_a_mixture_of_another_body_is_taken_but_no_tenth_syringe(with_favourites):
    kept = with_favourites()
    content = mixture_of(on_record(kept.chart.syringes[0]), "an older body")
    kept.shelf.records.append(FavouriteRecord(new_id(), 1, "Mix", None, MOMENT, False, content))
    asked = []
    kept.favourites.prepare_asked.connect(asked.append)
    kept.chart.type("w")
    kept.press(Qt.Key.Key_Return)
    assert asked == [content.recipes[0]]
    nine = tuple(syringe(digit, "1", "Silicium", "10") for digit in range(1, 10))
    kept.chart.panel.set_syringes(nine)
    kept.chart.canvas.setFocus()
    kept.chart.type("w")
    kept.press(Qt.Key.Key_Return)
    assert len(asked) == 1
    assert "nine syringes" in kept.card.notice.text.text()


def test_nothing_is_saved_of_an_empty_chart_without_a_syringe(kept):
    kept.chart.panel.set_syringes(())
    kept.favourites.start_saving()
    assert kept.said() == "There are no fields and no syringe yet to save as a favourite."
    kept.chart.canvas.setFocus()
    kept.chart.type("w")
    assert not kept.card.save.isEnabled()


def test_a_syringe_that_is_still_being_kept_is_waited_for(kept):
    kept.chart.click(BELLY)
    kept.favourites.set_session(new_id(), ())
    kept.favourites.start_saving()
    kept.type("Belly")
    kept.press(Qt.Key.Key_Return)
    assert "still being kept" in kept.form.name.error()
    kept.favourites.set_session(new_id(), tuple(map(on_record, kept.chart.syringes)))
    kept.press(Qt.Key.Key_Return)
    assert kept.form.name.error() == ""
    assert len(kept.shelf.records) == 1


# Finding


def test_w_shows_them_and_w_or_escape_puts_them_away(kept):
    kept.chart.click(BELLY)
    kept.keep("Belly")
    kept.chart.press(Qt.Key.Key_Escape)
    kept.chart.type("w")
    assert kept.card.isVisible()
    assert kept.card.search.input.hasFocus()
    assert (
        kept.card.items[0].accessibleName() == "Belly. Clinic. 1 point, 0.05 mL · Caffeine, Saline"
    )
    kept.press(Qt.Key.Key_Escape)
    assert not kept.card.isVisible()
    assert kept.chart.canvas.hasFocus()
    button = kept.chart.panel.view.toolbar.favourites
    kept.chart.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert kept.card.isVisible()
    kept.chart.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not kept.card.isVisible()


def test_they_are_found_by_name_and_by_what_is_in_them(kept):
    kept.chart.click(BELLY)
    content = kept.keep("Belly")
    kept.chart.type("2")
    kept.chart.model.select(None)
    kept.chart.click(LEFT_THIGH)
    last = list(kept.chart.model.fields.values())[-1]
    kept.keep("Zone of the arm", [last])
    kept.chart.model.select(None)
    kept.chart.canvas.setFocus()
    kept.chart.type("w")
    assert content.recipes[0].label == "Caffeine mix"
    kept.type("silic")
    assert [each.record.name for each in kept.card.items if each.isVisible()] == ["Zone of the arm"]
    kept.card.search.clear()
    kept.type("nowhere")
    assert kept.card.empty.text() == "No favourite is called that."
    kept.press(Qt.Key.Key_Return)
    assert kept.card.isVisible()


def test_up_and_down_mark_another_and_enter_takes_it(kept):
    kept.chart.click(BELLY)
    for name in ("A", "B", "C"):
        kept.keep(name)
    kept.chart.press(Qt.Key.Key_Escape)
    kept.chart.type("w")
    kept.press(Qt.Key.Key_Down)
    kept.press(Qt.Key.Key_Down)
    kept.press(Qt.Key.Key_Up)
    assert [each.isChecked() for each in kept.card.items] == [False, True, False]
    kept.press(Qt.Key.Key_Return)
    assert kept.placing.heading.text() == "Place “B”"


def test_a_click_takes_one_and_its_small_buttons_do_not(kept):
    kept.chart.click(BELLY)
    kept.keep("A")
    kept.chart.press(Qt.Key.Key_Escape)
    kept.chart.type("w")
    item = kept.card.items[0]
    kept.chart.qtbot.mouseClick(item.rename, Qt.MouseButton.LeftButton)
    assert not kept.placing.isVisible()
    assert kept.card.new_name.input.hasFocus()
    kept.press(Qt.Key.Key_Escape)
    kept.chart.qtbot.mouseClick(item, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert kept.placing.isVisible()


def test_more_than_the_list_holds_are_found_by_typing(kept):
    kept.chart.click(BELLY)
    for number in range(30):
        kept.keep(f"Number {number:02}")
    kept.chart.press(Qt.Key.Key_Escape)
    kept.chart.type("w")
    assert sum(each.isVisibleTo(kept.card) for each in kept.card.items) == 20
    assert kept.card.empty.text() == "10 more: type a part of the name."
    assert kept.chart.canvas.rect().contains(kept.card.geometry())
    kept.type("29")
    assert kept.card.items[0].record.name == "Number 29"
    assert not kept.card.empty.isVisible()


def test_a_name_typed_faster_than_they_are_read_is_taken_all_the_same(kept):
    kept.chart.click(BELLY)
    kept.keep("Belly")
    kept.chart.press(Qt.Key.Key_Escape)
    kept.shelf.slow = True
    kept.chart.type("w")
    kept.type("bel")
    kept.press(Qt.Key.Key_Return)
    assert not kept.placing.isVisible()
    kept.shelf.answer()
    assert kept.placing.isVisible()
    assert kept.chart.model.document.point_count == 1


def test_what_cannot_be_placed_says_why(kept):
    kept.chart.click(BELLY)
    kept.keep("Damaged", content=None, unreadable=Unreadable.DAMAGED)
    kept.chart.press(Qt.Key.Key_Escape)
    kept.chart.type("w")
    assert kept.card.items[0].subtitle.text() == "cannot be read"
    kept.press(Qt.Key.Key_Return)
    assert "cannot be read any more. Nothing was placed." in kept.card.notice.text.text()
    assert kept.chart.canvas.rect().contains(kept.card.geometry())


def test_keys_of_the_chart_wait_while_a_card_is_open(kept):
    kept.chart.click(BELLY)
    kept.keep("Belly")
    kept.chart.press(Qt.Key.Key_Escape)
    kept.chart.type("w")
    before = kept.chart.model.active
    kept.type("2")
    assert kept.chart.model.active == before
    kept.card.search.clear()
    kept.press(Qt.Key.Key_Return)
    for key in (Qt.Key.Key_2, Qt.Key.Key_H, Qt.Key.Key_C):
        kept.press(key)
    assert kept.chart.model.active == before
    assert open_card(kept.chart.canvas) is kept.placing
    kept.press(Qt.Key.Key_W)
    assert open_card(kept.chart.canvas) is None


# Placing


def test_two_mixtures_find_their_syringes_and_one_may_be_left_out(with_favourites):
    kept = with_favourites()
    kept.chart.click(BELLY)
    kept.chart.model.select(None)
    kept.chart.type("2")
    kept.chart.click(LEFT_THIGH)
    kept.keep("Both")
    kept.chart.model.select(None)
    # Today they are drawn up the other way round.
    other_way = (syringe(1, "4", "Silicium", "10"), syringe(2, "4", "Caffeine", "40"))
    kept.chart.panel.set_syringes((*other_way, *kept.chart.syringes[:0]))
    kept.chart.canvas.setFocus()
    kept.chart.type("w")
    kept.press(Qt.Key.Key_Return)
    first, second = kept.favourites.placing._recipes
    assert kept.placing.choice(first).value() == other_way[1].id
    assert kept.placing.choice(second).value() == other_way[0].id
    told = kept.placing.accessibleDescription()
    assert told == "1 point, 0.05 mL from syringe 2 1 point, 0.05 mL from syringe 1"
    kept.placing.choice(second).set_value(LEAVE_OUT)
    kept.placing.changed.emit()
    before = kept.chart.document.point_count
    kept.press(Qt.Key.Key_Return)
    assert kept.chart.document.point_count == before + 1
    kept.chart.panel.view.undo()
    assert kept.chart.document.point_count == before


def test_on_a_taller_patient_it_tells_how_far_apart_the_points_come_to_lie(with_favourites):
    kept = with_favourites()
    fill(kept)
    spacing = kept.chart.model.field_model.selected.spacing_mm
    content = kept.keep("Thigh")
    tall = with_favourites(height_cm=Decimal("184.8"))
    tall.shelf.records = kept.shelf.records
    tall.chart.type("w")
    tall.press(Qt.Key.Key_Return)
    wanted = (spacing * Decimal("1.1")).quantize(Decimal("0.1"))
    assert tall.placing.there.text() == (
        f"Laid in proportion to this body: points {wanted.normalize()}\u00a0mm apart."
    )
    tall.press(Qt.Key.Key_Return)
    (placed,) = tall.chart.model.fields.values()
    assert placed.spacing_mm == wanted
    assert placed.points == content.fields[0].points


def test_a_body_too_tall_for_its_spacing_is_refused_with_a_sentence(with_favourites):
    kept = with_favourites()
    fill(kept)
    (field,) = kept.chart.model.fields.values()
    kept.keep("Wide", [replace(field, spacing_mm=Decimal(39))])
    tall = with_favourites(height_cm=Decimal("184.8"))
    tall.shelf.records = kept.shelf.records
    tall.chart.type("w")
    tall.press(Qt.Key.Key_Return)
    assert tall.card.isVisible()
    assert not tall.placing.isVisible()
    assert tall.card.notice.text.text() == (
        "“Wide” cannot be placed here. On this body the points of a field would lie "
        "42.9\u00a0mm apart, and they can lie 2\u00a0mm to 40\u00a0mm apart. Lay the field anew "
        "instead."
    )
    assert tall.chart.edits == []


def test_what_is_missing_in_a_syringe_is_said_before(with_favourites):
    kept = with_favourites()
    for share in (BELLY, LEFT_THIGH, RIGHT_THIGH, LEFT_SHIN):
        kept.chart.click(share)
        kept.chart.model.select(None)
    kept.keep("Four")
    while kept.chart.document.can_undo:
        kept.chart.panel.view.undo()
    small = syringe(3, "0.1", "Caffeine", "50")
    kept.chart.panel.set_syringes((small,))
    kept.chart.canvas.setFocus()
    kept.chart.type("w")
    kept.press(Qt.Key.Key_Return)
    assert kept.placing.accessibleDescription() == (
        "4 points, 0.20 mL from syringe 3 Syringe 3 holds 0.10 mL more: 0.10 mL is missing."
    )
    assert kept.placing.go.text() == "Place all the same"


def test_without_a_syringe_one_is_prepared_and_the_placing_goes_on(with_favourites):
    kept = with_favourites()
    kept.chart.click(BELLY)
    content = kept.keep("Belly")
    kept.chart.panel.view.undo()
    kept.chart.panel.set_syringes(())
    asked = []
    kept.favourites.prepare_asked.connect(asked.append)
    kept.chart.canvas.setFocus()
    kept.chart.type("w")
    kept.press(Qt.Key.Key_Return)
    assert kept.placing.prepare(content.recipes[0].id).hasFocus()
    kept.press(Qt.Key.Key_Return)
    assert asked == [content.recipes[0]]
    assert not kept.placing.isVisible()
    kept.favourites.come_back()
    assert kept.placing.isVisible()
    drawn = syringe(1, "4", "Caffeine", "50")
    kept.chart.panel.set_syringes((drawn,))
    assert kept.placing.choice(content.recipes[0].id).value() == drawn.id
    assert not kept.placing.prepare(content.recipes[0].id).isVisible()
    assert kept.placing.go.hasFocus()
    kept.press(Qt.Key.Key_Return)
    assert {each.syringe_id for each in kept.chart.model.fields.values()} == {drawn.id}
    kept.favourites.come_back()
    assert open_card(kept.chart.canvas) is None


def test_another_session_does_not_go_on_with_it(with_favourites):
    kept = with_favourites()
    kept.chart.click(BELLY)
    kept.keep("Belly")
    kept.chart.panel.set_syringes(())
    kept.chart.canvas.setFocus()
    kept.chart.type("w")
    kept.press(Qt.Key.Key_Return)
    kept.press(Qt.Key.Key_Return)
    kept.favourites.set_session(new_id(), ())
    kept.favourites.come_back()
    assert open_card(kept.chart.canvas) is None


def test_nine_syringes_leave_nothing_to_prepare(with_favourites):
    kept = with_favourites()
    kept.chart.click(BELLY)
    content = kept.keep("Belly")
    nine = tuple(syringe(digit, "1", "Silicium", "10") for digit in range(1, 10))
    kept.chart.panel.set_syringes(nine)
    kept.chart.canvas.setFocus()
    kept.chart.type("w")
    kept.press(Qt.Key.Key_Return)
    assert not kept.placing.prepare(content.recipes[0].id).isVisible()
    assert kept.placing.choice(content.recipes[0].id).input.hasFocus()


@pytest.mark.parametrize("size", [(1280, 640), (900, 420)])
def test_every_card_stays_inside_the_canvas(with_favourites, size):
    kept = with_favourites()
    kept.chart.panel.resize(*size)
    kept.chart.click(BELLY)
    kept.chart.model.select(None)
    fill(kept)
    for number in range(8):
        kept.keep(f"Number {number}")
    kept.chart.canvas.setFocus()
    kept.chart.type("w")
    room = kept.chart.canvas.rect()
    assert room.contains(kept.card.geometry())
    assert kept.card.rect().contains(kept.card.save.geometry())
    kept.press(Qt.Key.Key_Return)
    assert room.contains(kept.placing.geometry())
    assert kept.placing.rect().contains(kept.placing.go.geometry())
    kept.press(Qt.Key.Key_Escape)
    kept.favourites.start_saving()
    assert room.contains(kept.form.geometry())
    assert kept.form.rect().contains(kept.form.go.geometry())
    assert kept.form.name.height() >= kept.form.name.sizeHint().height()
