"""What is asked before a gesture on a field is made: many points, changes by hand, twins."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from PySide6.QtCore import QCoreApplication

from mesodesk.domain.bodymap import field_edits
from mesodesk.domain.bodymap.fields import ChartField, Outline
from mesodesk.ui.bodymap.field_words import Question
from mesodesk.ui.bodymap.figures import ml, points_text
from mesodesk.ui.numbers import format_decimal

# More points than this at once are asked about first.
MANY: Final = 1500
# More are of no use to anybody, and would hold up the chart.
MOST: Final = 50_000


@dataclass(frozen=True, slots=True)
class Amount:
    """About how many points are to be laid, over how much skin."""

    points: int
    spacing_mm: Decimal
    area_cm2: float

    @property
    def is_much(self) -> bool:
        return self.points > MANY

    @property
    def is_too_much(self) -> bool:
        return self.points > MOST

    @property
    def headline(self) -> str:
        return _tr("This would be about {points}.").format(points=points_text(self.points))

    @property
    def text(self) -> str:
        return _tr("Points {spacing} mm apart over {area} cm\u00b2.").format(
            spacing=format_decimal(self.spacing_mm), area=round(self.area_cm2)
        )


def too_much(amount: Amount) -> str:
    """Say that a field cannot have so many points."""
    return _tr("{headline} A field holds {most}: choose a wider spacing.").format(
        headline=amount.headline, most=points_text(MOST)
    )


def about_much(amount: Amount, outline: Outline, go_on: Callable[[], None]) -> Question:
    """Ask before many points are placed over an outline."""
    return Question(amount.headline, amount.text, _tr("Place them"), go_on, outline=outline)


def about_laying_anew(
    field: ChartField, amount: Amount | None, go_on: Callable[[], None], told: str = ""
) -> Question | None:
    """Ask before what was done by hand is lost, or many points come; None if neither is so.

    Args:
        field: as it is.
        amount: about how many points it would have.
        go_on: lays it anew.
        told: what else is to be known of it.
    """
    by_hand, much = field_edits.changed_by_hand(field), amount is not None and amount.is_much
    if not (by_hand or field.removed or much):
        return None
    texts = []
    if by_hand:
        texts.append(
            _tr("{points} changed by hand would go back into the pattern.").format(
                points=points_text(by_hand)
            )
        )
    if field.removed:
        texts.append(
            _tr("{points} taken out by hand would come back.").format(
                points=points_text(field.removed)
            )
        )
    if amount is not None and much:
        texts.append(amount.headline)
    if told:
        texts.append(told)
    headline = _tr("Lay the points of this field anew?")
    return Question(headline, " ".join(texts), _tr("Lay anew"), go_on)


def about_twin(go_on: Callable[[], None]) -> Question:
    """Ask before the very same skin gets a second field of one syringe."""
    return Question(
        _tr("This skin has a field of this syringe already."),
        _tr("Another one would double the dose there."),
        _tr("Lay another"),
        go_on,
        careful=True,
    )


def nearest_count(wanted: int, found: int) -> str:
    """Say that a field has as near to a number of points as it can."""
    return _tr("{points}: {wanted} cannot be had here, they lie in rows.").format(
        points=points_text(found), wanted=wanted
    )


def left_out(wanted: int, spare: int) -> str:
    """Say that a field has its number because some corners of its rows were left out."""
    words = _tr("{points}: the rows have {spare} more, left out at the corners.")
    return words.format(points=points_text(wanted), spare=spare)


def not_shared(total_ml: Decimal) -> str:
    """Say that a volume is too little, or too much, for the points of a field."""
    return _tr("{total} mL cannot be shared by these points. Nothing was changed.").format(
        total=ml(total_ml)
    )


def no_punctures() -> str:
    """Say that a zone cannot have a dose for each puncture."""
    return _tr(
        "This zone has no number of punctures: type its volume instead. Nothing was changed."
    )


def too_far_apart() -> str:
    """Say that two areas cannot be joined."""
    return _tr("These areas cannot be laid out together. Nothing was changed.")


def nothing_added() -> str:
    """Say that an area lies in the field that it was to be added to."""
    return _tr("Nothing was added: the area lies in the field already.")


def nothing_left() -> str:
    """Say that cutting would take a whole field away."""
    return _tr("Nothing of the field would be left. Press Delete to remove it.")


def not_mirrored(field: ChartField | None, fields: Mapping[UUID, ChartField]) -> str:
    """Say why there is nothing to mirror: no field, or one that is on both sides; "" if none."""
    if field is None:
        return _tr("Select a field first: its image goes to the other side.")
    if field.mirror_of in fields or any(one.mirror_of == field.id for one in fields.values()):
        return _tr("This field is on both sides already.")
    return ""


def mirrored_from(digit: int, in_hand: int) -> str:
    """Say that an image is from its field's syringe, and not from the one in hand."""
    return _tr("The image is from syringe {digit}, as its field; {in_hand} is in hand.").format(
        digit=digit, in_hand=in_hand
    )


def removed(field: ChartField) -> str:
    """Say that a whole field was taken off the chart."""
    if field.punctures is not None:
        return _tr("The zone was removed. Ctrl+Z brings it back.")
    return _tr("The field was removed with its {points}. Ctrl+Z brings it back.").format(
        points=points_text(len(field.points))
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("field_questions", text)
