"""The checklist of one follow-up check: whom to call, what to ask, what to do at once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.records.followup import FollowUpState
from mesodesk.domain.rights import Right
from mesodesk.ui.frame.page import Page
from mesodesk.ui.jobs import Latest, explain
from mesodesk.ui.pages.followup_parts.check_form import CheckForm
from mesodesk.ui.pages.followup_parts.loading import load
from mesodesk.ui.pages.followup_parts.wording import (
    check_title,
    due_words,
    late_words,
    window_words,
)
from mesodesk.ui.pages.patient_header import PatientHeader
from mesodesk.ui.tokens import BAR, Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Notice
from mesodesk.ui.widgets.chips import Chip
from mesodesk.ui.widgets.layouts import EDGE, beside_bar, nest
from mesodesk.ui.widgets.text import Heading, Muted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from PySide6.QtGui import QResizeEvent

    from mesodesk.domain.records.followup import FollowUpRecord
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.followup_parts.loading import Loaded

_NARROW = 1000


class FollowUpPage(Page):
    """Who it is and which check; beneath, the check itself, made anew for each one opened."""

    page_id = "followup"
    section = "today"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = self.tr("Follow-up")
        self._context = context
        self._latest = Latest(context.jobs, self)
        self._wanted: UUID | None = None
        self.form: CheckForm | None = None
        self.header = PatientHeader(context)
        self.open_patient = Button(
            self.tr("Patient"), "open_patient", ButtonKind.SECONDARY, "account-outline"
        )
        self.header.add_trailing(self.open_patient)
        self.which = Heading("")
        self.which.setObjectName("check_name")
        self.state = Chip(Kind.INFO, "", "check_state")
        self.window_label = Muted("", wrap=False)
        self.window_label.setObjectName("check_window")
        self.trouble = Notice(object_name="followup_trouble")
        self._build()
        self.open_patient.clicked.connect(self._open_patient)
        if context.may(Right.FOLLOW_UP_EDIT):
            self.add_key("Alt+A", self.tr("Asked all: the rest is well"), self._all_well)
            self.describe_key("Y  N  -", self.tr("Answer yes, no, not asked"))
        if context.may(Right.FOLLOW_UP_CLOSE):
            self.add_key("Ctrl+Return", self.tr("Complete the check"), self._complete)

    def _build(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(Space.M)
        line.addWidget(self.which)
        line.addWidget(self.state)
        line.addWidget(self.window_label)
        line.addStretch(1)
        self._whole = QVBoxLayout(self)
        self._whole.setContentsMargins(Space.PAGE, Space.M, EDGE, 0)
        self._whole.setSpacing(Space.M)
        line.setContentsMargins(0, 0, BAR, 0)
        nest(self._whole, beside_bar(self.header))
        nest(self._whole, line)
        nest(self._whole, beside_bar(self.trouble))

    def shown(self, **arguments: object) -> None:
        follow_up_id = arguments.get("follow_up_id")
        if follow_up_id is not None:
            self._wanted = follow_up_id  # type: ignore[assignment]
        self._reload()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        margin = Space.PAGE if self.width() >= _NARROW else Space.M
        self._whole.setContentsMargins(margin, Space.M, margin - BAR, 0)

    def leave(self) -> None:
        if self.form is not None:
            self.form.flush()

    def place(self) -> Mapping[str, object]:
        return {} if self._wanted is None else {"follow_up_id": self._wanted}

    def first_focus(self) -> QWidget | None:
        return self

    @Slot()
    def _reload(self) -> None:
        form = self.form
        if self._wanted is None:
            return
        if form is not None and form.record.id == self._wanted and form.is_pending():
            return  # what is typed there is newer than what is on record
        work = partial(load, self._wanted, self._context.language, self._context.desk)
        self._latest.run(work, self._show, self._not_found)

    def _show(self, loaded: Loaded) -> None:
        self.trouble.show_notice(Kind.STOP, "")
        if self.form is not None:
            self.form.retire()
        self.header.set_patient(loaded.patient, loaded.intake)
        self.header.set_chips(loaded.chips)
        self._say_check(loaded.record)
        self.form = CheckForm(self._context, loaded, self)
        self.form.closed.connect(self._closed)
        self.form.reload_asked.connect(self._reload)
        self._whole.addWidget(self.form, 1)
        self.form.show()
        if self.isVisible():
            self.form.focus_first()

    def _not_found(self, error: Exception) -> None:
        # Imported late: pages exist only after the services are loaded.
        from mesodesk.services.errors import RestrictedError

        if isinstance(error, RestrictedError):
            if self.form is not None:
                self.form.retire()
                self.form = None
            self.navigate("patient", patient_id=error.patient_id)
            return
        self.trouble.show_notice(Kind.STOP, explain(error))

    def _say_check(self, record: FollowUpRecord) -> None:
        now, zone = self._context.clock.now(), self._context.clinic.fields.zone
        title = check_title(record, self._context.language)
        number = record.session_number
        self.which.setText(self.tr("{check} · session {number}").format(check=title, number=number))
        window = window_words(record, now, zone)
        self.window_label.setText(self.tr("window {window}").format(window=window))
        kind, words = self._state_words(record)
        self.state.set_kind(kind)
        self.state.set_text(words)

    def _state_words(self, record: FollowUpRecord) -> tuple[Kind, str]:
        now, zone = self._context.clock.now(), self._context.clinic.fields.zone
        if record.state is FollowUpState.DONE:
            return Kind.OK, self.tr("done")
        if record.state is FollowUpState.SUPERSEDED:
            return Kind.NEUTRAL, self.tr("taken over")
        if record.state is FollowUpState.MISSED:
            return Kind.CAUTION, self.tr("missed")
        if record.due_at < now:
            kind = Kind.STOP if record.window_to < now else Kind.CAUTION
            return kind, late_words(record, now, zone)
        return Kind.INFO, due_words(record, now, zone)

    @Slot(object)
    def _closed(self, _record: object) -> None:
        self.navigate("today")

    @Slot()
    def _open_patient(self) -> None:
        if self.form is not None:
            self.navigate("patient", patient_id=self.form.record.patient_id)

    @Slot()
    def _all_well(self) -> None:
        if self.form is not None and self.form.editable:
            self.form.questions.set_rest_calm()

    @Slot()
    def _complete(self) -> None:
        if self.form is not None:
            self.form.complete()
