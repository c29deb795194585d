"""How safe the clinic is today, and what is tried to be sure of it."""

import json
from datetime import datetime
from typing import Final

from sqlalchemy import text

from mesodesk.db.types import UtcDateTime
from mesodesk.domain.changes import Topic
from mesodesk.domain.records.safety import SafetyStanding
from mesodesk.domain.rights import Right
from mesodesk.services.backup_rows import backup_standing
from mesodesk.services.store import Store, Transaction
from mesodesk.vault.disks import free_mb
from mesodesk.vault.findings import Finding, alarm

CHECKED: Final = "vault.check"
FINDING_TOLD: Final = "vault.finding"
FINDING_SEEN: Final = "vault.finding_seen"
KIT_TRIED: Final = "vault.kit_try"
KIT_MADE: Final = ("vault.create", "vault.kit", "kit.make")
_ALARMS: Final = (
    "SELECT action, details FROM audit_entry WHERE action = 'vault.finding_seen'"
    " OR (action = 'vault.finding' AND outcome = 'alarm') ORDER BY seq"
)
_LAST: Final = "SELECT at, details FROM audit_entry WHERE action = :action ORDER BY seq DESC"


class SafetyService:
    """Reads what the log tells of it, and keeps what was tried."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def standing(self) -> SafetyStanding:
        """Return how safe the clinic is."""
        vault = self._store.vault
        with self._store.read(Right.VAULT_CHECK) as tx:
            backups = backup_standing(tx)
            # Whoever makes a kit types it back: that proves it, too.
            made = [found for action in KIT_MADE if (found := _last(tx, action)) is not None]
            tried = _last(tx, KIT_TRIED, works=True)
            checked = _last(tx, CHECKED)
        kit_made_at = max((at for at, _ in made), default=backups.began)
        return SafetyStanding(
            backups,
            len(vault.key_file.recovery_slots()),
            kit_made_at,
            max(kit_made_at, tried[0]) if tried else kit_made_at,
            checked[0] if checked else None,
            int(str(checked[1].get("findings", 0))) if checked else 0,
            free_mb(vault.folder),
        )

    def note_check(self, findings: int, sessions: int) -> None:
        """Keep that the whole record was examined, and how much was found."""
        with self._store.write(Right.VAULT_CHECK) as tx:
            tx.audit(
                CHECKED,
                "vault",
                self._store.vault.vault_id,
                findings=findings,
                sessions=sessions,
            )
            tx.touch(Topic.BACKUPS)

    def acknowledge(self, finding: Finding) -> None:
        """Keep that an owner has read an alarm that was raised as the vault was opened.

        It is shown no more while the vault is open.
        """
        vault = self._store.vault
        with self._store.write(Right.RESTORE) as tx:
            tx.audit(
                FINDING_SEEN,
                "vault",
                vault.vault_id,
                area=finding.area,
                sentence=finding.sentence,
            )
        vault.findings = tuple(each for each in vault.findings if each != finding)

    def unread_alarms(self) -> tuple[Finding, ...]:
        """Return the alarms that were raised at any opening and that no owner has read yet.

        Whoever opened the vault then may have been no owner, and was shown them alone.
        """
        with self._store.read(Right.RESTORE) as tx:
            told = tx.connection.execute(text(_ALARMS)).all()
        unread: dict[Finding, None] = {}
        for action, details in told:
            said: dict[str, str] = json.loads(details)
            if action == FINDING_TOLD:
                unread[alarm(said["area"], said["sentence"])] = None
            else:
                unread = {each: None for each in unread if not _is_read(each, said)}
        return tuple(unread)

    def try_kit(self, typed: str) -> bool:
        """Tell whether what is typed from the sheet opens the vault; nothing else happens.

        Takes as long as unlocking does.

        Raises:
            RecoveryKeyError: if it is no recovery key at all; nothing is kept of that.
        """
        from mesodesk.vault.recovery import parse
        from mesodesk.vault.slots import open_slot

        self._store.need(Right.KIT)
        secret = parse(typed).secret
        vault = self._store.vault
        works = any(
            open_slot(vault.vault_id, slot, secret) is not None
            for slot in vault.key_file.recovery_slots()
        )
        with self._store.write(Right.KIT) as tx:
            tx.audit(KIT_TRIED, "vault", vault.vault_id, works=works)
            tx.touch(Topic.BACKUPS)
        return works


def _is_read(finding: Finding, said: dict[str, str]) -> bool:
    # Before the sentence was kept with it, all of an area was read at once.
    return said["area"] == finding.area and said.get("sentence", finding.sentence) == (
        finding.sentence
    )


def _last(
    tx: Transaction, action: str, **wanted: object
) -> tuple[datetime, dict[str, object]] | None:
    """Return when something was last done, and its details; only where those are as wanted."""
    rows = tx.connection.execute(text(_LAST).columns(at=UtcDateTime()), {"action": action})
    for row in rows:
        details: dict[str, object] = json.loads(row.details)
        if wanted.items() <= details.items():
            return row.at, details
    return None
