"""Readings: what they come to, when a third is wanted, what is questioned; and series of them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesodesk.domain.ids import new_id
from mesodesk.domain.measures import load_measures
from mesodesk.domain.progress import (
    Substance,
    earlier_in,
    given_before,
    series_by_key,
    series_of,
    substances_of,
)
from mesodesk.domain.readings import (
    Earlier,
    is_possible,
    question_of,
    result_of,
    wants_another,
)
from mesodesk.domain.records.limits import LimitChange, LimitSettings
from mesodesk.domain.records.measurement import (
    BodySide,
    Doubt,
    MeasuredUnit,
    MeasurementRecord,
    Reading,
    SeriesKey,
    TakenAt,
)
from mesodesk.domain.records.progress import (
    Given,
    PatientProgress,
    ProgressSession,
    ToldIn,
    ToldWeight,
)

MEASURES = load_measures()
DAY = date(2026, 3, 1)
THIGH = SeriesKey("thigh", "middle", side=BodySide.LEFT)
KG, LB, CM, IN = (MeasuredUnit(unit) for unit in ("kg", "lb", "cm", "in"))


def read(*figures: str, unit: MeasuredUnit = CM) -> tuple[Reading, ...]:
    return tuple(Reading(Decimal(figure), unit) for figure in figures)


def test_one_counts_as_it_is_of_two_the_mean_of_three_the_median():
    assert result_of(()) is None
    assert result_of(read("57.2")) == Decimal("57.2")
    assert result_of(read("57.2", "57.3")) == Decimal("57.25")
    assert result_of(read("57.2", "60.0", "57.4")) == Decimal("57.4")
    assert not wants_another(MEASURES["waist"], read("88.0", "89.0"))
    assert wants_another(MEASURES["waist"], read("88.0", "89.1"))
    assert not wants_another(MEASURES["waist"], read("88.0", "89.1", "88.4"))
    assert not wants_another(MEASURES["weight"], read("60", "70", unit=KG))


@given(st.decimals(1, 999, places=2), st.sampled_from([LB, IN]))
def test_what_is_typed_in_another_unit_comes_back_as_typed(typed, unit):
    value = Reading(typed, unit).value
    per = Decimal("0.45359237") if unit is LB else Decimal("2.54")
    assert (value / per).quantize(Decimal("0.01")) == typed


def test_a_waist_of_8_cm_cannot_be_and_8_is_no_waist_in_inches_either():
    waist = MEASURES["waist"]
    assert not is_possible(waist, Reading(Decimal(8), CM))
    assert not is_possible(waist, Reading(Decimal(8), IN))
    assert not is_possible(waist, Reading(Decimal(32), CM))
    assert is_possible(waist, Reading(Decimal(32), IN))


WEIGHT = SeriesKey("weight")


@pytest.mark.parametrize(
    ("key", "readings", "earlier", "height", "doubt", "instead"),
    [
        (THIGH, read("67"), "57", None, Doubt.JUMP, None),
        (THIGH, read("61.9"), "57", None, None, None),
        (THIGH, read("57", "67"), "57", None, Doubt.JUMP, None),
        (WEIGHT, read("150", unit=KG), "68.0", None, Doubt.UNIT, "150 lb"),
        (WEIGHT, read("68", unit=LB), "68.0", None, Doubt.UNIT, "68 kg"),
        (WEIGHT, read("150", unit=LB), "68.0", None, None, None),
        (WEIGHT, read("95", unit=KG), "68.0", None, Doubt.JUMP, None),
        (WEIGHT, read("150", unit=KG), None, "165", Doubt.UNIT, "150 lb"),
        (WEIGHT, read("150", unit=KG), None, None, None, None),
        (WEIGHT, read("115", unit=KG), None, "165", None, None),
        (SeriesKey("waist", "midpoint"), read("82", unit=IN), "82", None, Doubt.UNIT, "82 cm"),
    ],
)
def test_what_is_asked_about(key, readings, earlier, height, doubt, instead):
    before = None if earlier is None else Earlier(Decimal(earlier), DAY)
    tall = None if height is None else Decimal(height)
    found = question_of(key, MEASURES[key.measure], readings, before, tall)
    assert (found and found.doubt) == doubt
    likely = found.instead if found else None
    assert (likely and f"{likely.typed} {likely.unit}") == instead


@pytest.mark.parametrize(
    ("change", "readings", "doubt"),
    [
        (LimitChange(value=Decimal(30)), read("95", unit=KG), None),
        (LimitChange(value=Decimal(30)), read("99", unit=KG), Doubt.JUMP),
        (LimitChange(value=Decimal(2)), read("71", unit=KG), Doubt.JUMP),
        (LimitChange(on=False), read("95", unit=KG), None),
        # Whatever the clinic sets: what fits in the other unit alone is asked about.
        (LimitChange(on=False), read("150", unit=KG), Doubt.UNIT),
        (LimitChange(value=Decimal(200)), read("150", unit=KG), Doubt.UNIT),
    ],
)
def test_the_clinic_says_from_which_difference_on(change, readings, doubt):
    settings = LimitSettings({"measure.weight": change})
    before = Earlier(Decimal(68), DAY)
    found = question_of(WEIGHT, MEASURES["weight"], readings, before, settings=settings)
    assert (found and found.doubt) == doubt


def on_record(key, value, days, taken_at=TakenAt.CLINIC, **others) -> MeasurementRecord:
    day = DAY + timedelta(days)
    return MeasurementRecord(
        id=new_id(), version=1, patient_id=PATIENT, occasion_id=new_id(), session_id=None,
        measured_on=day, taken_at=taken_at, observer="Olga", key=key, value=Decimal(value),
        readings=(), scores=(), confirmed=frozenset(), note="", recorded_at=None, **others,
    )  # fmt: skip


PATIENT = new_id()


def test_what_may_not_be_compared_is_never_in_one_series():
    """Three landmarks of a waist, two distances above the kneecap, two sides: each its own."""
    keys = [
        SeriesKey("waist", "midpoint"),
        SeriesKey("waist", "umbilicus"),
        SeriesKey("waist", "iliac_crest"),
        SeriesKey("thigh", "above_kneecap", Decimal(15), side=BodySide.LEFT),
        SeriesKey("thigh", "above_kneecap", Decimal(20), side=BodySide.LEFT),
        SeriesKey("thigh", "above_kneecap", Decimal(20), side=BodySide.RIGHT),
        SeriesKey("from_a_later_program"),
    ]
    records = [on_record(key, 50 + at, at) for at, key in enumerate(keys)]
    progress = PatientProgress(PATIENT, None, tuple(records))
    found = series_of(progress)
    assert {each.key: [p.value for p in each.points] for each in found} == {
        key: [Decimal(50 + at)] for at, key in enumerate(keys[:-1])
    }
    every, navel = series_by_key(progress), SeriesKey("waist", "umbilicus")
    assert earlier_in(every, navel, DAY + timedelta(9)).value == 51
    assert earlier_in(every, navel, DAY) is None


def test_a_series_is_in_the_order_of_time_without_errors_and_home_readings_stay_apart():
    records = (
        on_record(THIGH, "56.0", 30),
        on_record(THIGH, "58.0", 0),
        on_record(THIGH, "12.0", 40, error_at=DAY, error_reason="Neck"),
        on_record(THIGH, "52.0", 50, TakenAt.HOME),
    )
    (thigh,) = series_of(PatientProgress(PATIENT, None, records))
    assert [each.value for each in thigh.points] == [58, 56, 52]
    assert (thigh.change, thigh.is_within_error) == (Decimal(-2), False)
    assert [each.value for each in thigh.joined] == [58, 56]
    (one,) = series_of(PatientProgress(PATIENT, None, records[:1]))
    assert (one.change, one.is_within_error) == (None, None)


def test_weights_told_elsewhere_are_not_asked_for_again():
    weights = (
        ToldWeight(Decimal(70), DAY, ToldIn.INTAKE),
        ToldWeight(Decimal(69), DAY, ToldIn.SESSION),
        ToldWeight(Decimal(68), DAY + timedelta(7), ToldIn.SESSION),
    )
    records = (
        on_record(WEIGHT, "67.5", 7),
        on_record(WEIGHT, "66", 0, TakenAt.HOME),
    )
    (weight,) = series_of(PatientProgress(PATIENT, None, records, weights))
    assert [(each.value, each.told_by) for each in weight.points] == [
        (66, "home"),
        (70, "intake"),
        (Decimal("67.5"), "clinic"),
    ]
    assert weight.is_within_error is False


def session(number: int, days: int, volume: str, *given: Given) -> ProgressSession:
    amounts = {(each.name.lower(), each.unit): each for each in given}
    return ProgressSession(new_id(), number, DAY + timedelta(days), Decimal(volume), amounts)


def test_doses_count_up_to_the_day_before_and_an_unknown_one_hides_the_sum():
    caffeine = Substance("caffeine", "mg", "Caffeine")
    sessions = (
        session(1, 0, "4", Given("Caffeine", "mg", Decimal(40))),
        session(2, 14, "5"),
        session(3, 28, "3", Given("Caffeine", "mg", None)),
    )
    assert substances_of(sessions) == (caffeine,)
    days = [DAY + timedelta(each) for each in (0, 1, 14, 15, 28, 29)]
    assert [given_before(sessions, None, day) for day in days] == [0, 4, 4, 9, 9, 12]
    assert [given_before(sessions, caffeine, day) for day in days] == [0, 40, 40, 40, 40, None]
