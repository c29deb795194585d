"""Areas that were cut are kept: all of a large chart, and not all that ever were."""

from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.outlines import (
    area_of,
    forget,
    known_area,
    make_ready,
    region_outline,
)


def test_the_areas_of_a_large_chart_are_all_kept():
    atlas = load_atlas("female")
    forget()
    outlines = [region_outline([region.key]) for region in atlas.regions[:60]]
    make_ready(atlas, outlines)
    assert all(known_area(atlas, outline) is not None for outline in outlines)
    forget()
    make_ready(atlas, [])
    for outline in outlines:
        area_of(atlas, outline)
    kept = sum(known_area(atlas, outline) is not None for outline in outlines)
    assert kept < len(outlines)
    forget()
