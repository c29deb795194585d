"""Intakes: kept as typed, closed for good, asked again, and what screening may rely on."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from mesodesk.db.errors import StorageBug
from mesodesk.db.models.audit import AuditEntryRow
from mesodesk.db.models.intake import IntakeAnswerRow, IntakeRow
from mesodesk.domain.answers import Answer
from mesodesk.domain.ids import new_id
from mesodesk.domain.questionnaire import Item, ItemKind, Questionnaire, load_questionnaire
from mesodesk.domain.records.intake import (
    Allergy,
    IntakeFields,
    IntakeState,
    ItemAnswer,
    Medicine,
)
from mesodesk.domain.rights import Right
from mesodesk.domain.texts import LocalText
from mesodesk.services.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from mesodesk.services.intake_input import checked_intake

YES, NO, NOT_ASKED = Answer.YES, Answer.NO, Answer.NOT_ASKED
ITEMS = load_questionnaire().items
YES_NO_IDS = [item.id for item in ITEMS if item.kind is ItemKind.YES_NO]
DAILY_ID = next(item.id for item in load_questionnaire().every_session() if item.critical)
LASTING_ID = next(item.id for item in ITEMS if item.id in YES_NO_IDS and not item.every_session)

FULL = IntakeFields(
    answers={
        DAILY_ID: ItemAnswer(NO),
        LASTING_ID: ItemAnswer(YES, detail="since 2019"),
    },
    medicines=(Medicine("Aspirin", "100 mg", "mornings"), Medicine("Ginkgo")),
    medicines_asked=True,
    allergies=(Allergy("Nickel", "rash"),),
    allergies_asked=True,
    height_cm=Decimal("168.5"),
    weight_kg=Decimal("64.25"),
    skin_type=3,
)


def of_kind(kind: ItemKind):
    return next(item for item in ITEMS if item.kind is kind)


def places(error) -> set[str]:
    return {problem.place for problem in error.value.problems}


@pytest.fixture
def draft(desk, patient):
    """An intake just begun."""
    return desk.intakes.start(patient.id)


def completed(desk, patient, fields=FULL):
    begun = desk.intakes.start(patient.id)
    saved = desk.intakes.save(begun.id, begun.version, fields)
    return desk.intakes.complete(saved.id, saved.version)


def test_a_first_intake_is_empty(desk, patient, draft):
    assert draft.state is IntakeState.DRAFT
    assert draft.fields == IntakeFields()
    assert draft.based_on is None
    assert draft.questionnaire_id == load_questionnaire().id
    assert desk.intakes.latest(patient.id) == desk.intakes.get(draft.id) == draft


def test_there_is_one_open_intake_for_a_patient(desk, patient, draft):
    assert desk.intakes.start(patient.id) == draft
    assert desk.intakes.history(patient.id) == (draft,)


def test_everything_typed_comes_back(desk, draft):
    saved = desk.intakes.save(draft.id, draft.version, FULL)
    assert (saved.version, saved.fields) == (2, FULL)
    assert desk.intakes.get(draft.id) == saved


def test_a_change_of_one_answer_is_a_new_version(desk, draft):
    saved = desk.intakes.save(draft.id, draft.version, IntakeFields({DAILY_ID: ItemAnswer(NO)}))
    again = desk.intakes.save(draft.id, saved.version, IntakeFields({DAILY_ID: ItemAnswer(YES)}))
    assert (saved.version, again.version) == (2, 3)


def test_everything_can_be_taken_back(desk, draft):
    saved = desk.intakes.save(draft.id, draft.version, FULL)
    emptied = desk.intakes.save(draft.id, saved.version, IntakeFields())
    assert emptied.fields == IntakeFields()
    assert desk.intakes.get(draft.id).fields == IntakeFields()


ANSWERS = st.dictionaries(
    st.sampled_from(YES_NO_IDS),
    st.builds(
        ItemAnswer,
        st.sampled_from([YES, NO]),
        st.sampled_from(["", "a little"]),
        st.just(""),
        st.booleans(),
    ),
    max_size=5,
)
FORMS = st.builds(
    IntakeFields,
    answers=ANSWERS,
    medicines=st.lists(st.builds(Medicine, st.sampled_from("abc")), max_size=3).map(tuple),
    medicines_asked=st.booleans(),
    allergies=st.lists(st.builds(Allergy, st.sampled_from("xyz")), max_size=3).map(tuple),
    allergies_asked=st.booleans(),
    height_cm=st.none() | st.decimals("50", "250", places=1),
    weight_kg=st.none() | st.decimals("2", "400", places=3),
    skin_type=st.none() | st.integers(1, 6),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(forms=st.lists(FORMS, min_size=1, max_size=4))
def test_the_last_state_of_the_form_is_what_is_kept(desk, draft, forms):
    for form in forms:
        kept = desk.intakes.save(draft.id, desk.intakes.get(draft.id).version, form)
        assert kept.fields == form
        assert desk.intakes.get(draft.id).fields == form


def test_saving_the_same_changes_nothing(desk, draft):
    saved = desk.intakes.save(draft.id, draft.version, FULL)
    heard = []
    desk.subscribe(heard.append)
    assert desk.intakes.save(draft.id, saved.version, FULL) == saved
    assert heard == []


def test_an_answer_that_says_nothing_is_not_kept(desk, draft):
    blank = IntakeFields(answers={LASTING_ID: ItemAnswer(), DAILY_ID: ItemAnswer(NO)})
    saved = desk.intakes.save(draft.id, draft.version, blank)
    assert saved.fields.answers == {DAILY_ID: ItemAnswer(NO)}


def test_empty_rows_of_the_lists_are_left_out(desk, draft):
    typed = IntakeFields(
        medicines=(Medicine(" "), Medicine("Aspirin")), allergies=(Allergy("", " "),)
    )
    saved = desk.intakes.save(draft.id, draft.version, typed)
    assert (saved.fields.medicines, saved.fields.allergies) == ((Medicine("Aspirin"),), ())


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("weight_kg", Decimal(5000)),
        ("weight_kg", Decimal("1.9")),
        ("weight_kg", Decimal("70.1234")),
        ("weight_kg", Decimal("NaN")),
        ("height_cm", Decimal("1.68")),
        ("height_cm", Decimal(251)),
        ("height_cm", Decimal("168.25")),
        ("skin_type", 0),
        ("skin_type", 7),
    ],
)
def test_slips_of_the_hand_are_refused_with_the_range(desk, draft, place, value):
    with pytest.raises(InvalidError) as error:
        desk.intakes.save(draft.id, draft.version, IntakeFields(**{place: value}))
    assert places(error) == {place}
    assert desk.intakes.get(draft.id) == draft


def test_five_tonnes_are_refused_in_words(desk, draft):
    with pytest.raises(InvalidError) as error:
        desk.intakes.save(draft.id, draft.version, IntakeFields(weight_kg=Decimal(5000)))
    assert error.value.sentence == ("Weight: between 2 and 400 kg. Check the number and its unit.")


@pytest.mark.parametrize(
    ("item_id", "given_answer"),
    [
        ("no_such_question", ItemAnswer(YES)),
        (LASTING_ID, ItemAnswer(YES, detail="x" * 4001)),
        (LASTING_ID, ItemAnswer(YES, detail="bell\x07")),
        (of_kind(ItemKind.DATE).id, ItemAnswer(value="31/02/2026")),
        (of_kind(ItemKind.CHOICE).id, ItemAnswer(value="none of these")),
    ],
)
def test_wrong_answers_are_refused_at_their_question(desk, draft, item_id, given_answer):
    with pytest.raises(InvalidError) as error:
        desk.intakes.save(draft.id, draft.version, IntakeFields({item_id: given_answer}))
    assert places(error) == {f"answers[{item_id}]"}


def test_answers_of_other_kinds_are_kept(desk, draft):
    choice = of_kind(ItemKind.CHOICE)
    typed = IntakeFields(
        {
            choice.id: ItemAnswer(value=choice.choices[0].id),
            of_kind(ItemKind.DATE).id: ItemAnswer(value="2026-02-28"),
            of_kind(ItemKind.TEXT).id: ItemAnswer(value="smoother skin\nfor summer"),
        }
    )
    assert desk.intakes.save(draft.id, draft.version, typed).fields == typed


QUESTIONS = Questionnaire(
    id="q",
    version=1,
    title=LocalText.of({"en": "Q"}),
    sections=(),
    items=(
        Item(
            id="cigarettes",
            section="s",
            kind=ItemKind.NUMBER,
            text=LocalText.of({"en": "How many?"}),
            short=LocalText.of({"en": "how many"}),
        ),
    ),
)


def test_a_number_is_kept_as_typed_and_read():
    typed = IntakeFields({"cigarettes": ItemAnswer(value="2,5")})
    assert checked_intake(typed, QUESTIONS) == typed


@pytest.mark.parametrize("value", ["1e9", "NaN", "-1", "2.5.1", "some", "1.2345"])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(InvalidError) as error:
        checked_intake(IntakeFields({"cigarettes": ItemAnswer(value=value)}), QUESTIONS)
    assert places(error) == {"answers[cigarettes]"}


def test_lists_have_an_end():
    typed = IntakeFields(
        medicines=(Medicine("Aspirin"),) * 101, allergies=(Allergy("Nickel"),) * 101
    )
    with pytest.raises(InvalidError) as error:
        checked_intake(typed, QUESTIONS)
    assert places(error) == {"medicines", "allergies"}


def test_lists_are_checked_row_by_row(desk, draft):
    typed = IntakeFields(
        medicines=(Medicine("Aspirin"), Medicine("", dose="5 mg")), allergies=(Allergy("", "rash"),)
    )
    with pytest.raises(InvalidError) as error:
        desk.intakes.save(draft.id, draft.version, typed)
    assert places(error) == {"medicines[1].name", "allergies[0].substance"}


def test_two_windows_cannot_both_win(desk, draft):
    now = desk.intakes.save(draft.id, draft.version, FULL)
    with pytest.raises(ConflictError) as error:
        desk.intakes.save(draft.id, draft.version, IntakeFields(skin_type=1))
    assert error.value.record == now


def test_a_completed_intake_is_closed_to_the_services(desk, patient, clock):
    done = completed(desk, patient)
    assert (done.state, done.completed_by) == (IntakeState.COMPLETED, "Olga Owner")
    assert done.completed_at == clock.now()
    for call in (
        lambda: desk.intakes.save(done.id, done.version, IntakeFields()),
        lambda: desk.intakes.complete(done.id, done.version),
    ):
        with pytest.raises(RefusedError):
            call()
    assert desk.intakes.get(done.id) == done


@pytest.mark.parametrize("what", ["head", "answer", "new answer", "deleted answer", "deleted"])
def test_a_completed_intake_is_closed_to_every_writer(desk, patient, what):
    done = completed(desk, patient)

    def tamper():
        with desk.store.write(Right.OWN) as tx:
            tx.audit("test.tamper", "intake", done.id)
            head = tx.db.get(IntakeRow, done.id)
            answer = tx.db.scalars(
                select(IntakeAnswerRow).where(IntakeAnswerRow.intake_id == done.id)
            ).first()
            if what == "head":
                head.weight_kg = Decimal(50)
            elif what == "answer":
                answer.answer = NO if answer.answer is YES else YES
            elif what == "new answer":
                tx.db.add(IntakeAnswerRow(intake_id=done.id, item_id="new", answer=YES))
            else:
                tx.db.delete(answer if what == "deleted answer" else head)

    with pytest.raises(StorageBug) as error:
        tamper()
    assert isinstance(error.value.__cause__, IntegrityError)
    assert desk.intakes.get(done.id) == done


def test_a_review_starts_from_the_last_intake_with_nothing_confirmed(desk, patient, clock):
    done = completed(desk, patient)
    clock.move(days=30)
    review = desk.intakes.start(patient.id)
    assert review.based_on == done.id
    assert review.fields == replace(
        FULL,
        answers={
            item_id: replace(given_answer, confirmed=False)
            for item_id, given_answer in FULL.answers.items()
        },
        medicines_asked=False,
        allergies_asked=False,
        weight_kg=None,
    )
    assert [intake.id for intake in desk.intakes.history(patient.id)] == [review.id, done.id]
    assert desk.intakes.get(done.id) == done


def test_the_order_does_not_hang_on_the_clock(desk, patient, clock):
    first = completed(desk, patient)
    clock.move(days=-400)
    second = completed(desk, patient)
    assert [intake.id for intake in desk.intakes.history(patient.id)] == [second.id, first.id]
    assert desk.intakes.latest(patient.id) == second


def test_an_archived_patient_begins_no_intake(desk, patient):
    desk.patients.archive(patient.id, patient.version)
    with pytest.raises(RefusedError):
        desk.intakes.start(patient.id)


def test_unknown_ones_are_not_found(desk):
    unknown = new_id()
    assert desk.intakes.latest(unknown) is None
    assert desk.intakes.history(unknown) == ()
    for call in (
        lambda: desk.intakes.start(unknown),
        lambda: desk.intakes.get(unknown),
        lambda: desk.intakes.save(unknown, 1, FULL),
        lambda: desk.intakes.facts(unknown),
    ):
        with pytest.raises(NotFoundError):
            call()


def test_the_chain_holds_which_questions_changed_but_no_answers(desk, draft):
    desk.intakes.save(draft.id, draft.version, FULL)
    with desk.store.read(Right.RECORD_READ) as tx:
        [details] = tx.db.scalars(
            select(AuditEntryRow.details).where(AuditEntryRow.action == "intake.save")
        )
    assert LASTING_ID in details
    assert "medicines" in details
    assert not any(said in details for said in ("Aspirin", "Nickel", "since 2019", "64"))


class TestFacts:
    """What screening is told."""

    def test_of_a_patient_without_an_intake_only_the_person_is_known(self, desk, patient):
        facts = desk.intakes.facts(patient.id)
        assert (facts.on, facts.age_years, facts.body_sex) == (date(2026, 3, 10), 40, "female")
        assert (facts.jurisdiction, facts.minimum_age) == ("ES", 18)
        assert facts.answer(DAILY_ID) is NOT_ASKED
        assert facts.weight_kg is None
        assert not facts.allergies_asked

    def test_an_intake_is_told_whole(self, desk, patient):
        completed(desk, patient)
        facts = desk.intakes.facts(patient.id)
        assert (facts.answer(DAILY_ID), facts.answer(LASTING_ID)) == (NO, YES)
        assert facts.details == {LASTING_ID: "since 2019"}
        assert facts.medicines == ("Aspirin", "Ginkgo")
        assert (facts.allergies, facts.allergies_asked) == (("Nickel",), True)
        assert (facts.height_cm, facts.weight_kg) == (Decimal("168.5"), Decimal("64.25"))
        assert facts.skin_type == 3

    def test_an_open_intake_is_looked_at_as_it_is_typed(self, desk, patient, draft):
        desk.intakes.save(draft.id, draft.version, IntakeFields({LASTING_ID: ItemAnswer(YES)}))
        assert desk.intakes.facts(patient.id).answer(LASTING_ID) is YES

    def test_in_a_review_no_is_not_asked_until_it_is_confirmed_and_yes_stands(self, desk, patient):
        completed(desk, patient)
        review = desk.intakes.start(patient.id)
        facts = desk.intakes.facts(patient.id)
        assert (facts.answer(DAILY_ID), facts.answer(LASTING_ID)) == (NOT_ASKED, YES)
        answers = {**review.fields.answers, DAILY_ID: ItemAnswer(NO, confirmed=True)}
        desk.intakes.save(review.id, review.version, replace(review.fields, answers=answers))
        assert desk.intakes.facts(patient.id).answer(DAILY_ID) is NO

    def test_the_day_is_the_clinic_s_own(self, desk, patient, clock):
        clock.move(hours=14)
        assert clock.now().date() == date(2026, 3, 10)
        assert desk.intakes.facts(patient.id).on == date(2026, 3, 11)

    def test_in_a_session_of_the_same_day_answers_stand(self, desk, patient):
        completed(desk, patient)
        session = desk.sessions.start(patient.id)
        facts = desk.intakes.facts(patient.id, session_id=session.id)
        assert facts.answer(DAILY_ID) is NO
        assert facts.weight_kg == Decimal("64.25")

    def test_in_a_later_session_what_each_session_asks_was_not_asked(self, desk, patient, clock):
        lasting_no = replace(FULL.answers[LASTING_ID], answer=NO)
        completed(desk, patient, replace(FULL, answers={**FULL.answers, LASTING_ID: lasting_no}))
        clock.move(days=1)
        session = desk.sessions.start(patient.id)
        facts = desk.intakes.facts(patient.id, session_id=session.id)
        assert (facts.answer(DAILY_ID), facts.answer(LASTING_ID)) == (NOT_ASKED, NO)
        assert desk.intakes.facts(patient.id).answer(DAILY_ID) is NO
        completed(desk, patient)
        facts = desk.intakes.facts(patient.id, session_id=session.id)
        assert facts.answer(DAILY_ID) is NO  # asked again today

    def test_a_session_of_somebody_else_is_not_found(self, desk, patient, typed_patient):
        other = desk.patients.create(typed_patient("Other"))
        session = desk.sessions.start(other.id)
        with pytest.raises(NotFoundError):
            desk.intakes.facts(patient.id, session_id=session.id)
