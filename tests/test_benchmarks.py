"""The harness judges rightly: verdicts, medians, round robin, and what it sees of a screen."""

import shutil
import subprocess
import sys

import pytest

from benchmarks import __main__ as runner
from benchmarks import klm, syncs
from benchmarks.errors import MeasureError, NothingPaintedError, SkippedError
from benchmarks.figures import Limit, Row, Samples, Verdict, round_robin, skipped
from benchmarks.rows import ROWS, Benchmark
from benchmarks.screen import Screen, missing_programs
from benchmarks.watch import painted_after, settle

ROWS_OF_THE_GOALS = [*range(1, 25), *range(26, 41)]

PAINTER = """
import sys
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget

class Window(QWidget):
    def keyPressEvent(self, event):
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, QColor("red"))
        self.setPalette(palette)

app = QApplication([])
window = Window()
window.resize(300, 200)
window.show()
sys.exit(app.exec())
"""


@pytest.mark.parametrize(
    ("measured", "verdict"),
    [(1.0, Verdict.GOAL), (1.3, Verdict.GOAL), (1.31, Verdict.FLOOR), (1.81, Verdict.FAIL)],
)
def test_a_figure_meets_its_goal_misses_it_or_fails(measured, verdict):
    assert Row("x", limits=(Limit("ratio", measured, 1.3, 1.8),)).verdict is verdict


def test_a_row_is_as_good_as_its_worst_figure():
    good, bad = Limit("a", 1, 2, 3), Limit("b", 9, 2, 3)
    assert Row("x", limits=(good, bad)).verdict is Verdict.FAIL
    assert skipped("x", "no gcc").verdict is Verdict.SKIPPED


@pytest.mark.parametrize(
    ("limits", "pace", "verdict"),
    [
        ((Limit("ms", 90, 50, 100),), 2.0, Verdict.AT_PACE),
        ((Limit("ms", 90, 50, 100),), 1.5, Verdict.FLOOR),
        ((Limit("ms", 40, 50, 100),), 2.0, Verdict.GOAL),
        ((Limit("ms", 110, 50, 100),), 4.0, Verdict.FAIL),
        ((Limit("ms", 90, 50, 100), Limit("ratio", 1.4, 1.2, 2)), 2.0, Verdict.FLOOR),
        ((Limit("ratio", 1.4, 1.2, 2),), 2.0, Verdict.FLOOR),
    ],
    ids=["slow", "not so slow", "met", "floor", "its ratio too", "a ratio"],
)
def test_only_goals_in_ms_are_judged_at_the_pace_of_the_machine(limits, pace, verdict):
    assert Row("x", limits=limits).judged(lambda: pace) is verdict


def test_samples_show_the_median_with_its_range():
    samples = Samples.of([3.0, 1.0, 200.4])
    assert str(samples) == "3.00 (1.00-200)"
    assert samples.percentile(0.95) == 200.4
    assert str(samples.scaled(10)) == "30.0 (10.0-2004)"


def test_cases_are_run_in_turn_and_the_first_round_does_not_count():
    calls = []

    def case(name):
        calls.append(name)
        return float(len(calls))

    readings = round_robin({"a": lambda: case("a"), "b": lambda: case("b")}, rounds=2)
    assert calls == ["a", "b"] * 3
    assert readings["a"].readings == (3.0, 5.0)


def _benchmark(outcome):
    def measure(_bench):
        if isinstance(outcome, Exception):
            raise outcome
        return [outcome]

    return Benchmark(99, "made_up", measure)


@pytest.mark.parametrize(
    ("outcome", "verdict", "code"),
    [
        (Row("made_up", limits=(Limit("ratio", 1, 2, 3),)), "goal met", 0),
        (Row("made_up", limits=(Limit("ratio", 2.5, 2, 3),)), "above the goal", 0),
        (Row("made_up", limits=(Limit("ratio", 4, 2, 3),)), "FAIL", 1),
        (SkippedError("needs gcc"), "skipped", 0),
        (MeasureError("the list stayed empty"), "FAIL", 1),
    ],
)
def test_the_run_fails_only_on_a_row_under_its_floor(monkeypatch, capsys, outcome, verdict, code):
    monkeypatch.setattr(runner, "ROWS", (_benchmark(outcome),))
    assert runner.main(["made_up"]) == code
    printed = capsys.readouterr().out
    assert printed.splitlines()[1].endswith(verdict)
    if isinstance(outcome, Exception):
        assert str(outcome) in printed


def test_a_name_that_is_none_is_refused_with_the_list(capsys):
    assert runner.main(["nonsense"]) == 2
    assert "none_lost" in capsys.readouterr().err


def test_every_row_of_the_goals_has_its_benchmark():
    assert [row.number for row in ROWS] == ROWS_OF_THE_GOALS


def test_a_gesture_takes_the_sum_of_its_operators():
    assert klm.seconds("M 4K R0.05 M K R0.05") == pytest.approx(2 * 1.35 + 5 * 0.28 + 0.1)
    assert klm.seconds("P 2B H") == pytest.approx(1.1 + 0.2 + 0.4)
    assert klm.seconds("M (P 2B H)*3 K") == pytest.approx(1.35 + 3 * 1.7 + 0.28)
    with pytest.raises(ValueError, match="Q"):
        klm.seconds("K Q")


@pytest.mark.parametrize(
    ("gesture", "seconds"),
    [(klm.TABLE, 547), (klm.TEXT, 393), (klm.DIALOGS, 483), (klm.FIND, 9.0), (klm.VISIT, 511)],
)
def test_the_ways_of_the_peers_take_what_was_published_of_them(gesture, seconds):
    assert klm.seconds(gesture) == pytest.approx(seconds, abs=0.5)


def test_only_the_syncs_of_the_marking_thread_between_the_marks_count():
    trace = [
        "7 fsync(3) = 0",
        f'7 access("{syncs.BEGIN_MARK}", F_OK) = -1 ENOENT',
        "7 fdatasync(3) = 0",
        "8 fsync(9) = 0",
        "7 fdatasync(3 <unfinished ...>",
        "8 fsync(9) = 0",
        "7 <... fdatasync resumed>) = 0",
        f'7 access("{syncs.END_MARK}", F_OK) = -1 ENOENT',
        "7 fsync(3) = 0",
    ]
    assert syncs.between_marks(trace) == 2
    with pytest.raises(MeasureError):
        syncs.between_marks(trace[:4])


@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs gcc")
def test_the_library_loaded_first_slows_each_sync(tmp_path):
    library = syncs.slow_sync_library(tmp_path)
    script = (
        "import os, sys, time\n"
        "file = os.open(sys.argv[1], os.O_CREAT | os.O_WRONLY)\n"
        "start = time.perf_counter()\n"
        "os.write(file, b'x'); os.fdatasync(file); os.fsync(file)\n"
        "print(time.perf_counter() - start)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "file")]
    slow = subprocess.run(
        command, env={"LD_PRELOAD": str(library)}, capture_output=True, text=True, check=True
    )
    assert float(slow.stdout) >= 0.06


@pytest.mark.skipif(bool(missing_programs()), reason=missing_programs() or "nothing is missing")
def test_the_screen_sees_what_a_program_paints_after_a_key(tmp_path):
    script = tmp_path / "painter.py"
    script.write_text(PAINTER)
    with Screen() as screen:
        program = subprocess.Popen([sys.executable, str(script)], env=screen.environment)
        try:
            painted_after(screen, lambda: None, what="the window")
            settle(screen)
            reaction = painted_after(screen, lambda: screen.key("a"), what="the red ground")
            assert 0 < reaction.first_s <= reaction.last_s
            assert ((screen.pixels & 0xFFFFFF) == 0xFF0000).sum() > 300 * 200 * 0.9
            with pytest.raises(NothingPaintedError, match="nothing at all"):
                painted_after(screen, lambda: None, what="nothing at all", patience_s=0.3)
        finally:
            program.terminate()
            program.wait()
