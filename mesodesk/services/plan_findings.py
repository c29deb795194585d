"""What a session's plan says at Check: too soon, or over the maximum; each takes a reason."""

from typing import Final

from mesodesk.db.models.session import SessionRow
from mesodesk.domain.answers import Answer
from mesodesk.domain.findings import Evidence, Finding, FindingKind, Override, Severity
from mesodesk.domain.records.protocol import SessionPlan
from mesodesk.domain.texts import LocalText, day_text
from mesodesk.services.plan_rows import session_plan
from mesodesk.services.store import Transaction

TOO_SOON: Final = "plan_too_soon"
OVER_MAXIMUM: Final = "plan_over_maximum"
RULE_VERSION: Final = 1

_SOON: Final = LocalText.of(
    {
        "en": "Too soon: day {day} of {of}. The last session of this course was on {last}; the"
        " plan “{plan}” allows the next from {earliest}.",
        "fr": "Trop tôt : jour {day} sur {of}. La dernière séance de cette cure a eu lieu le"
        " {last} ; le plan « {plan} » permet la suivante à partir du {earliest}.",
        "it": "Troppo presto: giorno {day} di {of}. L'ultima seduta di questo ciclo è stata il"
        " {last}; il piano «{plan}» consente la prossima dal {earliest}.",
        "es": "Demasiado pronto: día {day} de {of}. La última sesión de este ciclo fue el {last};"
        " el plan «{plan}» permite la siguiente desde el {earliest}.",
    }
)
_WAIT: Final = LocalText.of(
    {
        "en": "Wait until then, or write why today.",
        "fr": "Attendez jusque-là, ou écrivez pourquoi aujourd'hui.",
        "it": "Attenda fino ad allora, o scriva perché oggi.",
        "es": "Espere hasta entonces, o escriba por qué hoy.",
    }
)
_OVER: Final = LocalText.of(
    {
        "en": "Over the maximum: session {number} of at most {most} of the plan “{plan}”.",
        "fr": "Au-delà du maximum : séance {number} sur {most} au plus du plan « {plan} ».",
        "it": "Oltre il massimo: seduta {number} su al massimo {most} del piano «{plan}».",
        "es": "Por encima del máximo: sesión {number} de {most} como máximo del plan «{plan}».",
    }
)
_NO_MORE: Final = LocalText.of(
    {
        "en": "End the course, or write why one more.",
        "fr": "Terminez la cure, ou écrivez pourquoi une de plus.",
        "it": "Concluda il ciclo, o scriva perché una in più.",
        "es": "Termine el ciclo, o escriba por qué una más.",
    }
)
_BY_PLAN: Final = LocalText.of(
    {
        "en": "The patient's plan, as set by {who}",
        "fr": "Plan du patient, tel que fixé par {who}",
        "it": "Piano del paziente, come stabilito da {who}",
        "es": "Plan del paciente, tal como lo fijó {who}",
    }
)
_BY_PROTOCOL: Final = LocalText.of(
    {
        "en": "{plan}; protocol “{name}”, version {version}: {source}",
        "fr": "{plan} ; protocole « {name} », version {version} : {source}",
        "it": "{plan}; protocollo «{name}», versione {version}: {source}",
        "es": "{plan}; protocolo «{name}», versión {version}: {source}",
    }
)


def plan_findings(tx: Transaction, row: SessionRow, language: str) -> tuple[Finding, ...]:
    """Return what the plan of a draft says against going on today; nothing without a plan."""
    found = session_plan(tx, row)
    if found is None:
        return ()
    return (*_too_soon(found, language), *_over(found, language))


def _too_soon(found: SessionPlan, language: str) -> tuple[Finding, ...]:
    stands = found.glance
    if not stands.too_soon or stands.last_on is None or stands.earliest_on is None:
        return ()
    message = _SOON.get(language).format(
        day=stands.day,
        of=stands.of_days,
        last=day_text(stands.last_on, language),
        earliest=day_text(stands.earliest_on, language),
        plan=stands.indication,
    )
    rests_on = f"{stands.last_on.isoformat()} {stands.earliest_on.isoformat()}"
    return (
        _finding(
            TOO_SOON,
            message,
            _WAIT.get(language),
            _source(found, language, "interval"),
            Evidence("plan_interval", Answer.YES, rests_on),
        ),
    )


def _over(found: SessionPlan, language: str) -> tuple[Finding, ...]:
    stands = found.glance
    if stands.over_maximum is None:
        return ()
    message = _OVER.get(language).format(
        number=stands.number, most=stands.over_maximum, plan=stands.indication
    )
    return (
        _finding(
            OVER_MAXIMUM,
            message,
            _NO_MORE.get(language),
            _source(found, language, "max_sessions"),
            Evidence("plan_maximum", Answer.YES, f"{stands.number} {stands.over_maximum}"),
        ),
    )


def _source(found: SessionPlan, language: str, number: str) -> str:
    """Return who set the plan, and where the clinic's protocol has the number from, if it has."""
    by_plan, held = _BY_PLAN.get(language).format(who=found.set_by), found.protocol
    if held is None or not held.source:
        return by_plan
    if getattr(held, number) != getattr(found.fields, number):
        return by_plan
    return _BY_PROTOCOL.get(language).format(
        plan=by_plan,
        name=found.protocol_name,
        version=found.protocol_version,
        source=held.source,
    )


def _finding(rule_id: str, message: str, action: str, source: str, rests_on: Evidence) -> Finding:
    return Finding(
        rule_id=rule_id,
        rule_version=RULE_VERSION,
        severity=Severity.STOP,
        kind=FindingKind.TRIGGERED,
        message=message,
        action=action,
        source=source,
        override=Override.ALLOWED,
        scope="all",
        evidence=(rests_on,),
        rule_severity=Severity.STOP,
    )
