"""The rules of the architecture, held by tests."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def run_python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_imports_point_down():
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "heavy", ["sqlalchemy", "alembic", "qtawesome", "pyqtgraph", "argon2", "numpy"]
)
def test_the_unlock_window_needs_nothing_heavy(heavy):
    """The first paint must not wait for the database's or the chart's libraries."""
    code = "import sys, mesodesk.app; print([m for m in sys.modules if m.split('.')[0] == %r])"
    assert run_python(code % heavy).strip() == "[]"


def test_no_call_to_qt_loses_a_reference_to_none():
    """PySide6 6.12 on Python 3.11 loses one reference a call and aborts after some thousand calls.

    On Python 3.12 and later None is immortal and the count says nothing, but the calls still run.
    """
    code = """
import os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
app = QApplication([])
label, line = QLabel(), QLineEdit()
image = QImage(9, 9, QImage.Format.Format_ARGB32)
painter = QPainter(image)
calls = (lambda: label.setText("a"), lambda: line.setText("a"), label.update,
         lambda: painter.drawEllipse(QPointF(3, 3), 2, 2), lambda: label.setVisible(False))
for call in calls:
    call()
before = sys.getrefcount(None)
for call in calls:
    for _ in range(300):
        call()
painter.end()
print(before - sys.getrefcount(None))
"""
    assert int(run_python(code)) < 50


@pytest.mark.parametrize("call", [".addLayout(", ".insertLayout(", ".itemAt(", ".itemAtPosition("])
def test_layouts_are_asked_in_one_place(call):
    """`nest` and `entries` leave no stale Python side of an item behind; these calls would."""
    calling = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "mesodesk").rglob("*.py")
        if call in path.read_text(encoding="utf-8")
    ]
    assert [each for each in calling if not each.endswith("ui/widgets/layouts.py")] == []


def test_no_file_is_longer_than_the_house_allows():
    long_files = {
        str(path.relative_to(ROOT)): lines
        for path in (ROOT / "mesodesk").rglob("*.py")
        if "versions" not in path.parts
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert long_files == {}
