"""Laws of the body atlas: places, mirror, regions, scale."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesodesk.assets import resources
from mesodesk.domain.bodymap import atlas as atlas_module
from mesodesk.domain.bodymap import regions as regions_module
from mesodesk.domain.bodymap.atlas import (
    Atlas,
    AtlasError,
    Side,
    SurfacePoint,
    available_sexes,
    load_atlas,
    shipped_atlas_id,
)
from mesodesk.domain.bodymap.regions import load_regions, named, named_together

SEXES = ("female", "male")
LANGUAGES = ("en", "fr", "it", "es")


@pytest.fixture(params=SEXES)
def atlas(request: pytest.FixtureRequest) -> Atlas:
    return load_atlas(request.param)


@st.composite
def places(draw: st.DrawFn) -> SurfacePoint:
    triangle = draw(st.integers(0, load_atlas("female").triangle_count - 1))
    u = draw(st.floats(0, 1, allow_nan=False))
    return SurfacePoint(triangle, u, draw(st.floats(0, 1 - u, allow_nan=False)))


def position(atlas: Atlas, place: SurfacePoint, height_cm: float = 165.0) -> np.ndarray:
    return atlas.positions_mm(
        np.array([place.triangle]), np.array([place.u]), np.array([place.v]), height_cm
    )[0]


def areas(atlas: Atlas) -> np.ndarray:
    """Return the area of every triangle in cm2, measured through the public interface."""
    every = np.arange(atlas.triangle_count)
    zero, one = np.zeros(len(every)), np.ones(len(every))
    a = atlas.positions_mm(every, zero, zero, 165.0)
    b = atlas.positions_mm(every, one, zero, 165.0)
    c = atlas.positions_mm(every, zero, one, 165.0)
    return np.linalg.norm(np.cross(b - a, c - a), axis=1) / 200


def test_there_is_a_female_and_a_male_body() -> None:
    assert available_sexes() == SEXES
    assert load_atlas("female").atlas_id == load_atlas("male").atlas_id == shipped_atlas_id()
    assert shipped_atlas_id().startswith("mesodesk-")


@given(places())
def test_mirroring_twice_is_the_same_place(place: SurfacePoint) -> None:
    for sex in SEXES:
        assert load_atlas(sex).mirror(load_atlas(sex).mirror(place)) == place


@given(places())
def test_a_mirrored_place_lies_opposite(place: SurfacePoint) -> None:
    for sex in SEXES:
        body = load_atlas(sex)
        here, there = position(body, place), position(body, body.mirror(place))
        assert there == pytest.approx(here * (-1, 1, 1), abs=1e-6)


@given(places())
def test_a_mirrored_place_is_in_the_same_region_of_the_other_side(place: SurfacePoint) -> None:
    body = load_atlas("female")
    here, there = body.region_of(place), body.region_of(body.mirror(place))
    other = {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT, Side.MIDLINE: Side.MIDLINE}
    assert (there.code, there.side) == (here.code, other[here.side])


@given(places(), st.floats(40, 230), st.floats(0.5, 3))
def test_positions_scale_with_the_height(
    place: SurfacePoint, height_cm: float, factor: float
) -> None:
    body = load_atlas("male")
    scaled = position(body, place, height_cm * factor)
    assert scaled == pytest.approx(position(body, place, height_cm) * factor, abs=1e-6)


def test_the_body_is_as_tall_as_the_patient(atlas: Atlas) -> None:
    every = np.repeat(np.arange(atlas.triangle_count), 3)
    u, v = (
        np.tile([0.0, 1.0, 0.0], atlas.triangle_count),
        np.tile([0.0, 0.0, 1.0], atlas.triangle_count),
    )
    y = atlas.positions_mm(every, u, v, 172.0)[:, 1]
    assert np.ptp(y) == pytest.approx(1720, abs=1e-6)


def test_the_patients_left_is_plus_x(atlas: Atlas) -> None:
    every = np.arange(atlas.triangle_count)
    third = np.full(len(every), 1 / 3)
    x = atlas.positions_mm(every, third, third, 165.0)[:, 0]
    sides = np.array([str(region.side) for region in atlas.regions])[atlas.region_indices(every)]
    assert (x[sides == "left"] > 0).all()
    assert (x[sides == "right"] < 0).all()


def test_every_region_has_skin_and_the_sides_are_alike(atlas: Atlas) -> None:
    of_triangle = atlas.region_indices(np.arange(atlas.triangle_count))
    total = np.bincount(of_triangle, weights=areas(atlas), minlength=len(atlas.regions))
    assert total.min() > 1.0  # cm2
    by_key = atlas.regions_by_key
    for region in atlas.regions:
        if region.side is Side.LEFT:
            twin = by_key[f"{region.code}.right"]
            assert total[region.index] == pytest.approx(total[twin.index], rel=0.02)
        assert by_key[region.key] is atlas.regions[region.index]


def test_the_clinical_areas_are_there(atlas: Atlas) -> None:
    codes = {region.code for region in atlas.regions}
    assert len(codes) >= 60
    assert codes >= {
        *("submental", "jawline", "cheek", "perioral", "periorbital", "crows_feet", "tear_trough"),
        *("forehead", "glabella", "scalp_frontal", "scalp_crown", "scalp_side", "scalp_occipital"),
        *("neck_front", "neck_back", "decollete", "upper_arm_inner", "upper_arm_outer"),
        *("upper_arm_back", "forearm_front", "forearm_back", "hand_dorsum", "abdomen_upper"),
        *("abdomen_lower", "periumbilical", "flank", "upper_back", "bra_line", "lumbar", "buttock"),
        *("saddlebag", "knee_inner", "knee_front", "calf", "ankle", "foot_dorsum"),
        *(
            f"thigh_{side}_{part}"
            for side in ("front", "back", "inner", "outer")
            for part in ("upper", "lower")
        ),
    }


def test_regions_are_in_one_piece_on_each_side(atlas: Atlas) -> None:
    """A region of one side is connected: no island was left behind by the borders."""
    corners = atlas_module.load_atlas(atlas.sex)._surface.triangles
    of_triangle = atlas.region_indices(np.arange(atlas.triangle_count))
    for region in atlas.regions:
        assert pieces(corners[of_triangle == region.index]) == 1, region.key


def pieces(corners: np.ndarray) -> int:
    root = {int(corner): int(corner) for corner in np.unique(corners)}

    def find(corner: int) -> int:
        while root[corner] != corner:
            root[corner] = corner = root[root[corner]]
        return corner

    for a, b, c in corners.tolist():
        root[find(a)] = root[find(b)] = find(c)
    return len({find(corner) for corner in root})


def test_the_skin_is_closed_and_turned_outwards(atlas: Atlas) -> None:
    corners = atlas._surface.triangles
    sides = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])
    count = int(corners.max()) + 1
    there = sides[:, 0] * count + sides[:, 1]
    back = sides[:, 1] * count + sides[:, 0]
    assert len(np.unique(there)) == len(there)
    assert np.array_equal(np.sort(there), np.sort(back))
    a, b, c = (atlas._surface.positions[corners[:, k]] for k in range(3))
    volume_litres = np.einsum("ij,ij->", a, np.cross(b, c)) / 6e6
    assert 40 < volume_litres < 90


def test_borders_of_regions_are_smooth(atlas: Atlas) -> None:
    """Along a border between two regions the direction changes little from edge to edge."""
    edges, pairs = border_edges(atlas)
    found, number, count = np.unique(pairs, axis=0, return_inverse=True, return_counts=True)
    turns = np.concatenate(
        [turns_along(atlas, edges[number == k]) for k in range(len(found)) if count[k] > 20]
    )
    assert np.median(turns) < 6
    assert np.percentile(turns, 90) < 20


def border_edges(atlas: Atlas) -> tuple[np.ndarray, np.ndarray]:
    """Return the edges between different regions and the two regions of each."""
    corners = atlas._surface.triangles
    of_triangle = np.tile(atlas.region_indices(np.arange(len(corners))), 3)
    sides = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])
    order = np.lexsort(np.sort(sides, axis=1).T)
    sides, of_triangle = np.sort(sides, axis=1)[order], of_triangle[order]
    pairs = np.sort(of_triangle.reshape(-1, 2), axis=1)
    differ = pairs[:, 0] != pairs[:, 1]
    return sides[::2][differ], pairs[differ]


def turns_along(atlas: Atlas, edges: np.ndarray) -> np.ndarray:
    """Return by how many degrees a border turns at each of its vertices."""
    meeting: dict[int, list[int]] = {}
    for a, b in edges.tolist():
        meeting.setdefault(a, []).append(b)
        meeting.setdefault(b, []).append(a)
    middles = [(ends[0], here, ends[1]) for here, ends in meeting.items() if len(ends) == 2]
    before, here, after = atlas._surface.positions[np.array(middles)].transpose(1, 0, 2)
    into, out = here - before, after - here
    cosine = (into * out).sum(axis=1) / (np.linalg.norm(into, axis=1) * np.linalg.norm(out, axis=1))
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_is_there_and_no_two_are_alike(language: str) -> None:
    body = load_atlas("female")
    names = [region.name(language) for region in body.regions]
    assert len(set(names)) == len(names)
    assert not any("{" in name or name != name.strip() for name in names)
    views = [view.name(language) for view in body.views]
    assert len(set(views)) == len(views)


def test_the_side_is_worded_as_the_language_wants() -> None:
    left = load_atlas("female").regions_by_key["thigh_outer_upper.left"]
    right = load_atlas("female").regions_by_key["thigh_outer_upper.right"]
    assert left.name() == "Left outer thigh, upper"
    assert right.name("fr") == "Cuisse droite, face externe, partie haute"
    assert left.name("it") == "Coscia sinistra, faccia esterna, parte alta"
    assert right.name("es") == "Muslo derecho, cara externa, parte alta"
    assert left.name("de") == left.name("en")


def test_an_unknown_figure_is_refused_in_words() -> None:
    with pytest.raises(AtlasError, match="Choose female or male"):
        load_atlas("robot")


def test_missing_files_are_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atlas_module, "resources", lambda: tmp_path)
    with pytest.raises(AtlasError, match="No record is affected"):
        load_atlas.__wrapped__("female")
    (tmp_path / "bodymap").mkdir()
    (tmp_path / "bodymap" / "atlas.npz").write_bytes(b"PK\x03\x04 not an archive")
    with pytest.raises(AtlasError, match="No record is affected"):
        load_atlas.__wrapped__("male")


def test_single_precision_loses_nothing_of_the_stored_skin(atlas: Atlas) -> None:
    with np.load(resources() / "bodymap" / "atlas.npz", allow_pickle=False) as stored:
        exact = atlas_module.read_surface(stored, atlas.sex)
    kept = atlas._surface
    assert kept.positions.dtype == np.float32
    assert np.array_equal(kept.positions.astype(np.float64), exact.positions)
    assert np.array_equal(kept.triangles, exact.triangles)
    every = np.arange(0, atlas.triangle_count, 7)
    u, v = np.full(len(every), 0.21), np.full(len(every), 0.34)
    assert np.array_equal(kept.places(every, u, v), exact.places(every, u, v))
    assert np.array_equal(kept.normals(every), exact.normals(every))


def test_a_body_takes_little_memory() -> None:
    tracemalloc.start()
    try:
        body = load_atlas.__wrapped__("male")
        kept, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert body.triangle_count > 100_000
    assert kept < 4e6
    assert most < 12e6


def test_names_of_regions_need_no_body(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("the body was read")

    monkeypatch.setattr(np, "load", refuse)
    known = load_regions.__wrapped__()
    assert known == atlas.regions_by_key
    assert named(("cheek.left", "gone.right"), "en") == ("Left cheek", "gone.right")


def test_names_that_cannot_be_read_are_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(regions_module, "resources", lambda: tmp_path)
    with pytest.raises(AtlasError, match="No record is affected"):
        load_regions.__wrapped__()


@pytest.mark.parametrize(
    ("language", "together"),
    [
        ("en", "Left and right saddlebag"),
        ("fr", "Culotte de cheval, côté gauche et droit"),
        ("it", "Culotte de cheval, lato sinistro e destro"),
        ("es", "Cartuchera izquierda y derecha"),
        ("xx", "Left and right saddlebag"),
    ],
)
def test_both_sides_of_a_region_are_one_name(language, together):
    keys = ("saddlebag.left", "abdomen_lower.midline", "saddlebag.right")
    assert named_together(keys, language) == (together, *named(keys[1:2], language))


def test_one_side_alone_keeps_its_side():
    keys = ("saddlebag.left", "flank.right", "of_another_atlas.left")
    assert named_together(keys, "en") == named(keys, "en")
    assert named_together((), "en") == ()


def test_every_pair_has_a_name_in_every_language():
    for language in ("en", "fr", "it", "es"):
        for region in load_regions().values():
            pair = (f"{region.code}.left", f"{region.code}.right")
            if region.key in pair:
                (name,) = named_together(pair, language)
                assert name not in named(pair, language)
                assert "{" not in name
