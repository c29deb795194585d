"""Quantities as people type and read them: exact decimals, kg and lb, cm and inches."""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum
from typing import Final

KG_PER_POUND: Final = Decimal("0.45359237")
"""Exact by the international yard and pound agreement of 1959."""

CM_PER_INCH: Final = Decimal("2.54")
"""Exact by the same agreement."""

_LONGEST_TEXT: Final = 40
_SPACES: Final = " \u00a0\u2007\u2009\u202f"
_ARABIC_DECIMAL_SEPARATOR: Final = "\u066b"
_MINUS_SIGN: Final = "\u2212"
_PLAIN: Final = re.compile(r"(?P<sign>-?)(?P<whole>[0-9 ]*)(?:[.,](?P<fraction>[0-9]*))?")
# Groups of three after one to three digits, no leading zero: any other spacing may be two numbers.
_GROUPED: Final = re.compile(r"[1-9][0-9]{0,2}(?: [0-9]{3})+")


class QuantityProblem(StrEnum):
    """Why a text is not the quantity asked for."""

    EMPTY = "empty"
    NOT_A_NUMBER = "not_a_number"
    TWO_SEPARATORS = "two_separators"
    SPACED = "spaced"
    NEGATIVE = "negative"
    TOO_PRECISE = "too_precise"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"


_SENTENCES: Final = {
    QuantityProblem.EMPTY: "Type a number.",
    QuantityProblem.NOT_A_NUMBER: "This is not a number: use digits and one point or comma.",
    QuantityProblem.TWO_SEPARATORS: "Use one decimal point or comma, and none between thousands.",
    QuantityProblem.SPACED: "There is a space inside the number: is it one number or two?",
    QuantityProblem.NEGATIVE: "The number cannot be negative.",
    QuantityProblem.TOO_SMALL: "The number must be at least {limit}.",
    QuantityProblem.TOO_LARGE: "The number must be at most {limit}.",
}


class QuantityError(ValueError):
    """A text that cannot be read as the quantity asked for.

    Attributes:
        problem: what is wrong, for a translated sentence.
        limit: the bound that was passed, or the number of decimals allowed; else None.
        sentence: what is wrong and what to type, in English. It never repeats the text itself.
    """

    def __init__(self, problem: QuantityProblem, limit: Decimal | int | None = None) -> None:
        self.problem = problem
        self.limit = limit
        self.sentence = _sentence(problem, limit)
        super().__init__(self.sentence)


def _sentence(problem: QuantityProblem, limit: Decimal | int | None) -> str:
    if problem is not QuantityProblem.TOO_PRECISE:
        return _SENTENCES[problem].format(limit=plain(limit) if limit is not None else "")
    if limit == 0:
        return "Use a whole number."
    return f"Use at most {limit} digit{'s' if limit != 1 else ''} after the decimal point."


def parse_decimal(
    text: str, *, places: int, minimum: Decimal | None = None, maximum: Decimal | None = None
) -> Decimal:
    """Read a number as typed: `2.5`, `2,5`, `1 250,5`, or the same in the digits of another script.

    A point and a comma are both decimal signs, never thousands separators, so the reading does not
    hang on a locale. Spaces may group thousands where no other reading is possible.

    Args:
        text: what was typed.
        places: the most digits allowed after the decimal sign; more are refused, never rounded.
        minimum: the least value allowed; a minus sign is only read if this is below zero.
        maximum: the greatest value allowed.

    Raises:
        QuantityError: if the text is not such a number.
    """
    number = _read(_ascii(text), may_be_negative=minimum is not None and minimum < 0, places=places)
    if minimum is not None and number < minimum:
        raise QuantityError(QuantityProblem.TOO_SMALL, minimum)
    if maximum is not None and number > maximum:
        raise QuantityError(QuantityProblem.TOO_LARGE, maximum)
    return number


def _ascii(text: str) -> str:
    """Turn every script's digits, spaces, minus and decimal sign into the plain ones."""
    stripped = text.strip()
    if not stripped:
        raise QuantityError(QuantityProblem.EMPTY)
    if len(stripped) > _LONGEST_TEXT:
        raise QuantityError(QuantityProblem.NOT_A_NUMBER)
    return "".join(_ascii_character(character) for character in stripped)


def _ascii_character(character: str) -> str:
    if character in _SPACES:
        return " "
    if character == _MINUS_SIGN:
        return "-"
    if character == _ARABIC_DECIMAL_SEPARATOR:
        return "."
    # Superscripts and fractions have a numeric value but are not decimal digits: left as they are.
    digit = unicodedata.decimal(character, None)
    return character if digit is None else str(digit)


def _read(text: str, *, may_be_negative: bool, places: int) -> Decimal:
    match = _PLAIN.fullmatch(text)
    if match is None:
        separators = text.count(".") + text.count(",")
        digits_only = bool(re.fullmatch(r"-?[0-9., ]*", text))
        raise QuantityError(
            QuantityProblem.TWO_SEPARATORS
            if separators > 1 and digits_only
            else QuantityProblem.NOT_A_NUMBER
        )
    whole, fraction = match["whole"], match["fraction"] or ""
    if " " in whole and not _GROUPED.fullmatch(whole):
        raise QuantityError(QuantityProblem.SPACED)
    if not (whole or fraction):
        raise QuantityError(QuantityProblem.NOT_A_NUMBER)
    if match["sign"] and not may_be_negative:
        raise QuantityError(QuantityProblem.NEGATIVE)
    if len(fraction) > places:
        raise QuantityError(QuantityProblem.TOO_PRECISE, places)
    number = Decimal(f"{whole.replace(' ', '') or '0'}.{fraction}")
    return number.copy_negate() if match["sign"] and number else number


def plain(value: Decimal | int) -> str:
    """Return the number without exponent and without trailing zeros: `1000`, `2.5`, `0`."""
    text = format(Decimal(value), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def rounded(value: Decimal, places: int) -> Decimal:
    """Return the value with that many decimals, halves away from zero, as people round."""
    with localcontext() as context:
        context.prec = max(28, value.adjusted() + places + 5)
        return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def pounds_to_kg(weight_lb: Decimal) -> Decimal:
    """Return kilograms, exactly."""
    return weight_lb * KG_PER_POUND


def kg_to_pounds(weight_kg: Decimal) -> Decimal:
    """Return pounds to 28 significant digits; round for display."""
    return weight_kg / KG_PER_POUND


def inches_to_cm(length_in: Decimal) -> Decimal:
    """Return centimetres, exactly."""
    return length_in * CM_PER_INCH


def cm_to_inches(length_cm: Decimal) -> Decimal:
    """Return inches to 28 significant digits; round for display."""
    return length_cm / CM_PER_INCH


def body_mass_index(weight_kg: Decimal, height_cm: Decimal) -> Decimal:
    """Return kg/m2 to 28 significant digits: compare with limits first, round for display after.

    Raises:
        ValueError: if the weight or the height is not positive.
    """
    if weight_kg <= 0 or height_cm <= 0:
        raise ValueError("weight and height must be positive")
    return weight_kg * 10_000 / (height_cm * height_cm)
