"""PINs: none on a disk, few tries, none that is obvious."""

import secrets

import pytest

from mesodesk.domain.ids import new_id
from mesodesk.vault.errors import NoPinError, PinRefusedError, WrongPinError
from mesodesk.vault.keys import KdfCost
from mesodesk.vault.pins import PinRing, check_pin

PIN = "902817"
KEY = secrets.token_bytes(32)


@pytest.fixture
def ring():
    return PinRing(KdfCost.for_tests())


@pytest.fixture
def user():
    return new_id()


def slots():
    return frozenset({new_id()})


@pytest.mark.parametrize(
    "pin",
    [
        "111111", "123456", "654321", "000000", "121212", "123123", "112233", "890123",
        "123321", "135791", "147258", "1592648159264815", "80808080", "12341234", "159753",
    ],
)  # fmt: skip
def test_an_obvious_pin_is_refused_in_words(pin):
    with pytest.raises(PinRefusedError, match="It was not set"):
        check_pin(pin)


@pytest.mark.parametrize("pin", ["", "90281", "9028175310462", "90281a", "٩٠٢٨١٧", "902 817"])
def test_what_is_no_pin_is_refused(pin):
    with pytest.raises(PinRefusedError, match="A PIN has"):
        check_pin(pin)


@pytest.mark.parametrize("pin", [PIN, "739150", "20481936", "582039471"])
def test_a_pin_without_a_pattern_is_taken(pin):
    check_pin(pin)


def test_a_pin_releases_the_key_it_was_set_for(ring, user):
    own = slots()
    ring.set(user, own, PIN, KEY)
    assert ring.has(user, own)
    assert ring.open(user, own, PIN) == KEY


def test_the_third_wrong_one_costs_the_pin(ring, user):
    own = slots()
    ring.set(user, own, PIN, KEY)
    left = []
    for _ in range(3):
        with pytest.raises(WrongPinError) as caught:
            ring.open(user, own, "739150")
        left.append(caught.value.left)
    assert left == [2, 1, 0]
    assert "Type the password" in caught.value.sentence
    assert not ring.has(user, own)
    with pytest.raises(NoPinError):
        ring.open(user, own, PIN)


def test_the_right_one_gives_all_tries_back(ring, user):
    own = slots()
    ring.set(user, own, PIN, KEY)
    for _ in range(4):
        with pytest.raises(WrongPinError):
            ring.open(user, own, "739150")
        with pytest.raises(WrongPinError):
            ring.open(user, own, "739150")
        assert ring.open(user, own, PIN) == KEY


def test_with_other_key_slots_it_opens_nothing(ring, user):
    ring.set(user, slots(), PIN, KEY)
    later = slots()
    assert not ring.has(user, later)
    with pytest.raises(NoPinError):
        ring.open(user, later, PIN)


def test_without_any_slot_it_opens_nothing(ring, user):
    ring.set(user, frozenset(), PIN, KEY)
    assert not ring.has(user, frozenset())


def test_each_has_their_own(ring, user):
    other, own, theirs = new_id(), slots(), slots()
    ring.set(user, own, PIN, KEY)
    ring.set(other, theirs, "739150", b"x" * 32)
    with pytest.raises(WrongPinError):
        ring.open(other, theirs, PIN)
    ring.forget(user)
    assert not ring.has(user, own)
    assert ring.has(other, theirs)
    ring.clear()
    assert not ring.has(other, theirs)


def test_the_signing_key_is_not_held_in_clear(ring, user):
    ring.set(user, slots(), PIN, KEY)
    held = ring._held[user]
    assert KEY not in held.wrapped
    assert PIN.encode() not in held.wrapped + held.salt + held.nonce
    assert "left" not in repr(held)
