"""Products and their lots."""

from dataclasses import dataclass
from datetime import date, datetime
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
    RECALLED = "recalled"
    QUARANTINED = "quarantined"
    PAST_USE = "past_use"


@dataclass(frozen=True, slots=True)
class ActiveFields:
    """An active of a product; `strength` is None where the clinic has not typed it yet."""

    ingredient_id: str
    name: str
    strength: Strength | None


@dataclass(frozen=True, slots=True)
class StatusFields:
    """The status of a product in a country, for one area of the body or, if empty, for any.

    `jurisdiction` is an ISO 3166 code, `area` the code of a region without its side. `noted_on` is
    the day of the source, None where it was not typed.
    """

    jurisdiction: str
    area: str = ""
    status: RegulatoryStatus = RegulatoryStatus.UNKNOWN
    source: str = ""
    noted_on: date | None = None


@dataclass(frozen=True, slots=True)
class ProductFields:
    """What the label says. `product_class` is an id of the catalogue, or empty.

    `status` is that in the clinic's country for any area; `statuses` are further ones, and go
    before it where they are meant. `mixing_forbidden` is None where the label was not looked up,
    `open_days` where the usual number of days after opening stands, `low_ml` where nobody wants
    to be told that little is left.
    """

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
    status_on: date | None = None
    statuses: tuple[StatusFields, ...] = ()
    storage: str = ""
    mixing_forbidden: bool | None = None
    open_days: int | None = None
    low_ml: Decimal | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ProductRecord:
    """A product of the clinic's catalogue; `starter_id` where it came with the program.

    `status_jurisdiction` is the country that the clinic was in when its status was typed, empty
    where that was never typed.
    """

    id: UUID
    version: int
    fields: ProductFields
    starter_id: str
    archived: bool
    status_jurisdiction: str = ""


@dataclass(frozen=True, slots=True)
class LotFields:
    """A delivery. `received_ml` is None where the clinic does not count this product."""

    number: str
    expires_on: date
    received_on: date
    received_ml: Decimal | None = None
    supplier: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """A multi-dose container of a lot that is open, and the last day on which it is good."""

    id: UUID
    opened_on: date
    use_by: date


@dataclass(frozen=True, slots=True)
class Hold:
    """Why nothing may be drawn from a lot for the time being, who said so and when."""

    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LotRecord:
    """A lot with what is left of it, drafts of sessions counted as drawn.

    `received_ml` is what came in all deliveries, `held` its quarantine, `recall_reason` what a
    recall that stands says.
    """

    id: UUID
    version: int
    product: ProductRecord
    fields: LotFields
    state: LotState
    left_ml: Decimal | None
    received_ml: Decimal | None = None
    opening: Opening | None = None
    held: Hold | None = None
    recall_reason: str = ""
    recalled_on: date | None = None

    @property
    def can_be_drawn(self) -> bool:
        return self.state in (LotState.USABLE, LotState.EXPIRES_SOON)


class MovementWhat(StrEnum):
    """What a line of a lot's history tells."""

    RECEIVED = "received"
    DRAWN = "drawn"
    WASTED = "wasted"
    CORRECTED = "corrected"
    OPENED = "opened"
    ENDED = "ended"
    HELD = "held"
    RELEASED = "released"
    RECALLED = "recalled"
    WITHDRAWN = "withdrawn"
    COUNTED = "counted"


@dataclass(frozen=True, slots=True)
class LotEvent:
    """A line of a lot's history.

    `volume_ml` is what came (above 0) or went (below 0), None where nothing did; `session_number`
    and `patient` name the session that drew, the patient by record number; `counts` is False for
    what a session drew that does not stand any more.
    """

    at: datetime
    what: MovementWhat
    by: str
    volume_ml: Decimal | None = None
    detail: str = ""
    session_id: UUID | None = None
    session_number: int | None = None
    patient: str = ""
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Counted:
    """What somebody counted of a lot in a stock-take."""

    lot_id: UUID
    version: int
    counted_ml: Decimal


@dataclass(frozen=True, slots=True)
class LowStock:
    """A product of which less is left than the clinic wants: in lots that can be drawn from."""

    product: ProductRecord
    left_ml: Decimal
