"""Counts wrong passwords on disk; the next try has to wait, and never for ever.

1, 2, 4 ... 60 seconds for one wrong password after the other; and once somebody's password was
typed wrongly twenty times within a day, an hour for each further one, whatever was typed rightly in
between: so fewer than fifty a day can be tried. Each person has an own count, so that whoever
guesses at one keeps nobody else out; the recovery key and codes have one together, and never wait
longer than a minute: they are too long to be guessed.

All of it is measured with the clock that runs since the computer was started, which nobody can
set; a wall clock moved forward shortens nothing. After a restart of the computer the time since
then counts, which is never more than what has truly passed.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from mesodesk.domain.canonical import canonical_json
from mesodesk.vault.atomic import replace_file
from mesodesk.vault.paths import VaultPaths

NAME = "mesodesk-attempts"
LONGEST_WAIT_S = 60.0
A_DAY_S: Final = 24 * 3600.0
MANY: Final = 20
"""So many wrong ones at one password within a day, and each further one costs an hour."""
LONG_WAIT_S: Final = 3600.0

ANYBODY: Final = ""
"""In place of a person: a password that was typed without saying whose it is."""
BY_KEY: Final = "key"
"""In place of a person: a code or the recovery key."""

_ENOUGH_FOR_LONGEST = 7
_EVERYBODY: Final = "*"

# What this process has seen, in case the file cannot be written or is taken away meanwhile.
_SEEN: dict[Path, "_Counts"] = {}


@dataclass(slots=True)
class _Counts:
    """Failures by whose password was tried, and since ever.

    `by` are those in a row; `tries` the moments of those of the last day, in seconds of a clock
    that began with the file. `ran` is where that clock stood at `at` of the computer's own.
    """

    by: dict[str, int] = field(default_factory=dict)
    tries: dict[str, list[float]] = field(default_factory=dict)
    total: int = 0
    ran: float = 0.0
    at: float = 0.0


def _since_start() -> float:
    return time.monotonic()


def pause_after(failures_in_a_row: int) -> float:
    """Return the seconds to wait after so many failures in a row, if they are not too many."""
    if failures_in_a_row <= 0:
        return 0.0
    return min(LONGEST_WAIT_S, 2.0 ** min(failures_in_a_row - 1, _ENOUGH_FOR_LONGEST))


class AttemptCounter:
    """The counter of one vault folder.

    The file carries a check keyed with the vault's id: it finds damage and careless edits. Putting
    an older file back is found by the anchor, which remembers the total under the vault's key.
    """

    def __init__(
        self, folder: Path, vault_id: UUID, monotonic: Callable[[], float] | None = None
    ) -> None:
        """Read the counter.

        Args:
            folder: of the vault.
            vault_id: of the vault.
            monotonic: seconds of a clock that cannot be set; the computer's by default.
        """
        self._path = VaultPaths(folder).attempts
        self._check_key = hashlib.sha256(NAME.encode() + vault_id.bytes).digest()
        self._monotonic = monotonic or _since_start
        self._counts = self._load()

    @property
    def total(self) -> int:
        """Failures since the vault was made; it never falls."""
        return self._counts.total

    @property
    def in_a_row(self) -> int:
        """Failures that nobody's right password has followed, of everybody together."""
        return sum(self._counts.by.values())

    def wait_s(self, whose: UUID | str = ANYBODY) -> float:
        """Return the seconds until the next try; 0 if it may be made now.

        Args:
            whose: the id of who is named, `ANYBODY`, or `BY_KEY`.
        """
        now = self._ran()
        # A file that could not be believed is as bad as some failures of each password.
        names = (str(whose),) if whose == BY_KEY else (str(whose), _EVERYBODY)
        return max(self._left(name, now) for name in names)

    def _left(self, name: str, now: float) -> float:
        tries = self._counts.tries.get(name)
        if not tries:
            return 0.0
        lately = 0 if name in {BY_KEY, _EVERYBODY} else sum(now - at < A_DAY_S for at in tries)
        in_a_row = self._counts.by.get(name, 0)
        pause = LONG_WAIT_S if lately >= MANY else pause_after(in_a_row)
        return max(0.0, pause - (now - tries[-1]))

    def failed(self, whose: UUID | str = ANYBODY) -> float:
        """Count one that was wrong; return the seconds until the next try.

        Args:
            whose: as in `wait_s`.
        """
        self._note(str(whose))
        self._counts.total += 1
        self._store()
        return self.wait_s(whose)

    def _note(self, name: str) -> None:
        counts = self._counts
        counts.by[name] = counts.by.get(name, 0) + 1
        counts.tries.setdefault(name, []).append(self._ran())

    def succeeded(self, user_id: UUID | None = None) -> None:
        """Forget the row of who was proved by a password, but not those at somebody else's.

        Else one's own password would end the pause after every guess at another's. How many there
        were within the day stays: else somebody could go on guessing after each right one.

        Args:
            user_id: who was proved; None by the recovery key, which proves whoever it is for, and
                ends every pause.
        """
        before = self.in_a_row
        if user_id is None:
            self._counts.tries.clear()
            self._counts.by.clear()
        for name in (str(user_id), ANYBODY, _EVERYBODY):
            self._counts.by.pop(name, None)
        if before != self.in_a_row:
            self._store()

    def begin_anew(self, user_id: UUID) -> None:
        """Forget all failures at a password that opens nothing any more."""
        for name in (str(user_id), BY_KEY):
            self._counts.by.pop(name, None)
            self._counts.tries.pop(name, None)
        self._store()

    def keep_time(self) -> None:
        """Write down how long the computer has run by now: what is not, counts for nothing."""
        if self._counts.tries:
            self._store()

    def _ran(self) -> float:
        """Return the seconds that have certainly passed since the file was made."""
        now, counts = self._monotonic(), self._counts
        # A clock that stands lower than then was started anew since.
        return counts.ran + (now - counts.at if now >= counts.at else now)

    def _load(self) -> _Counts:
        self._counts = seen = _SEEN.setdefault(self._path.absolute(), _Counts())
        stored = self._read()
        if stored is not None and stored.total >= seen.total:
            seen.by, seen.tries, seen.total = stored.by, stored.tries, stored.total
            seen.ran, seen.at = stored.ran, stored.at
            if stored.tries and self._monotonic() < stored.at:
                self._store()  # the computer was started anew: its clock counts on from here
        elif stored is None and seen.total == 0:
            # As after many failures, once: after the pause the right password opens as ever.
            seen.at, seen.total = self._monotonic(), 1
            seen.by, seen.tries = {_EVERYBODY: _ENOUGH_FOR_LONGEST}, {_EVERYBODY: [seen.ran]}
            self._store()
        return seen

    def _read(self) -> _Counts | None:
        """Return what the file says; None if it is there but cannot be believed."""
        try:
            whole = json.loads(self._path.read_bytes())
            check = whole.pop("check")
            if check == self._check(whole):
                return _read_counts(whole)
        except FileNotFoundError:
            return _Counts()
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        return None

    def _store(self) -> None:
        counts = self._counts
        counts.ran, counts.at = self._ran(), self._monotonic()
        lately = {
            name: [at for at in tries if counts.ran - at < A_DAY_S]
            for name, tries in counts.tries.items()
        }
        counts.tries = {name: tries for name, tries in lately.items() if tries}
        body: dict[str, object] = {
            "format": NAME,
            "in_a_row": self.in_a_row,
            "by": dict(counts.by),
            "tries": counts.tries,
            "total": counts.total,
            "ran": counts.ran,
            "at": counts.at,
        }
        whole = {**body, "check": self._check(body)}
        try:
            replace_file(self._path, json.dumps(whole).encode("utf-8"))
        except OSError:
            # A full or read-only disk must not keep the right password out; memory still counts.
            return

    def _check(self, body: dict[str, object]) -> str:
        return hmac.new(self._check_key, canonical_json(body), "sha256").hexdigest()


def _read_counts(body: Mapping[str, Any]) -> _Counts:
    # Before failures were counted by person there was one number; before those of a day were
    # counted, the last failure of all was the only moment that was kept.
    by = body.get("by", {ANYBODY: body["in_a_row"]})
    counted = {str(whose): int(failures) for whose, failures in by.items() if failures}
    ran = float(body.get("ran", 0.0))
    tries = body.get("tries", {whose: [ran] for whose in counted})
    moments = {str(whose): [float(at) for at in each] for whose, each in tries.items() if each}
    return _Counts(counted, moments, int(body["total"]), ran, float(body["at"]))
