"""An intake older than the clinic's own validity: told at Check, and takes a reason or a review."""

from datetime import date
from typing import Final
from uuid import UUID

from mesodesk.db.models.clinic import ClinicRow
from mesodesk.domain.answers import Answer
from mesodesk.domain.clock import local_date
from mesodesk.domain.conditions import add_months
from mesodesk.domain.findings import Evidence, Override, Severity
from mesodesk.domain.records.intake import IntakeState
from mesodesk.domain.screening import Finding, FindingKind
from mesodesk.domain.texts import LocalText, day_text
from mesodesk.services.intake_rows import newest_intake
from mesodesk.services.store import Transaction

RULE_ID: Final = "intake_expired"
RULE_VERSION: Final = 1

_MESSAGE: Final = LocalText.of(
    {
        "en": "The intake of {day} is older than {months} months.",
        "fr": "Le questionnaire du {day} date de plus de {months} mois.",
        "it": "L'anamnesi del {day} risale a più di {months} mesi fa.",
        "es": "El cuestionario del {day} tiene más de {months} meses.",
    }
)
_ACTION: Final = LocalText.of(
    {
        "en": "Go through it again with the patient, or write why not today.",
        "fr": "Reprenez-le avec le patient, ou écrivez pourquoi pas aujourd'hui.",
        "it": "La riveda con il paziente, o scriva perché non oggi.",
        "es": "Repáselo con el paciente, o escriba por qué hoy no.",
    }
)
_SOURCE: Final = LocalText.of(
    {
        "en": "Validity of intakes, as the clinic set it",
        "fr": "Validité des questionnaires, fixée par la clinique",
        "it": "Validità delle anamnesi, stabilita dalla clinica",
        "es": "Validez de los cuestionarios, fijada por la clínica",
    }
)


def intake_expired(
    tx: Transaction, patient_id: UUID, on: date, clinic: ClinicRow
) -> tuple[Finding, ...]:
    """Return the finding if the last completed intake is out of date, else none.

    An open review does not end it: only a completed one was gone through to its end.

    Args:
        tx: that reads.
        patient_id: whose intake.
        on: the day of the session.
        clinic: with its validity; without one no intake ever expires.
    """
    if clinic.intake_months is None:
        return ()
    intake = newest_intake(tx, patient_id, IntakeState.COMPLETED)
    if intake is None or intake.completed_at is None:
        return ()
    completed = local_date(intake.completed_at, clinic.zone)
    if on < add_months(completed, clinic.intake_months):
        return ()
    language = clinic.language
    return (
        Finding(
            rule_id=RULE_ID,
            rule_version=RULE_VERSION,
            severity=Severity.CAUTION,
            kind=FindingKind.TRIGGERED,
            message=_MESSAGE.get(language).format(
                day=day_text(completed, language), months=clinic.intake_months
            ),
            action=_ACTION.get(language),
            source=_SOURCE.get(language),
            override=Override.ALLOWED,
            scope="all",
            evidence=(Evidence("intake", Answer.YES, completed.isoformat()),),
            rule_severity=Severity.CAUTION,
        ),
    )
