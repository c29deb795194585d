"""The unlock window is painted before anything of the database is imported."""

import json
import os
import subprocess
import sys
import time

from PySide6.QtWidgets import QWidget

from mesodesk.app import FirstPaint


def _asked(module, *arguments):
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    answer = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return json.loads(answer.stdout.splitlines()[-1])


def test_the_first_window_needs_no_sqlalchemy(tmp_path):
    told = _asked("benchmarks.probes.first_paint", "mesodesk", str(tmp_path / "vault"))
    assert told["sqlalchemy"] == 0
    assert told["count"] > 100


def test_the_first_paint_is_told_once_and_after_it(qtbot):
    painted = []

    class Window(QWidget):
        def paintEvent(self, _event):
            painted.append(time.monotonic())

    window = Window()
    qtbot.addWidget(window)
    watch = FirstPaint(window)
    told = []
    watch.over.connect(lambda: told.append(len(painted)))
    with qtbot.waitSignal(watch.over):
        window.show()
    assert told
    assert told[0] >= 1
    with qtbot.waitExposed(window):
        window.repaint()
    assert len(told) == 1


def test_imports_do_not_look_into_every_module():
    code = (
        "import PySide6.QtCore, mesodesk.ui.plain_imports, builtins;"
        "print(builtins.__import__.__name__)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert answer.stdout.strip() not in ("", "__feature_import__")
