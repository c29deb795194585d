"""Borders of trunk and limbs (see regions.py for coordinates)."""

import numpy as np

from atlas.raster import FloatArray
from atlas.regions import INF, Carve, Skin, both, either

_UPPER_ARM = (0.665, -0.748, 0.0)
_OUTWARD = (0.748, 0.665, 0.0)
_FOREARM = (0.513, -0.521, 0.685)
_ELBOW = (331.0, 1140.0, 20.0)
_WRIST = (453.0, 1016.0, 183.0)


def _arm(s: Skin) -> FloatArray:
    return both(
        s.plane((168, 1248, 19), _UPPER_ARM), s.x - 165 - np.maximum(0.6 * (1000 - s.y), 0), blend=1
    )


def _buttock(s: Skin) -> FloatArray:
    fold = 790 + np.maximum(s.x - 90, 0) ** 2 / 150
    top = 955 + 0.25 * s.x
    return both(-25 - s.z, s.y - fold, top - s.y, blend=5)


def _leg(s: Skin) -> FloatArray:
    front = 0.735 * (s.x - 15) - 0.677 * (s.y - 795)
    back = 792 - s.y
    share = np.clip((s.z + 30) / 80, 0, 1)
    smooth = share**2 * (3 - 2 * share)
    result: FloatArray = smooth * front + (1 - smooth) * back
    return both(result, 960 - s.y, blend=10)


def _round(s: Skin) -> FloatArray:
    """Angle around the trunk in degrees: 0 at the front, 180 at the spine."""
    result: FloatArray = np.degrees(np.arctan2(s.x / 123, (s.z - 45) / 88))
    return result


def _thigh_side(s: Skin) -> FloatArray:
    return s.x - (108 + 0.13 * (700 - s.y))


def _thigh_front(s: Skin) -> FloatArray:
    return s.z - 42


def _shin_side(s: Skin) -> FloatArray:
    return s.x - (160 + 0.085 * (380 - s.y))


def _limb(s: Skin) -> tuple[FloatArray, FloatArray]:
    out = s.plane(_ELBOW, _OUTWARD)
    return out, s.z - 19


def _palm(s: Skin) -> FloatArray:
    return -s.normal @ np.array((0.748, 0.3, 0.5))


ARM = (
    Carve("arm", ("trunk",), _arm),
    Carve("forearm", ("arm",), lambda s: s.plane(_ELBOW, (0.63, -0.68, 0.37))),
    Carve("hand", ("forearm",), lambda s: s.plane(_WRIST, _FOREARM)),
    Carve("palm", ("hand",), lambda s: _palm(s)),
    Carve("forearm_back", ("forearm",), lambda s: s.plane(_ELBOW, (0.5, 0.2, -0.6))),
    Carve("upper_arm_inner", ("arm",), lambda s: -_limb(s)[0] - abs(_limb(s)[1])),
    Carve("upper_arm_outer", ("arm",), lambda s: _limb(s)[0] - abs(_limb(s)[1])),
    Carve("upper_arm_front", ("arm",), lambda s: _limb(s)[1]),
)

LEG = (
    Carve("buttock", ("trunk",), _buttock),
    Carve("leg", ("trunk",), _leg),
    Carve("saddlebag", ("leg", "trunk"), lambda s: s.oval((178, 785, -8), (60, 80, 48))),
    Carve("knee", ("leg",), lambda s: 535 - s.y),
    Carve("calf", ("knee",), lambda s: 425 - s.y),
    Carve("ankle", ("calf",), lambda s: 115 - s.y),
    Carve("foot", ("ankle",), lambda s: 52 + 0.3 * s.z - s.y),
    Carve("sole", ("foot",), lambda s: -s.normal[:, 1] - 0.35),
    Carve("shin", ("calf",), lambda s: (s.z - 12) - 0.35 * abs(_shin_side(s))),
    Carve(
        "infragluteal", ("leg",), lambda s: both(s.y - 748, -_thigh_front(s) - abs(_thigh_side(s)))
    ),
    Carve("knee_front", ("knee",), lambda s: (s.z - 38) - 0.9 * abs(s.x - 142)),
    Carve("knee_back", ("knee",), lambda s: (38 - s.z) - 0.8 * abs(s.x - 142)),
    Carve("knee_outer", ("knee",), lambda s: s.x - 142),
    Carve("thigh_lower", ("leg",), lambda s: 668 - s.y),
    *(
        Carve(f"thigh_{side}_{part}", (source,), field)
        for part, source in (("upper", "leg"), ("lower", "thigh_lower"))
        for side, field in (
            ("front", lambda s: _thigh_front(s) - abs(_thigh_side(s))),
            ("back", lambda s: -_thigh_front(s) - abs(_thigh_side(s))),
            ("outer", _thigh_side),
        )
    ),
)

TRUNK = (
    Carve("shoulder", ("trunk",), lambda s: both(s.x - 150 + 0.2 * (s.y - 1300), s.y - 1262)),
    Carve("back", ("trunk",), lambda s: _round(s) - 122),
    Carve("side", ("trunk",), lambda s: _round(s) - 48),
    Carve("sacral", ("back",), lambda s: both(985 - s.y, 40 - s.x)),
    Carve("lumbar", ("back",), lambda s: 1075 - s.y),
    Carve("mid_back", ("back",), lambda s: 1175 - s.y),
    Carve("bra_line", ("back",), lambda s: 1238 - s.y),
    Carve("hip", ("side",), lambda s: 985 - s.y),
    Carve("flank", ("side",), lambda s: 1135 - s.y),
    Carve("breast", ("trunk", "side"), lambda s: s.oval((86, 1222, 100), (70, 56, 90))),
    Carve("abdomen_upper", ("trunk",), lambda s: 1165 - s.y),
    Carve("periumbilical", ("abdomen_upper",), lambda s: s.oval((0, 1003, 0), (45, 45, INF))),
    Carve("abdomen_lower", ("abdomen_upper",), lambda s: 1003 - s.y),
    Carve("pubic", ("abdomen_lower",), lambda s: 872 - s.y),
)

BODY_NAMES = {
    "trunk": "decollete",
    "arm": "upper_arm_back",
    "forearm": "forearm_front",
    "hand": "hand_dorsum",
    "leg": "thigh_inner_upper",
    "thigh_lower": "thigh_inner_lower",
    "knee": "knee_inner",
    "foot": "foot_dorsum",
    "side": "chest_side",
    "back": "upper_back",
}
__all__ = ["ARM", "BODY_NAMES", "LEG", "TRUNK", "either"]
