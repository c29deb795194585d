"""Clusters: patients, not answers, are counted; a lot says more than a day."""

from datetime import date

from mesodesk.domain.clusters import clusters
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.recall import ClusterKind, Reaction

ONE, OTHER, THIRD = new_id(), new_id(), new_id()
LOT, OTHER_LOT = new_id(), new_id()
DAY, LATER = date(2026, 3, 10), date(2026, 3, 17)


def reaction(patient, day=DAY, *lots, what="nodule") -> Reaction:
    return Reaction(patient, new_id(), day, frozenset(lots), what)


def seen(*reactions: Reaction):
    return [
        (each.kind, each.lot_id or each.treated_on, len(each.patients))
        for each in clusters(reactions, 2)
    ]


def test_one_patient_is_no_cluster_however_often_it_was_told():
    assert seen(reaction(ONE, DAY, LOT), reaction(ONE, DAY, LOT, what="pus")) == []


def test_two_patients_of_a_lot_are_one_whatever_the_day_and_what_they_told():
    told = [reaction(ONE, DAY, LOT), reaction(OTHER, LATER, LOT, OTHER_LOT, what="pus")]
    assert seen(*told) == [(ClusterKind.LOT, LOT, 2)]
    assert clusters(told, 2)[0].what == ("nodule", "pus")


def test_a_day_is_told_where_it_says_more_than_its_lots():
    same_lot = [reaction(ONE, DAY, LOT), reaction(OTHER, DAY, LOT)]
    assert seen(*same_lot) == [(ClusterKind.LOT, LOT, 2)]
    more = [*same_lot, reaction(THIRD, DAY, OTHER_LOT)]
    assert seen(*more) == [(ClusterKind.DAY, DAY, 3), (ClusterKind.LOT, LOT, 2)]
    assert seen(reaction(ONE, DAY), reaction(OTHER, DAY)) == [(ClusterKind.DAY, DAY, 2)]
