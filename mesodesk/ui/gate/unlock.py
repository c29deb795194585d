"""Asks for the password, a code or the recovery key; counts down the pause after a wrong one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import Qt, QTimer, Signal, Slot

from mesodesk.ui.gate.frame import GatePage
from mesodesk.ui.jobs import Jobs, explain
from mesodesk.ui.tokens import Kind
from mesodesk.ui.waiting import wait_words
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Notice
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.text import Body, Heading
from mesodesk.ui.widgets.textfields import PasswordField, TextField

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from mesodesk.ui.widgets.choices import ChoiceField


BY_KEY: Final = "key"
"""In place of a person: whoever has a code or the recovery key."""


@dataclass(slots=True)
class _Pause:
    """What is left of a pause, and what is said of it meanwhile."""

    left_s: int
    parts_at: Callable[[int], tuple[str, str]]


class UnlockPage(GatePage):
    """Password in, opened vault out. What opens it is handed in, so that a lock uses the same page.

    Args:
        users: ids and names of who can unlock; a choice is shown when there are several.
        unlock: called with user id and password on the database thread.
        recover: called with a code or the recovery key as typed; None where neither can be used
            (a lock).
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
        self._waits: dict[str, _Pause] = {}
        self._tried = ""
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
        """Where a code or the recovery key is typed."""
        name = self.tr("Code or recovery key")
        made = TextField("unlock_recovery_key", name, longest=80)
        made.input.returnPressed.connect(self.submit)
        return made

    @cached_property
    def key_row(self) -> FormRow:
        """A code or the recovery key with its label, in place of the password."""
        help_text = self.tr(
            "Forgotten? Ask an owner for a code, 5 groups of 4: they make one in Settings, under"
            " People and keys. An owner who has forgotten takes the key on the recovery sheet,"
            " 7 groups of 4. With either you choose a new password next."
        )
        name = self.tr("Code or recovery key")
        made = FormRow(name, self.key, help_text, parent=self.card)
        self.card.body.insertWidget(self.card.body.indexOf(self.password_row), made)
        return made

    def begin(self, lead: str = "") -> None:
        """Empty the fields and put the cursor where the user types."""
        self.lead.setText(lead)
        self.lead.setVisible(bool(lead))
        self._empty()
        self._with_key = False
        self._say_pause()
        self._show_way()
        self._show_waiting()

    def _ask_who(self) -> None:
        # Imported only where it is needed: one user is the rule, and the first paint waits for it.
        from mesodesk.ui.widgets.choices import ChoiceField, Option

        options = [Option(user_id, name) for user_id, name in self.users]
        self.user = ChoiceField("unlock_user", self.tr("Who are you?"), options)
        self.user.set_value(options[0].value)
        self.user_row = FormRow(self.tr("Who are you?"), self.user)
        self.user.edited.connect(self._who_chosen)

    def choose(self, user_id: str) -> None:
        """Ask for the password of this user, if they are among those who can unlock."""
        if self.user is not None and any(known == user_id for known, _ in self.users):
            self.user.set_value(user_id)

    def _user_id(self) -> str | None:
        if self.user is not None:
            return cast("str | None", self.user.value())
        return self.users[0][0] if self.users else None

    @Slot(object)
    def _who_chosen(self, _user_id: object) -> None:
        self._say_pause()
        self._show_waiting()

    def whose(self) -> str:
        """Return whose failures the next try is counted among: nobody waits for another's."""
        return BY_KEY if self._with_key else self._user_id() or ""

    @Slot()
    def submit(self) -> None:
        """Try what was typed."""
        if self.must_wait() or not self.button.isEnabled():
            return
        work = self.work()
        if work is None:
            self._focus()
            return
        self._set_busy(busy=True)
        self.try_out(work)

    def work(self) -> Callable[[], object] | None:
        """Return what tries that which was typed, on the database thread; None if nothing was."""
        typed = self.key.value() if self._with_key else self.password.value()
        if not typed:
            return None
        if self._with_key and self._recover is not None:
            return partial(self._recover, typed)
        return partial(self._unlock, self._user_id(), typed)

    def try_out(self, work: Callable[[], object]) -> None:
        """Have it tried."""
        self._tried = self.whose()
        self._jobs.run(self, work, self._opened, self._refused)

    def must_wait(self) -> bool:
        """Tell whether a pause after a wrong password keeps the next try back."""
        return self.left_s() > 0

    def left_s(self) -> int:
        """Return how many seconds of such a pause are left."""
        pause = self._waits.get(self.whose())
        return 0 if pause is None else pause.left_s

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
        seconds, parts_at = getattr(error, "wait_s", 0), getattr(error, "parts_at", None)
        if seconds > 0 and parts_at is not None:
            self._waits[self._tried] = _Pause(seconds, parts_at)
            self._say_pause()
            self._tick.start()
        self._show_waiting()
        self._focus()

    @Slot()
    def _count_down(self) -> None:
        here = self._waits.get(self.whose())
        for name, pause in list(self._waits.items()):
            pause.left_s -= 1
            if pause.left_s <= 0:
                del self._waits[name]
        if not self._waits:
            self._tick.stop()
        if here is not None:
            self._say_left(here)
            self._show_waiting()

    def _say_pause(self) -> None:
        """Say what keeps the next try back; nothing where nothing does."""
        pause = self._waits.get(self.whose())
        if pause is None:
            self._say_nothing()
        else:
            self.message.show_notice(Kind.CAUTION, *pause.parts_at(pause.left_s))

    def _say_left(self, pause: _Pause) -> None:
        """Let the sentence count down as the button does, and change when the pause is over."""
        if "message" not in self.__dict__ or self.message.isHidden():
            return
        if pause.left_s > 0:
            self.message.show_notice(Kind.CAUTION, *pause.parts_at(pause.left_s))
        elif self._with_key:
            self.message.show_notice(Kind.INFO, self.tr("You can type it again."))
        else:
            self.message.show_notice(Kind.INFO, self.tr("You can type the password again."))

    def _show_waiting(self) -> None:
        self.button.setEnabled(not self.must_wait())
        words = wait_words(self.left_s()) if self.must_wait() else self.tr("Unlock")
        self.button.setText(words)

    def is_busy(self) -> bool:
        """Tell whether something typed is being tried, or a pause is running."""
        return not self.button.isEnabled()

    def _set_busy(self, *, busy: bool) -> None:
        self.button.setEnabled(not busy)
        self.button.setText(self.tr("Unlocking…") if busy else self.tr("Unlock"))

    @Slot()
    def _switch_way(self) -> None:
        self._with_key = not self._with_key
        self._say_pause()
        self._show_way()
        self._show_waiting()

    def _show_way(self) -> None:
        if self.user_row is not None:
            self.user_row.setVisible(not self._with_key)
        self.password_row.setVisible(not self._with_key)
        if self._with_key or "key_row" in self.__dict__:
            self.key_row.setVisible(self._with_key)
        self.other_way.setVisible(self._recover is not None)
        self.other_way.setText(
            self.tr("Use the password")
            if self._with_key
            else self.tr("Forgotten? Use a code or the recovery key")
        )
        self._focus()

    def _focus(self) -> None:
        (self.key if self._with_key else self.password).setFocus()
