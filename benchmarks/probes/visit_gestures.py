"""`python -m benchmarks.probes.visit_gestures FOLDER`: the gesture of a whole visit.

In the window of the real program, from the first page on, as somebody works who knows it: the
patient found by number, a session begun, three questions, a syringe drawn up, the skin, 60 points
in a field, how it was borne, and signed. Each key, press and release is counted as it is sent.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QPoint, Qt

from benchmarks.bench import PASSWORD
from benchmarks.probes.chart_scenes import Chart
from benchmarks.probes.chart_sizes import VISITED
from benchmarks.probes.counting import CountingHand
from benchmarks.probes.player import Player, Steps, Wait, play, unlock
from benchmarks.probes.reporting import report

if TYPE_CHECKING:
    from mesodesk.ui.pages.session import SessionPage

_LOT, _DRAWN_ML = "bench", "4"
_MINUTES = "15"
_THIGH = (0.59, 0.52)
_SIZE = QPoint(26, 36)
_told: dict[str, object] = {}


def script(player: Player) -> Steps:
    """Make the visit, and count from the first key on."""
    yield from unlock(player.hand)
    hand = CountingHand(player.hand.window)
    for station in (_find, _check, _prepare, _chart, _finish):
        before = len(hand.gesture)
        hand.doing = station.__name__
        yield from station(hand)
        print(f"{hand.doing}: {hand.gesture[before:].strip()}", file=sys.stderr, flush=True)
    _told["ready"] = hand.gesture
    yield from _sign(hand)
    _told["signed"] = hand.gesture


def _page(hand: CountingHand) -> "SessionPage":
    return cast("SessionPage", hand.find("page_session"))


def _go_on(hand: CountingHand, station: str) -> Steps:
    hand.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    yield from hand.hold(Wait(station, lambda: hand.sees(f"{station}_station")))


def _find(hand: CountingHand) -> Steps:
    yield from hand.think()
    yield from hand.write(VISITED)
    yield from hand.hold(Wait("a match", lambda: hand.sees("palette_list")))
    yield from hand.think()
    hand.key(Qt.Key.Key_Return)
    yield from hand.hold(Wait("the record", lambda: hand.sees("start_session")))
    yield 0.3
    hand.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    yield from hand.hold(Wait("the session", lambda: hand.sees("anything_changed_no")))


def _check(hand: CountingHand) -> Steps:
    yield from hand.think()
    yield from _answer(hand, "n", "n", "y")
    yield from _go_on(hand, "prepare")


def _answer(hand: CountingHand, *answers: str) -> Steps:
    for number, letter in enumerate(answers):
        if number:
            hand.key(Qt.Key.Key_Tab)
        yield from hand.write(letter)


def _prepare(hand: CountingHand) -> Steps:
    yield from hand.think()
    yield from hand.write("n")
    yield 0.1
    yield from hand.write(_LOT)
    yield from hand.hold(Wait("a lot", lambda: hand.sees("syringe_1_lot_1_list")))
    hand.key(Qt.Key.Key_Return)
    yield from hand.write(_DRAWN_ML)
    yield from hand.think()
    yield from _next_missing(hand, "skin_preparation")
    hand.key(Qt.Key.Key_Down)
    yield from hand.hold(Wait("preparations", lambda: hand.sees("skin_preparation_list")))
    hand.key(Qt.Key.Key_Return)
    yield from _tab_to(hand, "aseptic_all_done")
    hand.key(Qt.Key.Key_Space)
    yield from _go_on(hand, "chart")


def _has_focus(hand: CountingHand, name: str) -> bool:
    focus = hand.window.focusWidget()
    return focus is not None and focus.objectName().startswith(name)


def _next_missing(hand: CountingHand, name: str) -> Steps:
    """Let the key for the next missing thing lead there."""
    hand.key(Qt.Key.Key_F8)
    yield from hand.hold(Wait(name, lambda: _has_focus(hand, name)))


def _tab_to(hand: CountingHand, name: str) -> Steps:
    for _ in range(10):
        hand.key(Qt.Key.Key_Tab)
        yield 0.02
        if hand.find(name).hasFocus():
            return
    raise LookupError(f"Tab does not come to {name}")


def _chart(hand: CountingHand) -> Steps:
    yield from hand.hold(Wait("the body", lambda: hand.sees("chart_canvas")))
    yield from hand.think()
    chart = Chart(hand)
    hand.key(Qt.Key.Key_T)
    corner = chart.at(*_THIGH)
    hand.press(corner)
    yield 0.1
    hand.release(corner + _SIZE)
    yield from hand.hold(Wait("a field", lambda: chart.points))
    yield from hand.think()
    _told["points"] = chart.points
    yield from _go_on(hand, "finish")


def _finish(hand: CountingHand) -> Steps:
    yield from hand.think()
    yield from hand.write("2")
    yield from _next_missing(hand, "observation_min")
    yield from hand.write(_MINUTES)
    yield from _next_missing(hand, "reactions_none")
    hand.key(Qt.Key.Key_Space)
    yield from _next_missing(hand, "discard_rest_1")
    hand.key(Qt.Key.Key_Space)
    yield from _next_missing(hand, "aftercare_given")
    yield from hand.write("y")
    yield from _next_missing(hand, "next_session_on")
    yield from _tab_to(hand, "next_plus_14")
    hand.key(Qt.Key.Key_Space)
    yield from hand.hold(Wait("nothing missing", lambda: not _page(hand).state.missing))
    yield from hand.think()


def _sign(hand: CountingHand) -> Steps:
    yield from _next_missing(hand, "sign_password")
    yield from hand.write(PASSWORD)
    hand.key(Qt.Key.Key_Return)
    yield from hand.hold(Wait("the seal", lambda: hand.sees("seal_card")))


def ended(_player: Player) -> None:
    """Report the gestures, and how many points the field had."""
    report(_told)


if __name__ == "__main__":
    sys.exit(play(Path(sys.argv[1]), script, ended))
