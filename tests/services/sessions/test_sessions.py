"""Sessions in draft: begun once, kept as typed, drawn up, acknowledged, discarded."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from mesodesk.db.models.audit import AuditEntryRow
from mesodesk.db.models.clinic import UserRow
from mesodesk.db.models.session import SessionRow
from mesodesk.domain.answers import Answer
from mesodesk.domain.bodymap.atlas import shipped_atlas_id
from mesodesk.domain.changes import Topic
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.clinic import Role
from mesodesk.domain.records.session import (
    ComponentFields,
    SessionFields,
    SessionState,
    SyringeFields,
)
from mesodesk.domain.records.stock import LotState
from mesodesk.domain.strength import Strength, StrengthUnit
from mesodesk.services.desk import open_desk
from mesodesk.services.errors import ConflictError, InvalidError, NotFoundError, RefusedError


def places(error: pytest.ExceptionInfo[InvalidError]) -> set[str]:
    return {problem.place for problem in error.value.problems}


def actions(desk) -> list[str]:
    with desk.store.read() as tx:
        return list(tx.db.scalars(select(AuditEntryRow.action).order_by(AuditEntryRow.seq)))


@pytest.fixture
def begun(desk, patient):
    """A session just begun, without anything."""
    return desk.sessions.start(patient.id)


def put(desk, session, *parts, digit=1, syringe_id=None, **others):
    components = tuple(ComponentFields(lot.id, Decimal(volume)) for lot, volume in parts)
    typed = SyringeFields(digit, others.pop("label", ""), components, **others)
    return desk.sessions.put_syringe(session.id, session.version, typed, syringe_id)


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
    assert session.fields == SessionFields()
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
        kit.finished_fields(),
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
    kept = desk.sessions.save(begun.id, begun.version, kit.finished_fields())
    emptied = desk.sessions.save(begun.id, kept.version, SessionFields())
    assert emptied.fields == SessionFields()


def test_not_asked_is_kept_like_no_answer(desk, begun):
    typed = SessionFields(aseptic_steps={"gloves": Answer.NOT_ASKED})
    kept = desk.sessions.save(begun.id, begun.version, typed)
    assert (kept.fields.aseptic_steps, kept.version) == ({}, begun.version)


def test_saving_the_same_again_leaves_no_trace(desk, kit, begun):
    kept = desk.sessions.save(begun.id, begun.version, kit.finished_fields())
    before = actions(desk)
    assert desk.sessions.save(begun.id, kept.version, kit.finished_fields()) == kept
    assert actions(desk) == before


def test_the_audit_log_names_what_changed_and_not_what_was_said(desk, begun):
    desk.sessions.save(begun.id, begun.version, SessionFields(note="Very private", pain=3))
    with desk.store.read() as tx:
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
    put(desk, kept, (lot, "1"))
    assert heard == [Topic.SESSIONS | Topic.STOCK]


# Syringes


def test_a_syringe_freezes_the_label_as_it_was(desk, kit, begun):
    lot = kit.lot("Lidocaine 1 %", percent="1")
    session = put(desk, begun, (lot, "2.5"), digit=3, label="left thigh")
    (syringe,) = session.syringes
    (part,) = syringe.components
    assert (syringe.digit, syringe.label, syringe.drawn_ml) == (3, "left thigh", Decimal("2.5"))
    assert (part.lot_number, part.expires_on) == (lot.fields.number, lot.fields.expires_on)
    assert part.product_name == lot.product.fields.name
    assert part.actives == lot.product.fields.actives
    product = lot.product
    stronger = replace(
        product.fields,
        name="Renamed",
        actives=(
            replace(product.fields.actives[0], strength=Strength(Decimal(9), StrengthUnit.PERCENT)),
        ),
    )
    desk.catalogue.update_product(product.id, product.version, stronger)
    assert desk.sessions.get(begun.id).syringes == session.syringes


def test_telling_the_rest_does_not_draw_up_anew(desk, kit, begun):
    lot = kit.lot()
    session = put(desk, begun, (lot, "2"))
    frozen = session.syringes[0].components
    renamed = replace(lot.product.fields, name="Renamed")
    desk.catalogue.update_product(lot.product.id, lot.product.version, renamed)
    told = put(
        desk,
        session,
        (lot, "2"),
        syringe_id=session.syringes[0].id,
        wasted_ml=Decimal("0.2"),
        left_ml=Decimal(0),
    )
    (syringe,) = told.syringes
    assert syringe.components == frozen
    assert (syringe.wasted_ml, syringe.left_ml) == (Decimal("0.2"), Decimal(0))
    redrawn = put(desk, told, (lot, "3"), syringe_id=syringe.id)
    assert redrawn.syringes[0].components[0].product_name == "Renamed"
    assert redrawn.syringes[0].components[0].id == frozen[0].id


def test_a_strength_unknown_then_is_taken_over_when_it_becomes_known(desk, kit, begun):
    lot = kit.lot(percent=None)
    session = put(desk, begun, (lot, "2"))
    assert session.syringes[0].components[0].actives[0].strength is None
    product = lot.product
    known = replace(
        product.fields.actives[0], strength=Strength(Decimal("2.5"), StrengthUnit.PERCENT)
    )
    desk.catalogue.update_product(
        product.id, product.version, replace(product.fields, actives=(known,))
    )
    again = put(desk, session, (lot, "2"), syringe_id=session.syringes[0].id)
    assert again.syringes[0].components[0].actives == (known,)


def test_components_are_added_changed_and_taken_out(desk, kit, begun):
    one, two, three = kit.lot("A"), kit.lot("B"), kit.lot("C")
    session = put(desk, begun, (one, "1"), (two, "2"))
    syringe = session.syringes[0]
    session = put(desk, session, (three, "0.5"), (one, "1"), syringe_id=syringe.id)
    parts = session.syringes[0].components
    assert [(part.lot_id, part.volume_ml) for part in parts] == [
        (three.id, Decimal("0.5")),
        (one.id, Decimal(1)),
    ]
    assert desk.sessions.get(begun.id) == session


def test_syringes_stand_in_the_order_of_their_digits(desk, kit, begun):
    lot, session = kit.lot(), begun
    for digit in (5, 2, 9):
        session = put(desk, session, (lot, "1"), digit=digit)
    assert [each.digit for each in session.syringes] == [2, 5, 9]
    assert desk.sessions.get(begun.id) == session


def test_a_digit_is_taken_once(desk, kit, begun):
    lot = kit.lot()
    session = put(desk, put(desk, begun, (lot, "1")), (lot, "1"), digit=2)
    with pytest.raises(InvalidError) as error:
        put(desk, session, (lot, "1"), digit=1, syringe_id=session.syringes[1].id)
    assert places(error) == {"digit"}


@pytest.mark.parametrize(
    ("volume", "others", "place"),
    [
        ("0", {}, "components[0].volume_ml"),
        ("-1", {}, "components[0].volume_ml"),
        ("NaN", {}, "components[0].volume_ml"),
        ("0.0001", {}, "components[0].volume_ml"),
        ("5000", {}, "components[0].volume_ml"),
        ("1", {"digit": 0}, "digit"),
        ("1", {"digit": 10}, "digit"),
        ("1", {"wasted_ml": Decimal("-0.1")}, "wasted_ml"),
        ("1", {"left_ml": Decimal("0.00001")}, "left_ml"),
        ("1", {"label": "a\nb"}, "label"),
    ],
)
def test_what_is_no_syringe_is_said_at_its_place(desk, kit, begun, volume, others, place):
    with pytest.raises(InvalidError) as error:
        put(desk, begun, (kit.lot(), volume), **others)
    assert places(error) == {place}
    assert desk.sessions.get(begun.id).syringes == ()


def test_an_empty_syringe_is_refused(desk, begun):
    with pytest.raises(InvalidError) as error:
        put(desk, begun)
    assert places(error) == {"components"}


def test_an_expired_lot_cannot_be_drawn(desk, kit, begun, clock):
    lot = kit.lot(expires_on=date(2026, 3, 10))
    session = put(desk, begun, (lot, "1"))
    clock.move(days=1)
    with pytest.raises(RefusedError, match="expired on 2026-03-10"):
        put(desk, session, (lot, "1"), digit=2)
    with pytest.raises(RefusedError, match="expired"):
        put(desk, session, (lot, "1.5"), syringe_id=session.syringes[0].id)
    less = put(desk, session, (lot, "0.5"), syringe_id=session.syringes[0].id)
    assert less.syringes[0].drawn_ml == Decimal("0.5")


def test_the_day_of_expiry_is_that_of_the_clinic(desk, kit, begun, clock):
    """At 23:30 in London it is the next day in Madrid."""
    lot = kit.lot(expires_on=date(2026, 3, 10))
    clock.move(hours=14, minutes=30)
    with pytest.raises(RefusedError, match="expired"):
        put(desk, begun, (lot, "1"))


def test_no_more_is_drawn_than_a_lot_holds(desk, kit, begun, typed_patient):
    lot = kit.lot(received_ml="5")
    other_patient = desk.patients.create(typed_patient("Ito", "Ken"))
    other = put(desk, desk.sessions.start(other_patient.id), (lot, "3"))
    with pytest.raises(RefusedError, match="holds only 2 mL more"):
        put(desk, begun, (lot, "2.001"))
    session = put(desk, begun, (lot, "2"))
    assert desk.catalogue.lot(lot.id).state is LotState.USED_UP
    with pytest.raises(RefusedError, match="is used up"):
        put(desk, session, (lot, "0.1"), digit=2)
    desk.sessions.remove_syringe(other.id, other.version, other.syringes[0].id)
    assert put(desk, session, (lot, "5"), syringe_id=session.syringes[0].id)


def test_a_lot_twice_in_a_syringe_counts_twice(desk, kit, begun):
    lot = kit.lot(received_ml="3")
    with pytest.raises(RefusedError, match="holds only 3 mL more"):
        put(desk, begun, (lot, "2"), (lot, "2"))


def test_an_unknown_lot_or_syringe_is_said(desk, kit, begun):
    typed = SyringeFields(1, "", (ComponentFields(new_id(), Decimal(1)),))
    with pytest.raises(NotFoundError):
        desk.sessions.put_syringe(begun.id, begun.version, typed)
    with pytest.raises(NotFoundError):
        put(desk, begun, (kit.lot(), "1"), syringe_id=new_id())
    with pytest.raises(NotFoundError):
        desk.sessions.remove_syringe(begun.id, begun.version, new_id())


# Screening


def test_a_stop_is_overridden_on_purpose_and_with_a_reason(desk, kit):
    kit.complete_intake(pregnant=Answer.YES)
    session = desk.sessions.start(kit.patient.id)
    finding = next(f for f in desk.sessions.screening(session.id) if f.severity == "stop")
    wanted = (session.id, session.version, finding.rule_id, finding.rule_version)
    with pytest.raises(InvalidError):
        desk.sessions.acknowledge(*wanted, "  ", True)
    with pytest.raises(RefusedError, match="on purpose"):
        desk.sessions.acknowledge(*wanted, "Told to", False)
    kept = desk.sessions.acknowledge(*wanted, "Trial with consent", True)
    (given,) = kept.acknowledgements
    assert (given.reason, given.by, given.overridden) == ("Trial with consent", "Olga Owner", True)
    assert open_rules(desk, session.id).isdisjoint({finding.rule_id})
    assert actions(desk)[-1] == "session.override"


def open_rules(desk, session_id) -> set[str]:
    return {
        each.values["rule_id"]
        for each in desk.sessions.missing(session_id)
        if each.code == "finding_open"
    }


def test_a_caution_needs_a_reason_and_no_override(desk, kit):
    kit.complete_intake(takes_anticoagulant=Answer.YES)
    session = desk.sessions.start(kit.patient.id)
    finding = next(f for f in desk.sessions.screening(session.id) if f.rule_id == "anticoagulant")
    assert finding.severity == "caution"
    kept = desk.sessions.acknowledge(
        session.id, session.version, finding.rule_id, finding.rule_version, "Seen", False
    )
    assert [each.overridden for each in kept.acknowledgements] == [False]
    assert finding.rule_id not in open_rules(desk, session.id)


def test_a_therapist_does_not_override_what_is_left_to_a_prescriber(desk, kit, open_again):
    kit.complete_intake(pregnant=Answer.YES)
    session = desk.sessions.start(kit.patient.id)
    finding = next(f for f in desk.sessions.screening(session.id) if f.severity == "stop")
    with desk.store.write() as tx:
        tx.db.execute(update(UserRow).values(role=Role.THERAPIST))
        tx.audit("user.role", "app_user", tx.actor.id)
    desk.close()
    again = open_again()
    with pytest.raises(RefusedError, match="overridden by you"):
        again.sessions.acknowledge(
            session.id, session.version, finding.rule_id, finding.rule_version, "Why not", True
        )
    assert again.sessions.get(session.id).acknowledgements == ()


def test_a_reason_is_replaced_and_taken_back(desk, kit):
    kit.complete_intake(pregnant=Answer.YES)
    session = desk.sessions.start(kit.patient.id)
    finding = next(f for f in desk.sessions.screening(session.id) if f.severity == "stop")
    for reason in ("First", "Second"):
        session = desk.sessions.acknowledge(
            session.id, session.version, finding.rule_id, finding.rule_version, reason, True
        )
    assert [each.reason for each in session.acknowledgements] == ["Second"]
    session = desk.sessions.withdraw_acknowledgement(session.id, session.version, finding.rule_id)
    assert session.acknowledgements == ()
    assert finding.rule_id in open_rules(desk, session.id)
    again = desk.sessions.withdraw_acknowledgement(session.id, session.version, finding.rule_id)
    assert again == session


def test_a_finding_that_does_not_stand_takes_no_reason(desk, kit, begun):
    with pytest.raises(RefusedError, match="does not stand"):
        desk.sessions.acknowledge(begun.id, begun.version, "no_such_rule", 1, "Why", True)


def test_a_lot_that_expired_after_drawing_needs_a_reason(desk, kit, clock):
    session = kit.ready(kit.lot(expires_on=date(2026, 3, 10)))
    assert desk.sessions.missing(session.id) == ()
    clock.move(days=1)
    (found,) = desk.sessions.missing(session.id)
    assert found.code == "finding_open"
    (finding,) = (f for f in desk.sessions.screening(session.id) if f.severity == "stop")
    assert "2026-03-10" in finding.message
    session = desk.sessions.acknowledge(
        session.id, session.version, finding.rule_id, finding.rule_version, "Injected before", True
    )
    assert desk.sessions.missing(session.id) == ()


def test_a_lot_used_up_after_drawing_is_reported(desk, kit, typed_patient):
    """A syringe comes back by undo after somebody else has drawn the rest of its lot."""
    lot = kit.lot(received_ml="5")
    session = kit.ready(lot, "2.5")
    (field,) = desk.charts.load(session.id).fields
    desk.charts.append(session.id, 1, kit.changing(field, None))
    session = desk.sessions.remove_syringe(session.id, session.version, field.syringe_id)
    other = desk.sessions.start(desk.patients.create(typed_patient("Ito", "Ken")).id)
    other = put(desk, other, (lot, "4"))
    desk.charts.undo(session.id, 2)
    (found,) = desk.sessions.missing(session.id)
    assert (found.code, found.values["by_ml"]) == ("lot_used_up", "1.5")
    put(desk, other, (lot, "2.5"), syringe_id=other.syringes[0].id)
    assert desk.sessions.missing(session.id) == ()


# Missing


def test_a_new_session_lacks_something_at_every_station(desk, begun):
    assert {each.station for each in desk.sessions.missing(begun.id)} == {
        "check",
        "prepare",
        "chart",
        "finish",
    }


def test_points_count_against_what_was_drawn(desk, kit):
    session = kit.ready(volume="0.5")
    kit.chart(session, 1)
    (found,) = desk.sessions.missing(session.id)
    assert (found.code, found.values["by_ml"]) == ("more_than_drawn", "0.001")


def test_the_reaction_to_the_last_session_is_asked_from_the_second_on(desk, kit):
    first = kit.ready()
    first = desk.sessions.save(
        first.id, first.version, replace(first.fields, reaction_to_last=Answer.NOT_ASKED)
    )
    assert desk.sessions.missing(first.id) == ()
    desk.sessions.sign(first.id, first.version, "plain tea in the morning")
    second = kit.ready()
    second = desk.sessions.save(
        second.id, second.version, replace(second.fields, reaction_to_last=Answer.NOT_ASKED)
    )
    assert "reaction_to_last_not_asked" in {m.code for m in desk.sessions.missing(second.id)}


# Lists, the previous one, discarding


def test_a_session_in_short(desk, kit, begun):
    lot = kit.lot("A")
    session = put(desk, begun, (lot, "1"), (kit.lot("B"), "1"), (lot, "0.5"))
    kit.chart(session, 100, 150, regions=("chin.left", "abdomen_upper.left"))
    kit.chart(session, 50, regions=("chin.left",))
    (short,) = desk.sessions.for_patient(session.patient_id)
    assert (short.points, short.injected_ml) == (3, Decimal("0.3"))
    assert short.regions == ("abdomen_upper.left", "chin.left")
    assert short.products == ("A no. 1", "B no. 2")
    assert (short.patient_name, short.number) == ("García López, María José", 1)
    assert desk.sessions.drafts() == (short,)


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
    session = put(desk, begun, (lot, "3"))
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
