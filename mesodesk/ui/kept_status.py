"""What keepers tell of themselves."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol


class Status(Protocol):
    """Shows what is kept; the main window's status strip."""

    def keeping(self, source: object) -> None:
        """Something is not yet kept."""

    def kept(self, source: object, moment: datetime) -> None:
        """Everything of this source is durable since that moment (UTC)."""

    def failed(self, source: object, sentence: str) -> None:
        """Something could not be kept."""

    def stuck(self, source: object) -> None:
        """Storage does not take what this source holds, which is no less than a moment ago."""

    def dropped(self, source: object) -> None:
        """Nothing of this source waits any more: it was given up, and said so elsewhere."""

    def on_flush(self, slot: Callable[[], object]) -> None:
        """Call this whenever everything that waits should be written now."""
