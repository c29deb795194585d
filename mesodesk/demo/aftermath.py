"""Follow-up checks of the demonstration clinic: done or missed, a few with a red flag."""

from collections.abc import Mapping
from datetime import timedelta
from random import Random

from mesodesk.demo.reacting import Reacting
from mesodesk.domain.answers import Answer
from mesodesk.domain.clock import Clock
from mesodesk.domain.records.followup import (
    AttemptFields,
    AttemptOutcome,
    Channel,
    CheckAnswer,
    DiaryScore,
    DiarySource,
    FollowUpFields,
    FollowUpRecord,
    RaisedFlag,
    ShownInstruction,
)
from mesodesk.domain.schedule import CheckItem, CheckItemKind, load_schedule
from mesodesk.services.desk import Desk
from mesodesk.services.errors import RefusedError

# How often what is expected after a session is told, by item, of 100.
_TOLD = {
    "burning": 45,
    "swelling": 60,
    "bruising": 48,
    "numbness": 12,
    "new_itch": 10,
    "crust": 6,
    "contour": 4,
    "discoloration": 9,
    "hair_loss": 1,
    "swelling_gone": 92,
    "burning_gone": 95,
    "improving": 100,
}
# After a lipolytic more is told, and for longer.
_TOLD_AFTER_LIPOLYTIC = {"swelling": 95, "bruising": 80, "numbness": 66, "swelling_gone": 55}
_BRUISES = ("Yellow", "Blue, one of them", "None left", "Yellow and green, two")
_SATISFACTION = ("Neither one nor the other", "Content so far", "Expected more", "Content")
_MISSED = ("Two calls, no answer", "Did not come, no answer to the message", "Abroad until June")
# Red flags that the demonstration shows: item, and what was written.
_FLAGS = {
    "hours_24": ("hives", "Itching wheals on both arms since the evening"),
    "hours_72": ("spreading_redness", "A hand's breadth around two points on the left, warm"),
    "day_5_7": ("plaques", "Three red plaques over the points"),
    "day_14": ("nodule", "A firm lump at one point, size of a pea"),
    "day_28": ("nodule", "A lump that has been growing for a week"),
    "week_8": ("late_lump", "A lump that opened and wept once"),
}
_IN_VAIN = 0.12
_DIARY_TOLD = 0.6
_CALLED_AGAIN = "Called again the day after: better. To be asked at the next check."
_HANDLED = {
    "hives": "The physician spoke to the patient; emergency room, well again.",
    "spreading_redness": "Seen the same afternoon by the physician, marked with a pen, seen again.",
    "plaques": "Seen within two days by the physician, photographed, no new session for now.",
    "nodule": "The physician saw the patient; swab for culture, referred.",
    "late_lump": "The physician saw the patient; swab for culture, referred.",
}
_NOTES = {
    "hives": "Sent to the emergency room nearby, called back: seen there, well again.",
    "nodule": "Seen today, swab sent for culture including mycobacteria.",
    "late_lump": "Seen today, swab sent for culture including mycobacteria.",
}


class Caller:
    """Works the checks as they fall due."""

    def __init__(self, random: Random, clock: Clock, zone: str) -> None:
        self._random = random
        self._calls = Random("calls")  # noqa: S311  its own: the rest stays as it was
        self._clock = clock
        self._reacting = Reacting(clock, zone)

    def work(
        self, desk: Desk, check: FollowUpRecord, *, lipolytic: bool, flag: bool, handled: bool
    ) -> None:
        """Answer a check, or say that it was missed.

        One that a later session has taken over since it was planned is passed over.

        Args:
            desk: of who calls.
            check: as it was planned.
            lipolytic: whether more swelling is to be told of, and for longer.
            flag: whether an answer calls for action.
            handled: whether it is said at once what was done about the answers.
        """
        self._try_in_vain(desk, check)
        typed = self._answers(check, lipolytic=lipolytic, flag=flag)
        try:
            if not flag and self._random.random() < 0.07:
                reason = self._random.choice(_MISSED)
                desk.follow_ups.mark_missed(check.id, check.version, reason)
                return
            check = desk.follow_ups.save(check.id, check.version, typed)
        except RefusedError:
            return
        raised = self._show_instructions(desk, check) if flag else ()
        check = desk.follow_ups.get(check.id) if raised else check
        done = _HANDLED.get(_FLAGS.get(check.check_id, ("", ""))[0], "") if flag else _CALLED_AGAIN
        said = done if handled else ""
        check = desk.follow_ups.complete(check.id, check.version, handled=said)
        if raised:
            self._reacting.react_to(desk, check, tuple(each.item_id for each in raised))

    def try_in_vain(self, desk: Desk, check: FollowUpRecord) -> None:
        """Keep that the patient did not answer, and is to be called again in the evening."""
        again = self._clock.now() + timedelta(hours=6)
        typed = AttemptFields(Channel.PHONE, AttemptOutcome.NO_ANSWER, again)
        desk.calls.record_attempt(check.id, typed)

    def _try_in_vain(self, desk: Desk, check: FollowUpRecord) -> None:
        if self._calls.random() >= _IN_VAIN:
            return
        outcome = self._calls.choice((AttemptOutcome.NO_ANSWER, AttemptOutcome.LEFT_MESSAGE))
        try:
            desk.calls.record_attempt(check.id, AttemptFields(Channel.PHONE, outcome))
        except RefusedError:
            return

    def _show_instructions(self, desk: Desk, check: FollowUpRecord) -> tuple[RaisedFlag, ...]:
        raised = desk.follow_ups.red_flags(check.id)
        if not raised:
            return ()
        shown = tuple(
            ShownInstruction(each.item_id, each.band, each.instruction, self._clock.now(), "")
            for each in raised
        )
        desk.follow_ups.record_shown(check.id, check.version, shown)
        return raised

    def _answers(self, check: FollowUpRecord, *, lipolytic: bool, flag: bool) -> FollowUpFields:
        random = self._random
        told = {**_TOLD, **(_TOLD_AFTER_LIPOLYTIC if lipolytic else {})}
        flagged, words = _FLAGS.get(check.check_id, ("", "")) if flag else ("", "")
        items = load_schedule().check(check.check_id).items_for(frozenset(check.regions))
        answers = {item.id: self._answer(item, told) for item in items}
        if flagged in answers:
            answers[flagged] = CheckAnswer(
                Answer.YES,
                onset_on=(check.window_from + timedelta(hours=10)).date(),
                still_present=Answer.YES,
                note=words,
            )
        channel = random.choice((Channel.PHONE, Channel.PHONE, Channel.MESSAGE, Channel.VISIT))
        if flagged:
            channel = Channel.VISIT
        diary = self._diary(check, lipolytic=lipolytic)
        return FollowUpFields(channel, answers, _NOTES.get(flagged, ""), diary)

    def _diary(self, check: FollowUpRecord, *, lipolytic: bool) -> dict[str, DiaryScore]:
        """Return what the patient tells of the days so far: strong at first, then less each day."""
        days = {"hours_24": (1,), "hours_72": (2, 3), "day_5_7": (4, 5)}.get(check.check_id, ())
        begun = {"burning": 5, "swelling": 6 if lipolytic else 4}
        told = {}
        for line, first in begun.items():
            for day in days:
                if lipolytic or self._calls.random() < _DIARY_TOLD:
                    score = max(0, round((first - day) * self._calls.uniform(0.5, 1)))
                    home = day != days[-1]
                    source = DiarySource.HOME if home else DiarySource.ASKED
                    told[f"{line}.{day}"] = DiaryScore(min(score, 3), source)
        return told

    def _answer(self, item: CheckItem, told: Mapping[str, int]) -> CheckAnswer:
        random = self._random
        if item.kind is CheckItemKind.SCALE_0_10:
            return CheckAnswer(value=str(random.choices(range(5), (30, 30, 22, 12, 6))[0]))
        if item.kind is CheckItemKind.TEXT:
            return CheckAnswer(
                value=random.choice(_BRUISES if item.id == "bruise_colour" else _SATISFACTION)
            )
        if item.band is not None:
            return CheckAnswer(Answer.NO if item.flag_on is Answer.YES else Answer.YES)
        if random.randrange(100) >= told.get(item.id, 2):
            return CheckAnswer(Answer.NO)
        gone = item.id.endswith("_gone")
        still = random.choice((Answer.YES, Answer.NO))
        return CheckAnswer(Answer.YES, still_present=Answer.NOT_ASKED if gone else still)
