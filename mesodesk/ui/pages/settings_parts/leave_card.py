"""Leaving with everything: all records of the clinic, in a form that needs no program of ours."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from mesodesk.domain.records.export import ExportFormat
from mesodesk.ui.export_card import ExportCard

if TYPE_CHECKING:
    from collections.abc import Callable

    from mesodesk.services.desk import Desk
    from mesodesk.services.export_work import ExportJob
    from mesodesk.ui.context import Context
    from mesodesk.ui.proof_field import Typed


class LeaveCard(ExportCard):
    """The owner's way out."""

    name = "leave"

    def __init__(self, context: Context) -> None:
        super().__init__(context, "", "")
        self.set_title(self.tr("Leave with everything"))
        self.lead.setText(
            self.tr(
                "All records of the clinic, to read without Mesodesk. Photographs for the record"
                " come as files in a ZIP beside them, as each patient agreed. Nothing here"
                " is changed or removed. Records restricted to others are left out and counted."
            )
        )
        self.form.set_value(ExportFormat.CSV.value)
        self.meaning.setText(self.meanings()[ExportFormat.CSV.value])

    def meanings(self) -> dict[str, str]:
        return {
            ExportFormat.PDF.value: self.tr(
                "A folder with one PDF for each patient. It takes some seconds for each."
            ),
            ExportFormat.CSV.value: self.tr(
                "A ZIP with one table a file, and a text that says how to read them."
            ),
            ExportFormat.JSON.value: self.tr("One file with every table, for another program."),
        }

    def plan(self, typed: Typed) -> Callable[[Desk], ExportJob] | None:
        return partial(_plan, self.chosen_form(), typed)


def _plan(form: ExportFormat, typed: Typed, desk: Desk) -> ExportJob:
    return desk.exports.plan_clinic(form, typed.secret, by_pin=typed.by_pin)
