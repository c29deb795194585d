"""Which rows of which tables leave: told by the foreign keys, so that new tables come along.

Of one patient leaves every row that belongs to the patient by its foreign keys, whatever the
distance, and every row that those name (lots, products, people) with the parts of it. Of a clinic
leaves everything. What stays is named here, with the reason, and nowhere else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from mesodesk.db.metadata import full_metadata
from mesodesk.domain.records.export import ExportScope

PATIENT: Final = "patient"
POINTS: Final = "chart_field.points"

_FOLDED = "made from other columns for finding and comparing; can be made again"
_FORM = "what somebody has typed into a form that is no record yet"
_CLINIC = "of the clinic, not of a patient"
_SHELF = "of the clinic's shelf, not of a patient"
_STAFF = "of a person who works here, of no meaning for the patient's record"

NEVER: Final[Mapping[str, str]] = MappingProxyType(
    {
        "audit_key": "a secret: with it, entries of the log could be forged",
        "draft": _FORM,
        "draft_kept": _FORM,
        POINTS: "packed; they are the table `chart_point`",
        "favourite.name_folded": _FOLDED,
        "lot.number_key": _FOLDED,
        "patient.family_folded": _FOLDED,
        "patient.given_folded": _FOLDED,
        "patient.name_key": _FOLDED,
        "patient.phone_tail": _FOLDED,
        "photo.file_key": "a secret: with it, the encrypted file could be read",
        "photo_thumbnail": "a picture; pictures leave as files, where the patient agreed to that",
        "product.name_folded": _FOLDED,
        "protocol.name_folded": _FOLDED,
    }
)
"""Tables and columns that leave in no export, with the reason."""

NOT_OF_A_PATIENT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "app_user.active": _STAFF,
        "app_user.changed_at": _STAFF,
        "app_user.colour": _STAFF,
        "app_user.created_at": _STAFF,
        "app_user.version": _STAFF,
        "audit_entry": "who saw a record is a report of its own",
        "audit_span": "of the log",
        "backup_place": _CLINIC,
        "backup_run": _CLINIC,
        "cluster_note": "of a lot or a day, about several patients",
        "consent_text": "of the clinic; what was signed stands with each consent",
        "clinic": "its name and address stand at the beginning",
        "emergency_access.reason": "why somebody had to see a restricted record is not disclosed",
        "emergency_access.review": "what the owner said to it is not disclosed",
        "favourite": _CLINIC,
        "lot_hold": _SHELF,
        "lot_opening": _SHELF,
        "need_to_know.reason": "why a record is restricted is not disclosed",
        "patient.touched_at": "when somebody last looked; no part of the record",
        "rule_change": "of the clinic; what it said in a session stands with the session",
        "stock_count": _SHELF,
        "signing_key": "the public keys stand beside each signature",
        "vault_meta": "the vault's id stands at the beginning",
    }
)
"""What else stays where one patient's record leaves, with the reason."""


def reasons(scope: ExportScope) -> dict[str, str]:
    """Return what stays, tables and `table.column`, and why."""
    return {**NEVER} if scope is ExportScope.CLINIC else {**NEVER, **NOT_OF_A_PATIENT}


@dataclass(frozen=True, slots=True)
class Leaving:
    """A table with the columns that leave and the condition on its rows."""

    table: sa.Table
    columns: tuple[sa.Column[object], ...]
    where: sa.ColumnElement[bool]

    def statement(self) -> sa.Select[*tuple[Any, ...]]:
        """Select the rows, in the order of their keys."""
        return sa.select(*self.columns).where(self.where).order_by(*self.table.primary_key)

    def count(self) -> sa.Select[int]:
        return sa.select(sa.func.count()).select_from(self.table).where(self.where)


def leaving_with_patient(patient_id: UUID) -> tuple[Leaving, ...]:
    """Return what leaves with one patient's record."""
    tables = full_metadata().sorted_tables
    stays = reasons(ExportScope.PATIENT)
    found = _belonging(tables, _patient_key() == patient_id)
    found.update(_named(tables, found, stays))
    found.update(_parts(tables, found, stays))
    return _in_order(tables, found, stays)


def leaving_with_clinic(hidden: frozenset[UUID]) -> tuple[Leaving, ...]:
    """Return everything but what belongs to patients whom who acts may not see."""
    tables = full_metadata().sorted_tables
    found: dict[str, sa.ColumnElement[bool]] = {table.name: sa.true() for table in tables}
    if hidden:
        found.update(_belonging(tables, _patient_key().not_in(hidden), whole=True))
    return _in_order(tables, found, reasons(ExportScope.CLINIC))


def _patient_key() -> sa.Column[UUID]:
    return full_metadata().tables[PATIENT].c.id


def _in_order(
    tables: Iterable[sa.Table], found: Mapping[str, sa.ColumnElement[bool]], stays: dict[str, str]
) -> tuple[Leaving, ...]:
    leaving = []
    for table in tables:
        if table.name in found and table.name not in stays:
            kept = tuple(each for each in table.columns if str(each) not in stays)
            leaving.append(Leaving(table, kept, found[table.name]))
    return tuple(leaving)


def _belonging(
    tables: Iterable[sa.Table], of_patient: sa.ColumnElement[bool], *, whole: bool = False
) -> dict[str, sa.ColumnElement[bool]]:
    """Return the condition of each table whose rows belong to patients.

    A row belongs by its first reference that cannot be empty, or else by any of them; with
    `whole`, one that names nobody comes along. Tables come after those that they refer to.
    """
    found = {PATIENT: of_patient}
    for table in tables:
        owners = [
            key
            for key in _references(table)
            if key.column.table.name in found and key.column.table is not table
        ]
        if not owners or table.name in found:
            continue
        sure = [key for key in owners if not key.parent.nullable]
        if sure:
            found[table.name] = _points_at(sure[0], found)
        else:
            empty = [sa.and_(*(key.parent.is_(None) for key in owners))] if whole else []
            found[table.name] = sa.or_(*(_points_at(key, found) for key in owners), *empty)
    return found


def _references(table: sa.Table) -> list[sa.ForeignKey]:
    """Return the references of a table in the order of its columns."""
    return [key for column in table.columns for key in column.foreign_keys]


def _points_at(
    key: sa.ForeignKey, found: Mapping[str, sa.ColumnElement[bool]]
) -> sa.ColumnElement[bool]:
    owner = key.column.table
    return key.parent.in_(sa.select(key.column).where(found[owner.name]))


def _named(
    tables: Iterable[sa.Table],
    belonging: Mapping[str, sa.ColumnElement[bool]],
    stays: Mapping[str, str],
) -> dict[str, sa.ColumnElement[bool]]:
    """Return the conditions of rows that rows that leave name: a lot, its product, a person."""
    named: dict[str, sa.ColumnElement[bool]] = {}
    # From those that refer to those that are referred to: a lot comes before its product.
    for owner in reversed(list(tables)):
        if owner.name in belonging or owner.name in stays:
            continue
        uses = [
            owner.c[key.column.name].in_(
                sa.select(key.parent).where({**belonging, **named}[table.name])
            )
            for table in tables
            if table is not owner and table.name in {**belonging, **named}.keys() - stays.keys()
            for key in _references(table)
            if key.column.table is owner
        ]
        if uses:
            named[owner.name] = sa.or_(*uses)
    return named


def _parts(
    tables: Iterable[sa.Table],
    found: Mapping[str, sa.ColumnElement[bool]],
    stays: Mapping[str, str],
) -> dict[str, sa.ColumnElement[bool]]:
    """Return the conditions of parts of named rows: their key begins with the key of the whole."""
    parts: dict[str, sa.ColumnElement[bool]] = {}
    for table in tables:
        if table.name in found or table.name in stays:
            continue
        wholes = [
            key
            for key in _references(table)
            if key.parent.primary_key and key.column.table.name in found
        ]
        if wholes:
            parts[table.name] = _points_at(wholes[0], found)
    return parts
