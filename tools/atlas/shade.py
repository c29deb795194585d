"""Paints a view: soft studio light on warm skin, transparent ground, no ink."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from atlas.lines import rims
from atlas.raster import FloatArray, IntArray, triangle_ids
from atlas.tints import tinted
from mesodesk.domain.bodymap.view import Camera, Surface

_SAMPLES = 2  # per pixel and direction
_LIGHT = (-0.30, 0.50, 0.81)  # in the camera's axes: from the upper left, in front
_SHADOW = np.array([192.0, 150.0, 130.0])
_SKIN = np.array([235.0, 205.0, 187.0])
_BRIGHT = np.array([251.0, 236.0, 225.0])
_CUT = np.array([231.0, 211.0, 199.0])
_FAR_MM = -1e4
_TURNS = 12  # directions in which crevices are sought
_REACHES_MM = (3.0, 8.0, 20.0, 45.0)


@dataclass(frozen=True, slots=True)
class Layers:
    """What each pixel shows, averaged over its covered samples."""

    normal: FloatArray  # in the camera's axes, unit length
    depth: FloatArray  # mm, nearer is larger
    cut: FloatArray  # share that shows the inside, where a part was left out
    cover: FloatArray  # share that shows the body
    place: FloatArray  # where it lies on the mean body, mm


def paint(
    camera: Camera, surface: Surface, normals: FloatArray, mean: FloatArray, shown: IntArray
) -> Image.Image:
    """Return the picture of the `shown` triangles.

    Args:
        camera: the view.
        surface: the skin.
        normals: smooth outward directions of its vertices.
        mean: the vertices on the mean of both bodies, where tints are described.
        shown: the numbers of the triangles that the view does not leave out.
    """
    layers = _look(camera, surface, normals, mean, shown)
    colour = _light(layers, camera.mm_per_px)
    pixels = np.concatenate([colour, layers.cover[..., None] * 255], axis=-1)
    return Image.fromarray(np.rint(pixels).clip(0, 255).astype(np.uint8))


def _look(
    camera: Camera, surface: Surface, normals: FloatArray, mean: FloatArray, shown: IntArray
) -> Layers:
    width, height = camera.width_px, camera.height_px
    axes = np.stack([camera.right, camera.up, camera.toward], axis=1)
    xy, near = camera.project(surface.positions)
    triangles, xy, near = _capped(surface.triangles[shown], xy, near)
    ids = triangle_ids(xy * _SAMPLES, near, triangles, width * _SAMPLES, height * _SAMPLES)
    rows, columns = np.nonzero(ids >= 0)
    corner = triangles[ids[rows, columns]]
    weights, turn = _weights(
        xy * _SAMPLES, corner, np.stack([columns, rows], axis=1).astype(float) + 0.5
    )
    # Caps have no normals of their own: they face the viewer and are painted flat.
    carried = np.tile(np.array([0.0, 0.0, 1.0, 0.0, 0.0, 0.0]), (len(xy), 1))
    carried[: len(normals)] = np.concatenate([normals @ axes, mean], axis=1)
    cut = (turn > 0) | (ids[rows, columns] >= len(shown))
    pixel = rows // _SAMPLES * width + columns // _SAMPLES
    count = np.bincount(pixel, minlength=width * height)

    def average(values: FloatArray) -> FloatArray:
        total = np.bincount(pixel, weights=values, minlength=width * height)
        return (total / np.maximum(count, 1)).reshape(height, width)

    layer = [average((carried[corner, k] * weights).sum(axis=1)) for k in range(6)]
    normal = np.stack(layer[:3], axis=-1)
    length = np.linalg.norm(normal, axis=-1, keepdims=True)
    return Layers(
        normal / np.maximum(length, 1e-6),
        average((near[corner] * weights).sum(axis=1)),
        average(cut.astype(np.float64)),
        count.reshape(height, width) / _SAMPLES**2,
        np.stack(layer[3:], axis=-1),
    )


def _weights(xy: FloatArray, corner: IntArray, place: FloatArray) -> tuple[FloatArray, FloatArray]:
    a, b, c = (xy[corner[:, k]] for k in range(3))
    area = _cross(b - a, c - a)
    u, v = _cross(place - a, c - a) / area, _cross(b - a, place - a) / area
    return np.stack([1 - u - v, u, v], axis=1), area


def _capped(
    triangles: IntArray, xy: FloatArray, near: FloatArray
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Close each opening that a left-out part leaves with a flat fan."""
    for rim in rims(triangles):
        middle = len(xy)
        xy = np.concatenate([xy, xy[rim].mean(axis=0, keepdims=True)])
        near = np.concatenate([near, near[rim].mean(keepdims=True)])
        fan = np.stack([rim[:-1], rim[1:], np.full(len(rim) - 1, middle)], axis=1)
        triangles = np.concatenate([triangles, fan])
    return triangles, xy, near


def _light(layers: Layers, mm_per_px: float) -> FloatArray:
    light = np.array(_LIGHT) / np.linalg.norm(_LIGHT)
    key = (layers.normal @ light + 0.4) / 1.4  # wrapped round, as skin scatters light
    facing = np.clip(layers.normal[..., 2], 0, 1)
    tone = 0.60 * np.clip(key, 0, 1) + 0.40 * facing**0.6
    tone = np.clip(tone - 0.55 * _crevices(layers, mm_per_px), 0, 1)
    # Two ramps, shadow to skin and skin to bright, met softly.
    low = np.clip(tone / 0.7, 0, 1)[..., None]
    high = np.clip((tone - 0.7) / 0.3, 0, 1)[..., None]
    colour = _SHADOW + (_SKIN - _SHADOW) * low**1.1 + (_BRIGHT - _SKIN) * high
    colour = tinted(colour, layers.place)
    cut = layers.cut[..., None]
    result: FloatArray = colour * (1 - cut) + _CUT * cut
    return result


def _crevices(layers: Layers, mm_per_px: float) -> FloatArray:
    """Return how much of the light from all round is shut out (0 to 1), as in folds and corners.

    It changes slowly over the skin, so it is found at half the size.
    """
    height, width = layers.depth.shape
    rows, columns = slice(0, height, 2), slice(0, width, 2)
    body = layers.cover[rows, columns] > 0
    depth = np.where(body, layers.depth[rows, columns], _FAR_MM)
    normal = layers.normal[rows, columns]
    step_mm = 2 * mm_per_px
    shut = np.zeros_like(depth)
    for turn in range(_TURNS):
        angle = 2 * np.pi * (turn + 0.5) / _TURNS
        worst = np.zeros_like(depth)
        for reach in _REACHES_MM:
            x, y = reach * np.cos(angle), reach * np.sin(angle)
            rise = _shifted(depth, round(-y / step_mm), round(x / step_mm)) - depth
            # The steepness over the skin's own plane; far skin in front shuts out less.
            over = normal[..., 0] * x + normal[..., 1] * y + normal[..., 2] * rise
            span = np.sqrt(reach * reach + rise * rise)
            fade = 1 / (1 + (span / (2.2 * reach)) ** 2)
            worst = np.maximum(worst, np.clip(over / span - 0.08, 0, 1) * fade)
        shut += worst
    shut = _blur(shut / _TURNS, body, max(1.0, 1.2 / step_mm))
    full = np.asarray(
        Image.fromarray(shut.astype(np.float32)).resize((width, height), Image.Resampling.BILINEAR)
    )
    return np.clip(full * 1.6, 0, 1).astype(np.float64)


def _shifted(values: FloatArray, rows: int, columns: int) -> FloatArray:
    """Return what lies so many rows down and columns right of each pixel."""
    height, width = values.shape
    padded = np.pad(values, ((abs(rows),) * 2, (abs(columns),) * 2), constant_values=_FAR_MM)
    top, left = abs(rows) + rows, abs(columns) + columns
    return padded[top : top + height, left : left + width]


def _blur(values: FloatArray, where: NDArray[np.bool_], sigma_px: float) -> FloatArray:
    """Blur within the body only: what is off it has no say."""
    weight = _gauss(where.astype(np.float64), sigma_px)
    result: FloatArray = _gauss(np.where(where, values, 0.0), sigma_px) / np.maximum(weight, 1e-6)
    return result


def _gauss(values: FloatArray, sigma_px: float) -> FloatArray:
    """Three box blurs along each axis, close to a Gaussian and fast at any radius."""
    radius = max(int(round(np.sqrt(sigma_px**2 * 12 / 3 + 1) - 1) // 2), 1)
    for axis in (0, 1):
        for _ in range(3):
            values = _box(values, radius, axis)
    return values


def _box(values: FloatArray, radius: int, axis: int) -> FloatArray:
    moved = np.moveaxis(values, axis, 0)
    padded = np.pad(moved, ((radius + 1, radius), (0, 0)))
    total = np.cumsum(padded, axis=0)
    width = 2 * radius + 1
    return np.moveaxis((total[width:] - total[:-width]) / width, 0, axis)


def _cross(first: FloatArray, second: FloatArray) -> FloatArray:
    product: FloatArray = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
    return product
