"""Looks through a file that is brought, strips it, decodes it. Slow: on a thread beside.

Sizes are limited before anything is decoded: a few kilobytes can claim to be a picture of
gigabytes.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mesodesk.domain.records.photo import PhotoFormat, PreparedPhoto
from mesodesk.imaging import heic, jpeg, png
from mesodesk.imaging.errors import (
    DamagedPhotoError,
    TooLargeError,
    UnknownKindError,
    UnreadableFileError,
)
from mesodesk.imaging.heic_process import decoded_apart

if TYPE_CHECKING:
    from PIL.Image import Image

_MEGA: Final = 1_000_000
MOST_MB: Final = 64
"""Millions of bytes of a file that is taken."""
MOST_MEGAPIXELS: Final = 100
"""Millions of points of a picture that is taken: decoded, they are some 300 MB."""
THUMBNAIL_PX: Final = 320
"""The longer side of a thumbnail."""
_THUMBNAIL_QUALITY: Final = 82


@dataclass(frozen=True, slots=True)
class Pixels:
    """A decoded picture held upright: rows from the top, three bytes RGB a point."""

    width: int
    height: int
    rgb: bytes


def read_file(path: Path) -> PreparedPhoto:
    """Read a file that is brought.

    Raises:
        PhotoFileError: saying why it is not taken; a large one is not even read.
    """
    try:
        size = path.stat().st_size
        _check_bytes(size)
        with path.open("rb") as stream:
            data = stream.read(MOST_MB * _MEGA + 1)
    except OSError as error:
        raise UnreadableFileError from error
    return prepared(data)


def prepared(data: bytes) -> PreparedPhoto:
    """Look through the bytes of a file and return what is to be kept of them.

    Raises:
        PhotoFileError: saying why it is not taken.
    """
    _check_bytes(len(data))
    kind = kind_of(data)
    strip = {
        PhotoFormat.JPEG: jpeg.stripped,
        PhotoFormat.PNG: png.stripped,
        PhotoFormat.HEIC: heic.stripped,
    }[kind]
    kept, facts = strip(data)
    # What is kept is decoded, not what came: it is what must be readable in ten years.
    image = _decoded(kept, kind)
    width, height = image.size
    return PreparedPhoto(
        data=kept,
        format=kind,
        width_px=width,
        height_px=height,
        thumbnail=_thumbnail(image),
        received_size=len(data),
        received_sha256=hashlib.sha256(data).digest(),
        taken_on=facts.taken_on,
        device=facts.device,
    )


def kind_of(data: bytes) -> PhotoFormat:
    """Tell by its first bytes what a file is.

    Raises:
        UnknownKindError: if it is nothing that is taken.
    """
    if data.startswith(jpeg.START + b"\xff"):
        return PhotoFormat.JPEG
    if data.startswith(png.START):
        return PhotoFormat.PNG
    if heic.is_heic(data):
        return PhotoFormat.HEIC
    raise UnknownKindError


def decoded(data: bytes, kind: PhotoFormat, most_px: int) -> Pixels:
    """Decode what is kept, no larger than so many pixels at its longer side.

    Raises:
        DamagedPhotoError: if it cannot be decoded.
    """
    image = _decoded(data, kind, most_px)
    image.thumbnail((most_px, most_px))
    return Pixels(image.width, image.height, image.tobytes())


def as_jpeg(data: bytes, kind: PhotoFormat, most_px: int) -> bytes:
    """Return a JPEG of what is kept for a page, no larger than so many pixels.

    Raises:
        DamagedPhotoError: if it cannot be decoded.
    """
    image = _decoded(data, kind, most_px)
    image.thumbnail((most_px, most_px))
    made = BytesIO()
    image.save(made, "JPEG", quality=88)
    return made.getvalue()


def _thumbnail(image: "Image") -> bytes:
    small = image.copy()
    small.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    made = BytesIO()
    small.save(made, "JPEG", quality=_THUMBNAIL_QUALITY)
    return made.getvalue()


def _check_bytes(size: int) -> None:
    if size > MOST_MB * _MEGA:
        raise TooLargeError(f"{-(-size // _MEGA)} MB", f"{MOST_MB} MB")


def _check_points(width: int, height: int) -> None:
    if width * height > MOST_MEGAPIXELS * _MEGA:
        said = f"{-(-width * height // _MEGA)} million points"
        raise TooLargeError(said, f"{MOST_MEGAPIXELS} million")
    if not width or not height:
        raise DamagedPhotoError


def _decoded(data: bytes, kind: PhotoFormat, most_px: int | None = None) -> "Image":
    """Return the picture upright and in RGB."""
    _pillow()
    try:
        image = _heic(data) if kind is PhotoFormat.HEIC else _plain(data, kind, most_px)
        return _in_rgb(image)
    except (DamagedPhotoError, TooLargeError):
        raise
    except Exception as error:
        # Decoders raise almost anything for a damaged file; what they say is for nobody here.
        raise DamagedPhotoError from error


@cache
def _pillow() -> None:
    """Let our own limit hold, which refuses: Pillow's warns from 89 million points on."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None


def _plain(data: bytes, kind: PhotoFormat, most_px: int | None) -> "Image":
    from PIL import Image, ImageOps

    image: Image.Image = Image.open(BytesIO(data), formats=(kind.value.upper(),))
    _check_points(*image.size)
    if most_px is not None:
        image.draft("RGB", (most_px, most_px))
    image.load()
    return ImageOps.exif_transpose(image)


def _heic(data: bytes) -> "Image":
    from PIL import Image

    width, height, rgb = decoded_apart(data, MOST_MEGAPIXELS * _MEGA)
    _check_points(width, height)
    return Image.frombytes("RGB", (width, height), rgb)


def _in_rgb(image: "Image") -> "Image":
    from PIL import Image

    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        ground = Image.new("RGBA", image.size, "white")
        ground.alpha_composite(image.convert("RGBA"))
        return ground.convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")
