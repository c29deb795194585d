"""The boxes of a HEIC file (ISO/IEC 14496-12), as far as it takes to blank some of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from mesodesk.imaging.errors import DamagedPhotoError

_HEAD: Final = 8
_LONG_HEAD: Final = 16
_UUID: Final = 16


@dataclass(frozen=True, slots=True)
class Box:
    """A box: where it begins, where its content does, where it ends."""

    kind: bytes
    start: int
    content: int
    end: int


def boxes(data: bytes | bytearray, start: int, end: int) -> Iterator[Box]:
    """Yield the boxes that lie side by side between two places.

    Raises:
        DamagedPhotoError: if one does not end where it should.
    """
    at = start
    while at < end:
        size, content = int.from_bytes(data[at : at + 4], "big"), at + _HEAD
        if size == 1:
            size, content = int.from_bytes(data[at + 8 : at + 16], "big"), at + _LONG_HEAD
        elif size == 0:
            size = end - at
        kind = bytes(data[at + 4 : at + 8])
        if kind == b"uuid":
            content += _UUID
        if at + size > end or content > at + size:
            raise DamagedPhotoError
        yield Box(kind, at, content, at + size)
        at += size


class Numbers:
    """Reads whole numbers one after the other."""

    def __init__(self, data: bytes | bytearray, at: int, end: int) -> None:
        self._data = data
        self._end = end
        self.at = at

    def take(self, size: int) -> int:
        """Return the next number of so many bytes; 0 for none.

        Raises:
            DamagedPhotoError: if the box ends before.
        """
        after = self.at + size
        if after > self._end:
            raise DamagedPhotoError
        value = int.from_bytes(self._data[self.at : after], "big")
        self.at = after
        return value
