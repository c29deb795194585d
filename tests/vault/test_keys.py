"""Costs of guessing, and derived keys."""

import hmac
from uuid import UUID

import pytest
from argon2.exceptions import HashingError
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from mesodesk.vault.errors import LittleMemoryError, PasswordLengthError
from mesodesk.vault.keys import (
    KdfCost,
    VaultKeys,
    derive_key,
    new_password_secret,
    password_secret,
)

VAULT = UUID(int=7)


@pytest.mark.parametrize("cost", [(0, 1, 1), (64, 0, 1), (64, 1, 0), (2**33, 1, 1), (64, 1, 9)])
def test_refuses_costs_out_of_range(cost):
    with pytest.raises(ValueError, match="range"):
        KdfCost(*cost)


@pytest.mark.parametrize(
    ("seconds_at_64_mib", "expected_mib"),
    [(0.01, 512), (0.15, 256), (0.2, 256), (0.1, 512), (0.3, 128), (0.6, 64), (5.0, 64)],
)
def test_fits_the_cost_to_the_computer(seconds_at_64_mib, expected_mib):
    fitted = KdfCost.fitted(lambda cost: seconds_at_64_mib * cost.memory_kib / 65536)
    assert fitted.memory_kib == expected_mib * 1024
    assert fitted.memory_kib >= KdfCost.floor().memory_kib


def test_too_little_memory_is_said(monkeypatch):
    def refuse(*_arguments, **_named):
        raise HashingError("Memory allocation error")

    monkeypatch.setattr("argon2.low_level.hash_secret_raw", refuse)
    with pytest.raises(LittleMemoryError) as refused:
        derive_key(b"password", b"saltsaltsaltsalt", KdfCost.for_tests())
    assert "memory" in refused.value.sentence


def test_derivation_is_argon2id_as_another_implementation_computes_it():
    other = Argon2id(salt=b"saltsaltsaltsalt", length=32, iterations=2, lanes=2, memory_cost=128)
    cost = KdfCost(128, 2, 2)
    assert derive_key(b"password", b"saltsaltsaltsalt", cost) == other.derive(b"password")
    assert derive_key(b"passwore", b"saltsaltsaltsalt", cost) != derive_key(
        b"password", b"saltsaltsaltsalt", cost
    )


def test_derived_keys_are_hkdf_as_documented():
    # RFC 5869 by hand: extract with the vault's id, expand with the purpose.
    extracted = hmac.digest(VAULT.bytes, b"k" * 32, "sha256")
    expanded = hmac.digest(extracted, b"mesodesk/1/audit-mac\x01", "sha256")
    assert VaultKeys(VAULT, b"k" * 32, b"s" * 16).audit_mac == expanded


def test_same_letters_are_the_same_password():
    assert password_secret("cafe\u0301-au-lait") == password_secret("caf\u00e9-au-lait")
    assert password_secret("Secret") != password_secret("secret")


@pytest.mark.parametrize("length", [10, 128])
def test_takes_10_to_128_characters(length):
    assert new_password_secret("é" * length)


@pytest.mark.parametrize("length", [0, 9, 129])
def test_refuses_other_lengths(length):
    with pytest.raises(PasswordLengthError):
        new_password_secret("é" * length)


def test_each_use_has_its_own_key():
    keys = VaultKeys(VAULT, b"k" * 32, b"s" * 16)
    derived = {
        keys.audit_mac, keys.anchor, keys.key_file, keys.draft, keys.attachment, keys.manifest,
        keys.data_key,
    }  # fmt: skip
    assert len(derived) == 7
    assert keys.anchor != VaultKeys(UUID(int=8), b"k" * 32, b"s" * 16).anchor
    assert keys.anchor == VaultKeys(VAULT, b"k" * 32, b"t" * 16).anchor


def test_wipes_and_never_shows_the_key():
    keys = VaultKeys(VAULT, b"k" * 32, b"s" * 16)
    assert "kkk" not in repr(keys)
    assert keys.anchor
    keys.wipe()
    assert keys.data_key == bytes(32)


def test_refuses_keys_of_the_wrong_length():
    with pytest.raises(ValueError, match="length"):
        VaultKeys(VAULT, b"k" * 31, b"s" * 16)
