"""Borders of the head and neck (see regions.py for coordinates)."""

from atlas.raster import FloatArray
from atlas.regions import INF, Carve, Skin, both, either


def _jaw(s: Skin) -> FloatArray:
    """Height above the lower border of the mandible."""
    return s.y - 1446 - s.x**2 / 91


def _neck(s: Skin) -> FloatArray:
    return s.y - (1385 - 0.15 * s.z + s.x**2 / 300)


def _head(s: Skin) -> FloatArray:
    return both(_jaw(s), either(s.z - 64, s.y - 1503), blend=3)


def _face(s: Skin) -> FloatArray:
    return both(s.z - 80 - 0.69 * (s.y - 1560), s.z - 57, blend=6)


def _submental(s: Skin) -> FloatArray:
    return both(0.7 * (s.z - 87) + 0.7 * (s.y - 1438), s.z - 73, blend=4)


def _nose(s: Skin) -> FloatArray:
    width = 9 + 0.24 * (1556 - s.y)
    return both(width - s.x, 1557 - s.y, s.y - 1507, s.z - 120, blend=2)


def _temple(s: Skin) -> FloatArray:
    return 110 - s.z + 0.25 * (1570 - s.y)


def _cheek_jaw(s: Skin) -> FloatArray:
    return both(15 - _jaw(s), s.x - 24, blend=3)


HEAD = (
    Carve("neck", ("trunk",), _neck),
    Carve("head", ("neck",), _head),
    Carve("submental", ("neck",), _submental),
    Carve("neck_front", ("neck",), lambda s: (s.z - 28) - 0.9 * s.x),
    Carve("neck_back", ("neck",), lambda s: -(s.z - 28) - 0.8 * s.x),
    Carve("ear", ("head",), lambda s: s.oval((78, 1532, 44), (26, 33, 23))),
    Carve("face", ("head",), _face),
    Carve("scalp_side", ("head",), lambda s: s.x - 42 + 0.12 * (s.y - 1600)),
    Carve("scalp_occipital", ("head",), lambda s: -(s.z + 12) - 0.5 * (s.y - 1620)),
    Carve("scalp_frontal", ("head",), lambda s: s.z - 72),
    Carve("nose", ("face",), _nose),
    Carve("glabella", ("face",), lambda s: s.oval((0, 1568, 0), (15, 13, INF))),
    Carve("perioral", ("face",), lambda s: s.oval((0, 1487, 0), (36, 22, INF))),
    Carve("crows_feet", ("face",), lambda s: s.oval((54, 1550, 112), (13, 12.5, 20))),
    Carve("periorbital", ("face",), lambda s: s.oval((30, 1553, 0), (24, 15.5, INF))),
    Carve("tear_trough", ("periorbital", "face"), lambda s: s.oval((25, 1537, 0), (18, 7.5, INF))),
    Carve("temple", ("face",), lambda s: both(_temple(s), s.y - 1541, blend=4)),
    Carve("forehead", ("face",), lambda s: s.y - 1561),
    Carve("periorbital", ("face",), lambda s: s.y - 1541),
    Carve("jawline", ("face",), _cheek_jaw),
    Carve("chin", ("face",), lambda s: both(1475 - s.y, 26 - s.x, blend=3)),
)

HEAD_NAMES = {"neck": "neck_side", "head": "scalp_crown", "face": "cheek"}
