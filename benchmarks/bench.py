"""What the rows share: the screen, the folder, the vaults, readings that several rows judge."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TypeVar, cast

from benchmarks.errors import MeasureError, SkippedError
from benchmarks.processes import Program
from benchmarks.screen import Screen, missing_programs
from benchmarks.watch import settle

# No sign that needs Shift, so that it can be typed by plain keys on any layout.
PASSWORD = "quiet river seven lamps"  # noqa: S105 (opens nothing but the vaults of the benchmarks)

_Kept = TypeVar("_Kept")


# Lies in a vault that was made to its end; without it the vault is made anew.
_COMPLETE = "benchmark-vault-complete"


class Size(StrEnum):
    """How large a clinic a row needs. All but the largest have one patient with 200 sessions."""

    ALONE = "alone"
    CLINIC = "clinic"
    SMALL = "10k"
    MIDDLE = "100k"
    LARGE = "1M"

    def counts(self, *, small: bool) -> tuple[int, int]:
        """Return how many patients and sessions; of the large ones a tenth for a small run."""
        patients, sessions = {
            Size.ALONE: (1, 200),
            Size.CLINIC: (3_000, 20_000),
            Size.SMALL: (10_000, 300),
            Size.MIDDLE: (100_000, 300),
            Size.LARGE: (1_000_000, 0),
        }[self]
        fewer = min(patients, max(patients // 10, 10_000))
        return (fewer if small else patients), sessions


class Bench:
    """One run of the benchmarks.

    Args:
        folder: holds everything the run makes.
        small: 10,000 patients in place of 100,000 and 100,000 in place of 1,000,000.
        display: number of the X display to use; a free one if None.
    """

    def __init__(self, folder: Path, *, small: bool, display: int | None = None) -> None:
        self.folder = folder
        self.small = small
        self._display = display
        self._screen: Screen | None = None
        self._kept: dict[str, object] = {}

    @property
    def screen(self) -> Screen:
        """Return the private screen.

        Raises:
            SkippedError: if this machine cannot have one.
        """
        if self._screen is None:
            if reason := missing_programs():
                raise SkippedError(reason)
            self._screen = Screen(self._display)
        return self._screen

    def once(self, name: str, make: Callable[[], _Kept]) -> _Kept:
        """Return what `make` returned the first time in this run."""
        if name not in self._kept:
            self._kept[name] = make()
        return cast("_Kept", self._kept[name])

    def vault(self, size: "Size") -> Path:
        """Return a seeded vault of that size, made when first asked for."""
        return self.once(f"vault {size}", lambda: self._make_vault(size))

    def _make_vault(self, size: "Size") -> Path:
        patients, sessions = size.counts(small=self.small)
        folder = self.folder / f"vault-{patients}-{sessions}"
        if (folder / _COMPLETE).exists():
            return folder
        shutil.rmtree(folder, ignore_errors=True)
        print(f"   (making a vault of {patients:,} patients)", file=sys.stderr, flush=True)
        self.ask("benchmarks.probes.seed", str(folder), str(patients), str(sessions))
        (folder / _COMPLETE).touch()
        return folder

    def chart_vault(self) -> Path:
        """Return a small vault with charts of known sizes, made anew in each run."""
        return self.once("chart vault", self._make_chart_vault)

    def _make_chart_vault(self) -> Path:
        folder = self.folder / "vault-charts"
        shutil.rmtree(folder, ignore_errors=True)
        print("   (making a vault of charts)", file=sys.stderr, flush=True)
        self.ask("benchmarks.probes.chart_vault", str(folder))
        return folder

    def environment(self) -> dict[str, str]:
        """Return the environment for a program under test, away from the user's own settings."""
        home = self.folder / "home"
        home.mkdir(parents=True, exist_ok=True)
        places = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")
        own = {name: str(home / name.lower()) for name in places}
        base = dict(self._screen.environment if self._screen is not None else os.environ)
        # Compiled modules are kept, as they are wherever the program is installed: a program that
        # compiles itself at each start is not what anybody uses.
        base.pop("PYTHONDONTWRITEBYTECODE", None)
        return {**base, **own, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}

    def start(self, *arguments: str) -> Program:
        """Start `python` with the arguments on the private screen, once the screen is still."""
        environment = self.environment()
        return Program((sys.executable, *arguments), environment)

    def ask(self, module: str, *arguments: str, patience_s: float = 1800) -> list[str]:
        """Run a module as a program of its own, without a screen, and return the lines it prints.

        Raises:
            MeasureError: if it fails; the message ends with the last line of its complaint.
        """
        environment = {**self.environment(), "QT_QPA_PLATFORM": "offscreen"}
        return _asked((module, *arguments), environment, patience_s)

    def ask_on_screen(
        self, module: str, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> list[str]:
        """As `ask`, for a program that shows its window on the private screen."""
        self.rest()
        return _asked((module, *arguments), {**self.environment(), **(environment or {})}, 1800)

    def rest(self) -> None:
        """Wait until nothing moves on the screen."""
        settle(self.screen)

    def close(self) -> None:
        """End the screen."""
        if self._screen is not None:
            self._screen.close()
            self._screen = None


def _asked(command: tuple[str, ...], environment: dict[str, str], patience_s: float) -> list[str]:
    try:
        answer = subprocess.run(
            [sys.executable, "-m", *command],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=patience_s,
        )
    except subprocess.TimeoutExpired:
        raise MeasureError(f"{command[0]} did not end within {patience_s:.0f} s") from None
    if answer.returncode != 0:
        last = (answer.stderr.strip().splitlines() or ["no complaint"])[-1]
        raise MeasureError(f"{command[0]} ended with {answer.returncode}: {last}")
    return answer.stdout.splitlines()
