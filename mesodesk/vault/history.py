"""Compares a vault with its anchor: are saves missing, was something older put back."""

from mesodesk.db.engine import READ_ONLY
from mesodesk.db.types import from_microseconds
from mesodesk.vault.anchor import Anchor, AnchorError, compare, read_anchor
from mesodesk.vault.audit import chain_head, verify_chain
from mesodesk.vault.findings import Finding, alarm, warning
from mesodesk.vault.open_vault import OpenVault

_TAIL_ENTRIES = 200


def look_at_anchor(vault: OpenVault) -> tuple[Anchor | None, list[Finding]]:
    """Compare database, key file and attempt counter with the anchor; verify the chain's end."""
    try:
        anchor = read_anchor(vault.folder, vault.keys)
    except AnchorError:
        return None, [warning("anchor", _CANNOT_TELL.format("is damaged"))]
    if anchor is None:
        return None, [warning("anchor", _CANNOT_TELL.format("is missing"))]
    findings: list[Finding] = []
    with vault.engine.connect().execution_options(**READ_ONLY) as connection:
        seq, _head = chain_head(connection)
        at = "SELECT at, mac FROM audit_entry WHERE seq = ?"
        last = connection.exec_driver_sql(at, (seq,)).first()
        anchored = connection.exec_driver_sql(at, (anchor.seq,)).first()
        said = compare(
            anchor,
            seq,
            None if last is None else from_microseconds(last[0]),
            None if anchored is None else bytes(anchored[1]),
        )
        if said is not None:
            findings.append(alarm("history", said))
        tail = verify_chain(connection, vault.keys, max(1, seq - _TAIL_ENTRIES))
        findings += [alarm("audit", finding.sentence) for finding in tail[:3]]
    if vault.attempts.total < anchor.failures:
        findings.append(warning("keys", _COUNTER_WENT_BACK))
    if vault.key_file.generation < anchor.key_generation:
        findings.append(warning("keys", _KEYS_WENT_BACK))
    return anchor, findings


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
