"""A patient's history in one list, read in parts."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Final
from uuid import UUID

from sqlalchemy import select

from mesodesk.db.models.photo import PhotoRow
from mesodesk.domain.clock import local_date
from mesodesk.domain.records.timeline import EventKind, Place, TimelineEvent, TimelinePage
from mesodesk.domain.rights import Right
from mesodesk.services.clinic import clinic_row
from mesodesk.services.patient_rows import find_patient
from mesodesk.services.photo_rows import thumbnails
from mesodesk.services.store import Store, Transaction
from mesodesk.services.timeline_sources import SOURCES, Source, noon

PART: Final = 30
"""So many events are read at a time: what fits the page, and some below."""

_SOURCES: Final = {source.name: source for source in SOURCES}


class TimelineService:
    """Merges what happened to a patient, whatever kept it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def page(
        self,
        patient_id: UUID,
        kinds: Collection[EventKind] = (),
        after: Place | None = None,
        most: int = PART,
    ) -> TimelinePage:
        """Return some of a patient's events, the latest first.

        Of all others only their moments are read, so that a history of years costs little more
        than a short one.

        Args:
            patient_id: whose.
            kinds: which of them; none means all.
            after: where the events before ended; None begins with the latest.
            most: how many at most.

        Raises:
            NotFoundError: if there is no such patient, or none that who acts may see.
        """
        with self._store.view(Right.RECORD_READ, "patient", patient_id) as tx:
            find_patient(tx, patient_id)
            zone = clinic_row(tx.db).zone
            found = {source: _index(tx, patient_id, source, zone) for source in SOURCES}
            counts: Counter[EventKind] = Counter()
            for source, entries in found.items():
                counts[source.kind] += len(entries)
            wanted = [source for source in SOURCES if not kinds or source.kind in kinds]
            every = sorted(chain.from_iterable(found[each] for each in wanted), reverse=True)
            rest = every if after is None else [each for each in every if each < after]
            events = _read(tx, rest[:most], zone)
            return TimelinePage(patient_id, events, len(rest[most:]), dict(+counts))

    def photo_thumbnails(self, ids: Collection[UUID]) -> Mapping[UUID, bytes]:
        """Return the thumbnails of photographs, JPEG, by id; none of whom who acts may not see.

        Looking at the record is on the log already, by `page`.
        """
        with self._store.read(Right.RECORD_READ) as tx:
            seen = select(PhotoRow.id).where(PhotoRow.id.in_(ids), tx.visible(PhotoRow.patient_id))
            return thumbnails(tx, tx.db.scalars(seen).all())


_Entry = tuple[datetime, UUID, str]
"""A place in the order. Plain, since a history of years has over a thousand of them."""


def _index(tx: Transaction, patient_id: UUID, source: Source, zone: str) -> list[_Entry]:
    name, found = source.name, source.find(tx, patient_id)
    if source.by_day:
        return [(noon(day, zone), object_id, name) for object_id, day in found]
    return [(moment, object_id, name) for object_id, moment in found]


def _read(tx: Transaction, entries: Sequence[_Entry], zone: str) -> tuple[TimelineEvent, ...]:
    facts = {
        name: _SOURCES[name].read(tx, [each[1] for each in entries if each[2] == name])
        for name in dict.fromkeys(each[2] for each in entries)
    }
    return tuple(_event(Place(*each), facts[each[2]][each[1]], zone) for each in entries)


def _event(place: Place, fact: object, zone: str) -> TimelineEvent:
    source = _SOURCES[place.source]
    on = local_date(place.at, zone) if source.by_day else None
    return TimelineEvent(place, source.kind, fact, on)
