"""The clinic and the people who work in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from mesodesk.domain.records.limits import LimitSettings


class WeightUnit(StrEnum):
    """How weights are shown; they are stored in kilograms."""

    KG = "kg"
    LB = "lb"


class LengthUnit(StrEnum):
    """How lengths of the body are shown; they are stored in centimetres."""

    CM = "cm"
    INCH = "in"


class Role(StrEnum):
    """What a user is here; `mesodesk.domain.rights` says what each may do."""

    OWNER = "owner"
    PRESCRIBER = "prescriber"
    THERAPIST = "therapist"
    ASSISTANT = "assistant"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class ClinicFields:
    """What the clinic says of itself; every value can be changed in Settings.

    `jurisdiction` is an ISO 3166 country code or empty; `zone` an IANA time zone; `escalation`
    holds the clinic's own instruction for a red-flag band, empty where the shipped text stands;
    `limits` what it says of the limits of a session. `consent_required`: whether a session is only
    signed with a consent; `consent_months`: how long one stands, None without end.
    `intake_months`: after how many months an intake has to be gone through again, None for never.
    """

    name: str
    jurisdiction: str = ""
    language: str = "en"
    zone: str = "UTC"
    weight_unit: WeightUnit = WeightUnit.KG
    length_unit: LengthUnit = LengthUnit.CM
    minimum_age: int = 18
    idle_lock_minutes: int = 2
    address: str = ""
    phone: str = ""
    emergency_phone: str = ""
    escalation: Mapping[str, str] = field(default_factory=dict)
    limits: LimitSettings = field(default_factory=LimitSettings)
    consent_required: bool = True
    consent_months: int | None = None
    intake_months: int | None = None


@dataclass(frozen=True, slots=True)
class ClinicRecord:
    """The one clinic of this vault."""

    id: UUID
    version: int
    fields: ClinicFields


@dataclass(frozen=True, slots=True)
class UserRecord:
    """Somebody who can unlock the vault."""

    id: UUID
    version: int
    name: str
    initials: str
    role: Role
    colour: int
    active: bool
