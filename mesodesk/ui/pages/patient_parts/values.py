"""What text, number, date and choice items were given, as people read it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from mesodesk.domain.questionnaire import ItemKind
from mesodesk.ui.numbers import format_date, format_decimal, format_quantity

if TYPE_CHECKING:
    from mesodesk.domain.questionnaire import Item


def value_words(item: Item, value: str, language: str) -> str:
    """Return a stored value in words; a choice that the item no longer has keeps its id."""
    if item.kind is ItemKind.DATE:
        return format_date(date.fromisoformat(value))
    if item.kind is ItemKind.NUMBER:
        number = Decimal(value)
        return format_quantity(number, item.unit) if item.unit else format_decimal(number)
    if item.kind is ItemKind.CHOICE:
        names = {choice.id: choice.text.get(language) for choice in item.choices}
        return names.get(value, value)
    return value
