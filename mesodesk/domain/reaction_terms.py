"""The kinds of reactions, scales of grades and terms of `reactions.toml`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from mesodesk.domain.clinical_files import (
    Entry,
    Source,
    by_id,
    folder,
    load_sources,
    need_known,
    read,
)
from mesodesk.domain.records.recall import recorded_kind
from mesodesk.domain.schedule import load_schedule
from mesodesk.domain.texts import LocalText

OTHER: Final = "other"
"""The kind that says nothing by itself: it needs words."""

DEATH: Final = "death"
"""The criterion that makes a reaction serious because the patient died."""

FATAL: Final = "fatal"
"""The outcome of such a reaction."""


@dataclass(frozen=True, slots=True)
class ReactionGrade:
    """One grade of a scale, 1 to 5, with the words that count."""

    grade: int
    label: LocalText


@dataclass(frozen=True, slots=True)
class GradeScale:
    """A scale of grades; `hint` says where it was not made for."""

    id: str
    name: LocalText
    hint: LocalText | None
    grades: tuple[ReactionGrade, ...]
    sources: tuple[Source, ...]

    def label(self, grade: int | None) -> LocalText | None:
        """Return the words of a grade; None where the scale has no such grade."""
        return next((each.label for each in self.grades if each.grade == grade), None)


@dataclass(frozen=True, slots=True)
class ReactionKind:
    """What is seen or felt.

    `scale` is the one offered first; `expected` kinds come with injecting itself; `items` are those
    of the follow-up checks that tell of it.
    """

    id: str
    name: LocalText
    scale: str
    expected: bool
    items: tuple[str, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class ReactionTerm:
    """A word to choose; `counts`: whether what bears it may be part of a cluster."""

    id: str
    name: LocalText
    counts: bool
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class ReactionTerms:
    """Everything that is chosen from when a reaction is recorded; each table by id, in order.

    `near_mm`: within how far along the skin something lies under a place.
    """

    version: int
    near_mm: int
    near_sources: tuple[Source, ...]
    scales: Mapping[str, GradeScale]
    kinds: Mapping[str, ReactionKind]
    criteria: Mapping[str, ReactionTerm]
    relatedness: Mapping[str, ReactionTerm]
    actions: Mapping[str, ReactionTerm]
    outcomes: Mapping[str, ReactionTerm]
    recipients: Mapping[str, ReactionTerm]

    def kind_of_items(self, items: Iterable[str]) -> str:
        """Return the kind that the first known item of a check tells of; empty for none."""
        by_item = {item: kind.id for kind in self.kinds.values() for item in kind.items}
        return next((by_item[item] for item in items if item in by_item), "")


@cache
def load_reaction_terms(path: Path | None = None) -> ReactionTerms:
    """Return the terms of a file; by default those shipped.

    Raises:
        ClinicalDataError: if the file is wrong; an entry without a source is.
    """
    file = read(path or folder() / "reactions.toml")
    sources = load_sources()
    near = file.table("near")
    scales = by_id(file, (_scale(entry, sources) for entry in file.tables("scale")))
    kinds = by_id(file, (_kind(entry, sources, scales) for entry in file.tables("kind")))
    terms = ReactionTerms(
        version=file.whole("version"),
        near_mm=near.whole("mm"),
        near_sources=near.sources(sources),
        scales=scales,
        kinds=kinds,
        criteria=_terms(file, "serious", sources),
        relatedness=_terms(file, "relatedness", sources),
        actions=_terms(file, "action", sources),
        outcomes=_terms(file, "outcome", sources),
        recipients=_terms(file, "recipient", sources),
    )
    near.done()
    file.done()
    need_known(file, "kind", [OTHER], kinds)
    need_known(file, "serious", [DEATH], terms.criteria)
    need_known(file, "outcome", [FATAL], terms.outcomes)
    return terms


def told_names(language: str) -> Mapping[str, str]:
    """Return the name of everything that `records.recall.Reaction.what` may hold."""
    kinds = load_reaction_terms().kinds.values()
    items = (item for check in load_schedule().checks for item in check.items)
    return {item.id: item.short.get(language) for item in items} | {
        recorded_kind(kind.id): kind.name.get(language) for kind in kinds
    }


def _terms(file: Entry, key: str, sources: Mapping[str, Source]) -> Mapping[str, ReactionTerm]:
    return by_id(file, (_term(entry, sources) for entry in file.tables(key)))


def _term(entry: Entry, sources: Mapping[str, Source]) -> ReactionTerm:
    term = ReactionTerm(
        entry.text("id"),
        entry.local("name"),
        entry.flag("counts", default=True),
        entry.sources(sources),
    )
    entry.done()
    return term


def _scale(entry: Entry, sources: Mapping[str, Source]) -> GradeScale:
    grades = []
    for each in entry.tables("grade"):
        grades.append(ReactionGrade(each.whole("grade"), each.local("label")))
        each.done()
    scale = GradeScale(
        entry.text("id"),
        entry.local("name"),
        entry.optional_local("hint"),
        tuple(grades),
        entry.sources(sources),
    )
    entry.done()
    if [each.grade for each in grades] != list(range(1, len(grades) + 1)) or not (
        2 <= len(grades) <= 5
    ):
        raise entry.wrong("the grades must be 1, 2 and so on, up to 5")
    return scale


def _kind(
    entry: Entry, sources: Mapping[str, Source], scales: Mapping[str, GradeScale]
) -> ReactionKind:
    kind = ReactionKind(
        entry.text("id"),
        entry.local("name"),
        entry.text("scale"),
        entry.flag("expected"),
        entry.strings("items"),
        entry.sources(sources),
    )
    entry.done()
    need_known(entry, "scale", [kind.scale], scales)
    asked = {item.id for check in load_schedule().checks for item in check.items}
    need_known(entry, "items", kind.items, asked)
    return kind
