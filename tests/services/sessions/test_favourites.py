"""Favourites on a real encrypted vault: whose they are, what they are called, what they hold."""

import json
from decimal import Decimal

import pytest
from sqlalchemy import select, text, update

from mesodesk.db.models.audit import AuditEntryRow
from mesodesk.db.models.clinic import UserRow
from mesodesk.db.models.favourite import FavouriteRow
from mesodesk.domain.changes import Topic
from mesodesk.domain.favourites import favourite_of
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.clinic import Role
from mesodesk.domain.records.favourite import Unreadable
from mesodesk.domain.rights import Right
from mesodesk.services.errors import ConflictError, InvalidError, NotFoundError
from mesodesk.vault.examining import opened


@pytest.fixture
def charted(kit):
    """A draft with one syringe of three products, three lots and a diluent, and two fields."""
    parts = [(kit.lot(name), "1.5") for name in ("Caffeine", "Carnitine", "Procaine")]
    parts.append((kit.lot("Saline", percent=None, ingredient="sodium_chloride"), "5.5"))
    session = kit.put(kit.desk.sessions.start(kit.patient.id), *parts, label="Contour mix")
    kit.chart(session, 50, 60)
    kit.chart(session, 100)
    return kit.desk.sessions.get(session.id)


@pytest.fixture
def content(desk, charted):
    fields = desk.charts.load(charted.id).fields
    return favourite_of(fields, charted.syringes, charted.atlas_id)


def names(records):
    return [(each.name, each.of_clinic) for each in records]


def test_it_comes_back_as_it_was_kept_after_the_vault_was_closed(desk, content, open_again, clock):
    kept = desk.favourites.save("  Thigh contour ", content, of_clinic=False)
    assert kept.name == "Thigh contour"
    assert kept.owner_id == desk.user.id
    assert kept.created_at == clock.now()
    assert kept.content == content
    desk.close()
    (found,) = open_again().favourites.all()
    assert found == kept
    assert [part.volume_ml for part in found.content.recipes[0].parts] == [
        Decimal("1.5"), Decimal("1.5"), Decimal("1.5"), Decimal("5.5"),
    ]  # fmt: skip


def test_no_lot_patient_or_session_is_in_the_stored_bytes(desk, content, charted, kit):
    desk.favourites.save("Thigh contour", content, of_clinic=True)
    vault = desk.store.vault
    with opened(vault.paths, vault.keys, guarded=True) as raw:
        rows = raw.execute("SELECT * FROM favourite").fetchall()
        (told,) = raw.execute(
            "SELECT details FROM audit_entry WHERE action = 'favourite.create'"
        ).fetchone()
    assert len(rows) == 1
    whole = b"\0".join(each if isinstance(each, bytes) else str(each).encode() for each in rows[0])
    assert b"Contour mix" in whole
    assert b"Procaine no. 3" in whole
    for each in charted.syringes[0].components:
        assert each.lot_number.encode() + b'"' not in whole
        assert str(each.expires_on).encode() not in whole
        for identifier in (each.lot_id, each.id):
            assert str(identifier).encode() not in whole
            assert identifier.bytes not in whole
    secret = (charted.id, charted.patient_id, charted.syringes[0].id)
    secret += tuple(each.id for each in desk.charts.load(charted.id).fields)
    for identifier in secret:
        assert str(identifier).encode() not in whole
        assert identifier.bytes not in whole
    assert kit.patient.fields.family_name.encode() not in whole
    assert "contour" not in told.lower()


def test_one_sees_ones_own_and_the_clinics_by_name(desk, content):
    desk.favourites.save("zebra", content, of_clinic=True)
    desk.favourites.save("Étoile", content, of_clinic=False)
    foreign = desk.favourites.save("Hidden", content, of_clinic=False)
    with desk.store.write(Right.OWN) as tx:
        other = UserRow(id=new_id(), name="Other", initials="O", role=Role.THERAPIST)
        tx.db.add(other)
        tx.db.flush()
        tx.connection.execute(
            update(FavouriteRow).where(FavouriteRow.id == foreign.id).values(owner_id=other.id)
        )
        tx.audit("test.hand_over", "favourite", None)
    assert names(desk.favourites.all()) == [("Étoile", False), ("zebra", True)]
    for attempt in (desk.favourites.archive, desk.favourites.restore):
        with pytest.raises(NotFoundError):
            attempt(foreign.id, foreign.version)
    with pytest.raises(NotFoundError):
        desk.favourites.rename(foreign.id, foreign.version, "Mine now")
    desk.favourites.save("hidden", content, of_clinic=False)


def test_a_name_is_taken_once_for_an_owner(desk, content):
    kept = desk.favourites.save("Thigh", content, of_clinic=False)
    with pytest.raises(InvalidError) as caught:
        desk.favourites.save(" THIGH ", content, of_clinic=False)
    assert caught.value.problems[0].place == "name"
    assert "You have a favourite of this name already" in caught.value.sentence
    of_clinic = desk.favourites.save("Thigh", content, of_clinic=True)
    with pytest.raises(InvalidError, match="The clinic has"):
        desk.favourites.save("Thigh", content, of_clinic=True)
    belly = desk.favourites.save("Belly", content, of_clinic=False)
    with pytest.raises(InvalidError):
        desk.favourites.rename(belly.id, belly.version, "thigh")
    again = desk.favourites.rename(kept.id, kept.version, "THIGH")
    assert again.name == "THIGH"
    assert names(desk.favourites.all()) == [("Belly", False), ("THIGH", False), ("Thigh", True)]
    assert of_clinic.owner_id is None


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "two\nlines"])
def test_a_name_that_cannot_be_read_is_not_taken(desk, content, name):
    with pytest.raises(InvalidError) as caught:
        desk.favourites.save(name, content, of_clinic=False)
    assert {each.place for each in caught.value.problems} == {"name"}
    assert desk.favourites.all() == ()


def test_eighty_letters_are_taken(desk, content):
    assert desk.favourites.save("x" * 80, content, of_clinic=False).name == "x" * 80


def test_archived_it_leaves_the_list_and_its_name_and_comes_back(desk, content):
    kept = desk.favourites.save("Thigh", content, of_clinic=True)
    gone = desk.favourites.archive(kept.id, kept.version)
    assert gone.archived
    assert desk.favourites.all() == ()
    assert desk.favourites.all(archived=True) == (gone,)
    other = desk.favourites.save("Thigh", content, of_clinic=True)
    with pytest.raises(InvalidError):
        desk.favourites.restore(gone.id, gone.version)
    desk.favourites.rename(other.id, other.version, "Thigh 2")
    back = desk.favourites.restore(gone.id, gone.version)
    assert not back.archived
    assert back.content == content
    assert names(desk.favourites.all()) == [("Thigh", True), ("Thigh 2", True)]


def test_a_change_over_another_is_refused(desk, content):
    kept = desk.favourites.save("Thigh", content, of_clinic=False)
    newer = desk.favourites.rename(kept.id, kept.version, "Belly")
    for attempt in (
        lambda: desk.favourites.rename(kept.id, kept.version, "Arm"),
        lambda: desk.favourites.archive(kept.id, kept.version),
    ):
        with pytest.raises(ConflictError) as caught:
            attempt()
        assert caught.value.record == newer
    assert names(desk.favourites.all()) == [("Belly", False)]


def test_each_change_is_audited_and_told(desk, content):
    heard = []
    kept = desk.favourites.save("Thigh", content, of_clinic=False)
    desk.subscribe(heard.append)
    same = desk.favourites.rename(kept.id, kept.version, "Thigh")
    assert same == kept
    assert heard == []
    renamed = desk.favourites.rename(kept.id, kept.version, "Belly")
    gone = desk.favourites.archive(kept.id, renamed.version)
    desk.favourites.restore(kept.id, gone.version)
    assert heard == [Topic.FAVOURITES] * 3
    with desk.store.read(Right.RECORD_READ) as tx:
        found = tx.db.scalars(
            select(AuditEntryRow.action)
            .where(AuditEntryRow.object_id == kept.id)
            .order_by(AuditEntryRow.seq)
        )
        assert list(found) == [
            f"favourite.{verb}" for verb in ("create", "rename", "archive", "restore")
        ]


def test_what_cannot_be_read_is_kept_and_says_why(desk, content):
    kept = desk.favourites.save("Thigh", content, of_clinic=False)
    for stored, reason in (({"format": 99}, Unreadable.NEWER), ({}, Unreadable.DAMAGED)):
        with desk.store.write(Right.OWN) as tx:
            tx.db.execute(
                text("UPDATE favourite SET content = :content"), {"content": json.dumps(stored)}
            )
            tx.audit("test.damage", "favourite", None)
        (found,) = desk.favourites.all()
        assert (found.name, found.content, found.unreadable) == ("Thigh", None, reason)
    renamed = desk.favourites.rename(kept.id, kept.version, "Later")
    assert renamed.unreadable is Unreadable.DAMAGED
