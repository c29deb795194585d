"""Asks for the password, counts down the pause after a wrong one, takes the recovery key."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt, QTimer, Signal, Slot

from mesodesk.ui.gate.frame import GatePage
from mesodesk.ui.jobs import Jobs, explain
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Notice
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.text import Body, Heading
from mesodesk.ui.widgets.textfields import PasswordField, TextField

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from mesodesk.ui.widgets.choices import ChoiceField


class UnlockPage(GatePage):
    """Password in, opened vault out. What opens it is handed in, so that a lock uses the same page.

    Args:
        users: ids and names of who can unlock; a choice is shown when there are several.
        unlock: called with user id and password on the database thread.
        recover: called with the recovery key as typed; None where it cannot be used (a lock).
        jobs: the threads.
    """

    #: What `unlock` or `recover` returned.
    unlocked = Signal(object)
    #: An error that is no wrong password: the gate shows what stands in the folder.
    stopped = Signal(object)

    def __init__(
        self,
        users: tuple[tuple[str, str], ...],
        unlock: Callable[[str | None, str], object],
        recover: Callable[[str], object] | None,
        jobs: Jobs,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("unlock_page", parent)
        self.users = users
        self._unlock = unlock
        self._recover = recover
        self._jobs = jobs
        self._waiting_s = 0
        self._sentence_at: Callable[[int], str] | None = None
        self._with_key = False
        self.user: ChoiceField | None = None
        self.user_row: FormRow | None = None
        self._build()
        self._tick = QTimer(self)
        # A little longer than a second, so that the next try is never a moment too early.
        self._tick.setInterval(1020)
        self._tick.setTimerType(Qt.TimerType.PreciseTimer)
        self._tick.timeout.connect(self._count_down)

    def _build(self) -> None:
        self.title = Heading(self.tr("Unlock"))
        self.lead = Body("")
        if len(self.users) > 1:
            self._ask_who()
        self.password = PasswordField("unlock_password", self.tr("Password"))
        self.password_row = FormRow(self.tr("Password"), self.password)
        self.button = Button(self.tr("Unlock"), "unlock_button", ButtonKind.PRIMARY)
        self.other_way = Button("", "use_recovery_key", ButtonKind.QUIET)
        self.card.add(self.title)
        self.card.add(self.lead)
        if self.user_row is not None:
            self.card.add(self.user_row)
        self.card.add(self.password_row)
        self.button_row.addWidget(self.other_way)
        self.button_row.addStretch(1)
        self.button_row.addWidget(self.button)
        self.finish_layout()
        self.button.clicked.connect(self.submit)
        self.password.entered.connect(self.submit)
        self.other_way.clicked.connect(self._switch_way)
        self._show_way()

    # What the first picture does not show is made when it is needed: the first paint waits for it.

    @cached_property
    def message(self) -> Notice:
        """What went wrong, below the fields."""
        made = Notice(object_name="unlock_message", parent=self.card)
        self.card.body.insertWidget(self.card.body.indexOf(self.password_row) + 1, made)
        return made

    @cached_property
    def key(self) -> TextField:
        """Where the recovery key is typed."""
        made = TextField("unlock_recovery_key", self.tr("Recovery key"), longest=80)
        made.input.returnPressed.connect(self.submit)
        return made

    @cached_property
    def key_row(self) -> FormRow:
        """The recovery key with its label, in place of the password."""
        help_text = self.tr("7 groups of 4, from the recovery sheet.")
        made = FormRow(self.tr("Recovery key"), self.key, help_text, parent=self.card)
        self.card.body.insertWidget(self.card.body.indexOf(self.password_row), made)
        return made

    def begin(self, lead: str = "") -> None:
        """Empty the fields and put the cursor where the user types."""
        self.lead.setText(lead)
        self.lead.setVisible(bool(lead))
        self._empty()
        if self._waiting_s == 0:
            self._say_nothing()
        self._with_key = False
        self._show_way()

    def _ask_who(self) -> None:
        # Imported only where it is needed: one user is the rule, and the first paint waits for it.
        from mesodesk.ui.widgets.choices import ChoiceField, Option

        options = [Option(user_id, name) for user_id, name in self.users]
        self.user = ChoiceField("unlock_user", self.tr("Who are you?"), options)
        self.user.set_value(options[0].value)
        self.user_row = FormRow(self.tr("Who are you?"), self.user)

    def _user_id(self) -> str | None:
        if self.user is not None:
            return cast("str | None", self.user.value())
        return self.users[0][0] if self.users else None

    @Slot()
    def submit(self) -> None:
        """Try what was typed."""
        if self._waiting_s > 0 or not self.button.isEnabled():
            return
        typed = self.key.value() if self._with_key else self.password.value()
        if not typed:
            self._focus()
            return
        self._set_busy(busy=True)
        if self._with_key and self._recover is not None:
            work: Callable[[], object] = partial(self._recover, typed)
        else:
            work = partial(self._unlock, self._user_id(), typed)
        self._jobs.run(self, work, self._opened, self._refused)

    def _opened(self, result: object) -> None:
        self._set_busy(busy=False)
        self._empty()
        self._say_nothing()
        self.unlocked.emit(result)

    def _empty(self) -> None:
        self.password.clear()
        if "key" in self.__dict__:
            self.key.set_value("")

    def _say_nothing(self) -> None:
        if "message" in self.__dict__:
            self.message.hide()

    def _refused(self, error: Exception) -> None:
        self._set_busy(busy=False)
        delay = getattr(error, "delay_s", None)
        if delay is None and not hasattr(error, "group"):
            self.stopped.emit(error)
            return
        self.message.show_notice(Kind.CAUTION, explain(error))
        self.password.clear()
        self._sentence_at = getattr(error, "sentence_at", None)
        self._start_waiting(getattr(error, "wait_s", 0))
        self._focus()

    def _start_waiting(self, seconds: int) -> None:
        self._waiting_s = seconds
        if seconds > 0:
            self._tick.start()
        self._show_waiting()

    @Slot()
    def _count_down(self) -> None:
        self._waiting_s = max(0, self._waiting_s - 1)
        if self._waiting_s == 0:
            self._tick.stop()
        self._say_left()
        self._show_waiting()

    def _say_left(self) -> None:
        """Let the sentence count down as the button does, and change when the pause is over."""
        if "message" not in self.__dict__ or self.message.isHidden() or not self._sentence_at:
            return
        if self._waiting_s:
            self.message.show_notice(Kind.CAUTION, self._sentence_at(self._waiting_s))
        elif self._with_key:
            self.message.show_notice(Kind.INFO, self.tr("You can type the recovery key again."))
        else:
            self.message.show_notice(Kind.INFO, self.tr("You can type the password again."))

    def _show_waiting(self) -> None:
        self.button.setEnabled(self._waiting_s == 0)
        words = self.tr("Wait {seconds} s").format(seconds=self._waiting_s)
        self.button.setText(words if self._waiting_s else self.tr("Unlock"))

    def is_busy(self) -> bool:
        """Tell whether something typed is being tried, or a pause is running."""
        return not self.button.isEnabled()

    def _set_busy(self, *, busy: bool) -> None:
        self.button.setEnabled(not busy)
        self.button.setText(self.tr("Unlocking…") if busy else self.tr("Unlock"))

    @Slot()
    def _switch_way(self) -> None:
        self._with_key = not self._with_key
        self._say_nothing()
        self._show_way()

    def _show_way(self) -> None:
        if self.user_row is not None:
            self.user_row.setVisible(not self._with_key)
        self.password_row.setVisible(not self._with_key)
        if self._with_key or "key_row" in self.__dict__:
            self.key_row.setVisible(self._with_key)
        self.other_way.setVisible(self._recover is not None)
        self.other_way.setText(
            self.tr("Use the password") if self._with_key else self.tr("Use the recovery key")
        )
        self._focus()

    def _focus(self) -> None:
        (self.key if self._with_key else self.password).setFocus()
