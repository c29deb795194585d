"""The keystroke-level model: how long an expert without errors takes over a row of operators.

Card, Moran and Newell, "The keystroke-level model for user performance time with interactive
systems", CACM 23(7), 1980; the press of a mouse button after Kieras. A gesture is written as
operators with optional counts, and what is repeated in brackets: `M 4K R0.05 (P 2B)*60 M K`.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

# Seconds. K: an average non-secretary typist, 40 words a minute; P: pointing, without the click;
# H: the hand from keyboard to mouse or back; M: mental preparation; B: a button down *or* up.
OPERATORS: Mapping[str, float] = MappingProxyType(
    {"K": 0.28, "P": 1.10, "H": 0.40, "M": 1.35, "B": 0.10}
)
_REPEATED = re.compile(r"\((?P<what>[^()]*)\)\*(?P<times>\d+)")
_OPERATOR = re.compile(r"(?P<count>\d*)(?P<name>[KPHMB])|R(?P<wait>\d+(\.\d+)?)")

# Ways of charting 60 points. In a table: GNU Health's procedures, a code of 6 letters and a comment
# of 22 each. As text: GNUmed's note, a line each. A dialog after each click, with product, dose and
# depth: as a web map for injections documents itself.
TABLE = "M P 2B P 2B H (K 6K 3K 22K R0.05)*60 M 2K R0.21"
TEXT = "M P 2B H (22K K)*60 H M P 2B R0.6"
DIALOGS = "M P 2B (P 2B P 2B P 2B P 2B H 4K K K K H)*60 M P 2B"
# Click the box, six letters, Enter, look, double click: the best peer that was tried.
FIND = "M P 2B H 6K K R0.42 M H P 4B R0.35"
# Find, a new session, 60 points with a dialog each, ten boxes to tick, save.
VISIT = f"{FIND} M P 2B R0.3 {DIALOGS} (P 2B)*10 M P 2B R0.3"


def seconds(gesture: str) -> float:
    """Return the time of a gesture; `R0.4` is a wait of 0.4 s for the program.

    Raises:
        ValueError: if a word is no operator.
    """
    written_out = _REPEATED.sub(_repeated, gesture)
    return sum(_one(word) for word in written_out.split())


def _repeated(found: re.Match[str]) -> str:
    return f"{found['what']} " * int(found["times"])


def _one(word: str) -> float:
    found = _OPERATOR.fullmatch(word)
    if found is None:
        raise ValueError(f"no operator: {word}")
    if found["wait"] is not None:
        return float(found["wait"])
    return int(found["count"] or 1) * OPERATORS[found["name"]]
