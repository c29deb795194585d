"""Paints a view: soft studio light on warm skin, transparent ground, no ink (outlines are vectors)."""

from dataclasses import dataclass

import numpy as np
from mesodesk.domain.bodymap.view import Camera, Surface
from numpy.typing import NDArray
from PIL import Image

from atlas.raster import FloatArray, IntArray, triangle_ids

_SAMPLES = 3  # per pixel and direction
_LIGHT = (-0.35, 0.55, 0.76)  # in the camera's axes: from the upper left, in front
_SHADOW = np.array([176.0, 128.0, 108.0])
_SKIN = np.array([226.0, 190.0, 170.0])
_BRIGHT = np.array([250.0, 231.0, 218.0])
_CUT = np.array([214.0, 186.0, 172.0])


@dataclass(frozen=True, slots=True)
class Layers:
    """What each pixel shows, averaged over its covered samples."""

    normal: FloatArray  # in the camera's axes, unit length
    depth: FloatArray  # mm, nearer is larger
    cut: FloatArray  # share that shows the inside, where a part was left out
    cover: FloatArray  # share that shows the body


def paint(camera: Camera, surface: Surface, normals: FloatArray, shown: IntArray) -> Image.Image:
    """Return the picture of the `shown` triangles.

    Args:
        camera: the view.
        surface: the skin.
        normals: smooth outward directions of its vertices.
        shown: the numbers of the triangles that the view does not leave out.
    """
    layers = _look(camera, surface, normals, shown)
    colour = _light(layers, camera.mm_per_px)
    pixels = np.concatenate([colour, layers.cover[..., None] * 255], axis=-1)
    return Image.fromarray(np.rint(pixels).clip(0, 255).astype(np.uint8))


def _look(camera: Camera, surface: Surface, normals: FloatArray, shown: IntArray) -> Layers:
    width, height = camera.width_px, camera.height_px
    axes = np.stack([camera.right, camera.up, camera.toward], axis=1)
    xy, near = camera.project(surface.positions)
    triangles = surface.triangles[shown]
    ids = triangle_ids(xy * _SAMPLES, near, triangles, width * _SAMPLES, height * _SAMPLES)
    rows, columns = np.nonzero(ids >= 0)
    corner = triangles[ids[rows, columns]]
    weights, turn = _weights(xy * _SAMPLES, corner, np.stack([columns, rows], axis=1) + 0.5)
    turned = normals @ axes
    pixel = rows // _SAMPLES * width + columns // _SAMPLES

    def mean(values: FloatArray) -> FloatArray:
        total = np.bincount(pixel, weights=values, minlength=width * height)
        return (total / np.maximum(count, 1)).reshape(height, width)

    count = np.bincount(pixel, minlength=width * height)
    normal = np.stack(
        [mean((turned[corner, axis] * weights).sum(axis=1)) for axis in range(3)], axis=-1
    )
    length = np.linalg.norm(normal, axis=-1, keepdims=True)
    return Layers(
        normal / np.maximum(length, 1e-6),
        mean((near[corner] * weights).sum(axis=1)),
        mean((turn > 0).astype(np.float64)),
        count.reshape(height, width) / _SAMPLES**2,
    )


def _weights(xy: FloatArray, corner: IntArray, place: FloatArray) -> tuple[FloatArray, FloatArray]:
    a, b, c = (xy[corner[:, k]] for k in range(3))
    area = _cross(b - a, c - a)
    u, v = _cross(place - a, c - a) / area, _cross(b - a, place - a) / area
    return np.stack([1 - u - v, u, v], axis=1), area


def _light(layers: Layers, mm_per_px: float) -> FloatArray:
    light = np.array(_LIGHT) / np.linalg.norm(_LIGHT)
    body = layers.cover > 0
    key = (layers.normal @ light + 0.35) / 1.35  # wrapped round, as skin scatters light
    facing = layers.normal[..., 2]
    tone = 0.58 * np.clip(key, 0, 1) + 0.42 * np.clip(facing, 0, 1) ** 0.7
    for radius_mm, depth_mm, strength in ((28.0, 30.0, 0.30), (7.0, 8.0, 0.22)):
        around = _blur(layers.depth, body, radius_mm / mm_per_px)
        hollow = np.clip((around - layers.depth) / depth_mm, -0.35, 1.0)
        tone = tone - strength * hollow
    tone = np.clip(tone, 0, 1)
    # Two ramps: shadow to skin, skin to bright, met softly.
    low = np.clip(tone / 0.62, 0, 1)[..., None]
    high = np.clip((tone - 0.62) / 0.38, 0, 1)[..., None]
    smooth = low * low * (3 - 2 * low) * 0.35 + low * 0.65
    colour = _SHADOW + (_SKIN - _SHADOW) * smooth + (_BRIGHT - _SKIN) * high
    cut = layers.cut[..., None]
    result: FloatArray = colour * (1 - cut) + _CUT * cut
    return result


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
