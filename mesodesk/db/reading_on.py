"""Reads the rows of a damaged database, around what cannot be read.

A table is walked in the order of its row numbers. Where a page is bad the walk goes on behind it:
the next number that answers is found by doubling steps and then by halving. After each error the
connection is made anew, for one that met a bad page takes good ones for bad.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sqlcipher3.dbapi2 as driver

from mesodesk.db.engine import RawConnection

_AT_ONCE = 200
_ERRORS = (driver.Error, MemoryError)
_HIGHEST = 2**62

Row = tuple[object, ...]


@dataclass(slots=True)
class Gap:
    """Row numbers between which nothing could be read: the first and the last of them."""

    first: int
    last: int


class Reader:
    """Reads tables by row number; `gaps` tells what was passed over in the table read last."""

    def __init__(self, connect: Callable[[], RawConnection]) -> None:
        self._connect = connect
        self._raw: RawConnection | None = None
        self.gaps: list[Gap] = []

    def close(self) -> None:
        raw, self._raw = self._raw, None
        if raw is not None:
            raw.close()

    def ask(self, sql: str, *values: object) -> list[Row] | None:
        """Return the rows of a question, or None if it cannot be answered."""
        try:
            if self._raw is None:
                self._raw = self._connect()
            return self._raw.execute(sql, values).fetchall()
        except _ERRORS:
            self.close()
            return None

    def rows(self, table: str, columns: tuple[str, ...]) -> Iterator[Row]:
        """Yield each row that can be read, its number first."""
        self.gaps = []
        listed = ", ".join(f'"{column}"' for column in columns)
        select = f'SELECT rowid, {listed} FROM "{table}" WHERE rowid >= ? ORDER BY rowid LIMIT ?'  # noqa: S608
        highest = self._highest(table)
        at = self._lowest(table)
        many = _AT_ONCE
        while at <= highest:
            found = self.ask(select, at, many)
            if found is not None:
                if not found:
                    return
                yield from found
                at = int(str(found[-1][0])) + 1
                many = _AT_ONCE
            elif many > 1:
                many = max(1, many // 8)  # closer to the bad page
            else:
                after = self._next_readable(table, at, highest)
                self.gaps.append(Gap(at, after - 1))
                at = after
                many = _AT_ONCE

    def _lowest(self, table: str) -> int:
        found = self.ask(f'SELECT min(rowid) FROM "{table}"')  # noqa: S608
        return int(str(found[0][0])) if found and found[0][0] is not None else 0

    def _highest(self, table: str) -> int:
        found = self.ask(f'SELECT max(rowid) FROM "{table}"')  # noqa: S608
        if found is None:
            return _HIGHEST
        return int(str(found[0][0])) if found[0][0] is not None else -1

    def _next_readable(self, table: str, at: int, highest: int) -> int:
        """Return the first number after a bad one from which on something can be read."""
        probe = f'SELECT * FROM "{table}" WHERE rowid >= ? ORDER BY rowid LIMIT 1'  # noqa: S608
        bad, step = at, 1
        while bad + step <= highest and self.ask(probe, bad + step) is None:
            bad += step
            step *= 2
        good = min(bad + step, highest + 1)
        while good - bad > 1:
            middle = (good + bad) // 2
            if self.ask(probe, middle) is None:
                bad = middle
            else:
                good = middle
        return good
