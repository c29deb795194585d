"""A syringe as far as it is typed: complete or not, and how it is written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from mesodesk.domain.records.session import SyringeFields
from mesodesk.ui.numbers import format_decimal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mesodesk.domain.favourites import Recipe
    from mesodesk.domain.records.session import SessionRecord
    from mesodesk.services.desk import Desk

FORM = "session_syringes"
"""The form under which syringes wait that cannot be drawn up yet."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The product that a recipe asks for in a row; which lot of it is asked of the user."""

    product_id: UUID
    name: str
    diluent: bool = False


@dataclass(frozen=True, slots=True)
class TypedPart:
    """One row: the lot, if chosen, and the volume exactly as it stands in its field.

    `wanted` is None where no recipe asks for a product.
    """

    lot_id: UUID | None
    volume: str
    wanted: Wanted | None = None

    def payload(self) -> list[object]:
        """Return plain values for the drafts."""
        kept: list[object] = [str(self.lot_id or ""), self.volume]
        if self.wanted is not None:
            kept += [str(self.wanted.product_id), self.wanted.name, self.wanted.diluent]
        return kept


@dataclass(frozen=True, slots=True)
class TypedSyringe:
    """A syringe that is not complete; `digit` is 1 to 9."""

    digit: int
    label: str
    parts: tuple[TypedPart, ...]

    def payload(self) -> dict[str, object]:
        """Return plain values for the drafts."""
        return {
            "digit": self.digit,
            "label": self.label,
            "parts": [part.payload() for part in self.parts],
        }


def typed_syringes(payload: Mapping[str, object] | None) -> tuple[TypedSyringe, ...]:
    """Return what `payload` had written down; what cannot be read is left out."""
    kept: Any = (payload or {}).get("syringes", [])
    return tuple(
        TypedSyringe(
            int(each["digit"]),
            str(each["label"]),
            tuple(_typed_part(*part) for part in each["parts"]),
        )
        for each in kept
    )


def _typed_part(
    lot: str, volume: str, product: str = "", name: str = "", diluent: bool = False
) -> TypedPart:
    wanted = Wanted(UUID(product), name, diluent) if product else None
    return TypedPart(UUID(lot) if lot else None, volume, wanted)


def from_recipe(recipe: Recipe, digit: int) -> TypedSyringe:
    """Return a syringe as a recipe has it: products and mL, and no lot."""
    return TypedSyringe(
        digit,
        recipe.label,
        tuple(
            TypedPart(
                None,
                format_decimal(part.volume_ml),
                Wanted(part.product_id, part.product_name, part.diluent),
            )
            for part in recipe.parts
        ),
    )


def put_syringe(
    desk: Desk, version: int, *, session_id: UUID, typed: SyringeFields
) -> SessionRecord:
    """Draw up a syringe, or change the one of this digit; what Finish has typed into it stays."""
    record = desk.sessions.get(session_id)
    held = next((each for each in record.syringes if each.digit == typed.digit), None)
    if held is None:
        return desk.sessions.put_syringe(session_id, version, typed)
    fields = SyringeFields(typed.digit, typed.label, typed.components, held.wasted_ml, held.left_ml)
    return desk.sessions.put_syringe(session_id, version, fields, held.id)


def remove_syringe(desk: Desk, version: int, *, session_id: UUID, digit: int) -> SessionRecord:
    """Put the syringe of a digit away, if there is one."""
    record = desk.sessions.get(session_id)
    held = next((each for each in record.syringes if each.digit == digit), None)
    if held is None:
        return record
    return desk.sessions.remove_syringe(session_id, version, held.id)


def read_typed(desk: Desk, *, session_id: UUID) -> tuple[TypedSyringe, ...]:
    """Return the syringes that were written down because they are not complete."""
    return typed_syringes(desk.drafts.get(FORM, str(session_id)))


def keep_typed(
    desk: Desk, session_id: UUID, payload: list[dict[str, object]], _version: int
) -> None:
    """Write down the syringes that are not complete, or forget them where there are none."""
    if payload:
        desk.drafts.put(FORM, str(session_id), {"syringes": payload})
    else:
        desk.drafts.discard(FORM, str(session_id))
