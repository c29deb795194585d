"""Faults to put into the program, so that it shows whether the tests would find them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def make(name: str) -> None:
    """Break the program's promise in one way.

    rolled-back: what is written is thrown away, and nobody is told.
    too-early: the strip goes on saying "kept" while something waits to be written.
    """
    {"rolled-back": _roll_back, "too-early": _say_kept_too_early}[name]()


def _roll_back() -> None:
    from mesodesk.domain.rights import Right
    from mesodesk.services.drafts import DraftService
    from mesodesk.services.store import Store

    write = Store.write

    @contextmanager
    def write_nothing(self: Store, right: Right) -> Iterator[Any]:
        with write(self, right) as tx:
            yield tx
            tx.flush()
            for statement in ("ROLLBACK", "BEGIN"):  # behind the back of who commits
                tx.connection.exec_driver_sql(statement)

    def put(self: DraftService, form: str, subject: str, payload: Any) -> None:
        store: Any = self._store
        store.write, before = write_nothing.__get__(store), store.write
        try:
            original_put(self, form, subject, payload)
        finally:
            store.write = before

    original_put = DraftService.put
    DraftService.put = put  # type: ignore[method-assign]


def _say_kept_too_early() -> None:
    from mesodesk.ui.frame.status import StatusStrip

    def keeping(self: StatusStrip, _source: object) -> None:
        self._refresh()

    StatusStrip.keeping = keeping  # type: ignore[method-assign]
