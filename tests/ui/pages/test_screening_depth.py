"""Screening against syringes and chart, unknown medicines and old intakes, by clicks and keys."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from mesodesk.domain.answers import Answer
from mesodesk.domain.questionnaire import ItemKind, load_questionnaire
from mesodesk.domain.records.intake import IntakeFields, IntakeState, ItemAnswer, Medicine
from mesodesk.domain.records.session import ComponentFields, SyringeFields
from mesodesk.domain.records.stock import ActiveFields, LotFields, ProductFields
from mesodesk.domain.strength import Strength, StrengthUnit
from mesodesk.ui.pages.patient import PatientPage
from mesodesk.ui.pages.session import SessionPage


def answered(desk, patient, *, medicines=(), **yes):
    """Complete an intake: no to everything but `yes`."""
    draft = desk.intakes.start(patient.id)
    answers = {
        item.id: ItemAnswer(yes.get(item.id, Answer.NO))
        for item in load_questionnaire().items
        if item.kind is ItemKind.YES_NO
    }
    typed = IntakeFields(
        answers=answers,
        medicines=tuple(Medicine(each) for each in medicines),
        medicines_asked=True,
        allergies_asked=True,
        height_cm=Decimal(168),
        weight_kg=Decimal(62),
        skin_type=2,
    )
    kept = desk.intakes.save(draft.id, draft.version, typed)
    return desk.intakes.complete(kept.id, kept.version)


def draw_procaine(desk, session):
    procaine = ActiveFields("procaine", "Procaine", Strength(Decimal(2), StrengthUnit.PERCENT))
    product = desk.catalogue.add_product(
        ProductFields("Procaine 2 %", product_class="local_anaesthetic", actives=(procaine,))
    )
    lot = desk.catalogue.add_lot(product.id, LotFields("A12", date(2027, 1, 31), date(2026, 3, 1)))
    drawn = SyringeFields(1, "", (ComponentFields(lot.id, Decimal(2)),))
    return desk.sessions.put_syringe(session.id, session.version, drawn)


class Place:
    """A session page, opened at a station."""

    def __init__(self, workplace):
        self.work, self.qtbot = workplace, workplace.qtbot
        self.patient = workplace.patient()

    def open(self, station="check"):
        self.session = self.work.run(lambda desk: desk.sessions.start(self.patient.id))
        self.page = self.work.add(SessionPage, "patient", "settings", "stock")
        with self.qtbot.waitSignal(self.page.state.opened):
            self.work.window.open("session", session_id=self.session.id, station=station)
        self.work.settle()

    def settle(self):
        self.work.settle()
        self.page.state.refresh()
        self.work.settle()

    def sees(self, name):
        return any(each.isVisible() for each in self.work.window.findChildren(QWidget, name))

    def text(self, name):
        return self.work.window.findChild(QLabel, name).text()

    def findings(self):
        return {f.rule_id for f in self.work.run(lambda d: d.sessions.screening(self.session.id))}


@pytest.fixture
def place(workplace):
    return Place(workplace)


def test_a_stop_about_a_syringe_is_dealt_with_at_prepare(place):
    work = place.work
    work.run(lambda desk: answered(desk, place.patient, allergy_ester_anaesthetic=Answer.YES))
    place.open()
    assert not place.sees("check_found_elsewhere")
    place.session = work.run(lambda desk: draw_procaine(desk, place.session))
    place.page.state.reload()
    place.settle()
    assert "Allergy to an ester anaesthetic" in (work.find("check_found_elsewhere").headline.text())
    work.click("check_found_elsewhere_action")
    place.settle()
    assert place.page.stack.station("prepare").isVisible()
    assert place.text("causes_ester_allergy") == "Syringe 1: Procaine 2 %, lot A12"
    work.type("reason_ester_allergy", "Tested in the skin")
    work.click("override_ester_allergy")
    place.settle()
    assert place.sees("dealt_with_ester_allergy")
    work.click("step_check")
    place.settle()
    assert not place.sees("check_found_elsewhere")


def test_the_chart_says_what_stands_open(place):
    work = place.work
    work.run(lambda desk: answered(desk, place.patient, heart_block=Answer.YES))
    place.open()
    place.session = work.run(lambda desk: draw_procaine(desk, place.session))
    place.page.state.reload()
    work.click("step_chart")
    place.settle()
    place.qtbot.waitUntil(lambda: place.sees("chart_found_elsewhere"))
    line = work.find("chart_found_elsewhere")
    assert line.text.text() == "Syringe 1: Procaine 2 %, lot A12"
    assert line.action.text() == "Go to Prepare"


def test_an_old_intake_is_gone_through_section_by_section(place, clock):
    work = place.work
    work.run(lambda desk: answered(desk, place.patient, keloid=Answer.YES))
    clinic = work.run(lambda desk: desk.clinic.record())
    work.run(
        lambda desk: desk.clinic.update(clinic.version, replace(clinic.fields, intake_months=6))
    )
    clock.move(days=200)
    place.open()
    assert place.sees("review_card")
    assert place.sees("reason_intake_expired")
    assert place.text("evidence_intake_expired") == "Intake: 10 Mar 2026"
    assert not place.sees("review_complete")
    while True:
        buttons = [
            each
            for each in place.page.findChildren(QWidget)
            if each.objectName().startswith("nothing_changed_") and each.isVisible()
        ]
        if not buttons:
            break
        work.click(buttons[0].objectName())
        place.settle()
    latest = work.run(lambda desk: desk.intakes.latest(place.patient.id))
    assert latest.state is IntakeState.DRAFT
    assert all(latest.fields.answers[each].confirmed for each in ("keloid", "pregnant", "diabetes"))
    assert latest.fields.medicines_asked
    assert "intake_expired" in place.findings()
    work.click("review_complete")
    place.settle()
    assert "intake_expired" not in place.findings()
    assert not place.sees("review_card")


def test_a_medicine_is_recognised_while_it_is_typed(place):
    work = place.work
    work.add(PatientPage)
    work.window.open("patient", patient_id=place.patient.id, tab="intake")
    work.settle()
    place.qtbot.waitUntil(lambda: place.sees("medicine_name_0"))
    work.type("medicine_name_0", "Xarelto")
    assert place.text("medicine_known_0") == "Rivaroxaban · anticoagulants"
    work.type("medicine_name_1", "Foobarol")
    assert place.text("medicine_known_1") == "Not recognised: read it yourself"
    work.settle()
    place.qtbot.waitUntil(lambda: place.sees("finding_anticoagulant"))


def test_nothing_found_is_never_said_without_what_nothing_knows(place):
    work = place.work
    work.run(lambda desk: answered(desk, place.patient, medicines=("Foobarol",)))
    place.open()
    for name in ("anything_changed_no", "emergency_kit_yes"):
        work.click(name)
        place.settle()
    banner = work.find("findings_banner")
    assert banner.headline.text() == "Screening does not stand against signing."
    assert banner.text.text() == "Not recognised: read it yourself (Foobarol)"
    nothing = place.page.findChild(QWidget, "findings_nothing")
    assert nothing.subtitle.text() == "Not recognised: read it yourself (Foobarol)"
