"""Examining a whole vault: every damage found, and silence where there is none."""

from datetime import UTC, datetime

import pytest
from figures import FLIPS_UNFOUND

from mesodesk.db.engine import READ_ONLY, connect
from mesodesk.vault.audit import AuditFact
from mesodesk.vault.check import check_vault
from mesodesk.vault.errors import DamagedError
from mesodesk.vault.findings import Finding, Severity
from mesodesk.vault.stamps import add_signing_key

PAGE = 4096


def fill(vault) -> None:
    with vault.engine.begin() as connection:
        for _ in range(400):
            fact = AuditFact(vault.user_id, "Ana", "patient.view", "patient", reason="x" * 200)
            vault.audit.append(connection, fact)


def test_a_whole_vault_is_silent(made):
    with made.open() as vault:
        fill(vault)
        assert check_vault(vault) == []
    with made.open() as vault:
        assert check_vault(vault) == []


def flip_on(made, whole: bytes, page: int) -> set[str]:
    """Flip one bit on a page; return the areas of what is found."""
    data = bytearray(whole)
    data[page * PAGE + 100 + page % 3900] ^= 0x10
    made.database.write_bytes(data)
    try:
        with made.open() as vault:
            return {finding.area for finding in check_vault(vault)}
    except DamagedError:
        return {"pages"}
    finally:
        for name in ("clinic.db-wal", "clinic.db-shm"):
            (made.folder / name).unlink(missing_ok=True)


def whole_database(made) -> bytes:
    with made.open() as vault:
        fill(vault)
    return made.database.read_bytes()


def unfound(made, whole: bytes, pages) -> list[int]:
    return [page for page in pages if "pages" not in flip_on(made, whole, page)]


def test_a_flipped_bit_is_found_on_whatever_page(made, figure):
    whole = whole_database(made)
    last = len(whole) // PAGE - 1
    pages = (0, 1, *range(2, last, last // 10), last)
    missed = unfound(made, whole, pages)
    figure(FLIPS_UNFOUND, len(missed), of=len(pages))
    assert missed == []


@pytest.mark.long
def test_a_flipped_bit_is_found_on_every_page(made, figure):
    whole = whole_database(made)
    pages = range(len(whole) // PAGE)
    missed = unfound(made, whole, pages)
    figure(FLIPS_UNFOUND, len(missed), of=len(pages))
    assert missed == []


def test_names_the_page(made):
    with made.open() as vault:
        fill(vault)
        last = made.database.stat().st_size // PAGE
    with made.open() as vault:
        check_vault(vault)
        data = bytearray(made.database.read_bytes())
        last = len(data) // PAGE
        data[-2000] ^= 1
        made.database.write_bytes(data)
        found = check_vault(vault)
    assert any(f"page {last}" in finding.sentence for finding in found)
    assert all(finding.severity is Severity.ALARM for finding in found)


def test_exchanged_pages_are_found(made):
    with made.open() as vault:
        fill(vault)
    data = bytearray(made.database.read_bytes())
    first, second = slice(20 * PAGE, 21 * PAGE), slice(30 * PAGE, 31 * PAGE)
    data[first], data[second] = data[second], data[first]
    made.database.write_bytes(data)
    with made.open() as vault:
        areas = [finding.area for finding in check_vault(vault)]
    assert areas.count("pages") >= 2


@pytest.fixture
def intruder(made):
    with made.open() as vault:
        fill(vault)
        key, salt = vault.keys.data_key, vault.keys.salt
    raw = connect(made.database, key, salt, guarded=False, foreign_keys=False)
    yield raw
    raw.close()


def sentences(made) -> list[str]:
    with made.open() as vault:
        return [finding.sentence for finding in check_vault(vault)]


def test_a_removed_audit_entry_is_found(made, intruder):
    intruder.execute("DROP TRIGGER audit_entry_no_delete")
    intruder.execute("DELETE FROM audit_entry WHERE seq = 7")
    intruder.close()
    assert sentences(made)[0] == "Audit entry 7 is missing."


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER session_closed_update",
        "CREATE TRIGGER helper AFTER INSERT ON patient BEGIN SELECT 1; END",
    ],
    ids=["taken away", "strange"],
)
def test_an_altered_safeguard_is_found(made, intruder, statement):
    intruder.execute(statement)
    intruder.close()
    with made.open() as vault:
        found = [finding for finding in check_vault(vault) if finding.area == "safeguards"]
    assert len(found) == 1
    assert statement.split()[2] in found[0].sentence


def test_a_row_without_its_parent_is_found(made, intruder):
    intruder.execute("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
    intruder.execute("CREATE TABLE child (id INTEGER, parent_id REFERENCES parent)")
    intruder.execute("INSERT INTO child VALUES (1, 5)")
    intruder.close()
    assert "A row of child refers to a row of parent that is missing." in sentences(made)


def test_rows_removed_behind_our_back_are_found(made, intruder):
    (guard,) = intruder.execute(
        "SELECT sql FROM sqlite_master WHERE name = 'signing_key_no_delete'"
    ).fetchone()
    intruder.execute("DROP TRIGGER signing_key_no_delete")
    intruder.execute("DELETE FROM signing_key")
    intruder.execute(guard)
    intruder.close()
    *signatures, counted = sentences(made)
    assert "signing_key has 0 rows and had 1" in counted
    assert all("signed with a key that is not on record" in one for one in signatures)


def test_rows_changed_by_the_program_are_no_finding(made):
    with made.open() as vault, vault.engine.begin() as connection:
        add_signing_key(connection, vault.user_id, bytes(32), datetime.now(UTC))
        fact = AuditFact(vault.user_id, "Ana", "key.add", "signing_key")
        vault.audit.append(connection, fact)
    with made.open() as vault:
        assert check_vault(vault) == []


def test_a_broken_structure_is_found(made, intruder):
    intruder.execute("PRAGMA writable_schema=ON")
    intruder.execute("DELETE FROM sqlite_master WHERE name = 'ix_signing_key_user_id'")
    intruder.close()
    with made.open() as vault:
        (found,) = check_vault(vault)
    assert found.area == "structure"
    assert found.sentence == "The structure of the database is damaged in one place."


def test_a_damaged_copy_of_the_key_file_is_found(vault):
    (vault.folder / "keys.json").write_bytes(b"{}")
    (found,) = check_vault(vault)
    assert (found.severity, found.area) == (Severity.WARNING, "keys")
    (vault.folder / "keys-copy.json").write_bytes(b"{}")
    (found,) = check_vault(vault)
    assert found.severity is Severity.ALARM


def test_a_vault_in_use_is_said_and_raises_no_false_alarm(vault, monkeypatch):
    monkeypatch.setattr("mesodesk.db.engine.BUSY_SECONDS", 0)
    with vault.engine.connect().execution_options(**READ_ONLY) as reader:
        reader.exec_driver_sql("SELECT count(*) FROM audit_entry").scalar()
        fill(vault)
        found = check_vault(vault)
    assert [finding.severity for finding in found] == [Severity.WARNING]
    assert check_vault(vault) == []


def test_checks_of_the_records_are_taken_in(vault):
    said = Finding(Severity.ALARM, "seal", "The seal is broken.", vault.vault_id)
    assert check_vault(vault, [lambda _vault: [said]]) == [said]
    assert said.line == f"alarm: seal: The seal is broken. [{vault.vault_id}]"


def test_a_mistake_of_ours_in_a_check_is_not_hidden(vault):
    def broken(_vault):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        check_vault(vault, [broken])
