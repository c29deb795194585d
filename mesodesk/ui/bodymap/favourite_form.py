"""Asks, over the canvas, under what name fields or a mixture are kept, and whose they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal, Slot

from mesodesk.domain.favourites import LONGEST_NAME
from mesodesk.ui.bodymap.canvas_card import CanvasCard
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.layouts import FlowLayout, nest, row
from mesodesk.ui.widgets.segments import SegmentedControl
from mesodesk.ui.widgets.text import Label
from mesodesk.ui.widgets.textfields import TextField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

ALL: Final = "all"
SELECTED: Final = "selected"
MIXTURE: Final = "mixture"
MINE: Final = "mine"
CLINIC: Final = "clinic"


class FavouriteForm(CanvasCard):
    """Lies over the canvas until it is answered; Enter in the name saves, Esc cancels."""

    saved = Signal()
    #: ALL, SELECTED or MIXTURE was chosen.
    what_chosen = Signal(str)

    def __init__(self, room: QWidget) -> None:
        super().__init__(room, "favourite_form", "")
        self.setAccessibleName(self.tr("Save as a favourite"))
        self.heading.setText(self.tr("Save as a favourite"))
        self.name = TextField(
            "favourite_name",
            self.tr("Name of the favourite"),
            placeholder=self.tr("Name, such as “Thighs, contour mix”"),
            longest=LONGEST_NAME,
        )
        self.what = SegmentedControl(
            {
                ALL: self.tr("All of today"),
                SELECTED: self.tr("Selected field"),
                MIXTURE: self.tr("Mixture alone"),
            },
            "favourite_what",
            self.tr("What is kept"),
            compact=True,
        )
        self.whose = SegmentedControl(
            {MINE: self.tr("Mine"), CLINIC: self.tr("The clinic's")},
            "favourite_whose",
            self.tr("Whose favourite it is"),
            compact=True,
        )
        self.facts = Label("", wrap=True)
        self.facts.setObjectName("favourite_facts")
        self.go = Button(self.tr("Save"), "favourite_go", ButtonKind.PRIMARY, compact=True)
        self.cancel = Button(self.tr("Cancel"), "favourite_cancel", ButtonKind.QUIET, compact=True)
        self._lay_out()
        self.name.input.returnPressed.connect(self._save)
        self.name.edited.connect(self._typed)
        self.what.chosen.connect(self.what_chosen)
        self.whose.chosen.connect(self._whose_chosen)
        self.go.clicked.connect(self._save)
        self.cancel.clicked.connect(self.closed)

    def _lay_out(self) -> None:
        self._explanation = Label("", tone="muted", wrap=True)
        self.spare = (self._explanation, self.facts)
        self.column.addWidget(self.heading)
        self.column.addWidget(self._explanation)
        self.column.addWidget(self.name)
        choices = FlowLayout()
        choices.addWidget(self.whose)
        choices.addWidget(self.what)
        nest(self.column, choices)
        self.column.addWidget(self.facts)
        nest(self.column, row(self.go, self.cancel, stretch=True))

    def begin(self, choices: Sequence[str]) -> None:
        """Come up with an empty name; ask which of the choices is kept where there are several."""
        self.name.set_value("")
        self.what.offer(choices)
        self.what.setVisible(len(choices) > 1)
        self.what.set_value(choices[0])
        self.whose.set_value(self.whose.value() or MINE)
        self.go.setEnabled(True)
        self.come_up()

    def show_facts(self, sentence: str) -> None:
        """Show how much would be kept."""
        self._explanation.setText(self._explained())
        self.facts.setText(sentence)
        self.setAccessibleDescription(sentence)
        self.place()

    def _explained(self) -> str:
        if self.what.value() == MIXTURE:
            return self.tr(
                "What the syringe in hand is mixed from is kept, by product. Lots, patient and day "
                "are not: lots are asked for each time."
            )
        return self.tr(
            "Places, volumes, depths and techniques are kept, and by product what each syringe is "
            "mixed from. Lots, patient and day are not: lots are asked for each time."
        )

    def refuse(self, sentence: str) -> None:
        """Say at the name why it is not taken."""
        self.go.setEnabled(True)
        self.name.set_error(sentence)
        self.name.input.setFocus(Qt.FocusReason.OtherFocusReason)
        self.place()

    def first_focus(self) -> QWidget:
        return self.name.input

    @Slot(object)
    def _typed(self, _text: object) -> None:
        self.place()

    @Slot(str)
    def _whose_chosen(self, _whose: str) -> None:
        # A name that is taken for the one may be free for the other.
        self.name.set_error("")
        self.place()

    @Slot()
    def _save(self) -> None:
        if not self.go.isEnabled():
            return
        if not self.name.value():
            self.refuse(self.tr("Type a name, so that it can be found again."))
        elif len(self.name.value()) <= LONGEST_NAME:
            self.name.set_error("")
            # Once: a second Enter while it is being kept would find the name taken.
            self.go.setEnabled(False)
            self.saved.emit()
