"""`python -m benchmarks.probes.first_paint mesodesk FOLDER | bare`: modules at the first paint.

Runs the real program, and ends it in the moment in which its window has been painted once.
"""

import os
import sys

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.probes.reporting import report


class FirstPaint(QObject):
    """Reports and ends the program after the first paint event of a window."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.Paint
            and isinstance(watched, QWidget)
            and watched.isWindow()
        ):
            # Once the window's own painting is done, but before anything else has its turn.
            QTimer.singleShot(0, self._tell)
            QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]
        return False

    def _tell(self) -> None:
        names = sorted(sys.modules)
        early = [name for name in names if name.split(".")[0] == "sqlalchemy"]
        report({"count": len(names), "sqlalchemy": len(early)})
        os._exit(0)


def main(kind: str, *arguments: str) -> None:
    """Run the program named until its first paint."""
    execute = QApplication.exec

    def watch_and_execute(*_self: object) -> int:
        watcher = FirstPaint()
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(watcher)
        return execute()

    QApplication.exec = watch_and_execute  # type: ignore[method-assign]
    if kind == "bare":
        from benchmarks.anchors import bare

        bare.main()
    else:
        from mesodesk.cli import main as mesodesk

        mesodesk(["--data", arguments[0]])


if __name__ == "__main__":
    main(*sys.argv[1:])
