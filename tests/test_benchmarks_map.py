"""The rows of the body map, as far as nothing has to be measured: what they judge and count."""

import ast
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from benchmarks import chart_fills, klm, map_frames
from benchmarks.errors import NothingPaintedError
from benchmarks.figures import Samples, Verdict
from benchmarks.probes import chart_sizes
from benchmarks.probes.chart_vault import TREATMENTS, region_order
from benchmarks.probes.counting import CountingHand
from benchmarks.probes.paints import Paints
from benchmarks.probes.spread import Spread
from benchmarks.rows import ROWS, drag_spacing, fill_grid, fill_many, map_moves, spacing
from mesodesk.domain.bodymap.atlas import load_atlas

ROOT = Path(__file__).parent.parent
OF_THE_MAP = (10, 11, 12, 13, 14, 22, 23, 27, 28, 29, 30, 31)


class NoBench:
    """Has every reading at hand and measures nothing."""

    def __init__(self, **readings):
        self._readings = {name: Samples.of(values) for name, values in readings.items()}

    def once(self, _name, _make):
        return self._readings


def bench_with(readings):
    return NoBench(**readings)


@pytest.mark.parametrize("number", OF_THE_MAP)
def test_a_row_of_the_map_says_what_it_is_against_and_stands_in_the_table(number):
    (row,) = [each for each in ROWS if each.number == number]
    module = ROOT / "benchmarks" / "rows" / f"{row.measure.__module__.rpartition('.')[2]}.py"
    said = ast.get_docstring(ast.parse(module.read_text("utf-8")))
    assert said.startswith(f"Row {number}: ")
    assert "Anchor" in said
    assert f"| {number} | {row.name} |" in (ROOT / "docs" / "benchmarks.md").read_text("utf-8")


def test_frames_are_judged_by_their_95th_percentile_and_against_the_anchor():
    readings = {
        "pan 5000": [2.0] * 95 + [9.0] * 5,
        "pan 0": [2.0] * 100,
        "zoom 5000": [3.0] * 100,
        "zoom 0": [3.0] * 100,
        "sharp 5000": [20.0],
    }
    pan, zoom = map_moves.measure(bench_with(readings))
    assert pan.name == "map_moves_pan"
    assert [limit.measured for limit in pan.limits] == [9.0, 4.5]
    assert pan.verdict is Verdict.FAIL
    assert zoom.verdict is Verdict.GOAL
    assert "outline alone" in pan.anchor
    assert map_frames.GOAL_MS == 8


def test_a_fill_counts_when_painted_and_kept_and_its_commit_against_a_raw_insert():
    names = ("kept", "commit", "raw", "raw_first", "painted", "points", "cm2")
    readings = {
        f"{which} {name}": [value]
        for which, factor in (("far", 1.0), ("close", 2.0))
        for name, value in zip(names, (25.0 * factor, 3.0, 1.0, 2.0, 20.0, 300, 600), strict=True)
    }
    far, close = fill_grid.measure(bench_with(readings))
    assert far.verdict is Verdict.GOAL
    assert close.verdict is Verdict.FLOOR
    assert fill_grid.RAW in far.anchor
    assert "the first raw insert after the pause 2.00 ms" in far.note


def test_the_slowest_step_counts_but_not_one_with_many_more_points():
    readings = {
        "step ms": [20.0, 48.0, 90.0],
        "step points": [400, 500, drag_spacing.MOST_POINTS + 1],
        "pull laid": [10.0],
        "pull points": [500],
    }
    (row,) = drag_spacing.measure(bench_with(readings))
    assert row.limits[0].measured == 48.0


def test_a_fill_that_is_asked_about_is_the_sum_of_both_waits():
    readings = {
        "new whole": [45.0, 45.0],
        "new laid": [30.0],
        "new asked": [5.0],
        "new painted": [40.0],
        "known whole": [40.0],
        "new points": [2200],
    }
    (row,) = fill_many.measure(bench_with(readings))
    assert row.limits[0].measured == 45.0
    assert row.verdict is Verdict.GOAL
    assert chart_fills.fills(bench_with(readings))["new asked"].median == 5.0


def _spread(region, median=1.0, low=0.9, high=1.1, *, body="female", pattern="square"):
    return Spread(body, region, pattern, 10.0, 40, median, low, high)


@pytest.mark.parametrize(
    ("one", "inside"),
    [
        (_spread("cheek"), True),
        (_spread("cheek", median=1.0501), False),
        (_spread("cheek", median=0.9499), False),
        (_spread("cheek", low=0.799), False),
        (_spread("cheek", high=1.201), False),
        (_spread("cheek", low=0.81, high=1.19, median=1.04), True),
    ],
)
def test_a_spread_is_inside_if_all_three_shares_are(one, inside):
    assert (spacing.strain(one) <= 1) is inside


def test_the_spacing_of_each_body_and_pattern_names_its_worst_region():
    square, radial = spacing.rows(
        [_spread("cheek"), _spread("palm", high=1.6), _spread("ear", pattern="radial", low=0.82)]
    )
    assert (square.name, square.value) == ("spacing_female_square", "1 of 2")
    assert "palm" in square.note
    assert square.verdict is Verdict.FAIL
    assert radial.verdict is Verdict.GOAL
    assert "ear" in radial.note


def test_the_front_of_the_trunk_is_left_free_for_what_is_charted():
    order = region_order(load_atlas("female"))
    assert not [key for key in order if key.startswith(("abdomen", "breast", "decollete"))]
    assert order[0].startswith("buttock")
    assert len(set(order)) == len(order)
    assert set(chart_sizes.RECORD_OF) == {0, 2_200, 5_000, 50_000}
    numbers = [*chart_sizes.RECORD_OF.values(), chart_sizes.VISITED, chart_sizes.OFTEN_TREATED]
    assert len(set(numbers)) == len(numbers)


def test_each_signed_session_has_two_hundred_points():
    for treatment in TREATMENTS:
        grids = [grid for draw in treatment.draws for grid in draw.grids]
        assert sum(grid.count * (2 if grid.mirrored else 1) for grid in grids) == 200


@pytest.fixture
def window(qtbot):
    made = QWidget()
    column = QVBoxLayout(made)
    line, button = QLineEdit(), QPushButton("Go")
    line.setObjectName("line")
    button.setObjectName("button")
    column.addWidget(line)
    column.addWidget(button)
    qtbot.addWidget(made)
    made.resize(300, 200)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    line.setFocus()
    return made


def _go(steps):
    for _ in steps:
        pass


def test_a_hand_writes_down_what_it_sent_and_the_window_got_it(window):
    hand = CountingHand(window)
    line, button = window.findChild(QLineEdit), window.findChild(QPushButton)
    pressed = []
    button.clicked.connect(lambda: pressed.append(line.text()))
    _go(hand.think())
    _go(hand.write("ab"))
    hand.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    hand.click("button")
    _go(hand.write("c"))
    assert pressed == ["ab"]
    assert hand.gesture == "M 4K H P 2B H K"
    assert klm.seconds(hand.gesture) > 0


def test_a_drag_is_pointed_at_twice_and_a_second_click_on_the_spot_once(window):
    hand = CountingHand(window)
    start, end = QPoint(10, 10), QPoint(60, 80)
    hand.press(start)
    hand.release(end)
    hand.press(end)
    hand.release(end)
    assert hand.gesture == "H P B P 3B"


def test_a_button_that_is_out_of_sight_cannot_be_clicked(window):
    window.findChild(QPushButton).hide()
    with pytest.raises(LookupError, match="button"):
        CountingHand(window).click("button")


def test_a_round_of_painting_ends_after_the_paint_event_and_nothing_painted_is_said(window):
    line = window.findChild(QLineEdit)
    paints = Paints(window)
    assert paints.ms_of(lambda: (line.setText("x"), window.update())) > 0
    (only,) = paints.rounds
    assert 0 < only.ms < 5_000
    with pytest.raises(NothingPaintedError):
        paints.ms_of(lambda: None)


def test_what_is_painted_later_is_not_taken_for_now(qtbot, window):
    paints = Paints(window)
    QTimer.singleShot(60, window.update)
    with pytest.raises(NothingPaintedError):
        paints.ms_of(lambda: None)
    qtbot.waitUntil(lambda: len(paints.rounds) == 1)
