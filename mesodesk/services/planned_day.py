"""A session before the day that the last one planned for it: told at Check, and takes a reason."""

from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from mesodesk.db.models.session import SessionRow
from mesodesk.domain.answers import Answer
from mesodesk.domain.findings import Evidence, Override, Severity
from mesodesk.domain.records.session import COUNTED
from mesodesk.domain.screening import Finding, FindingKind
from mesodesk.domain.texts import LocalText, day_text

RULE_ID: Final = "before_planned_day"
RULE_VERSION: Final = 1

_MESSAGE: Final = LocalText.of(
    {
        "en": "The last session planned this one for {day}; that is in {days} days.",
        "fr": "La dernière séance a prévu celle-ci pour le {day}, soit dans {days} jours.",
        "it": "L'ultima seduta ha previsto questa per il {day}, cioè tra {days} giorni.",
        "es": "La última sesión previó esta para el {day}, es decir, dentro de {days} días.",
    }
)
_TOMORROW: Final = LocalText.of(
    {
        "en": "The last session planned this one for {day}; that is tomorrow.",
        "fr": "La dernière séance a prévu celle-ci pour le {day}, soit demain.",
        "it": "L'ultima seduta ha previsto questa per il {day}, cioè domani.",
        "es": "La última sesión previó esta para el {day}, es decir, mañana.",
    }
)
_ACTION: Final = LocalText.of(
    {
        "en": "Wait until then, or write why today.",
        "fr": "Attendez jusque-là, ou écrivez pourquoi aujourd'hui.",
        "it": "Attenda fino ad allora, o scriva perché oggi.",
        "es": "Espere hasta entonces, o escriba por qué hoy.",
    }
)
_SOURCE: Final = LocalText.of(
    {
        "en": "Day of the next session, as planned at the last one",
        "fr": "Jour de la prochaine séance, prévu lors de la dernière",
        "it": "Giorno della prossima seduta, previsto nell'ultima",
        "es": "Día de la próxima sesión, previsto en la última",
    }
)


def before_planned_day(
    db: Session, row: SessionRow, today: date, language: str
) -> tuple[Finding, ...]:
    """Return the finding if the last signed session before this planned a later day, else none."""
    planned = db.scalars(
        select(SessionRow.next_session_on)
        .where(
            SessionRow.patient_id == row.patient_id,
            SessionRow.number < row.number,
            SessionRow.state.in_(COUNTED),
        )
        .order_by(SessionRow.number.desc())
        .limit(1)
    ).first()
    if planned is None or planned <= today:
        return ()
    days = (planned - today).days
    sentence = (_TOMORROW if days == 1 else _MESSAGE).get(language)
    return (
        Finding(
            rule_id=RULE_ID,
            rule_version=RULE_VERSION,
            severity=Severity.CAUTION,
            kind=FindingKind.TRIGGERED,
            message=sentence.format(day=day_text(planned, language), days=days),
            action=_ACTION.get(language),
            source=_SOURCE.get(language),
            override=Override.ALLOWED,
            scope="all",
            evidence=(Evidence("planned_day", Answer.YES, planned.isoformat()),),
            rule_severity=Severity.CAUTION,
        ),
    )
