"""What stands beside the body, and the chart as a page has it."""

import gc
import weakref
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QScrollArea

from mesodesk.domain.bodymap.chart import ChartDocument
from mesodesk.domain.bodymap.edits import Edit, EditLabel
from mesodesk.domain.dosing import ActiveStrength, Amount, Component, Mixture
from mesodesk.domain.ids import new_id
from mesodesk.domain.strength import Strength, StrengthUnit
from mesodesk.ui.bodymap.chart_panel import ChartPanel
from mesodesk.ui.bodymap.figures import amount_figure, amount_text, ml, points_text
from mesodesk.ui.bodymap.syringe_panel import part_lines
from mesodesk.ui.bodymap.syringes import ChartSyringe, PartLine, chart_syringes
from mesodesk.ui.bodymap.totals_panel import Line, TotalsTable
from mesodesk.ui.bodymap.vocabulary import (
    DEFAULT_SETTINGS,
    edit_name,
    needle_name,
    needle_options,
    stepped_depth,
    stepped_dose,
    technique_options,
)
from mesodesk.ui.widgets.text import Label

from .conftest import BELLY, LEFT_SHIN, LEFT_THIGH, RIGHT_THIGH, syringe

LEFT = Qt.MouseButton.LeftButton
NBSP = "\u00a0"


def charted(chart):
    """Chart two points left and one right from syringe 1, one in the middle from syringe 2."""
    for share, dy in ((LEFT_THIGH, 0), (LEFT_THIGH, -14), (RIGHT_THIGH, 0)):
        chart.click(share, dy=dy)
    chart.type("2")
    chart.click(BELLY)
    return chart


def test_of_many_syringes_only_the_one_in_hand_is_told_at_length(make_chart):
    given = (
        syringe(1, "4", "Caffeine", "50"),
        replace(syringe(2, "4", "Silicium", "10"), label=""),
        syringe(3, "0.04", "Procaine", "20"),
    )
    chart = make_chart(given=given)
    cards = chart.panel.syringes.cards()

    def briefly(card):
        return card.short.isVisible()

    assert [briefly(card) for card in cards] == [False, True, True]
    assert cards[0].height() > cards[1].height() >= 44
    assert cards[1].short.text() == "4.00 mL"
    # One without a name of its own is told apart by what is in it.
    told = cards[1].findChildren(Label)
    assert any("Silicium" in label.text() for label in told if label.isVisible())
    assert "Silicium" in cards[1].toolTip()
    chart.type("3")
    chart.click(BELLY)
    chart.qtbot.mouseClick(chart.panel.view.shortage.go_on, LEFT)
    chart.type("1")
    # What is overdrawn is never told in short.
    assert chart.model.supply(given[2]).remaining_ml < 0
    assert [briefly(card) for card in cards] == [False, True, False]


def lines(chart):
    return {line.name: line for line in chart.panel.totals.table.lines}


def test_a_region_across_the_midline_is_one_area_with_points_of_both_sides(chart):
    for dx in (-12, 12, 24):
        chart.click(BELLY, dx=dx, dy=12)
    assert {chart.region(number) for number in range(3)} == {chart.region()}
    assert chart.region().endswith(".midline")
    (row,) = chart.panel.fields.list.rows()
    assert f"3 points \u00b7 0.15{NBSP}mL" in row.accessibleName()
    assert chart.panel.totals.table.columns == ("Left", "Right", "All")
    assert lines(chart)["Points"].figures == ("2", "1", "3")


def test_a_card_says_what_is_in_the_syringe_and_what_is_left(chart):
    first, second = chart.panel.syringes.cards()
    assert part_lines(first.syringe) == [f"Caffeine 25{NBSP}mg/mL · lot L1", "Saline · lot N1"]
    assert first.left.text() == "4.00 mL left of 4.0"
    charted(chart)
    assert first.left.text() == "3.85 mL left of 4.0"
    assert first.charted.text() == "3 points"
    assert first.bar.share() == pytest.approx(3.85 / 4)
    assert second.left.text() == "3.95 mL left of 4.0"
    assert second.charted.text() == "1 point"
    assert second.isChecked()
    assert not first.isChecked()


def test_a_click_or_enter_on_a_card_takes_the_syringe(chart):
    told = []
    chart.panel.active_syringe_changed.connect(told.append)
    first, second = chart.panel.syringes.cards()
    chart.qtbot.mouseClick(second, LEFT)
    assert chart.model.active == chart.syringes[1]
    chart.press(Qt.Key.Key_Return, widget=first)
    assert chart.model.active == chart.syringes[0]
    chart.qtbot.mouseClick(first, LEFT)
    assert first.isChecked()
    assert told == [chart.syringes[1].id, chart.syringes[0].id]


def test_what_was_wasted_is_not_left(make_chart):
    one = replace(syringe(1, "4", "Caffeine", "50"), wasted_ml=Decimal("0.5"))
    chart = make_chart(given=(one,))
    (card,) = chart.panel.syringes.cards()
    assert card.left.text() == "3.50 mL left of 4.0"
    assert card.toolTip().endswith("drawn 4.00 mL, wasted 0.50 mL, charted 0.00 mL")
    assert (card.wasted.text(), card.wasted.isHidden()) == ("0.50 mL wasted", False)


def test_totals_by_side_and_active(chart):
    charted(chart)
    table = chart.panel.totals.table
    assert table.columns == ("Left", "Right", "Mid", "All")
    shown = lines(chart)
    assert shown["Points"].figures == ("2", "1", "1", "4")
    assert shown["Volume"].figures == ("0.10", "0.05", "0.05", "0.20")
    assert shown["Caffeine"].figures == ("2.50", "1.25", "–", "3.75")  # noqa: RUF001
    assert shown["Caffeine"].unit == "mg"
    assert shown["Silicium"].figures == ("–", "–", "0.25", "0.25")  # noqa: RUF001
    assert "Caffeine: Left 2.50 mg, Right 1.25 mg" in table.accessibleName()
    chart.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert lines(chart)["Points"].figures == ("2", "1", "3")


def test_an_unknown_strength_is_a_question_mark_never_a_zero(make_chart):
    part = Component(new_id(), "X", Decimal(2), (ActiveStrength("DMAE", "dmae", None),))
    one = ChartSyringe(new_id(), 1, "", Mixture((part,)), (PartLine("DMAE 3 %"),))
    chart = make_chart(given=(one,))
    chart.click(BELLY)
    assert lines(chart)["DMAE"].figures[-1] == "?"
    (row,) = chart.panel.fields.list.rows()
    assert row.amounts.text() == "DMAE: strength unknown"
    assert part_lines(one) == ["DMAE 3 %"]


def test_actives_that_the_clinic_named_itself_stand_each_in_its_line(make_chart):
    """They have no ingredient of the catalogue, and are not one thing for that."""
    parts = tuple(
        Component(
            new_id(),
            name,
            Decimal(5),
            (ActiveStrength(name, "", Strength(Decimal(mg), StrengthUnit.MG_PER_ML)),),
        )
        for name, mg in (("Rutin", 100), ("Zinc", 20))
    )
    told = (PartLine("Rutin vial"), PartLine("Zinc vial"))
    one = ChartSyringe(new_id(), 1, "", Mixture(parts), told)
    chart = make_chart(given=(one,))
    chart.click(LEFT_THIGH)
    assert lines(chart)["Rutin"].figures == ("2.50", "–", "2.50")  # noqa: RUF001
    assert lines(chart)["Zinc"].figures == ("0.50", "–", "0.50")  # noqa: RUF001
    assert part_lines(one) == [f"Rutin 50{NBSP}mg/mL", f"Zinc 10{NBSP}mg/mL"]


def test_areas_name_region_points_volume_and_mass(chart):
    assert chart.panel.fields.empty.isVisible()
    charted(chart)
    rows = chart.panel.fields.list.rows()
    assert not chart.panel.fields.empty.isVisible()
    words = {row.title.text(): (row.subtitle.text(), row.amounts.text()) for row in rows}
    assert words["Left front thigh, upper"] == (
        f"2 points · 0.10{NBSP}mL",
        f"2.5{NBSP}mg Caffeine",
    )
    assert len(rows) == 3


def test_a_click_in_a_new_region_makes_one_row_and_leaves_the_others(chart):
    charted(chart)
    panel = chart.panel.fields
    before = panel.list.rows()
    told = [row.amounts.text() for row in before]
    chart.click(LEFT_SHIN)
    after = panel.list.rows()
    assert [row for row in after if row in before] == list(before)
    assert len(after) == len(before) + 1
    assert [row.amounts.text() for row in before] == told
    (made,) = set(after) - set(before)
    assert made.title.text() == "Left shin"
    chart.qtbot.waitUntil(lambda: made.height() > 0)
    assert [row.y() for row in after] == sorted(row.y() for row in after)
    chart.qtbot.mouseClick(made, Qt.MouseButton.LeftButton)
    chart.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert panel.list.rows() == before


def test_rows_keep_their_place_in_the_order_of_tab(chart):
    charted(chart)
    last = chart.panel.fields.list.rows()
    chart.click((0.50, 0.28))
    rows = chart.panel.fields.list.rows()
    assert rows[1:] == last
    # Their layout shows them in its own time.
    chart.qtbot.waitUntil(lambda: all(row.isVisible() for row in rows))
    rows[0].setFocus(Qt.FocusReason.TabFocusReason)
    walked = [rows[0]]
    for _ in rows[1:]:
        chart.press(Qt.Key.Key_Tab, widget=walked[-1])
        walked.append(chart.panel.window().focusWidget())
    assert tuple(walked) == rows


def test_a_third_active_is_counted_where_it_does_not_fit_and_said_in_full(make_chart):
    parts = tuple(
        Component(
            new_id(),
            name,
            Decimal(10),
            (ActiveStrength(name, "", Strength(Decimal(mg), StrengthUnit.MG_PER_ML)),),
        )
        for name, mg in (("Caffeine", 100), ("Organic silicium", 20), ("Rutin", 40))
    )
    told = tuple(PartLine(part.label) for part in parts)
    one = ChartSyringe(new_id(), 1, "", Mixture(parts), told)
    chart = make_chart(given=(one,))
    chart.type("r")
    chart.click(LEFT_THIGH)
    (row,) = chart.panel.fields.list.rows()
    whole = row.amounts.text().split(" \u00b7 ")
    assert len(whole) == 3
    lines = row.amounts.lines()
    assert len(lines) == 2
    assert lines[-1].endswith("+1")
    assert "\u2026" not in "".join(lines)
    chart.qtbot.waitUntil(lambda: row.amounts.height() >= 2 * row.subtitle.height() - 4)
    assert row.amounts.toolTip().splitlines() == whole
    assert all(each in row.accessibleName() for each in whole)


def test_a_click_on_an_area_goes_there(chart):
    charted(chart)
    chart.canvas.show_view("back")
    row = next(r for r in chart.panel.fields.list.rows() if r.title.text().startswith("Left"))
    chart.qtbot.mouseClick(row, LEFT)
    assert chart.canvas.stage.on_canvas(chart.ref(0))[1]
    assert chart.canvas.rect().contains(chart.on_canvas(0))
    assert chart.canvas.viewport.zoom > 1.5 or chart.canvas.view.closeup


def test_settings_are_edited_by_buttons_keys_and_lists(chart):
    told = []
    chart.panel.settings_changed.connect(told.append)
    settings = chart.panel.settings
    chart.qtbot.mouseClick(settings.dose_ml.more, LEFT)
    chart.qtbot.mouseClick(settings.depth_mm.less, LEFT)
    settings.needle.input.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        chart.press(key, widget=settings.needle.input)
    assert told[-1].dose_ml == Decimal("0.06")
    assert told[-1].depth_mm == Decimal("3.5")
    assert told[-1].needle != DEFAULT_SETTINGS.needle
    chart.click(BELLY)
    (field,) = chart.document.fields.values()
    assert (field.needle, field.depth_mm) == (told[-1].needle, Decimal("3.5"))


def test_points_that_are_there_keep_their_dose_when_the_next_one_changes(chart):
    chart.click(BELLY)
    chart.type("]]]")
    assert chart.points()[0].volume_ml == Decimal("0.05")


def test_preparing_another_syringe_is_asked_of_the_page(chart):
    with chart.qtbot.waitSignal(chart.panel.prepare_syringe_asked):
        chart.qtbot.mouseClick(chart.panel.syringes.prepare, LEFT)
    third = syringe(3, "2", "Procaine", "20")
    chart.panel.set_syringes((*chart.syringes, third))
    chart.type("3")
    chart.click(BELLY)
    assert len(chart.panel.syringes.cards()) == 3
    assert chart.model.totals.injected_ml(third.id) == Decimal("0.05")


def test_a_syringe_that_was_put_away_leaves_its_points_readable(chart):
    charted(chart)
    chart.panel.set_syringes(chart.syringes[:1])
    assert chart.model.active == chart.syringes[0]
    chart.press(Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert "0.05" in chart.canvas.accessibleDescription()
    assert not chart.canvas.grab().isNull()


def test_an_assumed_height_is_said_to_be_assumed(make_chart):
    from mesodesk.ui.bodymap.names import scale_basis

    known = make_chart(height_cm=Decimal("168.5"))
    assert scale_basis(known.canvas.view, known.model.height_cm) == "body scaled to 168.5 cm"
    unknown = make_chart(height_cm=None)
    basis = scale_basis(unknown.canvas.view, None)
    assert basis.endswith("cm (assumed)")
    assert 150 < int(basis.split()[3]) < 180


def test_a_taller_patient_has_more_skin_to_the_pixel(make_chart):
    short, tall = make_chart(height_cm=Decimal(150)), make_chart(height_cm=Decimal(180))
    assert tall.canvas.mm_per_px() / short.canvas.mm_per_px() == pytest.approx(1.2)


def test_a_crash_forgets_nothing_that_was_told(make_chart, syringes):
    """What the page stored, edit by edit, is the chart after a restart, and undo goes on."""
    chart = charted(make_chart())
    chart.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    stored = [Edit.from_json(edit.to_json()) for edit, _ in chart.edits]
    restarted = ChartDocument.replayed(stored, chart.document.cursor)
    before = chart.points()
    assert len(before) == 3
    chart.panel.close()
    again = make_chart(restarted, given=chart.syringes)
    assert again.points() == before
    again.press(Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert len(again.points()) == 4
    for _ in range(4):
        again.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert again.points() == []


def test_loading_another_chart_forgets_the_first(chart, atlas, syringes):
    chart.click(BELLY)
    old = chart.document
    chart.panel.load(ChartDocument(), atlas, syringes, Decimal(170))
    assert chart.points() == []
    old.undo()
    chart.click(LEFT_THIGH)
    assert len(chart.points()) == 1


@pytest.mark.parametrize("size", [(1286, 652), (850, 420), (640, 360)])
def test_nothing_is_lost_in_a_small_window(chart, size):
    charted(chart)
    chart.panel.resize(*size)
    chart.qtbot.waitUntil(lambda: chart.panel.size().toTuple() == size)
    for widget in (
        chart.canvas,
        chart.panel.view.toolbar.undo,
        chart.panel.view.toolbar.keys,
        chart.panel.totals.table,
        chart.panel.syringes.cards()[0],
        chart.panel.fields.list,
        chart.panel.settings.dose_ml,
    ):
        chart.qtbot.waitUntil(widget.isVisible)
        assert chart.panel.isAncestorOf(widget)
    assert chart.canvas.width() >= 250
    area = scrolled_in(chart.panel.totals)
    if area is not None:
        area.ensureWidgetVisible(chart.panel.totals.table)
    for widget in (chart.canvas, chart.panel.totals.table, chart.panel.view.toolbar.keys):
        corner = widget.mapTo(chart.panel, widget.rect().bottomRight())
        assert chart.panel.rect().contains(corner)


def scrolled_in(widget):
    """Return what a widget scrolls in, None if it always stays where it is."""
    while widget is not None and not isinstance(widget, QScrollArea):
        widget = widget.parentWidget()
    return widget


def test_a_footer_of_the_page_stays_in_sight(chart):
    from mesodesk.ui.widgets.buttons import Button

    button = Button("Finish and sign", "finish")
    chart.panel.footer.addWidget(button)
    for width in (1286, 850, 1286):
        chart.panel.resize(width, 600)
        chart.qtbot.waitUntil(button.isVisible)
        corner = button.mapTo(chart.panel, button.rect().bottomRight())
        assert chart.panel.rect().contains(corner)


def test_every_view_can_be_taken_from_the_strip(chart):
    strip = chart.panel.view.strip
    for button in strip._buttons[:6]:
        strip.ensureWidgetVisible(button)
        chart.qtbot.mouseClick(button, LEFT)
        assert chart.canvas.view is button.view
        assert button.isChecked()
        assert button.has_picture()
    assert chart.canvas.hasFocus()


def test_the_panel_is_freed_when_its_page_is(qtbot, atlas, syringes):
    panel = ChartPanel()
    panel.show()
    panel.load(ChartDocument(), atlas, syringes, None)
    gone = weakref.ref(panel)
    panel.close()
    panel.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    del panel
    gc.collect()
    assert gone() is None


# Words and figures


def test_records_become_syringes_in_the_order_of_their_digits():
    def component(name, number, strength):
        active = SimpleNamespace(name=name, ingredient_id=name.lower(), strength=strength)
        return SimpleNamespace(
            lot_id=new_id(),
            product_name=f"{name} vial",
            lot_number=number,
            volume_ml=Decimal(2),
            actives=(active,),
        )

    strength = Strength(Decimal(2), StrengthUnit.PERCENT)
    second = SimpleNamespace(
        id=new_id(), digit=2, label="B", components=(component("X", "7", None),), wasted_ml=None
    )
    first = SimpleNamespace(
        id=new_id(),
        digit=1,
        label="A",
        components=(component("Lidocaine", "8", strength),),
        wasted_ml=Decimal("0.3"),
    )
    one, two = chart_syringes([second, first])
    assert (one.digit, one.wasted_ml, one.drawn_ml) == (1, Decimal("0.3"), Decimal(2))
    assert part_lines(one) == [f"Lidocaine 20{NBSP}mg/mL · lot 8"]
    assert part_lines(two) == ["X vial · lot 7"]
    assert two.wasted_ml == 0


@pytest.mark.parametrize(
    ("value", "text"), [("0.5", "0.50"), ("0.125", "0.125"), ("4", "4.00"), ("1.2", "1.20")]
)
def test_millilitres_have_two_decimals_or_three(value, text):
    assert ml(Decimal(value)) == text


@pytest.mark.parametrize(
    ("unit", "value", "text"),
    [
        ("mg", Decimal("43.75"), f"43.8{NBSP}mg Caffeine"),
        ("mg", Decimal("0.125"), f"0.13{NBSP}mg Caffeine"),
        ("mg", Decimal("0.0025"), f"0.0025{NBSP}mg Caffeine"),
        ("mg", Decimal(0), f"0{NBSP}mg Caffeine"),
        ("[iU]", Decimal(75), f"75{NBSP}IU Caffeine"),
        ("[USP'U]", Decimal(3), f"3{NBSP}USP U Caffeine"),
    ],
)
def test_amounts_carry_their_unit(unit, value, text):
    from fractions import Fraction

    amount = Amount("caffeine", "Caffeine", unit, Fraction(value))
    assert amount_text(amount) == text
    assert amount_figure(replace(amount, value=Fraction(35))) == "35.0"
    assert amount_figure(replace(amount, value=None)) == "?"


def test_one_point_is_one_point():
    assert [points_text(n) for n in (0, 1, 2)] == ["0 points", "1 point", "2 points"]


@pytest.mark.parametrize(
    ("dose", "direction", "next_dose"),
    [
        ("0.05", 1, "0.06"),
        ("0.05", -1, "0.04"),
        ("0.01", -1, "0.01"),
        ("0.2", 1, "0.25"),
        ("0.2", -1, "0.19"),
        ("0.25", -1, "0.20"),
        ("0.055", 1, "0.06"),
        ("0.055", -1, "0.05"),
        ("0.33", 1, "0.35"),
        ("20", 1, "20"),
    ],
)
def test_dose_steps(dose, direction, next_dose):
    assert stepped_dose(Decimal(dose), direction) == Decimal(next_dose)


@pytest.mark.parametrize(
    ("depth", "direction", "next_depth"),
    [("4", 1, "4.5"), ("4", -1, "3.5"), ("0.5", -1, "0.5"), ("1.3", 1, "1.5"), ("40", 1, "40")],
)
def test_depth_steps(depth, direction, next_depth):
    assert stepped_depth(Decimal(depth), direction) == Decimal(next_depth)


def test_words_that_the_vocabulary_lacks_are_shown_as_recorded():
    assert technique_options("fr", "old_way")[0].text == "old_way"
    assert needle_options("29g")[0].value == "29g"
    assert needle_name("29g") == "29g"
    assert technique_options("fr", "papule")[0].value != "papule"
    assert {edit_name(label) for label in EditLabel}.isdisjoint(set(EditLabel))
    assert edit_name("unheard_of") == "unheard_of"


@pytest.mark.parametrize(("figure", "rows"), [("60", 3), ("391.90", 5)])
def test_names_of_totals_stand_above_figures_that_leave_them_no_room(qtbot, figure, rows):
    table = TotalsTable()
    qtbot.addWidget(table)
    table.resize(240, 200)
    table.show()
    lines = tuple(Line(name, "mL", (figure,) * 4) for name in ("Volume", "Caffeine"))
    table.show_lines(("Left", "Right", "Mid", "All"), lines)
    assert table.sizeHint().height() == rows * 24
    # Whatever the arrangement, a tooltip tells the line that it lies on.
    assert table._spoken(lines[1]).startswith("Caffeine: Left")
    table.resize(600, 200)
    assert table.sizeHint().height() == 3 * 24
