"""What tests measure is printed at the end of a run, added up by name."""

import subprocess
import sys
from pathlib import Path

import figures

SAMPLE = """
import pytest
from figures import BACKUPS_LISTED, CUTS_LOST

@pytest.mark.parametrize("turn", range(3))
def test_cuts(figure, turn):
    figure(CUTS_LOST, turn, of=1000)

def test_that_fails(figure):
    figure(BACKUPS_LISTED, 4, of=40)
    assert False

def test_that_measures_nothing():
    pass
"""


def test_figures_of_one_name_are_added_up_and_others_are_listed():
    told = [["lost", "0 of 20", 0, 10], ["read", "99", 99.5, None], ["lost", "0 of 20", 2, 1000]]
    assert figures.lines(told) == ["lost | 0 of 20 | 2 of 1,010", "read | 99 | 99.5"]


def test_a_run_ends_with_its_figures_whatever_came_of_the_tests(tmp_path):
    (tmp_path / "conftest.py").write_text("from figures import figure, pytest_terminal_summary")
    (tmp_path / "test_sample.py").write_text(SAMPLE)
    (tmp_path / "pytest.ini").write_text(f"[pytest]\npythonpath={Path(figures.__file__).parent}")
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "2"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    assert "4 passed" in told
    assert f" {figures.TITLE} " in told
    assert f"\n{figures.CUTS_LOST.name} | {figures.CUTS_LOST.aim} | 3 of 3,000\n" in told
    assert f"\n{figures.BACKUPS_LISTED.name} | 0 of 40 | 4 of 40\n" in told
