"""A report of the audit log as a file: CSV for a table, FHIR for a repository of audit records."""

import csv
import io
import json
from collections.abc import Callable, Iterable
from typing import BinaryIO, Final
from uuid import UUID

from mesodesk.documents.log_fhir import audit_event
from mesodesk.documents.tables_csv import cell
from mesodesk.domain.audit_actions import action_words
from mesodesk.domain.records.audit import LogEntry, LogFormat

Tell = Callable[[int, int], object]
"""Told how many entries are done, of how many; 0 if that is not known."""

_HEAD: Final = (
    "number",
    "time_utc",
    "person",
    "role",
    "computer",
    "action",
    "meaning",
    "record_kind",
    "record_id",
    "record_version",
    "patient_number",
    "outcome",
    "reason",
    "program",
    "details",
)


def write_log(
    file: BinaryIO,
    parts: Iterable[tuple[LogEntry, ...]],
    form: LogFormat,
    vault_id: UUID,
    tell: Tell,
) -> int:
    """Write a report, part by part; return how many entries it has.

    Raises:
        OSError: if the disk refuses.
    """
    if form is LogFormat.CSV:
        return _write_csv(file, parts, tell)
    return _write_fhir(file, parts, vault_id, tell)


def _write_csv(file: BinaryIO, parts: Iterable[tuple[LogEntry, ...]], tell: Tell) -> int:
    """Write one line for each entry; with a mark at the beginning, or Excel takes it for Latin."""
    text = io.TextIOWrapper(file, "utf-8-sig", newline="", write_through=True)
    lines, done = csv.writer(text), 0
    lines.writerow(_HEAD)
    for entries in parts:
        lines.writerows([cell(value) for value in _line(entry)] for entry in entries)
        done += len(entries)
        tell(done, 0)
    text.detach()
    return done


def _line(entry: LogEntry) -> tuple[object, ...]:
    return (
        entry.seq,
        f"{entry.at:%Y-%m-%dT%H:%M:%S.%fZ}",
        entry.actor_name,
        entry.actor_role,
        entry.workstation,
        entry.action,
        action_words(entry.action),
        entry.object_type,
        None if entry.object_id is None else str(entry.object_id),
        entry.object_version,
        None if entry.patient is None else entry.patient.record_number,
        entry.outcome,
        entry.reason,
        entry.program,
        json.dumps(entry.details, ensure_ascii=False, sort_keys=True),
    )


def _write_fhir(
    file: BinaryIO, parts: Iterable[tuple[LogEntry, ...]], vault_id: UUID, tell: Tell
) -> int:
    """Write a FHIR R4 Bundle of AuditEvents, entry by entry: it never lies in memory whole."""
    file.write(b'{"resourceType":"Bundle","type":"collection","entry":[')
    done = 0
    for entries in parts:
        for entry in entries:
            event = audit_event(entry, vault_id)
            body = {"fullUrl": f"urn:uuid:{event['id']}", "resource": event}
            file.write(b",\n" if done else b"\n")
            file.write(json.dumps(body, ensure_ascii=False).encode("utf-8"))
            done += 1
        tell(done, 0)
    file.write(b"\n]}\n")
    return done
