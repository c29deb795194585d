"""The body atlas: the skin of a female and a male body, its regions and the pictures of it.

Both bodies share their triangles, so a place on the skin means the same on either figure,
whatever the patient's height.
"""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mesodesk.assets import resources
from mesodesk.domain.bodymap.planar import FloatArray, IntArray
from mesodesk.domain.bodymap.regions import (
    UNREADABLE,
    AtlasError,
    Region,
    Side,
    regions_of,
)
from mesodesk.domain.bodymap.skin import Skin
from mesodesk.domain.bodymap.view import Camera, Surface, SurfacePoint, View

__all__ = [
    "Atlas",
    "AtlasError",
    "Region",
    "Side",
    "SurfacePoint",
    "View",
    "available_sexes",
    "load_atlas",
    "shipped_atlas_id",
]

_SEXES = ("female", "male")
# A view is good enough if the skin there faces the viewer at least this squarely (cosine).
_SQUARE_ENOUGH = 0.75
# Share of the picture's size that a point should keep from its border to count as well shown.
_MARGIN = 0.06
# So near the midline a place is on neither side. Aim, marks on the skin and a click on the figure
# are no finer than some millimetres, so a side told there would be chance; points 15 mm apart in
# rows from the midline outwards still count where they belong.
_MIDLINE_MM = 5.0
_SIDES = (Side.LEFT, Side.RIGHT, Side.MIDLINE)


class Atlas:
    """The skin of one body: places, regions, sides and views."""

    def __init__(
        self,
        atlas_id: str,
        sex: str,
        surface: Surface,
        regions: tuple[Region, ...],
        region_of_triangle: NDArray[np.uint8],
        views: tuple[View, ...],
    ) -> None:
        self.atlas_id = atlas_id
        self.sex = sex
        self.regions = regions
        self.views = views
        self._surface = surface
        self._region_of_triangle = region_of_triangle

    @property
    def surface(self) -> Surface:
        """The skin itself, at the figure's own height."""
        return self._surface

    @cached_property
    def regions_by_key(self) -> Mapping[str, Region]:
        return MappingProxyType({region.key: region for region in self.regions})

    @cached_property
    def skin(self) -> Skin:
        """The skin as a net, from which areas are cut."""
        return Skin(self._surface)

    @property
    def height_mm(self) -> float:
        """The height of the body as it is stored; patients' bodies are scaled from it."""
        return self._surface.height_mm

    def triangles_of(self, keys: Iterable[str]) -> IntArray:
        """Return the triangles of regions.

        Raises:
            KeyError: if there is no region of such a key.
        """
        wanted = [self.regions_by_key[key].index for key in keys]
        return np.flatnonzero(np.isin(self._region_of_triangle, wanted))

    def middle_of(self, key: str) -> SurfacePoint:
        """Return a place in the middle of a region.

        Raises:
            KeyError: if there is no region of that key.
        """
        return self.middle_among(self.triangles_of([key]))

    def middle_among(self, triangles: IntArray) -> SurfacePoint:
        """Return a place in the middle of some triangles, one or more, shape (n,)."""
        middles = self._surface.corners(triangles).mean(axis=1)
        away = np.linalg.norm(middles - middles.mean(axis=0), axis=1)
        return SurfacePoint(int(triangles[int(np.argmin(away))]), 1 / 3, 1 / 3)

    @property
    def triangle_count(self) -> int:
        return len(self._surface.triangles)

    def view(self, view_id: str) -> View:
        """Return a view by its id.

        Raises:
            KeyError: if there is no such view.
        """
        for view in self.views:
            if view.view_id == view_id:
                return view
        raise KeyError(view_id)

    def region_of(self, point: SurfacePoint) -> Region:
        """Return the region in which a point lies."""
        return self.regions[int(self._region_of_triangle[point.triangle])]

    def region_indices(self, triangles: IntArray) -> IntArray:
        """Return for each triangle the index of its region."""
        return self._region_of_triangle[np.asarray(triangles, dtype=np.int64)].astype(np.int64)

    @cached_property
    def _side_of_region(self) -> IntArray:
        return np.array([_SIDES.index(region.side) for region in self.regions])

    @property
    def sides(self) -> tuple[Side, ...]:
        """What the numbers of `side_indices` mean."""
        return _SIDES

    def side_indices(self, triangles: IntArray, u: FloatArray, v: FloatArray) -> IntArray:
        """Return for each place the index in `sides` of the patient's side that it is on.

        Within a region of one side that is its side. In a region across the midline it is the half
        of the body, and the midline only within 5 mm of it on the body at its own height, so that
        a side never depends on the patient's height.
        """
        chosen = np.asarray(triangles, dtype=np.int64)
        second, third = np.asarray(u, dtype=np.float64), np.asarray(v, dtype=np.float64)
        half = self.triangle_count // 2
        right = chosen >= half
        # Measured on the left half, where a place and its mirror image are one to the last bit.
        x_mm = self._surface.places(
            np.where(right, chosen - half, chosen),
            np.where(right, third, second),
            np.where(right, second, third),
        )[:, 0]
        of_place = np.where(right, _SIDES.index(Side.RIGHT), _SIDES.index(Side.LEFT))
        middle = _SIDES.index(Side.MIDLINE)
        of_place[x_mm <= _MIDLINE_MM] = middle
        of_region = self._side_of_region[self.region_indices(chosen)]
        return np.where(of_region == middle, of_place, of_region)

    def positions_mm(
        self, triangles: IntArray, u: FloatArray, v: FloatArray, height_cm: float
    ) -> FloatArray:
        """Return positions in mm on a body of the patient's height, shape (n, 3)."""
        chosen = np.asarray(triangles, dtype=np.int64)
        places = self._surface.places(
            chosen, np.asarray(u, dtype=np.float64), np.asarray(v, dtype=np.float64)
        )
        scaled: FloatArray = places * (height_cm * 10 / self._surface.height_mm)
        return scaled

    def mirror(self, point: SurfacePoint) -> SurfacePoint:
        """Return the same place on the other side of the body."""
        half = self.triangle_count // 2
        return SurfacePoint((point.triangle + half) % (2 * half), point.v, point.u)

    def best_view(self, point: SurfacePoint) -> View:
        """Return the closest view that shows a point squarely, else the one that shows it best."""
        place = _one(point)
        ranked = self._ranked(place)
        for view in ranked:
            if view.project(*place)[1][0]:
                return view
        return next((view for view in ranked if not view.closeup), ranked[0])

    def likely_view(self, point: SurfacePoint) -> View:
        """Return the best view as far as the point alone tells: other skin may be before it.

        Much cheaper than `best_view`, which looks behind other skin in one view after the other.
        """
        place = _one(point)
        ranked = self._ranked(place)
        return next((view for view in ranked if view.could_show(*place)), ranked[0])

    def _ranked(self, point: tuple[IntArray, FloatArray, FloatArray]) -> list[View]:
        """Return the views, the closest of those that show a point squarely first."""
        normal = self._surface.normals(point[0])[0]
        place = self._surface.places(*point)

        def rank(view: View) -> tuple[bool, float]:
            facing = float(normal @ view.camera.toward)
            square = facing >= _SQUARE_ENOUGH and _well_inside(view, place)
            return square, -view.camera.mm_per_px if square else facing

        return sorted(self.views, key=rank, reverse=True)


def _one(point: SurfacePoint) -> tuple[IntArray, FloatArray, FloatArray]:
    return np.array([point.triangle]), np.array([point.u]), np.array([point.v])


def _well_inside(view: View, place: FloatArray) -> bool:
    share = view.camera.project(place)[0][0] / (view.width_px, view.height_px)
    return bool((share > _MARGIN).all() and (share < 1 - _MARGIN).all())


def available_sexes() -> tuple[str, ...]:
    """Return the bodies that the atlas holds."""
    return _SEXES


@cache
def shipped_atlas_id() -> str:
    """Return the id of the atlas that came with the program, without reading its bodies.

    Raises:
        AtlasError: if its file is missing or damaged.
    """
    try:
        with np.load(resources() / "bodymap" / "atlas.npz", allow_pickle=False) as stored:
            return str(stored["atlas_id"])
    except (OSError, ValueError, KeyError) as error:
        raise AtlasError(UNREADABLE) from error


@cache
def load_atlas(sex: str) -> Atlas:
    """Return the atlas of one body; both are kept once loaded.

    Raises:
        AtlasError: if there is no such body, or its files are missing or damaged.
    """
    if sex not in _SEXES:
        raise AtlasError(f"There is no body figure for “{sex}”. Choose female or male.")
    folder = resources() / "bodymap"
    try:
        return _read(folder, sex)
    except (OSError, ValueError, KeyError) as error:
        raise AtlasError(UNREADABLE) from error


def _read(folder: Path, sex: str) -> Atlas:
    regions_text = tomllib.loads((folder / "regions.toml").read_text("utf-8"))
    views_text = tomllib.loads((folder / "views.toml").read_text("utf-8"))
    with np.load(folder / "atlas.npz", allow_pickle=False) as stored:
        codes = [str(code) for code in stored["codes"]]
        regions, numbers = read_regions(regions_text, codes)
        surface = read_surface(stored, sex).compact()
        # There are some hundred regions, and one such number for each of many triangles.
        labels, small = stored["labels"], numbers.astype(np.uint8)
        of_triangle = np.concatenate([small[labels, 0], small[labels, 1]])
        views = tuple(
            _view(stored, sex, view_id, entry, folder, surface, regions, of_triangle)
            for view_id, entry in view_entries(views_text).items()
        )
        return Atlas(str(stored["atlas_id"]), sex, surface, regions, of_triangle, views)


def read_regions(text: dict[str, Any], codes: list[str]) -> tuple[tuple[Region, ...], IntArray]:
    """Return the regions, and for each stored code its region on the left and on the right."""
    regions = regions_of(text)
    numbers = np.zeros((len(codes), 2), dtype=np.int64)
    for region in regions:
        code = codes.index(region.code)
        if region.side is not Side.RIGHT:
            numbers[code, 0] = region.index
        # On the midline both are the same.
        numbers[code, 1] = region.index
    return regions, numbers


def read_surface(stored: Mapping[str, NDArray[Any]], sex: str) -> Surface:
    """Join the stored left half and its reflection along the midline."""
    left = stored[f"{sex}.positions"] * float(stored["step_mm"])
    partner = reflection(left)
    inner = partner >= len(left)
    positions = np.concatenate([left, left[inner] * (-1.0, 1.0, 1.0)])
    half = stored["triangles"].astype(np.int64)
    triangles = np.concatenate([half, partner[half[:, [0, 2, 1]]]])
    height = float(np.ptp(positions[:, 1]))
    return Surface(positions, triangles, height)


def reflection(left: NDArray[Any]) -> IntArray:
    """Return for each vertex of the left half its reflection; the midline's are their own."""
    inner = left[:, 0] > 0
    partner = np.arange(len(left))
    partner[inner] = len(left) + np.arange(int(inner.sum()))
    return partner


def _view(
    stored: Mapping[str, NDArray[Any]],
    sex: str,
    view_id: str,
    entry: dict[str, Any],
    folder: Path,
    surface: Surface,
    regions: tuple[Region, ...],
    of_triangle: NDArray[np.uint8],
) -> View:
    numbers = stored[f"{sex}.{view_id}.camera"]
    camera = Camera(
        numbers[0:3], numbers[3:6], numbers[6:9], numbers[9:12],
        float(numbers[12]), int(numbers[13]), int(numbers[14]),
    )  # fmt: skip
    ends = np.cumsum(stored[f"{sex}.{view_id}.line_lengths"])
    points = stored[f"{sex}.{view_id}.lines"].astype(np.float32) / 32
    return View(
        view_id,
        MappingProxyType({key: entry[key] for key in ("en", "fr", "it", "es")}),
        camera,
        surface,
        left_out(entry, regions),
        folder / sex / f"{view_id}.webp",
        tuple(np.split(points, ends[:-1])),
        bool(entry["closeup"]),
        part_of=of_triangle,
    )


def view_entries(text: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what views.toml says of each view, reflections written out."""
    entries: dict[str, dict[str, Any]] = {}
    for view_id, entry in text["views"].items():
        twin = entries.get(entry.get("mirrors", ""), {})
        entries[view_id] = {key: _swapped(value) for key, value in twin.items()} | entry
    return entries


def _swapped(value: object) -> object:
    """Return a property of a view as it is for the other side of the body."""
    if not isinstance(value, list):
        return value
    if value and isinstance(value[0], str):
        return [_other_side(name) for name in value]
    return [-value[0], *value[1:]]


def _other_side(name: str) -> str:
    stem, dot, side = name.partition(".")
    return stem + dot + {"left": "right", "right": "left"}.get(side, side)


def left_out(entry: Mapping[str, Any], regions: tuple[Region, ...]) -> NDArray[np.bool_]:
    """Return which regions a view does not show at all."""
    if "only" in entry:
        return ~chosen(entry["only"], regions)
    return chosen(entry.get("without", ()), regions)


def chosen(wanted: Iterable[str], regions: tuple[Region, ...]) -> NDArray[np.bool_]:
    """Return which regions a list of codes and groups names, with or without a side."""
    names = frozenset(wanted)
    return np.array(
        [bool(names & {r.code, r.group, r.key, f"{r.group}.{r.side}"}) for r in regions]
    )
