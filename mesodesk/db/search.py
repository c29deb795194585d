"""Finds patients by what is typed: name parts, record number, phone, birth date.

Two full-text tables lie beside `patient`, joined by `patient.seq`: whole words with an index of
their beginnings, and three-letter runs for what lies inside a word. Every lookup takes a few
hundred hits at most and orders these, so that its time hardly grows with the number of patients.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from mesodesk.db.models.patient import PatientRow
from mesodesk.db.search_words import (
    INDEXED_LETTERS,
    PHONE_TAIL,
    Entry,
    Needles,
    Term,
    entry,
    meets,
    phone_digits,
    terms,
    words,
)
from mesodesk.domain.records.patient import PatientHit

_FIRST_CAP: Final = 300
_WIDER_CAP: Final = 30_000
# With three words many patients are passed over for each hit, which is then a better one: 300 of
# them took 4 ms among a million patients.
_MANY_WORDS: Final = 3
_FEWER_CAP: Final = 100

_PUT_WORDS: Final = (
    "INSERT OR REPLACE INTO patient_words_fts (rowid, family, given, other) VALUES (?, ?, ?, ?)"
)
_PUT_TRIGRAMS: Final = "INSERT OR REPLACE INTO patient_trigrams_fts (rowid, whole) VALUES (?, ?)"
_CLEAR: Final = (
    "INSERT INTO patient_words_fts (patient_words_fts) VALUES ('delete-all')",
    "INSERT INTO patient_trigrams_fts (patient_trigrams_fts) VALUES ('delete-all')",
)

# The hits in a subquery of their own: a plain join may be turned round into a lookup per patient.
_BY_WORDS: Final = (
    "SELECT seq, family_folded, given_folded, touched_at, archived_at FROM patient WHERE seq IN"
    " (SELECT rowid FROM patient_words_fts WHERE patient_words_fts MATCH ?"
    " ORDER BY rowid DESC LIMIT ?)"
)
_BY_TRIGRAMS: Final = (
    "SELECT seq, family_folded, given_folded, touched_at, archived_at FROM patient WHERE seq IN"
    " (SELECT rowid FROM patient_trigrams_fts WHERE patient_trigrams_fts MATCH ?"
    " ORDER BY rowid DESC LIMIT ?)"
)

_HIT_COLUMNS: Final = (
    PatientRow.seq,
    PatientRow.id,
    PatientRow.record_number,
    PatientRow.family_name,
    PatientRow.given_names,
    PatientRow.birth_date,
    PatientRow.phone,
    PatientRow.archived_at,
)
_HITS: Final = select(*_HIT_COLUMNS).where(PatientRow.seq.in_(bindparam("seqs", expanding=True)))


def index_values(family_name: str, given_names: str, phone: str) -> dict[str, str]:
    """Return the columns of `patient` that follow from names and phone."""
    family, given = words(family_name), words(given_names)
    digits = phone_digits(phone)
    return {
        "family_folded": " ".join(family),
        "given_folded": " ".join(given),
        "name_key": " ".join(sorted((*family, *given))),
        "phone_tail": digits[-PHONE_TAIL:] if len(digits) >= PHONE_TAIL else "",
    }


def put(connection: Connection, entries: Iterable[tuple[int, Entry]]) -> None:
    """Store or replace the search words of patients, by `patient.seq`."""
    rows = [(seq, one.family, one.given, one.other, one.whole) for seq, one in entries]
    if rows:
        connection.exec_driver_sql(_PUT_WORDS, [row[:4] for row in rows])
        connection.exec_driver_sql(_PUT_TRIGRAMS, [(row[0], row[4]) for row in rows])


def rebuild(connection: Connection, *, chunk: int = 5_000) -> int:
    """Make the search words of every patient anew; return how many patients there are."""
    for statement in _CLEAR:
        connection.exec_driver_sql(statement)
    done = last = 0
    while rows := _texts_after(connection, last, chunk):
        put(connection, [(row[0], entry(*row[1:])) for row in rows])
        last, done = rows[-1][0], done + len(rows)
    return done


def _texts_after(
    connection: Connection, seq: int, chunk: int
) -> list[tuple[int, str, str, str, str, date]]:
    found = connection.execute(
        select(
            PatientRow.seq,
            PatientRow.family_name,
            PatientRow.given_names,
            PatientRow.record_number,
            PatientRow.phone,
            PatientRow.birth_date,
        )
        .where(PatientRow.seq > seq)
        .order_by(PatientRow.seq)
        .limit(chunk)
    )
    return [(row[0], row[1], row[2], row[3], row[4], row[5]) for row in found]


def find(
    connection: Connection, text: str, *, limit: int, archived: bool = False
) -> tuple[PatientHit, ...]:
    """Return the patients that a typed text may mean, best match first.

    Every word typed must be found, in any order, at the beginning of a word on record; only if
    nothing is, inside one. Digits are also looked for inside phone numbers.

    Args:
        connection: of a transaction, reading is enough.
        text: what was typed; empty means the patients most recently opened or changed.
        limit: the most patients to return.
        archived: whether archived patients are returned too.
    """
    wanted = terms(text)
    if wanted:
        return _hits(connection, _Search(connection, wanted, limit, archived).best())
    return () if text.strip() else _recent(connection, limit, archived=archived)


def _recent(connection: Connection, limit: int, *, archived: bool) -> tuple[PatientHit, ...]:
    query = select(*_HIT_COLUMNS).order_by(PatientRow.touched_at.desc(), PatientRow.seq.desc())
    if not archived:
        query = query.where(PatientRow.archived_at.is_(None))
    return tuple(_hit(row) for row in connection.execute(query.limit(limit)))


def _hits(connection: Connection, seqs: Sequence[int]) -> tuple[PatientHit, ...]:
    if not seqs:
        return ()
    found = connection.execute(_HITS, {"seqs": seqs})
    by_seq = {row.seq: row for row in found}
    return tuple(_hit(by_seq[seq]) for seq in seqs)


def _hit(row: Any) -> PatientHit:  # noqa: ANN401  a row of the columns above
    names = (row.family_name, row.given_names)
    return PatientHit(
        id=row.id,
        record_number=row.record_number,
        name=", ".join(part for part in names if part),
        birth_date=row.birth_date,
        phone=row.phone,
        archived=row.archived_at is not None,
    )


def hits_of(connection: Connection, ids: Sequence[UUID]) -> tuple[PatientHit, ...]:
    """Return the list rows of patients by their ids, in the order given."""
    found = connection.execute(select(*_HIT_COLUMNS).where(PatientRow.id.in_(ids)))
    by_id = {row.id: row for row in found}
    return tuple(_hit(by_id[one]) for one in ids if one in by_id)


class _Candidate(NamedTuple):
    """A patient who matches, with what ordering needs; columns as in the queries above."""

    seq: int
    family: str
    given: str
    touched: int
    archived: int | None


class _Search:
    """One search: better kinds of match first, until there are enough patients."""

    def __init__(
        self, connection: Connection, wanted: tuple[Term, ...], limit: int, archived: bool
    ) -> None:
        self._connection = connection
        self._terms = wanted
        self._limit = limit
        self._archived = archived
        self._cap = max(_FIRST_CAP if len(wanted) < _MANY_WORDS else _FEWER_CAP, 2 * limit)
        self._needles = [(term.needles(), term.needles(whole=True)) for term in wanted]

    def best(self) -> list[int]:
        """Return `patient.seq` of the best, best first."""
        ranked: dict[int, tuple[int, ...]] = {}
        for tier, found in enumerate(self._kinds()):
            for one in found:
                if one.seq not in ranked:
                    ranked[one.seq] = (tier, *self._rank(one))
            if len(ranked) >= self._limit:
                break
        if not ranked:
            ranked = {one.seq: self._rank(one) for one in self._inside_words()}
        return sorted(ranked, key=ranked.__getitem__)[: self._limit]

    def _kinds(self) -> Iterator[list[_Candidate]]:
        """Yield who matches, best kind of match first; each kind is asked for when it is needed."""
        exact = " AND ".join(term.match(exact=True) for term in self._terms)
        begins = " AND ".join(term.match() for term in self._terms)
        first = self._terms[0]
        if len(self._terms) > 1:
            yield self._candidates(_BY_WORDS, exact)
        elif first.numeric:
            yield self._candidates(_BY_WORDS, exact)
            yield from self._numbers(first, begins)
            return
        else:
            for column in ("family", "given"):
                for way in (True, False):
                    yield self._candidates(_BY_WORDS, first.match(column=column, exact=way))
        yield self._candidates(_BY_WORDS, begins)

    def _numbers(self, term: Term, begins: str) -> Iterator[list[_Candidate]]:
        """Yield who has a number that begins so, then who has one with the digits inside."""
        infix = term.infix()
        if infix and term.longest > INDEXED_LETTERS:
            # All hits of a beginning that is not in the index are gathered before the first is
            # told: 5 ms for digits that 40,000 phones share. Runs of three are told one by one.
            inside = self._candidates(_BY_TRIGRAMS, infix)
            if len(inside) < self._cap:
                yield self._candidates(_BY_WORDS, begins)
            yield inside
            return
        yield self._candidates(_BY_WORDS, begins)
        if infix:
            yield self._candidates(_BY_TRIGRAMS, infix)

    def _candidates(
        self, query: str, match: str, short: Sequence[Needles] = ()
    ) -> list[_Candidate]:
        """Return the newest patients that match; asks wider if others fill the cap.

        Args:
            query: one of the queries above.
            match: the full-text expression.
            short: words too short for the index, each to be met at a beginning.
        """
        for cap in (self._cap, _WIDER_CAP):
            rows = self._connection.exec_driver_sql(query, (match, cap)).all()
            found = list(map(_Candidate._make, rows))
            kept = found if self._archived else [one for one in found if one.archived is None]
            if short:
                kept = [one for one in kept if _begins(one, short)]
            if len(found) < cap or len(kept) >= self._limit:
                break
        return kept

    def _inside_words(self) -> list[_Candidate]:
        """Return patients with the longer terms inside words and the short ones at beginnings."""
        long = [infix for term in self._terms if (infix := term.infix())]
        if not long:
            return []
        short = [term.needles() for term in self._terms if not term.infix()]
        return self._candidates(_BY_TRIGRAMS, " AND ".join(long), short)

    def _rank(self, one: _Candidate) -> tuple[int, int, int, int]:
        """Return the order within a kind of match: family name, whole words, short, recent."""
        length = len(one.family) + len(one.given)
        if len(self._terms) == 1:
            return (0, 0, length, -one.touched)  # the kinds of match say the rest
        family, given = f" {one.family} ", f" {one.given} "
        places = whole = 0
        for begins, stands in self._needles:
            in_family = meets(family, begins)
            places += 0 if in_family else 1 if meets(given, begins) else 2
            whole += meets(family if in_family else given, stands)
        return (places, -whole, length, -one.touched)


def _begins(one: _Candidate, short: Sequence[Needles]) -> bool:
    """Tell whether every short word is met at the beginning of one of the names."""
    names = f" {one.family} {one.given} "
    return all(meets(names, needles) for needles in short)
