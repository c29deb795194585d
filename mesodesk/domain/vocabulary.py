"""Terms to choose from in a session (`vocabulary.toml`) and aftercare texts (`aftercare.toml`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from mesodesk.domain.clinical_files import Entry, Source, by_id, folder, load_sources, read
from mesodesk.domain.schedule import CheckKind, load_schedule
from mesodesk.domain.texts import LocalText


@dataclass(frozen=True, slots=True)
class Term:
    """A word to choose: a skin preparation, an aseptic step, a reaction."""

    id: str
    name: LocalText


@dataclass(frozen=True, slots=True)
class Technique:
    """A technique of injection.

    `depth_hint` is what sources say of its depth. Sources disagree: the depth that was used is
    always recorded, never inferred from the name.
    """

    id: str
    code: str
    name: LocalText
    depth_hint: LocalText
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Needle:
    """A needle. `diameter_mm` is the outer diameter."""

    id: str
    gauge: int
    length_mm: Decimal
    diameter_mm: Decimal
    note: LocalText | None
    sources: tuple[Source, ...]

    @property
    def label(self) -> str:
        """As printed on the box: `30G x 13 mm`."""
        return f"{self.gauge}G x {self.length_mm.normalize():f} mm"


@dataclass(frozen=True, slots=True)
class Scale:
    """A numeric scale; `anchors` say what some of its numbers mean."""

    id: str
    name: LocalText
    lowest: int
    highest: int
    anchors: tuple[tuple[int, LocalText], ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything a session chooses from."""

    version: int
    techniques: tuple[Technique, ...]
    needles: tuple[Needle, ...]
    skin_preparations: tuple[Term, ...]
    aseptic_steps: tuple[Term, ...]
    immediate_reactions: tuple[Term, ...]
    pain: Scale

    def technique(self, technique_id: str) -> Technique:
        """Return a technique.

        Raises:
            KeyError: if there is none of that id.
        """
        for technique in self.techniques:
            if technique.id == technique_id:
                return technique
        raise KeyError(technique_id)

    def needle(self, needle_id: str) -> Needle:
        """Return a needle.

        Raises:
            KeyError: if there is none of that id.
        """
        for needle in self.needles:
            if needle.id == needle_id:
                return needle
        raise KeyError(needle_id)


@dataclass(frozen=True, slots=True)
class Aftercare:
    """A version of the text that a patient takes home; one advice a line.

    `traits`: meant for products with one of these traits; none means for all others.
    """

    id: str
    version: int
    title: LocalText
    text: LocalText
    traits: frozenset[str]
    sources: tuple[Source, ...]


@cache
def load_vocabulary(path: Path | None = None) -> Vocabulary:
    """Return the vocabulary of a file, by default the one shipped.

    The immediate reactions are the items of the follow-up schedule's check in the session.

    Raises:
        ClinicalDataError: if the file is wrong.
    """
    file = read(path or folder() / "vocabulary.toml")
    sources = load_sources()
    techniques = by_id(file, (_technique(e, sources) for e in file.tables("technique")))
    needles = by_id(file, (_needle(e, sources) for e in file.tables("needle")))
    vocabulary = Vocabulary(
        version=file.whole("version"),
        techniques=tuple(techniques.values()),
        needles=tuple(needles.values()),
        skin_preparations=_terms(file, "skin_preparation"),
        aseptic_steps=_terms(file, "aseptic_step"),
        immediate_reactions=_immediate_reactions(),
        pain=_scale(file.table("pain"), sources),
    )
    file.done()
    return vocabulary


def _immediate_reactions() -> tuple[Term, ...]:
    checks = (c for c in load_schedule().checks if c.kind is CheckKind.IN_SESSION)
    return tuple(Term(item.id, item.short) for check in checks for item in check.items)


def _technique(entry: Entry, sources: Mapping[str, Source]) -> Technique:
    technique = Technique(
        entry.text("id"),
        entry.text("code"),
        entry.local("name"),
        entry.local("depth_hint"),
        entry.sources(sources),
    )
    entry.done()
    return technique


def _needle(entry: Entry, sources: Mapping[str, Source]) -> Needle:
    needle = Needle(
        entry.text("id"),
        entry.whole("gauge"),
        entry.decimal("length_mm"),
        entry.decimal("diameter_mm"),
        entry.optional_local("note"),
        entry.sources(sources),
    )
    entry.done()
    return needle


def _terms(file: Entry, key: str) -> tuple[Term, ...]:
    terms = by_id(file, (_term(entry) for entry in file.tables(key)))
    if not terms:
        raise file.wrong(f"there is no `{key}`")
    return tuple(terms.values())


def _term(entry: Entry) -> Term:
    term = Term(entry.text("id"), entry.local("name"))
    entry.done()
    return term


def _scale(entry: Entry, sources: Mapping[str, Source]) -> Scale:
    anchors = tuple((part.whole("value"), _anchor(part)) for part in entry.tables("anchor"))
    scale = Scale(
        entry.text("id"),
        entry.local("name"),
        entry.whole("lowest"),
        entry.whole("highest"),
        anchors,
        entry.sources(sources),
    )
    entry.done()
    if [value for value, _ in anchors if not scale.lowest <= value <= scale.highest]:
        raise entry.wrong("an anchor lies outside the scale")
    return scale


def _anchor(entry: Entry) -> LocalText:
    text = entry.local("text")
    entry.done()
    return text


@cache
def load_aftercare(path: Path | None = None) -> tuple[Aftercare, ...]:
    """Return the aftercare texts of a file, by default those shipped; the first is the general one.

    Raises:
        ClinicalDataError: if the file is wrong.
    """
    file = read(path or folder() / "aftercare.toml")
    sources = load_sources()
    texts = by_id(file, (_aftercare(entry, sources) for entry in file.tables("aftercare")))
    file.done()
    if not texts:
        raise file.wrong("there is no aftercare text")
    return tuple(texts.values())


def aftercare_for(texts: tuple[Aftercare, ...], traits: frozenset[str]) -> Aftercare:
    """Return the text for products of such traits, else the general one."""
    return next((text for text in texts if text.traits & traits), texts[0])


def _aftercare(entry: Entry, sources: Mapping[str, Source]) -> Aftercare:
    text = Aftercare(
        entry.text("id"),
        entry.whole("version"),
        entry.local("title"),
        entry.local("text"),
        frozenset(entry.strings("traits")),
        entry.sources(sources),
    )
    entry.done()
    return text
