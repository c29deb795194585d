"""Zooming and panning are only arithmetic."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, QSizeF

from mesodesk.ui.bodymap.viewport import MOST_ZOOM, Viewport

sizes = st.builds(QSizeF, st.floats(200, 2000), st.floats(200, 2000))
pictures = st.builds(QSizeF, st.floats(100, 2000), st.floats(100, 2000))
factors = st.floats(0.2, 6)


def places(size):
    return st.builds(QPointF, st.floats(0, size.width()), st.floats(0, size.height()))


@given(pictures, sizes)
def test_a_fitted_view_shows_all_in_the_middle(picture, canvas):
    fitted = Viewport.fitted(picture, canvas)
    assert fitted.zoom == pytest.approx(1)
    assert QRectF(QPointF(), canvas).contains(fitted.target)
    assert (
        fitted.target.center() - QPointF(canvas.width(), canvas.height()) / 2
    ).manhattanLength() < 1e-6


@given(pictures, sizes, st.floats(1, 6), st.floats(-0.2, 0.2), st.floats(-0.2, 0.2))
def test_what_is_under_the_pointer_stays_there(picture, canvas, factor, across, down):
    fitted = Viewport.fitted(picture, canvas)
    at = fitted.target.center() + QPointF(
        across * fitted.target.width(), down * fitted.target.height()
    )
    zoomed = fitted.zoomed(factor, at)
    assert 0.999 <= zoomed.zoom <= MOST_ZOOM * 1.001
    moved = zoomed.to_canvas(*fitted.to_picture(at)) - at
    assert abs(moved.x()) + abs(moved.y()) < 1e-6
    assert zoomed.zoomed(0.01, at) == fitted


@given(pictures, sizes, factors, st.floats(-5000, 5000), st.floats(-5000, 5000))
def test_some_of_the_body_stays_in_sight(picture, canvas, factor, dx, dy):
    viewport = Viewport.fitted(picture, canvas).zoomed(factor, QPointF(50, 50)).panned(dx, dy)
    assert viewport.target.intersects(QRectF(QPointF(), canvas))


@given(pictures, sizes, factors, st.data())
def test_canvas_and_picture_are_inverse(picture, canvas, factor, data):
    viewport = Viewport.fitted(picture, canvas).zoomed(factor, QPointF(60, 40))
    at = data.draw(places(canvas))
    back = viewport.to_canvas(*viewport.to_picture(at))
    assert (back - at).manhattanLength() < 1e-6


@given(pictures, sizes, sizes, factors)
def test_another_size_keeps_the_magnification(picture, canvas, other, factor):
    viewport = Viewport.fitted(picture, canvas).zoomed(factor, QPointF(60, 40))
    assert viewport.resized(other).zoom == pytest.approx(viewport.zoom, rel=1e-3)


def test_a_canvas_that_had_no_size_yet_is_fitted():
    picture = QSizeF(800, 1400)
    nothing = Viewport.fitted(picture, QSizeF(0, 0))
    assert nothing.resized(QSizeF(600, 500)) == Viewport.fitted(picture, QSizeF(600, 500))


def test_panning_the_whole_view_does_nothing():
    fitted = Viewport.fitted(QSizeF(800, 1400), QSizeF(600, 500))
    assert fitted.panned(50, 50) == fitted


@given(st.floats(-300, 900), st.floats(-300, 900))
def test_showing_brings_a_place_into_sight(x, y):
    viewport = Viewport.fitted(QSizeF(800, 1400), QSizeF(600, 500)).zoomed(6, QPointF(300, 250))
    skin = viewport.to_picture(QPointF(x, y))
    assume(0 <= skin[0] <= 800)
    assume(0 <= skin[1] <= 1400)
    moved = viewport.showing(QPointF(x, y)).to_canvas(*skin)
    assert -1e-6 <= moved.x() <= 600 + 1e-6
    assert -1e-6 <= moved.y() <= 500 + 1e-6


def test_framing_puts_a_part_in_the_middle():
    viewport = Viewport.fitted(QSizeF(800, 1400), QSizeF(600, 500))
    part = QRectF(380, 700, 60, 120)
    framed = viewport.framing(part)
    middle = framed.to_canvas(part.center().x(), part.center().y())
    assert (middle - QPointF(300, 250)).manhattanLength() < 1e-6
    assert framed.zoom > 3
