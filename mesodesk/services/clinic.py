"""The clinic's own settings, and who works in it."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from mesodesk.db.models.clinic import ClinicRow, UserRow
from mesodesk.domain.changes import Topic
from mesodesk.domain.records.clinic import ClinicFields, ClinicRecord, Role, UserRecord
from mesodesk.domain.records.limits import LimitSettings
from mesodesk.domain.rights import Right
from mesodesk.domain.texts import LANGUAGES
from mesodesk.services.errors import ConflictError, NotFoundError, RefusedError
from mesodesk.services.store import Store, Transaction
from mesodesk.services.texts import Problems

LONGEST_INITIALS: Final = 4
"""How many letters fit on somebody's disc."""

_OLDEST_MINIMUM_AGE: Final = 120
_LONGEST_IDLE_MINUTES: Final = 60
_COUNTRY_LETTERS: Final = 2
_LONGEST_CONSENT_MONTHS: Final = 120
_LONGEST_INTAKE_MONTHS: Final = 120


class ClinicService:
    """Reads and changes what the clinic says of itself."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def record(self) -> ClinicRecord:
        """Return the clinic.

        Raises:
            NotFoundError: if it was not set up yet.
        """
        with self._store.read(Right.CLINIC_READ) as tx:
            return clinic_record(clinic_row(tx.db))

    def update(self, version: int, typed: ClinicFields) -> ClinicRecord:
        """Change the clinic's settings; limits alone are left to those who prescribe as well.

        Raises:
            NotAllowedError: if the role of who acts does not change them.
            ConflictError: if they were changed since `version`.
            InvalidError: if a value cannot be taken.
        """
        with self._store.write(Right.LIMITS_EDIT) as tx:
            row = clinic_row(tx.db)
            if row.version != version:
                raise ConflictError(clinic_record(row))
            before = row.limits
            changed = _write(row, _checked(typed))
            if set(changed) - {"limits"}:
                tx.need(Right.CLINIC_EDIT)
            if changed:
                tx.db.flush()
                details: dict[str, object] = {"changed": changed}
                if "limits" in changed:
                    details["limits"] = _what_changed(before, row.limits)
                tx.audit("clinic.update", "clinic", row.id, row.version, **details)
                tx.touch(Topic.CLINIC)
            return clinic_record(row)

    def users(self) -> tuple[UserRecord, ...]:
        """Return everybody who has or had access, by name."""
        with self._store.read(Right.CLINIC_READ) as tx:
            rows = tx.db.scalars(select(UserRow).order_by(UserRow.name, UserRow.id))
            return tuple(user_record(row) for row in rows)

    def user(self, user_id: UUID) -> UserRecord:
        """Return one of them.

        Raises:
            NotFoundError: if there is no such person.
        """
        with self._store.read(Right.CLINIC_READ) as tx:
            row = tx.db.get(UserRow, user_id)
            if row is None:
                raise NotFoundError("This person is not on record. Nothing was changed.")
            return user_record(row)

    def create(
        self, typed: ClinicFields, owner_name: str, owner_initials: str, user_id: UUID
    ) -> ClinicRecord:
        """Set up the clinic in a new vault, with its owner and the starter catalogue.

        Args:
            typed: what was typed at the first run.
            owner_name: of the first user.
            owner_initials: up to four letters; made from the name if empty.
            user_id: the id that the vault knows the owner by.

        Raises:
            RefusedError: if there is a clinic already.
            InvalidError: if a value cannot be taken.
        """
        with self._store.write(Right.SETUP) as tx:
            if tx.db.scalar(select(ClinicRow.id)) is not None:
                raise RefusedError("This vault already has a clinic. Nothing was changed.")
            checked = _checked(typed)
            owner = _owner(owner_name, owner_initials, user_id)
            row = ClinicRow(**_values(checked))
            tx.db.add_all([owner, row])
            tx.db.flush()
            _audit_new(tx, row, owner)
            # Imported for this once in a clinic's life, not at each start.
            from mesodesk.services.starter import add_starter_products

            add_starter_products(tx, checked.language)
            tx.touch(Topic.CLINIC | Topic.STOCK)
            return clinic_record(row)


def _audit_new(tx: Transaction, row: ClinicRow, owner: UserRow) -> None:
    tx.audit("clinic.create", "clinic", row.id, row.version)
    tx.audit("user.create", "app_user", owner.id, owner.version, role=owner.role.value)


def _owner(name: str, initials: str, user_id: UUID) -> UserRow:
    problems = Problems()
    clean = problems.line("owner_name", name, "Name", needed=True)
    short = problems.line("owner_initials", initials, "Initials") or initials_of(clean)
    if len(short) > LONGEST_INITIALS:
        problems.add("owner_initials", f"Initials: at most {LONGEST_INITIALS} letters.")
    problems.done()
    return UserRow(id=user_id, name=clean, initials=short, role=Role.OWNER, colour=0)


def initials_of(name: str) -> str:
    """Return the first letters of somebody's first and last name."""
    parts = name.split()
    ends = parts if len(parts) < 2 else [parts[0], parts[-1]]
    return "".join(part[0] for part in ends).upper()


def clinic_row(db: Session) -> ClinicRow:
    """Return the clinic's row, looked for once in a transaction: nearly all of it asks for it.

    Raises:
        NotFoundError: if it was not set up yet.
    """
    row: ClinicRow | None = db.info.get(ClinicRow)
    if row is None:
        row = db.scalars(select(ClinicRow)).one_or_none()
        if row is None:
            raise NotFoundError("This vault has no clinic yet. Nothing was changed.")
        db.info[ClinicRow] = row
    return row


def clinic_record(row: ClinicRow) -> ClinicRecord:
    values = {field.name: getattr(row, field.name) for field in fields(ClinicFields)}
    values["limits"] = LimitSettings.from_plain(values["limits"])
    return ClinicRecord(row.id, row.version, ClinicFields(**values))


def user_record(row: UserRow) -> UserRecord:
    return UserRecord(
        id=row.id,
        version=row.version,
        name=row.name,
        initials=row.initials,
        role=row.role,
        colour=row.colour,
        active=row.active,
    )


def _write(row: ClinicRow, checked: ClinicFields) -> list[str]:
    values = _values(checked)
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed


def _values(checked: ClinicFields) -> dict[str, object]:
    values = {field.name: getattr(checked, field.name) for field in fields(ClinicFields)}
    return {
        **values,
        "escalation": dict(checked.escalation),
        "limits": checked.limits.to_plain(),
    }


def _what_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[object]]:
    """Return for each limit that the clinic changed what was said of it, and what is now."""
    old, new = (_by_limit(each) for each in (before, after))
    return {
        name: [old.get(name), new.get(name)]
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    }


def _by_limit(stored: Mapping[str, Any]) -> dict[str, object]:
    return {
        **stored.get("changes", {}),
        **{f"own.mass.{name}": mass for name, mass in stored.get("masses_mg", {}).items()},
        "own.total_volume": stored.get("total_volume_ml"),
    }


def _checked(typed: ClinicFields) -> ClinicFields:
    problems = Problems()
    checked = replace(
        typed,
        name=problems.line("name", typed.name, "Name of the clinic", needed=True),
        jurisdiction=problems.line("jurisdiction", typed.jurisdiction, "Country").upper(),
        zone=problems.line("zone", typed.zone, "Time zone", needed=True),
        address=problems.note("address", typed.address, "Address"),
        phone=problems.line("phone", typed.phone, "Phone"),
        emergency_phone=problems.line("emergency_phone", typed.emergency_phone, "Emergency phone"),
        escalation={
            band: problems.note(f"escalation[{band}]", text, "Instruction")
            for band, text in typed.escalation.items()
            if text.strip()
        },
    )
    _check_choices(problems, checked)
    if checked.limits != LimitSettings():
        # Imported where somebody changed a limit: it brings the catalogue along.
        from mesodesk.services.limit_input import check_limits

        check_limits(problems, checked.limits)
    problems.done()
    return checked


def _check_choices(problems: Problems, typed: ClinicFields) -> None:
    country = typed.jurisdiction
    if country and not (
        len(country) == _COUNTRY_LETTERS and country.isascii() and country.isalpha()
    ):
        problems.add("jurisdiction", "Country: choose one from the list, or leave it empty.")
    if typed.language not in LANGUAGES:
        problems.add("language", "Language: choose one from the list.")
    if not _is_zone(typed.zone):
        problems.add("zone", "Time zone: choose one from the list, such as Europe/Madrid.")
    if not 0 <= typed.minimum_age <= _OLDEST_MINIMUM_AGE:
        problems.add("minimum_age", f"Minimum age: between 0 and {_OLDEST_MINIMUM_AGE} years.")
    if not 1 <= typed.idle_lock_minutes <= _LONGEST_IDLE_MINUTES:
        problems.add(
            "idle_lock_minutes", f"Lock when idle: after 1 to {_LONGEST_IDLE_MINUTES} minutes."
        )
    months = typed.consent_months
    if months is not None and not 1 <= months <= _LONGEST_CONSENT_MONTHS:
        problems.add(
            "consent_months",
            f"Consent: for 1 to {_LONGEST_CONSENT_MONTHS} months, or leave it empty for no end.",
        )
    months = typed.intake_months
    if months is not None and not 1 <= months <= _LONGEST_INTAKE_MONTHS:
        problems.add(
            "intake_months",
            f"Intake: for 1 to {_LONGEST_INTAKE_MONTHS} months, or leave it empty for no end.",
        )


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, KeyError, OSError):  # not a name, an unknown one, or that of a folder
        return False
    return True
