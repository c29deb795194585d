"""What stands over the locked window: who can come in, and their PIN or password."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from PySide6.QtCore import Qt, Signal, Slot

from mesodesk.ui.gate.unlock import BY_KEY, UnlockPage
from mesodesk.ui.jobs import Jobs, explain
from mesodesk.ui.lock.people_tiles import PeopleTiles
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Notice
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.textfields import PasswordField

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from PySide6.QtWidgets import QWidget

    from mesodesk.domain.records.people import PersonAtDoor
    from mesodesk.services.coming_by_key import KeyAdmission


Enter: TypeAlias = "Callable[[], object]"


class Door(Protocol):
    """Proves who somebody is; what it returns lets them in, and what that returns is emitted.

    All of it is called on the database thread.
    """

    def by_password(self, user_id: UUID, password: str, new_pin: str) -> Enter: ...

    def by_pin(self, user_id: UUID, pin: str) -> Enter: ...

    def by_key(self, user_id: UUID, typed: str) -> KeyAdmission: ...


class LockPage(UnlockPage):
    """The one who locked is chosen; anybody else is a touch away.

    Args:
        people: who can come in.
        locked_by: who was in.
        door: lets them in.
        jobs: the threads.
        when_quiet: calls, once what who was in left behind is written.
    """

    #: A `KeyAdmission`: they come in once they have chosen a password.
    must_choose = Signal(object)

    def __init__(
        self,
        people: tuple[PersonAtDoor, ...],
        locked_by: UUID,
        door: Door,
        jobs: Jobs,
        when_quiet: Callable[[Callable[[], None]], None],
        parent: QWidget | None = None,
    ) -> None:
        self.people = people
        self._locked_by = locked_by
        self._door = door
        self._when_quiet = when_quiet
        self._by_pin = False
        super().__init__((), self._no_way, None, jobs, parent)

    @staticmethod
    def _no_way(_user_id: str | None, _password: str) -> object:
        raise AssertionError("the lock has a door of its own")

    def _build(self) -> None:
        self.tiles = PeopleTiles(self)
        self.pin = PasswordField("unlock_pin", self.tr("PIN"))
        self.pin.input.setInputMethodHints(
            self.pin.input.inputMethodHints() | Qt.InputMethodHint.ImhDigitsOnly
        )
        self.pin_row = FormRow(self.tr("PIN"), self.pin, parent=self)
        self.new_pin = PasswordField("unlock_new_pin", self.tr("New PIN"))
        self.new_pin.input.setInputMethodHints(self.pin.input.inputMethodHints())
        self.new_pin_row = FormRow(
            self.tr("New PIN"),
            self.new_pin,
            self.tr("6 digits or more. It works until the records are closed, at most 10 hours."),
            parent=self,
        )
        self.warning = Notice(object_name="lock_warning", parent=self)
        super()._build()
        self.user_row = None
        self.title.setText(self.tr("Locked"))
        at = self.card.body.indexOf(self.password_row)
        for widget in (self.new_pin_row, self.password_row, self.pin_row, self.tiles, self.warning):
            self.card.body.insertWidget(at, widget)
        self.new_pin_row.hide()
        self.warning.hide()
        self.want_pin = Button(
            self.tr("Set a PIN for a quick return"), "want_pin", ButtonKind.QUIET, parent=self
        )
        self.forgotten = Button("", "forgotten", ButtonKind.QUIET, parent=self)
        self.button_row.insertWidget(0, self.want_pin)
        self.button_row.insertWidget(1, self.forgotten)
        self.tiles.show_people(self.people, self._locked_by)
        self.tiles.chosen.connect(self._chosen)
        self.pin.entered.connect(self.submit)
        self.new_pin.entered.connect(self.submit)
        self.want_pin.clicked.connect(self._ask_new_pin)
        self.forgotten.clicked.connect(self._use_key)
        self._show_person()

    # Who

    def show_people(self, people: tuple[PersonAtDoor, ...]) -> None:
        """Show who can come in by now; what is being typed stays if it can."""
        if people == self.people or self.is_busy():
            return
        person = self.tiles.person()
        self.people = people
        self.tiles.show_people(people, person.id if person is not None else self._locked_by)
        if not self._typed():
            self._show_person()

    def choose_other(self) -> None:
        """Choose somebody else than who locked: the first by name."""
        others = [one.id for one in self.people if one.id != self._locked_by]
        if others:
            self.tiles.choose(others[0])
            self._show_person()

    def person(self) -> PersonAtDoor | None:
        """Return who is chosen."""
        return self.tiles.person()

    @Slot()
    def _chosen(self) -> None:
        if not self._with_key:  # a key that was typed may be for this one
            self._empty()
        self._show_person()
        self._say_pause()

    def _show_person(self) -> None:
        person = self.person()
        self._by_pin = person is not None and person.has_pin
        typing_key = self._with_key and bool(self.key.value())
        self._with_key = typing_key or (person is not None and person.by_code)
        self.new_pin_row.hide()
        self._show_way()
        self._show_waiting()

    # Which way

    @Slot()
    def _switch_way(self) -> None:
        self._by_pin = not self._by_pin
        self._change_way()

    @Slot()
    def _use_key(self) -> None:
        self._with_key = not self._with_key
        self._change_way()

    def _change_way(self) -> None:
        self._empty()
        self._say_pause()
        self._show_way()
        self._show_waiting()

    def _show_way(self) -> None:
        person = self.person()
        has_pin = person is not None and person.has_pin
        self.pin_row.setVisible(self._by_pin and not self._with_key)
        self.password_row.setVisible(not self._by_pin and not self._with_key)
        if self._with_key or "key_row" in self.__dict__:
            self.key_row.setVisible(self._with_key)
        self.other_way.setVisible(has_pin and not self._with_key)
        self.other_way.setText(
            self.tr("Use the password") if self._by_pin else self.tr("Use the PIN")
        )
        if "forgotten" in self.__dict__:
            by_code = person is not None and person.by_code
            words = self.tr("Back") if self._with_key else self.tr("Forgotten, or a code?")
            self.forgotten.setText(words)
            self.forgotten.setVisible(not by_code)
            plain = not self._with_key and not has_pin
            self.want_pin.setVisible(plain and self.new_pin_row.isHidden())
            if self._with_key:
                self.new_pin_row.hide()
        self._focus()

    @Slot()
    def _ask_new_pin(self) -> None:
        self.new_pin_row.show()
        self.want_pin.hide()
        (self.new_pin if self.password.value() else self.password).setFocus()

    def _focus(self) -> None:
        if self._with_key:
            self.key.setFocus()
        else:
            (self.pin if self._by_pin else self.password).setFocus()

    def whose(self) -> str:
        person = self.person()
        if self._with_key or person is None:
            return BY_KEY
        return _NOBODY if self._by_pin else str(person.id)

    # Coming in

    def work(self) -> Callable[[], Enter] | None:
        person, typed = self.person(), self._typed()
        if person is None or not typed:
            return None
        if self._by_pin:
            return partial(self._door.by_pin, person.id, typed)
        new_pin = "" if self.new_pin_row.isHidden() else self.new_pin.value()
        return partial(self._door.by_password, person.id, typed, new_pin)

    @Slot()
    def submit(self) -> None:
        if self.must_wait() or not self.button.isEnabled():
            return
        work, person, typed = self.work(), self.person(), self._typed()
        if work is None or person is None:
            self._focus()
            return
        self._set_busy(busy=True)
        self._tried = self.whose()
        if self._with_key:
            proving = partial(self._door.by_key, person.id, typed)
            self._jobs.run(self, proving, self._key_fits, self._refused)
        elif person.id == self._locked_by:
            self.try_out(partial(_prove_and_enter, work))
        else:
            self._jobs.run(self, work, self._proved, self._refused)

    def _key_fits(self, admission: KeyAdmission) -> None:
        self._set_busy(busy=False)
        self._empty()
        self.must_choose.emit(admission)

    def _proved(self, enter: Enter) -> None:
        # Whoever comes in in somebody's place must find everything of theirs written. Not before
        # it is known that they may: a wrong password stops nothing of who was in.
        self._when_quiet(partial(self.try_out, enter))

    def warn_unkept(self, name: str, *, aside: bool) -> None:
        """Say that something typed by who locked is not kept yet, and may never be.

        Args:
            name: of who typed it.
            aside: whether it is set aside, to be offered when they come in next.
        """
        lost = self.tr("{name} can come in and put it right. It is lost when somebody else comes in"
                       " or the records are closed.")  # fmt: skip
        offered = self.tr("It is set aside in an encrypted file, and is offered to {name} alone.")
        self.lead.setText(self.tr("Locked by {name}.").format(name=name))
        self.warning.show_notice(
            Kind.CAUTION,
            self.tr("Something that {name} typed is not kept").format(name=name),
            (offered if aside else lost).format(name=name),
        )

    def _typed(self) -> str:
        if self._with_key:
            return self.key.value()
        return (self.pin if self._by_pin else self.password).value()

    def _empty(self) -> None:
        super()._empty()
        for field in (self.pin, self.new_pin):
            field.clear()

    def _refused(self, error: Exception) -> None:
        if hasattr(error, "people"):  # the recovery key fits: it stays, until it is said for whom
            self._set_busy(busy=False)
            words = self.tr("Touch the name of the owner above, then Unlock.")
            self.message.show_notice(Kind.CAUTION, explain(error), words)
            return
        left = getattr(error, "left", None)
        if left is None and not _is_about_pin(error):
            super()._refused(error)
            return
        self._set_busy(busy=False)
        self.message.show_notice(Kind.CAUTION, explain(error))
        if _is_about_pin(error) and not self._by_pin:
            self.new_pin.clear()
            self.new_pin.setFocus()
            return
        self.pin.clear()
        if not left:
            # The PIN is gone: so it is for the list, which is told a moment later.
            self._by_pin = False
            self._show_way()
            self.other_way.hide()
            self._show_waiting()
        self._focus()

    def _set_busy(self, *, busy: bool) -> None:
        super()._set_busy(busy=busy)
        self.tiles.setEnabled(not busy)


_NOBODY: Final = "pin"
"""A PIN has tries of its own, and no pause."""


def _prove_and_enter(prove: Callable[[], Enter]) -> object:
    return prove()()


def _is_about_pin(error: Exception) -> bool:
    from mesodesk.vault.errors import NoPinError, PinRefusedError

    return isinstance(error, NoPinError | PinRefusedError)
