"""Favourites: fields with the recipes of their syringes, without lots, patients or days.

A favourite without fields is a recipe to prepare. Another one keeps places, volumes, depths and
techniques as they were charted. Lengths along the skin are kept as they would be on the figure
itself, so that on a taller patient they are told as they are there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from mesodesk.domain.bodymap.codec import (
    ChartDataError,
    field_from_plain,
    field_to_plain,
    points_from_plain,
)
from mesodesk.domain.bodymap.copying import by_making
from mesodesk.domain.bodymap.fields import ChartField
from mesodesk.domain.bodymap.resizing import fitting, resized
from mesodesk.domain.dosing import ActiveStrength, Component, Mixture
from mesodesk.domain.records.session import SyringeRecord
from mesodesk.domain.records.stock import ActiveFields
from mesodesk.domain.strength import Strength, StrengthUnit
from mesodesk.domain.units import plain as plain_text

FORMAT: Final = 1
LONGEST_NAME: Final = 80
"""Letters of a favourite's name."""

_KEPT_MM: Final = Decimal("0.0001")

Plain = dict[str, Any]


class NewerFormatError(ChartDataError):
    """A favourite that a later version of the program has kept."""


@dataclass(frozen=True, slots=True)
class RecipePart:
    """Millilitres of a product, with its name and strengths as they were when it was kept."""

    product_id: UUID
    product_name: str
    volume_ml: Decimal
    diluent: bool = False
    actives: tuple[ActiveFields, ...] = ()


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a syringe is drawn up from, by product; which lots is asked anew each time.

    `digit` is that of the syringe it was kept from, 1 to 9, and names the recipe in its favourite.
    """

    digit: int
    label: str
    parts: tuple[RecipePart, ...]

    @property
    def id(self) -> UUID:
        """What the fields of the favourite name as their syringe."""
        return UUID(int=self.digit)

    def mixture(self) -> Mixture:
        """Return what the recipe makes by the strengths of when it was kept."""
        # There is no lot; the product stands where a syringe has the lot.
        return Mixture(
            tuple(
                Component(
                    part.product_id,
                    part.product_name,
                    part.volume_ml,
                    tuple(
                        ActiveStrength(each.name, each.ingredient_id, each.strength)
                        for each in part.actives
                    ),
                )
                for part in self.parts
            )
        )


@dataclass(frozen=True, slots=True)
class FavouriteContent:
    """What a favourite holds. The fields name recipes where those of a chart name syringes.

    Without fields it is a mixture alone.
    """

    atlas_id: str
    recipes: tuple[Recipe, ...]
    fields: tuple[ChartField, ...]

    @property
    def points(self) -> int:
        return sum(len(field.points) for field in self.fields)

    @property
    def zones(self) -> int:
        return sum(not len(field.points) for field in self.fields)

    @property
    def volume_ml(self) -> Decimal:
        return sum((field.volume_ml for field in self.fields), Decimal(0))


def favourite_of(
    fields: Iterable[ChartField],
    syringes: Iterable[SyringeRecord],
    atlas_id: str,
    scale: float = 1.0,
) -> FavouriteContent:
    """Return what a favourite keeps of fields of a chart, and of the syringes they came from.

    Notes and every identifier of the session are left out. What was done to points by hand stays
    marked.

    Args:
        fields: of the chart.
        syringes: of the session; those that no field came from are left out.
        atlas_id: which atlas the places are on.
        scale: how much larger the patient is than the figure.

    Raises:
        ValueError: if the syringe of a field is not among them.
    """
    chosen = sorted(fields, key=by_making)
    drawn = {each.id: each for each in syringes}
    used = {field.syringe_id for field in chosen}
    if not used <= drawn.keys():
        raise ValueError("a field came from a syringe that is not known")
    recipes = {key: _recipe(each) for key, each in drawn.items() if key in used}
    numbers = {field.id: UUID(int=number) for number, field in enumerate(chosen, start=1)}
    kept = [
        replace(
            resized(field, 1 / Decimal(str(scale)), _KEPT_MM),
            id=numbers[field.id],
            syringe_id=recipes[field.syringe_id].id,
            mirror_of=None if field.mirror_of is None else numbers.get(field.mirror_of),
            note="",
        )
        for field in chosen
    ]
    in_order = sorted(recipes.values(), key=_digit)
    return FavouriteContent(atlas_id, tuple(in_order), tuple(kept))


def mixture_of(syringe: SyringeRecord, atlas_id: str) -> FavouriteContent:
    """Return what a favourite keeps of a syringe alone; `atlas_id` is of the session."""
    return FavouriteContent(atlas_id, (_recipe(syringe),), ())


def fields_for(content: FavouriteContent, scale: float) -> tuple[ChartField, ...]:
    """Return the fields as they lie on a patient: lengths along the skin grow with the body.

    Args:
        content: of the favourite.
        scale: how much larger the patient is than the figure.

    Raises:
        SpacingError: if the points of one would be nearer or farther than a field can be laid.
    """
    factor = Decimal(str(scale))
    return fitting(resized(field, factor) for field in content.fields)


def _recipe(syringe: SyringeRecord) -> Recipe:
    return Recipe(
        syringe.digit,
        syringe.label,
        tuple(
            RecipePart(
                part.product_id, part.product_name, part.volume_ml, part.diluent, part.actives
            )
            for part in syringe.components
        ),
    )


def _digit(recipe: Recipe) -> int:
    return recipe.digit


# As it is stored


def content_to_plain(content: FavouriteContent) -> Plain:
    """Return plain values for the column: recipes by digit, fields in order of making."""
    return {
        "format": FORMAT,
        "atlas": content.atlas_id,
        "recipes": [_recipe_to_plain(each) for each in content.recipes],
        "fields": [_field_to_plain(each) for each in content.fields],
    }


def content_from_plain(stored: Mapping[str, Any]) -> FavouriteContent:
    """Read what `content_to_plain` wrote.

    Raises:
        NewerFormatError: if a later version of the program wrote it.
        ChartDataError: if it is damaged.
    """
    try:
        if int(stored["format"]) > FORMAT:
            raise NewerFormatError("a later version has kept this favourite")
        recipes = tuple(_recipe_from_plain(each) for each in stored["recipes"])
        fields = tuple(
            _field_from_plain(number, each) for number, each in enumerate(stored["fields"], start=1)
        )
        atlas_id = str(stored["atlas"])
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        if isinstance(error, ChartDataError):
            raise
        raise ChartDataError("a favourite cannot be read") from error
    if not {field.syringe_id for field in fields} <= {recipe.id for recipe in recipes}:
        raise ChartDataError("a field of a favourite has no recipe")
    if not recipes:
        raise ChartDataError("a favourite holds nothing")
    return FavouriteContent(atlas_id, recipes, fields)


def _recipe_to_plain(recipe: Recipe) -> Plain:
    return {
        "digit": recipe.digit,
        "label": recipe.label,
        "parts": [
            {
                "product_id": str(part.product_id),
                "product_name": part.product_name,
                "volume_ml": plain_text(part.volume_ml),
                "diluent": part.diluent,
                "actives": [_active_to_plain(each) for each in part.actives],
            }
            for part in recipe.parts
        ],
    }


def _recipe_from_plain(stored: Mapping[str, Any]) -> Recipe:
    return Recipe(
        int(stored["digit"]),
        str(stored["label"]),
        tuple(
            RecipePart(
                UUID(part["product_id"]),
                str(part["product_name"]),
                Decimal(part["volume_ml"]),
                bool(part["diluent"]),
                tuple(_active_from_plain(each) for each in part["actives"]),
            )
            for part in stored["parts"]
        ),
    )


def _active_to_plain(active: ActiveFields) -> Plain:
    strength = None
    if active.strength is not None:
        strength = {"value": plain_text(active.strength.value), "unit": active.strength.unit.value}
    return {"ingredient_id": active.ingredient_id, "name": active.name, "strength": strength}


def _active_from_plain(stored: Mapping[str, Any]) -> ActiveFields:
    strength = stored["strength"]
    if strength is not None:
        strength = Strength(Decimal(strength["value"]), StrengthUnit(strength["unit"]))
    return ActiveFields(str(stored["ingredient_id"]), str(stored["name"]), strength)


def _field_to_plain(field: ChartField) -> Plain:
    stored = field_to_plain(field)
    del stored["id"], stored["note"]
    stored["recipe"] = UUID(stored.pop("syringe")).int
    stored["mirror_of"] = None if field.mirror_of is None else field.mirror_of.int
    return stored


def _field_from_plain(number: int, stored: Mapping[str, Any]) -> ChartField:
    mirrored = stored["mirror_of"]
    whole = {
        **stored,
        "id": str(UUID(int=number)),
        "syringe": str(UUID(int=int(stored["recipe"]))),
        "mirror_of": None if mirrored is None else str(UUID(int=int(mirrored))),
        "note": "",
    }
    return field_from_plain(whole, points_from_plain(stored["points"]))
