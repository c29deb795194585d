"""Programs under test: their start, their CPU time, their memory, their end."""

import contextlib
import subprocess
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType

import psutil

from benchmarks.errors import SkippedError

_MIB = 2**20


class Program:
    """A program and its children. Leaving the block ends all of them."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            list(command),
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        # What children that have ended had used must not vanish from the sum.
        self._cpu: dict[tuple[int, float], float] = {}

    def __enter__(self) -> "Program":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def _tree(self) -> list[psutil.Process]:
        try:
            process = psutil.Process(self._process.pid)
            return [process, *process.children(recursive=True)]
        except psutil.Error:
            return []

    def cpu_s(self) -> float:
        """Return user and system time of the whole tree so far, in seconds."""
        for process in self._tree():
            try:
                times = process.cpu_times()
                self._cpu[process.pid, process.create_time()] = times.user + times.system
            except psutil.Error:
                continue
        return sum(self._cpu.values())

    def pss_mib(self) -> float:
        """Return the proportional set size of the whole tree, in MiB.

        Raises:
            SkippedError: if nobody but an administrator may look: the program keeps its memory
                to itself.
        """
        total = 0
        for process in self._tree():
            try:
                total += process.memory_full_info().pss
            except psutil.AccessDenied:
                raise SkippedError("only an administrator can measure its memory") from None
            except psutil.Error:
                continue
        return total / _MIB

    def end(self) -> None:
        """Ask all to end, then insist."""
        tree = self._tree()
        for process in reversed(tree):
            _quietly(process.terminate)
        _, alive = psutil.wait_procs(tree, timeout=6)
        for process in alive:
            _quietly(process.kill)
        self._process.wait(timeout=10)


def _quietly(action: Callable[[], None]) -> None:
    with contextlib.suppress(psutil.Error):
        action()
