"""Writes the arrays of the atlas, without dates: equal content gives equal bytes."""

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.raster import FloatArray
from atlas.source import SEXES
from atlas.surface import Half

VERSION = "mesodesk-1"
_STEP_MM = 1 / 32
_LINE_STEPS = 32

Arrays = dict[str, NDArray[Any]]


def surface_arrays(half: Half, codes: list[str]) -> Arrays:
    """Return what defines a place on the skin; its digest is part of the atlas's id."""
    order = np.argsort(half.labels, kind="stable")
    stored: Arrays = {
        "triangles": half.triangles[order].astype("<i4"),
        "labels": half.labels[order].astype("<u1"),
        "codes": np.array(codes),
        "step_mm": np.array(_STEP_MM),
    }
    inner = half.get(SEXES[0])[:, 0] > 0
    for sex in SEXES:
        steps = np.rint(half.get(sex) / _STEP_MM).astype("<i4")
        # Both halves share the vertices of the midline: rounding must not move another there.
        steps[inner, 0] = np.maximum(steps[inner, 0], 1)
        stored[f"{sex}.positions"] = steps
    digest = hashlib.sha256()
    for name in sorted(stored):
        digest.update(name.encode() + stored[name].tobytes())
    stored["atlas_id"] = np.array(f"{VERSION}-{digest.hexdigest()[:12]}")
    return stored


def add_lines(stored: Arrays, key: str, drawn: list[FloatArray]) -> None:
    """Store the lines of a view in steps of 1/32 pixel."""
    stored[f"{key}.line_lengths"] = np.array([len(line) for line in drawn], dtype="<i4")
    stored[f"{key}.lines"] = np.rint(np.concatenate(drawn) * _LINE_STEPS).astype("<i4")


def lines_of(stored: Arrays, key: str) -> list[FloatArray]:
    """Return the lines of a view that have been stored."""
    ends = np.cumsum(stored[f"{key}.line_lengths"])
    return np.split(stored[f"{key}.lines"] / _LINE_STEPS, ends[:-1])


def write_npz(path: Path, arrays: Arrays) -> None:
    """Write a NumPy archive whose bytes depend on the arrays alone."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(arrays):
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, arrays[name], allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, buffer.getvalue())
