"""A wrong box: from the notice to patients, the very points and letters, by keys and clicks."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtWidgets import QLabel

from mesodesk.domain.records.recall import ContactChannel, ContactFields
from mesodesk.domain.records.session import ComponentFields, SyringeFields
from mesodesk.domain.records.stock import LotFields, LotState
from mesodesk.ui.pages.patient import PatientPage
from mesodesk.ui.pages.recall import RecallPage
from mesodesk.ui.pages.stock import StockPage
from mesodesk.ui.pages.today import TodayPage


@pytest.fixture
def treated(workplace, sign):
    """A lot with which one patient was treated, and that another one's open session holds."""
    sign(workplace.patient())
    second = workplace.patient("Ábalos", "Rosa")

    def draw(desk):
        (lot,) = desk.catalogue.lots()
        begun = desk.sessions.start(second.id)
        drawn = (ComponentFields(lot.id, Decimal(1)),)
        desk.sessions.put_syringe(begun.id, begun.version, SyringeFields(1, "", drawn))
        return desk.recalls.trace(lot.id)

    return workplace.run(draw)


@pytest.fixture
def page(workplace, treated):
    made = workplace.add(RecallPage, "stock", "session")
    workplace.window.open("recall", lot_id=treated.lot_id)
    workplace.settle()
    return made


def lot_of(workplace, trace):
    return workplace.run(lambda desk: desk.catalogue.lot(trace.lot_id))


def test_a_recall_is_entered_its_patients_are_seen_told_and_written_to(
    workplace, page, treated, tmp_path, qtbot
):
    assert [card.name.text() for card in page.cards] == [
        patient.name for patient in treated.patients
    ]
    assert page.picture.isVisible()
    assert f"{treated.points} points" in page.shows.text()
    assert not page.recall.keep.isEnabled()
    workplace.type("recall_reason", "Particles of glass")
    workplace.click("recall_keep")
    workplace.settle()
    assert lot_of(workplace, treated).state is LotState.RECALLED
    assert page.recalled.isVisible()
    assert page.reached.text() == f"0 of {len(treated.patients)} told"

    number = treated.patients[0].record_number
    workplace.click(f"contact_{number}_begin")
    assert not page.cards[0].form.keep.isEnabled()  # reached or not is asked, never assumed
    workplace.click(f"contact_{number}_reached_yes")
    workplace.type(f"contact_{number}_note", "Is well")
    workplace.click(f"contact_{number}_keep")
    workplace.settle()
    assert page.reached.text() == f"1 of {len(treated.patients)} told"
    assert "told 10 Mar 2026" in page.cards[0].told.text()
    workplace.click("recall_filter_open")
    assert len(page.cards) == len(treated.patients) - 1

    page.leave_card.folder.set_value(str(tmp_path))
    workplace.click("recall_csv")
    workplace.settle()
    workplace.click("recall_letters")
    workplace.settle()
    written = {each.name.partition("2026-03-10")[2] for each in tmp_path.iterdir()}
    assert {".csv", "-letters"} <= written
    # The page stays where that was asked for, and what came of it is in sight.
    assert page.leave_card.hasFocus()
    qtbot.waitUntil(lambda: not page.leave_card.result.visibleRegion().isEmpty())


def test_a_session_shows_its_own_places_and_leads_to_itself(workplace, page, treated):
    session = treated.patients[1].sessions[0]
    workplace.click(f"traced_session_{session.session_id}")
    workplace.settle()
    assert page.shows.text().startswith(f"Session {session.number} of")
    workplace.click("recall_open_session")
    assert workplace.window.page("session").asked == [{"session_id": session.session_id}]


def test_the_record_of_who_was_given_the_lot_says_so_until_they_are_told(workplace, page, treated):
    record = workplace.add(PatientPage, "followup", "patients")
    told = treated.patients[-1]
    workplace.type("recall_reason", "Particles of glass")
    workplace.click("recall_keep")
    workplace.settle()

    def known():
        workplace.window.open("patient", patient_id=told.patient_id)
        workplace.settle()
        labels = record.tabs.overview.know.findChildren(QLabel)
        return [each.text() for each in labels if "recalled; not told yet" in each.text()]

    assert [f"lot {treated.lot_number}" in words for words in known()] == [True]

    def tell(desk):
        (standing,) = desk.recalls.standing()
        said = ContactFields(ContactChannel.PHONE, True, date(2026, 3, 10))
        desk.recalls.note_contact(standing.recall.id, told.patient_id, said)

    workplace.run(tell)
    workplace.window.open("recall", lot_id=treated.lot_id)
    assert known() == []


def test_a_recall_waits_on_today_and_leads_to_the_lot(workplace, page, treated):
    workplace.type("recall_reason", "Particles of glass")
    workplace.click("recall_keep")
    workplace.settle()
    today = workplace.add(TodayPage, "followup", "patients", "patient")
    workplace.window.open("today")
    workplace.settle()
    (row,) = today.stock.recalls.rows.rows()
    assert "told" in row.subtitle.text()
    row.click()
    workplace.settle()
    assert workplace.window.current_page() is page


def test_a_lot_is_held_wasted_and_counted_where_it_stands(workplace):
    product = workplace.run(lambda desk: desk.catalogue.products())[0]
    typed = LotFields("Q1", date(2027, 1, 31), date(2026, 3, 1), Decimal(20))
    lot = workplace.run(lambda desk: desk.catalogue.add_lot(product.id, typed))
    stock = workplace.add(StockPage, "today", "recall")
    workplace.window.open("stock", product_id=product.id)
    workplace.settle()
    workplace.click("lot_Q1")
    workplace.click("lot_hold")
    workplace.type("lot_act_reason", "Cloudy")
    workplace.click("lot_act_keep")
    workplace.settle()

    def now():
        return workplace.run(lambda desk: desk.catalogue.lot(lot.id))

    assert now().state is LotState.QUARANTINED
    workplace.click("lot_release")
    workplace.type("lot_act_reason", "Clear again")
    workplace.click("lot_act_keep")
    workplace.settle()
    workplace.click("lot_waste")
    assert not workplace.find("lot_act_keep").isEnabled()
    workplace.type("lot_act_ml", "2,5")
    workplace.type("lot_act_reason", "Fell down")
    workplace.click("lot_act_keep")
    workplace.settle()
    assert (now().left_ml, now().state) == (Decimal("17.5"), LotState.USABLE)
    # The page reads again a moment after it has heard of a change.
    workplace.qtbot.waitUntil(lambda: stock._shelf.all_lots()[-1].left_ml == Decimal("17.5"))
    workplace.click("begin_stock_take")
    workplace.settle()
    workplace.type("count_Q1", "17")
    assert "1 differ" in stock.counting.says.text()
    # What changes elsewhere meanwhile is read, and puts nothing away.
    other = replace(typed, number="Q2")
    workplace.run(lambda desk: desk.catalogue.add_lot(product.id, other))
    workplace.qtbot.waitUntil(lambda: len(stock._shelf.all_lots()) == 2)
    workplace.qtbot.wait(2 * stock._open_soon.interval())
    assert stock.counting is not None
    assert workplace.find("count_Q1").text() == "17"
    workplace.click("stock_take_keep")
    workplace.settle()
    assert now().left_ml == 17
    assert stock.counting is None
