"""A signed consent: the text as it was signed, the signature, and what was withdrawn of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.answers import Answer
from mesodesk.domain.records.consent import PhotoPurpose, WithdrawalScope
from mesodesk.domain.rights import Right
from mesodesk.domain.strokes import unpack
from mesodesk.ui.numbers import format_date
from mesodesk.ui.pages.consent_parts.pad import SignatureView
from mesodesk.ui.pages.consent_parts.sheet import ConsentSheet
from mesodesk.ui.pages.consent_parts.words import SCOPES, day_of, standing_words
from mesodesk.ui.pages.consent_parts.words import tr as say
from mesodesk.ui.print_button import PrintButton
from mesodesk.ui.tokens import BAR, Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.choices import ChoiceField
from mesodesk.ui.widgets.datefield import DateField
from mesodesk.ui.widgets.disclosure import Disclosure
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.layouts import PageScroll, clear, nest, row
from mesodesk.ui.widgets.multiline import MultilineField
from mesodesk.ui.widgets.options import Option
from mesodesk.ui.widgets.text import Body, Muted

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from mesodesk.domain.consent_rules import ConsentOverview
    from mesodesk.domain.records.consent import ConsentRecord
    from mesodesk.services.desk import Desk
    from mesodesk.services.export_work import ExportJob
    from mesodesk.ui.context import Context


class ConsentReading(QWidget):
    """Left the text, right what belongs to it."""

    left = Signal()
    #: (consent id, scope, reason, day): this is to be recorded as withdrawn.
    withdrawn = Signal(object, object, str, object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._record: ConsentRecord | None = None
        self.back = Button(self.tr("All consents"), "consent_list", icon_name="arrow-left")
        self.back.clicked.connect(self.left)
        self.sheet = ConsentSheet("consent_text")
        self.state = Notice(object_name="consent_state")
        self.signature = SignatureView()
        self.facts = Muted()
        self.seal = Muted()
        self._withdrawals = QVBoxLayout()
        self._withdrawals.setSpacing(Space.XS)
        self.withdraw = WithdrawCard(context.today())
        self.withdraw.asked.connect(self._withdraw)
        signed = Card(self.tr("Signature"), object_name="consent_signature")
        for widget in (self.signature, self.facts, self.seal):
            signed.add(widget)
        nest(signed.body, self._withdrawals)
        self.side = PageScroll("consent_side", max_width=480, margin=0)
        for part in (self.state, signed, self.withdraw):
            self.side.add(part)
        self.print_notice = Notice(object_name="consent_print_notice")
        self.print = PrintButton(
            context, self.tr("Print this consent"), "print_consent", self.print_notice
        )
        if not context.may(Right.PRINT):
            self.print.hide()
        self.print.asked.connect(self._print)
        self.side.add(self.print_notice)
        nest(self.side.column, row(self.print, stretch=True))
        self.side.column.addStretch(1)
        columns = QHBoxLayout()
        columns.setSpacing(Space.M)
        columns.addWidget(self.sheet, 3)
        columns.addWidget(self.side, 2)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, BAR, 0)
        whole.setSpacing(Space.S)
        nest(whole, row(self.back, stretch=True))
        nest(whole, columns, 1)

    def show_record(self, record: ConsentRecord, overview: ConsentOverview) -> None:
        """Show a signed consent."""
        if self._record is None or self._record.id != record.id:
            self.withdraw.start_afresh()
            self.sheet.verticalScrollBar().setValue(0)
        self._record = record
        self.sheet.show_text(record.shown)
        self.signature.set_strokes(None if record.strokes is None else unpack(record.strokes))
        zone = self._context.clinic.fields.zone
        day = "" if record.signed_at is None else day_of(record.signed_at, zone)
        self.facts.setText(
            self.tr("Signed on {day}. Informed by {name}.").format(day=day, name=record.informer)
        )
        seal = record.seal
        self.seal.setText(
            self.tr("Sealed: {digest}").format(digest=seal.sha256[:10])
            if seal is not None and seal.holds
            else self.tr("The seal is broken: this is not what was signed.")
        )
        stands = record.id not in overview.against
        self.state.show_notice(
            Kind.OK if stands else Kind.CAUTION,
            standing_words(overview, record, self._context.language),
        )
        self._show_withdrawals(record)
        self.withdraw.offer(_scopes(record))
        self.withdraw.setVisible(self._context.may(Right.CONSENT_EDIT) and bool(_scopes(record)))

    def _show_withdrawals(self, record: ConsentRecord) -> None:
        clear(self._withdrawals)
        words = self.tr("Withdrawn on {day}: {what}. {reason} (recorded by {name})")
        for one in record.withdrawals:
            said = words.format(
                day=format_date(one.withdrawn_on),
                what=say(SCOPES[one.scope]),
                reason=one.reason,
                name=one.recorded_by,
            )
            self._withdrawals.addWidget(Body(said))

    @Slot()
    def _print(self) -> None:
        if self._record is not None:
            self.print.begin(partial(_plan, self._record.id))

    @Slot(object, str, object)
    def _withdraw(self, scope: WithdrawalScope, reason: str, day: date) -> None:
        if self._record is not None:
            self.withdrawn.emit(self._record.id, scope, reason, day)


def _plan(consent_id: UUID, desk: Desk) -> ExportJob:
    return desk.exports.plan_consent(consent_id)


def _scopes(record: ConsentRecord) -> list[WithdrawalScope]:
    """Return what of a consent can still be withdrawn."""
    gone = {one.scope for one in record.withdrawals}
    if WithdrawalScope.ALL in gone:
        return []
    given = [
        WithdrawalScope(purpose.value)
        for purpose in PhotoPurpose
        if record.fields.photo(purpose) is Answer.YES
    ]
    return [scope for scope in (WithdrawalScope.ALL, *given) if scope not in gone]


class WithdrawCard(Card):
    """What is withdrawn, since when and why; recorded, never erased."""

    asked = Signal(object, str, object)

    def __init__(self, today: date, parent: QWidget | None = None) -> None:
        super().__init__(object_name="consent_withdrawal", parent=parent)
        self._today = today
        self.scope = ChoiceField("withdraw_scope", self.tr("What is withdrawn"))
        self.day = DateField(
            "withdraw_day",
            self.tr("Withdrawn on"),
            today,
            maximum=today,
            too_late=self.tr("This day is still to come."),
        )
        self.reason = MultilineField(
            "withdraw_reason", self.tr("Reason, in the patient's words"), least_lines=1
        )
        self.record = Button(
            self.tr("Record the withdrawal"), "withdraw_consent", ButtonKind.DANGER
        )
        more = self.more = Disclosure(self.tr("The patient withdraws consent"), "withdraw_more")
        more.add(
            Muted(self.tr("It stands beside what was signed from then on, and stays on record."))
        )
        more.add(FormRow(self.tr("What is withdrawn"), self.scope))
        more.add(FormRow(self.tr("Withdrawn on"), self.day))
        more.add(FormRow(self.tr("Reason, in the patient's words"), self.reason))
        line = QWidget()
        line.setLayout(row(self.record, stretch=True))
        more.add(line)
        self.add(more)
        self.scope.edited.connect(self._typed)
        self.day.edited.connect(self._typed)
        self.reason.edited.connect(self._typed)
        self.record.clicked.connect(self._ask)
        self.start_afresh()

    def start_afresh(self) -> None:
        self.scope.set_value(None)
        self.day.set_value(self._today)
        self.reason.set_value("")
        self.more.set_open(False)
        self.record.setEnabled(False)

    def offer(self, scopes: list[WithdrawalScope]) -> None:
        """Say what can be withdrawn."""
        self.scope.set_options([Option(one, say(SCOPES[one])) for one in scopes])
        self._typed(None)

    @Slot(object)
    def _typed(self, _what: object) -> None:
        whole = self.scope.value() is not None and self.day.value() is not None
        self.record.setEnabled(whole and bool(self.reason.value()))

    @Slot()
    def _ask(self) -> None:
        self.asked.emit(self.scope.value(), self.reason.value(), self.day.value())
