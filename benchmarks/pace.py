"""How slow this machine is beside the one that the goals in ms come from."""

from typing import Final

from benchmarks.bench import Bench
from benchmarks.figures import Samples
from benchmarks.starts import BARE, one_start

#: the median start of the bare window where the goals in ms were set.
BARE_WINDOW_MS: Final = 124.0
_ROUNDS: Final = 5


def pace(bench: Bench) -> float:
    """Return how many times as long a bare window takes to start here, measured once in a run.

    Never below 1: on a faster machine the goals stay as they are.
    """
    return bench.once("pace", lambda: _measured(bench))


def _measured(bench: Bench) -> float:
    readings = [one_start(bench, BARE)[0] for _ in range(_ROUNDS + 1)]
    here = Samples.of(readings[1:])
    slowed = max(1.0, here.median / BARE_WINDOW_MS)
    print(
        f"   pace {slowed:.2f}: a bare window takes {here} ms here, {BARE_WINDOW_MS:.0f} ms where"
        " the goals in ms come from",
        flush=True,
    )
    return slowed
