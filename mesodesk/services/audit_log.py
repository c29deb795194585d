"""The audit log for those who examine it: reports, who saw a record, exports, whether it is whole.

That somebody reads it is on it, too: the first look in a visit, and each export and print.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from mesodesk.db.models.clinic import UserRow
from mesodesk.db.moments import from_microseconds
from mesodesk.domain.records.audit import (
    DaySheet,
    LogCursor,
    LogFormat,
    LogPage,
    LogQuery,
    LogStanding,
    Saw,
    Unusual,
)
from mesodesk.domain.records.export import ExportEnd
from mesodesk.domain.rights import Right
from mesodesk.services.clinic import clinic_row
from mesodesk.services.log_reports import unusual, who_saw
from mesodesk.services.log_rows import page_of
from mesodesk.services.log_work import LogExport, LogVerifying
from mesodesk.services.proving import prove
from mesodesk.services.store import Store, Transaction
from mesodesk.vault.audit import chain_head
from mesodesk.vault.identity import counted
from mesodesk.vault.spans import count_spans

WEEK: Final = timedelta(days=7)
_COUNTED: Final = ("patient", "session", "intake", "follow_up", "audit_span")
_LAST: Final = (
    "SELECT at, json_extract(details, '$.findings') FROM audit_entry WHERE action = 'log.verify'"
    " ORDER BY seq DESC LIMIT 1"
)


class AuditLogService:
    """Reads the audit log."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def page(self, query: LogQuery, after: LogCursor | None = None, size: int = 100) -> LogPage:
        """Return some entries of a report in its order, after the one that was shown last.

        Args:
            query: which entries, in which order.
            after: where the page before ended; None for the first.
            size: how many at most.
        """
        with self._store.view(Right.AUDIT_READ, "log", self._store.vault.vault_id) as tx:
            return page_of(tx, query, after, size)

    def who_saw(self, patient_id: UUID) -> tuple[Saw, ...]:
        """Return who did what with a patient's record, by person and day, the newest first.

        Raises:
            RestrictedError: if who asks must not see the record.
        """
        with self._store.view(Right.WHO_SAW, "log", patient_id) as tx:
            tx.need_patient(patient_id)
            return who_saw(tx, patient_id, clinic_row(tx.db).zone)

    def unusual(self) -> tuple[Unusual, ...]:
        """Return what of the last week is worth a question, the newest first."""
        with self._store.view(Right.AUDIT_READ, "log", self._store.vault.vault_id) as tx:
            return unusual(tx, tx.now - WEEK, clinic_row(tx.db).zone)

    def people(self) -> tuple[tuple[UUID, str], ...]:
        """Return everybody who is or was on record, by name."""
        with self._store.read(Right.AUDIT_READ) as tx:
            asked = select(UserRow.id, UserRow.name).order_by(UserRow.name, UserRow.id)
            return tuple((row.id, row.name) for row in tx.db.execute(asked))

    def standing(self) -> LogStanding:
        """Return how much of the log is signed, and when it was last verified."""
        with self._store.read(Right.AUDIT_READ) as tx:
            spans = count_spans(tx.connection)
            last = tx.connection.exec_driver_sql(_LAST).first()
            return LogStanding(
                entries=spans.entries,
                signed=spans.signed,
                unsigned=spans.unsigned,
                last_signer=_name(tx, spans.last_user_id),
                last_signed_at=spans.last_at,
                verified_at=None if last is None else from_microseconds(last[0]),
                verified_findings=0 if last is None else int(last[1] or 0),
            )

    def plan_verify(self) -> LogVerifying:
        """Allow the whole log to be verified, which is done on any other thread."""
        begin = self._store.reading_aside(Right.AUDIT_READ)
        return LogVerifying(begin, self._store.vault.keys)

    def note_verified(self, entries: int, findings: int) -> None:
        """Keep that the log was verified, and how much was found."""
        with self._store.write(Right.AUDIT_READ) as tx:
            vault_id = self._store.vault.vault_id
            tx.audit("log.verify", "vault", vault_id, entries=entries, findings=findings)

    def plan_export(
        self, query: LogQuery, form: LogFormat, typed: str, *, by_pin: bool = False
    ) -> LogExport:
        """Allow a report to leave, and keep that it does; it is written on any other thread.

        Args:
            query: which entries, in which order.
            form: in which form.
            typed: the password of who is at the desk: one left open must give nothing away.
            by_pin: whether it is their PIN instead.

        Raises:
            WrongPasswordError: as `proving.prove`, and the others of it.
        """
        begin = self._store.reading_aside(Right.AUDIT_READ)
        prove(self._store, Right.AUDIT_READ, typed, by_pin=by_pin)
        with self._store.write(Right.AUDIT_READ) as tx:
            tx.audit(
                "log.export",
                "log",
                query.patient_id or self._store.vault.vault_id,
                format=form.value,
                groups=sorted(query.groups),
            )
        return LogExport(begin, query, form, self._store.vault.vault_id)

    def end_export(self, job: LogExport, how: ExportEnd, entries: int | None = None) -> None:
        """Keep how an export ended, by whoever is at the desk by then.

        One that has no end on the log was cut short.
        """
        with self._store.write(Right.OWN) as tx:
            told = {} if entries is None else {"entries": entries}
            tx.audit(
                "log.export_end",
                "log",
                job.query.patient_id or self._store.vault.vault_id,
                format=job.form.value,
                ended=how.value,
                **told,
            )

    def day_sheet(self, typed: str, *, by_pin: bool = False) -> DaySheet:
        """Return what is printed at the end of a day; that it was made is its last entry.

        Args:
            typed: the password of who is at the desk.
            by_pin: whether it is their PIN instead.

        Raises:
            WrongPasswordError: as `proving.prove`, and the others of it.
        """
        prove(self._store, Right.AUDIT_READ, typed, by_pin=by_pin)
        with self._store.write(Right.AUDIT_READ) as tx:
            vault_id = self._store.vault.vault_id
            tx.audit("log.print", "vault", vault_id)
            seq, head = chain_head(tx.connection)
            rows = counted(tx.connection)
            return DaySheet(
                clinic=clinic_row(tx.db).name,
                vault_id=vault_id,
                made_at=tx.now,
                made_by=tx.actor.name,
                seq=seq,
                head=head,
                counts={name: rows.get(name, 0) for name in _COUNTED},
            )


def _name(tx: Transaction, user_id: UUID | None) -> str:
    if user_id is None:
        return ""
    return tx.db.scalar(select(UserRow.name).where(UserRow.id == user_id)) or ""
