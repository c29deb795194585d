"""The colours of the exposure map: even steps for every eye, and what a picture is made of."""

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QColor, QImage, QPainter

from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.exposure import Exposure
from mesodesk.domain.bodymap.exposure_net import Places
from mesodesk.domain.bodymap.exposure_picture import ExposurePicture
from mesodesk.domain.bodymap.exposure_scale import CLASSES, VOLUME_ML
from mesodesk.domain.bodymap.exposure_scale import DAYS as DAY_CLASSES
from mesodesk.ui.bodymap.heat_colours import AMOUNTS, DAYS, OPACITY, SKIN, amounts_image, days_image
from mesodesk.ui.bodymap.viewport import Viewport

ATLAS = load_atlas("female")
VIEW = ATLAS.view("abdomen")
BOUNDS = np.array([float(each) for each in VOLUME_ML])


def on_skin(colour):
    """Return a colour of the map as it looks on skin."""
    ink, ground = QColor(colour), SKIN
    parts = zip(ink.getRgb()[:3], ground.getRgb()[:3], strict=True)
    return [OPACITY * each + (1 - OPACITY) * below for each, below in parts]


def lightness(rgb):
    """Return CIE L* (0 to 100) of 8-bit sRGB."""
    channels = [value / 255 for value in rgb]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 116 * float(np.dot((0.2126, 0.7152, 0.0722), linear)) ** (1 / 3) - 16


@pytest.mark.parametrize("ramp", [AMOUNTS, DAYS[::-1]])
def test_every_class_is_darker_than_the_one_before(ramp):
    steps = [lightness(on_skin(colour)) for colour in ramp]
    assert all(before - after >= 6.5 for before, after in pairwise(steps))


def test_no_class_has_the_hue_of_skin_or_of_a_warning():
    for colour in (*AMOUNTS, *DAYS):
        red, _, blue = on_skin(colour)
        assert blue >= red - 8


def test_there_is_a_colour_for_every_class():
    assert len(AMOUNTS) == CLASSES
    assert len(DAYS) == len(DAY_CLASSES)


@pytest.fixture
def spot():
    """One point in the middle of the view of the abdomen."""
    place = VIEW.pick(VIEW.width_px / 2, VIEW.height_px / 2)
    places = Places(np.array([place.triangle]), np.array([place.u]), np.array([place.v]))
    exposure = Exposure(ATLAS, places, 168.0)
    return exposure, ExposurePicture(exposure, VIEW)


def painted(heat, scale=1.0):
    """Return the map on nothing, with the view's picture at a scale."""
    size = QSizeF(VIEW.width_px * scale, VIEW.height_px * scale)
    made = QImage(size.toSize(), QImage.Format.Format_ARGB32_Premultiplied)
    made.fill(0)
    painter = QPainter(made)
    heat.paint(painter, Viewport(QSizeF(VIEW.width_px, VIEW.height_px), size, scale, 0, 0))
    painter.end()
    return made


@pytest.mark.parametrize("scale", [0.3, 1.0, 2.0])
def test_the_map_lies_where_the_point_is_at_every_scale(spot, scale):
    exposure, picture = spot
    heat = amounts_image(picture, exposure.density(np.array([0.1])), BOUNDS)
    made = painted(heat, scale)
    middle = made.pixelColor(made.width() // 2, made.height() // 2)
    # 0.1 mL at its middle: 0.095 mL/cm2, the class from 0.05.
    assert middle.alphaF() == pytest.approx(OPACITY, abs=0.02)
    assert middle.blue() > middle.red() + 80
    # 10 mm are some 22 pixels of this view; beyond them there is nothing.
    beside = made.pixelColor(round(made.width() / 2 + 32 * scale), made.height() // 2)
    assert beside.alpha() == 0


def test_a_tenth_of_the_dose_has_a_lighter_colour_not_the_same(spot):
    exposure, picture = spot
    middles = []
    for volume in (0.01, 0.1, 1.0):
        made = painted(amounts_image(picture, exposure.density(np.array([volume])), BOUNDS))
        middles.append(made.pixelColor(made.width() // 2, made.height() // 2).lightnessF())
    assert middles[0] > middles[1] > middles[2]
    none = painted(amounts_image(picture, exposure.density(np.array([0.001])), BOUNDS))
    assert none.pixelColor(none.width() // 2, none.height() // 2).alpha() == 0


def test_the_latest_treatment_covers_the_earlier_ones(spot):
    exposure, picture = spot
    near = exposure.nearest_mm(np.array([True]))
    never = exposure.nearest_mm(np.array([False]))
    both = painted(days_image(picture, [never, near, near], 1.0))
    late = painted(days_image(picture, [never, near, never], 1.0))
    middle = both.width() // 2, both.height() // 2
    assert both.pixelColor(*middle) == late.pixelColor(*middle)
    old = painted(days_image(picture, [never, never, near], 1.0))
    assert old.pixelColor(*middle).lightnessF() > late.pixelColor(*middle).lightnessF()


def test_an_empty_picture_paints_nothing():
    none = Places(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0))
    exposure = Exposure(ATLAS, none)
    picture = ExposurePicture(exposure, VIEW)
    for heat in (
        amounts_image(picture, exposure.density(np.zeros(0)), BOUNDS),
        days_image(picture, [exposure.nearest_mm(np.zeros(0, dtype=bool))], 1.0),
    ):
        assert heat.image.isNull()
        assert painted(heat).pixelColor(5, 5).alpha() == 0
