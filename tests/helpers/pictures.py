"""Pictures that tests bring: drawn here, with a place and notes of a maker in them."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw

SECRETS = (
    b"GPS-MARKER",
    b"MAKERNOTE-MARKER",
    b"XMP-PLACE-MARKER",
    b"COMMENT-MARKER",
    b"TAIL-MARKER",
)
HEIC = Path(__file__).parents[1] / "data" / "photos" / "synthetic.heic"
"""96 x 64 points lying, to be turned; with position, maker notes and XMP. Drawn, of nobody."""


def drawn(width: int = 64, height: int = 48, seed: int = 0) -> Image.Image:
    image = Image.new("RGB", (width, height), (224, 190 - seed % 90, 160))
    pen = ImageDraw.Draw(image)
    pen.ellipse((width // 4, height // 4, width // 2, height // 2), fill=(180, 120, seed % 255))
    pen.rectangle((0, 0, width // 8, height // 8), fill="#204060")
    return image


def exif(orientation: int = 1, day: str = "2026:02:03 10:11:12") -> bytes:
    made = Image.Exif()
    made[0x010F], made[0x0110], made[0x0112] = "Mesotest", "Mesotest One", orientation
    part = made.get_ifd(0x8769)
    part[0x9003], part[0x927C] = day, b"MAKERNOTE-MARKER"
    place = made.get_ifd(0x8825)
    place[1], place[2], place[29] = "N", (43.0, 12.0, 7.0), "GPS-MARKER"
    return made.tobytes()


def a_jpeg(
    *, orientation: int = 1, seed: int = 0, width: int = 64, height: int = 48, **options: object
) -> bytes:
    made = BytesIO()
    options.setdefault("exif", exif(orientation))
    drawn(width, height, seed).save(
        made, "JPEG", comment=b"COMMENT-MARKER", xmp=b"XMP-PLACE-MARKER", **options
    )
    return made.getvalue() + b"TAIL-MARKER"


def a_png(*, orientation: int = 1) -> bytes:
    from PIL.PngImagePlugin import PngInfo

    told = PngInfo()
    told.add_text("Comment", "COMMENT-MARKER")
    told.add_itxt("XML:com.adobe.xmp", "XMP-PLACE-MARKER")
    made = BytesIO()
    drawn().save(made, "PNG", pnginfo=told, exif=exif(orientation))
    return made.getvalue() + b"TAIL-MARKER"


def claiming(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that claims to be of that size."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        crc = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", crc)

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packed = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )
