"""What every form sets aside is taken over where it belongs, over what others wrote meanwhile."""

from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from mesodesk.domain.answers import Answer
from mesodesk.domain.bodymap.edits import Edit, EditLabel
from mesodesk.domain.bodymap.fields import ChartField, Pattern
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints
from mesodesk.domain.clock import SystemClock
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.consent import PhotoPurpose
from mesodesk.domain.records.followup import CheckAnswer, FollowUpFields
from mesodesk.domain.records.intake import IntakeFields, ItemAnswer
from mesodesk.domain.records.session import ComponentFields, SyringeFields
from mesodesk.domain.records.set_aside import SetAside, Waiting, joined
from mesodesk.domain.records.stock import LotFields, ProductFields
from mesodesk.domain.strokes import InkPoint, Strokes, pack
from mesodesk.services.errors import RefusedError
from mesodesk.services.set_aside import from_plain, to_plain
from mesodesk.ui import typed
from mesodesk.ui.pages.set_aside import SetAsidePage
from mesodesk.ui.pages.set_aside_parts.taking_over import offered, take_over
from mesodesk.vault.set_aside import SideFile


def set_aside(desk, *waiting):
    """Leave something in a side file, as a killed program would."""
    vault = desk.store.vault
    file = SideFile(vault.folder, vault.keys, vault.user_id, SystemClock())
    file.put(to_plain(list(joined(waiting))))
    return file.path


def taken(desk, *waiting):
    """Take over what was set aside; return what was offered."""
    set_aside(desk, *waiting)
    found = offered(desk, "")
    for offer in found.offers:
        assert not offer.trouble
        take_over(desk, offer.thing, "Europe/Madrid")
    assert offered(desk, "").offers == ()
    return found.offers


def placing(session):
    field = ChartField(
        id=new_id(),
        syringe_id=session.syringes[0].id,
        technique="papule",
        depth_mm=Decimal(2),
        needle="30g_4mm",
        pattern=Pattern.STAGGERED,
        dose_per_point_ml=Decimal("0.1"),
        points=PackedPoints([ChartPoint(10, 0.25, 0.5, 100, 2000)]),
    )
    return Edit(EditLabel.PLACE, ((field.id, None, field),))


@pytest.fixture
def at_work(workplace):
    """A desk with a patient and a session in draft that has a syringe."""
    patient = workplace.patient()

    def begin(desk):
        product = desk.catalogue.add_product(ProductFields("Procaine"))
        day = workplace.clock.now().date()
        lot = desk.catalogue.add_lot(product.id, LotFields("L1", day.replace(year=2030), day))
        session = desk.sessions.start(patient.id)
        drawn = SyringeFields(1, "", (ComponentFields(lot.id, Decimal(2)),))
        return desk.sessions.put_syringe(session.id, session.version, drawn), lot, product

    return patient, *workplace.run(begin)


def test_every_form_is_taken_over(workplace, at_work):
    patient, session, lot, product = at_work
    answers = {"asthma": ItemAnswer(Answer.YES, "since May")}

    def work(desk):
        before = desk.intakes.start(patient.id)
        waiting = [
            typed.changes(
                "patient", patient.id, patient.fields, replace(patient.fields, phone="06")
            ),
            typed.changes("intake", before.id, before.fields, IntakeFields(answers, skin_type=3)),
            typed.values("intake_of", patient.id, {"allergies_asked": True}),
            typed.values("session", session.id, {"note": "calm", "pain": 2}),
            typed.changes("lot", lot.id, lot.fields, replace(lot.fields, supplier="Depot")),
            typed.changes("product", product.id, product.fields, ProductFields("Procaine 2 %")),
            typed.draft("patient", "new", {"family_name": "Ferrand"}),
        ]
        rest = f"{session.id}/{session.syringes[0].id}"
        told = [each() for each in waiting] + [Waiting("rest", rest, {"wasted_ml": "0.5"})]
        # Meanwhile somebody else has written into the same records.
        desk.patients.update(patient.id, 1, replace(patient.fields, note="others"))
        offers = taken(desk, *told)
        assert len(offers) == len(told)
        assert patient.fields.display_name in offers[0].about
        now = desk.patients.get(patient.id).fields
        assert (now.phone, now.note) == ("06", "others")
        intake = desk.intakes.latest(patient.id).fields
        assert (intake.answers["asthma"].detail, intake.skin_type) == ("since May", 3)
        assert intake.allergies_asked
        kept = desk.sessions.get(session.id)
        assert (kept.fields.note, kept.fields.pain) == ("calm", 2)
        assert kept.syringes[0].wasted_ml == Decimal("0.5")
        assert desk.catalogue.lot(lot.id).fields.supplier == "Depot"
        assert desk.catalogue.product(product.id).fields.name == "Procaine 2 %"
        assert desk.drafts.get("patient", "new") == {"family_name": "Ferrand"}

    workplace.run(work)


def test_gestures_are_made_again_and_none_twice(workplace, at_work):
    session = at_work[1]
    first, second = placing(session), placing(session)

    def work(desk):
        waits = [
            typed.gesture(session.id, "append", 0, first, {})(),
            typed.gesture(session.id, "append", 1, second, {})(),
            typed.gesture(session.id, "undo", 2)(),
        ]
        desk.charts.append(session.id, 0, first)  # it was kept after all
        taken(desk, *waits)
        chart = desk.charts.load(session.id)
        assert (chart.cursor, len(chart.edits)) == (1, 2)

    workplace.run(work)


def test_a_check_is_taken_over(workplace, sign):
    patient = workplace.patient()
    session = sign(patient)
    items = {"swelling": CheckAnswer(Answer.YES, note="left")}

    def work(desk):
        check = desk.follow_ups.for_session(session.id)[0]
        fields = FollowUpFields(items=items, note="well")
        taken(desk, typed.changes("follow_up", check.id, check.fields, fields)())
        assert desk.follow_ups.get(check.id).fields == fields

    workplace.run(work)


STROKES = Strokes(600, 400, (tuple(InkPoint(20 * x, 100, 9 * x, 0) for x in range(9)),))


def test_a_consent_and_the_signature_under_it_are_taken_over(workplace):
    patient = workplace.patient()

    def work(desk):
        product = desk.catalogue.add_product(ProductFields("Procaine"))
        begun = desk.consents.start(patient.id)
        photos = {PhotoPurpose.RECORD: Answer.YES}
        after = replace(
            begun.fields,
            areas=("thigh",),
            products=(product.id,),
            questions="how long",
            photos=photos,
        )
        drawn = {"strokes": pack(STROKES), "shown_sha256": begun.shown_sha256}
        signature = typed.values("signature", begun.id, drawn)
        consent = typed.changes("consent", begun.id, begun.fields, after)
        desk.consents.save(begun.id, begun.version, replace(begun.fields, witness="W. Itness"))
        offers = taken(desk, consent())
        lines = {(line.field, line.part): line.typed for line in offers[0].lines}
        assert lines[("products", "")] == ["Procaine"]
        assert lines[("photos", "record")] == "yes"
        now = desk.consents.get(begun.id)
        assert now.fields == replace(after, witness="W. Itness")
        # Drawn under the words of before, it is no signature under these.
        set_aside(desk, signature())
        (offer,) = offered(desk, "").offers
        with pytest.raises(RefusedError, match="other words"):
            take_over(desk, offer.thing, "Europe/Madrid")
        desk.set_aside.settle(offer.thing, kept=False)
        drawn["shown_sha256"] = now.shown_sha256
        taken(desk, typed.values("signature", begun.id, drawn)())
        assert desk.consents.get(begun.id).strokes == pack(STROKES)

    workplace.run(work)


def test_what_cannot_be_taken_any_more_says_why_and_stays(workplace, sign):
    """Signed meanwhile: it can only be read, and discarded."""
    session = sign(workplace.patient())
    path = workplace.run(
        lambda desk: set_aside(desk, typed.values("session", session.id, {"note": "late"})())
    )
    page = workplace.add(lambda context: SetAsidePage(context, ""), "today")
    workplace.window.open("set_aside")
    workplace.settle()
    (card,) = page.cards
    words = [label.text() for label in card.findChildren(QLabel)]
    assert "late" in words
    workplace.qtbot.mouseClick(card.keep, Qt.MouseButton.LeftButton)
    workplace.settle()
    assert "still set aside" in card.notice.headline.text()
    assert "signed" in card.notice.text.text()
    assert card.keep.isEnabled()
    assert path.exists()
    assert workplace.window.findChild(QPushButton, "set_aside_0_discard").isEnabled()


def test_a_form_of_a_later_program_is_told_and_stays(workplace):
    path = workplace.run(lambda desk: set_aside(desk, Waiting("hologram", "x", {"a": 1})))
    (offer,) = workplace.run(lambda desk: offered(desk, "")).offers
    assert "newer version" in offer.trouble
    assert offer.thing == SetAside(path, offer.thing.set_aside_at, offer.thing.waiting)
    assert from_plain({"later": True}) == ()
