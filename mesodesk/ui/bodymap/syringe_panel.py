"""The syringes of the session as cards: what is in them, what is left; one is in hand."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final
from uuid import UUID

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from mesodesk.domain.bodymap.totals import Supply
from mesodesk.domain.dosing import Component, Concentration, to_decimal
from mesodesk.domain.units import plain
from mesodesk.ui import theme
from mesodesk.ui.bodymap.figures import ml, points_text, unit_text
from mesodesk.ui.bodymap.model import ChartModel
from mesodesk.ui.bodymap.syringes import ChartSyringe, PartLine
from mesodesk.ui.numbers import format_decimal
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.badges import SyringeBadge
from mesodesk.ui.widgets.buttons import Button, ButtonKind, FocusRing
from mesodesk.ui.widgets.cards import IconLabel, ProgressBar
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.text import ElidedLabel, Heading, Label

_MANY: Final = 3
"""From so many syringes on, those that are not in hand are told in one line."""


class SyringeCard(FocusRing):
    """One syringe; a click takes it in hand."""

    def __init__(self, syringe: ChartSyringe) -> None:
        super().__init__()
        self.syringe = syringe
        self.setCheckable(True)
        self.setObjectName(f"syringe_{syringe.digit}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.left = Label("")
        self.left.setObjectName(f"syringe_{syringe.digit}_left")
        self.charted = Label("", Role.SMALL, "muted")
        self.wasted = Label("", Role.SMALL, "muted")
        self.wasted.hide()
        self._warning = IconLabel("alert", Kind.STOP.value, 16)
        self._name = ElidedLabel("", Role.HEADING)
        self._parts = [ElidedLabel(text, Role.SMALL, "muted") for text in part_lines(syringe)]
        #: what is left, where one line tells all.
        self.short = Label("")
        self.bar = ProgressBar(self.tr("Left in the syringe"), syringe.look.colour)
        self._column = QVBoxLayout(self)
        self._lay_out()

    def _lay_out(self) -> None:
        self._column.setContentsMargins(Space.M, Space.M, Space.M, Space.M)
        self._column.setSpacing(6)
        header = QHBoxLayout()
        header.setSpacing(Space.S)
        header.addWidget(SyringeBadge(self.syringe.digit, 26))
        header.addWidget(self._name, 1)
        header.addWidget(self.short)
        nest(self._column, header)
        for part in self._parts:
            self._column.addWidget(part)
        self._column.addWidget(self.bar)
        footer = QHBoxLayout()
        footer.setSpacing(Space.XS)
        footer.addWidget(self._warning)
        footer.addWidget(self.left, 1)
        footer.addWidget(self.charted)
        nest(self._column, footer)
        self._column.addWidget(self.wasted)

    def show_supply(self, supply: Supply, points: int, *, brief: bool = False) -> None:
        """Show where the content went.

        Args:
            supply: of this syringe.
            points: charted from it.
            brief: in one line, unless more was charted than it holds.
        """
        over = supply.remaining_ml < 0
        drawn = format_decimal(Decimal(plain(supply.drawn_ml)), _least(supply.drawn_ml, 1))
        if over:
            text = self.tr("{volume} mL overdrawn").format(volume=ml(-supply.remaining_ml))
        else:
            text = self.tr("{volume} mL left of {drawn}").format(
                volume=ml(supply.remaining_ml), drawn=drawn
            )
        self.left.setText(text)
        self.left.set_tone(Kind.STOP.value if over else "")
        self._warning.setVisible(over)
        self.charted.setText(points_text(points) if points else "")
        self.wasted.setText(self.tr("{volume} mL wasted").format(volume=ml(supply.wasted_ml)))
        self.short.setText(self.tr("{volume} mL").format(volume=ml(supply.remaining_ml)))
        self._show_brief(brief=brief and not over, wasted=supply.wasted_ml > 0)
        share = 0.0
        if supply.drawn_ml > 0 and not over:
            share = float(supply.remaining_ml / supply.drawn_ml)
        self.bar.set_share(share)
        went = self.tr("drawn {drawn} mL, wasted {wasted} mL, charted {charted} mL").format(
            drawn=ml(supply.drawn_ml),
            wasted=ml(supply.wasted_ml),
            charted=ml(supply.injected_ml),
        )
        self.setToolTip("\n".join((*part_lines(self.syringe), went)))
        self.setAccessibleName(f"{self.syringe.digit} {self.syringe.label}. {text}")

    def _show_brief(self, *, brief: bool, wasted: bool) -> None:
        name = self.syringe.label or self.tr("Syringe {digit}").format(digit=self.syringe.digit)
        if brief and not self.syringe.label:
            # Its number stands beside it: what is in it tells more.
            name = ", ".join(part_lines(self.syringe)) or name
        self._name.setText(name)
        for widget in (*self._parts, self.left, self.charted):
            widget.setVisible(not brief)
        self.short.setVisible(brief)
        self.wasted.setVisible(wasted and not brief)
        edge = Space.S if brief else Space.M
        self._column.setContentsMargins(Space.M, edge, Space.M, edge)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return self._column.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(self._column.minimumSize().width(), self._column.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        scheme = theme.current()
        chosen = self.isChecked()
        ground = scheme.hover if self.underMouse() and not chosen else scheme.surface
        border = scheme.accent if chosen else scheme.border
        paint.box(painter, paint.inside(self), ground, border, width=2 if chosen else 1)
        if self.shows_ring():
            paint.ring(painter, paint.inside(self).adjusted(4, 4, -4, -4), radius=5)


def _least(value: Decimal, places: int) -> int:
    return max(places, len(plain(value).partition(".")[2]))


def part_lines(syringe: ChartSyringe) -> list[str]:
    """Return one line a component: its active as it is in the mixture, and the lot."""
    mixed = {one.key: one for one in syringe.mixture.concentrations()}
    pairs = zip(syringe.mixture.components, syringe.parts, strict=True)
    return [_part_line(component, part, mixed) for component, part in pairs]


def _part_line(component: Component, part: PartLine, mixed: dict[str, Concentration]) -> str:
    name = part.name
    if len(component.actives) == 1:
        found = mixed[component.actives[0].key]
        if found.per_ml is not None:
            strength = format_decimal(Decimal(plain(to_decimal(found.per_ml, 2))))
            name = f"{found.name} {strength}\u00a0{unit_text(found.unit)}/mL"
    if not part.lot:
        return name
    lot = QCoreApplication.translate("chart_syringes", "lot {number}").format(number=part.lot)
    return f"{name} \u00b7 {lot}"


class SyringePanel(QWidget):
    """All syringes of the session."""

    prepare_asked = Signal()
    """The user wants another syringe."""

    def __init__(self, model: ChartModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("syringe_panel")
        self._model = model
        self._cards: list[SyringeCard] = []
        self.prepare = Button(
            self.tr("Prepare syringe"), "prepare_syringe", ButtonKind.DASHED, "plus", compact=True
        )
        self._list = QVBoxLayout()
        self._list.setSpacing(Space.M)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        column.addWidget(Heading(self.tr("Syringes")))
        nest(column, self._list)
        column.addWidget(self.prepare)
        self.prepare.clicked.connect(self.prepare_asked)
        model.loaded.connect(self._refresh)
        model.active_changed.connect(self._refresh)
        model.changed.connect(self._refresh)
        model.read_only_changed.connect(self._refresh)

    def cards(self) -> tuple[SyringeCard, ...]:
        """Return the cards, in the order of the digits."""
        return tuple(self._cards)

    @Slot()
    @Slot(object)
    def _refresh(self, _changed: Iterable[UUID] = ()) -> None:
        if [card.syringe for card in self._cards] != list(self._model.syringes):
            self._rebuild()
        many = len(self._cards) >= _MANY
        for card in self._cards:
            part = self._model.totals.by_syringe.get(card.syringe.id)
            in_hand = self._model.active == card.syringe
            card.show_supply(
                self._model.supply(card.syringe),
                part.points if part else 0,
                brief=many and not in_hand,
            )
            card.setChecked(in_hand)
        self.prepare.setVisible(not self._model.read_only)

    def _rebuild(self) -> None:
        for old in self._cards:
            old.hide()
            old.deleteLater()
        self._cards = [SyringeCard(syringe) for syringe in self._model.syringes]
        for card in self._cards:
            self._list.addWidget(card)
            card.clicked.connect(self._taken)

    @Slot()
    def _taken(self) -> None:
        sender = self.sender()
        if isinstance(sender, SyringeCard):
            sender.setChecked(True)
            self._model.activate_syringe(sender.syringe.id)
