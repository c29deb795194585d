"""An alarm that was shown to somebody who is no owner waits for an owner."""

import pytest
from sqlalchemy import update

from mesodesk.db.models.clinic import UserRow
from mesodesk.domain.changes import Topic
from mesodesk.domain.records.clinic import Role
from mesodesk.domain.rights import Right
from mesodesk.services.errors import NotAllowedError
from mesodesk.vault.audit import AuditFact
from mesodesk.vault.findings import alarm, warning

GONE = alarm("history", "12 saves are missing.")
CHANGED = alarm("history", "The database was changed outside Mesodesk.")
KEYS = alarm("keys", "The list of who can open this vault was changed.")


def told(desk, *findings):
    """Raise these as the opening of the vault does."""
    vault = desk.store.vault
    with vault.engine.begin() as connection:
        for one in findings:
            said = {"area": one.area, "sentence": one.sentence}
            fact = AuditFact(None, "", "vault.finding", "vault", outcome=one.severity, details=said)
            vault.audit.append(connection, fact)


def become(desk, role):
    with desk.store.write(Right.OWN) as tx:
        tx.db.execute(update(UserRow).values(role=role))
        tx.audit("user.role", "app_user", tx.actor.id)
        tx.touch(Topic.CLINIC)


def test_an_alarm_waits_for_an_owner_through_every_opening(desk, open_again):
    told(desk, GONE, KEYS, GONE, warning("anchor", "It is missing."))
    become(desk, Role.THERAPIST)
    with pytest.raises(NotAllowedError):
        desk.safety.unread_alarms()
    become(desk, Role.OWNER)
    desk.close()
    desk = open_again()
    assert desk.store.vault.findings == ()
    assert desk.safety.unread_alarms() == (GONE, KEYS)
    desk.safety.acknowledge(GONE)
    assert desk.safety.unread_alarms() == (KEYS,)
    told(desk, CHANGED)
    assert desk.safety.unread_alarms() == (KEYS, CHANGED)
    told(desk, GONE)  # raised anew, it is to be read anew
    assert desk.safety.unread_alarms() == (KEYS, CHANGED, GONE)


def test_what_was_read_before_sentences_were_kept_stays_read(desk):
    told(desk, GONE, KEYS)
    with desk.store.write(Right.RESTORE) as tx:
        tx.audit("vault.finding_seen", "vault", desk.store.vault.vault_id, area="history")
    assert desk.safety.unread_alarms() == (KEYS,)
