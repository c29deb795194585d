"""What the lock does with the desk that is open, on the database thread."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from mesodesk.domain.rights import Right, may

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from mesodesk.domain.records.clinic import ClinicRecord, UserRecord
    from mesodesk.domain.records.people import PersonAtDoor
    from mesodesk.services.access import Admission
    from mesodesk.services.coming_by_key import KeyAdmission
    from mesodesk.services.desk import Desk


class CameIn(NamedTuple):
    """Who is in, as on record, and who else can come in.

    `cut_off_in` is the session that they were working on when the program was killed.
    """

    clinic: ClinicRecord
    user: UserRecord
    people: tuple[PersonAtDoor, ...]
    cut_off_in: UUID | None = None


class DeskDoor:
    """Lets people in at the desk that is open.

    Args:
        desk: returns it.
    """

    def __init__(self, desk: Callable[[], Desk]) -> None:
        self._desk = desk

    def by_password(self, user_id: UUID, password: str, new_pin: str) -> Callable[[], CameIn]:
        return self.prove(lambda desk: desk.access.prove(user_id, password, new_pin=new_pin))

    def by_pin(self, user_id: UUID, pin: str) -> Callable[[], CameIn]:
        return self.prove(lambda desk: desk.access.prove_by_pin(user_id, pin))

    def by_key(self, user_id: UUID, typed: str) -> KeyAdmission:
        return self._desk().access.prove_by_key(user_id, typed)

    def choose(self, admission: KeyAdmission, password: str) -> CameIn:
        """Let somebody in with the password that they have chosen."""
        admission.enter_with(password)
        return who_and_where(self._desk())

    def prove(self, prove: Callable[[Desk], Admission]) -> Callable[[], CameIn]:
        """Have it proved who somebody is; what is returned lets them in and tells who it is."""
        desk = self._desk()
        return partial(_enter, desk, prove(desk))


def _enter(desk: Desk, admission: Admission) -> CameIn:
    admission.enter()
    return who_and_where(desk)


def who_and_where(desk: Desk) -> CameIn:
    """Read who is in, where they were cut off, and who else can come in."""
    people = desk.access.who_can_come_in()
    user = desk.user
    reads = may(user.role, Right.RECORD_READ)
    return CameIn(desk.clinic.record(), user, people, desk.today.cut_off_in() if reads else None)


def lock_desk(desk: Desk) -> tuple[PersonAtDoor, ...]:
    """Keep that the desk is locked; return who can come in."""
    desk.access.lock()
    return desk.access.who_can_come_in()
