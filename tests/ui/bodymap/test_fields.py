"""Fields by real mouse and keys: regions, drawn areas, spacing, mirror, questions, undo."""

import math
from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication

from mesodesk.domain.bodymap.edits import Edit, EditLabel
from mesodesk.domain.bodymap.fields import OutlineKind, Pattern
from mesodesk.domain.bodymap.outlines import region_outline
from mesodesk.ui import theme
from mesodesk.ui.bodymap.field_lines import outline_in
from mesodesk.ui.bodymap.vocabulary import by_a_fifth

from .conftest import BELLY, BESIDE, LEFT_THIGH, RIGHT_THIGH, syringe
from .hands import hover

LEFT = Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def chart(make_chart):
    """Two syringes with plenty in them."""
    made = make_chart(
        given=(syringe(1, "30", "Caffeine", "50"), syringe(2, "30", "Silicium", "10"))
    )
    made.canvas.setFocus()
    return made


def click(chart, share, modifier=Qt.KeyboardModifier.NoModifier):
    chart.qtbot.mouseClick(chart.canvas, LEFT, modifier, chart.at(share))


def circle(middle, radius, count=24):
    return [
        (
            middle[0] + radius * math.cos(2 * math.pi * step / count),
            middle[1] + radius * math.sin(2 * math.pi * step / count),
        )
        for step in range(count + 1)
    ]


def draw(chart, shares, modifier=Qt.KeyboardModifier.NoModifier, *, release=True):
    places = [chart.at(share) for share in shares]
    chart.qtbot.mousePress(chart.canvas, LEFT, modifier, places[0])
    for place in places[1:]:
        chart.qtbot.mouseMove(chart.canvas, place)
    if release:
        chart.qtbot.mouseRelease(chart.canvas, LEFT, modifier, places[-1])


def fields(chart):
    return list(chart.document.fields.values())


def test_a_click_with_the_region_tool_fills_the_region(chart):
    chart.type("r")
    click(chart, LEFT_THIGH)
    (field,) = fields(chart)
    assert field.outline.kind is OutlineKind.REGION
    (key,) = field.outline.regions
    assert key.startswith("thigh")
    assert key.endswith(".left")
    assert (field.pattern, field.spacing_mm) == (Pattern.STAGGERED, Decimal(15))
    assert len(field.points) > 20
    assert field.volume_ml == Decimal("0.05") * len(field.points)
    regions = {chart.model.region_of(ref).key for ref in chart.document.refs()}
    assert regions == {key}
    assert chart.model.field_model.selected == field
    assert [edit.label for edit, _ in chart.edits] == ["fill"]


def test_two_thighs_with_two_syringes_in_nine_gestures(chart):
    """The first scenario: some 120 points on each side, exact totals; one undo a gesture."""
    gestures = 0
    for act in (
        lambda: chart.type("r"),
        lambda: click(chart, LEFT_THIGH),
        lambda: chart.type("m"),
        lambda: chart.type("2"),
        lambda: click(chart, (LEFT_THIGH[0], LEFT_THIGH[1] + 0.075)),
        lambda: chart.type("m"),
    ):
        act()
        gestures += 1
    assert gestures <= 15
    assert len(fields(chart)) == 4
    assert chart.document.point_count >= 120
    totals = chart.model.totals
    by_side = {side: part.points for side, part in totals.by_side.items()}
    assert by_side["left"] == by_side["right"] == chart.document.point_count // 2
    assert totals.whole.volume_ml == Decimal("0.05") * chart.document.point_count
    caffeine = next(a for a in totals.whole.amounts if a.name == "Caffeine")
    in_one = sum(f.volume_ml for f in fields(chart) if f.syringe_id == chart.syringes[0].id)
    assert caffeine.value == in_one * 25
    move_three_and_delete_two(chart)
    for _ in range(5):
        chart.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    for left in (3, 2, 1, 0):
        chart.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert len(fields(chart)) == left


def move_three_and_delete_two(chart):
    """Do so with the select tool; the totals follow at once."""
    before = chart.model.totals.whole
    chart.type("v")
    for number in (20, 30, 40):
        start = chart.on_canvas(number)
        chart.drag(start, start + QPoint(3, 5))
        chart.press(Qt.Key.Key_Escape)
    assert chart.model.totals.whole.volume_ml == before.volume_ml
    for _ in range(2):
        chart.click_point(25)
        chart.press(Qt.Key.Key_Delete)
    after = chart.model.totals.whole
    assert after.points == before.points - 2
    assert after.volume_ml == before.volume_ml - Decimal("0.1")


def test_a_lasso_becomes_a_field_of_that_skin(chart):
    chart.type("l")
    draw(chart, circle(BELLY, 0.06))
    (field,) = fields(chart)
    assert field.outline.kind is OutlineKind.LASSO
    assert len(field.outline.rings) == 1
    assert len(field.points) >= 8
    middle = chart.at(BELLY)
    for number in range(len(field.points)):
        at = chart.on_canvas(number)
        radius = 0.06 * chart.canvas.view.width_px * chart.canvas.viewport.scale * 1.7
        assert math.hypot(at.x() - middle.x(), at.y() - middle.y()) < radius


def test_a_tool_tells_under_a_mouse_that_rests_what_a_click_would_do(chart):
    chart.type("v")
    chart.qtbot.mouseMove(chart.canvas, chart.at(LEFT_THIGH))
    named = chart.canvas.hover_label.text
    assert "points" not in named
    chart.type("r")
    assert "about" in chart.canvas.hover_label.text
    chart.type("v")
    assert chart.canvas.hover_label.text == named


def test_a_tool_tells_at_the_crosshair_what_enter_would_do(chart):
    chart.type("v")
    chart.canvas.show_crosshair(QPointF(chart.at(LEFT_THIGH)))
    chart.type("r")
    assert "about" in chart.canvas.hover_label.text
    chart.type("v")
    assert "about" not in chart.canvas.hover_label.text


def test_a_tool_taken_while_the_mouse_is_elsewhere_tells_nothing(chart):
    chart.qtbot.mouseMove(chart.panel, QPoint(1, 1))
    chart.type("r")
    assert chart.canvas.hover_label.text == ""


def test_a_half_drawn_lasso_says_what_it_would_be_and_escape_leaves_it(chart):
    chart.type("l")
    draw(chart, circle(BELLY, 0.06), release=False)
    assert "points" in chart.canvas.hover_label.text
    assert "about" in chart.canvas.hover_label.text
    chart.press(Qt.Key.Key_Escape)
    chart.qtbot.mouseRelease(chart.canvas, LEFT, Qt.KeyboardModifier.NoModifier, chart.at(BELLY))
    assert fields(chart) == []
    assert chart.canvas.hover_label.text == ""


@pytest.mark.parametrize(
    ("key", "kind", "shares"),
    [
        ("t", OutlineKind.RECTANGLE, [(0.42, 0.36), (0.5, 0.4), (0.58, 0.44)]),
        ("o", OutlineKind.CIRCLE, [(0.5, 0.4), (0.53, 0.4), (0.56, 0.4)]),
        ("b", OutlineKind.BAND, [(0.42, 0.4), (0.46, 0.4), (0.5, 0.4), (0.58, 0.4)]),
    ],
)
def test_other_shapes_become_fields_too(chart, key, kind, shares):
    chart.type(key)
    draw(chart, shares)
    (field,) = fields(chart)
    assert field.outline.kind is kind
    assert len(field.points) > 3
    assert (field.outline.width_mm is not None) == (kind is OutlineKind.BAND)


def test_shift_adds_an_area_and_alt_cuts_it_out(chart):
    chart.type("l")
    draw(chart, circle((0.46, 0.4), 0.05))
    (first,) = fields(chart)
    before = chart.model.field_model.laying.area_of(first).area_mm2
    draw(chart, circle((0.54, 0.4), 0.05), SHIFT)
    (both,) = fields(chart)
    grown = chart.model.field_model.laying.area_of(both).area_mm2
    assert both.id == first.id
    assert grown > 1.5 * before
    draw(chart, circle((0.54, 0.4), 0.06), ALT)
    (cut,) = fields(chart)
    assert chart.model.field_model.laying.area_of(cut).area_mm2 < before * 1.02
    assert [edit.label for edit, _ in chart.edits] == ["fill", "outline", "outline"]


def test_shift_click_joins_a_region_to_the_selected_field(chart):
    chart.type("r")
    click(chart, LEFT_THIGH)
    click(chart, (LEFT_THIGH[0], LEFT_THIGH[1] + 0.075), SHIFT)
    (field,) = fields(chart)
    assert len(field.outline.regions) == 2


def test_a_click_off_the_body_makes_no_field(chart):
    chart.type("r")
    click(chart, BESIDE)
    assert fields(chart) == []
    assert chart.canvas.hint.label.text() == "There is no skin here: no field was made."
    chart.type("l")
    draw(chart, circle(BESIDE, 0.03))
    assert chart.canvas.hint.label.text() == "There is no skin there: no field was made."


def test_an_area_smaller_than_the_spacing_says_so(chart):
    chart.type("l")
    draw(chart, circle(BELLY, 0.0065))
    assert fields(chart) == []
    assert "too small" in chart.canvas.hint.label.text().lower()


def test_a_fifth_less_is_one_key_for_points_fields_and_totals(chart):
    chart.type("r")
    click(chart, LEFT_THIGH)
    chart.model.field_model.set_dose(Decimal("0.03"))
    chart.type("{")
    (less,) = fields(chart)
    assert less.dose_per_point_ml == Decimal("0.024")
    assert less.volume_ml == Decimal("0.024") * len(less.points)
    chart.type("}")
    assert fields(chart)[0].dose_per_point_ml == Decimal("0.03")
    chart.model.field_model.set_total(Decimal(3))
    chart.type("{")
    assert fields(chart)[0].volume_ml == Decimal("2.4")
    assert fields(chart)[0].dose_per_point_ml is None
    chart.model.field_model.select(None)
    chart.type("{")
    assert chart.model.settings.dose_ml == Decimal("0.04")
    assert fields(chart)[0].volume_ml == Decimal("2.4")


@pytest.mark.parametrize("dose", ["0.001", "0.002", "0.003", "0.007"])
def test_the_smallest_doses_can_be_raised_again(dose):
    raised = by_a_fifth(Decimal(dose), 1)
    assert raised > Decimal(dose)
    lowered = by_a_fifth(Decimal(dose), -1)
    assert lowered < Decimal(dose) or lowered == Decimal("0.001")


def test_the_keys_change_spacing_and_dose_of_the_selected_field(chart):
    chart.type("r")
    click(chart, LEFT_THIGH)
    wide = len(fields(chart)[0].points)
    chart.type(",,")
    (closer,) = fields(chart)
    assert closer.spacing_mm == Decimal(13)
    assert len(closer.points) > wide
    chart.type("]")
    assert fields(chart)[0].dose_per_point_ml == Decimal("0.06")
    assert fields(chart)[0].volume_ml == Decimal("0.06") * len(closer.points)


def test_the_handle_pulls_the_spacing_in_one_edit(chart):
    chart.type("r")
    click(chart, LEFT_THIGH)
    before = fields(chart)[0]
    handle = chart.canvas.areas._handle().toPoint()
    chart.drag(handle, handle + QPoint(30, 0))
    (after,) = fields(chart)
    assert after.spacing_mm == Decimal(20)
    assert len(after.points) < len(before.points)
    assert [edit.label for edit, _ in chart.edits] == ["fill", "spacing"]
    chart.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert fields(chart)[0] == before


def test_a_total_stays_when_a_field_is_laid_at_another_spacing(chart):
    chart.type("r")
    click(chart, LEFT_THIGH)
    chart.model.field_model.set_total(Decimal("2.5"))
    before = len(fields(chart)[0].points)
    chart.type(".")
    (field,) = fields(chart)
    assert len(field.points) != before
    assert (field.volume_ml, field.dose_per_point_ml) == (Decimal("2.5"), None)


def test_points_changed_by_hand_are_asked_about_before_they_are_laid_anew(chart):
    chart.type("r")
    click(chart, LEFT_THIGH)
    chart.type("v")
    start = chart.on_canvas(3)
    chart.drag(start, start + QPoint(9, 0))
    moved = fields(chart)[0]
    chart.type(".")
    bar = chart.panel.view.question
    assert bar.isVisible()
    assert "1 point changed by hand" in bar.text.text()
    assert fields(chart)[0] == moved
    chart.press(Qt.Key.Key_Escape)
    assert not bar.isVisible()
    chart.type(".")
    chart.press(Qt.Key.Key_Return)
    assert fields(chart)[0].spacing_mm == Decimal(16)


def test_very_many_points_are_counted_before_they_are_placed(chart):
    panel = chart.panel.settings
    chart.type("r")
    panel.spacing_mm.field.input.setFocus()
    panel.spacing_mm.field.input.selectAll()
    chart.type("2", widget=panel.spacing_mm.field.input)
    chart.press(Qt.Key.Key_Return, widget=panel.spacing_mm.field.input)
    chart.canvas.setFocus()
    click(chart, LEFT_THIGH)
    bar = chart.panel.view.question
    assert bar.isVisible()
    assert "points" in bar.headline.text()
    assert fields(chart) == []


def ask_about_many(chart, share=LEFT_THIGH):
    model = chart.model
    model.field_model.set_settings(replace(model.field_model.settings, spacing_mm=Decimal(3)))
    model.set_settings(replace(model.settings, dose_ml=Decimal("0.001")))
    chart.type("r")
    click(chart, share)
    assert chart.panel.view.question.isVisible()


@pytest.mark.parametrize("key", [Qt.Key.Key_Z, Qt.Key.Key_Y])
def test_undo_and_redo_leave_what_is_asked_and_take_back_nothing_else(chart, key):
    chart.type("r")
    click(chart, RIGHT_THIGH)
    (kept,) = fields(chart)
    ask_about_many(chart)
    chart.press(key, Qt.KeyboardModifier.ControlModifier)
    assert not chart.panel.view.question.isVisible()
    assert fields(chart) == [kept]
    assert chart.canvas.hint.label.text().startswith("The question was left.")
    chart.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert fields(chart) == []


def test_undo_leaves_what_a_syringe_does_not_hold_and_takes_back_nothing_else(make_chart):
    chart = make_chart(given=(syringe(1, "6", "Caffeine", "50"),))
    chart.type("r")
    click(chart, RIGHT_THIGH)
    made = fields(chart)
    assert made
    click(chart, LEFT_THIGH)
    assert chart.panel.view.shortage.isVisible()
    chart.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not chart.panel.view.shortage.isVisible()
    assert fields(chart) == made


class Painted(QObject):
    """Knows what of a widget was painted since."""

    def __init__(self, widget):
        super().__init__(widget)
        self.regions = []
        widget.installEventFilter(self)

    def eventFilter(self, _watched, event):
        if event.type() is QEvent.Type.Paint:
            self.regions.append(event.region())
        return False

    def at(self, place):
        return any(region.contains(place) for region in self.regions)


@pytest.mark.parametrize("why", ["many", "short"])
def test_what_is_asked_about_shows_on_the_body_until_it_is_answered(make_chart, why):
    chart = make_chart(given=(syringe(1, "900" if why == "many" else "1", "Caffeine", "50"),))
    if why == "many":
        ask_about_many(chart)
    else:
        chart.type("r")
        click(chart, LEFT_THIGH)
    atlas = chart.model.atlas
    edge = outline_in(atlas, chart.canvas.view, region_outline(["thigh_front_upper.left"]))
    line = max(edge.lines, key=len)
    place = line[len(line) // 3]
    at = chart.canvas.viewport.to_canvas(place.x(), place.y()).toPoint()
    asked = chart.canvas.grab().toImage().pixelColor(at)
    QApplication.processEvents()
    painted = Painted(chart.canvas)
    chart.press(Qt.Key.Key_Escape)
    chart.qtbot.waitUntil(lambda: painted.at(at))
    left = chart.canvas.grab().toImage().pixelColor(at)
    assert asked == theme.colour("accent")
    assert left != asked


def test_the_label_of_a_region_goes_with_its_fill(chart):
    chart.type("r")
    hover(chart, LEFT_THIGH)
    assert chart.canvas.hover_label.isVisible()
    click(chart, LEFT_THIGH)
    assert not chart.canvas.hover_label.isVisible()


def test_a_sentence_does_not_lie_over_the_buttons_that_join(chart):
    chart.panel.resize(1024, 640)
    chart.type("r")
    click(chart, LEFT_THIGH)
    bar, hint = chart.panel.view.joining_bar, chart.canvas.hint
    assert bar.isVisible()
    chart.canvas.say_at(QPointF(bar.geometry().center()), "Two fields of today share 30 cm\u00b2.")
    assert hint.isVisible()
    assert not hint.geometry().intersects(bar.geometry())


def test_a_syringe_that_does_not_hold_enough_offers_the_next(make_chart):
    chart = make_chart(
        given=(syringe(1, "1", "Caffeine", "50"), syringe(2, "30", "Silicium", "10"))
    )
    chart.type("r")
    click(chart, LEFT_THIGH)
    assert fields(chart) == []
    bar = chart.panel.view.shortage
    assert bar.isVisible()
    chart.qtbot.mouseClick(bar.use_other, LEFT)
    (field,) = fields(chart)
    assert field.syringe_id == chart.syringes[1].id
    assert chart.model.field_model.selected == field


def test_a_total_is_shared_out_and_an_impossible_one_is_said(chart):
    chart.type("r")
    total = chart.panel.settings.total_ml
    total.input.setFocus()
    chart.type("3", widget=total.input)
    chart.press(Qt.Key.Key_Return, widget=total.input)
    chart.canvas.setFocus()
    click(chart, LEFT_THIGH)
    (field,) = fields(chart)
    assert field.volume_ml == Decimal(3)
    total.input.setFocus()
    total.input.selectAll()
    chart.type("0.002", widget=total.input)
    chart.press(Qt.Key.Key_Return, widget=total.input)
    assert fields(chart)[0].volume_ml == Decimal(3)
    assert "cannot be shared" in chart.canvas.hint.label.text()


def test_a_zone_of_unknown_punctures_keeps_its_volume_and_says_why(chart):
    chart.model.field_model.set_pattern(Pattern.ZONE)
    chart.type("r")
    click(chart, LEFT_THIGH)
    (zone,) = fields(chart)
    unknown = replace(zone, punctures=None, dose_per_point_ml=None)
    chart.model.apply(Edit(EditLabel.PATTERN, ((zone.id, zone, unknown),)))
    chart.model.field_model.step_dose(1)
    assert fields(chart) == [unknown]
    assert "no number of punctures" in chart.canvas.hint.label.text()


def test_the_mirror_follows_until_it_is_changed(chart):
    chart.type("r")
    click(chart, LEFT_THIGH)
    chart.type("m")
    original, image = fields(chart)
    assert image.mirror_of == original.id
    assert {chart.model.region_of(r).side.value for r in chart.document.refs()} == {"left", "right"}
    chart.type("]")
    original, image = fields(chart)
    assert original.volume_ml == image.volume_ml == Decimal("0.06") * len(image.points)
    chart.type("m")
    assert len(fields(chart)) == 2
    assert chart.canvas.hint.label.text() == "This field is on both sides already."


def test_an_image_from_a_syringe_that_is_not_in_hand_is_told(chart):
    chart.type("r")
    click(chart, LEFT_THIGH)
    chart.type("2m")
    original, image = fields(chart)
    assert image.syringe_id == original.syringe_id == chart.syringes[0].id
    assert (
        chart.canvas.hint.label.text() == "The image is from syringe 1, as its field; 2 is in hand."
    )
    chart.panel.view.undo()
    chart.canvas.hint.dismiss()
    chart.model.field_model.select(original.id)
    chart.type("1m")
    assert len(fields(chart)) == 2
    assert not chart.canvas.hint.isVisible()


def test_two_fields_on_the_same_skin_are_told(chart):
    chart.type("r")
    click(chart, LEFT_THIGH)
    chart.type("2")
    click(chart, LEFT_THIGH)
    assert len(fields(chart)) == 2
    assert "share" in chart.canvas.hint.label.text()
    click(chart, RIGHT_THIGH)
    assert len(fields(chart)) == 3
    assert not chart.canvas.hint.isVisible()


def test_delete_removes_the_selected_field_and_undo_brings_it_back(chart):
    chart.type("r")
    click(chart, LEFT_THIGH)
    field = fields(chart)[0]
    chart.press(Qt.Key.Key_Delete)
    assert fields(chart) == []
    chart.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert fields(chart) == [field]


def test_the_select_tool_takes_a_field_by_its_skin_and_the_card_shows_it(chart):
    chart.type("r")
    click(chart, LEFT_THIGH)
    chart.press(Qt.Key.Key_Escape)
    card = chart.panel.settings
    assert chart.model.field_model.selected is None
    assert card.heading.text() == "Next field"
    chart.type("v")
    shown = chart.on_canvas(0) + QPoint(0, 0)
    beside = QPointF(shown) + QPointF(0.5, 0.5) * 15 / chart.canvas.mm_per_px() / 1.0
    chart.qtbot.mouseClick(chart.canvas, LEFT, pos=beside.toPoint())
    assert chart.model.field_model.selected == fields(chart)[0]
    assert card.heading.text() == "Selected field"
    assert f"{len(fields(chart)[0].points)} points" in card.summary.text()


def test_by_keyboard_alone_a_region_is_filled(chart):
    chart.type("r")
    chart.press(Qt.Key.Key_Return)
    assert chart.canvas.crosshair is not None
    chart.press(Qt.Key.Key_Return)
    assert len(fields(chart)) == 1


def test_a_zone_has_an_estimated_number_of_punctures_and_no_points(chart):
    chart.model.field_model.set_pattern(Pattern.ZONE)
    chart.type("r")
    click(chart, LEFT_THIGH)
    (zone,) = fields(chart)
    assert len(zone.points) == 0
    assert zone.punctures > 20
    assert zone.volume_ml == Decimal("0.05") * zone.punctures
    assert "about" in chart.panel.settings.summary.text()


def test_a_signed_chart_takes_no_field(make_chart):
    chart = make_chart(read_only=True)
    chart.type("r")
    click(chart, LEFT_THIGH)
    assert fields(chart) == []


def test_a_region_is_reached_by_typing_its_name(chart):
    chart.type("rf")
    finder = chart.panel.view.region_finder
    assert finder.isVisible()
    chart.type("left buttock", widget=finder.search.input)
    assert finder.rows[0].title.text().startswith("Left buttock")
    chart.press(Qt.Key.Key_Return, widget=finder.search.input)
    assert not finder.isVisible()
    (field,) = fields(chart)
    assert field.outline.regions == ("buttock.left",)
    assert chart.canvas.view.view_id in ("buttocks", "back")
    assert chart.canvas.stage.on_canvas(chart.ref(0)) is not None


def test_the_body_has_the_keyboard_once_a_region_is_found(chart):
    beside = chart.panel.syringes.prepare
    asked = []
    chart.panel.prepare_syringe_asked.connect(lambda: asked.append(1))
    beside.setFocus()
    chart.type("rf", widget=beside)
    finder = chart.panel.view.region_finder
    chart.type("left buttock", widget=finder.search.input)
    chart.press(Qt.Key.Key_Return, widget=finder.search.input)
    assert chart.canvas.hasFocus()
    chart.press(Qt.Key.Key_Return, widget=QApplication.focusWidget())
    assert asked == []


def test_sixty_points_on_each_outer_thigh_from_two_syringes_by_keys(make_chart):
    """Five gestures: R, a name, a number, M, Enter for the next syringe; then the totals follow."""
    given = syringe(1, "4", "Caffeine", "50"), syringe(2, "4", "Caffeine", "50")
    chart = make_chart(given=given)
    chart.canvas.setFocus()
    chart.type("rf")
    finder = chart.panel.view.region_finder
    chart.type("left outer thigh, up", widget=finder.search.input)
    chart.press(Qt.Key.Key_Return, widget=finder.search.input)
    number = chart.panel.settings.points.field.input
    number.setFocus()
    number.selectAll()
    chart.type("60", widget=number)
    chart.press(Qt.Key.Key_Return, widget=number)
    chart.type("m", widget=QApplication.focusWidget())
    assert chart.panel.view.shortage.isVisible()
    chart.press(Qt.Key.Key_Return, widget=QApplication.focusWidget())
    left, right = fields(chart)
    assert (left.syringe_id, right.syringe_id) == tuple(each.id for each in given)
    assert [len(each.points) for each in (left, right)] == [60, 60]
    assert [chart.model.supply(each).remaining_ml for each in given] == [Decimal(1), Decimal(1)]
    lines = {line.name: line.figures for line in chart.panel.totals.table.lines}
    assert lines["Points"] == ("60", "60", "120")
    # Half of each syringe is caffeine of 50 mg/mL.
    assert lines["Caffeine"] == ("75.0", "75.0", "150.0")
    for _ in range(2):
        chart.model.delete(chart.ref(0))
    lines = {line.name: line.figures for line in chart.panel.totals.table.lines}
    assert lines["Points"] == ("58", "60", "118")
    assert chart.model.supply(given[0]).remaining_ml == Decimal("1.1")


def test_a_region_found_with_the_point_tool_gets_the_crosshair(chart):
    chart.type("f")
    finder = chart.panel.view.region_finder
    chart.type("cheek", widget=finder.search.input)
    chart.press(Qt.Key.Key_Down, widget=finder.search.input)
    chart.press(Qt.Key.Key_Return, widget=finder.search.input)
    assert fields(chart) == []
    chart.press(Qt.Key.Key_Return)
    assert chart.region() == "cheek.right"


def test_an_unknown_region_says_so(chart):
    chart.type("f")
    finder = chart.panel.view.region_finder
    chart.type("wing", widget=finder.search.input)
    assert finder.none.isVisible()
    chart.press(Qt.Key.Key_Return, widget=finder.search.input)
    assert finder.isVisible()


def test_the_list_shows_each_field_with_its_skin_and_takes_one_there(chart):
    chart.type("r")
    click(chart, LEFT_THIGH)
    chart.type("m2")
    click(chart, BELLY)
    left, right, belly = chart.panel.fields.list.rows()
    first = fields(chart)[0]
    assert f"{len(first.points)} points" in left.subtitle.text()
    assert "cm²" in left.subtitle.text()
    assert "mg Caffeine" in left.amounts.text()
    assert "/cm²" in left.amounts.text()
    assert right.amounts.text().startswith("mirrored")
    assert "cm²" in right.subtitle.text()
    assert belly.isChecked()
    chart.qtbot.mouseClick(left, LEFT)
    assert chart.model.field_model.selected == fields(chart)[0]
    assert (left.isChecked(), belly.isChecked()) == (True, False)
    chart.press(Qt.Key.Key_Escape)
    chart.type("p")
    chart.model.select(None)
    assert len(chart.panel.fields.list.rows()) == 3
