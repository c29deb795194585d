"""Decodes a HEIC in a process of its own: a damaged file can end the process that decodes it.

One altered byte has the library write where it must not, which no handler of exceptions catches; a
clinic's program must not end by that. The picture goes in over standard input and comes back over
standard output, so that it is never on the disk in clear.
"""

import os
import struct
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mesodesk.imaging.errors import DamagedPhotoError

if TYPE_CHECKING:
    from PIL.Image import Image

_PACKAGE: Final = Path(__file__).resolve().parents[2]
_SIZE: Final = struct.Struct("<2I")
_MOST_S: Final = 60
_COMMAND = ("-m", __name__)


def decoded_apart(data: bytes, most_points: int) -> tuple[int, int, bytes]:
    """Return width, height and the points of a HEIC, RGB from the top, as it is to be held.

    Args:
        data: the file.
        most_points: of a larger picture only the size is returned, with no points.

    Raises:
        DamagedPhotoError: if it cannot be decoded, ended the process, or took a minute.
    """
    found_by = os.pathsep.join([str(_PACKAGE), *filter(None, [os.environ.get("PYTHONPATH")])])
    try:
        done = subprocess.run(
            [sys.executable, "-P", *_COMMAND, str(most_points)],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": found_by},
            timeout=_MOST_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise DamagedPhotoError from error
    if done.returncode or len(done.stdout) < _SIZE.size:
        raise DamagedPhotoError
    width, height = _SIZE.unpack_from(done.stdout)
    return width, height, done.stdout[_SIZE.size :]


def _decode(data: bytes, most_points: int) -> tuple[int, int, bytes]:
    import pi_heif

    found = pi_heif.open_heif(BytesIO(data), convert_hdr_to_8bit=True)
    width, height = found.size
    if width * height > most_points:
        return width, height, b""
    image: Image = found.to_pillow()
    return width, height, image.convert("RGB").tobytes()


def main(arguments: list[str]) -> int:
    """Read a file from standard input, write its size and points to standard output."""
    from mesodesk.vault.private_memory import keep_out_of_dumps

    keep_out_of_dumps()
    try:
        width, height, points = _decode(sys.stdin.buffer.read(), int(arguments[0]))
    except Exception:  # noqa: BLE001
        return 1  # the library raises almost anything, and what it says is for nobody
    sys.stdout.buffer.write(_SIZE.pack(width, height))
    sys.stdout.buffer.write(points)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
