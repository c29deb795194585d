"""What keeps a session from being signed, as sentences in the user's language."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from PySide6.QtCore import QCoreApplication

from mesodesk.domain.records.session import Missing
from mesodesk.domain.session_rules import MissingCode as Code
from mesodesk.domain.vocabulary import Term, load_vocabulary
from mesodesk.ui.numbers import format_decimal
from mesodesk.ui.pages.consent_parts.words import lack_words


def sentence(missing: Missing, language: str) -> str:
    """Return what is missing in one short sentence; it leads to the place."""
    make = _SENTENCES.get(missing.code)
    if make is None:
        return _tr("Something is missing here: {code}").format(code=missing.code)
    return make(missing.values, language)


def station_word(station: str) -> str:
    """Return the name of a station."""
    return {
        "check": _tr("Check"),
        "prepare": _tr("Prepare"),
        "chart": _tr("Chart"),
        "finish": _tr("Finish"),
    }[station]


_Values = Mapping[str, str]


def _plain(text: str) -> Callable[[_Values, str], str]:
    def make(_values: _Values, _language: str) -> str:
        return _tr(text)

    return make


def _with_volumes(text: str) -> Callable[[_Values, str], str]:
    def make(values: _Values, _language: str) -> str:
        shown = {
            key: format_decimal(abs(Decimal(value)), 2) if key.endswith("_ml") else value
            for key, value in values.items()
        }
        return _tr(text).format(**shown)

    return make


def _of(text: str, terms: Callable[[], tuple[Term, ...]]) -> Callable[[_Values, str], str]:
    def make(values: _Values, language: str) -> str:
        names = {term.id: term.name.get(language) for term in terms()}
        item = values.get("item", "")
        return _tr(text).format(item=names.get(item, item))

    return make


def _finding(values: _Values, _language: str) -> str:
    return _tr("Give a reason or change the plan: {message}").format(message=values["message"])


def _consent(values: _Values, language: str) -> str:
    rest = {key: said for key, said in values.items() if key != "lack"}
    return lack_words(values["lack"], rest, language)


def _aseptic_steps() -> tuple[Term, ...]:
    return load_vocabulary().aseptic_steps


def _reactions() -> tuple[Term, ...]:
    return load_vocabulary().immediate_reactions


def _tr(text: str) -> str:
    return QCoreApplication.translate("Missing", text)


_SENTENCES: Mapping[str, Callable[[_Values, str], str]] = {
    Code.INTAKE: _plain("The intake is not completed."),
    Code.CONSENT: _consent,
    Code.CHANGES: _plain("Ask whether anything has changed since last time."),
    Code.CHANGES_DETAIL: _plain("Write what has changed since last time."),
    Code.REACTION_TO_LAST: _plain("Ask about a reaction to the last session."),
    Code.REACTION_TO_LAST_DETAIL: _plain("Write what the reaction to the last session was."),
    Code.EMERGENCY_KIT: _plain("Say whether the emergency kit is at hand."),
    Code.FINDING: _finding,
    Code.SKIN_PREPARATION: _plain("Say how the skin was prepared."),
    Code.ASEPTIC_STEP: _of("Answer the aseptic step: {item}.", _aseptic_steps),
    Code.NO_SYRINGE: _plain("No syringe is prepared."),
    Code.LOT_USED_UP: _with_volumes(
        "Syringe {digit}: lot {lot} does not hold {by_ml} mL of what was drawn."
    ),
    Code.NO_POINTS: _plain("The chart is empty: place the points."),
    Code.MORE_THAN_DRAWN: _with_volumes(
        "Syringe {digit}: {injected_ml} mL charted, but only {drawn_ml} mL drawn."
    ),
    Code.REST_UNTOLD: _with_volumes(
        "Syringe {digit}: say where the remaining {off_by_ml} mL went."
    ),
    Code.NOT_BALANCED: _with_volumes(
        "Syringe {digit}: {off_by_ml} mL do not add up with the {drawn_ml} mL drawn."
    ),
    Code.PAIN: _plain("Ask for the pain during the session."),
    Code.REACTION: _of("Look for this immediate reaction: {item}.", _reactions),
    Code.OBSERVATION: _plain("Write how many minutes the patient was observed."),
    Code.AFTERCARE: _plain("Say whether the aftercare text was given."),
    Code.AFTERCARE_TEXT: _plain("Choose which aftercare text was given."),
    Code.AFTERCARE_REASON: _plain("Write in the note why no aftercare text was given."),
    Code.NEXT_SESSION: _plain("Set the next session, or say that there is none."),
}
