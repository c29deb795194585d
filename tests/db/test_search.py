"""The patient search on the encrypted database: whoever is on record is found."""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, event, insert, update

from mesodesk.db import search
from mesodesk.db.bulk import NewPatient, insert_patients
from mesodesk.db.models.clinic import ClinicRow
from mesodesk.db.models.patient import PatientRow
from mesodesk.db.search_words import INDEXED_LETTERS, fold, words
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.clinic import LengthUnit, WeightUnit
from mesodesk.domain.records.patient import BodySex, PatientFields

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)

# The database is made once for a test; every example runs in a transaction that is rolled back.
on_database = settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)

LETTERS = st.characters(
    codec="utf-8", categories=("Lu", "Ll", "Lt", "Lo", "Lm"), max_codepoint=0xFFFF
)
NAME_WORD = st.text("abcdefgijklmnorstuvzABCJLM", min_size=1, max_size=9) | st.text(
    LETTERS, min_size=1, max_size=6
)
NAMES = st.lists(NAME_WORD, min_size=1, max_size=3).map(" ".join)
DATES = st.dates(date(1900, 1, 1), date(2026, 3, 10))
PHONES = st.text("0123456789", min_size=7, max_size=12)


@pytest.fixture
def database(migrated: Engine) -> Engine:
    """A database with a clinic and no patients."""
    with migrated.begin() as connection:
        connection.execute(
            insert(ClinicRow).values(
                id=new_id(),
                version=1,
                created_at=NOW,
                changed_at=NOW,
                name="Clinic",
                language="en",
                zone="UTC",
                weight_unit=WeightUnit.KG,
                length_unit=LengthUnit.CM,
                minimum_age=18,
                idle_lock_minutes=2,
            )
        )
    return migrated


def person(family: str, given: str, born: date = date(1980, 5, 12), phone: str = "") -> NewPatient:
    return NewPatient(PatientFields(family, given, born, BodySex.MALE, phone=phone), NOW)


@contextmanager
def holding(database: Engine, *patients: NewPatient) -> Iterator[Connection]:
    """Enter patients for the length of the block."""
    with database.connect() as connection:
        insert_patients(connection, patients)
        yield connection
        connection.rollback()


def found(connection: Connection, text: str, **options: bool) -> list[str]:
    return [hit.name for hit in search.find(connection, text, limit=30, **options)]


OTHERS = (person("García Fernández", "Marta"), person("Lopes", "Ana"), person("Ito", "Jun"))


@on_database
@given(family=NAMES, given_names=NAMES, data=st.data())
def test_found_by_beginnings_of_name_words_in_any_order(database, family, given_names, data):
    parts = [*family.split(), *given_names.split()]
    chosen = data.draw(st.lists(st.sampled_from(parts), min_size=1, max_size=4, unique=True))
    typed = []
    for word in chosen:
        beginning = word[: data.draw(st.integers(1, len(word)))]
        how = data.draw(st.sampled_from([str, str.upper, str.lower, fold, _decomposed]))
        typed.append(how(beginning))
    assume(all(words(part) for part in typed))
    wanted = person(family, given_names)
    with holding(database, *OTHERS, wanted) as connection:
        hits = search.find(connection, "  ".join(typed), limit=30)
    assert wanted.id in {hit.id for hit in hits}


def _decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


@on_database
@given(phone=PHONES, data=st.data())
def test_found_by_any_three_digits_of_the_phone_that_follow_each_other(database, phone, data):
    start = data.draw(st.integers(0, len(phone) - 3))
    end = data.draw(st.integers(start + 3, len(phone)))
    wanted = person("Kim", "Ji", phone=phone)
    with holding(database, *OTHERS, wanted) as connection:
        hits = search.find(connection, phone[start:end], limit=30)
    assume(phone[start:end].strip("0"))
    assert wanted.id in {hit.id for hit in hits}


@on_database
@given(
    born=DATES,
    form=st.sampled_from(
        [
            "{d}.{m}.{y}", "{d:02}.{m:02}.{y}", "{d}/{m}/{y}", "{d:02}/{m:02}/{y}", "{d}-{m}-{y}",
            "{y}-{m:02}-{d:02}", "{y}-{m}-{d}", "{d:02}{m:02}{y}", "{y}{m:02}{d:02}",
            "{d:02}{m:02}{s:02}", "{d:02}.{m:02}.{s:02}", "{d}/{m}/{s:02}", "{d} {m} {y}",
            "{m:02}/{d:02}/{y}", "{d:02}.{m:02}.", "{d:02}.{m:02}", "{y}-{m:02}", "{y}",
        ]
    ),
)  # fmt: skip
def test_found_by_the_birth_date_as_people_type_it(database, born, form):
    typed = form.format(d=born.day, m=born.month, y=born.year, s=born.year % 100)
    wanted = person("Kim", "Ji", born)
    with holding(database, *OTHERS, wanted) as connection:
        hits = search.find(connection, typed, limit=30)
    assert wanted.id in {hit.id for hit in hits}


@on_database
@given(text=st.text() | st.text('"*()^:+-{} ORANDNEARfamily', max_size=40))
def test_nothing_typed_is_an_error(database, text):
    with holding(database, *OTHERS) as connection:
        assert len(search.find(connection, text, limit=30)) <= 3


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("jose lopez", ["López Martínez, José"]),
        ("LÓPEZ JOSÉ", ["López Martínez, José"]),
        ("mart jos", ["López Martínez, José"]),
        ("lopez maria", []),
        ("garcia", ["García, Ana", "García Ruiz, Elena", "Ruiz, García"]),
        ("garc", ["García, Ana", "Garcilaso, Ana", "García Ruiz, Elena", "Ruiz, García"]),
        ("ana garcia", ["García, Ana"]),
        ("mueller", ["Müller, Jörg"]),
        ("muller jorg", ["Müller, Jörg"]),
        ("müller joerg", ["Müller, Jörg"]),
        ("obrien", ["O'Brien, Sinéad"]),
        ("o'brien", ["O'Brien, Sinéad"]),
        ("o brien", ["O'Brien, Sinéad"]),
        ("rtínez", ["López Martínez, José"]),
        ("rtinez los", []),
        ("brien sine", ["O'Brien, Sinéad"]),
        ("rien sine", ["O'Brien, Sinéad"]),
        ("zz", []),
        ("+34 612 34 56", ["López Martínez, José"]),
        ("612-345", ["López Martínez, José"]),
        ("0034612", ["López Martínez, José"]),
        ("3456", ["López Martínez, José"]),
        ("0612 345", ["López Martínez, José"]),
        ("00003", ["García Ruiz, Elena"]),
        ("003", ["García Ruiz, Elena"]),
        ("3 1980", ["García Ruiz, Elena"]),
        ("!?", []),
    ],
)
def test_examples(database, text, names):
    people = (
        person("García", "Ana", date(1970, 2, 1)),
        person("Garcilaso", "Ana", date(1971, 2, 1)),
        person("García Ruiz", "Elena", date(1980, 11, 21)),
        person("Ruiz", "García", date(1973, 2, 1)),
        person("López Martínez", "José", date(1968, 7, 9), "+34 612 345 678"),
        person("Müller", "Jörg", date(1975, 2, 1)),
        person("O'Brien", "Sinéad", date(1976, 2, 1)),
    )
    with holding(database, *people) as connection:
        assert found(connection, text) == names


def test_the_best_match_comes_first(database):
    people = (
        person("Smith", "Ros"),
        person("Rosenberg", "Al"),
        person("Ros Vila Casals", "Pere"),
        person("Ros", "Al"),
        person("Diaz", "Rosa"),
    )
    with holding(database, *people) as connection:
        assert found(connection, "ros") == [
            "Ros, Al",
            "Ros Vila Casals, Pere",
            "Rosenberg, Al",
            "Smith, Ros",
            "Diaz, Rosa",
        ]


def test_a_whole_record_number_comes_before_numbers_that_begin_so(database):
    people = [person("Kim", f"N{n:02}", date(1950, 7, 9)) for n in range(1, 13)]
    people[10] = person("Born", "In December", date(1999, 12, 1))
    with holding(database, *people) as connection:
        assert found(connection, "1")[0] == "Kim, N01"
        assert found(connection, "12")[0] == "Kim, N12"
        assert "Born, In December" in found(connection, "12")


def test_more_recent_comes_before_older_when_all_else_is_alike(database):
    with holding(database, person("Kim", "A"), person("Kim", "B")) as connection:
        later = update(PatientRow).where(PatientRow.given_names == "A")
        connection.execute(later.values(touched_at=NOW + timedelta(hours=1)))
        assert found(connection, "kim") == ["Kim, A", "Kim, B"]
        assert found(connection, "") == ["Kim, A", "Kim, B"]


def test_archived_patients_cannot_hide_the_others(database):
    people = [person("Kim", "Current"), *(person("Kim", f"Old {n}") for n in range(400))]
    with holding(database, *people) as connection:
        gone = update(PatientRow).where(PatientRow.given_names != "Current")
        connection.execute(gone.values(archived_at=NOW))
        assert found(connection, "kim") == ["Kim, Current"]
        assert found(connection, "") == ["Kim, Current"]
        assert len(found(connection, "kim", archived=True)) == 30


def test_no_more_than_asked_for(database):
    people = [person("Kim", f"N {n}") for n in range(50)]
    with holding(database, *people) as connection:
        assert len(search.find(connection, "kim", limit=7)) == 7
        assert len(search.find(connection, "", limit=7)) == 7


def test_words_made_anew_are_the_same(database):
    typed = ("jose", "1980", "rtin", "00002", "")
    people = (*OTHERS, person("López Martínez", "José", date(1980, 1, 2), "600 111 222"))
    with holding(database, *people) as connection:
        before = [found(connection, text) for text in typed]
        assert search.rebuild(connection, chunk=3) == 4
        assert [found(connection, text) for text in typed] == before


def test_entering_many_goes_on_from_the_last_number(database):
    with database.connect() as connection:
        made = (person("Kim", f"N{n}") for n in range(5))
        assert insert_patients(connection, made, chunk=2) == 5
        assert insert_patients(connection, [person("Kim", "Last")]) == 1
        assert [hit.record_number for hit in search.find(connection, "last", limit=9)] == ["00006"]
        assert insert_patients(connection, []) == 0
        connection.rollback()


def test_names_of_hits_are_ready_to_be_painted(database):
    with holding(database, person("Ito", "Jun", phone="090 1234"), person("", "Pelé")) as made:
        [hit] = search.find(made, "ito", limit=3)
        assert (hit.name, hit.birth_date) == ("Ito, Jun", date(1980, 5, 12))
        assert (hit.phone, hit.record_number, hit.archived) == ("090 1234", "00001", False)
        assert found(made, "pele") == ["Pelé"]
        assert [one.name for one in search.hits_of(made, [hit.id, new_id()])] == ["Ito, Jun"]


def asked_of_words(connection: Connection, text: str) -> list[str]:
    """Return the expressions that a search asks of the table of words."""
    asked: list[str] = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        if "patient_words_fts MATCH" in statement:
            asked.append(parameters[0])

    event.listen(connection, "before_cursor_execute", note)
    search.find(connection, text, limit=3)
    event.remove(connection, "before_cursor_execute", note)
    return asked


def test_beginnings_in_the_index_are_as_long_as_the_search_thinks(database):
    with database.connect() as connection:
        made = connection.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE name = 'patient_words_fts'"
        ).scalar_one()
    lengths = " ".join(str(n + 1) for n in range(INDEXED_LETTERS))
    assert f"prefix='{lengths}'" in made


def test_digits_that_very_many_share_are_not_gathered_by_their_beginning(database):
    """Gathering a beginning longer than the index takes the longer the more patients have it."""
    crowd = [person("Kim", f"N{n}", phone=f"+44 7700 900{n:03}") for n in range(310)]
    with holding(database, *crowd) as connection:
        for text in ("7700900", "7700 900"):
            assert not any("*" in one for one in asked_of_words(connection, text))
            assert len(found(connection, text)) == 30
        assert any("*" in one for one in asked_of_words(connection, "770090"))
        assert found(connection, "7700900123") == ["Kim, N123"]


def test_long_digits_of_few_are_found_at_beginnings_before_insides(database):
    people = (
        person("Ng", "A", phone="+44 1917 700 9001"),
        person("Kim-Longer-Name", "B", phone="7700 900 777"),
    )
    with holding(database, *people) as connection:
        assert found(connection, "7700900") == ["Kim-Longer-Name, B", "Ng, A"]


def test_archived_patients_with_the_same_long_digits_cannot_hide_the_others(database):
    crowd = [person("Kim", f"Old {n}", phone=f"+44 7700 900{n:03}") for n in range(310)]
    people = [person("Kim", "Current", phone="+44 7700 900999"), *crowd]
    with holding(database, *people) as connection:
        gone = update(PatientRow).where(PatientRow.given_names != "Current")
        connection.execute(gone.values(archived_at=NOW))
        assert found(connection, "7700900") == ["Kim, Current"]


@pytest.mark.parametrize("text", ["ros vil", "ros vil per"])
def test_the_best_of_some_hundred_who_match_several_words(database, text):
    best = person("Ros Vila", "Pere")
    lesser = [person("Casals", f"Pere Ros Vila N{n}") for n in range(60)]
    with holding(database, *lesser[:30], best, *lesser[30:]) as connection:
        assert found(connection, text)[0] == "Ros Vila, Pere"


def test_more_asked_for_than_are_looked_at_first(database):
    crowd = [person("Ros Vila", f"Pere N{n:03}") for n in range(350)]
    with holding(database, *crowd) as connection:
        assert len(search.find(connection, "ros vil per", limit=340)) == 340


def test_newer_patients_with_the_same_insides_cannot_hide_the_one_meant(database):
    crowd = [person("Xu", f"Marianna Rosanna N{n}") for n in range(310)]
    with holding(database, person("Li", "Marianna Rosanna"), *crowd) as connection:
        assert found(connection, "li arian osann") == ["Li, Marianna Rosanna"]
        assert found(connection, "li arian") == ["Li, Marianna Rosanna"]
