"""Starts the real program, and works in its window by a script, as somebody at the desk would.

    python driver.py FOLDER SCRIPT [--password P] [--seed N] [--fault NAME]

The program runs as ever (`mesodesk --data FOLDER`), but off screen; a timer inside it takes one
step of the script after another. Each line that it prints is one JSON object:

    {"do": 7, "key": "new/phone", "value": "06", "at": 12.3}   something was typed or done
    {"kept": 7, "at": 12.4}           the status strip says "kept", with everything up to number 7
    {"note": ..., ...}                something that the script found
    {"end": "done"}                   the script came to its end, and the window was closed
    {"end": "failed", "why": ...}     it did not

A receipt is what a person would read off the strip; it is printed before the next thing is done.
"""

import argparse
import json
import logging
import os
import sys
import time
import traceback
from datetime import timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("LC_ALL", "C.UTF-8")
os.environ.setdefault("LANGUAGE", "en")

sys.path.insert(0, str(Path(__file__).resolve().parent))

PATIENCE_S = float(os.environ.get("E2E_PATIENCE_S", "150"))
SIZE = (1366, 768)


class Log:
    """Writes lines that survive a kill: each is handed to the system at once."""

    def __init__(self) -> None:
        self.number = 0
        self._kept = -1

    def put(self, **line: object) -> None:
        line["at"] = time.monotonic()
        os.write(1, (json.dumps(line) + "\n").encode())

    def do(self, key: str, value: object) -> None:
        """Say what is about to be typed or done."""
        self.number += 1
        self.put(do=self.number, key=key, value=value)

    def kept(self) -> None:
        """Say that the strip says that everything is kept; each state of affairs once."""
        if self._kept != self.number:
            self._kept = self.number
            self.put(kept=self.number)


class Player:
    """Takes one step of a script after another, between the events of the program."""

    def __init__(self, application: Any, script: Any, log: Log) -> None:
        from PySide6.QtCore import QTimer
        from PySide6.QtGui import QGuiApplication

        self._application = application
        self._window = application.window
        self._script = script
        self._log = log
        self._wait: Any = None
        self._since = time.monotonic()
        self._rest_until = 0.0
        self._inside = False
        self._timer = QTimer()
        self._timer.setInterval(4)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        self._strangers: list[str] = []
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.focusWindowChanged.connect(self._focus_moved)
        self._let_go = _rest_when_closing(self._window, self._timer)

    def _focus_moved(self, window: Any) -> None:
        """Notice a second window, even one that flashes up while a page is made."""
        if window is None:
            self._strangers.append("something took the focus from the window")
        elif window is not self._window.windowHandle():
            self._strangers.append(f"another window came up: {window.objectName()!r}")

    def _tick(self) -> None:
        if self._inside:  # an event that was sent runs the timers meanwhile
            return
        self._inside = True
        try:
            self._look()
            self._step()
        except StopIteration:
            self._finish()
        except BaseException as error:  # noqa: BLE001 - whatever it is, the parent must hear of it
            if self._timer.isActive():  # else it closed in the midst of a step
                self._fail("".join(traceback.format_exception(error)[-3:]))
        finally:
            self._inside = False

    def _look(self) -> None:
        """Read the strip, and find out whether the program admits to a mistake."""
        for notice in self._window.frame.notices:
            if notice.objectName() in ("trouble", "window_notice") and notice.isVisible():
                raise AssertionError(f"the window says: {notice.text.text()}")
        if self._strangers:
            raise AssertionError("; ".join(self._strangers))
        status = self._window.status
        if status.isVisible() and status.text().startswith("kept"):
            self._log.kept()

    def _step(self) -> None:
        now = time.monotonic()
        if now < self._rest_until:
            return
        if self._wait is not None:
            if not self._wait.check():
                if now - self._since > PATIENCE_S:
                    raise AssertionError(f"waited in vain for {self._wait.what}")
                return
            self._wait = None
        wanted = next(self._script)
        self._since = now
        if isinstance(wanted, float | int):
            self._rest_until = now + wanted
        else:
            self._wait = wanted

    def _finish(self) -> None:
        self._timer.stop()
        self._window.close()
        self._log.put(end="done")

    def _fail(self, why: str) -> None:
        from PySide6.QtWidgets import QApplication

        self._timer.stop()
        focus = QApplication.focusWidget()
        page = self._window.current_page()
        picture = os.environ.get("E2E_PICTURE")
        if picture:
            self._window.grab().save(picture)
        self._log.put(
            end="failed",
            why=why,
            page=getattr(page, "page_id", None),
            focus=focus.objectName() if focus else None,
            strip=self._window.status.text(),
        )
        os._exit(3)


def _rest_when_closing(window: Any, timer: Any) -> Any:
    """Let the script rest from the moment the window is asked to close: nobody works on then."""
    from PySide6.QtCore import QEvent, QObject

    class LettingGo(QObject):
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            if event.type() is QEvent.Type.Close:
                timer.stop()
            return False

    letting_go = LettingGo()
    window.installEventFilter(letting_go)
    return letting_go


def _play_in(script_name: str, options: argparse.Namespace) -> None:
    """Have the script begin when the program shows its window."""
    from mesodesk.app import Application

    log = Log()
    show = Application.show

    def show_and_play(application: Application) -> None:
        show(application)
        application.window.showNormal()  # on a small screen it fills it
        application.window.resize(*SIZE)
        script = _script(script_name)(application, log, options)
        application.player = Player(application, script, log)  # type: ignore[attr-defined]

    Application.show = show_and_play  # type: ignore[method-assign]


def _script(name: str) -> Any:
    if name == "work":
        import work

        return work.work
    import visit

    return getattr(visit, name)


def _hear_qt() -> None:
    """Pass over the one thing that the off-screen platform says of every window."""
    from PySide6.QtCore import qInstallMessageHandler

    def heard(_kind: object, _context: object, message: str) -> None:
        if "propagateSizeHints" not in message:
            print(f"Qt: {message}", file=sys.stderr, flush=True)
            traceback.print_stack(limit=8)

    qInstallMessageHandler(heard)


def _set_clock(hours: float) -> None:
    """Let the program believe in another time."""
    from mesodesk.domain.clock import SystemClock

    if hours:
        now, off = SystemClock.now, timedelta(hours=hours)
        SystemClock.now = lambda self: now(self) + off  # type: ignore[method-assign]


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("script")
    parser.add_argument("--password-file", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--hours", type=float, default=0, help="the program's clock is off by so much"
    )
    parser.add_argument("--round", type=int, default=0)
    parser.add_argument("--hands", choices=("keyboard", "mouse"), default="keyboard")
    parser.add_argument("--fault", choices=("none", "rolled-back", "too-early"), default="none")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Run the program with a script in it."""
    options = _parse(arguments)
    logging.basicConfig(level=logging.WARNING)
    _hear_qt()
    if options.fault != "none":
        import faults

        faults.make(options.fault)
    _set_clock(options.hours)
    _play_in(options.script, options)
    from mesodesk import cli

    command = ["--data", str(options.folder)]
    if options.password_file is not None:
        command += ["--password-file", str(options.password_file)]
    return cli.main(command)


if __name__ == "__main__":
    sys.exit(main())
