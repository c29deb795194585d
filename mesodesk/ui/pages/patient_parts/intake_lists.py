"""Medicines and allergies: short lists, typed in place; an empty row always waits at the end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.records.intake import Allergy, Medicine
from mesodesk.ui.pages.patient_parts.recognition import recognition
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import IconButton
from mesodesk.ui.widgets.choices import CheckField
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.text import Label, Muted, Strong
from mesodesk.ui.widgets.textfields import TextField

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class ListWords:
    """What a list is called, and the words of its fields and its tick."""

    name: str
    title: str
    first: str
    second: str
    none: str
    complete: str
    nameless: str


class EntryRow(QWidget):
    """One line: what, and how much of it or what it did; beneath, what it was recognised as."""

    edited = Signal()
    entered = Signal()
    removed = Signal()

    def __init__(self, words: ListWords, number: int, language: str) -> None:
        super().__init__()
        self.source: Medicine | Allergy | None = None
        self._nameless = words.nameless
        self._language = language
        self.first = TextField(
            f"{words.name}_name_{number}", words.first, placeholder=words.first, compact=True
        )
        self.second = TextField(
            f"{words.name}_detail_{number}", words.second, placeholder=words.second, compact=True
        )
        self.remove = IconButton(
            "close", self.tr("Remove"), f"{words.name}_remove_{number}", size=36
        )
        self.known = Label("", Role.SMALL, "muted", wrap=True)
        self.known.setObjectName(f"{words.name}_known_{number}")
        self.known.hide()
        line = QHBoxLayout()
        line.setSpacing(Space.S)
        line.addWidget(self.first, 3)
        line.addWidget(self.second, 2)
        line.addWidget(self.remove, 0, Qt.AlignmentFlag.AlignTop)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(2)
        nest(whole, line)
        whole.addWidget(self.known)
        for field in (self.first, self.second):
            field.edited.connect(self._edited)
            field.input.installEventFilter(self)
        self.remove.clicked.connect(self.removed)
        self.remove.setEnabled(False)

    def show_entry(self, entry: Medicine | Allergy) -> None:
        """Show an entry; what has no field here is kept as it was."""
        self.source = entry
        medicine = isinstance(entry, Medicine)
        self.first.set_value(entry.name if isinstance(entry, Medicine) else entry.substance)
        self.second.set_value(entry.dose if isinstance(entry, Medicine) else entry.reaction)
        self.remove.setEnabled(medicine or isinstance(entry, Allergy))
        self._recognise()

    def is_blank(self) -> bool:
        return not self.first.value() and not self.second.value()

    @Slot()
    def _edited(self) -> None:
        self.remove.setEnabled(not self.is_blank())
        lacking = bool(self.second.value()) and not self.first.value()
        if lacking or self.first.error() == self._nameless:
            self.first.set_error(self._nameless if lacking else "")
        self._recognise()
        self.edited.emit()

    def _recognise(self) -> None:
        found = recognition(self.first.value(), self._language)
        self.known.setText(found.words)
        self.known.set_tone("caution" if found.unknown else "muted")
        self.known.setVisible(bool(found.words))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        enter = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        pressed = event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent)
        if pressed and isinstance(event, QKeyEvent) and event.key() in enter:
            self.entered.emit()
            return True
        return super().eventFilter(watched, event)


class EntryList(QWidget):
    """The rows, and the tick that the list was asked for."""

    edited = Signal()

    def __init__(self, words: ListWords, language: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"{words.name}_list")
        self._words = words
        self._language = language
        self._rows: list[EntryRow] = []
        self._made = 0
        self.asked = CheckField(words.none, f"{words.name}_asked", compact=True)
        self.last = Muted("")
        self.last.hide()
        head = QHBoxLayout()
        head.addWidget(Strong(words.title), 1)
        head.addWidget(self.asked)
        self._column = QVBoxLayout()
        self._column.setSpacing(Space.S)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, Space.S, 0, 0)
        whole.setSpacing(Space.S)
        nest(whole, head)
        whole.addWidget(self.last)
        nest(whole, self._column)
        self.asked.ticked.connect(self._ticked)

    def show_entries(
        self, entries: Sequence[Medicine | Allergy], *, asked: bool, last: str = ""
    ) -> None:
        """Show a list; `last` says that it was taken over."""
        for row in self._rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = []
        for entry in entries:
            self._append().show_entry(entry)
        self._append()
        self.asked.setChecked(asked)
        self.last.setText(last)
        self.last.setVisible(bool(last) and not asked and bool(entries))
        self._word_tick()

    def medicines(self) -> tuple[Medicine, ...]:
        """Return the list as medicines; a row without a name waits until it has one."""
        return tuple(
            replace(row.source, name=row.first.value(), dose=row.second.value())
            if isinstance(row.source, Medicine)
            else Medicine(row.first.value(), row.second.value())
            for row in self._named()
        )

    def allergies(self) -> tuple[Allergy, ...]:
        """Return the list as allergies; a row without a name waits until it has one."""
        return tuple(Allergy(row.first.value(), row.second.value()) for row in self._named())

    def first_wrong(self) -> TextField | None:
        """Return the first field that cannot be kept as it is."""
        fields = (field for row in self._rows for field in (row.first, row.second))
        return next((field for field in fields if field.error()), None)

    def was_asked(self) -> bool:
        return self.asked.isChecked()

    def focus_target(self) -> QWidget:
        """Return where to type the next entry."""
        return self._rows[-1].first.input

    def _named(self) -> list[EntryRow]:
        return [row for row in self._rows if row.first.value()]

    def _append(self) -> EntryRow:
        row = EntryRow(self._words, len(self._rows), self._language)
        self._rows.append(row)
        self._column.addWidget(row)
        row.edited.connect(self._edited)
        row.entered.connect(self._entered)
        row.removed.connect(self._removed)
        return row

    @Slot()
    def _edited(self) -> None:
        if not self._rows[-1].is_blank():
            self._append()
        row = self.sender()
        if isinstance(row, EntryRow) and row.first.value() and not self.asked.isChecked():
            # Whoever names one has asked; whether the list is complete can be ticked off again.
            self.asked.setChecked(True)
        self._word_tick()
        self.edited.emit()

    @Slot()
    def _entered(self) -> None:
        row = self.sender()
        if not isinstance(row, EntryRow):
            return
        at = self._rows.index(row)
        following = self._rows[min(at + 1, len(self._rows) - 1)]
        following.first.input.setFocus(Qt.FocusReason.TabFocusReason)

    @Slot()
    def _removed(self) -> None:
        row = self.sender()
        if not isinstance(row, EntryRow) or row is self._rows[-1]:
            return
        at = self._rows.index(row)
        self._rows.remove(row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()
        self._rows[min(at, len(self._rows) - 1)].first.input.setFocus()
        self._word_tick()
        self.edited.emit()

    @Slot(bool)
    def _ticked(self, _asked: bool) -> None:
        self.last.hide()
        self.edited.emit()

    def _word_tick(self) -> None:
        words = self._words.complete if self._named() else self._words.none
        self.asked.setText(words)
        self.asked.setAccessibleName(words)
        self.asked.updateGeometry()
