"""Which missing thing the key leads to next."""

from mesodesk.domain.records.session import Missing
from mesodesk.domain.session_rules import MissingCode
from mesodesk.ui.pages.session_parts.missing_walk import next_stop, stops_of


def missing(code, station, place, **values):
    return Missing(str(code), station, place, values)


SKIN = missing(MissingCode.SKIN_PREPARATION, "prepare", "skin_preparation")
STEPS = [
    missing(MissingCode.ASEPTIC_STEP, "prepare", f"aseptic_step_{item}", item=item)
    for item in ("hands", "gloves")
]
PAIN = missing(MissingCode.PAIN, "finish", "pain")
REST = missing(MissingCode.REST_UNTOLD, "finish", "wasted_2", digit="2")
AFTERCARE = missing(MissingCode.AFTERCARE, "finish", "aftercare_given")


def go(found, station, *focus):
    stop = next_stop(found, station, lambda place: place in focus)
    return None if stop is None else stop.quickest


def test_what_can_be_answered_at_once_is_one_stop():
    assert [stop.quickest for stop in stops_of([SKIN, *STEPS, REST])] == [
        "skin_preparation",
        "aseptic_all_done",
        "discard_rest_2",
    ]
    assert [stop.quickest for stop in stops_of(STEPS[:1])] == ["aseptic_step_hands"]


def test_the_next_comes_after_the_one_with_the_focus_and_then_the_first_again():
    found = [SKIN, PAIN, REST, AFTERCARE]
    assert go(found, "finish") == "pain"
    assert go(found, "finish", "pain") == "discard_rest_2"
    # The volume beside the button has the focus once the button was pressed.
    assert go(found, "finish", "wasted_2") == "aftercare_given"
    assert go(found, "finish", "aftercare_given") == "pain"


def test_other_stations_come_when_this_one_has_no_more():
    assert go([SKIN, PAIN], "chart") == "skin_preparation"
    assert go([SKIN, PAIN], "finish", "pain") == "skin_preparation"
    assert go([PAIN], "finish", "pain") is None
    assert go([], "finish") is None
