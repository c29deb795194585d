"""What small bodies cost: only those in sight are painted, from no more than they need."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QScrollArea

from mesodesk.domain.bodymap import atlas as atlas_module
from mesodesk.domain.bodymap import view as view_module
from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.session import SessionState, SessionSummary
from mesodesk.ui.bodymap import figure
from mesodesk.ui.pages.patient_parts import thumbnails
from mesodesk.ui.pages.patient_parts.file import read_file
from mesodesk.ui.pages.patient_parts.sessions_tab import SessionsTab
from mesodesk.ui.pages.patient_parts.small_session import region_words


def session(number, now):
    return SessionSummary(
        id=new_id(),
        patient_id=new_id(),
        patient_name="García López, María José",
        number=number,
        state=SessionState.SIGNED,
        started_at=now - timedelta(days=200 - number),
        therapist="Olga Owner",
        points=1,
        injected_ml=Decimal("0.05"),
        regions=("cheek.left",),
        products=(),
        next_session_on=None,
    )


@pytest.fixture
def asked(monkeypatch):
    """The numbers of the sessions whose pictures were asked for."""
    numbers = []

    def ask(_self, session, _ratio):
        numbers.append(session.number)

    monkeypatch.setattr(thumbnails.Thumbnails, "ask", ask)
    return numbers


def test_only_sessions_in_sight_and_a_few_more_are_painted(workplace, qtbot, asked):
    patient = workplace.patient()
    file = workplace.run(lambda desk: read_file(desk, patient.id))
    now = workplace.clock.now()
    tab = SessionsTab(workplace.context, workplace.window)
    tab.resize(900, 500)
    tab.show_file(replace(file, sessions=tuple(session(200 - at, now) for at in range(60))))
    assert asked == []
    tab.show()
    qtbot.waitUntil(lambda: 200 in asked)
    QApplication.processEvents()
    assert len(set(asked)) < 12
    tab.earlier.click()
    qtbot.waitUntil(lambda: "Earlier sessions: 12" in tab.earlier.text())
    assert len(tab.list.rows()) == 48
    tab.earlier.setFocus()
    qtbot.keyClick(tab.earlier, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(tab.list.rows()) == 60)
    qtbot.waitUntil(tab.earlier.isHidden)
    assert workplace.window.focusWidget() is tab.list.rows()[48], "the first that was not there"
    scroll = tab.findChild(QScrollArea)
    qtbot.waitUntil(lambda: scroll.verticalScrollBar().maximum() > 60 * 40)
    scroll.verticalScrollBar().setValue(scroll.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: 141 in asked)
    QApplication.processEvents()
    assert 170 not in asked
    assert len(set(asked)) < 30


def test_a_patient_is_read_and_regions_named_without_a_body(workplace, monkeypatch):
    patient = workplace.patient()

    def refuse(*_args):
        raise AssertionError("a body was read")

    load_atlas.cache_clear()
    monkeypatch.setattr(atlas_module, "_read", refuse)
    file = workplace.run(lambda desk: read_file(desk, patient.id))
    assert file.patient.id == patient.id
    assert region_words(("cheek.left", "gone"), "en") == "Left cheek, gone"


def marks_on(atlas, view_id, places):
    view = atlas.view(view_id)
    found = [view.pick(x * view.width_px, y * view.height_px) for x, y in places]
    rows = [(p.triangle, p.u, p.v) for p in found if p is not None]
    triangle, u, v = (np.array(column) for column in zip(*rows, strict=True))
    return thumbnails._Marks(triangle, u, v, np.zeros(len(rows), dtype=np.int64), (new_id(),))


GRID = [(0.1 + 0.8 * x / 9, 0.1 + 0.8 * y / 9) for x in range(10) for y in range(10)]


@pytest.mark.parametrize("view_id", ["front", "back", "left", "thigh_inner_right", "face_left"])
def test_the_whole_view_is_the_one_that_shows_most(view_id):
    atlas = load_atlas("female")
    marks = marks_on(atlas, view_id, GRID)
    whole = [view for view in atlas.views if not view.closeup]
    most = max((thumbnails._shown(view, marks) for view in whole), key=thumbnails._count)
    view, places, seen = thumbnails._best_whole(whole, marks)
    assert view is most[0]
    assert np.array_equal(places, most[1])
    assert np.array_equal(seen, most[2])


def test_a_point_behind_other_skin_is_not_drawn():
    """The inside of the right thigh, from the left, is behind the left thigh."""
    atlas = load_atlas("female")
    region = atlas.regions_by_key["thigh_inner_upper.right"].index
    own = np.flatnonzero(atlas.region_indices(np.arange(atlas.triangle_count)) == region)
    third = np.full(len(own), 1 / 3)
    left = atlas.view("left")
    marks = thumbnails._Marks(own, third, third, np.zeros(len(own), dtype=np.int64), (new_id(),))
    assert thumbnails._count(thumbnails._shown(left, marks)) < thumbnails._could_show(left, marks)


def test_looking_for_the_best_view_looks_behind_skin_in_few():
    atlas = load_atlas("female")
    marks = marks_on(atlas, "abdomen", [(0.3 + 0.04 * at, 0.5) for at in range(10)])
    view_module._index_of.cache_clear()
    chosen, _, seen = thumbnails._chosen(atlas, marks)
    assert chosen.closeup
    assert seen.all()
    assert view_module._index_of.cache_info().misses <= 2


def test_a_small_body_never_reads_the_large_picture(qapp, monkeypatch):
    def refuse(_path):
        raise AssertionError("the large picture was read")

    monkeypatch.setattr(figure, "_image", refuse)
    view = load_atlas("female").view("front")
    whole = np.array([[0.0, 0.0], [view.width_px, view.height_px]])
    picture = thumbnails._picture(view, whole, [1, 1], 2.0)
    middle = picture.pixelColor(picture.width() // 2, round(picture.height() * 0.4))
    assert middle.alpha() == 255
    assert middle.red() > middle.blue()
