"""The triggers that refuse to change what is closed: all of them, and those a database lacks."""

from typing import Final

from sqlalchemy import Connection

from mesodesk.db.models.audit import AUDIT_TRIGGERS
from mesodesk.db.models.backup import BACKUP_TRIGGERS
from mesodesk.db.models.consent import CONSENT_TRIGGERS
from mesodesk.db.models.follow_up import FOLLOW_UP_TRIGGERS
from mesodesk.db.models.intake import INTAKE_TRIGGERS
from mesodesk.db.models.measurement import MEASUREMENT_TRIGGERS
from mesodesk.db.models.people import PEOPLE_TRIGGERS
from mesodesk.db.models.photo import PHOTO_TRIGGERS
from mesodesk.db.models.plan import PLAN_TRIGGERS
from mesodesk.db.models.reaction import REACTION_TRIGGERS
from mesodesk.db.models.screening_rule import RULE_TRIGGERS
from mesodesk.db.models.session_triggers import SESSION_TRIGGERS
from mesodesk.db.models.stock import STOCK_TRIGGERS
from mesodesk.db.models.vault_meta import VAULT_TRIGGERS
from mesodesk.db.models.versions import VERSION_TRIGGERS

TRIGGERS: Final = (
    *AUDIT_TRIGGERS,
    *BACKUP_TRIGGERS,
    *CONSENT_TRIGGERS,
    *FOLLOW_UP_TRIGGERS,
    *INTAKE_TRIGGERS,
    *MEASUREMENT_TRIGGERS,
    *PEOPLE_TRIGGERS,
    *PHOTO_TRIGGERS,
    *PLAN_TRIGGERS,
    *REACTION_TRIGGERS,
    *RULE_TRIGGERS,
    *SESSION_TRIGGERS,
    *STOCK_TRIGGERS,
    *VAULT_TRIGGERS,
    *VERSION_TRIGGERS,
)
_NAME_WORD: Final = 2  # CREATE TRIGGER name ...


def altered_triggers(connection: Connection) -> tuple[str, ...]:
    """Return the names of triggers that are missing, altered or strange, in order."""
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    stored = {str(name): _squeezed(str(sql)) for name, sql in rows}
    wanted = {one.split()[_NAME_WORD]: _squeezed(one) for one in TRIGGERS}
    names = sorted(stored.keys() | wanted.keys())
    return tuple(name for name in names if stored.get(name) != wanted.get(name))


def _squeezed(statement: str) -> str:
    return " ".join(statement.split())
