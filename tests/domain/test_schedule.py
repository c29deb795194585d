"""The follow-up schedule: when checks fall due, and which answers are red flags."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesodesk.domain.answers import Answer
from mesodesk.domain.clinical_files import ClinicalDataError
from mesodesk.domain.schedule import (
    BANDS,
    CheckItemKind,
    CheckKind,
    CheckStatus,
    PlannedCheck,
    RedFlag,
    is_superseded,
    load_schedule,
    planned_checks,
    red_flags,
    status_of,
)
from mesodesk.domain.texts import LANGUAGES

SCHEDULE = load_schedule()
MADRID = "Europe/Madrid"
ZONES = ("Europe/Madrid", "America/Santiago", "Asia/Kathmandu", "Pacific/Apia", "UTC")
MOMENTS = st.integers(1_577_836_800, 2_051_222_400).map(
    lambda seconds: datetime.fromtimestamp(seconds, UTC)
)


def planned(signed_at: datetime, zone: str = MADRID) -> dict[str, PlannedCheck]:
    return {check.check_id: check for check in planned_checks(SCHEDULE, signed_at, zone)}


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(MADRID))


def test_shipped_schedule_speaks_all_languages():
    for band in SCHEDULE.bands:
        assert band.title.languages == band.instruction.languages == LANGUAGES
    for check in SCHEDULE.checks:
        assert check.title.languages == LANGUAGES
        for item in check.items:
            assert item.text.languages == item.short.languages == LANGUAGES, item.id


def test_plans_the_checks_from_one_day_to_twelve_weeks():
    assert list(planned(local(2026, 5, 4, 16, 30))) == [
        "hours_24",
        "hours_72",
        "day_5_7",
        "day_14",
        "day_28",
        "week_8",
        "week_12",
    ]
    assert SCHEDULE.check("minutes_30").kind is CheckKind.IN_SESSION
    assert SCHEDULE.check("any_time").kind is CheckKind.ANY_TIME
    later = [check.id for check in SCHEDULE.checks if check.only_after_last_session]
    assert later == ["week_8", "week_12"]


@pytest.mark.parametrize(
    ("check_id", "first_day", "due_day", "last_day"),
    [("hours_72", 2, 3, 4), ("day_5_7", 5, 6, 7), ("day_14", 10, 14, 18), ("day_28", 28, 28, 48)],
)
def test_a_check_in_days_covers_whole_days_of_the_clinic(check_id, first_day, due_day, last_day):
    signed = local(2026, 5, 4, 23, 50)
    check = planned(signed)[check_id]
    midnight = local(2026, 5, 4)
    assert check.window_from == midnight + timedelta(days=first_day)
    assert check.due_at == midnight + timedelta(days=due_day, hours=23, minutes=59)
    assert check.window_to == midnight + timedelta(days=last_day, hours=23, minutes=59)


def test_24_hours_are_24_hours_when_the_clocks_change():
    check = planned(local(2026, 3, 28, 16, 30))["hours_24"]
    assert check.due_at.astimezone(ZoneInfo(MADRID)) == local(2026, 3, 29, 17, 30)
    assert check.window_from == local(2026, 3, 28, 16, 30).astimezone(UTC) + timedelta(hours=12)
    assert check.window_to - check.window_from == timedelta(hours=24)


def test_days_begin_at_the_clinics_midnight_when_the_clocks_change():
    before = planned(local(2026, 3, 27, 16, 30))["hours_72"]
    assert before.window_from.astimezone(ZoneInfo(MADRID)) == local(2026, 3, 29)
    assert before.window_from.hour == 23  # winter time still
    assert before.due_at.astimezone(ZoneInfo(MADRID)) == local(2026, 3, 30, 23, 59)
    assert before.due_at.hour == 21  # summer time


def test_the_clinics_day_counts_not_that_of_greenwich():
    moment = datetime(2026, 5, 4, 23, 30, tzinfo=UTC)
    assert planned(moment, "UTC")["day_14"].due_at.day == 18
    in_madrid = planned(moment, MADRID)["day_14"].due_at.astimezone(ZoneInfo(MADRID))
    assert in_madrid.day == 19


@given(MOMENTS, st.sampled_from(ZONES))
def test_every_check_is_due_inside_its_window_after_the_session(signed_at, zone):
    checks = planned_checks(SCHEDULE, signed_at, zone)
    for check in checks:
        assert signed_at < check.window_from <= check.due_at <= check.window_to
        assert check.due_at.tzinfo is UTC
    assert list(checks) == sorted(checks, key=lambda check: check.due_at)


@given(MOMENTS, st.sampled_from(ZONES), st.sampled_from(ZONES))
def test_the_moment_counts_however_it_is_written(signed_at, zone, other):
    elsewhere = signed_at.astimezone(ZoneInfo(other))
    assert planned_checks(SCHEDULE, signed_at, zone) == planned_checks(SCHEDULE, elsewhere, zone)


@pytest.mark.parametrize(
    ("at", "status"),
    [
        (local(2026, 5, 5, 4, 29), CheckStatus.UPCOMING),
        (local(2026, 5, 5, 4, 30), CheckStatus.DUE),
        (local(2026, 5, 5, 16, 30), CheckStatus.DUE),
        (local(2026, 5, 5, 16, 31), CheckStatus.OVERDUE),
        (local(2026, 5, 6, 4, 30), CheckStatus.OVERDUE),
        (local(2026, 5, 6, 4, 31), CheckStatus.MISSED),
    ],
)
def test_a_check_falls_due_then_overdue_then_missed(at, status):
    check = planned(local(2026, 5, 4, 16, 30))["hours_24"]
    assert status_of(check, at) is status
    assert status_of(check, at, done=True) is CheckStatus.DONE
    assert status_of(check, at, superseded=True) is CheckStatus.SUPERSEDED
    assert status_of(check, at, done=True, superseded=True) is CheckStatus.DONE


def test_a_later_session_takes_over_the_late_checks_it_comes_in_time_for():
    session = local(2026, 5, 4, 16, 30)
    checks = planned(session)
    week_8, day_14 = SCHEDULE.check("week_8"), SCHEDULE.check("day_14")
    next_session = session + timedelta(days=21)
    assert is_superseded(week_8, checks["week_8"], next_session)
    assert not is_superseded(week_8, checks["week_8"], None)
    assert not is_superseded(day_14, checks["day_14"], next_session)
    too_late = session + timedelta(days=120)
    assert not is_superseded(week_8, checks["week_8"], too_late)


def flags(check_id: str, **answers: Answer | int | str) -> list[tuple[str, str]]:
    return [(f.item_id, f.band) for f in red_flags(SCHEDULE.check(check_id), answers)]


@pytest.mark.parametrize(
    ("check_id", "answers", "flagged"),
    [
        ("minutes_30", {"wheal": Answer.YES, "faint": Answer.YES}, []),
        ("minutes_30", {"wheeze": Answer.YES}, [("wheeze", "emergency")]),
        ("minutes_30", {"tightness": Answer.YES}, [("tightness", "emergency")]),
        (
            "minutes_30",
            {"anaesthetic_toxicity": Answer.YES},
            [("anaesthetic_toxicity", "emergency")],
        ),
        ("minutes_30", {"hives": Answer.YES}, [("hives", "same_day")]),
        ("hours_24", {"burning": Answer.YES, "swelling": Answer.YES, "bruising": Answer.YES}, []),
        ("hours_24", {"breathing": Answer.YES}, [("breathing", "emergency")]),
        ("hours_24", {"emergency_signs": Answer.YES}, [("emergency_signs", "emergency")]),
        ("hours_24", {"swallowing": Answer.YES}, [("swallowing", "same_day")]),
        ("hours_24", {"smile_asymmetry": Answer.YES}, [("smile_asymmetry", "same_day")]),
        ("hours_24", {"skin_colour": Answer.YES}, [("skin_colour", "same_day")]),
        ("hours_24", {"pain": 6}, []),
        ("hours_24", {"pain": 7}, [("pain", "same_day")]),
        ("hours_24", {"pain_rising": Answer.YES}, [("pain_rising", "same_day")]),
        ("hours_72", {"improving": Answer.YES}, []),
        ("hours_72", {"improving": Answer.NO}, [("improving", "within_72h")]),
        ("hours_72", {"improving": Answer.NOT_ASKED}, []),
        ("hours_72", {"spreading_redness": Answer.YES}, [("spreading_redness", "same_day")]),
        ("hours_72", {"pus": Answer.YES}, [("pus", "within_72h")]),
        ("hours_72", {"hot_swelling": Answer.YES}, [("hot_swelling", "within_72h")]),
        ("hours_72", {"growing_bruise": Answer.YES}, [("growing_bruise", "within_72h")]),
        ("day_5_7", {"plaques": Answer.YES}, [("plaques", "within_72h")]),
        ("day_5_7", {"swelling_gone": Answer.NO, "bruise_colour": "yellow"}, []),
        ("day_14", {"nodule": Answer.YES}, [("nodule", "refer_culture")]),
        ("day_28", {"nodule": Answer.YES}, [("nodule", "refer_culture")]),
        ("week_8", {"late_lump": Answer.YES}, [("late_lump", "refer_culture")]),
        ("week_12", {"late_lump": Answer.YES}, [("late_lump", "refer_culture")]),
        ("week_12", {"moon": Answer.YES}, []),
    ],
)
def test_raises_red_flags(check_id, answers, flagged):
    assert flags(check_id, **answers) == flagged


def test_the_most_urgent_flag_comes_first():
    assert flags(
        "any_time", late_lump=Answer.YES, pus=Answer.YES, pain=9, breathing=Answer.YES
    ) == [
        ("breathing", "emergency"),
        ("pain", "same_day"),
        ("pus", "within_72h"),
        ("late_lump", "refer_culture"),
    ]


@given(st.sampled_from(SCHEDULE.checks), st.data())
def test_a_further_flagged_answer_never_hides_another(check, data):
    answers = {
        item.id: data.draw(
            st.integers(0, 10) if item.kind is CheckItemKind.SCALE_0_10 else st.sampled_from(Answer)
        )
        for item in check.items
    }
    before = set(red_flags(check, answers))
    item = data.draw(st.sampled_from(check.items))
    worst = 10 if item.kind is CheckItemKind.SCALE_0_10 else item.flag_on
    after = set(red_flags(check, {**answers, item.id: worst}))
    assert before <= after
    assert (item.band is None) or RedFlag(item.id, item.band) in after
    assert red_flags(check, {}) == ()


def test_bands_carry_an_instruction_and_their_rank():
    assert [band.id for band in SCHEDULE.bands] == list(BANDS)
    assert [band.rank for band in SCHEDULE.bands] == [0, 1, 2, 3, 4, 5]
    assert "mycobacteria" in SCHEDULE.band("refer_culture").instruction.get("en")
    with pytest.raises(KeyError):
        SCHEDULE.band("moon")
    with pytest.raises(KeyError):
        SCHEDULE.check("moon")


@pytest.mark.parametrize(
    ("regions", "asked"),
    [((), True), (("submental",), True), (("thigh_front_upper.left",), False)],
)
def test_asks_for_the_smile_only_where_it_can_suffer(regions, asked):
    items = {item.id for item in SCHEDULE.check("hours_24").items_for(frozenset(regions))}
    assert ("smile_asymmetry" in items) is asked
    assert "fever" in items


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('sources = ["allergic_plaques", ', 'sources = ["moon", ', "names the source 'moon'"),
        (
            'sources = ["clinic_to_confirm"]\ntitle.en = "Emergency now"',
            'title.en = "x"',
            "no source",
        ),
        ("window = [12, 36]", "window = [25, 36]", "check 'hours_24': `window` must be [from, to]"),
        ("window = [12, 36]", "window = [24]", "check 'hours_24': `window` must be [from, to]"),
        ('unit = "hours"', 'unit = "minutes"', "check 'hours_24': `unit` must be hours or days"),
        ('unit = "minutes"', 'unit = "days"', "check 'minutes_30': `unit` must be minutes"),
        ('["late_lump", "discoloration"', '["late_lmp", "discoloration"', "names 'late_lmp'"),
        ('band = "same_day"', 'band = "soon"', "item 'hives': `band` names 'soon'"),
        ("flag_from = 7", "", "item 'pain': `flag_from` belongs to a scale"),
        ('flag_on = "no"', 'flag_on = "not_asked"', "`flag_on` must be yes or no"),
        ('calm = "yes"', 'calm = "not_asked"', "item 'improving': `calm` must be yes or no"),
        ('calm = "yes"', "", "item 'improving': `calm` is the very answer"),
        ('flag_on = "no"', "flag_from = 3", "item 'improving': `flag_from` belongs to a scale"),
        ('id = "within_72h"', 'id = "whenever"', "a band must be one of emergency"),
        ('id = "refer_culture"', 'id = "same_day"', "the id 'same_day' is used twice"),
        ('"fever", "hives", "burning"', '"fever", "burning"', None),
        ('"follicular_bumps", ', "", "no check asks the item 'follicular_bumps'"),
        ('short.en = "fever"\n', "", "item 'fever': `short` has no 'en' text"),
    ],
)
def test_refuses_a_wrong_schedule_by_file_and_id(altered, old, new, sentence):
    path = altered("follow_up.toml", old, new)
    if sentence is None:  # an item that other checks ask may leave one of them
        assert load_schedule(path).check("hours_24")
        return
    with pytest.raises(ClinicalDataError, match=re.escape(sentence)) as caught:
        load_schedule(path)
    assert str(caught.value).startswith("follow_up.toml: ")


def test_refuses_a_check_that_asks_nothing_and_a_missing_band(altered):
    path = altered("follow_up.toml")
    text = path.read_text("utf-8")
    empty = re.sub(r'(id = "week_12".*?)items = \[[^\]]*\]', r"\1items = []", text, flags=re.DOTALL)
    path.write_text(empty, "utf-8")
    with pytest.raises(ClinicalDataError, match="check 'week_12': asks nothing"):
        load_schedule(path)
    start, end = text.index('[[band]]\nid = "refer_culture"'), text.index("# -----", 400)
    (path.parent / "bands.toml").write_text(text[:start] + text[end:], "utf-8")
    with pytest.raises(ClinicalDataError, match="the bands must be emergency, same_day"):
        load_schedule(path.parent / "bands.toml")
