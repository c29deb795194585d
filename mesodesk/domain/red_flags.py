"""Red flags of a follow-up check, with the instruction to show at once."""

from collections.abc import Mapping

from mesodesk.domain.answers import Answer
from mesodesk.domain.records.followup import CheckAnswer, RaisedFlag
from mesodesk.domain.schedule import Check, CheckItemKind, Schedule, red_flags


def raised_flags(
    schedule: Schedule,
    check_id: str,
    items: Mapping[str, CheckAnswer],
    escalation: Mapping[str, str],
    language: str = "en",
) -> tuple[RaisedFlag, ...]:
    """Return the flags that the answers raise, most urgent first.

    Args:
        schedule: that the check belongs to.
        check_id: of the check; one that the schedule does not know raises nothing.
        items: the answers as typed so far.
        escalation: the clinic's own instruction by band; where it has none the shipped text stands.
        language: of the shipped texts.
    """
    check = next((each for each in schedule.checks if each.id == check_id), None)
    if check is None:
        return ()
    texts = {item.id: item.text.get(language) for item in check.items}
    bands = {band.id: band for band in schedule.bands}
    return tuple(
        RaisedFlag(
            item_id=flag.item_id,
            item=texts[flag.item_id],
            band=flag.band,
            title=bands[flag.band].title.get(language),
            instruction=escalation.get(flag.band, "").strip()
            or bands[flag.band].instruction.get(language),
        )
        for flag in red_flags(check, judged_answers(check, items))
    )


def judged_answers(check: Check, items: Mapping[str, CheckAnswer]) -> dict[str, Answer | int | str]:
    """Return the answers as the schedule judges them: numbers for scales, texts for texts.

    What is not a number on a scale counts as not asked.
    """
    kinds = {item.id: item.kind for item in check.items}
    judged: dict[str, Answer | int | str] = {}
    for item_id, given in items.items():
        answer = _judged(kinds.get(item_id), given)
        if answer is not None:
            judged[item_id] = answer
    return judged


def _judged(kind: CheckItemKind | None, given: CheckAnswer) -> Answer | int | str | None:
    if kind is CheckItemKind.YES_NO:
        return given.answer
    if kind is CheckItemKind.SCALE_0_10:
        return scale_value(given.value)
    return given.value or None


def scale_value(text: str) -> int | None:
    """Return the number of a scale item, None where there is none from 0 to 10."""
    clean = text.strip()
    # Two digits say it all; thousands of them, pasted, would be refused by `int` with an error.
    return int(clean) if clean.isdecimal() and len(clean) <= 2 and int(clean) <= 10 else None
