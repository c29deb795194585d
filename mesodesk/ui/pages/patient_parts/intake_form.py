"""The intake as it is asked: sections as cards, in one column or two."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.questionnaire import load_questionnaire
from mesodesk.domain.records.intake import IntakeFields, ItemAnswer
from mesodesk.ui.pages.patient_parts.intake_body import BodyCard
from mesodesk.ui.pages.patient_parts.intake_item import ItemRow, Setting, is_carried
from mesodesk.ui.pages.patient_parts.intake_lists import EntryList, ListWords
from mesodesk.ui.pages.patient_parts.intake_progress import Progress, items_put, progress_of
from mesodesk.ui.pages.patient_parts.intake_section import SectionCard
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.layouts import PageScroll, nest

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from mesodesk.domain.answers import Answer
    from mesodesk.domain.questionnaire import Item, Section
    from mesodesk.ui.context import Context
    from mesodesk.ui.widgets.field import Field

_TWO_COLUMNS: Final = 1_120
_AT_A_TIME: Final = 5
_BODY: Final = "body"
# Where the measures stand: after what brings the patient here.
_BODY_AFTER: Final = 1


class IntakeForm(QWidget):
    """Shows and reads the fields of one intake; keeping is the caller's job.

    Its cards are made one after the other while the first can already be used.
    """

    #: The user has changed something: the new `IntakeFields`.
    edited = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("intake_form")
        self._context = context
        self._fields = IntakeFields()
        self._last_day = ""
        self._items: tuple[Item, ...] = ()
        self._language = ""
        self._waiting: list[tuple[Section, tuple[Item, ...]]] = []
        self._cards: dict[str, SectionCard | BodyCard] = {}
        self._two: bool | None = None
        self.medicines = EntryList(self._medicine_words(), context.language, self)
        self.allergies = EntryList(self._allergy_words(), context.language, self)
        self.body = BodyCard(context, self)
        for waiting in (self.medicines, self.allergies, self.body):
            waiting.hide()
        self._building = QTimer(self)
        self._building.setInterval(0)
        self._building.timeout.connect(self._build_next)
        self._ordering = QTimer(self)
        self._ordering.setSingleShot(True)
        self._ordering.setInterval(0)
        self._ordering.timeout.connect(self._order_tabs)
        self._before: QWidget | None = None
        self._lay_out()
        self.medicines.edited.connect(self._medicines_edited)
        self.allergies.edited.connect(self._allergies_edited)
        self.body.edited.connect(self._body_edited)

    def _lay_out(self) -> None:
        self.area = PageScroll("intake_scroll", max_width=1_680, margin=0)
        self._columns = (QVBoxLayout(), QVBoxLayout())
        self._line = QHBoxLayout()
        for column in self._columns:
            column.setSpacing(Space.M)
            nest(self._line, column, 1)
        nest(self.area.column, self._line)
        self.area.column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.area)

    # Showing

    def show_fields(
        self, typed: IntakeFields, body_sex: str, age_years: int | None, last_day: str
    ) -> None:
        """Show an intake of a patient; `last_day` is when the one before was completed."""
        self._fields, self._last_day = typed, last_day
        items = items_put(load_questionnaire(), body_sex, age_years)
        if items != self._items or self._language != self._context.language:
            self._begin_anew(items)
        self.body.show_fields(typed)
        self._show_lists()
        for card in self._section_cards():
            card.show_answers(typed.answers, last_day)
        self._show_open()
        self._ordering.start()

    def _begin_anew(self, items: tuple[Item, ...]) -> None:
        for card in self._cards.values():
            if card is not self.body:
                self._let_lists_go()
                card.hide()
                card.deleteLater()
        self._items, self._language = items, self._context.language
        self._cards = {}
        self._waiting = [
            (section, part)
            for section in load_questionnaire().sections
            for part in _parts([item for item in items if item.section == section.id])
        ]
        self._two = None
        self._build_next()
        self._building.start()

    def _let_lists_go(self) -> None:
        """Take the lists out of cards that go away."""
        for entries in (self.medicines, self.allergies):
            entries.setParent(self)
            entries.hide()

    @Slot()
    def _build_next(self) -> None:
        if not self._waiting:
            self._building.stop()
            self._ordering.start()
            return
        section, items = self._waiting.pop(0)
        card = self._cards.get(section.id)
        if not isinstance(card, SectionCard):
            card = self._make_card(section)
        card.add_rows(items, self._fields.answers, self._last_day)
        lists = {"medicines": self.medicines, "allergies": self.allergies}.get(section.id)
        if lists is not None:
            card.add(lists)
            lists.show()
        card.show_open(self._effective())

    def _make_card(self, section: Section) -> SectionCard:
        card = SectionCard(section, Setting(self._language, self._context.today()))
        card.edited.connect(self._answers_edited)
        card.moved_on.connect(self._move_on)
        self._cards[section.id] = card
        if len(self._cards) == _BODY_AFTER:
            self._cards[_BODY] = self.body
        self._arrange()
        return card

    def finish_building(self) -> None:
        """Make all cards now."""
        while self._waiting:
            self._build_next()

    def _section_cards(self) -> list[SectionCard]:
        return [card for card in self._cards.values() if isinstance(card, SectionCard)]

    def _show_lists(self) -> None:
        typed = self._fields
        words = self.tr("As on {day}: still true? Then tick the list.").format(day=self._last_day)
        last = words if self._last_day else ""
        self.medicines.show_entries(typed.medicines, asked=typed.medicines_asked, last=last)
        self.allergies.show_entries(typed.allergies, asked=typed.allergies_asked, last=last)

    def _show_open(self) -> None:
        answers = self._effective()
        for card in self._section_cards():
            card.show_open(answers)

    def _effective(self) -> dict[str, Answer]:
        return {item_id: one.effective for item_id, one in self._fields.answers.items()}

    def progress(self) -> Progress:
        """Return how far the intake is."""
        return progress_of(self._fields, self._items)

    def carried(self) -> bool:
        """Tell whether answers of last time wait to be confirmed."""
        return any(is_carried(given) for given in self._fields.answers.values())

    def first_wrong(self) -> Field | None:
        """Return the first field, as it is read, of which something typed cannot be used."""
        lists = {"medicines": self.medicines, "allergies": self.allergies}
        for section, card in self._cards.items():
            found = card.first_wrong()
            if found is None and section in lists:
                found = lists[section].first_wrong()
            if found is not None:
                return found
        return None

    # In one column or two

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if (self.width() >= _TWO_COLUMNS) is not self._two:
            self._arrange()

    def _arrange(self) -> None:
        """Give each card its place; cards that are there already do not move."""
        two = self.width() >= _TWO_COLUMNS
        rebuilt = two is not self._two
        self._two = two
        self._line.setStretch(1, 1 if two else 0)
        self._line.setSpacing(Space.M if two else 0)
        heights = {_BODY: 6}
        for item in self._items:
            heights[item.section] = heights.get(item.section, 2) + 1
        half = sum(heights.values()) / 2
        so_far = 0.0
        for section, card in self._cards.items():
            column = self._columns[1 if two and so_far >= half else 0]
            so_far += heights.get(section, 0)
            if rebuilt or column.indexOf(card) < 0:
                column.removeWidget(card)
                column.addWidget(card)
                card.show()
        for column in self._columns:
            column.setAlignment(Qt.AlignmentFlag.AlignTop)

    # Moving

    @Slot(object)
    def _move_on(self, row: object) -> None:
        rows = [each for card in self._section_cards() for each in card.open_rows()]
        if isinstance(row, ItemRow) and row in rows[:-1]:
            self.go_to(rows[rows.index(row) + 1].focus_target())

    def next_unasked(self) -> bool:
        """Put the focus on the next question that was not asked; tell whether there is one."""
        self.finish_building()
        targets = self._unasked_targets()
        if not targets:
            return False
        focused = self.focusWidget()
        order = self._positions(focused)
        later = [each for each in targets if self._positions(each) > order]
        self.go_to((later or targets)[0])
        return True

    def _unasked_targets(self) -> list[QWidget]:
        """Return the inputs of everything not asked, in the order of the sections."""
        found: list[QWidget] = []
        for section, card in self._cards.items():
            if isinstance(card, BodyCard):
                found += card.unasked()
                continue
            found += [row.focus_target() for row in card.open_rows() if not row.is_asked()]
            lists = {"medicines": self.medicines, "allergies": self.allergies}.get(section)
            if lists is not None and not lists.was_asked():
                found.append(lists.asked)
        return found

    def _positions(self, widget: QWidget | None) -> tuple[int, int]:
        """Return where a widget stands: the number of its card and its height there."""
        for at, card in enumerate(self._cards.values()):
            if widget is not None and card.isAncestorOf(widget):
                corner = widget.mapTo(card, widget.rect().topLeft())
                return at, corner.y() * 10_000 + corner.x()
        return -1, 0

    def follow_tab_of(self, before: QWidget) -> None:
        """Let Tab come to the first question from a widget that can take the focus."""
        self._before = before

    @Slot()
    def _order_tabs(self) -> None:
        """Let Tab go down the questions as they are read, whenever their widgets were made."""
        if self._waiting:
            return
        order = [] if self._before is None else [self._before]
        for card in self._cards.values():
            order += tab_order(card)
        for first, second in pairwise(order):
            QWidget.setTabOrder(first, second)

    def first_focus(self) -> QWidget | None:
        """Return the first question."""
        cards = self._section_cards()
        rows = cards[0].open_rows() if cards else []
        return rows[0].focus_target() if rows else None

    def go_to(self, target: QWidget) -> None:
        """Put the focus into a widget, and bring it into sight."""
        target.setFocus(Qt.FocusReason.TabFocusReason)
        self.area.ensureWidgetVisible(target, 0, 120)

    # Changes

    @Slot(dict)
    def _answers_edited(self, changed: dict[str, ItemAnswer]) -> None:
        if changed:
            self._take(answers={**self._fields.answers, **changed})

    @Slot()
    def _medicines_edited(self) -> None:
        self._take(medicines=self.medicines.medicines(), medicines_asked=self.medicines.was_asked())

    @Slot()
    def _allergies_edited(self) -> None:
        self._take(allergies=self.allergies.allergies(), allergies_asked=self.allergies.was_asked())

    @Slot()
    def _body_edited(self) -> None:
        self._take(
            height_cm=self.body.height_cm.value(),
            weight_kg=self.body.weight_kg.value(),
            skin_type=self.body.skin.value(),
        )

    def _take(self, **changed: Any) -> None:  # noqa: ANN401 - the fields of an intake
        self._fields = replace(self._fields, **changed)
        self._show_open()
        self._ordering.start()
        self.edited.emit(self._fields)

    def _medicine_words(self) -> ListWords:
        return ListWords(
            "medicine",
            self.tr("Medicines taken"),
            self.tr("Medicine"),
            self.tr("Dose"),
            self.tr("Asked: none"),
            self.tr("Asked: the list is complete"),
            self.tr("Name the medicine; the dose alone is not kept."),
        )

    def _allergy_words(self) -> ListWords:
        return ListWords(
            "allergy",
            self.tr("Known allergies"),
            self.tr("Substance"),
            self.tr("What happened"),
            self.tr("Asked: none"),
            self.tr("Asked: the list is complete"),
            self.tr("Name the substance; what happened alone is not kept."),
        )


def tab_order(card: SectionCard | BodyCard) -> list[QWidget]:
    """Return what takes the focus in a card, by lines; "the rest are no" comes after its rows."""
    window = card.window()
    found = [
        widget
        for widget in card.findChildren(QWidget)
        if widget.focusPolicy() is not Qt.FocusPolicy.NoFocus and widget.window() is window
    ]
    if isinstance(card, SectionCard):
        places = {widget: widget.mapTo(card, QPoint(0, 0)) for widget in found}
        last = card.rest_no
        found.sort(key=lambda each: (each is last, places[each].y(), places[each].x()))
    # A field passes the focus on to its input: it has to move with it, or Tab would jump there.
    return list(dict.fromkeys(_whole(widget, card) for widget in found))


def _whole(widget: QWidget, card: QWidget) -> QWidget:
    """Return the field that a widget is part of, or the widget itself."""
    whole, parent = widget, widget.parentWidget()
    while parent is not None and parent is not card:
        if parent.focusProxy() is not None:
            whole = parent
        parent = parent.parentWidget()
    return whole


def _parts(items: list[Item]) -> list[tuple[Item, ...]]:
    """Return the questions of a section in parts that are made in a few milliseconds each."""
    return [tuple(items[at : at + _AT_A_TIME]) for at in range(0, len(items), _AT_A_TIME)]
