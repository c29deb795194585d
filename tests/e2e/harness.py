"""Runs the driver as a process of its own, and reads what it prints."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PASSWORD = "seven lamps over the sink"


def environment(home: Path, **others: str) -> dict[str, str]:
    """Return the environment of a program under test, away from the user's own settings."""
    places = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")
    own = {name: str(home / name.lower()) for name in places}
    kept = {
        name: os.environ[name]
        for name in ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH")
        if name in os.environ
    }
    basic = {"QT_QPA_PLATFORM": "offscreen", "LC_ALL": "C.UTF-8", "LANGUAGE": "en"}
    return {**kept, **basic, **own, "PYTHONPATH": str(ROOT), **others}


@dataclass
class Told:
    """What a driver printed, in order, as far as it came."""

    lines: list[dict[str, Any]] = field(default_factory=list)

    @property
    def kept(self) -> int:
        """The number of the last thing that the strip called kept; -1 if it never did."""
        return max((line["kept"] for line in self.lines if "kept" in line), default=-1)

    @property
    def done(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if "do" in line]

    @property
    def end(self) -> dict[str, Any]:
        return next((line for line in self.lines if "end" in line), {"end": "none"})

    def notes(self, name: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line.get("note") == name]


class Driven:
    """A program that a script is working in."""

    def __init__(self, folder: Path, script: str, *options: str, home: Path, **env: str) -> None:
        self.told = Told()
        self._errors = (home / f"{folder.name}-errors.txt").open("w+b")
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "driver.py"), str(folder), script, *options],
            env=environment(home, **env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )

    def read(self, until: str | None = None) -> bool:
        """Read lines until one has that key, or to the end; tell whether it came."""
        assert self.process.stdout is not None
        for raw in self.process.stdout:
            # A line that was cut by a kill says nothing; its receipt was not given.
            if raw.endswith(b"\n"):
                line = json.loads(raw)
                self.told.lines.append(line)
                if until is not None and until in line:
                    return True
        return False

    def kill(self) -> float:
        """End the program as a pulled cable would, and return when."""
        moment = time.monotonic()
        self.process.kill()
        self.process.wait()
        self.read()
        return moment

    def finish(self) -> Told:
        """Let the program come to its end, and return what it told."""
        self.read()
        self.process.wait()
        return self.told

    def errors(self) -> str:
        """Return what the program complained of."""
        self._errors.flush()
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace")

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
        self._errors.close()


@contextlib.contextmanager
def driven(
    folder: Path, script: str, *options: str, home: Path, env: Mapping[str, str] | None = None
) -> Iterator[Driven]:
    """Start the program with a script in it; it is ended at the end of the block."""
    home.mkdir(parents=True, exist_ok=True)
    program = Driven(folder, script, *options, home=home, **(env or {}))
    try:
        yield program
    finally:
        program.close()


def command(*arguments: str, home: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the `mesodesk` command to its end."""
    variables = environment(home, **env)
    return subprocess.run(
        [sys.executable, "-m", "mesodesk", *arguments],
        env={name: value for name, value in variables.items() if value},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
