"""What favourites and their recipes are called, and what they hold, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from mesodesk.domain.records.favourite import Unreadable
from mesodesk.ui.bodymap.placing import content_words
from mesodesk.ui.numbers import format_quantity

if TYPE_CHECKING:
    from mesodesk.domain.favourites import FavouriteContent, Recipe
    from mesodesk.domain.records.favourite import FavouriteRecord


def refusal(record: FavouriteRecord, atlas_id: str) -> str:
    """Return why the fields of a favourite cannot be placed on a body; "" if they can."""
    if record.unreadable is Unreadable.NEWER:
        words = _tr(
            "“{name}” was kept by a later version of Mesodesk, which this one cannot read. It "
            "stays as it is. Update Mesodesk to use it."
        )
    elif record.content is None:
        words = _tr(
            "“{name}” cannot be read any more. Nothing was placed. Let “Check the vault” run, and "
            "keep the newest backup."
        )
    elif record.content.fields and record.content.atlas_id != atlas_id:
        words = _tr(
            "“{name}” was charted on another version of the body, where its places are others: it "
            "cannot be placed here. It stays as it is, and its recipe can be used under Prepare."
        )
    else:
        return ""
    return words.format(name=record.name)


def content_line(content: FavouriteContent) -> str:
    """Return `44 points, 4.40 mL · 2 mL Caffeine 5 %, 8 mL Saline`."""
    return " · ".join((_amounts(content), *map(recipe_line, content.recipes)))


def short_line(content: FavouriteContent) -> str:
    """Return `44 points, 4.40 mL · Caffeine 5 %, Saline`."""
    products = [", ".join(part.product_name for part in recipe.parts) for recipe in content.recipes]
    return " · ".join((_amounts(content), *products))


def _amounts(content: FavouriteContent) -> str:
    if not content.fields:
        return _tr("Mixture")
    return content_words(content.points, content.zones, content.volume_ml)


def whose_words(record: FavouriteRecord) -> str:
    """Return whose favourite it is."""
    return _tr("Clinic") if record.of_clinic else _tr("Mine")


def recipe_name(recipe: Recipe) -> str:
    """Return the name of the syringe it was kept from, `Contour mix`, or `Mixture 1`."""
    return recipe.label or _tr("Mixture {digit}").format(digit=recipe.digit)


def recipe_line(recipe: Recipe) -> str:
    """Return `2 mL Caffeine 5 %, 8 mL Saline`."""
    return ", ".join(
        f"{format_quantity(part.volume_ml, 'mL')} {part.product_name}" for part in recipe.parts
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("favourites", text)
