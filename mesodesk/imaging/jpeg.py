"""Takes out of a JPEG all but the picture: position, maker notes, texts, previews, what follows.

What is left is copied byte for byte; nothing is encoded anew. Segments that are needed to show the
picture are named here, every other one goes, so that what is not known does not stay by mistake.
"""

from collections.abc import Iterator
from typing import Final

from mesodesk.imaging.errors import DamagedPhotoError
from mesodesk.imaging.facts import UPRIGHT, Facts, facts_of, minimal_exif

START: Final = b"\xff\xd8"
_END: Final = 0xD9
_SCAN: Final = 0xDA
_APP0, _APP1, _APP2, _APP14, _APP15, _TEXT = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE
_ALONE: Final = {0x01, *range(0xD0, 0xD8)}
_KEPT: Final = {_APP0: b"JFIF\0", _APP2: b"ICC_PROFILE\0", _APP14: b"Adobe"}
_EXIF: Final = b"Exif\0\0"


def stripped(data: bytes) -> tuple[bytes, Facts]:
    """Return a JPEG without what does not belong to the picture, and what it told of itself.

    Raises:
        DamagedPhotoError: if it is not laid out as a JPEG, or has no end.
    """
    kept: list[bytes] = []
    facts = Facts()
    for marker, segment in _segments(data):
        if marker == _APP1 and segment[4:].startswith(_EXIF) and facts == Facts():
            facts = facts_of(segment[4:])
        if _stays(marker, segment):
            kept.append(segment)
    told = [] if facts.orientation == UPRIGHT else [_held(facts.orientation)]
    return b"".join([START, *told, *kept]), facts


def _stays(marker: int, segment: bytes) -> bool:
    if marker == _TEXT:
        return False
    if _APP0 <= marker <= _APP15:
        wanted = _KEPT.get(marker)
        return wanted is not None and segment[4:].startswith(wanted)
    return True


def _held(orientation: int) -> bytes:
    block = minimal_exif(orientation)
    return bytes([0xFF, _APP1]) + (len(block) + 2).to_bytes(2, "big") + block


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield each segment with its marker, those of a scan with what is coded; the end, the last."""
    at = len(START)
    while True:
        if data[at : at + 1] != b"\xff":
            raise DamagedPhotoError
        while data[at + 1 : at + 2] == b"\xff":  # filling before a marker
            at += 1
        marker = data[at + 1] if at + 1 < len(data) else 0
        if marker == _END:
            yield marker, data[at : at + 2]
            return
        end = at + 2 if marker in _ALONE else at + 2 + _length(data, at + 2)
        if marker == _SCAN:
            end = _after_scan(data, end)
        if end > len(data):
            raise DamagedPhotoError
        yield marker, data[at:end]
        at = end


def _length(data: bytes, at: int) -> int:
    length = int.from_bytes(data[at : at + 2], "big")
    if length < 2:
        raise DamagedPhotoError
    return length


def _after_scan(data: bytes, at: int) -> int:
    """Return where the next marker stands that ends what is coded."""
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        following = data[at + 1]
        if following and following != 0xFF and following not in _ALONE:
            return at
        at += 1 if following == 0xFF else 2
    raise DamagedPhotoError
