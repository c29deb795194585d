"""Syncs of the disk: slowed by a library loaded first, counted by strace."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.errors import MeasureError, SkippedError

_SOURCE = Path(__file__).parent / "native" / "slow_sync.c"
# Names of files that do not exist: looking for them marks where the counting begins and ends.
BEGIN_MARK, END_MARK = "/mesodesk-count-begins", "/mesodesk-count-ends"
_SYNC = re.compile(r"\bf(data)?sync\(")


def slow_sync_library(folder: Path) -> Path:
    """Build the library that slows each sync by 30 ms.

    Raises:
        SkippedError: if this is not Linux, or there is no C compiler.
    """
    compiler = shutil.which("gcc") or shutil.which("cc")
    if not sys.platform.startswith("linux") or compiler is None:
        raise SkippedError("needs Linux and a C compiler (package gcc)")
    library = folder / "slow_sync.so"
    build = subprocess.run(
        [compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(_SOURCE), "-ldl"],
        capture_output=True,
        text=True,
        check=False,
    )
    if build.returncode != 0:
        raise SkippedError(f"the C compiler refused: {build.stderr.strip().splitlines()[-1]}")
    return library


def mark(name: str) -> None:
    """Leave a mark in the trace, from within the traced program."""
    os.access(name, os.F_OK)


def counted_syncs(
    command: Sequence[str], environment: Mapping[str, str], folder: Path
) -> tuple[int, str]:
    """Run a program that marks a stretch of its work; return the syncs in it and the output.

    Raises:
        SkippedError: if strace is missing or may not trace here.
        MeasureError: if the program fails or leaves no marks.
    """
    strace = shutil.which("strace")
    if strace is None:
        raise SkippedError("needs strace (package strace)")
    trace = folder / "syncs.trace"
    calls = "trace=fsync,fdatasync,access,faccessat,faccessat2"
    answer = subprocess.run(
        [strace, "-f", "-qq", "-e", calls, "-o", str(trace), *command],
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if "Operation not permitted" in answer.stderr:
        raise SkippedError("strace may not trace programs here")
    if answer.returncode != 0:
        raise MeasureError(f"the traced program ended with {answer.returncode}")
    return between_marks(trace.read_text().splitlines()), answer.stdout


def between_marks(lines: Sequence[str]) -> int:
    """Return the syncs that the marking thread made; those of other threads hold up nobody."""
    places = [
        next((at for at, line in enumerate(lines) if f'"{name}"' in line), None)
        for name in (BEGIN_MARK, END_MARK)
    ]
    if None in places:
        raise MeasureError("the traced program left no marks")
    begin, end = places
    thread = lines[begin or 0].split(maxsplit=1)[0]
    between = (line for line in lines[begin:end] if line.startswith(f"{thread} "))
    return sum(1 for line in between if _SYNC.search(line))
