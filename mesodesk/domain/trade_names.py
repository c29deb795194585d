"""Names of ingredients besides their own: under which they are sold, or in further languages."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from mesodesk.domain.clinical_files import Entry, Source, need_known, read
from mesodesk.domain.words import WordList, pattern_of


def read_trade_names(
    path: Path, sources: Mapping[str, Source], ingredients: Mapping[str, object]
) -> Mapping[str, WordList]:
    """Return the further names of ingredients by id.

    Raises:
        ClinicalDataError: if the file is wrong; a name without a source is.
    """
    file = read(path)
    patterns: dict[str, tuple[tuple[str, ...], ...]] = {}
    for entry in file.tables("trade_name"):
        ingredient, words = _names(entry, sources, ingredients)
        patterns[ingredient] = patterns.get(ingredient, ()) + words
    file.done()
    return MappingProxyType({key: WordList(key, words) for key, words in patterns.items()})


def _names(
    entry: Entry, sources: Mapping[str, Source], ingredients: Mapping[str, object]
) -> tuple[str, tuple[tuple[str, ...], ...]]:
    ingredient, names = entry.text("ingredient"), entry.strings("names")
    need_known(entry, "ingredient", (ingredient,), ingredients)
    entry.sources(sources)
    entry.done()
    if not names:
        raise entry.wrong("has no names")
    return ingredient, tuple(pattern_of(entry, name) for name in names)
