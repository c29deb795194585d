"""What is on the chart: a row for each field, and for single points by region and syringe."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.domain.bodymap.fields import ChartField
from mesodesk.ui.bodymap.figures import amount_text, ml, points_text
from mesodesk.ui.bodymap.model import ChartModel
from mesodesk.ui.bodymap.names import UNKNOWN_LOOK, field_lines
from mesodesk.ui.numbers import NO_BREAK
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.badges import SyringeBadge
from mesodesk.ui.widgets.buttons import IconButton
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.rows import ROW_HEIGHT, Row, RowList
from mesodesk.ui.widgets.text import CountedLabel, Muted

_SPARE = 24
"""So many rows of the chart before are kept for the next one."""
_LATER, _LATER_MS = 8, 40
"""Rows that the window has no room for are made a few at a time, once the others are painted."""

_DELETE = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


@dataclass(frozen=True, slots=True)
class Group:
    """The points of one syringe in one region."""

    syringe_id: UUID
    region_key: str


@dataclass(frozen=True, slots=True)
class Area:
    """What was charted of a group."""

    points: int
    volume_ul: int


class AreaRow(Row):
    """A region with its points and volume, and beneath them what was delivered there."""

    entered = Signal()
    """The keyboard came into it."""

    def __init__(self, digit: int) -> None:
        self.badge = SyringeBadge(digit, 22)
        super().__init__("", "", object_name="", leading=self.badge)
        self.digit = digit
        self.setCheckable(True)
        self.amounts = CountedLabel("", Role.SMALL, "muted")
        for words in self.findChildren(QVBoxLayout):
            words.insertWidget(words.count() - 1, self.amounts)

    def nextCheckState(self) -> None:
        """A click goes there; what is marked follows the chart's selection."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.entered.emit()

    def set_digit(self, digit: int) -> None:
        """Show another syringe."""
        if digit != self.digit:
            self.digit = digit
            self.badge.set_digit(digit)

    def set_marked(self, *, marked: bool) -> None:
        """Show that this is the selected field."""
        self.setChecked(marked)

    def show_area(self, region: str, figures: str, amounts: str) -> None:
        """Show the name of the region, what was charted, and what that delivered."""
        self.set_words(region, figures)
        self.amounts.setText(amounts)
        self.amounts.setVisible(bool(amounts))
        self.setAccessibleName(f"{region}. {figures}. {amounts}")


class FieldsPanel(Card):
    """Lists what was charted where: fields, then single points by region; a click goes there."""

    group_chosen = Signal(object)
    """A `Group` was clicked."""

    field_chosen = Signal(object)
    """The id (UUID) of a field was clicked."""

    row_marked = Signal(QWidget)
    """The row of a field that is new, or newly selected: it is to be in sight."""

    emptied = Signal()
    """The last row went while the keyboard was in it."""

    def __init__(self, model: ChartModel, parent: QWidget | None = None) -> None:
        super().__init__(
            self.tr("Fields"), object_name="fields_panel", padding=Space.M, parent=parent
        )
        self._model = model
        self._keys: list[Group | UUID] = []
        self._rows: list[AreaRow] = []
        # Out of sight: to make a row takes longer than to show another field in it.
        self._spare: list[AreaRow] = []
        self._loading = False
        # So many rows are shown for now; all, unless a chart with many has just been opened.
        self._most: int | None = None
        self._more = QTimer(self)
        self._more.setSingleShot(True)
        self._more.setInterval(_LATER_MS)
        self._more.timeout.connect(self._show_more)
        self._shown: dict[Group | UUID, object] = {}
        # The field to bring in sight as soon as its row has found its place.
        self._sought: UUID | None = None
        self._marked: UUID | None = None
        self._seek = QTimer(self)
        self._seek.setSingleShot(True)
        self._seek.timeout.connect(self._tell_sought)
        self.list = RowList("field_list", self.tr("Fields"))
        self.favourite = IconButton(
            "star-plus-outline", self.tr("Save as a favourite"), "fields_favourite", size=36
        )
        self.favourite.hide()
        #: whether the page keeps favourites; the button is shown then.
        self.keeps_favourites = False
        self.add_trailing(self.favourite)
        self.empty = Muted(
            self.tr("No points yet. Click on the body to place one, or press R and fill an area.")
        )
        self.empty.setObjectName("fields_empty")
        self.body.setSpacing(Space.XS)
        self.add(self.list)
        self.add(self.empty)
        self.list.activated.connect(self._activated)
        model.loaded.connect(self._loaded)
        model.changed.connect(self.refresh)
        model.active_changed.connect(self.refresh)
        model.field_model.selection_changed.connect(self._selection_changed)
        model.read_only_changed.connect(self.refresh)

    @Slot()
    def _loaded(self) -> None:
        if self._is_of_chart():
            self.refresh()
        else:
            self._most = 0
            self._show_more()
        # What was on the chart already is nothing new.
        self._seek.stop()

    def _is_of_chart(self) -> bool:
        """Tell whether the rows are of the chart that was loaded: it was read again."""
        fields, known = self._model.fields, self._model.syringe
        return any(
            known(key.syringe_id) is not None if isinstance(key, Group) else key in fields
            for key in self._keys
        )

    @Slot()
    def _show_more(self) -> None:
        """Show the rows that the window has room for, and those below it bit by bit."""
        self._more.stop()
        most = self._most + _LATER if self._most else -(-self.window().height() // ROW_HEIGHT)
        self._loading = True
        self._show(most)
        self._loading = False
        self._seek.stop()
        if len(self._rows) == most:
            self._most = most
            self._more.start()
        else:
            self._most = None

    @Slot()
    @Slot(object)
    def refresh(self, _changed: Iterable[UUID] = ()) -> None:
        """Show the chart as it is now."""
        self._more.stop()
        self._most = None
        self._show()

    def show_measured(self) -> None:
        """Show how large areas are that were measured meanwhile."""
        self._show(self._most)

    def _show(self, most: int | None = None) -> None:
        laid = [field for field in self._model.fields.values() if field.is_laid]
        areas = self._areas(field.id for field in laid)
        groups = sorted(areas, key=self._order)
        if most is not None:
            laid, groups = laid[:most], groups[: max(0, most - len(laid))]
        keys: list[Group | UUID] = [*(field.id for field in laid), *groups]
        if keys != self._keys or self._digits_changed(laid, groups):
            fresh = [field.id for field in laid if field.id not in self._keys]
            self._take_rows(laid, groups)
            self._bring_in_sight(fresh[-1] if fresh else None)
        for field, row in zip(laid, self._rows, strict=False):
            self._show_field(field, row)
        for group, row in zip(groups, self._rows[len(laid) :], strict=True):
            self._show_group(group, areas[group], row)
        for row in self._rows:
            row.show()  # with its new words, if it was put away
        self.list.setVisible(bool(keys))
        self.empty.setVisible(not keys)
        can_keep = self.keeps_favourites and not self._model.read_only
        self.favourite.setVisible(can_keep and bool(keys))
        self._mark_selected()

    def _take_rows(self, laid: Sequence[ChartField], groups: Sequence[Group]) -> None:
        """Make rows for what has none yet; the others stay as they are, in their order."""
        known = dict(zip(self._keys, self._rows, strict=True))
        focused = next((at for at, row in enumerate(self._rows) if row.hasFocus()), None)
        named: list[tuple[Group | UUID, str, UUID]] = [
            *((field.id, f"field_{at}", field.syringe_id) for at, field in enumerate(laid, 1)),
            *((group, f"area_{group.region_key}", group.syringe_id) for group in groups),
        ]
        if self._loading:
            wanted = {key for key, *_ in named}
            self._put_away(row for key, row in known.items() if key not in wanted)
        rows = [self._row(known.get(key), name, syringe) for key, name, syringe in named]
        self._keys, self._rows = [key for key, *_ in named], rows
        self._shown = {key: self._shown[key] for key in self._keys if key in self._shown}
        self.list.set_rows(rows)
        for row in self._spare:
            row.show_area("", "", "")  # nothing of the chart before stays in it
        if not any(row.hasFocus() for row in rows):
            self._keep_focus(focused)

    def _digits_changed(self, laid: Sequence[ChartField], groups: Sequence[Group]) -> bool:
        digits = [self._digit(field.syringe_id) for field in laid]
        digits += [self._digit(group.syringe_id) for group in groups]
        return digits != [row.digit for row in self._rows]

    def _show_field(self, field: ChartField, row: AreaRow) -> None:
        tally, syringe = self._model.tally, self._model.syringe(field.syringe_id)
        area = None
        if field.outline is not None:
            area = self._model.field_model.laying.known_cm2(field.outline)
        if tally is None or self._shown.get(field.id) == (field, syringe, area):
            return
        self._shown[field.id] = field, syringe, area
        whole = tally.of_field(field.id).whole
        row.show_area(*field_lines(self._model, field, whole, area))

    def _show_group(self, group: Group, area: Area, row: AreaRow) -> None:
        syringe = self._model.syringe(group.syringe_id)
        if self._shown.get(group) == (area, syringe):
            return
        self._shown[group] = area, syringe
        volume = Decimal(area.volume_ul).scaleb(-3)
        figures = f"{points_text(area.points)} \u00b7 {ml(volume)}{NO_BREAK}mL"
        amounts = () if syringe is None else syringe.mixture.delivered(volume)
        row.show_area(self._title(group), figures, " \u00b7 ".join(map(amount_text, amounts)))

    @Slot()
    def _selection_changed(self) -> None:
        self._finish()  # what is selected may not have its row yet
        self._mark_selected()

    @Slot()
    def _finish(self) -> None:
        """Show all rows now: the keyboard goes through them, or to one of them."""
        if self._more.isActive():
            self.refresh()

    def _mark_selected(self) -> None:
        selected = self._model.field_model.selected
        for key, row in zip(self._keys, self._rows, strict=True):
            row.set_marked(marked=selected is not None and key == selected.id)
        marked = None if selected is None else selected.id
        if marked != self._marked:
            self._marked = marked
            self._bring_in_sight(marked)

    def _keep_focus(self, at: int | None) -> None:
        """Keep the keyboard where it was in the list, though the row there is another."""
        if at is None:
            return
        if self._rows:
            row = self._rows[min(at, len(self._rows) - 1)]
            # Its layout would show it later, and what is not shown takes no focus.
            row.show()
            row.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.emptied.emit()

    def _bring_in_sight(self, field_id: UUID | None) -> None:
        if field_id is not None:
            self._sought = field_id
            self._seek.start(0)

    @Slot()
    def _tell_sought(self) -> None:
        if self._sought in self._keys:
            self.row_marked.emit(self._rows[self._keys.index(self._sought)])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Remove the field whose row has the keyboard with Delete; single points stay."""
        row = next((at for at, row in enumerate(self._rows) if row.hasFocus()), None)
        if event.key() not in _DELETE or row is None:
            super().keyPressEvent(event)
            return
        if event.isAutoRepeat():
            # Held down, it would go on through the list.
            return
        key, fields = self._keys[row], self._model.field_model
        asked = self._model.pending is not None or fields.question is not None
        if not isinstance(key, Group) and not asked:
            fields.select(key)
        if not isinstance(key, Group) or asked:
            fields.delete()

    def _areas(self, left_out: Iterable[UUID]) -> dict[Group, Area]:
        """A region across the midline is one area, though its points are on both sides."""
        areas: dict[Group, Area] = {}
        if self._model.tally is None:
            return areas
        for cell in self._model.tally.of_others(left_out).cells:
            group = Group(cell.syringe_id, cell.region_key)
            known = areas.get(group, Area(0, 0))
            areas[group] = Area(known.points + cell.points, known.volume_ul + cell.volume_ul)
        return areas

    def _order(self, group: Group) -> tuple[int, int]:
        """Regions in the order of the atlas, from head to foot; then syringes by digit."""
        known = self._model.atlas.regions_by_key if self._model.atlas is not None else {}
        region = known.get(group.region_key)
        return (region.index if region is not None else 999, self._digit(group.syringe_id))

    def _digit(self, syringe_id: UUID) -> int:
        syringe = self._model.syringe(syringe_id)
        return syringe.digit if syringe is not None else UNKNOWN_LOOK.digit

    def _put_away(self, rows: Iterable[AreaRow]) -> None:
        """Keep some rows of the chart before for this one."""
        gone = list(rows)
        self.list.put_away(set(self._rows) - set(gone))
        for row in gone:
            row.setObjectName("")
            if len(self._spare) < _SPARE:
                self._spare.append(row)
            else:
                row.deleteLater()

    def _row(self, known: AreaRow | None, name: str, syringe_id: UUID) -> AreaRow:
        digit = self._digit(syringe_id)
        row = known or (self._spare.pop(0) if self._spare else self._new_row(digit))
        row.set_digit(digit)
        whole = f"{name}_{digit}".replace(".", "_")
        if row.objectName() != whole:
            row.setObjectName(whole)
        return row

    def _new_row(self, digit: int) -> AreaRow:
        row = AreaRow(digit)
        row.entered.connect(self._finish)
        return row

    def _title(self, group: Group) -> str:
        known = self._model.atlas.regions_by_key if self._model.atlas is not None else {}
        region = known.get(group.region_key)
        return self.tr("Elsewhere") if region is None else region.name(self._model.language)

    @Slot(int)
    def _activated(self, at: int) -> None:
        key = self._keys[at]
        if isinstance(key, Group):
            self.group_chosen.emit(key)
        else:
            self.field_chosen.emit(key)
