"""An area may be asked about on two threads at once: what the library keeps of it is not shared."""

import subprocess
import sys

import numpy as np
import pytest
import shapely

from mesodesk.domain.bodymap.area import joined, whole, without
from mesodesk.domain.bodymap.atlas import load_atlas

# In a process of its own: where two threads make an outline ready at once, the program ends.
_ASKING = """
import sys
import threading
import numpy as np
import shapely
from mesodesk.domain.bodymap.area import Area, Sheet, whole
from mesodesk.domain.bodymap.atlas import load_atlas

sys.setswitchinterval(1e-5)
atlas = load_atlas("female")
largest = sorted(atlas.regions, key=lambda region: -len(atlas.triangles_of([region.key])))[:12]
areas = [whole(atlas.skin, atlas.triangles_of([region.key])) for region in largest]
for _ in range(80):
    for area in areas:
        copies = [shapely.from_wkb(shapely.to_wkb(sheet.outline)) for sheet in area.sheets]
        fresh = Area(tuple(Sheet(one.patch, copy) for one, copy in zip(area.sheets, copies)))
        first = fresh.sheets[0].patch.triangles[:1]
        together = threading.Barrier(2)
        def measure():
            together.wait()
            fresh.area_mm2
        aside = threading.Thread(target=measure)
        aside.start()
        together.wait()
        for _ in range(20):
            fresh.holds(first, np.array([0.3]), np.array([0.3]))
        aside.join()
print("asked")
"""


@pytest.mark.long
def test_it_is_measured_on_one_thread_while_another_asks_what_it_holds() -> None:
    made = subprocess.run(
        [sys.executable, "-c", _ASKING], capture_output=True, text=True, check=False, timeout=500
    )
    assert (made.returncode, made.stdout.strip()) == (0, "asked"), made.stderr[-500:]


def test_no_question_makes_the_outline_ready_that_others_ask_too():
    atlas = load_atlas("female")
    upper, lower = (
        whole(atlas.skin, atlas.triangles_of([key]))
        for key in ("abdomen_upper.midline", "abdomen_lower.midline")
    )
    first, third = upper.sheets[0].patch.triangles, np.full(1, 1 / 3)
    assert upper.holds(first[:1], third, third).all()
    assert upper.area_mm2 > 0
    assert joined(atlas.skin, upper, lower).area_mm2 > upper.area_mm2
    assert without(atlas.skin, upper, lower).area_mm2 > 0
    outlines = [sheet.outline for area in (upper, lower) for sheet in area.sheets]
    assert not any(shapely.is_prepared(each) for each in outlines)
