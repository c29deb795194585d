"""Gestures kept at once: applied, taken back, made again, and still there after a crash."""

import shutil
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import Engine, event, select

from mesodesk.db.models.audit import AuditEntryRow
from mesodesk.db.models.session import ChartFieldRow, SyringeRow
from mesodesk.domain.bodymap.chart import ChartDocument
from mesodesk.domain.bodymap.edits import Edit, EditLabel
from mesodesk.domain.bodymap.fields import Pattern
from mesodesk.domain.changes import Topic
from mesodesk.domain.ids import new_id
from mesodesk.domain.rights import Right
from mesodesk.services.chart_checks import chart_trouble
from mesodesk.services.desk import open_desk
from mesodesk.services.errors import ConflictError, NotFoundError, RefusedError
from mesodesk.vault.vault import open_vault

PASSWORD = "plain tea in the morning"


@pytest.fixture
def syringe_id(draft):
    return draft.syringes[0].id


def regions_on_record(desk, session_id) -> dict:
    with desk.store.read(Right.RECORD_READ) as tx:
        query = select(ChartFieldRow.id, ChartFieldRow.regions)
        return {
            row.id: row.regions
            for row in tx.db.execute(query.where(ChartFieldRow.session_id == session_id))
        }


def trouble(desk, session_id) -> str | None:
    with desk.store.read(Right.RECORD_READ) as tx:
        return chart_trouble(tx.db, session_id)


def test_a_new_session_has_an_empty_chart(desk, draft):
    chart = desk.charts.load(draft.id)
    assert (chart.fields, chart.edits, chart.cursor) == ((), (), 0)


def test_a_gesture_is_read_back_as_it_was_made(desk, kit, draft, syringe_id):
    made = kit.placing(kit.field(syringe_id, 100, 150), kit.field(syringe_id, 50))
    assert desk.charts.append(draft.id, 0, made) == 1
    chart = desk.charts.load(draft.id)
    assert chart.edits == (made,)
    assert chart.fields == tuple(sorted((each for _, _, each in made.changes), key=lambda f: f.id))
    assert chart.cursor == 1


def test_undo_and_redo_walk_the_whole_history(desk, kit, draft, syringe_id):
    first, second = kit.field(syringe_id, 100), kit.field(syringe_id, 200)
    moved = replace(first, points=first.points.changed(0, triangle=99))
    edits = (kit.placing(first), kit.placing(second), kit.changing(first, moved))
    for cursor, edit in enumerate(edits):
        desk.charts.append(draft.id, cursor, edit)
    states = []
    for cursor in (3, 2, 1):
        states.append(desk.charts.load(draft.id).fields)
        assert desk.charts.undo(draft.id, cursor) == cursor - 1
    assert desk.charts.load(draft.id).fields == ()
    assert desk.charts.undo(draft.id, 0) == 0
    for cursor, state in enumerate(reversed(states)):
        assert desk.charts.redo(draft.id, cursor) == cursor + 1
        assert desk.charts.load(draft.id).fields == state
    assert desk.charts.redo(draft.id, 3) == 3
    assert desk.charts.load(draft.id).edits == edits


def test_a_new_gesture_leaves_behind_what_was_undone(desk, kit, draft, syringe_id):
    first, second, third = (kit.placing(kit.field(syringe_id, ul)) for ul in (1, 2, 3))
    desk.charts.append(draft.id, 0, first)
    desk.charts.append(draft.id, 1, second)
    desk.charts.undo(draft.id, 2)
    assert desk.charts.append(draft.id, 1, third) == 2
    chart = desk.charts.load(draft.id)
    assert chart.edits == (first, third)
    assert desk.charts.redo(draft.id, 2) == 2
    assert trouble(desk, draft.id) is None


def test_merged_gestures_are_undone_and_redone_together(desk, kit, draft, syringe_id):
    start = kit.field(syringe_id, 100)
    desk.charts.append(draft.id, 0, kit.placing(start))
    stored = start
    for cursor in range(1, 5):
        moved = replace(stored, points=stored.points.changed(0, triangle=50 + cursor))
        desk.charts.append(draft.id, cursor, kit.changing(stored, moved, "arrow"))
        stored = moved
    document = ChartDocument(*_parts(desk.charts.load(draft.id)))
    document.undo()
    assert desk.charts.undo(draft.id, 5) == document.cursor == 1
    assert desk.charts.load(draft.id).fields == (start,)
    document.redo()
    assert desk.charts.redo(draft.id, 1) == document.cursor == 5
    assert desk.charts.load(draft.id).fields == (stored,)


def _parts(chart):
    return chart.fields, chart.edits, chart.cursor


def test_the_history_is_whole_after_the_vault_was_opened_again(
    desk, kit, draft, syringe_id, open_again
):
    fields = [kit.field(syringe_id, ul) for ul in (10, 20, 30)]
    for cursor, each in enumerate(fields):
        desk.charts.append(draft.id, cursor, kit.placing(each), {each.id: ("chin.left",)})
    desk.charts.append(draft.id, 3, kit.changing(fields[0], None))
    desk.charts.undo(draft.id, 4)
    desk.charts.undo(draft.id, 3)
    desk.close()
    again = open_again()
    chart = again.charts.load(draft.id)
    assert (chart.cursor, len(chart.edits)) == (2, 4)
    assert chart.fields == tuple(fields[:2])
    assert again.charts.redo(draft.id, 2) == 3
    assert again.charts.redo(draft.id, 3) == 4
    assert again.charts.load(draft.id).fields == tuple(fields[1:])
    assert again.charts.undo(draft.id, 4) == 3
    assert again.charts.load(draft.id).fields == tuple(fields)
    assert regions_on_record(again, draft.id) == {each.id: ["chin.left"] for each in fields}


def test_the_history_is_whole_after_a_crash(
    desk, kit, draft, syringe_id, clock, vault_folder, tmp_path
):
    """What lies on the disk while the program still runs is all that a pulled plug leaves."""
    fields = [kit.field(syringe_id, ul) for ul in (10, 20, 30)]
    for cursor, each in enumerate(fields):
        desk.charts.append(draft.id, cursor, kit.placing(each))
    desk.charts.undo(draft.id, 3)
    left = shutil.copytree(vault_folder, tmp_path / "left")
    desk.charts.append(draft.id, 2, kit.changing(fields[0], None))
    again = open_desk(open_vault(left, password=PASSWORD, clock=clock), clock)
    chart = again.charts.load(draft.id)
    assert (chart.fields, chart.cursor, len(chart.edits)) == (tuple(fields[:2]), 2, 3)
    assert again.charts.redo(draft.id, 2) == 3
    assert [again.charts.undo(draft.id, cursor) for cursor in (3, 2, 1)] == [2, 1, 0]
    assert again.checks.check_all() == []
    again.close()


def test_nothing_is_kept_of_a_gesture_that_fails_half_way(desk, kit, draft, syringe_id):
    good = kit.field(syringe_id, 100)
    strange = kit.field(new_id(), 100)
    with pytest.raises(RefusedError):
        desk.charts.append(draft.id, 0, kit.placing(good, strange))
    assert desk.charts.load(draft.id).fields == ()


def test_a_stale_cursor_is_a_conflict_that_brings_the_chart(desk, kit, draft, syringe_id):
    field = kit.field(syringe_id, 100)
    desk.charts.append(draft.id, 0, kit.placing(field))
    for call in (desk.charts.undo, desk.charts.redo):
        with pytest.raises(ConflictError) as error:
            call(draft.id, 0)
        assert error.value.record.fields == (field,)
    with pytest.raises(ConflictError) as error:
        desk.charts.append(draft.id, 0, kit.placing(kit.field(syringe_id, 100)))
    assert error.value.record.cursor == 1


def test_two_desks_cannot_both_change_one_field(desk, kit, draft, syringe_id):
    """The cursor alone would not tell: the other window undid and made another gesture."""
    field = kit.field(syringe_id, 100)
    desk.charts.append(draft.id, 0, kit.placing(field))
    other = second_desk(desk)
    other.charts.undo(draft.id, 1)
    other.charts.append(draft.id, 0, kit.placing(kit.field(syringe_id, 70)))
    with pytest.raises(ConflictError) as error:
        desk.charts.append(draft.id, 1, kit.changing(field, None))
    assert [each.volume_ml for each in error.value.record.fields] == [Decimal("0.07")]


def second_desk(desk):
    """Another window on the same open vault, with a connection of its own."""
    return open_desk(desk.store.vault, desk.store.clock)


def test_a_gesture_that_changes_nothing_is_not_kept(desk, kit, draft, syringe_id):
    field = kit.field(syringe_id, 100)
    desk.charts.append(draft.id, 0, kit.placing(field))
    assert desk.charts.append(draft.id, 1, kit.changing(field, replace(field))) == 1
    assert len(desk.charts.load(draft.id).edits) == 1


def test_regions_stay_with_a_field_until_others_are_given(desk, kit, draft, syringe_id):
    field = kit.field(syringe_id, 100)
    desk.charts.append(draft.id, 0, kit.placing(field), {field.id: ["thigh.left", "knee.left"]})
    assert regions_on_record(desk, draft.id) == {field.id: ["knee.left", "thigh.left"]}
    dosed = replace(field, points=field.points.changed(0, volume_ul=120))
    desk.charts.append(draft.id, 1, kit.changing(field, dosed))
    assert regions_on_record(desk, draft.id) == {field.id: ["knee.left", "thigh.left"]}
    moved = replace(dosed, points=dosed.points.changed(0, triangle=77))
    desk.charts.append(draft.id, 2, kit.changing(dosed, moved), {field.id: ["chin.midline"]})
    assert regions_on_record(desk, draft.id) == {field.id: ["chin.midline"]}
    desk.charts.undo(draft.id, 3)
    assert regions_on_record(desk, draft.id) == {field.id: ["knee.left", "thigh.left"]}
    desk.charts.append(draft.id, 2, kit.changing(dosed, None))
    desk.charts.undo(draft.id, 3)
    assert regions_on_record(desk, draft.id) == {field.id: ["knee.left", "thigh.left"]}
    assert trouble(desk, draft.id) is None


def test_each_gesture_is_on_the_audit_log_without_saying_what_was_injected(
    desk, kit, draft, syringe_id
):
    heard = []
    desk.subscribe(heard.append)
    desk.charts.append(draft.id, 0, kit.placing(kit.field(syringe_id, 100)))
    desk.charts.undo(draft.id, 1)
    desk.charts.redo(draft.id, 0)
    with desk.store.read(Right.RECORD_READ) as tx:
        query = select(AuditEntryRow.action, AuditEntryRow.details).order_by(AuditEntryRow.seq)
        rows = tx.db.execute(query).all()[-3:]
    assert [row.action for row in rows] == ["chart.edit", "chart.undo", "chart.redo"]
    assert rows[0].details == '{"edit":1,"fields":1,"label":"place"}'
    assert heard == [Topic.CHARTS] * 3


def test_the_chart_of_no_session_is_not_found(desk, kit, draft, syringe_id):
    for call in (
        lambda: desk.charts.load(new_id()),
        lambda: desk.charts.append(new_id(), 0, kit.placing(kit.field(syringe_id, 100))),
        lambda: desk.charts.undo(new_id(), 0),
    ):
        with pytest.raises(NotFoundError):
            call()


def test_a_syringe_with_points_is_not_put_away(desk, kit, draft, syringe_id):
    desk.charts.append(draft.id, 0, kit.placing(kit.field(syringe_id, 100, 100)))
    with pytest.raises(RefusedError, match="2 points"):
        desk.sessions.remove_syringe(draft.id, draft.version, syringe_id)


def test_undo_brings_back_a_syringe_that_was_put_away(desk, kit, draft, syringe_id):
    field = kit.field(syringe_id, 100)
    desk.charts.append(draft.id, 0, kit.placing(field))
    desk.charts.append(draft.id, 1, kit.changing(field, None))
    session = desk.sessions.remove_syringe(draft.id, draft.version, syringe_id)
    assert session.syringes == ()
    session = kit.put(session, (kit.lot(), "2"), digit=1)
    heard = []
    desk.subscribe(heard.append)
    assert desk.charts.undo(draft.id, 2) == 1
    assert heard == [Topic.CHARTS | Topic.SESSIONS | Topic.STOCK]
    digits = {each.id: each.digit for each in desk.sessions.get(draft.id).syringes}
    assert digits == {syringe_id: 2, session.syringes[0].id: 1}
    assert desk.charts.load(draft.id).fields == (field,)


def test_a_syringe_put_away_takes_no_new_points(desk, kit, draft, syringe_id):
    desk.sessions.remove_syringe(draft.id, draft.version, syringe_id)
    with pytest.raises(RefusedError, match="Choose another syringe"):
        desk.charts.append(draft.id, 0, kit.placing(kit.field(syringe_id, 100)))


def test_the_tenth_syringe_cannot_come_back(desk, kit, draft, syringe_id):
    field = kit.field(syringe_id, 100)
    desk.charts.append(draft.id, 0, kit.placing(field))
    desk.charts.append(draft.id, 1, kit.changing(field, None))
    session = desk.sessions.remove_syringe(draft.id, draft.version, syringe_id)
    lot = kit.lot()
    for digit in range(1, 10):
        session = kit.put(session, (lot, "1"), digit=digit)
    with pytest.raises(RefusedError, match="nine"):
        desk.charts.undo(draft.id, 2)
    assert desk.charts.load(draft.id).cursor == 2


def test_the_syringe_of_another_session_is_refused(desk, kit, draft, typed_patient):
    other_patient = desk.patients.create(typed_patient("Ito", "Ken"))
    other = kit.put(desk.sessions.start(other_patient.id), (kit.lot(), "5"))
    with pytest.raises(RefusedError):
        desk.charts.append(draft.id, 0, kit.placing(kit.field(other.syringes[0].id, 100)))


def test_a_gesture_asks_little_of_the_database(desk, kit, draft, syringe_id):
    """It is kept while the hand already makes the next one."""
    said = []

    def note(_connection, _cursor, statement, *_others):
        said.append(statement.split()[0])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        desk.charts.append(draft.id, 0, kit.placing(kit.field(syringe_id, 100)))
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    audit = ["SELECT", "INSERT"]
    assert said == ["BEGIN", "SELECT", "INSERT", "INSERT", *audit]


def test_a_zone_finer_than_a_microlitre_is_refused(desk, kit, draft, syringe_id):
    zone = replace(
        kit.field(syringe_id), pattern=Pattern.ZONE, zone_ml=Decimal("0.00001"), punctures=9
    )
    with pytest.raises(RefusedError, match="microlitre"):
        desk.charts.append(draft.id, 0, Edit(EditLabel.PLACE, ((zone.id, None, zone),)))


def test_a_damaged_field_is_said_and_not_shown_as_empty(desk, kit, draft, syringe_id):
    desk.charts.append(draft.id, 0, kit.placing(kit.field(syringe_id, 100)))
    with desk.store.write(Right.OWN) as tx:
        row = tx.db.scalars(select(ChartFieldRow)).one()
        row.points = row.points[:-1]
        tx.audit("test.damage", "chart_field", row.id)
    with pytest.raises(RefusedError, match="cannot be read"):
        desk.charts.load(draft.id)


NO_UUID = (
    '{"edit":{"label":"x","merge_key":null,"changes":[{"field":"zz","before":null,"after":null}]},'
    '"before":{},"after":{}}'
)


@pytest.mark.parametrize(
    "payload", ["{", "[]", "7", "{}", NO_UUID, NO_UUID.replace('"zz"', "5"), NO_UUID[:-3] + "[3]}"]
)
def test_a_damaged_gesture_is_said_and_never_taken_back_in_part(
    desk, kit, draft, syringe_id, tamper, payload
):
    desk.charts.append(draft.id, 0, kit.placing(kit.field(syringe_id, 100)))
    tamper(f"UPDATE chart_edit SET payload = '{payload}'")  # noqa: S608
    for walk in (
        lambda: desk.charts.load(draft.id),
        lambda: desk.charts.undo(draft.id, 1),
        lambda: desk.charts.append(draft.id, 0, kit.placing(kit.field(syringe_id, 100))),
    ):
        with pytest.raises(RefusedError, match="A part of this chart cannot be read"):
            walk()
    tamper("UPDATE chart_edit SET state = 'undone'")
    with pytest.raises(RefusedError, match="A part of this chart cannot be read"):
        desk.charts.redo(draft.id, 0)
    assert trouble(desk, draft.id) == "a part of its chart cannot be read."


@pytest.mark.parametrize(
    "damage",
    [
        "definition = '{'",
        "definition = '7'",
        "definition = '{}'",
        "regions = '{'",
        "points = x'01'",
    ],
)
def test_a_gesture_on_a_damaged_field_is_refused(desk, kit, draft, syringe_id, tamper, damage):
    field = kit.field(syringe_id, 100)
    desk.charts.append(draft.id, 0, kit.placing(field))
    tamper(f"UPDATE chart_field SET {damage}")  # noqa: S608
    moved = replace(field, points=field.points.changed(0, triangle=77))
    for work in (
        lambda: desk.charts.append(draft.id, 1, kit.changing(field, moved)),
        lambda: desk.charts.load(draft.id),
    ):
        with pytest.raises(RefusedError, match="A part of this chart cannot be read"):
            work()


def test_a_replayed_history_is_what_lies_in_the_tables(desk, kit, draft, syringe_id):
    field = kit.field(syringe_id, 100, 200)
    desk.charts.append(draft.id, 0, kit.placing(field), {field.id: ("chin.left",)})
    dosed = replace(field, points=field.points.changed(1, volume_ul=90))
    desk.charts.append(draft.id, 1, kit.changing(field, dosed))
    desk.charts.undo(draft.id, 2)
    assert trouble(desk, draft.id) is None
    with desk.store.write(Right.OWN) as tx:
        row = tx.db.scalars(select(ChartFieldRow)).one()
        row.volume_ul += 1
        tx.audit("test.alter", "chart_field", row.id)
    assert "sums" in trouble(desk, draft.id)


def test_put_away_syringes_keep_their_rows(desk, kit, draft, syringe_id):
    desk.sessions.remove_syringe(draft.id, draft.version, syringe_id)
    with desk.store.read(Right.RECORD_READ) as tx:
        assert tx.db.get(SyringeRow, syringe_id).removed
