"""A completed intake to read: what is a yes in full, what is a no in short, what was not asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.answers import Answer
from mesodesk.domain.questionnaire import Item, ItemKind, is_open, load_questionnaire
from mesodesk.domain.records.intake import IntakeState, ItemAnswer
from mesodesk.domain.rights import Right
from mesodesk.domain.units import body_mass_index
from mesodesk.ui.finding_card import capital
from mesodesk.ui.numbers import format_moment, format_quantity
from mesodesk.ui.pages.patient_parts.intake_progress import items_put
from mesodesk.ui.pages.patient_parts.measures import ROMAN, length_words, weight_words
from mesodesk.ui.pages.patient_parts.recognition import recognition
from mesodesk.ui.pages.patient_parts.values import value_words
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, IconLabel
from mesodesk.ui.widgets.layouts import PageScroll, clear, nest
from mesodesk.ui.widgets.text import Body, Heading, Muted, Strong

if TYPE_CHECKING:
    from mesodesk.domain.records.intake import IntakeRecord
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.patient_parts.file import PatientFile


class IntakeSummary(QWidget):
    """Read-only; the way on is a re-review."""

    review_asked = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("intake_summary")
        self._context = context
        self._shown: object = None
        self.headline = Heading("")
        self.note = Muted("")
        self.review = Button(
            self.tr("Start a re-review"),
            "start_review",
            ButtonKind.PRIMARY,
            "clipboard-edit-outline",
        )
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.headline)
        words.addWidget(self.note)
        head = QHBoxLayout()
        head.setSpacing(Space.L)
        head.addWidget(IconLabel("clipboard-check-outline", "ok", 28))
        nest(head, words, 1)
        head.addWidget(self.review)
        top = Card(object_name="intake_completed_card")
        nest(top.body, head)
        self._columns = (QVBoxLayout(), QVBoxLayout())
        line = QHBoxLayout()
        line.setSpacing(Space.M)
        for column in self._columns:
            column.setSpacing(Space.M)
            nest(line, column, 1)
        scroll = PageScroll("intake_summary_scroll", max_width=1_680, margin=0, edge=True)
        scroll.add(top)
        nest(scroll.column, line)
        scroll.column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)
        self.review.clicked.connect(self.review_asked)

    def show_intake(self, file: PatientFile, intake: IntakeRecord) -> None:
        """Show a completed intake."""
        reviews = self._context.may(Right.INTAKE_EDIT)
        self.review.setVisible(reviews and not file.archived)
        shown = (intake.id, intake.version, self._context.language, self._context.clinic.version)
        if shown == self._shown:
            return
        self._shown = shown
        clinic = self._context.clinic.fields
        day = format_moment(intake.completed_at or intake.started_at, clinic.zone)
        words = self.tr("Completed {day} by {name}")
        if intake.state is IntakeState.DRAFT:
            words = self.tr("Begun {day}, not completed yet")
        self.headline.setText(words.format(day=day, name=intake.completed_by))
        self.note.setText(
            self.tr("It stays as it is. A re-review starts from these answers and asks each anew.")
            if reviews
            else self.tr("You read it as it stands. Who treats or assists asks.")
        )
        for column in self._columns:
            clear(column)
        cards = [self._body_card(intake), *self._section_cards(file, intake)]
        half = (len(cards) + 1) // 2
        for at, card in enumerate(cards):
            self._columns[0 if at < half else 1].addWidget(card)
        for column in self._columns:
            column.addStretch(1)

    def _body_card(self, intake: IntakeRecord) -> Card:
        typed, clinic = intake.fields, self._context.clinic.fields
        card = Card(self.tr("Body and skin"))
        facts = []
        if typed.height_cm is not None:
            facts.append(length_words(typed.height_cm, clinic.length_unit))
        if typed.weight_kg is not None:
            facts.append(weight_words(typed.weight_kg, clinic.weight_unit))
        if typed.height_cm is not None and typed.weight_kg is not None:
            bmi = format_quantity(body_mass_index(typed.weight_kg, typed.height_cm), "kg/m²", 1)
            facts.append(self.tr("BMI {figure}").format(figure=bmi))
        if typed.skin_type is not None:
            words = self.tr("skin type {number}")
            facts.append(words.format(number=ROMAN[typed.skin_type - 1]))
        missing = [
            words
            for value, words in (
                (typed.height_cm, self.tr("height")),
                (typed.weight_kg, self.tr("weight")),
                (typed.skin_type, self.tr("skin type")),
            )
            if value is None
        ]
        if facts:
            card.add(Body("  ·  ".join(facts)))
        self._add_unasked(card, missing)
        return card

    def _section_cards(self, file: PatientFile, intake: IntakeRecord) -> list[Card]:
        age = file.facts.age_years
        put = items_put(load_questionnaire(), file.patient.fields.body_sex.value, age)
        answers = {item_id: one.effective for item_id, one in intake.fields.answers.items()}
        shown = [item for item in put if is_open(item, answers)]
        cards = []
        for section in load_questionnaire().sections:
            items = [item for item in shown if item.section == section.id]
            if items:
                card = Card(section.title.get(self._context.language))
                card.body.setSpacing(Space.S)
                self._fill(card, items, intake)
                self._add_list(card, section.id, intake)
                cards.append(card)
        return cards

    def _fill(self, card: Card, items: list[Item], intake: IntakeRecord) -> None:
        language = self._context.language
        no: list[str] = []
        unasked: list[str] = []
        for item in items:
            given = intake.fields.answers.get(item.id, ItemAnswer())
            short = item.short.get(language)
            if item.kind is not ItemKind.YES_NO and given.value:
                self._add_told(card, capital(short), value_words(item, given.value, language), "")
            elif given.effective is Answer.YES:
                self._add_told(card, capital(short), given.detail, "alert")
            elif given.effective is Answer.NO:
                no.append(short)
            else:
                unasked.append(short)
        if no:
            card.add(Muted(self.tr("No: {items}").format(items="; ".join(no))))
        self._add_unasked(card, unasked)

    def _add_told(self, card: Card, headline: str, text: str, icon: str) -> None:
        line = QHBoxLayout()
        line.setSpacing(Space.S)
        if icon:
            line.addWidget(IconLabel(icon, "caution", 18), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(1)
        title = Strong(headline)
        title.setWordWrap(True)
        words.addWidget(title)
        if text:
            words.addWidget(Body(text))
        nest(line, words, 1)
        nest(card.body, line)

    def _add_list(self, card: Card, section_id: str, intake: IntakeRecord) -> None:
        typed = intake.fields
        if section_id == "medicines":
            for each in typed.medicines:
                self._add_told(
                    card, each.name, " · ".join(filter(None, (each.dose, each.note))), ""
                )
                self._add_known(card, each.name)
            self._add_none(card, bool(typed.medicines), typed.medicines_asked)
        elif section_id == "allergies":
            for allergy in typed.allergies:
                self._add_told(card, allergy.substance, allergy.reaction, "alert")
                self._add_known(card, allergy.substance)
            self._add_none(card, bool(typed.allergies), typed.allergies_asked)

    def _add_known(self, card: Card, typed: str) -> None:
        found = recognition(typed, self._context.language)
        label = Muted(found.words)
        if found.unknown:
            label.set_tone("caution")
        card.add(label)

    def _add_none(self, card: Card, any_listed: bool, asked: bool) -> None:
        if asked and not any_listed:
            card.add(Muted(self.tr("The list was asked for: none.")))
        elif not asked:
            self._add_unasked(card, [self.tr("whether the list is complete")])

    def _add_unasked(self, card: Card, names: list[str]) -> None:
        if names:
            label = Muted(self.tr("Not asked: {items}").format(items="; ".join(names)))
            label.set_tone("caution")
            card.add(label)
