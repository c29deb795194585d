"""The people who work in the clinic, as those see them who answer for who comes in."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from mesodesk.domain.records.clinic import Role, UserRecord


class WayIn(StrEnum):
    """How somebody comes in: with a password, for the first time with a code, or not at all."""

    PASSWORD = "password"  # noqa: S105  a kind, no password
    CODE = "code"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class PersonFields:
    """What is typed about somebody; initials are made from the name if empty."""

    name: str
    initials: str = ""
    role: Role = Role.THERAPIST
    colour: int = 1


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """Somebody on record, and how they come in.

    `code_until` tells until when a code opens; `is_me` whether it is who asks.
    """

    user: UserRecord
    way: WayIn
    code_until: datetime | None = None
    is_me: bool = False


@dataclass(frozen=True, slots=True)
class GivenCode:
    """A code, to be handed over now: nobody can look it up later."""

    person: PersonRecord
    code: str = field(repr=False)
    until: datetime


@dataclass(frozen=True, slots=True)
class OpenBackup:
    """A backup that somebody's password or code of then still opens."""

    name: str
    place: str
    made_at: datetime
