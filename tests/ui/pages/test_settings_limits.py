"""Limits in Settings: switched, changed and added, kept at once, on the real vault."""

from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt

from mesodesk.domain.limit_files import load_limits
from mesodesk.domain.measures import load_measures
from mesodesk.domain.records.audit import LogQuery
from mesodesk.domain.records.limits import LimitChange, LimitSettings
from mesodesk.ui.pages.settings import SettingsPage

PER_KG = "lidocaine_plain_per_kg"


@pytest.fixture
def page(workplace):
    made = workplace.add(SettingsPage, "today")
    workplace.window.open("settings")
    workplace.settle()
    return made


def kept(workplace):
    workplace.settle()
    return workplace.run(lambda desk: desk.clinic.record()).fields.limits


def retype(workplace, name, text):
    workplace.find(name).selectAll()
    workplace.type(name, text)


def test_all_limits_are_listed_with_value_and_source(workplace, page):
    for limit in load_limits().limits:
        assert workplace.find(f"limit_on_{limit.id}").isChecked() is limit.on
        assert page.form.limits._rows[limit.id].value.value() == limit.value
        said = workplace.find(f"limit_source_text_{limit.id}")
        assert limit.source.get() in said.text()
        assert not said.isVisible()
    names = [row.on.text() for row in page.form.limits._rows.values()]
    assert len(set(names)) == len(names)


def test_the_source_is_under_the_keyboard_too(workplace, page):
    button = workplace.find(f"limit_source_{PER_KG}")
    assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    workplace.click(f"limit_source_{PER_KG}")
    said = workplace.find(f"limit_source_text_{PER_KG}")
    assert said.isVisible()
    assert "As shipped: 4.5\u00a0mg/kg. " in said.text()
    assert "Roxane" in button.parentWidget().toolTip()


def test_looking_changes_nothing(workplace, page):
    retype(workplace, "clinic_name", "Casa Solana")
    assert kept(workplace) == LimitSettings()


def test_a_switch_and_a_value_are_kept_at_once(workplace, page):
    workplace.click("limit_on_procaine_session")
    retype(workplace, f"limit_value_{PER_KG}", "4")
    assert kept(workplace) == LimitSettings(
        {
            "procaine_session": LimitChange(on=False),
            PER_KG: LimitChange(value=Decimal(4)),
        }
    )
    workplace.click("limit_on_procaine_session")
    retype(workplace, f"limit_value_{PER_KG}", "4,5")
    assert kept(workplace) == LimitSettings()


def test_an_emptied_value_is_the_shipped_one_again(workplace, page):
    retype(workplace, f"limit_value_{PER_KG}", "3")
    assert kept(workplace).changes[PER_KG].value == 3
    workplace.find(f"limit_value_{PER_KG}").selectAll()
    workplace.find(f"limit_value_{PER_KG}").setFocus()
    workplace.press(Qt.Key.Key_Delete)
    assert kept(workplace) == LimitSettings()


@pytest.mark.parametrize("typed", ["0", "-1", "x", "1000000", "0,0001"])
def test_a_value_that_limits_nothing_is_told_and_not_kept(workplace, page, typed):
    retype(workplace, f"limit_value_{PER_KG}", "4")
    workplace.press(Qt.Key.Key_Tab)
    retype(workplace, f"limit_value_{PER_KG}", typed)
    workplace.press(Qt.Key.Key_Tab)
    assert page.form.limits._rows[PER_KG].value.error()
    assert kept(workplace) == LimitSettings({PER_KG: LimitChange(value=Decimal(4))})
    retype(workplace, "clinic_name", "Casa Solana")
    assert kept(workplace) == LimitSettings({PER_KG: LimitChange(value=Decimal(4))})


def test_the_clinic_adds_limits_of_its_own_and_takes_them_away(workplace, page):
    workplace.type("own_total_volume", "12,5")
    assert kept(workplace) == LimitSettings(total_volume_ml=Decimal("12.5"))
    workplace.type("own_mass_active", "caff")
    workplace.press(Qt.Key.Key_Return)
    assert not workplace.find("own_mass_add").isEnabled()
    workplace.type("own_mass_new", "200")
    workplace.press(Qt.Key.Key_Return)
    assert kept(workplace).masses_mg == {"caffeine": Decimal(200)}
    assert page.form.limits.own.active.value() is None
    retype(workplace, "own_mass_caffeine", "150")
    assert kept(workplace).masses_mg == {"caffeine": Decimal(150)}
    workplace.click("own_mass_caffeine_remove")
    workplace.find("own_total_volume").selectAll()
    workplace.find("own_total_volume").setFocus()
    workplace.press(Qt.Key.Key_Delete)
    assert kept(workplace) == LimitSettings()


def test_from_which_difference_on_a_reading_is_asked_about(workplace, page):
    rows = page.form.limits._rules
    for measure in load_measures().values():
        row = rows.get(f"measure.{measure.id}")
        assert (row is not None) == (measure.jump is not None), measure.id
        if row is not None:
            assert row.value.value() == measure.jump.value
            assert measure.jump.source in row.source.text()
    workplace.click("jump_source_weight")
    said = workplace.find("jump_source_text_weight").text()
    assert said.startswith("As shipped: 10\u00a0kg. Source: ")
    retype(workplace, "jump_value_weight", "15")
    workplace.click("jump_on_waist")
    changes = {
        "measure.weight": LimitChange(value=Decimal(15)),
        "measure.waist": LimitChange(on=False),
    }
    assert kept(workplace) == LimitSettings(changes)
    found = workplace.run(lambda desk: desk.audit_log.page(LogQuery())).entries
    told = str([each for each in found if each.action == "clinic.update"])
    assert "measure.weight" in told
    assert "measure.waist" in told


def test_what_is_on_record_is_shown(workplace):
    said = LimitSettings(
        {PER_KG: LimitChange(False, Decimal(4))}, Decimal(15), {"caffeine": Decimal(200)}
    )

    def write(desk):
        clinic = desk.clinic.record()
        return desk.clinic.update(clinic.version, replace(clinic.fields, limits=said))

    workplace.run(write)
    workplace.settle()
    page = workplace.add(SettingsPage, "today")
    workplace.window.open("settings")
    workplace.settle()
    assert not workplace.find(f"limit_on_{PER_KG}").isChecked()
    assert page.form.limits.settings() == said
