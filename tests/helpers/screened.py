"""Findings by rule, where one that is told with another stands under both."""

from dataclasses import replace

from mesodesk.domain.findings import Finding
from mesodesk.domain.rulebook import load_rules
from mesodesk.domain.screening import ANY_ALLERGY


def by_rule(findings: tuple[Finding, ...]) -> dict[str, Finding]:
    """Return findings by their rules; an allergy that a rule of its own tells is found by both."""
    found = {each.rule_id: each for each in findings}
    (rule,) = (each for each in load_rules().rules if each.id == ANY_ALLERGY)
    parts = set(rule.source.split("; "))
    told = [each for each in findings if parts <= set(each.source.split("; "))]
    if ANY_ALLERGY not in found and told:
        causes = dict.fromkeys(cause for each in told for cause in each.causes)
        found[ANY_ALLERGY] = replace(told[0], causes=tuple(causes))
    return found
