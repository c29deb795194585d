"""Compares a vault with its anchor: are saves missing, was something older put back."""

from datetime import timedelta

from sqlalchemy import Connection

from mesodesk.db.engine import READ_ONLY
from mesodesk.db.moments import from_microseconds
from mesodesk.vault.anchor import Anchor, AnchorError, compare, read_anchor
from mesodesk.vault.audit import chain_head, verify_chain
from mesodesk.vault.findings import Finding, alarm, warning
from mesodesk.vault.open_vault import OpenVault
from mesodesk.vault.span_checks import verify_spans

_TAIL_ENTRIES = 200
# Less is the clock of the system being set right by itself.
_BEHIND = timedelta(minutes=5)


def look_at_anchor(vault: OpenVault) -> tuple[Anchor | None, list[Finding]]:
    """Compare database, key file and attempt counter with the anchor; verify the chain's end.

    The end of the chain is verified without an anchor as well: it may have been taken away.
    """
    anchor: Anchor | None = None
    findings: list[Finding] = []
    try:
        anchor = read_anchor(vault.folder, vault.keys)
    except AnchorError:
        findings.append(warning("anchor", _CANNOT_TELL.format("is damaged")))
    else:
        if anchor is None:
            findings.append(warning("anchor", _CANNOT_TELL.format("is missing")))
    with vault.engine.connect().execution_options(**READ_ONLY) as connection:
        seq, _head = chain_head(connection)
        if anchor is not None:
            findings += _compared(connection, anchor, seq)
        since = max(1, seq - _TAIL_ENTRIES)
        tail = verify_chain(connection, vault.keys, since)
        tail += verify_spans(connection, vault.vault_id, since)
        findings += [alarm("audit", finding.sentence) for finding in tail[:3]]
    if anchor is not None:
        findings += _beside(vault, anchor)
    return anchor, findings


def _compared(connection: Connection, anchor: Anchor, seq: int) -> list[Finding]:
    at = "SELECT at, mac FROM audit_entry WHERE seq = ?"
    last = connection.exec_driver_sql(at, (seq,)).first()
    anchored = connection.exec_driver_sql(at, (anchor.seq,)).first()
    said = compare(
        anchor,
        seq,
        None if last is None else from_microseconds(last[0]),
        None if anchored is None else bytes(anchored[1]),
    )
    return [] if said is None else [alarm("history", said)]


def _beside(vault: OpenVault, anchor: Anchor) -> list[Finding]:
    """Compare what lies beside the database."""
    findings: list[Finding] = []
    if vault.attempts.total < anchor.failures:
        findings.append(warning("keys", _COUNTER_WENT_BACK))
    if vault.key_file.generation < anchor.key_generation:
        findings.append(warning("keys", _KEYS_WENT_BACK))
    if anchor.written_at - vault.clock.now() > _BEHIND:
        findings.append(warning("clock", _CLOCK_WENT_BACK.format(anchor.written_at.astimezone())))
    return findings


_CLOCK_WENT_BACK = (
    "The computer's clock is behind: work was kept at {:%Y-%m-%d %H:%M} already. Nothing is lost "
    "and the order of the record does not hang on the clock, but dates of new entries do. Set the "
    "clock right before going on."
)
_CANNOT_TELL = (
    "The file anchor.json {}, so it cannot be told whether the newest saves are all there. A new "
    "one was written. Compare with the newest backup."
)
_COUNTER_WENT_BACK = (
    "The count of wrong passwords went back: somebody may have tried passwords and put an older "
    "file in place. Choose a new password if that was not you."
)
_KEYS_WENT_BACK = (
    "An older key file was put back: somebody who lost access, or an old password, may open the "
    "vault again. Compare the names in it with who should have access."
)
