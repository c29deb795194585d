"""A consent from the Check station to the signature and back, by real clicks, keys and strokes."""

from datetime import date

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor

from mesodesk.demo.consents import give_consent
from mesodesk.domain.answers import Answer
from mesodesk.domain.records.consent import ConsentState, ConsentTextFields, PhotoPurpose
from mesodesk.domain.records.stock import LotFields
from mesodesk.domain.session_rules import MissingCode
from mesodesk.ui.pages.consent_parts.pad import SignaturePad
from mesodesk.ui.pages.patient import PatientPage
from mesodesk.ui.pages.session import SessionPage
from mesodesk.ui.pages.settings import SettingsPage

STROKE = ((40, 150), (90, 60), (150, 170), (260, 40), (330, 160), (480, 110))


class Clinic:
    """The pages of a patient and of a session, and short words for what a hand does."""

    def __init__(self, workplace):
        self.place, self.qtbot = workplace, workplace.qtbot
        self.patient = workplace.patient()
        self.page = workplace.add(PatientPage, "patients", "followup", "settings")
        self.session_page = SessionPage(workplace.context)
        workplace.window.add_page(self.session_page)

    @property
    def tab(self):
        return self.page.tabs.consent

    @property
    def draft(self):
        return self.tab.draft

    def open_consent(self):
        self.place.window.open("patient", patient_id=self.patient.id, tab="consent")
        self.place.settle()

    def overview(self):
        return self.place.run(lambda desk: desk.consents.overview(self.patient.id))

    def answer(self, **answers):
        for name, answer in answers.items():
            self.place.click(f"{name}_{answer}")
        self.place.settle()

    def draw(self, *places):
        pad = self.place.find("signature_pad", SignaturePad)
        self.qtbot.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(*places[0]))
        for place in places[1:]:
            self.qtbot.mouseMove(pad, QPoint(*place))
        self.qtbot.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(*places[-1]))
        self.place.settle()

    def fill_in(self):
        """Type what a consent lacks: area, product, and what was asked."""
        self.place.click("consent_area_thigh")
        self.place.settle()
        self.place.type("consent_products", "proca")
        self.place.press(Qt.Key.Key_Return)
        self.place.settle()
        self.answer(time_to_reflect="yes", questions_asked="no", interpreter="no")
        self.answer(photo_record="yes", photo_publicity="no")


@pytest.fixture
def clinic(workplace):
    return Clinic(workplace)


def test_products_on_the_shelf_are_offered_first(clinic):
    place = clinic.place

    def receive(desk):
        found = [each for each in desk.catalogue.products() if "Lidocaine" in each.fields.name]
        typed = LotFields("L9", date(2027, 1, 31), date(2026, 3, 1), None)
        return desk.catalogue.add_lot(found[-1].id, typed).product

    held = place.run(receive)
    clinic.open_consent()
    place.click("begin_consent")
    place.settle()
    place.type("consent_products", "lidocaine")
    place.press(Qt.Key.Key_Return)
    place.settle()
    assert clinic.overview().draft.fields.products == (held.id,)


def test_from_check_to_the_signature_and_back(clinic):
    place = clinic.place
    session = place.run(lambda desk: desk.sessions.start(clinic.patient.id))
    with clinic.qtbot.waitSignal(clinic.session_page.state.opened):
        place.window.open("session", session_id=session.id)
    place.settle()
    assert "cannot be signed" in place.find("consent_check").headline.text()
    missing = [each.code for each in clinic.session_page.state.missing]
    assert MissingCode.CONSENT in missing

    place.click("consent_check_action")
    place.settle()
    assert clinic.tab.pages.currentWidget() is clinic.draft
    assert not clinic.draft.hand_over.isEnabled()
    clinic.fill_in()
    assert clinic.draft.hand_over.isEnabled()
    assert "For publicity, the clinic's web pages included: NO" in clinic.draft.preview.text
    assert "For teaching and professional meetings: not asked" in clinic.draft.preview.text

    place.click("consent_hand_over")
    assert not clinic.draft.sign.isEnabled()
    clinic.draw(*STROKE)
    clinic.draw((60, 190), (420, 195))
    assert clinic.draft.sign.isEnabled()
    place.click("consent_sign")
    place.settle()

    found = clinic.overview()
    record = found.in_force
    assert record.seal.holds
    assert record.fields.photos == {
        PhotoPurpose.RECORD: Answer.YES,
        PhotoPurpose.PUBLICITY: Answer.NO,
    }
    assert clinic.tab.overview.standing.headline.text().startswith("Consent in force since")

    def chip():
        return any(words.startswith("Consent in force") for _, words in header._given)

    header = clinic.page.header.chips
    clinic.qtbot.waitUntil(chip)  # the page reads the record again a moment later
    place.window.open("session", session_id=session.id)
    place.settle()
    assert place.find("consent_check").headline.text() == "A consent covers what is planned."


def test_a_signature_stays_after_a_crash_and_goes_with_other_words(clinic):
    place = clinic.place
    clinic.open_consent()
    place.click("begin_consent")
    place.settle()
    clinic.fill_in()
    place.click("consent_hand_over")
    clinic.draw(*STROKE)
    drawn = clinic.draft.pad.strokes()
    place.close(gently=False)
    place.open()
    again = Clinic.__new__(Clinic)
    again.place, again.qtbot, again.patient = place, clinic.qtbot, clinic.patient
    again.page = place.add(PatientPage, "patients", "followup", "settings", "session")
    again.open_consent()
    assert again.draft.pad.strokes() == drawn
    again.answer(photo_teaching="yes")
    assert again.draft.pad.strokes() is None
    place.click("consent_hand_over")
    assert not again.draft.sign.isEnabled()
    # A touch by mistake is no signature.
    again.draw((40, 40))
    assert not again.draft.sign.isEnabled()
    again.draw(*STROKE)
    place.click("consent_clear")
    place.settle()
    assert again.draft.pad.strokes() is None
    assert again.overview().draft.state is ConsentState.DRAFT


def test_the_rule_and_the_texts_are_changed_in_the_settings(workplace):
    page = workplace.add(SettingsPage, "people", "protocols")
    workplace.window.open("settings")
    workplace.settle()
    workplace.click("consent_required")
    workplace.type("consent_months", "12")
    workplace.settle()
    fields = workplace.run(lambda desk: desk.clinic.record().fields)
    assert (fields.consent_required, fields.consent_months) == (False, 12)
    workplace.click("consent_text_more")
    workplace.settle()
    card = page.consent_text
    assert "came with the program" in card.standing.text()
    card.body_field.input.moveCursor(QTextCursor.MoveOperation.End)
    workplace.type("consent_text_body", " {risk}")
    workplace.click("keep_consent_text")
    workplace.settle()
    assert "no merge field {risk}" in card.notice.text.text()
    card.body_field.input.setFocus()
    for _ in range(7):
        workplace.press(Qt.Key.Key_Backspace)
    card.headline.input.end(False)
    workplace.type("consent_text_title", " of ours")
    workplace.click("keep_consent_text")
    workplace.settle()
    assert "your version 1" in card.standing.text()
    texts = workplace.run(lambda desk: desk.consents.texts())
    assert texts[0].title == "Consent to mesotherapy of ours"


def test_a_text_edited_after_signing_asks_anew_and_leaves_what_was_signed(clinic):
    place = clinic.place

    def sign_and_edit(desk):
        product = desk.catalogue.products()[0].id
        signed = give_consent(desk, clinic.patient.id, areas=["face"], products=[product])
        text = next(each for each in desk.consents.texts() if each.key == signed.text)
        edited = ConsentTextFields(text.title, f"{text.body}\nSomething else.")
        desk.consents.keep_text(text.key.id, text.key.language, text.key, edited)
        return signed

    signed = place.run(sign_and_edit)
    clinic.open_consent()
    assert clinic.tab.overview.standing.headline.text() == "A new consent is needed"
    place.click("consent_0")
    place.settle()
    reading = clinic.tab.reading
    assert "The consent text has changed since it was signed." in reading.state.headline.text()
    assert reading.seal.text().startswith("Sealed: ")
    assert "Something else." not in reading.sheet.text
    assert clinic.overview().signed[0].shown == signed.shown
    reading.back.click()
    place.click("begin_consent")
    place.settle()
    assert "Something else." in clinic.draft.preview.text


def test_withdrawn_and_asked_for_anew(clinic):
    place = clinic.place
    place.run(lambda desk: give_consent(desk, clinic.patient.id, areas=["face"],
              products=[desk.catalogue.products()[0].id]))  # fmt: skip
    clinic.open_consent()
    place.click("demand_more")
    place.click("demand_kind_2")
    place.type("demand_reason", "Swelling of 6 cm")
    place.click("demand_consent")
    place.settle()
    headline = clinic.tab.overview.standing.headline
    assert headline.text() == "A new consent is needed"
    place.click("begin_consent")
    place.settle()
    place.click("consent_discard")
    place.settle()
    assert clinic.tab.pages.currentWidget() is clinic.tab.overview
    place.click("consent_0")
    place.settle()
    assert "Swelling of 6 cm" in clinic.tab.reading.state.headline.text()
    place.click("withdraw_more")
    place.find("withdraw_scope").setFocus()
    place.press(Qt.Key.Key_Space)
    place.press(Qt.Key.Key_Return)
    place.type("withdraw_reason", "Does not want it any more")
    place.click("withdraw_consent")
    place.settle()
    record = clinic.overview().signed[0]
    assert record.withdrawn.reason == "Does not want it any more"
    assert record.seal.holds
