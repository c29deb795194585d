"""What a use case works with, and who acts in it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, true
from sqlalchemy.orm import InstrumentedAttribute, Session, sessionmaker

from mesodesk.domain.changes import Topic
from mesodesk.domain.records.clinic import Role
from mesodesk.domain.rights import Right, may, refusal
from mesodesk.services.errors import NotAllowedError, RestrictedError
from mesodesk.services.views import Look, Seen
from mesodesk.vault.audit import AuditFact

if TYPE_CHECKING:
    from mesodesk.vault.open_vault import OpenVault


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `role` is None for whoever has left, and while a new vault has no users yet."""

    id: UUID
    name: str
    role: Role | None = None
    sets_up: bool = False
    """Whether nobody is on record yet, so that the clinic is to be set up."""

    def may(self, right: Right) -> bool:
        if self.sets_up:
            return right in (Right.SETUP, Right.CLINIC_READ)
        return may(self.role, right)


class Transaction:
    """What a use case works with: rows, the time, who acts, and the audit log.

    `now` is one moment for the whole transaction; `hidden` are the patients whose record who acts
    must not see; `connection` is for Core and full-text
    statements, `db` for rows as objects.
    """

    def __init__(
        self,
        connection: Connection,
        sessions: sessionmaker[Session],
        open_vault: "OpenVault",
        actor: Actor,
        now: datetime,
        seen: Seen,
        hidden: frozenset[UUID],
    ) -> None:
        self.connection = connection
        self.now = now
        self.actor = actor
        self.hidden = hidden
        self.topic = Topic.NONE
        self.audited = 0
        self.looks: list[Look] = []
        self._seen = seen
        self._vault = open_vault
        self._sessions = sessions
        self._db: Session | None = None

    @property
    def db(self) -> Session:
        """Rows as objects. Made when first asked for: what is typed most often needs none."""
        if self._db is None:
            self._db = self._sessions(bind=self.connection)
        return self._db

    @property
    def photos_folder(self) -> Path:
        """Where the files of photographs lie."""
        return self._vault.paths.photos

    def flush(self) -> None:
        """Write what was changed in rows as objects."""
        if self._db is not None:
            self._db.flush()

    def close(self) -> None:
        """Let go of the objects; what was read of them stays readable."""
        if self._db is not None:
            self._db.close()

    def audit(
        self,
        action: str,
        object_type: str,
        object_id: UUID | None,
        version: int | None = None,
        **details: object,
    ) -> None:
        """Append an entry to the audit chain, kept or lost together with the change.

        Args:
            action: what was done, in two words: `patient.update`.
            object_type: the table of what it was done to: `patient`.
            object_id: which one.
            version: its version afterwards.
            details: names of fields and the like; never what a patient said or is called.
        """
        self._append(
            AuditFact(
                actor_id=self.actor.id,
                actor_name=self.actor.name,
                actor_role=self.actor.role,
                action=action,
                object_type=object_type,
                object_id=object_id,
                object_version=version,
                details=details,
            )
        )

    def look(
        self, object_type: str, object_id: UUID, version: int | None = None, *, once: bool = False
    ) -> None:
        """Append that who acts looks at a record; with `once`, not if that is kept already."""
        look = (self.actor.id, object_type, object_id)
        if once and self._seen.lately(look, self.now):
            return
        self.audit(f"{object_type}.view", object_type, object_id, version)
        self.looks.append(look)

    def audit_refusal(self, right: Right, patient_id: UUID | None) -> None:
        """Append that who acts was refused for want of a right, or of sight of a patient."""
        self._append(
            AuditFact(
                actor_id=self.actor.id,
                actor_name=self.actor.name,
                actor_role=self.actor.role,
                action="access.refuse",
                object_type="user" if patient_id is None else "patient",
                object_id=patient_id or self.actor.id,
                outcome="refused",
                details={"right": right.value},
            )
        )

    def _append(self, fact: AuditFact) -> None:
        self._vault.audit.append(self.connection, fact)
        self.audited += 1

    def need(self, right: Right) -> None:
        """Refuse to go on without a right that depends on what the use case found.

        Raises:
            NotAllowedError: if who acts does not have it; nothing is kept of this transaction.
        """
        need(self.actor, right)

    def need_patient(self, patient_id: UUID) -> None:
        """Refuse to go on with a record that who acts must not see.

        Raises:
            RestrictedError: saying what to do; nothing is kept of this transaction.
        """
        if patient_id in self.hidden:
            raise RestrictedError(patient_id)

    def visible(self, patient_id: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
        """Return the condition that the patient in a column is one whom who acts may see."""
        return patient_id.not_in(self.hidden) if self.hidden else true()

    def touch(self, topic: Topic) -> None:
        """Say what this transaction changed; told to the subscribers after it is kept."""
        self.topic |= topic


def need(actor: Actor, right: Right) -> None:
    """Refuse somebody who does not have a right.

    Raises:
        NotAllowedError: with a sentence that says whom to ask.
    """
    if actor.may(right):
        return
    if right is Right.SETUP:
        sentence = "This vault already has a clinic. Nothing was changed."
    elif actor.role is None:
        sentence = (
            "You have no access to this desk any more. Nothing was changed. Ask the owner of the"
            " clinic."
        )
    else:
        sentence = refusal(right)
    raise NotAllowedError(right, sentence)
