"""Made-up people: reproducible, adult, of many scripts, on telephone numbers nobody has."""

import re
import unicodedata
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from mesodesk.demo.people import People, seeded

TODAY = date(2026, 5, 4)

# The ranges kept free for films and examples, and the two countries' numbers nobody can be given.
FREE_RANGES = re.compile(
    r"\+34 555 0[12]\d \d{3}|\+39 555 01\d \d{4}"
    r"|\+33 (1 99 00|4 65 71|6 39 98) \d\d \d\d"
    r"|\+44 (7700 900\d{3}|1632 960\d{3}|20 7946 0\d{3})"
    r"|\+49 (30 23125|89 99998|40 66969) \d{3}|\+1 (212|305|415|646) 555 01\d\d"
)


def _patients(seed: object, count: int) -> list[object]:
    people = People(seeded("test", seed), TODAY)
    return [people.patient() for _ in range(count)]


def test_the_same_seed_gives_the_same_people_and_another_seed_others():
    assert _patients(1, 200) == _patients(1, 200)
    assert _patients(1, 200) != _patients(2, 200)


@given(seed=st.integers())
def test_everybody_is_adult_and_of_believable_age(seed):
    patient = People(seeded(seed), TODAY).patient()
    age = (TODAY - patient.birth_date).days / 365.25
    assert 19 <= age <= 85


def test_every_number_lies_in_a_range_that_is_kept_free():
    numbers = [patient.phone for patient in _patients(3, 2000) if patient.phone]
    assert len(numbers) > 1500
    assert [number for number in numbers if not FREE_RANGES.fullmatch(number)] == []


def test_addresses_of_mail_are_of_the_domain_set_aside_for_examples():
    mails = {patient.email.rpartition("@")[2] for patient in _patients(4, 500) if patient.email}
    assert mails == {"example.org"}


def test_names_come_in_several_scripts_with_accents_double_names_and_two_surnames():
    patients = _patients(5, 3000)
    names = " ".join(patient.display_name for patient in patients)
    scripts = {unicodedata.name(sign).split()[0] for sign in names if sign.isalpha()}
    assert {"LATIN", "ARABIC", "HEBREW"} <= scripts
    assert unicodedata.normalize("NFC", names) == names
    spanish = [patient for patient in patients if patient.language == "es"]
    assert all(" " in patient.family_name for patient in spanish)
    assert any("-" in patient.given_names for patient in patients)


def test_a_large_clinic_has_many_surnames_and_a_few_common_ones():
    families = [patient.family_name for patient in _patients(6, 20_000)]
    assert len(set(families)) > 4000
    commonest = max(families.count(name) for name in set(families[:300]))
    assert commonest > 20
