"""The form in its card: what is typed is kept, and recorded by one button."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mesodesk.domain.records.session import SessionState
from mesodesk.domain.units import rounded
from mesodesk.ui.jobs import explain
from mesodesk.ui.keeper import Keeper
from mesodesk.ui.measuring.form import MeasuringForm
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.layouts import PageScroll, nest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from mesodesk.domain.records.measurement import MeasurementRecord, MeasuringFields
    from mesodesk.domain.records.progress import PatientProgress
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

_FORM: Final = "measuring"
"""As `MeasurementService` calls it, which ends the draft as it records."""


class EntryCard(Card):
    """What is measured now."""

    #: It is on record.
    recorded = Signal()
    #: (session id): back to where this was asked for.
    back_asked = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__(object_name="measuring_card")
        self.set_title(self.tr("Measure"))
        self._context = context
        self._patient_id: UUID | None = None
        self._session_id: UUID | None = None
        self._keeper = Keeper(context.jobs, context.status, clock=context.clock, parent=self)
        self.form = MeasuringForm(context)
        self.notice = Notice(object_name="measuring_notice", closable=True)
        self.record = Button(self.tr("Record"), "record_measures", ButtonKind.PRIMARY, "check")
        self.discard = Button(self.tr("Discard"), "discard_measures", ButtonKind.QUIET)
        scroll = PageScroll("measuring_scroll", margin=0)
        scroll.add(self.form)
        scroll.column.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.S)
        buttons.addWidget(self.discard)
        buttons.addStretch(1)
        buttons.addWidget(self.record)
        self.add(self.notice)
        self.add(scroll, 1)
        nest(self.body, buttons)
        self.form.edited.connect(self._typed)
        self.form.finished.connect(self._to_button)
        self.record.clicked.connect(self._record)
        self.discard.clicked.connect(self._discard)
        self.notice.acted.connect(self._back)
        self._show_buttons()

    def show_patient(self, patient_id: UUID, progress: PatientProgress) -> None:
        """Show what was measured before, and what was half typed."""
        if self._patient_id != patient_id:
            self._keeper.flush()
            self._patient_id = patient_id
            self.form.clear()
            self.notice.hide()
            self.form.show_history(progress)
            self._context.run(
                self, partial(_draft, patient_id=patient_id), partial(self._show_draft, patient_id)
            )
            return
        self.form.show_history(progress)

    def set_session(self, session_id: UUID | None) -> None:
        """Say at the check of which session this is measured."""
        self._session_id = session_id

    def first_focus(self) -> QWidget:
        return self.form.first_focus()

    def flush(self) -> None:
        """Write down what is being typed."""
        self._keeper.flush()

    def _show_draft(self, patient_id: UUID, draft: Mapping[str, Any] | None) -> None:
        if draft and patient_id == self._patient_id and self.form.is_blank():
            self.form.show_draft(draft)
            self.notice.show_notice(
                Kind.INFO, self.tr("This was typed before and is not on record yet.")
            )
            self._show_buttons()

    @Slot()
    def _typed(self) -> None:
        if self._patient_id is None:
            return
        subject = str(self._patient_id)
        if self.form.is_blank():
            self._keeper.put(_FORM, partial(_forget, self._context.desk, subject))
        else:
            put = partial(_put_draft, self._context.desk, subject, self.form.draft())
            self._keeper.put(_FORM, put)
        self._show_buttons()

    def _show_buttons(self) -> None:
        blank = self.form.is_blank()
        self.record.setEnabled(not blank)
        self.discard.setEnabled(not blank)

    @Slot()
    def _to_button(self) -> None:
        stop = self.form.stop()
        (stop or self.record).setFocus()

    @Slot()
    def _record(self) -> None:
        if self._patient_id is None or self.form.is_blank():
            return
        stop = self.form.stop()
        if stop is not None:
            self.notice.show_notice(
                Kind.CAUTION,
                self.tr("Not recorded yet: one thing is still open"),
                self.tr("What you typed is kept."),
            )
            stop.setFocus()
            return
        self.record.setEnabled(False)
        work = partial(
            _record, patient_id=self._patient_id, typed=self.form.fields(self._session_id)
        )
        self._context.write(self, work, self._recorded, self._refused, after=self._keeper)

    def _recorded(self, kept: tuple[MeasurementRecord, ...]) -> None:
        self.form.clear()
        self._show_buttons()
        words = self.tr("1 on record") if len(kept) == 1 else self.tr("{count} on record")
        back = self.tr("Back to the session") if self._session_id is not None else ""
        self.notice.show_notice(Kind.OK, words.format(count=len(kept)), "", back)
        (self.notice.action if back else self.form.first_focus()).setFocus()
        self.recorded.emit()

    def _refused(self, error: Exception) -> None:
        self.notice.show_notice(Kind.STOP, self.tr("Nothing was recorded"), explain(error))
        self._show_buttons()

    @Slot()
    def _back(self) -> None:
        if self._session_id is not None:
            self.back_asked.emit(self._session_id)

    @Slot()
    def _discard(self) -> None:
        self.form.clear()
        self.notice.hide()
        self._typed()
        self._keeper.flush()
        self.form.first_focus().setFocus()


def _draft(desk: Desk, patient_id: UUID) -> Mapping[str, object] | None:
    return desk.drafts.get(_FORM, str(patient_id))


def _put_draft(desk: Desk, subject: str, payload: Mapping[str, object], _version: int) -> None:
    desk.drafts.put(_FORM, subject, payload)


def _forget(desk: Desk, subject: str, _version: int) -> None:
    desk.drafts.discard(_FORM, subject)


def _record(desk: Desk, patient_id: UUID, typed: MeasuringFields) -> tuple[MeasurementRecord, ...]:
    """Record, and tell a weight to the session that it was taken for, which need not ask again."""
    kept = desk.measurements.record(patient_id, typed)
    weights = [each.value for each in kept if each.key.measure == "weight"]
    if typed.session_id is not None and weights:
        session = desk.sessions.get(typed.session_id)
        if session.state is SessionState.DRAFT and session.fields.weight_kg is None:
            fields = replace(session.fields, weight_kg=rounded(weights[0], 3))
            desk.sessions.save(session.id, session.version, fields)
    return kept
