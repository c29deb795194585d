"""The chart of a session: kept gesture by gesture, through crashes, faults and locks."""

from dataclasses import replace
from decimal import Decimal
from threading import current_thread, main_thread

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel
from sqlalchemy import text

from mesodesk.domain.answers import Answer
from mesodesk.domain.bodymap import zones
from mesodesk.domain.bodymap.fields import Pattern
from mesodesk.domain.bodymap.outlines import area_of, forget
from mesodesk.domain.records.session import ComponentFields, SyringeFields
from mesodesk.domain.rights import Right
from mesodesk.ui.bodymap.keys_card import chart_keys

from .conftest import complete_intake

PASSWORD = "plain tea in the morning"
BELLY = (0.50, 0.40)


def test_a_draft_opens_at_the_first_station_with_something_to_do(desk):
    assert desk.page.stack.current == "chart"
    assert desk.page.steps.current() == "chart"
    assert desk.place.window.windowTitle() == "Session - Mesodesk"


def test_every_gesture_is_on_record_at_once_with_its_regions(desk):
    desk.station("chart")
    desk.place_points(1)
    stored = desk.stored_chart()
    assert stored.cursor == 1
    assert desk.place.window.status.text().startswith("kept")
    regions = desk.place.run(
        lambda one: one.sessions.for_patient(desk.session.patient_id)[0].regions
    )
    ref = next(iter(desk.panel.model.document.refs()))
    assert regions == (desk.panel.model.region_of(ref).key,)


def test_undo_goes_on_after_the_vault_was_reopened(desk):
    desk.station("chart")
    desk.place_points(3)
    desk.reopen(gently=False)
    desk.station("chart")
    assert len(desk.panel.model.fields) == 3
    desk.canvas.setFocus()
    desk.place.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    desk.place.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    desk.place.settle()
    assert desk.stored_chart().cursor == 1
    assert len(desk.stored_chart().fields) == 1
    desk.place.press(Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    desk.place.settle()
    assert desk.stored_chart().cursor == 2


def test_the_keys_of_the_chart_are_in_the_overview_while_it_is_shown(desk):
    def listed():
        # A key may stand for one thing on one station, and for another on the chart.
        return {(each.keys, each.text) for each in desk.page.key_help}

    desk.station("check")
    without = listed()
    assert "[  ]" not in dict(without)
    desk.station("chart")
    desk.station("chart")
    assert listed() >= without
    assert dict(listed())["[  ]"] == "Less or more volume"
    assert len(desk.page.key_help) == len(without) + len(chart_keys())
    desk.place.click("hint_keys")
    shown = {label.text() for label in desk.place.window.findChildren(QLabel) if label.isVisible()}
    enter = "Place, fill or draw at the crosshair; open the point or field"
    assert {"Take a syringe", enter, "Next point"} <= shown
    desk.place.press(Qt.Key.Key_Escape)
    desk.station("prepare")
    assert listed() == without


def test_the_view_of_the_chart_stays_over_stations_and_the_lock(desk):
    desk.station("chart")
    desk.place_points(2)
    desk.canvas.zoom_in()
    before = desk.canvas.viewport.scale
    desk.station("finish")
    desk.station("chart")
    assert desk.canvas.viewport.scale == before
    desk.place.window.ask_lock()
    desk.place.settle()
    desk.place.window.hide_cover()
    desk.place.settle()
    assert desk.canvas.viewport.scale == before
    assert desk.page.stack.current == "chart"


def test_text_typed_into_the_note_survives_a_crash(desk):
    desk.station("finish")
    desk.place.type("session_note", "Prefers mornings")
    desk.qtbot.waitUntil(lambda: desk.place.window.status.text().startswith("kept"))
    desk.reopen(gently=False)
    assert desk.stored().fields.note == "Prefers mornings"


def test_a_session_that_is_not_on_record_says_so(desk):
    desk.place.window.open("session", session_id=desk.session.patient_id)
    desk.place.settle()
    assert desk.place.find("session_broken").isVisible()
    assert "not on record" in desk.page._broken.text.text()
    desk.place.click("session_broken_action")
    assert desk.place.window.current_page().page_id == "patients"


class DiskFullError(Exception):
    """What storage says when there is no room; told as the database tells it."""

    sentence = "The disk is full. Nothing of this was kept. Make room; it is tried again."


def test_a_gesture_that_cannot_be_stored_stays_and_is_tried_again(desk, monkeypatch):
    desk.station("chart")
    whole, failures = type(desk.place.desk.charts).append, [2]

    def failing(*arguments):
        if failures[0]:
            failures[0] -= 1
            raise DiskFullError
        return whole(*arguments)

    monkeypatch.setattr(type(desk.place.desk.charts), "append", failing)
    desk.state.keeper._retry_wait = 30
    desk.place_points(2)
    assert desk.place.window.status.unkept()
    assert "disk is full" in desk.place.window.status.text()
    assert len(desk.panel.model.fields) == 2
    desk.qtbot.waitUntil(lambda: not desk.place.window.status.unkept())
    assert len(desk.stored_chart().fields) == 2


class Disk:
    """Storage without room, until somebody makes some."""

    def __init__(self, desk, monkeypatch):
        self.full, self.tried = False, 0
        whole = type(desk.place.desk.charts).append

        def append(*arguments):
            self.tried += 1
            if self.full:
                raise DiskFullError
            return whole(*arguments)

        monkeypatch.setattr(type(desk.place.desk.charts), "append", append)
        desk.state.keeper._retry_wait = 30


def full_disk(desk, monkeypatch):
    """Fill the disk, and place a point that waits for room."""
    disk = Disk(desk, monkeypatch)
    disk.full = True
    view = desk.canvas.view
    spot = desk.canvas.viewport.to_canvas(BELLY[0] * view.width_px, BELLY[1] * view.height_px)
    desk.qtbot.mouseClick(desk.canvas, Qt.MouseButton.LeftButton, pos=spot.toPoint())
    desk.qtbot.waitUntil(lambda: disk.tried > 1)
    return disk


def another_session(desk):
    """Return a draft of another patient, with a syringe drawn up."""
    other = desk.place.patient("Rossi", "Anna")

    def begin(one):
        complete_intake(one, other)
        session = one.sessions.start(other.id)
        drawn = SyringeFields(1, "", (ComponentFields(one.catalogue.lots()[0].id, Decimal("0.5")),))
        return one.sessions.put_syringe(session.id, session.version, drawn)

    return desk.place.run(begin)


@pytest.mark.parametrize("way", ["lock", "station", "page"])
def test_a_number_that_is_being_typed_is_kept_when_one_leaves(desk, way):
    desk.station("chart")
    # So far apart that the little in the syringe is enough.
    desk.panel.model.field_model.set_spacing(Decimal(40))
    fill_region(desk)
    (before,) = desk.stored_chart().fields
    typed = desk.panel.settings.dose_ml.field.input
    typed.setFocus()
    typed.selectAll()
    desk.qtbot.keyClicks(typed, "0.02")
    if way == "lock":
        desk.place.window.ask_lock()
    elif way == "station":
        desk.place.press(Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    else:
        desk.place.window.open("patients")
    desk.place.settle()
    (after,) = desk.stored_chart().fields
    assert before.dose_per_point_ml == Decimal("0.05")
    assert after.dose_per_point_ml == Decimal("0.02")


def test_what_waits_of_one_patient_is_never_shown_to_another(desk, monkeypatch):
    other = another_session(desk)
    desk.station("chart")
    desk.place_points(1)
    disk = full_disk(desk, monkeypatch)
    assert len(desk.panel.model.fields) == 2
    desk.place.window.open("session", session_id=other.id, station="chart")
    desk.qtbot.waitUntil(lambda: desk.state.is_open() and desk.state.record.id == other.id)
    desk.qtbot.waitUntil(lambda: desk.panel.isVisible())
    assert len(desk.panel.model.fields) == 0
    disk.full = False
    desk.qtbot.waitUntil(lambda: len(desk.stored_chart().fields) == 2)
    desk.place.settle()
    assert len(desk.panel.model.fields) == 0
    assert desk.state.chart.fields == ()
    desk.place_points(1)
    desk.place.settle()
    assert len(desk.place.run(lambda one: one.charts.load(other.id)).fields) == 1
    assert len(desk.stored_chart().fields) == 2
    assert not desk.place.find("chart_notice").isVisible()


def test_what_waited_is_shown_to_whoever_came_back_before_it_was_kept(desk, monkeypatch):
    other = another_session(desk)
    desk.station("chart")
    desk.place_points(1)
    disk = full_disk(desk, monkeypatch)
    for session_id in (other.id, desk.session.id):
        desk.place.window.open("session", session_id=session_id, station="chart")
        desk.qtbot.waitUntil(lambda: desk.state.record.id == desk.state.session_id)
        desk.qtbot.waitUntil(lambda: desk.panel.isVisible())
    assert len(desk.panel.model.fields) == 1
    disk.full = False
    desk.qtbot.waitUntil(lambda: len(desk.panel.model.fields) == 2)
    assert len(desk.stored_chart().fields) == 2


def test_a_gesture_that_is_refused_is_said_and_the_chart_shows_what_is_on_record(desk):
    desk.station("chart")
    desk.place_points(2)
    # Another window takes the last gesture back at the same moment.
    desk.place.run(lambda one: one.charts.undo(desk.session.id, 2))
    desk.canvas.setFocus()
    desk.place.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    desk.place.settle()
    assert desk.place.find("chart_notice").isVisible()
    desk.qtbot.waitUntil(lambda: len(desk.panel.model.fields) == 1)
    assert desk.stored_chart().cursor == 1
    desk.place_points(1)
    assert desk.stored_chart().cursor == 2


def test_the_draft_opens_where_one_was(desk):
    desk.station("prepare")
    desk.place.window.open("patients")
    desk.open_again()
    assert desk.page.stack.current == "prepare"


def unanswer(desk):
    """Take the answer to the first question of Check back, so that something is missing there."""

    def work(one):
        stored = one.sessions.get(desk.session.id)
        fields = replace(stored.fields, anything_changed=Answer.NOT_ASKED)
        return one.sessions.save(stored.id, stored.version, fields)

    desk.place.run(work)


def test_after_a_crash_one_comes_back_to_the_chart_that_was_being_worked_on(desk):
    unanswer(desk)
    desk.station("chart")
    desk.place_points(2)
    desk.place.clock.move(minutes=1)
    desk.place.press(Qt.Key.Key_PageDown)
    assert desk.canvas.view.view_id == "back"
    desk.place_points(1)
    desk.reopen(gently=False)
    assert desk.page.stack.current == "chart"
    desk.qtbot.waitUntil(lambda: desk.canvas.has_stage and desk.panel.isVisible())
    assert desk.canvas.view.view_id != "front"
    ref = desk.panel.model.document.newest_ref()
    at, seen = desk.canvas.stage.on_canvas(ref)
    assert seen
    assert desk.canvas.rect().contains(at.toPoint())


def test_what_was_typed_after_the_chart_leads_to_what_is_unfinished(desk):
    desk.station("chart")
    desk.place_points(1)
    desk.place.clock.move(minutes=1)
    unanswer(desk)
    desk.reopen(gently=False)
    assert desk.page.stack.current == "check"


def test_the_points_of_the_last_session_are_shown_as_ghosts_from_the_vault(signed):
    patient = signed.session.patient_id
    signed.session = signed.place.run(lambda one: one.sessions.start(patient))
    signed.open(signed.session.id, station="chart")
    signed.station("chart")
    signed.canvas.setFocus()
    signed.place.press(Qt.Key.Key_G)
    signed.place.settle()
    card = signed.place.find("ghost_card")
    assert card.isVisible()
    assert card.accessibleDescription() == "10 Mar 2026 · session 1, 2 points"
    assert signed.stored_chart().fields == ()
    assert signed.panel.model.totals.whole.points == 0
    signed.place.press(Qt.Key.Key_G)
    assert not card.isVisible()


def test_the_first_session_has_no_ghosts(desk):
    desk.station("chart")
    desk.canvas.setFocus()
    desk.place.press(Qt.Key.Key_G)
    desk.place.settle()
    assert desk.canvas.hint.label.text() == "There is no signed session before this one to show."


def copied_session(signed):
    """Begin the session after a signed one, with a syringe of the same product, and copy by C."""
    patient, before = signed.session.patient_id, signed.stored()
    lot = before.syringes[0].components[0].lot_id

    def begin(one):
        draft = one.sessions.start(patient)
        drawn = SyringeFields(3, "Again", (ComponentFields(lot, Decimal(2)),))
        return one.sessions.put_syringe(draft.id, draft.version, drawn)

    signed.session = signed.place.run(begin)
    signed.open(signed.session.id, station="chart")
    signed.station("chart")
    signed.canvas.setFocus()
    signed.place.press(Qt.Key.Key_C)
    signed.place.settle()
    assert signed.place.find("copy_card").isVisible()
    signed.place.press(Qt.Key.Key_Return)
    signed.place.settle()


def test_c_copies_the_last_session_into_the_vault_as_one_gesture(signed):
    last = signed.stored_chart()
    copied_session(signed)
    chart = signed.stored_chart()
    assert chart.cursor == 1
    assert [each.points for each in chart.fields] == [each.points for each in last.fields]
    assert not {each.id for each in chart.fields} & {each.id for each in last.fields}
    assert {each.syringe_id for each in chart.fields} == {signed.session.syringes[0].id}
    regions = signed.place.run(
        lambda one: [each.regions for each in one.sessions.for_patient(signed.session.patient_id)]
    )
    assert regions[0] == regions[1]
    signed.place.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    signed.place.settle()
    assert signed.stored_chart().fields == ()
    assert signed.stored_chart().cursor == 0


def test_what_differs_from_the_last_session_is_told_after_a_crash(signed):
    copied_session(signed)
    signed.reopen(gently=False)
    signed.station("chart")
    signed.place.settle()
    chip = signed.place.find("chart_since_last")
    assert chip.isVisible()
    assert chip.text() == "As in the last session"
    model = signed.panel.model
    model.set_dose(next(iter(model.document.refs())), Decimal("0.08"))
    signed.qtbot.waitUntil(lambda: chip.text() == "1 point changed since the last session")
    signed.place.settle()


def fill_region(desk, share=(0.61, 0.58)):
    """Fill the region at a share of the view with a click, as a therapist would."""
    desk.canvas.setFocus()
    desk.place.qtbot.keyClicks(desk.canvas, "r")
    view = desk.canvas.view
    spot = desk.canvas.viewport.to_canvas(share[0] * view.width_px, share[1] * view.height_px)
    desk.qtbot.mouseClick(desk.canvas, Qt.MouseButton.LeftButton, pos=spot.toPoint())
    overdraw(desk)


def overdraw(desk):
    """Chart more than the syringe holds all the same."""
    desk.qtbot.mouseClick(desk.panel.view.shortage.go_on, Qt.MouseButton.LeftButton)
    desk.place.settle()


def test_a_field_is_on_record_at_once_and_comes_back_with_its_outline(desk):
    desk.station("chart")
    fill_region(desk)
    desk.qtbot.keyClicks(desk.canvas, "m")
    overdraw(desk)
    before = dict(desk.panel.model.fields)
    assert len(before) == 2
    assert {field.id: field for field in desk.stored_chart().fields} == before
    regions = desk.place.run(
        lambda one: one.sessions.for_patient(desk.session.patient_id)[0].regions
    )
    assert {key.partition(".")[2] for key in regions} == {"left", "right"}
    desk.reopen(gently=False)
    desk.station("chart")
    assert dict(desk.panel.model.fields) == before
    assert desk.panel.model.field_model.settings.spacing_mm == Decimal(15)


def test_fifty_edits_and_a_deleted_field_are_undone_after_a_crash(desk):
    desk.station("chart")
    fill_region(desk)
    (field,) = desk.panel.model.fields.values()
    steps = 50
    for number in range(steps):
        desk.panel.model.field_model.select(field.id)
        desk.panel.model.field_model.set_depth(Decimal(5) + number)
    desk.panel.model.field_model.delete()
    desk.place.settle()
    desk.reopen(gently=False)
    desk.station("chart")
    assert not desk.panel.model.fields
    desk.canvas.setFocus()
    for _ in range(steps + 1):
        desk.place.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    desk.place.settle()
    assert desk.panel.model.fields[field.id] == field
    assert desk.stored_chart().fields == (field,)


def test_a_zone_is_kept_with_the_regions_it_lies_in(desk):
    desk.station("chart")
    desk.panel.model.field_model.set_pattern(Pattern.ZONE)
    fill_region(desk)
    (zone,) = desk.stored_chart().fields
    assert zone.punctures > 0
    regions = desk.place.run(
        lambda one: one.sessions.for_patient(desk.session.patient_id)[0].regions
    )
    assert regions == zone.outline.regions


def test_the_zones_of_a_chart_are_cut_beside_the_window(desk, monkeypatch):
    desk.station("chart")
    desk.panel.model.field_model.set_pattern(Pattern.ZONE)
    desk.canvas.setFocus()
    desk.qtbot.keyClicks(desk.canvas, "o")
    view, viewport = desk.canvas.view, desk.canvas.viewport
    middle = viewport.to_canvas(0.61 * view.width_px, 0.58 * view.height_px).toPoint()
    desk.qtbot.mousePress(desk.canvas, Qt.MouseButton.LeftButton, pos=middle)
    for reach in (8, 16, 24):
        desk.qtbot.mouseMove(desk.canvas, middle + QPoint(reach, 0))
    desk.qtbot.mouseRelease(desk.canvas, Qt.MouseButton.LeftButton, pos=middle + QPoint(24, 0))
    desk.qtbot.waitUntil(lambda: desk.panel.model.pending is not None)
    overdraw(desk)
    (zone,) = desk.stored_chart().fields
    assert zone.outline.rings
    before = desk.panel.model.totals.cells
    cut_on = []
    monkeypatch.setattr(
        zones, "area_of", lambda *which: cut_on.append(current_thread()) or area_of(*which)
    )
    zones.zone_parts.cache_clear()
    forget()
    desk.reopen(gently=False)
    desk.station("chart")
    assert desk.panel.model.totals.cells == before
    assert cut_on
    assert main_thread() not in cut_on


def test_a_chart_of_another_body_is_told_and_not_drawn(desk):
    desk.station("chart")
    desk.place_points(1)
    desk.place.run(lambda one: alter_atlas(one, desk.session.id))
    desk.reopen()
    desk.place.click("step_chart")
    desk.place.settle()
    station = desk.page.stack.station("chart")
    desk.qtbot.waitUntil(station.notice.isVisible)
    assert "another version of the body" in station.notice.headline.text()
    assert not station.panel.isVisible()
    assert len(desk.stored_chart().fields) == 1


def alter_atlas(one, session_id):
    with one.store.write(Right.OWN) as tx:
        tx.db.execute(text("UPDATE session SET atlas_id = 'body-99'"))
        tx.audit("session.save", "session", session_id)


def test_whoever_charts_for_the_first_time_gets_three_hints_once(desk):
    desk.station("chart")
    hints = desk.panel.view.first_hints
    desk.qtbot.waitUntil(hints.isVisible)
    assert desk.canvas.rect().contains(hints.geometry())
    fill_region(desk, (0.5, 0.4))
    assert desk.panel.model.fields
    assert not hints.isVisible()
    desk.reopen()
    desk.station("chart")
    desk.place.settle()
    assert "first_hints" not in vars(desk.panel.view)


def test_the_hints_are_put_away_by_hand(desk):
    desk.station("chart")
    hints = desk.panel.view.first_hints
    desk.qtbot.waitUntil(hints.isVisible)
    desk.place.click("first_hints_close")
    assert not hints.isVisible()
    # The keys that it told of are for the body at once.
    assert desk.canvas.hasFocus()
    desk.station("check")
    desk.station("chart")
    desk.place.settle()
    assert not hints.isVisible()
