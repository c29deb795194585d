"""A draft in the session page, brought to its chart, and what a hand does to it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from added import add_patient
from consenting import cover
from PySide6.QtCore import QPoint, Qt

from mesodesk.domain.answers import Answer
from mesodesk.domain.questionnaire import ItemKind, load_questionnaire
from mesodesk.domain.records.intake import IntakeFields, ItemAnswer
from mesodesk.domain.records.session import ComponentFields, SessionState, SyringeFields
from mesodesk.domain.records.stock import ActiveFields, LotFields, ProductFields
from mesodesk.domain.strength import Strength, StrengthUnit
from mesodesk.domain.vocabulary import load_vocabulary
from mesodesk.ui.pages.session import SessionPage

PASSWORD = "plain tea in the morning"
BELLY = (0.50, 0.40)


def complete_intake(desk, patient):
    draft = desk.intakes.start(patient.id)
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


def begun_session(desk, patient, *, drawn="1", ingredient="silicium"):
    """Return a draft of which Check and Prepare are done: one syringe, nothing charted."""
    complete_intake(desk, patient)
    product = desk.catalogue.add_product(
        ProductFields(
            name="Silicium 1 %",
            product_class="silicon",
            actives=(
                ActiveFields(
                    ingredient,
                    ingredient.capitalize(),
                    Strength(Decimal(1), StrengthUnit.PERCENT),
                ),
            ),
        )
    )
    lot = desk.catalogue.add_lot(product.id, LotFields("S118", date(2027, 1, 31), date(2026, 3, 1)))
    session = desk.sessions.start(patient.id)
    fields = replace(
        session.fields,
        anything_changed=Answer.NO,
        emergency_kit=Answer.YES,
        skin_preparation=load_vocabulary().skin_preparations[0].id,
        aseptic_steps={step.id: Answer.YES for step in load_vocabulary().aseptic_steps},
    )
    session = desk.sessions.save(session.id, session.version, fields)
    session = desk.sessions.put_syringe(
        session.id,
        session.version,
        SyringeFields(1, "Silicium", (ComponentFields(lot.id, Decimal(drawn)),)),
    )
    for finding in desk.sessions.screening(session.id):
        if finding.severity in ("caution", "stop"):
            session = desk.sessions.acknowledge(
                session.id,
                session.version,
                finding.rule_id,
                finding.rule_version,
                "Seen with the patient",
                finding.severity == "stop",
            )
    cover(desk, session)
    return session


class Desk:
    """The session page with a draft in it, and short words for what a hand does to it."""

    def __init__(self, place, session):
        self.place, self.qtbot, self.session = place, place.qtbot, session
        self.show()

    def show(self):
        self.page = self.place.add(SessionPage, "patient", "patients", "followup")
        self.open(self.session.id)

    def open(self, session_id, **arguments):
        with self.qtbot.waitSignal(self.page.state.opened):
            self.place.window.open("session", session_id=session_id, **arguments)
        self.place.settle()

    def reopen(self, *, gently=True):
        self.place.close(gently=gently)
        self.place.open()
        self.show()

    def open_again(self):
        """Come back to the page without naming the session anew."""
        self.place.window.open("session", session_id=self.session.id)
        self.place.settle()

    @property
    def state(self):
        return self.page.state

    @property
    def panel(self):
        return self.page.stack.station("chart").panel

    @property
    def canvas(self):
        return self.panel.view.canvas

    def station(self, key):
        self.place.click(f"step_{key}")
        self.place.settle()
        if key == "chart":
            self.qtbot.waitUntil(lambda: self.canvas.has_stage and self.panel.isVisible())
        return self.page.stack.station(key)

    def place_points(self, count):
        for at in range(count):
            view = self.canvas.view
            spot = self.canvas.viewport.to_canvas(
                BELLY[0] * view.width_px, BELLY[1] * view.height_px
            )
            self.qtbot.mouseClick(
                self.canvas,
                Qt.MouseButton.LeftButton,
                pos=spot.toPoint() + QPoint(40 * (at % 2) - 20, 40 * (at // 2) - 60),
            )
        self.place.settle()

    def stored_chart(self):
        return self.place.run(lambda desk: desk.charts.load(self.session.id))

    def stored(self):
        return self.place.run(lambda desk: desk.sessions.get(self.session.id))

    def kept(self):
        """Wait until everything is durable and what is missing has been asked for again."""
        self.place.settle()
        self.state.refresh()
        self.place.settle()

    def missing_codes(self):
        return {each.code for each in self.state.missing}

    def finish_by_hand(self):
        """Fill in the last station as a therapist would."""
        self.station("finish")
        self.place.click("pain_3")
        self.place.click("reactions_none")
        self.place.type("observation_min", "20")
        self.place.click("discard_rest_1")
        self.place.click("aftercare_given_yes")
        self.place.click("next_plus_14")
        self.kept()

    def sign(self, password=PASSWORD):
        self.place.type("sign_password", password)
        self.place.press(Qt.Key.Key_Return)
        self.place.settle()


def one_begun(desk, _clock):
    return begun_session(desk, add_patient(desk))


@pytest.fixture
def desk(prepared):
    return Desk(*prepared(one_begun))


@pytest.fixture
def signed(desk):
    desk.station("chart")
    desk.place_points(2)
    desk.finish_by_hand()
    desk.sign()
    assert desk.stored().state is SessionState.SIGNED
    # A moment after it was signed the page reads its session once more, and shows it anew.
    desk.qtbot.waitUntil(lambda: not desk.page._again.isActive())
    desk.place.settle()
    return desk
