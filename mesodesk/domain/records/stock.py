"""Products and their lots."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from mesodesk.domain.strength import Strength


class RegulatoryStatus(StrEnum):
    """Status of a product for a use, as the clinic entered it; never assumed."""

    UNKNOWN = "unknown"
    APPROVED_FOR_USE = "approved_for_use"
    APPROVED_OFF_LABEL = "approved_off_label"
    NOT_APPROVED = "not_approved"
    DEVICE = "device"


class LotState(StrEnum):
    """Why a lot can or cannot be drawn from."""

    USABLE = "usable"
    EXPIRES_SOON = "expires_soon"
    EXPIRED = "expired"
    USED_UP = "used_up"


@dataclass(frozen=True, slots=True)
class ActiveFields:
    """An active of a product; `strength` is None where the clinic has not typed it yet."""

    ingredient_id: str
    name: str
    strength: Strength | None


@dataclass(frozen=True, slots=True)
class ProductFields:
    """What the label says. `product_class` is an id of the catalogue, or empty."""

    name: str
    manufacturer: str = ""
    product_class: str = ""
    form: str = ""
    route: str = ""
    container_ml: Decimal | None = None
    single_dose: bool | None = None
    diluent: bool = False
    actives: tuple[ActiveFields, ...] = ()
    status: RegulatoryStatus = RegulatoryStatus.UNKNOWN
    status_source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ProductRecord:
    """A product of the clinic's catalogue; `starter_id` where it came with the program."""

    id: UUID
    version: int
    fields: ProductFields
    starter_id: str
    archived: bool


@dataclass(frozen=True, slots=True)
class LotFields:
    """A delivery. `received_ml` is None where the clinic does not count this product."""

    number: str
    expires_on: date
    received_on: date
    received_ml: Decimal | None = None
    supplier: str = ""


@dataclass(frozen=True, slots=True)
class LotRecord:
    """A lot with what is left of it, drafts of sessions counted as drawn."""

    id: UUID
    version: int
    product: ProductRecord
    fields: LotFields
    state: LotState
    left_ml: Decimal | None

    @property
    def can_be_drawn(self) -> bool:
        return self.state in (LotState.USABLE, LotState.EXPIRES_SOON)
