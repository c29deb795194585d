"""`python -m benchmarks.probes.growth FOLDER VISITS MARK`: memory after many visits in one program.

Each visit finds another patient by record number and opens the record, each third one a session
with its chart. Prints the proportional set size (MiB) after MARK visits and at the end.
"""

import gc
import sys
from pathlib import Path

import psutil
from PySide6.QtCore import Qt

from benchmarks.probes.player import Hand, Player, Script, Steps, play, unlock
from benchmarks.probes.reporting import report
from benchmarks.probes.scenes import ALT, find_patient

_MIB = 2**20
_readings: list[float] = []


def pss_mib() -> float:
    """Return the memory of this process, garbage collected first."""
    gc.collect()
    return float(psutil.Process().memory_full_info().pss) / _MIB


def many_visits(visits: int, mark: int, patients: int) -> Script:
    """Return the script of so many visits."""

    def script(player: Player) -> Steps:
        hand = player.hand
        yield from unlock(hand)
        for number in range(1, visits + 1):
            yield from _visit(hand, number, 1 + number % patients)
            if number == mark:
                _readings.append(pss_mib())
        _readings.append(pss_mib())

    return script


def _visit(hand: Hand, number: int, patient: int) -> Steps:
    yield from find_patient(hand, f"{patient:05}")
    if number % 3 == 0:
        hand.control(Qt.Key.Key_Return)
        yield hand.until("page_session")
        yield hand.until("step_check")
        hand.control(Qt.Key.Key_3)
        yield hand.until("chart_canvas")
        yield 0.2
    hand.key(Qt.Key.Key_1, ALT)
    yield hand.until("page_today")


def ended(_player: Player) -> None:
    """Report both readings."""
    report({"mark": _readings[0], "end": _readings[1]})


if __name__ == "__main__":
    folder, visits, mark = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    sys.exit(play(folder, many_visits(visits, mark, 40), ended))
