"""Patients: entered, changed, archived, looked at, and not entered twice."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from mesodesk.db.models.audit import AuditEntryRow
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.patient import BodySex
from mesodesk.domain.rights import Right
from mesodesk.services.duplicates import Reason, similar, slips
from mesodesk.services.errors import ConflictError, InvalidError, NotFoundError, RefusedError


def problems(error: pytest.ExceptionInfo[InvalidError]) -> dict[str, str]:
    return {problem.place: problem.sentence for problem in error.value.problems}


def names(desk, text: str, **options: bool) -> list[str]:
    return [hit.name for hit in desk.patients.search(text, **options)]


def test_a_patient_gets_the_next_number(desk, typed_patient):
    numbers = [desk.patients.create(typed_patient()).record_number for _ in range(3)]
    assert numbers == ["00001", "00002", "00003"]
    assert desk.patients.count() == 3


def test_a_refused_patient_takes_no_number(desk, typed_patient):
    with pytest.raises(InvalidError):
        desk.patients.create(typed_patient(birth_date=date(1850, 1, 1)))
    assert desk.patients.create(typed_patient()).record_number == "00001"


def test_texts_are_stripped_and_composed(desk, typed_patient):
    decomposed = "Nguye\u0302\u0303n"
    made = desk.patients.create(
        typed_patient(f"  {decomposed} ", "Thị Hoa\t", note=" one\r\ntwo\rthree ")
    )
    assert made.fields.family_name == "Nguyễn"
    assert made.fields.given_names == "Thị Hoa"
    assert made.fields.note == "one\ntwo\nthree"
    assert made.fields.display_name == "Nguyễn, Thị Hoa"


@pytest.mark.parametrize(
    "name",
    [
        "Søren 🌻 Ødegård",
        "👩🏽\u200d⚕️",
        "שרה כהן",
        "محمد علی\u200cزاده",  # noqa: RUF001
        "\u200eעמית\u200f",  # noqa: RUF001
        "山田",
        "O'Brien-ÅS",
        "x" * 200,
    ],
)
def test_names_of_all_kinds_are_kept_as_they_are(desk, typed_patient, name):
    made = desk.patients.create(typed_patient(name))
    assert desk.patients.get(made.id).fields.family_name == name
    assert [hit.id for hit in desk.patients.search(name)] == [made.id]


def test_wide_spaces_and_private_letters_are_kept(desk, typed_patient):
    name = "Kim\u3000Lee \ue000"
    assert desk.patients.create(typed_patient(name)).fields.family_name == name


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        ("family_name", "x" * 400, "at most 200 letters; this has 400"),
        ("family_name", "Gar\x00cia", "a control character"),
        ("family_name", "Gar\ncia", "a line break"),
        ("family_name", "Gar\tcia", "letter 4 is a tab"),
        ("given_names", "Ana\u202eved", "a control character"),
        ("given_names", "Ana\u00ad-b", "a control character"),
        ("given_names", "\ud800x", "a control character"),
        ("phone", "1" * 201, "at most 200"),
        ("phone", "none", "its digits"),
        ("email", "ana at example", "name@example.org"),
        ("email", "ana@@", "name@example.org"),
        ("language", "Spanish please", "from the list"),
        ("note", "x" * 4001, "at most 4,000 letters; this has 4,001"),
        ("note", "a\x1bb", "a control character"),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_place(desk, typed_patient, place, value, said):
    with pytest.raises(InvalidError) as error:
        desk.patients.create(replace(typed_patient(), **{place: value}))
    assert said in problems(error)[place]
    assert set(problems(error)) == {place}
    assert desk.patients.count() == 0


def test_somebody_with_one_name_can_be_entered(desk, typed_patient):
    made = desk.patients.create(typed_patient("", "Sukarno"))
    assert names(desk, "suk") == ["Sukarno"]
    assert made.fields.display_name == "Sukarno"


def test_somebody_without_a_name_cannot(desk, typed_patient):
    with pytest.raises(InvalidError) as error:
        desk.patients.create(typed_patient(" ", "\u00a0"))
    assert set(problems(error)) == {"family_name"}


@pytest.mark.parametrize("day", [date(1899, 12, 31), date(1850, 5, 5), date(1, 1, 1)])
def test_nobody_was_born_before_1900(desk, typed_patient, day):
    with pytest.raises(InvalidError) as error:
        desk.patients.create(typed_patient(birth_date=day))
    assert "before 1900" in problems(error)["birth_date"]


def test_nobody_is_born_tomorrow_at_the_clinic(desk, clock, typed_patient):
    # 23:30 in UTC is the next day in Madrid: the clinic's calendar counts.
    clock.move(hours=14.5)
    at_the_clinic = date(2026, 3, 11)
    assert desk.patients.create(typed_patient(birth_date=at_the_clinic)).version == 1
    with pytest.raises(InvalidError) as error:
        desk.patients.create(typed_patient(birth_date=at_the_clinic + timedelta(days=1)))
    assert "still to come" in problems(error)["birth_date"]


def test_every_field_can_be_changed_and_is_found_anew(desk, patient, typed_patient):
    changed = replace(
        typed_patient("Łukasiewicz", "Zoë", date(1990, 12, 1)),
        body_sex=BodySex.MALE,
        phone="0049 171 5550199",
        email="zoe@example.org",
        address="Long Road 1",
        language="pl",
        note="Prefers mornings",
    )
    record = desk.patients.update(patient.id, patient.version, changed)
    assert (record.version, record.fields) == (2, changed)
    assert record.record_number == patient.record_number
    assert names(desk, "lukasiewicz") == ["Łukasiewicz, Zoë"]
    assert names(desk, "1.12.1990") == ["Łukasiewicz, Zoë"]
    assert names(desk, "garcia") == names(desk, "12.4.1985") == []


def test_saving_the_same_changes_nothing(desk, patient):
    heard = []
    desk.subscribe(heard.append)
    assert desk.patients.update(patient.id, patient.version, patient.fields) == patient
    assert heard == []


def test_two_windows_cannot_both_win(desk, patient):
    first = desk.patients.update(
        patient.id, patient.version, replace(patient.fields, phone="600 111 222")
    )
    with pytest.raises(ConflictError) as error:
        desk.patients.update(
            patient.id, patient.version, replace(patient.fields, phone="600 333 444")
        )
    assert error.value.record == first
    assert "still here" in error.value.sentence
    assert desk.patients.get(patient.id).fields.phone == "600 111 222"


def test_a_refused_change_leaves_the_record_as_it_was(desk, patient):
    with pytest.raises(InvalidError):
        desk.patients.update(
            patient.id, patient.version, replace(patient.fields, birth_date=date(2100, 1, 1))
        )
    assert desk.patients.get(patient.id) == patient


def test_an_archived_patient_is_out_of_the_lists_but_whole(desk, patient, clock):
    clock.move(days=2)
    archived = desk.patients.archive(patient.id, patient.version)
    assert archived.archived_at == clock.now()
    assert desk.patients.count() == 0
    assert names(desk, "garcia") == names(desk, "") == []
    [hit] = desk.patients.search("garcia", archived=True)
    assert (hit.id, hit.archived) == (patient.id, True)
    assert names(desk, "", archived=True) == ["García López, María José"]
    assert desk.patients.get(patient.id).fields == patient.fields


def test_an_archived_patient_comes_back(desk, patient):
    archived = desk.patients.archive(patient.id, patient.version)
    back = desk.patients.restore(patient.id, archived.version)
    assert (back.archived_at, back.version) == (None, 3)
    assert names(desk, "garcia") == ["García López, María José"]


def test_a_patient_with_an_open_session_is_not_archived(desk, patient):
    session = desk.sessions.start(patient.id)
    with pytest.raises(RefusedError, match="Session 1 of this patient is still in draft"):
        desk.patients.archive(patient.id, patient.version)
    desk.sessions.discard_draft(session.id, session.version, "opened by mistake")
    assert desk.patients.archive(patient.id, patient.version).archived_at is not None


def test_restoring_who_is_not_archived_changes_nothing(desk, patient):
    assert desk.patients.restore(patient.id, patient.version) == patient


def test_a_change_of_the_note_leaves_the_search_as_it_is(desk, patient):
    desk.patients.update(patient.id, patient.version, replace(patient.fields, note="Faints"))
    assert names(desk, "garcia") == ["García López, María José"]


def test_archiving_twice_changes_nothing(desk, patient):
    archived = desk.patients.archive(patient.id, patient.version)
    assert desk.patients.archive(patient.id, archived.version) == archived
    with pytest.raises(ConflictError):
        desk.patients.archive(patient.id, patient.version)


def test_an_unknown_patient_is_not_found(desk, typed_patient):
    unknown = new_id()
    for call in (
        lambda: desk.patients.get(unknown),
        lambda: desk.patients.update(unknown, 1, typed_patient()),
        lambda: desk.patients.archive(unknown, 1),
        lambda: desk.patients.restore(unknown, 1),
    ):
        with pytest.raises(NotFoundError):
            call()


def test_every_look_is_on_the_chain_without_names(desk, patient):
    desk.patients.get(patient.id)
    desk.patients.update(patient.id, 1, replace(patient.fields, family_name="Secretname"))
    with desk.store.read(Right.RECORD_READ) as tx:
        rows = tx.db.scalars(
            select(AuditEntryRow)
            .where(AuditEntryRow.object_id == patient.id)
            .order_by(AuditEntryRow.seq)
        ).all()
    assert [row.action for row in rows] == ["patient.create", "patient.view", "patient.update"]
    assert "family_name" in rows[-1].details
    assert not any("Secretname" in row.details or "Garc" in row.details for row in rows)


def test_the_last_opened_come_first(desk, clock, typed_patient):
    made = []
    for name in ("Alpha", "Beta", "Gamma"):
        clock.move(minutes=1)
        made.append(desk.patients.create(typed_patient(name, "")))
    assert names(desk, "") == ["Gamma", "Beta", "Alpha"]
    clock.move(minutes=1)
    looked_at = desk.patients.get(made[0].id)
    assert names(desk, "") == ["Alpha", "Gamma", "Beta"]
    assert looked_at.version == made[0].version


class TestDuplicates:
    """Who may be the same person, and why."""

    def why(self, desk, family="", given="", born=None, phone="", **options):
        found = desk.patients.duplicates(family, given, born, phone, **options)
        return [(duplicate.hit.name, duplicate.reasons) for duplicate in found]

    @pytest.fixture(autouse=True)
    def on_record(self, desk, typed_patient):
        desk.patients.create(
            typed_patient("Müller", "Anna Lena", date(1980, 3, 5), phone="+49 171 555 01 99")
        )

    def test_nobody_typed_is_nobody_s_duplicate(self, desk):
        assert self.why(desk) == []

    def test_a_namesake_of_another_age_is_not_one(self, desk):
        assert self.why(desk, "Müller", "Anna Lena", date(1961, 7, 20)) == []

    @pytest.mark.parametrize(
        ("family", "given", "born", "phone", "reasons"),
        [
            ("muller", "anna lena", None, "", (Reason.SAME_NAME,)),
            ("Anna", "Lena Müller", None, "", (Reason.SAME_NAME,)),
            ("MULLER", "Anna Lena", date(1980, 3, 5), "", (Reason.SAME_BIRTH_AND_NAME,)),
            ("Mueller", "Anna", date(1980, 3, 5), "", (Reason.SAME_BIRTH_SIMILAR_NAME,)),
            ("Müler", "Anna-Lena", date(1980, 3, 5), "", (Reason.SAME_BIRTH_SIMILAR_NAME,)),
            ("Müller", "Anna", date(1980, 5, 3), "", (Reason.SWAPPED_BIRTH,)),
            ("Müller", "Anna Lena", date(1980, 3, 15), "", (Reason.BIRTH_ONE_DIGIT,)),
            ("Other", "Person", None, "0171 5550199", (Reason.SAME_PHONE,)),
            ("Other", "Person", None, "0049 171 555 0199", (Reason.SAME_PHONE,)),
            (
                "Müller",
                "Anna Lena",
                date(1980, 3, 5),
                "171 5550199",
                (Reason.SAME_BIRTH_AND_NAME, Reason.SAME_PHONE),
            ),
            ("Schmidt", "Karl", date(1980, 3, 5), "", None),
            ("Müller", "Karl", date(1980, 3, 5), "", None),
            ("Other", "Person", None, "0199", None),
            ("Other", "Person", None, "+49 172 555 01 99", None),
        ],
    )
    def test_reasons(self, desk, family, given, born, phone, reasons):
        expected = [] if reasons is None else [("Müller, Anna Lena", reasons)]
        assert self.why(desk, family, given, born, phone) == expected

    def test_the_one_being_edited_is_left_out(self, desk):
        [hit] = desk.patients.search("muller")
        assert self.why(desk, "Müller", "Anna Lena", date(1980, 3, 5), besides=hit.id) == []

    def test_archived_ones_count_too(self, desk):
        [hit] = desk.patients.search("muller")
        desk.patients.archive(hit.id, 1)
        [duplicate] = desk.patients.duplicates("Müller", "Anna Lena", date(1980, 3, 5), "")
        assert duplicate.hit.archived

    def test_the_surest_come_first(self, desk, typed_patient):
        desk.patients.create(typed_patient("Müller", "Anna Lena", date(1980, 3, 6)))
        found = self.why(desk, "Müller", "Anna Lena", date(1980, 3, 5), "0171 555 0199")
        assert [reasons for _, reasons in found] == [
            (Reason.SAME_BIRTH_AND_NAME, Reason.SAME_PHONE),
            (Reason.BIRTH_ONE_DIGIT,),
        ]


@pytest.mark.parametrize(
    ("one", "other", "most", "count"),
    [
        ("garcia", "garcia", 2, 0),
        ("garcia", "gracia", 2, 1),
        ("garcia", "garsia", 2, 1),
        ("garcia", "garca", 2, 1),
        ("garcia", "garciia", 2, 1),
        ("garcia", "martin", 2, 3),
        ("a", "abcdef", 2, 3),
        ("", "", 0, 0),
    ],
)
def test_slips_of_the_hand(one, other, most, count):
    assert slips(one, other, most) == count == slips(other, one, most)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("garcia lopez maria", "garcia maria", True),
        ("alexander smith", "alex smith", True),
        ("ito", "ita", False),
        ("li wei", "li na", False),
        ("maria", "mario", True),
        ("smith john", "smith jane", False),
        ("", "anyone", False),
    ],
)
def test_similar_names(one, other, alike):
    assert similar(one.split(), other.split()) is alike
