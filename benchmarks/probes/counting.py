"""A hand that works the real window and writes down what it sent, in the keystroke-level model."""

from collections.abc import Generator
from itertools import groupby
from time import perf_counter

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from benchmarks import klm
from benchmarks.probes.player import Hand, Steps, Wait

_LEFT = Qt.MouseButton.LeftButton
_PLAIN = Qt.KeyboardModifier.NoModifier
# What comes sooner holds nobody up.
_LEAST_WAIT_S = 0.02


class CountingHand(Hand):
    """Each key is a K, one more for each modifier held; a press or release of the button is a B.

    Before the button goes down or up at another place than it last was stands a P, between keyboard
    and mouse an H. What cannot be seen from outside is told: `think` is an M, `hold` a wait.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._operators: list[str] = []
        self._at_mouse = False
        self._spot: QPoint | None = None
        self._sent = perf_counter()

    @property
    def gesture(self) -> str:
        """Return all operators so far, those of a kind together."""
        words = []
        for operator, group in groupby(self._operators):
            count = len(list(group))
            if operator.startswith("R"):
                words.extend([operator] * count)
            else:
                words.append(operator if count == 1 else f"{count}{operator}")
        return " ".join(words)

    def think(self) -> Steps:
        """Stop to think: what is to be done next, or whether it is right."""
        self._operators.append("M")
        # As long as a person would, so that the program has come to rest, too.
        yield klm.OPERATORS["M"]

    def hold(self, wait: Wait) -> Generator[Wait | float, None, None]:
        """Wait for the program, and write down how long it is since the last key or button."""
        yield wait
        waited = perf_counter() - self._sent
        if waited > _LEAST_WAIT_S:
            self._operators.append(f"R{waited:.2f}")

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = _PLAIN) -> None:
        self._turn(to_mouse=False)
        self._operators += ["K"] * (1 + modifiers.value.bit_count())
        self._sent = perf_counter()
        super().key(key, modifiers)

    def write(self, text: str) -> Steps:
        self._turn(to_mouse=False)
        self._operators += ["K"] * (len(text) + sum(letter.isupper() for letter in text))
        for letter in text:
            self._sent = perf_counter()
            yield from super().write(letter)

    def click(self, name: str, at: QPoint | None = None) -> None:
        widget = self.find(name)
        place = widget.rect().center() if at is None else at
        if not widget.visibleRegion().contains(place):
            raise LookupError(f"{name} is not in sight as a whole")
        spot = widget.mapTo(self.window, place)
        self.press(spot)
        self.release(spot)

    def press(self, spot: QPoint) -> None:
        """Press the button at a place of the window."""
        self._turn(to_mouse=True)
        self._point(spot)
        self._operators.append("B")
        self._sent = perf_counter()
        QTest.mousePress(self.window.windowHandle(), _LEFT, _PLAIN, spot)

    def release(self, spot: QPoint) -> None:
        """Let go of the button there."""
        self._point(spot)
        self._operators.append("B")
        self._sent = perf_counter()
        QTest.mouseRelease(self.window.windowHandle(), _LEFT, _PLAIN, spot)

    def _point(self, spot: QPoint) -> None:
        if spot != self._spot:
            self._spot = spot
            self._operators.append("P")
            QTest.mouseMove(self.window.windowHandle(), spot)

    def _turn(self, *, to_mouse: bool) -> None:
        if to_mouse != self._at_mouse:
            self._at_mouse = to_mouse
            self._operators.append("H")
