"""Footprints of multi-injectors, and where the needles of one press go into the skin."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from itertools import combinations
from math import atan2, cos, degrees, hypot, radians, sin
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from mesodesk.domain.bodymap.planar import FloatArray
from mesodesk.domain.clinical_files import Entry, Source, by_id, folder, load_sources, read
from mesodesk.domain.texts import LocalText

if TYPE_CHECKING:
    from mesodesk.domain.bodymap.filling import LaidPoints
    from mesodesk.domain.bodymap.patch import Patch
    from mesodesk.domain.bodymap.skin import Skin
    from mesodesk.domain.bodymap.view import SurfacePoint

NEAREST_MM: Final = 1.0
"""Two needles nearer than this are a mistake in the file."""

# The skin is laid flat so far around the needles, or its edge would bend the middle.
_AROUND_MM: Final = 8.0
# A needle does not reach skin that turns away from the plate by more than 60 degrees.
_FACING: Final = 0.5


@dataclass(frozen=True)  # without slots: the spacing is computed once
class Stamp:
    """The needles of a device on its plate, in mm from the middle: x to the right, y up."""

    id: str
    name: LocalText
    needles: tuple[tuple[Decimal, Decimal], ...]
    sources: tuple[Source, ...]

    @cached_property
    def spacing_mm(self) -> Decimal:
        """The least distance between two needles, to a tenth of a millimetre."""
        return Decimal(str(round(min(_distances(self.needles)), 1))).normalize()

    @property
    def reach_mm(self) -> float:
        """How far the outermost needle is from the middle."""
        return max(hypot(float(x), float(y)) for x, y in self.needles)


@dataclass(frozen=True, slots=True)
class Pressed:
    """Where the needles of a press go in, and how many of them find no skin."""

    laid: "LaidPoints"
    missed: int


@cache
def load_stamps(path: Path | None = None) -> tuple[Stamp, ...]:
    """Return the footprints of a file, by default those shipped.

    Raises:
        ClinicalDataError: if the file is wrong: no source, needles nearer than 1 mm.
    """
    file = read(path or folder() / "stamps.toml")
    sources = load_sources()
    stamps = by_id(file, (_stamp(entry, sources) for entry in file.tables("stamp")))
    file.done()
    if not stamps:
        raise file.wrong("there is no footprint")
    return tuple(stamps.values())


def stamp_name(stamp_id: str, language: str) -> str:
    """Return what a footprint is called; one that the file does not have any more by its id."""
    found = next((stamp for stamp in load_stamps() if stamp.id == stamp_id), None)
    return stamp_id if found is None else found.name.get(language)


def _stamp(entry: Entry, sources: dict[str, Source]) -> Stamp:
    stamp = Stamp(
        id=entry.text("id"),
        name=entry.local("name"),
        needles=entry.pairs("needles"),
        sources=entry.sources(sources),
    )
    entry.done()
    if len(stamp.needles) < 2:
        raise entry.wrong("needs two needles at least")
    if min(_distances(stamp.needles)) < NEAREST_MM:
        raise entry.wrong("two `needles` are nearer than 1 mm")
    return stamp


def _distances(needles: Sequence[tuple[Decimal, Decimal]]) -> list[float]:
    return [hypot(float(a[0] - b[0]), float(a[1] - b[1])) for a, b in combinations(needles, 2)]


def pressed(
    skin: "Skin", place: "SurfacePoint", stamp: Stamp, turn_deg: float = 0.0, scale: float = 1.0
) -> Pressed:
    """Put a footprint flat on the skin.

    Distances are measured along the skin. Needles that would not reach it are left out: the skin
    ends there, or turns away from the plate, as around a finger.

    Args:
        skin: of a body at its own height.
        place: of the middle of the plate.
        stamp: the footprint.
        turn_deg: counter-clockwise, seen from outside; at 0 its y points to the head, on the crown
            and the sole forward.
        scale: how much taller the patient is than the body.

    Raises:
        numpy.linalg.LinAlgError: if the skin there cannot be laid flat.
    """
    from mesodesk.domain.bodymap.filling import LaidPoints

    patch = _around(skin, place, (stamp.reach_mm + _AROUND_MM) / scale)
    rows, u, v = patch.find(_flat(patch, place) + _turned(stamp, turn_deg) / scale)
    triangle = patch.triangles[np.maximum(rows, 0)]
    reached = rows >= 0
    laid = LaidPoints(
        triangle[reached], u[reached], v[reached], np.zeros(int(reached.sum()), dtype=np.bool_)
    )
    return Pressed(laid, int((~reached).sum()))


def bearing_deg(
    skin: "Skin", place: "SurfacePoint", toward: "SurfacePoint", stamp: Stamp, scale: float = 1.0
) -> float | None:
    """Return the turn that points a footprint's x to another place; None if that is too far off.

    Raises:
        numpy.linalg.LinAlgError: if the skin there cannot be laid flat.
    """
    patch = _around(skin, place, (stamp.reach_mm + _AROUND_MM) / scale)
    if patch.rows_of(np.array([toward.triangle]))[0] < 0:
        return None
    x, y = (_flat(patch, toward) - _flat(patch, place))[0].tolist()
    return degrees(atan2(y, x)) if hypot(x, y) > 0 else None


@lru_cache(maxsize=4)
def _around(skin: "Skin", place: "SurfacePoint", reach_mm: float) -> "Patch":
    """Lay the skin flat that a plate on a place can reach; kept while the plate is turned there."""
    near = skin.around(place, reach_mm)
    plate = skin.surface.normals(np.array([place.triangle]))[0]
    facing = near[skin.surface.normals(near) @ plate >= _FACING]
    return skin.lay_out(next(piece for piece in skin.pieces(facing) if place.triangle in piece))


def _flat(patch: "Patch", place: "SurfacePoint") -> FloatArray:
    row = patch.rows_of(np.array([place.triangle]))
    return patch.to_flat(row, np.array([place.u]), np.array([place.v]))


def _turned(stamp: Stamp, turn_deg: float) -> FloatArray:
    needles = np.array([[float(x), float(y)] for x, y in stamp.needles])
    c, s = cos(radians(turn_deg)), sin(radians(turn_deg))
    result: FloatArray = needles @ np.array([[c, s], [-s, c]])
    return result
