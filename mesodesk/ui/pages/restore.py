"""Restoring from the open desk: the desk is closed, and the restored records take its place."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.ui.frame.page import Page
from mesodesk.ui.gate.frame import GatePage
from mesodesk.ui.gate.restore import RestoredTo, RestorePage
from mesodesk.ui.jobs import explain
from mesodesk.ui.proof_field import ProofField, Typed
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Notice
from mesodesk.ui.widgets.text import Heading

if TYPE_CHECKING:
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context


class RestoreHere(Page):
    """The same page as before the password, among the pages of the desk."""

    page_id = "restore"
    icon = "backup-restore"
    section = "safety"

    #: A `RestoredTo`: the window closes, and begins again with it.
    chosen = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = self.tr("Restore")
        self._context = context
        self._whole = QVBoxLayout(self)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._panel: RestorePage | None = None
        self._proof: ProofPage | None = None
        self._known: tuple[Path, ...] = ()

    def shown(self, **_arguments: object) -> None:
        self._context.run(self, _places, self._begin)

    def _begin(self, standing: tuple[object, ...]) -> None:
        """Ask for the password of who is here first: what stands now is about to be given up."""
        for old in (self._panel, self._proof):
            if old is not None:
                old.deleteLater()
        self._panel = None
        self._known = tuple(each for each in standing if isinstance(each, Path))
        self._proof = ProofPage(self._context, self)
        self._proof.confirmed.connect(self._prove)
        self._proof.cancelled.connect(self._leave)
        self._whole.addWidget(self._proof)
        self._proof.begin()

    @Slot(object)
    def _prove(self, typed: Typed) -> None:
        self._context.run(self, partial(_prove, typed), self._proved, self._not_proved)

    def _proved(self, _nothing: None) -> None:
        if self._proof is not None:
            self._proof.deleteLater()
            self._proof = None
        folder = self._context.desk.store.vault.folder
        self._panel = RestorePage(folder, self._known, self._context.jobs, self)
        self._panel.left.connect(self._leave)
        self._panel.restored.connect(self._restored)
        self._whole.addWidget(self._panel)
        self._panel.begin()

    def _not_proved(self, error: Exception) -> None:
        if self._proof is not None:
            self._proof.refuse(error)

    @Slot()
    def _leave(self) -> None:
        self.navigate("safety")

    @Slot(object)
    def _restored(self, found: RestoredTo) -> None:
        work = partial(_note, found)
        self._context.run(self, work, partial(self._noted, found), self._not_noted)

    def _noted(self, found: RestoredTo, _nothing: object) -> None:
        self.chosen.emit(found)

    def _not_noted(self, error: Exception) -> None:
        """Say why these records are not given up; the restored ones lie beside them."""
        if self._panel is not None:
            self._panel.say_failed(explain(error))


class ProofPage(GatePage):
    """Asks for the password or PIN of who is at the desk, before these records are given up."""

    #: What was `Typed`.
    confirmed = Signal(object)
    cancelled = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__("restore_proof", parent)
        self.notice = Notice(object_name="restore_proof_says")
        self.proof = ProofField(context, "restore_proof_area")
        self.message = Notice(object_name="restore_proof_message")
        self.confirm = Button(self.tr("Go on"), "restore_proof_area_confirm", ButtonKind.PRIMARY)
        cancel = Button(self.tr("Cancel"), "restore_proof_area_cancel", ButtonKind.QUIET)
        self.card.add(Heading(self.tr("Restore a backup")))
        for widget in (self.notice, self.proof, self.message):
            self.card.add(widget)
        self.button_row.addWidget(cancel)
        self.button_row.addStretch(1)
        self.button_row.addWidget(self.confirm)
        self.finish_layout()
        self.notice.show_notice(
            Kind.CAUTION,
            self.tr("The records of a backup take the place of these"),
            self.tr(
                "That is for owners, so it asks who you are. These records are kept beside the "
                "restored ones, and you choose the backup next."
            ),
        )
        self.confirm.clicked.connect(self._submit)
        cancel.clicked.connect(self.cancelled)
        self.proof.entered.connect(self._submit)
        self.proof.waits.connect(self._show_waiting)

    def begin(self) -> None:
        """Put the cursor where it is typed."""
        self.proof.focus()

    def refuse(self, error: Exception) -> None:
        """Say why it does not go on."""
        self.message.show_notice(Kind.CAUTION, explain(error))
        self.proof.refuse(error)
        self._show_waiting()
        self.proof.focus()

    @Slot()
    def _submit(self) -> None:
        typed = self.proof.typed() if self.confirm.isEnabled() else None
        if typed is not None:
            self.confirm.setEnabled(False)
            self.confirmed.emit(typed)

    @Slot()
    def _show_waiting(self) -> None:
        waits = self.proof.must_wait()
        self.confirm.setEnabled(not waits)
        self.confirm.setText(self.proof.wait_words() if waits else self.tr("Go on"))


def _places(desk: Desk) -> tuple[object, ...]:
    return tuple(place.path for place in desk.backups.places())


def _prove(typed: Typed, desk: Desk) -> None:
    desk.backups.allow_restore(typed.secret, by_pin=typed.by_pin)


def _note(found: RestoredTo, desk: Desk) -> None:
    desk.backups.note_restore(found.seq, found.container.name)
