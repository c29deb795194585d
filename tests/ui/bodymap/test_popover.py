"""The popover of a point, and what a syringe that is too small says."""

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt

from .conftest import BELLY, LEFT_THIGH, RIGHT_THIGH, syringe

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def opened(chart):
    chart.click(LEFT_THIGH)
    chart.click_point()
    assert chart.popover.isVisible()
    return chart


def field(chart):
    return next(iter(chart.document.fields.values()))


def choose(chart, choice, value):
    """Choose from a list by its keys."""
    choice.input.setFocus()
    values = [option.value for option in choice._options]
    steps = values.index(value) - values.index(choice.value())
    key = Qt.Key.Key_Down if steps > 0 else Qt.Key.Key_Up
    # The first one only opens the list where it stands.
    for pressed in (key, *[key] * abs(steps), Qt.Key.Key_Return):
        chart.press(pressed, widget=choice.input)


def assert_readable(popover, stepper):
    message, frame = stepper.field.message, stepper.field.frame
    assert message.isVisible()
    assert message.height() >= message.heightForWidth(message.width())
    assert frame.height() >= 44
    assert stepper.field.rect().contains(message.geometry())
    corner = message.mapTo(popover, message.rect().bottomRight())
    assert popover.rect().contains(corner)
    assert popover.parentWidget().rect().contains(popover.geometry())


@pytest.mark.parametrize("which", ["dose_ml", "depth_mm"])
def test_what_is_wrong_with_a_number_can_be_read(opened, which):
    popover = opened.popover
    stepper, low = getattr(popover, which), popover.height()
    stepper.field.input.setFocus()
    stepper.field.input.selectAll()
    opened.type("99", widget=stepper.field.input)
    opened.qtbot.waitUntil(lambda: popover.height() > low)
    assert "must be at most" in stepper.field.message.text()
    assert_readable(popover, stepper)
    stepper.field.input.selectAll()
    opened.type("2", widget=stepper.field.input)
    opened.qtbot.waitUntil(lambda: popover.height() == low)


def test_a_popover_at_the_edge_of_the_window_grows_upwards(opened):
    popover = opened.popover
    popover.move(popover.x(), popover.parentWidget().height() - popover.height())
    popover.dose_ml.field.input.setFocus()
    popover.dose_ml.field.input.selectAll()
    low = popover.height()
    opened.type("99", widget=popover.dose_ml.field.input)
    opened.qtbot.waitUntil(lambda: popover.height() > low)
    assert_readable(popover, popover.dose_ml)


def test_a_click_on_a_point_selects_it_and_shows_what_it_is(opened):
    popover = opened.popover
    assert opened.model.selection == opened.ref()
    assert popover.region.text().startswith("Left front thigh")
    assert popover.dose_ml.value() == Decimal("0.05")
    assert popover.depth_mm.value() == Decimal(4)
    assert popover.technique.value() == "point_by_point"
    assert popover.syringe.value() == opened.syringes[0].id
    assert popover.needle.value() == "30g_4"
    assert popover.needle.input.currentText() == "30G × 4\u00a0mm"  # noqa: RUF001
    assert opened.canvas.hasFocus()
    assert opened.panel.window().rect().contains(popover.geometry().center())


def test_the_large_buttons_step(opened):
    popover = opened.popover
    opened.qtbot.mouseClick(popover.dose_ml.more, LEFT)
    opened.qtbot.mouseClick(popover.dose_ml.more, LEFT)
    opened.qtbot.mouseClick(popover.depth_mm.less, LEFT)
    (point,) = opened.points()
    assert (point.volume_ml, point.depth_mm) == (Decimal("0.07"), Decimal("3.5"))
    assert popover.dose_ml.value() == Decimal("0.07")
    assert popover.isVisible()
    assert min(popover.dose_ml.more.height(), popover.dose_ml.more.width()) >= 44


def test_numbers_can_be_typed(opened):
    box = opened.popover.dose_ml.field.input
    box.selectAll()
    opened.type("0,125", widget=box)
    assert opened.points()[0].volume_ml == Decimal("0.05")
    opened.press(Qt.Key.Key_Return, widget=box)
    assert opened.points()[0].volume_ml == Decimal("0.125")
    box = opened.popover.depth_mm.field.input
    box.setFocus()
    box.selectAll()
    opened.type("13", widget=box)
    opened.canvas.setFocus()
    assert opened.points()[0].depth_mm == Decimal(13)


@pytest.mark.parametrize("text", ["abc", "-1", "1e9", "0", "0.0005", "99", ""])
def test_what_is_no_volume_changes_nothing(opened, text):
    box = opened.popover.dose_ml.field.input
    box.selectAll()
    opened.press(Qt.Key.Key_Delete, widget=box)
    opened.type(text, widget=box)
    opened.press(Qt.Key.Key_Return, widget=box)
    assert opened.points()[0].volume_ml == Decimal("0.05")
    assert len(opened.edits) == 1


def test_enter_opens_it_for_typing_and_gives_the_keys_back(chart):
    chart.click(BELLY)
    chart.press(Qt.Key.Key_Tab)
    chart.press(Qt.Key.Key_Return)
    box = chart.popover.dose_ml.field.input
    assert box.hasFocus()
    chart.type("0.08", widget=box)
    chart.press(Qt.Key.Key_Return, widget=box)
    assert chart.points()[0].volume_ml == Decimal("0.08")
    assert not chart.popover.isVisible()
    assert chart.canvas.hasFocus()


def test_technique_and_syringe_change_from_the_lists(opened):
    choose(opened, opened.popover.technique, "papule")
    assert field(opened).technique == "papule"
    choose(opened, opened.popover.syringe, opened.syringes[1].id)
    assert field(opened).syringe_id == opened.syringes[1].id
    assert opened.model.totals.injected_ml(opened.syringes[0].id) == 0


def test_the_needle_changes_from_the_list_as_one_gesture(opened):
    choose(opened, opened.popover.needle, "27g_4")
    assert field(opened).needle == "27g_4"
    assert [edit.label for edit, _ in opened.edits] == ["place", "needle"]
    assert opened.model.settings.needle == "30g_4"
    opened.model.undo()
    assert field(opened).needle == "30g_4"
    assert opened.popover.needle.value() == "30g_4"


def test_the_delete_button(opened):
    opened.qtbot.mouseClick(opened.popover.delete, LEFT)
    assert opened.points() == []
    assert not opened.popover.isVisible()
    opened.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(opened.points()) == 1


def test_a_click_beside_only_closes_it(opened):
    opened.click(RIGHT_THIGH)
    assert not opened.popover.isVisible()
    assert opened.model.selection is None
    assert len(opened.points()) == 1
    opened.click(RIGHT_THIGH)
    assert len(opened.points()) == 2


def test_it_follows_the_selection_and_undo(opened):
    opened.qtbot.mouseClick(opened.popover.dose_ml.more, LEFT)
    opened.model.undo()
    assert opened.popover.dose_ml.value() == Decimal("0.05")
    opened.model.undo()
    assert not opened.popover.isVisible()
    assert opened.model.selection is None


def test_zooming_closes_it(opened):
    opened.type("+")
    assert not opened.popover.isVisible()


# A syringe that does not hold enough


@pytest.fixture
def small(make_chart):
    return make_chart(
        given=(syringe(1, "0.12", "Caffeine", "50"), syringe(2, "4", "Silicium", "10"))
    )


def overdraw(chart):
    for share in (BELLY, LEFT_THIGH, RIGHT_THIGH):
        chart.click(share)
    return chart.panel.view.shortage


def test_too_little_says_how_much_is_missing_and_charts_nothing_yet(small):
    bar = overdraw(small)
    assert bar.isVisible()
    assert bar.headline.text() == "0.03 mL is missing in syringe 1."
    assert bar.text.text() == "It holds 0.02 mL more; this needs 0.05 mL."
    assert len(small.points()) == 2
    assert small.canvas.rect().contains(bar.geometry())
    for button in (bar.use_other, bar.go_on, bar.stay):
        assert button.width() >= button.sizeHint().width()


def test_charting_all_the_same_is_shown_as_overdrawn_and_not_asked_again(small):
    bar = overdraw(small)
    small.qtbot.mouseClick(bar.go_on, LEFT)
    assert not bar.isVisible()
    assert small.canvas.hasFocus()
    assert len(small.points()) == 3
    card = small.panel.syringes.cards()[0]
    assert card.left.text() == "0.03 mL overdrawn"
    small.click(BELLY, dy=-25)
    assert small.model.selection is None
    assert len(small.points()) == 4


def test_enter_takes_the_offered_syringe_and_escape_leaves(small):
    overdraw(small)
    small.press(Qt.Key.Key_Escape)
    assert len(small.points()) == 2
    small.click(RIGHT_THIGH)
    small.press(Qt.Key.Key_Return)
    assert len(small.points()) == 3
    assert small.model.fields[small.ref(2).field_id].syringe_id == small.syringes[1].id


def test_the_next_syringe_is_offered(small):
    bar = overdraw(small)
    assert bar.use_other.text() == "Use syringe 2"
    small.qtbot.mouseClick(bar.use_other, LEFT)
    assert small.model.active == small.syringes[1]
    assert small.model.fields[small.ref(2).field_id].syringe_id == small.syringes[1].id
    assert not bar.isVisible()


def test_leaving_it_leaves_it(small):
    bar = overdraw(small)
    small.qtbot.mouseClick(bar.stay, LEFT)
    assert not bar.isVisible()
    assert len(small.points()) == 2


def test_a_click_on_the_body_answers_no(small):
    bar = overdraw(small)
    small.click(BELLY, dy=-30)
    assert not bar.isVisible()
    assert len(small.points()) == 2


def test_undo_takes_the_question_away_and_then_the_point_before_it(small):
    bar = overdraw(small)
    for left in (2, 1):
        small.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert not bar.isVisible()
        assert len(small.points()) == left


def test_raising_a_dose_asks_too_and_lowering_never(small):
    small.click(BELLY)
    small.click(LEFT_THIGH)
    small.press(Qt.Key.Key_Tab)
    small.type("]]")
    assert not small.panel.view.shortage.isVisible()
    small.type("]")
    assert small.panel.view.shortage.isVisible()
    assert not small.panel.view.shortage.use_other.isVisible()
    small.type("[")
    assert not small.panel.view.shortage.isVisible()
    assert small.model.point(small.model.selection).volume_ml == Decimal("0.06")


def test_taking_a_point_into_a_syringe_that_is_too_small_asks(small):
    small.type("2")
    small.click(BELLY)
    small.press(Qt.Key.Key_Tab)
    small.type("]" * 8)
    small.model.set_syringe(small.ref(), small.syringes[0].id)
    assert small.panel.view.shortage.isVisible()
    assert field(small).syringe_id == small.syringes[1].id


def test_no_point_without_a_syringe(make_chart):
    chart = make_chart(given=())
    chart.click(BELLY)
    assert chart.points() == []
    assert chart.canvas.hint.label.text() == ("Prepare a syringe first: every point needs one.")


# A signed session


@pytest.fixture
def signed(make_chart):
    from mesodesk.domain.bodymap.chart import ChartDocument

    draft = make_chart()
    draft.click(BELLY)
    fields = tuple(draft.document.fields.values())
    return make_chart(ChartDocument(fields), read_only=True, given=draft.syringes)


def test_a_signed_chart_is_shown_and_cannot_be_changed(signed):
    before = signed.points()
    assert len(before) == 1
    signed.click(LEFT_THIGH)
    signed.drag(signed.on_canvas(), signed.at(LEFT_THIGH))
    signed.press(Qt.Key.Key_Tab)
    signed.press(Qt.Key.Key_Delete)
    signed.press(Qt.Key.Key_Right)
    signed.type("]")
    signed.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert signed.points() == before
    assert signed.edits == []
    assert not signed.panel.settings.isVisible()
    assert not signed.panel.syringes.prepare.isVisible()
    assert not signed.panel.view.toolbar.undo.isEnabled()


def test_a_signed_point_shows_what_it_is(signed):
    signed.click_point()
    popover = signed.popover
    assert popover.isVisible()
    assert popover.dose_ml.value() == Decimal("0.05")
    assert not popover.dose_ml.isEnabled()
    assert not popover.needle.isEnabled()
    assert not popover.delete.isEnabled()


def test_a_chart_that_is_signed_while_it_is_in_sight_looks_read_only_at_once(opened):
    opened.model.set_read_only(read_only=True)
    panel, toolbar = opened.panel, opened.panel.view.toolbar
    assert not opened.popover.isVisible()
    assert not panel.settings.isVisible()
    assert not panel.syringes.prepare.isVisible()
    assert not toolbar.undo.isEnabled()
    assert not toolbar.tool("point").isEnabled()
    assert toolbar.tool("select").isChecked()
    assert opened.canvas.tool == "select"
    opened.model.set_read_only(read_only=False)
    assert panel.settings.isVisible()
    assert toolbar.undo.isEnabled()
    assert opened.canvas.tool == "point"


def test_signing_takes_a_waiting_question_away(small):
    bar = overdraw(small)
    small.model.set_read_only(read_only=True)
    assert not bar.isVisible()
    assert len(small.points()) == 2


def test_a_signed_chart_says_why_it_does_not_change(signed):
    signed.type("p")
    signed.click(LEFT_THIGH)
    assert signed.canvas.hint.label.text() == (
        "This session is signed: its chart can be read, not changed."
    )
