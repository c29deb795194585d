"""What the comparison after a kill accepts, and what it finds."""

import pytest
from digest import IN_HAND
from harness import Told
from kill_harness import cut_short, losses

BEFORE = {"cursor": 3, "hash": "a"}
AFTER = {"cursor": 4, "hash": "b"}


def told(*lines):
    """Return what a driver printed; `("note", "ab")` was typed, an integer was called kept."""
    made, number = [], 0
    for at, line in enumerate(lines):
        if isinstance(line, int):
            made.append({"kept": line, "at": float(at)})
        else:
            number += 1
            made.append({"do": number, "key": line[0], "value": line[1], "at": float(at)})
    return Told(made)


def lost(base, lines, stored, moment=0.0):
    return list(losses(base, told(*lines), moment, stored))


@pytest.mark.parametrize("stored", ["a", "ab", "abc"])
def test_what_was_kept_or_typed_later_is_accepted(stored):
    lines = [("note", "a"), 1, ("note", "ab"), ("note", "abc")]
    assert lost({}, lines, {"note": stored}) == []


@pytest.mark.parametrize("stored", ["", "b", "abcd"])
def test_less_or_other_than_was_called_kept_is_found(stored):
    lines = [("note", "a"), 1, ("note", "ab"), ("note", "abc")]
    assert lost({}, lines, {"note": stored})


def test_what_an_earlier_life_left_must_still_be_there():
    assert lost({"note": "old"}, [], {"note": "old"}) == []
    assert lost({"note": "old"}, [], {"note": ""})
    assert lost({"note": "old"}, [("note", ""), 1], {"note": "old"})


def test_typing_of_more_than_two_seconds_ago_must_be_there_without_a_receipt():
    lines = [("note", "a"), ("note", "ab")]
    assert lost({}, lines, {"note": ""}, moment=1.9) == []
    (found,) = lost({}, lines, {"note": ""}, moment=2.5)
    assert "2 s before the end" in found


def test_nothing_chosen_is_a_value_too():
    lines = [("session/pain", 3)]
    assert lost({"session/pain": None}, lines, {"session/pain": None}) == []
    assert lost({"session/pain": None}, [*lines, 1], {"session/pain": None})


def test_a_gesture_in_hand_may_be_kept_or_not():
    lines = [("chart", IN_HAND)]
    for stored in (BEFORE, AFTER):
        assert lost({"chart": BEFORE}, lines, {"chart": stored}) == []
    assert lost({"chart": BEFORE}, lines, {"chart": {"cursor": 7, "hash": "c"}})


def test_a_gesture_called_kept_must_be_there():
    lines = [("chart", IN_HAND), ("chart", AFTER), 2]
    assert lost({"chart": BEFORE}, lines, {"chart": AFTER}) == []
    assert lost({"chart": BEFORE}, lines, {"chart": BEFORE})


def test_only_a_side_file_may_have_been_cut_short():
    said = "warning: files: {} in the vault folder was left by something that was cut short."
    assert cut_short(said.format(".set-aside-455ef87c61e86439.json.new"))
    assert not cut_short(said.format("clinic.db.new"))
    assert not cut_short("alarm: files: .set-aside-455ef87c61e86439.json was changed outside.")
