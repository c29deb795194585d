"""Words of the chart: techniques, needles, what an edit did.

Techniques and needles come from the clinical vocabulary; the record keeps their ids. A technique
says how the needle was led, never how deep: depth is recorded as measured.
"""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from mesodesk.domain.bodymap.edits import EditLabel, PointSettings
from mesodesk.domain.bodymap.fields import Pattern
from mesodesk.domain.vocabulary import Needle, load_vocabulary
from mesodesk.ui.numbers import format_decimal
from mesodesk.ui.widgets.choices import Option

_DONE: Final[dict[str, str]] = {
    EditLabel.PLACE: str(QT_TRANSLATE_NOOP("chart_words", "place point")),
    EditLabel.MOVE: str(QT_TRANSLATE_NOOP("chart_words", "move point")),
    EditLabel.DOSE: str(QT_TRANSLATE_NOOP("chart_words", "change dose")),
    EditLabel.DEPTH: str(QT_TRANSLATE_NOOP("chart_words", "change depth")),
    EditLabel.TECHNIQUE: str(QT_TRANSLATE_NOOP("chart_words", "change technique")),
    EditLabel.NEEDLE: str(QT_TRANSLATE_NOOP("chart_words", "change needle")),
    EditLabel.SYRINGE: str(QT_TRANSLATE_NOOP("chart_words", "change syringe")),
    EditLabel.DELETE: str(QT_TRANSLATE_NOOP("chart_words", "delete point")),
    EditLabel.REMOVE: str(QT_TRANSLATE_NOOP("chart_words", "remove field")),
    EditLabel.FILL: str(QT_TRANSLATE_NOOP("chart_words", "fill area")),
    EditLabel.LINE: str(QT_TRANSLATE_NOOP("chart_words", "draw line")),
    EditLabel.STAMP: str(QT_TRANSLATE_NOOP("chart_words", "press stamp")),
    EditLabel.SPACING: str(QT_TRANSLATE_NOOP("chart_words", "change spacing")),
    EditLabel.PATTERN: str(QT_TRANSLATE_NOOP("chart_words", "change pattern")),
    EditLabel.OUTLINE: str(QT_TRANSLATE_NOOP("chart_words", "change outline")),
    EditLabel.MIRROR: str(QT_TRANSLATE_NOOP("chart_words", "mirror field")),
    EditLabel.COPY: str(QT_TRANSLATE_NOOP("chart_words", "copy the last session")),
    EditLabel.FAVOURITE: str(QT_TRANSLATE_NOOP("chart_words", "place a favourite")),
    EditLabel.HEIGHT: str(QT_TRANSLATE_NOOP("chart_words", "fit lengths to the height")),
    EditLabel.AMEND: str(QT_TRANSLATE_NOOP("chart_words", "begin with the original")),
}

DEFAULT_SETTINGS: Final = PointSettings(
    technique="point_by_point", depth_mm=Decimal(4), needle="30g_4", dose_ml=Decimal("0.05")
)
LEAST_DOSE_ML: Final = Decimal("0.001")
LARGEST_DOSE_ML: Final = Decimal(20)
LARGEST_TOTAL_ML: Final = Decimal(100)
LEAST_COUNT: Final = Decimal(1)
LARGEST_COUNT: Final = Decimal(1500)
"""More points in one field are asked for by their spacing, not by their number."""
LEAST_DEPTH_MM: Final = Decimal("0.1")
LARGEST_DEPTH_MM: Final = Decimal(40)


Step = Callable[[Decimal, int], Decimal]
"""Returns the next value up (1) or down (-1)."""


def technique_options(language: str, recorded: str) -> list[Option]:
    """Return every technique to choose, with what sources say of its depth as the detail.

    One that was recorded but is not in the vocabulary comes first, as it was recorded.
    """
    known = [
        Option(one.id, one.name.get(language), one.depth_hint.get(language))
        for one in load_vocabulary().techniques
    ]
    return _with_recorded(known, recorded)


def pattern_options() -> list[Option]:
    """Return every pattern in which a field can be laid."""
    words = {
        Pattern.STAGGERED: QCoreApplication.translate("chart_words", "Staggered"),
        Pattern.SQUARE: QCoreApplication.translate("chart_words", "Square"),
        Pattern.LINES: QCoreApplication.translate("chart_words", "Lines"),
        Pattern.RADIAL: QCoreApplication.translate("chart_words", "Rings"),
        Pattern.ZONE: QCoreApplication.translate("chart_words", "Zone, punctures estimated"),
    }
    return [Option(pattern, text) for pattern, text in words.items()]


def needle_options(recorded: str) -> list[Option]:
    """Return every needle to choose; one that was recorded but is not known comes first."""
    known = [Option(one.id, _needle_text(one)) for one in load_vocabulary().needles]
    return _with_recorded(known, recorded)


def needle_name(needle_id: str) -> str:
    """Return gauge and length of a needle; one that is not known is shown as recorded."""
    try:
        return _needle_text(load_vocabulary().needle(needle_id))
    except KeyError:
        return needle_id


def _needle_text(needle: Needle) -> str:
    return f"{needle.gauge}G \u00d7 {format_decimal(needle.length_mm)}\u00a0mm"


def _with_recorded(known: list[Option], recorded: str) -> list[Option]:
    if recorded in {option.value for option in known}:
        return known
    return [Option(recorded, recorded), *known]


def edit_name(label: str) -> str:
    """Return what an edit did, to follow "Undo:"."""
    return QCoreApplication.translate("chart_words", _DONE[label]) if label in _DONE else label


def stepped_dose(dose_ml: Decimal, direction: int) -> Decimal:
    """Return the next dose up (1) or down (-1): hundredths to 0.2 mL, then twentieths."""
    return _stepped(dose_ml, direction, _dose_step, (Decimal("0.01"), LARGEST_DOSE_ML))


def by_a_fifth(volume_ml: Decimal, direction: int, most_ml: Decimal = LARGEST_DOSE_ML) -> Decimal:
    """Return a fifth less of a volume (-1), or as much more as takes that back (1), in whole µL."""
    share = Decimal("0.8") if direction < 0 else Decimal("1.25")
    least_step = direction * LEAST_DOSE_ML
    scaled = (volume_ml * share).quantize(LEAST_DOSE_ML, ROUND_HALF_UP)
    scaled = scaled if scaled != volume_ml else volume_ml + least_step
    return min(max(scaled, LEAST_DOSE_ML), max(volume_ml, most_ml))


def stepped_total(total_ml: Decimal, direction: int) -> Decimal:
    """Return the next total up or down: twentieths to 1 mL, tenths to 5 mL, then halves."""
    return _stepped(total_ml, direction, _total_step, (Decimal("0.05"), LARGEST_TOTAL_ML))


def stepped_spacing(spacing_mm: Decimal, direction: int) -> Decimal:
    """Return the next spacing up or down, in whole millimetres."""
    return _stepped(spacing_mm, direction, _one, (Decimal(2), Decimal(200)))


def stepped_depth(depth_mm: Decimal, direction: int) -> Decimal:
    """Return the next depth up or down, in half millimetres."""
    return _stepped(depth_mm, direction, _half, (Decimal("0.5"), LARGEST_DEPTH_MM))


def _stepped(
    value: Decimal,
    direction: int,
    step_at: Callable[[Decimal, int], Decimal],
    limits: tuple[Decimal, Decimal],
) -> Decimal:
    """Go to the next multiple of the step, so that odd values come back into line.

    A value beyond the limits stays as it is: no step may go the wrong way.
    """
    step = step_at(value, direction)
    whole = value // step
    if direction > 0:
        moved = (whole + 1) * step
    else:
        moved = whole * step if whole * step != value else (whole - 1) * step
    within = min(max(moved, limits[0]), limits[1])
    return max(within, value) if direction > 0 else min(within, value)


def _dose_step(dose_ml: Decimal, direction: int) -> Decimal:
    fine = dose_ml < Decimal("0.2") or (dose_ml == Decimal("0.2") and direction < 0)
    return Decimal("0.01") if fine else Decimal("0.05")


def _total_step(total_ml: Decimal, direction: int) -> Decimal:
    for end, step in ((Decimal(1), Decimal("0.05")), (Decimal(5), Decimal("0.1"))):
        if total_ml < end or (total_ml == end and direction < 0):
            return step
    return Decimal("0.5")


def _one(_spacing_mm: Decimal, _direction: int) -> Decimal:
    return Decimal(1)


def _half(_depth_mm: Decimal, _direction: int) -> Decimal:
    return Decimal("0.5")
