"""What was made of a chart ahead is what is shown, as long as it is of just that."""

from dataclasses import replace
from decimal import Decimal

import pytest

from mesodesk.domain.bodymap.totals import Tally
from mesodesk.domain.records.chart import StoredChart
from mesodesk.ui.bodymap.placed import PlacedPoints
from mesodesk.ui.bodymap.ready import ReadyChart

from .conftest import syringe
from .test_opened_rows import document, field, keys


@pytest.fixture
def fields(atlas, syringes):
    return [field(atlas, key, syringes[0]) for key in keys(atlas, 3)]


@pytest.fixture
def ready(atlas, syringes, fields):
    known = {each.id: each for each in fields}
    mixtures = {each.id: each.mixture for each in syringes}
    return ReadyChart(
        StoredChart(tuple(fields), (), 0),
        atlas,
        Tally.of(atlas, mixtures, known),
        PlacedPoints.in_view(atlas.views[0], known),
    )


def load(chart, fields, given, ready):
    chart.panel.load(document(*fields), chart.model.atlas, given, Decimal(168), ready=ready)


def test_sums_and_places_that_were_made_ahead_are_taken(make_chart, syringes, fields, ready):
    chart = make_chart()
    load(chart, fields, syringes, ready)
    assert chart.model.tally is ready.tally
    assert chart.canvas.stage.placed is ready.placed
    assert chart.model.totals.whole.points == 6


def test_they_are_taken_once(make_chart, syringes, fields, ready):
    chart = make_chart()
    load(chart, fields, syringes, ready)
    chart.canvas.open_view(chart.model.atlas.views[0])
    assert chart.canvas.stage.placed is not ready.placed
    assert chart.model.ready is None


def test_another_view_places_the_points_itself(make_chart, atlas, syringes, fields, ready):
    chart = make_chart()
    other = replace(ready, placed=PlacedPoints(atlas.views[1]))
    load(chart, fields, syringes, other)
    assert len(chart.canvas.stage.placed.shown.xy) == 6


def test_other_syringes_are_counted_anew(make_chart, syringes, fields, ready):
    stronger = replace(syringe(1, "4", "Caffeine", "100"), id=syringes[0].id)
    chart = make_chart()
    load(chart, fields, (stronger, syringes[1]), ready)
    (caffeine,) = (each for each in chart.model.totals.whole.amounts if each.name == "Caffeine")
    # 6 points of 0.05 mL, half of it 100 mg/mL.
    assert caffeine.value == 15


def test_a_chart_is_told_once_in_the_settings(make_chart, syringes, fields, monkeypatch):
    chart = make_chart()
    settings, told = chart.panel.settings, []
    refresh = settings._refresh_words

    def note(chosen):
        told.append(chosen)
        refresh(chosen)

    monkeypatch.setattr(settings, "_refresh_words", note)
    load(chart, fields, syringes, None)
    assert told == [None]
