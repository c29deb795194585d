"""What the Safety page says: how old, how many, and what is to be done."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import QCoreApplication

from mesodesk.domain.records.backup import BackupStanding, PlaceKind, PlaceStanding, Urgency
from mesodesk.domain.records.safety import SafetyStanding
from mesodesk.ui.tokens import Kind

_KINDS = {Urgency.NOW: Kind.STOP, Urgency.SOON: Kind.CAUTION}


@dataclass(frozen=True, slots=True)
class Concern:
    """Something to do, in one sentence."""

    kind: Kind
    sentence: str


def _tr(text: str) -> str:
    return QCoreApplication.translate("Safety", text)


def ago(moment: datetime, now: datetime) -> str:
    """Return how long ago something was, in the largest whole unit: `3 hours ago`."""
    passed = max(now - moment, timedelta(0))
    for unit, one, many in (
        (timedelta(days=1), _tr("1 day ago"), _tr("{count} days ago")),
        (timedelta(hours=1), _tr("1 hour ago"), _tr("{count} hours ago")),
        (timedelta(minutes=1), _tr("1 minute ago"), _tr("{count} minutes ago")),
    ):
        count = passed // unit
        if count:
            return one if count == 1 else many.format(count=count)
    return _tr("just now")


def changes_words(count: int) -> str:
    """Return how much is in no backup yet."""
    if not count:
        return _tr("nothing changed since")
    return _tr("1 change since") if count == 1 else _tr("{count} changes since").format(count=count)


def place_name(each: PlaceStanding) -> str:
    """Return what a place is called: its label, or where it is."""
    return each.place.label or str(each.place.path)


def place_words(each: PlaceStanding, now: datetime) -> tuple[Kind, str]:
    """Return how a place stands, and in which tone."""
    if each.last is None:
        made = _tr("No backup yet")
    else:
        made = _tr("Made and read back whole {ago}").format(ago=ago(each.last.made_at, now))
    words = f"{made}, {changes_words(each.changes)}" if each.last else made
    if each.lost:
        return Kind.STOP, _tr("{words}. Damaged since: {names}").format(
            words=words, names=", ".join(each.lost)
        )
    if each.much_smaller:
        return Kind.STOP, _tr(
            "{words}. It is much smaller than the one before: examine the record"
        ).format(words=words)
    if each.trouble:
        return Kind.CAUTION, f"{words}. {each.trouble}"
    return (Kind.NEUTRAL if each.last is None else Kind.OK), words


def backup_concern(standing: BackupStanding, now: datetime) -> Concern | None:
    """Return what is to be said on Today: that backups are missing, or that a stick is."""
    if not standing.places:
        return Concern(Kind.STOP, _tr("No place for backups is chosen: add one."))
    if standing.paused_since is not None:
        return Concern(
            Kind.CAUTION,
            _tr("These records were restored from a backup. Say whether they are the right ones."),
        )
    urgency = standing.urgency(now)
    if urgency is not Urgency.CALM and standing.changed_since is not None:
        waiting = (now - standing.changed_since).days
        said = _tr("Changes of the last {days} days are in no backup.").format(days=waiting)
        return Concern(_KINDS[urgency], said)
    for each in standing.places:
        kind, words = place_words(each, now)
        if kind is Kind.STOP:
            return Concern(kind, f"{place_name(each)}: {words}.")
    if standing.lacks_stick(now):
        return Concern(
            Kind.CAUTION,
            _tr("No backup has ever been made on a stick: fire or theft would take all of them."),
        )
    return _stick_concern(standing, now)


def _stick_concern(standing: BackupStanding, now: datetime) -> Concern | None:
    urgency = standing.stick_urgency(now)
    if urgency is Urgency.CALM:
        return None
    said = _tr("Changes of the last {days} days are on no stick: plug one in.")
    return Concern(_KINDS[urgency], said.format(days=standing.stick_days(now)))


def concerns(standing: SafetyStanding, now: datetime) -> tuple[Concern, ...]:
    """Return all that is to be done, the most pressing first."""
    found = [backup_concern(standing.backups, now)]
    found += [
        Concern(Kind.CAUTION, f"{place_name(each)}: {each.trouble}")
        for each in standing.backups.places
        if each.trouble
    ]
    if standing.backups.places and standing.backups.newest is None:
        found.append(Concern(Kind.CAUTION, _tr("No backup was made yet: press Back up now.")))
    if standing.backups.is_all_here and not standing.backups.lacks_stick(now):
        said = _tr(
            "No backup is on a stick yet: fire or theft would take all of them. Add a stick."
        )
        found.append(Concern(Kind.INFO, said))
    found.append(_check_concern(standing, now))
    if standing.little_room:
        said = _tr("Only {count} MB are left on this disk: free some space.")
        found.append(Concern(Kind.CAUTION, said.format(count=standing.free_mb)))
    if standing.kit_is_due(now):
        said = _tr("The recovery kit was not tried for a year: see whether it still works.")
        if not standing.kits:
            said = _tr("There is no recovery kit: a lost password would lose every record.")
        found.append(Concern(Kind.CAUTION if standing.kits else Kind.STOP, said))
    if standing.drill_is_due(now):
        said = _tr("No restore was tried for three months: try one, it takes a minute.")
        if standing.backups.last_drill is None:
            said = _tr("No restore was ever tried: try one, it takes a minute.")
        found.append(Concern(Kind.INFO, said))
    told = [each for each in found if each is not None]
    order = (Kind.STOP, Kind.CAUTION, Kind.INFO)
    return tuple(sorted(told, key=lambda each: order.index(each.kind)))


def _check_concern(standing: SafetyStanding, now: datetime) -> Concern | None:
    if standing.check_findings:
        said = _tr(
            "The last examination of the record brought {findings}. Examine it now to read them and"
            " what to do."
        )
        found = findings_words(standing.check_findings)
        return Concern(Kind.STOP, said.format(findings=found))
    if standing.check_is_due(now) and standing.checked_at is not None:
        return Concern(Kind.INFO, _tr("The record was not examined for a week."))
    return None


def findings_words(count: int) -> str:
    """Return how much an examination found."""
    return _tr("1 finding") if count == 1 else _tr("{count} findings").format(count=count)


def kind_words(kind: PlaceKind) -> str:
    """Return what a kind of place is called."""
    return _tr("stick") if kind is PlaceKind.STICK else _tr("folder")
