"""Reads the `condition` of a rule from TOML; docs/clinical-data.md lists the keys."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from mesodesk.domain.clinical_files import Entry, need_known
from mesodesk.domain.conditions import (
    AgeBelow,
    AllergyToComponent,
    AllOf,
    AnyOf,
    AnyYes,
    BmiAtLeast,
    Condition,
    Context,
    JurisdictionIn,
    KitNotChecked,
    Planned,
    RedFlagInChecks,
    SessionsAtLeast,
    SkinTypeIn,
    ToldToday,
    TooSoon,
    Unrecognised,
    WeightUnknown,
    WordsIn,
)
from mesodesk.domain.questionnaire import ItemKind

T = TypeVar("T")

Reader = Callable[[Entry, Context], Condition]


def parse_condition(entry: Entry, context: Context) -> Condition:
    """Return the condition written in a table.

    Several keys in one table must all hold, as in `all_of`.

    Raises:
        ClinicalDataError: if a key, an item or a word list is unknown.
    """
    parts = tuple(_part(entry, key, context) for key in entry.data)
    if not parts:
        raise entry.wrong("is empty")
    return parts[0] if len(parts) == 1 else AllOf(parts)


def used_items(entry: Entry) -> frozenset[str]:
    """Return the questionnaire items that a condition looks at, at any depth."""
    return frozenset(_items_in(entry.data))


def _items_in(data: Mapping[str, Any]) -> list[str]:
    found = list(data.get("any_yes", [])) + list(data.get("all_yes", []))
    for key in ("any_of", "all_of"):
        for part in data.get(key, []):
            found += _items_in(part)
    return found


def _part(entry: Entry, key: str, context: Context) -> Condition:
    if key not in READERS:
        raise entry.wrong(f"has the unknown key `{key}`")
    return READERS[key](entry, context)


def _items(entry: Entry, key: str, context: Context) -> tuple[str, ...]:
    items = entry.strings(key)
    yes_no = {i.id for i in context.questionnaire.items if i.kind is ItemKind.YES_NO}
    need_known(entry, key, items, yes_no)
    return _filled(entry, key, items)


def _any_yes(entry: Entry, context: Context) -> Condition:
    return AnyYes(_items(entry, "any_yes", context))


def _all_yes(entry: Entry, context: Context) -> Condition:
    return AllOf(tuple(AnyYes((item,)) for item in _items(entry, "all_yes", context)))


def _words(fact: str, key: str) -> Reader:
    def reader(entry: Entry, context: Context) -> Condition:
        lists = entry.strings(key)
        need_known(entry, key, lists, context.words)
        return WordsIn(fact, _filled(entry, key, lists))

    return reader


def _age_below(entry: Entry, _context: Context) -> Condition:
    if entry.data["age_below"] == "minimum_age":
        entry.text("age_below")
        return AgeBelow(None)
    return AgeBelow(entry.whole("age_below"))


def _skin_type_in(entry: Entry, _context: Context) -> Condition:
    types = entry.wholes("skin_type_in")
    if not types or not set(types) <= set(range(1, 7)):
        raise entry.wrong("`skin_type_in` must list Fitzpatrick types from 1 to 6")
    return SkinTypeIn(types)


def _bmi_at_least(entry: Entry, _context: Context) -> Condition:
    return BmiAtLeast(entry.decimal("bmi_at_least"))


def _jurisdiction_in(entry: Entry, _context: Context) -> Condition:
    return JurisdictionIn(_filled(entry, "jurisdiction_in", entry.strings("jurisdiction_in")))


def _unrecognised(entry: Entry, _context: Context) -> Condition:
    fact = entry.text("unrecognised")
    if fact not in ("medicines", "allergies"):
        raise entry.wrong("`unrecognised` is one of medicines, allergies")
    return Unrecognised(fact)


def _told_today(entry: Entry, _context: Context) -> Condition:
    fact = entry.text("told_today")
    if fact not in TOLD_TODAY:
        raise entry.wrong(f"`told_today` is one of {', '.join(TOLD_TODAY)}")
    return ToldToday(fact)


def _too_soon(entry: Entry, _context: Context) -> Condition:
    table = entry.table("too_soon")
    product_class = table.text("class")
    months, days = table.optional_whole("months") or 0, table.optional_whole("days") or 0
    table.done()
    if not months and not days:
        raise entry.wrong("`too_soon` needs months or days")
    return TooSoon(product_class, months, days)


def _sessions_at_least(entry: Entry, _context: Context) -> Condition:
    table = entry.table("sessions_at_least")
    condition = SessionsAtLeast(table.text("class"), table.whole("count"))
    table.done()
    return condition


def _flag(key: str, condition: Condition) -> Reader:
    def reader(entry: Entry, _context: Context) -> Condition:
        if not entry.flag(key):
            raise entry.wrong(f"`{key}` can only be true")
        return condition

    return reader


def _nested(key: str, join: type[AnyOf] | type[AllOf]) -> Reader:
    def reader(entry: Entry, context: Context) -> Condition:
        parts = tuple(parse_condition(part, context) for part in entry.tables(key))
        return join(_filled(entry, key, parts))

    return reader


def _filled(entry: Entry, key: str, values: tuple[T, ...]) -> tuple[T, ...]:
    if not values:
        raise entry.wrong(f"`{key}` is empty")
    return values


TOLD_TODAY = ("anything_changed", "reaction_to_last")
"""The questions of the check that a rule may ask about."""

READERS: dict[str, Reader] = {
    "any_yes": _any_yes,
    "all_yes": _all_yes,
    "medicine_in": _words("medicines", "medicine_in"),
    "allergy_in": _words("allergies", "allergy_in"),
    "allergy_to_component": _flag("allergy_to_component", AllergyToComponent()),
    "age_below": _age_below,
    "skin_type_in": _skin_type_in,
    "bmi_at_least": _bmi_at_least,
    "weight_unknown": _flag("weight_unknown", WeightUnknown()),
    "planned": _flag("planned", Planned()),
    "told_today": _told_today,
    "red_flag_in_checks": _flag("red_flag_in_checks", RedFlagInChecks()),
    "kit_not_checked": _flag("kit_not_checked", KitNotChecked()),
    "jurisdiction_in": _jurisdiction_in,
    "too_soon": _too_soon,
    "unrecognised": _unrecognised,
    "sessions_at_least": _sessions_at_least,
    "any_of": _nested("any_of", AnyOf),
    "all_of": _nested("all_of", AllOf),
}
