"""`python -m benchmarks.probes.atlas_memory`: MiB that the bodies take, by what was done with them.

Everything that lays fields is imported first, so that only what is read and built counts.
"""

import gc

import numpy as np
import psutil

from benchmarks.probes.reporting import report
from mesodesk.domain.bodymap import area, drawing, filling  # noqa: F401 (their memory is no atlas's)
from mesodesk.domain.bodymap.atlas import Atlas, available_sexes, load_atlas
from mesodesk.domain.bodymap.outlines import make_ready, region_outline

_MIB = 2**20
_POINTS = 5_000


def pss_mib() -> float:
    """Return the memory of this process, garbage collected first."""
    gc.collect()
    return float(psutil.Process().memory_full_info().pss) / _MIB


def main() -> None:
    """Read one body, look at every view, cut every region out; then the same with the other."""
    began = pss_mib()
    readings = {}
    for turn, body in enumerate(available_sexes()):
        atlas = load_atlas(body)
        readings[f"{turn} read"] = pss_mib() - began
        _look(atlas)
        readings[f"{turn} seen"] = pss_mib() - began
        make_ready(atlas, [region_outline([region.key]) for region in atlas.regions])
        readings[f"{turn} used"] = pss_mib() - began
    report(readings)


def _look(atlas: Atlas) -> None:
    """Pick a place and project 5,000 points in every view."""
    triangles = np.arange(0, atlas.triangle_count, max(1, atlas.triangle_count // _POINTS))
    middle = np.full(len(triangles), 1 / 3)
    for view in atlas.views:
        view.pick(view.width_px / 2, view.height_px / 2)
        view.project(triangles, middle, middle)


if __name__ == "__main__":
    main()
