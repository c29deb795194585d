"""Counts wrong passwords on disk; the next try has to wait 1, 2, 4 ... 60 seconds, never for ever.

The waiting time is measured with the clock that runs since the computer was started, which nobody
can set; a wall clock moved forward does not shorten it. After a restart of the computer the time
since then counts, which is never more than what has truly passed.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from mesodesk.domain.canonical import canonical_json
from mesodesk.vault.atomic import replace_file
from mesodesk.vault.paths import VaultPaths

NAME = "mesodesk-attempts"
LONGEST_WAIT_S = 60.0
_ENOUGH_FOR_LONGEST = 7

# What this process has seen, in case the file cannot be written or is taken away meanwhile.
_SEEN: dict[Path, "_Counts"] = {}


@dataclass(slots=True)
class _Counts:
    """Failures in a row and since ever; `at` is seconds of the clock since the computer's start."""

    in_a_row: int = 0
    total: int = 0
    at: float = 0.0


def _since_start() -> float:
    return time.monotonic()


def pause_after(failures_in_a_row: int) -> float:
    """Return the seconds to wait after so many failures."""
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
        return self._counts.in_a_row

    def wait_s(self) -> float:
        """Return the seconds until the next try; 0 if it may be made now."""
        pause = pause_after(self._counts.in_a_row)
        now = self._monotonic()
        # A clock that stands lower than then was started anew since.
        passed = now - self._counts.at if now >= self._counts.at else now
        return max(0.0, pause - passed)

    def failed(self) -> float:
        """Count one wrong password; return the seconds until the next try."""
        self._counts.in_a_row += 1
        self._counts.total += 1
        self._counts.at = self._monotonic()
        self._store()
        return self.wait_s()

    def succeeded(self) -> None:
        """Forget the failures in a row."""
        if self._counts.in_a_row:
            self._counts.in_a_row = 0
            self._store()

    def _load(self) -> _Counts:
        seen = _SEEN.setdefault(self._path.absolute(), _Counts())
        stored = self._read()
        if stored is not None and stored.total >= seen.total:
            seen.in_a_row, seen.total, seen.at = stored.in_a_row, stored.total, stored.at
        elif stored is None and seen.total == 0:
            # As after many failures, once: after the pause the right password opens as ever.
            seen.in_a_row, seen.total, seen.at = _ENOUGH_FOR_LONGEST, 1, self._monotonic()
            self._store_counts(seen)
        return seen

    def _read(self) -> _Counts | None:
        """Return what the file says; None if it is there but cannot be believed."""
        try:
            whole = json.loads(self._path.read_bytes())
            body = {key: whole[key] for key in ("format", "in_a_row", "total", "at")}
            if whole["check"] == self._check(body):
                return _Counts(int(body["in_a_row"]), int(body["total"]), float(body["at"]))
        except FileNotFoundError:
            return _Counts()
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return None

    def _store(self) -> None:
        self._store_counts(self._counts)

    def _store_counts(self, counts: _Counts) -> None:
        body: dict[str, object] = {
            "format": NAME,
            "in_a_row": counts.in_a_row,
            "total": counts.total,
            "at": counts.at,
        }
        whole = {**body, "check": self._check(body)}
        try:
            replace_file(self._path, json.dumps(whole).encode("utf-8"), pause=False)
        except OSError:
            # A full or read-only disk must not keep the right password out; memory still counts.
            return

    def _check(self, body: dict[str, object]) -> str:
        return hmac.new(self._check_key, canonical_json(body), "sha256").hexdigest()
