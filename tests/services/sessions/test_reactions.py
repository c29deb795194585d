"""Reactions on record: taken whole, changed by a version that keeps the old ones, counted once."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from threading import Event

import pytest
from answering import answered

from mesodesk.db.engine import connect
from mesodesk.documents.tables_json import JsonSink
from mesodesk.domain.answers import Answer
from mesodesk.domain.consent_rules import ConsentLack
from mesodesk.domain.records.export import ExportFormat
from mesodesk.domain.records.patient import BodySex, PatientFields
from mesodesk.domain.records.reaction import (
    FromCheck,
    Precision,
    ReactionFields,
    ReactionPlace,
    ReportFields,
    When,
)
from mesodesk.services.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from mesodesk.services.export_work import write_tables

PASSWORD = "plain tea in the morning"
DAY = date(2026, 3, 10)
PLACE = ReactionPlace(BodySex.FEMALE, 10, 0.25, 0.5)
MODERATE = {"scale": "effect", "grade": 2}


def on(day: date, minute: int | None = None) -> When:
    return When(Precision.DAY if minute is None else Precision.TIME, day, minute)


@pytest.fixture
def second(desk, kit):
    fields = PatientFields("Ábalos", "Rosa", date(1980, 1, 1), BodySex.FEMALE)
    return replace(kit, patient=desk.patients.create(fields))


@pytest.fixture
def treated(kit):
    return kit.signed()


def typed(session, **others) -> ReactionFields:
    return ReactionFields(session_id=session.id, **{"kind": "nodule", **others})


def test_a_reaction_is_kept_exactly_as_it_was_typed(desk, patient, kit, clock):
    lot = kit.lot()
    session = kit.signed(lot)
    clock.move(days=14)
    whole = typed(
        session,
        what="  Two lumps ",
        scale="injection_site",
        grade=3,
        serious=Answer.YES,
        criteria=("important", "hospital"),
        onset=on(date(2026, 3, 20), 8 * 60),
        ended=Answer.YES,
        end=When(Precision.ABOUT, date(2026, 3, 23)),
        relatedness="probable",
        actions=("referred", "culture"),
        action_note="Swab sent",
        outcome="recovering",
        places=(PLACE,),
        lots=(lot.id,),
        note="Called twice",
    )
    desk.drafts.put("reaction", str(patient.id), {"what": "lumps"})
    kept = desk.reactions.record(patient.id, whole)
    assert desk.drafts.get("reaction", str(patient.id)) is None
    (place,) = kept.fields.places
    assert (place.region != "", place.atlas_id != "", place.triangle) == (True, True, 10)
    expected = replace(
        whole,
        what="Two lumps",
        criteria=("hospital", "important"),
        actions=("culture", "referred"),
        places=(place,),
    )
    assert kept.fields == expected
    assert kept.latest.scale_name == "CTCAE, injection site reaction"
    assert kept.latest.grade_label.startswith("ulcer or necrosis")
    assert [each.lot_number for each in kept.latest.suspects] == [lot.fields.number]
    assert (kept.session_number, kept.treated_on, kept.began_on) == (1, DAY, date(2026, 3, 20))
    assert desk.reactions.for_patient(patient.id) == (kept,)
    page = desk.reactions.page(patient.id)
    assert [(each.id, each.day, each.draft) for each in page.sessions] == [(session.id, DAY, False)]


def test_what_was_not_asked_is_no_no(desk, patient, treated):
    kept = desk.reactions.record(patient.id, typed(treated)).fields
    assert (kept.serious, kept.ended) == (Answer.NOT_ASKED, Answer.NOT_ASKED)
    assert (kept.grade, kept.relatedness, kept.outcome) == (None, "", "")
    assert kept.onset == When()
    # Nobody graded it, and nobody said that it is serious: nothing is demanded.
    assert desk.consents.overview(patient.id).demands == ()


@pytest.mark.parametrize(
    ("changes", "place", "sentence"),
    [
        ({"session_id": None}, "session_id", "choose the session of this patient"),
        ({"kind": ""}, "kind", "choose what it is"),
        ({"kind": "other"}, "what", "missing"),
        ({"kind": "moon"}, "kind", "choose what it is"),
        ({"grade": 2}, "scale", "a grade means nothing without its scale"),
        ({"scale": "itching", "grade": 4}, "grade", "Itching has no grade 4"),
        ({"scale": "moon"}, "scale", "not known"),
        ({"serious": Answer.YES}, "criteria", "say what makes it so"),
        ({"criteria": ("hospital",)}, "serious", "so say yes"),
        ({"scale": "effect", "grade": 5}, "criteria", "the patient died"),
        ({"outcome": "fatal"}, "criteria", "the patient died"),
        ({"outcome": "bored"}, "outcome", "not known here"),
        ({"actions": ("prayed",)}, "actions", "not known here"),
        ({"onset": on(date(2026, 3, 9))}, "onset", "before the session of 10 Mar 2026"),
        ({"onset": When(Precision.MONTH, date(2026, 2, 1))}, "onset", "before the session"),
        ({"onset": on(date(2026, 3, 11))}, "onset", "still to come"),
        ({"onset": When(Precision.DAY)}, "onset", "type the day"),
        ({"onset": When(Precision.TIME, DAY)}, "onset", "type the time"),
        ({"onset": When(Precision.TIME, DAY, 1440)}, "onset", "between 0:00 and 23:59"),
        ({"end": on(DAY)}, "ended", "say that it is over"),
        ({"ended": Answer.YES, "onset": on(DAY, 600), "end": on(DAY, 599)}, "end", "before the on"),
        ({"ended": Answer.YES, "end": on(date(2026, 3, 11))}, "end", "still to come"),
        ({"lots": (PLACE,)}, "lots", "drawn up in this session"),
        ({"places": (replace(PLACE, u=0.9),)}, "places", "no skin of the figure"),
        ({"places": (replace(PLACE, triangle=10**8),)}, "places", "no skin of the figure"),
        ({"places": (PLACE,) * 13}, "places", "at most 12"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_place(desk, patient, kit, changes, place, sentence):
    session = desk.sessions.start(patient.id)
    with pytest.raises(InvalidError) as refused:
        desk.reactions.record(patient.id, replace(typed(session), **changes))
    told = {each.place: each.sentence for each in refused.value.problems}
    assert sentence in told[place]
    assert desk.reactions.for_patient(patient.id) == ()


def test_a_month_holds_all_its_days(desk, patient, treated):
    march = When(Precision.MONTH, date(2026, 3, 1))
    kept = desk.reactions.record(patient.id, typed(treated, onset=march))
    assert kept.fields.onset == march


def test_a_session_of_somebody_else_and_none_at_all_are_refused(desk, patient, treated, second):
    with pytest.raises(InvalidError, match="of this patient"):
        desk.reactions.record(second.patient.id, typed(treated))
    with pytest.raises(NotFoundError):
        desk.reactions.record(treated.id, typed(treated))
    desk.patients.archive(patient.id, desk.patients.get(patient.id).version)
    with pytest.raises(RefusedError, match="archive"):
        desk.reactions.record(patient.id, typed(treated))


def test_a_change_keeps_what_stood_before_with_who_and_when(desk, patient, treated, clock):
    first = desk.reactions.record(patient.id, typed(treated, note="One"))
    clock.move(days=1)
    with pytest.raises(InvalidError, match="Reason"):
        desk.reactions.change(first.id, first.version, replace(first.fields, note="Two"), " ")
    with pytest.raises(RefusedError, match="Nothing differs"):
        desk.reactions.change(first.id, first.version, first.fields, "Just so")
    kept = desk.reactions.change(
        first.id, first.version, replace(first.fields, note="Two"), "The patient called"
    )
    assert [each.fields.note for each in kept.versions] == ["One", "Two"]
    assert [each.reason for each in kept.versions] == ["", "The patient called"]
    assert kept.versions[0].written_at < kept.versions[1].written_at
    assert {each.written_by for each in kept.versions} == {"Olga Owner"}
    with pytest.raises(ConflictError):
        desk.reactions.change(first.id, first.version, replace(first.fields, note="3"), "Late")
    assert desk.reactions.for_patient(patient.id) == (kept,)


def test_who_was_told_is_added_later_and_an_error_is_marked_once(desk, patient, treated):
    kept = desk.reactions.record(patient.id, typed(treated, onset=on(DAY)))
    told = ReportFields("authority", DAY, "Agency", "A-17", "By post")
    for wrong, sentence in (
        (replace(told, recipient=""), "choose whom"),
        (replace(told, reported_on=date(2026, 3, 9)), "before the reaction began"),
        (replace(told, reported_on=date(2026, 3, 11)), "still to come"),
    ):
        with pytest.raises(InvalidError, match=sentence):
            desk.reactions.report(kept.id, kept.version, wrong)
    kept = desk.reactions.report(kept.id, kept.version, told)
    kept = desk.reactions.report(kept.id, kept.version, replace(told, recipient="manufacturer"))
    assert [each.fields.recipient for each in kept.reports] == ["authority", "manufacturer"]
    assert kept.reports[0].fields == told
    marked = desk.reactions.enter_in_error(kept.id, kept.version, "Another patient")
    assert (marked.counts, marked.error_by) == (False, "Olga Owner")
    with pytest.raises(RefusedError, match="entered in error"):
        desk.reactions.report(kept.id, marked.version, told)


def test_no_writer_of_the_database_changes_what_was_written(desk, patient, treated):
    kept = desk.reactions.record(patient.id, typed(treated, places=(PLACE,)))
    desk.reactions.report(kept.id, kept.version, ReportFields("doctor", DAY))
    vault = desk.store.vault
    raw = connect(vault.folder / "clinic.db", vault.keys.data_key, vault.keys.salt)
    for statement, why in (
        ("UPDATE reaction SET follow_up_id = NULL", "stays on record"),
        ("DELETE FROM reaction", "stays on record"),
        ("UPDATE reaction_version SET grade = 1", "append-only"),
        ("DELETE FROM reaction_place", "append-only"),
        ("UPDATE reaction_report SET name = 'x'", "append-only"),
    ):
        with pytest.raises(Exception, match=why):
            raw.execute(statement)
    raw.close()


def test_grade_two_or_serious_asks_for_a_new_consent_until_it_was_an_error(desk, patient, treated):
    def lacks():
        return [gap.lack for gap in desk.consents.overview(patient.id).standing.gaps]

    slight = desk.reactions.record(patient.id, typed(treated, scale="effect", grade=1))
    assert lacks() == []
    grave = desk.reactions.change(
        slight.id, slight.version, replace(slight.fields, grade=2), "It grew"
    )
    assert lacks() == [ConsentLack.REACTION]
    (demand,) = desk.consents.overview(patient.id).demands
    assert (demand.grade, demand.reason) == (2, "Nodule or lump")
    # The same grade asks once; a graver one again.
    same = desk.reactions.change(grave.id, grave.version, replace(grave.fields, note="x"), "More")
    assert len(desk.consents.overview(patient.id).demands) == 1
    graver = desk.reactions.change(same.id, same.version, replace(same.fields, grade=3), "Ulcer")
    assert [each.grade for each in desk.consents.overview(patient.id).demands] == [2, 3]
    desk.reactions.enter_in_error(graver.id, graver.version, "Another patient")
    assert lacks() == []
    serious = typed(treated, serious=Answer.YES, criteria=("important",))
    desk.reactions.record(patient.id, serious)
    assert lacks() == [ConsentLack.DEMANDED]


def test_what_lies_under_a_place_is_told_with_lots_depth_and_days(
    desk, patient, kit, second, clock
):
    lot = kit.lot()
    kit.signed(lot)
    second.signed(lot)
    clock.move(days=20)
    under = desk.reactions.under(patient.id, (PLACE,))
    (field,) = under.fields
    assert (field.days, field.syringe_digit, field.technique) == (20, 1, "papule")
    assert (field.depths_mm, field.draft) == (("2",), False)
    assert field.nearest_mm == pytest.approx(0, abs=0.01)
    assert 1 <= field.points <= 5
    assert field.volume_ml == Decimal("0.1") * field.points
    assert [(each.lot_id, each.lot_number) for each in under.parts] == [(lot.id, lot.fields.number)]
    assert (under.earlier, under.others, under.left_out) == ((), (), ())
    far = desk.reactions.under(patient.id, (replace(PLACE, triangle=9000),))
    assert far.fields == ()
    assert desk.reactions.under(patient.id, ()).fields == ()
    male = desk.reactions.under(patient.id, (replace(PLACE, sex=BodySex.MALE),))
    assert (male.fields, male.left_out) == ((), (1,))


def test_reactions_near_a_place_and_of_others_on_the_lot_are_told(
    desk, patient, kit, second, clock
):
    lot = kit.lot()
    mine, theirs = kit.signed(lot), second.signed(lot)
    clock.move(days=20)
    near = desk.reactions.record(patient.id, typed(mine, places=(PLACE,)))
    desk.reactions.record(patient.id, typed(mine, places=(replace(PLACE, triangle=9000),)))
    error = desk.reactions.record(patient.id, typed(mine, places=(PLACE,)))
    desk.reactions.enter_in_error(error.id, error.version, "Twice")
    desk.reactions.record(second.patient.id, typed(theirs, kind="abscess"))
    under = desk.reactions.under(patient.id, (PLACE,))
    assert [each.reaction.id for each in under.earlier] == [near.id]
    assert under.earlier[0].mm == pytest.approx(0, abs=0.01)
    (others,) = under.others
    assert (others.part.lot_id, others.patients, others.what) == (lot.id, 1, ("kind.abscess",))
    assert desk.reactions.under(patient.id, (PLACE,), besides=near.id).earlier == ()


def test_a_reaction_recorded_from_an_answer_counts_once_in_a_cluster(
    desk, kit, second, patient, clock
):
    lot = kit.lot()
    mine, theirs = kit.signed(lot), second.signed(lot)
    clock.move(days=14)
    check = answered(desk, mine, "nodule")
    told = FromCheck(check.id, ("nodule",))
    kept = desk.reactions.record(patient.id, typed(mine, kind="abscess"), told)
    assert kept.told == told
    assert desk.recalls.clusters() == ()
    desk.reactions.record(second.patient.id, typed(theirs))
    (cluster,) = desk.recalls.clusters()
    assert cluster.what == ("kind.abscess", "kind.nodule")  # and not the answer beside it
    assert len(cluster.patients) == 2
    assert [each.reacted for each in desk.recalls.trace(lot.id).patients] == [True, True]
    desk.reactions.enter_in_error(kept.id, kept.version, "No abscess")
    (cluster,) = desk.recalls.clusters()
    assert cluster.what == ("kind.nodule", "nodule")  # the answer stands again
    with pytest.raises(RefusedError, match="check is not one of this patient"):
        desk.reactions.record(second.patient.id, typed(theirs), told)


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({"kind": "bruising", "scale": "effect", "grade": 1}, False),
        ({"kind": "bruising"}, True),  # nobody said that it is slight
        ({"kind": "bruising", **MODERATE}, True),
        ({"kind": "nodule", "scale": "effect", "grade": 1}, True),
        ({"kind": "nodule", "relatedness": "unrelated"}, False),
        ({"kind": "nodule", "relatedness": "possible"}, True),
    ],
)
def test_what_injecting_brings_about_and_what_is_unrelated_make_no_cluster(
    desk, patient, kit, second, changes, counts
):
    lot = kit.lot()
    desk.reactions.record(patient.id, typed(kit.signed(lot), **changes))
    desk.reactions.record(second.patient.id, typed(second.signed(lot)))
    assert bool(desk.recalls.clusters()) is counts


def test_a_reaction_stays_with_an_amended_session_and_can_be_put_right_after_an_error(
    desk, patient, kit
):
    lot, other = kit.lot(), kit.lot()
    signed = kit.signed(lot)
    kept = desk.reactions.record(patient.id, typed(signed, lots=(lot.id,)))
    draft = desk.amending.begin(signed.id, "It was the other lot")
    draft = kit.put(draft, (other, "0.5"), syringe_id=draft.syringes[0].id)
    amended = desk.sessions.sign(draft.id, draft.version, PASSWORD)
    (session,) = desk.reactions.page(patient.id).sessions
    assert (session.id, [each.lot_id for each in session.parts]) == (signed.id, [other.id])
    changed = desk.reactions.change(
        kept.id, kept.version, replace(kept.fields, session_id=amended.id, lots=(other.id,)), "Lot"
    )
    assert (changed.fields.session_id, changed.fields.lots) == (signed.id, (other.id,))
    desk.amending.enter_in_error(amended.id, "Never happened", PASSWORD)
    again = desk.reactions.change(
        kept.id, changed.version, replace(changed.fields, note="It did"), "After all"
    )
    assert again.fields.note == "It did"


def test_reactions_leave_with_the_patients_record(desk, patient, treated):
    kept = desk.reactions.record(patient.id, typed(treated, places=(PLACE,), onset=on(DAY, 61)))
    desk.reactions.report(kept.id, kept.version, ReportFields("doctor", DAY, "Dr House"))
    job = desk.exports.plan_patient(patient.id, ExportFormat.JSON, PASSWORD)
    file = BytesIO()
    write_tables(job, JsonSink(file), Event(), lambda _done, _all: None)
    tables = json.loads(file.getvalue())["tables"]
    (version,) = tables["reaction_version"]
    assert (version["kind"], version["onset_minute"], version["serious"]) == (
        "nodule", 61, "not_asked",
    )  # fmt: skip
    assert [each["triangle"] for each in tables["reaction_place"]] == [10]
    assert [each["name"] for each in tables["reaction_report"]] == ["Dr House"]
