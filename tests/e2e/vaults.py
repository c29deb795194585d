"""Vaults for the tests to start the program on, made through the services in a moment."""

import shutil
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from harness import PASSWORD

from mesodesk.domain.answers import Answer
from mesodesk.domain.questionnaire import ItemKind, load_questionnaire
from mesodesk.domain.records.clinic import ClinicFields
from mesodesk.domain.records.intake import IntakeFields, ItemAnswer
from mesodesk.domain.records.patient import BodySex, PatientFields
from mesodesk.domain.records.session import ComponentFields, SyringeFields
from mesodesk.domain.records.stock import ActiveFields, LotFields, LotRecord, ProductFields
from mesodesk.domain.strength import Strength, StrengthUnit
from mesodesk.services.desk import Desk
from mesodesk.services.new_desk import create_desk
from mesodesk.vault.keys import KdfCost
from mesodesk.vault.owner import NewOwner
from mesodesk.vault.recovery import RecoveryKey


def new_clinic(folder: Path) -> Desk:
    """Make a clinic with its owner, and return its desk, open."""
    return create_desk(
        folder,
        ClinicFields(name="Clinica Luz", jurisdiction="ES", zone="Europe/Madrid"),
        owner=NewOwner("Claire Moreau", "CM"),
        password=PASSWORD,
        recovery_key=RecoveryKey.new(),
        cost=KdfCost.for_tests(),
    )


def copy_of(template: Path, folder: Path) -> Path:
    """Return a copy of a closed vault."""
    return Path(shutil.copytree(template, folder))


def password_file(folder: Path, password: str = PASSWORD) -> Path:
    """Write the password where the command can read it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "password.txt"
    path.write_text(password + "\n", encoding="utf-8")
    return path


def clinic_at_work(folder: Path) -> None:
    """Make a closed vault with a session in draft that has a syringe to chart with."""
    desk = new_clinic(folder)
    try:
        patient = desk.patients.create(
            PatientFields("García López", "María José", date(1985, 4, 12), BodySex.FEMALE)
        )
        answer_everything(desk, patient.id)
        lot = stock_a_lot(desk)
        session = desk.sessions.start(patient.id)
        typed = SyringeFields(1, "Procaine", (ComponentFields(lot.id, Decimal(500)),))
        desk.sessions.put_syringe(session.id, session.version, typed)
    finally:
        desk.close()


def answer_everything(desk: Desk, patient_id: UUID) -> None:
    """Complete an intake with "no" for every question."""
    draft = desk.intakes.start(patient_id)
    answers = {
        item.id: ItemAnswer(Answer.NO)
        for item in load_questionnaire().items
        if item.kind is ItemKind.YES_NO
    }
    typed = IntakeFields(
        answers=answers,
        medicines_asked=True,
        allergies_asked=True,
        height_cm=Decimal(168),
        weight_kg=Decimal(62),
        skin_type=2,
    )
    kept = desk.intakes.save(draft.id, draft.version, typed)
    desk.intakes.complete(kept.id, kept.version)


def stock_a_lot(desk: Desk) -> LotRecord:
    """Enter a product with a lot of which nothing is counted."""
    strength = Strength(Decimal(2), StrengthUnit.PERCENT)
    product = desk.catalogue.add_product(
        ProductFields(
            name="Procaine 2 %",
            product_class="local_anaesthetic",
            actives=(ActiveFields("procaine", "Procaine", strength),),
        )
    )
    today = datetime.now(UTC).date()
    label = LotFields(
        number="L1", expires_on=today + timedelta(days=700), received_on=today - timedelta(days=30)
    )
    return desk.catalogue.add_lot(product.id, label)
