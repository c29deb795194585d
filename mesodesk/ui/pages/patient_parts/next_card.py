"""The next step with a patient: one button, and the reason for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.records.intake import IntakeState
from mesodesk.domain.rights import Right
from mesodesk.ui.numbers import format_date, format_day, relative_day
from mesodesk.ui.pages.consent_parts.words import gap_words
from mesodesk.ui.pages.patient_parts.checks_words import day_of
from mesodesk.ui.plan_words import count_words, glance_kind, next_words
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, IconLabel
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.rows import Row, RowList
from mesodesk.ui.widgets.text import Muted, Strong, plain_tip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mesodesk.domain.records.plan import Glance
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.patient_parts.file import PatientFile


class Lack(NamedTuple):
    """Something that the next session waits for: in which tab it stands, and the words for it."""

    tab: str
    title: str
    reason: str
    icon: str
    tone: str


class NextCard(Card):
    """Begin with the intake, start the session, or go on with the one that is open.

    Below the button stands what the session waits for: a consent, the days of a plan.
    """

    #: (tab): where something that is lacking is put right.
    tab_asked = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(object_name="next_card", parent=parent)
        self.set_title(self.tr("Next"))
        self._context = context
        self._icon = IconLabel("needle", "accent", 24)
        self.headline = Strong("")
        self.headline.setObjectName("next_headline")
        self.headline.setWordWrap(True)
        self.reason = Muted("")
        self.reason.setObjectName("next_reason")
        self.intake = Button(
            self.tr("Begin with the intake"),
            "next_intake",
            ButtonKind.PRIMARY,
            "clipboard-text-outline",
        )
        self.start = Button(self.tr("Start session"), "next_start_session", ButtonKind.PRIMARY)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.headline)
        words.addWidget(self.reason)
        line = QHBoxLayout()
        line.setSpacing(Space.M)
        line.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        nest(line, words, 1)
        nest(self.body, line)
        self.add(self.intake)
        self.add(self.start)
        self.lacking = RowList("next_lacking", self.tr("What it waits for"))
        self.add(self.lacking)
        self.lacking.activated.connect(self._to_tab)
        self._tabs: tuple[str, ...] = ()

    def show_file(self, file: PatientFile) -> None:
        """Show the next step of a patient."""
        headline, reason, by_intake = self._words(file)
        self.headline.setText(headline)
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))
        self._icon.set_icon("clipboard-text-outline" if by_intake else "needle", "accent")
        opened = file.intake is not None and file.intake.state is IntakeState.DRAFT
        words = self.tr("Go on with the intake") if opened else self.tr("Begin with the intake")
        self.intake.setText(words)
        self.intake.setAccessibleName(words)
        asks = self._context.may(Right.INTAKE_EDIT)
        self.intake.setVisible(asks and by_intake and not file.archived)
        self._show_start(file, by_intake)
        self._show_lacking(() if file.archived else tuple(self._lacks(file, by_intake)))

    def _show_lacking(self, lacks: tuple[Lack, ...]) -> None:
        self._tabs = tuple(each.tab for each in lacks)
        self.lacking.set_rows(
            Row(
                each.title,
                each.reason,
                object_name=f"next_lacks_{each.tab}",
                leading=IconLabel(each.icon, each.tone),
            )
            for each in lacks
        )
        for each, shown in zip(lacks, self.lacking.rows(), strict=True):
            shown.setToolTip(plain_tip(each.reason))
            shown.subtitle.set_tone(each.tone)
        self.lacking.setVisible(bool(lacks))

    def _lacks(self, file: PatientFile, by_intake: bool) -> Iterator[Lack]:
        """Yield what the next session needs before it can be signed, and where its plans stand."""
        consent = file.consent
        if consent is not None and consent.draft is not None:
            words = self.tr("It has been begun and is not signed yet.")
            yield Lack("consent", self.tr("Consent"), words, "signature", "caution")
        elif consent is not None and consent.in_force is None and consent.required:
            gaps = [gap_words(gap, self._context.language) for gap in consent.standing.gaps]
            words = gaps[0] if gaps else self.tr("None is in force.")
            yield Lack("consent", self.tr("Consent"), words, "signature", "stop")
        for plan in file.active_plans if not by_intake else ():
            yield self._plan(plan.glance)

    def _plan(self, stands: Glance) -> Lack:
        """Return where a plan stands: which session of it comes, and from when."""
        title = self.tr("Plan: {plan}").format(plan=stands.indication)
        when = next_words(stands, self._context.today())
        words = " \u00b7 ".join(part for part in (count_words(stands), when) if part)
        loud = glance_kind(stands) is not Kind.NEUTRAL
        return Lack("plan", title, words, "calendar-clock", "caution" if loud else "muted")

    @Slot(int)
    def _to_tab(self, at: int) -> None:
        self.tab_asked.emit(self._tabs[at])

    def _show_start(self, file: PatientFile, by_intake: bool) -> None:
        words = start_words(self, file)
        self.start.setText(words)
        self.start.setAccessibleName(words)
        starts = self._context.may(Right.SESSION_EDIT)
        self.start.setVisible(starts and not file.archived and not by_intake)

    def first_focus(self) -> QWidget | None:
        """Return the button of the next step, if there is one."""
        return next((each for each in (self.intake, self.start) if not each.isHidden()), None)

    def _words(self, file: PatientFile) -> tuple[str, str, bool]:
        """Return headline, reason, and whether the intake comes first."""
        number = len(file.signed_sessions) + 1
        if file.archived:
            return (
                self.tr("This record is archived"),
                self.tr("Restore it under Details before anything new is entered.")
                if self._context.may(Right.PATIENT_EDIT)
                else self.tr("It can be read; nothing new is entered."),
                False,
            )
        if file.open_session is not None:
            began = format_date(day_of(self._context, file.open_session.started_at))
            words = self.tr("Session {number} is open")
            since = self.tr("begun {day}, not signed yet")
            return words.format(number=file.open_session.number), since.format(day=began), False
        if file.completed is None:
            return self._intake_words(file)
        session = self.tr("Session {number}").format(number=number)
        return session, self._when(file), False

    def _intake_words(self, file: PatientFile) -> tuple[str, str, bool]:
        if file.intake is None:
            return (
                self.tr("Intake"),
                self.tr("Nothing has been asked yet. Screening needs the answers."),
                True,
            )
        return self.tr("Intake"), self.tr("It has been begun and is not complete yet."), True

    def _when(self, file: PatientFile) -> str:
        signed = file.signed_sessions
        if not signed:
            return self.tr("the first one; the intake is complete")
        today = self._context.today()
        last = day_of(self._context, signed[0].started_at)
        ago = self.tr("last session {when}").format(when=relative_day(last, today))
        planned = signed[0].next_session_on
        if planned is None:
            return self.tr("no date planned; {last}").format(last=ago)
        if planned < today:
            words = self.tr("planned for {day}, which has passed; {last}")
        else:
            words = self.tr("planned for {day}; {last}")
        return words.format(day=format_day(planned, today), last=ago)


def start_words(widget: QWidget, file: PatientFile) -> str:
    """Return what the button says that leads into the session."""
    if file.open_session is not None:
        return widget.tr("Continue session")
    return widget.tr("Start session")
