"""The recovery key as people type it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesodesk.vault.key_text import ALPHABET, check_values
from mesodesk.vault.recovery import RecoveryKey, RecoveryKeyError, parse

keys = st.builds(RecoveryKey, st.binary(min_size=16, max_size=16))


@given(keys)
def test_what_is_printed_is_read_back(key):
    assert parse(key.text) == key


@given(keys)
def test_is_seven_groups_of_four(key):
    assert [len(group) for group in key.groups] == [4] * 7
    assert set("".join(key.groups)) <= set(ALPHABET)


@given(keys)
def test_case_spaces_and_look_alikes_do_not_matter(key):
    typed = key.text.lower().replace("-", "  ").replace("0", "o").replace("1", "l")
    assert parse(f"\n{typed}\t") == key


@given(keys, st.integers(0, 27), st.integers(1, 31))
def test_one_wrong_character_is_refused_and_its_group_named(key, place, shift):
    text = list("".join(key.groups))
    text[place] = ALPHABET[(ALPHABET.index(text[place]) + shift) % 32]
    with pytest.raises(RecoveryKeyError) as refused:
        parse("".join(text))
    # Another mistake can explain the same check, but then no single group is named.
    assert refused.value.group in {place // 4 + 1, None}
    if refused.value.group is None:
        assert "More than one" in refused.value.sentence


def test_most_single_mistakes_name_their_group():
    key = RecoveryKey(bytes(range(16)))
    named = 0
    for place in range(28):
        text = list("".join(key.groups))
        text[place] = ALPHABET[(ALPHABET.index(text[place]) + 7) % 32]
        with pytest.raises(RecoveryKeyError) as refused:
            parse("".join(text))
        named += refused.value.group == place // 4 + 1
    assert named >= 24


@given(keys, st.integers(0, 26))
def test_two_exchanged_neighbours_are_noticed(key, place):
    text = list("".join(key.groups))
    if text[place] == text[place + 1]:
        return
    text[place], text[place + 1] = text[place + 1], text[place]
    with pytest.raises(RecoveryKeyError):
        parse("".join(text))


@given(keys, st.data())
def test_two_wrong_characters_are_always_noticed(key, data):
    text = list("".join(key.groups))
    for place in data.draw(st.lists(st.integers(0, 27), min_size=2, max_size=2, unique=True)):
        shift = data.draw(st.integers(1, 31))
        text[place] = ALPHABET[(ALPHABET.index(text[place]) + shift) % 32]
    with pytest.raises(RecoveryKeyError):
        parse("".join(text))


@pytest.mark.parametrize(("position", "group"), [(0, 1), (5, 2), (27, 7)])
def test_a_letter_that_no_key_has_is_named_by_group(position, group):
    text = list("".join(RecoveryKey(bytes(16)).groups))
    text[position] = "U"
    with pytest.raises(RecoveryKeyError) as refused:
        parse("".join(text))
    assert refused.value.group == group
    assert f"Group {group}" in refused.value.sentence


@pytest.mark.parametrize("typed", ["", "ABCD", "A" * 29, "héron", "🙂" * 28])
def test_what_is_no_key_is_refused_with_a_sentence(typed):
    with pytest.raises(RecoveryKeyError) as refused:
        parse(typed)
    assert refused.value.sentence.endswith(".")


def test_more_than_128_bits_are_refused():
    data = [31, *[0] * 25]
    text = "".join(ALPHABET[value] for value in (*data, *check_values(data)))
    with pytest.raises(RecoveryKeyError) as refused:
        parse(text)
    assert refused.value.group == 1


def test_never_shows_its_secret():
    key = RecoveryKey(b"\xaa" * 16)
    assert "aa" not in repr(key)
    assert key.text not in repr(key)


def test_new_keys_differ():
    assert RecoveryKey.new() != RecoveryKey.new()
