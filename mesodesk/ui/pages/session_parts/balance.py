"""Where the content of each syringe went: drawn, injected, wasted, left, and what is missing."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from mesodesk.domain.canonical import plain
from mesodesk.domain.dosing import RECONCILE_TOLERANCE_ML, reconcile
from mesodesk.domain.records.session import ComponentFields, SyringeFields
from mesodesk.domain.records.set_aside import Waiting
from mesodesk.ui.bodymap.figures import ml
from mesodesk.ui.jobs import explain
from mesodesk.ui.pages.session_parts.fields import may_set
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import KIND_ICONS, Kind, Space
from mesodesk.ui.widgets.badges import SyringeBadge
from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.cards import Card, IconLabel
from mesodesk.ui.widgets.layouts import clear, nest
from mesodesk.ui.widgets.numberfields import NumberField
from mesodesk.ui.widgets.text import ElidedLabel, Label, Muted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from mesodesk.domain.records.chart import StoredChart
    from mesodesk.domain.records.session import SessionRecord, SyringeRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.pages.session_parts.state import SessionState

_MOST_ML = Decimal(1_000)


def injected_ml(chart: StoredChart | None) -> dict[UUID, Decimal]:
    """Return what the chart holds from each syringe."""
    sums: dict[UUID, Decimal] = {}
    for field in chart.fields if chart is not None else ():
        sums[field.syringe_id] = sums.get(field.syringe_id, Decimal(0)) + field.volume_ml
    return sums


class BalanceCard(Card):
    """A table with a line for each syringe; what was wasted and what is left is typed."""

    #: the lines are other ones.
    rebuilt = Signal()

    def __init__(self, state: SessionState) -> None:
        super().__init__(object_name="balance_card")
        self.set_title(self.tr("What became of each syringe"))
        self._state = state
        self._lines: list[SyringeLine] = []
        self._of: tuple[tuple[UUID, int], ...] = ()
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(Space.M)
        self._grid.setVerticalSpacing(Space.S)
        self._grid.setColumnStretch(1, 1)
        nest(self.body, self._grid)
        self._empty = Muted(self.tr("No syringe is prepared yet."))
        self.add(self._empty)

    def show_state(self) -> None:
        """Show what is on record; lines are kept as long as the syringes are the same."""
        syringes = sorted(self._state.record.syringes, key=lambda each: each.digit)
        wanted = tuple((each.id, each.digit) for each in syringes)
        if wanted != self._of:
            self._of = wanted
            self._rebuild(syringes)
        injected = injected_ml(self._state.chart)
        for line, syringe in zip(self._lines, syringes, strict=True):
            line.show_syringe(syringe, injected.get(syringe.id, Decimal(0)))

    def _rebuild(self, syringes: list[SyringeRecord]) -> None:
        clear(self._grid)
        for line in self._lines:
            line.deleteLater()
        self._empty.setVisible(not syringes)
        self._lines = [SyringeLine(self._state, each, self) for each in syringes]
        if not syringes:
            return
        heads = (self.tr("drawn"), self.tr("injected"), self.tr("wasted"), self.tr("left"))
        for column, words in enumerate(heads, start=2):
            head = Label(f"{words} mL", Role.SMALL, "muted")
            self._grid.addWidget(head, 0, column, Qt.AlignmentFlag.AlignRight)
        for at, line in enumerate(self._lines):
            for column, widget in enumerate(line.cells()):
                align = Qt.AlignmentFlag.AlignRight if column in (2, 3) else Qt.AlignmentFlag(0)
                self._grid.addWidget(widget, 2 * at + 1, column, align)
            self._grid.addWidget(line.foot, 2 * at + 2, 1, 1, 5)
        self.rebuilt.emit()

    def stops(self) -> list[QWidget]:
        """Return what Tab reaches here, in order."""
        return [stop for line in self._lines for stop in line.stops()]


class SyringeLine(QObject):
    """One syringe of the table."""

    def __init__(self, state: SessionState, syringe: SyringeRecord, parent: QObject) -> None:
        super().__init__(parent)
        self._state = state
        self._syringe = syringe
        self._injected = Decimal(0)
        digit = syringe.digit
        number = self.tr("Syringe {digit}").format(digit=digit)
        self.badge = SyringeBadge(digit)
        self.label = ElidedLabel("", Role.STRONG)
        self.drawn = Label()
        self.injected = Label()
        self.wasted = self._volume(f"wasted_{digit}", f"{number}: {self.tr('wasted mL')}")
        self.left = self._volume(f"left_{digit}", f"{number}: {self.tr('left mL')}")
        self.icon = IconLabel(KIND_ICONS[Kind.OK], Kind.OK.value, 18)
        self.words = Label("", Role.SMALL_STRONG, wrap=True)
        self.words.setObjectName(f"difference_{digit}")
        self.rest = Button(self.tr("Rest discarded"), f"discard_rest_{digit}", compact=True)
        self.rest.setAccessibleName(f"{number}: {self.rest.text()}")
        self.foot = QWidget()
        line = QHBoxLayout(self.foot)
        line.setContentsMargins(0, 0, 0, Space.S)
        line.setSpacing(Space.S)
        line.addWidget(self.icon)
        line.addWidget(self.words, 1)
        line.addWidget(self.rest)
        self.rest.clicked.connect(self._discard_rest)
        for field in (self.wasted, self.left):
            field.edited.connect(self._typed)

    @staticmethod
    def _volume(name: str, words: str) -> NumberField:
        field = NumberField(
            name, words, places=3, minimum=Decimal(0), maximum=_MOST_ML, compact=True
        )
        field.setFixedWidth(92)
        return field

    def cells(self) -> tuple[QWidget, ...]:
        """Return the widgets of the line, from the left."""
        return self.badge, self.label, self.drawn, self.injected, self.wasted, self.left

    def stops(self) -> tuple[QWidget, ...]:
        """Return what Tab reaches in the line, in order."""
        return self.wasted, self.left, self.rest

    def show_syringe(self, syringe: SyringeRecord, injected: Decimal) -> None:
        """Show the figures; a field that is typed into is left alone."""
        self._syringe, self._injected = syringe, injected
        names = ", ".join(part.product_name for part in syringe.components)
        self.label.setText(syringe.label or names)
        self.drawn.setText(ml(syringe.drawn_ml))
        self.injected.setText(ml(injected))
        for field, value in ((self.wasted, syringe.wasted_ml), (self.left, syringe.left_ml)):
            if may_set(field):
                field.set_value(value)
            field.setEnabled(self._state.can_edit())
        self._judge()

    def _judge(self) -> None:
        wasted, left = self.wasted.value(), self.left.value()
        balance = reconcile(self._syringe.drawn_ml, self._injected, wasted, left)
        missing = balance.difference_ml
        if balance.is_exact:
            self._say(Kind.OK, self.tr("adds up"))
        else:
            short, over = (
                self.tr("{volume} mL not accounted for"),
                self.tr("{volume} mL more than was drawn"),
            )
            words = (short if missing > 0 else over).format(volume=ml(abs(missing)))
            grave = Kind.CAUTION if missing > 0 else Kind.STOP
            within = self.tr("{difference}, within {tolerance} mL").format(
                difference=words, tolerance=ml(RECONCILE_TOLERANCE_ML)
            )
            self._say(*((Kind.OK, within) if balance.closes else (grave, words)))
        self.rest.setVisible(missing > 0 and self._state.can_edit())

    def _say(self, kind: Kind, words: str) -> None:
        self.icon.set_icon(KIND_ICONS[kind], kind.value)
        self.words.setText(words)
        self.words.set_tone(kind.value)

    @Slot()
    def _discard_rest(self) -> None:
        left = self.left.value() or Decimal(0)
        rest = self._syringe.drawn_ml - self._injected - left
        self.wasted.set_value(max(Decimal(0), rest))
        self._typed(None)
        self.wasted.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object)
    def _typed(self, _value: object) -> None:
        self._judge()
        told: dict[str, Decimal | None] = {}
        for name, field in (("wasted_ml", self.wasted), ("left_ml", self.left)):
            if not field.error():
                told[name] = field.value()
        work = partial(
            put_rest, session_id=self._state.record.id, syringe_id=self._syringe.id, told=told
        )
        key = ("rest", self._syringe.id)
        subject = f"{self._state.record.id}/{self._syringe.id}"
        typed = {name: plain(volume) for name, volume in told.items()}
        aside = partial(Waiting, "rest", subject, typed)
        self._state.run_write(work, key=key, at_once=False, failed=self._not_kept, aside=aside)

    def _not_kept(self, error: Exception) -> None:
        self.wasted.set_error(explain(error))


def put_rest(
    desk: Desk,
    version: int,
    *,
    session_id: UUID,
    syringe_id: UUID,
    told: Mapping[str, Decimal | None],
) -> SessionRecord:
    """Change what is told of a syringe's rest, and nothing else of it."""
    stored = desk.sessions.get(session_id)
    known = next((each for each in stored.syringes if each.id == syringe_id), None)
    if known is None:
        return stored
    typed = SyringeFields(
        known.digit,
        known.label,
        tuple(ComponentFields(part.lot_id, part.volume_ml) for part in known.components),
        told.get("wasted_ml", known.wasted_ml),
        told.get("left_ml", known.left_ml),
    )
    return desk.sessions.put_syringe(session_id, version, typed, syringe_id)
