"""A new recovery kit: shown, printed, typed back, and only then in the place of the old one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot

from mesodesk.ui.gate.recovery_step import RecoveryStep, today
from mesodesk.ui.jobs import explain
from mesodesk.ui.pages.people_parts.proof_area import ProofArea
from mesodesk.ui.recovery_sheet import RecoverySheet
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.text import Body

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.vault.recovery import RecoveryKey


class NewKitCard(Card):
    """Folded until it is asked for; nothing of the key stays in the window."""

    #: This part of it is shown now, and wants room.
    unfolded = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(object_name="new_kit_card", parent=parent)
        self.set_title(self.tr("Recovery kit"))
        self._context = context
        self._key: RecoveryKey | None = None
        self.lead = Body(
            self.tr(
                "The sheet opens the records if every password is lost. Make a new one when the "
                "sheet is lost, was seen by somebody, or was used. The old sheet then opens "
                "nothing more but the backups made until now."
            )
        )
        self.begin = Button(self.tr("Make a new kit…"), "new_kit_begin", icon_name="key-outline")
        self.step = RecoveryStep(self._sheet)
        self.next = Button(self.tr("Replace the old kit…"), "new_kit_next", ButtonKind.PRIMARY)
        self.cancel = Button(self.tr("Cancel"), "new_kit_cancel")
        self.proof = ProofArea("new_kit_proof")
        self.notice = Notice(object_name="new_kit_notice", parent=self)
        for widget in (self.lead, self.notice, self.step):
            self.add(widget)
        nest(self.body, row(self.begin, self.next, self.cancel, stretch=True))
        self.add(self.proof)
        self._fold(folded=True)
        self.begin.clicked.connect(self._begin)
        self.next.clicked.connect(self._typed_back)
        self.step.typed.input.returnPressed.connect(self._typed_back)
        self.cancel.clicked.connect(self.forget)
        self.proof.confirmed.connect(self._replace)
        self.proof.cancelled.connect(self.forget)

    def _sheet(self, key: str) -> RecoverySheet:
        folder = str(self._context.desk.store.vault.folder)
        return RecoverySheet(self._context.clinic.fields.name, key, folder, today())

    def _fold(self, *, folded: bool) -> None:
        self.begin.setVisible(folded)
        for widget in (self.step, self.next, self.cancel):
            widget.setVisible(not folded)

    @Slot()
    def _begin(self) -> None:
        from mesodesk.vault.recovery import RecoveryKey

        self.notice.show_notice(Kind.INFO, "")
        self._key = RecoveryKey.new()
        self.step.set_key(self._key.text)
        self._fold(folded=False)
        self.step.begin()
        self.unfolded.emit(self.next)

    @Slot()
    def _typed_back(self) -> None:
        if self._key is None or self.step.problem():
            return
        for widget in (self.next, self.cancel):
            widget.hide()
        self.step.setEnabled(False)
        self.proof.ask(
            self.tr("The new sheet takes the place of the old one"),
            self.tr("The old sheet then opens only the backups made until now: destroy it."),
            self.tr("Replace the old kit"),
        )
        self.unfolded.emit(self.proof)

    @Slot(str)
    def _replace(self, password: str) -> None:
        if self._key is not None:
            work = partial(_new_kit, self._key, self.step.typed.value(), password)
            self._context.write(self, work, self._replaced, self._not_replaced)

    def _replaced(self, _nothing: None) -> None:
        self.forget()
        self.notice.show_notice(
            Kind.OK,
            self.tr("The new sheet counts from now on."),
            self.tr("Lock it away outside this room, and destroy the old one."),
        )

    def _not_replaced(self, error: Exception) -> None:
        if hasattr(error, "delay_s"):
            self.proof.refuse(error)
            return
        self.forget()
        self.notice.show_notice(
            Kind.STOP, self.tr("The kit was not replaced: the old sheet counts."), explain(error)
        )

    @Slot()
    def forget(self) -> None:
        """Fold the card and leave nothing of the new key in the window."""
        self._key = None
        self.proof.forget()
        self.step.setEnabled(True)
        self.step.set_key("")
        self.notice.show_notice(Kind.INFO, "")
        self._fold(folded=True)


def _new_kit(key: RecoveryKey, typed: str, password: str, desk: Desk) -> None:
    desk.people.new_kit(key, typed, password)
