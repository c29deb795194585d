"""Consents on a real vault: signed and never changed, withdrawn, asked for anew, needed to sign."""

from dataclasses import replace
from datetime import date
from threading import Event

import pytest
from pdf_text import read_pdf
from sqlalchemy.exc import DBAPIError
from tampering import behind_our_back

from mesodesk.demo.consents import decided, give_consent, signature
from mesodesk.domain.answers import Answer
from mesodesk.domain.consent_rules import ConsentLack
from mesodesk.domain.records.consent import (
    AreaStatus,
    ConsentMethod,
    ConsentState,
    ConsentTextFields,
    DemandKind,
    PhotoPurpose,
    SignerKind,
    TextOrigin,
    WithdrawalScope,
)
from mesodesk.domain.records.stock import RegulatoryStatus, StatusFields
from mesodesk.domain.strokes import InkPoint, Strokes, pack
from mesodesk.leaving import write_out
from mesodesk.services.errors import ConflictError, InvalidError, RefusedError

TEXT = "mesotherapy"


@pytest.fixture
def procaine(desk):
    return next(
        each
        for each in desk.catalogue.products()
        if each.fields.product_class == "local_anaesthetics"
    )


def begun(desk, patient, procaine, **others):
    draft = desk.consents.start(patient.id)
    typed = replace(decided(draft.fields, [procaine.id], ["thigh"]), **others)
    return desk.consents.save(draft.id, draft.version, typed)


def signed(desk, patient, procaine, **others):
    draft = begun(desk, patient, procaine, **others)
    drawn = desk.consents.draw(draft.id, draft.version, pack(signature("x")), draft.shown_sha256)
    return desk.consents.sign(drawn.id, drawn.version, drawn.shown_sha256)


def lacks(desk, patient):
    return [gap.lack for gap in desk.consents.overview(patient.id).standing.gaps]


def test_what_was_signed_stays_as_it_was_shown_whatever_changes_afterwards(
    desk, patient, procaine, clock, open_again
):
    consent = signed(desk, patient, procaine, language="fr", planned_sessions=6)
    assert (consent.state, consent.seal.holds) == (ConsentState.SIGNED, True)
    assert "María José García López" in consent.shown
    assert f"{procaine.fields.name} : non connu de la clinique" in consent.shown
    assert "Anesthésiques locaux : excès dans le sang" in consent.shown
    assert "Pour l'enseignement et les réunions professionnelles : non demandé" in consent.shown
    assert "Zones : Cuisse" in consent.shown

    changed = replace(procaine.fields, name="Other", status=RegulatoryStatus.NOT_APPROVED)
    desk.catalogue.update_product(procaine.id, procaine.version, changed)
    desk.patients.update(patient.id, patient.version, replace(patient.fields, family_name="Otra"))
    text = next(each for each in desk.consents.texts() if each.key.language == "fr")
    body = text.body.replace("# Risques", "# Les risques")
    own = desk.consents.keep_text(TEXT, "fr", text.key, ConsentTextFields("Autre", body))
    assert (own.key.origin, own.key.version) == (TextOrigin.CLINIC, 1)

    desk.close()
    desk = open_again()
    after = desk.consents.get(consent.id)
    assert replace(after, version=0) == replace(consent, version=0)
    assert after.seal.holds
    assert lacks(desk, patient) == [ConsentLack.TEXT]
    clock.move(days=1)
    with pytest.raises(RefusedError, match="stays as it is"):
        desk.consents.save(consent.id, after.version, consent.fields)
    assert desk.consents.start(patient.id).title == "Autre"


def test_a_signature_holds_for_the_words_it_was_drawn_under(desk, patient, procaine):
    draft = begun(desk, patient, procaine)
    assert draft.missing == ("strokes",)
    ink = pack(signature("x"))
    drawn = desk.consents.draw(draft.id, draft.version, ink, draft.shown_sha256)
    assert (drawn.strokes, drawn.missing) == (ink, ())
    no = {**drawn.fields.photos, PhotoPurpose.TEACHING: Answer.NO}
    other = desk.consents.save(drawn.id, drawn.version, replace(drawn.fields, photos=no))
    assert (other.strokes, other.missing) == (None, ("strokes",))
    with pytest.raises(RefusedError, match="changed since it was shown"):
        desk.consents.sign(other.id, other.version, drawn.shown_sha256)
    with pytest.raises(RefusedError, match="something is missing"):
        desk.consents.sign(other.id, other.version, other.shown_sha256)
    # What was taken back word for word is what she signed.
    back = desk.consents.save(other.id, other.version, drawn.fields)
    assert desk.consents.sign(back.id, back.version, back.shown_sha256).strokes == ink


def test_what_is_no_signature_is_refused(desk, patient, procaine):
    draft = begun(desk, patient, procaine)
    dot = pack(Strokes(9000, 2600, ((InkPoint(5, 5),),)))
    kept = desk.consents.draw(draft.id, draft.version, dot, draft.shown_sha256)
    assert kept.missing == ("strokes",)
    with pytest.raises(RefusedError, match="cannot be kept"):
        desk.consents.draw(kept.id, kept.version, b"\x01scrawl", kept.shown_sha256)
    with pytest.raises(ConflictError):
        desk.consents.draw(draft.id, draft.version, dot, draft.shown_sha256)


def test_on_paper_for_somebody_else_and_with_an_interpreter(desk, patient, procaine, tmp_path):
    draft = begun(
        desk,
        patient,
        procaine,
        method=ConsentMethod.PAPER,
        signer=SignerKind.REPRESENTATIVE,
        interpreter=Answer.YES,
        time_to_reflect=Answer.NOT_ASKED,
        products=(),
        areas=(),
    )
    assert draft.missing == (
        "products", "areas", "time_to_reflect", "interpreter_name", "signer_name", "paper_place",
    )  # fmt: skip
    typed = replace(
        draft.fields,
        products=(procaine.id,),
        areas=("face",),
        time_to_reflect=Answer.NO,
        interpreter_name="Ida Idiom",
        signer_name="Rosa Right",
        witness="Wim Witness",
        paper_place="Binder 3",
    )
    kept = desk.consents.save(draft.id, draft.version, typed)
    consent = desk.consents.sign(kept.id, kept.version, kept.shown_sha256)
    assert consent.seal.holds
    for said in ("Ida Idiom", "by Rosa Right", "Witness: Wim Witness", "Binder 3"):
        assert said in consent.shown
    assert "I had enough time to think it over: NO" in consent.shown
    left = write_out(desk.exports.plan_consent(consent.id), tmp_path, Event(), lambda *_: None)
    printed = read_pdf(left.path.read_bytes())
    for said in ("Binder 3", "Rosa Right", "CONSENT TO MESOTHERAPY", consent.seal.sha256):
        assert said in printed
    assert desk.checks.check_all() == []


def test_what_cannot_be_taken_is_said_at_its_place(desk, patient, procaine):
    draft = desk.consents.start(patient.id)
    for change in (
        {"planned_sessions": 0},
        {"informed_on": date(2026, 3, 11)},
        {"language": "xx"},
        {"areas": ("wing",)},
        {"areas": ("face", "face")},
        {"products": (patient.id,)},
        {"text_id": "other"},
        {"witness": "a\nb"},
    ):
        with pytest.raises(InvalidError) as refused:
            desk.consents.save(draft.id, draft.version, replace(draft.fields, **change))
        assert {problem.place for problem in refused.value.problems} == set(change)


def test_withdrawal_stands_beside_what_was_signed(desk, patient, procaine, open_again):
    consent = signed(desk, patient, procaine)
    publicity = {PhotoPurpose.PUBLICITY: Answer.YES, PhotoPurpose.RECORD: Answer.YES}
    later = signed(desk, patient, procaine, photos=publicity)
    photos = desk.consents.photo_decisions(patient.id)
    assert [photos[each].answer for each in PhotoPurpose] == ["yes", "not_asked", "yes"]
    day = date(2026, 3, 10)
    for scope, reason, when in (
        (WithdrawalScope.PUBLICITY, " ", day),
        (WithdrawalScope.PUBLICITY, "No more", date(2026, 3, 9)),
        (WithdrawalScope.PUBLICITY, "No more", date(2026, 3, 11)),
    ):
        with pytest.raises(InvalidError):
            desk.consents.withdraw(later.id, scope, reason, when)
    with pytest.raises(RefusedError, match="not agreed to"):
        desk.consents.withdraw(later.id, WithdrawalScope.TEACHING, "No", day)
    desk.consents.withdraw(later.id, WithdrawalScope.PUBLICITY, "Seen by a neighbour", day)
    with pytest.raises(RefusedError, match="withdrawn before"):
        desk.consents.withdraw(later.id, WithdrawalScope.PUBLICITY, "Again", day)
    decision = desk.consents.photo_decisions(patient.id)[PhotoPurpose.PUBLICITY]
    assert (decision.answer, decision.withdrawn) == (Answer.NO, True)
    assert lacks(desk, patient) == []
    after = desk.consents.withdraw(later.id, WithdrawalScope.ALL, "Does not want it", day)
    assert after.shown == later.shown
    assert [(one.scope.value, one.holds) for one in after.withdrawals] == [
        ("publicity", True),
        ("all", True),
    ]
    assert lacks(desk, patient) == []  # the first one stands
    desk.consents.withdraw(consent.id, WithdrawalScope.ALL, "Neither", day)
    # The latest says why.
    desk.close()
    assert lacks(open_again(), patient) == [ConsentLack.WITHDRAWN]


def test_a_grave_reaction_and_the_clinics_period_ask_for_a_new_one(desk, patient, procaine, clock):
    assert lacks(desk, patient) == [ConsentLack.NONE]
    signed(desk, patient, procaine)
    desk.consents.demand(patient.id, DemandKind.REACTION, "Redness of 3 cm", 1)
    assert lacks(desk, patient) == []
    with pytest.raises(InvalidError, match="Grade"):
        desk.consents.demand(patient.id, DemandKind.REACTION, "Ulcer", None)
    desk.consents.demand(patient.id, DemandKind.REACTION, "Abscess", 3)
    assert lacks(desk, patient) == [ConsentLack.REACTION]
    signed(desk, patient, procaine)
    assert lacks(desk, patient) == []
    desk.consents.demand(patient.id, DemandKind.OTHER, "Changed her mind about the area")
    assert lacks(desk, patient) == [ConsentLack.DEMANDED]
    signed(desk, patient, procaine)
    clinic = desk.clinic.record()
    desk.clinic.update(clinic.version, replace(clinic.fields, consent_months=6))
    clock.move(days=183)
    assert lacks(desk, patient) == []
    clock.move(days=1)
    assert lacks(desk, patient) == [ConsentLack.PERIOD]


def test_the_status_is_that_of_the_country_and_of_each_area(desk, patient, procaine):
    """A status for one region is told for it alone; what nobody entered is unknown, in words."""
    off_label, approved = RegulatoryStatus.APPROVED_OFF_LABEL, RegulatoryStatus.APPROVED_FOR_USE

    def enter(**told):
        record = desk.catalogue.product(procaine.id)
        return desk.catalogue.update_product(
            record.id, record.version, replace(record.fields, **told)
        )

    def said(areas, language="en"):
        draft = desk.consents.start(patient.id)
        fields = replace(
            decided(draft.fields, [procaine.id]), areas=tuple(areas), language=language
        )
        kept = desk.consents.save(draft.id, draft.version, fields)
        name = f"- {procaine.fields.name}"
        return [line[len(name) :] for line in kept.shown.splitlines() if line.startswith(name)]

    enter(statuses=(StatusFields("FR", "", approved, "Notice"),))
    assert said(["thigh"]) == [": not known to the clinic"]
    enter(
        statuses=(
            StatusFields("ES", "", off_label, "Ficha 2025"),
            StatusFields("ES", "chin", approved, "Ficha 2026"),
            StatusFields("FR", "thigh_front_upper", approved),
        )
    )
    assert said(["thigh"]) == [": authorised here for another use: off-label (source: Ficha 2025)"]
    told = [
        ", Chin: authorised here for this use (source: Ficha 2026)",
        (
            ", elsewhere in this area (Face): authorised here for another use: off-label"
            " (source: Ficha 2025)"
        ),
        ", Thigh: authorised here for another use: off-label (source: Ficha 2025)",
    ]
    assert said(["face", "thigh"]) == told
    assert said(["face"], "fr")[0].startswith(", Menton : autorisé ici pour cet usage")
    # What was signed keeps it, row by row, whatever is entered later.
    draft = desk.consents.start(patient.id)
    kept = desk.consents.save(draft.id, draft.version, replace(draft.fields, language="en"))
    drawn = desk.consents.draw(kept.id, kept.version, pack(signature("x")), kept.shown_sha256)
    done = desk.consents.sign(drawn.id, drawn.version, drawn.shown_sha256)
    enter(statuses=())
    again = desk.consents.get(done.id)
    assert again.seal.holds
    assert again.products[0].by_area == (
        AreaStatus("face", "chin", approved, "Ficha 2026"),
        AreaStatus("face", "", off_label, "Ficha 2025"),
    )
    behind_our_back(desk, "UPDATE consent_product SET by_area = '[]'")
    assert not desk.consents.get(done.id).seal.holds


def test_a_text_that_corrects_a_slip_asks_nobody_anew(desk, patient, procaine):
    signed(desk, patient, procaine)
    text = next(each for each in desk.consents.texts() if each.key.language == "en")
    slip = ConsentTextFields(text.title, text.body + "\nThank you.", asks_anew=False)
    first = desk.consents.keep_text(TEXT, "en", text.key, slip)
    assert lacks(desk, patient) == []
    with pytest.raises(RefusedError, match="later version"):
        desk.consents.keep_text(TEXT, "en", text.key, slip)
    for body, said in (
        ("", "missing"),
        (text.body + " {surprise}", "no merge field {surprise}"),
        (text.body.replace("{photos}", ""), "lacks {photos}"),
        (text.body + " {", "brace stands alone"),
        (text.body + " see {risks}", "line of its own"),
    ):
        with pytest.raises(InvalidError, match=said):
            desk.consents.keep_text(TEXT, "en", first.key, ConsentTextFields("T", body))
    assert [each.key.version for each in desk.consents.text_versions(TEXT, "en")] == [1]
    assert signed(desk, patient, procaine).text == first.key
    second = desk.consents.keep_text(TEXT, "en", first.key, replace(slip, asks_anew=True))
    assert (second.key.version, lacks(desk, patient)) == (2, [ConsentLack.TEXT])


def test_what_is_changed_behind_our_back_is_seen(desk, patient, procaine):
    consent = signed(desk, patient, procaine)
    desk.consents.withdraw(consent.id, WithdrawalScope.RECORD, "Not wanted", date(2026, 3, 10))
    for statement in (
        "UPDATE consent SET shown = replace(shown, 'NO', 'YES')",
        "UPDATE consent SET strokes = x'00'",
        "UPDATE consent_product SET status = 'approved_for_use'",
        "UPDATE consent_seal SET signer_name = 'Somebody'",
        "DELETE FROM consent_seal",
    ):
        with (
            pytest.raises(DBAPIError, match=r"closed|append-only"),
            desk.store.vault.engine.begin() as connection,
        ):
            connection.exec_driver_sql(statement)
    behind_our_back(desk, "UPDATE consent_product SET status = 'approved_for_use'")
    assert not desk.consents.get(consent.id).seal.holds
    assert lacks(desk, patient) == [ConsentLack.BROKEN]
    behind_our_back(desk, "UPDATE consent_withdrawal SET reason = 'Wanted'")
    assert [one.holds for one in desk.consents.get(consent.id).withdrawals] == [False]
    assert len(desk.checks.check_all()) == 2


def test_one_draft_a_patient_which_can_be_put_away(desk, patient, procaine):
    draft = begun(desk, patient, procaine)
    assert desk.consents.start(patient.id).id == draft.id
    desk.consents.discard(draft.id, draft.version)
    with pytest.raises(RefusedError):
        desk.consents.discard(draft.id, draft.version)
    again = desk.consents.start(patient.id)
    assert (again.number, again.fields.products) == (2, ())
    assert desk.consents.overview(patient.id).signed == ()
    assert give_consent(desk, patient.id, products=[procaine.id]).number == 2
    # The next begins with what is known, and asks what was decided anew.
    third = desk.consents.start(patient.id).fields
    assert third.products == (procaine.id,)
    assert (third.photos, third.time_to_reflect) == ({}, Answer.NOT_ASKED)
