"""Draws triangles into a map of triangle numbers: which skin is in front at each pixel."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# Samples handled at a time: bounds the memory of a picture of any size to some 200 MB.
_CHUNK = 1_000_000
# Depth is kept in steps of 1/1000 of a unit, nearer = larger, in the upper half of a key.
_DEPTH_STEP = 1e-3
_DEPTH_ZERO = 1 << 31


def triangle_ids(
    xy: FloatArray, depth: FloatArray, triangles: IntArray, width: int, height: int
) -> NDArray[np.int32]:
    """Return for each pixel centre the number of the nearest triangle, -1 where there is none.

    Args:
        xy: corners in pixels, y down, shape (n, 2).
        depth: nearness to the viewer of each corner (larger is nearer), within +-2,000,000.
        triangles: corner numbers, shape (m, 3); both orientations are drawn.
        width: width of the map.
        height: height of the map.
    """
    keys = np.zeros(width * height, dtype=np.uint64)
    corners = xy[triangles]
    low = np.ceil(corners.min(axis=1) - 0.5).astype(np.int64)
    high = np.floor(corners.max(axis=1) - 0.5).astype(np.int64)
    low = np.maximum(low, 0)
    high = np.minimum(high, (width - 1, height - 1))
    span = np.maximum(high - low + 1, 0)
    counts = span[:, 0] * span[:, 1]
    drawn = np.flatnonzero(counts)
    ends = np.cumsum(counts[drawn])
    start = 0
    while start < len(drawn):
        base = int(ends[start - 1]) if start else 0
        stop = max(int(np.searchsorted(ends, base + _CHUNK)), start + 1)
        _draw(keys, corners, depth, triangles, drawn[start:stop], low, span, width)
        start = stop
    ids = (keys & np.uint64(0xFFFFFFFF)).astype(np.int64) - 1
    return ids.astype(np.int32).reshape(height, width)


def _draw(
    keys: NDArray[np.uint64],
    corners: FloatArray,
    depth: FloatArray,
    triangles: IntArray,
    batch: IntArray,
    low: IntArray,
    span: IntArray,
    width: int,
) -> None:
    counts = span[batch, 0] * span[batch, 1]
    owner = np.repeat(np.arange(len(batch)), counts)
    step = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    columns = span[batch, 0][owner]
    px = low[batch, 0][owner] + step % columns
    py = low[batch, 1][owner] + step // columns
    a, b, c = (corners[batch, k] for k in range(3))
    area = _cross(b - a, c - a)
    solid = np.abs(area) > 1e-12
    inverse = np.where(solid, 1.0 / np.where(solid, area, 1.0), np.nan)[owner]
    x, y = px + 0.5 - a[owner, 0], py + 0.5 - a[owner, 1]
    ab, ac = (b - a)[owner], (c - a)[owner]
    u = (x * ac[:, 1] - y * ac[:, 0]) * inverse
    v = (y * ab[:, 0] - x * ab[:, 1]) * inverse
    # A hair of slack closes the seams between neighbours; NaN (edge-on triangles) compares false.
    hit = (u >= -1e-9) & (v >= -1e-9) & (u + v <= 1 + 1e-9)
    owner, u, v = owner[hit], u[hit], v[hit]
    z = depth[triangles[batch]]
    near = z[owner, 0] * (1 - u - v) + z[owner, 1] * u + z[owner, 2] * v
    level = (np.rint(near / _DEPTH_STEP) + _DEPTH_ZERO).astype(np.uint64)
    key = (level << np.uint64(32)) | (batch[owner] + 1).astype(np.uint64)
    np.maximum.at(keys, py[hit] * width + px[hit], key)


def _cross(first: FloatArray, second: FloatArray) -> FloatArray:
    product: FloatArray = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
    return product
