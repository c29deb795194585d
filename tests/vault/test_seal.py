"""Canonical spelling, digests and seals."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesodesk.domain.canonical import plain
from mesodesk.vault.seal import Seal, canonical_json, digest_of, matches
from mesodesk.vault.slots import new_signing_key, public_key_of, sign

AN_HOUR_EAST = timezone(timedelta(hours=1))


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Thing:
    volume_ml: Decimal
    when: datetime


def test_spells_everything_in_one_way():
    value = {
        "z": Decimal("0.500"), "a": UUID(int=1), "é": [Colour.RED, None, True, 3],
        "d": date(2026, 3, 1), "b": b"\xff", "t": (1, 2),
        "thing": Thing(Decimal("1E+2"), datetime(2026, 3, 1, 13, tzinfo=AN_HOUR_EAST)),
    }  # fmt: skip
    assert canonical_json(value).decode() == (
        '{"a":"00000000-0000-0000-0000-000000000001","b":"ff","d":"2026-03-01","t":[1,2],'
        '"thing":{"volume_ml":"100","when":"2026-03-01T12:00:00.000000Z"},"z":"0.5",'
        '"é":["red",null,true,3]}'
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Decimal("0.5"), Decimal("0.50000")),
        (Decimal(0), Decimal("-0.00")),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ((1, 2), [1, 2]),
        (Colour.RED, "red"),
        (
            datetime(2026, 1, 1, 12, tzinfo=UTC),
            datetime(2026, 1, 1, 14, tzinfo=timezone(timedelta(hours=2))),
        ),
    ],
)
def test_what_is_equal_is_spelled_alike(one, other):
    assert canonical_json(one) == canonical_json(other)


@pytest.mark.parametrize(
    "value",
    [
        float("nan"), float("inf"), Decimal("NaN"), Decimal("-Infinity"), datetime(2026, 1, 1),  # noqa: DTZ001
        "\ud800", {"1": 1, UUID(int=0): 2, str(UUID(int=0)): 3},
    ],
)  # fmt: skip
def test_refuses_what_has_no_lasting_meaning(value):
    with pytest.raises(ValueError, match=r"."):
        canonical_json(value)


@pytest.mark.parametrize("value", [{1, 2}, object(), {1: 2}, {None: 1}])
def test_refuses_what_has_no_spelling(value):
    with pytest.raises(TypeError):
        canonical_json(value)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("aé") | st.sampled_from(Colour)
    | st.floats(allow_nan=False, allow_infinity=False) | st.decimals(-9, 9, places=3),
    lambda within: st.lists(within, max_size=4),
    max_leaves=12,
)  # fmt: skip


def _in_tuples(value):
    return tuple(map(_in_tuples, value)) if isinstance(value, list) else value


@given(ANYTHING)
def test_a_list_is_spelled_as_its_values_are_one_by_one(value):
    assert canonical_json(value) == canonical_json(_in_tuples(value))


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_no_list_hides_what_has_no_lasting_meaning(number):
    for value in ([number], [1, 0.5, number], [[0.5, number], [1]]):
        with pytest.raises(ValueError, match="finite"):
            plain(value)


def test_whole_numbers_beside_others_may_be_of_any_size():
    assert canonical_json([10**400, 0.5]) == f"[{10**400},0.5]".encode()


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_a_decimal_keeps_its_value(value):
    text = canonical_json(value).decode().strip('"')
    assert Decimal(text) == value
    assert "E" not in text


def sealed(record) -> Seal:
    key, digest = new_signing_key(), digest_of(record)
    return Seal(
        digest, sign(key, digest), public_key_of(key), UUID(int=1), datetime(2026, 1, 1, tzinfo=UTC)
    )


def test_a_seal_holds_for_its_record_only():
    seal = sealed({"volume_ml": Decimal("0.5")})
    assert matches(seal, {"volume_ml": Decimal("0.50")})
    assert not matches(seal, {"volume_ml": Decimal("0.51")})
    assert not matches(replace(seal, signature=bytes(64)), {"volume_ml": Decimal("0.5")})
    assert not matches(replace(seal, digest=bytes(32)), {"volume_ml": Decimal("0.5")})
    assert seal.hex.startswith(seal.short)
