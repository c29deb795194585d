"""Compiles the library that records calls, and runs the lab and the judges as processes."""

import json
import multiprocessing
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cut_lane import Recording, Share, judge_share

HERE = Path(__file__).resolve().parent
LANES = 2
SOURCE = HERE / "native" / "record_io.c"


def compile_shim(into: Path) -> Path | str:
    """Return the compiled library, or why there is none."""
    if not sys.platform.startswith("linux"):
        return "power cuts are simulated by a preloaded library, on Linux only"
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        return "power cuts need a C compiler for their preloaded library, and there is no gcc"
    library = into / "record_io.so"
    flags = ("-O2", "-Wall", "-Wextra", "-shared", "-fPIC")
    made = subprocess.run(
        [compiler, *flags, "-o", str(library), str(SOURCE), "-ldl", "-lpthread"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    assert made.stderr == "", made.stderr
    return library


def environment(**others: str) -> dict[str, str]:
    kept = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LD_LIBRARY_PATH")
    return {**{name: os.environ[name] for name in kept if name in os.environ}, **others}


@dataclass(frozen=True)
class Job:
    """What the lab is to do: which part of a day, from what on, with which promise broken."""

    what: str
    start: Path
    fault: str = "none"


def record(library: Path, place: Path, *jobs: Job) -> list[Recording]:
    """Let the lab do its work, each job on a copy of what it begins with, and note every call."""
    made, lanes = [], [[] for _ in range(LANES)]
    for number, job in enumerate(jobs):
        folder = place / f"{number}-{job.what}-{job.fault}"
        folder.mkdir(parents=True)
        recording = Recording(folder / "log", folder / "root", job.start)
        shutil.copytree(job.start, recording.root)
        said = [job.what, str(recording.root), str(recording.log), job.fault]
        lanes[number % LANES].append(",".join(said))
        made.append(recording)
    lab = [str(HERE / "cut_lab.py"), "record"]
    side_by_side([[*lab, *lane] for lane in lanes if lane], LD_PRELOAD=str(library))
    return made


@dataclass
class Cuts:
    """What came of a series of power cuts."""

    cuts: int = 0
    kept: int = 0
    salts: Counter[str] = field(default_factory=Counter)
    broken: list[dict[str, Any]] = field(default_factory=list)

    def promises(self) -> Counter[str]:
        """Count the cuts after which each promise was broken."""
        counted: Counter[str] = Counter()
        for one in self.broken:
            counted.update({how[1] for how in one["how"]})
        return counted

    def figures(self, what: str) -> str:
        broken = ", ".join(f"({name}) {n}" for name, n in sorted(self.promises().items()))
        return f"{what}: {self.cuts} cuts, {len(self.broken)} broken{broken and ': ' + broken}"


class Court:
    """Processes that judge cuts, side by side."""

    def __init__(self) -> None:
        self._pool = ProcessPoolExecutor(LANES, multiprocessing.get_context("spawn"))

    def close(self) -> None:
        self._pool.shutdown()

    def judge(
        self, recording: Recording, work: Path, *, seed: str, cuts: int, within: str = ""
    ) -> Cuts:
        """Cut the power that many times, `within` something if it is named; judge what is left."""
        waiting = []
        for lane in range(LANES):
            folder = work / f"lane-{lane}"
            folder.mkdir(parents=True)
            share = Share(seed, cuts, lane, LANES, within)
            waiting.append(self._pool.submit(judge_share, recording, share, folder))
        whole = Cuts()
        for told in (one.result() for one in waiting):
            whole.cuts += told["cuts"]
            whole.kept += told["kept"]
            whole.broken += told["broken"]
            whole.salts.update(told["salts"])
        shutil.rmtree(work)
        return whole


def let_calls_fail(
    library: Path,
    template: Path,
    work: Path,
    *,
    what: str = "hour",
    seed: str,
    tries: int,
    fault: str = "none",
) -> list[dict[str, Any]]:
    """Let calls to the disk fail, one in each run of `what`; `tries` 0 is all of them."""
    commands = []
    for lane in range(LANES):
        folder = work / f"lane-{lane}"
        folder.mkdir(parents=True)
        shared = [what, seed, str(tries), fault, str(lane), str(LANES)]
        commands.append([str(HERE / "cut_lab.py"), "errors", str(template), str(folder), *shared])
    lanes = side_by_side(commands, LD_PRELOAD=str(library))
    shutil.rmtree(work)
    return [told for lane in lanes for told in lane]


def side_by_side(commands: Sequence[Sequence[str]], **env: str) -> list[list[dict[str, Any]]]:
    """Run Python scripts at once, and return what each of them printed."""
    running = [
        subprocess.Popen(
            [sys.executable, *command],
            env=environment(**env),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for command in commands
    ]
    heard = [process.communicate() for process in running]
    told = []
    for process, (said, complaints) in zip(running, heard, strict=True):
        assert (process.returncode, complaints) == (0, ""), complaints
        told.append([json.loads(line) for line in said.splitlines()])
    return told
