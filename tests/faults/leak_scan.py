"""Looks for markers in whatever bytes a program left: as text, as UTF-16, in base64, in hex."""

import base64
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

_HEAD = 3
PIECE = 1 << 20


def marker(field: str) -> str:
    """Return a word that stands for a field and for nothing else in the world."""
    return "mk" + hashlib.sha256(field.encode()).hexdigest()[:16]


def number_marker(field: str) -> str:
    """Return a telephone number that stands for a field."""
    return "07" + str(int(hashlib.sha256(field.encode()).hexdigest()[:14], 16))[:12]


def forms(word: str) -> Iterator[bytes]:
    """Yield every way in which a word may lie in a file."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        plain = word.encode(encoding)
        yield plain
        yield plain.hex().encode()
        # Where a word begins in a longer text decides how base64 spells it: three ways.
        for before in range(3):
            spelt = base64.b64encode(bytes(before) + plain)
            inner = spelt[(before * 8 + 5) // 6 : len(spelt) - 4]
            yield inner
            yield inner.replace(b"+", b"-").replace(b"/", b"_")


class Search:
    """Looks for all forms of all markers at once, in capitals or not.

    There are thousands of forms: looking for one after the other takes seconds for each megabyte.
    So first for places at which any of them could begin, by their first three bytes.
    """

    def __init__(self, markers: Mapping[str, str]) -> None:
        self._fields = list(markers)
        self._forms: dict[bytes, list[tuple[bytes, str]]] = defaultdict(list)
        for field, word in markers.items():
            for form in forms(word):
                small = form.lower()
                assert len(small) >= _HEAD, field
                self._forms[small[:_HEAD]].append((small, field))
        self._heads = np.zeros(1 << 8 * _HEAD, dtype=bool)
        self._heads[_numbers(b"".join(self._forms))[::_HEAD]] = True

    def found_in(self, data: bytes) -> list[str]:
        """Return the fields whose marker lies in some bytes, in any form."""
        small = data.lower()
        found = {
            field
            for at in self._places(small)
            for form, field in self._forms[small[at : at + _HEAD]]
            if small.startswith(form, at)
        }
        return [field for field in self._fields if field in found]

    def _places(self, small: bytes) -> Iterator[int]:
        for first in range(0, len(small), PIECE):
            begins = _numbers(small[first : first + PIECE + _HEAD - 1])
            yield from (first + int(at) for at in np.flatnonzero(self._heads[begins]))


def _numbers(data: bytes) -> np.ndarray:
    """Return as a number the three bytes that begin at each place but the last two."""
    each = np.frombuffer(data, dtype=np.uint8).astype(np.uint32)
    return each[:-2] << 16 | each[1:-1] << 8 | each[2:]


def found_in(data: bytes, markers: Mapping[str, str]) -> list[str]:
    """Return the fields whose marker lies in some bytes, in any form."""
    return Search(markers).found_in(data)


def scan(folders: list[Path], markers: Mapping[str, str]) -> list[str]:
    """Return what was found, each with its file; names of files count as well."""
    leaks = []
    search = Search(markers)
    for path in sorted(path for folder in folders for path in folder.rglob("*")):
        data = str(path).encode() + (path.read_bytes() if path.is_file() else b"")
        leaks += [f"{field} in {path}" for field in search.found_in(data)]
    return leaks
