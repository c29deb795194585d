"""The strip on top of everything that concerns one patient: who it is, and what must be known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from mesodesk.ui.numbers import format_age
from mesodesk.ui.pages.consent_parts.words import chip_look
from mesodesk.ui.pages.patient_parts.measures import length_words, skin_words, weight_words
from mesodesk.ui.pages.restricted_parts.emergency_bar import EmergencyBar
from mesodesk.ui.plan_words import glance_kind, glance_words
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.cards import IconLabel
from mesodesk.ui.widgets.chips import Chip
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.popover import Popover
from mesodesk.ui.widgets.text import ElidedLabel, plain_tip

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from PySide6.QtGui import QResizeEvent

    from mesodesk.domain.consent_rules import ConsentOverview
    from mesodesk.domain.records.intake import IntakeRecord
    from mesodesk.domain.records.patient import PatientRecord
    from mesodesk.domain.records.people import Restriction
    from mesodesk.domain.records.plan import Glance
    from mesodesk.domain.screening import Chip as ScreeningChip
    from mesodesk.ui.context import Context

_CHIP_HEIGHT = 26
_GAP = 6
_LINES = 2
_CHIPS_LEAST = 180


class PatientHeader(QWidget):
    """Name, age, number, height, weight, skin type; chips; room for a button at the right."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("patient_header")
        self._context = context
        self._shown_id: UUID | None = None
        self._known: list[tuple[Kind, str]] = []
        self._consent: list[tuple[Kind, str]] = []
        self.name = ElidedLabel("", Role.TITLE)
        self.name.setObjectName("patient_name")
        self.facts = ElidedLabel("", Role.SMALL, "muted")
        self.facts.setObjectName("patient_facts")
        self.chips = ChipStrip()
        self.plan = Chip(Kind.NEUTRAL, "", "plan_chip", icon_name="calendar-clock", clickable=True)
        self.plan.hide()
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch(1)
        words.addWidget(self.name)
        words.addWidget(self.facts)
        words.addStretch(1)
        self._who = QWidget()
        self._who.setLayout(words)
        words.setContentsMargins(0, 0, 0, 0)
        self._who.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.emergency = EmergencyBar(context)
        self.emergency.stands.connect(self._show_restriction)
        self._line = QHBoxLayout()
        self._line.setSpacing(Space.L)
        self.lock = IconLabel("lock-outline", "caution", 24)
        paint.name(self.lock, "restricted_mark", self.tr("Restricted record"))
        self.lock.setToolTip(self.tr("Only some people see this record"))
        self.lock.hide()
        self._line.addWidget(self.lock)
        self._line.addWidget(self._who)
        self._line.addWidget(self.plan)
        self._line.addWidget(self.chips, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(Space.S)
        whole.addWidget(self.emergency)
        nest(whole, self._line)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_patient(self, patient: PatientRecord, intake: IntakeRecord | None) -> None:
        """Show who it is; height, weight and skin type come from the intake, if there is one."""
        fields = patient.fields
        if patient.id != self._shown_id:
            self._shown_id = patient.id
            self.lock.hide()
        self.emergency.follow(patient.id)
        self.name.setText(fields.display_name)
        self.facts.setText(" \u00b7 ".join(self._facts(patient, intake)))
        self.setAccessibleName(f"{fields.display_name}. {self.facts.text()}")
        self._who.updateGeometry()

    @Slot(object)
    def _show_restriction(self, standing: Restriction | None) -> None:
        self.lock.setVisible(standing is not None)

    def set_chips(self, chips: Sequence[ScreeningChip]) -> None:
        """Show what screening found and the allergies, gravest first as they come."""
        self._known = [(Kind(chip.severity.value), chip.label) for chip in chips]
        self._show_chips()

    def set_consent(self, overview: ConsentOverview | None) -> None:
        """Show whether a consent is in force, before what screening found."""
        zone = self._context.clinic.fields.zone
        self._consent = [] if overview is None else [chip_look(overview, zone)]
        self._show_chips()

    def _show_chips(self) -> None:
        self.chips.set_chips([*self._consent, *self._known])

    def show_plan(self, stands: Glance | None, *, others: int = 0, at_work: bool = False) -> None:
        """Show where a plan stands: "3 of 6 · day 9 of 14"; None shows nothing.

        Args:
            stands: of the plan.
            others: how many other plans are active.
            at_work: whether a session of it is open.
        """
        self.plan.setVisible(stands is not None)
        if stands is None:
            return
        words = glance_words(stands)
        if others:
            words = self.tr("{plan} · +{count}").format(plan=words, count=others)
        kind = glance_kind(stands, at_work=at_work)
        self.plan.set_kind(kind, "calendar-clock" if kind is Kind.NEUTRAL else "")
        self.plan.set_text(words)
        self.plan.setToolTip(plain_tip(stands.indication))
        self.plan.setAccessibleName(
            self.tr("Plan {plan}: {words}").format(plan=stands.indication, words=words)
        )

    def add_trailing(self, widget: QWidget) -> None:
        """Put a widget at the right end."""
        self._line.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # A long name must leave room for what must not be overlooked.
        self._who.setMaximumWidth(max(160, self.width() * 2 // 5))

    def _facts(self, patient: PatientRecord, intake: IntakeRecord | None) -> list[str]:
        clinic = self._context.clinic.fields
        known = [
            format_age(patient.fields.birth_date, self._context.today()),
            self.tr("No {number}").format(number=patient.record_number),
        ]
        if patient.archived_at is not None:
            known.insert(0, self.tr("archived"))
        if intake is None:
            return known
        typed = intake.fields
        if typed.height_cm is not None:
            known.append(length_words(typed.height_cm, clinic.length_unit))
        if typed.weight_kg is not None:
            known.append(weight_words(typed.weight_kg, clinic.weight_unit))
        if typed.skin_type is not None:
            known.append(skin_words(typed.skin_type))
        return known


class ChipStrip(QWidget):
    """Chips in at most two lines; what does not fit waits behind "+2 more"."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        paint.name(self, "patient_chips", self.tr("Know before you start"))
        self._given: list[tuple[Kind, str]] = []
        self._chips: list[Chip] = []
        self._more = Chip(Kind.NEUTRAL, "", "more_chips", clickable=True, parent=self)
        self._more.hide()
        self._more.clicked.connect(self._open)
        self.setMinimumWidth(_CHIPS_LEAST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_chips(self, given: Sequence[tuple[Kind, str]]) -> None:
        """Replace the chips."""
        if list(given) == self._given:
            return
        self._given = list(given)
        for old in self._chips[len(given) :]:
            old.hide()
            old.deleteLater()
        del self._chips[len(given) :]
        for at, (kind, label) in enumerate(given):
            if at < len(self._chips):
                self._chips[at].set_kind(kind)
                self._chips[at].set_text(label)
            else:
                self._chips.append(Chip(kind, label, f"chip_{at}", parent=self))
        self.setAccessibleDescription(", ".join(label for _, label in given))
        self._arrange()

    def sizeHint(self) -> QSize:
        return QSize(_CHIPS_LEAST, _LINES * _CHIP_HEIGHT + _GAP)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._arrange()

    def _arrange(self) -> None:
        """Show as many chips as fit, and the number of the others."""
        shown = len(self._chips)
        places = self._places(shown, more=False)
        while places is None and shown > 0:
            shown -= 1
            places = self._places(shown, more=True)
        left_over = len(self._chips) - shown
        self._more.set_text(self.tr("+{count} more").format(count=left_over))
        drawn = [*self._chips[:shown], *([self._more] if left_over else [])]
        for chip, (left, line) in zip(drawn, places or (), strict=False):
            width = min(chip.sizeHint().width(), self.width())
            chip.setGeometry(left, self._top(places or [], line), width, _CHIP_HEIGHT)
            chip.show()
        for chip in [*self._chips[shown:], *([] if left_over else [self._more])]:
            chip.hide()

    def _top(self, places: Sequence[tuple[int, int]], line: int) -> int:
        lines = 1 + max((place[1] for place in places), default=0)
        height = lines * _CHIP_HEIGHT + (lines - 1) * _GAP
        return (self.height() - height) // 2 + line * (_CHIP_HEIGHT + _GAP)

    def _places(self, shown: int, *, more: bool) -> list[tuple[int, int]] | None:
        """Return (left, line) of so many chips and perhaps the last one; None if too many."""
        if more:
            words = self.tr("+{count} more").format(count=len(self._chips) - shown)
            self._more.set_text(words)
        widths = [chip.sizeHint().width() for chip in self._chips[:shown]]
        widths += [self._more.sizeHint().width()] if more else []
        found: list[tuple[int, int]] = []
        left = line = 0
        for width in widths:
            if left and left + width > self.width():
                left, line = 0, line + 1
            found.append((left, line))
            left += width + _GAP
        return found if line < _LINES else None

    @Slot()
    def _open(self) -> None:
        panel = Popover(self._more, "all_chips", self.tr("Know before you start"))
        panel.closed.connect(panel.deleteLater)
        for at, (kind, label) in enumerate(self._given):
            panel.add(Chip(kind, label, f"all_chips_{at}"))
        panel.open_at()
