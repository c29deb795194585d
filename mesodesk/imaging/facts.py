"""What the file of a picture says besides the picture, and what of it is written back.

Only orientation, day and camera are read. Position, maker notes and texts are not even looked at.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL.Image import Exif

_ORIENTATION, _MAKER, _MODEL, _EXIF_PART, _TAKEN, _CHANGED = (
    0x0112, 0x010F, 0x0110, 0x8769, 0x9003, 0x0132,
)  # fmt: skip
_DAY: Final = re.compile(r"(\d{4}):(\d{2}):(\d{2}) ")
_MOST_DEVICE: Final = 80
_EARLIEST_YEAR: Final = 1990
UPRIGHT: Final = 1


@dataclass(frozen=True, slots=True)
class Facts:
    """What is read: EXIF orientation 1 to 8, the camera's day (None if not told), its name."""

    orientation: int = UPRIGHT
    taken_on: date | None = None
    device: str = ""


def facts_of(exif_bytes: bytes) -> Facts:
    """Read a block of EXIF, with or without its head; one that cannot be read says nothing."""
    from PIL import Image

    exif = Image.Exif()
    head = b"Exif\0\0"
    try:
        exif.load(exif_bytes if exif_bytes.startswith(head) else head + exif_bytes)
        return _read(exif)
    except Exception:  # noqa: BLE001
        # Whatever a broken block raises in the library: it is not needed.
        return Facts()


def _read(exif: "Exif") -> Facts:
    part = exif.get_ifd(_EXIF_PART)
    told = exif.get(_ORIENTATION)
    return Facts(
        told if isinstance(told, int) and 1 <= told <= 8 else UPRIGHT,
        _day(part.get(_TAKEN)) or _day(exif.get(_CHANGED)),
        _device(exif),
    )


def _day(said: object) -> date | None:
    found = _DAY.match(said) if isinstance(said, str) else None
    if found is None or int(found[1]) < _EARLIEST_YEAR:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def _device(exif: Mapping[int, object]) -> str:
    """Return the maker's name and the model's: what a camera is called, never its number."""
    maker, model = (str(exif.get(tag) or "").strip(" \0") for tag in (_MAKER, _MODEL))
    both = model if model.startswith(maker) else f"{maker} {model}"
    return "".join(each for each in both if each.isprintable()).strip()[:_MOST_DEVICE]


def minimal_exif(orientation: int) -> bytes:
    """Return a block that says nothing but how the picture is held; with its head."""
    from PIL import Image

    exif = Image.Exif()
    exif[_ORIENTATION] = orientation
    return bytes(exif.tobytes())
