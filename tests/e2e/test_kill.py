"""Nothing that the status strip called kept is lost by a kill -9 at any moment."""

import pytest
from kill_harness import kill_series

SEED = 20260301


@pytest.mark.timeout(300)
def test_thirty_kills_lose_nothing_that_was_called_kept(tmp_path):
    print(f"seed {SEED}")
    outcome = kill_series(tmp_path, kills=30, seed=SEED)
    assert outcome.lost == []
    assert outcome.findings == []
    assert outcome.kills == 30
    # A script that does nothing, or a strip that says nothing, would lose nothing either.
    assert outcome.receipts >= 30
    assert outcome.typed >= 300
    assert outcome.undo >= 3


@pytest.mark.parametrize("fault", ["rolled-back", "too-early"])
def test_a_receipt_that_is_not_durable_is_found(tmp_path, fault):
    print(f"seed {SEED}")
    outcome = kill_series(tmp_path, kills=6, seed=SEED, fault=fault)
    assert any("the strip had called kept" in one for one in outcome.lost)
    # The vault itself is sound all the same: only the comparison with the claims finds it.
    assert outcome.findings == []


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_two_hundred_kills_lose_nothing_that_was_called_kept(tmp_path):
    print(f"seed {SEED + 1}")
    outcome = kill_series(tmp_path, kills=200, seed=SEED + 1)
    assert outcome.lost == []
    assert outcome.findings == []
    assert outcome.kills == 200
