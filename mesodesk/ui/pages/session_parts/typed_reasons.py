"""Keeps reasons that are typed and not yet given, so that a crash takes none of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from mesodesk.ui.keeper import Keeper
from mesodesk.ui.typed import draft

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

FORM: Final = "session_reasons"


class TypedReasons(QObject):
    """The reasons of one session that wait, by the rule they speak of."""

    #: What was typed before, by rule id.
    loaded = Signal(object)

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._session_id: UUID | None = None
        self._texts: dict[str, str] = {}
        self._keeper = Keeper(context.jobs, context.status, clock=context.clock, parent=self)

    def open(self, session_id: UUID) -> None:
        """Read what waits for a session, once; `loaded` follows."""
        if self._session_id != session_id:
            self._session_id, self._texts = session_id, {}
            work = partial(_read, session_id=session_id)
            self._context.run(self, work, partial(self._take, session_id))

    def texts(self) -> dict[str, str]:
        """Return what waits, by rule id."""
        return dict(self._texts)

    def flush(self) -> None:
        """Begin to write what waits."""
        self._keeper.flush()

    def put(self, rule_id: str, text: str) -> None:
        """Keep a reason as far as it is typed."""
        self._texts[rule_id] = text
        self._keep()

    def drop(self, rule_id: str) -> None:
        """Forget a reason that was given."""
        if self._texts.pop(rule_id, None) is not None:
            self._keep()

    def _take(self, session_id: UUID, texts: dict[str, str]) -> None:
        if self._session_id == session_id:
            self._texts = {**texts, **self._texts}
            self.loaded.emit(dict(self._texts))

    def _keep(self) -> None:
        texts = {rule_id: text for rule_id, text in self._texts.items() if text}
        write = partial(_write, self._context.desk, self._session_id, texts)
        told = draft(FORM, self._session_id, texts) if texts else None
        self._keeper.put(self._session_id, write, aside=told)


def _read(desk: Desk, *, session_id: UUID) -> dict[str, str]:
    kept = desk.drafts.get(FORM, str(session_id)) or {}
    return {rule_id: str(text) for rule_id, text in kept.items()}


def _write(desk: Desk, session_id: UUID | None, texts: Mapping[str, str], _version: int) -> None:
    if texts:
        desk.drafts.put(FORM, str(session_id), texts)
    else:
        desk.drafts.discard(FORM, str(session_id))
