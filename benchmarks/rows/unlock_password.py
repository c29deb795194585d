"""Row 32: opening a vault by its password, all of it, as a person waits for it.

The password is as dear as it is made on this machine. Anchor, in turn: one derivation (Argon2id),
which is meant to be most of it: half a second at least is what a thief pays for a guess.
"""

from benchmarks.bench import Bench
from benchmarks.figures import Limit, Row, Samples
from benchmarks.probes.unlocking import DERIVED, OPENED
from benchmarks.program import only_answer

NUMBER = 32
NAME = "unlock_password"
ROUNDS_SMALL = 5


def measure(bench: Bench) -> list[Row]:
    """Return the row: at most a second for 95 of 100."""
    rounds = (str(ROUNDS_SMALL),) if bench.small else ()
    folder = str(bench.folder / "vault-unlocking")
    answer = only_answer(bench.ask("benchmarks.probes.unlocking", folder, *rounds))
    opened, derived = Samples.of(answer[OPENED]), Samples.of(answer[DERIVED])
    p95 = opened.percentile(0.95)
    share = 100 * derived.median / opened.median
    note = (
        f"Argon2id with {answer['mib'][0]:.0f} MiB is {share:.0f} % of it; aim 0.5 to 1.0 s of it"
    )
    limits = (Limit("s, p95", p95, 1.0, 2.0),)
    anchor = f"one derivation {derived} s"
    return [Row(NAME, str(opened), "s", anchor, opened.median / derived.median, limits, note)]
