"""One question of the intake: yes, no or not asked, with what is told on a yes; or a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.answers import Answer
from mesodesk.domain.questionnaire import Item, ItemKind
from mesodesk.domain.records.intake import ItemAnswer
from mesodesk.domain.units import plain
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.choices import ChoiceField, Option
from mesodesk.ui.widgets.datefield import DateField
from mesodesk.ui.widgets.field import Field
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.multiline import MultilineField
from mesodesk.ui.widgets.numberfields import NumberField
from mesodesk.ui.widgets.segments import TriState
from mesodesk.ui.widgets.text import Body, Muted

_VALUE_WIDTH = 236
_COMMANDS = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)


@dataclass(frozen=True, slots=True)
class Setting:
    """In what surroundings questions are put."""

    language: str
    today: date


class ItemRow(QWidget):
    """The words at the left, the answer at the right; the detail opens beneath on a yes.

    The control is called `item_{id}`, the detail `detail_{id}`. Typed `y` or `n` answers and
    moves on.
    """

    #: The user has changed something.
    edited = Signal()
    #: Answered by a key: the next question may take the focus.
    moved_on = Signal()

    def __init__(self, item: Item, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.item = item
        self._setting = setting
        self._given = ItemAnswer()
        self._detail: MultilineField | None = None
        self._last: tuple[QWidget, ...] = ()
        self.control: TriState | Field = self._make_control()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, Space.XS, 0, Space.XS)
        self._column.setSpacing(Space.XS)
        self._lay_out()

    def _lay_out(self) -> None:
        language = self._setting.language
        words = self._words = QVBoxLayout()
        self._line = QHBoxLayout()
        words.setSpacing(1)
        words.addWidget(Body(self.item.text.get(language)))
        if self.item.help is not None:
            words.addWidget(Muted(self.item.help.get(language)))
        self._line.setSpacing(Space.M)
        nest(self._line, words, 1)
        nest(self._column, self._line)
        if self.item.kind is ItemKind.TEXT:
            self._column.addWidget(self.control)
        else:
            self._line.addWidget(self.control, 0, Qt.AlignmentFlag.AlignTop)

    def _make_control(self) -> TriState | Field:
        name, words = f"item_{self.item.id}", self.item.text.get(self._setting.language)
        if self.item.kind is ItemKind.YES_NO:
            control = TriState(name, words, compact=True)
            control.answered.connect(self._edited)
            control.installEventFilter(self)
            for answer in Answer:
                control.segment(answer.value).installEventFilter(self)
            return control
        field = self._make_field(name, words)
        if self.item.kind is not ItemKind.TEXT:
            field.setFixedWidth(_VALUE_WIDTH)
        field.edited.connect(self._edited)
        return field

    def _make_field(self, name: str, words: str) -> Field:
        if self.item.kind is ItemKind.DATE:
            today = self._setting.today
            late = self.tr("This day lies in the future. Check the date.")
            return DateField(name, words, today, maximum=today, too_late=late, compact=True)
        if self.item.kind is ItemKind.NUMBER:
            return NumberField(name, words, places=3, unit=self.item.unit or "", compact=True)
        if self.item.kind is ItemKind.CHOICE:
            language = self._setting.language
            options = [Option(each.id, each.text.get(language)) for each in self.item.choices]
            unasked = Option(None, self.tr("Not asked"))
            return ChoiceField(
                name, words, [unasked, *options], placeholder=unasked.text, compact=True
            )
        return MultilineField(name, words, least_lines=1)

    # What it shows

    def show_answer(self, given: ItemAnswer, last_day: str = "") -> None:
        """Show an answer; `last_day` is when one that nobody has confirmed yet was given."""
        self._given = given
        self._put(given)
        self._show_detail(given.detail)
        self._show_last(given, last_day)

    def _put(self, given: ItemAnswer) -> None:
        control = self.control
        if isinstance(control, TriState):
            control.set_answer(given.effective)
        elif isinstance(control, DateField):
            control.set_value(date.fromisoformat(given.value) if given.value else None)
        elif isinstance(control, NumberField):
            control.set_value(Decimal(given.value) if given.value else None)
        elif isinstance(control, ChoiceField):
            control.set_value(given.value or None)
        elif isinstance(control, MultilineField):
            control.set_value(given.value)

    def answer(self) -> ItemAnswer:
        """Return what stands here now."""
        return self._given

    def is_asked(self) -> bool:
        """Tell whether it was asked, in this intake."""
        return is_asked(self.item, self._given)

    def unconfirmed(self) -> bool:
        """Tell whether it shows what was said last time and nobody has confirmed."""
        return is_carried(self._given)

    def wrong_field(self) -> Field | None:
        """Return the field of which something typed cannot be used, if there is one."""
        fields = (self.control, self._detail if self.detail_target() is not None else None)
        return next((one for one in fields if isinstance(one, Field) and one.error()), None)

    def focus_target(self) -> QWidget:
        """Return the widget that takes the keys."""
        if isinstance(self.control, TriState):
            return self.control.segment(self.control.value() or Answer.NOT_ASKED.value)
        return self.control.focusProxy() or self.control

    def detail_target(self) -> QWidget | None:
        """Return the input of the detail, if it is open."""
        opened = self._detail is not None and not self._detail.isHidden()
        return self._detail.input if opened and self._detail is not None else None

    # What the user does

    @Slot()
    def _edited(self) -> None:
        self._given = self._read()
        self._show_detail(self._given.detail)
        self._show_last(self._given, "")
        self.edited.emit()

    def _read(self) -> ItemAnswer:
        control = self.control
        if isinstance(control, TriState):
            detail = self._detail.value() if self._detail is not None else self._given.detail
            answer = control.answer()
            return ItemAnswer(answer, detail if answer is Answer.YES else "")
        if isinstance(control, DateField):
            day = control.value()
            return ItemAnswer(value=day.isoformat() if day else "")
        if isinstance(control, NumberField):
            number = control.value()
            return ItemAnswer(value=plain(number) if number is not None else "")
        if isinstance(control, ChoiceField):
            return ItemAnswer(value=control.value() or "")
        return ItemAnswer(value=control.value() if isinstance(control, MultilineField) else "")

    def _show_detail(self, detail: str) -> None:
        shown = self._given.answer is Answer.YES and self.item.detail is not None
        if shown and self._detail is None:
            self._detail = self._make_detail()
        if self._detail is not None:
            if shown:
                self._detail.set_value(detail)
            self._detail.setVisible(shown)

    def _make_detail(self) -> MultilineField:
        language = self._setting.language
        prompt = self.item.detail.get(language) if self.item.detail else ""
        name = f"{self.item.short.get(language)}: {prompt}"
        field = MultilineField(
            f"detail_{self.item.id}", name, placeholder=prompt, least_lines=1, parent=self
        )
        field.edited.connect(self._detail_edited)
        self._column.addWidget(field)
        return field

    @Slot()
    def _detail_edited(self) -> None:
        self._given = self._read()
        self._show_last(self._given, "")
        self.edited.emit()

    # Said last time

    def _show_last(self, given: ItemAnswer, day: str) -> None:
        for widget in self._last:
            widget.hide()
            widget.deleteLater()
        self._last = ()
        if not is_carried(given):
            return
        words = Muted(self._last_words(given, day))
        confirm = Button(
            self.tr("Still true"),
            f"still_true_{self.item.id}",
            ButtonKind.QUIET,
            "check",
            compact=True,
        )
        confirm.clicked.connect(self._confirmed)
        self._words.addWidget(words)
        self._line.insertWidget(1, confirm, 0, Qt.AlignmentFlag.AlignTop)
        self._last = (words, confirm)

    def _last_words(self, given: ItemAnswer, day: str) -> str:
        said = {Answer.YES: self.tr("yes"), Answer.NO: self.tr("no")}.get(given.answer)
        if said is None:
            said = self.tr("as shown")
        return self.tr("Last time: {answer}, {day}").format(answer=said, day=day)

    @Slot()
    def _confirmed(self) -> None:
        self.confirm()
        self.edited.emit()
        self.moved_on.emit()

    def confirm(self) -> None:
        """Take what was said last time as said today."""
        given = self._given
        self.show_answer(ItemAnswer(given.answer, given.detail, given.value))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(watched, event)
        return super().eventFilter(watched, event)

    def _key(self, watched: QObject, event: QKeyEvent) -> bool:
        control = self.control
        if not isinstance(control, TriState) or event.modifiers() & _COMMANDS:
            return False
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            chosen = watched is control.segment(control.answer().value)
            if chosen:
                self._confirm_or_move()
            return chosen
        answer = {"y": Answer.YES, "n": Answer.NO}.get(event.text().lower())
        if answer is None:
            return False
        self._answer_by_key(control, answer)
        return True

    def _answer_by_key(self, control: TriState, answer: Answer) -> None:
        if control.answer() is answer and self.unconfirmed():
            self._confirmed()
            return
        control.choose(answer.value)
        target = self.detail_target()
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.moved_on.emit()

    def _confirm_or_move(self) -> None:
        if self.unconfirmed():
            self._confirmed()
        else:
            self.moved_on.emit()


def is_carried(given: ItemAnswer) -> bool:
    """Tell whether an answer was taken over and nobody has confirmed it."""
    said = given.answer is not Answer.NOT_ASKED or bool(given.value)
    return said and not given.confirmed


def is_asked(item: Item, given: ItemAnswer | None) -> bool:
    """Tell whether an item was asked in this intake; what was only taken over was not."""
    if given is None or not given.confirmed:
        return False
    if item.kind is ItemKind.YES_NO:
        return given.answer is not Answer.NOT_ASKED
    return bool(given.value)
