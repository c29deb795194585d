"""Limits of what is drawn up, beneath the totals: the worst first, with their arithmetic."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Final
from uuid import UUID

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.bodymap.resizing import Body
from mesodesk.domain.limit_facts import Counted, Drawn, actives_of, syringe_uses
from mesodesk.domain.limit_files import limits_in_force, load_limits
from mesodesk.domain.limits import ANY, Level, LimitFinding, evaluate
from mesodesk.domain.records.limits import LimitSettings
from mesodesk.domain.spacing_facts import with_gaps
from mesodesk.ui.bodymap.limit_row import KINDS, LimitRow, details_text, in_words
from mesodesk.ui.bodymap.model import ChartModel
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import KIND_ICONS, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import IconLabel
from mesodesk.ui.widgets.layouts import PageScroll, clear, nest, widgets_in
from mesodesk.ui.widgets.popover import Popover
from mesodesk.ui.widgets.text import Label, Strong

MOST_SHOWN: Final = 3
"""So many limits are in sight; the others are one press away."""

_WIDTH, _HEIGHT = 420, 460


@dataclass(frozen=True, slots=True)
class LimitBasis:
    """What limits rest on besides the chart; `given` names those with a reason to go on."""

    settings: LimitSettings = field(default_factory=LimitSettings)
    jurisdiction: str | None = None
    weight_kg: Decimal | None = None
    given: frozenset[str] = frozenset()


class LimitsList(QWidget):
    """The limits that concern today's syringes. Hidden while there are none.

    A signed session shows none: what its limits said that day lies in its record, and today's
    limits are no judgement on it.
    """

    #: LimitFinding: the user wants to say why to go on.
    reason_asked = Signal(object)
    #: What is over, near or unknown may be another.
    refreshed = Signal()

    def __init__(self, model: ChartModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("limits_list")
        self._model = model
        self._basis = LimitBasis()
        self._counted = Counted()
        self._rows: dict[str, LimitRow] = {}
        self._popover: LimitsPopover | None = None
        self.found: tuple[LimitFinding, ...] = ()
        self.more = Button("", "limits_more", ButtonKind.QUIET, compact=True)
        self.reason = Button(
            "", "limits_reason", ButtonKind.SECONDARY, "pencil-outline", compact=True
        )
        self._column = QVBoxLayout()
        self._column.setSpacing(Space.XS)
        self._lay_out()
        self.hide()
        self.more.clicked.connect(self.show_details)
        self.reason.clicked.connect(self._ask)
        for signal in (
            model.loaded,
            model.changed,
            model.active_changed,
            model.read_only_changed,
        ):
            signal.connect(self._refresh)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(Strong(self.tr("Limits")))
        head.addStretch(1)
        head.addWidget(self.more)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(Space.XS)
        nest(whole, head)
        nest(whole, self._column)
        whole.addWidget(self.reason)

    def set_basis(self, basis: LimitBasis) -> None:
        """Take what limits rest on besides the chart."""
        if basis != self._basis:
            self._basis = basis
            self._refresh()

    def row(self, limit_id: str) -> LimitRow | None:
        """Return the row of a limit, None if it does not concern what is drawn up."""
        return self._rows.get(limit_id)

    def rows(self) -> tuple[LimitRow, ...]:
        """Return the rows, from the top, those out of sight among them."""
        return tuple(self._rows[each.limit.id] for each in self.found)

    @Slot()
    def show_details(self) -> None:
        """Show every limit with arithmetic and source, for keys and touch as for a mouse."""
        if self._popover is None:
            self._popover = LimitsPopover(self)
        self._popover.show_findings(self.found, self._model.language)

    def details(self) -> str:
        """Return what the details say, empty while they are closed."""
        opened = self._popover is not None and self._popover.isVisible()
        return self._popover.text() if self._popover is not None and opened else ""

    @Slot()
    @Slot(object)
    def _refresh(self, _changed: Iterable[UUID] = ()) -> None:
        self.found = () if self._model.read_only else self._evaluated()
        ids = [each.limit.id for each in self.found]
        for gone in self._rows.keys() - set(ids):
            row = self._rows.pop(gone)
            row.hide()
            row.deleteLater()
        for finding in self.found:
            limit_id = finding.limit.id
            if limit_id not in self._rows:
                self._rows[limit_id] = row = LimitRow(limit_id, self)
                row.details_asked.connect(self.show_details)
            given = finding.needs_reason and limit_id in self._basis.given
            self._rows[limit_id].show_finding(finding, self._model.language, given=given)
        self._arrange(ids)
        self._fold()
        self._show_reason()
        self.setVisible(bool(ids))
        self.refreshed.emit()

    def _evaluated(self) -> tuple[LimitFinding, ...]:
        model, basis = self._model, self._basis
        drawn = (Drawn(each.id, each.digit, each.mixture) for each in model.syringes)
        held = {name for each in model.syringes for name in actives_of(each.mixture)}
        limits = [
            limit
            for limit in limits_in_force(load_limits(), basis.settings)
            if limit.active == ANY or limit.active in held
        ]
        if not limits:
            return ()  # most charts need not be counted for it
        fields = tuple(model.fields.values())
        body = None if model.atlas is None else Body.of_height(model.atlas, model.height_cm)
        return evaluate(
            limits,
            with_gaps(syringe_uses(drawn, fields, self._counted), fields, limits, body),
            weight_kg=basis.weight_kg,
            jurisdiction=basis.jurisdiction,
        )

    def _arrange(self, ids: list[str]) -> None:
        """Put the rows into their order; nothing is touched where they stand so already."""
        wanted = [self._rows[each] for each in ids]
        if widgets_in(self._column) == wanted:
            return
        focused = self.focusWidget()
        for row in wanted:
            self._column.removeWidget(row)
            self._column.addWidget(row)
        stops = (self.more, *(row.head for row in wanted), self.reason)
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)
        if focused is not None and self.isVisible() and focused.isVisible():
            focused.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fold(self) -> None:
        """Keep the worst in sight; what is over is never folded away."""
        hidden = 0
        for at, finding in enumerate(self.found):
            shown = at < MOST_SHOWN or finding.level is Level.OVER
            hidden += not shown
            self._rows[finding.limit.id].setVisible(shown)
        words = self.tr("{count} more").format(count=hidden) if hidden else self.tr("Details")
        if self.more.text() != words:
            self.more.setText(words)
            self.more.setAccessibleName(self.tr("Limits: {words}").format(words=words))

    def lead_to_worst(self) -> QWidget:
        """Put the focus where the reason is given, or on the worst limit; return what to show."""
        target = self.reason if not self.reason.isHidden() else self.rows()[0].head
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        return target

    def waiting(self) -> list[LimitFinding]:
        """Return the limits that still need a reason to go on, the worst first."""
        given = self._basis.given
        return [each for each in self.found if each.needs_reason and each.limit.id not in given]

    def _show_reason(self) -> None:
        count = len(self.waiting())
        words = self.tr("Give {count} reasons").format(count=count)
        words = words if count > 1 else self.tr("Give a reason")
        if self.reason.text() != words:
            self.reason.setText(words)
            self.reason.setAccessibleName(words)
        self.reason.setVisible(count > 0)

    @Slot()
    def _ask(self) -> None:
        for first in self.waiting()[:1]:
            self.reason_asked.emit(first)


class LimitsPopover(Popover):
    """All limits with their arithmetic and sources; scrolls by wheel, arrows and touch."""

    def __init__(self, anchor: LimitsList) -> None:
        super().__init__(anchor, "limits_details", anchor.tr("Limits"))
        self._area = PageScroll("limits_details_scroll", margin=0)
        self._area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.add(self._area)

    def show_findings(self, found: Iterable[LimitFinding], language: str) -> None:
        """Show the limits as they are now."""
        clear(self._area.column)
        for finding in found:
            kind = KINDS[finding.level]
            words = in_words(finding, language)
            head = QHBoxLayout()
            head.setSpacing(Space.S)
            head.addWidget(IconLabel(KIND_ICONS[kind], kind.value, 16))
            head.addWidget(Strong(words.name), 1)
            head.addWidget(Strong(words.figure))
            nest(self._area.column, head)
            self._area.add(Label(details_text(words), Role.SMALL, wrap=True))
        room = self._area.column.heightForWidth(_WIDTH - Space.L)
        window = self.parentWidget()
        most = _HEIGHT if window is None else min(_HEIGHT, window.height() - 4 * Space.XL)
        self._area.setFixedSize(_WIDTH, max(120, min(room + Space.S, most)))
        self.open_at(focus=self._area)

    def text(self) -> str:
        """Return all that is said."""
        return "\n".join(label.text() for label in self._area.content.findChildren(Label))
