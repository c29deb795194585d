"""Takes out of a PNG all but the picture: texts, times, EXIF, animation, what follows the end.

What is left is copied byte for byte. Chunks that are needed to show the picture are named here.
"""

import zlib
from collections.abc import Iterator
from typing import Final

from mesodesk.imaging.errors import DamagedPhotoError
from mesodesk.imaging.facts import UPRIGHT, Facts, facts_of, minimal_exif

START: Final = b"\x89PNG\r\n\x1a\n"
_KEPT: Final = frozenset(
    {
        *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS"),
        *(b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs", b"cICP"),
    }
)
_EXIF: Final = b"eXIf"
_EXIF_HEAD: Final = 6


def stripped(data: bytes) -> tuple[bytes, Facts]:
    """Return a PNG without what does not belong to the picture, and what it told of itself.

    Raises:
        DamagedPhotoError: if a chunk is damaged, or the end is missing.
    """
    kept: list[bytes] = []
    facts = Facts()
    for kind, chunk in _chunks(data):
        if kind == _EXIF:
            facts = facts_of(chunk[8:-4])
        elif kind in _KEPT:
            kept.append(chunk)
    if facts.orientation != UPRIGHT:
        kept.insert(1, _chunk(_EXIF, minimal_exif(facts.orientation)[_EXIF_HEAD:]))
    return b"".join([START, *kept]), facts


def _chunk(kind: bytes, content: bytes) -> bytes:
    sealed = kind + content
    return len(content).to_bytes(4, "big") + sealed + zlib.crc32(sealed).to_bytes(4, "big")


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(START)
    while True:
        length = int.from_bytes(data[at : at + 4], "big")
        end = at + 12 + length
        if at + 12 > len(data) or end > len(data):
            raise DamagedPhotoError
        kind = data[at + 4 : at + 8]
        if zlib.crc32(data[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
            raise DamagedPhotoError
        yield kind, data[at:end]
        if kind == b"IEND":
            return
        at = end
