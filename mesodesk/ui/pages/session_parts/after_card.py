"""What can be done with a signed session: amend it, mark it as in error, or refuse a change."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QScrollArea, QWidget

from mesodesk.domain.records.session import SessionState as RecordState
from mesodesk.domain.records.session import StatementKind
from mesodesk.domain.rights import Right
from mesodesk.ui.jobs import explain
from mesodesk.ui.numbers import format_moment
from mesodesk.ui.proof_field import ProofField, Typed
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.layouts import clear, column, nest
from mesodesk.ui.widgets.multiline import MultilineField
from mesodesk.ui.widgets.text import Body, Muted

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from mesodesk.domain.records.session import SessionRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.session_parts.state import SessionState


class _Form(QWidget):
    """What an action does, in words, its fields and its buttons; beneath the button that opens."""

    def __init__(self, name: str, words: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.body = column(spacing=Space.S)
        self.setLayout(self.body)
        self.body.addWidget(Muted(words))
        self.fields: list[MultilineField] = []
        self.message = Notice(object_name=f"{name}_message")

    def ask(self, object_name: str, words: str) -> MultilineField:
        """Add a field that has to be filled in."""
        made = MultilineField(object_name, words)
        self.fields.append(made)
        self.body.addWidget(FormRow(words, made))
        return made

    def clear(self) -> None:
        for each in self.fields:
            each.set_value("")
        self.message.show_notice(Kind.INFO, "")

    def is_filled(self) -> bool:
        return all(each.value() and not each.error() for each in self.fields)


class AfterCard(Card):
    """One action at a time opens its form in place; what was refused stands beneath."""

    def __init__(self, state: SessionState, context: Context) -> None:
        super().__init__(object_name="after_signing")
        self.set_title(self.tr("After signing"))
        self._state = state
        self._context = context
        self._busy = False
        self._list = column(spacing=Space.S)
        nest(self.body, self._list)
        self._build_broken()
        self._build_amend()
        self._build_error()
        self._build_request()
        self._forms = {
            self.to_amend: self.amending,
            self.to_error: self.in_error,
            self.to_request: self.request,
        }
        for opener, form in self._forms.items():
            opener.setCheckable(True)
            opener.toggled.connect(partial(_show_form, form))
            opener.clicked.connect(self._opened)
            self.add(opener)
            self.add(form)
            form.hide()
            for field in form.fields:
                field.edited.connect(self._typed)

    def _build_broken(self) -> None:
        self.accept_broken = Button(
            self.tr("I know that the seal is broken"), "accept_broken", ButtonKind.DANGER
        )
        self.broken_message = Notice(object_name="accept_broken_message")
        self.add(self.broken_message)
        self.add(self.accept_broken)
        self.accept_broken.clicked.connect(self._accept_broken)

    def _build_amend(self) -> None:
        self.to_amend = Button(self.tr("Amend"), "amend", icon_name="pencil-outline")
        self.amending = _Form(
            "amend_form",
            self.tr(
                "Opens a copy to change and to sign. What was signed stays on record, struck, with"
                " your reason; it counts until you have signed the new version."
            ),
        )
        self.amend_reason = self.amending.ask("amend_reason", self.tr("Why it is amended"))
        self.begin = Button(
            self.tr("Begin the amendment"), "begin_amendment", ButtonKind.PRIMARY, "arrow-right"
        )
        self.amending.body.addWidget(self.amending.message)
        self.amending.body.addWidget(self.begin)
        self.begin.clicked.connect(self.submit_amendment)

    def _build_error(self) -> None:
        self.to_error = Button(self.tr("Entered in error"), "to_error", icon_name="cancel")
        self.in_error = _Form(
            "error_form",
            self.tr(
                "For a session that never happened, or is another patient's. It stays on record and"
                " leaves lists and sums; its open checks end, and what it took is back in stock."
                " This cannot be taken back."
            ),
        )
        self.error_reason = self.in_error.ask("error_reason", self.tr("Why it is in error"))
        self.proof = ProofField(self._context, "error")
        self.confirm_error = Button(
            self.tr("Mark as entered in error"), "enter_in_error", ButtonKind.DANGER
        )
        for widget in (self.proof, self.in_error.message):
            self.in_error.body.addWidget(widget)
        self.in_error.body.addWidget(self.confirm_error)
        self.proof.entered.connect(self.submit_error)
        self.proof.waits.connect(self._typed)
        self.confirm_error.clicked.connect(self.submit_error)

    def _build_request(self) -> None:
        self.to_request = Button(
            self.tr("Patient asked for a change"), "to_request", icon_name="account-outline"
        )
        self.request = _Form(
            "request_form",
            self.tr(
                "Kept with the session, signed by you. Refused, the session stays as it is;"
                " accepted, an amendment begins that names the request."
            ),
        )
        self.asked = self.request.ask("request_text", self.tr("What the patient asked for"))
        self.request_reason = self.request.ask("request_reason", self.tr("Your reason"))
        self.refuse = Button(self.tr("Refuse, and keep both"), "deny_request")
        self.accept = Button(self.tr("Accept, and amend"), "accept_request", ButtonKind.PRIMARY)
        for widget in (self.request.message, self.accept, self.refuse):
            self.request.body.addWidget(widget)
        self.refuse.clicked.connect(self.submit_refusal)
        self.accept.clicked.connect(self.submit_acceptance)

    # Showing

    def show_state(self) -> None:
        """Show what may be done now, and which changes were refused."""
        state, history = self._state, self._state.history
        record, context = state.record, self._context
        stands = record.state is RecordState.SIGNED
        free = stands and (history is None or history.open_draft is None)
        broken = record.seal is not None and not record.seal.holds
        seen = history is not None and record.id in history.seen_broken
        amends = free and context.may(Right.SESSION_AMEND)
        self.accept_broken.setVisible(amends and broken and not seen)
        self.to_amend.setVisible(amends and (seen or not broken))
        self.to_error.setVisible(free and context.may(Right.SESSION_ERROR))
        self.to_request.setVisible(stands and context.may(Right.SESSION_ADD))
        self.accept.setVisible(amends and (seen or not broken))
        for opener, form in self._forms.items():
            if opener.isHidden():
                opener.setChecked(False)
                form.clear()
        told = self._show_refused()
        self.setVisible(told or any(not each.isHidden() for each in self._buttons()))
        self._typed()

    def _buttons(self) -> tuple[Button, ...]:
        return self.accept_broken, *self._forms

    def _show_refused(self) -> bool:
        clear(self._list)
        history = self._state.history
        said = history.said_of(self._state.record.id) if history is not None else ()
        refused = [each for each in said if each.kind is StatementKind.REQUEST_DENIED]
        for each in refused:
            moment = format_moment(each.made_at, self._context.clinic.fields.zone)
            words = Body(each.text)
            words.setObjectName("denied_request")
            if not each.holds:
                words.set_tone(Kind.STOP.value)
            self._list.addWidget(Muted(f"{moment} \u00b7 {each.author}"))
            self._list.addWidget(words)
        return bool(refused)

    @Slot()
    def _opened(self) -> None:
        """Let one form be open at a time, with the focus in it."""
        for opener, form in self._forms.items():
            if opener is self.sender():
                if opener.isChecked():
                    form.fields[0].setFocus()
                    QTimer.singleShot(0, self, self._bring_into_sight)
            else:
                opener.setChecked(False)

    @Slot()
    def _bring_into_sight(self) -> None:
        """Scroll to the form that was opened, once it has its place."""
        around: QWidget | None = self.parentWidget()
        while around is not None and not isinstance(around, QScrollArea):
            around = around.parentWidget()
        for opener, form in self._forms.items():
            if around is not None and opener.isChecked():
                around.ensureWidgetVisible(form, 0, Space.M)
                around.ensureWidgetVisible(opener, 0, Space.M)

    @Slot(object)
    def _typed(self, _text: object = None) -> None:
        ready = not self._busy
        self.begin.setEnabled(ready and self.amending.is_filled())
        waits = self.proof.must_wait()
        self.confirm_error.setEnabled(ready and not waits and self.in_error.is_filled())
        self.refuse.setEnabled(ready and self.request.is_filled())
        self.accept.setEnabled(ready and self.request.is_filled())

    # Doing

    @Slot()
    def submit_amendment(self) -> None:
        """Begin the amendment, and open its draft."""
        if self.begin.isEnabled():
            self._begin(self.amending, self.amend_reason.value(), "")

    @Slot()
    def submit_acceptance(self) -> None:
        """Begin an amendment that names what the patient asked for."""
        if self.accept.isEnabled():
            self._begin(self.request, self.request_reason.value(), self.asked.value())

    def _begin(self, form: _Form, reason: str, request: str) -> None:
        work = partial(_begin, of=self._state.record.id, reason=reason, request=request)
        self._run(form, work, self._begun)

    def _begun(self, draft: SessionRecord) -> None:
        self._done()
        self._context.navigate("session", session_id=draft.id)

    @Slot()
    def submit_error(self) -> None:
        """Mark the session as entered in error; it cannot be taken back."""
        if not self.confirm_error.isEnabled():
            return
        typed = self.proof.typed()
        if typed is None:
            return
        self.proof.clear()
        work = partial(
            _enter_in_error,
            of=self._state.record.id,
            reason=self.error_reason.value(),
            typed=typed,
        )
        self._run(self.in_error, work, self._kept)

    @Slot()
    def submit_refusal(self) -> None:
        """Keep what the patient asked for, and why it is not done."""
        if self.refuse.isEnabled():
            work = partial(
                _deny,
                of=self._state.record.id,
                request=self.asked.value(),
                reason=self.request_reason.value(),
            )
            self._run(self.request, work, self._kept)

    @Slot()
    def _accept_broken(self) -> None:
        work = partial(_accept, of=self._state.record.id)
        self._state.run_once(work, self._kept, self._not_accepted)

    def _not_accepted(self, error: Exception) -> None:
        self.broken_message.show_notice(Kind.STOP, self.tr("That was not done"), explain(error))

    def _run(
        self, form: _Form, work: partial[SessionRecord], done: Callable[[SessionRecord], object]
    ) -> None:
        self._busy = True
        self._typed()
        self._state.run_once(work, done, partial(self._refused, form))

    def _kept(self, _record: SessionRecord) -> None:
        self._done()
        self._state.reload()

    def _done(self) -> None:
        self._busy = False
        for opener, form in self._forms.items():
            form.clear()
            if opener.isChecked():
                opener.setFocus()  # or the keyboard would go on to whatever comes next
            opener.setChecked(False)
        self._typed()

    def _refused(self, form: _Form, error: Exception) -> None:
        form.message.show_notice(Kind.STOP, self.tr("That was not done"), explain(error))
        self._busy = False
        if form is self.in_error and self.proof.is_about_this(error):
            self.proof.refuse(error)  # after a wrong password the next try waits
        self._typed()


def _show_form(form: _Form, shown: bool) -> None:
    form.setVisible(shown)


def _begin(desk: Desk, _version: int, *, of: UUID, reason: str, request: str) -> SessionRecord:
    return desk.amending.begin(of, reason, request)


def _enter_in_error(
    desk: Desk, _version: int, *, of: UUID, reason: str, typed: Typed
) -> SessionRecord:
    return desk.amending.enter_in_error(of, reason, typed.secret, by_pin=typed.by_pin)


def _deny(desk: Desk, _version: int, *, of: UUID, request: str, reason: str) -> SessionRecord:
    return desk.amending.deny_request(of, request, reason)


def _accept(desk: Desk, _version: int, *, of: UUID) -> SessionRecord:
    return desk.amending.accept_broken(of)
