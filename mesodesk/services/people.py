"""Who works in the clinic: let in by a code, changed, let go, let in again; the recovery kit.

The record says who may come in, and the key file follows it; `vault/ways_in.py` says which of the
two comes first. What gives or takes access asks for the password of whoever does it: a desk that
was left open must not hand out keys.
"""

import contextlib
from collections.abc import Callable, Iterator
from uuid import UUID

from sqlalchemy import select

from mesodesk.db.models.clinic import UserRow
from mesodesk.domain.changes import Topic
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.clinic import Role
from mesodesk.domain.records.staff import GivenCode, OpenBackup, PersonFields, PersonRecord
from mesodesk.domain.rights import Right
from mesodesk.services.errors import RefusedError
from mesodesk.services.people_rows import (
    LEFT,
    backups_open_for,
    checked,
    other_owners,
    person_record,
    person_row,
)
from mesodesk.services.proving import prove
from mesodesk.services.store import Store, Transaction
from mesodesk.vault.examining import explained
from mesodesk.vault.keyfile import KeySlot
from mesodesk.vault.recovery import RecoveryKey, parse
from mesodesk.vault.reset_code import VALID_FOR
from mesodesk.vault.stamps import retire_signing_keys
from mesodesk.vault.ways_in import NewCode, WaysIn

_LAST_OWNER = (
    "Nobody else is an owner who comes in with a password, so nobody could answer for the clinic"
    " any more. Nothing was changed. Make somebody else an owner first."
)
_ONLY_HOLDER = (
    "One owner would be left, and there is no recovery kit: with one forgotten password all would"
    " be lost. Nothing was changed. Make a recovery kit first."
)


class PeopleService:
    """Raises `VaultError` where the disk refuses; what opened the vault before then still does."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> tuple[PersonRecord, ...]:
        """Return everybody on record, those who work here first, by name."""
        with self._store.read(Right.PEOPLE) as tx:
            rows = tx.db.scalars(
                select(UserRow).order_by(UserRow.active.desc(), UserRow.name, UserRow.id)
            )
            return tuple(self._record(tx, row) for row in rows)

    def add(self, typed: PersonFields, password: str) -> GivenCode:
        """Put somebody on record and let them in with a code, once, to choose a password.

        Args:
            typed: about them.
            password: of who adds them.

        Raises:
            InvalidError: if a value cannot be taken, or the name is somebody else's here.
            WrongPasswordError: if it is not the password, with the seconds to wait.
        """
        with self._store.read(Right.PEOPLE) as tx:
            fields = checked(tx, typed)
        prove(self._store, Right.PEOPLE, password)
        person_id = new_id()

        def record(tx: Transaction) -> UserRow:
            row = UserRow(
                id=person_id,
                name=fields.name,
                initials=fields.initials,
                role=fields.role,
                colour=fields.colour,
            )
            tx.db.add(row)
            tx.db.flush()
            tx.audit("user.create", "app_user", row.id, row.version, role=row.role.value)
            return row

        return self._let_in(Right.PEOPLE, person_id, fields.name, record)

    def change(
        self, person_id: UUID, version: int, typed: PersonFields, password: str = ""
    ) -> PersonRecord:
        """Change what is on record about somebody.

        Args:
            person_id: of them.
            version: that was seen.
            typed: as it shall be.
            password: of who changes it; only asked for where the role changes.

        Raises:
            NotFoundError: if there is no such person.
            ConflictError: if it was changed since `version`.
            InvalidError: if a value cannot be taken.
            RefusedError: if it is one's own role, or no owner would be left.
            WrongPasswordError: if it is not the password, with the seconds to wait.
        """
        with self._store.read(Right.PEOPLE) as tx:
            row = person_row(tx.db, person_id, version)
            new_role = typed.role is not row.role
            if new_role:
                self._check_role(tx, row, typed.role)
        if new_role:
            prove(self._store, Right.PEOPLE, password)
        with self._store.write(Right.PEOPLE) as tx:
            row = person_row(tx.db, person_id, version)
            fields = checked(tx, typed, person_id)
            changed = _write(row, fields)
            if changed:
                tx.db.flush()
                details: dict[str, object] = {"changed": changed}
                if new_role:
                    details["role"] = row.role.value
                tx.audit("user.update", "app_user", row.id, row.version, **details)
                tx.touch(Topic.CLINIC)
            record = self._record(tx, row)
        # The name where the password is asked for; if it cannot be written now, when next opened.
        with contextlib.suppress(OSError):
            self._ways.rename({person_id: fields.name})
        return record

    def give_code(self, person_id: UUID, password: str) -> GivenCode:
        """Let somebody in with a code, once, because their password is forgotten or known.

        The password that they had no longer opens anything; nobody ever learns it.

        Args:
            person_id: of them.
            password: of who gives the code.

        Raises:
            NotFoundError: if there is no such person.
            RefusedError: if it is oneself, or somebody who has left.
            WrongPasswordError: if it is not the password of who gives it.
        """
        with self._store.read(Right.RESET_CODE) as tx:
            row = person_row(tx.db, person_id)
            if row.id == tx.actor.id:
                raise RefusedError(
                    "A code for yourself would end your own password. Nothing was changed. Choose a"
                    " new password in Settings instead."
                )
            if not row.active:
                raise RefusedError(
                    "This person has left, so no code was made. Let them come back first."
                )
            name = row.name
        prove(self._store, Right.RESET_CODE, password)

        def record(tx: Transaction) -> UserRow:
            row = person_row(tx.db, person_id)
            tx.audit("user.code", "app_user", row.id, row.version)
            return row

        return self._let_in(Right.RESET_CODE, person_id, name, record)

    def leave(self, person_id: UUID, version: int, password: str) -> PersonRecord:
        """Let somebody in no more, from now on; what they did stays on record under their name.

        Args:
            person_id: of them.
            version: that was seen.
            password: of who lets them go.

        Raises:
            NotFoundError: if there is no such person.
            ConflictError: if it was changed since `version`.
            RefusedError: if it is oneself, or no owner would be left; or if the disk refused to
                take the key out of the key file: they are kept out all the same.
            WrongPasswordError: if it is not the password of who lets them go.
        """
        with self._store.read(Right.PEOPLE) as tx:
            row = person_row(tx.db, person_id, version)
            self._check_leaving(tx, row)
        prove(self._store, Right.PEOPLE, password)
        with self._store.write(Right.PEOPLE) as tx:
            row = person_row(tx.db, person_id, version)
            if row.active:
                row.active = False
                retire_signing_keys(tx.connection, row.id, tx.now)
                tx.db.flush()
                tx.audit(LEFT, "app_user", row.id, row.version)
                tx.touch(Topic.CLINIC)
        try:
            self._ways.take_away(frozenset({person_id}))
        except OSError as error:
            raise RefusedError(
                "This person is noted as having left, and is let in no more. But the disk refused"
                " to take their key out of the key file: that is done when the vault is next"
                " opened. Check that the disk has room, then close and open Mesodesk."
            ) from error
        with self._store.read(Right.PEOPLE) as tx:
            return self._record(tx, person_row(tx.db, person_id))

    def come_back(self, person_id: UUID, version: int, password: str) -> GivenCode:
        """Let somebody who has left in again, with a code and under the name and role of then.

        Args:
            person_id: of them.
            version: that was seen.
            password: of who lets them in.

        Raises:
            NotFoundError: if there is no such person.
            ConflictError: if it was changed since `version`.
            RefusedError: if they have not left.
            InvalidError: if somebody else here has this name by now.
            WrongPasswordError: if it is not the password of who lets them in.
        """
        with self._store.read(Right.PEOPLE) as tx:
            row = person_row(tx.db, person_id, version)
            if row.active:
                raise RefusedError("This person works here already. Nothing was changed.")
            checked(tx, PersonFields(row.name, row.initials, row.role, row.colour), row.id)
            name = row.name
        prove(self._store, Right.PEOPLE, password)

        def record(tx: Transaction) -> UserRow:
            row = person_row(tx.db, person_id, version)
            row.active = True
            tx.db.flush()
            tx.audit("user.return", "app_user", row.id, row.version, role=row.role.value)
            return row

        return self._let_in(Right.PEOPLE, person_id, name, record)

    def backups_open_for(self, person_id: UUID) -> tuple[OpenBackup, ...]:
        """Return the backups that somebody's password of then still opens, the newest first.

        Raises:
            NotFoundError: if there is no such person.
        """
        with self._store.read(Right.PEOPLE) as tx:
            return backups_open_for(tx.db, person_row(tx.db, person_id))

    def new_kit(self, key: RecoveryKey, typed: str, password: str) -> None:
        """Let another recovery key open the vault, and the earlier one no longer.

        Args:
            key: shown and printed.
            typed: the same, as it was typed back from the paper.
            password: of who makes the kit.

        Raises:
            RecoveryKeyError: if it is mistyped.
            RefusedError: if what was typed back is another key.
            WrongPasswordError: if it is not the password of who makes the kit.
        """
        self._store.need(Right.KIT)
        if parse(typed) != key:
            raise RefusedError(
                "What was typed back is another recovery key than the one on the new sheet. Nothing"
                " was changed: the earlier sheet still counts. Compare the two."
            )
        prove(self._store, Right.KIT, password)
        before = self._ways.slots
        with self._explained():
            self._ways.replace_kit(key)
        with self._or_put_back(before), self._store.write(Right.KIT) as tx:
            tx.audit("vault.kit", "vault", self._store.vault.vault_id)
            tx.touch(Topic.BACKUPS)

    # What they share

    @property
    def _ways(self) -> WaysIn:
        return WaysIn(self._store.vault)

    def _record(self, tx: Transaction, row: UserRow) -> PersonRecord:
        return person_record(row, self._store.vault.key_file, tx.actor.id, tx.now)

    def _let_in(
        self, right: Right, person_id: UUID, name: str, record: Callable[[Transaction], UserRow]
    ) -> GivenCode:
        """Make a code, then put on record that it was given; if that fails, all is as before."""
        before = self._ways.slots
        until = self._store.clock.now() + VALID_FOR
        with self._explained():
            code = self._ways.give_code(NewCode(person_id, name, until))
        with self._or_put_back(before), self._store.write(right) as tx:
            row = record(tx)
            tx.touch(Topic.CLINIC)
            return GivenCode(self._record(tx, row), code.text, until)

    @contextlib.contextmanager
    def _or_put_back(self, slots: tuple[KeySlot, ...]) -> Iterator[None]:
        try:
            yield
        except BaseException:
            with contextlib.suppress(OSError):
                self._ways.put_back(slots)
            raise

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        vault = self._store.vault
        with explained(vault.paths, vault.keys.salt):
            yield

    def _check_role(self, tx: Transaction, row: UserRow, role: Role) -> None:
        if row.id == tx.actor.id:
            raise RefusedError(
                "Nobody changes their own role. Nothing was changed. Ask another owner to do it."
            )
        if row.active and row.role is Role.OWNER and role is not Role.OWNER:
            self._check_owners(tx, row)

    def _check_leaving(self, tx: Transaction, row: UserRow) -> None:
        key_file = self._store.vault.key_file
        if not row.active and not (key_file.slots_of(row.id) or key_file.codes_of(row.id)):
            raise RefusedError("This person has left already. Nothing was changed.")
        if row.active and row.role is Role.OWNER:
            self._check_owners(tx, row)
        if row.id == tx.actor.id:
            raise RefusedError(
                "Nobody ends their own access. Nothing was changed. Ask another owner to do it."
            )

    def _check_owners(self, tx: Transaction, row: UserRow) -> None:
        """Make sure that the clinic goes on having an owner, who is not the only way in."""
        key_file = self._store.vault.key_file
        owners = other_owners(tx.db, row.id, key_file)
        if owners == 0:
            raise RefusedError(_LAST_OWNER)
        if owners == 1 and not key_file.recovery_slots():
            raise RefusedError(_ONLY_HOLDER)


def _write(row: UserRow, fields: PersonFields) -> list[str]:
    names = ("name", "initials", "role", "colour")
    changed = [name for name in names if getattr(row, name) != getattr(fields, name)]
    for name in changed:
        setattr(row, name, getattr(fields, name))
    return changed
