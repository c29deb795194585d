"""The list of fields when one chart is read again, or charts of different lengths are opened."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea

from mesodesk.ui.bodymap.fields_panel import AreaRow

from .test_opened_rows import document, field, keys, load, rows


@pytest.fixture
def long_list(make_chart, atlas, syringes):
    """A chart with a field in each of sixty regions, all of them in the list."""
    fields = [field(atlas, key, syringes[0]) for key in keys(atlas, 60)]
    chart = make_chart()
    load(chart, fields, syringes)
    chart.qtbot.waitUntil(lambda: len(rows(chart)) == 60)
    return chart, fields


def test_tab_goes_through_the_rows_of_a_third_chart_in_their_order(make_chart, atlas, syringes):
    names = keys(atlas, 12)
    first = [field(atlas, key, syringes[0]) for key in names[:4]]
    second = [field(atlas, key, syringes[0]) for key in names[4:6]]
    third = [field(atlas, key, syringes[0]) for key in names[6:10]]
    chart = make_chart(document(*first))
    load(chart, second, syringes)
    load(chart, third, syringes)
    chart.qtbot.wait(100)
    walked = [rows(chart)[0]]
    walked[0].setFocus(Qt.FocusReason.TabFocusReason)
    while len(walked) < 4:
        chart.press(Qt.Key.Key_Tab, widget=walked[-1])
        walked.append(chart.panel.focusWidget())
    assert walked == list(rows(chart))


def test_the_keyboard_stays_in_a_late_row_when_the_chart_is_read_again(long_list, syringes):
    chart, fields = long_list
    rows(chart)[50].setFocus(Qt.FocusReason.TabFocusReason)
    load(chart, fields, syringes)
    chart.qtbot.waitUntil(lambda: len(rows(chart)) == 60)
    assert rows(chart)[50].hasFocus()


def test_the_list_stays_where_it_was_scrolled_when_the_chart_is_read_again(long_list, syringes):
    chart, fields = long_list
    chart.qtbot.wait(50)
    area = chart.panel.fields
    while not isinstance(area, QScrollArea):
        area = area.parentWidget()
    bar = area.verticalScrollBar()
    bar.setValue(bar.maximum())
    before = bar.value()
    assert before > 0
    load(chart, fields, syringes)
    chart.qtbot.waitUntil(lambda: len(rows(chart)) == 60)
    chart.qtbot.wait(50)
    assert bar.value() == before


def test_end_leads_to_the_last_field_at_once(make_chart, atlas, syringes):
    fields = [field(atlas, key, syringes[0]) for key in keys(atlas, 60)]
    chart = make_chart()
    load(chart, fields, syringes)
    rows(chart)[0].setFocus(Qt.FocusReason.TabFocusReason)
    chart.press(Qt.Key.Key_End, widget=rows(chart)[0])
    assert "field_60" in chart.panel.focusWidget().objectName()


def test_a_row_out_of_sight_says_nothing_of_the_chart_before(make_chart, atlas, syringes):
    first = [field(atlas, key, syringes[0]) for key in keys(atlas, 3)]
    chart = make_chart(document(*first))
    load(chart, [], ())
    chart.qtbot.wait(50)

    kept = [row for row in chart.panel.findChildren(AreaRow) if row not in rows(chart)]
    assert len(kept) == 3
    for row in kept:
        said = (row.title.text(), row.subtitle.text(), row.amounts.text(), row.amounts.toolTip())
        assert said == ("", "", "", "")
        assert not any(letter.isalnum() for letter in row.accessibleName())


def test_delete_removes_the_field_that_had_the_keyboard_before_it_was_read_again(
    long_list, syringes
):
    chart, fields = long_list
    rows(chart)[50].setFocus(Qt.FocusReason.TabFocusReason)
    load(chart, fields, syringes)
    chart.press(Qt.Key.Key_Delete, widget=chart.panel.focusWidget())
    gone = [at for at, each in enumerate(fields) if each.id not in chart.model.fields]
    assert gone == [50]
