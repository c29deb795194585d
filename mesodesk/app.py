"""Starts the program: the window is painted first, everything else loads behind it.

Every module imported up here is waited for by whoever looks at an empty screen.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QMessageLogContext,
    QObject,
    QTimer,
    QtMsgType,
    Signal,
    Slot,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication, QWidget

from mesodesk import __version__
from mesodesk.ui import plain_imports, theme  # noqa: F401 - the first for what it does
from mesodesk.ui.gate.gate import Gate
from mesodesk.ui.jobs import Jobs
from mesodesk.ui.shell import MainWindow

if TYPE_CHECKING:
    from pathlib import Path

    from mesodesk.domain.records.clinic import ClinicRecord, UserRecord
    from mesodesk.services.desk import Desk


SETTLING_MS = 250
"""The window manager may resize the new window, which is then painted once more."""


class FirstPaint(QObject):
    """Tells when a window has been painted for the first time.

    What loads in the background must not start sooner: it would share the interpreter with the
    painting, and the window would come up late.
    """

    over = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self._window.removeEventFilter(self)
            QTimer.singleShot(SETTLING_MS, self, self._tell)
        return False

    @Slot()
    def _tell(self) -> None:
        self.over.emit()


class Application(QObject):
    """From the folder to the gate, and from the gate to the desk."""

    def __init__(self, folder: Path, password: str | None) -> None:
        super().__init__()
        self.jobs = Jobs(self)
        self.window = MainWindow(self.jobs)
        self.first_paint = FirstPaint(self.window)
        self.gate = Gate(folder, self.jobs, password)
        self.gate.opened.connect(self._enter)
        self.window.closing.connect(self.gate.let_go)
        self._desk: Desk | None = None

    def show(self) -> None:
        """Show the window with the gate in it."""
        self.window.show_cover(self.gate)
        self.gate.look()
        self.first_paint.over.connect(self._load)
        self.window.fit_screen()
        self.window.show()

    @Slot()
    def _load(self) -> None:
        """Make what the first picture did not need, while the password is typed."""
        from mesodesk import around

        around.import_aside()
        if self._desk is None:  # a password given beforehand may have led on already
            self.gate.look_closely()
            self.window.frame.hide()

    @Slot()
    def look_after_process(self) -> None:
        """Take over what concerns the whole process, not only this window."""
        from mesodesk import around

        around.look_after(self.window, self)

    @Slot()
    def dress(self) -> None:
        """Lay the style sheet, which the first picture does without."""
        theme.lay_sheet()

    @Slot(object)
    def _enter(self, desk: Desk) -> None:
        self._desk = desk
        self.jobs.run(self, partial(_who_and_where, desk), self._fill)

    def _fill(self, found: tuple[ClinicRecord, UserRecord]) -> None:
        from mesodesk.ui.collector import Collector
        from mesodesk.ui.desk_window import DeskWindow

        if self._desk is not None:
            self.desk_window = DeskWindow(self.window, self.jobs, self._desk, *found)
            self.window.hide_cover()
            QTimer.singleShot(SETTLING_MS, self, self._import_pages)
            Collector.settle()

    @Slot()
    def _import_pages(self) -> None:
        from mesodesk.ui.pages.ahead import PagesAhead

        PagesAhead(self).start()


def _who_and_where(desk: Desk) -> tuple[ClinicRecord, UserRecord]:
    return desk.clinic.record(), desk.user


def run(folder: Path, password: str | None = None) -> int:
    """Show the window on a vault folder and return the exit code when it is closed."""
    from mesodesk.ui import appearance

    app = _make_application()
    app.setApplicationName("Mesodesk")
    app.setApplicationVersion(__version__)
    appearance.begin()
    theme.start(app, sheet=False)
    desk = Application(folder, password)
    desk.first_paint.over.connect(desk.look_after_process)
    desk.first_paint.over.connect(desk.dress)
    desk.show()
    code = app.exec()
    desk.jobs.close()
    return code


def _make_application() -> QApplication:
    """Connect to the screen. Qt would abort where there is none; one sentence is said instead.

    Raises:
        SystemExit: if no window can be shown.
    """
    found = QApplication.instance()
    if isinstance(found, QApplication):
        return found
    held: list[str] = []

    def hear(kind: QtMsgType, _where: QMessageLogContext, message: str | None) -> None:
        held.append(message or "")
        if kind is QtMsgType.QtFatalMsg:
            from mesodesk import preflight

            preflight.give_up(held)

    qInstallMessageHandler(hear)
    # Chosen beforehand, so that the style of the desktop is not made first and thrown away.
    QApplication.setStyle("Fusion")
    app = QApplication(["mesodesk"])
    qInstallMessageHandler(None)
    for message in held:
        print(message, file=sys.stderr)
    return app
