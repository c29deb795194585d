"""What the gestures on fields share: how an area joins others, what is asked before."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from mesodesk.domain.bodymap.edits import Edit
from mesodesk.domain.bodymap.fields import Outline
from mesodesk.domain.bodymap.totals import Shortage
from mesodesk.domain.bodymap.view import SurfacePoint


class Joining(Enum):
    """What a drawn area does with the selected field."""

    NEW = "new"
    ADD = "add"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Question:
    """Something that is asked before it is done, where the user is looking.

    A careful one is answered by Enter, and by the loud button, with leaving things as they are.
    """

    headline: str
    text: str
    answer: str
    go_on: Callable[[], None]
    careful: bool = False
    #: of the area that is asked about, if it is not on the chart.
    outline: Outline | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """A gesture that waits because a syringe does not hold enough for it.

    `place` is where a point would go, None for any other gesture. `again` makes the gesture from
    another syringe; None where that is not possible.
    """

    shortage: Shortage
    edit: Edit
    place: SurfacePoint | None = None
    again: Callable[[UUID], None] | None = None
