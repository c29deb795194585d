"""Tells when a widget has been painted, from within the program.

The clock stops when Qt has done with the whole round of painting, the widget's and those of others
that changed with it, and has handed the picture to the screen.
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget

from benchmarks.errors import NothingPaintedError

_DONE: Final = QEvent.Type(QEvent.registerEventType())
_FIRST: Final = Qt.EventPriority.HighEventPriority.value


# Of the event loop, after which nothing more is to be expected of what was done.
_TURNS: Final = 20


@dataclass(frozen=True, slots=True)
class Round:
    """When a round of painting began and ended, in seconds of `perf_counter`."""

    began: float
    ended: float

    @property
    def ms(self) -> float:
        return 1000 * (self.ended - self.began)


class Paints(QObject):
    """Notes each round of painting in which a widget has a part."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.rounds: list[Round] = []
        self._began: float | None = None
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint and self._began is None:
            self._began = perf_counter()
            # Delivered before anything else, as soon as the event that paints has been dealt with.
            QCoreApplication.postEvent(self, QEvent(_DONE), _FIRST)
        return False

    def event(self, event: QEvent) -> bool:
        if event.type() != _DONE:
            return super().event(event)
        if self._began is not None:
            self.rounds.append(Round(self._began, perf_counter()))
            self._began = None
        return True

    def after(self, moment: float) -> Round | None:
        """Return the first round that began after a moment."""
        return next((each for each in self.rounds if each.began >= moment), None)

    def ms_of(self, act: Callable[[], object]) -> float:
        """Do something that Qt answers at once; return the ms to the end of the round it led to.

        Raises:
            NothingPaintedError: if it led to none.
        """
        self.rounds.clear()
        began = perf_counter()
        act()
        for _ in range(_TURNS):
            if self.rounds:
                break
            QCoreApplication.processEvents()
        else:
            raise NothingPaintedError("nothing was painted after what was done on the chart")
        return 1000 * (self.rounds[0].ended - began)
