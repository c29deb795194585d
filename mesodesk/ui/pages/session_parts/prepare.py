"""The second station: syringes drawn up from lots, the skin prepared, aseptic steps."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.changes import Topic
from mesodesk.ui.favourite_store import FavouriteStore
from mesodesk.ui.keeper import Keeper
from mesodesk.ui.pages.session_parts.labels_card import LabelsCard
from mesodesk.ui.pages.session_parts.limits_card import DrawnCard
from mesodesk.ui.pages.session_parts.lot_quick_add import LotQuickAdd
from mesodesk.ui.pages.session_parts.lot_shelf import Shelf, read_lots
from mesodesk.ui.pages.session_parts.protocol_fill import ProtocolMixtures
from mesodesk.ui.pages.session_parts.putting_away import PuttingAway, syringe_key
from mesodesk.ui.pages.session_parts.recipe_picker import RecipePicker
from mesodesk.ui.pages.session_parts.skin_card import SkinCard
from mesodesk.ui.pages.session_parts.state import RECIPE, SessionState, Station
from mesodesk.ui.pages.session_parts.syringe_editor import SyringeEditor
from mesodesk.ui.pages.session_parts.typed_syringe import (
    FORM,
    TypedSyringe,
    from_recipe,
    keep_typed,
    put_syringe,
    read_typed,
)
from mesodesk.ui.tokens import BAR, Space
from mesodesk.ui.typed import draft
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Notice
from mesodesk.ui.widgets.layouts import PageScroll, beside_bar, column, nest
from mesodesk.ui.widgets.tab_order import step
from mesodesk.ui.widgets.text import Heading, Muted

if TYPE_CHECKING:
    from uuid import UUID

    from PySide6.QtGui import QKeyEvent

    from mesodesk.domain.favourites import Recipe
    from mesodesk.domain.records.session import SessionRecord, SyringeFields
    from mesodesk.domain.records.stock import LotRecord
    from mesodesk.ui.context import Context

_DIGITS: Final = range(1, 10)
_RIGHT: Final = 480


class PrepareStation(Station):
    """Left: the syringes, each a card. Right: skin and aseptic steps."""

    station_id = "prepare"

    def __init__(self, state: SessionState, context: Context, parent: QWidget) -> None:
        super().__init__(state, context, parent)
        self.setObjectName("prepare_station")
        self._shelf = Shelf()
        self._editors: dict[int, SyringeEditor] = {}
        self._shown_of: UUID | None = None
        self._restored = False
        self._lot_for: SyringeEditor | None = None
        self._drafts = Keeper(context.jobs, context.status, clock=context.clock, parent=self)
        self.hidden_lots = Muted("")
        self.hidden_lots.setObjectName("hidden_lots")
        self.notice = Notice(object_name="prepare_notice", closable=True)
        self.by_protocol = ProtocolMixtures(state)
        self.add_button = Button(
            self.tr("Prepare a syringe (N)"), "add_syringe", ButtonKind.DASHED, "plus"
        )
        self.away = PuttingAway(self)
        self.recipes = RecipePicker(FavouriteStore(context, self))
        self.quick_add = LotQuickAdd(context, self)
        self.skin = SkinCard(state, context.language)
        self.next = Button(self.tr("Go on to the chart"), "prepare_next", ButtonKind.PRIMARY)
        self.drawn, self.labels = DrawnCard(state, context, self.next), LabelsCard(state, context)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        left = PageScroll("prepare_left", max_width=900, margin=0)
        self.page = left
        head = QHBoxLayout()
        head.setSpacing(Space.M)
        head.addWidget(Heading(self.tr("Syringes")))
        head.addWidget(self.hidden_lots, 1, Qt.AlignmentFlag.AlignVCenter)
        nest(left.column, head)
        left.add(self.notice)
        left.add(self.by_protocol)
        self._column = QVBoxLayout()
        self._column.setSpacing(Space.M)
        nest(left.column, self._column)
        tools = QHBoxLayout()
        tools.setSpacing(Space.S)
        tools.addWidget(self.add_button, 1)
        tools.addWidget(self.recipes, 1)
        nest(left.column, tools)
        left.add(self.drawn)
        left.column.addStretch(1)
        right = PageScroll("prepare_right", margin=0, edge=True)
        right.setMaximumWidth(_RIGHT + BAR)
        self.next.setMaximumWidth(_RIGHT)
        right.add(self.skin)
        right.add(self.labels)
        right.column.addStretch(1)
        side = column(right, spacing=Space.M)
        nest(side, beside_bar(self.next))
        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(Space.M)
        columns.addWidget(left, 6)  # names of products need the room where it is scarce
        nest(columns, side, 5)

    def _connect(self) -> None:
        self.add_button.clicked.connect(self.add_syringe)
        self.next.clicked.connect(self.next_asked)
        self.notice.acted.connect(self.away.bring_back)
        self.recipes.picked.connect(self.take_recipe)
        self.quick_add.added.connect(self._lot_added)
        self.quick_add.closed.connect(self._quick_add_closed)
        self.quick_add.stock_asked.connect(self._open_stock)
        self.state.record_changed.connect(self._show_record)
        self.context.changed.connect(self._changed)

    # Showing

    def show_state(self) -> None:
        if not self.state.is_open():
            return
        session_id = self.state.record.id
        if self._shown_of != session_id:
            self._forget()
            self._shown_of = session_id
            work = partial(read_typed, session_id=session_id)
            self.context.run(self, work, partial(self._restore, session_id))
        self._show_record()
        self.drawn.follow()
        self.labels.follow()
        self.skin.show_record()
        self._load_lots()

    def leave(self) -> None:
        self._drafts.flush()
        self.quick_add.flush()
        self.drawn.flush()

    def focusNextPrevChild(self, forwards: bool, /) -> bool:
        return step(self, forwards=forwards) or super().focusNextPrevChild(forwards)

    def first_focus(self) -> QWidget | None:
        if not self._editors:
            return self.add_button
        waiting = (each for each in self._editors.values() if each.fields() is None)
        editor = next(waiting, None)
        return editor.first_field() if editor else self.skin.first_open() or self.next

    def _forget(self) -> None:
        self.notice.hide()
        self.by_protocol.hide()
        self.away.forget()
        self._restored = False
        self._park_quick_add()
        for digit in list(self._editors):
            self.drop(self._editors[digit])

    @Slot()
    def _show_record(self) -> None:
        state = self.state
        if not state.is_open() or self._shown_of != state.record.id:
            return
        kept = {syringe.digit: syringe for syringe in state.record.syringes}
        for digit, record in kept.items():
            editor = self._editors.get(digit) or self._new_editor(digit)
            if not editor.dirty:
                editor.show_record(record)
            editor.on_record = True
        for digit, editor in list(self._editors.items()):
            if digit not in kept and editor.on_record and not editor.dirty:
                self.drop(editor)
        self.show_tools()

    def show_tools(self) -> None:
        """Show what can be done as things stand."""
        editable = self.state.can_edit()
        full = len(self._editors) == len(_DIGITS)
        self.add_button.setVisible(editable and not full)
        self.recipes.setVisible(editable and not full)
        self.next.setVisible(editable)
        for editor in self._editors.values():
            editor.setEnabled(editable)

    def _restore(self, session_id: UUID, syringes: tuple[TypedSyringe, ...]) -> None:
        """Show again what was typed and could not be drawn up."""
        if self._shown_of != session_id:
            return
        for typed in syringes:
            editor = self._editors.get(typed.digit) or self._new_editor(typed.digit)
            if not editor.dirty:
                editor.show_typed(typed)
        self._restored = True
        self.by_protocol.fill(self._put_recipe, empty=not self._editors)
        self._take_asked_recipe()
        self.show_tools()

    # Lots

    @Slot(object, object)
    def _changed(self, topic: Topic, _origin: object) -> None:
        if topic & Topic.STOCK and self.isVisible():
            self._load_lots()

    def _load_lots(self) -> None:
        self.context.run(self, read_lots, self._show_lots)

    def _show_lots(self, lots: tuple[LotRecord, ...]) -> None:
        self._shelf = Shelf(lots, self.context.today())
        self.hidden_lots.setText(self._shelf_words())
        for editor in self._editors.values():
            editor.set_shelf(self._shelf)
            if not editor.dirty and any(row.knows_more_than_record() for row in editor.rows()):
                self._put(editor)

    def _shelf_words(self) -> str:
        hidden = self._shelf.hidden_words()
        if self._shelf.offers():
            return hidden
        return f"{self.tr('No lot can be drawn from: enter one with “New lot”.')} {hidden}".strip()

    @Slot(object)
    def _new_lot_for(self, editor: SyringeEditor) -> None:
        self._park_quick_add()
        self._lot_for = editor
        editor.quick_add.addWidget(self.quick_add)
        self.quick_add.begin()

    @Slot(object)
    def _lot_added(self, lot: LotRecord) -> None:
        editor, self._lot_for = self._lot_for, None
        if lot.id not in {each.id for each in self._shelf.lots}:
            self._show_lots((*self._shelf.lots, lot))
        if editor is not None:
            editor.take_lot(lot.id)

    @Slot()
    def _quick_add_closed(self) -> None:
        editor, self._lot_for = self._lot_for, None
        if editor is not None:
            editor.new_lot.setFocus(Qt.FocusReason.OtherFocusReason)

    def _park_quick_add(self) -> None:
        self.quick_add.flush()
        self.quick_add.hide()
        self.quick_add.setParent(self)

    @Slot()
    def _open_stock(self) -> None:
        self.context.navigate("stock")

    # Syringes

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.ShiftModifier,
        )
        if plain and event.key() == Qt.Key.Key_N:
            self.add_syringe()
        else:
            super().keyPressEvent(event)

    @Slot()
    def add_syringe(self) -> None:
        """Show the card of the next free digit, with the cursor where its first lot is chosen."""
        free = next((digit for digit in _DIGITS if digit not in self._editors), None)
        if free is None or not self.state.can_edit():
            return
        editor = self._new_editor(free)
        self.show_tools()
        self._go_to(editor)

    # Recipes

    def reveal(self, place: str) -> bool:
        if place != RECIPE:
            return self.drawn.reveal(place.removeprefix("finding_")) or super().reveal(place)
        self._take_asked_recipe()
        return True

    def _take_asked_recipe(self) -> None:
        # Not before what was typed is back: its digits are taken.
        if self._restored and self.state.recipe is not None:
            recipe, self.state.recipe = self.state.recipe, None
            # One that the chart asked for before may still wait for its lots.
            waiting = (each for each in self._editors.values() if each.asks_for(recipe))
            editor = next(waiting, None)
            if editor is None:
                self.take_recipe(recipe)
            else:
                self._go_to(editor)

    @Slot(object)
    def take_recipe(self, recipe: Recipe) -> None:
        """Show a syringe filled from a recipe, with the cursor where its first lot is chosen."""
        if (editor := self._put_recipe(recipe)) is not None:
            self._go_to(editor)

    def _put_recipe(self, recipe: Recipe) -> SyringeEditor | None:
        free = next((digit for digit in _DIGITS if digit not in self._editors), None)
        if free is None or not self.state.can_edit():
            return None
        editor = self._new_editor(free)
        editor.show_typed(from_recipe(recipe, free))
        self.keep_waiting()
        self.show_tools()
        return editor

    def _go_to(self, editor: SyringeEditor) -> None:
        editor.first_field().setFocus(Qt.FocusReason.OtherFocusReason)
        self.page.ensureWidgetVisible(editor)

    @Slot()
    def _supplied(self) -> None:
        self.next.setFocus(Qt.FocusReason.TabFocusReason)

    def _new_editor(self, digit: int) -> SyringeEditor:
        editor = SyringeEditor(digit, self.context)
        editor.set_shelf(self._shelf)
        editor.changed.connect(self._typed)
        editor.removed.connect(self.away.put)
        editor.supplied.connect(self._supplied)
        editor.new_lot_asked.connect(self._new_lot_for)
        editor.stock_asked.connect(self._open_stock)
        self._editors[digit] = editor
        self._editors = dict(sorted(self._editors.items()))
        self._column.insertWidget(list(self._editors).index(digit), editor)
        return editor

    def editor(self, digit: int) -> SyringeEditor | None:
        """Return the card of a digit, None if there is none."""
        return self._editors.get(digit)

    def drop(self, editor: SyringeEditor) -> None:
        """Take a card away."""
        if self._lot_for is editor:
            self._lot_for = None
            self._park_quick_add()
        self._editors.pop(editor.digit, None)
        self._column.removeWidget(editor)
        editor.hide()
        editor.deleteLater()

    @Slot(object)
    def _typed(self, editor: SyringeEditor) -> None:
        editor.clear_refusal()
        if editor.fields() is not None:
            self._put(editor)
        else:
            self.state.withdraw(syringe_key(editor.digit))
        self.keep_waiting()

    def _put(self, editor: SyringeEditor) -> None:
        fields = editor.fields()
        if fields is not None:
            self.state.run_write(
                partial(put_syringe, session_id=self.state.record.id, typed=fields),
                key=syringe_key(editor.digit),
                at_once=False,
                done=partial(self._drawn_up, editor.digit, fields),
                failed=partial(self._not_drawn_up, editor.digit),
            )

    def _drawn_up(self, digit: int, fields: SyringeFields, _record: SessionRecord) -> None:
        editor = self._editors.get(digit)
        if editor is not None and editor.fields() == fields:
            editor.dirty = False
            self._show_record()
            self.keep_waiting()

    def _not_drawn_up(self, digit: int, error: Exception) -> None:
        editor = self._editors.get(digit)
        if editor is not None:
            editor.show_refusal(error)
            self.keep_waiting(refused=editor)

    def keep_waiting(self, refused: SyringeEditor | None = None) -> None:
        """Write down what cannot be drawn up as it stands."""
        typed = [
            (editor.typed().payload(), editor.fields() is None or editor is refused)
            for editor in self._editors.values()
            if editor.dirty and not editor.is_blank()
        ]
        session_id = self.state.record.id
        waiting = [payload for payload, incomplete in typed if incomplete]
        write = partial(keep_typed, self.context.desk, session_id, waiting)
        told = draft(FORM, session_id, {"syringes": [payload for payload, _ in typed]})
        self._drafts.put(session_id, write, aside=told if typed else None)
