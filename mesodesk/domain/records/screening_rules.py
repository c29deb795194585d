"""What a clinic makes of the screening rules: switched off, made stricter, or written itself."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from mesodesk.domain.findings import Override, Severity

OWN_RULE: Final = "own."
"""How the ids of the clinic's own rules begin; those of shipped rules hold no full stop."""

_LISTS: Final = (
    "items",
    "medicine_groups",
    "medicine_words",
    "allergy_groups",
    "allergy_words",
    "classes",
    "ingredients",
    "regions",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRuleFields:
    """A rule in the clinic's own words.

    It speaks if one of the `items` is a "yes", or a medicine or an allergy is of one of the groups
    (ids of word lists) or holds one of the words; with none of these, whenever its products or
    regions are used. `classes` and `ingredients` are ids of the catalogue, `regions` of the atlas
    or beginnings of such; none of all three concerns every session.
    """

    message: str
    action: str = ""
    source: str = ""
    severity: Severity = Severity.CAUTION
    override: Override = Override.ALLOWED
    items: tuple[str, ...] = ()
    medicine_groups: tuple[str, ...] = ()
    medicine_words: tuple[str, ...] = ()
    allergy_groups: tuple[str, ...] = ()
    allergy_words: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    ingredients: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    @property
    def asks(self) -> bool:
        """Whether it depends on what the patient says."""
        return any(getattr(self, name) for name in _LISTS[:5])

    @property
    def is_scoped(self) -> bool:
        """Whether it concerns some products or regions only."""
        return bool(self.classes or self.ingredients or self.regions)

    def to_plain(self) -> dict[str, Any]:
        """Return plain texts and lists, in the order of the fields."""
        return {
            field.name: list(value) if isinstance(value, tuple) else str(value)
            for field in fields(self)
            for value in (getattr(self, field.name),)
        }

    @classmethod
    def from_plain(cls, stored: Mapping[str, Any]) -> "OwnRuleFields":
        """Return what `to_plain` gave."""
        return cls(
            message=stored["message"],
            action=stored["action"],
            source=stored["source"],
            severity=Severity(stored["severity"]),
            override=Override(stored["override"]),
            **{name: tuple(stored[name]) for name in _LISTS},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """What the clinic said last of one rule, who said it, when and why.

    `number` counts what was said of this rule, from 1. `severity` is that of a shipped rule made
    stricter, None as shipped. `own` holds a rule of the clinic, None for a shipped one.
    """

    rule_id: str
    number: int
    active: bool
    severity: Severity | None
    own: OwnRuleFields | None
    reason: str
    made_by: str
    made_at: datetime
