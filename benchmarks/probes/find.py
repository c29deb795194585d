"""`python -m benchmarks.probes.find FOLDER`: the keys that open a patient from the first page.

Ways to begin a search are tried from the shortest on: typing at once, the palette, the list. The
first that comes to the patient is told, with the seconds from Enter to the record.
"""

import json
import sys
import time
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt

from benchmarks.probes.player import Hand, Player, Steps, Wait, play, unlock
from benchmarks.probes.scenes import ALT

LETTERS = "mont"
PATIENCE_S = 2.0
_told: dict[str, object] = {}


def script(player: Player) -> Steps:
    """Try the ways until one works."""
    hand = player.hand
    yield from unlock(hand)
    for way, keys in (("typing at once", 0), ("the palette", 2), ("the list", 2)):
        _begin(hand, way)
        yield 0.4
        yield from hand.write(LETTERS)
        yield 0.4
        hand.key(Qt.Key.Key_Return)
        pressed = time.perf_counter()
        yield Wait("the record", partial(_open_or_late, hand, pressed + PATIENCE_S))
        if _is_open(hand):
            opened_s = time.perf_counter() - pressed
            _told.update(way=way, before=keys, letters=len(LETTERS), opened_s=opened_s)
            return
        hand.key(Qt.Key.Key_Escape)
        hand.key(Qt.Key.Key_1, ALT)
        yield 0.4


def _open_or_late(hand: Hand, give_up: float) -> bool:
    return _is_open(hand) or time.perf_counter() > give_up


def _begin(hand: Hand, way: str) -> None:
    if way == "the palette":
        hand.control(Qt.Key.Key_K)
    elif way == "the list":
        hand.key(Qt.Key.Key_2, ALT)


def _is_open(hand: Hand) -> bool:
    return hand.sees("page_patient") and hand.sees("start_session")


def ended(_player: Player) -> None:
    """Print what was found."""
    print(json.dumps(_told), flush=True)


if __name__ == "__main__":
    sys.exit(play(Path(sys.argv[1]), script, ended))
