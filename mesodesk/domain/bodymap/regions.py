"""The named regions of the skin: their keys and names, without the body itself."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from mesodesk.assets import resources
from mesodesk.domain.texts import match_rank

UNREADABLE: Final = (
    "The body map cannot be opened: its files are missing or damaged. "
    "No record is affected. Reinstall the program to restore them."
)


_AND: Final = {"en": "and", "fr": "et", "it": "e", "es": "y"}


class AtlasError(Exception):
    """The atlas cannot be used; the argument is a sentence for the user."""


class Side(StrEnum):
    """The patient's own side."""

    LEFT = "left"
    RIGHT = "right"
    MIDLINE = "midline"


_SIDE_TAILS: Final = (", côté", ", lato", ", lado")
"""What is left of a name that says its side at the end, as in `Ligne mandibulaire, côté gauche`."""


@dataclass(frozen=True, slots=True)
class Region:
    """A named part of the skin."""

    index: int
    code: str
    side: Side
    group: str
    names: Mapping[str, str]  # by language, side included

    @property
    def key(self) -> str:
        """The stable key that records store, for example `thigh_outer_upper.left`."""
        return f"{self.code}.{self.side}"

    def name(self, language: str = "en") -> str:
        """Return the name with its side, in English if there is none in the language."""
        return self.names.get(language, self.names["en"])


@cache
def load_regions() -> Mapping[str, Region]:
    """Return the regions of both bodies by their keys. The bodies themselves are not read.

    Raises:
        AtlasError: if the file is missing or damaged.
    """
    try:
        text = tomllib.loads((resources() / "bodymap" / "regions.toml").read_text("utf-8"))
        return MappingProxyType({region.key: region for region in regions_of(text)})
    except (OSError, ValueError, KeyError) as error:
        raise AtlasError(UNREADABLE) from error


def named(keys: Sequence[str], language: str) -> tuple[str, ...]:
    """Return what regions are called; one that the atlas no longer knows keeps its key."""
    known = load_regions() if keys else {}
    return tuple(known[key].name(language) if key in known else key for key in keys)


def name_of_code(code: str, language: str) -> str:
    """Return what a region is called without its side; an unknown code keeps itself."""
    names = _names_without_side().get(code, {"en": code})
    return names.get(language, names["en"])


@cache
def _names_without_side() -> Mapping[str, Mapping[str, str]]:
    try:
        text = tomllib.loads((resources() / "bodymap" / "regions.toml").read_text("utf-8"))
        return MappingProxyType(
            {
                code: {
                    language: _without_side(entry, language, text["sides"][language])
                    for language in text["sides"]
                }
                for code, entry in text["regions"].items()
            }
        )
    except (OSError, ValueError, KeyError) as error:
        raise AtlasError(UNREADABLE) from error


def _without_side(entry: dict[str, Any], language: str, words: dict[str, list[str]]) -> str:
    name = " ".join(entry[language].format_map(dict.fromkeys(words, "")).split())
    name = name.replace(" ,", ",")
    if "side" not in entry["en"]:
        for tail in _SIDE_TAILS:
            name = name.removesuffix(tail)
    return _begun_large(name)


def named_together(keys: Sequence[str], language: str) -> tuple[str, ...]:
    """Return what regions are called as `named` does, but a left and its right one as one name.

    Such a name stands where the first of the two does, for example "Left and right saddlebag".
    """
    known = load_regions() if keys else {}
    both = _both_sides(language) if keys else {}
    found: dict[str, None] = {}
    for key in keys:
        code = key.partition(".")[0]
        paired = code in both and {f"{code}.{Side.LEFT}", f"{code}.{Side.RIGHT}"} <= set(keys)
        name = known[key].name(language) if key in known else key
        found[both[code] if paired else name] = None
    return tuple(found)


@cache
def _both_sides(language: str) -> Mapping[str, str]:
    """Return what the two sides of a region are called together, by its code."""
    text = tomllib.loads((resources() / "bodymap" / "regions.toml").read_text("utf-8"))
    language = language if language in _AND else "en"
    words = {
        form: f"{left} {_AND[language]} {right}"
        for form, (left, right) in text["sides"][language].items()
    }
    return {
        code: _begun_large(entry[language].format_map(words))
        for code, entry in text["regions"].items()
        if entry["sided"]
    }


def find_regions(typed: str, language: str) -> tuple[Region, ...]:
    """Return the regions whose names answer what was typed, best first.

    Names in the language count most, English ones and codes too; case and accents do not.
    """
    ranked = []
    for region in load_regions().values():
        name = region.name(language)
        rank = match_rank(typed, name, f"{region.name()} {region.code.replace('_', ' ')}")
        if rank is not None:
            ranked.append((rank, len(name), region.index, region))
    return tuple(region for *_, region in sorted(ranked, key=lambda one: one[:3]))


def regions_of(text: dict[str, Any]) -> tuple[Region, ...]:
    """Return the regions that regions.toml lists, each side by itself, left before right."""
    regions: list[Region] = []
    for code, entry in text["regions"].items():
        for side in (Side.LEFT, Side.RIGHT) if entry["sided"] else (Side.MIDLINE,):
            names = {
                language: _worded(entry[language], text["sides"][language], side)
                for language in text["sides"]
            }
            regions.append(
                Region(len(regions), code, side, entry["group"], MappingProxyType(names))
            )
    return tuple(regions)


def _worded(template: str, words: dict[str, list[str]], side: Side) -> str:
    """Put the side into a name, in the gender and number that the name asks for."""
    if side is Side.MIDLINE:
        return template
    which = 0 if side is Side.LEFT else 1
    name = template.format_map({form: pair[which] for form, pair in words.items()})
    return _begun_large(name)


def _begun_large(name: str) -> str:
    return name[0].upper() + name[1:]
