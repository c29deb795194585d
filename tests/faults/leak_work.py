"""Fills every field of a clinic with a marker of its own, makes mistakes, and dies without closing.

    python leak_work.py FOLDER

Prints one JSON object: each field with its marker. Secrets are markers too.
"""

import json
import logging
import os
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(1, str(Path(__file__).resolve().parent.parent / "e2e"))
sys.path.insert(2, str(Path(__file__).resolve().parent.parent / "helpers"))
sys.path.insert(3, str(Path(__file__).resolve().parent.parent.parent))

from cut_day import placing
from leak_course import called, handled, measured, photographed, planned, reacted, ruled
from leak_scan import marker, number_marker
from typed_sessions import finished_fields

from mesodesk.demo.consents import decided
from mesodesk.domain.answers import Answer
from mesodesk.domain.clock import SystemClock, local_date
from mesodesk.domain.favourites import favourite_of
from mesodesk.domain.questionnaire import ItemKind, load_questionnaire
from mesodesk.domain.records.clinic import ClinicFields
from mesodesk.domain.records.consent import (
    ConsentMethod,
    ConsentTextFields,
    DemandKind,
    SignerKind,
    WithdrawalScope,
)
from mesodesk.domain.records.followup import CheckAnswer, FollowUpFields, ShownInstruction
from mesodesk.domain.records.intake import Allergy, IntakeFields, ItemAnswer, Medicine
from mesodesk.domain.records.patient import BodySex, PatientFields
from mesodesk.domain.records.session import (
    ComponentFields,
    SessionFields,
    SessionRecord,
    SyringeFields,
)
from mesodesk.domain.records.stock import ActiveFields, LotFields, ProductFields, StatusFields
from mesodesk.domain.strength import Strength, StrengthUnit
from mesodesk.services.desk import Desk, open_desk
from mesodesk.services.new_desk import create_desk
from mesodesk.ui.jobs import report
from mesodesk.vault.container import listed
from mesodesk.vault.errors import VaultError
from mesodesk.vault.keys import KdfCost, password_secret
from mesodesk.vault.opening import Credential
from mesodesk.vault.owner import NewOwner
from mesodesk.vault.recovery import RecoveryKey
from mesodesk.vault.restoring import restore
from mesodesk.vault.vault import open_vault

MADE: dict[str, str] = {}


def m(field: str) -> str:
    return MADE.setdefault(field, marker(field))


def phone(field: str) -> str:
    return MADE.setdefault(field, number_marker(field))


def clinic(folder: Path) -> Desk:
    """Make the clinic, and close and open it once."""
    key = RecoveryKey.new()
    MADE["secret.recovery_key"] = key.secret.hex()
    MADE["secret.recovery_text"] = key.text
    MADE["secret.recovery_groups"] = " ".join(key.groups[:2])
    fields = ClinicFields(
        name=m("clinic.name"),
        jurisdiction="ES",
        zone="Europe/Madrid",
        address=m("clinic.address"),
        phone=phone("clinic.phone"),
        emergency_phone=phone("clinic.emergency_phone"),
        escalation={"urgent": m("clinic.escalation")},
    )
    create_desk(
        folder,
        fields,
        owner=NewOwner(m("app_user.name"), "AR"),
        password=m("secret.password"),
        recovery_key=key,
        cost=KdfCost.for_tests(),
    ).close()
    return open_desk(open_vault(folder, password=m("secret.password")))


def stock(desk: Desk) -> ComponentFields:
    product = desk.catalogue.add_product(
        ProductFields(
            name=m("product.name"),
            manufacturer=m("product.manufacturer"),
            product_class="local_anaesthetic",
            actives=(
                ActiveFields(
                    "procaine",
                    m("product_active.name"),
                    Strength(Decimal(2), StrengthUnit.PERCENT),
                ),
            ),
            status_source=m("product.status_source"),
            statuses=(StatusFields("FR", source=m("product_status.source")),),
            storage=m("product.storage"),
            note=m("product.note"),
        )
    )
    label = LotFields(
        m("lot.number"), date(2031, 1, 31), date(2026, 1, 1), Decimal(50), m("lot.supplier")
    )
    lot = desk.catalogue.add_lot(product.id, label)
    desk.catalogue.correct_lot(lot.id, lot.version, Decimal(49), m("stock_movement.reason"))
    return ComponentFields(lot.id, Decimal("0.2"))


def intake(desk: Desk, patient_id: object) -> None:
    draft = desk.intakes.start(patient_id)
    answers = {
        item.id: ItemAnswer(Answer.NO)
        for item in load_questionnaire().items
        if item.kind is ItemKind.YES_NO
    }
    answers["asthma"] = ItemAnswer(Answer.YES, m("intake_answer.detail"))
    answers["reason"] = ItemAnswer(Answer.YES, value=m("intake_answer.value"))
    medicine = (m("intake_medicine.name"), m("intake_medicine.dose"), m("intake_medicine.note"))
    typed = IntakeFields(
        answers=answers,
        medicines=(Medicine(*medicine),),
        medicines_asked=True,
        allergies=(Allergy(m("intake_allergy.substance"), m("intake_allergy.reaction")),),
        allergies_asked=True,
        height_cm=Decimal(168),
        weight_kg=Decimal(62),
        skin_type=2,
    )
    kept = desk.intakes.save(draft.id, draft.version, typed)
    desk.intakes.complete(kept.id, kept.version)


def session(desk: Desk, patient_id: object, drawn: ComponentFields) -> None:
    given_up = desk.sessions.start(patient_id)
    desk.sessions.discard_draft(given_up.id, given_up.version, m("session.discard_reason"))
    signed = treated(desk, patient_id, drawn)
    content = favourite_of(desk.charts.load(signed.id).fields, signed.syringes, signed.atlas_id)
    desk.favourites.save(m("favourite.name"), content, of_clinic=True)
    desk.sessions.add_addendum(signed.id, m("session_addendum.text"))
    desk.amending.deny_request(signed.id, m("session_statement.text"), "It was so")
    amendment = desk.amending.begin(signed.id, m("session_version.reason"))
    desk.sessions.discard_draft(amendment.id, amendment.version, "Not now")
    called(desk, signed.id, m)
    second = desk.follow_ups.for_session(signed.id)[1]
    desk.follow_ups.mark_missed(second.id, second.version, m("follow_up.missed_reason"))


def treated(desk: Desk, patient_id: object, drawn: ComponentFields) -> SessionRecord:
    """Draw up, place, sign, and be told of a swelling."""
    begun = desk.sessions.start(patient_id)
    syringe = SyringeFields(1, m("syringe.label"), (drawn,))
    begun = desk.sessions.put_syringe(begun.id, begun.version, syringe)
    field, edit = placing(begun.syringes[0].id, 20)
    cursor = desk.charts.load(begun.id).cursor
    desk.charts.append(begun.id, cursor, edit, {field.id: ("abdomen_upper.left",)})
    typed: SessionFields = replace(
        finished_fields(),
        anything_changed=Answer.YES,
        changes=m("session.changes"),
        reaction_to_last=Answer.YES,
        reaction_to_last_detail=m("session.reaction_to_last_detail"),
        reaction_note=m("session.reaction_note"),
        note=m("session.note"),
    )
    begun = desk.sessions.save(begun.id, begun.version, typed)
    consent(desk, patient_id)
    for found in desk.sessions.screening(begun.id):
        if found.severity in {"caution", "stop"}:
            given = (found.rule_id, found.rule_version, m("session_acknowledgement.reason"))
            begun = desk.sessions.acknowledge(begun.id, begun.version, *given, override=True)
    signed = desk.sessions.sign(begun.id, begun.version, m("secret.password"))
    first = desk.follow_ups.for_session(signed.id)[0]
    answer = CheckAnswer(Answer.YES, still_present=Answer.YES, note=m("follow_up_item.note"))
    told = {"swelling": answer, "hives": CheckAnswer(Answer.YES)}
    checked = FollowUpFields(items=told, note=m("follow_up.note"))
    kept = desk.follow_ups.save(first.id, first.version, checked)
    shown = ShownInstruction("hives", "emergency", "Call", desk.store.clock.now(), "")
    desk.follow_ups.record_shown(kept.id, kept.version, (shown,))
    return signed


def consent_text(desk: Desk) -> None:
    """Keep a text of the clinic's own."""
    text = next(each for each in desk.consents.texts() if each.key.language == "en")
    own = ConsentTextFields(m("consent_text.title"), f"{text.body}\n{m('consent_text.body')}")
    desk.consents.keep_text(text.key.id, "en", text.key, own)


def consent(desk: Desk, patient_id: object) -> None:
    """Take a consent, and have part of it withdrawn."""
    begun = desk.consents.start(patient_id)
    typed = replace(
        decided(begun.fields),
        language="en",
        alternatives=m("consent.alternatives"),
        questions_asked=Answer.YES,
        questions=m("consent.questions"),
        interpreter=Answer.YES,
        interpreter_name=m("consent.interpreter_name"),
        signer=SignerKind.REPRESENTATIVE,
        signer_name=m("consent.signer_name"),
        witness=m("consent.witness"),
        method=ConsentMethod.PAPER,
        paper_place=m("consent.paper_place"),
    )
    kept = desk.consents.save(begun.id, begun.version, typed)
    signed = desk.consents.sign(kept.id, kept.version, kept.shown_sha256)
    zone = desk.clinic.record().fields.zone
    day, why = local_date(desk.store.clock.now(), zone), m("consent_withdrawal.reason")
    desk.consents.withdraw(signed.id, WithdrawalScope.RECORD, why, day)
    desk.consents.demand(patient_id, DemandKind.REACTION, m("consent_demand.reason"), 1)


def mistakes(desk: Desk) -> None:
    """Mistype passwords, and have an error logged that speaks of a patient."""
    try:
        desk.access.unlock(m("secret.wrong_password"))
    except VaultError as error:
        report(error)
    for raised in (ValueError(m("patient.family_name")), KeyError(m("patient.note"))):
        try:
            raise raised
        except (ValueError, KeyError) as error:
            report(error)


def backup(desk: Desk) -> None:
    """Have a backup made in a second place, with a name that can be told beforehand; restore it."""
    place = desk.store.vault.folder.with_name("vault-backups") / "second"
    place.mkdir()
    desk.backups.add_folder(place, m("backup_place.label"))
    desk.backups.back_up_now("asked")
    for made in listed(place):
        made.path.rename(place / "backup.mesobackup")
    for made in listed(place.parent):
        made.path.unlink()
    restored = desk.store.vault.folder.with_name("vault-restored")
    by_password = Credential(password_secret(m("secret.password")), is_recovery=False)
    restore(place / "backup.mesobackup", restored, by_password, clock=SystemClock())


def main() -> None:
    """Do it all, and end as a pulled cable would."""
    logging.basicConfig(level=logging.DEBUG)
    desk = clinic(Path(sys.argv[1]))
    patient = desk.patients.create(
        PatientFields(
            m("patient.family_name"),
            m("patient.given_names"),
            date(1985, 4, 12),
            BodySex.FEMALE,
            phone("patient.phone"),
            m("patient.email") + "@example.org",
            m("patient.address"),
            note=m("patient.note"),
        )
    )
    desk.drafts.put("new_patient", "", {"note": m("draft.payload")})
    drawn = stock(desk)
    consent_text(desk)
    intake(desk, patient.id)
    session(desk, patient.id, drawn)
    other = desk.patients.create(PatientFields("Roux", "Ines", date(1979, 1, 2), BodySex.FEMALE))
    intake(desk, other.id)
    treated(desk, other.id, drawn)
    ruled(desk, m)
    planned(desk, patient.id, m)
    measured(desk, patient.id, m)
    reacted(desk, patient.id, m)
    photographed(desk, other.id, m)
    handled(desk, drawn.lot_id, (patient.id, other.id), m)
    backup(desk)
    desk.access.lock()
    mistakes(desk)
    os.write(1, (json.dumps(MADE) + "\n").encode())
    os.kill(os.getpid(), 9)


if __name__ == "__main__":
    main()
