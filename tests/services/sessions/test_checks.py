"""What the examination of the records finds, and that it is silent else."""

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from mesodesk.db.engine import open_upgrade_engine
from mesodesk.services.sealing import seal_holds
from mesodesk.services.session_rows import whole_session
from mesodesk.vault.check import check_vault
from mesodesk.vault.findings import Severity


@pytest.fixture
def signed(desk, kit):
    """A signed session with two addenda, a draft and a discarded draft beside it."""
    session = kit.signed()
    desk.sessions.add_addendum(session.id, "First")
    session = desk.sessions.add_addendum(session.id, "Second")
    gone = desk.sessions.start(kit.patient.id)
    desk.sessions.discard_draft(gone.id, gone.version, "Wrong patient")
    draft = kit.put(desk.sessions.start(kit.patient.id), (kit.lot(), "5"))
    kit.chart(draft, 100, 200, regions=("chin.left",))
    kit.chart(draft, 300)
    desk.charts.undo(draft.id, 2)
    return session


EMPTYING = (
    "DELETE FROM follow_up",
    "DELETE FROM session_addendum",
    "DELETE FROM session_seal",
    "DELETE FROM session_snapshot",
    "DELETE FROM chart_edit",
    "DELETE FROM chart_field",
    "DELETE FROM stock_movement",
    "DELETE FROM syringe_component",
    "DELETE FROM syringe",
)


def found(desk) -> list[tuple[str, str]]:
    return [(finding.area, finding.sentence) for finding in desk.checks.check_all()]


def test_it_is_silent_when_nothing_is_wrong(desk, signed):
    steps = []
    assert desk.checks.check_all(lambda done, whole: steps.append((done, whole))) == []
    assert steps == [(1, 3), (2, 3), (3, 3)]


def test_an_empty_vault_is_whole(desk):
    assert desk.checks.check_all() == []


ALTERATIONS = (
    "UPDATE session SET note = 'other' WHERE state = 'signed'",
    "UPDATE session SET pain = 0 WHERE state = 'signed'",
    "UPDATE session SET reactions = '{}' WHERE state = 'signed'",
    "UPDATE session SET started_at = started_at + 1 WHERE state = 'signed'",
    "UPDATE session SET therapist_name = 'Else' WHERE state = 'signed'",
    "UPDATE session SET atlas_id = 'other' WHERE state = 'signed'",
    "UPDATE session SET discard_reason = 'other' WHERE state = 'signed'",
    "UPDATE syringe_component SET volume_ml = volume_ml + 1",
    "UPDATE syringe_component SET lot_number = 'X'",
    "UPDATE syringe_component SET actives = '[]'",
    "UPDATE syringe SET removed = 1",
    "UPDATE syringe SET wasted_ml = 5",
    "UPDATE chart_field SET regions = '[\"other\"]'",
    "UPDATE chart_field SET points = zeroblob(length(points))",
    "UPDATE chart_field SET points = x'00'",
    "UPDATE chart_field SET definition = replace(definition, 'papule', 'nappage')",
    "DELETE FROM chart_field",
    "UPDATE chart_edit SET payload = replace(payload, 'papule', 'nappage')",
    "UPDATE chart_edit SET made_at = made_at + 1",
    "UPDATE chart_edit SET made_by = zeroblob(16)",
    "UPDATE chart_edit SET merge_key = 'dose'",
    "DELETE FROM chart_edit",
    "UPDATE session_snapshot SET taken_at = taken_at - 1",
    "UPDATE session_snapshot SET payload = replace(payload, 'García', 'Garcia')",
    "UPDATE session_snapshot SET payload = 'broken'",
    "DELETE FROM session_snapshot",
    "UPDATE session_seal SET content = replace(content, 'Olga', 'Olla')",
    "UPDATE session_seal SET sha256 = 'zz'",
    "UPDATE session_seal SET format = 1",
    "UPDATE session_seal SET format = 3",
    "UPDATE session_seal SET public_key = 'zz'",
    "UPDATE session_seal SET signature = zeroblob(64)",
    "UPDATE session_seal SET signer_name = 'Somebody'",
    "UPDATE session_seal SET signed_at = signed_at - 1",
    "UPDATE session_addendum SET text = 'other' WHERE seq = 1",
    "UPDATE session_addendum SET text = 'other' WHERE seq = 2",
    "UPDATE session_addendum SET written_at = 0 WHERE seq = 2",
    "UPDATE session_addendum SET seq = 3 WHERE seq = 2",
    "UPDATE session_addendum SET signature = zeroblob(64) WHERE seq = 2",
    "UPDATE session_addendum SET public_key = zeroblob(32) WHERE seq = 2",
    "UPDATE session_seal SET public_key = zeroblob(32)",
    "DELETE FROM session_addendum WHERE seq = 1",
)


def test_whatever_is_altered_in_a_signed_session_breaks_its_seal(desk, signed):
    """Each alteration is tried and taken back, on a connection without triggers."""
    vault = desk.store.vault
    engine = open_upgrade_engine(vault.paths.database, vault.keys.data_key, vault.keys.salt)
    unnoticed = []
    with engine.connect() as connection:
        for name in connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).scalars():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        for statement in ("SELECT 1", *ALTERATIONS):
            with Session(connection, join_transaction_mode="create_savepoint") as db:
                changed = db.execute(text(statement)).rowcount
                assert changed, statement
                if seal_holds(db, whole_session(db, signed.id)):
                    unnoticed.append(statement)
                db.rollback()
        connection.rollback()
    engine.dispose()
    assert unnoticed == ["SELECT 1"]


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE session SET note = 'other' WHERE state = 'signed'", "not as it was signed"),
        ("UPDATE session_seal SET signature = zeroblob(64)", "signature"),
        ("DELETE FROM session_addendum WHERE seq = 1", "addendum"),
        ("UPDATE session_addendum SET text = 'other' WHERE seq = 2", "addendum"),
    ],
)
def test_a_broken_seal_shows_on_the_record_and_in_the_examination(
    desk, signed, tamper, statement, sentence
):
    assert desk.sessions.get(signed.id).seal.holds
    tamper(statement)
    assert not desk.sessions.get(signed.id).seal.holds
    findings = desk.checks.check_all()
    assert {(each.severity, each.area, each.object_id) for each in findings} == {
        (Severity.ALARM, "seals", signed.id)
    }
    assert sentence in findings[0].sentence
    assert all("ession 1 of patient 00001" in each.sentence for each in findings)


def test_the_last_addendum_is_missed_when_it_is_gone(desk, signed, tamper):
    """The chain of digests cannot tell; the audit log can."""
    tamper("DELETE FROM session_addendum WHERE seq = 2")
    assert desk.sessions.get(signed.id).seal.holds
    assert found(desk) == [
        ("seals", "Session 1 of patient 00001 has 1 addenda; the audit log knows 2, or others.")
    ]


def test_a_seal_that_is_gone_is_missed(desk, signed, tamper):
    tamper("DELETE FROM session_seal")
    assert desk.sessions.get(signed.id).seal is None
    assert ("seals", "Session 1 of patient 00001 counts as signed, but its seal is gone.") in found(
        desk
    )


def test_a_signed_session_made_a_draft_again_is_found(desk, signed, tamper):
    tamper(
        "UPDATE session SET state = 'entered_in_error' WHERE state = 'draft'",
        "UPDATE session SET state = 'draft' WHERE signed_at IS NOT NULL",
    )
    assert [area for area, _ in found(desk)] == ["seals"]


def test_a_signed_session_taken_out_whole_is_missed(desk, signed, tamper):
    tamper(
        *EMPTYING,
        "DELETE FROM session WHERE state = 'signed'",
        "UPDATE session SET state = 'entered_in_error' WHERE state = 'draft'",
    )
    assert found(desk) == [("sessions", "A signed session is gone from the record.")]


def test_a_seal_set_anew_by_somebody_with_the_key_is_found(desk, kit, signed, tamper):
    """Signed a second time with the right key, everything agrees but the audit log."""
    tamper(
        "DELETE FROM session_addendum",
        "DELETE FROM session_seal",
        "DELETE FROM session_snapshot",
        "DELETE FROM stock_movement",
        "DELETE FROM follow_up",
        "UPDATE session SET state = 'entered_in_error' WHERE state = 'draft'",
        "UPDATE session SET state = 'draft' WHERE signed_at IS NOT NULL",
    )
    draft = desk.sessions.get(signed.id)
    desk.store.clock.move(minutes=1)
    anew = desk.sessions.sign(draft.id, draft.version, "plain tea in the morning")
    assert anew.seal.holds
    assert (
        "seals",
        "Session 1 of patient 00001 has another seal than when it was signed, says the audit log.",
    ) in found(desk)


@pytest.mark.parametrize(
    ("statement", "area"),
    [
        ("UPDATE stock_movement SET volume_ml = volume_ml + 1", "stock"),
        ("DELETE FROM stock_movement", "stock"),
        ("DELETE FROM follow_up WHERE check_id = 'week_12'", "follow-up"),
    ],
)
def test_what_signing_left_behind_is_looked_for(desk, signed, tamper, statement, area):
    tamper(statement)
    assert [each for each, _ in found(desk)] == [area]


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE chart_field SET points = zeroblob(length(points))", "gestures made of it"),
        ("UPDATE chart_field SET points = x'01'", "cannot be read"),
        ("UPDATE chart_field SET definition = '{}'", "cannot be read"),
        ("UPDATE chart_field SET regions = '[\"hand.left\"]'", "gestures made of it"),
        ("UPDATE chart_field SET point_count = point_count + 1", "sums"),
        ("UPDATE chart_field SET volume_ul = 1", "sums"),
        ("DELETE FROM chart_field", "gestures made of it"),
        ("UPDATE chart_edit SET seq = seq + 5", "history"),
        ("UPDATE chart_edit SET position = position + 5 WHERE state = 'undone'", "history"),
        ("DELETE FROM chart_edit WHERE seq = 1", "history"),
        ("UPDATE chart_edit SET payload = 'x'", "cannot be read"),
        ("UPDATE chart_edit SET state = 'undone'", "gestures made of it"),
        ("UPDATE chart_edit SET state = 'applied'", "gestures made of it"),
    ],
)
def test_the_chart_of_a_draft_is_compared_with_its_gestures(desk, kit, tamper, statement, words):
    draft = kit.put(desk.sessions.start(kit.patient.id), (kit.lot(), "5"))
    kit.chart(draft, 100, 200, regions=("chin.left",))
    kit.chart(draft, 300)
    desk.charts.undo(draft.id, 2)
    assert desk.checks.check_all() == []
    tamper(statement)
    ((area, sentence),) = found(desk)
    assert area == "charts"
    assert words in sentence


def test_gestures_that_do_not_follow_from_one_another_are_found(desk, kit, tamper):
    draft = kit.put(desk.sessions.start(kit.patient.id), (kit.lot(), "5"))
    kit.chart(draft, 100)
    (field,) = desk.charts.load(draft.id).fields
    desk.charts.append(draft.id, 1, kit.changing(field, None))
    assert desk.checks.check_all() == []
    tamper("UPDATE chart_edit SET payload = replace(payload, 'papule', 'nappage') WHERE seq = 1")
    ((area, sentence),) = found(desk)
    assert (area, "history" in sentence) == ("charts", True)


def test_it_runs_with_the_examination_of_the_vault(desk, signed, tamper):
    def records(_vault: object) -> list:
        return desk.checks.check_all()

    assert check_vault(desk.store.vault, [records]) == []
    tamper("UPDATE session SET note = 'other' WHERE state = 'signed'")
    assert [each.area for each in check_vault(desk.store.vault, [records])] == ["seals"]


def test_an_unsealed_state_is_not_excused_by_an_empty_audit_log(desk, kit, tamper):
    draft = kit.ready()
    desk.sessions.save(draft.id, draft.version, replace(draft.fields, pain=1))
    tamper("UPDATE session SET state = 'amended'")
    assert {area for area, _ in found(desk)} == {"seals", "stock"}
