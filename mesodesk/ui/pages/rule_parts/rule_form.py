"""What both forms of a rule share: the reason, the button, what is typed and not yet kept."""

from __future__ import annotations

from abc import abstractmethod
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Signal, Slot

from mesodesk.domain.rights import Right
from mesodesk.ui.jobs import explain
from mesodesk.ui.keeper import Keeper
from mesodesk.ui.pages.rule_parts.words import change_words, tr
from mesodesk.ui.tokens import Kind
from mesodesk.ui.typed import draft
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.choices import CheckField
from mesodesk.ui.widgets.disclosure import Disclosure
from mesodesk.ui.widgets.forms import Form
from mesodesk.ui.widgets.layouts import clear, nest, row
from mesodesk.ui.widgets.text import Body, Muted
from mesodesk.ui.widgets.textfields import TextField
from mesodesk.ui.widgets.who_may import let_edit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtWidgets import QWidget

    from mesodesk.domain.records.screening_rules import RuleChange
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

FORM: Final = "screening_rule"
NEW: Final = "new"


class RuleForm(Card):
    """A rule, and why it is changed. Subclasses say what is typed and how it is kept."""

    #: The `RuleChange` that stands now.
    kept = Signal(object)

    def __init__(self, object_name: str, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(object_name=object_name, parent=parent)
        self._context = context
        self._subject = ""
        self._keeper = Keeper(context.jobs, context.status, clock=context.clock, parent=self)
        self.form = Form(max_width=1_200)
        self.active = CheckField(tr("The rule speaks"), f"{object_name}_active")
        self.reason = TextField(
            f"{object_name}_reason",
            tr("Why"),
            placeholder=tr("It shows in every session that the change concerns"),
        )
        self.notice = Notice(object_name=f"{object_name}_notice")
        self.keep = Button(tr("Keep"), f"{object_name}_keep", ButtonKind.PRIMARY)
        self.discard = Button(
            tr("Discard what was typed"), f"{object_name}_discard", ButtonKind.QUIET
        )
        self.past = Disclosure("", f"{object_name}_history")
        self.active.ticked.connect(self.typed)
        self.reason.edited.connect(self.typed)
        self.keep.clicked.connect(self._keep)
        self.discard.clicked.connect(self._discard)

    def lay_out(self) -> None:
        """Put everything into the card; called once the subclass has filled its form."""
        self.form.add(self.active)
        self.form.add_row(tr("Why"), self.reason)
        self.add(self.form)
        self.add(self.notice)
        nest(self.body, row(self.keep, self.discard, stretch=True))
        self.add(self.past)

    # What a subclass says

    @abstractmethod
    def payload(self) -> dict[str, Any]:
        """Return what is typed, as plain values."""
        raise NotImplementedError

    @abstractmethod
    def show_payload(self, payload: Mapping[str, Any]) -> None:
        """Show what was typed before."""
        raise NotImplementedError

    @abstractmethod
    def show_kept(self) -> None:
        """Show what is on record."""
        raise NotImplementedError

    @abstractmethod
    def may_keep(self) -> bool:
        """Tell whether what is typed differs from what is on record, and nothing is wrong."""
        raise NotImplementedError

    @abstractmethod
    def work(self) -> Callable[[Desk], RuleChange]:
        """Return what keeps what is typed now; it runs on the database thread."""
        raise NotImplementedError

    def show_problem(self, place: str, sentence: str) -> None:
        """Show a sentence of the service at the field that it speaks of."""
        if place == "reason":
            self.reason.set_error(sentence)

    # Showing

    def begin(self, subject: str, history: tuple[RuleChange, ...]) -> None:
        """Show a rule from what is on record; what was typed of it before comes back."""
        self.flush()
        self._subject = subject
        self.notice.hide()
        self.reason.set_value("")
        self.show_kept()
        self._show_history(history)
        self.show_state()
        work = partial(_draft, subject=subject)
        self._context.run(self, work, partial(self._show_draft, subject))

    def subject(self) -> str:
        """Return the id of the rule that is shown, or NEW; empty before any was."""
        return self._subject

    def flush(self) -> None:
        """Write down what is being typed."""
        self._keeper.flush()

    def _show_history(self, history: tuple[RuleChange, ...]) -> None:
        clear(self.past.body)
        zone = self._context.clinic.fields.zone
        for change in history:
            who, what = change_words(change, zone)
            self.past.add(Body(what))
            self.past.add(Muted(who))
        self.past.set_text(tr("What was said of it before: {count}").format(count=len(history)))
        self.past.setVisible(bool(history))

    def _show_draft(self, subject: str, payload: Mapping[str, Any] | None) -> None:
        if not payload or subject != self._subject:
            return
        try:
            self.show_payload(payload)
        except (KeyError, ValueError, TypeError):
            return  # of an earlier version of the form
        self.reason.set_value(str(payload.get("reason", "")))
        self.show_state()
        self.notice.show_notice(
            Kind.INFO, tr("This is what was typed before; the rule still stands as it did.")
        )

    def show_state(self) -> None:
        """Show what can be done as things stand."""
        may = self._context.may(Right.RULES_EDIT)
        let_edit(self.form, may=may)
        ready = self.may_keep() and bool(self.reason.value().strip()) and not self.reason.error()
        self.keep.setEnabled(ready)
        for button in (self.keep, self.discard):
            button.setVisible(may)

    # Typing and keeping

    @Slot()
    def typed(self) -> None:
        """Set aside what is typed, and show what can be done with it."""
        payload = {**self.payload(), "reason": self.reason.value()}
        write = partial(_put_draft, self._context.desk, self._subject, payload)
        self._keeper.put("draft", write, aside=draft(FORM, self._subject, payload))
        self.show_state()

    @Slot()
    def _keep(self) -> None:
        self.keep.setEnabled(False)
        work = partial(_keep, self.work(), self._subject)
        self._context.write(self, work, self._is_kept, self._not_kept, after=self._keeper)

    def _is_kept(self, change: RuleChange) -> None:
        self.notice.hide()
        self.reason.set_value("")
        self.kept.emit(change)

    def _not_kept(self, error: Exception) -> None:
        for problem in getattr(error, "problems", ()):
            self.show_problem(problem.place, problem.sentence)
        self.keep.setEnabled(True)
        self.notice.show_notice(Kind.STOP, tr("The rule was not changed"), explain(error))

    @Slot()
    def _discard(self) -> None:
        write = partial(_discard_draft, self._context.desk, self._subject)
        self._keeper.put("draft", write)
        self._keeper.flush()
        self.notice.hide()
        self.reason.set_value("")
        self.show_kept()
        self.show_state()


def _draft(desk: Desk, *, subject: str) -> Mapping[str, Any] | None:
    return desk.drafts.get(FORM, subject)


def _put_draft(desk: Desk, subject: str, payload: Mapping[str, object], _version: int) -> None:
    desk.drafts.put(FORM, subject, payload)


def _discard_draft(desk: Desk, subject: str, _version: int) -> None:
    desk.drafts.discard(FORM, subject)


def _keep(write: Callable[[Desk], RuleChange], subject: str, desk: Desk) -> RuleChange:
    kept = write(desk)
    desk.drafts.discard(FORM, subject)
    return kept
