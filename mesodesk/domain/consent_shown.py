"""Puts a consent together as the patient reads it: the text with everything told and decided."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from mesodesk.domain.answers import Answer
from mesodesk.domain.bodymap.area_groups import group_name
from mesodesk.domain.bodymap.regions import name_of_code
from mesodesk.domain.catalogue import load_catalogue
from mesodesk.domain.consent_files import ConsentFile, load_consent
from mesodesk.domain.consent_text import fill
from mesodesk.domain.records.consent import (
    AreaStatus,
    ConsentFields,
    ConsentMethod,
    ConsentProduct,
    ConsentText,
    PhotoPurpose,
    SignerKind,
)
from mesodesk.domain.records.stock import RegulatoryStatus
from mesodesk.domain.texts import day_text

_ANSWERS: Final = {Answer.YES: "yes", Answer.NO: "no", Answer.NOT_ASKED: "not_asked"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Who and where: what a consent says besides what is typed into it."""

    patient: str
    birth_date: date
    record_number: str
    informer: str
    clinic: str
    phone: str
    emergency_phone: str
    today: date


def shown_text(
    text: ConsentText, typed: ConsentFields, products: tuple[ConsentProduct, ...], around: Around
) -> str:
    """Return the text as the patient has it in front of them."""
    say = _Words(load_consent(), text.key.language)
    blocks = {
        "products": tuple(line for each in products for line in say.product(each))
        or (say.word("not_given"),),
        "risks": tuple(say.risks(products, around.informer)),
        "alternatives": tuple(_lines(typed.alternatives)) or (say.word("none_named"),),
        "talk": tuple(say.talk(typed)),
        "photos": tuple(say.photos(typed)),
    }
    body = fill(text.body, say.inline(typed, around), blocks)
    return "\n".join([f"# {text.title}", body, *say.signing(typed)])


def digest(shown: str) -> str:
    """Return the SHA-256 of a text as it is shown, in hexadecimal digits."""
    return hashlib.sha256(shown.encode()).hexdigest()


def _lines(text: str) -> Iterator[str]:
    return (line.strip() for line in text.splitlines() if line.strip())


@dataclass(frozen=True, slots=True)
class _Words:
    """Says things in the language of the text."""

    file: ConsentFile
    language: str

    def word(self, name: str) -> str:
        return self.file.word(name, self.language)

    def pair(self, name: str, said: str) -> str:
        return self.word("pair").format(name=name, said=said)

    def inline(self, typed: ConsentFields, around: Around) -> Mapping[str, str]:
        none, planned = self.word("not_given"), typed.planned_sessions
        areas = ", ".join(group_name(area, self.language) for area in typed.areas)
        return {
            "patient": around.patient,
            "birth_date": day_text(around.birth_date, self.language),
            "record_number": around.record_number,
            "informer": around.informer,
            "clinic": around.clinic,
            "phone": around.phone or none,
            "emergency_phone": around.emergency_phone or none,
            "date": day_text(around.today, self.language),
            "areas": areas or none,
            "planned_sessions": self.word("sessions_open") if planned is None else str(planned),
        }

    def product(self, product: ConsentProduct) -> Iterator[str]:
        """Yield the status of a product: in one line, or a line for each area."""
        if not product.by_area:
            yield self._status(product.name, product.status, product.status_source)
        apart = {each.area for each in product.by_area if each.region}
        for each in product.by_area:
            name = f"{product.name}, {self._where(each, rest=each.area in apart)}"
            yield self._status(name, each.status, each.source)

    def _where(self, told: AreaStatus, *, rest: bool) -> str:
        if told.region:
            return name_of_code(told.region, self.language)
        area = group_name(told.area, self.language)
        return self.word("rest_of_area").format(area=area) if rest else area

    def _status(self, name: str, status: RegulatoryStatus, source: str) -> str:
        said = self.pair(name, self.file.status[status].get(self.language))
        return f"{said} ({self.word('source').format(source=source)})" if source else said

    def risks(self, products: tuple[ConsentProduct, ...], informer: str) -> Iterator[str]:
        """Yield the risks of every treatment, then those of each class, then what is not known."""
        yield from (one.text.get(self.language) for one in self.file.risks if not one.classes)
        classes = {each.product_class for each in products}
        known = load_catalogue().classes
        told: set[str] = set()
        for one in self.file.risks:
            for name in sorted(one.classes & classes):
                told.add(name)
                called = known[name].name.get(self.language)
                yield self.pair(called, one.text.get(self.language))
        for each in products:
            if each.product_class not in told:
                yield self.word("no_risks").format(product=each.name, informer=informer)

    def talk(self, typed: ConsentFields) -> Iterator[str]:
        day = typed.informed_on
        told = self.word("not_given") if day is None else day_text(day, self.language)
        yield self.pair(self.word("informed_on"), told)
        yield self._asked("time_to_reflect", typed.time_to_reflect)
        yield self._asked("questions_asked", typed.questions_asked)
        yield from _lines(typed.questions)
        yield self._asked("interpreter", typed.interpreter, typed.interpreter_name)

    def _asked(self, name: str, answer: Answer, detail: str = "") -> str:
        said = self.pair(self.word(name), self.word(_ANSWERS[answer]))
        return f"{said}, {detail}" if detail and answer is Answer.YES else said

    def photos(self, typed: ConsentFields) -> Iterator[str]:
        for purpose in PhotoPurpose:
            yield self._asked(f"photo_{purpose.value}", typed.photo(purpose))

    def signing(self, typed: ConsentFields) -> Iterator[str]:
        if typed.signer is SignerKind.REPRESENTATIVE:
            name = typed.signer_name or self.word("not_given")
            yield self.word("signed_by_representative").format(name=name)
        else:
            yield self.word("signed_by_patient")
        if typed.method is ConsentMethod.PAPER:
            place = typed.paper_place or self.word("not_given")
            yield self.word("on_paper").format(place=place)
        if typed.witness:
            yield self.word("witness").format(name=typed.witness)
