"""Which aftercare text was given, in which language; and when the next session is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Slot
from PySide6.QtWidgets import QHBoxLayout

from mesodesk.domain.answers import Answer
from mesodesk.domain.catalogue import load_catalogue
from mesodesk.domain.clock import local_date
from mesodesk.domain.plans import earliest_after
from mesodesk.domain.vocabulary import aftercare_for, load_aftercare
from mesodesk.ui.numbers import format_day
from mesodesk.ui.pages.session_parts.fields import may_set
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.choices import CheckField, ChoiceField, Option
from mesodesk.ui.widgets.datefield import DateField
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.segments import TriState
from mesodesk.ui.widgets.text import Body, Muted

if TYPE_CHECKING:
    from datetime import date

    from mesodesk.domain.vocabulary import Aftercare
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.session_parts.state import SessionState

STEPS_DAYS = (7, 14, 21, 28)
_NAMES = {"en": "English", "fr": "Français", "it": "Italiano", "es": "Español"}


class AftercareCard(Card):
    """The text that fits the products is offered; it counts as given only when that is said."""

    def __init__(self, state: SessionState, language: str) -> None:
        super().__init__(object_name="aftercare_card")
        self.set_title(self.tr("Aftercare"))
        self._state = state
        self._language = language
        texts = load_aftercare()
        self.text = ChoiceField(
            "aftercare_id",
            self.tr("Aftercare text"),
            [Option(each.id, each.title.get(language)) for each in texts],
        )
        spoken = dict.fromkeys(code for each in texts for code in each.title.languages)
        self.spoken = ChoiceField(
            "aftercare_language",
            self.tr("Language of the text"),
            [Option(code, language_name(code)) for code in spoken],
        )
        self.given = TriState("aftercare_given", self.tr("Text given"), warn_on=Answer.NO)
        self.read = Button(
            self.tr("Read the text"), "aftercare_read", ButtonKind.QUIET, compact=True
        )
        self.read.setCheckable(True)
        self.by_protocol = Muted("")
        self.by_protocol.setObjectName("aftercare_by_protocol")
        self.by_protocol.hide()
        self.whole = Body()
        self.whole.setObjectName("aftercare_whole")
        self.whole.hide()
        self.add_trailing(self.read)
        choice = QHBoxLayout()
        choice.setSpacing(Space.M)
        choice.addWidget(FormRow(self.tr("Text"), self.text), 3)
        choice.addWidget(FormRow(self.tr("Language"), self.spoken), 2)
        nest(self.body, choice)
        self.add(self.by_protocol)
        self.add(self.whole)
        self.add(FormRow(self.tr("Given and explained"), self.given))
        self.read.toggled.connect(self._read)
        self.text.edited.connect(self._chosen)
        self.spoken.edited.connect(self._chosen)
        self.given.answered.connect(self._given)

    def show_state(self) -> None:
        """Show what is on record, or what is offered as long as nothing is."""
        fields = self._state.record.fields
        self.text.set_value(fields.aftercare_id or self._offered().id)
        wanted = fields.aftercare_language or self._state.patient.fields.language
        self.spoken.set_value(wanted or self._language)
        if self.spoken.value() is None:
            self.spoken.set_value("en")
        self.given.set_answer(fields.aftercare_given)
        self._say_protocol()
        self._show_whole()

    def _say_protocol(self) -> None:
        plan = self._state.plan
        told = plan is not None and plan.protocol is not None and bool(plan.protocol.aftercare_id)
        words = self.tr("This text is what the protocol “{name}” asks for.")
        self.by_protocol.setText(words.format(name=plan.protocol_name) if plan and told else "")
        self.by_protocol.setVisible(told)

    def _offered(self) -> Aftercare:
        plan = self._state.plan
        wanted = plan.protocol.aftercare_id if plan is not None and plan.protocol else ""
        by_protocol = next((each for each in load_aftercare() if each.id == wanted), None)
        if by_protocol is not None:
            return by_protocol
        parts = [part for each in self._state.record.syringes for part in each.components]
        exposure = load_catalogue().exposure(
            {part.product_class for part in parts},
            {active.ingredient_id for part in parts for active in part.actives},
            names=[part.product_name for part in parts],
        )
        return aftercare_for(load_aftercare(), exposure.traits)

    def _chosen_text(self) -> Aftercare:
        chosen = self.text.value()
        return next((each for each in load_aftercare() if each.id == chosen), self._offered())

    @Slot(bool)
    def _read(self, shown: bool) -> None:
        self.read.setText(self.tr("Hide the text") if shown else self.tr("Read the text"))
        self.whole.setVisible(shown)

    def _show_whole(self) -> None:
        lines = self._chosen_text().text.get(self.spoken.value() or "en").strip().splitlines()
        self.whole.setText("\n".join(f"\u2022  {line}" for line in lines))

    @Slot(object)
    def _chosen(self, _value: object) -> None:
        self._show_whole()
        if self.given.answer() is Answer.YES:
            self._given(Answer.YES)

    @Slot(object)
    def _given(self, answer: Answer) -> None:
        text = self._chosen_text()
        if answer is Answer.YES:
            self._state.change(
                aftercare_given=answer,
                aftercare_id=text.id,
                aftercare_version=text.version,
                aftercare_language=self.spoken.value() or "en",
            )
        else:
            self._state.change(
                aftercare_given=answer,
                aftercare_id="",
                aftercare_version=None,
                aftercare_language="",
            )


class NextSessionCard(Card):
    """A day for the next session, or that there is none."""

    def __init__(self, state: SessionState, context: Context) -> None:
        super().__init__(object_name="next_session_card")
        self.set_title(self.tr("Next session"))
        self._state = state
        self._context = context
        self.day = DateField("next_session_on", self.tr("Day of the next session"), context.today())
        self.none = CheckField(self.tr("No next session"), "no_next_session", compact=True)
        self.steps: list[Button] = []
        for days in STEPS_DAYS:
            button = Button(f"+{days} d", f"next_plus_{days}", compact=True)
            button.setAccessibleName(self.tr("In {days} days").format(days=days))
            button.setToolTip(self.tr("{days} days after this session").format(days=days))
            button.clicked.connect(self._stepped)
            self.steps.append(button)
        self.by_plan = Button("", "next_by_plan", compact=True)
        self.by_plan.hide()
        self.by_plan.clicked.connect(self._by_plan)
        self.weekday = Muted("", wrap=False)
        self.add(self.day)
        nest(self.body, row(*self.steps, spacing=Space.XS))
        nest(self.body, row(self.by_plan, stretch=True))
        nest(self.body, row(self.none, self.weekday, stretch=True))
        self.day.edited.connect(self._picked)
        self.none.ticked.connect(self._ticked)

    def show_state(self) -> None:
        """Show what is on record."""
        fields = self._state.record.fields
        if may_set(self.day):
            self.day.set_value(fields.next_session_on)
        self.none.setChecked(fields.no_next_session)
        self._offer_plan()
        planned = fields.next_session_on
        words = ""
        if planned is not None:
            weekday = QLocale().dayName(planned.isoweekday())
            days = (planned - self._session_day()).days
            words = self.tr("{weekday}, {days} days after this session").format(
                weekday=weekday, days=days
            )
        self.weekday.setText(words)

    def refuse(self, sentence: str) -> None:
        """Say why the day cannot be kept."""
        self.day.set_error(sentence)

    def _planned_day(self) -> date | None:
        """Return the first day that keeps the interval of the session's plan, if it has one."""
        plan = self._state.plan
        if plan is None or plan.fields.interval is None:
            return None
        return earliest_after(self._session_day(), plan.fields.interval)

    def _offer_plan(self) -> None:
        day = self._planned_day()
        self.by_plan.setVisible(day is not None)
        if day is not None:
            words = self.tr("By the plan from {day}").format(
                day=format_day(day, self._context.today())
            )
            self.by_plan.setText(words)
            self.by_plan.setAccessibleName(words)

    @Slot()
    def _by_plan(self) -> None:
        day = self._planned_day()
        if day is not None:
            self._press(day)

    def _session_day(self) -> date:
        zone = self._context.clinic.fields.zone
        return local_date(self._state.record.started_at, zone)

    @Slot(object)
    def _picked(self, day: date | None) -> None:
        if day is None:
            self._state.change(next_session_on=None, no_next_session=self.none.isChecked())
        else:
            self.none.setChecked(False)
            self._state.change(next_session_on=day, no_next_session=False)

    @Slot(bool)
    def _ticked(self, ticked: bool) -> None:
        self.day.set_error("")
        if ticked:
            self.day.set_value(None)
        self._state.change_pressed(
            next_session_on=None if ticked else self.day.value(), no_next_session=ticked
        )

    @Slot()
    def _stepped(self) -> None:
        sender = self.sender()
        days = next(
            days for days, button in zip(STEPS_DAYS, self.steps, strict=True) if button is sender
        )
        self._press(self._session_day() + timedelta(days=days))

    def _press(self, day: date) -> None:
        """Take a day from a button."""
        self.day.set_value(day)
        self.none.setChecked(False)
        self._state.change_pressed(next_session_on=day, no_next_session=False)


def language_name(code: str) -> str:
    """Return what a language calls itself; a code that is not known as it is."""
    return _NAMES.get(code, code)
