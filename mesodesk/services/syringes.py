"""Syringes of a session in draft: drawn up from lots, changed, and put away."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mesodesk.db.models.session import (
    ChartFieldRow,
    SessionRow,
    SyringeComponentRow,
    SyringeRow,
)
from mesodesk.db.models.stock import LotRow, ProductRow
from mesodesk.domain.dosing import active_key
from mesodesk.domain.lots import NOTHING, taken_out
from mesodesk.domain.records.session import ComponentFields, SyringeFields
from mesodesk.domain.records.stock import LotRecord, LotState
from mesodesk.domain.units import plain
from mesodesk.services.clinic import clinic_row
from mesodesk.services.errors import FieldProblem, InvalidError, NotFoundError, RefusedError
from mesodesk.services.lot_records import lot_records
from mesodesk.services.lot_rows import taken
from mesodesk.services.product_rows import WHOLE_PRODUCT, product_fields
from mesodesk.services.session_rows import active_out, kept_syringes
from mesodesk.services.session_versions import injected_on, link_of
from mesodesk.services.store import Transaction

_KEPT: Final = "Nothing was changed. Choose another lot."


def put_syringe(
    tx: Transaction, session: SessionRow, typed: SyringeFields, syringe_id: UUID | None
) -> SyringeRow:
    """Draw up a new syringe, or change one.

    Raises:
        NotFoundError: if the syringe or a lot is not on record.
        InvalidError: if another syringe of the session has the digit.
        RefusedError: if a lot that is drawn from now has expired, is recalled, in quarantine or
            open for too long, or does not hold enough.
    """
    row = _new(session) if syringe_id is None else find_syringe(session, syringe_id)
    if any(each.digit == typed.digit and each is not row for each in kept_syringes(session)):
        raise InvalidError(
            [
                FieldProblem(
                    "digit", f"There is a syringe {typed.digit} already: take another digit."
                )
            ]
        )
    lots = _lots(tx.db, typed.components)
    if _drawn(row.components) != [(part.lot_id, part.volume_ml) for part in typed.components]:
        wanted = _volumes((part.lot_id, part.volume_ml) for part in typed.components)
        before = _volumes(_drawn(row.components))
        more = {lot: ml for lot, ml in wanted.items() if ml > before.get(lot, NOTHING)}
        _refuse_closed(tx, session, lots, more)
        _refuse_empty(tx, session, lots, row, more)
    row.digit, row.label = typed.digit, typed.label
    row.wasted_ml, row.left_ml = typed.wasted_ml, typed.left_ml
    if syringe_id is None:
        session.syringes.append(row)
    _draw(row, typed.components, lots)
    return row


def find_syringe(session: SessionRow, syringe_id: UUID) -> SyringeRow:
    """Return a syringe of the session.

    Raises:
        NotFoundError: if it has none of that id, or it was put away.
    """
    for row in kept_syringes(session):
        if row.id == syringe_id:
            return row
    raise NotFoundError("This syringe is not part of the session any more. Nothing was changed.")


def remove_syringe(tx: Transaction, session: SessionRow, syringe_id: UUID) -> SyringeRow:
    """Put a syringe away.

    Raises:
        NotFoundError: if the session has none of that id.
        RefusedError: if points or zones of the chart came from it.
    """
    row = find_syringe(session, syringe_id)
    counted = (
        func.sum(ChartFieldRow.point_count),
        func.count().filter(ChartFieldRow.point_count == 0),
    )
    points, zones = tx.db.execute(
        select(*counted).where(ChartFieldRow.syringe_id == syringe_id)
    ).one()
    told = [_many(points, "point"), _many(zones, "zone")]
    if things := " and ".join(each for each in told if each):
        raise RefusedError(
            f"Syringe {row.digit} has {things} on the chart, so it was not put away. Give what is"
            " charted to another syringe, or remove it first."
        )
    row.removed = True
    return row


def _many(count: int | None, thing: str) -> str:
    if not count:
        return ""
    return f"1 {thing}" if count == 1 else f"{count:,} {thing}s"


def _new(session: SessionRow) -> SyringeRow:
    return SyringeRow(session_id=session.id, components=[], removed=False)


def _drawn(rows: Sequence[SyringeComponentRow]) -> list[tuple[UUID, Decimal]]:
    return [(row.lot_id, row.volume_ml) for row in rows]


def _lots(db: Session, parts: Iterable[ComponentFields]) -> dict[UUID, tuple[LotRow, ProductRow]]:
    wanted = {part.lot_id for part in parts}
    rows = db.execute(
        select(LotRow, ProductRow)
        .join(ProductRow, ProductRow.id == LotRow.product_id)
        .where(LotRow.id.in_(wanted))
        .options(*WHOLE_PRODUCT)
    )
    lots = {lot.id: (lot, product) for lot, product in rows}
    if wanted - set(lots):
        raise NotFoundError(f"This lot is not on record. {_KEPT}")
    return lots


_Lots = dict[UUID, tuple[LotRow, ProductRow]]


def _refuse_closed(
    tx: Transaction, session: SessionRow, lots: _Lots, more: dict[UUID, Decimal]
) -> None:
    """Refuse to draw from a lot that is not good; what was drawn while it was good may stay.

    An amendment tells of a day when what was found out later was not known: only its expiry counts.
    """
    today = injected_on(tx, session, clinic_row(tx.db).zone)
    amends = link_of(tx.db, session.id) is not None
    rows = [lots[lot_id][0] for lot_id in more]
    for record in lot_records(tx, rows):
        name = f"Lot {record.fields.number} of {record.product.fields.name}"
        if record.fields.expires_on < today:
            day = record.fields.expires_on.isoformat()
            raise RefusedError(f"{name} expired on {day} and cannot be drawn. {_KEPT}")
        if not amends and (why := _closed_words(record)):
            raise RefusedError(f"{name} {why} {_KEPT}")


def _closed_words(lot: LotRecord) -> str:
    """Return why nothing may be drawn from a lot, as the end of a sentence; "" if it may."""
    if lot.recalled_on is not None:
        return f"is recalled ({lot.recall_reason}) and cannot be drawn."
    if lot.held is not None:
        return f"is in quarantine ({lot.held.reason}) and cannot be drawn."
    if lot.state is LotState.PAST_USE and lot.opening is not None:
        return (
            f"was opened on {lot.opening.opened_on.isoformat()} and was good until"
            f" {lot.opening.use_by.isoformat()}: it cannot be drawn. If another container of this"
            " lot is there, open it in Stock."
        )
    return ""


def _refuse_empty(
    tx: Transaction, session: SessionRow, lots: _Lots, row: SyringeRow, wanted: dict[UUID, Decimal]
) -> None:
    """Refuse to draw more than a lot still holds, other drafts counted as drawn.

    Of single-dose containers whole ones go: what another patient opened is not there any more.
    """
    out = taken(tx.db, wanted, but=session.id)
    beside = _volumes(
        pair
        for each in kept_syringes(session)
        if each is not row
        for pair in _drawn(each.components)
    )
    for lot_id, volume in wanted.items():
        lot, product = lots[lot_id]
        left = out.left_ml(lot)
        if left is None:
            continue
        others = beside.get(lot_id, NOTHING)
        goes = taken_out(
            others + volume, single_dose=product.single_dose, container_ml=product.container_ml
        )
        if goes > left:
            free = left - others
            held = f"holds only {plain(free)} mL more" if free > 0 else "is used up"
            raise RefusedError(
                f"Lot {lot.number} of {product.name} {held}, so {plain(volume)} mL cannot be"
                f" drawn. {_KEPT}"
            )


def _volumes(parts: Iterable[tuple[UUID, Decimal]]) -> dict[UUID, Decimal]:
    sums: dict[UUID, Decimal] = {}
    for lot_id, volume in parts:
        sums[lot_id] = sums.get(lot_id, NOTHING) + volume
    return sums


def _draw(
    row: SyringeRow,
    parts: Sequence[ComponentFields],
    lots: dict[UUID, tuple[LotRow, ProductRow]],
) -> None:
    """Set the components; those drawn before keep the words and strengths of then.

    What the clinic did not know then is taken from the label of today: no record is falsified by
    it, and the syringe need not be drawn up again. What it knew stays, or telling the rest of a
    syringe would change the milligrams of its chart.
    """
    spare = list(row.components)
    drawn = []
    for position, part in enumerate(parts):
        same = next((each for each in spare if each.lot_id == part.lot_id), None)
        if same is None:
            same = SyringeComponentRow(lot_id=part.lot_id)
            _freeze(same, *lots[part.lot_id])
        else:
            spare.remove(same)
            _learn(same, lots[part.lot_id][1])
        same.position, same.volume_ml = position, part.volume_ml
        drawn.append(same)
    row.components[:] = drawn


def _learn(row: SyringeComponentRow, product: ProductRow) -> None:
    """Fill in the strengths that were not known, or all actives if none was."""
    today = [active_out(active) for active in product_fields(product).actives]
    if not row.actives and not row.diluent:
        row.actives = today
    elif any(active["strength"] is None for active in row.actives):
        row.actives = [_learned(active, today) for active in row.actives]


def _learned(active: dict[str, Any], today: list[dict[str, Any]]) -> dict[str, Any]:
    if active["strength"] is not None:
        return active
    known = (each["strength"] for each in today if _key(each) == _key(active))
    return {**active, "strength": next(known, None)}


def _key(active: dict[str, Any]) -> str:
    return active_key(active["ingredient_id"], active["name"])


def _freeze(row: SyringeComponentRow, lot: LotRow, product: ProductRow) -> None:
    row.product_id = product.id
    row.product_name = product.name
    row.product_class = product.product_class
    row.lot_number = lot.number
    row.expires_on = lot.expires_on
    row.diluent = product.diluent
    row.actives = [active_out(active) for active in product_fields(product).actives]
