"""What the answers of a check raise: red flags, milder bands, each with its instruction."""

from collections.abc import Mapping
from dataclasses import dataclass

from mesodesk.domain.answers import Answer
from mesodesk.domain.records.followup import CheckAnswer, DiaryScore, FollowUpFields, RaisedFlag
from mesodesk.domain.schedule import BANDS, Check, CheckItemKind, Schedule, red_flags, responses


def raised_flags(
    schedule: Schedule,
    check_id: str,
    items: Mapping[str, CheckAnswer],
    escalation: Mapping[str, str],
    language: str = "en",
) -> tuple[RaisedFlag, ...]:
    """Return the red flags that the answers raise, most urgent first.

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
    words = _Words(schedule, escalation, language)
    return tuple(
        words.of(flag.item_id, texts[flag.item_id], flag.band)
        for flag in red_flags(check, judged_answers(check, items))
    )


def raised_bands(
    schedule: Schedule,
    check_id: str,
    fields: FollowUpFields,
    escalation: Mapping[str, str],
    language: str = "en",
) -> tuple[RaisedFlag, ...]:
    """Return everything that answers and diary raise, red and mild, the most urgent first.

    Of the diary the last day told counts; see `raised_flags`.
    """
    words = _Words(schedule, escalation, language)
    raised = [
        words.of(f"diary.{line.id}.{day}", f"{line.title.get(language)}: {score}/10", band)
        for line in schedule.diary
        for day, score in last_scores(line.id, fields.diary)
        if (band := line.band_of(score)) is not None
    ]
    check = next((each for each in schedule.checks if each.id == check_id), None)
    if check is not None:
        texts = {item.id: item.text.get(language) for item in check.items}
        raised += [
            words.of(flag.item_id, texts[flag.item_id], flag.band)
            for flag in responses(check, judged_answers(check, fields.items))
        ]
    return tuple(sorted(raised, key=lambda flag: BANDS.index(flag.band)))


def last_scores(line_id: str, diary: Mapping[str, DiaryScore]) -> tuple[tuple[int, int], ...]:
    """Return day and score of the last day that a diary tells of a line; nothing if it is empty."""
    told = [
        (day, given.score)
        for key, given in diary.items()
        for line, day in (diary_place(key),)
        if line == line_id
    ]
    return (max(told),) if told else ()


def diary_place(key: str) -> tuple[str, int]:
    """Return line and day of a key of the diary: `burning.3`. One that is none has the day 0."""
    line, _, day = key.rpartition(".")
    return line, int(day) if day.isdecimal() and len(day) == 1 else 0


@dataclass(frozen=True, slots=True)
class _Words:
    """What is put before the user for a band."""

    schedule: Schedule
    escalation: Mapping[str, str]
    language: str

    def of(self, item_id: str, item: str, band_id: str) -> RaisedFlag:
        band = self.schedule.band(band_id)
        return RaisedFlag(
            item_id=item_id,
            item=item,
            band=band_id,
            title=band.title.get(self.language),
            instruction=self.escalation.get(band_id, "").strip()
            or band.instruction.get(self.language),
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
