"""Words of the patient search: how names, numbers, phones and dates become words, and queries too.

What is stored and what is typed go through the same functions, so that they meet. The full-text
tables use SQLite's `ascii` tokenizer: it splits at ASCII punctuation only, and everything else is
done here, once, whatever version of Unicode the database library knows.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Final

_LETTERS: Final = str.maketrans(
    {
        "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i",
        "ħ": "h", "ŧ": "t", "ŋ": "n", "ĸ": "k", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ß": "ss",
        "ى": "ي", "ـ": None,
    }
)  # fmt: skip
"""Letters that Unicode does not decompose but people type as the plain ones."""

_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
"""The other spelling of the same name: Müller is Mueller as well as Muller."""

_NUMERIC: Final = re.compile(r"[0-9+(][0-9./()+-]*")
_DIGITS: Final = re.compile(r"[0-9]+")
_JOINER: Final = re.compile(r"['\u2019\u02bc`\u00b4-]")
_MOST_TERMS: Final = 8
_LONGEST_QUERY: Final = 200
_YEAR_DIGITS: Final = 4
_SHORTEST_INFIX: Final = 3
_LONGEST_DATE: Final = 8
NUMBER_DIGITS: Final = 5
"""How many digits record numbers are filled up to with zeros."""

INDEXED_LETTERS: Final = 6
"""Beginnings of so many letters are in the index of the full-text table; longer ones are not."""

PHONE_TAIL: Final = 7
"""How many last digits two numbers must share to be compared as phones at all."""


def fold(text: str) -> str:
    """Return a text without case, accents and invisible marks, digits of all scripts as 0 to 9.

    Folding twice changes nothing more.
    """
    if text.isascii():
        return text.lower()
    # Compatibility letters and casefolding each bring forth what the other one handles.
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(_plain(character) for character in decomposed).translate(_LETTERS)


def _plain(character: str) -> str:
    if character.isascii():
        return character
    category = unicodedata.category(character)
    if category in ("Mn", "Me", "Cf"):
        return ""
    return str(unicodedata.decimal(character)) if category == "Nd" else character


def words(text: str) -> tuple[str, ...]:
    """Return the folded words of a text in order; punctuation separates, emoji are letters."""
    return tuple("".join(c if _in_word(c) else " " for c in fold(text)).split())


def _in_word(character: str) -> bool:
    if character.isascii():
        return character.isalnum()
    return unicodedata.category(character)[0] in "LMNS"


def name_words(name: str) -> tuple[str, ...]:
    """Return every word by which a name is found, the words of the name first.

    Besides its words these are the joined forms (O'Brien: o, brien, obrien) and the spellings of
    umlauts with an e.
    """
    found = [*words(name), *_joined(name)]
    spelled = unicodedata.normalize("NFC", name).casefold().translate(_UMLAUTS)
    found += [*words(spelled), *_joined(spelled)]
    return tuple(dict.fromkeys(found))


def _joined(name: str) -> Iterator[str]:
    for part in name.split():
        if _JOINER.search(part):
            yield from words(_JOINER.sub("", part))


def phone_digits(phone: str) -> str:
    """Return the digits of a phone number, without the 00 of an international call."""
    digits = "".join(_DIGITS.findall(fold(phone)))
    return digits.removeprefix("00")


def phone_words(phone: str) -> tuple[str, ...]:
    """Return the digits from the beginning of each group of the number to its end."""
    groups = _DIGITS.findall(fold(phone))
    rests = ["".join(groups[at:]) for at in range(len(groups))]
    return tuple(dict.fromkeys(form for rest in rests for form in (rest, rest.lstrip("0")) if form))


def date_words(day: date) -> tuple[str, ...]:
    """Return a date as digits in the orders people type: year, day or month first."""
    year, month, date_ = f"{day.year:04}", f"{day.month:02}", f"{day.day:02}"
    forms = (
        year + month + date_,
        date_ + month + year,
        month + date_ + year,
        date_ + month + year[2:],
        month + date_ + year[2:],
    )
    return tuple(dict.fromkeys(forms))


def number_words(record_number: str) -> tuple[str, ...]:
    """Return a record number whole, in parts, and without leading zeros."""
    parts = words(record_number)
    forms = ["".join(parts), *parts, *(part.lstrip("0") for part in parts if part.isdigit())]
    return tuple(dict.fromkeys(form for form in forms if form))


@dataclass(frozen=True, slots=True)
class Entry:
    """What the search tables hold of one patient, each a row of words; `whole` for infixes."""

    family: str
    given: str
    other: str
    whole: str


def entry(
    family_name: str, given_names: str, record_number: str, phone: str, birth_date: date
) -> Entry:
    """Return what to store in the search tables for a patient."""
    others = (*number_words(record_number), *phone_words(phone), *date_words(birth_date))
    whole = (*words(family_name), *words(given_names), phone_digits(phone), *words(record_number))
    return Entry(
        family=" ".join(name_words(family_name)),
        given=" ".join(name_words(given_names)),
        other=" ".join(others),
        whole=" ".join(whole),
    )


@dataclass(frozen=True, slots=True)
class Term:
    """Something that must be found; each alternative is a row of words that stand for it."""

    alternatives: tuple[tuple[str, ...], ...]
    numeric: bool

    def match(self, *, column: str = "", exact: bool = False) -> str:
        """Return the term as a full-text expression: words begin so, or are so if exact."""
        star = "" if exact else " *"
        field = f"{column} : " if column else ""
        rows = (" AND ".join(f'{field}"{word}"{star}' for word in row) for row in self.alternatives)
        return "(" + " OR ".join(f"({row})" for row in rows) + ")"

    def needles(self, *, whole: bool = False) -> "Needles":
        """Return what `meets` is to look for: beginnings of words on record, or whole words."""
        end = " " if whole else ""
        return tuple(tuple(f" {word}{end}" for word in row) for row in self.alternatives)

    @property
    def longest(self) -> int:
        """How many letters the longest word has."""
        return max(len(word) for row in self.alternatives for word in row)

    def infix(self) -> str:
        """Return the term as an expression for the trigram table, empty if it is too short."""
        rows = [row for row in self.alternatives if all(len(w) >= _SHORTEST_INFIX for w in row)]
        joined = (" AND ".join(f'"{word}"' for word in row) for row in rows)
        return "(" + " OR ".join(f"({row})" for row in joined) + ")" if rows else ""


Needles = tuple[tuple[str, ...], ...]
"""Alternatives, each a row of pieces that must all be there."""


def meets(stored: str, wanted: Needles) -> bool:
    """Tell whether words on record are as wanted.

    Args:
        stored: the words, with a space before and after each.
        wanted: as `Term.needles` returns them.
    """
    # Plain loops: this is asked some thousand times a search, where generators took 2 ms.
    for row in wanted:
        for piece in row:
            if piece not in stored:
                break
        else:
            return True
    return False


def terms(text: str) -> tuple[Term, ...]:
    """Return what a typed text asks for; every term must be met, in any order."""
    found: list[Term] = []
    for chunk in _chunks(text[:_LONGEST_QUERY]):
        if _NUMERIC.fullmatch(chunk.replace(" ", "")):
            found.append(_number_term(chunk))
        else:
            found += _word_terms(chunk)
    return tuple(term for term in dict.fromkeys(found) if term.alternatives)[:_MOST_TERMS]


def _chunks(text: str) -> Iterator[str]:
    """Split at spaces, but keep numbers that follow each other together: 612 34 56 78."""
    numbers: list[str] = []
    for chunk in unicodedata.normalize("NFC", text).split():
        folded = fold(chunk)
        if _NUMERIC.fullmatch(folded):
            numbers.append(folded)
            continue
        if numbers:
            yield " ".join(numbers)
            numbers = []
        yield chunk
    if numbers:
        yield " ".join(numbers)


def _word_terms(chunk: str) -> Iterator[Term]:
    """Return a term for each word, or one for a joined name and its parts."""
    spelled = chunk.casefold().translate(_UMLAUTS)
    rows = (words(chunk), tuple(_joined(chunk)), words(spelled), tuple(_joined(spelled)))
    kept = tuple(dict.fromkeys(row for row in rows if row))
    if kept:
        yield Term(kept, numeric=False)


def _number_term(chunk: str) -> Term:
    groups = _DIGITS.findall(chunk)
    compact = "".join(groups)
    forms = [compact, *_padded(groups)]
    if compact.startswith("0"):
        # A record number with fewer zeros than on record, or a phone without its country code.
        forms.append(compact.zfill(NUMBER_DIGITS))
        bare = compact.lstrip("0")
        forms += [bare] if len(bare) >= _SHORTEST_INFIX else []
    rows: list[tuple[str, ...]] = [(form,) for form in forms if form]
    # Numbers apart may also be two things: a record number and a year of birth.
    apart = tuple("".join(_DIGITS.findall(part)) for part in chunk.split())
    if len(apart) > 1 and all(apart):
        rows.append(apart)
    return Term(tuple(dict.fromkeys(rows)), numeric=True)


def _padded(groups: list[str]) -> Iterable[str]:
    """Return a date typed with separators as digits: 12.5.1980 is 12051980.

    The last group may be half typed: 12.1 is 12 January as well as the beginning of 12 October.
    """
    if not 1 < len(groups) <= 3 or sum(map(len, groups)) > _LONGEST_DATE:
        return []
    choices = [_full(group) for group in groups]
    return ["".join(row) for row in product(*choices[:-1], {*choices[-1], groups[-1]})]


def _full(group: str) -> tuple[str, ...]:
    return (group,) if len(group) == _YEAR_DIGITS else (group.zfill(2),)
