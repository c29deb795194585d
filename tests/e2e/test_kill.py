"""Nothing that the status strip called kept is lost by a kill -9 at any moment."""

import pytest
from figures import KILLS_LOST, TYPING_LOST
from kill_harness import kill_series

SEED = 20260301

# A kill finds the fault only while something waits to be written: now and then six of them miss it.
MOST_TURNS = 4


def tell(figure, outcome):
    figure(KILLS_LOST, outcome.lives_lost(), of=outcome.kills)
    figure(TYPING_LOST, outcome.lives_lost("was typed more than 2 s"), of=outcome.kills)


@pytest.mark.timeout(900)
def test_thirty_kills_lose_nothing_that_was_called_kept(tmp_path, figure):
    print(f"seed {SEED}")
    outcome = kill_series(tmp_path, kills=30, seed=SEED)
    tell(figure, outcome)
    assert outcome.lost == []
    assert outcome.findings == []
    assert outcome.kills == 30
    # A script that does nothing, or a strip that says nothing, would lose nothing either.
    assert outcome.receipts >= 30
    assert outcome.typed >= 300
    assert outcome.undo >= 3


@pytest.mark.timeout(900)
@pytest.mark.parametrize("fault", ["rolled-back", "too-early"])
def test_a_receipt_that_is_not_durable_is_found(tmp_path, fault):
    print(f"seed {SEED}")
    for turn in range(MOST_TURNS):
        outcome = kill_series(tmp_path / str(turn), kills=6, seed=SEED + turn, fault=fault)
        # The vault itself is sound all the same: only the comparison with the claims finds it.
        assert outcome.findings == []
        if any("the strip had called kept" in one for one in outcome.lost):
            return
    pytest.fail("a receipt that was not durable was never found")


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_two_hundred_kills_lose_nothing_that_was_called_kept(tmp_path, figure):
    print(f"seed {SEED + 1}")
    outcome = kill_series(tmp_path, kills=200, seed=SEED + 1)
    tell(figure, outcome)
    assert outcome.lost == []
    assert outcome.findings == []
    assert outcome.kills == 200
