"""Settings: the clinic, its texts for red flags, limits, password, look, state of the record."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from mesodesk.domain.changes import Topic
from mesodesk.domain.rights import Right
from mesodesk.ui.frame.page import Page
from mesodesk.ui.keeper import Keeper
from mesodesk.ui.pages.columns import TwoColumns, under_title
from mesodesk.ui.pages.patient_parts.conflict import KeptNotice
from mesodesk.ui.pages.restricted_parts.emergencies_notice import EmergenciesNotice
from mesodesk.ui.pages.settings_parts.about_card import AboutCard
from mesodesk.ui.pages.settings_parts.clinic_form import ClinicForm
from mesodesk.ui.pages.settings_parts.consent_text_card import ConsentTextCard
from mesodesk.ui.pages.settings_parts.examine_card import ExamineCard
from mesodesk.ui.pages.settings_parts.leave_card import LeaveCard
from mesodesk.ui.pages.settings_parts.look_card import LookCard
from mesodesk.ui.pages.settings_parts.password_card import PasswordCard
from mesodesk.ui.pages.settings_parts.people_card import PeopleCard
from mesodesk.ui.pages.settings_parts.pin_card import PinCard
from mesodesk.ui.pages.settings_parts.protocols_card import ProtocolsCard
from mesodesk.ui.pages.settings_parts.rules_card import RulesCard
from mesodesk.ui.typed import changes
from mesodesk.ui.widgets.layouts import PageScroll
from mesodesk.ui.widgets.who_may import WhoMay, let_edit

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

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
        self.pin = PinCard(context)
        self.people = PeopleCard()
        self.protocols, self.rules = ProtocolsCard(), RulesCard()
        self.consent_text = ConsentTextCard(context)
        self.look = LookCard()
        self.examine = ExamineCard(context)
        self.export = LeaveCard(context) if context.may(Right.EXPORT_CLINIC) else None
        self.about = AboutCard(context)
        self.who_may = WhoMay("settings_who_may", self._who_may())
        self._build()
        self._close_what_others_change()
        self.form.edited.connect(self._typed)
        self.kept.theirs_wanted.connect(self._show_theirs)
        self._keeper.refused.connect(self._refused)
        self.people.asked.connect(self._open_people)
        self.protocols.asked.connect(self._open_protocols)
        self.rules.asked.connect(self._open_rules)
        context.changed.connect(self._changed)

    def _build(self) -> None:
        columns = TwoColumns()
        form = self.form
        for card in (
            form.clinic_card,
            self.people,
            form.region_card,
            form.safety_card,
            self.rules,
            self.protocols,
            self.consent_text,
            self.password,
            self.pin,
            self.look,
        ):
            columns.left.addWidget(card)
        if self.export is not None:
            columns.left.addWidget(self.export)
        for card in (form.escalation, form.limits, self.examine, self.about):
            columns.right.addWidget(card)
        self.people.setVisible(self._context.may(Right.PEOPLE))
        columns.finish()
        self.scroller = PageScroll("settings_scroll", max_width=1900, page=True)
        self.emergencies = EmergenciesNotice(self._context)
        self.scroller.add(self.emergencies)
        self.scroller.add(self.kept)
        self.scroller.add(self.who_may)
        self.scroller.add(columns)
        self.scroller.column.addStretch(1)
        under_title(self, self.title, self.scroller)

    def _who_may(self) -> str:
        if self._context.may(Right.CLINIC_EDIT):
            return ""
        if self._context.may(Right.LIMITS_EDIT):
            return self.tr("You change the limits. The owner changes the other settings.")
        return self.tr(
            "The owner changes the clinic's settings, and a prescriber its limits. Your password"
            " and how the window looks are yours."
        )

    def _close_what_others_change(self) -> None:
        form, may = self.form, self._context.may
        for card in (form.clinic_card, form.region_card, form.safety_card, form.escalation):
            let_edit(card, may=may(Right.CLINIC_EDIT))
        form.limits.set_editable(editable=may(Right.LIMITS_EDIT))

    def first_focus(self) -> QWidget | None:
        return self.form.name if self._context.may(Right.CLINIC_EDIT) else None

    def shown(self, **_arguments: object) -> None:
        self.emergencies.ask()
        self.pin.ask()

    def leave(self) -> None:
        self._keeper.flush()
        self.password.forget()
        self.pin.forget()
        if self.export is not None:
            self.export.forget()
        self.examine.cancel()

    @Slot()
    def _open_protocols(self) -> None:
        self.navigate("protocols")

    @Slot()
    def _open_rules(self) -> None:
        self.navigate("rules")

    @Slot()
    def _open_people(self) -> None:
        self.navigate("people")

    @Slot()
    def _typed(self) -> None:
        fields = self.form.fields()
        if fields is not None:
            clinic = self._context.clinic
            told = changes("clinic", clinic.id, clinic.fields, fields)
            self._keeper.put("clinic", partial(_update, self._context.desk, fields), aside=told)

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
