"""A favourite as it lies in the vault."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from mesodesk.domain.favourites import FavouriteContent


class Unreadable(StrEnum):
    """Why the content of a favourite cannot be read; the favourite itself is kept."""

    NEWER = "newer"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class FavouriteRecord:
    """A favourite of one user, or of the clinic: then it has no owner.

    Either `content` or `unreadable` is None.
    """

    id: UUID
    version: int
    name: str
    owner_id: UUID | None
    created_at: datetime
    archived: bool
    content: FavouriteContent | None
    unreadable: Unreadable | None = None

    @property
    def of_clinic(self) -> bool:
        return self.owner_id is None
