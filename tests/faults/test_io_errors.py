"""Any call to the disk fails: nothing acknowledged is lost, nothing is there by half.

Each try is an hour at the real desk, with a change of the password, in a process of its own; its
n-th call that changes a file fails, once or from then on, as a broken disk or a full one does. Half
of what a failing call was to write is written all the same.
"""

import pytest
from cut_runs import let_calls_fail

SEED = "20260402"


def sweep(library, start, place, tries, fault="none"):
    where = (library, start / "vault", place / "errors")
    told = let_calls_fail(*where, seed=SEED, tries=tries, fault=fault)
    broken = [one for one in told if one["broken"]]
    print(f"seed {SEED}: {len(told)} failing calls, {len(broken)} broken promises")
    return told, broken


def test_failing_calls_lose_nothing_and_are_told_in_plain_words(library, start, place):
    told, broken = sweep(library, start, place, 24)
    assert broken == []
    assert len(told) == 24
    # Without the errors nothing would have been refused: some saves must have been.
    assert min(one["kept"] for one in told) < max(one["kept"] for one in told)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_every_call_may_fail(library, start, place):
    told, broken = sweep(library, start, place, 0)
    assert broken == []
    assert len(told) >= 4 * 200


def test_a_save_that_is_told_too_early_is_found(library, start, place):
    told, broken = sweep(library, start, place, 6, "too-early")
    assert len(told) == 6
    assert any("was acknowledged" in how for one in broken for how in one["broken"])
