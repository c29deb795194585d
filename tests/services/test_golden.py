"""A clinic of an earlier schema opens, is whole, and works on."""

from datetime import UTC, datetime

import pytest
from kept_schemas import KEPT

from mesodesk.db.engine import connect
from mesodesk.domain.records.session import SessionState
from mesodesk.services.checking import check_folder
from mesodesk.services.desk import open_desk
from mesodesk.vault.anchor import read_anchor
from mesodesk.vault.identity import row_counts
from mesodesk.vault.keys import VaultKeys
from mesodesk.vault.vault import open_vault

NEW_IN_0004 = {
    "audit_key",
    "audit_span",
    "backup_place",
    "backup_run",
    "draft_kept",
    "emergency_access",
    "need_to_know",
    "need_to_know_member",
    "session_statement",
    "session_version",
}


@pytest.mark.parametrize("revision", KEPT)
def test_an_earlier_clinic_opens_without_a_finding_and_is_whole(golden, revision):
    made = golden(revision)
    with open_vault(made.folder, password=made.password) as vault:
        assert vault.findings == ()
    assert check_folder(made.folder, made.password) == ()


@pytest.mark.parametrize("revision", KEPT)
def test_an_earlier_clinic_is_worked_on(golden, revision):
    made = golden(revision)
    desk = open_desk(open_vault(made.folder, password=made.password))
    try:
        (draft,) = desk.sessions.drafts()
        sessions = desk.sessions.for_patient(draft.patient_id)
        signed = next(each for each in sessions if each.state is SessionState.SIGNED)
        assert desk.sessions.add_addendum(signed.id, "After the upgrade").seal.holds
        kept = desk.sessions.get(draft.id)
        desk.sessions.discard_draft(kept.id, kept.version, "Not today")
        assert desk.drafts.get("new_patient", "") == {"family_name": "Half a na"}
    finally:
        desk.close()
    assert check_folder(made.folder, made.password) == ()


def test_the_counts_in_the_anchor_know_the_tables_added_since(golden):
    """What is slipped into a new table while the vault is closed is told as in any other."""
    made = golden("0003")
    with open_vault(made.folder, password=made.password) as vault:
        keys = VaultKeys(vault.vault_id, made.data_key, made.salt)
        assert set(row_counts(vault.engine)) >= NEW_IN_0004
        assert not NEW_IN_0004 & set(vault.opening_anchor.counts)
    assert set(read_anchor(made.folder, keys).counts) >= NEW_IN_0004
    raw = connect(made.database, made.data_key, made.salt)
    raw.execute(
        "INSERT INTO need_to_know SELECT patient.id, 'slipped in', app_user.id, ?"
        " FROM patient, app_user LIMIT 1",
        (int(datetime(2026, 3, 2, tzinfo=UTC).timestamp() * 1_000_000),),
    )
    raw.close()
    (found,) = check_folder(made.folder, made.password)
    assert "need_to_know has 1 rows and had 0" in found.sentence
