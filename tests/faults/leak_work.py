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
from leak_scan import marker, number_marker
from typed_sessions import finished_fields

from mesodesk.domain.answers import Answer
from mesodesk.domain.favourites import favourite_of
from mesodesk.domain.questionnaire import ItemKind, load_questionnaire
from mesodesk.domain.records.clinic import ClinicFields
from mesodesk.domain.records.followup import CheckAnswer, FollowUpFields
from mesodesk.domain.records.intake import Allergy, IntakeFields, ItemAnswer, Medicine
from mesodesk.domain.records.patient import BodySex, PatientFields
from mesodesk.domain.records.session import ComponentFields, SessionFields, SyringeFields
from mesodesk.domain.records.stock import ActiveFields, LotFields, ProductFields
from mesodesk.domain.strength import Strength, StrengthUnit
from mesodesk.services.desk import Desk, open_desk
from mesodesk.services.new_desk import create_desk
from mesodesk.ui.jobs import report
from mesodesk.vault.errors import VaultError
from mesodesk.vault.keys import KdfCost
from mesodesk.vault.owner import NewOwner
from mesodesk.vault.recovery import RecoveryKey
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
    begun = desk.sessions.start(patient_id)
    syringe = SyringeFields(1, m("syringe.label"), (drawn,))
    begun = desk.sessions.put_syringe(begun.id, begun.version, syringe)
    field, edit = placing(begun.syringes[0].id, 20)
    cursor = desk.charts.load(begun.id).cursor
    desk.charts.append(begun.id, cursor, edit, {field.id: ("abdomen_upper.left",)})
    content = favourite_of(desk.charts.load(begun.id).fields, begun.syringes, begun.atlas_id)
    desk.favourites.save(m("favourite.name"), content, of_clinic=True)
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
    for found in desk.sessions.screening(begun.id):
        if found.severity in {"caution", "stop"}:
            given = (found.rule_id, found.rule_version, m("session_acknowledgement.reason"))
            begun = desk.sessions.acknowledge(begun.id, begun.version, *given, override=True)
    signed = desk.sessions.sign(begun.id, begun.version, m("secret.password"))
    desk.sessions.add_addendum(signed.id, m("session_addendum.text"))
    first, second, *_ = desk.follow_ups.for_session(signed.id)
    answer = CheckAnswer(Answer.YES, still_present=Answer.YES, note=m("follow_up_item.note"))
    checked = FollowUpFields(items={"swelling": answer}, note=m("follow_up.note"))
    desk.follow_ups.save(first.id, first.version, checked)
    desk.follow_ups.mark_missed(second.id, second.version, m("follow_up.missed_reason"))


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
    intake(desk, patient.id)
    session(desk, patient.id, drawn)
    desk.access.lock()
    mistakes(desk)
    os.write(1, (json.dumps(MADE) + "\n").encode())
    os.kill(os.getpid(), 9)


if __name__ == "__main__":
    main()
