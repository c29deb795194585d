"""Forms that are not a record yet: kept as typed, across a restart, each for its user."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from mesodesk.db.models.audit import AuditEntryRow
from mesodesk.db.models.clinic import UserRow
from mesodesk.db.models.draft import DraftRow
from mesodesk.domain.changes import Topic
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.clinic import Role
from mesodesk.domain.records.stock import LotFields, ProductFields
from mesodesk.domain.rights import Right
from mesodesk.services.errors import InvalidError, RefusedError

PAYLOAD = {"family_name": " García \n", "birth_date": "12.0", "sure": None, "count": 3, "on": True}

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


def test_nothing_is_kept_at_first(desk):
    assert desk.drafts.get("new_patient", "") is None
    assert desk.drafts.all_mine() == ()


def test_a_form_comes_back_exactly_as_typed(desk, clock):
    desk.drafts.put("new_patient", "", PAYLOAD)
    assert desk.drafts.get("new_patient", "") == PAYLOAD
    [draft] = desk.drafts.all_mine()
    assert (draft.form, draft.subject, draft.payload) == ("new_patient", "", PAYLOAD)
    assert draft.kept_at == clock.now()


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(payload=st.dictionaries(TEXT, JSON, max_size=4))
def test_whatever_is_typed_comes_back(desk, payload):
    desk.drafts.put("form", "subject", payload)
    assert desk.drafts.get("form", "subject") == payload


def test_the_last_state_replaces_the_one_before(desk):
    desk.drafts.put("new_lot", "p1", {"number": "A"})
    desk.drafts.put("new_lot", "p1", {"number": "AB"})
    desk.drafts.put("new_lot", "p2", {"number": "C"})
    assert desk.drafts.get("new_lot", "p1") == {"number": "AB"}
    assert desk.drafts.get("new_lot", "p2") == {"number": "C"}


def test_a_form_is_there_after_closing_and_opening(desk, open_again):
    desk.drafts.put("new_patient", "", PAYLOAD)
    desk.close()
    assert open_again().drafts.get("new_patient", "") == PAYLOAD


def test_a_discarded_form_is_gone(desk):
    desk.drafts.put("new_patient", "", PAYLOAD)
    desk.drafts.discard("new_patient", "")
    desk.drafts.discard("new_patient", "")
    assert desk.drafts.get("new_patient", "") is None


def test_the_last_one_worked_on_comes_first(desk, clock):
    for form in ("new_patient", "new_lot", "new_patient"):
        clock.move(minutes=1)
        desk.drafts.put(form, "", PAYLOAD)
    assert [draft.form for draft in desk.drafts.all_mine()] == ["new_patient", "new_lot"]


def test_the_forms_of_somebody_else_are_not_mine(desk):
    desk.drafts.put("new_patient", "", PAYLOAD)
    with desk.store.write(Right.OWN) as tx:
        other = UserRow(id=new_id(), name="Other", initials="O", role=Role.THERAPIST)
        tx.db.add(other)
        tx.db.flush()
        tx.connection.execute(update(DraftRow).values(user_id=other.id))
        tx.audit("test.hand_over", "draft", None)
    assert desk.drafts.get("new_patient", "") is None
    assert desk.drafts.all_mine() == ()
    desk.drafts.discard("new_patient", "")
    with desk.store.read(Right.RECORD_READ) as tx:
        assert len(tx.db.scalars(select(DraftRow)).all()) == 1


def test_what_was_typed_is_not_on_the_chain(desk):
    desk.drafts.put("new_patient", "secret subject", PAYLOAD)
    with desk.store.read(Right.RECORD_READ) as tx:
        [details] = tx.db.scalars(
            select(AuditEntryRow.details).where(AuditEntryRow.action == "draft.keep")
        )
    assert "new_patient" in details
    assert "Garc" not in details
    assert "secret" not in details


def test_no_form_is_that_long(desk):
    desk.drafts.put("new_patient", "", PAYLOAD)
    with pytest.raises(RefusedError):
        desk.drafts.put("new_patient", "", {"note": "x" * 300_000})
    assert desk.drafts.get("new_patient", "") == PAYLOAD


def test_making_a_record_of_a_form_forgets_it_in_the_same_transaction(desk, typed_patient):
    heard = []
    desk.subscribe(heard.append)
    for form, subject in (("new_patient", ""), ("new_product", ""), ("new_lot", "p")):
        desk.drafts.put(form, subject, PAYLOAD)
    heard.clear()
    desk.patients.create(typed_patient(), draft=("new_patient", ""))
    assert heard == [Topic.PATIENTS | Topic.DRAFTS]
    product = desk.catalogue.add_product(ProductFields("New"), draft=("new_product", ""))
    assert [draft.form for draft in desk.drafts.all_mine()] == ["new_lot"]
    lot = LotFields("A", date(2027, 1, 1), date(2026, 3, 1))
    desk.catalogue.add_lot(product.id, lot, draft=("new_lot", "p"))
    assert desk.drafts.all_mine() == ()


def test_a_refused_record_leaves_its_form(desk, typed_patient):
    desk.drafts.put("new_patient", "", PAYLOAD)
    with pytest.raises(InvalidError):
        desk.patients.create(typed_patient("x" * 400), draft=("new_patient", ""))
    assert desk.drafts.get("new_patient", "") == PAYLOAD
