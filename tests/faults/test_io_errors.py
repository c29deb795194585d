"""Any call to the disk fails: nothing acknowledged is lost, nothing is there by half.

Each try is an hour at the real desk, with a change of the password, in a process of its own; its
n-th call that changes a file fails, once or from then on, as a broken disk or a full one does. Half
of what a failing call was to write is written all the same. Or it is an evening: a session is
signed, a backup made, somebody let in, the vault's key changed, and the vault opened again. Or a
visit: photographs are brought, kept, put right and marked as an error.
"""

from statistics import median

import pytest
from cut_runs import let_calls_fail
from figures import CALLS_BROKEN

SEED = "20260402"


def sweep(library, start, place, tries, fault="none", what="hour"):
    where = (library, start / "vault", place / "errors")
    told = let_calls_fail(*where, what=what, seed=SEED, tries=tries, fault=fault)
    broken = [one for one in told if one["broken"]]
    print(f"seed {SEED}, {what}: {len(told)} failing calls, {len(broken)} broken promises")
    for one in broken:
        print(one["how"], *one["broken"], sep="\n  ")
    return told, broken


@pytest.mark.parametrize(("what", "tries"), [("hour", 24), ("evening", 8), ("visit", 8)])
def test_failing_calls_lose_nothing_and_are_told_in_plain_words(
    library, start, place, figure, what, tries
):
    told, broken = sweep(library, start, place, tries, what=what)
    figure(CALLS_BROKEN, len(broken), of=len(told))
    assert broken == []
    assert len(told) == tries
    # Without the errors nothing would have been refused: some saves must have been.
    assert min(one["kept"] for one in told) < max(one["kept"] for one in told)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_every_call_may_fail(library, start, place, figure):
    told, broken = sweep(library, start, place, 0)
    figure(CALLS_BROKEN, len(broken), of=len(told))
    assert broken == []
    assert len(told) >= 4 * 200


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_every_call_of_a_visit_may_fail(library, start, place, figure):
    told, broken = sweep(library, start, place, 0, what="visit")
    figure(CALLS_BROKEN, len(broken), of=len(told))
    assert broken == []
    assert len(told) >= 60


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_one_call_in_four_of_an_evening_may_fail(library, start, place, figure):
    """Most of its calls write one page of a copy, like the one before."""
    told, broken = sweep(library, start, place, 800, what="evening")
    figure(CALLS_BROKEN, len(broken), of=len(told))
    assert broken == []
    assert median(one["calls"] for one in told) < 4 * len(told)


def test_a_save_that_is_told_too_early_is_found(library, start, place):
    told, broken = sweep(library, start, place, 6, "too-early")
    assert len(told) == 6
    assert any("was acknowledged" in how for one in broken for how in one["broken"])
