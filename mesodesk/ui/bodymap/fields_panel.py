"""The points of the chart in groups: one row for each region and syringe."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.ui.bodymap.figures import amount_text, ml, points_text
from mesodesk.ui.bodymap.model import ChartModel
from mesodesk.ui.bodymap.names import UNKNOWN_LOOK
from mesodesk.ui.numbers import NO_BREAK
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.badges import SyringeBadge
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.rows import Row, RowList
from mesodesk.ui.widgets.text import ElidedLabel, Muted

if TYPE_CHECKING:
    from mesodesk.ui.bodymap.syringes import ChartSyringe


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

    def __init__(self, object_name: str, digit: int) -> None:
        super().__init__("", "", object_name=object_name, leading=SyringeBadge(digit, 22))
        self.amounts = ElidedLabel("", Role.SMALL, "muted")
        for words in self.findChildren(QVBoxLayout):
            words.insertWidget(words.count() - 1, self.amounts)

    def show_area(self, region: str, figures: str, amounts: str) -> None:
        """Show the name of the region, what was charted, and what that delivered."""
        self.set_words(region, figures)
        self.amounts.setText(amounts)
        self.amounts.setVisible(bool(amounts))
        self.setAccessibleName(f"{region}. {figures}. {amounts}")


class FieldsPanel(Card):
    """Lists what was charted where; a click goes there."""

    group_chosen = Signal(object)
    """A `Group` was clicked."""

    def __init__(self, model: ChartModel, parent: QWidget | None = None) -> None:
        super().__init__(
            self.tr("Areas"), object_name="fields_panel", padding=Space.M, parent=parent
        )
        self._model = model
        self._groups: list[Group] = []
        self._rows: list[AreaRow] = []
        self._shown: dict[Group, tuple[Area, ChartSyringe | None]] = {}
        self.list = RowList("field_list", self.tr("Areas"))
        self.empty = Muted(self.tr("No points yet. Click on the body to place the first one."))
        self.empty.setObjectName("fields_empty")
        self.body.setSpacing(Space.XS)
        self.add(self.list)
        self.add(self.empty)
        self.list.activated.connect(self._activated)
        model.loaded.connect(self._refresh)
        model.changed.connect(self._refresh)
        model.active_changed.connect(self._refresh)

    @Slot()
    @Slot(object)
    def _refresh(self, _changed: Iterable[UUID] = ()) -> None:
        areas = self._areas()
        groups = sorted(areas, key=self._order)
        if groups != self._groups:
            self._groups = groups
            self._rows = [self._row(group) for group in groups]
            self.list.set_rows(self._rows)
            self._shown = {}
        for group, row in zip(groups, self._rows, strict=True):
            area, syringe = areas[group], self._model.syringe(group.syringe_id)
            if self._shown.get(group) == (area, syringe):
                continue
            self._shown[group] = area, syringe
            volume = Decimal(area.volume_ul).scaleb(-3)
            figures = f"{points_text(area.points)} \u00b7 {ml(volume)}{NO_BREAK}mL"
            amounts = () if syringe is None else syringe.mixture.delivered(volume)
            delivered = " \u00b7 ".join(map(amount_text, amounts))
            row.show_area(self._title(group), figures, delivered)
        self.list.setVisible(bool(groups))
        self.empty.setVisible(not groups)

    def _areas(self) -> dict[Group, Area]:
        """A region across the midline is one area, though its points are on both sides."""
        areas: dict[Group, Area] = {}
        for cell in self._model.totals.cells:
            group = Group(cell.syringe_id, cell.region_key)
            known = areas.get(group, Area(0, 0))
            areas[group] = Area(known.points + cell.points, known.volume_ul + cell.volume_ul)
        return areas

    def _order(self, group: Group) -> tuple[int, int]:
        """Regions in the order of the atlas, from head to foot; then syringes by digit."""
        syringe = self._model.syringe(group.syringe_id)
        known = self._model.atlas.regions_by_key if self._model.atlas is not None else {}
        region = known.get(group.region_key)
        return (region.index if region is not None else 999, syringe.digit if syringe else 99)

    def _row(self, group: Group) -> AreaRow:
        syringe = self._model.syringe(group.syringe_id)
        digit = syringe.digit if syringe is not None else UNKNOWN_LOOK.digit
        return AreaRow(f"area_{group.region_key}_{digit}".replace(".", "_"), digit)

    def _title(self, group: Group) -> str:
        known = self._model.atlas.regions_by_key if self._model.atlas is not None else {}
        region = known.get(group.region_key)
        return self.tr("Elsewhere") if region is None else region.name(self._model.language)

    @Slot(int)
    def _activated(self, at: int) -> None:
        self.group_chosen.emit(self._groups[at])
