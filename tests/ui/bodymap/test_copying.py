"""Copying the last session with C, and the chip that tells what differs since."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication

from mesodesk.domain.bodymap.edits import PointSettings
from mesodesk.domain.bodymap.field_edits import FieldSettings, filled
from mesodesk.domain.bodymap.fields import Pattern
from mesodesk.domain.bodymap.filling import lay_points, no_points
from mesodesk.domain.bodymap.outlines import area_of, region_outline
from mesodesk.domain.dosing import Mixture
from mesodesk.domain.ids import new_id
from mesodesk.ui.bodymap.copy_card import LEAVE_OUT
from mesodesk.ui.bodymap.copying import Copying
from mesodesk.ui.bodymap.difference_words import MOST_LINES
from mesodesk.ui.bodymap.over_body import SHADOW
from mesodesk.ui.bodymap.since_last import SinceLast
from mesodesk.ui.bodymap.syringes import PartLine
from mesodesk.ui.widgets.text import Label
from tests.ui.bodymap.conftest import BELLY, LEFT_THIGH, RIGHT_THIGH, syringe
from tests.ui.bodymap.past import LAST, OTHER, Read, earlier

DAY = date(2026, 2, 17)
SHARES = (BELLY, LEFT_THIGH, RIGHT_THIGH)


@dataclass
class Copied:
    """A chart with a last session to copy."""

    chart: object
    copying: Copying
    since: SinceLast
    read: Read = field(repr=False)

    @property
    def card(self):
        return self.copying.card

    def press(self, key):
        """Press a key where the keyboard is."""
        self.chart.qtbot.keyClick(self.chart.panel.window().focusWidget(), key)

    def facts(self):
        return self.card.accessibleDescription()

    def said(self):
        return self.chart.canvas.hint.label.text()

    def settled(self):
        self.since.compare()
        # What stands on it may be shorter: the body shows beside it.
        return self.since.chip.accessibleName() if self.since.chip.isVisible() else None


@pytest.fixture
def with_last(make_chart):
    def make(*last, **options):
        chart = make_chart(**options)
        read = Read([each(chart) for each in last], chart.panel)
        view = chart.panel.view
        made = Copied(chart, Copying(view, read), SinceLast(view, read), read)
        chart.model.loaded.emit()
        chart.canvas.setFocus()
        return made

    return make


def last_session(*shares, more=(), **others):
    def make(chart):
        places = [chart.canvas.pick(chart.at(each).toPointF()) for each in shares]
        made = earlier(2, DAY, places, **others)
        for each in more:
            made = replace(made, fields=(*made.fields, *each(chart).fields))
        return made

    return make


def test_c_and_enter_copy_the_last_session_in_one_edit(with_last):
    copied = with_last(last_session(*SHARES, volume_ul=60))
    chart = copied.chart
    chart.type("c")
    assert copied.card.isVisible()
    assert copied.card.heading.text() == "Copy session 2 of 17 Feb 2026"
    assert copied.card.choice(LAST.id).value() == chart.syringes[0].id
    assert copied.facts() == "3 points, 0.18 mL from syringe 1"
    assert copied.card.go.hasFocus()
    copied.press(Qt.Key.Key_Return)
    assert not copied.card.isVisible()
    assert chart.canvas.hasFocus()
    assert len(chart.edits) == 1
    assert [point.volume_ul for point in chart.points()] == [60, 60, 60]
    assert {each.syringe_id for each in chart.model.fields.values()} == {chart.syringes[0].id}
    chart.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert chart.document.point_count == 0
    assert chart.panel.view.toolbar.redo.toolTip().startswith("Redo: copy the last session")


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_C])
def test_escape_or_c_leaves_everything_as_it_is(with_last, key):
    copied = with_last(last_session(BELLY))
    copied.chart.type("c")
    copied.press(key)
    assert not copied.card.isVisible()
    assert copied.chart.canvas.hasFocus()
    assert copied.chart.edits == []


def test_keys_of_the_chart_wait_while_it_asks(with_last):
    copied = with_last(last_session(BELLY))
    copied.chart.type("c")
    before = copied.chart.model.active
    for key in (Qt.Key.Key_2, Qt.Key.Key_BracketRight, Qt.Key.Key_H):
        copied.press(key)
    assert copied.chart.model.active == before
    assert copied.card.isVisible()


def test_a_syringe_with_other_actives_has_to_be_chosen_by_hand(with_last):
    procaine = last_session(LEFT_THIGH, syringe=OTHER)
    copied = with_last(last_session(BELLY, more=[procaine]))
    chart, card = copied.chart, copied.card
    chart.type("c")
    assert card.choice(OTHER.id).value() is None
    assert not card.go.isEnabled()
    assert "Say for each syringe" in copied.facts()
    assert card.choice(OTHER.id).input.hasFocus()
    copied.press(Qt.Key.Key_Down)
    copied.press(Qt.Key.Key_Down)
    copied.press(Qt.Key.Key_Return)
    assert card.choice(OTHER.id).value() == chart.syringes[1].id
    cautions = [each.text() for each in card.findChildren(Label) if each.isVisible()]
    assert "Other actives than last time." in cautions
    copied.press(Qt.Key.Key_Tab)
    assert card.go.hasFocus()
    copied.press(Qt.Key.Key_Space)
    assert sorted(each.syringe_id for each in chart.model.fields.values()) == sorted(
        each.id for each in chart.syringes
    )


def test_a_syringe_may_be_left_out(with_last):
    procaine = last_session(LEFT_THIGH, syringe=OTHER)
    copied = with_last(last_session(BELLY, more=[procaine]))
    copied.chart.type("c")
    choose(copied, OTHER.id, LEAVE_OUT)
    assert copied.facts() == "1 point, 0.05 mL from syringe 1"
    copied.card.go.click()
    assert copied.chart.document.point_count == 1


def test_nothing_is_copied_where_all_is_left_out(with_last):
    copied = with_last(last_session(BELLY))
    copied.chart.type("c")
    choose(copied, LAST.id, LEAVE_OUT)
    assert copied.facts() == "All is left out: nothing would be copied."
    assert not copied.card.go.isEnabled()


def choose(copied, syringe_id, value):
    """Choose from the open list by the mouse."""
    chosen = copied.card.choice(syringe_id)
    options = [each.value for each in chosen._options]
    chosen.input.list_asked.emit()
    view = chosen.list.view
    row = view.model().index(options.index(value), 0)
    copied.chart.qtbot.mouseClick(
        view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(row).center()
    )
    assert chosen.value() == value


def test_what_is_missing_in_a_syringe_is_said_before_it_is_copied(with_last):
    copied = with_last(last_session(*SHARES, volume_ul=1500))
    copied.chart.type("c")
    assert copied.facts() == (
        "3 points, 4.50 mL from syringe 1 Syringe 1 holds 4.00 mL more: 0.50 mL is missing."
    )
    assert copied.card.go.text() == "Copy all the same"
    copied.press(Qt.Key.Key_Return)
    assert copied.chart.document.point_count == 3
    assert copied.chart.model.pending is None


def test_other_strengths_are_told(with_last):
    weak = syringe(1, "4", "Caffeine", "10")
    copied = with_last(last_session(BELLY), given=(weak,))
    copied.chart.type("c")
    assert copied.card.choice(LAST.id).value() == weak.id
    shown = [each.text() for each in copied.card.findChildren(Label) if each.isVisible()]
    assert "Other or unknown strengths: the mL are copied, not the mg." in shown


def test_points_that_are_there_stay_and_it_says_so(with_last):
    copied = with_last(last_session(LEFT_THIGH))
    copied.chart.click(BELLY)
    assert copied.chart.document.point_count == 1
    copied.chart.type("c")
    assert copied.card.there.text() == (
        "1 point charted already: they stay, and the copies are added."
    )
    copied.press(Qt.Key.Key_Return)
    assert copied.chart.document.point_count == 2
    copied.chart.panel.view.undo()
    assert copied.chart.document.point_count == 1


def test_without_anything_to_copy_it_says_why(with_last):
    copied = with_last()
    copied.chart.type("c")
    assert copied.said() == "There is no signed session before this one to copy."
    assert not copied.card.isVisible()
    copied = with_last(last_session())
    copied.chart.type("c")
    assert copied.said() == "Session 2 of 17 Feb 2026 has no points to copy."
    copied = with_last(last_session(BELLY, drawable=False))
    copied.chart.type("c")
    assert "cannot be laid on this body" in copied.said()
    copied = with_last(last_session(BELLY), given=())
    copied.chart.type("c")
    assert copied.said() == "Prepare a syringe first: every point needs one."


def test_a_signed_chart_is_not_copied_into(with_last):
    copied = with_last(last_session(BELLY), read_only=True)
    copied.chart.type("c")
    assert not copied.card.isVisible()
    assert "signed" in copied.said()
    assert copied.settled() is None


def test_a_syringe_prepared_meanwhile_is_offered(with_last):
    copied = with_last(last_session(BELLY), given=(syringe(2, "4", "Silicium", "10"),))
    copied.chart.type("c")
    assert copied.card.choice(LAST.id).value() is None
    fitting = syringe(1, "4", "Caffeine", "50")
    copied.chart.panel.set_syringes((fitting, *copied.chart.syringes))
    assert copied.card.choice(LAST.id).value() == fitting.id
    assert copied.card.go.hasFocus()


def test_many_syringes_stay_inside_the_canvas(with_last):
    copied = with_last(last_session(BELLY, more=[last_session(LEFT_THIGH, syringe=OTHER)]))
    copied.chart.panel.resize(900, 420)
    copied.chart.type("c")
    assert copied.chart.canvas.rect().contains(copied.card.geometry())
    assert copied.card.go.isVisible()


def of_height(make, height_cm, body_sex=None, spacing=None):
    """Return a last session that was drawn on a body of a height."""

    def made(chart):
        last = make(chart)
        fields = last.fields
        if spacing is not None:
            fields = tuple(replace(each, spacing_mm=Decimal(spacing)) for each in fields)
        return replace(last, height_cm=height_cm, body_sex=body_sex, fields=fields)

    return made


def test_a_copy_on_another_height_tells_its_spacing_as_it_is_there(with_last):
    last = of_height(laid_fields("calf.left"), Decimal(150))
    copied = with_last(last, height_cm=Decimal(180), given=(syringe(1, "20", "Caffeine", "50"),))
    copied.chart.type("c")
    assert "points 18\u00a0mm apart." in copied.card.there.text()
    copied.press(Qt.Key.Key_Return)
    (made,) = copied.chart.model.fields.values()
    assert made.spacing_mm == Decimal(18)
    assert made.points == copied.read.charts[0].fields[0].points
    assert copied.settled() == "As in the last session"


def test_a_copy_from_the_other_figure_tells_its_spacing_as_it_is_there(with_last):
    last = of_height(laid_fields("calf.left"), Decimal(168), "male")
    copied = with_last(last, given=(syringe(1, "20", "Caffeine", "50"),))
    copied.chart.type("c")
    copied.press(Qt.Key.Key_Return)
    (made,) = copied.chart.model.fields.values()
    assert made.spacing_mm != Decimal(15)


def test_a_copy_on_the_same_body_says_nothing_of_lengths(with_last):
    last = of_height(laid_fields("calf.left"), Decimal(168), "female", "14.75")
    copied = with_last(last, given=(syringe(1, "20", "Caffeine", "50"),))
    copied.chart.type("c")
    assert not copied.card.there.isVisible()
    copied.press(Qt.Key.Key_Return)
    (made,) = copied.chart.model.fields.values()
    assert made.spacing_mm == Decimal("14.75")


def test_a_spacing_that_no_field_can_have_is_not_copied_and_it_says_why(with_last):
    last = of_height(laid_fields("calf.left"), Decimal(120), spacing="38")
    copied = with_last(last, height_cm=Decimal(180))
    copied.chart.type("c")
    assert not copied.card.isVisible()
    assert copied.said() == (
        "Session 2 of 17 Feb 2026 is not copied. On this body the points of a field would lie "
        "57\u00a0mm apart, and they can lie 2\u00a0mm to 40\u00a0mm apart. Lay the field anew "
        "instead."
    )


def test_what_a_copy_lies_over_is_said_where_the_copy_is_shown(with_last):
    copied = with_last(laid_fields("buttock.left"), given=(syringe(1, "60", "Caffeine", "50"),))
    chart = copied.chart
    chart.model.field_model.fill_region("buttock.left")
    assert chart.canvas.view.view_id == "front"
    chart.type("c")
    copied.press(Qt.Key.Key_Return)
    assert chart.canvas.view.view_id != "front"
    assert len(chart.document.fields) == 2
    assert "share" in copied.said()
    assert chart.canvas.hint.isVisible()


# The chip


def test_the_chip_offers_the_copy_while_nothing_is_charted(with_last):
    copied = with_last(last_session(BELLY))
    assert copied.settled() == "Copy session 2 of 17 Feb 2026"
    copied.chart.qtbot.mouseClick(copied.since.chip, Qt.MouseButton.LeftButton)
    assert copied.card.isVisible()


def test_the_chip_tells_what_differs_and_its_hover_explains(with_last):
    copied = with_last(last_session(*SHARES))
    chart = copied.chart
    chart.type("c")
    copied.press(Qt.Key.Key_Return)
    assert copied.settled() == "As in the last session"
    chart.model.set_dose(chart.ref(0), Decimal("0.08"))
    assert copied.settled() == "1 point changed since the last session"
    chart.model.delete(chart.ref(1))
    chart.type("p")
    chart.click(BELLY, 20)
    assert copied.settled() == "1 point changed, 1 added, 1 removed since the last session"
    hover = copied.since.chip.toolTip()
    assert "Around the navel: 0.08 mL, was 0.05 (1 point)" in hover
    assert "Lower abdomen: 1 point added" in hover
    assert "Left front thigh, upper: 1 point removed" in hover
    assert "As before: 1 point" in hover
    assert "within 1\u00a0mm it is the same point" in hover
    chart.qtbot.mouseClick(copied.since.chip, Qt.MouseButton.LeftButton)
    popover = chart.panel.window().findChild(object, "since_last")
    told = [each.text() for each in popover.findChildren(Label)]
    assert told == ["Since session 2 of 17 Feb 2026", *copied.since.explained]


def test_a_long_chip_is_shortened_where_the_body_would_vanish_behind_it(with_last):
    copied = with_last(last_session(*SHARES))
    chart = copied.chart
    chart.type("c")
    copied.press(Qt.Key.Key_Return)
    chart.model.set_dose(chart.ref(0), Decimal("0.08"))
    chart.model.delete(chart.ref(1))
    chart.type("p")
    chart.click(BELLY, 20)
    whole = "1 point changed, 1 added, 1 removed since the last session"
    for width, text in ((1280, whole.removesuffix(" since the last session")), (2400, whole)):
        chart.panel.resize(width, 640)
        assert copied.settled() == whole
        assert copied.since.chip.text() == text
        assert "Since session 2 of 17 Feb 2026" in copied.since.chip.toolTip()


def test_what_the_next_area_does_stays_clear_of_the_chip(with_last):
    copied = with_last(last_session(*SHARES), given=(syringe(1, "60", "Caffeine", "50"),))
    chart = copied.chart
    chart.type("c")
    copied.press(Qt.Key.Key_Return)
    chart.panel.resize(980, 640)
    chart.type("r")
    chart.click(LEFT_THIGH)
    bar, chip, hidden = (
        chart.panel.view.joining_bar, copied.since.chip, chart.panel.view.hidden_chip
    )  # fmt: skip
    assert bar.isVisible()
    chart.canvas.show_view("buttocks")
    assert hidden.isVisible()
    copied.settled()
    assert chip.y() > hidden.geometry().bottom()
    assert bar.isVisible()
    assert not bar.geometry().adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW).intersects(chip.geometry())


def test_the_chip_follows_the_chart_by_itself(with_last):
    copied = with_last(last_session(*SHARES))
    copied.chart.type("c")
    copied.press(Qt.Key.Key_Return)
    chip = copied.since.chip
    copied.chart.qtbot.waitUntil(lambda: chip.text() == "As in the last session")
    copied.chart.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    copied.chart.qtbot.waitUntil(lambda: chip.text().startswith("Copy session 2"))


def test_a_moved_point_is_known_again(with_last):
    copied = with_last(last_session(*SHARES))
    chart = copied.chart
    chart.type("c")
    copied.press(Qt.Key.Key_Return)
    chart.model.move(chart.ref(0), chart.canvas.pick(chart.at(BELLY, 4).toPointF()))
    assert copied.settled() == "1 point changed since the last session"
    assert "Around the navel: 1 point moved, by up to 20\u00a0mm" in copied.since.explained


def test_the_chip_keeps_clear_of_the_one_of_hidden_points(with_last):
    copied = with_last(last_session(*SHARES))
    copied.chart.type("c")
    copied.press(Qt.Key.Key_Return)
    copied.chart.press(Qt.Key.Key_PageDown)
    copied.settled()
    hidden = copied.chart.panel.view.hidden_chip
    assert hidden.isVisible()
    for width in (1280, 700):
        copied.chart.panel.resize(width, 640)
        assert not copied.since.chip.geometry().intersects(hidden.geometry())
        assert copied.chart.canvas.rect().contains(copied.since.chip.geometry())


def laid_fields(*keys):
    """Return a maker of fields over regions, as the last session had them."""

    def make(chart):
        atlas = chart.model.atlas
        fields = []
        for key in keys:
            outline = region_outline([key])
            laid = lay_points(area_of(atlas, outline), Pattern.STAGGERED, 15)
            hand = PointSettings("papule", Decimal(4), "30g_4", Decimal("0.05"))
            fields.append(filled(new_id(), LAST.id, hand, FieldSettings(), outline, laid))
        return earlier(2, DAY, [], laid=fields)

    return make


def test_the_same_as_last_time_with_a_fifth_less_on_one_knee(with_last):
    """Four gestures: copy, yes, take the field, one step less; then what differs is told."""
    copied = with_last(
        laid_fields("knee_inner.left", "knee_inner.right"),
        given=(syringe(1, "20", "Caffeine", "50"),),
    )
    chart = copied.chart
    chart.type("c")
    copied.press(Qt.Key.Key_Return)
    left, right = chart.model.fields.values()
    assert (left.outline.regions, right.outline.regions) == (
        ("knee_inner.left",),
        ("knee_inner.right",),
    )
    row = chart.panel.fields.list.rows()[1]
    chart.qtbot.mouseClick(row, Qt.MouseButton.LeftButton)
    chart.type("[")
    less = chart.model.fields[right.id]
    assert less.volume_ml == right.volume_ml * Decimal("0.8")
    assert chart.model.fields[left.id] == left
    assert copied.settled() == f"{len(right.points)} points changed since the last session"


def explained(copied):
    """Return what is told after a while, without how points are told apart."""
    copied.settled()
    return list(copied.since.explained[:-1])


def test_what_differs_is_told_by_region_with_what_it_was(with_last):
    double = syringe(1, "20", "Caffeine", "100")
    copied = with_last(laid_fields("knee_inner.left", "knee_inner.right"), given=(double,))
    chart = copied.chart
    chart.type("c")
    copied.press(Qt.Key.Key_Return)
    left, right = chart.model.fields.values()
    points = len(left.points)
    assert copied.settled() == f"{2 * points} points changed since the last session"
    was, now = "Caffeine 25\u00a0mg/mL", "Caffeine 50\u00a0mg/mL"
    assert explained(copied) == [
        f"Left knee, inner and 1 more: {now}, was {was} ({2 * points} points)"
    ]
    field_model = chart.model.field_model
    field_model.select(right.id)
    field_model.set_dose(Decimal("0.10"))
    field_model.set_technique("superficial_intradermal")
    right_knee = f"Right knee, inner: {{}} ({points} points)"
    assert explained(copied)[1:] == [
        right_knee.format("0.10 mL each, was 0.05"),
        right_knee.format("Superficial intradermal (nappage), was Papule (wheal)"),
    ]


def test_a_long_line_of_the_details_is_broken_and_whole(with_last):
    many = syringe(1, "20", "Caffeine", "100")
    names = ("L-carnitine", "Procaine", "Sodium deoxycholate", "Artichoke extract", "Silicium")
    others = tuple(syringe(1, "20", name, "10").mixture.components[0] for name in names)
    mixed = replace(
        many,
        mixture=Mixture((*many.mixture.components, *others)),
        parts=(*many.parts, *map(PartLine, names)),
    )
    copied = with_last(laid_fields("knee_inner.left"), given=(mixed,))
    chart = copied.chart
    chart.type("c")
    choose(copied, LAST.id, mixed.id)
    copied.press(Qt.Key.Key_Tab)
    copied.card.go.click()
    copied.settled()
    chart.qtbot.mouseClick(copied.since.chip, Qt.MouseButton.LeftButton)
    popover = chart.panel.window().findChild(object, "since_last")
    assert chart.panel.window().rect().contains(popover.geometry())
    assert popover.width() < 640
    told = [each for each in popover.findChildren(Label) if "Silicium" in each.text()]
    assert len(told) == 1
    assert told[0].height() > 2 * told[0].fontMetrics().height()
    for each in popover.findChildren(Label):
        assert each.height() >= each.heightForWidth(each.width())
        assert each.visibleRegion().boundingRect() == QRect(QPoint(0, 0), each.size())


def test_only_a_handful_of_differences_is_told_one_by_one(with_last):
    keys = [f"{code}.{side}" for code in ("calf", "shin", "flank") for side in ("left", "right")]
    copied = with_last(laid_fields("knee_inner.left", *keys, "hip.left"))
    chart = copied.chart
    chart.type("c")
    copied.press(Qt.Key.Key_Return)
    for made in list(chart.model.fields.values())[1:]:
        chart.model.field_model.select(made.id)
        chart.model.field_model.delete()
    lines = explained(copied)
    assert len(lines) == MOST_LINES + 2
    assert lines[MOST_LINES] == "and 2 more"
    assert all(line.endswith("points removed") for line in lines[:MOST_LINES])


# Zones have no points


def zones(*keys, zone_ml="1"):
    """Return a maker of zones over regions, as the last session had them."""

    def make(chart):
        hand = PointSettings("papule", Decimal(4), "30g_4", Decimal("0.05"))
        laying = FieldSettings(pattern=Pattern.ZONE, total_ml=Decimal(zone_ml))
        outlines = [region_outline([key]) for key in keys]
        made = [filled(new_id(), LAST.id, hand, laying, each, no_points(), 40) for each in outlines]
        return earlier(2, DAY, [], laid=made)

    return make


def test_a_session_of_zones_is_known_again_after_it_was_copied(with_last):
    copied = with_last(zones("calf.left", "calf.right"))
    chart = copied.chart
    assert copied.settled() == "Copy session 2 of 17 Feb 2026"
    chart.type("c")
    assert not copied.card.there.isVisible()
    copied.press(Qt.Key.Key_Return)
    assert copied.settled() == "As in the last session"
    chart.type("c")
    assert copied.card.there.text() == (
        "2 zones charted already: they stay, and the copies are added."
    )
    copied.press(Qt.Key.Key_Escape)
    first, second = chart.model.fields.values()
    chart.model.field_model.select(first.id)
    chart.model.field_model.set_total(Decimal("0.5"))
    chart.model.field_model.select(second.id)
    chart.model.field_model.delete()
    assert copied.settled() == "1 zone changed, 1 removed since the last session"
    assert explained(copied) == [
        "Left calf: 0.50 mL, was 1.00 (1 zone)",
        "Right calf: 1 zone removed",
    ]


def test_points_and_zones_that_are_there_are_both_told(with_last):
    copied = with_last(zones("calf.left"))
    chart = copied.chart
    chart.click(BELLY)
    chart.type("c")
    copied.press(Qt.Key.Key_Return)
    assert copied.settled() == "1 point added since the last session"
    chart.type("c")
    assert copied.card.there.text() == (
        "1 point, 1 zone charted already: they stay, and the copies are added."
    )


def test_the_card_takes_its_height_when_its_words_change(with_last):
    more = last_session(LEFT_THIGH, syringe=OTHER)
    copied = with_last(last_session(BELLY, more=[more]))
    copied.chart.panel.resize(1280, 720)
    copied.chart.type("c")
    card, before = copied.card, copied.card.height()
    choose(copied, LAST.id, copied.chart.syringes[1].id)
    assert card.height() > before
    QApplication.processEvents()
    labels = [each for each in card.findChildren(Label) if each.isVisible()]
    assert "Other actives than last time." in [each.text() for each in labels]
    places = [QRect(each.mapTo(card, QPoint(0, 0)), each.size()) for each in labels]
    for label, place in zip(labels, places, strict=True):
        assert label.height() >= label.heightForWidth(label.width()), label.text()
        shared = [other for other in places if other is not place and other.intersects(place)]
        assert not shared, label.text()
        inner = QRect(QPoint(0, 0), label.size())
        assert label.visibleRegion().boundingRect() == inner, label.text()
