"""Laws of exposure: nothing is lost, nothing leaks to skin that is far along the skin."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.exposure import KERNEL_MM, NEVER, Exposure
from mesodesk.domain.bodymap.exposure_net import FINE_MM, Places
from mesodesk.domain.bodymap.exposure_scale import (
    CLASSES,
    DAYS,
    VOLUME_ML,
    day_class,
    scale_of_active,
)
from mesodesk.domain.bodymap.view import SurfacePoint

ATLAS = load_atlas("female")
PEAK_PER_CM2 = 3 / np.pi  # of one unit on flat skin
SEED = st.integers(0, 2**32 - 1)
HEIGHTS = st.floats(120, 210)


def scattered(count, seed, keys=None):
    """Return places spread evenly over the whole skin, or over regions."""
    chance = np.random.default_rng(seed)
    among = np.arange(ATLAS.triangle_count)
    if keys is not None:
        wanted = [ATLAS.regions_by_key[key].index for key in keys]
        among = among[np.isin(ATLAS.region_indices(among), wanted)]
    u, v = chance.random(count), chance.random(count)
    folded = u + v > 1
    u[folded], v[folded] = 1 - u[folded], 1 - v[folded]
    a, b, c = ATLAS.surface.corners(among).transpose(1, 0, 2)
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    return Places(chance.choice(among, count, p=area / area.sum()), u, v)


def point(places, number=0):
    return SurfacePoint(*(each[number].item() for each in places))


def integral(exposure, density, height_cm):
    """Integrate by the triangles of the net, not by the areas that the kernel was made with."""
    corners = exposure.net.positions[exposure.net.triangles]
    scale = height_cm * 10 / ATLAS.surface.height_mm
    a, b, c = (corners * scale / 10).transpose(1, 0, 2)
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
    return float((density[exposure.net.triangles].mean(axis=1) * area).sum())


@settings(max_examples=30, deadline=None)
@given(seed=SEED, count=st.integers(1, 40), height_cm=HEIGHTS)
def test_the_integral_over_the_skin_is_what_was_given(seed, count, height_cm):
    amounts = np.random.default_rng(seed).random(count) + 0.01
    exposure = Exposure(ATLAS, scattered(count, seed), height_cm)
    found = integral(exposure, exposure.density(amounts), height_cm)
    assert found == pytest.approx(amounts.sum(), rel=0.01)


@settings(max_examples=20, deadline=None)
@given(seed=SEED, height_cm=HEIGHTS)
def test_every_map_is_the_sum_of_its_points(seed, height_cm):
    places = scattered(12, seed, ["abdomen_lower.midline"])
    exposure = Exposure(ATLAS, places, height_cm)
    one, other = np.zeros(12), np.zeros(12)
    one[:5], other[5:] = 0.05, 0.2
    whole = exposure.density(one + other)
    assert whole == pytest.approx(exposure.density(one) + exposure.density(other))
    assert (whole >= 0).all()


@pytest.mark.parametrize("key", ["thigh_front_upper.left", "abdomen_lower.midline", "cheek.right"])
def test_one_point_on_open_skin_has_the_height_of_the_kernel(key):
    found = [
        Exposure(ATLAS, scattered(1, seed, [key]), 168.0).density(np.ones(1)).max()
        for seed in range(20)
    ]
    assert np.median(found) == pytest.approx(PEAK_PER_CM2, rel=0.1)
    assert max(found) < 1.35 * PEAK_PER_CM2


def test_the_same_points_are_denser_on_a_smaller_body():
    places = scattered(20_000, 1, ["abdomen_upper.midline", "abdomen_lower.midline"])
    typical = {}
    for height_cm in (120.0, 180.0):
        exposure = Exposure(ATLAS, places, height_cm)
        density = exposure.density(np.full(20_000, 0.01))
        # Not the border, over which the kernel spills.
        typical[height_cm] = np.median(density[density > density.max() / 2])
    assert typical[120.0] / typical[180.0] == pytest.approx((180 / 120) ** 2, rel=0.05)


def test_without_a_height_the_figures_own_is_taken():
    places = scattered(5, 3)
    own_cm = ATLAS.surface.height_mm / 10
    assert Exposure(ATLAS, places).density(np.ones(5)) == pytest.approx(
        Exposure(ATLAS, places, own_cm).density(np.ones(5))
    )


def inner_thighs():
    """Return the nearest places of both inner thighs, 5 cm below where these become one skin."""
    triangles = np.arange(ATLAS.triangle_count)
    third = np.full(len(triangles), 1 / 3)
    middles = ATLAS.surface.places(triangles, third, third)
    skin = ATLAS.surface.positions
    joined_at = skin[np.abs(skin[:, 0]) < 1, 1].min()
    level = np.abs(middles[:, 1] - (joined_at - 50)) < 10
    inner = np.flatnonzero(level & (middles[:, 0] > 0))
    left = SurfacePoint(int(inner[np.argmin(middles[inner, 0])]), 1 / 3, 1 / 3)
    return left, ATLAS.mirror(left)


def as_places(*points):
    return Places(
        np.array([each.triangle for each in points]),
        np.array([each.u for each in points]),
        np.array([each.v for each in points]),
    )


def test_nothing_leaks_from_thigh_to_thigh():
    left, right = inner_thighs()
    apart = np.linalg.norm(np.diff(ATLAS.surface.places(*as_places(left, right)), axis=0))
    # The figure stands with its legs apart: on so small a one they are within the kernel.
    height_cm = 40.0
    assert apart * height_cm * 10 / ATLAS.surface.height_mm < KERNEL_MM
    exposure = Exposure(ATLAS, as_places(left, right), height_cm)
    density = exposure.density(np.array([1.0, 0.0]))
    assert density.max() > 0
    assert not density[exposure.net.positions[:, 0] < 0].any()
    assert list(exposure.around(left)) == [0]
    assert list(exposure.around(right)) == [1]


def test_nothing_leaks_from_finger_to_finger_or_lip_to_lip():
    """On skin near in space the density must end where the way over the skin is too long."""
    for key in ("hand_dorsum.left", "perioral.midline"):
        exposure = Exposure(ATLAS, scattered(25, 11, [key]), 168.0)
        for number in range(25):
            only = np.zeros(25)
            only[number] = 1.0
            density = exposure.density(only)
            assert reached_over_the_skin(exposure, number)[density > 0].all()


def reached_over_the_skin(exposure, number):
    """Return which vertices edges lead to from a point within the kernel's ball in space."""
    net = exposure.net
    at = ATLAS.surface.places(*(each[number : number + 1] for each in exposure.places))
    inside = np.linalg.norm(net.positions - at, axis=1) <= KERNEL_MM + FINE_MM
    reached = np.zeros(len(net.positions), dtype=bool)
    reached[np.argmin(np.linalg.norm(net.positions - at, axis=1))] = True
    while True:
        touching = net.triangles[reached[net.triangles].any(axis=1)].ravel()
        grown = reached.copy()
        grown[touching] = True
        grown &= inside
        if (grown == reached).all():
            return reached
        reached = grown


@settings(max_examples=20, deadline=None)
@given(seed=SEED)
def test_what_is_around_a_point_is_mutual_and_holds_itself(seed):
    places = scattered(60, seed, ["cheek.left", "jawline.left"])
    exposure = Exposure(ATLAS, places, 168.0)
    around = [set(exposure.around(point(places, number)).tolist()) for number in range(60)]
    at = ATLAS.positions_mm(*places, 168.0)
    for number, others in enumerate(around):
        assert number in others
        for other in others:
            assert np.linalg.norm(at[number] - at[other]) <= KERNEL_MM + 1e-6
    mutual = sum(number in around[other] for number in range(60) for other in around[number])
    assert mutual >= 0.97 * sum(map(len, around))


def test_far_from_every_point_nothing_is_around():
    exposure = Exposure(ATLAS, scattered(5, 1, ["thigh_front_upper.left"]), 168.0)
    cheek = point(scattered(1, 1, ["cheek.left"]))
    assert list(exposure.around(cheek)) == []
    none = Exposure(ATLAS, Places(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0)))
    assert list(none.around(cheek)) == []
    assert none.density(np.zeros(0)).sum() == 0


def test_the_latest_day_within_the_kernel_counts_and_only_of_chosen_points():
    places = as_places(*[point(scattered(1, 5, ["abdomen_lower.midline"]))] * 3)
    exposure = Exposure(ATLAS, places, 168.0)
    days = np.array([100, 300, 200])
    every = exposure.latest(days, np.ones(3, dtype=bool))
    assert set(np.unique(every).tolist()) == {NEVER, 300}
    some = exposure.latest(days, np.array([True, False, True]))
    assert some.max() == 200
    assert ((every == NEVER) == (some == NEVER)).all()
    near = exposure.nearest_mm(np.array([True, False, False]))
    assert ((near <= KERNEL_MM) == (every != NEVER)).all()


def test_the_net_has_no_long_edge_and_loses_no_skin():
    exposure = Exposure(ATLAS, scattered(10, 2), 168.0)
    net = exposure.net
    corners = net.positions[net.triangles]
    assert np.linalg.norm(np.roll(corners, -1, axis=1) - corners, axis=2).max() <= FINE_MM + 1e-9
    parents = np.unique(net.parent)
    a, b, c = ATLAS.surface.corners(parents).transpose(1, 0, 2)
    whole = np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2
    assert net.areas_mm2.sum() == pytest.approx(whole)
    # Conforming: but for its rim every edge has a triangle on both sides.
    edges = np.sort(
        np.stack([net.triangles, np.roll(net.triangles, -1, axis=1)], axis=2).reshape(-1, 2), axis=1
    )
    _, sides = np.unique(edges, axis=0, return_counts=True)
    assert sides.max() == 2


@settings(max_examples=100, deadline=None)
@given(per_ml=st.fractions(min_value=Fraction(1, 10**6), max_value=10**6))
def test_the_scale_of_an_active_is_round_and_follows_the_volume(per_ml):
    scale = scale_of_active(per_ml)
    assert len(scale) == CLASSES == len(VOLUME_ML)
    for begin in scale:
        digits = str(float(begin)).replace(".", "").split("e")[0].strip("0")
        assert digits in ("1", "2", "5")
    assert list(scale) == sorted(set(scale))
    for begin, volume in zip(scale, VOLUME_ML, strict=True):
        assert Fraction(1, 4) < begin / (volume * per_ml) <= Fraction(5, 4)


def test_a_scale_needs_a_concentration():
    with pytest.raises(ValueError, match="above 0"):
        scale_of_active(Fraction(0))


def test_days_fall_into_classes():
    found = [day_class(days) for days in (-3, 0, 6, 7, 13, 14, 364, 365, 4000)]
    assert found == [0, 0, 0, 1, 1, 2, 5, 6, 6]
    assert DAYS[0] == 0
