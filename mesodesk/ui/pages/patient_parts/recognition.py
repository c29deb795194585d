"""What a medicine or an allergy that is typed was recognised as, in words; or that it was not."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from mesodesk.domain.catalogue import load_catalogue
from mesodesk.domain.rulebook import load_rules
from mesodesk.domain.substances import load_substances, recognised
from mesodesk.domain.words import load_words
from mesodesk.ui.finding_card import capital


class Recognition(NamedTuple):
    """The words, and whether somebody has to read the line because nothing knows it."""

    words: str
    unknown: bool


def recognition(text: str, language: str) -> Recognition:
    """Return what a line was recognised as; empty words for an empty line.

    Nothing here says that something is harmless: a name that no rule looks at says just that.
    """
    if not text.strip():
        return Recognition("", unknown=False)
    groups = load_words()
    found = recognised(text, load_substances(), groups)
    names = [each.name.get(language) for each in found.substances]
    catalogue = load_catalogue() if found.ingredients else None
    if catalogue is not None:
        names += [catalogue.ingredients[each].name.get(language) for each in found.ingredients]
    kinds = [name.get(language) for each in found.groups if (name := groups[each].name)]
    said = [", ".join(dict.fromkeys(names)), ", ".join(dict.fromkeys(kinds))]
    words = capital(" · ".join(each for each in said if each))
    if words and not kinds and not found.ingredients:
        words = _tr("{name}: known by name only, no rule looks at it").format(name=words)
    if not found.unknown:
        return Recognition(words, unknown=False)
    lost = load_rules().phrases["not_recognised"].get(language)
    if words:
        lost = _tr("{words}. {lost} ({parts})").format(
            words=words, lost=lost, parts=", ".join(found.unknown)
        )
    return Recognition(lost, unknown=True)


def _tr(text: str) -> str:
    return QCoreApplication.translate("recognition", text)
