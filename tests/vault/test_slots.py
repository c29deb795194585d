"""Key slots: they open with their own password, in their own place, and not otherwise."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from mesodesk.vault.keyfile import KeyFile, SlotKind
from mesodesk.vault.keys import KdfCost
from mesodesk.vault.seal import signature_is_valid
from mesodesk.vault.slots import (
    SlotOwner,
    make_slot,
    new_secrets,
    open_slot,
    public_key_of,
    sign,
    with_key,
    with_next_key,
)

VAULT = UUID(int=1)
ANA, BEN = UUID(int=21), UUID(int=22)
COST = KdfCost.for_tests()


def slot_for(user: UUID, secret: bytes, inside):
    return make_slot(VAULT, SlotOwner(SlotKind.USER, user, "A"), secret, COST, inside).slot


@pytest.fixture
def inside():
    return new_secrets()


def test_opens_with_its_secret(inside):
    opened = open_slot(VAULT, slot_for(ANA, b"one", inside), b"one")
    assert opened is not None
    assert opened.data_key == inside.data_key
    assert opened.database_salt == inside.database_salt
    assert opened.signing_key == inside.signing_key


@pytest.mark.parametrize("secret", [b"two", b"", b"One", b"one\0"])
def test_stays_shut_with_another(inside, secret):
    assert open_slot(VAULT, slot_for(ANA, b"one", inside), secret) is None


def test_what_a_slot_says_of_itself_cannot_be_changed(inside):
    slot = slot_for(ANA, b"one", inside)
    for forged in (
        replace(slot, user_id=BEN),
        replace(slot, id=UUID(int=99)),
        replace(slot, kind=SlotKind.RECOVERY),
        replace(slot, salt=bytes(16)),
        replace(slot, cost=KdfCost(128, 1, 1)),
        replace(slot, vault_key=slot.signing_key),
        replace(slot, signing_key=slot.vault_key),
    ):
        assert open_slot(VAULT, forged, b"one") is None
    assert open_slot(UUID(int=2), slot, b"one") is None
    assert open_slot(VAULT, replace(slot, name="renamed"), b"one") is not None


def test_a_key_can_be_given_without_the_password(inside):
    slot, following = slot_for(ANA, b"one", inside), new_secrets()
    both = open_slot(VAULT, with_next_key(VAULT, slot, following), b"one")
    assert both is not None
    assert (both.data_key, both.signing_key) == (inside.data_key, inside.signing_key)
    assert both.next_key is not None
    assert both.next_key.data_key == following.data_key
    after = open_slot(VAULT, with_key(VAULT, slot, following), b"one")
    assert after is not None
    assert (after.data_key, after.next_key) == (following.data_key, None)
    assert after.signing_key == inside.signing_key


def test_what_is_sealed_to_a_slot_opens_in_no_other_place(inside):
    slot, following = slot_for(ANA, b"one", inside), new_secrets()
    given = with_next_key(VAULT, slot, following)
    for forged in (
        replace(given, vault_key=given.next_key),
        replace(given, next_key=given.vault_key),
        replace(given, exchange=slot_for(ANA, b"one", inside).exchange),
        replace(given, expires_at=datetime(2027, 1, 1, tzinfo=UTC)),
        replace(given, next_key=with_next_key(UUID(int=2), slot, following).next_key),
    ):
        assert open_slot(VAULT, forged, b"one") is None


def test_slots_cannot_be_swapped(inside):
    ana, ben = slot_for(ANA, b"one", inside), slot_for(BEN, b"two", inside)
    swapped = replace(ana, vault_key=ben.vault_key, salt=ben.salt, signing_key=ben.signing_key)
    assert open_slot(VAULT, swapped, b"two") is None
    assert open_slot(VAULT, ben, b"two") is not None


def test_two_slots_of_one_secret_have_nothing_in_common(inside):
    first, second = slot_for(ANA, b"one", inside), slot_for(ANA, b"one", inside)
    assert first.vault_key.ciphertext != second.vault_key.ciphertext
    assert first.salt != second.salt


def test_signs(inside):
    signature = sign(inside.signing_key, b"d" * 32)
    public_key = public_key_of(inside.signing_key)
    assert signature_is_valid(b"d" * 32, signature, public_key)
    assert not signature_is_valid(b"e" * 32, signature, public_key)
    assert not signature_is_valid(b"d" * 32, signature, bytes(31))


def test_never_shows_secrets(inside):
    assert inside.data_key.hex() not in repr(inside)
    assert "KeyFile" in repr(KeyFile(VAULT, 1, ()))
