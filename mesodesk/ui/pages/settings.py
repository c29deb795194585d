"""Settings: the clinic, its texts for red flags, limits, password, look, state of the record."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.changes import Topic
from mesodesk.ui.frame.page import Page
from mesodesk.ui.keeper import Keeper
from mesodesk.ui.pages.columns import TwoColumns
from mesodesk.ui.pages.patient_parts.conflict import KeptNotice
from mesodesk.ui.pages.settings_parts.about_card import AboutCard
from mesodesk.ui.pages.settings_parts.clinic_form import ClinicForm
from mesodesk.ui.pages.settings_parts.examine_card import ExamineCard
from mesodesk.ui.pages.settings_parts.look_card import LookCard
from mesodesk.ui.pages.settings_parts.password_card import PasswordCard
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.layouts import PageScroll
from mesodesk.ui.widgets.text import Title

if TYPE_CHECKING:
    from mesodesk.domain.records.clinic import ClinicFields, ClinicRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context


class SettingsPage(Page):
    """Two columns of cards; everything is kept as it is typed."""

    page_id = "settings"
    icon = "cog-outline"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = self.tr("Settings")
        self._context = context
        self._keeper = Keeper(context.jobs, context.status, clock=context.clock, parent=self)
        self._keeper.open(context.clinic.version)
        self.kept = KeptNotice("settings")
        self.kept.follow(self._keeper)
        self.form = ClinicForm(context.clinic.fields, self)
        self.password = PasswordCard(context)
        self.look = LookCard()
        self.examine = ExamineCard(context)
        self.about = AboutCard(context)
        self._build()
        self.form.edited.connect(self._typed)
        self.kept.theirs_wanted.connect(self._show_theirs)
        self._keeper.refused.connect(self._refused)
        context.changed.connect(self._changed)

    def _build(self) -> None:
        columns = TwoColumns()
        form = self.form
        for card in (
            form.clinic_card,
            form.region_card,
            form.safety_card,
            self.password,
            self.look,
        ):
            columns.left.addWidget(card)
        for card in (form.escalation, form.limits, self.examine, self.about):
            columns.right.addWidget(card)
        columns.finish()
        self.scroller = PageScroll("settings_scroll", max_width=1900, margin=0)
        self.scroller.column.setContentsMargins(Space.XL, 0, Space.XL, Space.M)
        self.scroller.add(self.kept)
        self.scroller.add(columns)
        self.scroller.column.addStretch(1)
        head = QHBoxLayout()
        head.setContentsMargins(Space.XL, 0, Space.XL, 0)
        head.addWidget(Title(self.title))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, Space.L, 0, 0)
        whole.setSpacing(Space.L)
        whole.addLayout(head)
        whole.addWidget(self.scroller, 1)

    def first_focus(self) -> QWidget | None:
        return self.form.name

    def leave(self) -> None:
        self._keeper.flush()
        self.password.forget()
        self.examine.cancel()

    @Slot()
    def _typed(self) -> None:
        fields = self.form.fields()
        if fields is not None:
            self._keeper.put("clinic", partial(_update, self._context.desk, fields))

    @Slot(object, object)
    def _refused(self, _key: object, error: Exception) -> None:
        for problem in getattr(error, "problems", ()):
            self.form.show_problem(problem.place, problem.sentence)

    @Slot(object)
    def _show_theirs(self, record: ClinicRecord) -> None:
        self.form.show_fields(record.fields)

    @Slot(object, object)
    def _changed(self, topic: Topic, _origin: object) -> None:
        if topic & Topic.CLINIC and not self._keeper.is_pending():
            self._keeper.open(self._context.clinic.version)


def _update(desk: Desk, fields: ClinicFields, version: int) -> ClinicRecord:
    return desk.clinic.update(version, fields)
