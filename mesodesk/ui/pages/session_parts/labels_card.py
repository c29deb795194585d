"""The labels of the syringes that are drawn up: to read, to copy, to print."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.syringe_label import label_lines
from mesodesk.ui.prints import new_print_folder, remove_prints
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.badges import SyringeBadge
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.text import Muted

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from mesodesk.domain.records.session import SyringeRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.session_parts.state import SessionState


class LabelsCard(Card):
    """There only while a syringe is drawn up. What leaves is kept on the log."""

    def __init__(self, state: SessionState, context: Context) -> None:
        super().__init__(object_name="labels_card")
        self.set_title(self.tr("Labels"))
        self._state = state
        self._context = context
        self._shown: tuple[SyringeRecord, ...] = ()
        self.rows: list[_LabelRow] = []
        self.body.setSpacing(Space.S)
        self._list = QVBoxLayout()
        self._list.setSpacing(Space.S)
        nest(self.body, self._list)
        self.print = Button(
            self.tr("Print the labels"), "labels_print", ButtonKind.SECONDARY, "printer-outline",
            compact=True,
        )  # fmt: skip
        self.notice = Notice(object_name="labels_notice", closable=True)
        self.add(self.notice)
        nest(self.body, row(self.print, stretch=True))
        self.print.clicked.connect(self._print)
        state.record_changed.connect(self.follow)
        context.locked.connect(remove_prints)
        self.hide()

    @Slot()
    def follow(self) -> None:
        """Show the labels of the session that is open."""
        state = self._state
        syringes = state.record.syringes if state.is_open() and state.can_edit() else ()
        if syringes == self._shown:
            return
        self._shown = syringes
        for old in self.rows:
            self._list.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.rows = [_LabelRow(each, "\n".join(self._lines(each))) for each in syringes]
        for made in self.rows:
            made.copy.clicked.connect(self._copy)
            self._list.addWidget(made)
        self.notice.dismiss()
        self.setVisible(bool(syringes))

    def _lines(self, syringe: SyringeRecord) -> tuple[str, ...]:
        at = self._context.clock.now().astimezone(ZoneInfo(self._context.clinic.fields.zone))
        number = self._state.patient.record_number
        return label_lines(syringe, number, at, self._context.user.initials)

    @Slot()
    def _copy(self) -> None:
        button = self.sender()
        made = next((each for each in self.rows if each.copy is button), None)
        if made is not None:
            work = partial(_note, self._state.record.id, (made.digit,))
            self._context.run(self, work, partial(self._copied, made))

    def _copied(self, made: _LabelRow, _done: object) -> None:
        QGuiApplication.clipboard().setText("\n".join(self._lines(made.syringe)))
        words = self.tr("The label of syringe {digit} is on the clipboard.")
        self.notice.show_notice(Kind.OK, words.format(digit=made.digit))

    @Slot()
    def _print(self) -> None:
        digits = tuple(each.digit for each in self.rows)
        self.print.setEnabled(False)
        work = partial(_note, self._state.record.id, digits)
        self._context.run(self, work, self._set)

    def _set(self, _done: object) -> None:
        labels = [self._lines(each.syringe) for each in self.rows]
        work = partial(_write, labels)
        self._context.jobs.run_aside(self, work, self._open, self._not_printed)

    def _open(self, path: Path) -> None:
        self.print.setEnabled(True)
        if QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            words = self.tr("Opened in the viewer of this computer: print from there")
            self.notice.show_notice(Kind.OK, words)
        else:
            remove_prints()
            self.notice.show_notice(
                Kind.STOP, self.tr("No viewer for PDF answered, so nothing was printed")
            )

    def _not_printed(self, error: Exception) -> None:
        from mesodesk.ui.jobs import explain

        self.print.setEnabled(True)
        remove_prints()
        self.notice.show_notice(Kind.STOP, self.tr("Not printed"), explain(error))


class _LabelRow(QWidget):
    """Badge, text, and a button that copies it."""

    def __init__(self, syringe: SyringeRecord, text: str) -> None:
        super().__init__()
        self.syringe = syringe
        self.digit = syringe.digit
        self.words = Muted(text)
        self.words.setObjectName(f"label_{syringe.digit}")
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy = Button(
            self.tr("Copy"), f"label_{syringe.digit}_copy", ButtonKind.QUIET, "content-copy",
            compact=True,
        )  # fmt: skip
        self.copy.setAccessibleName(self.tr("Copy the label of syringe {n}").format(n=self.digit))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.S)
        line.addWidget(SyringeBadge(syringe.digit, 26), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.words, 1)
        line.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignTop)


def _note(session_id: UUID, digits: tuple[int, ...], desk: Desk) -> None:
    desk.stock.take_labels(session_id, digits)


def _write(labels: list[tuple[str, ...]]) -> Path:
    from mesodesk.leaving import write_labels

    return write_labels(labels, new_print_folder())
