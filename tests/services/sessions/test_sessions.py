"""Sessions in draft: begun once, kept as typed, drawn up, acknowledged, discarded."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from typed_sessions import finished_fields

from mesodesk.db.models.audit import AuditEntryRow
from mesodesk.db.models.session import SessionRow
from mesodesk.domain.answers import Answer
from mesodesk.domain.bodymap.atlas import load_atlas, shipped_atlas_id
from mesodesk.domain.bodymap.edits import EditLabel
from mesodesk.domain.bodymap.fields import Outline, OutlineKind
from mesodesk.domain.bodymap.view import SurfacePoint
from mesodesk.domain.changes import Topic
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.session import (
    SessionFields,
    SessionState,
)
from mesodesk.domain.rights import Right
from mesodesk.services.desk import open_desk
from mesodesk.services.errors import ConflictError, InvalidError, NotFoundError, RefusedError


def places(error: pytest.ExceptionInfo[InvalidError]) -> set[str]:
    return {problem.place for problem in error.value.problems}


def actions(desk) -> list[str]:
    with desk.store.read(Right.RECORD_READ) as tx:
        return list(tx.db.scalars(select(AuditEntryRow.action).order_by(AuditEntryRow.seq)))


# Beginning


def test_a_session_begins_with_what_is_known(desk, kit, clock):
    kit.complete_intake()
    session = desk.sessions.start(kit.patient.id)
    assert (session.number, session.state, session.version) == (1, SessionState.DRAFT, 1)
    assert session.started_at == clock.now()
    assert session.therapist == "Olga Owner"
    assert session.body_sex == kit.patient.fields.body_sex
    assert session.height_cm == Decimal(168)
    assert session.atlas_id == shipped_atlas_id()
    assert session.fields == SessionFields(weight_kg=Decimal(62))  # told on this day
    assert (session.syringes, session.addenda, session.seal) == ((), (), None)


def test_there_is_one_open_session_for_a_patient(desk, patient, begun):
    assert desk.sessions.start(patient.id) == begun
    assert len(desk.sessions.drafts()) == 1


def test_a_height_asked_after_the_beginning_scales_the_body(desk, kit):
    begun = desk.sessions.start(kit.patient.id)
    assert begun.height_cm is None
    kit.complete_intake()
    again = desk.sessions.start(kit.patient.id)
    assert (again.id, again.height_cm, again.version) == (begun.id, Decimal(168), 2)
    assert desk.sessions.start(kit.patient.id) == again


def charted_without_height(desk, kit, *fields_of):
    """Return a draft whose patient has no height yet, with fields laid on the figure's own."""
    draft = desk.sessions.start(kit.patient.id)
    draft = kit.put(draft, (kit.lot(), "10"))
    fields = [
        replace(kit.field(draft.syringes[0].id, 100, 100, triangle=10 * at), **others)
        for at, others in enumerate(fields_of)
    ]
    for cursor, each in enumerate(fields):
        desk.charts.append(draft.id, cursor, kit.placing(each), {each.id: ("calf.left",)})
    return draft, fields


def test_a_height_asked_after_fields_were_laid_tells_their_lengths_by_an_edit(desk, kit):
    band = Outline(OutlineKind.BAND, ((SurfacePoint(10, 0.2, 0.2),) * 3,), width_mm=Decimal(20))
    draft, (grid, broad, lone) = charted_without_height(
        desk, kit, {"spacing_mm": Decimal(15)}, {"outline": band, "spacing_mm": Decimal(10)}, {}
    )
    kit.complete_intake()
    again = desk.sessions.start(kit.patient.id)
    assert again.height_cm == Decimal(168)
    scale = Decimal(1680) / Decimal(str(load_atlas("female").height_mm))
    chart = desk.charts.load(draft.id)
    by_id = {each.id: each for each in chart.fields}
    tenth = Decimal("0.1")
    assert by_id[grid.id].spacing_mm == (15 * scale).quantize(tenth) != 15
    assert by_id[broad.id].spacing_mm == (10 * scale).quantize(tenth)
    assert by_id[broad.id].outline.width_mm == (20 * scale).quantize(tenth)
    assert by_id[lone.id] == lone
    assert by_id[grid.id].points == grid.points
    assert (chart.cursor, chart.edits[-1].label) == (4, EditLabel.HEIGHT)
    assert chart.edits[-1].field_ids == {grid.id, broad.id}
    assert desk.sessions.start(kit.patient.id) == again
    assert desk.charts.load(draft.id) == chart
    assert desk.charts.undo(draft.id, 4) == 3
    assert desk.charts.redo(draft.id, 3) == 4
    assert desk.charts.load(draft.id) == chart


def test_a_height_changes_nothing_on_a_chart_without_lengths(desk, kit):
    draft, (lone,) = charted_without_height(desk, kit, {})
    kit.complete_intake()
    assert desk.sessions.start(kit.patient.id).height_cm == Decimal(168)
    chart = desk.charts.load(draft.id)
    assert (chart.fields, chart.cursor) == ((lone,), 1)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE session SET atlas_id = 'another'",
        "UPDATE chart_field SET points = x'00'",
    ],
)
def test_a_chart_that_cannot_be_read_does_not_keep_the_height_away(desk, kit, tamper, damage):
    charted_without_height(desk, kit, {"spacing_mm": Decimal(15)})
    kit.complete_intake()
    tamper(damage)
    assert desk.sessions.start(kit.patient.id).height_cm == Decimal(168)


def test_an_archived_patient_has_no_new_session(desk, patient):
    desk.patients.archive(patient.id, patient.version)
    with pytest.raises(RefusedError, match="archived"):
        desk.sessions.start(patient.id)


def test_nobody_has_a_session(desk):
    for call in (desk.sessions.start, desk.sessions.get, desk.sessions.missing):
        with pytest.raises(NotFoundError):
            call(new_id())


# Typing


def test_what_is_typed_is_read_back(desk, kit, begun, open_again):
    typed = replace(
        finished_fields(),
        anything_changed=Answer.YES,
        changes="  Takes aspirin\r\nsince Monday ",
        weight_kg=Decimal("61.125"),
        no_next_session=False,
        next_session_on=date(2026, 4, 10),
    )
    kept = desk.sessions.save(begun.id, begun.version, typed)
    assert kept.version == begun.version + 1
    assert kept.fields == replace(typed, changes="Takes aspirin\nsince Monday")
    desk.close()
    assert open_again().sessions.get(begun.id) == kept


def test_gaps_are_kept_as_gaps(desk, kit, begun):
    kept = desk.sessions.save(begun.id, begun.version, finished_fields())
    emptied = desk.sessions.save(begun.id, kept.version, SessionFields())
    assert emptied.fields == SessionFields()


def test_not_asked_is_kept_like_no_answer(desk, begun):
    typed = SessionFields(aseptic_steps={"gloves": Answer.NOT_ASKED})
    kept = desk.sessions.save(begun.id, begun.version, typed)
    assert (kept.fields.aseptic_steps, kept.version) == ({}, begun.version)


def test_saving_the_same_again_leaves_no_trace(desk, kit, begun):
    kept = desk.sessions.save(begun.id, begun.version, finished_fields())
    before = actions(desk)
    assert desk.sessions.save(begun.id, kept.version, finished_fields()) == kept
    assert actions(desk) == before


def test_the_audit_log_names_what_changed_and_not_what_was_said(desk, begun):
    desk.sessions.save(begun.id, begun.version, SessionFields(note="Very private", pain=3))
    with desk.store.read(Right.RECORD_READ) as tx:
        entry = tx.db.scalars(select(AuditEntryRow).order_by(AuditEntryRow.seq.desc())).first()
    assert (entry.action, entry.object_id) == ("session.update", begun.id)
    assert entry.object_version == begun.version + 1
    assert entry.details == '{"changed":["pain","note"]}'


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        (SessionFields(weight_kg=Decimal(5000)), "weight_kg"),
        (SessionFields(weight_kg=Decimal("61.1234")), "weight_kg"),
        (SessionFields(weight_kg=Decimal("NaN")), "weight_kg"),
        (SessionFields(pain=11), "pain"),
        (SessionFields(pain=-1), "pain"),
        (SessionFields(observation_min=1441), "observation_min"),
        (SessionFields(observation_min=-5), "observation_min"),
        (SessionFields(note="a\x07b"), "note"),
        (SessionFields(changes="x" * 4001), "changes"),
        (SessionFields(skin_preparation="y" * 201), "skin_preparation"),
        (SessionFields(next_session_on=date(2026, 3, 10)), "next_session_on"),
        (SessionFields(next_session_on=date(1850, 1, 1)), "next_session_on"),
        (SessionFields(next_session_on=date(2099, 1, 1)), "next_session_on"),
        (SessionFields(next_session_on=date(2026, 5, 1), no_next_session=True), "next_session_on"),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_place(desk, begun, typed, place):
    with pytest.raises(InvalidError) as error:
        desk.sessions.save(begun.id, begun.version, typed)
    assert places(error) == {place}
    assert desk.sessions.get(begun.id) == begun


def test_every_problem_is_said_at_once(desk, begun):
    typed = SessionFields(pain=99, note="\x00", weight_kg=Decimal(-1))
    with pytest.raises(InvalidError) as error:
        desk.sessions.save(begun.id, begun.version, typed)
    assert places(error) == {"pain", "note", "weight_kg"}


def test_two_windows_cannot_both_win(desk, begun):
    other = open_desk(desk.store.vault, desk.store.clock)
    theirs = other.sessions.save(begun.id, begun.version, SessionFields(note="theirs"))
    with pytest.raises(ConflictError) as error:
        desk.sessions.save(begun.id, begun.version, SessionFields(note="ours"))
    assert error.value.record == theirs
    assert desk.sessions.get(begun.id).fields.note == "theirs"


def test_views_are_told_what_changed(desk, kit, begun):
    heard = []
    desk.subscribe(heard.append)
    kept = desk.sessions.save(begun.id, begun.version, SessionFields(pain=1))
    lot = kit.lot()
    heard.clear()
    kit.put(kept, (lot, "1"))
    assert heard == [Topic.SESSIONS | Topic.STOCK]


# Lists, the previous one, discarding


def test_a_session_in_short(desk, kit, begun):
    lot = kit.lot("A")
    session = kit.put(begun, (lot, "1"), (kit.lot("B"), "1"), (lot, "0.5"))
    kit.chart(session, 100, 150, regions=("chin.left", "abdomen_upper.left"))
    kit.chart(session, 50, regions=("chin.left",))
    (short,) = desk.sessions.for_patient(session.patient_id)
    assert (short.points, short.injected_ml) == (3, Decimal("0.3"))
    assert short.regions == ("abdomen_upper.left", "chin.left")
    assert short.products == ("A no. 1", "B no. 2")
    assert (short.patient_name, short.number) == ("García López, María José", 1)
    assert desk.sessions.drafts() == (short,)


def test_a_session_is_opened_in_one_look_as_it_is_asked_for_piece_by_piece(desk, kit, clock):
    before = kit.signed()
    session = kit.ready()
    kit.chart(session, 100)
    opened = desk.sessions.open(session.id)
    assert opened.patient == desk.patients.get(kit.patient.id)
    assert opened.intake == desk.intakes.latest(kit.patient.id)
    assert opened.chart == desk.charts.load(session.id)
    assert opened.chart.fields
    assert opened.intake is not None
    assert opened.record == desk.sessions.get(session.id)
    assert (opened.findings, opened.missing) == desk.sessions.standing(session.id)
    assert opened.previous == desk.sessions.get(before.id)
    assert not opened.charted_last
    awaited = desk.sessions.read_ahead(session.id)
    assert awaited.opened == opened
    assert awaited.earlier == desk.charts.earlier(session.id, 1)
    assert [each.session_id for each in awaited.earlier] == [before.id]
    for read in (desk.sessions.open, desk.sessions.read_ahead, desk.sessions.look):
        with pytest.raises(NotFoundError):
            read(kit.patient.id)


def test_an_opened_session_tells_whether_the_chart_was_worked_on_last(desk, kit, clock):
    session = kit.ready()
    clock.move(minutes=1)
    kit.chart(session, 100)
    assert desk.sessions.open(session.id).charted_last
    clock.move(minutes=1)
    stored = desk.sessions.get(session.id)
    desk.sessions.save(session.id, stored.version, replace(stored.fields, note="calm"))
    assert not desk.sessions.open(session.id).charted_last


def test_the_previous_session_is_the_last_signed_one(desk, kit):
    assert desk.sessions.previous(desk.sessions.start(kit.patient.id).id) is None
    first = kit.signed()
    second = kit.signed()
    third = desk.sessions.start(kit.patient.id)
    assert third.number == 3
    assert desk.sessions.previous(third.id) == desk.sessions.get(second.id)
    assert desk.sessions.previous(second.id) == desk.sessions.get(first.id)
    assert desk.sessions.previous(first.id) is None


def test_a_discarded_draft_stays_on_record_and_gives_back_its_number_and_stock(desk, kit, begun):
    lot = kit.lot(received_ml="5")
    session = kit.put(begun, (lot, "3"))
    with pytest.raises(InvalidError):
        desk.sessions.discard_draft(session.id, session.version, " ")
    gone = desk.sessions.discard_draft(session.id, session.version, "Wrong patient")
    assert (gone.state, gone.discard_reason) == (SessionState.ENTERED_IN_ERROR, "Wrong patient")
    assert desk.catalogue.lot(lot.id).left_ml == Decimal(5)
    assert desk.sessions.drafts() == ()
    assert [each.id for each in desk.sessions.for_patient(kit.patient.id)] == [session.id]
    assert desk.sessions.missing(session.id) == desk.sessions.screening(session.id) == ()
    anew = desk.sessions.start(kit.patient.id)
    assert (anew.id != session.id, anew.number) == (True, 1)
    for call in (
        lambda: desk.sessions.save(gone.id, gone.version, SessionFields()),
        lambda: desk.sessions.discard_draft(gone.id, gone.version, "Again"),
        lambda: kit.chart(gone, 100),
    ):
        with pytest.raises(RefusedError):
            call()


def test_the_columns_of_a_session_are_all_frozen_by_its_trigger():
    from mesodesk.db.models.session_triggers import SESSION_FROZEN_COLUMNS

    free = {column.name for column in SessionRow.__table__.columns} - set(SESSION_FROZEN_COLUMNS)
    assert free == {"state", "version", "changed_at"}


def test_drafts_are_listed_with_the_latest_first(desk, kit, begun, typed_patient, clock):
    clock.move(hours=1)
    later = desk.sessions.start(desk.patients.create(typed_patient("Ito", "Ken")).id)
    assert [each.id for each in desk.sessions.drafts()] == [later.id, begun.id]
    assert later.started_at - begun.started_at == timedelta(hours=1)


def test_a_session_in_short_is_the_one_of_the_list(desk, kit):
    kit.signed()
    begun = desk.sessions.start(kit.patient.id)
    for each in desk.sessions.for_patient(kit.patient.id):
        assert desk.sessions.summary(each.id) == each
    assert desk.sessions.summary(begun.id).number == 2
    with pytest.raises(NotFoundError):
        desk.sessions.summary(new_id())
