"""The unlock window is painted before anything of the database is imported."""

import json
import os
import subprocess
import sys
import time

import pytest
from PySide6.QtWidgets import QWidget

from mesodesk.app import FirstPaint
from mesodesk.ui import theme
from mesodesk.ui.gate.unlock import UnlockPage
from mesodesk.ui.jobs import Jobs


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


@pytest.mark.parametrize("dark", [False, True])
def test_asking_for_the_password_looks_the_same_before_the_style_sheet_is_laid(qtbot, qapp, dark):
    theme.force(dark)
    qapp.setStyleSheet("")
    try:
        page = UnlockPage((("1", "Olga Owner"),), _nobody, _nobody, Jobs())
        qtbot.addWidget(page)
        page.resize(900, 640)
        page.begin("Locked by hand.")
        with qtbot.waitExposed(page):
            page.show()
        page.password.input.clearFocus()  # a caret blinks
        without = page.grab().toImage()
        theme.lay_sheet()
        qapp.processEvents()
        assert page.grab().toImage() == without
    finally:
        theme.lay_sheet()
        theme.force(None)


def _nobody(*_typed):
    raise AssertionError("nothing is unlocked here")
