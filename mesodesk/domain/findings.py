"""What screening finds, and the reasons that somebody gave to go on in spite of it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from mesodesk.domain.answers import Answer


class Severity(StrEnum):
    """What a finding demands: a stop, an acknowledgement with a reason, or to be read."""

    STOP = "stop"
    CAUTION = "caution"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return tuple(Severity).index(self)


class Override(StrEnum):
    """Who may go on in spite of a rule, with a typed reason."""

    ALLOWED = "allowed"
    PRESCRIBER = "prescriber"
    NEVER = "never"


class Evidence(NamedTuple):
    """One thing that a finding rests on.

    `item_id` is a questionnaire item, or one of the facts named in rules.toml (`birth_date`,
    `weight`, `medicines` ...). `detail` is what was written down: a medicine, an age, a date.
    """

    item_id: str
    answer: Answer
    detail: str = ""


class Cause(NamedTuple):
    """What in a session brings a rule in: a product in a syringe, or a region on the chart.

    `digit` is that of the syringe, 0 for a region; `region` an id of the atlas, empty for a
    product.
    """

    digit: int = 0
    product: str = ""
    lot: str = ""
    region: str = ""


class FindingKind(StrEnum):
    """Why a rule speaks."""

    TRIGGERED = "triggered"
    UNANSWERED = "unanswered"
    IF_USED = "if_used"

    @property
    def rank(self) -> int:
        return tuple(FindingKind).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one rule says, in the language asked for.

    `severity` is what is demanded now; `rule_severity` what the rule is able to demand. `scope` is
    "all" or the name of the products or regions concerned; `causes` are those of the session.
    `clinic_says` tells who changed the rule in this clinic, when and why; empty if nobody did.
    """

    rule_id: str
    rule_version: int
    severity: Severity
    kind: FindingKind
    message: str
    action: str
    source: str
    override: Override
    scope: str
    evidence: tuple[Evidence, ...]
    rule_severity: Severity
    chip: str | None = None
    causes: tuple[Cause, ...] = ()
    clinic_says: str = ""

    @property
    def fingerprint(self) -> str:
        """What an acknowledgement covers: rule, kind, evidence, and which products and regions.

        Another product or region asks again; another lot or syringe of the same product does not.
        """
        parts = [self.rule_id, str(self.rule_version), self.kind, self.severity]
        parts += sorted("\x1f".join(piece) for piece in self.evidence)
        parts += sorted({cause.product or cause.region for cause in self.causes})
        return hashlib.sha256("\x1e".join(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Somebody's typed reason to go on in spite of a finding; `overridden` if it was a STOP.

    It covers a finding of the same rule, version and kind; with a fingerprint, only one that rests
    on the same evidence (a second anticoagulant asks again).
    """

    rule_id: str
    rule_version: int
    reason: str
    by: str
    at: datetime
    overridden: bool
    kind: FindingKind = FindingKind.TRIGGERED
    fingerprint: str = ""

    def covers(self, finding: Finding) -> bool:
        """Whether nothing more is needed for a finding."""
        if finding.severity is Severity.STOP and not self.overridden:
            return False
        if finding.severity is Severity.STOP and finding.override is Override.NEVER:
            return False
        if self.fingerprint and self.fingerprint != finding.fingerprint:
            return False
        same = (self.rule_id, self.rule_version, self.kind)
        found = (finding.rule_id, finding.rule_version, finding.kind)
        return same == found and bool(self.reason.strip())
