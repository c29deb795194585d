"""The list of fields when one chart is opened after another, and when a chart has many fields."""

from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt

from mesodesk.domain.bodymap.chart import ChartDocument
from mesodesk.domain.bodymap.fields import ChartField, Pattern
from mesodesk.domain.bodymap.outlines import region_outline
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints
from mesodesk.domain.ids import new_id
from mesodesk.ui.widgets.badges import SyringeBadge
from mesodesk.ui.widgets.rows import ROW_HEIGHT, Row

from .conftest import syringe


def field(atlas, key, of, count=2):
    """Return a field in a region, with so many points near each other."""
    triangles = atlas.triangles_of([key])
    points = PackedPoints(ChartPoint(int(at), 0.3, 0.3, 50, 4000) for at in triangles[:count])
    return ChartField(
        id=new_id(),
        syringe_id=of.id,
        technique="papule",
        depth_mm=Decimal(4),
        needle="30g_4mm",
        pattern=Pattern.STAGGERED,
        spacing_mm=Decimal(15),
        dose_per_point_ml=Decimal("0.05"),
        outline=region_outline([key]),
        points=points,
    )


def document(*fields):
    return ChartDocument(fields, (), 0)


def keys(atlas, count):
    return [region.key for region in atlas.regions][:count]


def load(chart, fields, given):
    chart.panel.load(document(*fields), chart.model.atlas, given, Decimal(168))


def rows(chart):
    return chart.panel.fields.list.rows()


def told(chart):
    """Return what each row says: its region, figures, syringe, name and mark."""
    return [
        (
            row.title.text(),
            row.subtitle.text(),
            row.amounts.text(),
            row.findChild(SyringeBadge).accessibleName(),
            row.objectName(),
            row.isChecked(),
            row.isVisible(),
        )
        for row in rows(chart)
    ]


def afresh(make_chart, fields, given):
    """Return what the rows of a chart say in a panel that has shown no other."""
    return told(make_chart(document(*fields), given=given))


@pytest.mark.parametrize(("before", "after"), [(3, 3), (3, 1), (1, 4), (2, 0), (0, 2)])
def test_another_chart_says_what_it_says_in_a_new_window(
    make_chart, atlas, syringes, before, after
):
    others = (syringe(3, "4", "Lidocaine", "20"), syringe(5, "2", "Rutin", "10"))
    first = [field(atlas, key, syringes[at % 2]) for at, key in enumerate(keys(atlas, before))]
    last = keys(atlas, 12)[::-1]
    second = [field(atlas, key, others[at % 2], 3) for at, key in enumerate(last[:after])]
    chart = make_chart(document(*first))
    if first:
        chart.model.field_model.select(first[0].id)
    load(chart, second, others)
    assert told(chart) == afresh(make_chart, second, others)
    load(chart, first, chart.syringes)
    assert told(chart) == afresh(make_chart, first, chart.syringes)
    every = chart.panel.fields.list.findChildren(Row)
    assert {row for row in every if row.objectName()} == set(rows(chart))


def test_what_was_in_the_rows_leads_to_the_fields_of_now(make_chart, atlas, syringes):
    first = [field(atlas, key, syringes[0]) for key in keys(atlas, 3)]
    second = [field(atlas, key, syringes[1]) for key in keys(atlas, 6)[3:]]
    chart = make_chart(document(*first))
    load(chart, second, syringes)
    chosen = []
    chart.panel.fields.field_chosen.connect(chosen.append)
    for row in rows(chart):
        chart.qtbot.mouseClick(row, Qt.MouseButton.LeftButton)
    assert chosen == [each.id for each in second]


def test_tab_goes_through_the_rows_of_another_chart_in_their_order(make_chart, atlas, syringes):
    first = [field(atlas, key, syringes[0]) for key in keys(atlas, 4)]
    second = [field(atlas, key, syringes[1]) for key in keys(atlas, 10)[4:]]
    chart = make_chart(document(*first))
    load(chart, second, syringes)
    walked = [rows(chart)[0]]
    walked[0].setFocus(Qt.FocusReason.TabFocusReason)
    while len(walked) < len(second):
        chart.press(Qt.Key.Key_Tab, widget=walked[-1])
        walked.append(chart.panel.focusWidget())
    assert tuple(walked) == rows(chart)


def test_the_keyboard_in_a_row_stays_at_its_place_in_another_chart(make_chart, atlas, syringes):
    first = [field(atlas, key, syringes[0]) for key in keys(atlas, 4)]
    second = [field(atlas, key, syringes[1]) for key in keys(atlas, 8)[4:]]
    chart = make_chart(document(*first))
    rows(chart)[2].setFocus(Qt.FocusReason.TabFocusReason)
    load(chart, second, syringes)
    assert rows(chart)[2].hasFocus()


def test_a_field_that_is_in_both_charts_keeps_its_row(make_chart, atlas, syringes):
    one, two = (field(atlas, key, syringes[0]) for key in keys(atlas, 2))
    chart = make_chart(document(one, two))
    kept = rows(chart)[0]
    changed = replace(one, dose_per_point_ml=Decimal("0.1"))
    changed = replace(changed, points=PackedPoints(replace(p, volume_ul=100) for p in one.points))
    load(chart, [changed], syringes)
    assert rows(chart) == (kept,)
    assert told(chart) == afresh(make_chart, [changed], syringes)


@pytest.fixture
def many(make_chart, atlas, syringes):
    """Opens a chart with a field in each region: more than a window shows."""
    fields = [field(atlas, key, syringes[0]) for key in keys(atlas, 60)]
    chart = make_chart()

    def open_it():
        load(chart, fields, syringes)
        return chart, fields

    return open_it


def test_rows_that_nobody_sees_come_a_few_at_a_time(many):
    chart, fields = many()
    at_once = len(rows(chart))
    assert chart.panel.height() / ROW_HEIGHT < at_once < len(fields)
    chart.panel.fields.show_measured()
    assert len(rows(chart)) == at_once
    chart.qtbot.waitUntil(lambda: len(rows(chart)) == len(fields))
    titles = [row.title.text() for row in rows(chart)]
    names = [chart.model.atlas.regions_by_key[f.outline.regions[0]].name("en") for f in fields]
    assert titles == names
    assert all(row.isVisible() for row in rows(chart))


def test_they_come_without_moving_what_is_in_sight(many):
    chart, fields = many()
    shown, first = [], rows(chart)[0]
    chart.panel.fields.row_marked.connect(shown.append)
    chart.qtbot.waitUntil(lambda: len(rows(chart)) == len(fields))
    assert shown == []
    assert rows(chart)[0] is first
    assert not first.visibleRegion().isEmpty()


def test_whoever_selects_the_last_field_at_once_is_led_to_it(many):
    chart, fields = many()
    assert len(rows(chart)) < len(fields)
    with chart.qtbot.waitSignal(chart.panel.fields.row_marked) as led:
        chart.model.field_model.select(fields[-1].id)
    assert led.args == [rows(chart)[-1]]
    assert rows(chart)[-1].isChecked()
    assert len(rows(chart)) == len(fields)


def test_whoever_charts_meanwhile_has_all_rows(many):
    chart, fields = many()
    chart.model.field_model.select(fields[0].id)
    chart.model.field_model.delete()
    assert len(rows(chart)) == len(fields) - 1


def test_another_chart_is_not_given_the_rows_that_were_still_to_come(many, atlas, syringes):
    chart, fields = many()
    assert len(rows(chart)) < len(fields)
    at_once = len(rows(chart))
    others = (syringe(3, "4", "Lidocaine", "20"),)
    load(chart, [field(atlas, key, others[0]) for key in keys(atlas, 60)], others)
    assert len(rows(chart)) == at_once
    others = (syringe(4, "4", "Rutin", "10"),)
    second = [field(atlas, key, others[0]) for key in keys(atlas, 2)]
    load(chart, second, others)
    chart.qtbot.wait(200)
    assert len(rows(chart)) == 2
