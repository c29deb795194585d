"""What the file refuses in the tables of people, the audit chain, amendments and backups."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import Connection, create_engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from mesodesk.db.engine import connect
from mesodesk.db.models.audit import AuditKeyRow, AuditSpanRow
from mesodesk.db.models.backup import BackupPlaceRow, BackupRunRow
from mesodesk.db.models.clinic import UserRow
from mesodesk.db.models.people import EmergencyAccessRow, NeedToKnowMemberRow, NeedToKnowRow
from mesodesk.db.models.session import SessionRow
from mesodesk.db.models.vault_meta import SigningKeyRow
from mesodesk.db.models.versions import SessionStatementRow, SessionVersionRow
from mesodesk.db.upgrade import upgrade
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.audit import SpanKind
from mesodesk.domain.records.backup import PlaceKind, RunKind, RunOutcome
from mesodesk.domain.records.session import SessionState, StatementKind

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
HEAD = {"version": 1, "created_at": NOW, "changed_at": NOW}
DIGEST, SIGNATURE = bytes(32), bytes(64)
EMERGENCY, PLACE, RUN, STATEMENT = (new_id() for _ in range(4))


@pytest.fixture
def connection(golden) -> Iterator[Connection]:
    """A transaction on a vault of an earlier schema, brought up to date, without an authorizer."""
    import sqlcipher3.dbapi2

    vault = golden("0003")
    upgrade(vault.database, vault.data_key, vault.salt)
    engine = create_engine(
        "sqlite://",
        module=sqlcipher3.dbapi2,
        creator=lambda: connect(vault.database, vault.data_key, vault.salt, guarded=False),
    )
    with engine.connect() as made:
        made.exec_driver_sql("BEGIN")
        yield made
        made.rollback()
    engine.dispose()


@pytest.fixture
def user(connection) -> UUID:
    return connection.scalars(select(UserRow.id)).first()


@pytest.fixture
def signed(connection) -> UUID:
    return connection.scalars(select(SessionRow.id).where(_in(SessionState.SIGNED))).first()


@pytest.fixture
def draft(connection) -> UUID:
    return connection.scalars(select(SessionRow.id).where(_in(SessionState.DRAFT))).one()


def _in(state: SessionState):
    return SessionRow.state == state


def patient_of(connection: Connection, session_id: UUID) -> UUID:
    return connection.scalars(
        select(SessionRow.patient_id).where(SessionRow.id == session_id)
    ).one()


def refused(connection: Connection, said: str, *statements) -> None:
    for statement in statements:
        with pytest.raises(IntegrityError) as error:
            connection.execute(statement)
        assert said in str(error.value.orig)


def span(first: int, last: int, **others: object) -> dict[str, object]:
    return {
        "first_seq": first,
        "last_seq": last,
        "head": DIGEST,
        "kind": SpanKind.SIGNED,
        "public_key": DIGEST,
        "signature": SIGNATURE,
        "made_at": NOW,
        **others,
    }


def test_spans_follow_each_other(connection):
    row = insert(AuditSpanRow)
    connection.execute(row.values(span(1, 10)))
    unsigned = {"kind": SpanKind.RECOVERY, "signature": None, "public_key": None}
    connection.execute(row.values(span(11, 11, **unsigned)))
    refused(
        connection,
        "without a gap",
        row.values(span(11, 12)),
        row.values(span(13, 14)),
        row.values(span(1, 10)).prefix_with("OR REPLACE"),
    )
    refused(connection, "forward", row.values(span(12, 11)))
    refused(
        connection, "signature_whole", row.values(span(12, 12, **{**unsigned, "signature": b""}))
    )
    refused(
        connection, "signed_is_signed", row.values(span(12, 12, signature=None, public_key=None))
    )
    refused(
        connection, "append-only", update(AuditSpanRow).values(last_seq=9), delete(AuditSpanRow)
    )


def test_keys_of_the_chain_follow_each_other(connection):
    row = insert(AuditKeyRow)
    connection.execute(row.values(first_seq=1, mac_key=DIGEST))
    connection.execute(row.values(first_seq=90, mac_key=DIGEST))
    refused(
        connection,
        "follow each other",
        row.values(first_seq=50, mac_key=DIGEST),
        row.values(first_seq=90, mac_key=DIGEST).prefix_with("OR REPLACE"),
    )
    refused(connection, "key_length", row.values(first_seq=91, mac_key=b"short"))
    refused(connection, "append-only", update(AuditKeyRow).values(first_seq=2), delete(AuditKeyRow))


def test_a_signing_key_is_retired_once_and_stays(connection):
    of_one = SigningKeyRow.public_key == select(SigningKeyRow.public_key).limit(1).scalar_subquery()
    change = update(SigningKeyRow).where(of_one)
    refused(connection, "only retired", change.values(user_id=new_id()))
    refused(connection, "only retired", change.values(retired_at=NOW, user_id=new_id()))
    connection.execute(change.values(retired_at=NOW))
    refused(
        connection, "only retired", change.values(retired_at=None), change.values(retired_at=NOW)
    )
    refused(connection, "provable", delete(SigningKeyRow))


def test_a_restriction_names_a_reason_and_its_members(connection, user, signed):
    patient = patient_of(connection, signed)
    row = insert(NeedToKnowRow)
    typed = {"patient_id": patient, "reason": "A colleague", "set_by": user, "set_at": NOW}
    refused(connection, "reasoned", row.values({**typed, "reason": ""}))
    refused(connection, "FOREIGN KEY", row.values({**typed, "patient_id": new_id()}))
    member = insert(NeedToKnowMemberRow).values(patient_id=patient, user_id=user)
    refused(connection, "FOREIGN KEY", member)
    connection.execute(row.values(typed))
    connection.execute(member)
    refused(connection, "FOREIGN KEY", delete(NeedToKnowRow))
    connection.execute(delete(NeedToKnowMemberRow))
    connection.execute(delete(NeedToKnowRow))


def test_an_emergency_stays_on_record_and_is_reviewed_once(connection, user, signed):
    opened = {
        "id": EMERGENCY,
        **HEAD,
        "user_id": user,
        "patient_id": patient_of(connection, signed),
        "reason": "Fainted",
        "boot_id": "run",
        "opened_at": NOW,
        "until_ms": 3_600_000,
        "review": "",
    }
    row, change = insert(EmergencyAccessRow), update(EmergencyAccessRow)
    refused(connection, "reasoned", row.values({**opened, "reason": ""}))
    connection.execute(row.values(opened))
    refused(
        connection,
        "stays on record",
        change.values(reason="Else"),
        change.values(until_ms=9_999_999),
        change.values(user_id=user),
        delete(EmergencyAccessRow),
        row.values(opened).prefix_with("OR REPLACE"),
    )
    refused(connection, "review_whole", change.values(reviewed_by=user))
    connection.execute(change.values(reviewed_by=user, reviewed_at=NOW, review="Right", version=2))
    refused(
        connection, "not changed", change.values(review="Wrong"), change.values(reviewed_at=None)
    )


def version(draft: UUID, of: UUID, user: UUID, **others: object) -> dict[str, object]:
    return {
        "session_id": draft,
        "amends_id": of,
        "root_id": of,
        "reason": "Wrong lot",
        "begun_by": user,
        "begun_at": NOW,
        **others,
    }


def test_what_an_amendment_amends_is_closed_with_it(connection, user, draft, signed):
    row = insert(SessionVersionRow)
    refused(connection, "reasoned", row.values(version(draft, signed, user, reason="")))
    refused(connection, "of_another", row.values(version(draft, draft, user)))
    refused(connection, "is closed", row.values(version(signed, draft, user)))
    connection.execute(row.values(version(draft, signed, user)))
    connection.execute(update(SessionVersionRow).values(reason="Wrong product"))
    connection.execute(
        update(SessionRow).where(SessionRow.id == draft).values(state=SessionState.ENTERED_IN_ERROR)
    )
    refused(
        connection,
        "is closed",
        update(SessionVersionRow).values(reason="Else"),
        delete(SessionVersionRow),
    )


def statement(session: UUID, user: UUID, **others: object) -> dict[str, object]:
    return {
        "id": STATEMENT,
        "session_id": session,
        "kind": StatementKind.ENTERED_IN_ERROR,
        "text": "Another patient",
        "author_id": user,
        "author_name": "Olga",
        "made_at": NOW,
        "sha256": "00",
        "signature": SIGNATURE,
        "public_key": DIGEST,
        **others,
    }


def test_a_statement_is_made_of_what_is_signed_and_stays(connection, user, draft, signed):
    row = insert(SessionStatementRow)
    refused(connection, "takes no statements", row.values(statement(draft, user)))
    refused(connection, "said", row.values(statement(signed, user, text="")))
    amended = {"kind": StatementKind.AMENDED}
    refused(connection, "amended_is_replaced", row.values(statement(signed, user, **amended)))
    refused(
        connection, "amended_is_replaced", row.values(statement(signed, user, replaced_by=draft))
    )
    connection.execute(row.values(statement(signed, user)))
    refused(connection, "UNIQUE", row.values(statement(signed, user, id=new_id())))
    for _ in range(2):
        denied = statement(signed, user, id=new_id(), kind=StatementKind.REQUEST_DENIED)
        connection.execute(row.values(denied))
    refused(
        connection,
        "append-only",
        update(SessionStatementRow).values(text="Else"),
        delete(SessionStatementRow),
        row.values(statement(signed, user)).prefix_with("OR REPLACE"),
    )


@pytest.mark.parametrize("state", [SessionState.AMENDED, SessionState.ENTERED_IN_ERROR])
def test_a_signed_session_moves_on_with_its_own_statement(connection, user, draft, signed, state):
    change = update(SessionRow).where(SessionRow.id == signed).values(state=state)
    refused(connection, "with a statement", change)
    row = insert(SessionStatementRow)
    denied = statement(signed, user, kind=StatementKind.REQUEST_DENIED, id=new_id())
    connection.execute(row.values(denied))
    refused(connection, "with a statement", change)
    replaced_by = draft if state is SessionState.AMENDED else None
    said = statement(signed, user, kind=StatementKind(state.value), replaced_by=replaced_by)
    connection.execute(row.values(said))
    connection.execute(change)


def test_a_number_is_shared_by_a_session_and_what_amends_it(connection, draft):
    """Two signed ones of one number are refused; a draft may have the number of a signed one."""
    patient = patient_of(connection, draft)
    of_patient = select(SessionRow.number).where(SessionRow.patient_id == patient)
    number = connection.scalars(of_patient.where(_in(SessionState.SIGNED))).first()
    connection.execute(update(SessionRow).where(SessionRow.id == draft).values(number=number))
    connection.exec_driver_sql("DROP TRIGGER session_signed_with_seal")
    signing = update(SessionRow).where(SessionRow.id == draft).values(state=SessionState.SIGNED)
    refused(connection, "UNIQUE", signing)


def test_a_run_says_how_it_ended_and_stays(connection):
    place = {"id": PLACE, **HEAD, "kind": PlaceKind.STICK, "path": "/media/a", "marker": "m"}
    row = insert(BackupPlaceRow)
    connection.execute(row.values(place))
    refused(connection, "UNIQUE", row.values({**place, "id": new_id()}))
    for _ in range(2):
        connection.execute(row.values({**place, "id": new_id(), "marker": ""}))
    run = {
        "id": RUN,
        "kind": RunKind.BACKUP,
        "place_id": PLACE,
        "name": "a.mesobackup",
        "seq": 7,
        "head": DIGEST,
        "size": 9,
        "outcome": RunOutcome.VERIFIED,
        "made_at": NOW,
        "verified_at": NOW,
    }
    row = insert(BackupRunRow)
    refused(connection, "verified_dated", row.values({**run, "verified_at": None}))
    refused(connection, "failure_told", row.values({**run, "trouble": "The stick was pulled."}))
    failed = {"outcome": RunOutcome.FAILED, "verified_at": None}
    refused(connection, "failure_told", row.values({**run, **failed}))
    refused(connection, "digest_length", row.values({**run, "head": b""}))
    refused(connection, "not_negative", row.values({**run, "size": -1}))
    connection.execute(row.values(run))
    connection.execute(
        row.values({**run, **failed, "id": new_id(), "trouble": "The disk is full."})
    )
    refused(
        connection,
        "append-only",
        update(BackupRunRow).values(verified_at=NOW),
        delete(BackupRunRow),
        row.values(run).prefix_with("OR REPLACE"),
    )
    refused(connection, "FOREIGN KEY", delete(BackupPlaceRow).where(BackupPlaceRow.id == PLACE))
