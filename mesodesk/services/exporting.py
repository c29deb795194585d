"""Records that leave: who may, kept on the log before anything is written, and how it ended.

Reading a whole clinic takes longer than the database thread may be kept from what is typed, so it
is done in three parts: a `plan_` here, `services/export_work.py` on any other thread, `end` here.
"""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import select

from mesodesk import __version__
from mesodesk.db.models.patient import PatientRow
from mesodesk.domain.records.export import (
    Exported,
    ExportEnd,
    ExportFormat,
    ExportHead,
    ExportScope,
)
from mesodesk.domain.rights import Right
from mesodesk.services.clinic import clinic_row
from mesodesk.services.consent_rows import find_consent
from mesodesk.services.errors import NotFoundError, RefusedError
from mesodesk.services.export_work import ExportJob
from mesodesk.services.patient_rows import find_patient
from mesodesk.services.photo_leaving import PhotosLeaving, photos_leaving
from mesodesk.services.proving import prove_who_is_here
from mesodesk.services.session_rows import find_session
from mesodesk.services.store import Store, Transaction

_SCHEMA = "SELECT version_num FROM alembic_version"


class ExportService:
    """Disclosures: each is on the audit chain before the first byte of it is written."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def plan_patient(
        self,
        patient_id: UUID,
        form: ExportFormat,
        typed: str,
        *,
        by_pin: bool = False,
        photographs: bool = True,
    ) -> ExportJob:
        """Allow one patient's whole record to leave, and keep that it does.

        Photographs leave with it as the patient agreed: those of the record, none in error.

        Args:
            patient_id: of the patient.
            form: in which form.
            typed: the password of who is at the desk: one left open must give nothing away.
            by_pin: whether it is their PIN instead.
            photographs: whether their files are to leave beside it: not where it is printed.

        Raises:
            NotFoundError: if there is no such patient, or none that who acts may see.
            WrongPasswordError: with the seconds to wait before the next try.
            TooSoonError: if such a pause is not over; nothing was tried.
            WrongPinError: if this is not their PIN; the third time it is gone.
            NoPinError: if there is none, or none any more.
        """
        begin = self._store.reading_aside(Right.EXPORT)
        with self._store.read(Right.EXPORT) as tx:
            find_patient(tx, patient_id)

        def note(why: str) -> None:
            with self._store.write(Right.EXPORT) as tx:
                tx.audit("patient.export_failed", "patient", patient_id, None, why=why)

        prove_who_is_here(self._store, typed, note, by_pin=by_pin)
        with self._store.write(Right.EXPORT) as tx:
            row = find_patient(tx, patient_id)
            head = self._head(tx, ExportScope.PATIENT, row.record_number)
            tx.audit("patient.export", "patient", row.id, row.version, format=form.value)
            going = photos_leaving(tx, patient_id) if photographs else PhotosLeaving()
            language = clinic_row(tx.db).language or "en"
        head = replace(
            head,
            photographs=len(going.ids),
            photographs_stay=going.stay,
            photographs_why=going.why,
        )
        return ExportJob(head, form, patient_id, begin, going.ids, language)

    def plan_session(self, session_id: UUID) -> ExportJob:
        """Allow one session to be printed, and keep that it is.

        Raises:
            NotFoundError: if there is no such session, or none that who acts may see.
        """
        begin = self._store.reading_aside(Right.PRINT)
        with self._store.write(Right.PRINT) as tx:
            row = find_session(tx, session_id)
            number = find_patient(tx, row.patient_id).record_number
            head = self._head(tx, ExportScope.SESSION, number)
            form = ExportFormat.PDF
            tx.audit("session.print", "session", row.id, row.version, format=form.value)
        return ExportJob(head, form, session_id, begin)

    def plan_consent(self, consent_id: UUID) -> ExportJob:
        """Allow one signed consent to be printed, and keep that it is.

        Raises:
            NotFoundError: if there is no such consent, or none that who acts may see.
            RefusedError: if it is not signed.
        """
        begin = self._store.reading_aside(Right.PRINT)
        with self._store.write(Right.PRINT) as tx:
            row = find_consent(tx, consent_id)
            if row.seal is None:
                raise RefusedError(
                    "Only a signed consent is printed. Nothing was changed. Take it first."
                )
            head = self._head(
                tx, ExportScope.CONSENT, find_patient(tx, row.patient_id).record_number
            )
            form = ExportFormat.PDF
            tx.audit("consent.print", "consent", row.id, row.version, format=form.value)
        return ExportJob(head, form, consent_id, begin)

    def plan_clinic(self, form: ExportFormat, typed: str, *, by_pin: bool = False) -> ExportJob:
        """Allow everything to leave, and keep that it does.

        Records that are restricted to others stay, and are counted. Photographs leave as each
        patient agreed; which, is decided as they are read, since that takes long.

        Args:
            form: in which form.
            typed: the password of who is at the desk: one left open must not give all of it away.
            by_pin: whether it is their PIN instead.

        Raises:
            WrongPasswordError: with the seconds to wait before the next try.
            TooSoonError: if such a pause is not over; nothing was tried.
            WrongPinError: if this is not their PIN; the third time it is gone.
            NoPinError: if there is none, or none any more.
        """
        begin = self._store.reading_aside(Right.EXPORT_CLINIC)
        prove_who_is_here(self._store, typed, self._note_clinic_failed, by_pin=by_pin)
        with self._store.write(Right.EXPORT_CLINIC) as tx:
            row, left_out = clinic_row(tx.db), len(tx.hidden)
            head = self._head(tx, ExportScope.CLINIC, "", left_out)
            tx.audit(
                "clinic.export",
                "clinic",
                row.id,
                row.version,
                format=form.value,
                left_out=left_out,
            )
        return ExportJob(head, form, None, begin, language=row.language or "en")

    def end(self, job: ExportJob, how: ExportEnd, done: Exported | None = None) -> None:
        """Keep how an export ended; one that has no end on the log was cut short.

        It is a receipt: whoever is at the desk by then leaves it.
        """
        scope = job.head.scope
        told = {} if done is None else _told(job, done)
        with self._store.write(Right.OWN) as tx:
            subject = job.subject or clinic_row(tx.db).id
            tx.audit(
                f"{scope.value}.print_end"
                if scope in (ExportScope.SESSION, ExportScope.CONSENT)
                else f"{scope.value}.export_end",
                scope.value,
                subject,
                None,
                format=job.form.value,
                ended=how.value,
                **told,
            )

    def note_copied(self, session_id: UUID) -> None:
        """Keep that a session's chart is copied as text, from where any program takes it.

        Raises:
            NotFoundError: if there is no such session, or none that who acts may see.
        """
        with self._store.write(Right.RECORD_READ) as tx:
            row = find_session(tx, session_id)
            find_patient(tx, row.patient_id)
            tx.audit("chart.copy", "session", row.id, row.version)

    def find(self, named: str) -> UUID:
        """Return the patient of an id or a record number, whatever zeros it begins with.

        Raises:
            NotFoundError: if there is none, or none that who acts may see.
        """
        with self._store.read(Right.EXPORT) as tx:
            statement = select(PatientRow.id).where(PatientRow.record_number == named.strip())
            found = tx.db.scalar(statement) or _by_digits(tx, named) or _by_id(tx, named)
            if found is None:
                raise NotFoundError(
                    "There is no patient of this number or id. Nothing was written. Look the number"
                    " up in the window: it stands under the name."
                )
            tx.need_patient(found)
            return found

    def left_out(self) -> int:
        """Return how many patients would stay in an export of everything."""
        with self._store.read(Right.EXPORT_CLINIC) as tx:
            return len(tx.hidden)

    def _head(
        self, tx: Transaction, scope: ExportScope, record_number: str, left_out: int = 0
    ) -> ExportHead:
        return ExportHead(
            scope=scope,
            vault_id=self._store.vault.vault_id,
            schema=str(tx.connection.exec_driver_sql(_SCHEMA).scalar_one()),
            program=__version__,
            made_at=tx.now,
            made_by=tx.actor.name,
            clinic=clinic_row(tx.db).name,
            record_number=record_number,
            left_out=left_out,
        )

    def _note_clinic_failed(self, why: str) -> None:
        with self._store.write(Right.EXPORT_CLINIC) as tx:
            tx.audit("clinic.export_failed", "clinic", clinic_row(tx.db).id, why=why)


def _told(job: ExportJob, done: Exported) -> dict[str, object]:
    """Return what the log keeps of what was written."""
    told: dict[str, object] = {"tables": done.tables, "rows": done.rows}
    lost, stay = done.photographs_lost, done.photographs_stay
    if job.photos or done.photographs or lost or stay:
        told["photographs"] = done.photographs
    if lost:
        told["photographs_lost"] = lost
    if stay:
        told["photographs_stay"] = {why.value: count for why, count in stay.items()}
    return told


def _by_digits(tx: Transaction, named: str) -> UUID | None:
    digits = named.strip().lstrip("0")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 18:
        return None
    return tx.db.scalar(select(PatientRow.id).where(PatientRow.seq == int(digits)))


def _by_id(tx: Transaction, named: str) -> UUID | None:
    try:
        wanted = UUID(named.strip())
    except ValueError:
        return None
    return tx.db.scalar(select(PatientRow.id).where(PatientRow.id == wanted))
