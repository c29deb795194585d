"""An anchor outside the vault folder: in the settings of this computer, under the vault's id.

Whoever puts a whole older vault folder back puts its anchor back, too; this one tells. It holds how
far each lineage of the vault had come, no names and no keys, and is bound with the chain's key of
its time. A restoring begins a lineage, so that it raises no alarm.
"""

import contextlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID

from mesodesk.domain.canonical import canonical_json, moment_text
from mesodesk.vault.anchor import Anchor, compare
from mesodesk.vault.atomic import replace_file
from mesodesk.vault.findings import Finding, alarm, warning

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mesodesk.vault.keys import VaultKeys

NAME: Final = "mesodesk-far-anchors"
VERSION: Final = 1
_MOST_LINEAGES: Final = 20
_LINEAGE: Final = (
    "SELECT details FROM audit_entry WHERE action = 'vault.restore' ORDER BY seq DESC LIMIT 1"
)
_AT: Final = "SELECT at, mac FROM audit_entry WHERE seq = ?"


@dataclass(frozen=True, slots=True)
class _Known:
    """How far one lineage had come."""

    seq: int
    head: str
    written_at: str
    mac: str

    def body(self, vault_id: UUID, lineage: str) -> dict[str, object]:
        return {
            "format": NAME,
            "version": VERSION,
            "vault_id": str(vault_id),
            "lineage": lineage,
            "seq": self.seq,
            "head": self.head,
            "written_at": self.written_at,
        }

    def is_sealed_by(self, key: bytes, vault_id: UUID, lineage: str) -> bool:
        expected = hmac.digest(key, canonical_json(self.body(vault_id, lineage)), "sha256").hex()
        return hmac.compare_digest(expected, self.mac)


class FarAnchor:
    """The file of one vault in a folder of this computer's settings."""

    def __init__(self, folder: Path, keys: "VaultKeys") -> None:
        self._keys = keys
        self.path = folder / f"{keys.vault_id}.json"

    def write(self, connection: "Connection", now: datetime) -> None:
        """Note how far the open vault has come.

        Raises:
            OSError: if the disk refuses; what was noted before stays.
        """
        from mesodesk.vault.audit import chain_head

        seq, head = chain_head(connection)
        lineage = _lineage(connection, self._keys)
        known = _Known(seq, head.hex(), moment_text(now), "")
        body = canonical_json(known.body(self._keys.vault_id, lineage))
        mac = hmac.digest(self._keys.audit_mac, body, "sha256").hex()
        others = {} if self._is_damaged() else dict(self._read())
        others.pop(lineage, None)
        kept = dict(list(others.items())[-_MOST_LINEAGES + 1 :])
        self._save({**kept, lineage: _Known(seq, known.head, known.written_at, mac)})

    def compare(self, connection: "Connection") -> tuple[Finding, ...]:
        """Compare the open vault with what was noted; the alarm that it raises is kept beside."""
        from mesodesk.vault.audit_keys import chain_keys

        if self._is_damaged():
            return (warning("anchor", _DAMAGED),)
        lineage = _lineage(connection, self._keys)
        known = self._read().get(lineage)
        if known is None:
            return ()
        key = chain_keys(connection, self._keys).at(known.seq)
        if not known.is_sealed_by(key, self._keys.vault_id, lineage):
            return (warning("anchor", _DAMAGED),)
        said = self._alarm(connection, known)
        if said is None:
            return ()
        self._keep_aside(known.seq)
        return (alarm("history", f"{_WHICH} {said}"),)

    def _alarm(self, connection: "Connection", known: _Known) -> str | None:
        from mesodesk.db.moments import from_microseconds
        from mesodesk.vault.audit import chain_head

        seq, _head = chain_head(connection)
        last = connection.exec_driver_sql(_AT, (seq,)).first()
        named = connection.exec_driver_sql(_AT, (known.seq,)).first()
        written_at = datetime.fromisoformat(known.written_at)
        anchor = Anchor(self._keys.vault_id, known.seq, bytes.fromhex(known.head), written_at)
        return compare(
            anchor,
            seq,
            None if last is None else from_microseconds(last[0]),
            None if named is None else bytes(named[1]),
        )

    def _keep_aside(self, seq: int) -> None:
        """Keep the file that raised an alarm: the next writing would replace the evidence."""
        with contextlib.suppress(OSError):
            kept = self.path.with_name(f"{self.path.stem}-alarm-{seq}.json")
            kept.write_bytes(self.path.read_bytes())

    def _is_damaged(self) -> bool:
        try:
            self._read()
        except (ValueError, KeyError, TypeError, AttributeError):
            return True
        return False

    def _read(self) -> Mapping[str, _Known]:
        try:
            whole = json.loads(self.path.read_bytes())
        except OSError:
            return {}
        return {
            str(lineage): _Known(
                int(one["seq"]), str(one["head"]), str(one["written_at"]), str(one["mac"])
            )
            for lineage, one in whole["lineages"].items()
            if bytes.fromhex(one["head"]) and datetime.fromisoformat(one["written_at"])
        }

    def _save(self, lineages: Mapping[str, _Known]) -> None:
        whole = {
            "format": NAME,
            "version": VERSION,
            "vault_id": str(self._keys.vault_id),
            "lineages": {
                lineage: {
                    "seq": one.seq,
                    "head": one.head,
                    "written_at": one.written_at,
                    "mac": one.mac,
                }
                for lineage, one in lineages.items()
            },
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(self.path, json.dumps(whole, indent=1).encode("utf-8"), pause=False)


def _lineage(connection: "Connection", keys: "VaultKeys") -> str:
    last = connection.exec_driver_sql(_LINEAGE).scalar()
    return str(keys.vault_id) if last is None else str(json.loads(last)["lineage"])


_WHICH: Final = "The anchor that this computer keeps outside the vault folder raises an alarm."
_DAMAGED: Final = (
    "The anchor that this computer keeps outside the vault folder was damaged or changed, so it "
    "cannot tell whether an older vault was put back. A new one is written. Compare the last entry "
    "of the log with the newest day sheet or backup."
)
