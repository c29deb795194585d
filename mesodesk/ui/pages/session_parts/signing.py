"""What is missing, each a link to its place, and signing: the only ceremony."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot

from mesodesk.domain.rights import Right, may
from mesodesk.domain.screening import FindingKind
from mesodesk.domain.session_rules import MissingCode
from mesodesk.ui.jobs import explain
from mesodesk.ui.pages.session_parts.missing_words import sentence, station_word
from mesodesk.ui.proof_field import ProofField, Typed
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import KIND_ICONS, Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, IconLabel, Notice
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.rows import Row, RowList
from mesodesk.ui.widgets.text import Body, Label, Muted, Strong

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from uuid import UUID

    from mesodesk.domain.records.session import Missing, SessionRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.session_parts.state import SessionState

_ROW_WORDS = 288
"""Room for a sentence in the column at the right."""
_TOGETHER = frozenset({MissingCode.REACTION, MissingCode.ASEPTIC_STEP})
"""Several of one of these make one line, which leads to the first."""


class MissingRow(Row):
    """A sentence that leads to its place; it is never cut off."""

    def __init__(self, missing: Missing, text: str) -> None:
        super().__init__(
            text,
            station_word(missing.station),
            object_name=f"missing_{missing.place}",
            leading=IconLabel("arrow-right-circle-outline", "caution", 20),
        )
        self.sentence = Label(text, Role.STRONG, wrap=True)
        self.sentence.setFixedSize(_ROW_WORDS, self.sentence.heightForWidth(_ROW_WORDS))
        self.title.hide()
        self._words.insertWidget(1, self.sentence)


class MissingCard(Card):
    """What keeps the session from being signed, in words."""

    #: (station, place): leads there.
    place_asked = Signal(str, str)
    #: the lines are other ones.
    rebuilt = Signal()

    def __init__(self, state: SessionState, language: str) -> None:
        super().__init__(object_name="missing_card")
        self._state = state
        self._language = language
        self._shown: list[Missing] = []
        self.rows = RowList("missing_list", self.tr("What is missing"))
        self.rows.setObjectName("missing_list")
        self._nothing = Strong(self.tr("Nothing is missing."))
        self._nothing.setObjectName("nothing_missing")
        self._nothing.set_tone(Kind.OK.value)
        self._tick = IconLabel(KIND_ICONS[Kind.OK], Kind.OK.value)
        nest(self.body, row(self._tick, self._nothing, stretch=True))
        self.add(self.rows)
        self._walk = Label(self.tr("F8 leads to the next one."), tone="muted")
        self.add(self._walk)
        self.rows.activated.connect(self._activated)

    def show_state(self) -> None:
        """Show what is missing now."""
        found = self._state.missing
        signs = self._state.context.may(Right.SESSION_SIGN)
        self.set_title(self.tr("Before you sign") if signs else self.tr("Before it is signed"))
        for widget in (self._tick, self._nothing):
            widget.setVisible(not found)
        self.rows.setVisible(bool(found))
        self._walk.setVisible(len(found) > 1)
        lines = list(_lines(found))
        if [(each, text) for each, text in self._words(lines)] == [
            (each, line.title.text())
            for each, line in zip(self._shown, self.rows.rows(), strict=True)
        ]:
            return
        self._shown = [first for first, _ in lines]
        focused = [at for at, row in enumerate(self.rows.rows()) if row.hasFocus()]
        self.rows.set_rows(MissingRow(each, text) for each, text in self._words(lines))
        if focused and lines:
            rows = self.rows.rows()
            rows[min(focused[0], len(rows) - 1)].setFocus(Qt.FocusReason.OtherFocusReason)
        self.rebuilt.emit()

    def _words(self, lines: Sequence[tuple[Missing, int]]) -> list[tuple[Missing, str]]:
        return [(first, self._sentence(first, count)) for first, count in lines]

    def _sentence(self, first: Missing, count: int) -> str:
        if first.code == MissingCode.FINDING and self._is_unanswered(first.values["rule_id"]):
            return first.values["message"]
        if count == 1:
            return sentence(first, self._language)
        if first.code == MissingCode.REACTION:
            words = self.tr("Look for {count} more immediate reactions.")
        else:
            words = self.tr("Answer {count} more aseptic steps.")
        return words.format(count=count)

    def _is_unanswered(self, rule_id: str) -> bool:
        found = (each for each in self._state.findings if each.rule_id == rule_id)
        return any(each.kind is FindingKind.UNANSWERED for each in found)

    @Slot(int)
    def _activated(self, at: int) -> None:
        chosen = self._shown[at]
        self.place_asked.emit(chosen.station, chosen.place)


def _lines(found: Iterable[Missing]) -> Iterable[tuple[Missing, int]]:
    """Return the first of each line, and how many the line stands for."""
    counts: dict[str, int] = {}
    for each in found:
        counts[each.code] = counts.get(each.code, 0) + 1
    said: set[str] = set()
    for each in found:
        if each.code not in _TOGETHER:
            yield each, 1
        elif each.code not in said:
            said.add(each.code)
            yield each, counts[each.code]


class SignCard(Card):
    """Who signs, their PIN or password, the button."""

    #: the SessionRecord: it is signed.
    signed = Signal(object)

    def __init__(self, state: SessionState, context: Context) -> None:
        super().__init__(object_name="sign_card")
        self.set_title(self.tr("Sign"))
        self._state = state
        self._context = context
        self._busy = False
        self._too_early = False
        self._sentence_at: Callable[[int], str] | None = None
        self.who = Body()
        self.who.setObjectName("signer")
        self.proof = ProofField(context, "sign")
        self.button = Button(
            self.tr("Sign and seal"), "sign_button", ButtonKind.SECONDARY, "seal-variant"
        )
        self.message = Notice(object_name="sign_message")
        self.add(self.who)
        self.add(self.proof)
        self.add(self.message)
        self.add(self.button)
        self.add(
            Muted(
                self.tr(
                    "A signed session cannot be changed any more. What follows is added or amends."
                )
            )
        )
        self.body.setSpacing(Space.M)
        self.proof.waits.connect(self._count_down)
        self.proof.entered.connect(self.submit)
        self.button.clicked.connect(self.submit)

    def show_state(self) -> None:
        """Show who signs, and whether it can be signed."""
        user = self._context.user
        signs = may(user.role, Right.SESSION_SIGN)
        words = self.tr("You sign as {name}.")
        if not signs:
            words = self.tr(
                "{name}: your role does not sign sessions. Everything typed is kept. Ask a"
                " therapist to sign."
            )
        self.who.setText(words.format(name=user.name))
        for widget in (self.proof, self.button):
            widget.setVisible(signs)
        if self._too_early:
            self._say_too_early()
        ready = not self._state.missing
        self.button.set_kind(ButtonKind.PRIMARY if ready else ButtonKind.SECONDARY)

    def _say_too_early(self) -> None:
        """Say how many lines of the list stand against signing, as long as there are any."""
        count = len(list(_lines(self._state.missing)))
        if count == 0:
            self._say_nothing()
            return
        words = (
            self.tr("1 thing is missing") if count == 1 else self.tr("{count} things are missing")
        )
        text = self.tr(
            "The session cannot be signed yet: {what}. Everything typed is kept. The list leads to "
            "each place."
        )
        what = words.format(count=count)
        self.message.show_notice(Kind.STOP, self.tr("Not signed"), text.format(what=what))

    def _say_nothing(self) -> None:
        self._too_early = False
        self.message.show_notice(Kind.INFO, "")

    def clear(self) -> None:
        """Forget the password or PIN typed."""
        self.proof.clear()
        if not self.proof.must_wait():
            self._say_nothing()

    @Slot()
    def submit(self) -> None:
        """Sign, after everything typed has been written."""
        if self._busy or self.proof.must_wait() or not self._state.may(Right.SESSION_SIGN):
            return
        self._too_early = False
        unkept = next(iter(self._state.refusals.values()), "")
        if unkept:
            headline = self.tr("Something typed is not accepted yet, so nothing was signed")
            self.message.show_notice(Kind.STOP, headline, unkept)
            return
        typed = self.proof.typed()
        if typed is not None:
            self._set_busy(busy=True)
            work = partial(_sign, session_id=self._state.record.id, typed=typed)
            self._state.run_once(work, self._signed, self._refused)

    def _signed(self, record: SessionRecord) -> None:
        self._set_busy(busy=False)
        self.clear()
        self.signed.emit(record)

    def _refused(self, error: Exception) -> None:
        self._set_busy(busy=False)
        self._state.refresh()
        # The list at its side may still be older: the words follow it when it comes.
        self._too_early = hasattr(error, "missing")
        wrong = self.proof.is_about_this(error)
        kind = Kind.CAUTION if wrong else Kind.STOP
        self.message.show_notice(kind, self.tr("Not signed"), explain(error))
        if self._too_early and self._state.missing:
            self._say_too_early()
        if wrong:
            self._sentence_at = getattr(error, "sentence_at", None)
            self.proof.refuse(error)
        self.proof.focus()

    @Slot()
    def _count_down(self) -> None:
        left_s = self.proof.left_s()
        if self._sentence_at is not None and not self._busy:
            if left_s == 0:
                self._sentence_at = None
                self.message.show_notice(Kind.INFO, self.tr("You can type the password again."))
            elif self.proof.must_wait():
                words = self._sentence_at(left_s)
                self.message.show_notice(Kind.CAUTION, self.tr("Not signed"), words)
            else:
                self._say_nothing()
        self._show_button()

    def _set_busy(self, *, busy: bool) -> None:
        self._busy = busy
        self._show_button()

    def _show_button(self) -> None:
        self.button.setEnabled(not self._busy and not self.proof.must_wait())
        if self._busy:
            self.button.setText(self.tr("Signing…"))
        elif self.proof.must_wait():
            self.button.setText(self.proof.wait_words())
        else:
            self.button.setText(self.tr("Sign and seal"))


def _sign(desk: Desk, version: int, *, session_id: UUID, typed: Typed) -> SessionRecord:
    return desk.sessions.sign(session_id, version, typed.secret, by_pin=typed.by_pin)
