"""Protocols of the clinic as they lie in the vault, and what a session has of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from mesodesk.domain.protocols import ProtocolContent
    from mesodesk.domain.records.favourite import Unreadable
    from mesodesk.domain.records.plan import Glance, PlanFields


@dataclass(frozen=True, slots=True)
class ProtocolRecord:
    """A protocol with its newest version, or with an older one that was asked for.

    `number` counts the versions from 1; `kept_at` and `kept_by` tell of that version. Either
    `content` or `unreadable` is None.
    """

    id: UUID
    version: int
    name: str
    archived: bool
    number: int
    kept_at: datetime
    kept_by: str
    content: ProtocolContent | None
    unreadable: Unreadable | None = None


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """The plan of a session: how it stands on the day of the session, and what it began with.

    `protocol` is what the version of the protocol holds that the session began with, None if there
    is none or it cannot be read.
    """

    plan_id: UUID
    fields: PlanFields
    glance: Glance
    set_by: str
    protocol_name: str = ""
    protocol_version: int | None = None
    protocol: ProtocolContent | None = None
