"""Exporting or printing one patient's whole record."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from mesodesk.domain.records.export import ExportFormat
from mesodesk.ui.export_card import ExportCard
from mesodesk.ui.print_button import PrintButton

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from mesodesk.services.desk import Desk
    from mesodesk.services.export_work import ExportJob
    from mesodesk.ui.context import Context
    from mesodesk.ui.proof_field import Typed


class PatientExportCard(ExportCard):
    """The whole record as a file of one's own, or opened to be printed."""

    name = "patient_export"

    def __init__(self, context: Context) -> None:
        self._patient_id: UUID | None = None
        super().__init__(
            context,
            "",
            "",
        )
        self.set_title(self.tr("Export or print"))
        self.lead.setText(
            self.tr(
                "Everything on record of this patient, for the patient, another clinic or a court."
                " Photographs for the record come as files in a ZIP beside it."
            )
        )
        self.print_button = PrintButton(context, self.tr("Print"), "print_patient", self.result)
        self.buttons.insertWidget(1, self.print_button)
        self.print_button.asked.connect(self._print)
        self.form.chosen.connect(self._offer_print)

    def show_patient(self, patient_id: UUID) -> None:
        """Be about a patient; what was said of another one goes."""
        if patient_id != self._patient_id:
            self._patient_id = patient_id
            self.forget()
            self.result.dismiss()
            self.folder.set_error("")

    def meanings(self) -> dict[str, str]:
        return {
            ExportFormat.PDF.value: self.tr(
                "To read and to print: intakes, sessions with their charts, follow-up."
            ),
            ExportFormat.CSV.value: self.tr(
                "A ZIP with one table a file, for a spreadsheet or another program."
            ),
            ExportFormat.JSON.value: self.tr("One file that programs read; nothing is left out."),
        }

    def plan(self, typed: Typed) -> Callable[[Desk], ExportJob] | None:
        if self._patient_id is None:
            return None
        return partial(_plan, self._patient_id, self.chosen_form(), typed)

    @Slot(str)
    def _offer_print(self, form: str) -> None:
        self.print_button.setVisible(form == ExportFormat.PDF.value)

    @Slot()
    def _print(self) -> None:
        if self._patient_id is None or self.is_running() or self.proof.must_wait():
            return
        typed = self.proof.typed()
        if typed is not None:
            self.proof.clear()
            plan = partial(_plan_print, self._patient_id, typed)
            self.print_button.begin(plan).failed.connect(self._not_printed)

    @Slot(object)
    def _not_printed(self, error: Exception) -> None:
        if self.proof.is_about_this(error):
            self.proof.refuse(error)
            self.proof.focus()

    @Slot()
    def show_waiting(self) -> None:
        super().show_waiting()
        self.print_button.setEnabled(not self.proof.must_wait())


def _plan(patient_id: UUID, form: ExportFormat, typed: Typed, desk: Desk) -> ExportJob:
    return desk.exports.plan_patient(patient_id, form, typed.secret, by_pin=typed.by_pin)


def _plan_print(patient_id: UUID, typed: Typed, desk: Desk) -> ExportJob:
    return desk.exports.plan_patient(
        patient_id, ExportFormat.PDF, typed.secret, by_pin=typed.by_pin, photographs=False
    )
