"""The ZIP form of a container, in the one spelling that the program writes.

Every tool opens such a file; we read it more strictly. Names, order and every byte between the
files' contents follow from the contents alone, so that a changed byte is noticed wherever it lies.
Files are stored as they are (what is encrypted does not shrink), with the sizes of ZIP64.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_LOCAL = struct.Struct("<4s5H3I2H")
_LOCAL_EXTRA = struct.Struct("<2H2Q")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_CENTRAL_EXTRA = struct.Struct("<2H3Q")
_END_64 = struct.Struct("<4sQ2H2I4Q")
_LOCATOR_64 = struct.Struct("<4sIQI")
_END = struct.Struct("<4s4H2IH")

_VERSION = 45  # the first that knows ZIP64
_UTF8 = 0x800
_DAY = 1 << 5 | 1  # 1980-01-01: when a backup was made stands in its manifest
_ALL_32, _ALL_16 = 0xFFFFFFFF, 0xFFFF
_ZIP64 = 1
_PIECE = 1 << 20


class LayoutError(ValueError):
    """The bytes are not laid out as the program writes them."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file in the container; its contents begin at `start`."""

    name: str
    size: int
    crc: int
    start: int

    @property
    def end(self) -> int:
        return self.start + self.size


def header(name: str, size: int, crc: int) -> bytes:
    """Return what stands before a file's contents."""
    encoded = name.encode("utf-8")
    fixed = _LOCAL.pack(
        b"PK\3\4", _VERSION, _UTF8, 0, 0, _DAY, crc, _ALL_32, _ALL_32,
        len(encoded), _LOCAL_EXTRA.size,
    )  # fmt: skip
    return fixed + encoded + _LOCAL_EXTRA.pack(_ZIP64, _LOCAL_EXTRA.size - 4, size, size)


def directory(members: tuple[Member, ...]) -> bytes:
    """Return what stands after the last file's contents, to the end."""
    begins = members[-1].end
    entries = b"".join(_entry(member) for member in members)
    count = len(members)
    return b"".join(
        [
            entries,
            _END_64.pack(
                b"PK\6\6", _END_64.size - 12, _VERSION, _VERSION, 0, 0, count, count,
                len(entries), begins,
            ),
            _LOCATOR_64.pack(b"PK\6\7", 0, begins + len(entries), 1),
            _END.pack(b"PK\5\6", 0, 0, _ALL_16, _ALL_16, _ALL_32, _ALL_32, 0),
        ]
    )  # fmt: skip


def _entry(member: Member) -> bytes:
    encoded = member.name.encode("utf-8")
    offset = member.start - len(header(member.name, member.size, member.crc))
    fixed = _CENTRAL.pack(
        b"PK\1\2", _VERSION, _VERSION, _UTF8, 0, 0, _DAY, member.crc, _ALL_32, _ALL_32,
        len(encoded), _CENTRAL_EXTRA.size, 0, 0, 0, 0, _ALL_32,
    )  # fmt: skip
    extra = _CENTRAL_EXTRA.pack(_ZIP64, _CENTRAL_EXTRA.size - 4, member.size, member.size, offset)
    return fixed + encoded + extra


def scan(stream: BinaryIO, names: tuple[str, ...]) -> tuple[Member, ...]:
    """Find the files of a container; contents are not read.

    Raises:
        LayoutError: if anything but the contents differs from what the program writes.
    """
    size = stream.seek(0, 2)
    members: list[Member] = []
    at = 0
    for name in names:
        member = _member(stream, name, at)
        if member.end > size:
            raise LayoutError(name)
        members.append(member)
        at = member.end
    expected = directory(tuple(members))
    stream.seek(at)
    if size - at != len(expected) or stream.read(len(expected)) != expected:
        raise LayoutError("the list of its files")
    return tuple(members)


def _member(stream: BinaryIO, name: str, at: int) -> Member:
    length = len(header(name, 0, 0))
    stream.seek(at)
    found = stream.read(length)
    if len(found) < length:
        raise LayoutError(name)
    crc = _LOCAL.unpack_from(found)[6]
    size = _LOCAL_EXTRA.unpack_from(found, length - _LOCAL_EXTRA.size)[2]
    if found != header(name, size, crc):
        raise LayoutError(name)
    return Member(name, size, crc, at + length)


def pieces(stream: BinaryIO, member: Member) -> Iterator[bytes]:
    """Yield the contents of a file in pieces.

    Raises:
        LayoutError: at the end, if they do not have the checksum that was written with them.
    """
    stream.seek(member.start)
    left, crc = member.size, 0
    while left:
        piece = stream.read(min(left, _PIECE))
        if not piece:
            raise LayoutError(member.name)
        left -= len(piece)
        crc = zlib.crc32(piece, crc)
        yield piece
    if crc != member.crc:
        raise LayoutError(member.name)
