"""Fields and edits as plain, canonical values, for storage and for seals.

Decimals are strings, ids are strings, every key is always there. Points are base64 of their packed
form, compressed when that is shorter; so are the corners of an outline, of which a drawn one has
hundreds, uncompressed.
"""

import base64
import binascii
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from mesodesk.domain.bodymap.fields import ChartField, Outline, OutlineKind, Pattern
from mesodesk.domain.bodymap.packing import PackedPoints, PackingError
from mesodesk.domain.bodymap.view import SurfacePoint

Plain = dict[str, Any]

_CORNER: Final = struct.Struct("<Idd")
_RUN: Final = struct.Struct("<II")
_LONG_BYTES: Final = 400
# Far beyond any chart: a damaged length must not fill the memory.
_MOST_BYTES: Final = 20 * 1_000_000


class ChartDataError(ValueError):
    """Stored chart data that cannot be read back."""


def points_to_plain(points: PackedPoints) -> Plain:
    """Return `{"raw": base64}` or, for long arrays, `{"zlib": base64}`."""
    data = points.to_bytes()
    packed = zlib.compress(data, 1) if len(data) > _LONG_BYTES else data
    key, chosen = ("zlib", packed) if len(packed) < len(data) else ("raw", data)
    return {key: base64.b64encode(chosen).decode("ascii")}


def points_from_plain(plain: Mapping[str, Any]) -> PackedPoints:
    """Read what `points_to_plain` wrote.

    Raises:
        ChartDataError: if it is damaged.
    """
    try:
        ((key, text),) = plain.items()
        data = base64.b64decode(text, validate=True)
        if key == "zlib":
            data = _inflated(data)
        elif key != "raw":
            raise ChartDataError("points are packed in an unknown way")
        return PackedPoints.from_bytes(data)
    except (binascii.Error, zlib.error, TypeError, ValueError) as error:
        raise ChartDataError("packed points cannot be read") from error


def _inflated(data: bytes) -> bytes:
    stream = zlib.decompressobj()
    inflated = stream.decompress(data, _MOST_BYTES)
    if not stream.eof:
        raise PackingError("packed points are cut off or too long")
    return inflated


def splice_to_plain(before: PackedPoints, after: PackedPoints) -> Plain:
    """Write points as what replaces a stretch of those before: most gestures touch one of many."""
    shortest = min(len(before), len(after))
    same = _bytes_of(before)[:shortest] == _bytes_of(after)[:shortest]
    start = shortest if same.all() else int(np.argmin(same))
    tail = _bytes_of(before)[::-1][: shortest - start] == _bytes_of(after)[::-1][: shortest - start]
    kept = len(tail) if tail.all() else int(np.argmin(tail))
    middle = PackedPoints.from_records(after.records[start : len(after) - kept])
    return {"start": start, "cut": len(before) - kept - start, "put": points_to_plain(middle)}


def splice_from_plain(before: PackedPoints, plain: Mapping[str, Any]) -> PackedPoints:
    """Read what `splice_to_plain` wrote.

    Raises:
        ChartDataError: if it is damaged or was written for other points.
    """
    try:
        start, end = int(plain["start"]), int(plain["start"]) + int(plain["cut"])
        if not 0 <= start <= end <= len(before):
            raise ChartDataError("an edit of the chart does not fit what it changed")
        put = points_from_plain(plain["put"]).records
    except (KeyError, TypeError) as error:
        raise ChartDataError("an edit of the chart cannot be read") from error
    return PackedPoints.from_records(
        np.concatenate([before.records[:start], put, before.records[end:]])
    )


def _bytes_of(points: PackedPoints) -> NDArray[np.void]:
    """See each point as twenty bytes: equal means the same, whatever the floats say of -0."""
    return points.records.view(f"V{points.records.dtype.itemsize}")


def field_to_plain(field: ChartField) -> Plain:
    """Return every value of the field, its points included."""
    return head_to_plain(field) | {"points": points_to_plain(field.points)}


def head_to_plain(field: ChartField) -> Plain:
    """Return every value of the field but its points; a footprint only if there is one."""
    stamp = {"stamp": field.stamp} if field.stamp else {}
    return stamp | {
        "id": str(field.id),
        "syringe": str(field.syringe_id),
        "technique": field.technique,
        "depth_mm": str(field.depth_mm),
        "needle": field.needle,
        "pattern": field.pattern.value,
        "spacing_mm": _text(field.spacing_mm),
        "dose_per_point_ml": _text(field.dose_per_point_ml),
        "outline": None if field.outline is None else outline_to_plain(field.outline),
        "mirror_of": _text(field.mirror_of),
        "note": field.note,
        "punctures": field.punctures,
        "zone_ml": _text(field.zone_ml),
        "removed": field.removed,
    }


def field_from_plain(plain: Mapping[str, Any], points: PackedPoints | None = None) -> ChartField:
    """Read what `field_to_plain` wrote, or what `head_to_plain` wrote and the points.

    Raises:
        ChartDataError: if a value is missing or damaged.
    """
    try:
        return ChartField(
            id=UUID(plain["id"]),
            syringe_id=UUID(plain["syringe"]),
            technique=_string(plain["technique"]),
            depth_mm=Decimal(plain["depth_mm"]),
            needle=_string(plain["needle"]),
            pattern=Pattern(plain["pattern"]),
            spacing_mm=_decimal(plain["spacing_mm"]),
            dose_per_point_ml=_decimal(plain["dose_per_point_ml"]),
            outline=None if plain["outline"] is None else outline_from_plain(plain["outline"]),
            mirror_of=None if plain["mirror_of"] is None else UUID(plain["mirror_of"]),
            note=_string(plain["note"]),
            punctures=plain["punctures"],
            zone_ml=_decimal(plain["zone_ml"]),
            # Fields of before this was counted have no number.
            removed=int(plain.get("removed", 0)),
            stamp=_string(plain.get("stamp", "")),
            points=points_from_plain(plain["points"]) if points is None else points,
        )
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
        raise ChartDataError("a field of the chart cannot be read") from error


def outline_to_plain(outline: Outline) -> Plain:
    rings, skin = _packed_outline(outline)
    return {
        "kind": outline.kind.value,
        "rings": list(rings),
        "regions": list(outline.regions),
        "width_mm": _text(outline.width_mm),
        "skin": skin,
    }


def outline_from_plain(plain: Mapping[str, Any]) -> Outline:
    return Outline(
        kind=OutlineKind(plain["kind"]),
        rings=tuple(
            tuple(SurfacePoint(int(t), float(u), float(v)) for t, u, v in _unpacked(_CORNER, ring))
            for ring in plain["rings"]
        ),
        regions=tuple(_string(name) for name in plain["regions"]),
        width_mm=_decimal(plain["width_mm"]),
        # Outlines of before this was kept have none.
        skin=tuple(
            (int(first), int(count)) for first, count in _unpacked(_RUN, plain.get("skin", ()))
        ),
    )


@lru_cache(maxsize=64)
def _packed_outline(outline: Outline) -> tuple[tuple[str, ...], str]:
    # Kept: a gesture writes each outline twice, once with its field and once with its history.
    corners = ([(p.triangle, p.u, p.v) for p in ring] for ring in outline.rings)
    return tuple(_packed(_CORNER, ring) for ring in corners), _packed(_RUN, outline.skin)


def _packed(item: struct.Struct, items: Sequence[tuple[float, ...]]) -> str:
    """Return numbers as base64 of little-endian records: ten times as fast as spelling them."""
    return base64.b64encode(b"".join(item.pack(*each) for each in items)).decode("ascii")


def _unpacked(item: struct.Struct, stored: str | Sequence[Any]) -> Iterator[Any]:
    """Read what `_packed` wrote, or the lists of numbers that stood there before."""
    if not isinstance(stored, str):
        return iter(stored)
    try:
        return item.iter_unpack(base64.b64decode(stored, validate=True))
    except struct.error as error:
        raise ChartDataError("an outline is cut off") from error


def _text(value: Decimal | UUID | None) -> str | None:
    return None if value is None else str(value)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("expected a text")
    return value
