"""The body atlas: the skin of a female and a male body, its regions and the pictures of it.

Both bodies share their triangles, so a place on the skin means the same on either figure,
whatever the patient's height.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mesodesk.assets import resources
from mesodesk.domain.bodymap.view import (
    Camera,
    FloatArray,
    IntArray,
    Surface,
    SurfacePoint,
    View,
)

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
_UNREADABLE = (
    "The body map cannot be opened: its files are missing or damaged. "
    "No record is affected. Reinstall the program to restore them."
)
# A view is good enough if the skin there faces the viewer at least this squarely (cosine).
_SQUARE_ENOUGH = 0.75
# Share of the picture's size that a point should keep from its border to count as well shown.
_MARGIN = 0.06


class AtlasError(Exception):
    """The atlas cannot be used; the argument is a sentence for the user."""


class Side(StrEnum):
    """The patient's own side."""

    LEFT = "left"
    RIGHT = "right"
    MIDLINE = "midline"


@dataclass(frozen=True, slots=True)
class Region:
    """A named part of the skin."""

    index: int
    code: str
    side: Side
    group: str
    names: Mapping[str, str]  # by language, side included

    @property
    def key(self) -> str:
        """The stable key that records store, for example `thigh_outer_upper.left`."""
        return f"{self.code}.{self.side}"

    def name(self, language: str = "en") -> str:
        """Return the name with its side, in English if there is none in the language."""
        return self.names.get(language, self.names["en"])


class Atlas:
    """The skin of one body: places, regions, sides and views."""

    def __init__(
        self,
        atlas_id: str,
        sex: str,
        surface: Surface,
        regions: tuple[Region, ...],
        region_of_triangle: IntArray,
        views: tuple[View, ...],
    ) -> None:
        self.atlas_id = atlas_id
        self.sex = sex
        self.regions = regions
        self.views = views
        self._surface = surface
        self._region_of_triangle = region_of_triangle

    @cached_property
    def regions_by_key(self) -> Mapping[str, Region]:
        return MappingProxyType({region.key: region for region in self.regions})

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
        return self._region_of_triangle[np.asarray(triangles, dtype=np.int64)]

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
        triangle = np.array([point.triangle])
        u, v = np.array([point.u]), np.array([point.v])
        normal = self._surface.normals(triangle)[0]
        place = self._surface.places(triangle, u, v)

        def rank(view: View) -> tuple[bool, float]:
            facing = float(normal @ view.camera.toward)
            square = facing >= _SQUARE_ENOUGH and _well_inside(view, place)
            return square, -view.camera.mm_per_px if square else facing

        ranked = sorted(self.views, key=rank, reverse=True)
        for view in ranked:
            if view.project(triangle, u, v)[1][0]:
                return view
        return next((view for view in ranked if not view.closeup), ranked[0])


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
        raise AtlasError(_UNREADABLE) from error


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
        raise AtlasError(_UNREADABLE) from error


def _read(folder: Path, sex: str) -> Atlas:
    regions_text = tomllib.loads((folder / "regions.toml").read_text("utf-8"))
    views_text = tomllib.loads((folder / "views.toml").read_text("utf-8"))
    with np.load(folder / "atlas.npz", allow_pickle=False) as stored:
        codes = [str(code) for code in stored["codes"]]
        regions, numbers = read_regions(regions_text, codes)
        surface = read_surface(stored, sex)
        labels = stored["labels"].astype(np.int64)
        of_triangle = np.concatenate([numbers[labels, 0], numbers[labels, 1]])
        views = tuple(
            _view(stored, sex, view_id, entry, folder, surface, regions, of_triangle)
            for view_id, entry in view_entries(views_text).items()
        )
        return Atlas(str(stored["atlas_id"]), sex, surface, regions, of_triangle, views)


def read_regions(text: dict[str, Any], codes: list[str]) -> tuple[tuple[Region, ...], IntArray]:
    """Return the regions, and for each stored code its region on the left and on the right."""
    regions: list[Region] = []
    numbers = np.zeros((len(codes), 2), dtype=np.int64)
    for code, entry in text["regions"].items():
        sides = (Side.LEFT, Side.RIGHT) if entry["sided"] else (Side.MIDLINE,)
        numbers[codes.index(code)] = (len(regions), len(regions) + len(sides) - 1)
        for side in sides:
            names = {
                language: _worded(entry[language], text["sides"][language], side)
                for language in text["sides"]
            }
            regions.append(
                Region(len(regions), code, side, entry["group"], MappingProxyType(names))
            )
    return tuple(regions), numbers


def _worded(template: str, words: dict[str, list[str]], side: Side) -> str:
    """Put the side into a name, in the gender and number that the name asks for."""
    if side is Side.MIDLINE:
        return template
    which = 0 if side is Side.LEFT else 1
    name = template.format_map({form: pair[which] for form, pair in words.items()})
    return name[0].upper() + name[1:]


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
    of_triangle: IntArray,
) -> View:
    numbers = stored[f"{sex}.{view_id}.camera"]
    camera = Camera(
        numbers[0:3], numbers[3:6], numbers[6:9], numbers[9:12],
        float(numbers[12]), int(numbers[13]), int(numbers[14]),
    )  # fmt: skip
    hidden = left_out(entry, regions)
    ends = np.cumsum(stored[f"{sex}.{view_id}.line_lengths"])
    points = stored[f"{sex}.{view_id}.lines"].astype(np.float32) / 32
    return View(
        view_id,
        MappingProxyType({key: entry[key] for key in ("en", "fr", "it", "es")}),
        camera,
        surface,
        hidden[of_triangle],
        folder / sex / f"{view_id}.webp",
        tuple(np.split(points, ends[:-1])),
        bool(entry["closeup"]),
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
