"""The clinic's products and their lots."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from mesodesk.db.models.stock import LotRow, MovementKind, ProductRow, StockMovementRow
from mesodesk.domain.changes import Topic
from mesodesk.domain.records.stock import (
    LotFields,
    LotRecord,
    ProductFields,
    ProductRecord,
    RegulatoryStatus,
)
from mesodesk.domain.rights import Right
from mesodesk.domain.units import plain
from mesodesk.services.clinic import clinic_row
from mesodesk.services.drafts import forget_draft
from mesodesk.services.errors import ConflictError, RefusedError
from mesodesk.services.lot_records import (
    current_lot,
    lot_kept,
    lot_records,
    one_lot,
    today_of,
)
from mesodesk.services.lot_rows import checked_lot, find_lot, number_key, taken, write_lot
from mesodesk.services.product_rows import (
    WHOLE_PRODUCT,
    checked_product,
    find_product,
    name_key,
    product_fields,
    product_record,
    write_product,
)
from mesodesk.services.store import Store, Transaction, mark_edited
from mesodesk.services.texts import Problems, note


class SameLotError(RefusedError):
    """A lot of this number is on record; `lot_id` is where a further delivery of it goes."""

    def __init__(self, lot_id: UUID, product: str, number: str) -> None:
        self.lot_id = lot_id
        super().__init__(
            f"{product} already has a lot {number}. Nothing was added or changed. If more of it"
            " came, open that lot and enter the delivery there; else check the number on the label."
        )


class CatalogueService:
    """Lists and changes products and lots."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def products(self, include_archived: bool = False) -> tuple[ProductRecord, ...]:
        """Return the products by name."""
        with self._store.read(Right.CLINIC_READ) as tx:
            query = select(ProductRow).options(*WHOLE_PRODUCT)
            if not include_archived:
                query = query.where(ProductRow.archived_at.is_(None))
            rows = tx.db.scalars(query.order_by(ProductRow.name_folded, ProductRow.id))
            return tuple(product_record(row) for row in rows)

    def product(self, product_id: UUID) -> ProductRecord:
        """Return a product.

        Raises:
            NotFoundError: if there is no such product.
        """
        with self._store.read(Right.CLINIC_READ) as tx:
            return product_record(find_product(tx.db, product_id))

    def add_product(
        self, typed: ProductFields, *, draft: tuple[str, str] | None = None
    ) -> ProductRecord:
        """Add a product; its status is unknown unless it is given.

        Args:
            typed: the form.
            draft: form and subject of the draft that this makes a record of.

        Raises:
            InvalidError: if a value cannot be taken.
            RefusedError: if the same product is in the catalogue already.
        """
        with self._store.write(Right.CATALOGUE_EDIT) as tx:
            checked = checked_product(typed, today_of(tx))
            _refuse_twin(tx, checked, None)
            row = ProductRow(actives=[], statuses=[])
            write_product(row, None, checked)
            _place_status(tx, row)
            tx.db.add(row)
            _kept(tx, row, "product.create")
            if draft is not None:
                forget_draft(tx, *draft)
            return product_record(row)

    def update_product(self, product_id: UUID, version: int, typed: ProductFields) -> ProductRecord:
        """Change a product; what sessions drew from it stays as it was drawn.

        Raises:
            NotFoundError: if there is no such product.
            ConflictError: if it was changed since `version`.
            InvalidError: if a value cannot be taken.
            RefusedError: if the same product is in the catalogue already.
        """
        with self._store.write(Right.CATALOGUE_EDIT) as tx:
            row = _current_product(tx, product_id, version)
            checked = checked_product(typed, today_of(tx))
            _refuse_twin(tx, checked, row.id)
            changed = write_product(row, product_fields(row), checked)
            if changed:
                if "status" in changed:
                    _place_status(tx, row)
                mark_edited(row)
                _kept(tx, row, "product.update", changed=changed)
            return product_record(row)

    def archive_product(self, product_id: UUID, version: int) -> ProductRecord:
        """Take a product out of the lists; its lots can no longer be drawn.

        Raises:
            NotFoundError: if there is no such product.
            ConflictError: if it was changed since `version`.
        """
        with self._store.write(Right.CATALOGUE_EDIT) as tx:
            row = _current_product(tx, product_id, version)
            if row.archived_at is None:
                row.archived_at = tx.now
                _kept(tx, row, "product.archive")
            return product_record(row)

    def restore_product(self, product_id: UUID, version: int) -> ProductRecord:
        """Bring an archived product back.

        Raises:
            NotFoundError: if there is no such product.
            ConflictError: if it was changed since `version`.
            RefusedError: if the same product was entered anew meanwhile.
        """
        with self._store.write(Right.CATALOGUE_EDIT) as tx:
            row = _current_product(tx, product_id, version)
            if row.archived_at is not None:
                _refuse_twin(tx, product_fields(row), row.id)
                row.archived_at = None
                _kept(tx, row, "product.restore")
            return product_record(row)

    def lots(
        self, product_id: UUID | None = None, *, drawable_only: bool = False
    ) -> tuple[LotRecord, ...]:
        """Return lots, the first to expire first.

        Args:
            product_id: of one product only.
            drawable_only: only those that can be drawn from today: not expired, not used up, of a
                product that is not archived.
        """
        with self._store.read(Right.CLINIC_READ) as tx:
            query = select(LotRow).order_by(LotRow.expires_on, LotRow.number_key, LotRow.id)
            if product_id is not None:
                query = query.where(LotRow.product_id == product_id)
            found = lot_records(tx, tx.db.scalars(query))
        if drawable_only:
            found = [lot for lot in found if lot.can_be_drawn and not lot.product.archived]
        return tuple(found)

    def find_lots(self, number: str, *, limit: int) -> tuple[LotRecord, ...]:
        """Return lots whose number begins so, blind to case, spaces and signs; at most so many."""
        key = number_key(number.strip())
        with self._store.read(Right.CLINIC_READ) as tx:
            rows = tx.db.scalars(
                select(LotRow)
                .where(LotRow.number_key.startswith(key, autoescape=True))
                .order_by(LotRow.number_key, LotRow.id)
                .limit(limit)
            )
            return tuple(lot_records(tx, rows)) if key else ()

    def lot(self, lot_id: UUID) -> LotRecord:
        """Return a lot.

        Raises:
            NotFoundError: if there is no such lot.
        """
        with self._store.read(Right.CLINIC_READ) as tx:
            return one_lot(tx, find_lot(tx.db, lot_id))

    def add_lot(
        self, product_id: UUID, typed: LotFields, *, draft: tuple[str, str] | None = None
    ) -> LotRecord:
        """Enter a delivery.

        Args:
            product_id: of what.
            typed: the form.
            draft: form and subject of the draft that this makes a record of.

        Raises:
            NotFoundError: if there is no such product.
            InvalidError: if a value cannot be taken.
            RefusedError: if the product is archived or has a lot of this number already.
        """
        with self._store.write(Right.STOCK_EDIT) as tx:
            product = find_product(tx.db, product_id)
            if product.archived_at is not None:
                raise RefusedError(
                    f"{product.name} is archived, so no lot was added. Restore the product first."
                )
            checked = checked_lot(typed, today_of(tx))
            _refuse_same_number(tx, product, checked, None)
            row = LotRow(product_id=product.id)
            write_lot(row, checked)
            tx.db.add(row)
            lot_kept(tx, row, "lot.create")
            if draft is not None:
                forget_draft(tx, *draft)
            return one_lot(tx, row)

    def update_lot(self, lot_id: UUID, version: int, typed: LotFields) -> LotRecord:
        """Correct what was entered about a delivery; sessions keep what they drew as it was.

        Raises:
            NotFoundError: if there is no such lot.
            ConflictError: if it was changed since `version`.
            InvalidError: if a value cannot be taken, or is less than what was drawn already.
            RefusedError: if the product has another lot of this number.
        """
        with self._store.write(Right.STOCK_EDIT) as tx:
            row = current_lot(tx, lot_id, version)
            checked = checked_lot(typed, today_of(tx))
            _refuse_same_number(tx, find_product(tx.db, row.product_id), checked, row.id)
            _refuse_less_than_drawn(tx, row, checked)
            changed = write_lot(row, checked)
            if changed:
                lot_kept(tx, row, "lot.update", changed=changed)
            return one_lot(tx, row)

    def correct_lot(self, lot_id: UUID, version: int, left_ml: Decimal, reason: str) -> LotRecord:
        """Put right what is left in a lot after counting it, as one movement with its reason.

        Raises:
            NotFoundError: if there is no such lot.
            ConflictError: if it was changed since `version`.
            RefusedError: if the clinic does not count this lot.
            InvalidError: if the reason is missing or the volume cannot be taken.
        """
        with self._store.write(Right.STOCK_EDIT) as tx:
            row = current_lot(tx, lot_id, version)
            out = taken(tx.db, [row.id])
            before = out.left_ml(row)
            if before is None or row.received_ml is None:
                raise RefusedError(
                    "This lot is not counted, so there was nothing to correct. Enter the volume"
                    " received first."
                )
            _check_count(left_ml, out.received_ml(row) or row.received_ml)
            why = note("reason", reason, "Reason", needed=True)
            if left_ml != before:
                tx.db.add(_correction(tx, row.id, left_ml - before, why))
                mark_edited(row)
                lot_kept(tx, row, "lot.correct", difference_ml=left_ml - before)
            return one_lot(tx, row)


def _current_product(tx: Transaction, product_id: UUID, version: int) -> ProductRow:
    row = find_product(tx.db, product_id)
    if row.version != version:
        raise ConflictError(product_record(row))
    return row


def _kept(tx: Transaction, row: ProductRow, action: str, **details: object) -> None:
    tx.db.flush()
    if row.status is not RegulatoryStatus.UNKNOWN:
        details["status"] = row.status.value
    tx.audit(action, "product", row.id, row.version, **details)
    tx.touch(Topic.STOCK)


def _place_status(tx: Transaction, row: ProductRow) -> None:
    """Keep for which country a status was typed: elsewhere it says nothing."""
    known = row.status is not RegulatoryStatus.UNKNOWN
    row.status_jurisdiction = clinic_row(tx.db).jurisdiction if known else ""


def _refuse_twin(tx: Transaction, checked: ProductFields, own_id: UUID | None) -> None:
    """Refuse a product that is in the catalogue already: name, manufacturer and container alike."""
    same = select(ProductRow).where(
        ProductRow.name_folded == name_key(checked.name), ProductRow.archived_at.is_(None)
    )
    for row in tx.db.scalars(same):
        alike = name_key(row.manufacturer) == name_key(checked.manufacturer)
        if alike and row.container_ml == checked.container_ml and row.id != own_id:
            raise RefusedError(
                f"{row.name} is in the catalogue already, with this manufacturer and container."
                " Nothing was added or changed. Use that one, or change what sets yours apart."
            )


def _refuse_same_number(
    tx: Transaction, product: ProductRow, checked: LotFields, own_id: UUID | None
) -> None:
    same = select(LotRow).where(
        LotRow.product_id == product.id, LotRow.number_key == number_key(checked.number)
    )
    row = tx.db.scalar(same)
    if row is not None and row.id != own_id:
        raise SameLotError(row.id, product.name, row.number)


def _refuse_less_than_drawn(tx: Transaction, row: LotRow, checked: LotFields) -> None:
    gone = taken(tx.db, [row.id]).gone_ml(row)
    problems = Problems()
    if checked.received_ml is not None and checked.received_ml < gone:
        problems.add("received_ml", f"Received: {plain(gone)} mL of this lot were drawn already.")
    problems.done()


def _check_count(left_ml: Decimal, received_ml: Decimal) -> None:
    problems = Problems()
    problems.number(
        "left_ml", left_ml, "Left", least=Decimal(0), most=received_ml, places=3, unit="mL"
    )
    problems.done()


def _correction(
    tx: Transaction, lot_id: UUID, difference_ml: Decimal, reason: str
) -> StockMovementRow:
    return StockMovementRow(
        lot_id=lot_id,
        kind=MovementKind.CORRECTED,
        volume_ml=difference_ml,
        user_id=tx.actor.id,
        moved_at=tx.now,
        reason=reason,
    )
