"""Who the patient is, edited in place and kept as it is typed; archive and restore."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.clock import local_date
from mesodesk.domain.rights import Right
from mesodesk.ui.keeper import Keeper
from mesodesk.ui.numbers import format_date
from mesodesk.ui.pages.patient_fields import PatientForm
from mesodesk.ui.pages.patient_parts.conflict import KeptNotice
from mesodesk.ui.pages.patient_parts.export_part import PatientExportCard
from mesodesk.ui.pages.patient_parts.who_saw_part import WhoSawCard
from mesodesk.ui.pages.restricted_parts.who_sees_card import WhoSeesCard
from mesodesk.ui.tokens import Space
from mesodesk.ui.typed import changes
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.dialogs import ConfirmDialog
from mesodesk.ui.widgets.layouts import PageScroll, nest
from mesodesk.ui.widgets.text import Body, Muted
from mesodesk.ui.widgets.who_may import WhoMay, let_edit

if TYPE_CHECKING:
    from uuid import UUID

    from mesodesk.domain.records.patient import PatientFields, PatientRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.patient_parts.file import PatientFile


class DetailsTab(QWidget):
    """The identity form with its keeper, and what becomes of the record."""

    #: The record was changed here; the header shows it.
    changed = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("patient_details")
        self._context = context
        self._record: PatientRecord | None = None
        self._keeper: Keeper | None = None
        self.form = PatientForm(context.today())
        self.notice = KeptNotice("details")
        self.missing = Muted("")
        self.missing.setObjectName("details_missing")
        self.missing.set_tone("caution")
        self.archive = Button(
            self.tr("Archive this record"),
            "archive_patient",
            ButtonKind.SECONDARY,
            "archive-outline",
        )
        self.restore = Button(
            self.tr("Restore this record"),
            "restore_patient",
            ButtonKind.PRIMARY,
            "archive-arrow-up-outline",
        )
        self._may_edit = context.may(Right.PATIENT_EDIT)
        who_may = "" if self._may_edit else self.tr("Who treats or assists changes these.")
        self.who_may = WhoMay("details_who_may", who_may)
        self.export = PatientExportCard(context) if context.may(Right.EXPORT) else None
        self.who_sees = WhoSeesCard(context)
        self.who_saw = WhoSawCard(context) if context.may(Right.WHO_SAW) else None
        self._about = Muted("")
        self._meaning = Body("")
        self._build()
        self.form.edited.connect(self._typed)
        self.archive.clicked.connect(self._ask_archive)
        self.restore.clicked.connect(self._restore)
        self.notice.theirs_wanted.connect(self._show_theirs)

    def _build(self) -> None:
        identity = Card(self.tr("Who it is"), object_name="identity_card")
        for widget in (self.notice, self.who_may, self.form, self.missing, self._about):
            identity.add(widget)
        record = Card(self.tr("The record"), object_name="record_card")
        record.add(self._meaning)
        for button in (self.archive, self.restore):
            record.add(button)
            record.body.setAlignment(button, Qt.AlignmentFlag.AlignLeft)
        scroll = PageScroll("details_scroll", max_width=1_680, margin=0, edge=True)
        side = QVBoxLayout()
        side.setSpacing(Space.M)
        side.addWidget(self.who_sees)
        side.addWidget(record)
        if self.who_saw is not None:
            side.addWidget(self.who_saw)
        if self.export is not None:
            side.addWidget(self.export)
        side.addStretch(1)
        line = QHBoxLayout()
        line.setSpacing(Space.M)
        line.addWidget(identity, 3, Qt.AlignmentFlag.AlignTop)
        nest(line, side, 2)
        nest(scroll.column, line)
        scroll.column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)

    def show_file(self, file: PatientFile) -> None:
        """Show a patient; what is being typed into the same record stays."""
        record = file.patient
        if self.export is not None:
            self.export.show_patient(record.id)
        if self.who_saw is not None:
            self.who_saw.show_patient(record.id)
        self.who_sees.show_patient(record.id)
        known = self._record
        if known is None or known.id != record.id or self._keeper is None:
            self._open(record)
        elif record.version > self._keeper.version and not self._keeper.is_pending():
            self._keeper.open(record.version)
            self._show(record)
        else:
            self._show_state(record)

    def flush(self) -> None:
        """Write down what is being typed."""
        if self._keeper is not None:
            self._keeper.flush()

    def first_focus(self) -> QWidget | None:
        """Return the first field, or what makes the record open again."""
        if not self._may_edit:
            return None
        return self.form.family_name if self._is_open() else self.restore

    def _open(self, record: PatientRecord) -> None:
        if self._keeper is not None:
            self._keeper.retire()
        context = self._context
        self._keeper = Keeper(context.jobs, context.status, clock=context.clock, parent=self)
        self._keeper.open(record.version)
        self.notice.follow(self._keeper)
        self._keeper.refused.connect(self._refused)
        self._show(record)

    def _show(self, record: PatientRecord) -> None:
        self.form.show_fields(record.fields)
        self.missing.hide()
        self._show_state(record)

    def _show_state(self, record: PatientRecord) -> None:
        self._record = record
        is_open = record.archived_at is None
        let_edit(self.form, may=self._may_edit, is_open=is_open)
        self.archive.setVisible(is_open and self._may_edit)
        self.restore.setVisible(not is_open and self._may_edit)
        zone = self._context.clinic.fields.zone
        made = format_date(local_date(record.created_at, zone))
        words = self.tr("Record {number}, made {day}.")
        if is_open and self._may_edit:
            words = self.tr("Record {number}, made {day}. Changes are kept as you type.")
        self._about.setText(words.format(number=record.record_number, day=made))
        if record.archived_at is None:
            self._meaning.setText(
                self.tr(
                    "An archived record leaves the lists and takes no new intake or session. "
                    "Nothing is deleted, and it can be restored at any time."
                )
            )
        else:
            day = format_date(local_date(record.archived_at, zone))
            meaning = self.tr("Archived {day}.")
            if self._may_edit:
                meaning = self.tr(
                    "Archived {day}. Restore it to change it or to enter anything new."
                )
            self._meaning.setText(meaning.format(day=day))

    def _is_open(self) -> bool:
        return self._record is not None and self._record.archived_at is None

    @Slot()
    def _typed(self) -> None:
        fields = self.form.fields()
        missing = self.form.missing()
        words = self.tr("Not kept yet. Still needed: {what}.").format(what=missing)
        if fields is None and not missing:
            words = self.tr("Not kept yet: put right what is marked.")
        self.missing.setText(words)
        self.missing.setVisible(fields is None)
        if fields is None or self._record is None or self._keeper is None:
            return
        # The form has no field for the patient's own language; it stays as it is.
        fields = replace(fields, language=self._record.fields.language)
        write = partial(_update, self._context.desk, self._record.id, fields)
        told = changes("patient", self._record.id, self._record.fields, fields)
        self._keeper.put("patient", write, self._kept, aside=told)

    def _kept(self, record: object) -> None:
        if self._record is not None and getattr(record, "id", None) == self._record.id:
            self._record = record  # type: ignore[assignment]  # what `_update` returns
            self.changed.emit(record)

    @Slot(object, object)
    def _refused(self, _key: object, error: Exception) -> None:
        for problem in getattr(error, "problems", ()):
            self.form.show_problem(problem.place, problem.sentence)

    @Slot(object)
    def _show_theirs(self, record: PatientRecord) -> None:
        self._show(record)
        self.changed.emit(record)

    # Archiving

    @Slot()
    def _ask_archive(self) -> None:
        dialog = ConfirmDialog(
            self.window(),
            "archive_dialog",
            self.tr("Archive this record?"),
            self.tr(
                "It leaves the lists, and no intake or session can be started. Everything in it "
                "is kept, open follow-ups stay due, and you can restore it at any time."
            ),
            self.tr("Archive"),
        )
        dialog.confirmed.connect(self._archive)
        dialog.open()

    @Slot()
    def _archive(self) -> None:
        self._write(_archive)

    @Slot()
    def _restore(self) -> None:
        self._write(_restore)

    def _write(self, write: object) -> None:
        """Archive or restore after whatever is still being written."""
        if self._record is None or self._keeper is None or not callable(write):
            return
        self._keeper.append(partial(write, self._context.desk, self._record.id), self._moved)

    def _moved(self, record: object) -> None:
        if self._record is not None and getattr(record, "id", None) == self._record.id:
            self._show(record)  # type: ignore[arg-type]  # what the service returns
            self.changed.emit(record)


def _update(desk: Desk, patient_id: UUID, fields: PatientFields, version: int) -> PatientRecord:
    return desk.patients.update(patient_id, version, fields)


def _archive(desk: Desk, patient_id: UUID, version: int) -> PatientRecord:
    return desk.patients.archive(patient_id, version)


def _restore(desk: Desk, patient_id: UUID, version: int) -> PatientRecord:
    return desk.patients.restore(patient_id, version)
