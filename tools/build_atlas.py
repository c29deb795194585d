"""Build resources/bodymap/ from the CC0 body mesh; the same input gives the same bytes.

Usage: python tools/build_atlas.py resources/bodymap [view ...]   (views: paint only these again)
"""

import hashlib
import io
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from mesodesk.domain.bodymap import atlas as runtime
from mesodesk.domain.bodymap.view import Camera, Surface, View
from numpy.typing import NDArray

from atlas import lines, regions, rules_body, rules_head, shade, source, surface
from atlas.raster import FloatArray, IntArray

VERSION = "mesodesk-1"
_STEP_MM = 1 / 32
_WEBP = {"format": "WEBP", "quality": 88, "method": 6, "alpha_quality": 100, "exact": True}

Arrays = dict[str, NDArray[Any]]


def main(folder: Path, only: list[str]) -> None:
    half, codes = _labelled_half()
    stored = _surface_arrays(half, codes)
    texts = {
        name: tomllib.loads((folder / f"{name}.toml").read_text("utf-8"))
        for name in ("regions", "views")
    }
    for sex in source.SEXES:
        body = runtime.read_surface(stored, sex)
        for view_id, entry in texts["views"]["views"].items():
            path = folder / sex / f"{view_id}.webp"
            paint = not only or view_id in only
            _make_view(stored, half, sex, view_id, entry, texts["regions"], body, path, paint)
    _write_npz(folder / "atlas.npz", stored)
    print(str(stored["atlas_id"]), sum(f.stat().st_size for f in folder.rglob("*.*")), "bytes")


def _labelled_half() -> tuple[surface.Half, list[str]]:
    half = surface.close_and_subdivide(source.load(source.data_folder()))
    rules = (*rules_head.HEAD, *rules_body.ARM, *rules_body.LEG, *rules_body.TRUNK)
    codes = regions.label_regions(half, rules, "trunk")
    final = rules_head.HEAD_NAMES | rules_body.BODY_NAMES
    return half, [final.get(code, code) for code in codes]


def _surface_arrays(half: surface.Half, codes: list[str]) -> Arrays:
    """Return what defines a place: its digest is part of the atlas's id."""
    order = np.argsort(half.labels, kind="stable")
    stored: Arrays = {
        "triangles": half.triangles[order].astype("<i4"),
        "labels": half.labels[order].astype("<u1"),
        "codes": np.array(codes),
        "step_mm": np.array(_STEP_MM),
    }
    for sex in source.SEXES:
        stored[f"{sex}.positions"] = np.rint(half.get(sex) / _STEP_MM).astype("<i4")
    digest = hashlib.sha256()
    for name in sorted(stored):
        digest.update(name.encode() + stored[name].tobytes())
    stored["atlas_id"] = np.array(f"{VERSION}-{digest.hexdigest()[:12]}")
    return stored


def _make_view(
    stored: Arrays,
    half: surface.Half,
    sex: str,
    view_id: str,
    entry: dict[str, Any],
    text: dict[str, Any],
    body: Surface,
    path: Path,
    paint: bool,
) -> None:
    found, numbers = runtime.read_regions(text, [str(code) for code in stored["codes"]])
    of_triangle = numbers[stored["labels"].astype(np.int64)].T.ravel()
    hidden = runtime.hidden_regions(entry, found)[of_triangle]
    camera = _camera(entry, body, _framed(entry, found)[of_triangle])
    normals = _normals(half, sex, stored)
    shown = np.flatnonzero(~hidden)
    view = View(view_id, {}, camera, body, hidden, path, (), closeup=False)
    drawn = lines.outlines(view, body, normals, shown, _marks(half, body, len(stored["labels"])))
    key = f"{sex}.{view_id}"
    stored[f"{key}.camera"] = np.concatenate(
        [camera.right, camera.up, camera.toward, camera.centre]
        + [[camera.mm_per_px, camera.width_px, camera.height_px]]
    )
    stored[f"{key}.line_lengths"] = np.array([len(line) for line in drawn], dtype="<i4")
    stored[f"{key}.lines"] = np.rint(np.concatenate(drawn) * 32).astype("<i4")
    if paint:
        path.parent.mkdir(exist_ok=True)
        shade.paint(camera, body, normals, shown).save(path, **_WEBP)
        print(key, camera.width_px, camera.height_px, path.stat().st_size)


def _framed(entry: dict[str, Any], found: tuple[runtime.Region, ...]) -> NDArray[np.bool_]:
    if "frame" not in entry:
        return ~runtime.hidden_regions(entry, found)
    wanted = set(entry["frame"])
    names = [{r.code, r.group, r.key, f"{r.group}.{r.side}"} for r in found]
    return np.array([bool(wanted & own) for own in names])


def _camera(entry: dict[str, Any], body: Surface, framed: NDArray[np.bool_]) -> Camera:
    toward = np.array(entry["toward"], dtype=float)
    toward /= np.linalg.norm(toward)
    right = np.cross(np.array(entry.get("up", (0, 1, 0)), dtype=float), toward)
    right /= np.linalg.norm(right)
    up = np.cross(toward, right)
    corners = body.positions[np.unique(body.triangles[framed])]
    x, y, z = corners @ right, corners @ up, corners @ toward
    margin = float(entry.get("margin_mm", 25))
    height_px = int(entry["height_px"])
    mm_per_px = (np.ptp(y) + 2 * margin) / height_px
    width_px = int(np.ceil((np.ptp(x) + 2 * margin) / mm_per_px))
    middle = [(float(part.min()) + float(part.max())) / 2 for part in (x, y, z)]
    centre = middle[0] * right + middle[1] * up + middle[2] * toward
    return Camera(right, up, toward, centre, float(mm_per_px), width_px, height_px)


def _normals(half: surface.Half, sex: str, stored: Arrays) -> FloatArray:
    left = half.get(f"{sex}_normal")
    inner = stored[f"{sex}.positions"][:, 0] > 0
    return np.concatenate([left, left[inner] * (-1.0, 1.0, 1.0)])


def _marks(half: surface.Half, body: Surface, count: int) -> list[FloatArray]:
    """Return the lines where lids and lips meet, on both sides."""
    del count
    result = []
    for chain in lines.chains(half.seams):
        line = body.positions[chain]
        result += [line, line * (-1.0, 1.0, 1.0)]
    return result


def _write_npz(path: Path, arrays: Arrays) -> None:
    """Write a NumPy archive without dates, so that equal content gives equal bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(arrays):
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, arrays[name], allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, buffer.getvalue())


__all__ = ["IntArray", "main"]

if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
