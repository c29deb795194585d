"""Where the skin has another colour: lips and brows, so that the face reads at a glance.

Coordinates are those of regions.py: millimetres on the mean of both bodies.
"""

import numpy as np

from atlas.raster import FloatArray

LIP = np.array([214.0, 142.0, 130.0])
NAVEL = np.array([178.0, 132.0, 112.0])
BROW = np.array([150.0, 112.0, 94.0])


def tinted(colour: FloatArray, place: FloatArray) -> FloatArray:
    """Return the colour of pixels with lips, brows and navel laid over.

    Args:
        colour: RGB of each pixel.
        place: where its skin lies on the mean body (mm), shape (height, width, 3).
    """
    x, y, z = np.abs(place[..., 0]), place[..., 1], place[..., 2]
    for tint, share in (
        (LIP, 0.42 * _lips(x, y, z)),
        (BROW, 0.38 * _brow(x, y, z)),
        (NAVEL, 0.55 * _navel(x, y, z)),
    ):
        colour = colour + (tint - colour) * share[..., None]
    return colour


def _lips(x: FloatArray, y: FloatArray, z: FloatArray) -> FloatArray:
    reach = np.clip(1 - (x / 23.0) ** 2, 0, 1)
    bow = 1.6 * np.exp(-((x - 5.5) ** 2) / 18)
    upper = 1487.5 + 8.5 * reach**0.9 + bow - 0.8
    lower = 1487.0 - 12.0 * reach**0.75
    inside = np.minimum(upper - y, y - lower)
    return _soft(inside, 1.8) * _soft(z - 100, 4) * _soft(24 - x, 1.5)


def _brow(x: FloatArray, y: FloatArray, z: FloatArray) -> FloatArray:
    along = np.clip((x - 12) / 40, 0, 1)
    centre = 1566.5 + 6.5 * np.sin(np.pi * np.clip(along, 0, 1) ** 1.2) * (0.9 - 0.3 * along)
    half = 2.5 * (1 - 0.72 * along) * np.clip(0.55 + along * 3, 0, 1)
    inside = half - np.abs(y - centre)
    ends = np.minimum(x - 11, 52 - x)
    return _soft(inside, 1.6) * _soft(ends - 1, 4.0) * _soft(z - 85, 4)


def _navel(x: FloatArray, y: FloatArray, z: FloatArray) -> FloatArray:
    inside = 4.0 * (1 - np.hypot(x / 4.0, (y - 1007.0) / 4.2))
    return _soft(inside, 3.0) * _soft(z - 60, 4)


def _soft(inside: FloatArray, width: float) -> FloatArray:
    """Return 0 outside to 1 inside a border, over `width` mm on either side."""
    share = np.clip(inside / (2 * width) + 0.5, 0, 1)
    smooth: FloatArray = share * share * (3 - 2 * share)
    return smooth
