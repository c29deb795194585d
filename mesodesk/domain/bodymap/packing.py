"""The points of a field, packed in one little-endian array.

Layout of one point, 20 bytes: `triangle` u32, `u` f32, `v` f32, `volume` u32 in microlitres,
`depth` u16 in micrometres, `flags` u16 (`PointFlag`). A point is known by its index in the field.
Arrays are never changed in place, so an edit that keeps both states is undone exactly.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import IntFlag
from typing import Final

import numpy as np
from numpy.typing import NDArray

POINT_DTYPE: Final = np.dtype(
    [
        ("triangle", "<u4"),
        ("u", "<f4"),
        ("v", "<f4"),
        ("volume", "<u4"),
        ("depth", "<u2"),
        ("flags", "<u2"),
    ]
)
MAXIMUM_VOLUME_UL: Final = 2**32 - 1
MAXIMUM_DEPTH_UM: Final = 2**16 - 1
# Rounding u and v to 32 bits can push their sum this far past the edge of the triangle.
_EDGE: Final = 1e-6


class PointFlag(IntFlag):
    """What was done to a point by hand after its field was made, and where a row of it begins."""

    NONE = 0
    MOVED = 1
    DOSED = 2
    DEPTH_SET = 4
    ROW_START = 8


class PackingError(ValueError):
    """Bytes or values that are not points on a surface."""


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """One injection: a place on the surface, microlitres and micrometres as whole numbers.

    `u` and `v` are the weights of the triangle's second and third corner.
    """

    triangle: int
    u: float
    v: float
    volume_ul: int
    depth_um: int
    flags: PointFlag = PointFlag.NONE

    @property
    def volume_ml(self) -> Decimal:
        return Decimal(self.volume_ul).scaleb(-3)

    @property
    def depth_mm(self) -> Decimal:
        return Decimal(self.depth_um).scaleb(-3)


def microlitres(volume_ml: Decimal) -> int:
    """Return the volume in whole microlitres.

    Raises:
        PackingError: if it is negative, finer than a microlitre, or beyond what a point can hold.
    """
    return _thousandths(volume_ml, MAXIMUM_VOLUME_UL, "volume")


def micrometres(depth_mm: Decimal) -> int:
    """Return the depth in whole micrometres.

    Raises:
        PackingError: if it is negative, finer than a micrometre, or deeper than 65.535 mm.
    """
    return _thousandths(depth_mm, MAXIMUM_DEPTH_UM, "depth")


def _thousandths(value: Decimal, maximum: int, name: str) -> int:
    scaled = value.scaleb(3)
    if scaled != scaled.to_integral_value() or not 0 <= scaled <= maximum:
        raise PackingError(f"the {name} cannot be packed exactly")
    return int(scaled)


class PackedPoints:
    """An immutable sequence of points over one structured array."""

    __slots__ = ("_records",)

    def __init__(self, points: Iterable[ChartPoint] = ()) -> None:
        rows = [(p.triangle, p.u, p.v, p.volume_ul, p.depth_um, int(p.flags)) for p in points]
        try:
            records = np.array(rows, dtype=POINT_DTYPE)
        except (OverflowError, TypeError, ValueError) as error:
            raise PackingError("a value does not fit a packed point") from error
        self._records = _checked(records)

    @classmethod
    def from_records(cls, records: NDArray[np.void]) -> "PackedPoints":
        """Wrap a copy of an array of `POINT_DTYPE`.

        Raises:
            PackingError: if a place lies outside its triangle.
        """
        points = cls.__new__(cls)
        points._records = _checked(np.array(records, dtype=POINT_DTYPE))  # noqa: SLF001
        return points

    @classmethod
    def from_bytes(cls, data: bytes) -> "PackedPoints":
        """Read the packed form.

        Raises:
            PackingError: if the length is wrong or a place lies outside its triangle.
        """
        if len(data) % POINT_DTYPE.itemsize:
            raise PackingError("packed points are cut off")
        return cls.from_records(np.frombuffer(data, dtype=POINT_DTYPE))

    def to_bytes(self) -> bytes:
        return self._records.tobytes()

    @property
    def records(self) -> NDArray[np.void]:
        """The array itself, read-only."""
        return self._records

    @property
    def volume_ul(self) -> int:
        """The volume of all points together, in microlitres."""
        return int(self._records["volume"].sum(dtype=np.uint64))

    @property
    def volume_ml(self) -> Decimal:
        return Decimal(self.volume_ul).scaleb(-3)

    def __len__(self) -> int:
        return len(self._records)

    def __getitem__(self, index: int) -> ChartPoint:
        triangle, u, v, volume, depth, flags = self._records[index].item()
        return ChartPoint(triangle, u, v, volume, depth, PointFlag(flags))

    def __iter__(self) -> Iterator[ChartPoint]:
        return (self[index] for index in range(len(self)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PackedPoints):
            return NotImplemented
        return self is other or self.to_bytes() == other.to_bytes()

    def __hash__(self) -> int:
        return hash(self.to_bytes())

    def __repr__(self) -> str:
        return f"PackedPoints({len(self)} points)"

    def without(self, indices: Iterable[int]) -> "PackedPoints":
        """Return the points but those; the others keep their order.

        A row that loses its first point begins at the next one.

        Raises:
            IndexError: if there is no such point.
        """
        left = np.ones(len(self), dtype=np.bool_)
        left[list(indices)] = False
        starts = int(PointFlag.ROW_START)
        # Points before the first row are in none: that is row 0.
        row = np.cumsum(self._records["flags"] & starts > 0)[left]
        records = self._records[left]
        records["flags"][np.diff(row, prepend=0) > 0] |= starts
        return self._from(records)

    def changed(self, index: int, **values: object) -> "PackedPoints":
        """Return the points with some values of one replaced, named as in `ChartPoint`."""
        return self.replaced({index: replace(self[index], **values)})  # type: ignore[arg-type]

    def replaced(self, points: dict[int, ChartPoint]) -> "PackedPoints":
        """Return the points with those at the given indices exchanged."""
        records = self._records.copy()
        records[list(points)] = PackedPoints(points.values()).records
        return self._from(records)

    @classmethod
    def _from(cls, records: NDArray[np.void]) -> "PackedPoints":
        points = cls.__new__(cls)
        points._records = _sealed(records)  # noqa: SLF001
        return points


def _checked(records: NDArray[np.void]) -> NDArray[np.void]:
    u, v = records["u"], records["v"]
    # Written so that NaN fails too.
    inside = (u >= -_EDGE) & (v >= -_EDGE) & (u.astype(np.float64) + v <= 1 + _EDGE)
    if not inside.all():
        raise PackingError("a point lies outside its triangle")
    return _sealed(records)


def _sealed(records: NDArray[np.void]) -> NDArray[np.void]:
    records.flags.writeable = False
    return records
