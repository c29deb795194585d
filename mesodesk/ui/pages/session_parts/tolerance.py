"""How the session was tolerated: pain, immediate reactions, minutes of observation."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from mesodesk.domain.answers import Answer
from mesodesk.domain.vocabulary import load_vocabulary
from mesodesk.ui.pages.session_parts.fields import may_set
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.layouts import FlowLayout, nest
from mesodesk.ui.widgets.multiline import MultilineField
from mesodesk.ui.widgets.numberfields import NumberField
from mesodesk.ui.widgets.segments import Scale0to10, TriState
from mesodesk.ui.widgets.text import Label, Strong

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from mesodesk.ui.pages.session_parts.state import SessionState

_TWO_PAIRS = 780
"""From this width on, two questions stand side by side."""
_LONGEST_OBSERVATION = Decimal(24 * 60)


class ToleranceCard(Card):
    """Pain and minutes observed."""

    def __init__(self, state: SessionState, language: str) -> None:
        super().__init__(object_name="tolerance_card")
        self.set_title(self.tr("How it was tolerated"))
        self._state = state
        scale = load_vocabulary().pain
        self.pain = Scale0to10("pain", scale.name.get(language))
        self.observation = NumberField(
            "observation_min",
            self.tr("Observed after the session"),
            places=0,
            unit=self.tr("min"),
            minimum=Decimal(0),
            maximum=_LONGEST_OBSERVATION,
            step=Decimal(5),
        )
        self.observation.setFixedWidth(190)
        anchors = QHBoxLayout()
        for at, (value, text) in enumerate(scale.anchors):
            if at:
                anchors.addStretch(1)
            words = f"{value}  {text.get(language)}"
            anchors.addWidget(Label(words, Role.SMALL, "muted"))
        block = QWidget()
        inner = QGridLayout(block)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setVerticalSpacing(Space.XS)
        inner.addWidget(self.pain, 0, 0, Qt.AlignmentFlag.AlignLeft)
        nest(inner, anchors, 1, 0)
        inner.setColumnStretch(1, 1)
        side_by_side = QWidget()
        flow = FlowLayout(side_by_side, Space.L)
        flow.addWidget(FormRow(self.tr("Pain during the session"), block))
        flow.addWidget(FormRow(self.tr("Observed afterwards"), self.observation))
        self.add(side_by_side)
        self.pain.rated.connect(self._rated)
        self.observation.edited.connect(self._observed)

    def show_state(self) -> None:
        """Show what is on record."""
        fields = self._state.record.fields
        self.pain.set_rating(fields.pain)
        minutes = fields.observation_min
        if may_set(self.observation):
            self.observation.set_value(None if minutes is None else Decimal(minutes))

    @Slot(object)
    def _rated(self, rating: int | None) -> None:
        self._state.change(pain=rating)

    @Slot(object)
    def _observed(self, minutes: Decimal | None) -> None:
        self._state.change(observation_min=None if minutes is None else int(minutes))


class ReactionsCard(Card):
    """Each immediate reaction of the vocabulary, asked one by one or all at once."""

    def __init__(self, state: SessionState, language: str) -> None:
        super().__init__(object_name="reactions_card")
        self.set_title(self.tr("Immediate reactions"))
        self._state = state
        self.none = Button(self.tr("Asked all: none"), "reactions_none", compact=True)
        self.add_trailing(self.none)
        self.answers: dict[str, TriState] = {}
        self._labels: dict[str, Strong] = {}
        for term in load_vocabulary().immediate_reactions:
            name = term.name.get(language)
            label = Strong(name[:1].upper() + name[1:])
            label.setWordWrap(True)
            tri = TriState(f"reaction_{term.id}", name)
            tri.answered.connect(self._answered)
            self.answers[term.id] = tri
            self._labels[term.id] = label
        self._grid = QGridLayout()
        self._grid.setVerticalSpacing(Space.XS)
        self._grid.setHorizontalSpacing(Space.M)
        self._pairs = 0
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._arrange_now)
        self._arrange(1)
        nest(self.body, self._grid)
        self.note = MultilineField(
            "reaction_note",
            self.tr("What was seen and done"),
            placeholder=self.tr("What was seen, when, and what was done"),
        )
        self.note_row = FormRow(self.tr("What was seen and done"), self.note)
        self.add(self.note_row)
        self.none.clicked.connect(self._none)
        self.note.edited.connect(self._noted)

    def show_state(self) -> None:
        """Show what is on record."""
        fields = self._state.record.fields
        given = fields.reactions
        for reaction, tri in self.answers.items():
            tri.set_answer(given.get(reaction, Answer.NOT_ASKED))
        open_ones = [key for key in self.answers if key not in self._asked()]
        self.none.setEnabled(bool(open_ones))
        seen = Answer.YES in given.values()
        self.note_row.setVisible(seen or bool(fields.reaction_note))
        if may_set(self.note):
            self.note.set_value(fields.reaction_note)
        self.note.set_hint(
            self.tr("Write what was seen and what was done.")
            if seen and not fields.reaction_note.strip()
            else "",
            Kind.CAUTION,
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Not within the layout's own round, which would forget what changes in it.
        self._soon.start()

    @Slot()
    def _arrange_now(self) -> None:
        self._arrange(2 if self.width() >= _TWO_PAIRS else 1)

    def _arrange(self, pairs: int) -> None:
        """Put so many questions side by side, one after the other down each column."""
        if pairs == self._pairs:
            return
        self._pairs = pairs
        lines = -(-len(self.answers) // pairs)
        for at, key in enumerate(self.answers):
            column, line = divmod(at, lines)
            self._grid.addWidget(self._labels[key], line, 3 * column)
            right = Qt.AlignmentFlag.AlignRight
            self._grid.addWidget(self.answers[key], line, 3 * column + 1, right)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(3, 1 if pairs > 1 else 0)
        self._grid.setColumnMinimumWidth(2, Space.L if pairs > 1 else 0)

    def _asked(self) -> dict[str, Answer]:
        given = self._state.record.fields.reactions
        return {key: value for key, value in given.items() if value is not Answer.NOT_ASKED}

    @Slot(object)
    def _answered(self, _answer: Answer) -> None:
        answers = {key: tri.answer() for key, tri in self.answers.items()}
        self._state.change(
            reactions={key: one for key, one in answers.items() if one is not Answer.NOT_ASKED}
        )

    @Slot()
    def _none(self) -> None:
        """Only what was not answered yet becomes a "no"."""
        self._state.change(reactions={**dict.fromkeys(self.answers, Answer.NO), **self._asked()})

    @Slot(object)
    def _noted(self, text: str | None) -> None:
        if text is not None:
            self._state.change(reaction_note=text)
