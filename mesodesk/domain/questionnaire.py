"""The intake questionnaire: its sections and items, read from `intake.toml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from mesodesk.domain.answers import Answer
from mesodesk.domain.clinical_files import (
    ClinicalDataError,
    Entry,
    by_id,
    folder,
    read,
    with_includes,
)
from mesodesk.domain.records.patient import BodySex
from mesodesk.domain.texts import LocalText


class ItemKind(StrEnum):
    """What is typed or chosen in answer to an item."""

    YES_NO = "yes_no"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the questionnaire."""

    id: str
    title: LocalText


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers to an item of kind `choice`."""

    id: str
    text: LocalText


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question.

    `text` is read aloud; `short` names the subject in lists and in "Not asked: ..."; `detail` is
    asked after a "yes". `critical` items would stop a session with a "yes". `every_session` items
    are put again at each session. `asked_if` names a yes/no item that must not be a "no". `cases`
    names yes/no items that are cases of what this one asks: after a "yes" to one, it is no "no".
    Ages are whole years, both ends included.
    """

    id: str
    section: str
    kind: ItemKind
    text: LocalText
    short: LocalText
    help: LocalText | None = None
    detail: LocalText | None = None
    critical: bool = False
    every_session: bool = False
    sex: BodySex | None = None
    age_from: int | None = None
    age_to: int | None = None
    asked_if: str | None = None
    cases: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    unit: str | None = None

    def concerns(self, body_sex: str | None, age_years: int | None) -> bool:
        """Whether the item is put to such a person; what is unknown never exempts."""
        if self.sex is not None and body_sex is not None and body_sex != self.sex:
            return False
        if age_years is None:
            return True
        young = self.age_from is not None and age_years < self.age_from
        old = self.age_to is not None and age_years > self.age_to
        return not young and not old


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A version of the questionnaire. Stored answers name its `id` and `version`."""

    id: str
    version: int
    title: LocalText
    sections: tuple[Section, ...]
    items: tuple[Item, ...]

    def item(self, item_id: str) -> Item:
        """Return an item.

        Raises:
            KeyError: if there is none of that id.
        """
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)

    def items_of(self, section_id: str) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.section == section_id)

    def items_for(self, body_sex: str | None, age_years: int | None) -> tuple[Item, ...]:
        """Return the items to put to such a person, in order."""
        return tuple(item for item in self.items if item.concerns(body_sex, age_years))

    def every_session(self) -> tuple[Item, ...]:
        """Return the items that are asked again at each session."""
        return tuple(item for item in self.items if item.every_session)


def is_open(item: Item, answers: Mapping[str, Answer]) -> bool:
    """Whether an item is to be shown: it stays closed while what it depends on is a "no"."""
    if item.asked_if is None:
        return True
    return answers.get(item.asked_if, Answer.NOT_ASKED) is not Answer.NO


def may_be_no(item: Item, answers: Mapping[str, Answer]) -> bool:
    """Whether a "no" to an item agrees with the other answers: none of its cases is a "yes"."""
    return all(answers.get(case) is not Answer.YES for case in item.cases)


@cache
def load_questionnaire(path: Path | None = None) -> Questionnaire:
    """Return the questionnaire of a file, by default the one shipped.

    Raises:
        ClinicalDataError: if the file is wrong.
    """
    path = path or folder() / "intake.toml"
    file = read(path)
    prompts = _prompts(file.table("detail_prompts"))
    sections = by_id(file, (_section(entry) for entry in file.tables("section")))
    items = by_id(file, (_item(entry, prompts) for entry in with_includes(file, path, "item")))
    questionnaire = Questionnaire(
        id=file.text("id"),
        version=file.whole("version"),
        title=file.local("title"),
        sections=tuple(sections.values()),
        items=tuple(items.values()),
    )
    file.done()
    _check(file, sections, items)
    return questionnaire


def _prompts(entry: Entry) -> dict[str, LocalText]:
    return {key: entry.local(key) for key in entry.data}


def _section(entry: Entry) -> Section:
    section = Section(entry.text("id"), entry.local("title"))
    entry.done()
    return section


def _item(entry: Entry, prompts: Mapping[str, LocalText]) -> Item:
    kind = entry.choice("kind", ItemKind) if entry.has("kind") else ItemKind.YES_NO
    item = Item(
        id=entry.text("id"),
        section=entry.text("section"),
        kind=kind,
        text=entry.local("text"),
        short=entry.local("short"),
        help=entry.optional_local("help"),
        detail=_detail(entry, prompts),
        critical=entry.flag("critical"),
        every_session=entry.flag("every_session"),
        sex=entry.optional_choice("sex", BodySex),
        age_from=entry.optional_whole("age_from"),
        age_to=entry.optional_whole("age_to"),
        asked_if=entry.optional_text("asked_if"),
        cases=entry.strings("cases"),
        choices=tuple(_choice(choice) for choice in entry.tables("choice")),
        unit=entry.optional_text("unit"),
    )
    entry.done()
    if (kind is ItemKind.CHOICE) != bool(item.choices):
        raise entry.wrong("an item of kind `choice` needs choices, and no other may have them")
    if item.critical and kind is not ItemKind.YES_NO:
        raise entry.wrong("only a yes/no item can be critical")
    return item


def _detail(entry: Entry, prompts: Mapping[str, LocalText]) -> LocalText | None:
    """Return the prompt asked on "yes": written out, or the name of a shared one."""
    if not entry.has("detail"):
        return None
    if not isinstance(entry.data["detail"], str):
        return entry.local("detail")
    name = entry.text("detail")
    if name not in prompts:
        raise entry.wrong(f"`detail` names the prompt {name!r}, which `detail_prompts` lacks")
    return prompts[name]


def _choice(entry: Entry) -> Choice:
    choice = Choice(entry.text("id"), entry.local("text"))
    entry.done()
    return choice


def _check(file: Entry, sections: Mapping[str, Section], items: Mapping[str, Item]) -> None:
    for item in items.values():
        if item.section not in sections:
            raise ClinicalDataError(
                f"{file.file}: item {item.id!r}: there is no section {item.section!r}"
            )
        parent = items.get(item.asked_if or "")
        if item.asked_if and (parent is None or parent.kind is not ItemKind.YES_NO):
            raise ClinicalDataError(
                f"{file.file}: item {item.id!r}: `asked_if` must name a yes/no item"
            )
        if parent is not None and parent.asked_if:
            raise ClinicalDataError(
                f"{file.file}: item {item.id!r}: `asked_if` must name an item always asked"
            )
        if not all(_is_case(item, items.get(case)) for case in item.cases):
            raise ClinicalDataError(
                f"{file.file}: item {item.id!r}: `cases` must name yes/no items of its section"
            )
    for section in sections.values():
        if not any(item.section == section.id for item in items.values()):
            raise ClinicalDataError(f"{file.file}: section {section.id!r} has no items")


def _is_case(item: Item, case: Item | None) -> bool:
    return case is not None and case.kind is ItemKind.YES_NO and case.section == item.section
