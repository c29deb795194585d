"""What is drawn is cut out of the skin while the hand rests, and only what is drawn in the end."""

from dataclasses import replace
from decimal import Decimal
from functools import partial
from threading import Thread, current_thread, main_thread

import pytest
from PySide6.QtCore import QObject, Qt

from mesodesk.domain.bodymap import drawing, filling
from mesodesk.domain.bodymap.atlas import available_sexes, load_atlas
from mesodesk.domain.bodymap.field_edits import FieldSettings
from mesodesk.domain.bodymap.fields import OutlineKind, Pattern
from mesodesk.domain.bodymap.outlines import forget, known_area, region_outline
from mesodesk.ui.bodymap.field_laying import Laying, Shape
from mesodesk.ui.bodymap.field_words import Joining
from mesodesk.ui.bodymap.figures import ml
from mesodesk.ui.bodymap.foresight import Foresight
from tests.ui.bodymap.conftest import BELLY, LEFT_THIGH, syringe
from tests.ui.bodymap.hands import LEFT, circle, click, draw, hover

CORNERS = [(0.42, 0.36), (0.5, 0.4), (0.58, 0.44)]
SHAPES = {
    "t": CORNERS,
    "o": [(0.5, 0.4), (0.53, 0.4), (0.56, 0.4)],
    "b": [(0.42, 0.4), (0.46, 0.4), (0.5, 0.4), (0.58, 0.4)],
    "l": circle(BELLY, 0.05),
}


class Worker:
    """Takes work like the page does, and does it on a thread of its own."""

    def __init__(self):
        self.works = []

    def __call__(self, _owner, work, done):
        self.works.append(work)
        self.tell = partial(done, None)

    def do(self):
        thread = Thread(target=self.works[-1])
        thread.start()
        thread.join()


@pytest.fixture
def chart(make_chart):
    return make_chart(given=(syringe(1, "50", "Caffeine", "50"),))


@pytest.fixture
def worker(chart):
    made = Worker()
    chart.panel.view.compute_aside(made)
    return made


@pytest.fixture
def cuts(monkeypatch):
    """The threads on which something drawn was cut out of the skin, in turn."""
    threads = []
    for name in ("inside_loop", "along_stroke"):
        plain = getattr(drawing, name)

        def noting(*given, plain=plain):
            threads.append(current_thread() is main_thread())
            return plain(*given)

        monkeypatch.setattr(drawing, name, noting)
    return threads


def let_go(chart, share):
    chart.qtbot.mouseRelease(chart.canvas, LEFT, pos=chart.at(share))


def only_field(chart):
    (field,) = chart.document.fields.values()
    return field


@pytest.mark.parametrize("key", SHAPES)
def test_what_was_cut_while_the_hand_rested_is_not_cut_again(chart, worker, cuts, key):
    shares = SHAPES[key]
    chart.type(key)
    draw(chart, shares, release=False)
    chart.qtbot.waitUntil(lambda: bool(worker.works))
    assert cuts == []
    worker.do()
    let_go(chart, shares[-1])
    assert cuts == [False]
    ahead = only_field(chart)
    chart.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    forget()
    chart.panel.view.compute_aside(Worker())
    draw(chart, shares)
    assert cuts == [False, True]
    at_its_end = only_field(chart)
    assert ahead.points == at_its_end.points
    assert ahead.outline == at_its_end.outline


def test_a_hand_that_draws_on_gets_what_it_drew_last(chart, worker, cuts):
    chart.type("t")
    draw(chart, CORNERS, release=False)
    chart.qtbot.waitUntil(lambda: bool(worker.works))
    worker.do()
    further = (0.60, 0.45)
    chart.qtbot.mouseMove(chart.canvas, chart.at(further))
    let_go(chart, further)
    assert cuts == [False, True]
    larger = only_field(chart)
    chart.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    draw(chart, [*CORNERS, further])
    assert only_field(chart).points == larger.points


def test_a_hand_that_lets_go_before_anybody_began_cuts_by_itself(chart, worker, cuts):
    chart.type("t")
    draw(chart, CORNERS, release=False)
    chart.qtbot.waitUntil(lambda: bool(worker.works))
    let_go(chart, CORNERS[-1])
    assert cuts == [True]
    worker.do()
    assert cuts == [True]
    assert only_field(chart).outline.kind is OutlineKind.RECTANGLE


def test_nothing_is_cut_for_a_line_or_for_what_is_too_small(chart, worker, cuts):
    chart.type("i")
    draw(chart, [(0.42, 0.4), (0.46, 0.4), (0.5, 0.4)], release=False)
    chart.press(Qt.Key.Key_Escape)
    chart.type("t")
    draw(chart, [BELLY, (BELLY[0] + 0.0001, BELLY[1])], release=False)
    # Long enough for a hand that rests: another rest is told meanwhile.
    other = Foresight(chart.canvas)
    told = Worker()
    other.compute_aside(told)
    other.prepare("other", lambda _go_on: None)
    chart.qtbot.waitUntil(lambda: bool(told.works))
    assert worker.works == []
    assert cuts == []


def test_a_region_under_the_pointer_is_measured_while_it_rests_there(chart, worker, monkeypatch):
    forget()
    threads = []
    measured = Laying.measured_cm2

    def noting(laying, outline):
        threads.append(current_thread() is main_thread())
        return measured(laying, outline)

    monkeypatch.setattr(Laying, "measured_cm2", noting)
    chart.type("r")
    hover(chart, LEFT_THIGH)
    chart.qtbot.waitUntil(lambda: bool(worker.works))
    worker.do()
    click(chart, LEFT_THIGH)
    assert threads == [False]
    assert only_field(chart).outline.kind is OutlineKind.REGION


def test_the_next_rest_waits_until_the_work_of_the_one_before_is_done(qtbot):
    owner, worker = QObject(), Worker()
    foresight = Foresight(owner)
    foresight.compute_aside(worker)
    foresight.prepare("first", lambda _go_on: 1)
    qtbot.waitUntil(lambda: bool(worker.works))
    foresight.prepare("second", lambda _go_on: 2)
    other = Foresight(owner)
    told = Worker()
    other.compute_aside(told)
    other.prepare("other", lambda _go_on: None)
    qtbot.waitUntil(lambda: bool(told.works))
    assert len(worker.works) == 1
    worker.do()
    qtbot.waitUntil(lambda: len(worker.works) == 2)
    worker.do()
    assert foresight.result("second", lambda _go_on: 0) == 2


def test_what_goes_wrong_ahead_is_told_to_whoever_wants_the_result(qtbot):
    owner, worker = QObject(), Worker()
    foresight = Foresight(owner)
    foresight.compute_aside(worker)

    def fails(_go_on):
        raise ValueError("no plane holds this skin")

    foresight.prepare("bad", fails)
    qtbot.waitUntil(lambda: bool(worker.works))
    worker.do()
    with pytest.raises(ValueError, match="no plane"):
        foresight.result("bad", fails)
    assert foresight.result("good", lambda _go_on: 3) == 3


def test_what_something_else_is_wanted_for_is_given_up(qtbot):
    owner, worker = QObject(), Worker()
    foresight = Foresight(owner)
    foresight.compute_aside(worker)
    steps = []

    def slow(go_on):
        for step in range(3):
            steps.append(step)
            foresight.prepare("second", lambda _go_on: 2)
            go_on()

    foresight.prepare("first", slow)
    qtbot.waitUntil(lambda: bool(worker.works))
    worker.works[-1]()
    assert steps == [0]
    qtbot.waitUntil(lambda: len(worker.works) == 2)
    worker.do()
    assert foresight.result("second", lambda _go_on: 0) == 2


def test_what_was_given_up_is_begun_anew_if_it_is_wanted_after_all(qtbot):
    owner, worker = QObject(), Worker()
    foresight = Foresight(owner)
    foresight.compute_aside(worker)
    foresight.prepare("first", lambda go_on: go_on() or 1)
    qtbot.waitUntil(lambda: bool(worker.works))
    foresight.prepare("second", lambda _go_on: 2)
    foresight.prepare("first", lambda go_on: go_on() or 3)
    worker.do()
    qtbot.waitUntil(lambda: len(worker.works) == 2)
    worker.do()
    assert foresight.result("first", lambda _go_on: 0) == 3


def test_what_was_given_up_is_done_by_whoever_needs_it(qtbot):
    owner, worker = QObject(), Worker()
    foresight = Foresight(owner)
    foresight.compute_aside(worker)
    foresight.prepare("first", lambda go_on: go_on() or 1)
    qtbot.waitUntil(lambda: bool(worker.works))
    foresight.prepare("second", lambda _go_on: 2)
    worker.do()
    assert foresight.result("first", lambda go_on: go_on() or 3) == 3


@pytest.mark.parametrize("key", SHAPES)
def test_a_hand_that_draws_on_ends_the_cutting_of_what_it_drew_before(chart, worker, key):
    shares = SHAPES[key]
    chart.type(key)
    draw(chart, shares, release=False)
    chart.qtbot.waitUntil(lambda: bool(worker.works))
    done = []
    cut = drawing._worth_laying

    def moving_on(skin, triangles):
        chart.model.field_model.foresight.prepare("further", lambda _go_on: None)
        return cut(skin, triangles)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing, "_worth_laying", moving_on)
        patch.setattr(drawing, "sheets_of", lambda *given: done.append(given))
        worker.works[-1]()
    assert done == []
    let_go(chart, shares[-1])
    assert only_field(chart).points


@pytest.fixture
def laid(monkeypatch):
    """Whether it was on the window's thread that points were laid, in turn."""
    threads = []
    plain = filling.lay_points

    def noting(*given):
        threads.append(current_thread() is main_thread())
        return plain(*given)

    monkeypatch.setattr(filling, "lay_points", noting)
    return threads


@pytest.mark.parametrize("key", SHAPES)
def test_points_are_laid_while_the_hand_rests(chart, worker, laid, key):
    shares = SHAPES[key]
    chart.type(key)
    draw(chart, shares, release=False)
    chart.qtbot.waitUntil(lambda: bool(worker.works))
    worker.do()
    let_go(chart, shares[-1])
    assert laid == [False]
    ahead = only_field(chart)
    chart.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    chart.panel.view.compute_aside(Worker())
    other = FieldSettings(Pattern.SQUARE, Decimal(21))
    chart.model.field_model.laying.lay_ahead(ahead.outline, other)
    laid.clear()
    draw(chart, shares)
    assert laid == [True]
    assert only_field(chart).points == ahead.points


def test_points_that_were_laid_with_other_settings_are_laid_anew(chart, worker, laid):
    chart.type("t")
    draw(chart, CORNERS, release=False)
    chart.qtbot.waitUntil(lambda: bool(worker.works))
    worker.do()
    fields = chart.model.field_model
    fields.set_settings(replace(fields.settings, spacing_mm=Decimal(21)))
    let_go(chart, CORNERS[-1])
    assert laid == [False, True]
    assert only_field(chart).spacing_mm == Decimal(21)


def test_what_is_asked_about_first_is_not_laid_while_it_is_drawn(chart, worker, laid):
    fields = chart.model.field_model
    fields.set_settings(replace(fields.settings, spacing_mm=Decimal(4)))
    chart.type("t")
    draw(chart, [(0.36, 0.2), (0.5, 0.4), (0.64, 0.5)], release=False)
    chart.qtbot.waitUntil(lambda: bool(worker.works))
    worker.do()
    assert laid == []
    let_go(chart, (0.64, 0.5))
    assert fields.question is not None


def ask_about_a_thigh(chart):
    fields = chart.model.field_model
    fields.set_settings(replace(fields.settings, spacing_mm=Decimal(3)))
    chart.model.set_settings(replace(chart.model.settings, dose_ml=Decimal("0.001")))
    chart.type("r")
    click(chart, LEFT_THIGH)
    assert fields.question is not None


def test_many_points_are_laid_while_it_is_asked_whether_to_place_them(chart, worker, laid):
    ask_about_a_thigh(chart)
    chart.qtbot.waitUntil(lambda: bool(worker.works))
    worker.do()
    assert laid == [False]
    assert not chart.document.fields
    chart.press(Qt.Key.Key_Return)
    assert laid == [False]
    assert len(only_field(chart).points) > 1500


def test_who_answers_before_they_are_laid_gets_the_same(chart, worker, laid):
    ask_about_a_thigh(chart)
    chart.press(Qt.Key.Key_Return)
    assert laid == [True]
    assert len(only_field(chart).points) > 1500


def test_what_is_laid_for_a_question_is_not_taken_for_another_answer(chart, worker, laid):
    ask_about_a_thigh(chart)
    chart.qtbot.waitUntil(lambda: bool(worker.works))
    worker.do()
    chart.press(Qt.Key.Key_Escape)
    fields = chart.model.field_model
    fields.set_settings(replace(fields.settings, spacing_mm=Decimal(12)))
    click(chart, LEFT_THIGH)
    assert laid == [False, True]
    assert len(only_field(chart).points) < 500


def test_on_the_way_to_the_answer_other_regions_change_nothing(chart, worker, laid):
    ask_about_a_thigh(chart)
    chart.qtbot.waitUntil(lambda: bool(worker.works))
    worker.do()
    hover(chart, BELLY)
    chart.press(Qt.Key.Key_Return)
    assert laid == [False]
    assert len(only_field(chart).points) > 1500


def test_what_joins_a_field_has_no_points_of_its_own_laid(chart, worker, laid):
    chart.type("t")
    draw(chart, CORNERS)
    laid.clear()
    worker.works.clear()
    chart.canvas.joining.choose(Joining.ADD)
    draw(chart, [(0.45, 0.42), (0.5, 0.45), (0.6, 0.47)], release=False)
    chart.qtbot.waitUntil(lambda: bool(worker.works))
    worker.do()
    assert laid == []
    let_go(chart, (0.6, 0.47))
    assert laid == [True]


def test_work_that_is_in_vain_before_it_began_is_not_done(qtbot):
    owner, worker = QObject(), Worker()
    foresight = Foresight(owner)
    foresight.compute_aside(worker)
    done = []
    foresight.prepare("first", lambda _go_on: done.append(1))
    qtbot.waitUntil(lambda: bool(worker.works))
    foresight.prepare("second", lambda _go_on: 2)
    worker.do()
    assert done == []


def dropped(chart, worker):
    """Return whether nothing is begun any more; another rest is told meanwhile."""
    other, told = Foresight(chart.canvas), Worker()
    other.compute_aside(told)
    other.prepare("other", lambda _go_on: None)
    chart.qtbot.waitUntil(lambda: bool(told.works))
    for work in worker.works:
        work()
    return True


def test_a_drawing_that_is_left_is_not_cut(chart, worker, cuts):
    chart.type("t")
    draw(chart, CORNERS, release=False)
    chart.press(Qt.Key.Key_Escape)
    assert dropped(chart, worker)
    assert cuts == []


def test_a_question_that_is_left_has_nothing_laid(chart, worker, laid):
    ask_about_a_thigh(chart)
    chart.press(Qt.Key.Key_Escape)
    assert dropped(chart, worker)
    assert laid == []


def test_points_laid_for_one_chart_are_not_kept_for_the_next(chart, worker, laid):
    ask_about_a_thigh(chart)
    chart.qtbot.waitUntil(lambda: bool(worker.works))
    worker.do()
    fields = chart.model.field_model
    outline, settings = region_outline(["thigh_front_upper.left"]), fields.settings
    assert laid == [False]
    chart.model.loaded.emit()
    fields.laying.laid(outline, settings)
    assert laid == [False, True]


@pytest.fixture
def other(chart):
    """The other body, of which another patient's chart may come in meanwhile."""
    return load_atlas(next(sex for sex in available_sexes() if sex != chart.model.atlas.sex))


def test_points_are_those_of_the_body_that_they_were_laid_on(chart, other, monkeypatch):
    here, laying = chart.model.atlas, chart.model.field_model.laying
    settings, outline = FieldSettings(Pattern.SQUARE, Decimal(12)), region_outline(["calf.left"])
    expected, tall = laying.laid(outline, settings)[0], laying.scale

    def scale(_laying):
        chart.model.atlas = other
        return tall

    with monkeypatch.context() as patch:
        patch.setattr(Laying, "scale", property(scale))
        laying.lay_ahead(outline, settings)
    chart.model.atlas = here
    laid = laying._ahead[1]
    assert laid.triangle.tolist() == expected.triangle.tolist()


def test_an_area_is_kept_for_the_body_that_it_was_drawn_on(chart, other, monkeypatch):
    here, laying = chart.model.atlas, chart.model.field_model.laying
    cut = drawing.inside_loop

    def cut_meanwhile(*given):
        area = cut(*given)
        chart.model.atlas = other
        return area

    monkeypatch.setattr(drawing, "inside_loop", cut_meanwhile)
    view = here.view("front")
    places = tuple((x * view.width_px, y * view.height_px) for x, y in circle(BELLY, 0.05))
    outline = laying.outline_on(Shape(view, places, None, OutlineKind.LASSO, None), lambda: None)
    chart.model.atlas = here
    assert known_area(here, outline) is not None
    assert known_area(other, outline) is None


def test_once_the_hand_rests_it_is_told_what_the_field_will_have(chart, worker):
    chart.type("t")
    draw(chart, CORNERS, release=False)
    label = chart.canvas.hover_label
    assert label.text.startswith("about ")
    chart.qtbot.waitUntil(lambda: bool(worker.works))
    worker.do()
    worker.tell()
    told = label.text
    let_go(chart, CORNERS[-1])
    field = only_field(chart)
    laying = chart.model.field_model.laying
    area = round(laying.cm2(laying.area_of(field)))
    assert told == f"{len(field.points)} points, {ml(field.volume_ml)} mL, {area} cm\u00b2"


def test_a_hand_that_draws_on_is_told_about_how_many_again(chart, worker):
    chart.type("t")
    draw(chart, CORNERS, release=False)
    chart.qtbot.waitUntil(lambda: bool(worker.works))
    worker.do()
    worker.tell()
    chart.qtbot.mouseMove(chart.canvas, chart.at((0.6, 0.45)))
    assert chart.canvas.hover_label.text.startswith("about ")
