"""An examination of the whole record, taken in short turns so that typing is kept in between."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mesodesk.services.checking import Step
    from mesodesk.services.desk import Desk
    from mesodesk.vault.findings import Finding

_TURN_S = 0.03


@dataclass(slots=True)
class Examination:
    """An examination under way; its steps belong to the database thread."""

    findings: list[Finding] = field(default_factory=list)
    done: int = 0
    total: int = 0
    finished: bool = False
    _steps: Iterator[Step] | None = None

    def turn(self, desk: Desk) -> Examination:
        """Go on for one turn. Database thread only."""
        from mesodesk.services.checking import examine

        if self._steps is None:
            self._steps = examine(desk)
        until = time.monotonic() + _TURN_S
        for step in self._steps:
            self.findings += step.findings
            self.done, self.total = step.done, step.total
            if time.monotonic() >= until:
                return self
        self.finished = True
        return self

    def close(self) -> None:
        """Let go of the database. Database thread only, where the steps were made."""
        close = getattr(self._steps, "close", None)
        if close is not None:
            close()
