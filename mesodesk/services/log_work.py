"""What takes long with the audit log: verifying all of it, and reading a whole report.

Done beside the database thread, on a reading of its own, so that what is typed is kept meanwhile.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Event
from typing import Final
from uuid import UUID

from mesodesk.domain.records.audit import LogCursor, LogEntry, LogFormat, LogQuery
from mesodesk.services.errors import ServiceError
from mesodesk.services.log_rows import page_of
from mesodesk.services.store import Aside
from mesodesk.vault.audit import chain_head, walk_chain
from mesodesk.vault.keys import VaultKeys
from mesodesk.vault.span_checks import verify_spans

Tell = Callable[[int, int], object]
"""Told how many entries are done, of how many."""

_PART: Final = 2_000


class LogStoppedError(ServiceError):
    """Somebody stopped it."""

    def __init__(self) -> None:
        super().__init__("It was stopped. Nothing was changed, and nothing was left behind.")


@dataclass(frozen=True, slots=True, repr=False)
class LogVerifying:
    """The verifying of a whole log, allowed already."""

    begin: Aside
    keys: VaultKeys

    def run(self, stop: Event, tell: Tell) -> tuple[int, tuple[str, ...]]:
        """Verify each entry and each signature; return how many there are, and what is wrong.

        Raises:
            LogStoppedError: if `stop` was set meanwhile.
            StorageError: if the database cannot be read.
        """
        with self.begin() as tx:
            total, _head = chain_head(tx.connection)
            found = []
            for done, findings in walk_chain(tx.connection, self.keys, every=_PART):
                if stop.is_set():
                    raise LogStoppedError
                found += findings
                tell(done, total)
            found += verify_spans(tx.connection, self.keys.vault_id)
        return total, tuple(one.sentence for one in sorted(found, key=lambda one: one.seq))


@dataclass(frozen=True, slots=True)
class LogExport:
    """A report that leaves, allowed and on the log already."""

    begin: Aside
    query: LogQuery
    form: LogFormat
    vault_id: UUID

    def parts(self, stop: Event) -> Iterator[tuple[LogEntry, ...]]:
        """Yield all entries of the report, some at a time.

        Raises:
            LogStoppedError: if `stop` was set meanwhile.
            StorageError: if the database cannot be read.
        """
        with self.begin() as tx:
            after: LogCursor | None = None
            while True:
                if stop.is_set():
                    raise LogStoppedError
                page = page_of(tx, self.query, after, _PART)
                yield page.entries
                after = page.next
                if after is None:
                    return
