"""Reading what leaves, beside the work at the desk: on any thread, as of one moment.

`ExportService` says on the database thread what leaves (`ExportJob`) and keeps that it did; here
it is read, on a connection of its own, and handed on in parts.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Event
from typing import Final
from uuid import UUID

from sqlalchemy import select

from mesodesk.db.models.patient import PatientRow
from mesodesk.domain.canonical import plain
from mesodesk.domain.records.export import (
    Exported,
    ExportFormat,
    ExportHead,
    ExportScope,
    ExportSink,
    ExportTable,
    LeavingPhoto,
)
from mesodesk.domain.records.printing import PrintedRecord
from mesodesk.services.errors import ServiceError
from mesodesk.services.export_points import POINT_TABLE, point_rows
from mesodesk.services.export_tables import (
    Leaving,
    leaving_with_clinic,
    leaving_with_patient,
)
from mesodesk.services.photo_leaving import count_of_clinic, leaving_pictures, pictures_of_clinic
from mesodesk.services.printed import printed_alone, printed_consent, printed_patient
from mesodesk.services.store import Aside, Transaction

_PART = 500
"""So many rows are in memory at a time."""

Tell = Callable[[int, int], object]
"""Called with how much is done, and how much there is."""


class ExportStoppedError(ServiceError):
    """Somebody stopped it; the log says so."""

    def __init__(self) -> None:
        super().__init__(
            "The export was stopped. Nothing was left behind. Your records are as they were."
        )


@dataclass(frozen=True, slots=True)
class ExportJob:
    """What leaves, allowed and on the log already. `subject` is a patient, a session or nobody.

    `photos` leave as files beside a patient's record; those of a clinic are found as they leave.
    `language` is that of the clinic.
    """

    head: ExportHead
    form: ExportFormat
    subject: UUID | None
    begin: Aside
    photos: tuple[UUID, ...] = ()
    language: str = "en"


def write_tables(job: ExportJob, sink: ExportSink, stop: Event, tell: Tell) -> Exported:
    """Hand all tables of a job to a sink, in parts.

    Raises:
        ExportStoppedError: if `stop` was set meanwhile.
        StorageError: if the database cannot be read.
    """
    with job.begin() as tx:
        reading = _Reading(tx, sink, stop, tell)
        return reading.read(job, _leaving(tx, job))


def records(job: ExportJob, stop: Event, tell: Tell) -> Iterator[PrintedRecord]:
    """Yield what is printed: one session, one patient, or every patient one after the other.

    Raises:
        ExportStoppedError: if `stop` was set meanwhile.
        NotFoundError: if there is no such patient or session, or none that who acts may see.
        StorageError: if the database cannot be read.
    """

    def go() -> None:
        if stop.is_set():
            raise ExportStoppedError

    with job.begin() as tx:
        alone = _ALONE.get(job.head.scope)
        if alone is not None and job.subject is not None:
            yield alone(tx, job.subject, job.head)
            return
        whom = [job.subject] if job.subject is not None else _everybody(tx)
        for done, patient_id in enumerate(whom):
            go()
            tell(done, len(whom))
            yield printed_patient(tx, patient_id, job.head, go)
        tell(len(whom), len(whom))


def count_photographs(job: ExportJob) -> tuple[int, int]:
    """Return how many photographs `pictures` yields, and how many stay in restricted records."""
    if job.head.scope is not ExportScope.CLINIC:
        return len(job.photos), 0
    with job.begin() as tx:
        return count_of_clinic(tx)


def count_records(job: ExportJob) -> int:
    """Return about how many rows a job has, or as PDF how many patients."""
    with job.begin() as tx:
        if job.form is ExportFormat.PDF:
            return 1 if job.subject is not None else len(_everybody(tx))
        run = tx.connection.execute
        return sum(run(each.count()).scalar_one() for each in _leaving(tx, job))


def pictures(job: ExportJob, stop: Event, tell: Callable[[int], object]) -> Iterator[LeavingPhoto]:
    """Yield the photographs of a job, one at a time, those that stay with the reason.

    Args:
        job: a patient's, or a clinic's.
        stop: set by another thread to have it given up.
        tell: called with how many are done.

    Raises:
        ExportStoppedError: if `stop` was set meanwhile.
    """

    def go() -> None:
        if stop.is_set():
            raise ExportStoppedError

    if job.head.scope is ExportScope.CLINIC:
        found = pictures_of_clinic(job.begin, go)
    else:
        found = leaving_pictures(job.begin, job.photos, go)
    for done, each in enumerate(found, start=1):
        yield each
        tell(done)


_ALONE: Final = {ExportScope.SESSION: printed_alone, ExportScope.CONSENT: printed_consent}


def _everybody(tx: Transaction) -> list[UUID]:
    visible = select(PatientRow.id).where(tx.visible(PatientRow.id))
    return list(tx.db.scalars(visible.order_by(PatientRow.seq)))


def _leaving(tx: Transaction, job: ExportJob) -> tuple[Leaving, ...]:
    if job.subject is None:
        return leaving_with_clinic(tx.hidden)
    tx.need_patient(job.subject)
    return leaving_with_patient(job.subject)


class _Reading:
    """One reading of all tables."""

    def __init__(self, tx: Transaction, sink: ExportSink, stop: Event, tell: Tell) -> None:
        self._tx = tx
        self._sink = sink
        self._stop = stop
        self._tell = tell
        self._done = self._all = 0

    def read(self, job: ExportJob, leaving: tuple[Leaving, ...]) -> Exported:
        counts = [self._count(each) for each in leaving]
        self._all = sum(counts)
        self._sink.begin(job.head)
        for each, count in zip(leaving, counts, strict=True):
            self._sink.table(
                ExportTable(each.table.name, tuple(one.name for one in each.columns), count)
            )
            self._rows(each)
        self._points(next(each for each in leaving if each.table.name == "chart_field"))
        self._sink.end()
        return Exported(len(leaving) + 1, self._done, job.head.left_out)

    def _count(self, each: Leaving) -> int:
        self._go()
        return self._tx.connection.execute(each.count()).scalar_one()

    def _rows(self, each: Leaving) -> None:
        result = self._tx.connection.execute(
            each.statement(), execution_options={"yield_per": _PART}
        )
        for part in result.partitions():
            self._hand([[plain(value) for value in row] for row in part])

    def _points(self, fields: Leaving) -> None:
        self._sink.table(POINT_TABLE)
        for part in point_rows(self._tx.connection, fields.where):
            self._hand(part)

    def _hand(self, part: list[list[object]]) -> None:
        self._go()
        self._sink.rows(part)
        self._done += len(part)
        self._all = max(self._all, self._done)  # points were not counted before
        self._tell(self._done, self._all)

    def _go(self) -> None:
        if self._stop.is_set():
            raise ExportStoppedError
