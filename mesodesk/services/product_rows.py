"""Products between their tables and their frozen records, and what may be typed about them."""

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from mesodesk.db.models.stock import ProductActiveRow, ProductRow, ProductStatusRow
from mesodesk.db.search_words import words
from mesodesk.domain.records.stock import (
    ActiveFields,
    ProductFields,
    ProductRecord,
    StatusFields,
)
from mesodesk.domain.strength import Strength, StrengthUnit
from mesodesk.services.errors import NotFoundError
from mesodesk.services.texts import Problems

WHOLE_PRODUCT: Final = (selectinload(ProductRow.actives), selectinload(ProductRow.statuses))
"""What to load with a product whose record is wanted."""

_MOST_ACTIVES: Final = 30
_MOST_STATUSES: Final = 60
_LONGEST_OPEN_DAYS: Final = 3650
_SMALLEST_CONTAINER_ML: Final = Decimal("0.01")
_LARGEST_CONTAINER_ML: Final = Decimal(10_000)
_LARGEST_LOW_ML: Final = Decimal(1_000_000)
_LARGEST_STRENGTH: Final = Decimal(1_000_000)
_SMALLEST_STRENGTH: Final = Decimal("0.000001")

_LINES: Final = {
    "manufacturer": "Manufacturer",
    "product_class": "Class",
    "form": "Form",
    "route": "Route",
    "status_source": "Source of the status",
    "storage": "Storage",
}


def name_key(name: str) -> str:
    """Return a name as it is compared: its words without case and accents."""
    return " ".join(words(name))


def find_product(db: Session, product_id: UUID) -> ProductRow:
    """Return a product with its actives.

    Raises:
        NotFoundError: if there is none of that id.
    """
    row = db.scalar(select(ProductRow).where(ProductRow.id == product_id).options(*WHOLE_PRODUCT))
    if row is None:
        raise NotFoundError("This product is not on record. Nothing was changed.")
    return row


def product_record(row: ProductRow) -> ProductRecord:
    return ProductRecord(
        id=row.id,
        version=row.version,
        fields=product_fields(row),
        starter_id=row.starter_id,
        archived=row.archived_at is not None,
        status_jurisdiction=row.status_jurisdiction,
    )


def product_fields(row: ProductRow) -> ProductFields:
    plain = {each.name: getattr(row, each.name) for each in fields(ProductFields)}
    parts = {
        "actives": tuple(_active(each) for each in row.actives),
        "statuses": tuple(_status(each) for each in row.statuses),
    }
    return ProductFields(**{**plain, **parts})


def _status(row: ProductStatusRow) -> StatusFields:
    return StatusFields(row.jurisdiction, row.area, row.status, row.source, row.noted_on)


def _active(row: ProductActiveRow) -> ActiveFields:
    strength = None
    if row.strength_value is not None and row.strength_unit is not None:
        strength = Strength(row.strength_value, StrengthUnit(row.strength_unit))
    return ActiveFields(row.ingredient_id, row.name, strength)


def active_row(position: int, active: ActiveFields) -> ProductActiveRow:
    return ProductActiveRow(
        position=position,
        ingredient_id=active.ingredient_id,
        name=active.name,
        strength_value=active.strength.value if active.strength else None,
        strength_unit=active.strength.unit.value if active.strength else None,
    )


def write_product(row: ProductRow, before: ProductFields | None, typed: ProductFields) -> list[str]:
    """Put checked fields into a row and return the names of what changed.

    Args:
        row: the product, its actives loaded or new.
        before: what it holds, None for a new one.
        typed: checked fields.
    """
    changed = [
        each.name
        for each in fields(ProductFields)
        if before is None or getattr(before, each.name) != getattr(typed, each.name)
    ]
    for name in changed:
        if name == "actives":
            _write_actives(row, typed.actives)
        elif name == "statuses":
            _write_statuses(row, typed.statuses)
        else:
            setattr(row, name, getattr(typed, name))
    row.name_folded = name_key(typed.name)
    return changed


def _write_actives(row: ProductRow, actives: tuple[ActiveFields, ...]) -> None:
    """Change the rows in place: a row of the same key cannot be removed and added in one flush."""
    for at, active in enumerate(actives):
        new = active_row(at, active)
        if at < len(row.actives):
            old = row.actives[at]
            old.ingredient_id, old.name = new.ingredient_id, new.name
            old.strength_value, old.strength_unit = new.strength_value, new.strength_unit
        else:
            row.actives.append(new)
    del row.actives[len(actives) :]


def _write_statuses(row: ProductRow, statuses: tuple[StatusFields, ...]) -> None:
    """Change the rows in place, as `_write_actives` does."""
    for at, new in enumerate(statuses):
        if at == len(row.statuses):
            row.statuses.append(ProductStatusRow(position=at))
        old = row.statuses[at]
        old.jurisdiction, old.area, old.status = new.jurisdiction, new.area, new.status
        old.source, old.noted_on = new.source, new.noted_on
    del row.statuses[len(statuses) :]


def checked_product(typed: ProductFields, today: date) -> ProductFields:
    """Return the fields as they will be stored.

    Args:
        typed: the form.
        today: at the clinic; no status was looked up later.

    Raises:
        InvalidError: naming every field that cannot be taken.
    """
    problems = Problems()
    lines: dict[str, Any] = {
        name: problems.line(name, getattr(typed, name), what) for name, what in _LINES.items()
    }
    checked = replace(
        typed,
        name=problems.line("name", typed.name, "Name of the product", needed=True),
        note=problems.note("note", typed.note, "Note"),
        container_ml=_millilitres(
            problems, "container_ml", typed, "Content of a container", most=_LARGEST_CONTAINER_ML
        ),
        actives=tuple(
            _checked_active(problems, f"actives[{at}]", active)
            for at, active in enumerate(typed.actives)
        ),
        statuses=tuple(
            _checked_status(problems, f"statuses[{at}]", status, today)
            for at, status in enumerate(typed.statuses)
        ),
        low_ml=_millilitres(
            problems, "low_ml", typed, "Tell when less is left than", most=_LARGEST_LOW_ML
        ),
        **lines,
    )
    if typed.open_days is not None and not 1 <= typed.open_days <= _LONGEST_OPEN_DAYS:
        problems.add("open_days", f"Days after opening: from 1 to {_LONGEST_OPEN_DAYS:,}.")
    if typed.status_on is not None and typed.status_on > today:
        problems.add("status_on", "Looked up on: this day is still to come.")
    _check_statuses(problems, typed.statuses)
    if len(typed.actives) > _MOST_ACTIVES:
        problems.add("actives", f"Actives: at most {_MOST_ACTIVES}.")
    problems.done()
    return checked


def _millilitres(
    problems: Problems, name: str, typed: ProductFields, what: str, *, most: Decimal
) -> Decimal | None:
    value = getattr(typed, name)
    return problems.number(
        name, value, what, least=_SMALLEST_CONTAINER_ML, most=most, places=3, unit="mL"
    )


def _check_statuses(problems: Problems, statuses: tuple[StatusFields, ...]) -> None:
    seen = set()
    for at, status in enumerate(statuses):
        place = status.jurisdiction.strip().upper(), status.area
        if place in seen:
            problems.add(
                f"statuses[{at}].jurisdiction",
                "Country and area: there is a line for these already. Change that one.",
            )
        seen.add(place)
    if len(statuses) > _MOST_STATUSES:
        problems.add("statuses", f"Statuses: at most {_MOST_STATUSES}.")


def _checked_status(
    problems: Problems, place: str, status: StatusFields, today: date
) -> StatusFields:
    country = problems.line(f"{place}.jurisdiction", status.jurisdiction, "Country", needed=True)
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
        problems.add(f"{place}.jurisdiction", "Country: choose one from the list.")
    if status.noted_on is not None and status.noted_on > today:
        problems.add(f"{place}.noted_on", "Looked up on: this day is still to come.")
    return replace(
        status,
        jurisdiction=country.upper(),
        source=problems.line(f"{place}.source", status.source, "Source of the status"),
    )


def _checked_active(problems: Problems, place: str, active: ActiveFields) -> ActiveFields:
    if active.strength is not None:
        problems.number(
            f"{place}.strength",
            active.strength.value,
            "Strength",
            least=_SMALLEST_STRENGTH,
            most=_LARGEST_STRENGTH,
            places=6,
            unit=active.strength.unit.label,
        )
    return replace(
        active,
        name=problems.line(f"{place}.name", active.name, "Name of the active", needed=True),
        ingredient_id=problems.line(f"{place}.ingredient_id", active.ingredient_id, "Ingredient"),
    )
