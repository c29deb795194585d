"""Footprints: what is shipped, files that are refused, and that the skin bends none of them."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.stamps import Stamp, load_stamps, pressed
from mesodesk.domain.bodymap.view import SurfacePoint
from mesodesk.domain.clinical_files import ClinicalDataError, folder
from mesodesk.domain.texts import LANGUAGES

STAMPS = load_stamps()
TEXT = (folder() / "stamps.toml").read_text(encoding="utf-8")
ATLAS = load_atlas("female")
SKIN = ATLAS.skin
# Where a plate lies flat enough for every needle to reach the skin.
FLAT = (
    "thigh_front_upper.left", "abdomen_lower.midline", "buttock.right", "upper_back.left",
    "calf.left", "cheek.left", "forehead.midline", "flank.left",
)  # fmt: skip


def by_id(stamp_id: str) -> Stamp:
    return next(stamp for stamp in STAMPS if stamp.id == stamp_id)


def body(laid) -> np.ndarray:
    return SKIN.surface.places(laid.triangle, laid.u, laid.v)


def test_the_shipped_footprints():
    counts = {stamp.id: len(stamp.needles) for stamp in STAMPS}
    assert counts == {"row_3": 3, "cross_5": 5, "circle_5": 5, "hexagon_7": 7, "grid_9": 9}
    for stamp in STAMPS:
        assert stamp.name.languages == LANGUAGES
        assert float(stamp.spacing_mm) == 10
        assert stamp.sources[0].citation == "geometry only; check against the device's leaflet"
        needles = np.array(stamp.needles, dtype=float)
        assert needles.mean(axis=0) == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('sources = ["stamp_geometry"]\n\n[[stamp]]\nid = "cross_5"',
         '[[stamp]]\nid = "cross_5"', "stamp 'row_3': has no source"),
        ('["stamp_geometry"]', '["my_uncle"]', "names the source 'my_uncle'"),
        ("[0, 0], [10, 0]]", "[9.5, 0.5], [10, 0]]", "two `needles` are nearer than 1 mm"),
        ("[[-10, 0], [0, 0], [10, 0]]", "[[0, 0]]", "needs two needles at least"),
        ("[[-10, 0], [0, 0], [10, 0]]", "[[0, 0, 1], [9, 9]]", "a list of pairs of numbers"),
        ("[[-10, 0], [0, 0], [10, 0]]", "[[0, true], [9, 9]]", "a list of pairs of numbers"),
        ('id = "row_3"', 'id = "grid_9"', "is used twice"),
        ('name.en = "Row of 3"\n', "", "`name` has no 'en' text"),
        ('id = "row_3"', 'id = "row_3"\nmaker = "x"', "has the unknown key `maker`"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_by_name(tmp_path, old, new, sentence):
    assert old in TEXT
    path = tmp_path / "stamps.toml"
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ClinicalDataError, match=re.escape(sentence)) as error:
        load_stamps(path)
    assert str(error.value).startswith("stamps.toml:")


def test_a_file_without_footprints_is_refused(tmp_path):
    path = tmp_path / "stamps.toml"
    path.write_text("", encoding="utf-8")
    with pytest.raises(ClinicalDataError, match="there is no footprint"):
        load_stamps(path)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(STAMPS), st.sampled_from(FLAT), st.floats(-180, 180), st.floats(0.85, 1.2))
def test_needles_are_as_far_apart_on_the_skin_as_on_the_plate(stamp, key, turn, scale):
    done = pressed(SKIN, ATLAS.middle_of(key), stamp, turn, scale)
    assert done.missed == 0
    at, plate = body(done.laid) * scale, np.array(stamp.needles, dtype=float)
    first, second = np.triu_indices(len(plate), 1)
    flat = np.linalg.norm(plate[first] - plate[second], axis=1)
    straight = np.linalg.norm(at[first] - at[second], axis=1)
    # Straight through the body is a little shorter than along bent skin.
    assert (straight <= 1.05 * flat).all()
    assert (straight >= 0.88 * flat).all()


@settings(deadline=None, max_examples=30)
@given(st.sampled_from(STAMPS), st.sampled_from(FLAT), st.floats(-180, 180))
def test_turned_by_as_much_the_other_way_on_the_other_side_it_is_the_image(stamp, key, turn):
    place = ATLAS.middle_of(key)
    other = ATLAS.mirror(place)
    here = pressed(SKIN, place, stamp, turn)
    there = pressed(SKIN, other, stamp, -turn)
    mirrored = body(here.laid) * (-1, 1, 1)
    away = np.linalg.norm(mirrored[:, None] - body(there.laid)[None], axis=2).min(axis=1)
    assert away.max() < 0.3


def test_its_y_points_to_the_head_and_a_turn_goes_counter_clockwise():
    place = ATLAS.middle_of("abdomen_lower.midline")
    done = pressed(SKIN, place, by_id("cross_5"))
    middle, up, right, *_ = body(done.laid)
    assert up[1] - middle[1] == pytest.approx(10, rel=0.06)
    # The patient's left is at the right of who looks from outside.
    assert right[0] - middle[0] == pytest.approx(10, rel=0.06)
    turned = body(pressed(SKIN, place, by_id("cross_5"), 90).laid)
    assert np.linalg.norm(turned[2] - up) < 0.2


def test_needles_beside_a_finger_find_no_skin():
    view = ATLAS.view("hand_dorsum_left")
    finger = next(
        point
        for y in np.linspace(0.1, 0.4, 20)
        for x in np.linspace(0.2, 0.8, 40)
        if (point := view.pick(x * view.width_px, y * view.height_px)) is not None
        and ATLAS.region_of(point).group == "hand"
    )
    assert isinstance(finger, SurfacePoint)
    done = pressed(SKIN, finger, by_id("grid_9"))
    assert 0 < done.missed < 9
    assert len(done.laid) == 9 - done.missed
