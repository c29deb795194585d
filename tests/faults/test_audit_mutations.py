"""Row 30: the log is tampered with by somebody who has the vault's key; each time it is found.

Edits, removals, exchanges, insertions, cut tails and whole older files, at random with a fixed
seed; also with the chain computed anew, which only signatures, spans and anchors can tell.
"""

# ruff: noqa: S608  the statements are made of column names

import random
import shutil
from pathlib import Path

import pytest
from figures import ROLLBACKS_UNFOUND, TAMPERING_UNFOUND

from mesodesk.db.engine import connect
from mesodesk.vault.anchor import read_anchor
from mesodesk.vault.audit import _COLUMNS, _MACED, _SELECT, AuditFact, _mac, verify_chain
from mesodesk.vault.keys import KdfCost, VaultKeys
from mesodesk.vault.owner import NewOwner
from mesodesk.vault.recovery import RecoveryKey
from mesodesk.vault.span_checks import verify_spans
from mesodesk.vault.vault import create_vault, open_vault

PASSWORD = "seven quiet herons at noon"
SHORT, LONG = 60, 1000
_SEQ = _COLUMNS.index("seq")
_EDITED = ("at", "details", "actor_name", "monotonic_ms", "outcome", "reason", "object_type")


def work(folder: Path, entries: int) -> None:
    with open_vault(folder, password=PASSWORD) as vault:
        for _ in range(entries):
            with vault.engine.begin() as connection:
                fact = AuditFact(vault.user_id, "Ana", "patient.update", "patient")
                vault.audit.append(connection, fact)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A closed vault after some days of work, each signed at its end."""
    made = tmp_path_factory.mktemp("mutations") / "vault"
    create_vault(
        made,
        owner=NewOwner("Ana"),
        password=PASSWORD,
        cost=KdfCost.for_tests(),
        recovery_key=RecoveryKey.new(),
    ).close()
    for _ in range(4):
        work(made, 12)
    return made


@pytest.fixture
def vault(folder, tmp_path):
    copied = shutil.copytree(folder, tmp_path / "vault")
    with open_vault(copied, password=PASSWORD) as opened:
        opened.sign_log()
        yield opened


@pytest.fixture
def intruder(vault):
    raw = connect(vault.paths.database, vault.keys.data_key, vault.keys.salt, guarded=False)
    for (name,) in list(raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")):
        raw.execute(f"DROP TRIGGER {name}")
    raw.execute("PRAGMA ignore_check_constraints=ON")
    yield raw
    raw.close()


def found(raw, vault) -> list[int]:
    """Return the entries that the verifier names, on the intruder's own transaction."""
    from sqlalchemy import create_engine
    from sqlalchemy.pool import StaticPool

    engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
    engine.dialect.do_rollback = lambda _connection: None  # the harm is taken back by the test
    with engine.connect() as connection:
        findings = verify_chain(connection, vault.keys) + verify_spans(connection, vault.vault_id)
        anchor = read_anchor(vault.folder, vault.keys)
        named = raw.execute("SELECT mac FROM audit_entry WHERE seq = ?", (anchor.seq,)).fetchone()
        last = raw.execute("SELECT coalesce(max(seq), 0) FROM audit_entry").fetchone()[0]
    seqs = [one.seq for one in findings]
    if named is None:
        seqs.append(last + 1)
    elif bytes(named[0]) != anchor.head:
        seqs.append(anchor.seq)
    return sorted(seqs)


def make_anew(raw, keys: VaultKeys) -> None:
    """Compute the whole chain anew, as only who has the vault's key can."""
    prev = bytes(32)
    for row in raw.execute(_SELECT, (1,)).fetchall():
        mac = _mac(keys.audit_mac, prev, row[: len(_MACED)])
        raw.execute(
            "UPDATE audit_entry SET prev = ?, mac = ? WHERE seq = ?", (prev, mac, row[_SEQ])
        )
        prev = mac


def tamper(raw, chance: random.Random, last: int) -> tuple[str, int]:
    """Do one harm; return its kind and the first entry concerned."""
    one, two = sorted(chance.sample(range(2, last), 2))
    kind = chance.choice(["edit", "remove", "close up", "exchange", "insert", "append", "cut"])
    columns = ", ".join(_COLUMNS)
    if kind == "edit":
        column = chance.choice(_EDITED)
        raw.execute(f"UPDATE audit_entry SET {column} = coalesce({column}, '') || '1'"
                    f" WHERE seq = {one}")  # fmt: skip
    elif kind == "remove":
        raw.execute(f"DELETE FROM audit_entry WHERE seq = {one}")
    elif kind == "close up":
        raw.execute(f"DELETE FROM audit_entry WHERE seq = {one}")
        raw.execute(f"UPDATE audit_entry SET seq = seq - 1 WHERE seq > {one}")
    elif kind == "exchange":
        for old, new in ((one, -1), (two, one), (-1, two)):
            raw.execute(f"UPDATE audit_entry SET seq = {new} WHERE seq = {old}")
    elif kind == "insert":
        raw.execute(f"UPDATE audit_entry SET seq = -seq - 1 WHERE seq >= {one}")
        raw.execute("UPDATE audit_entry SET seq = -seq WHERE seq < 0")
        row = ", ".join(str(one) if name == "seq" else name for name in _COLUMNS)
        raw.execute(f"INSERT INTO audit_entry ({columns}) SELECT {row} FROM audit_entry"
                    f" WHERE seq = {one - 1}")  # fmt: skip
    elif kind == "append":
        row = ", ".join(str(last + 1) if name == "seq" else name for name in _COLUMNS)
        raw.execute(f"INSERT INTO audit_entry ({columns}) SELECT {row} FROM audit_entry"
                    f" WHERE seq = {one}")  # fmt: skip
        one = last + 1
    else:
        raw.execute(f"DELETE FROM audit_entry WHERE seq >= {one}")
        if chance.random() < 0.5:
            raw.execute(f"DELETE FROM audit_span WHERE last_seq >= {one}")
    return kind, one


def earliest_named(raw, seq: int) -> int:
    """Return the first entry that harm to an entry may be told by: that of its span.

    What follows a span without a signature explains why it has none, so that may be the one before.
    """
    row = raw.execute("SELECT max(first_seq) FROM audit_span WHERE first_seq <= ?", (seq,))
    first = int(row.fetchone()[0] or 1)
    before = raw.execute(
        "SELECT first_seq FROM audit_span WHERE kind = 'found' AND last_seq = ?", (first - 1,)
    ).fetchone()
    return int(before[0]) if before and seq == first else first


def missed(vault, raw, times: int, *, anew: bool) -> list[str]:
    """Harm the log as often as asked for; return the kinds of harm that were not found in place."""
    chance = random.Random(30 + anew)
    last = raw.execute("SELECT max(seq) FROM audit_entry").fetchone()[0]
    wrong: list[str] = []
    for _ in range(times):
        raw.execute("BEGIN")
        kind, first = tamper(raw, chance, last)
        if anew and kind in ("append", "remove", "exchange", "insert"):
            raw.execute("ROLLBACK")
            continue
        # A signature is over a span, and names its first entry.
        earliest = earliest_named(raw, first)
        if anew:
            make_anew(raw, vault.keys)
        named = found(raw, vault)
        in_place = bool(named) and earliest <= named[0] <= first
        if not in_place or (not anew and first not in named):
            wrong.append(f"{kind} at {first}: {named[:2]}")
        raw.execute("ROLLBACK")
    return wrong


def test_the_log_as_it_is_has_no_finding(vault, intruder):
    """The negative control: the verifier does not simply find something each time."""
    assert found(intruder, vault) == []


@pytest.mark.figures
@pytest.mark.parametrize("anew", [False, True])
def test_each_of_some_mutations_is_found_at_its_place(vault, intruder, figure, anew):
    wrong = missed(vault, intruder, SHORT, anew=anew)
    figure(TAMPERING_UNFOUND, len(wrong), of=SHORT)
    assert wrong == []


@pytest.mark.long
@pytest.mark.figures
@pytest.mark.parametrize("anew", [False, True])
def test_each_of_a_thousand_mutations_is_found_at_its_place(vault, intruder, figure, anew):
    wrong = missed(vault, intruder, LONG, anew=anew)
    figure(TAMPERING_UNFOUND, len(wrong), of=LONG)
    assert wrong == []


@pytest.mark.figures
@pytest.mark.parametrize("survives", ["anchor.json", "far"])
def test_an_older_vault_put_back_is_told_by_any_anchor_that_survives(
    folder, tmp_path, survives, figure
):
    far, place, older = tmp_path / "far", tmp_path / "vault", tmp_path / "older"
    shutil.copytree(folder, place)
    with open_vault(place, password=PASSWORD) as vault:
        vault.anchor_far(far)
    unfound = 0
    for times in (1, 3, 20):
        shutil.copytree(place, older)
        work_with(place, far, times)
        anchor = (place / "anchor.json").read_bytes()
        shutil.rmtree(place)
        shutil.copytree(older, place)
        shutil.rmtree(older)
        if survives == "anchor.json":
            (place / "anchor.json").write_bytes(anchor)
        with open_vault(place, password=PASSWORD) as vault:
            if survives == "far":
                vault.anchor_far(far)
            unfound += not any(finding.area == "history" for finding in vault.findings)
            if survives != "far":
                vault.anchor_far(tmp_path / "other")
    figure(ROLLBACKS_UNFOUND, unfound, of=3)
    assert unfound == 0


def work_with(folder: Path, far: Path, entries: int) -> None:
    with open_vault(folder, password=PASSWORD) as vault:
        vault.anchor_far(far)
        for _ in range(entries):
            with vault.engine.begin() as connection:
                fact = AuditFact(vault.user_id, "Ana", "patient.update", "patient")
                vault.audit.append(connection, fact)
