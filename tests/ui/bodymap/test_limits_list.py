"""Limits beside the chart: amber before the line, red above it, never green on what is unknown."""

from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication

from mesodesk.domain import limit_facts
from mesodesk.domain.dosing import ActiveStrength, Component, Mixture
from mesodesk.domain.ids import new_id
from mesodesk.domain.limits import Level
from mesodesk.domain.records.limits import LimitChange, LimitSettings
from mesodesk.domain.strength import Strength, StrengthUnit
from mesodesk.ui.bodymap.limits_list import LimitBasis
from mesodesk.ui.bodymap.syringes import ChartSyringe, PartLine

from .conftest import BELLY, LEFT_THIGH

SESSION, BY_WEIGHT = "lidocaine_plain_session", "lidocaine_plain_per_kg"


def lidocaine(percent="4", digit=1, ingredient="lidocaine"):
    strength = None if percent is None else Strength(Decimal(percent), StrengthUnit.PERCENT)
    part = Component(
        new_id(), "Vial", Decimal(30), (ActiveStrength("Lidocaine", ingredient, strength),)
    )
    return ChartSyringe(new_id(), digit, "LA", Mixture((part,)), (PartLine("Vial", "L1"),))


@pytest.fixture
def limits(make_chart):
    """Shows a chart with one syringe of lidocaine; `limits(per_session_mg)` sets the line."""

    def make(line="300", *, weight_kg=Decimal(62), given=(), **others):
        chart = make_chart(given=given or (lidocaine(),), **others)
        changes = {SESSION: LimitChange(value=Decimal(line))}
        chart.limits = chart.panel.totals.limits
        chart.basis = LimitBasis(LimitSettings(changes), "ES", weight_kg)
        chart.limits.set_basis(chart.basis)
        return chart

    return make


def level(chart, limit_id=SESSION):
    return chart.limits.row(limit_id).finding.level


def test_without_a_limit_for_what_is_drawn_up_nothing_is_there(chart):
    limits = chart.panel.totals.limits
    assert limits.found == ()
    assert not limits.isVisible()


def test_it_turns_amber_before_the_line_and_red_above_it(limits):
    chart = limits("5")  # a point of 0.05 mL is 2 mg
    seen = []
    for at in range(3):
        chart.click(BELLY, dx=30 * (at - 1))
        seen.append(level(chart))
    assert seen == [Level.OK, Level.NEAR, Level.OVER]
    head = chart.limits.row(SESSION).head
    assert (head.name, head.figure, head.word) == ("Lidocaine", "6 / 5\u00a0mg", "over")
    chart.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert level(chart) is Level.NEAR


def test_the_worst_comes_first_as_it_changes(limits, qtbot):
    chart = limits("3")
    assert chart.limits.rows()[0].finding.share == 0
    chart.click(BELLY)
    chart.click(BELLY, dx=20)
    assert chart.limits.rows()[0].finding.limit.id == SESSION
    first, second = chart.limits.rows()[:2]
    qtbot.waitUntil(lambda: first.y() < second.y())


def test_an_unknown_weight_is_amber_and_says_what_is_missing(limits):
    chart = limits(weight_kg=None)
    row = chart.limits.row(BY_WEIGHT)
    assert (row.finding.level, row.head.word) == (Level.UNKNOWN, "not known")
    assert row.lacks.isVisible()
    assert row.lacks.text() == "weight not known: 4.5\u00a0mg/kg cannot be checked"
    chart.limits.set_basis(LimitBasis(LimitSettings(), "ES", Decimal(62)))
    assert level(chart, BY_WEIGHT) is Level.OK
    assert not row.lacks.isVisible()


def test_an_unknown_strength_is_amber(limits):
    chart = limits(given=(lidocaine(None),))
    assert level(chart) is level(chart, BY_WEIGHT) is Level.UNKNOWN
    assert "strength not known" in chart.limits.row(SESSION).lacks.text()


def test_arithmetic_and_source_are_on_hover_and_under_the_keyboard(limits, qtbot):
    chart = limits()
    chart.click(BELLY)
    row = chart.limits.row(BY_WEIGHT)
    said = row.head.toolTip()
    assert "2\u00a0mg of 4.5\u00a0mg/kg \u00d7 62\u00a0kg = 279\u00a0mg" in said
    assert "Syringe 1: 0.05\u00a0mL \u00d7 40\u00a0mg/mL = 2\u00a0mg" in said
    assert "Roxane lidocaine" in said
    assert row.head.focusPolicy() & Qt.FocusPolicy.TabFocus
    row.head.setFocus(Qt.FocusReason.TabFocusReason)
    assert chart.limits.details() == ""
    qtbot.keyClick(row.head, Qt.Key.Key_Return)
    assert said in chart.limits.details()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert chart.limits.details() == ""
    assert row.head.hasFocus()


def test_the_line_keeps_the_focus_while_points_are_placed(limits):
    chart = limits("3")
    row = chart.limits.row(SESSION)
    row.head.setFocus(Qt.FocusReason.TabFocusReason)
    for share in (BELLY, LEFT_THIGH):
        chart.model.place(chart.canvas.pick(QPointF(chart.at(share))))
    assert chart.limits.row(SESSION) is row
    assert row.head.hasFocus()
    assert "4\u00a0mg of 3\u00a0mg" in row.head.toolTip()


def test_over_the_line_it_leads_to_the_reason_and_tells_once_there_is_one(limits, qtbot):
    chart = limits("1")
    button = chart.limits.reason
    assert not button.isVisible()
    chart.click(BELLY)
    assert (button.isVisible(), button.text()) == (True, "Give a reason")
    with qtbot.waitSignal(chart.limits.reason_asked) as asked:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked.args[0].limit.id == SESSION
    basis = LimitBasis(chart.basis.settings, "ES", Decimal(62), frozenset({SESSION}))
    chart.limits.set_basis(basis)
    assert not button.isVisible()
    assert chart.limits.row(SESSION).head.word == "over, reason given"


def test_one_button_leads_to_all_reasons_the_worst_first(limits, qtbot):
    chart = limits("1", weight_kg=None)
    chart.click(BELLY)
    assert chart.limits.reason.text() == "Give 2 reasons"
    with qtbot.waitSignal(chart.limits.reason_asked) as asked:
        qtbot.mouseClick(chart.limits.reason, Qt.MouseButton.LeftButton)
    assert asked.args[0].limit.id == SESSION


def test_many_limits_fold_but_never_one_that_is_over(limits, qtbot):
    acid = lidocaine("1", 2, "deoxycholic_acid")
    chart = limits(given=(lidocaine(), acid))
    shown = [row for row in chart.limits.rows() if row.isVisible()]
    assert (len(shown), len(chart.limits.rows())) == (3, 6)
    assert chart.limits.more.text() == "3 more"
    qtbot.mouseClick(chart.limits.more, Qt.MouseButton.LeftButton)
    for row in chart.limits.rows():
        assert row.head.toolTip() in chart.limits.details()
    strict = {name: LimitChange(value=Decimal("0.01")) for name in (SESSION, BY_WEIGHT)}
    settings = LimitSettings(strict, Decimal("0.04"), {"lidocaine": Decimal(1)})
    chart.limits.set_basis(LimitBasis(settings, "ES", Decimal(62)))
    chart.click(BELLY)
    over = [row for row in chart.limits.rows() if row.finding.level is Level.OVER]
    assert len(over) == 4
    assert all(row.isVisible() for row in over)


def test_a_limit_switched_off_is_not_there(limits):
    chart = limits()
    off = LimitSettings({SESSION: LimitChange(on=False)})
    chart.limits.set_basis(LimitBasis(off, "ES", Decimal(62)))
    assert chart.limits.row(SESSION) is None
    assert chart.limits.row(BY_WEIGHT) is not None


def test_a_signed_chart_is_not_judged_anew(limits):
    chart = limits(read_only=True)
    assert not chart.limits.isVisible()


def test_a_click_counts_only_what_it_placed(limits, monkeypatch):
    chart = limits()
    for dx in (-30, 0, 30):
        chart.click(BELLY, dx=dx)
    counted = []
    count = limit_facts._taken_by
    monkeypatch.setattr(
        limit_facts, "_taken_by", lambda field: counted.append(field.id) or count(field)
    )
    chart.click(LEFT_THIGH)
    assert counted == [chart.ref(3).field_id]
    assert chart.limits.row(SESSION).finding.used == 8


def acid(digit):
    strength = Strength(Decimal(1), StrengthUnit.PERCENT)
    active = ActiveStrength("Deoxycholic acid", "deoxycholic_acid", strength)
    mixture = Mixture((Component(new_id(), "Vial", Decimal(30), (active,)),))
    return ChartSyringe(new_id(), digit, "DCA", mixture, (PartLine("Vial", f"L{digit}"),))


def test_two_fields_on_one_skin_are_held_to_their_spacing_together(limits):
    chart = limits(given=(acid(1), acid(2)))
    chart.type("r")
    chart.click(BELLY)
    assert level(chart, "deoxycholic_spacing") is Level.OK
    chart.type("2")
    chart.model.field_model.select(None)
    chart.model.field_model.set_spacing(Decimal(12))
    chart.click(BELLY)
    row = chart.limits.row("deoxycholic_spacing")
    assert row.finding.level is Level.OVER
    assert "between points of two fields, syringes 1 and 2, at least 10" in row.head.toolTip()
    chart.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert level(chart, "deoxycholic_spacing") is Level.OK


def test_what_is_over_is_said_in_sight_where_the_list_scrolls(limits, qtbot):
    chart = limits("3")
    chart.panel.resize(940, 480)
    over = chart.panel.over
    assert not over.isVisible()
    chart.click(BELLY)
    chart.click(BELLY, dx=20)
    qtbot.waitUntil(over.isVisible)
    assert over.text() == "1 limit is over"
    assert chart.limits.visibleRegion().isEmpty()
    qtbot.mouseClick(over, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(chart.limits.reason.hasFocus)
    assert not chart.limits.reason.visibleRegion().isEmpty()

    chart.limits.set_basis(replace(chart.basis, given=frozenset({SESSION})))
    assert not over.isVisible()


def test_where_the_list_is_in_sight_nothing_says_it_twice(limits):
    chart = limits("3")
    chart.click(BELLY)
    chart.click(BELLY, dx=20)
    assert level(chart) is Level.OVER
    assert not chart.panel.over.isVisible()
