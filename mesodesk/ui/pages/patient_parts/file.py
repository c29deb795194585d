"""Everything that the patient page shows, read in one go, and what screening makes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from mesodesk.domain.bodymap.regions import load_regions
from mesodesk.domain.catalogue import load_catalogue
from mesodesk.domain.questionnaire import load_questionnaire
from mesodesk.domain.records.intake import IntakeState
from mesodesk.domain.records.plan import PlanState
from mesodesk.domain.records.session import COUNTED, SessionState
from mesodesk.domain.schedule import load_schedule
from mesodesk.domain.screening import Chip, Finding, RuleBook, chips, evaluate

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal
    from uuid import UUID

    from mesodesk.domain.consent_rules import ConsentOverview
    from mesodesk.domain.records.followup import FollowUpRecord
    from mesodesk.domain.records.intake import IntakeFields, IntakeRecord
    from mesodesk.domain.records.patient import PatientRecord
    from mesodesk.domain.records.plan import PlanRecord
    from mesodesk.domain.records.recall import PatientRecall
    from mesodesk.domain.records.session import SessionSummary
    from mesodesk.domain.records.timeline import TimelinePage
    from mesodesk.domain.screening_facts import ScreeningFacts
    from mesodesk.services.desk import Desk


MISSED: Final = 3
"""So many missed checks are shown with the record; all of them behind their tab."""


@dataclass(frozen=True, slots=True)
class PatientFile:
    """One patient as on record: intakes and sessions the newest first.

    Of the checks only those to be worked or to come, and the last missed, by date: a patient of
    years has over a thousand. Of what happened, the latest. `rules` are those of screening as they
    stand in the clinic.
    """

    patient: PatientRecord
    intakes: tuple[IntakeRecord, ...]
    facts: ScreeningFacts
    sessions: tuple[SessionSummary, ...]
    follow_ups: tuple[FollowUpRecord, ...]
    rules: RuleBook
    weighed: tuple[Decimal, datetime] | None = None
    plans: tuple[PlanRecord, ...] = ()
    consent: ConsentOverview | None = None
    timeline: TimelinePage | None = None
    recalls: tuple[PatientRecall, ...] = ()

    @property
    def intake(self) -> IntakeRecord | None:
        """The open intake if there is one, else the last completed."""
        return self.intakes[0] if self.intakes else None

    @property
    def completed(self) -> IntakeRecord | None:
        """The last completed intake."""
        done = (each for each in self.intakes if each.state is IntakeState.COMPLETED)
        return next(done, None)

    @property
    def open_session(self) -> SessionSummary | None:
        """The session in draft."""
        return next((each for each in self.sessions if each.state is SessionState.DRAFT), None)

    @property
    def signed_sessions(self) -> tuple[SessionSummary, ...]:
        """What took place, each in the version that stands, the latest first."""
        return tuple(each for each in self.sessions if each.state in COUNTED)

    @property
    def standing_sessions(self) -> tuple[SessionSummary, ...]:
        """All but earlier versions, and what was entered in error."""
        return tuple(each for each in self.sessions if not each.is_struck)

    @property
    def active_plans(self) -> tuple[PlanRecord, ...]:
        """The plans that take sessions, that of the open session first, then the newest first."""
        active = [each for each in self.plans if each.state is PlanState.ACTIVE]
        return tuple(sorted(active, key=lambda each: each.open_session is None))

    @property
    def plan_to_follow(self) -> UUID | None:
        """The plan that the next session belongs to, if there is no doubt which."""
        active = self.active_plans
        return active[0].id if len(active) == 1 and self.open_session is None else None

    @property
    def archived(self) -> bool:
        return self.patient.archived_at is not None

    def last_weight(self, besides: UUID | None = None) -> tuple[Decimal | None, datetime | None]:
        """Return the weight in kg that was taken last, wherever it was told, and when.

        Args:
            besides: an intake that does not count: the one that asks.
        """
        taken = [
            (told_at(each), each.fields.weight_kg)
            for each in self.intakes
            if each.fields.weight_kg is not None and each.id != besides
        ]
        taken += [
            (each.started_at, each.weight_kg)
            for each in self.sessions
            if each.weight_kg is not None and not each.is_struck
        ]
        if self.weighed is not None:
            taken.append((self.weighed[1], self.weighed[0]))
        at, weight_kg = max(taken, default=(None, None))
        return weight_kg, at


def told_at(intake: IntakeRecord) -> datetime:
    """Return when an intake was taken: begun, as long as it is open."""
    return intake.completed_at or intake.started_at


def read_file(desk: Desk, patient_id: UUID) -> PatientFile:
    """Read a patient for the page; that somebody looked is kept. Database thread only.

    Raises:
        NotFoundError: if there is no such patient.
    """
    return _read(desk, desk.patients.get(patient_id))


def read_again(desk: Desk, patient: PatientRecord) -> PatientFile:
    """Read anew what hangs on a patient whose own record is known. Database thread only."""
    return _read(desk, patient)


def _read(desk: Desk, patient: PatientRecord) -> PatientFile:
    # Read here once, so that the window does not wait for these files when it shows the patient.
    load_regions()
    load_questionnaire()
    load_schedule()
    load_catalogue()
    return PatientFile(
        patient=patient,
        intakes=desk.intakes.history(patient.id),
        facts=desk.intakes.facts(patient.id),
        sessions=desk.sessions.for_patient(patient.id),
        follow_ups=desk.follow_ups.outstanding(patient.id, missed=MISSED),
        weighed=desk.measurements.last_weight(patient.id),
        plans=desk.plans.for_patient(patient.id),
        consent=desk.consents.overview(patient.id),
        timeline=desk.timeline.page(patient.id),
        recalls=desk.recalls.of_patient(patient.id),
        rules=desk.rules.book(),
    )


def facts_with(facts: ScreeningFacts, typed: IntakeFields) -> ScreeningFacts:
    """Return what screening looks at, with what stands on the screen in place of the intake."""
    details = {item_id: one.detail or one.value for item_id, one in typed.answers.items()}
    return replace(
        facts,
        answers={item_id: one.effective for item_id, one in typed.answers.items()},
        details={item_id: detail for item_id, detail in details.items() if detail},
        height_cm=typed.height_cm,
        weight_kg=typed.weight_kg,
        skin_type=typed.skin_type,
        medicines=tuple(each.name for each in typed.medicines),
        allergies=tuple(each.substance for each in typed.allergies),
        allergies_asked=typed.allergies_asked,
    )


def screened(rules: RuleBook, facts: ScreeningFacts, language: str) -> tuple[Finding, ...]:
    """Return what the clinic's screening says before any product is chosen."""
    return evaluate(rules, facts.before_products(), language)


def header_chips(
    findings: tuple[Finding, ...], facts: ScreeningFacts, language: str
) -> tuple[Chip, ...]:
    """Return the chips of the header."""
    return chips(findings, facts.allergies, language)
