"""The questions of a check, and one button for a patient who is well."""

from collections.abc import Iterable, Mapping
from datetime import date

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from mesodesk.domain.answers import Answer
from mesodesk.domain.records.followup import CheckAnswer, RaisedFlag
from mesodesk.domain.schedule import CheckItem, CheckItemKind
from mesodesk.ui import theme
from mesodesk.ui.pages.followup_parts.item_row import ItemRow
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.text import Muted


class QuestionsCard(Card):
    """One row a question. `edited` tells of every change by the user."""

    edited = Signal()

    def __init__(
        self,
        items: Iterable[CheckItem],
        language: str,
        days: tuple[date, date],
        *,
        editable: bool,
        parent: QWidget | None = None,
    ) -> None:
        """Make a row for each item; `days` are those of the session and today."""
        super().__init__(object_name="questions", parent=parent)
        self.set_title(self.tr("Questions"))
        self._language = language
        self.rows = [ItemRow(item, language, *days, editable=editable) for item in items]
        self.all_well = Button(
            self.tr("Asked all: the rest are no"),
            "asked_all",
            icon_name="check-all",
            compact=True,
            parent=self,
        )
        self.hint = Muted("", parent=self)
        self.hint.setObjectName("asked_all_hint")
        if editable:
            self.add_trailing(self.all_well)
            self.add(self.hint)
            self._word_button()
        else:
            self.all_well.hide()
            self.hint.hide()
        self.body.setSpacing(Space.XS)
        for at, row in enumerate(self.rows):
            if at:
                self.add(_Hairline())
            self.add(row)
            row.edited.connect(self.edited)
        self.all_well.clicked.connect(self.set_rest_calm)
        self.refresh()

    def _word_button(self) -> None:
        """Name the questions whose good answer is a yes, so that the button says all it does."""
        yes = [row for row in self.rows if row.item.calm is Answer.YES]
        if yes:
            self.all_well.setText(self.tr("Asked all: the rest is well"))
            self.all_well.setAccessibleName(self.all_well.text())
            names = " ".join(row.item.text.get(self._language) for row in yes)
            words = self.tr("Sets the rest to no, and to yes: {names}")
            self.hint.setText(words.format(names=names))
        else:
            self.hint.hide()

    @Slot()
    def set_rest_calm(self) -> None:
        """Give every question of yes or no that was not answered the answer of a well patient."""
        changed = [row.set_calm() for row in self.rows]
        if any(changed):
            self.edited.emit()

    def answers(self) -> dict[str, CheckAnswer]:
        """Return the answers given, by item."""
        return {row.item.id: row.answer() for row in self.rows if row.asked()}

    def set_answers(self, answers: Mapping[str, CheckAnswer]) -> None:
        """Show answers without telling of it."""
        for row in self.rows:
            row.set_answer(answers.get(row.item.id, CheckAnswer()))
        self.refresh()

    def speak(self, language: str) -> None:
        """Show the questions in a language to be spoken, beneath those to be read."""
        for row in self.rows:
            row.speak("" if language == self._language else language)

    def unasked(self) -> list[str]:
        """Return the short names of the questions without an answer."""
        return [row.item.short.get(self._language) for row in self.rows if not row.asked()]

    def show_flags(self, flags: Iterable[RaisedFlag]) -> None:
        """Show each flag's instruction beside its question."""
        by_item = {flag.item_id: flag for flag in flags}
        for row in self.rows:
            row.show_flag(by_item.get(row.item.id))

    def refresh(self) -> None:
        """Let the button act only while there is something left to set."""
        left = any(row.item.kind is CheckItemKind.YES_NO and not row.asked() for row in self.rows)
        self.all_well.setEnabled(left)


class _Hairline(QWidget):
    """A line between two questions."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(10, 1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme.colour("border"))
