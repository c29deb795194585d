"""Transactions on the vault's database: one for each use case, and none that leaves no trace."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import sessionmaker
from sqlalchemy.orm.attributes import flag_modified

from mesodesk.db.base import Record, stamp_times
from mesodesk.db.engine import READ_ONLY
from mesodesk.db.errors import StorageBug, StorageTrouble, StorageUnavailable, translate
from mesodesk.db.models.clinic import UserRow
from mesodesk.domain.changes import Topic
from mesodesk.domain.clock import Clock
from mesodesk.domain.rights import Right
from mesodesk.services.errors import NotAllowedError, RestrictedError
from mesodesk.services.sight import ALL_OPEN, Sight, sight_of
from mesodesk.services.transaction import Actor, Transaction, need
from mesodesk.services.views import Seen

if TYPE_CHECKING:
    from mesodesk.vault.open_vault import OpenVault

__all__ = ["Actor", "Aside", "Store", "Transaction", "mark_edited", "translated"]

_log = logging.getLogger(__name__)

Aside = Callable[[], AbstractContextManager[Transaction]]
"""Begins a transaction that only reads, on any thread."""


class Store:
    """Opens transactions, each for a right that who acts must have. For the database thread."""

    def __init__(self, open_vault: "OpenVault", clock: Clock) -> None:
        self.clock = clock
        self._vault = open_vault
        self._engine = open_vault.engine
        self._reading_engine = open_vault.engine.execution_options(**READ_ONLY)
        self._sessions = sessionmaker(expire_on_commit=False)
        self._subscribers: list[Callable[[Topic], object]] = []
        self._writing = False
        self._actor: Actor | None = None
        self._sight: Sight = ALL_OPEN
        self._refused: set[tuple[UUID, Right, UUID | None]] = set()
        self._seen = Seen()
        stamp_times(self._sessions, clock)

    @property
    def vault(self) -> "OpenVault":
        return self._vault

    def subscribe(self, callback: Callable[[Topic], object]) -> None:
        """Call back with what was changed, on the database thread, after each kept change."""
        self._subscribers.append(callback)

    def unsubscribe(self, callback: Callable[[Topic], object]) -> None:
        """Call back no more; on any thread."""
        self._subscribers.remove(callback)

    @contextmanager
    def write(self, right: Right) -> Iterator[Transaction]:
        """Begin a transaction that is kept at the end of the block, or lost by an exception.

        Args:
            right: what who acts needs. That somebody without it was refused is kept.

        Raises:
            NotAllowedError: if who acts does not have the right; nothing was changed.
            StorageError: if the database cannot do it; nothing was changed.
            StorageBug: if rows were changed and nothing was audited, or inside another writing
                transaction, which this one would wait for in vain; nothing was changed.
        """
        with self._guarded(right, once=False), self._room_made(), self._kept() as tx:
            yield tx
        for look in tx.looks:
            self._seen.add(look, tx.now)
        if tx.topic:
            self._tell(tx.topic)

    @contextmanager
    def _room_made(self) -> Iterator[None]:
        """Give up the room that is held free, if the disk is full: the next try has it."""
        try:
            yield
        except StorageUnavailable as error:
            if error.trouble is StorageTrouble.FULL:
                from mesodesk.vault import reserve

                reserve.give(self._vault.folder)
            raise

    @contextmanager
    def _kept(self) -> Iterator[Transaction]:
        with (
            self._alone(),
            translated(),
            self._engine.connect() as connection,
            self._transaction(connection) as tx,
        ):
            began, changes = connection.get_transaction(), _changes(connection)
            yield tx
            tx.flush()
            if began is None or not began.is_active:
                raise StorageBug("something failed half way, was passed over, and took all with it")
            if not tx.audited and _changes(connection) != changes:
                raise StorageBug("rows were changed without an audit entry")
            self._vault.check_in_place()
            began.commit()

    def _tell(self, topic: Topic) -> None:
        if topic & Topic.CLINIC:
            self._actor = None  # Who acts may have another role now, or see other records.
        for callback in tuple(self._subscribers):
            try:
                callback(topic)
            except Exception as error:  # noqa: BLE001
                # The change is kept: whoever made it must not be told that it failed.
                _log.error("%s in a subscriber", type(error).__name__)

    @contextmanager
    def read(self, right: Right) -> Iterator[Transaction]:
        """Begin a transaction that only reads; whatever else is done in it is lost.

        Args:
            right: what who acts needs. That somebody without it was refused is kept, once until
                the desk is locked: a window may ask again and again.

        Raises:
            NotAllowedError: if who acts does not have the right.
            StorageError: if the database cannot do it.
        """
        with (
            self._guarded(right, once=True),
            translated(),
            self._reading_engine.connect() as connection,
            self._transaction(connection) as tx,
        ):
            yield tx

    @contextmanager
    def view(self, right: Right, object_type: str, object_id: UUID) -> Iterator[Transaction]:
        """Begin a transaction that reads a record, and keep that somebody looked at it.

        The first look in a visit is kept at the end of the block: if it cannot be, the block
        fails, so nothing that was read may be used before. A look that fails is no look. Repeats
        cost nothing, until the desk is locked or the record was left alone for a while.

        Args:
            right: what who acts needs.
            object_type: what is looked at: `session`.
            object_id: which one.

        Raises:
            NotAllowedError: if who acts does not have the right.
            StorageError: if the database cannot do it, or cannot keep that somebody looked.
        """
        if self._seen.lately((self._who().id, object_type, object_id), self.clock.now()):
            with self.read(right) as tx:
                yield tx
        else:
            with self.write(right) as tx:
                tx.look(object_type, object_id)
                yield tx

    def reading_aside(self, right: Right) -> "Aside":
        """Let a long reading go on beside the database thread, with the sight of who acts now.

        Args:
            right: what who acts needs; asked for here, on the database thread.

        Returns:
            What begins a transaction that only reads, on a connection and a moment of its own. It
            may be called on any thread; nothing that is looked at there is kept.

        Raises:
            NotAllowedError: as `write` does.
        """
        self.need(right)
        return partial(self._read_as, self._who(), self._sight.hidden())

    @contextmanager
    def _read_as(self, actor: Actor, hidden: frozenset[UUID]) -> Iterator[Transaction]:
        with translated(), self._reading_engine.connect() as connection:
            connection.begin()
            now = self.clock.now()
            made = Transaction(connection, self._sessions, self._vault, actor, now, Seen(), hidden)
            with closing(made) as tx:
                yield tx

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if self._writing:
            raise StorageBug("a writing transaction inside another")
        self._writing = True
        try:
            yield
        finally:
            self._writing = False

    def need(self, right: Right) -> None:
        """Refuse whoever acts without a right, where no transaction follows.

        Raises:
            NotAllowedError: as `write` does.
        """
        with self._guarded(right, once=False):
            pass

    @contextmanager
    def _guarded(self, right: Right, *, once: bool) -> Iterator[None]:
        """Let nobody in without the right, and keep that somebody was refused, in here too."""
        try:
            need(self._who(), right)
            yield
        except NotAllowedError as refused:
            self._note_refusal(refused.right, None, once=once)
            raise
        except RestrictedError as refused:
            self._note_refusal(right, refused.patient_id, once=True)
            raise

    @contextmanager
    def at_door(self) -> Iterator[Transaction]:
        """Begin a transaction of the door itself: who can come in, who came, who failed.

        It asks for no right: who was here may have lost theirs meanwhile, and others must come in.

        Raises:
            StorageError: if the database cannot do it; nothing was changed.
        """
        with self._kept() as tx:
            yield tx

    def look_anew(self) -> None:
        """Keep the next look at each record again: what was seen before does not excuse it."""
        self._seen.clear()

    def end_visit(self) -> None:
        """Forget who acted and what was kept once already: the desk is locked, or another's."""
        self._refused.clear()
        self._seen.clear()
        self._actor, self._sight = None, ALL_OPEN

    def _note_refusal(self, right: Right, patient_id: UUID | None, *, once: bool) -> None:
        refusal = (self._who().id, right, patient_id)
        if once and refusal in self._refused:
            return
        with self._kept() as tx:
            tx.audit_refusal(right, patient_id)
        self._refused.add(refusal)

    def _who(self) -> Actor:
        """Return who acts as on record: looked up once, and again after the clinic changed."""
        if self._actor is None:
            with translated(), self._reading_engine.connect() as connection:
                actor = _on_record(connection, self._vault.user_id, self._vault.user_name)
                sight = sight_of(connection, actor.id, self._vault.audit.boot_id)
            if actor.sets_up:  # Not to be remembered: the clinic is about to be set up.
                return actor
            self._actor, self._sight = actor, sight
        return self._actor

    def _transaction(self, connection: Connection) -> closing[Transaction]:
        connection.begin()
        return closing(
            Transaction(
                connection,
                self._sessions,
                self._vault,
                self._who(),
                self.clock.now(),
                self._seen,
                self._sight.hidden(),
            )
        )


def _on_record(connection: Connection, user_id: UUID, name: str) -> Actor:
    columns = select(UserRow.id, UserRow.name, UserRow.role, UserRow.active)
    row = connection.execute(columns.where(UserRow.id == user_id)).one_or_none()
    if row is not None:
        return Actor(row.id, row.name, row.role if row.active else None)
    anybody = connection.execute(select(UserRow.id).limit(1)).first()
    return Actor(user_id, name, sets_up=anybody is None)


def mark_edited(row: Record) -> None:
    """Let a change of its parts alone count as a change of the row: a new version, a new time."""
    flag_modified(row, "changed_at")


def _changes(connection: Connection) -> int:
    """Return how many rows this connection has written since it was opened."""
    driver: Any = connection.connection.driver_connection
    return int(driver.total_changes)


@contextmanager
def translated() -> Iterator[None]:
    """Say what an error of the database means, without the values of the failing statement.

    Running out of memory is one of them: a torn list of free pages makes the library ask for an
    absurd amount.
    """
    try:
        yield
    except (SQLAlchemyError, MemoryError) as error:
        raise translate(error) from error
