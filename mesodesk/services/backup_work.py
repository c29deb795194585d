"""Making and looking through backups beside the work at the desk: no database thread is needed.

A service says on the database thread what is to be done (`BackupJob`); `carry_out` does it on any
other thread, which may take a minute; the service then keeps what came of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from uuid import UUID

from mesodesk.domain.clock import Clock
from mesodesk.domain.records.backup import PlaceKind, PlaceRecord
from mesodesk.vault import container
from mesodesk.vault.backing_up import FolderTarget, Source, make_backup, read_again
from mesodesk.vault.backup_errors import BackupStoppedError, BackupTargetError
from mesodesk.vault.errors import VaultError
from mesodesk.vault.location import refusal
from mesodesk.vault.manifest import Manifest
from mesodesk.vault.places import find_stick, refusal_words
from mesodesk.vault.retention import Generation, to_remove

AWAY = "away"
_MOST_AT_ONCE = 2
"""How many earlier backups are looked through in one run: the rest has its turn with the next."""

Tell = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class PlaceJob:
    """What to do in one place.

    `known` are the names of the containers that are on record there; `stale` those of them that
    are to be read back again.
    """

    place: PlaceRecord
    known: frozenset[str] = frozenset()
    stale: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BackupJob:
    """What to make and to look through, and of which vault."""

    source: Source
    places: tuple[PlaceJob, ...]
    reason: str
    make: bool = True


@dataclass(frozen=True, slots=True)
class Done:
    """One container that was made, found or read back; or why not.

    `found` tells that it stood there without being on record.
    """

    name: str
    manifest: Manifest | None
    size: int = 0
    trouble: str = ""
    readback: bool = False
    found: bool = False


@dataclass(frozen=True, slots=True)
class PlaceDone:
    """What came of one place: `folder` is None where it is away."""

    place: PlaceRecord
    folder: Path | None
    done: tuple[Done, ...] = ()

    @property
    def made(self) -> Done | None:
        """The backup that was made, and is whole."""
        whole = (one for one in self.done if not (one.readback or one.found or one.trouble))
        return next(whole, None)

    @property
    def trouble(self) -> str:
        """Why no backup was made, else empty."""
        told = (one.trouble for one in self.done if one.trouble and not one.readback)
        return next(told, "")


def folder_of(place: PlaceRecord) -> Path | None:
    """Return where a place is now, or None if it is away."""
    if place.kind is PlaceKind.STICK:
        return find_stick(place.marker, place.path)
    try:
        return place.path if place.path.is_dir() else None
    except OSError:
        return None


def carry_out(
    job: BackupJob, clock: Clock, stop: Event, tell: Tell | None = None
) -> tuple[PlaceDone, ...]:
    """Make the backups of a job, place by place; what fails in one does not stop the next.

    Args:
        job: what to do.
        clock: the computer's.
        stop: set by another thread to have it given up.
        tell: called with the place that it is about now, from this thread.

    Raises:
        BackupStoppedError: if it was stopped; what was made before stands, and is found next time.
    """
    told = tell or _nobody
    return tuple(_in_place(job, each, clock, stop, told) for each in job.places)


def _nobody(_words: str) -> None:
    return None


def _in_place(job: BackupJob, one: PlaceJob, clock: Clock, stop: Event, tell: Tell) -> PlaceDone:
    folder = folder_of(one.place)
    if folder is None:
        return PlaceDone(one.place, None)
    tell(one.place.label or str(folder))
    done: list[Done] = []
    if job.make:
        done.append(_made(job, folder, clock, stop))
    done += _looked_through(job, one, folder, stop, {each.name for each in done})
    return PlaceDone(one.place, folder, tuple(done))


def _made(job: BackupJob, folder: Path, clock: Clock, stop: Event) -> Done:
    try:
        made = make_backup(
            job.source, FolderTarget(folder), reason=job.reason, clock=clock, stop=stop
        )
    except BackupStoppedError:
        raise
    except VaultError as error:
        return Done("", None, trouble=error.sentence)
    except OSError as error:
        return Done("", None, trouble=BackupTargetError(refusal_words(error)).sentence)
    return Done(made.path.name, made.manifest, made.size)


def _looked_through(
    job: BackupJob, one: PlaceJob, folder: Path, stop: Event, made: set[str]
) -> list[Done]:
    """Read back what is due, and what stands there without being on record."""
    try:
        there = {each.path.name: each for each in container.listed(folder)}
    except OSError:
        return []
    unknown = [name for name in there if name not in one.known and name not in made]
    wanted = [*unknown[-_MOST_AT_ONCE:], *[name for name in one.stale if name in there]]
    done = []
    for name in wanted[:_MOST_AT_ONCE]:
        found = _read(job.source, there[name].path, stop)
        if found is not None:
            seen = replace(found, size=there[name].size)
            done.append(replace(seen, found=True) if name in unknown else seen)
    return done


def _read(source: Source, path: Path, stop: Event) -> Done | None:
    """Read a container back; None for one of another vault."""
    manifest: Manifest | None = None
    try:
        with container.opened(path) as packed:
            manifest = packed.manifest
        if manifest.vault_id != source.keys.vault_id:
            return None
        # Made before the vault's key was changed: only the key of that day opens it.
        if not manifest.is_sealed_by(source.keys.manifest) and (
            manifest.key_generation < source.key_file.generation
        ):
            return None
        read_again(path, source, stop)
    except BackupStoppedError:
        raise
    except VaultError as error:
        return Done(path.name, manifest, trouble=error.sentence, readback=True)
    except OSError as error:
        return Done(path.name, manifest, trouble=refusal(error).sentence, readback=True)
    return Done(path.name, manifest, readback=True)


@dataclass(frozen=True, slots=True)
class Cleanup:
    """Which backups of a place are known to be whole, for choosing those that may go."""

    place_id: UUID
    folder: Path
    verified: Mapping[str, str]
    """Reasons by name."""

    made: str


def clean_up(what: Cleanup, clock: Clock) -> tuple[str, ...]:
    """Remove the backups of a place that no rule keeps; return their names. On any thread."""
    generations: dict[str, Generation] = {}
    for each in container.listed(what.folder):
        name = each.path.name
        try:
            with container.opened(each.path) as packed:
                lineage = packed.manifest.lineage
        except VaultError:
            continue
        generations[name] = Generation(
            name,
            lineage,
            each.seq,
            each.made_at,
            verified=name in what.verified,
            reason=what.verified.get(name, ""),
        )
    removed = []
    for one in to_remove(generations.values(), generations.get(what.made), clock.now()):
        (what.folder / one.name).unlink(missing_ok=True)
        removed.append(one.name)
    return tuple(removed)
