"""Which views are to be photographed again, the same way as last time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from mesodesk.domain.photo_views import load_photo_views
from mesodesk.domain.records.photo import PhotoRecord

MOST_VIEWS: Final = 8


@dataclass(frozen=True, slots=True)
class ToTake:
    """A view with its last photograph of an earlier day, and whether there is one of today."""

    last: PhotoRecord
    is_taken: bool

    @property
    def view(self) -> tuple[str, str]:
        """Ids of the area and the angle."""
        return self.last.fields.area, self.last.fields.angle


def to_take(photos: Sequence[PhotoRecord], today: date) -> tuple[ToTake, ...]:
    """Return the views taken before today, in their order; at most 8, those taken last.

    Args:
        photos: of one patient, the latest day first; those entered in error are passed over.
        today: at the clinic.
    """
    standing = [each for each in photos if not each.is_struck]
    taken = {each.fields.view for each in standing if each.fields.taken_on == today}
    last: dict[str, PhotoRecord] = {}
    for each in standing:
        if each.fields.taken_on < today:
            last.setdefault(each.fields.view, each)
    order = load_photo_views().order
    found = sorted(
        [*last.values()][:MOST_VIEWS], key=lambda each: order(each.fields.area, each.fields.angle)
    )
    return tuple(ToTake(each, each.fields.view in taken) for each in found)


def next_to_take(views: Sequence[ToTake]) -> ToTake | None:
    """Return the first view that is not taken today; None if all are."""
    return next((each for each in views if not each.is_taken), None)
