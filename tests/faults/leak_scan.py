"""Looks for markers in whatever bytes a program left: as text, as UTF-16, in base64, in hex."""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path


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


def found_in(data: bytes, markers: Mapping[str, str]) -> list[str]:
    """Return the fields whose marker lies in some bytes, in any form."""
    small = data.lower()
    return [
        field
        for field, word in markers.items()
        if any((form in data) or (form.lower() in small) for form in forms(word))
    ]


def scan(folders: list[Path], markers: Mapping[str, str]) -> list[str]:
    """Return what was found, each with its file; names of files count as well."""
    leaks = []
    for path in sorted(path for folder in folders for path in folder.rglob("*")):
        data = str(path).encode() + (path.read_bytes() if path.is_file() else b"")
        leaks += [f"{field} in {path}" for field in found_in(data, markers)]
    return leaks
