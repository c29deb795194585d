"""What is typed into a consent before it is handed over to be read and signed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal, Slot

from mesodesk.domain.answers import Answer
from mesodesk.domain.records.consent import (
    ConsentFields,
    ConsentMethod,
    PhotoPurpose,
    SignerKind,
)
from mesodesk.ui.pages.consent_parts.picks import AreaPicks, ProductPicks
from mesodesk.ui.pages.consent_parts.words import LANGUAGES, PHOTOS
from mesodesk.ui.pages.consent_parts.words import tr as say
from mesodesk.ui.pages.session_parts.question_row import QuestionRow
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.choices import ChoiceField
from mesodesk.ui.widgets.datefield import DateField
from mesodesk.ui.widgets.disclosure import Disclosure
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.layouts import PageScroll
from mesodesk.ui.widgets.multiline import MultilineField
from mesodesk.ui.widgets.numberfields import NumberField
from mesodesk.ui.widgets.options import Option
from mesodesk.ui.widgets.segments import SegmentedControl
from mesodesk.ui.widgets.text import Muted, Strong
from mesodesk.ui.widgets.textfields import TextField

if TYPE_CHECKING:
    from datetime import date

    from PySide6.QtWidgets import QWidget

    from mesodesk.ui.context import Context

_MOST_SESSIONS: Final = Decimal(100)


class ConsentForm(PageScroll):
    """Cards: what is planned, the talk, photographs, who signs. Tells of each change."""

    #: `ConsentFields` as on the screen.
    edited = Signal(object)
    #: A field was left, or answered by a click: what waits is to be written.
    committed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__("consent_form", max_width=640, margin=0, parent=parent)
        self._fields = ConsentFields()
        self._planned(context)
        self._talk(context)
        self._photos()
        self._signing()
        self.column.addStretch(1)

    def _planned(self, context: Context) -> None:
        self.areas = AreaPicks(context.language)
        self.products = ProductPicks(context.language, context.clinic.fields.jurisdiction)
        options = [Option(key, name) for key, name in LANGUAGES.items()]
        self.language = ChoiceField("consent_language", self.tr("Language of the text"), options)
        self.sessions = NumberField(
            "consent_planned_sessions",
            self.tr("Planned sessions"),
            places=0,
            minimum=Decimal(1),
            maximum=_MOST_SESSIONS,
        )
        self.alternatives = MultilineField(
            "consent_alternatives",
            self.tr("Other choices that were named"),
            placeholder=self.tr("One a line; doing nothing stands in the text"),
            least_lines=2,
            most_lines=5,
        )
        card = Card(self.tr("What is planned"), object_name="consent_planned")
        card.add(FormRow(self.tr("Language of the text"), self.language))
        card.add(Strong(self.tr("Areas")))
        card.add(self.areas)
        card.add(FormRow(self.tr("Products that may be used"), self.products))
        card.add(FormRow(self.tr("Planned sessions"), self.sessions, optional=True))
        card.add(FormRow(self.tr("Other choices that were named"), self.alternatives))
        self.add(card)
        self.language.edited.connect(self._language)
        self.areas.edited.connect(self._areas)
        self.products.edited.connect(self._products)
        self.sessions.edited.connect(self._sessions)
        self.alternatives.edited.connect(self._alternatives)

    def _talk(self, context: Context) -> None:
        today = context.today()
        self.informed = DateField(
            "consent_informed_on",
            self.tr("Informed on"),
            today,
            maximum=today,
            too_late=self.tr("This day is still to come."),
        )
        self.reflect = QuestionRow(
            self.tr("Time enough to think it over?"), "time_to_reflect", warn_on=Answer.NO
        )
        self.asked = QuestionRow(
            self.tr("Did the patient have questions?"),
            "questions_asked",
            detail_name="consent_questions",
            detail_prompt=self.tr("What was asked, and what was answered"),
            warn_on=None,
        )
        self.interpreter = QuestionRow(
            self.tr("Did an interpreter take part?"),
            "interpreter",
            detail_name="consent_interpreter_name",
            detail_prompt=self.tr("Name of the interpreter"),
            warn_on=None,
        )
        card = Card(self.tr("The talk"), object_name="consent_talk")
        card.add(FormRow(self.tr("Informed on"), self.informed))
        for row in (self.reflect, self.asked, self.interpreter):
            card.add(row)
            row.answered.connect(self._answered)
            row.detailed.connect(self._detailed)
        self.add(card)
        self.informed.edited.connect(self._informed)

    def _photos(self) -> None:
        card = Card(self.tr("Photographs"), object_name="consent_photos")
        card.add(Muted(self.tr("Each use is asked by itself. What is not asked is not allowed.")))
        self.photos: dict[PhotoPurpose, QuestionRow] = {}
        for purpose, words in PHOTOS.items():
            row = QuestionRow(say(words), f"photo_{purpose.value}", key=purpose.value, warn_on=None)
            row.answered.connect(self._photo)
            card.add(row)
            self.photos[purpose] = row
        self.add(card)

    def _signing(self) -> None:
        self.signer = SegmentedControl(
            {
                SignerKind.PATIENT.value: self.tr("The patient"),
                SignerKind.REPRESENTATIVE.value: self.tr("Somebody for the patient"),
            },
            "consent_signer",
            self.tr("Who signs"),
        )
        self.signer_name = TextField("consent_signer_name", self.tr("Name of who signs"))
        self._name_row = FormRow(self.tr("Name of who signs"), self.signer_name)
        self.method = SegmentedControl(
            {
                ConsentMethod.DRAWN.value: self.tr("On the screen"),
                ConsentMethod.PAPER.value: self.tr("On paper"),
            },
            "consent_method",
            self.tr("How it is signed"),
        )
        self.place = TextField("consent_paper_place", self.tr("Where the paper is kept"))
        self._place_row = FormRow(self.tr("Where the paper is kept"), self.place)
        self.witness = TextField("consent_witness", self.tr("Witness"))
        more = Disclosure(self.tr("Witness, paper, somebody who signs"), "consent_more")
        more.add(FormRow(self.tr("Who signs"), self.signer))
        more.add(self._name_row)
        more.add(FormRow(self.tr("How it is signed"), self.method))
        more.add(self._place_row)
        more.add(FormRow(self.tr("Witness"), self.witness, optional=True))
        self.more = more
        card = Card(object_name="consent_signing")
        card.add(more)
        self.add(card)
        self.signer.chosen.connect(self._signer)
        self.signer_name.edited.connect(self._signer_name)
        self.method.chosen.connect(self._method)
        self.place.edited.connect(self._place)
        self.witness.edited.connect(self._witness)

    # Showing

    def show_fields(self, fields: ConsentFields) -> None:
        """Show what is on record; what is being typed keeps its cursor."""
        self._fields = fields
        self.language.set_value(fields.language)
        self.areas.set_value(fields.areas)
        self.products.set_areas(fields.areas)
        self.products.set_value(fields.products)
        planned = fields.planned_sessions
        if not self.sessions.error():
            self.sessions.set_value(None if planned is None else Decimal(planned))
        if not self.informed.error():
            self.informed.set_value(fields.informed_on)
        for field, text in (
            (self.alternatives, fields.alternatives),
            (self.signer_name, fields.signer_name),
            (self.place, fields.paper_place),
            (self.witness, fields.witness),
        ):
            if not field.error():
                field.set_value(text)
        self.reflect.show_answer(fields.time_to_reflect)
        self.asked.show_answer(fields.questions_asked, fields.questions)
        self.interpreter.show_answer(fields.interpreter, fields.interpreter_name)
        for purpose, row in self.photos.items():
            row.show_answer(fields.photo(purpose))
        self._show_signing()

    def _show_signing(self) -> None:
        fields = self._fields
        self.signer.set_value(fields.signer.value)
        self.method.set_value(fields.method.value)
        self._name_row.setVisible(fields.signer is SignerKind.REPRESENTATIVE)
        self._place_row.setVisible(fields.method is ConsentMethod.PAPER)

    def place_of(self, name: str) -> QWidget | None:
        """Return the widget where something missing is put right; names as in the record."""
        rows = {
            "time_to_reflect": self.reflect,
            "questions_asked": self.asked,
            "interpreter": self.interpreter,
        }
        if name in rows:
            return rows[name].tri.segment(rows[name].tri.answer().value)
        if name in ("signer_name", "paper_place"):
            self.more.set_open(True)
        return {
            "areas": self.areas.first(),
            "products": self.products.pick.input,
            "informed_on": self.informed.input,
            "interpreter_name": self.interpreter.detail.input if self.interpreter.detail else None,
            "signer_name": self.signer_name.input,
            "paper_place": self.place.input,
        }.get(name)

    # Typing

    def _change(self, *, now: bool = False, **changes: object) -> None:
        self._fields = replace(self._fields, **changes)  # type: ignore[arg-type]
        self.edited.emit(self._fields)
        if now:
            self.committed.emit()

    @Slot(object)
    def _language(self, language: str | None) -> None:
        if language is not None:
            self._change(now=True, language=language)

    @Slot(object)
    def _areas(self, areas: tuple[str, ...]) -> None:
        self.products.set_areas(areas)
        self._change(now=True, areas=areas)

    @Slot(object)
    def _products(self, products: tuple[object, ...]) -> None:
        self._change(now=True, products=products)

    @Slot(object)
    def _sessions(self, planned: Decimal | None) -> None:
        self._change(planned_sessions=None if planned is None else int(planned))

    @Slot(object)
    def _alternatives(self, text: str | None) -> None:
        if text is not None:
            self._change(alternatives=text)

    @Slot(object)
    def _informed(self, day: date | None) -> None:
        self._change(informed_on=day)

    @Slot(str, object)
    def _answered(self, key: str, answer: Answer) -> None:
        self._change(now=True, **{key: answer})

    @Slot(str, str)
    def _detailed(self, key: str, text: str) -> None:
        if key == "interpreter":
            self._change(interpreter_name=" ".join(text.split()))
        else:
            self._change(questions=text)

    @Slot(str, object)
    def _photo(self, key: str, answer: Answer) -> None:
        photos = {**self._fields.photos, PhotoPurpose(key): answer}
        kept = {one: said for one, said in photos.items() if said is not Answer.NOT_ASKED}
        self._change(now=True, photos=kept)

    @Slot(str)
    def _signer(self, value: str) -> None:
        self._change(now=True, signer=SignerKind(value))
        self._show_signing()

    @Slot(object)
    def _signer_name(self, text: str | None) -> None:
        if text is not None:
            self._change(signer_name=text)

    @Slot(str)
    def _method(self, value: str) -> None:
        self._change(now=True, method=ConsentMethod(value))
        self._show_signing()

    @Slot(object)
    def _place(self, text: str | None) -> None:
        if text is not None:
            self._change(paper_place=text)

    @Slot(object)
    def _witness(self, text: str | None) -> None:
        if text is not None:
            self._change(witness=text)
