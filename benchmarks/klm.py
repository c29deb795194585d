"""The keystroke-level model: how long an expert without errors takes over a row of operators.

Card, Moran and Newell, "The keystroke-level model for user performance time with interactive
systems", CACM 23(7), 1980; the press of a mouse button after Kieras. A gesture is written as
operators with optional counts: `M 4K R0.05 M K`.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

# Seconds. K: an average non-secretary typist, 40 words a minute; P: pointing, without the click;
# H: the hand from keyboard to mouse or back; M: mental preparation; B: a button down *or* up.
OPERATORS: Mapping[str, float] = MappingProxyType(
    {"K": 0.28, "P": 1.10, "H": 0.40, "M": 1.35, "B": 0.10}
)
_OPERATOR = re.compile(r"(?P<count>\d*)(?P<name>[KPHMB])|R(?P<wait>\d+(\.\d+)?)")


def seconds(gesture: str) -> float:
    """Return the time of a gesture; `R0.4` is a wait of 0.4 s for the program.

    Raises:
        ValueError: if a word is no operator.
    """
    return sum(_one(word) for word in gesture.split())


def _one(word: str) -> float:
    found = _OPERATOR.fullmatch(word)
    if found is None:
        raise ValueError(f"no operator: {word}")
    if found["wait"] is not None:
        return float(found["wait"])
    return int(found["count"] or 1) * OPERATORS[found["name"]]
