"""When reactions are a cluster: several patients on one lot, or of one day of treatment. Pure."""

from collections.abc import Callable, Hashable, Iterable
from datetime import date
from typing import TypeVar
from uuid import UUID

from mesodesk.domain.records.recall import Cluster, ClusterKind, Reaction

K = TypeVar("K", bound=Hashable)


def clusters(reactions: Iterable[Reaction], least: int) -> tuple[Cluster, ...]:
    """Return what at least so many patients have in common, the largest first.

    One patient counts once, however often asked and whatever was told. A day is left out where all
    of its patients are those of a lot: the lot says it already.
    """
    seen = tuple(reactions)
    of_lots = [
        Cluster(ClusterKind.LOT, lot, None, _patients(those), _what(those))
        for lot, those in _grouped(seen, lambda each: each.lots).items()
        if len(_patients(those)) >= least
    ]
    of_days = [
        Cluster(ClusterKind.DAY, None, day, _patients(those), _what(those))
        for day, those in _grouped(seen, _day).items()
        if len(_patients(those)) >= least
    ]
    told = [each.patients for each in of_lots]
    of_days = [each for each in of_days if not any(each.patients <= those for those in told)]
    return tuple(sorted((*of_lots, *of_days), key=_order))


def _day(reaction: Reaction) -> tuple[date]:
    return (reaction.treated_on,)


def _order(cluster: Cluster) -> tuple[int, str, str]:
    return -len(cluster.patients), str(cluster.treated_on or ""), str(cluster.lot_id or "")


def _grouped(
    reactions: Iterable[Reaction], keys: Callable[[Reaction], Iterable[K]]
) -> dict[K, list[Reaction]]:
    found: dict[K, list[Reaction]] = {}
    for each in reactions:
        for key in keys(each):
            found.setdefault(key, []).append(each)
    return found


def _patients(reactions: Iterable[Reaction]) -> frozenset[UUID]:
    return frozenset(each.patient_id for each in reactions)


def _what(reactions: Iterable[Reaction]) -> tuple[str, ...]:
    return tuple(sorted({each.what for each in reactions}))
