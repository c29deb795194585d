"""What a demanding therapist states, done by hand in the window, each gesture counted.

A gesture is a key, a click, a stroke, or something typed with Enter; looking is free.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from threading import Event

import pytest
from pdf_text import read_pdf
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QWidget

from mesodesk.documents.record_pdf import record_pdf
from mesodesk.domain.bodymap.view import SurfacePoint
from mesodesk.domain.limits import Level
from mesodesk.domain.records.consent import ConsentTextFields
from mesodesk.domain.records.limits import LimitChange, LimitSettings
from mesodesk.domain.records.plan import Interval, PlanFields
from mesodesk.domain.records.session import ComponentFields, SyringeFields
from mesodesk.domain.records.stock import ActiveFields, LotFields, ProductFields
from mesodesk.domain.session_rules import MissingCode
from mesodesk.domain.strength import Strength, StrengthUnit
from mesodesk.services.export_work import records
from mesodesk.ui.pages.consent_parts.pad import SignaturePad
from mesodesk.ui.pages.followup import FollowUpPage
from mesodesk.ui.pages.patient import PatientPage
from mesodesk.ui.pages.recall import RecallPage
from mesodesk.ui.pages.session import SessionPage
from mesodesk.ui.pages.today import TodayPage
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.chips import Chip

from .conftest import Desk, add_patient, begun_session, complete_intake

RETURN = Qt.Key.Key_Return


class Hand:
    """Does what a therapist does, and counts."""

    def __init__(self, workplace):
        self.place, self.gestures = workplace, 0

    def click(self, name):
        self.place.click(name)
        self._done()

    def key(self, key):
        self.place.press(key)
        self._done()

    def typed(self, words, name="", end=RETURN):
        """Type where the focus is, or into a field, and Enter: one gesture."""
        if name:
            self.place.find(name).setFocus()
        field = self.place.window.focusWidget()
        self.place.qtbot.keyClicks(field, words)
        if end is not None:
            self.place.press(end)
        self._done()

    def picked(self, name, words):
        """Type a part of a name into a list and take the first with Enter."""
        self.place.find(name).setFocus()
        self.place.find(name).clear()
        self.typed(words)

    def stroke(self, name, *places):
        pad = self.place.find(name, SignaturePad)
        qtbot = self.place.qtbot
        qtbot.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(*places[0]))
        for place in places[1:]:
            qtbot.mouseMove(pad, QPoint(*place))
        qtbot.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(*places[-1]))
        self._done()

    def _done(self):
        self.gestures += 1
        self.place.settle()

    def since(self):
        """Return how many gestures were made since this was last asked."""
        made, self.gestures = self.gestures, 0
        return made

    def focus(self):
        return self.place.window.focusWidget().objectName()

    def shown(self, name):
        found = self.place.window.findChild(QWidget, name)
        return found is not None and found.isVisible()


@pytest.fixture
def hand(workplace):
    return Hand(workplace)


def enter(desk, name, ingredient, strength, *lots):
    """Put a product on the shelf, with lots of (number, expiry, mL received)."""
    actives = ()
    if ingredient:
        known = Strength(Decimal(strength), StrengthUnit.MG_PER_ML)
        actives = (ActiveFields(ingredient, ingredient.capitalize(), known),)
    product = desk.catalogue.add_product(
        ProductFields(name=name, diluent=not actives, actives=actives)
    )
    return [
        desk.catalogue.add_lot(product.id, LotFields(number, expires, date(2026, 1, 5), received))
        for number, expires, received in lots
    ]


# My cocktail

COCKTAIL = (
    ("Caffeine 5 %", "caffeine", "50", "2"),
    ("Carnitine", "l_carnitine", "200", "2"),
    ("Lidocaine 2 %", "lidocaine", "20", "1"),
    ("Saline", None, None, "5"),
)
LIMIT = "lidocaine_plain_session"


def shelf(desk, prefix):
    for name, ingredient, strength, _ in COCKTAIL:
        enter(desk, name, ingredient, strength, (f"{prefix}-{name[:4]}", date(2027, 1, 31), None))


def limited(desk):
    """Let the clinic's line for lidocaine lie at 0.25 mg."""
    clinic = desk.clinic.record()
    limits = LimitSettings(changes={LIMIT: LimitChange(value=Decimal("0.25"))})
    desk.clinic.update(clinic.version, replace(clinic.fields, limits=limits))


def begun(desk):
    return begun_session(desk, add_patient(desk))


def test_my_cocktail_is_mixed_once_and_loaded_for_the_next_patient(workplace, hand):
    """Three products and a diluent in 10 mL, kept; the next patient is asked for today's lots."""
    workplace.run(limited)
    workplace.run(lambda desk: shelf(desk, "OLD"))
    desk = Desk(workplace, workplace.run(begun))
    desk.station("prepare")
    hand.since()

    hand.click("add_syringe")
    for number, (name, _, _, volume) in enumerate(COCKTAIL, start=1):
        if number > 1:
            hand.click("syringe_2_add")
        hand.picked(f"syringe_2_lot_{number}", name)
        hand.typed(volume, f"syringe_2_ml_{number}")
    assert hand.since() <= 12  # a click, and for each part a lot, its volume, another row
    drawn = {each.digit: each for each in desk.stored().syringes}[2]
    assert [part.lot_number[:3] for part in drawn.components] == ["OLD"] * 4
    assert drawn.drawn_ml == 10

    desk.station("chart")
    desk.canvas.setFocus()
    hand.key(Qt.Key.Key_2)
    hand.since()
    hand.key(Qt.Key.Key_W)
    favourites = desk.page.stack.station("chart").favourites
    for button in (favourites.card.save, favourites.form.what.segment("mixture")):
        workplace.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        hand._done()
    favourites.form.name.input.setFocus()
    hand.typed("My cocktail")
    assert hand.since() == 4
    (kept,) = workplace.run(lambda one: one.favourites.all())
    assert "OLD" not in repr(kept.content)  # a mixture knows products, never lots

    desk.session = workplace.run(next_patient)
    desk.open(desk.session.id, station="chart")
    desk.station("chart")
    desk.canvas.setFocus()
    hand.since()
    hand.key(Qt.Key.Key_W)
    hand.typed("cock")
    assert hand.since() == 2
    editor = desk.page.stack.station("prepare").editor(1)
    assert [row.volume.input.text() for row in editor.rows()] == ["2", "2", "1", "5"]
    assert {row.lot_id() for row in editor.rows()} == {None}  # asked for, not remembered
    assert desk.stored().syringes == ()
    for _ in COCKTAIL:
        workplace.press(Qt.Key.Key_Down)
        hand.key(RETURN)
    assert hand.focus() == "prepare_next"

    the_line_is_seen_and_passed_only_with_a_reason(workplace, hand, desk)


def next_patient(desk):
    """Begin the session of somebody else, a fresh delivery being on the shelf."""
    products = {each.fields.name: each for each in desk.catalogue.products()}
    for name, *_ in COCKTAIL:
        lot = LotFields(f"NEW-{name[:4]}", date(2026, 12, 31), date(2026, 3, 1))
        desk.catalogue.add_lot(products[name].id, lot)
    other = desk.patients.create(replace(_fields(desk), family_name="Ruiz", given_names="Ana"))
    complete_intake(desk, other)
    return desk.sessions.start(other.id)


def _fields(desk):
    return desk.patients.get(desk.patients.search("", limit=1)[0].id).fields


def the_line_is_seen_and_passed_only_with_a_reason(workplace, hand, desk):
    """Every point knows its mg; amber before the line, red over it, and on only by typing why."""
    desk.station("chart")
    desk.canvas.setFocus()
    workplace.press(Qt.Key.Key_1)
    row = desk.panel.totals.limits.row
    desk.place_points(2)
    amounts = {each.ingredient_id: each.value for each in desk.panel.model.totals.whole.amounts}
    given = Fraction(1, 10)  # mL: two points of 0.05
    assert amounts == {
        "caffeine": given * 50 * 2 / 10,
        "l_carnitine": given * 200 * 2 / 10,
        "lidocaine": given * 20 * 1 / 10,
    }
    assert row(LIMIT).finding.level is Level.NEAR
    desk.place_points(4)
    assert row(LIMIT).finding.level is Level.OVER
    desk.kept()
    assert "finding_open" in desk.missing_codes()
    hand.since()
    workplace.qtbot.mouseClick(desk.panel.totals.limits.reason, Qt.MouseButton.LeftButton)
    hand._done()
    reason = workplace.find(f"reason_limit.{LIMIT}")
    workplace.qtbot.waitUntil(reason.hasFocus)
    hand.typed("Two small areas, discussed")
    assert hand.since() == 2
    desk.kept()
    assert row(LIMIT).head.word == "over, reason given"


# Wrong box


def test_a_wrong_box_cannot_be_drawn_from_and_its_patients_are_found(
    workplace, hand, sign, tmp_path
):
    """Expired, recalled or empty is not offered; a recall leads to patients and the very points."""
    sign(workplace.patient("Ábalos", "Rosa"))
    lot = workplace.run(lambda desk: desk.catalogue.lots()[0])
    page = workplace.add(RecallPage, "stock")
    workplace.window.open("recall", lot_id=lot.id)
    workplace.settle()
    assert [card.name.text() for card in page.cards] == ["Ábalos, Rosa"]
    assert "5 points" in page.shows.text()
    hand.since()
    hand.typed("Particles of glass", "recall_reason", end=None)
    hand.click("recall_keep")
    page.leave_card.folder.set_value(str(tmp_path))
    hand.click("recall_csv")
    hand.click("recall_letters")
    assert hand.since() == 4
    written = {each.name.partition("2026-03-10")[2] for each in tmp_path.iterdir()}
    assert {".csv", "-letters"} <= written

    workplace.run(full_shelf)
    desk = Desk(workplace, workplace.run(begun))
    desk.station("prepare")
    hand.click("add_syringe")
    workplace.find("syringe_2_lot_1").setFocus()
    workplace.qtbot.keyClicks(workplace.find("syringe_2_lot_1"), "proc")
    offered = _offered(workplace, "syringe_2_lot_1")
    assert [lot for lot in ("L0", "GONE", "EMPTY", "GOOD") if _named(lot, offered)] == ["GOOD"]


def full_shelf(desk):
    """Put lots beside the recalled one: one expired, one used up, one to draw from."""
    past, ahead = date(2026, 2, 28), date(2027, 1, 31)
    kept = enter(
        desk,
        "Procaine of ours",
        "procaine",
        "20",
        ("GONE", past, None),
        ("EMPTY", ahead, Decimal(5)),
        ("GOOD", ahead, None),
    )
    desk.stock.waste(kept[1].id, kept[1].version, Decimal(5), "Fell down")
    return kept


def _offered(workplace, name):
    field = workplace.find(name).parentWidget().parentWidget()
    return field._options


def _named(number, options):
    return any(number in f"{each.text} {each.detail} {each.subtitle}" for each in options)


def test_no_point_is_placed_without_a_lot(workplace, hand):
    patient = workplace.patient()

    def begin(desk):
        complete_intake(desk, patient)
        return desk.sessions.start(patient.id)

    session = workplace.run(begin)
    desk = Desk.__new__(Desk)
    desk.place, desk.qtbot, desk.session = workplace, workplace.qtbot, session
    desk.show()
    desk.station("chart")
    desk.place_points(2)
    assert desk.panel.model.document.point_count == 0


# Too soon

SIX = PlanFields("Contour", ("abdomen_upper.midline",), 6, Interval(14), 8)
REASON = "She leaves for three months tomorrow"


def test_too_soon_is_seen_from_today_on_and_its_reason_prints(workplace, hand, sign, clock):
    """Session 3 of 6, the plan says 14 days, and this is day 9."""
    patient = workplace.patient()
    plan = workplace.run(lambda desk: desk.plans.begin(patient.id, SIX))
    for planned in (date(2026, 3, 30), date(2026, 4, 8)):
        workplace.run(lambda desk: desk.plans.begin_session(plan.id))
        sign(patient, no_next_session=False, next_session_on=planned)
        clock.move(days=20 if planned.month == 3 else 9)
    workplace.add(TodayPage, "stock")
    workplace.add(PatientPage, "patients", "followup")
    page = workplace.add(SessionPage)
    workplace.window.open("today")
    workplace.settle()
    (row,) = workplace.window.page("today").planned.rows.rows()
    chips = [(each.text(), each.kind) for each in row.findChildren(Chip)]
    assert chips == [("3 of 6 · day 9 of 14", Kind.CAUTION)]

    hand.since()
    workplace.qtbot.mouseClick(row, Qt.MouseButton.LeftButton)
    hand._done()
    told = workplace.window.page("patient").tabs.overview.next.lacking.rows()
    assert any("too soon until" in each.subtitle.text() for each in told)
    hand.click("next_start_session")
    workplace.qtbot.waitUntil(page.isVisible)
    workplace.settle()
    assert (page.header.plan.text(), page.header.plan.kind) == ("3 of 6 · day 9 of 14", Kind.STOP)
    hand.click("plan_chip")  # leads to where the reason is typed
    assert page.stack.current == "check"
    hand.typed(REASON, "reason_plan_too_soon")
    workplace.settle()
    assert hand.since() == 4
    session = workplace.run(lambda desk: desk.sessions.get(page.state.session_id))
    given = {each.rule_id: each.reason for each in session.acknowledgements}
    assert given["plan_too_soon"] == REASON
    (printed,) = workplace.run(
        lambda desk: list(records(desk.exports.plan_session(session.id), Event(), _nothing))
    )
    assert REASON in read_pdf(record_pdf(printed))


def _nothing(_done, _all):
    return None


# She forgot to say

STROKE = ((40, 150), (90, 60), (150, 170), (260, 40), (330, 160), (480, 110))
SAID = ("pregnant", "takes_anticoagulant", "allergy_amide_anaesthetic", "keloid")


def test_what_she_forgot_to_say_is_red_at_the_chart_and_nothing_is_signed_without_consent(
    workplace, hand
):
    """One tap each at the intake; against the syringe; a consent signed with a finger, frozen."""
    patient = workplace.patient()
    page = workplace.add(PatientPage, "patients", "followup", "settings", "stock")
    session_page = workplace.add(SessionPage)
    workplace.window.open("patient", patient_id=patient.id, tab="intake")
    workplace.settle()
    page.tabs.intake.form.finish_building()
    workplace.settle()
    hand.since()
    for item in SAID:
        hand.click(f"item_{item}_yes")
    assert hand.since() == len(SAID)

    def begin(desk):
        (lot,) = enter(desk, "Lidocaine 2 %", "lidocaine", "20", ("L1", date(2027, 1, 31), None))
        session = desk.sessions.start(patient.id)
        return draw_one(desk, session, lot)

    session = workplace.run(begin)
    with workplace.qtbot.waitSignal(session_page.state.opened):
        workplace.window.open("session", session_id=session.id, station="chart")
    workplace.settle()
    red = {words for kind, words in session_page.header.chips._given if kind is Kind.STOP}
    assert "Lidocaine allergy" in red
    assert any("Pregnant" in words for words in red)
    found = {each.rule_id: each for each in session_page.state.findings}
    assert any("lidocaine" in f"{each.message}".lower() for each in found.values())
    assert MissingCode.CONSENT in {each.code for each in session_page.state.missing}

    hand.since()
    workplace.click("step_check")
    workplace.settle()
    hand.click("consent_check_action")
    hand.click("consent_area_abdomen")
    for name in ("time_to_reflect_yes", "questions_asked_no", "interpreter_no"):
        hand.click(name)
    hand.click("consent_hand_over")
    hand.stroke("signature_pad", *STROKE)
    hand.click("consent_sign")
    assert hand.since() <= 9
    (signed,) = workplace.run(lambda desk: desk.consents.overview(patient.id)).signed
    assert signed.seal.holds

    def rewrite(desk):
        """Write the text anew, as the clinic may at any time."""
        now = next(each for each in desk.consents.texts() if each.key.id == signed.text.id)
        typed = ConsentTextFields(now.title, f"{now.body}\n\nAnother sentence.")
        desk.consents.keep_text(now.key.id, now.key.language, now.key, typed)
        return desk.consents.get(signed.id)

    after = workplace.run(rewrite)
    assert (after.shown, after.shown_sha256) == (signed.shown, signed.shown_sha256)
    assert "Another sentence." not in after.shown
    assert after.seal.holds


def draw_one(desk, session, lot):
    parts = (ComponentFields(lot.id, Decimal(1)),)
    return desk.sessions.put_syringe(session.id, session.version, SyringeFields(1, "", parts))


# Day two call

# In the second of the five triangles that the session's points lie in.
SKIN = SurfacePoint(11, 0.25, 0.5)


def test_a_call_leads_from_today_to_what_lies_under_the_place(workplace, hand, sign, clock):
    """Redness that spreads: a red sentence of the same day, and the place tells field and lot."""
    patient = workplace.patient(phone="+34 600 111 222")
    sign(patient)
    clock.move(hours=70)
    today = workplace.add(TodayPage, "stock")
    call = workplace.add(FollowUpPage)
    page = workplace.add(PatientPage, "session", "patients")
    workplace.window.open("today")
    workplace.settle()
    rows = today.due.rows.rows()
    (row,) = [each for each in rows if "72 hours" in f"{each.title.text()} {each.subtitle.text()}"]
    hand.since()
    workplace.qtbot.mouseClick(row, Qt.MouseButton.LeftButton)
    hand._done()
    assert call.isVisible()
    hand.click("item_spreading_redness_yes")
    hand.click("record_flag")
    tab = page.tabs.reactions
    workplace.qtbot.waitUntil(lambda: tab.map.map.view is not None)
    workplace.settle()
    assert hand.since() == 3
    tab.map.go_to(SKIN)
    place = tab.map.map.place_of(SKIN)
    workplace.qtbot.mouseClick(tab.map.map, Qt.MouseButton.LeftButton, pos=place.toPoint())
    hand._done()
    told = " | ".join(each.text() for each in tab.under.findChildren(QLabel))
    told = told.replace("\xa0", " ")
    assert "Procaine 0, lot L0" in told
    assert "2 mm deep" in told
    assert "syringe 1" in told
    hand.click("record_reaction")
    assert hand.since() == 2
    (kept,) = workplace.run(lambda desk: desk.reactions.for_patient(patient.id))
    assert kept.told.items == ("spreading_redness",)
    (place,) = kept.fields.places
    assert place.triangle == 11
    check = workplace.run(lambda desk: desk.follow_ups.get(kept.told.follow_up_id))
    assert [each.band for each in check.shown] == ["same_day"]
