"""Borders of trunk and limbs (see regions.py for coordinates)."""

import numpy as np

from atlas.raster import FloatArray
from atlas.regions import INF, Carve, Skin, both

_SHOULDER_TO_ELBOW = (0.665, -0.748, 0.0)
_ARM_OUTWARD = (0.748, 0.665, 0.0)
_ELBOW_TO_WRIST = np.array((0.511, -0.521, 0.684))
_ELBOW = (331.0, 1140.0, 20.0)
_WRIST = (453.0, 1016.0, 183.0)
# The inner (volar) side of the forearm turns from the elbow to the wrist; the palm goes on so.
_VOLAR_AT_ELBOW = np.array((-0.84, -0.09, 0.53))
_VOLAR_AT_WRIST = np.array((-0.75, -0.66, -0.02))
_FOREARM_MM = 238.0


def _arm(s: Skin) -> FloatArray:
    beyond_the_hip = s.x - 165 - np.maximum(0.6 * (1000 - s.y), 0)
    return both(s.plane((168, 1248, 19), _SHOULDER_TO_ELBOW), beyond_the_hip, blend=1)


def _upper_arm_outward(s: Skin) -> FloatArray:
    return s.plane(_ELBOW, _ARM_OUTWARD)


def _upper_arm_forward(s: Skin) -> FloatArray:
    return s.z - 19


def _dorsal(s: Skin) -> FloatArray:
    """Distance in mm behind the plane that parts the two sides of the forearm."""
    away = np.stack([s.x, s.y, s.z], axis=1) - _ELBOW
    along = away @ _ELBOW_TO_WRIST
    share = np.clip(along / _FOREARM_MM, 0, 1)[:, None]
    volar = _VOLAR_AT_ELBOW * (1 - share) + _VOLAR_AT_WRIST * share
    result: FloatArray = -((away - along[:, None] * _ELBOW_TO_WRIST) * volar).sum(axis=1)
    return result


def _palm(s: Skin) -> FloatArray:
    result: FloatArray = s.normal @ _VOLAR_AT_WRIST
    return result


def _buttock(s: Skin) -> FloatArray:
    fold = 790 + np.maximum(s.x - 90, 0) ** 2 / 150
    return both(-25 - s.z, s.y - fold, 975 - s.y, blend=5)


def _sacral(s: Skin) -> FloatArray:
    return both(1000 - s.y, 0.5 * (s.y - 903) - s.x, -s.z, blend=4)


def _leg(s: Skin) -> FloatArray:
    """Height below the groin in front, the hip at the side and the gluteal fold behind."""
    groin = 885 - np.logaddexp(0, (885 - (795 + 1.086 * (s.x - 15))) / 12) * 12
    share = np.clip((s.z + 30) / 80, 0, 1)
    smooth = share**2 * (3 - 2 * share)
    result: FloatArray = smooth * groin + (1 - smooth) * 792 - s.y
    return result


def _round(s: Skin) -> FloatArray:
    """Angle around the trunk in degrees: 0 at the front, 180 at the spine."""
    result: FloatArray = np.degrees(np.arctan2(s.x / 123, (s.z - 45) / 88))
    return result


def _back(s: Skin) -> FloatArray:
    rise = np.clip((s.y - 1240) / 90, 0, 1)
    return _round(s) - 122 + 12 * rise**2 * (3 - 2 * rise)


def _side(s: Skin) -> FloatArray:
    return both(_round(s) - 48, 0.5 * (1266 - s.y), blend=4)


def _thigh_outward(s: Skin) -> FloatArray:
    return s.x - (108 + 0.13 * (700 - s.y))


def _thigh_forward(s: Skin) -> FloatArray:
    return s.z - 42


def _thigh_behind(s: Skin) -> FloatArray:
    return -_thigh_forward(s) - np.abs(_thigh_outward(s))


def _knee_outward(s: Skin) -> FloatArray:
    return s.x - 142


def _shin(s: Skin) -> FloatArray:
    return (s.z - 12) - 0.8 * np.abs(s.x - (160 + 0.085 * (380 - s.y)))


ARM = (
    Carve("arm", ("trunk",), _arm),
    Carve("forearm", ("arm",), lambda s: s.plane(_ELBOW, (0.63, -0.68, 0.37))),
    Carve("hand", ("forearm",), lambda s: s.plane(_WRIST, (0.511, -0.521, 0.684))),
    Carve("palm", ("hand",), _palm),
    Carve("forearm_back", ("forearm",), _dorsal),
    Carve(
        "upper_arm_inner",
        ("arm",),
        lambda s: -_upper_arm_outward(s) - np.abs(_upper_arm_forward(s)),
    ),
    Carve(
        "upper_arm_outer",
        ("arm",),
        lambda s: _upper_arm_outward(s) - np.abs(_upper_arm_forward(s)),
    ),
    Carve("upper_arm_front", ("arm",), _upper_arm_forward),
)

LEG = (
    Carve("sacral", ("trunk",), _sacral),
    Carve("buttock", ("trunk",), _buttock),
    Carve("leg", ("trunk",), _leg),
    Carve("saddlebag", ("leg", "trunk"), lambda s: s.oval((178, 782, -4), (60, 82, 50))),
    Carve("knee", ("leg",), lambda s: 535 - s.y),
    Carve("calf", ("knee",), lambda s: 425 - s.y),
    Carve("ankle", ("calf",), lambda s: 115 - s.y),
    Carve("foot", ("ankle",), lambda s: 52 + 0.3 * s.z - s.y),
    Carve("sole", ("foot",), lambda s: -s.normal[:, 1] - 0.35),
    Carve("shin", ("calf",), _shin),
    Carve("infragluteal", ("leg",), lambda s: both(s.y - 748, _thigh_behind(s))),
    Carve("knee_front", ("knee",), lambda s: (s.z - 38) - 0.9 * np.abs(_knee_outward(s))),
    Carve("knee_back", ("knee",), lambda s: (38 - s.z) - 1.1 * np.abs(_knee_outward(s))),
    Carve("knee_outer", ("knee",), _knee_outward),
    Carve("thigh_lower", ("leg",), lambda s: 668 - s.y),
    *(
        Carve(f"thigh_{side}_{part}", (source,), field)
        for part, source in (("upper", "leg"), ("lower", "thigh_lower"))
        for side, field in (
            ("front", lambda s: _thigh_forward(s) - np.abs(_thigh_outward(s))),
            ("back", _thigh_behind),
            ("outer", _thigh_outward),
        )
    ),
)

TRUNK = (
    Carve("shoulder", ("trunk",), lambda s: both(s.x - 150 + 0.2 * (s.y - 1300), s.y - 1262)),
    Carve("back", ("trunk",), _back),
    Carve("side", ("trunk",), _side),
    Carve("hip", ("side", "back"), lambda s: 975 - s.y),
    Carve("flank", ("side",), lambda s: 1135 - s.y),
    Carve("lumbar", ("back",), lambda s: 1075 - s.y),
    Carve("mid_back", ("back",), lambda s: 1175 - s.y),
    Carve("bra_line", ("back",), lambda s: 1238 - s.y),
    Carve("breast", ("trunk", "side"), lambda s: s.oval((86, 1222, 100), (72, 58, 90))),
    Carve("abdomen_upper", ("trunk",), lambda s: 1165 - s.y),
    Carve("periumbilical", ("abdomen_upper",), lambda s: s.oval((0, 1008, 0), (45, 45, INF))),
    Carve("abdomen_lower", ("abdomen_upper",), lambda s: 1008 - s.y),
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
