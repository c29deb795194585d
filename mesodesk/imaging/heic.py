"""Blanks in a HEIC all that is not the picture: EXIF, XMP, clips, and bytes that nobody names.

Nothing is moved: what goes is overwritten with zeros in its place, since the boxes name places in
the file. The coded picture stays bit for bit, and so do its properties, the turn among them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from mesodesk.imaging.boxes import Box, Numbers, boxes
from mesodesk.imaging.errors import DamagedPhotoError
from mesodesk.imaging.facts import UPRIGHT, Facts, facts_of

BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"})
_TOP: Final = frozenset({b"ftyp", b"meta", b"mdat"})
_IN_META: Final = frozenset(
    {b"hdlr", b"pitm", b"iinf", b"iloc", b"iref", b"iprp", b"idat", b"dinf", b"grpl", b"free"}
)
_PICTURES: Final = frozenset({b"hvc1", b"grid", b"iden", b"iovl", b"av01", b"jpeg", b"tmap"})
_FULL: Final = 4  # version and flags before the content
_MOST_ITEMS: Final = 20_000
_NO_EXIF: Final = b"\0\0\0\6Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0"


def is_heic(data: bytes) -> bool:
    """Tell whether a file begins as a HEIC does."""
    if data[4:8] != b"ftyp":
        return False
    end = min(int.from_bytes(data[:4], "big"), 256)
    named = {data[8:12], *(data[at : at + 4] for at in range(16, end, 4))}
    return bool(named & BRANDS)


@dataclass(slots=True)
class _Item:
    kind: bytes = b""
    places: list[tuple[int, int]] = field(default_factory=list)


def stripped(data: bytes) -> tuple[bytes, Facts]:
    """Return a HEIC with all but the picture blanked, and what it told of itself.

    The orientation of its EXIF is not told: HEIC has a property of its own, which counts.

    Raises:
        DamagedPhotoError: if its boxes are not laid out as they should be, or there is no picture.
    """
    made = bytearray(data)
    top = list(boxes(data, 0, len(data)))
    meta = next((box for box in top if box.kind == b"meta"), None)
    if meta is None:
        raise DamagedPhotoError
    inside = list(boxes(data, meta.content + _FULL, meta.end))
    items = _items(data, inside)
    if not any(item.kind in _PICTURES and item.places for item in items.values()):
        raise DamagedPhotoError
    facts = _told(data, items)
    _blank_boxes(made, top, _TOP)
    _blank_boxes(made, inside, _IN_META)
    _blank_between(made, [*_named(top, b"mdat"), *_named(inside, b"idat")], items)
    _put_no_exif(made, items)
    return bytes(made), facts


def _named(found: list[Box], kind: bytes) -> list[Box]:
    return [box for box in found if box.kind == kind]


def _told(data: bytes, items: dict[int, _Item]) -> Facts:
    for item in items.values():
        if item.kind != b"Exif":
            continue
        block = b"".join(data[start:end] for start, end in item.places)
        told = facts_of(block[4 + int.from_bytes(block[:4], "big") :])
        return Facts(UPRIGHT, told.taken_on, told.device)
    return Facts()


def _blank_boxes(made: bytearray, found: list[Box], kept: frozenset[bytes]) -> None:
    for box in found:
        if box.kind not in kept:
            made[box.start + 4 : box.start + 8] = b"free"
            # The long size of a large box stands before its content, and is kept.
            content = box.content - (16 if box.kind == b"uuid" else 0)
            made[content : box.end] = bytes(box.end - content)
        elif box.kind == b"free":
            made[box.content : box.end] = bytes(box.end - box.content)


def _blank_between(made: bytearray, holders: list[Box], items: dict[int, _Item]) -> None:
    """Blank what no picture names in the boxes that hold coded data."""
    named = sorted(
        place for item in items.values() if item.kind in _PICTURES for place in item.places
    )
    for box in holders:
        at = box.content
        for start, end in named:
            if box.content <= start < box.end:
                if start > at:
                    made[at:start] = bytes(start - at)
                at = max(at, end)
        if at < box.end:
            made[at : box.end] = bytes(box.end - at)


def _put_no_exif(made: bytearray, items: dict[int, _Item]) -> None:
    """Put an empty block where the EXIF was: readers warn of one that is all zeros."""
    for item in items.values():
        if item.kind == b"Exif" and item.places:
            start, end = item.places[0]
            if end - start >= len(_NO_EXIF):
                made[start : start + len(_NO_EXIF)] = _NO_EXIF


def _items(data: bytes, inside: list[Box]) -> dict[int, _Item]:
    items: dict[int, _Item] = {}
    for box in _named(inside, b"iinf"):
        for number, kind in _kinds(data, box):
            items[number] = _Item(kind)
    idat = next((box.content for box in _named(inside, b"idat")), 0)
    for box in _named(inside, b"iloc"):
        for number, start, end in _places(data, box, idat):
            if end > len(data):
                raise DamagedPhotoError
            items.setdefault(number, _Item()).places.append((start, end))
    return items


def _kinds(data: bytes, box: Box) -> Iterator[tuple[int, bytes]]:
    version = data[box.content]
    first = box.content + _FULL + (2 if version == 0 else 4)
    for entry in boxes(data, first, box.end):
        numbers = Numbers(data, entry.content, entry.end)
        infe = numbers.take(1)
        if entry.kind != b"infe" or infe < 2:
            raise DamagedPhotoError
        numbers.take(3)
        number = numbers.take(2 if infe == 2 else 4)
        numbers.take(2)
        yield number, numbers.take(4).to_bytes(4, "big")


def _places(data: bytes, box: Box, idat: int) -> Iterator[tuple[int, int, int]]:
    """Yield each item's number with where a part of it begins and ends in the file."""
    numbers = Numbers(data, box.content, box.end)
    version = numbers.take(1)
    numbers.take(3)
    sizes, more = numbers.take(1), numbers.take(1)
    offset_size, length_size, base_size = sizes >> 4, sizes & 15, more >> 4
    index_size = more & 15 if version else 0
    wide = 4 if version == 2 else 2
    count = numbers.take(wide)
    if count > _MOST_ITEMS:
        raise DamagedPhotoError
    for _ in range(count):
        number = numbers.take(wide)
        method = numbers.take(2) & 15 if version else 0
        numbers.take(2)
        base = numbers.take(base_size)
        for _ in range(numbers.take(2)):
            numbers.take(index_size)
            start = base + numbers.take(offset_size) + (idat if method == 1 else 0)
            length = numbers.take(length_size)
            if method > 1 or not length:
                raise DamagedPhotoError
            yield number, start, start + length
