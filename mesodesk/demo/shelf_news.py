"""What the demonstration's shelf has to tell today: a recall, and a container that is open."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from mesodesk.domain.records.recall import (
    ContactChannel,
    ContactFields,
    LotTrace,
    RecallFields,
)
from mesodesk.domain.records.session import SessionState
from mesodesk.domain.records.stock import LotRecord, LotState
from mesodesk.services.desk import Desk

_OPENED: Final = "procaine_2"
_LOOKED_AT: Final = 16


def tell_of_the_shelf(desk: Desk, today: date) -> None:
    """Recall a lot that is used up, telling some of its patients; open a container of another."""
    lots = desk.catalogue.lots()
    _open_one(desk, lots, today)
    _recall_one(desk, lots, today)


def _open_one(desk: Desk, lots: tuple[LotRecord, ...], today: date) -> None:
    lot = next(
        (each for each in lots if each.product.starter_id == _OPENED and each.can_be_drawn),
        None,
    )
    if lot is not None:
        opened_on = max(lot.fields.received_on, today - timedelta(days=9))
        desk.stock.open(lot.id, lot.version, opened_on, Decimal(0))


def _recall_one(desk: Desk, lots: tuple[LotRecord, ...], today: date) -> None:
    """Recall a lot that more than one patient got some of, and that is in no open session."""
    drawn = [each for each in lots if each.left_ml != each.received_ml]
    drawn.sort(key=lambda each: each.state is not LotState.USED_UP)
    traced = [(lot, desk.recalls.trace(lot.id)) for lot in drawn[:_LOOKED_AT]]
    found = [pair for pair in traced if len(pair[1].patients) > 1 and _all_signed(pair[1])]
    if not found:
        return
    lot, trace = max(found, key=lambda pair: (pair[0].left_ml == 0, pair[1].points))
    notice = RecallFields(
        "Made-up notice of the demonstration: the closure of some containers leaks.",
        today - timedelta(days=3),
        "DEMO-2 of Laboratorios Ficticios",
    )
    recall = desk.recalls.recall(lot.id, lot.version, notice)
    told = ContactFields(ContactChannel.PHONE, True, today - timedelta(days=1), "Is well")
    tried = ContactFields(ContactChannel.PHONE, False, today - timedelta(days=1))
    first, second = trace.patients[:2]
    desk.recalls.note_contact(recall.id, first.patient_id, told)
    desk.recalls.note_contact(recall.id, second.patient_id, tried)


def _all_signed(trace: LotTrace) -> bool:
    states = {session.state for each in trace.patients for session in each.sessions}
    return states == {SessionState.SIGNED}
