"""The system ends the session: the program writes what waits, closes the vault and is gone in time.

A log-out or a shutdown gives a program some five seconds after its signal. The real program is
worked in by a script as in the tests of kills, and judged like them; only that now everything that
was done before the signal must be there, receipt or not.
"""

import random
import signal
import time

import pytest
from figures import SYSTEM_ENDS
from harness import Driven
from kill_harness import TYPING_LOST_S, Lane
from vaults import clinic_at_work

pytestmark = pytest.mark.skipif(
    not hasattr(signal, "SIGHUP"), reason="this system ends programs in another way"
)

SEED = 20260406
PATIENCE_S = 60


class Asked(Lane):
    """Asks the program to end instead of killing it."""

    name = "SIGTERM"
    took_s = 0.0

    def one_round(self, turn: int) -> None:
        things = random.Random(f"{self.seed}/{turn}/things").randrange(6, 30)
        options = ("--password-file", str(self.secret), "--seed", str(self.seed))
        program = Driven(self.vault, "work", *options, "--round", str(turn), home=self.home)
        try:
            assert program.read("ready"), program.errors()
            for _ in range(things):
                assert program.read("do"), program.errors()
            moment = time.monotonic()
            self.end(program)
            self.took_s = max(self.took_s, time.monotonic() - moment)
            assert program.errors() == ""
        finally:
            program.close()
        # As if it had been killed so much later: all that was done before the signal counts, but
        # for the last thing, which is told just before it is done.
        last = min(moment, program.told.done[-1]["at"])
        self.judge(turn, program.told, last + TYPING_LOST_S)

    def end(self, program: Driven) -> None:
        program.process.send_signal(getattr(signal, self.name))
        program.read()
        assert program.process.wait(PATIENCE_S) == 0, program.errors()
        # Closed in good order: nothing is left to be folded in.
        log = self.vault / "clinic.db-wal"
        assert not log.exists() or log.stat().st_size == 0


class Killed(Asked):
    """The control: asks nothing."""

    def end(self, program: Driven) -> None:
        program.kill()


@pytest.mark.parametrize(
    "name",
    ["SIGTERM", *(pytest.param(one, marks=pytest.mark.long) for one in ("SIGHUP", "SIGINT"))],
)
def test_everything_done_before_the_signal_is_kept(tmp_path, figure, name):
    print(f"seed {SEED}")
    clinic_at_work(tmp_path / "vault")
    lane = Asked(tmp_path / "vault", SEED, "none")
    lane.name = name
    outcome = lane.run(2)
    figure(SYSTEM_ENDS, round(lane.took_s, 1))
    assert (outcome.kills, outcome.lost, outcome.findings) == (2, [], [])
    assert outcome.typed >= 10


def test_of_what_was_done_before_a_kill_the_last_is_missing(tmp_path):
    clinic_at_work(tmp_path / "vault")
    assert Killed(tmp_path / "vault", SEED, "none").run(2).lost
