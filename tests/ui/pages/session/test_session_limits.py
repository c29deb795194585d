"""Limits in a session: said at the chart, dealt with at Finish, in the way of signing till then."""

from dataclasses import replace
from decimal import Decimal

import pytest
from added import add_patient
from PySide6.QtCore import Qt

from mesodesk.domain.limits import Level
from mesodesk.domain.records.limits import LimitChange, LimitSettings
from mesodesk.domain.records.session import SessionState
from mesodesk.ui.pages.session_parts.signing import MissingRow

from .conftest import Desk, begun_session

SESSION = "lidocaine_plain_session"
RULE = f"limit.{SESSION}"


def set_limits(desk, **said):
    clinic = desk.clinic.record()
    fields = replace(clinic.fields, limits=LimitSettings(**said))
    return desk.clinic.update(clinic.version, fields)


def lidocaine_drawn(desk, _clock):
    set_limits(desk, changes={SESSION: LimitChange(value=Decimal("0.9"))})
    return begun_session(desk, add_patient(desk), ingredient="lidocaine")


@pytest.fixture
def desk(prepared):
    """A draft with 1 mL of lidocaine 1 %, whose line is at 0.9 mg: the second point is over it."""
    made = Desk(*prepared(lidocaine_drawn))
    made.limits = made.page.stack.station("chart").panel.totals.limits
    return made


def test_from_the_chart_to_the_reason_to_the_signed_record(desk):
    desk.station("chart")
    desk.place_points(2)
    row = desk.limits.row(SESSION)
    assert row.finding.level is Level.OVER
    desk.kept()
    desk.qtbot.mouseClick(desk.limits.reason, Qt.MouseButton.LeftButton)
    desk.place.settle()
    reason = desk.place.find(f"reason_{RULE}")
    desk.qtbot.waitUntil(reason.hasFocus)
    assert desk.page.stack.current == "finish"
    assert desk.page.findChild(MissingRow, f"missing_finding_{RULE}").isVisible()
    desk.place.type(f"reason_{RULE}", "Two small areas, discussed")
    desk.place.press(Qt.Key.Key_Return)
    desk.kept()
    assert "finding_open" not in desk.missing_codes()
    assert desk.place.find(f"dealt_with_{RULE}").isVisible()
    assert desk.limits.row(SESSION).head.word == "over, reason given"
    desk.finish_by_hand()
    desk.sign()
    signed = desk.stored()
    assert signed.state is SessionState.SIGNED
    given = {each.rule_id: each.reason for each in signed.acknowledgements}
    assert given[RULE] == "Two small areas, discussed"


def test_without_a_reason_it_stands_in_the_way_at_finish_and_leads_there(desk):
    desk.station("chart")
    desk.place_points(2)
    station = desk.finish_by_hand() or desk.page.stack.station("finish")
    assert desk.missing_codes() == {"finding_open"}
    assert {each.station for each in desk.state.missing} == {"finish"}
    desk.qtbot.mouseClick(
        desk.page.findChild(MissingRow, f"missing_finding_{RULE}"), Qt.MouseButton.LeftButton
    )
    desk.qtbot.waitUntil(desk.place.find(f"reason_{RULE}").hasFocus)
    assert station.limits.isVisible()
    desk.sign()
    assert desk.stored().state is SessionState.DRAFT


def test_a_reason_that_was_typed_survives_a_restart(desk):
    desk.station("chart")
    desk.place_points(2)
    desk.station("finish")
    desk.kept()
    desk.place.type(f"reason_{RULE}", "Half a sentence")
    desk.reopen(gently=True)
    desk.station("finish")
    desk.qtbot.waitUntil(
        lambda: desk.place.find(f"reason_{RULE}_field").value() == "Half a sentence"
    )


def test_the_card_is_there_only_while_something_is_over(desk):
    desk.station("chart")
    desk.place_points(2)
    station = desk.station("finish")
    desk.kept()
    assert station.limits.isVisible()
    desk.station("chart")
    desk.place.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    desk.station("finish")
    desk.kept()
    assert not station.limits.isVisible()
    assert "finding_open" not in desk.missing_codes()


def test_the_check_keeps_to_what_is_dealt_with_there(desk):
    desk.station("chart")
    desk.place_points(2)
    check = desk.station("check")
    desk.kept()
    assert RULE in {each.rule_id for each in desk.state.findings}
    assert check.findings.card(RULE) is None


def test_the_weight_of_the_intake_stands_in_and_that_of_today_wins(desk):
    desk.station("chart")
    by_weight = desk.limits.row("lidocaine_plain_per_kg")
    assert by_weight.finding.allowed == Decimal("4.5") * 62
    desk.station("check")
    desk.place.find("weight_today").selectAll()
    desk.place.type("weight_today", "50")
    desk.kept()
    assert desk.limits.row("lidocaine_plain_per_kg").finding.allowed == 225


def test_what_the_clinic_changes_reaches_an_open_chart(desk):
    desk.station("chart")
    desk.place_points(2)
    desk.place.run(set_limits)
    desk.qtbot.waitUntil(lambda: desk.limits.row(SESSION).finding.level is Level.OK)
