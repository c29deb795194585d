"""Works in the window of the real program by a script, one step between its events at a time.

A script is a generator: it sends keys and clicks to the window, as the system would, and yields
what to wait for, or seconds to rest. Beside it a timer of 4 ms ticks in the same event loop: the
longest time between two ticks is the longest time in which the window would not have answered.
The script has a timer of its own: Qt handles what is sent in a loop inside the sending, in which a
timer whose turn is not over yet would not tick though the window answers.
"""

import os
import sys
import time
import traceback
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Qt, QTimer, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.bench import PASSWORD
from mesodesk.app import Application

TICK_MS = 4
PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Wait:
    """Something to wait for, in words for the report if it never comes."""

    what: str
    check: Callable[[], object]


Steps = Generator[Wait | float, None, None]
Script = Callable[["Player"], Steps]


class Hand:
    """Finds what is in sight and works it."""

    def __init__(self, window: QWidget) -> None:
        self.window = window
        #: what is being done, named in the report of the longest stall.
        self.doing = "start"

    def look_for(self, name: str) -> QWidget | None:
        """Return the visible widget of that name."""
        found = self.window.findChildren(QWidget, name)
        return next((widget for widget in found if widget.isVisible()), None)

    def find(self, name: str) -> QWidget:
        """Return the visible widget of that name.

        Raises:
            LookupError: if there is none.
        """
        found = self.look_for(name)
        if found is None:
            raise LookupError(f"{name} is not in sight")
        return found

    def sees(self, name: str) -> bool:
        found = self.look_for(name)
        return found is not None and found.isEnabled()

    def until(self, name: str) -> Wait:
        return Wait(f"{name} in sight", lambda: self.sees(name))

    def key(
        self,
        key: Qt.Key,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        QTest.keyClick(self.window.windowHandle(), key, modifiers)

    def control(self, key: Qt.Key) -> None:
        self.key(key, Qt.KeyboardModifier.ControlModifier)

    def write(self, text: str) -> Steps:
        """Type letter by letter, a fast typist's pause between them."""
        for letter in text:
            code = Qt.Key(QTest.asciiToKey(letter.encode("ascii")[0]))
            plain = Qt.KeyboardModifier.NoModifier
            QTest.sendKeyEvent(
                QTest.KeyAction.Click, self.window.windowHandle(), code, letter, plain
            )
            yield 0.06

    def click(self, name: str, at: QPoint | None = None) -> None:
        """Click a widget, by default in its middle."""
        widget = self.find(name)
        place = widget.rect().center() if at is None else at
        where = widget.mapTo(self.window, place)
        QTest.mouseClick(
            self.window.windowHandle(),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
            where,
        )


class Player(QObject):
    """Takes the steps of one script, and measures how long the event loop is held up."""

    def __init__(self, window: QWidget, script: Script, ended: Callable[["Player"], None]) -> None:
        super().__init__(window)
        self.hand = Hand(window)
        self.gaps: dict[str, float] = {}
        self._script = script(self)
        self._ended = ended
        self._wait: Wait | None = None
        self._rest_until = 0.0
        self._since = self._last = time.perf_counter()
        self._clock = self._timer(self._tick)
        self._steps = self._timer(self._play)

    def _timer(self, each: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.setInterval(TICK_MS)
        timer.timeout.connect(each)
        timer.start()
        return timer

    @property
    def longest_ms(self) -> float:
        return max(self.gaps.values(), default=0.0)

    def take_gaps(self) -> dict[str, float]:
        """Return the longest gap of each thing done so far, in ms, and begin anew."""
        gaps, self.gaps = self.gaps, {}
        return gaps

    @Slot()
    def _tick(self) -> None:
        now = time.perf_counter()
        gap, self._last = 1000 * (now - self._last), now
        doing = self.hand.doing
        self.gaps[doing] = max(gap, self.gaps.get(doing, 0.0))

    @Slot()
    def _play(self) -> None:
        try:
            self._step(time.perf_counter())
        except StopIteration:
            self._clock.stop()
            self._steps.stop()
            self._ended(self)
        except Exception:  # noqa: BLE001 - whatever it is, the row must hear of it
            self._give_up(traceback.format_exc(limit=-3))

    def _step(self, now: float) -> None:
        if now < self._rest_until:
            return
        if self._wait is not None and not self._wait.check():
            if now - self._since > PATIENCE_S:
                self._give_up(f"waited in vain for: {self._wait.what}")
            return
        self._wait = None
        wanted = next(self._script)
        self._since = time.perf_counter()
        if isinstance(wanted, Wait):
            self._wait = wanted
        else:
            self._rest_until = self._since + wanted

    def _give_up(self, why: str) -> None:
        print(f"while at {self.hand.doing!r}: {why}", file=sys.stderr, flush=True)
        os._exit(3)


def play(folder: Path, script: Script, ended: Callable[[Player], None]) -> int:
    """Run the program on a vault with a script in it; `ended` reports before the window closes."""
    show = Application.show
    players: list[Player] = []

    def finished(player: Player) -> None:
        ended(player)
        application = QApplication.instance()
        if application is not None:
            player.hand.window.close()

    def show_and_play(application: Application) -> None:
        show(application)
        players.append(Player(application.window, script, finished))

    Application.show = show_and_play  # type: ignore[method-assign, assignment]
    from mesodesk.cli import main

    return main(["--data", str(folder)])


def unlock(hand: Hand) -> Steps:
    """Type the password and wait for the first page."""
    hand.doing = "unlock"
    yield hand.until("unlock_password")
    yield from hand.write(PASSWORD)
    hand.key(Qt.Key.Key_Return)
    yield hand.until("page_today")
    yield 1.0
