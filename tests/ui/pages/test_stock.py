"""The stock page: products and lots by real keys and clicks, on the real vault."""

import threading
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QWidget

from mesodesk.domain.records.stock import (
    ActiveFields,
    LotFields,
    LotState,
    ProductFields,
    RegulatoryStatus,
)
from mesodesk.domain.strength import Strength, StrengthUnit
from mesodesk.ui.pages.stock import StockPage
from mesodesk.ui.pages.stock_parts.actives import ingredient_named
from mesodesk.ui.pages.stock_parts.expiry_field import ExpiryField
from mesodesk.ui.widgets.chips import Chip
from mesodesk.ui.widgets.layouts import PageScroll
from mesodesk.ui.widgets.rows import RowRole

CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def page(workplace):
    made = workplace.add(StockPage, "today")
    workplace.window.open("stock")
    workplace.settle()
    return made


@pytest.fixture
def own(workplace):
    """A product of the clinic's own, with its strength."""
    active = ActiveFields("procaine", "Procaine", Strength(Decimal(2), StrengthUnit.PERCENT))
    fields = ProductFields("Zprocaine", manufacturer="Farma", actives=(active,))
    return workplace.run(lambda desk: desk.catalogue.add_product(fields))


@pytest.fixture
def opened(workplace, own, page):
    """The page with that product open."""
    workplace.window.open("stock", product_id=own.id)
    workplace.settle()
    return page


def test_a_search_typed_before_the_shelf_is_read_does_not_say_that_nothing_is_there(workplace, own):
    go_on = threading.Event()
    workplace.add(StockPage, "today")
    workplace.context.run(workplace.window, lambda _desk: go_on.wait(30))
    workplace.window.open("stock")
    workplace.type("product_search", "Zproc")
    assert not workplace.find("stock_empty").isVisible()
    go_on.set()
    workplace.settle()
    assert workplace.find("product_list").model().rowCount() == 1
    workplace.type("product_search", "qqq")
    assert workplace.find("stock_empty").isVisible()


def titles(page):
    model = page.list.model()
    return [model.index(row, 0).data(RowRole.TITLE) for row in range(model.rowCount())]


def product(workplace, product_id):
    workplace.settle()
    return workplace.run(lambda desk: desk.catalogue.product(product_id))


def lots(workplace, product_id):
    workplace.settle()
    return workplace.run(lambda desk: desk.catalogue.lots(product_id))


def add_lot(workplace, owner, number="A1", expires=date(2027, 1, 31), ml=None):
    typed = LotFields(number, expires, date(2026, 3, 1), None if ml is None else Decimal(ml))
    made = workplace.run(lambda desk: desk.catalogue.add_lot(owner.id, typed))
    workplace.qtbot.wait(150)
    workplace.settle()
    return made


def rows(page):
    return page.panel.lots.rows


# Finding


def test_search_is_blind_to_case_and_finds_actives_and_lots(workplace, opened, own):
    add_lot(workplace, own, "QX-77")
    for text in ("zPROC", "farma", "qx-77", "Zprocaine procaine"):
        workplace.find("product_search").clear()
        workplace.type("product_search", text)
        assert titles(opened) == ["Zprocaine"], text


def test_nothing_found_says_what_to_do(workplace, page):
    workplace.type("product_search", "xyzzy")
    assert page.nothing.isVisible()
    assert "add the product" in page.nothing.text.text()


def test_own_products_are_told_from_the_starter_list(workplace, own, page):
    workplace.click("product_filter_own")
    assert titles(page) == ["Zprocaine"]
    workplace.click("product_filter_shelf")
    assert titles(page) == []
    workplace.click("product_filter_all")
    assert len(titles(page)) > 10


def test_arrows_choose_and_enter_opens(workplace, page):
    assert workplace.window.focusWidget().objectName() == "product_search"
    workplace.press(Qt.Key.Key_Down)
    workplace.press(Qt.Key.Key_Down)
    workplace.press(Qt.Key.Key_Return)
    workplace.settle()
    assert page.panel.product.fields.name == titles(page)[1]


def test_a_click_opens(workplace, page):
    box = page.list.visualRect(page.list.model().index(3, 0))
    workplace.qtbot.mouseClick(
        page.list.viewport(), Qt.MouseButton.LeftButton, pos=box.center() + QPoint(0, 0)
    )
    workplace.settle()
    assert page.panel.product.fields.name == titles(page)[3]


# What the label says


def test_a_starter_product_says_what_is_missing_and_unknown(workplace, page):
    workplace.type("product_search", "caffeine")
    workplace.press(Qt.Key.Key_Return)
    workplace.settle()
    panel = page.panel
    assert panel.strength.isVisible()
    assert panel.strength.text() == "Type the strength from the label"
    assert panel.status.text() == "Status unknown"
    assert panel.origin.text() == "From the starter list"
    active = panel.form.actives.rows()[0]
    assert active.strength.message.text() == "Type it from the label."


def test_a_strength_is_kept_as_typed_with_its_unit(workplace, page):
    workplace.type("product_search", "caffeine")
    workplace.press(Qt.Key.Key_Return)
    workplace.settle()
    shown = page.panel
    workplace.type("active_1_strength", "2,5")
    active = shown.form.actives.rows()[0]
    assert active.strength.message.text() == "Choose the unit."
    active.unit.input.setFocus()
    workplace.press(Qt.Key.Key_Down)
    workplace.press(Qt.Key.Key_Return)
    kept = product(workplace, shown.product.id).fields.actives[0]
    assert kept.strength == Strength(Decimal("2.5"), StrengthUnit.MG_PER_ML)
    assert kept.ingredient_id == "caffeine"
    assert not shown.strength.isVisible()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Escape, Qt.Key.Key_Up, Qt.Key.Key_Escape):
        workplace.press(key)
    kept = product(workplace, shown.product.id).fields.actives[0]
    assert kept.strength.unit is StrengthUnit.MG_PER_ML


def test_everything_typed_is_kept_in_place(workplace, opened, own):
    workplace.type("product_manufacturer", " SA")
    workplace.type("product_container_ml", "5")
    workplace.click("product_doses_multi")
    workplace.click("product_diluent")
    workplace.type("product_status_source", "AEMPS, March 2026")
    kept = product(workplace, own.id).fields
    assert kept.manufacturer == "Farma SA"
    assert kept.container_ml == Decimal(5)
    assert kept.single_dose is False
    assert kept.diluent
    assert kept.status is RegulatoryStatus.UNKNOWN
    assert kept.status_source == "AEMPS, March 2026"


def test_actives_come_and_go(workplace, opened, own):
    workplace.type("add_active", "lidoc")
    workplace.press(Qt.Key.Key_Return)
    assert workplace.window.focusWidget().objectName() == "active_2_strength"
    names = [active.name for active in product(workplace, own.id).fields.actives]
    assert names == ["Procaine", "Lidocaine"]
    workplace.click("active_1_remove")
    assert [a.name for a in product(workplace, own.id).fields.actives] == ["Lidocaine"]


def test_an_active_without_adrenaline_is_not_adrenaline(workplace, opened, own):
    workplace.click("add_other_active")
    workplace.type("active_2_name", "Xylocaine no adrenalina")
    assert [a.ingredient_id for a in product(workplace, own.id).fields.actives] == ["procaine", ""]


@pytest.mark.parametrize(
    ("name", "ingredient"),
    [
        ("Lidocaine hydrochloride", "lidocaine"),
        ("Lidocaine with adrenaline", "lidocaine"),
        ("Lidocaine without adrenaline", "lidocaine"),
        ("Scandicain no adrenaline", None),
        ("Adrénaline-free", None),
        ("Adrenalina 1:200 000", "epinephrine"),
        ("Epinephrine (adrenaline)", "epinephrine"),
        ("Epinephrine bitartrate", "epinephrine"),
        ("tartrate", None),
        ("", None),
    ],
)
def test_a_name_means_an_ingredient(name, ingredient):
    found = ingredient_named(name)
    assert (found.id if found else None) == ingredient


def test_a_name_taken_is_refused_in_its_place(workplace, opened, own):
    twin = ProductFields("Zother", manufacturer="Farma")
    workplace.run(lambda desk: desk.catalogue.add_product(twin))
    field = opened.panel.form.name
    field.input.selectAll()
    workplace.type("product_name", "Zother")
    workplace.settle()
    assert "in the catalogue already" in opened.panel.kept.notice.text.text()
    assert product(workplace, own.id).fields.name == "Zprocaine"
    field.input.selectAll()
    workplace.type("product_name", "Zthird")
    workplace.settle()
    assert not opened.panel.kept.isVisible()
    assert product(workplace, own.id).fields.name == "Zthird"


@pytest.mark.parametrize("text", ["-1", "abc", "1e9", "0"])
def test_a_container_that_is_no_volume_is_refused(workplace, opened, own, text):
    workplace.type("product_container_ml", text)
    workplace.press(Qt.Key.Key_Tab)
    assert opened.panel.form.container.error()
    assert product(workplace, own.id).fields.container_ml is None


def test_archived_products_leave_the_list_and_come_back(workplace, opened, own):
    workplace.click("archive_product")
    workplace.settle()
    assert product(workplace, own.id).archived
    opened.search.set_value("")
    opened._filter()
    assert "Zprocaine" not in titles(opened)
    workplace.click("product_archived")
    assert titles(opened) == ["Zprocaine"]
    workplace.click("restore_product")
    workplace.settle()
    assert not product(workplace, own.id).archived


# New products


def test_a_new_product_from_the_starter_list(workplace, page):
    workplace.press(Qt.Key.Key_N, CTRL)
    workplace.settle()
    workplace.type("start_from", "caffeine")
    workplace.press(Qt.Key.Key_Return)
    assert page.new_panel.form.fields().actives[0].ingredient_id == "caffeine"
    workplace.type("new_product_name", "Cellu Caf")
    assert page.new_panel.create_button.isEnabled()
    workplace.click("create_product")
    workplace.settle()
    assert page.panel.product.fields.name == "Cellu Caf"
    assert page.panel.product.starter_id == ""
    assert page.panel.lots.entry.isVisible()
    assert workplace.window.focusWidget().objectName() == "lot_number"


def test_a_blank_new_product_needs_only_a_name(workplace, page):
    workplace.click("new_product")
    assert not page.new_panel.create_button.isEnabled()
    assert page.new_panel.missing.text() == "Still needed: the name."
    workplace.type("new_product_name", "Plain water")
    workplace.click("create_product")
    workplace.settle()
    assert page.panel.product.fields.status is RegulatoryStatus.UNKNOWN


def test_a_new_product_typed_before_the_power_failed_comes_back(workplace, page):
    workplace.click("new_product")
    workplace.settle()
    workplace.type("new_product_name", "Half typed")
    workplace.type("new_product_container_ml", "2.5")
    workplace.settle()
    workplace.close(gently=False)
    workplace.open()
    again = workplace.add(StockPage)
    workplace.window.open("stock")
    workplace.settle()
    workplace.click("new_product")
    workplace.settle()
    assert again.new_panel.form.name.value() == "Half typed"
    assert again.new_panel.form.container.value() == Decimal("2.5")
    assert "not added yet" in again.new_panel.notice.headline.text()


def test_a_twin_is_refused_with_a_sentence(workplace, page, own):
    workplace.click("new_product")
    workplace.type("new_product_name", "zprocaine")
    workplace.type("new_product_manufacturer", "FARMA")
    workplace.click("create_product")
    workplace.settle()
    assert page.new_panel.isVisible()
    assert "in the catalogue already" in page.new_panel.notice.text.text()
    assert page.new_panel.form.name.value() == "zprocaine"


# Lots


def test_a_lot_by_keyboard_alone(workplace, opened, own):
    workplace.press(Qt.Key.Key_N, ALT)
    workplace.settle()
    workplace.type("lot_number", "C2291")
    workplace.press(Qt.Key.Key_Tab)
    assert workplace.window.focusWidget().objectName() == "lot_expiry"
    workplace.type("lot_expiry", "02/2027")
    workplace.press(Qt.Key.Key_Tab)
    workplace.type("lot_received_ml", "50")
    workplace.press(Qt.Key.Key_Return)
    [lot] = lots(workplace, own.id)
    assert lot.fields.expires_on == date(2027, 2, 28)
    assert lot.fields.received_on == date(2026, 3, 10)
    assert lot.left_ml == Decimal(50)
    assert workplace.window.focusWidget().objectName() == "lot_number"
    workplace.qtbot.waitUntil(lambda: len(rows(opened)) == 1)


def test_what_is_missing_is_named_and_gets_the_cursor(workplace, opened, own):
    workplace.click("new_lot")
    workplace.settle()
    workplace.type("lot_number", "C1")
    workplace.press(Qt.Key.Key_Return)
    assert workplace.window.focusWidget().objectName() == "lot_expiry"
    assert opened.panel.lots.entry.missing.text() == "Still needed: expiry."
    assert lots(workplace, own.id) == ()


def test_a_wrong_volume_gets_the_cursor(workplace, opened, own):
    workplace.click("new_lot")
    workplace.settle()
    workplace.type("lot_number", "C1")
    workplace.type("lot_expiry", "2027-02")
    workplace.type("lot_received_ml", "-3")
    workplace.click("create_lot")
    assert workplace.window.focusWidget().objectName() == "lot_received_ml"
    assert lots(workplace, own.id) == ()


def test_a_number_received_twice_is_refused(workplace, opened, own):
    add_lot(workplace, own, "C-2291")
    workplace.click("new_lot")
    workplace.settle()
    workplace.type("lot_number", "c2291")
    workplace.type("lot_expiry", "2027-02")
    workplace.press(Qt.Key.Key_Return)
    workplace.settle()
    entry = opened.panel.lots.entry
    assert "already has a lot C-2291" in entry.notice.text.text()
    assert entry.form.number.value() == "c2291"
    assert len(lots(workplace, own.id)) == 1


def retype_day(workplace, name, text):
    workplace.find(name).setFocus()
    workplace.press(Qt.Key.Key_A, CTRL)
    workplace.qtbot.keyClicks(workplace.find(name), text)


def test_an_expiry_refused_for_the_day_received_is_free_once_that_day_is_corrected(
    workplace, opened, own
):
    workplace.click("new_lot")
    workplace.settle()
    workplace.type("lot_number", "C1")
    workplace.type("lot_expiry", "2026-01")
    workplace.press(Qt.Key.Key_Return)
    workplace.settle()
    entry = opened.panel.lots.entry
    assert "before the day it was received" in entry.form.expires.error()
    assert entry.notice.isVisible()
    retype_day(workplace, "lot_received_on", "5/1/2026")
    assert entry.form.expires.error() == ""
    assert not entry.notice.isVisible()
    workplace.press(Qt.Key.Key_Return)
    [lot] = lots(workplace, own.id)
    assert lot.fields.received_on == date(2026, 1, 5)
    assert entry.notice.isVisible()


def test_an_unreadable_expiry_stays_wrong_whatever_the_day_received(workplace, opened, own):
    workplace.click("new_lot")
    workplace.settle()
    workplace.type("lot_expiry", "13/20")
    workplace.press(Qt.Key.Key_Return)
    retype_day(workplace, "lot_received_on", "5/1/2026")
    assert opened.panel.lots.entry.form.expires.error()


def test_a_lot_on_record_is_kept_once_the_day_received_is_corrected(workplace, opened, own):
    add_lot(workplace, own, "A1")
    rows(opened)[0].click()
    form = opened.panel.lots.editor.form
    retype_day(workplace, "edit_lot_expiry", "2026-02")
    workplace.settle()
    assert "before the day it was received" in form.expires.error()
    retype_day(workplace, "edit_lot_received_on", "5/1/2026")
    [lot] = lots(workplace, own.id)
    assert form.expires.error() == ""
    assert lot.fields.received_on == date(2026, 1, 5)
    assert lot.fields.expires_on == date(2026, 2, 28)


def test_a_lot_typed_before_the_power_failed_comes_back(workplace, opened, own):
    workplace.click("new_lot")
    workplace.settle()
    workplace.type("lot_number", "HALF")
    workplace.type("lot_expiry", "02/20")
    workplace.settle()
    workplace.close(gently=False)
    workplace.open()
    again = workplace.add(StockPage)
    workplace.window.open("stock", product_id=own.id)
    workplace.settle()
    workplace.click("new_lot")
    workplace.settle()
    form = again.panel.lots.entry.form
    assert form.number.value() == "HALF"
    assert form.expires.text() == "02/20"


def test_states_show_with_words_and_icons(workplace, opened, own, clock):
    add_lot(workplace, own, "GOOD", date(2027, 1, 31), "50")
    add_lot(workplace, own, "SOON", date(2026, 3, 20))
    add_lot(workplace, own, "OLD", date(2026, 3, 5))
    found = {row.title.text(): row.findChildren(Chip)[-1].text() for row in rows(opened)}
    assert found == {
        "SOON": "expires in 10 days",
        "GOOD": "usable",
        "OLD": "expired: not to be drawn",
    }
    # What can be drawn comes first, the first to expire at the top.
    assert [row.title.text() for row in rows(opened)] == ["SOON", "GOOD", "OLD"]
    texts = [label.text() for label in rows(opened)[1].findChildren(QLabel)]
    assert any(text.startswith("50 of 50") for text in texts)


def test_a_lot_is_corrected_in_its_place(workplace, opened, own):
    made = add_lot(workplace, own, "A1", ml="50")
    rows(opened)[0].click()
    workplace.type("edit_lot_supplier", "Farmacia")
    field = opened.panel.lots.editor.form.number
    field.input.selectAll()
    workplace.type("edit_lot_number", "A2")
    workplace.qtbot.wait(150)
    [lot] = lots(workplace, own.id)
    assert (lot.id, lot.fields.number, lot.fields.supplier) == (made.id, "A2", "Farmacia")
    assert opened.panel.lots.editor is not None
    workplace.click("close_lot")
    assert opened.panel.lots.editor is None


def test_what_is_drawn_in_a_session_is_gone_at_once(workplace, opened, own):
    from mesodesk.domain.records.session import ComponentFields, SyringeFields

    made = add_lot(workplace, own, "A1", ml="5")
    patient = workplace.patient()
    session = workplace.run(lambda desk: desk.sessions.start(patient.id))
    drawn = SyringeFields(1, "", (ComponentFields(made.id, Decimal(5)),))
    workplace.run(lambda desk: desk.sessions.put_syringe(session.id, session.version, drawn))
    workplace.qtbot.waitUntil(lambda: rows(opened)[0].findChildren(Chip)[-1].text() == "used up")
    assert lots(workplace, own.id)[0].state is LotState.USED_UP


def test_today_leads_to_the_product(workplace, page, own):
    workplace.window.open("today")
    workplace.window.open("stock", product_id=own.id)
    workplace.settle()
    assert page.panel.product.id == own.id
    assert page.list.currentIndex().data(RowRole.TITLE) == "Zprocaine"


# The field for an expiry


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("02/2027", date(2027, 2, 28)),
        ("2027-02", date(2027, 2, 28)),
        ("EXP 02 2028", date(2028, 2, 29)),
        ("MAR 2027", date(2027, 3, 31)),
        ("2027-03-15", date(2027, 3, 15)),
        ("270300", date(2027, 3, 31)),
    ],
)
def test_label_forms_are_read(qtbot, text, day):
    field = ExpiryField("expiry", "Expiry", date(2026, 3, 10))
    qtbot.addWidget(field)
    qtbot.keyClicks(field.input, text)
    assert field.value() == day
    assert field.message.text().startswith("good through")


@pytest.mark.parametrize("text", ["13/2027", "abc", "270331", "1850-01-01", "0"])
def test_what_is_no_expiry_is_told_when_the_field_is_left(qtbot, text):
    field = ExpiryField("expiry", "Expiry", date(2026, 3, 10))
    qtbot.addWidget(field)
    qtbot.keyClicks(field.input, text)
    assert field.error() == ""
    with qtbot.waitSignal(field.committed):
        qtbot.keyClick(field.input, Qt.Key.Key_Return)
    assert field.value() is None
    assert field.error()


def test_an_expired_date_is_pointed_out_while_typing(qtbot):
    field = ExpiryField("expiry", "Expiry", date(2026, 3, 10))
    qtbot.addWidget(field)
    qtbot.keyClicks(field.input, "02/2026")
    assert field.message.text() == "Expired on 28 Feb 2026: it cannot be drawn."


@given(day=st.dates(date(2020, 1, 1), date(2090, 12, 31)))
def test_a_day_shown_is_read_back_as_the_same_day(qapp, day):
    field = ExpiryField("expiry", "Expiry", date(2026, 3, 10))
    field.set_value(day)
    assert field.value() == day
    field.deleteLater()


def test_everything_has_a_name_and_nothing_is_cut_off(workplace, opened, own):
    add_lot(workplace, own, "A" * 60, ml="50")
    workplace.click("new_lot")
    for widget in opened.findChildren(QWidget):
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible():
            assert widget.objectName(), widget
            assert widget.accessibleName(), widget.objectName()
    right = opened.panel.mapTo(opened, opened.panel.rect().topRight()).x()
    assert right <= opened.width()
    chip = rows(opened)[0].findChildren(Chip)[-1]
    assert chip.mapTo(opened, chip.rect().topRight()).x() <= right


@pytest.mark.parametrize("size", [(960, 600), (1366, 768), (1920, 1080)])
def test_nothing_is_cut_off_in_windows_of_every_size(workplace, page, own, size):
    workplace.window.resize(*size)
    workplace.window.open("stock", product_id=own.id)
    workplace.settle()
    workplace.click("new_lot")
    workplace.qtbot.wait(20)
    scroll = page.panel.findChild(PageScroll, "product_scroll")
    assert scroll.widget().minimumSizeHint().width() <= scroll.viewport().width()
