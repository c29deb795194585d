"""Places a favourite: its recipes are matched with today's syringes, or prepared first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, Signal, Slot

from mesodesk.domain.bodymap.edits import EditLabel
from mesodesk.domain.favourites import fields_for
from mesodesk.ui.bodymap.copy_card import CardWords
from mesodesk.ui.bodymap.favourite_words import recipe_line, recipe_name
from mesodesk.ui.bodymap.placing import Placing, PlacingWords, Source, spacing_words
from mesodesk.ui.bodymap.syringes import ChartSyringe, PartLine

if TYPE_CHECKING:
    from uuid import UUID

    from mesodesk.domain.favourites import FavouriteContent, Recipe
    from mesodesk.domain.records.favourite import FavouriteRecord
    from mesodesk.ui.bodymap.chart_view import ChartView

MOST_SYRINGES: Final = 9


class FavouritePlacing(Placing):
    """Asks which of today's syringes stand for the recipes, then places the fields as one edit."""

    label = EditLabel.FAVOURITE

    #: Recipe
    prepare_asked = Signal(object)

    def __init__(self, view: ChartView) -> None:
        super().__init__(view, _words())
        #: what is being placed, or was last.
        self.record: FavouriteRecord | None = None
        self._recipes: dict[UUID, Recipe] = {}
        self.card.prepare_asked.connect(self._prepare)

    def start(self, record: FavouriteRecord, content: FavouriteContent) -> None:
        """Ask for the syringes of a favourite.

        Raises:
            SpacingError: if this body cannot hold its fields; nothing is asked then.
        """
        fields = fields_for(content, self._model.field_model.laying.scale)
        self.record = record
        self._recipes = {recipe.id: recipe for recipe in content.recipes}
        self.open(
            Source(
                _tr("Place “{name}”").format(name=record.name),
                fields,
                {recipe.id: _as_syringe(recipe) for recipe in content.recipes},
                tuple(filter(None, (spacing_words(fields),))),
            )
        )

    def name_of(self, syringe: ChartSyringe) -> str:
        return syringe.label

    def contents_of(self, syringe: ChartSyringe) -> str:
        return recipe_line(self._recipes[syringe.id])

    def prepare_words(self) -> str:
        return _tr("Prepare it") if len(self._model.syringes) < MOST_SYRINGES else ""

    def unsaid_words(self) -> str:
        return _tr(
            "No syringe of today is chosen for a mixture yet: prepare it, choose one, or leave it "
            "out."
        )

    @Slot(object)
    def _prepare(self, recipe_id: UUID) -> None:
        self.prepare_asked.emit(self._recipes[recipe_id])


def _as_syringe(recipe: Recipe) -> ChartSyringe:
    return ChartSyringe(
        recipe.id,
        recipe.digit,
        recipe_name(recipe),
        recipe.mixture(),
        tuple(PartLine(part.product_name) for part in recipe.parts),
    )


def _words() -> PlacingWords:
    return PlacingWords(
        CardWords(
            prefix="favourite_place",
            name=_tr("Place a favourite"),
            explanation=_tr(
                "Places, volumes, depths and techniques are those of the favourite; what is "
                "injected comes from today's syringes and their lots."
            ),
            go=_tr("Place"),
            go_anyway=_tr("Place all the same"),
            key="w",
        ),
        there=_tr("{things} charted already: they stay, and those of the favourite are added."),
        nothing=_tr("All is left out: nothing would be placed."),
        other_actives=_tr("Other actives than in the favourite."),
        other_strengths=_tr("Other or unknown strengths: the mL are placed, not the mg."),
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("favourites", text)
