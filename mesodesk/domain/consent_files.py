"""The consent texts, risks and words of `consent.toml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from mesodesk.domain.catalogue import load_catalogue
from mesodesk.domain.clinical_files import (
    Entry,
    Source,
    by_id,
    folder,
    load_sources,
    need_known,
    read,
    with_includes,
)
from mesodesk.domain.consent_text import TextError, check_body
from mesodesk.domain.records.consent import ConsentText, TextKey, TextOrigin
from mesodesk.domain.records.stock import RegulatoryStatus
from mesodesk.domain.texts import LANGUAGES, LocalText

WORDS: Final = (
    "pair",
    "source",
    "rest_of_area",
    "yes",
    "no",
    "not_asked",
    "not_given",
    "sessions_open",
    "none_named",
    "no_risks",
    "informed_on",
    "time_to_reflect",
    "questions_asked",
    "interpreter",
    "photo_record",
    "photo_teaching",
    "photo_publicity",
    "signed_by_patient",
    "signed_by_representative",
    "on_paper",
    "witness",
)


@dataclass(frozen=True, slots=True)
class ShippedText:
    """A version of a text that comes with the program, in all languages."""

    id: str
    version: int
    title: LocalText
    body: LocalText
    sources: tuple[Source, ...]

    def in_language(self, language: str) -> ConsentText:
        """Return the text in a language, in English if there is none."""
        chosen = language if language in self.body.languages else "en"
        key = TextKey(self.id, TextOrigin.SHIPPED, self.version, chosen)
        return ConsentText(key, self.title.get(chosen), self.body.get(chosen).strip())


@dataclass(frozen=True, slots=True)
class Risk:
    """A risk that a consent names; without classes, whatever is used."""

    id: str
    classes: frozenset[str]
    text: LocalText
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class ConsentFile:
    """Everything a consent is put together from."""

    version: int
    texts: Mapping[str, ShippedText]
    risks: tuple[Risk, ...]
    status: Mapping[RegulatoryStatus, LocalText]
    words: Mapping[str, LocalText]

    def word(self, name: str, language: str) -> str:
        return self.words[name].get(language)


@cache
def load_consent(path: Path | None = None) -> ConsentFile:
    """Return the consent texts of a file, by default those shipped.

    Raises:
        ClinicalDataError: if the file is wrong.
    """
    path = path or folder() / "consent.toml"
    file, sources = read(path), load_sources()
    texts = by_id(file, (_text(entry, sources) for entry in file.tables("text")))
    risks = by_id(file, (_risk(entry, sources) for entry in with_includes(file, path, "risk")))
    status, words = file.table("status"), file.table("words")
    found = ConsentFile(
        version=file.whole("version"),
        texts=texts,
        risks=tuple(risks.values()),
        status={each: status.local(each.value) for each in RegulatoryStatus},
        words={name: words.local(name) for name in WORDS},
    )
    for part in (status, words, file):
        part.done()
    if not texts:
        raise file.wrong("there is no `text`")
    return found


def _text(entry: Entry, sources: Mapping[str, Source]) -> ShippedText:
    text = ShippedText(
        entry.text("id"),
        entry.whole("version"),
        entry.local("title"),
        entry.local("body"),
        entry.sources(sources),
    )
    entry.done()
    if set(text.body.languages) != set(LANGUAGES) or text.version < 1:
        raise entry.wrong("must have a version and a body in every language")
    for language in text.body.languages:
        try:
            check_body(text.body.get(language))
        except TextError as error:
            raise entry.wrong(f"`body.{language}`: {error}") from error
    return text


def _risk(entry: Entry, sources: Mapping[str, Source]) -> Risk:
    classes = entry.strings("classes")
    need_known(entry, "classes", classes, load_catalogue().classes)
    risk = Risk(entry.text("id"), frozenset(classes), entry.local("text"), entry.sources(sources))
    entry.done()
    return risk
