"""The cards beside the questions: whom to call, what was done in that session, what was shown."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.records.followup import Channel, ShownInstruction
from mesodesk.domain.records.session import SessionRecord
from mesodesk.ui import theme
from mesodesk.ui.numbers import format_moment, format_quantity
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.cards import Card, IconLabel
from mesodesk.ui.widgets.layouts import clear, column, nest
from mesodesk.ui.widgets.segments import SegmentedControl
from mesodesk.ui.widgets.text import Body, Label, Muted, Strong

_LONGEST_LARGE: Final = 18


class CallCard(Card):
    """The phone number, large, and how the patient was reached."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(object_name="call_card", parent=parent)
        self._number = ""
        self._narrow = False
        self.who = Muted("")
        self.phone = Label("", Role.DISPLAY)
        self.phone.setObjectName("patient_phone")
        self.phone.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.channel = SegmentedControl(
            {
                Channel.PHONE.value: self.tr("Phone"),
                Channel.VISIT.value: self.tr("Visit"),
                Channel.MESSAGE.value: self.tr("Message"),
            },
            "channel",
            self.tr("How the patient was reached"),
            compact=True,
        )
        self.body.setSpacing(Space.XS)
        self.add(self.who)
        self.add(self.phone)
        self.body.addSpacing(Space.XS)
        self.add(Strong(self.tr("Reached by")))
        self.add(self.channel)
        self.channel.chosen.connect(self._chosen)

    def show_patient(self, name: str, born: str, phone: str) -> None:
        """Show whom to ask for, so that nobody speaks to a namesake."""
        self.who.setText(self.tr("Ask for {name}, born {born}").format(name=name, born=born))
        self.phone.setText(phone or self.tr("No phone on record"))
        self.phone.setAccessibleName(self.tr("Phone: {number}").format(number=self.phone.text()))
        self._number = phone
        self._size()

    def set_narrow(self, *, narrow: bool) -> None:
        """Show the number as large as there is room for."""
        self._narrow = narrow
        self._size()

    def _size(self) -> None:
        large = not self._narrow and len(self._number) <= _LONGEST_LARGE
        role = Role.DISPLAY if large else Role.TITLE
        self.phone.setFont(theme.font(role if self._number else Role.HEADING))

    def value(self) -> Channel | None:
        """Return how the patient was reached."""
        chosen = self.channel.value()
        return None if chosen is None else Channel(chosen)

    def set_value(self, channel: Channel | None) -> None:
        """Show how the patient was reached."""
        self.channel.set_value(None if channel is None else channel.value)

    @Slot()
    def _chosen(self) -> None:
        self.edited.emit()


class SessionCard(Card):
    """What happened in the session that the check belongs to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(object_name="session_card", parent=parent)
        self.when = Muted("")
        self.regions = Body("")
        self.regions.setObjectName("session_regions")
        self._lines = column(spacing=Space.XS)
        self.body.setSpacing(Space.S)
        self.add(self.when)
        self.add(self.regions)
        nest(self.body, self._lines)

    def show_session(self, session: SessionRecord, zone: str) -> None:
        """Show date, therapist, products and lots."""
        self.set_title(self.tr("Session {number}").format(number=session.number))
        day = format_moment(session.started_at, zone)
        self.when.setText(
            self.tr("{day}, by {therapist}").format(day=day, therapist=session.therapist)
        )
        clear(self._lines)
        for name, lot, amount in drawn(session):
            nest(self._lines, self._line(name, lot, amount))

    def show_regions(self, names: Iterable[str]) -> None:
        """Show where it was injected."""
        words = ", ".join(names)
        self.regions.setText(words)
        self.regions.setVisible(bool(words))

    def _line(self, name: str, lot: str, amount: str) -> QVBoxLayout:
        title = Label(name, Role.STRONG, wrap=True)
        detail = self.tr("lot {lot} · {amount}").format(lot=lot, amount=amount)
        return column(title, Muted(detail), spacing=1)


class ShownCard(Card):
    """The instructions that were put before somebody during this check, word for word."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(object_name="shown_card", parent=parent)
        self.set_title(self.tr("Instructions shown"))
        self._lines = column(spacing=Space.S)
        nest(self.body, self._lines)
        self.hide()

    def show_instructions(self, shown: Sequence[ShownInstruction], zone: str) -> None:
        """Show what was put before whom, the last one first."""
        clear(self._lines)
        for each in reversed(shown):
            words = column(Body(each.instruction), Muted(self._when(each, zone)), spacing=1)
            line = QHBoxLayout()
            line.setSpacing(Space.S)
            icon = IconLabel("alert-octagon", "stop", 16)
            line.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
            nest(line, words, 1)
            nest(self._lines, line)
        self.setVisible(bool(shown))

    def _when(self, shown: ShownInstruction, zone: str) -> str:
        return self.tr("shown to {name}, {when}").format(
            name=shown.shown_to, when=format_moment(shown.shown_at, zone)
        )


def drawn(session: SessionRecord) -> list[tuple[str, str, str]]:
    """Return product, lot and volume of everything drawn up in a session, each lot once."""
    volumes: dict[tuple[str, str], Decimal] = {}
    for syringe in session.syringes:
        for part in syringe.components:
            key = (part.product_name, part.lot_number)
            volumes[key] = volumes.get(key, Decimal(0)) + part.volume_ml
    return [(name, lot, format_quantity(ml, "mL")) for (name, lot), ml in volumes.items()]
