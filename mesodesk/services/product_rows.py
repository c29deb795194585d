"""Products between their tables and their frozen records, and what may be typed about them."""

from dataclasses import fields, replace
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from mesodesk.db.models.stock import ProductActiveRow, ProductRow
from mesodesk.db.search_words import words
from mesodesk.domain.records.stock import ActiveFields, ProductFields, ProductRecord
from mesodesk.domain.strength import Strength, StrengthUnit
from mesodesk.services.errors import NotFoundError
from mesodesk.services.texts import Problems

_MOST_ACTIVES: Final = 30
_SMALLEST_CONTAINER_ML: Final = Decimal("0.01")
_LARGEST_CONTAINER_ML: Final = Decimal(10_000)
_LARGEST_STRENGTH: Final = Decimal(1_000_000)
_SMALLEST_STRENGTH: Final = Decimal("0.000001")

_LINES: Final = {
    "manufacturer": "Manufacturer",
    "product_class": "Class",
    "form": "Form",
    "route": "Route",
    "status_source": "Source of the status",
}


def name_key(name: str) -> str:
    """Return a name as it is compared: its words without case and accents."""
    return " ".join(words(name))


def find_product(db: Session, product_id: UUID) -> ProductRow:
    """Return a product with its actives.

    Raises:
        NotFoundError: if there is none of that id.
    """
    whole = selectinload(ProductRow.actives)
    row = db.scalar(select(ProductRow).where(ProductRow.id == product_id).options(whole))
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
    )


def product_fields(row: ProductRow) -> ProductFields:
    plain = {each.name: getattr(row, each.name) for each in fields(ProductFields)}
    return ProductFields(**{**plain, "actives": tuple(_active(each) for each in row.actives)})


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


def checked_product(typed: ProductFields) -> ProductFields:
    """Return the fields as they will be stored.

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
        container_ml=problems.number(
            "container_ml",
            typed.container_ml,
            "Content of a container",
            least=_SMALLEST_CONTAINER_ML,
            most=_LARGEST_CONTAINER_ML,
            places=3,
            unit="mL",
        ),
        actives=tuple(
            _checked_active(problems, f"actives[{at}]", active)
            for at, active in enumerate(typed.actives)
        ),
        **lines,
    )
    if len(typed.actives) > _MOST_ACTIVES:
        problems.add("actives", f"Actives: at most {_MOST_ACTIVES}.")
    problems.done()
    return checked


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
