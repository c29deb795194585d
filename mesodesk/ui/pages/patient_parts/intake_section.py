"""A section of the intake as a card: its questions, and one button for those not asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from mesodesk.domain.answers import Answer
from mesodesk.domain.questionnaire import Item, ItemKind, Section, is_open, may_be_no
from mesodesk.domain.records.intake import ItemAnswer
from mesodesk.ui.pages.patient_parts.intake_item import ItemRow, Setting, is_asked
from mesodesk.ui.tokens import COMPACT, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.layouts import column
from mesodesk.ui.widgets.text import Muted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mesodesk.ui.widgets.field import Field


class SectionCard(Card):
    """The rows of one section that concern this patient.

    `rest_no_{section}` sets what was not asked to "no" and touches no "yes"; `still_true_{section}`
    confirms what was taken over.
    """

    #: The answers that have changed, by item.
    edited = Signal(dict)
    #: The row after which the focus moves on.
    moved_on = Signal(object)

    def __init__(self, section: Section, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(object_name=f"section_{section.id}", parent=parent)
        self.section = section
        self._setting = setting
        self.set_title(section.title.get(setting.language))
        # The heading's line stays as high when its buttons go: nothing may jump under a finger.
        self.heading.setMinimumHeight(COMPACT)
        self.count = Muted("", wrap=False)
        self.count.setObjectName(f"unasked_{section.id}")
        self.still_true = Button(
            self.tr("All still true"),
            f"still_true_all_{section.id}",
            ButtonKind.QUIET,
            "check-all",
            compact=True,
        )
        self.rest_no = Button(
            self.tr("Asked all: the rest are no"),
            f"rest_no_{section.id}",
            ButtonKind.QUIET,
            compact=True,
        )
        for widget in (self.count, self.still_true, self.rest_no):
            self.add_trailing(widget)
        self.body.setSpacing(Space.XS)
        self.rows: list[ItemRow] = []
        self._parts: list[QWidget] = []
        self.rest_no.clicked.connect(self._rest_are_no)
        self.still_true.clicked.connect(self._all_still_true)

    def add_rows(
        self, items: Sequence[Item], answers: Mapping[str, ItemAnswer], last_day: str
    ) -> None:
        """Make the rows of some more questions; `show_open` brings them to sight."""
        # In a part of their own: each row shown in a window lays out all of it anew, a part once.
        part = QWidget(self)
        part.hide()
        rows = column(spacing=Space.XS)
        part.setLayout(rows)
        for item in items:
            row = ItemRow(item, self._setting, part)
            row.show_answer(answers.get(item.id, ItemAnswer()), last_day)
            self.rows.append(row)
            rows.addWidget(row)
            row.edited.connect(self._edited)
            row.moved_on.connect(self._moved_on)
        self.add(part)
        self._parts.append(part)

    def show_answers(self, answers: Mapping[str, ItemAnswer], last_day: str) -> None:
        """Show what is on record."""
        for row in self.rows:
            row.show_answer(answers.get(row.item.id, ItemAnswer()), last_day)

    def show_open(self, answers: Mapping[str, Answer]) -> None:
        """Hide the questions that another answer has settled, and count what is left."""
        for row in self.rows:
            row.setVisible(is_open(row.item, answers))
        for part in self._parts:
            part.setVisible(any(row.parent() is part for row in self.open_rows()))
        unasked = sum(not row.is_asked() for row in self.open_rows())
        words = self.tr("1 not asked") if unasked == 1 else self.tr("{count} not asked")
        self.count.setText(words.format(count=unasked))
        self.count.setVisible(unasked > 0)
        # Hidden buttons would pull the line together; without them the heading stands alone.
        self.rest_no.setVisible(bool(self._rest()))
        self.still_true.setVisible(any(row.unconfirmed() for row in self.open_rows()))

    def open_rows(self) -> list[ItemRow]:
        """Return the rows that are put to this patient."""
        return [row for row in self.rows if not row.isHidden()]

    def _rest(self) -> list[ItemRow]:
        """Return the rows that "the rest are no" speaks of; a yes may stand against others."""
        answers = {row.item.id: row.answer().answer for row in self.rows}
        return [row for row in self.open_rows() if _settles(row) and may_be_no(row.item, answers)]

    def first_wrong(self) -> Field | None:
        """Return the first field in which something cannot be used as it is typed."""
        found = (row.wrong_field() for row in self.open_rows())
        return next((field for field in found if field is not None), None)

    @Slot()
    def _edited(self) -> None:
        row = self.sender()
        if isinstance(row, ItemRow):
            self.edited.emit({row.item.id: row.answer()})

    @Slot()
    def _moved_on(self) -> None:
        self.moved_on.emit(self.sender())

    @Slot()
    def _rest_are_no(self) -> None:
        changed = {}
        for row in self._rest():
            row.show_answer(ItemAnswer(Answer.NO))
            changed[row.item.id] = row.answer()
        self.edited.emit(changed)

    @Slot()
    def _all_still_true(self) -> None:
        changed = {}
        for row in self.open_rows():
            if row.unconfirmed():
                row.confirm()
                changed[row.item.id] = row.answer()
        self.edited.emit(changed)


def _settles(row: ItemRow) -> bool:
    """Tell whether "the rest are no" speaks of this row: not asked today, and never a yes."""
    if row.item.kind is not ItemKind.YES_NO or is_asked(row.item, row.answer()):
        return False
    return row.answer().answer is not Answer.YES
