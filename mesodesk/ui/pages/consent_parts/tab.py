"""The Consent tab of a patient: how it stands, a consent being taken, one being read."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from mesodesk.domain.rights import Right
from mesodesk.ui.jobs import explain
from mesodesk.ui.pages.consent_parts.draft import ConsentDraft
from mesodesk.ui.pages.consent_parts.overview import ConsentOverviewPage
from mesodesk.ui.pages.consent_parts.reading import ConsentReading
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.cards import Notice
from mesodesk.ui.widgets.layouts import beside_bar, nest

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from mesodesk.domain.consent_rules import ConsentOverview
    from mesodesk.domain.records.consent import (
        ConsentRecord,
        DemandKind,
        WithdrawalScope,
    )
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.patient_parts.file import PatientFile


class ConsentTab(QWidget):
    """Shows the draft where there is one, else how it stands."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("patient_consent")
        self._context = context
        self._file: PatientFile | None = None
        self._reading: UUID | None = None
        self._starting = False
        self.notice = Notice(object_name="consent_tab_notice", closable=True)
        self.overview = ConsentOverviewPage(context)
        self.draft = ConsentDraft(context)
        self.reading = ConsentReading(context)
        self.pages = QStackedWidget()
        for page in (self.overview, self.draft, self.reading):
            self.pages.addWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(Space.S)
        nest(whole, beside_bar(self.notice))
        whole.addWidget(self.pages, 1)
        self.overview.begin_asked.connect(self.begin)
        self.overview.read_asked.connect(self._read)
        self.overview.demanded.connect(self._demand)
        self.draft.signed.connect(self._signed)
        self.draft.discarded.connect(self._discarded)
        self.reading.left.connect(self._to_overview)
        self.reading.withdrawn.connect(self._withdraw)

    # Showing

    def show_file(self, file: PatientFile) -> None:
        """Show a patient's consents; a draft being typed stays."""
        if self._file is None or self._file.patient.id != file.patient.id:
            self.draft.forget()
            self.notice.hide()
            self._reading = None
            self.pages.setCurrentWidget(self.overview)
        self._file = file
        found = file.consent
        if found is None:
            return
        self.overview.show_overview(found, archived=file.archived)
        if found.draft is not None and self._context.may(Right.CONSENT_EDIT):
            self.draft.show_draft(found.draft)
            if self._reading is None:
                self.pages.setCurrentWidget(self.draft)
        elif self.pages.currentWidget() is self.draft:
            self._to_overview()
        self._show_reading(found)

    def _show_reading(self, found: ConsentOverview) -> None:
        record = next((one for one in found.signed if one.id == self._reading), None)
        if record is not None:
            self.reading.show_record(record, found)
            self.pages.setCurrentWidget(self.reading)

    def flush(self) -> None:
        """Write down what is being typed."""
        self.draft.flush()

    def first_focus(self) -> QWidget | None:
        """Return what comes next: the first gap of the draft, or the button that begins one."""
        shown = self.pages.currentWidget()
        if shown is self.draft:
            return self.draft.first_focus()
        if shown is self.reading:
            return self.reading.back
        return None if self.overview.begin.isHidden() else self.overview.begin

    # What the user does

    @Slot()
    def begin(self) -> None:
        """Begin a consent, or go on with the open one."""
        if self._starting or self._file is None or self._file.archived:
            return
        self._starting = True
        self._reading = None
        work = partial(_start, self._file.patient.id)
        self._context.write(self, work, self._began, self._not_begun)

    def _began(self, record: ConsentRecord) -> None:
        self._starting = False
        if self._file is not None and record.patient_id == self._file.patient.id:
            self.draft.show_draft(record)
            self.pages.setCurrentWidget(self.draft)
            if self.isVisible():
                self.draft.first_focus()

    def _not_begun(self, error: Exception) -> None:
        self._starting = False
        self._say(self.tr("The consent was not begun"), error)

    @Slot(object)
    def _signed(self, _record: ConsentRecord) -> None:
        self._reading = None
        self.pages.setCurrentWidget(self.overview)
        words = self.tr("The consent is taken, sealed and in force.")
        self.notice.show_notice(Kind.OK, words)
        self.overview.begin.setFocus()
        self._read_again()

    @Slot()
    def _discarded(self) -> None:
        self._to_overview()
        self._read_again()

    @Slot(object)
    def _read(self, record: ConsentRecord) -> None:
        self._reading = record.id
        self._context.run(self, partial(_look, record.id))
        if self._file is not None and self._file.consent is not None:
            self._show_reading(self._file.consent)
            self.reading.back.setFocus()

    @Slot()
    def _to_overview(self) -> None:
        self._reading = None
        self.pages.setCurrentWidget(self.overview)

    @Slot(object, object, str, object)
    def _withdraw(self, consent_id: UUID, scope: WithdrawalScope, reason: str, day: date) -> None:
        work = partial(_withdraw, consent_id, scope, reason, day)
        self._context.write(self, work, self._withdrawn, self._not_recorded)

    def _withdrawn(self, _record: ConsentRecord) -> None:
        self.notice.show_notice(Kind.OK, self.tr("The withdrawal is on record."))
        self.reading.withdraw.start_afresh()
        self._read_again()

    @Slot(object, object, str)
    def _demand(self, kind: DemandKind, grade: int | None, reason: str) -> None:
        if self._file is not None:
            work = partial(_demand, self._file.patient.id, kind, reason, grade)
            self._context.write(self, work, self._demanded, self._not_recorded)

    def _demanded(self, _overview: ConsentOverview) -> None:
        self.overview.demand.start_afresh()
        self._read_again()

    def _not_recorded(self, error: Exception) -> None:
        self._say(self.tr("Nothing was recorded"), error)

    def _say(self, headline: str, error: Exception) -> None:
        self.notice.show_notice(Kind.STOP, headline, explain(error))

    def _read_again(self) -> None:
        """Have the page read the record anew: what was written here is news to it as well."""
        if self._file is not None:
            self._context.run(self, partial(_overview, self._file.patient.id), self._show_again)

    def _show_again(self, found: ConsentOverview) -> None:
        if self._file is not None:
            self.show_file(replace(self._file, consent=found))


def _start(patient_id: UUID, desk: Desk) -> ConsentRecord:
    return desk.consents.start(patient_id)


def _look(consent_id: UUID, desk: Desk) -> ConsentRecord:
    return desk.consents.get(consent_id)


def _overview(patient_id: UUID, desk: Desk) -> ConsentOverview:
    return desk.consents.overview(patient_id)


def _withdraw(
    consent_id: UUID, scope: WithdrawalScope, reason: str, day: date, desk: Desk
) -> ConsentRecord:
    return desk.consents.withdraw(consent_id, scope, reason, day)


def _demand(
    patient_id: UUID, kind: DemandKind, reason: str, grade: int | None, desk: Desk
) -> ConsentOverview:
    return desk.consents.demand(patient_id, kind, reason, grade)
