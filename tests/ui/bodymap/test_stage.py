"""The picture is a function of the document: repainted in parts or anew, it is the same."""

import random
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from mesodesk.domain.bodymap.chart import ChartDocument
from mesodesk.domain.bodymap.edits import (
    Edit,
    delete_points,
    move_point,
    place_point,
    set_syringe,
)
from mesodesk.domain.bodymap.fields import ChartField, Pattern, PointRef
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints
from mesodesk.domain.ids import new_id
from mesodesk.domain.syringe_looks import SYRINGES, SyringeLook
from mesodesk.ui import theme
from mesodesk.ui.bodymap import figure
from mesodesk.ui.bodymap.marks import draw_mark, stamp
from mesodesk.ui.bodymap.model import ChartModel
from mesodesk.ui.bodymap.placed import PlacedPoints
from mesodesk.ui.bodymap.stage import Stage
from mesodesk.ui.bodymap.vocabulary import DEFAULT_SETTINGS

from .conftest import BELLY, LEFT_THIGH, RIGHT_THIGH

CANVAS = QSizeF(500, 460)


def skin(view, share):
    return view.pick(share[0] * view.width_px, share[1] * view.height_px)


def somewhere(view, dice):
    while True:
        found = skin(view, (dice.uniform(0.2, 0.8), dice.uniform(0.1, 0.9)))
        if found is not None:
            return found


def gesture(document, atlas, syringes, dice):
    """Make one random gesture, undo or redo."""
    view = dice.choice([atlas.view("front"), atlas.view("back")])
    refs = list(document.refs())
    verb = dice.choice(
        ["place"] * 4 + ["field", "move", "move", "syringe", "delete", "undo", "redo"]
    )
    if verb in ("undo", "redo"):
        getattr(document, verb)()
    elif verb == "field":
        places = [somewhere(view, dice) for _ in range(dice.randint(2, 12))]
        points = PackedPoints(ChartPoint(p.triangle, p.u, p.v, 50, 4000) for p in places)
        field = ChartField(
            new_id(), syringes[0].id, "t", Decimal(4), "n", Pattern.SQUARE, points=points
        )
        document.apply(Edit("field", ((field.id, None, field),)))
    elif verb == "place" or not refs:
        chosen = dice.choice(syringes).id
        document.apply(place_point(new_id(), chosen, DEFAULT_SETTINGS, somewhere(view, dice)))
    else:
        ref = dice.choice(refs)
        field = document.fields[ref.field_id]
        document.apply(
            {
                "move": lambda: move_point(field, ref.index, somewhere(view, dice)),
                "syringe": lambda: set_syringe(field, dice.choice(syringes).id),
                "delete": lambda: delete_points(document.fields, [ref]),
            }[verb]()
        )


def picture(stage):
    image = QImage(CANVAS.toSize(), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor("#FBFBFA"))
    painter = QPainter(image)
    stage.draw(painter, at_rest=True)
    painter.end()
    return image


def alike(first, second):
    """Tell whether two pictures are the same but for the rounding of a colour."""
    difference = np.abs(pixels(first) - pixels(second))
    return difference.max() <= 2


def pixels(image):
    raw = np.frombuffer(image.constBits(), np.uint8).astype(np.int16)
    return raw.reshape(image.height(), image.width(), 4)


@pytest.fixture
def model(qapp, atlas, syringes):
    made = ChartModel()
    made.load(ChartDocument(), atlas, syringes, Decimal(168))
    return made


@pytest.mark.parametrize("zoom", [1.0, 3.0])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_picture_kept_up_to_date_is_the_one_drawn_anew(model, atlas, syringes, zoom, seed):
    dice = random.Random(seed)
    stage = Stage(model, atlas.view("front"), CANVAS, 1.0)
    stage.viewport = stage.viewport.zoomed(zoom, QPointF(250, 200))
    model.document.observe(stage.document_changed)
    picture(stage)
    for number in range(40):
        gesture(model.document, atlas, syringes, dice)
        if number % 10 == 9:
            kept = picture(stage)
            fresh = Stage(model, atlas.view("front"), CANVAS, 1.0)
            fresh.viewport = stage.viewport
            assert alike(kept, picture(fresh))


def test_a_lifted_point_is_left_out_and_comes_back(model, atlas, syringes):
    stage = Stage(model, atlas.view("front"), CANVAS, 1.0)
    model.document.observe(stage.document_changed)
    empty = picture(stage)
    model.place(skin(stage.view, BELLY))
    with_point = picture(stage)
    (ref,) = model.document.refs()
    stage.lift(ref)
    assert alike(picture(stage), empty)
    assert not alike(with_point, empty)
    stage.lift(None)
    assert alike(picture(stage), with_point)


def test_a_shifted_picture_is_drawn_where_it_belongs(model, atlas, syringes):
    """While one pans, the kept picture moves by whole pixels and nothing is drawn anew."""
    model.place(skin(atlas.view("front"), LEFT_THIGH))
    stage = Stage(model, atlas.view("front"), CANVAS, 1.0)
    stage.viewport = stage.viewport.zoomed(3.0, QPointF(250, 200))
    before = picture(stage)
    stage.viewport = stage.viewport.panned(20, 10)
    image = QImage(CANVAS.toSize(), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor("#FBFBFA"))
    painter = QPainter(image)
    stage.draw(painter, at_rest=False)
    painter.end()
    assert image.copy(120, 110, 300, 300) == before.copy(100, 100, 300, 300)


def test_a_sharp_screen_gets_a_sharp_picture(model, atlas, syringes):
    model.place(skin(atlas.view("front"), BELLY))
    stage = Stage(model, atlas.view("front"), CANVAS, 2.0)
    image = QImage(CANVAS.toSize() * 2, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(2.0)
    image.fill(QColor("#FBFBFA"))
    painter = QPainter(image)
    stage.draw(painter, at_rest=True)
    painter.end()
    centre, _ = stage.on_canvas(next(model.document.refs()))
    wanted = QColor(SYRINGES[0].colour)
    assert image.pixelColor((centre * 2).toPoint()) == wanted


@pytest.mark.parametrize("look", SYRINGES, ids=lambda look: look.shape)
@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_every_mark_has_its_colour_in_a_white_ring(qapp, look, ratio):
    mark = stamp(look, 5.0, ratio).toImage()
    middle = mark.width() // 2
    assert mark.pixelColor(middle, middle) == QColor(look.colour)
    assert (pixels(mark.convertToFormat(QImage.Format.Format_ARGB32)).min(axis=2) > 245).any()
    assert mark.pixelColor(0, 0).alpha() == 0


def inked(look, radius):
    """Return how many pixels well inside a mark are more of its ink than of its colour."""
    image = stamp(look, radius, 2.0).toImage().convertToFormat(QImage.Format.Format_ARGB32)
    middle, reach = image.width() // 2, round(0.6 * radius)
    inside = pixels(image)[middle - reach : middle + reach, middle - reach : middle + reach, :3]
    ink, paint = (np.array(QColor(name).getRgb()[2::-1]) for name in (look.ink, look.colour))
    nearer = np.abs(inside - ink.astype(int)).sum(2) < np.abs(inside - paint.astype(int)).sum(2)
    return int(nearer.sum())


@pytest.mark.parametrize("look", SYRINGES, ids=lambda look: look.shape)
def test_a_mark_that_is_large_enough_shows_its_digit(qapp, look):
    other = SyringeLook(look.digit % 9 + 1, *look[1:])
    assert inked(look, 8.0) > inked(look, 5.0) + 10
    assert stamp(look, 8.0, 1.0).toImage() != stamp(other, 8.0, 1.0).toImage()
    assert stamp(look, 5.0, 1.0).toImage() == stamp(other, 5.0, 1.0).toImage()


def test_marks_grow_until_their_digit_shows(model, atlas):
    stage = Stage(model, atlas.view("front"), CANVAS, 1.0)
    whole = stage.viewport
    assert stage.mark_radius(whole) <= 3
    near = whole.zoomed(6.0, QPointF(250, 200))
    assert stage.mark_radius(near) == stage.mark_radius(near.zoomed(2.0, QPointF(250, 200))) == 8


def contrast(one, other):
    def light(colour):
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    brighter, darker = sorted((light(one), light(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("look", SYRINGES, ids=lambda look: look.shape)
def test_the_smallest_mark_stands_out_from_the_skin(chart, look, dark):
    theme.force(dark)
    try:
        image = chart.canvas.grab().toImage()
    finally:
        theme.force(False)
    skin = QColor(image.pixelColor(chart.at(BELLY)))
    image.fill(skin)
    painter = QPainter(image)
    draw_mark(painter, look, QPointF(50.5, 50.5), 2.5)
    painter.end()
    # Along a ray to the right: its edge.
    ray = [image.pixelColor(50 + x, 50).getRgbF()[:3] for x in range(10)]
    assert max(contrast(colour, skin.getRgbF()[:3]) for colour in ray[3:]) >= 3


def test_marks_of_different_syringes_differ_without_colour(qapp):
    """Who sees no colours tells them by shape."""

    def silhouette(look):
        image = QImage(QSize(40, 40), QImage.Format.Format_Grayscale8)
        image.fill(Qt.GlobalColor.black)
        painter = QPainter(image)
        draw_mark(painter, look, QPointF(20, 20), 12)
        painter.end()
        return bytes(image.constBits())

    shapes = [silhouette(look) for look in SYRINGES]
    inked = [np.frombuffer(shape, np.uint8) > 0 for shape in shapes]
    for number, first in enumerate(inked):
        for second in inked[number + 1 :]:
            assert (first != second).sum() > 8


def test_dark_and_light_repaint_by_themselves(chart):
    light = chart.canvas.grab().toImage()
    theme.force(True)
    try:
        dark = chart.canvas.grab().toImage()
        ground = QColor(theme.current().map_ground)
    finally:
        theme.force(False)
    assert dark.pixelColor(200, 300) == ground
    assert light.pixelColor(200, 300) != ground
    assert chart.canvas.grab().toImage() == light


def test_a_picture_that_cannot_be_read_still_shows_the_lines(qapp, atlas, monkeypatch):
    monkeypatch.setattr(figure, "_image", lambda _path: QImage())
    monkeypatch.setattr(figure, "_shrunk", figure._shrunk.__wrapped__)
    image = QImage(400, 400, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.white)
    blank = image.copy()
    view = atlas.view("front")
    painter = QPainter(image)
    from mesodesk.ui.bodymap.viewport import Viewport

    viewport = Viewport.fitted(QSizeF(view.width_px, view.height_px), QSizeF(400, 400))
    figure.Figure(view).paint(painter, viewport, QRectF(0, 0, 400, 400), 1.0)
    painter.end()
    assert image != blank


def test_crowds_are_thinned_to_one_point_a_pixel_and_every_mark_still_shows(
    model, atlas, syringes, monkeypatch
):
    dice, view = random.Random(5), atlas.view("front")
    for _ in range(60):
        model.place(somewhere(view, dice))
    twice = [model.point(ref) for ref in model.document.refs()]
    field = ChartField(
        new_id(), syringes[0].id, "t", Decimal(4), "n", Pattern.SQUARE, points=PackedPoints(twice)
    )
    model.document.apply(Edit("field", ((field.id, None, field),)))
    whole = picture(Stage(model, view, CANVAS, 1.0))
    monkeypatch.setattr("mesodesk.ui.bodymap.stage._MANY", 10)
    thinned = Stage(model, view, CANVAS, 1.0)
    shown = picture(thinned)
    for ref in model.document.refs():
        centre = thinned.on_canvas(ref)[0].toPoint()
        assert shown.pixelColor(centre) == whole.pixelColor(centre)


# Which points are where


@given(st.integers(0, 10**6))
def test_placed_points_follow_the_document(seed):
    from mesodesk.domain.bodymap.atlas import load_atlas

    class Holder:
        def __init__(self, number):
            self.id = new_id()
            self.number = number

    dice, atlas, document = random.Random(seed), load_atlas("female"), ChartDocument()
    placed = PlacedPoints(atlas.view("front"))
    document.observe(lambda changed: placed.update(document.fields, changed))
    holders = (Holder(0), Holder(1))
    for _ in range(15):
        gesture(document, atlas, holders, dice)
    fresh = PlacedPoints(atlas.view("front"))
    fresh.update(document.fields, document.fields)
    rows = np.flatnonzero(placed.shown.alive)
    assert [placed.shown.ref(row) for row in rows] == list(document.refs())
    for ref in document.refs():
        assert placed.of(ref) == fresh.of(ref)
        field = document.fields[ref.field_id]
        row = placed.row(ref)
        assert placed.syringes[placed.shown.syringe[row]] == field.syringe_id
    assert len(placed.shown.hidden) == len(fresh.shown.hidden)


def test_many_deleted_rows_are_dropped_in_the_end(atlas, monkeypatch):
    monkeypatch.setattr("mesodesk.ui.bodymap.placed._MANY_DEAD", 3)
    document = ChartDocument()
    placed = PlacedPoints(atlas.view("front"))
    document.observe(lambda changed: placed.update(document.fields, changed))
    place = skin(atlas.view("front"), BELLY)
    for _ in range(10):
        document.apply(place_point(new_id(), new_id(), DEFAULT_SETTINGS, place))
    for field_id in list(document.fields)[:8]:
        document.apply(delete_points(document.fields, [PointRef(field_id, 0)]))
    assert len(placed.shown.alive) < 10
    assert int(placed.shown.alive.sum()) == 2
    document.undo()
    assert int(placed.shown.alive.sum()) == 3


def test_of_two_points_at_one_place_the_newer_is_hit(model, atlas):
    view = atlas.view("front")
    for _ in range(2):
        model.place(skin(view, RIGHT_THIGH))
    placed = PlacedPoints(view)
    placed.update(model.fields, model.fields)
    (x, y), seen = placed.of(next(model.document.refs()))
    assert seen
    assert placed.hit(x, y, 3.0) == list(model.document.refs())[1]
    assert placed.hit(x + 9, y, 3.0) is None
    assert PlacedPoints(view).hit(x, y, 3.0) is None
