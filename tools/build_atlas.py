"""Build resources/bodymap/ from the CC0 body mesh; the same input gives the same bytes.

Usage: python tools/build_atlas.py FOLDER [VIEW ...]
FOLDER holds regions.toml and views.toml. With views named, only these are made: for trials.
"""

import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
from atlas import lines, regions, rules_body, rules_head, shade, source, surface
from atlas.figure import Figure
from atlas.relax import relaxed
from atlas.store import Arrays, add_lines, lines_of, surface_arrays, write_npz
from numpy.typing import NDArray
from PIL import Image, ImageOps

from mesodesk.domain.bodymap import atlas as runtime
from mesodesk.domain.bodymap.view import Camera, View

_MARGIN_MM = 25.0


def main(folder: Path, only: list[str]) -> None:
    half, codes = labelled_half()
    stored = surface_arrays(half, codes)
    texts = tomllib.loads((folder / "regions.toml").read_text("utf-8"))
    views = runtime.view_entries(tomllib.loads((folder / "views.toml").read_text("utf-8")))
    found, numbers = runtime.read_regions(texts, codes)
    of_triangle = numbers[stored["labels"].astype(np.int64)].T.ravel()
    painted: dict[str, Image.Image] = {}
    for sex in source.SEXES:
        figure = Figure.of(half, stored, sex)
        for view_id, entry in views.items():
            hidden = runtime.left_out(entry, found)
            framed = runtime.chosen(entry["frame"], found) if "frame" in entry else ~hidden
            camera = _camera(entry, figure, framed[of_triangle])
            path = folder / sex / f"{view_id}.webp"
            view = View(view_id, {}, camera, figure.surface, hidden[of_triangle], path, (), False)
            if not only or view_id in only:
                make_view(stored, painted, figure, view, entry.get("mirrors"))
    write_npz(folder / "atlas.npz", stored)
    size = sum(file.stat().st_size for file in folder.rglob("*.*"))
    print(str(stored["atlas_id"]), f"{size:,} bytes")


def labelled_half() -> tuple[surface.Half, list[str]]:
    """Return the left half of the skin, cut along the borders of regions, and the codes."""
    half = surface.close_and_subdivide(relaxed(source.load(source.data_folder())))
    rules = (*rules_head.HEAD, *rules_body.ARM, *rules_body.LEG, *rules_body.TRUNK)
    codes = regions.label_regions(half, rules, "trunk")
    final = rules_head.HEAD_NAMES | rules_body.BODY_NAMES
    return half, [final.get(code, code) for code in codes]


def make_view(
    stored: Arrays, painted: dict[str, Image.Image], figure: Figure, view: View, twin: str | None
) -> None:
    """Add one view's camera and lines to the arrays, and paint its picture.

    The two sides of the body are alike: the view of the right side is the left one's reflection.
    """
    key = f"{figure.sex}.{view.view_id}"
    camera = view.camera
    if twin:
        drawn = [
            line * (-1.0, 1.0) + (camera.width_px, 0.0)
            for line in lines_of(stored, f"{figure.sex}.{twin}")
        ]
    else:
        shown = np.flatnonzero(~view.hidden)
        drawn = lines.outlines(view, figure.surface, figure.normals, shown, figure.marks)
    stored[f"{key}.camera"] = np.array(
        [
            *camera.right,
            *camera.up,
            *camera.toward,
            *camera.centre,
            camera.mm_per_px,
            camera.width_px,
            camera.height_px,
        ]
    )
    add_lines(stored, key, drawn)
    path = view.image_path
    path.parent.mkdir(exist_ok=True)
    if twin:
        image = ImageOps.mirror(painted[f"{figure.sex}.{twin}"])
    else:
        image = shade.paint(camera, figure.surface, figure.normals, figure.mean, shown)
    painted[key] = image
    image.save(path, format="WEBP", quality=95, method=6, exact=True)
    print(key, camera.width_px, camera.height_px, path.stat().st_size)


def _camera(entry: dict[str, Any], figure: Figure, framed: NDArray[np.bool_]) -> Camera:
    """Return a camera whose picture encloses the framed triangles and a margin."""
    toward = np.array(entry["toward"], dtype=float)
    toward /= np.linalg.norm(toward)
    right = np.cross(np.array(entry.get("up", (0, 1, 0)), dtype=float), toward)
    right /= np.linalg.norm(right)
    up = np.cross(toward, right)
    corners = figure.surface.positions[np.unique(figure.surface.triangles[framed])]
    x, y, z = corners @ right, corners @ up, corners @ toward
    margin = float(entry.get("margin_mm", _MARGIN_MM))
    height_px = int(entry["height_px"])
    mm_per_px = float((np.ptp(y) + 2 * margin) / height_px)
    width_px = int(np.ceil((np.ptp(x) + 2 * margin) / mm_per_px))
    middle = [float(part.min() + part.max()) / 2 for part in (x, y, z)]
    centre = middle[0] * right + middle[1] * up + middle[2] * toward
    return Camera(right, up, toward, centre, mm_per_px, width_px, height_px)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
