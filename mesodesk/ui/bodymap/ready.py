"""What a chart is shown with and what takes time, but no window: made ahead, or beside it."""

from dataclasses import dataclass

from mesodesk.domain.bodymap.atlas import Atlas, load_atlas
from mesodesk.domain.bodymap.fields import Pattern
from mesodesk.domain.bodymap.totals import Tally
from mesodesk.domain.bodymap.zones import zone_parts
from mesodesk.domain.records.chart import StoredChart
from mesodesk.domain.records.session import SessionRecord
from mesodesk.ui.bodymap.figure import read_picture
from mesodesk.ui.bodymap.placed import PlacedPoints
from mesodesk.ui.bodymap.syringes import chart_syringes


@dataclass(frozen=True, slots=True)
class ReadyChart:
    """Of one chart: its sums, and its points in the view that is shown first.

    Without any on another atlas than that which it was drawn on. For one use: both follow the chart
    from then on.
    """

    chart: StoredChart
    atlas: Atlas
    tally: Tally
    placed: PlacedPoints


def ready_chart(record: SessionRecord, chart: StoredChart) -> ReadyChart:
    """Read a body and the picture that is shown first, count the points and find their places.

    On any thread.
    """
    atlas = load_atlas(record.body_sex.value)
    read_picture(atlas.views[0])
    for field in chart.fields:
        # Totals ask for the skin of zones.
        if field.outline is not None and field.pattern is Pattern.ZONE:
            zone_parts(atlas, field.outline)
    mixtures = {syringe.id: syringe.mixture for syringe in chart_syringes(record.syringes)}
    drawn = chart.fields if record.atlas_id == atlas.atlas_id else ()
    fields = {field.id: field for field in drawn}
    return ReadyChart(
        chart,
        atlas,
        Tally.of(atlas, mixtures, fields),
        PlacedPoints.in_view(atlas.views[0], fields),
    )
