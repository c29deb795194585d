"""`python -m benchmarks.probes.stall FOLDER`: the longest stall of the event loop in a visit.

The visit is made twice: in the first one each page is imported and built, in the second it stands.
"""

import sys
from pathlib import Path

from benchmarks.probes.player import Player, Steps, play, unlock
from benchmarks.probes.reporting import report
from benchmarks.probes.scenes import visit

_first: dict[str, float] = {}


def script(player: Player) -> Steps:
    """Unlock, then make the visit twice."""
    yield from unlock(player.hand)
    player.take_gaps()
    yield from visit(player.hand)
    _first.update(player.take_gaps())
    yield from visit(player.hand)


def ended(player: Player) -> None:
    """Report the longest stall of each thing done, in ms."""
    report({"first": _first, "second": player.take_gaps()})


if __name__ == "__main__":
    sys.exit(play(Path(sys.argv[1]), script, ended))
