"""The desk as long as one person is at it."""

from typing import Any, cast

from mesodesk.services.desk import Desk
from mesodesk.services.errors import RefusedError


class VisitOverError(RefusedError):
    """Somebody else is at the desk by now."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody else is at this desk now, so this was not done. What was kept before is"
            " still there. Do it again when you are back."
        )


class _Visit:
    """Hands out what the desk has while who was at it at first still is."""

    def __init__(self, desk: Desk) -> None:
        self.store = desk.store  # what it tells of the vault concerns nobody in particular
        self._desk = desk
        self._user_id = desk.store.vault.user_id

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever the desk has
        if self._desk.store.vault.user_id != self._user_id:
            raise VisitOverError
        return getattr(self._desk, name)


def visit_of(desk: Desk) -> Desk:
    """Return the desk for whoever is at it now.

    A page of somebody who has gone may still ask for something: a timer was running, or a search
    was in the queue. Then it must not be done, and be kept on the audit chain, in another name.

    Raises:
        VisitOverError: not now, but as soon as anything is asked for once somebody else is in.
    """
    return cast("Desk", _Visit(desk))
