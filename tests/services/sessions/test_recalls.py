"""A recalled lot: who was treated with it and where, who was told, and reactions that meet."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from answering import answered

from mesodesk.domain.bodymap.packing import PackedPoints
from mesodesk.domain.records.patient import BodySex, PatientFields
from mesodesk.domain.records.recall import (
    ClusterKind,
    ContactChannel,
    ContactFields,
    RecallFields,
)
from mesodesk.domain.records.session import SessionState
from mesodesk.domain.records.stock import LotState
from mesodesk.services.errors import InvalidError, NotFoundError, RefusedError

PASSWORD = "plain tea in the morning"
NOTICE = RecallFields("Particles of glass", date(2026, 3, 9), "Agency 12/2026")
CALLED = ContactFields(ContactChannel.PHONE, True, date(2026, 3, 10), "Will look at the skin")


@pytest.fixture
def second(desk, kit):
    """The same kit, for another patient."""
    fields = PatientFields("Ábalos", "Rosa", date(1980, 1, 1), BodySex.MALE, phone="600 111 222")
    return replace(kit, patient=desk.patients.create(fields))


def test_a_lot_leads_to_patients_sessions_fields_and_the_very_points(desk, kit, second):
    lot, diluent = kit.lot(), kit.lot("Saline")
    kit.signed(lot)
    second.complete_intake()
    draft = second.put(desk.sessions.start(second.patient.id), (lot, "1"), (diluent, "3"))
    second.chart(draft, 400, 600, regions=("flank.right",))
    trace = desk.recalls.trace(lot.id)
    assert [each.name for each in trace.patients] == ["Ábalos, Rosa", "García López, María José"]
    assert (trace.sessions, trace.points, trace.reached) == (2, 7, 0)
    rosa, maria = trace.patients
    (session,) = rosa.sessions
    assert (session.state, session.drawn_ml) == (SessionState.DRAFT, 1)
    (field,) = session.fields
    assert (field.regions, field.points, field.volume_ml) == (("flank.right",), 2, 1)
    assert field.lot_ml == Decimal("0.25")  # a quarter of the syringe is of this lot
    assert (field.depth_mm, field.technique, field.syringe_digit) == ("2.0", "papule", 1)
    assert maria.sessions[0].lot_ml == Decimal("0.5")
    places = desk.recalls.places(lot.id)
    counted = {sex: [len(PackedPoints.from_bytes(one)) for one in places[sex]] for sex in places}
    assert counted == {BodySex.FEMALE: [5], BodySex.MALE: [2]}
    alone = desk.recalls.places(lot.id, draft.id)
    assert list(alone) == [BodySex.MALE]
    assert desk.recalls.trace(kit.lot().id).patients == ()


def test_an_amended_session_counts_once_and_one_entered_in_error_never(desk, kit):
    lot, other = kit.lot(), kit.lot()
    signed = kit.signed(lot)
    draft = desk.amending.begin(signed.id, "It was the other lot")
    draft = kit.put(draft, (other, "0.5"), syringe_id=draft.syringes[0].id)
    assert [s.session_id for s in desk.recalls.trace(lot.id).patients[0].sessions] == [signed.id]
    assert desk.recalls.trace(other.id).patients == ()
    amended = desk.sessions.sign(draft.id, draft.version, PASSWORD)
    assert desk.recalls.trace(lot.id).patients == ()
    assert [s.session_id for s in desk.recalls.trace(other.id).patients[0].sessions] == [amended.id]
    desk.amending.enter_in_error(amended.id, "Never happened", PASSWORD)
    assert desk.recalls.trace(other.id).patients == ()


def test_a_recalled_lot_is_not_drawn_and_an_open_draft_says_so_before_it_is_signed(
    desk, kit, second
):
    lot = kit.lot()
    draft = kit.ready(lot)
    assert desk.sessions.missing(draft.id) == ()
    recall = desk.recalls.recall(lot.id, desk.catalogue.lot(lot.id).version, NOTICE)
    assert (recall.fields, recall.recalled_by) == (NOTICE, "Olga Owner")
    lot = desk.catalogue.lot(lot.id)
    assert (lot.state, lot.can_be_drawn) == (LotState.RECALLED, False)
    with pytest.raises(RefusedError, match=r"is recalled \(Particles of glass\)"):
        second.put(desk.sessions.start(second.patient.id), (lot, "0.5"))
    with pytest.raises(RefusedError, match="is recalled already"):
        desk.recalls.recall(lot.id, lot.version, NOTICE)
    (missing,) = desk.sessions.missing(draft.id)
    assert (missing.station, missing.values["severity"]) == ("prepare", "stop")
    assert "was recalled: Particles of glass" in missing.values["message"]
    (standing,) = desk.recalls.standing()
    assert (standing.lot_number, standing.patients, standing.drafts) == (lot.fields.number, 1, 1)
    # What was injected before anybody knew is kept with a reason; the rest of it is not drawn.
    finding = desk.sessions.screening(draft.id)[0]
    draft = desk.sessions.acknowledge(
        draft.id, draft.version, finding.rule_id, finding.rule_version, "Injected before", True
    )
    desk.sessions.sign(draft.id, draft.version, PASSWORD)
    recall = desk.recalls.withdraw(recall.id, recall.version, "Other plant")
    assert recall.withdrawn_reason == "Other plant"
    assert (desk.recalls.standing(), desk.catalogue.lot(lot.id).can_be_drawn) == ((), True)


def test_who_was_told_when_and_how_stays_on_record(desk, kit, second):
    lot = kit.lot()
    kit.signed(lot)
    recall = desk.recalls.recall(lot.id, desk.catalogue.lot(lot.id).version, NOTICE)
    tried = replace(CALLED, reached=False, note="")
    trace = desk.recalls.note_contact(recall.id, kit.patient.id, tried)
    assert (trace.reached, trace.patients[0].reached_on) == (0, None)
    trace = desk.recalls.note_contact(recall.id, kit.patient.id, CALLED)
    assert [each.fields for each in trace.patients[0].contacts] == [CALLED, tried]
    assert (trace.reached, trace.patients[0].reached_on) == (1, date(2026, 3, 10))
    assert desk.recalls.standing()[0].reached == 1
    with pytest.raises(RefusedError, match="was not treated with the lot"):
        desk.recalls.note_contact(recall.id, second.patient.id, CALLED)
    with pytest.raises(InvalidError, match="still to come"):
        desk.recalls.note_contact(
            recall.id, kit.patient.id, replace(CALLED, contacted_on=date(2027, 1, 1))
        )


def test_a_patient_is_known_to_have_been_given_a_recalled_lot_until_it_is_withdrawn(
    desk, kit, second
):
    lot, other = kit.lot(), kit.lot("Saline")
    kit.signed(lot)
    second.complete_intake()
    second.put(desk.sessions.start(second.patient.id), (lot, "1"))
    assert desk.recalls.of_patient(kit.patient.id) == ()
    recall = desk.recalls.recall(lot.id, desk.catalogue.lot(lot.id).version, NOTICE)
    desk.recalls.recall(other.id, desk.catalogue.lot(other.id).version, NOTICE)
    (known,) = desk.recalls.of_patient(kit.patient.id)
    assert (known.lot_id, known.lot_number, known.told) == (lot.id, lot.fields.number, False)
    assert known.reason == NOTICE.reason
    # Drawn up in a draft it was not given yet; the draft says so itself.
    assert desk.recalls.of_patient(second.patient.id) == ()
    desk.recalls.note_contact(recall.id, kit.patient.id, replace(CALLED, reached=False))
    assert not desk.recalls.of_patient(kit.patient.id)[0].told
    desk.recalls.note_contact(recall.id, kit.patient.id, CALLED)
    assert desk.recalls.of_patient(kit.patient.id)[0].told
    desk.recalls.withdraw(recall.id, recall.version, "Another lot was meant")
    assert desk.recalls.of_patient(kit.patient.id) == ()


def test_two_patients_who_react_to_a_lot_are_a_cluster_until_it_was_looked_into(
    desk, kit, second, clock
):
    lot = kit.lot()
    first = kit.signed(lot)
    clock.move(days=1)
    other = second.signed(lot)
    clock.move(days=13)
    answered(desk, first, "nodule")
    assert desk.recalls.clusters() == ()
    answered(desk, other, "nodule")
    (cluster,) = desk.recalls.clusters()
    assert (cluster.kind, cluster.lot_id, cluster.what) == (ClusterKind.LOT, lot.id, ("nodule",))
    assert (len(cluster.patients), cluster.is_new) == (2, True)
    assert cluster.lot_number == lot.fields.number
    traced = desk.recalls.trace(lot.id).patients
    assert [(each.reacted, each.told) for each in traced] == [(True, ("nodule",))] * 2
    (cluster,) = desk.recalls.note_cluster(lot.id, None, "Lot held, agency told")
    assert (cluster.is_new, cluster.note, cluster.noted_by) == (
        False, "Lot held, agency told", "Olga Owner",
    )  # fmt: skip
    with pytest.raises(NotFoundError, match="no such cluster"):
        desk.recalls.note_cluster(None, date(2026, 3, 10), "Nothing")
