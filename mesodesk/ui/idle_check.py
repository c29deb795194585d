"""Examines the whole record once a week, while nobody types; or when somebody asks for it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot

from mesodesk.domain.rights import Right
from mesodesk.ui.jobs import explain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QWindow

    from mesodesk.services.checking import Step
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.vault.findings import Finding

QUIET_MS = 90_000
_TURN_S = 0.03
_PAUSE_MS = 30
_SIGNS_OF_LIFE = frozenset({QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel})


@dataclass(slots=True)
class _Run:
    """An examination under way; its steps belong to the database thread."""

    steps: Iterator[Step] | None = None
    findings: list[Finding] = field(default_factory=list)
    done: int = 0
    total: int = 0
    finished: bool = False


class IdleCheck(QObject):
    """Goes on in short turns; stops for a while as soon as somebody types."""

    progressed = Signal(int, int)
    """Sessions looked at, of how many."""

    finished = Signal(object, int)
    """The findings, and the number of sessions."""

    broke_off = Signal(str)
    """Why it came to no end, in a sentence; nothing is known of the record then."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._run: _Run | None = None
        self._asked = False
        self._due = False
        self._closed = False
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(QUIET_MS)
        self._quiet.timeout.connect(self._begin_if_due)
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.setInterval(_PAUSE_MS)
        self._next.timeout.connect(self._turn)

    def start(self, window: QWindow | None) -> None:
        """Wait for a quiet moment from now on; `window` has the input."""
        if window is not None:
            window.installEventFilter(self)
        self._context.desk.store.vault.before_closing(self._let_go)
        self._quiet.start()

    def set_due(self, *, due: bool) -> None:
        """Tell whether a week is over."""
        self._due = due

    @property
    def running(self) -> bool:
        return self._run is not None

    def begin(self) -> None:
        """Examine now, whoever types."""
        self._asked = True
        self._begin()

    def close(self) -> None:
        """Stop for good."""
        self._closed = True
        self._quiet.stop()
        self._next.stop()
        self._run = None

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in _SIGNS_OF_LIFE and not self._closed:
            self._quiet.start()
            if not self._asked:
                self._next.stop()
        return False

    @Slot()
    def _begin_if_due(self) -> None:
        if self._run is not None:
            self._next.start()
        elif self._due and self._context.may(Right.VAULT_CHECK):
            self._begin()

    def _begin(self) -> None:
        if self._run is None and not self._closed:
            self._run = _Run()
            self._turn()

    @Slot()
    def _turn(self) -> None:
        if self._run is not None:
            self._context.run(self, partial(_turn, self._run), self._came, self._broke)

    def _came(self, run: _Run) -> None:
        if run is not self._run:
            return
        self.progressed.emit(run.done, run.total)
        if not run.finished:
            self._next.start()
            return
        self._run = None
        self._due = self._asked = False
        note = partial(_note, len(run.findings), run.total)
        self._context.run(self, note, partial(self._noted, run))

    def _noted(self, run: _Run, _nothing: None) -> None:
        self.finished.emit(tuple(run.findings), run.total)

    def _broke(self, error: Exception) -> None:
        self._run = None
        self._asked = False
        self.broke_off.emit(explain(error))

    def _let_go(self) -> None:
        """Called as the vault is closed, on the database thread, where the steps were made."""
        self._closed = True
        run, self._run = self._run, None
        close = getattr(None if run is None else run.steps, "close", None)
        if close is not None:
            close()


def _turn(run: _Run, desk: Desk) -> _Run:
    """Go on for one turn. Database thread only."""
    from mesodesk.services.checking import examine

    if run.steps is None:
        run.steps = examine(desk)
    until = time.monotonic() + _TURN_S
    for step in run.steps:
        run.findings += step.findings
        run.done, run.total = step.done, step.total
        if time.monotonic() >= until:
            return run
    run.finished = True
    return run


def _note(findings: int, sessions: int, desk: Desk) -> None:
    desk.safety.note_check(findings, sessions)
