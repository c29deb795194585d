"""What the demonstration clinic does: areas, mixtures, grids and intervals.

The grids lie where therapists put them, the mixtures are made from the starter catalogue. None of
this is advice, and nothing here says that any of it works.
"""

from dataclasses import dataclass
from decimal import Decimal

from mesodesk.demo.places import Rows
from mesodesk.domain.records.patient import BodySex

FEMALE, MALE = BodySex.FEMALE, BodySex.MALE


@dataclass(frozen=True, slots=True)
class Grid:
    """Points laid at once. A `mirrored` grid is laid on the left and again on the right."""

    regions: tuple[str, ...]
    spacing_mm: Decimal
    count: int
    rows: Rows = Rows.STAGGERED
    mirrored: bool = False
    middle: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Part:
    """Millilitres of a product of the starter catalogue."""

    starter_id: str
    volume_ml: Decimal


@dataclass(frozen=True, slots=True)
class Draw:
    """One syringe and the grids it is for; `right_too` draws the same again for the right side."""

    label: str
    parts: tuple[Part, ...]
    grids: tuple[Grid, ...]
    right_too: bool = False


@dataclass(frozen=True, slots=True)
class Treatment:
    """One way of working, repeated over a course of `sessions` (from, to)."""

    id: str
    reason: str
    expected: str
    technique: str
    needle: str
    depth_mm: Decimal
    dose_ml: Decimal
    interval_days: int
    sessions: tuple[int, int]
    draws: tuple[Draw, ...]
    sexes: tuple[BodySex, ...] = (FEMALE, MALE)


def _ml(text: str) -> Decimal:
    return Decimal(text)


_SALINE, _LIDOCAINE = "sodium_chloride_0_9", "lidocaine_1"


def _grid(
    codes: str, spacing_mm: int, count: int, *, mirrored: bool = False, rows: Rows = Rows.STAGGERED
) -> Grid:
    side = "left" if mirrored else "midline"
    regions = tuple(f"{code}.{side}" for code in codes.split())
    return Grid(regions, Decimal(spacing_mm), count, rows, mirrored)


def _parts(text: str) -> tuple[Part, ...]:
    """Read "carnitine_200 2, lidocaine_1 0.5"."""
    pairs = (part.split() for part in text.split(","))
    return tuple(Part(starter_id, _ml(volume)) for starter_id, volume in pairs)


TREATMENTS: tuple[Treatment, ...] = (
    Treatment(
        "outer_thighs",
        "Uneven skin on the outside of both thighs, seen when standing",
        "To see what can be done; knows that nothing is promised",
        "deep_intradermal",
        "30g_6",
        _ml("4"),
        _ml("0.05"),
        14,
        (4, 8),
        (
            Draw(
                "Thigh",
                _parts(f"carnitine_200 2, organic_silicium 0.7, {_LIDOCAINE} 0.5"),
                (_grid("saddlebag thigh_outer_upper thigh_outer_lower", 15, 60, mirrored=True),),
                right_too=True,
            ),
        ),
        (FEMALE,),
    ),
    Treatment(
        "abdomen",
        "The lower belly, since the second pregnancy",
        "Clothes that sit more easily; weight is not the matter",
        "point_by_point",
        "30g_13",
        _ml("8"),
        _ml("0.1"),
        21,
        (3, 6),
        (
            Draw(
                "Belly",
                _parts(f"caffeine 2, artichoke 1.2, {_LIDOCAINE} 0.8, {_SALINE} 0.6"),
                (_grid("abdomen_lower periumbilical abdomen_upper", 20, 44),),
            ),
        ),
    ),
    Treatment(
        "submental",
        "Fullness under the chin, bothers in photographs",
        "A profile without it; was told of swelling and of numbness",
        "subcutaneous_fat",
        "30g_13",
        _ml("8"),
        _ml("0.2"),
        35,
        (2, 4),
        (
            Draw(
                "Chin",
                _parts("deoxycholic_acid_10 4"),
                (_grid("submental", 10, 20, rows=Rows.SQUARE),),
            ),
        ),
    ),
    Treatment(
        "face",
        "Dull, dry skin of the cheeks after the summer",
        "Something that looks rested",
        "papule",
        "32g_4",
        _ml("1.5"),
        _ml("0.04"),
        21,
        (3, 5),
        (
            Draw(
                "Face",
                _parts("hyaluronic_acid_vitamins 2.5"),
                (
                    _grid("cheek", 10, 16, mirrored=True),
                    _grid("jawline", 12, 6, mirrored=True),
                    _grid("forehead", 12, 14),
                ),
            ),
        ),
    ),
    Treatment(
        "neck",
        "Lines across the front of the neck",
        "Would like them to be less marked",
        "superficial_intradermal",
        "32g_4",
        _ml("1.8"),
        _ml("0.05"),
        28,
        (2, 4),
        (Draw("Neck", _parts("polynucleotides 2"), (_grid("neck_front", 12, 36),)),),
    ),
    Treatment(
        "decollete",
        "Crumpled skin of the decollete in the morning",
        "Would like to try; has read about it",
        "superficial_intradermal",
        "32g_4",
        _ml("1.5"),
        _ml("0.04"),
        28,
        (2, 3),
        (Draw("Decollete", _parts("hyaluronic_acid_free 2"), (_grid("decollete", 15, 45),)),),
        (FEMALE,),
    ),
    Treatment(
        "scalp",
        "Thinner hair on the crown for three years",
        "To keep what there is",
        "superficial_intradermal",
        "30g_4",
        _ml("2"),
        _ml("0.05"),
        14,
        (4, 8),
        (
            Draw(
                "Scalp",
                _parts(f"minoxidil_0_5 1.5, trace_elements 0.8, {_SALINE} 0.4"),
                (_grid("scalp_crown scalp_frontal", 10, 52),),
            ),
        ),
    ),
    Treatment(
        "knees",
        "The inside of both knees",
        "Would like to wear skirts again",
        "deep_intradermal",
        "30g_6",
        _ml("4"),
        _ml("0.08"),
        14,
        (2, 5),
        (
            Draw(
                "Knees",
                _parts(f"carnitine_200 1.5, {_LIDOCAINE} 0.5, {_SALINE} 0.3"),
                (_grid("knee_inner", 15, 14, mirrored=True),),
            ),
        ),
        (FEMALE,),
    ),
    Treatment(
        "arms",
        "The back of both upper arms",
        "Firmer to the touch, if that is possible",
        "deep_intradermal",
        "30g_6",
        _ml("4"),
        _ml("0.05"),
        21,
        (2, 5),
        (
            Draw(
                "Arms",
                _parts(f"organic_silicium 1.2, carnitine_200 0.8, {_LIDOCAINE} 0.4"),
                (_grid("upper_arm_back", 15, 22, mirrored=True),),
            ),
        ),
    ),
    Treatment(
        "flanks",
        "Both flanks above the belt",
        "A smoother line; sport goes on as before",
        "point_by_point",
        "30g_13",
        _ml("8"),
        _ml("0.08"),
        21,
        (2, 5),
        (
            Draw(
                "Flanks",
                _parts(f"caffeine 2, {_LIDOCAINE} 0.8, {_SALINE} 1.4"),
                (_grid("flank", 20, 24, mirrored=True),),
            ),
        ),
    ),
    Treatment(
        "hands",
        "Thin, dry skin of the backs of the hands",
        "Would like them to look less dry",
        "papule",
        "32g_4",
        _ml("1.2"),
        _ml("0.05"),
        28,
        (1, 3),
        (
            Draw(
                "Hands",
                _parts("hyaluronic_acid_free 1"),
                (_grid("hand_dorsum", 12, 9, mirrored=True),),
            ),
        ),
    ),
)
