"""The card of one syringe: its badge and name, what goes into it, what that makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.dosing import Mixture
from mesodesk.domain.records.session import SyringeFields
from mesodesk.ui.jobs import explain
from mesodesk.ui.pages.session_parts.component_row import ComponentRow
from mesodesk.ui.pages.session_parts.lot_shelf import Shelf
from mesodesk.ui.pages.session_parts.mixing_watch import MixingWatch
from mesodesk.ui.pages.session_parts.mixture_table import MixtureTable
from mesodesk.ui.pages.session_parts.typed_syringe import TypedSyringe, from_recipe
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.badges import SyringeBadge
from mesodesk.ui.widgets.buttons import Button, ButtonKind, IconButton
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.text import Muted
from mesodesk.ui.widgets.textfields import TextField

if TYPE_CHECKING:
    from uuid import UUID

    from mesodesk.domain.favourites import Recipe
    from mesodesk.domain.records.session import ComponentFields, SyringeRecord
    from mesodesk.domain.records.stock import ProductFields
    from mesodesk.ui.context import Context


class SyringeEditor(Card):
    """Shows a syringe and tells of each change; keeping it is the station's job."""

    #: Something was typed or chosen.
    changed = Signal(object)
    removed = Signal(object)
    #: A lot that is not on record yet is to be entered for this syringe.
    new_lot_asked = Signal(object)
    #: A strength is to be typed where the products are.
    stock_asked = Signal()
    #: every lot that a recipe asked for was chosen.
    supplied = Signal()

    def __init__(self, digit: int, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(object_name=f"syringe_{digit}", parent=parent)
        self._rules = MixingWatch.of(context.clinic.fields, context.language)
        # In the order of choosing: rules speak at the choice that broke them.
        self._choices: dict[ComponentRow, ProductFields] = {}
        self.digit = digit
        self.dirty = False
        self.on_record = False
        self._shelf = Shelf()
        self._rows: list[ComponentRow] = []
        self._serial = 0
        name = self.tr("Syringe {digit}").format(digit=digit)
        self.setAccessibleName(name)
        self.label = TextField(
            f"syringe_{digit}_label",
            self.tr("Name of syringe {digit}").format(digit=digit),
            placeholder=self.tr("Name, such as “Contour mix”"),
        )
        self.put_away = IconButton(
            "trash-can-outline",
            self.tr("Put syringe {digit} away").format(digit=digit),
            f"syringe_{digit}_remove",
        )
        self.add_row_button = Button(
            self.tr("Add a component"),
            f"syringe_{digit}_add",
            ButtonKind.QUIET,
            "plus",
            compact=True,
        )
        self.new_lot = Button(
            self.tr("New lot"),
            f"syringe_{digit}_new_lot",
            ButtonKind.QUIET,
            "package-variant-plus",
            compact=True,
        )
        self.notice = Notice(object_name=f"syringe_{digit}_notice", closable=True)
        self.waits = Muted("")
        self.waits.setObjectName(f"syringe_{digit}_waits")
        self.mixture = MixtureTable(f"syringe_{digit}_mixture")
        self._lay_out()
        self._connect()
        self.add_row()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(Space.M)
        head.addWidget(SyringeBadge(self.digit, 34))
        head.addWidget(self.label, 1)
        head.addWidget(self.put_away)
        nest(self.body, head)
        self._column = QVBoxLayout()
        self._column.setSpacing(Space.S)
        nest(self.body, self._column)
        tools = QHBoxLayout()
        tools.setSpacing(Space.S)
        tools.addWidget(self.add_row_button)
        tools.addWidget(self.new_lot)
        tools.addStretch(1)
        nest(self.body, tools)
        self.quick_add = QVBoxLayout()
        nest(self.body, self.quick_add)
        for widget in (self.notice, self.waits, self.mixture):
            self.add(widget)
        self.waits.hide()

    def _connect(self) -> None:
        self.label.edited.connect(self._labelled)
        self.put_away.clicked.connect(self._remove)
        self.add_row_button.clicked.connect(self._add_row)
        self.new_lot.clicked.connect(self._ask_new_lot)
        self.mixture.stock_asked.connect(self.stock_asked)

    # What is in the syringe

    def rows(self) -> tuple[ComponentRow, ...]:
        """Return the rows, from the top."""
        return tuple(self._rows)

    def fields(self) -> SyringeFields | None:
        """Return the syringe, None while a row is begun and not complete, or there is none."""
        parts = self._parts()
        if not parts or self.label.error():
            return None
        return SyringeFields(self.digit, self.label.value(), parts)

    def _parts(self) -> tuple[ComponentFields, ...]:
        begun = [row.fields() for row in self._rows if not row.is_blank()]
        return tuple(each for each in begun if each is not None) if all(begun) else ()

    def typed(self) -> TypedSyringe:
        """Return the syringe as far as it is typed."""
        parts = tuple(row.typed() for row in self._rows if not row.is_blank())
        return TypedSyringe(self.digit, self.label.value(), parts)

    def is_blank(self) -> bool:
        """Tell whether nothing was typed or chosen."""
        return not self.label.value() and all(row.is_blank() for row in self._rows)

    def holds(self, record: SyringeRecord) -> bool:
        """Tell whether this card shows what the record says."""
        kept = [(part.lot_id, part.volume_ml) for part in record.components]
        shown = [(part.lot_id, part.volume_ml) for part in self._parts()]
        return kept == shown and record.label == self.label.value()

    # Showing

    def set_shelf(self, shelf: Shelf) -> None:
        """Offer the lots as they stand now."""
        self._shelf = shelf
        for row in self._rows:
            row.set_shelf(shelf)
        self.show_mixture()

    def show_record(self, record: SyringeRecord) -> None:
        """Show a syringe of the record, unless it is shown already."""
        self.on_record = True
        if not self.holds(record):
            self.label.set_value(record.label)
            self._need_rows(len(record.components))
            for row, part in zip(self._rows, record.components, strict=True):
                row.show_stored(part)
        else:
            begun = [row for row in self._rows if not row.is_blank()]
            for row, part in zip(begun, record.components, strict=True):
                row.take_stored(part)
        self.show_mixture()

    def show_typed(self, typed: TypedSyringe) -> None:
        """Show a syringe as it was typed before."""
        self.dirty = True
        self.label.set_value(typed.label)
        self._need_rows(max(1, len(typed.parts)))
        for row, part in zip(self._rows, typed.parts, strict=False):
            row.show_typed(part)
        self.show_mixture()

    def show_mixture(self) -> None:
        """Work out anew what the complete rows make, and say what is missing."""
        parts = [part for row in self._rows if (part := row.component()) is not None]
        self.mixture.show_mixture(Mixture(tuple(parts)) if parts else None)
        self.waits.setText(self._missing_words())
        self.waits.setVisible(bool(self.waits.text()))
        self._watch_mixing()

    def _watch_mixing(self) -> None:
        """Mark the choices that the rules of mixtures speak against, drawn up or not."""
        now = {row: row.chosen() for row in self._rows}
        kept = {row: each for row, each in self._choices.items() if now.get(row) == each}
        added = {row: each for row, each in now.items() if each is not None and row not in kept}
        self._choices = kept | added
        said = self._rules.said(tuple(self._choices.values()))
        at = {row: place for place, row in enumerate(self._choices)}
        for row in self._rows:
            row.say_mixing(said.get(at.get(row, -1)))

    def _missing_words(self) -> str:
        """Return what keeps the syringe from being drawn up; the fields themselves stay kept."""
        begun = [row for row in self._rows if not row.is_blank()]
        if not begun:
            return self.tr("Choose a lot and type how many mL. Enter goes on.")
        if any(row.lot_id() is None for row in begun):
            if any(row.product is not None for row in begun):
                return self.tr("Lots are asked for each time: choose today's for every row.")
            return self.tr("A row is not complete: choose its lot.")
        if any(row.fields() is None for row in begun):
            return self.tr("A row is not complete: type how many mL.")
        return ""

    def show_refusal(self, error: Exception) -> None:
        """Say at its row what the record does not take."""
        told = False
        begun = [row for row in self._rows if not row.is_blank()]
        for problem in getattr(error, "problems", ()):
            row = _row_of(problem.place, begun)
            if problem.place == "label":
                self.label.set_error(problem.sentence)
            elif row is not None:
                row.set_error(problem.sentence)
            else:
                continue
            told = True
        sentence = explain(error)
        if not told:
            row = self._row_spoken_of(sentence)
            if row is not None:
                row.set_error(sentence)
            else:
                self.notice.show_notice(Kind.CAUTION, self.tr("Not drawn up"), sentence)

    def _row_spoken_of(self, sentence: str) -> ComponentRow | None:
        for row in self._rows:
            lot = self._shelf.lot(row.lot_id())
            if lot is not None and f" {lot.fields.number} " in sentence:
                return row
        return None

    def clear_refusal(self) -> None:
        """Take back what was said of an earlier attempt."""
        self.notice.hide()
        for row in self._rows:
            row.set_error("")

    def first_field(self) -> QWidget:
        """Return where work on this syringe begins: the first row without a lot, else the name."""
        waiting = next((row for row in self._rows if row.lot_id() is None), None)
        return waiting.pick.input if waiting is not None else self.label.input

    def take_lot(self, lot_id: UUID) -> None:
        """Put a lot that was just entered into the first row without one."""
        lot = self._shelf.lot(lot_id)
        waiting = [each for each in self._rows if each.lot_id() is None]
        asking = [
            each
            for each in waiting
            if each.product is not None and lot and each.product.product_id == lot.product.id
        ]
        free = [each for each in waiting if each.product is None]
        row = next((each for each in (*asking, *free)), None) or self.add_row()
        row.choose(lot_id)

    def asks_for(self, recipe: Recipe) -> bool:
        """Tell whether this card was filled from a recipe and still waits for lots."""
        asked = [part.wanted for part in from_recipe(recipe, self.digit).parts]
        waits = any(row.lot_id() is None for row in self._rows)
        return (
            waits
            and self.label.value() == recipe.label
            and asked == [row.product for row in self._rows]
        )

    # Rows

    def add_row(self) -> ComponentRow:
        """Add an empty row."""
        self._serial += 1
        row = ComponentRow(self.digit, self._serial)
        row.set_shelf(self._shelf)
        row.changed.connect(self._tell)
        row.removed.connect(self._row_removed)
        row.finished.connect(self._row_finished)
        row.supplied.connect(self._row_supplied)
        self._rows.append(row)
        self._column.addWidget(row)
        self._show_removers()
        return row

    def _need_rows(self, count: int) -> None:
        while len(self._rows) > count:
            self._drop(self._rows[-1])
        while len(self._rows) < count:
            self.add_row()

    def _drop(self, row: ComponentRow) -> None:
        self._rows.remove(row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()
        self._show_removers()

    def _show_removers(self) -> None:
        for row in self._rows:
            row.remove.setVisible(len(self._rows) > 1)

    @Slot()
    def _add_row(self) -> None:
        row = next((each for each in self._rows if each.is_blank()), None) or self.add_row()
        row.pick.input.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _row_removed(self) -> None:
        row = self.sender()
        if isinstance(row, ComponentRow) and len(self._rows) > 1:
            self._drop(row)
            self.add_row_button.setFocus(Qt.FocusReason.OtherFocusReason)
            self._tell()

    @Slot()
    def _row_finished(self) -> None:
        self.add_row_button.setFocus(Qt.FocusReason.TabFocusReason)

    @Slot()
    def _row_supplied(self) -> None:
        waiting = next((row for row in self._rows if row.lot_id() is None), None)
        if waiting is not None:
            waiting.pick.input.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.supplied.emit()

    # What the user does

    @Slot()
    def _tell(self) -> None:
        self.dirty = True
        self.show_mixture()
        self.changed.emit(self)

    @Slot(object)
    def _labelled(self, text: str | None) -> None:
        if text is not None:
            self._tell()

    @Slot()
    def _remove(self) -> None:
        self.removed.emit(self)

    @Slot()
    def _ask_new_lot(self) -> None:
        self.new_lot_asked.emit(self)


def _row_of(place: str, rows: list[ComponentRow]) -> ComponentRow | None:
    """Return the row that `components[1].volume_ml` speaks of."""
    for at, row in enumerate(rows):
        if place.startswith(f"components[{at}]"):
            return row
    return None
