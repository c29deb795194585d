"""The words of a text written from a chart, in the four languages, and how each writes numbers."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Final

from mesodesk.domain.catalogue import load_catalogue
from mesodesk.domain.clinical_files import folder, read
from mesodesk.domain.dosing import to_decimal
from mesodesk.domain.texts import LANGUAGES, LocalText, fold
from mesodesk.domain.units import plain
from mesodesk.domain.vocabulary import load_vocabulary

_UNITS: Final = {"[iU]": "unit_iu", "[USP'U]": "unit_usp"}
# What a syringe can be read to is coarser by far; an amount that ends later is told as rounded.
_EXACT_PLACES: Final = 3
_ELIDING: Final = "aeiouh"


@cache
def load_chart_words(path: Path | None = None) -> Mapping[str, LocalText]:
    """Return the words of `chart_text.toml` by key, each in the four languages.

    Raises:
        ClinicalDataError: if one is missing in any of the languages.
    """
    file = read(path or folder() / "chart_text.toml")
    words = file.table("words")
    found = {key: words.local(key) for key in words.data}
    for key, text in found.items():
        if set(text.languages) != set(LANGUAGES):
            raise words.wrong(f"`{key}` is not there in all of {', '.join(LANGUAGES)}")
    file.done()
    return found


class ChartWords:
    """Words and numbers in one language."""

    def __init__(self, language: str) -> None:
        """Take a language such as `fr` or `fr_CA`; one that is not known is written in English."""
        self.language = language.replace("-", "_").partition("_")[0].lower()
        if self.language not in LANGUAGES:
            self.language = "en"
        self._texts = load_chart_words()

    def say(self, key: str, **values: object) -> str:
        """Return a text with its values filled in."""
        return self._texts[key].get(self.language).format(**values)

    def number(self, value: Decimal | int) -> str:
        """Return a number exactly, with the decimal sign of the language."""
        text = plain(value)
        return text if self.language == "en" else text.replace(".", ",")

    def volume(self, volume_ml: Decimal) -> str:
        """Return millilitres exactly, with one decimal at least: `3.0 mL`."""
        text = self.number(volume_ml)
        if not any(sign in text for sign in ".,"):
            text += ".0" if self.language == "en" else ",0"
        return f"{text} mL"

    def counted(self, what: str, count: int) -> str:
        """Return `1 point`, `60 points`: `what` is `points` or `punctures`."""
        one = count <= 1 if self.language == "fr" else count == 1
        return self.say(f"{what}_{'one' if one else 'other'}", count=count)

    def span(self, low: Decimal, high: Decimal) -> str:
        """Return `4`, or `3 to 5`."""
        if low == high:
            return self.number(low)
        return self.say("range", low=self.number(low), high=self.number(high))

    def technique(self, technique_id: str) -> str:
        """Return a technique within a sentence; one that is not known as it was recorded."""
        try:
            name = load_vocabulary().technique(technique_id).name.get(self.language)
        except KeyError:
            return technique_id
        return uncapitalised(name)

    def active(self, ingredient_id: str, recorded: str) -> tuple[str, bool]:
        """Return what an active is called, and whether that is the catalogue's name.

        The record's own name stands unless it is one of the catalogue's for the same ingredient:
        what a clinic called it is never exchanged for something else.
        """
        known = load_catalogue().ingredients.get(ingredient_id)
        if known is None:
            return recorded, False
        names = {fold(known.name.get(language)) for language in known.name.languages}
        if fold(recorded) not in names:
            return recorded, False
        return known.name.get(self.language), True

    def active_inline(self, ingredient_id: str, recorded: str) -> str:
        """Return what an active is called within a sentence."""
        name, ours = self.active(ingredient_id, recorded)
        return uncapitalised(name) if ours else name

    def measured(self, value: Fraction, unit: str, name: str = "") -> str:
        """Return `60 mg caffeine`, or `60 mg` without a name.

        It is exact if three decimals hold it, else rounded and marked so.
        """
        figure = to_decimal(value, _EXACT_PLACES)
        if Fraction(figure) != value:
            places = max(2, _EXACT_PLACES - to_decimal(value, 12).adjusted())
            figure = to_decimal(value, places)
        shown = self.say(_UNITS[unit]) if unit in _UNITS else unit
        text = f"{self.number(figure)} {shown}"
        if name:
            key = "amount_elided" if fold(name)[0] in _ELIDING else "amount"
            text = self.say(key, figure=self.number(figure), unit=shown, name=name)
        return text if Fraction(figure) == value else self.say("rounded", amount=text)


def uncapitalised(name: str) -> str:
    """Return a name as within a sentence: `caffeine`, but `L-carnitine` and `EDTA` as they are."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def capitalised(text: str) -> str:
    """Return a text as at the beginning of a sentence."""
    return text[:1].upper() + text[1:]
