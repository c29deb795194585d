"""What was given at a place, as the exposure map lists it."""

from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from mesodesk.domain.bodymap.exposure_course import Treatment, ZoneGiven
from mesodesk.domain.dosing import Amount
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.exposure import ExposurePart, ExposureSession
from mesodesk.domain.records.session import SessionState
from mesodesk.ui.bodymap.heat_list import HeatList, PlaceWords

DAY = date(2026, 3, 10)


@pytest.fixture
def shown(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1000, 700)
    with qtbot.waitExposed(window):
        window.show()
    return HeatList(window)


def treatment(number):
    """What a session gave whose every line is too long for one."""
    amount = Amount("hyaluronic_acid", "Hyaluronic acid, non-crosslinked", "mg", None)
    return Treatment(
        ExposureSession(new_id(), number, SessionState.SIGNED, DAY, ()),
        2,
        Decimal("0.1"),
        (amount,),
        (ExposurePart("Hyaluronic acid, non-crosslinked", "L1"),),
        (ZoneGiven(Decimal(3), (amount,)),),
    )


@pytest.mark.parametrize(("sessions", "scrolls"), [(1, False), (2, False), (6, True)])
def test_it_scrolls_only_where_it_would_be_too_high(qtbot, shown, sessions, scrolls):
    words = PlaceWords("Left front thigh, upper", DAY)
    made = [treatment(number) for number in range(sessions, 0, -1)]
    shown.show_place(made, words, QPoint(10, 10), keyboard=False)
    content = shown.area.widget()
    qtbot.waitUntil(lambda: content.height() >= shown.area.viewport().height() > 0)
    assert (shown.area.verticalScrollBar().maximum() > 0) == scrolls
    for row in shown.rows():
        for label in (row.given, row.lots):
            assert label.height() >= label.heightForWidth(label.width())
