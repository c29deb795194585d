"""The outcome of a screening as it is kept with the session: later rules change nothing in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mesodesk.domain.answers import Answer
from mesodesk.domain.findings import Cause, Evidence, Override, Severity
from mesodesk.domain.screening import Acknowledgement, Finding, FindingKind
from mesodesk.domain.screening_facts import ScreeningFacts

FORMAT = 2
_READ = frozenset({1, 2})  # the first held neither causes nor what the clinic says of a rule


@dataclass(frozen=True, slots=True)
class SnapshotEntry:
    """A finding and, if there was one, the reason given to go on."""

    finding: Finding
    acknowledgement: Acknowledgement | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningSnapshot:
    """What was found, what was answered, who went on and why.

    `answers` holds every answer given (a missing one was not asked); `facts` the other facts that
    the rules looked at, as texts.
    """

    taken_at: datetime
    language: str
    questionnaire_id: str
    questionnaire_version: int
    rules_version: int
    entries: tuple[SnapshotEntry, ...]
    answers: tuple[Evidence, ...]
    facts: tuple[tuple[str, str], ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain dicts, lists and texts; equal snapshots give equal results."""
        return {
            "format": FORMAT,
            "taken_at": self.taken_at.isoformat(),
            "language": self.language,
            "questionnaire": [self.questionnaire_id, self.questionnaire_version],
            "rules_version": self.rules_version,
            "entries": [_entry_out(entry) for entry in self.entries],
            "answers": [list(answer) for answer in self.answers],
            "facts": dict(self.facts),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ScreeningSnapshot":
        """Return the snapshot that `to_json` gave.

        Raises:
            ValueError: if it was written by a later version of the program.
        """
        if data["format"] not in _READ:
            raise ValueError(f"screening snapshot of the unknown format {data['format']!r}")
        questionnaire_id, questionnaire_version = data["questionnaire"]
        return cls(
            taken_at=datetime.fromisoformat(data["taken_at"]),
            language=data["language"],
            questionnaire_id=questionnaire_id,
            questionnaire_version=questionnaire_version,
            rules_version=data["rules_version"],
            entries=tuple(_entry_in(entry) for entry in data["entries"]),
            answers=tuple(_evidence_in(answer) for answer in data["answers"]),
            facts=tuple(data["facts"].items()),
        )


def take_snapshot(
    findings: Iterable[Finding],
    acknowledgements: Iterable[Acknowledgement],
    facts: ScreeningFacts,
    *,
    at: datetime,
    language: str,
    questionnaire: tuple[str, int],
    rules_version: int,
) -> ScreeningSnapshot:
    """Join findings with the acknowledgements that cover them, and keep what was answered."""
    given = tuple(acknowledgements)
    entries = (
        SnapshotEntry(finding, next((ack for ack in given if ack.covers(finding)), None))
        for finding in findings
    )
    answers = (
        Evidence(item, answer, facts.details.get(item, ""))
        for item, answer in sorted(facts.answers.items())
        if answer is not Answer.NOT_ASKED
    )
    return ScreeningSnapshot(
        taken_at=at,
        language=language,
        questionnaire_id=questionnaire[0],
        questionnaire_version=questionnaire[1],
        rules_version=rules_version,
        entries=tuple(entries),
        answers=tuple(answers),
        facts=_facts_out(facts),
    )


def _facts_out(facts: ScreeningFacts) -> tuple[tuple[str, str], ...]:
    single = {
        name: getattr(facts, name)
        for name in (
            "on",
            "age_years",
            "body_sex",
            "height_cm",
            "weight_kg",
            "skin_type",
            "jurisdiction",
            "minimum_age",
            "emergency_kit_checked",
        )
    }
    several = {
        "medicines": facts.medicines,
        "allergies": facts.allergies,
        "product_classes": sorted(facts.product_classes),
        "ingredients": sorted(facts.ingredients),
        "traits": sorted(facts.traits),
        "regions": sorted(facts.regions),
        "last_sessions": [f"{k} {v}" for k, v in sorted(facts.last_sessions.items())],
        "session_counts": [f"{k} {v}" for k, v in sorted(facts.session_counts.items())],
    }
    written = {key: str(value) for key, value in single.items() if value is not None}
    written |= {key: "; ".join(values) for key, values in several.items() if values}
    return tuple(sorted(written.items()))


def _entry_out(entry: SnapshotEntry) -> dict[str, Any]:
    finding, ack = entry.finding, entry.acknowledgement
    return {
        "rule_id": finding.rule_id,
        "rule_version": finding.rule_version,
        "severity": finding.severity.value,
        "rule_severity": finding.rule_severity.value,
        "kind": finding.kind.value,
        "message": finding.message,
        "action": finding.action,
        "source": finding.source,
        "override": finding.override.value,
        "scope": finding.scope,
        "chip": finding.chip,
        "evidence": [[e.item_id, e.answer.value, e.detail] for e in finding.evidence],
        "causes": [list(cause) for cause in finding.causes],
        "clinic_says": finding.clinic_says,
        "acknowledgement": _ack_out(ack) if ack else None,
    }


def _ack_out(ack: Acknowledgement) -> dict[str, Any]:
    return {
        "rule_id": ack.rule_id,
        "rule_version": ack.rule_version,
        "reason": ack.reason,
        "by": ack.by,
        "at": ack.at.isoformat(),
        "overridden": ack.overridden,
        "kind": ack.kind.value,
        "fingerprint": ack.fingerprint,
    }


def _entry_in(data: Mapping[str, Any]) -> SnapshotEntry:
    finding = Finding(
        rule_id=data["rule_id"],
        rule_version=data["rule_version"],
        severity=Severity(data["severity"]),
        rule_severity=Severity(data["rule_severity"]),
        kind=FindingKind(data["kind"]),
        message=data["message"],
        action=data["action"],
        source=data["source"],
        override=Override(data["override"]),
        scope=data["scope"],
        chip=data["chip"],
        evidence=tuple(_evidence_in(piece) for piece in data["evidence"]),
        causes=tuple(Cause(*cause) for cause in data.get("causes", ())),
        clinic_says=data.get("clinic_says", ""),
    )
    ack = data["acknowledgement"]
    return SnapshotEntry(finding, _ack_in(ack) if ack else None)


def _ack_in(data: Mapping[str, Any]) -> Acknowledgement:
    return Acknowledgement(
        rule_id=data["rule_id"],
        rule_version=data["rule_version"],
        reason=data["reason"],
        by=data["by"],
        at=datetime.fromisoformat(data["at"]),
        overridden=data["overridden"],
        kind=FindingKind(data["kind"]),
        fingerprint=data["fingerprint"],
    )


def _evidence_in(data: Iterable[str]) -> Evidence:
    item_id, answer, detail = data
    return Evidence(item_id, Answer(answer), detail)
