"""Examines the whole record once a week, while nobody types; or when somebody asks for it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot

from mesodesk.domain.rights import Right
from mesodesk.ui.examination import Examination
from mesodesk.ui.jobs import explain

if TYPE_CHECKING:
    from PySide6.QtGui import QWindow

    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

QUIET_MS = 90_000
_PAUSE_MS = 30
_SIGNS_OF_LIFE = frozenset({QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel})


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
        self._run: Examination | None = None
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
            self._run = Examination()
            self._turn()

    @Slot()
    def _turn(self) -> None:
        if self._run is not None:
            self._context.run(self, self._run.turn, self._came, self._broke)

    def _came(self, run: Examination) -> None:
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

    def _noted(self, run: Examination, _nothing: None) -> None:
        self.finished.emit(tuple(run.findings), run.total)

    def _broke(self, error: Exception) -> None:
        self._run = None
        self._asked = False
        self.broke_off.emit(explain(error))

    def _let_go(self) -> None:
        """Called as the vault is closed, on the database thread, where the steps were made."""
        self._closed = True
        run, self._run = self._run, None
        if run is not None:
            run.close()


def _note(findings: int, sessions: int, desk: Desk) -> None:
    desk.safety.note_check(findings, sessions)
