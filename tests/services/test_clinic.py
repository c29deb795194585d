"""The clinic's settings, its people, and the first day."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import delete, select

from mesodesk.db.models.audit import AuditEntryRow
from mesodesk.db.models.clinic import ClinicRow, UserRow
from mesodesk.db.models.stock import ProductActiveRow, ProductRow
from mesodesk.domain.changes import Topic
from mesodesk.domain.records.clinic import ClinicFields, LengthUnit, Role, WeightUnit
from mesodesk.domain.records.limits import LimitChange, LimitSettings
from mesodesk.domain.records.stock import RegulatoryStatus
from mesodesk.domain.rights import Right
from mesodesk.services.errors import ConflictError, InvalidError, NotFoundError, RefusedError


def problem_places(error: InvalidError) -> set[str]:
    return {problem.place for problem in error.problems}


def test_a_new_vault_has_its_clinic_and_owner(desk):
    clinic = desk.clinic.record()
    assert (clinic.version, clinic.fields.name) == (1, "Clinic of the tests")
    [owner] = desk.clinic.users()
    assert (owner.name, owner.initials, owner.role) == ("Olga Owner", "OO", Role.OWNER)
    assert desk.user == owner
    assert owner.active


def test_the_starter_catalogue_claims_no_status(desk):
    products = desk.catalogue.products()
    assert len(products) > 10
    assert {product.fields.status for product in products} == {RegulatoryStatus.UNKNOWN}
    assert all(product.starter_id for product in products)
    assert len({product.starter_id for product in products}) == len(products)


def test_there_is_one_clinic_only(desk):
    with pytest.raises(RefusedError):
        desk.clinic.create(ClinicFields(name="Second"), "Someone", "", desk.user.id)


def test_every_setting_can_be_changed(desk):
    changed = ClinicFields(
        name="Klinik Nord",
        jurisdiction="de",
        language="fr",
        zone="Europe/Berlin",
        weight_unit=WeightUnit.LB,
        length_unit=LengthUnit.INCH,
        minimum_age=21,
        idle_lock_minutes=5,
        address="Hafenstraße 1\nKiel",
        phone="+49 431 1234",
        emergency_phone="112",
        escalation={"emergency": "Call 112."},
        limits=LimitSettings(
            {"procaine_session": LimitChange(on=False)}, Decimal("12.5"), {"caffeine": Decimal(200)}
        ),
    )
    record = desk.clinic.update(1, changed)
    assert record.version == 2
    assert record.fields == replace(changed, jurisdiction="DE")
    assert desk.clinic.record() == record


def test_saving_the_same_changes_nothing(desk):
    heard = []
    desk.subscribe(heard.append)
    before = desk.clinic.record()
    assert desk.clinic.update(before.version, before.fields) == before
    assert heard == []


def with_limits(desk, **said):
    clinic = desk.clinic.record()
    return desk.clinic.update(clinic.version, replace(clinic.fields, limits=LimitSettings(**said)))


def test_changing_a_limit_is_audited_with_what_it_was_and_is(desk):
    with_limits(desk, changes={"procaine_session": LimitChange(value=Decimal(600))})
    with_limits(desk, total_volume_ml=Decimal(15))
    with desk.store.read(Right.RECORD_READ) as tx:
        last = tx.db.scalars(select(AuditEntryRow).order_by(AuditEntryRow.seq.desc())).first()
    assert last.action == "clinic.update"
    assert json.loads(last.details) == {
        "changed": ["limits"],
        "limits": {
            "own.total_volume": [None, "15"],
            "procaine_session": [{"on": None, "value": "600"}, None],
        },
    }


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"total_volume_ml": Decimal(0)}, "limits[own.total_volume]"),
        ({"total_volume_ml": Decimal("NaN")}, "limits[own.total_volume]"),
        ({"masses_mg": {"caffeine": Decimal(-1)}}, "limits[own.mass.caffeine]"),
        ({"masses_mg": {"moonshine": Decimal(1)}}, "limits[own.mass.moonshine]"),
        (
            {"changes": {"procaine_session": LimitChange(value=Decimal("0.0001"))}},
            "limits[procaine_session]",
        ),
        (
            {"changes": {"procaine_session": LimitChange(value=Decimal("1e6"))}},
            "limits[procaine_session]",
        ),
    ],
)
def test_a_limit_that_limits_nothing_is_refused(desk, said, place):
    with pytest.raises(InvalidError) as error:
        with_limits(desk, **said)
    assert problem_places(error.value) == {place}
    assert desk.clinic.record().fields.limits == LimitSettings()


def test_two_windows_cannot_both_win(desk):
    fields = desk.clinic.record().fields
    now = desk.clinic.update(1, replace(fields, name="First"))
    with pytest.raises(ConflictError) as error:
        desk.clinic.update(1, replace(fields, name="Second"))
    assert error.value.record == now


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("name", "  "),
        ("name", "x" * 201),
        ("jurisdiction", "Spain"),
        ("jurisdiction", "E1"),
        ("language", "tlh"),
        ("zone", "Mars/Olympus"),
        ("zone", ""),
        ("zone", "Europe"),
        ("zone", "../../etc/passwd"),
        ("minimum_age", -1),
        ("minimum_age", 121),
        ("idle_lock_minutes", 0),
        ("idle_lock_minutes", 61),
        ("phone", "12\x0034"),
    ],
)
def test_wrong_settings_are_refused_at_their_place(desk, place, value):
    fields = replace(desk.clinic.record().fields, **{place: value})
    with pytest.raises(InvalidError) as error:
        desk.clinic.update(1, fields)
    assert problem_places(error.value) == {place}
    assert all(problem.sentence.endswith(".") for problem in error.value.problems)
    assert desk.clinic.record().version == 1


def test_all_problems_are_told_at_once(desk):
    fields = replace(desk.clinic.record().fields, name="", zone="nowhere", minimum_age=200)
    with pytest.raises(InvalidError) as error:
        desk.clinic.update(1, fields)
    assert problem_places(error.value) == {"name", "zone", "minimum_age"}


@pytest.fixture
def bare(desk):
    """A desk whose clinic and owner were taken out again, as in a vault just made."""
    with desk.store.write(Right.OWN) as tx:
        tx.audit("test.empty", "clinic", None)
        for model in (ProductActiveRow, ProductRow, ClinicRow, UserRow):
            tx.connection.execute(delete(model))
        tx.touch(Topic.CLINIC)
    return desk


def test_before_the_first_day_there_is_no_clinic(bare):
    with pytest.raises(NotFoundError):
        bare.clinic.record()
    with pytest.raises(NotFoundError):
        assert bare.user
    assert bare.clinic.users() == ()


@pytest.mark.parametrize(
    ("name", "typed", "initials"),
    [
        ("Dr Maria van der Berg", "", "DB"),
        ("Öznur", "", "Ö"),
        ("Ana Ito", "AIT", "AIT"),
    ],
)
def test_the_owner_has_initials(bare, name, typed, initials):
    user_id = bare.store.vault.user_id
    bare.clinic.create(ClinicFields(name="First", zone="UTC"), name, typed, user_id)
    assert (bare.user.name, bare.user.initials) == (name, initials)


@pytest.mark.parametrize(
    ("name", "initials", "place"),
    [(" ", "", "owner_name"), ("Ana", "ABCDE", "owner_initials")],
)
def test_a_wrong_owner_leaves_nothing_behind(bare, name, initials, place):
    with pytest.raises(InvalidError) as error:
        bare.clinic.create(ClinicFields(name="First"), name, initials, bare.store.vault.user_id)
    assert problem_places(error.value) == {place}
    assert bare.clinic.users() == ()
    assert bare.catalogue.products() == ()


def test_an_unknown_person_is_not_found(desk):
    with pytest.raises(NotFoundError):
        desk.clinic.user(desk.clinic.record().id)
