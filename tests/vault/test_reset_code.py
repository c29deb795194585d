"""The code that lets somebody in once, as people type it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesodesk.vault.key_text import ALPHABET
from mesodesk.vault.recovery import RecoveryKey, RecoveryKeyError
from mesodesk.vault.reset_code import ResetCode, ResetCodeError, code_in, parse_code, parse_either

codes = st.builds(ResetCode, st.binary(min_size=11, max_size=11))


@given(codes)
def test_what_is_shown_is_read_back(code):
    assert parse_code(code.text) == code
    assert [len(group) for group in code.groups] == [4] * 5


@given(codes)
def test_case_spaces_and_look_alikes_do_not_matter(code):
    typed = code.text.lower().replace("-", "  ").replace("0", "o").replace("1", "l")
    assert parse_code(f"\n{typed}\t") == code


@given(codes, st.integers(0, 19), st.integers(1, 31))
def test_one_wrong_character_is_refused_and_its_group_named(code, place, shift):
    text = list("".join(code.groups))
    text[place] = ALPHABET[(ALPHABET.index(text[place]) + shift) % 32]
    with pytest.raises(ResetCodeError) as refused:
        parse_code("".join(text))
    assert refused.value.group in (None, place // 4 + 1)


def test_a_letter_too_few_is_told_in_words():
    with pytest.raises(ResetCodeError, match="A code has 20 characters in 5 groups of 4"):
        parse_code(ResetCode.new().text[:-1])


def test_a_recovery_key_and_a_code_are_told_apart_by_their_length():
    code, key = ResetCode.new(), RecoveryKey.new()
    assert parse_either(code.text) == code
    assert parse_either(f" {key.text.lower()} ") == key
    with pytest.raises(ResetCodeError):
        parse_either(code.text[:-2])
    with pytest.raises(RecoveryKeyError):
        parse_either(key.text[:-2])


def test_a_password_is_no_code():
    assert code_in("plain tea in the morning") is None
    code = ResetCode.new()
    assert code_in(code.text) == code


def test_does_not_show_itself():
    code = ResetCode.new()
    assert code.text not in repr(code)
    assert code.secret.hex() not in repr(code)
