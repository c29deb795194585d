"""Examines a whole open vault: pages, references, audit chain, anchor, key file.

What belongs to records (seals, charts, photographs) is examined by the services, which hand their
checks in here.
"""

import time
from collections.abc import Callable, Iterable, Iterator

from mesodesk.db.engine import READ_ONLY
from mesodesk.db.errors import CORRUPT, NOT_A_DATABASE, StorageUnavailable, result_code, translate
from mesodesk.db.safeguards import altered_triggers
from mesodesk.vault import keyfile
from mesodesk.vault.audit import verify_chain
from mesodesk.vault.errors import VaultError
from mesodesk.vault.examining import opened
from mesodesk.vault.findings import Finding, Severity, alarm, warning
from mesodesk.vault.identity import counted, starts_with_salt
from mesodesk.vault.open_vault import OpenVault
from mesodesk.vault.span_checks import verify_spans

Check = Callable[[OpenVault], Iterable[Finding]]

MOST_PAGES_NAMED = 20
_IN_USE_S = 0.3
_LEFT = ("clinic.db.upgrading*", "*.part", ".*.new")
_OPENINGS = ("vault.open", "vault.finding")
# The log has checks of its own, and each opening adds to it.
_OF_THE_LOG = ("audit_entry", "audit_span")


def check_vault(vault: OpenVault, extra: Iterable[Check] = ()) -> list[Finding]:
    """Return everything that is wrong; empty if nothing is.

    Args:
        vault: open; nothing else should be writing meanwhile.
        extra: further checks of the records themselves.
    """
    return [finding for found in walk_vault(vault, extra) for finding in found]


def walk_vault(vault: OpenVault, extra: Iterable[Check] = ()) -> Iterator[list[Finding]]:
    """As `check_vault`, one check at a step: others may have their turn in between."""
    yield [*vault.findings]
    for check in (*_CHECKS, *extra):
        yield _guarded(check, vault)


def _guarded(check: Check, vault: OpenVault) -> list[Finding]:
    """Run one check; a file too damaged for it is a finding, not a crash."""
    found: list[Finding] = []
    try:
        found.extend(check(vault))
    except Exception as error:
        # A damaged page can come up in any check as almost any error of the driver.
        if result_code(error) is None and not isinstance(error, MemoryError):
            raise
        found.append(_as_finding(error))
    return found


def _as_finding(error: Exception) -> Finding:
    if result_code(error) in {CORRUPT, NOT_A_DATABASE}:
        return alarm("pages", "A part of the database could not be read for this examination.")
    meant = translate(error)
    sentence = meant.sentence if isinstance(meant, StorageUnavailable) else type(error).__name__
    return alarm("database", f"The examination was cut short. {sentence}")


def _pages(vault: OpenVault) -> Iterator[Finding]:
    # The check of pages reads the file beneath the log, so the log is folded in first; and each
    # check has a connection of its own, since one bad page makes a used one report many.
    with opened(vault.paths, vault.keys) as raw:
        folded = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if folded is None or folded[0]:
        yield warning("pages", "The pages could not be examined while the vault is being used.")
        return
    with opened(vault.paths, vault.keys) as raw:
        bad = [str(row[0]) for row in raw.execute("PRAGMA cipher_integrity_check").fetchall()]
    for said in bad[:MOST_PAGES_NAMED]:
        yield alarm("pages", f"A page of the database is damaged ({said}).")
    if len(bad) > MOST_PAGES_NAMED:
        yield alarm("pages", f"{len(bad) - MOST_PAGES_NAMED} more pages are damaged.")
    if not starts_with_salt(vault.paths.database, vault.keys.salt):
        yield warning("pages", "The first bytes of the database are damaged.")


def _structure(vault: OpenVault) -> Iterator[Finding]:
    with opened(vault.paths, vault.keys) as raw:
        said = [str(row[0]) for row in raw.execute("PRAGMA integrity_check").fetchall()]
    if said != ["ok"]:
        # What the library says of it is for programmers: trees, cells and error codes.
        places = len("\n".join(said).removeprefix("*** in database main ***\n").splitlines())
        where = "one place" if places == 1 else f"{places} places"
        yield alarm("structure", f"The structure of the database is damaged in {where}.")


def _safeguards(vault: OpenVault) -> Iterator[Finding]:
    with vault.engine.connect().execution_options(**READ_ONLY) as connection:
        for name in altered_triggers(connection):
            yield alarm(
                "safeguards",
                f"The safeguard {name}, which keeps closed records from being changed, was taken "
                "away or altered outside Mesodesk.",
            )


def _references(vault: OpenVault) -> Iterator[Finding]:
    with opened(vault.paths, vault.keys) as raw:
        broken = raw.execute("PRAGMA foreign_key_check").fetchall()
    for table, _row, parent, _key in sorted({(row[0], 0, row[2], 0) for row in broken}):
        yield alarm("references", f"A row of {table} refers to a row of {parent} that is missing.")


def _audit(vault: OpenVault) -> Iterator[Finding]:
    with vault.engine.connect().execution_options(**READ_ONLY) as connection:
        for finding in verify_chain(connection, vault.keys):
            yield alarm("audit", finding.sentence)
        for finding in verify_spans(connection, vault.vault_id):
            yield alarm("audit", finding.sentence)


def _counts(vault: OpenVault) -> Iterator[Finding]:
    """Compare row counts with those noted at the last close, if nothing was written since."""
    anchor = vault.opening_anchor
    if anchor is None or not anchor.counts:
        return
    with vault.engine.connect().execution_options(**READ_ONLY) as connection:
        written = connection.exec_driver_sql(
            "SELECT count(*) FROM audit_entry WHERE seq > ? AND action NOT IN (?, ?)",
            (anchor.counts_seq, *_OPENINGS),
        ).scalar()
        if written:
            return
        now = counted(connection)
    for table, rows in anchor.counts.items():
        if table not in _OF_THE_LOG and now.get(table, 0) != rows:
            yield alarm(
                "history",
                f"The table {table} has {now.get(table, 0)} rows and had {rows} when the vault was "
                "last closed: they were changed outside Mesodesk.",
            )


def _key_file(vault: OpenVault) -> Iterator[Finding]:
    try:
        loaded = keyfile.load(vault.folder)
    except VaultError as error:
        yield alarm("keys", error.sentence)
        return
    for sentence in loaded.findings:
        yield warning("keys", sentence)
    if not loaded.key_file.is_sealed_by(vault.keys.key_file):
        yield alarm("keys", "The key file was changed outside Mesodesk.")


def _kept_alarms(vault: OpenVault) -> Iterator[Finding]:
    for kept in sorted(vault.folder.glob("anchor-alarm-*.json")):
        yield warning(
            "history",
            f"Saves were once found missing; {kept.name} keeps how far the vault had come. Once "
            "the cause is known, remove that file.",
        )


def _leftovers(vault: OpenVault) -> Iterator[Finding]:
    """Look for files that nobody uses: each is as large as the records, and as secret."""
    found = [left for pattern in _LEFT for left in sorted(vault.folder.glob(pattern))]
    if found:
        time.sleep(_IN_USE_S)
    for left in found:
        if left.exists():  # else it was being written, and has its own name by now
            yield warning(
                "files",
                f"{left.name} in the vault folder was left by something that was cut short. The "
                "next backup or opening removes it.",
            )


_CHECKS: tuple[Check, ...] = (
    _pages,
    _structure,
    _references,
    _audit,
    _safeguards,
    _counts,
    _key_file,
    _kept_alarms,
    _leftovers,
)

__all__ = ["Check", "Finding", "Severity", "check_vault", "walk_vault"]
