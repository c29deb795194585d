"""Collects garbage on the UI thread only, in small portions.

Python collects on whichever thread happens to allocate. A window that waits in a reference cycle
would then be deleted on the database thread, which crashes Qt; and a full round over everything
that SQLAlchemy and Qt have loaded takes some 100 ms, which would be felt.
"""

import gc

from PySide6.QtCore import QObject, QTimer, Slot

EVERY_MS = 2_000
_YOUNG = 2_000
_ROUNDS = 10


class Collector(QObject):
    """Takes the collector's work over from Python for as long as it lives."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    @staticmethod
    def settle() -> None:
        """Leave what is loaded by now, for good, out of all later rounds."""
        gc.freeze()

    @staticmethod
    def unsettle() -> None:
        """Collect everything, what was settled too: the pages of somebody have gone."""
        gc.unfreeze()
        gc.collect()

    @Slot()
    def collect(self) -> None:
        """Collect as much as is due; nothing, as a rule, while nobody works."""
        young, middle, old = gc.get_count()
        if old > _ROUNDS:
            gc.collect()
        elif middle > _ROUNDS:
            gc.collect(1)
        elif young > _YOUNG:
            gc.collect(0)
