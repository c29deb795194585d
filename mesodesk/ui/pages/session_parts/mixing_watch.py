"""What the rules of mixtures say of a syringe while it is chosen, before it is drawn up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mesodesk.domain.findings import Severity
from mesodesk.domain.mixing import Mixed, MixedPart, evaluate, load_mixing, rules_in_force
from mesodesk.ui.tokens import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mesodesk.domain.mixing import MixingRule
    from mesodesk.domain.records.clinic import ClinicFields
    from mesodesk.domain.records.stock import ProductFields


@dataclass(frozen=True, slots=True)
class Said:
    """What stands against one choice, in a sentence with what to do."""

    kind: Kind
    words: str


@dataclass(frozen=True, slots=True)
class MixingWatch:
    """The rules in force at this clinic, and the language they speak."""

    rules: tuple[MixingRule, ...] = ()
    jurisdiction: str = ""
    language: str = "en"

    @classmethod
    def of(cls, clinic: ClinicFields, language: str) -> MixingWatch:
        """Return the rules as the clinic has them."""
        rules = rules_in_force(load_mixing(), clinic.limits)
        return cls(rules, clinic.jurisdiction, language)

    def said(self, chosen: Sequence[ProductFields]) -> Mapping[int, Said]:
        """Return what stands against choices, by their place in the order of choosing.

        A rule speaks at the choice with which it was first broken: that one is easiest undone.
        """
        found: dict[int, list[tuple[Severity, str]]] = {}
        parts = tuple(map(_part, chosen))
        told: set[str] = set()
        for count in range(2, len(parts) + 1):
            for each in evaluate(self.rules, (Mixed(0, parts[:count]),), self.jurisdiction):
                if each.rule.id not in told:
                    words = self._words_of_all(each.rule, parts)
                    found.setdefault(count - 1, []).append((each.rule.severity, words))
                    told.add(each.rule.id)
        return {at: self._joined(findings) for at, findings in found.items()}

    def _words_of_all(self, rule: MixingRule, parts: tuple[MixedPart, ...]) -> str:
        """Return the sentence with the figures of the whole syringe."""
        (found,) = evaluate((rule,), (Mixed(0, parts),), self.jurisdiction)
        return found.words(self.language)

    def _joined(self, findings: Sequence[tuple[Severity, str]]) -> Said:
        stops = any(severity is Severity.STOP for severity, _ in findings)
        action = load_mixing().phrases["action"].get(self.language)
        words = " ".join([*(words for _, words in findings), action])
        return Said(Kind.STOP if stops else Kind.CAUTION, words)


def _part(product: ProductFields) -> MixedPart:
    return MixedPart(
        product.name,
        product.product_class,
        product.diluent,
        product.actives,
        product.mixing_forbidden is True,
    )
