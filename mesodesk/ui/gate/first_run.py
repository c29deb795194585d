"""First start: four steps, and nothing is made before the last of them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget

from mesodesk.ui.gate.first_run_steps import ClinicStep, OwnerStep
from mesodesk.ui.gate.frame import GatePage
from mesodesk.ui.gate.password_step import PasswordStep
from mesodesk.ui.gate.recovery_step import RecoveryStep, today
from mesodesk.ui.jobs import Jobs, explain
from mesodesk.ui.recovery_sheet import RecoverySheet
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Notice
from mesodesk.ui.widgets.text import Body, Heading, Muted

if TYPE_CHECKING:
    from mesodesk.domain.records.clinic import ClinicFields
    from mesodesk.services.desk import Desk
    from mesodesk.ui.gate.step import Step
    from mesodesk.vault.recovery import RecoveryKey


class FirstRunPage(GatePage):
    """Asks for clinic, owner and password, hands over the recovery key, then makes the vault."""

    #: The new desk, open.
    opened = Signal(object)

    restore_asked = Signal()

    def __init__(self, folder: Path, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__("first_run_page", parent)
        self._folder = folder
        self._jobs = jobs
        self._key: RecoveryKey | None = None
        self._vault_id = ""
        self.clinic = ClinicStep()
        self.owner = OwnerStep()
        self.password = PasswordStep(self._own_words)
        self.recovery = RecoveryStep(self._sheet)
        self._steps: tuple[Step, ...] = (self.clinic, self.owner, self.password, self.recovery)
        self._build()
        self.show_step(0)

    def _build(self) -> None:
        self.progress = Muted("")
        self.title = Heading("")
        self.lead = Body("")
        self.stack = QStackedWidget()
        self.notice = Notice(object_name="first_run_notice")
        self.notice.acted.connect(self._choose_folder)
        for step in self._steps:
            self.stack.addWidget(step)
        for widget in (self.progress, self.title, self.lead, self.stack, self.notice):
            self.card.add(widget)
        self.place = Muted("")
        self.place.setObjectName("first_run_folder")
        self.card.add(self.place)
        self.restore = Button(self.tr("I have a backup"), "first_run_restore", ButtonKind.QUIET)
        self.restore.clicked.connect(self.restore_asked)
        self.back = Button(self.tr("Back"), "first_run_back", ButtonKind.QUIET)
        self.next = Button(self.tr("Next"), "first_run_next", ButtonKind.PRIMARY)
        self.button_row.addWidget(self.restore)
        self.button_row.addWidget(self.back)
        self.button_row.addStretch(1)
        self.button_row.addWidget(self.next)
        self.finish_layout()
        self.back.clicked.connect(self._go_back)
        self.next.clicked.connect(self._go_on)
        self.password.again.entered.connect(self._go_on)
        for field in (self.clinic.clinic_name, self.owner.owner_name, self.owner.initials):
            field.input.returnPressed.connect(self._go_on)
        self.recovery.typed.input.returnPressed.connect(self._go_on)

    def show_step(self, at: int) -> None:
        """Show a step, 0 to 3."""
        step = self._steps[at]
        if step is self.recovery:
            self.recovery.set_key(self._recovery_key().text)
        self.stack.setCurrentIndex(at)
        self._fit_stack()
        words = self.tr("Step {number} of {count}")
        self.progress.setText(words.format(number=at + 1, count=len(self._steps)))
        self.title.setText(step.title)
        self.lead.setText(step.lead)
        self.back.setVisible(at > 0)
        self.restore.setVisible(at == 0)
        last = at == len(self._steps) - 1
        self.next.setText(self.tr("Open the desk") if last else self.tr("Next"))
        self.place.setText(self.tr("Records will be kept in {folder}").format(folder=self._folder))
        self.place.setVisible(at in (0, len(self._steps) - 1))
        step.begin()

    def _fit_stack(self) -> None:
        """Let the card be as tall as the step shown, not as the tallest one."""
        current = self.stack.currentWidget()
        for step in self._steps:
            policy = step.sizePolicy()
            policy.setVerticalPolicy(
                policy.Policy.Preferred if step is current else policy.Policy.Ignored
            )
            step.setSizePolicy(policy)
        self.stack.adjustSize()

    @Slot()
    def _go_back(self) -> None:
        self.notice.hide()
        self.show_step(max(0, self.stack.currentIndex() - 1))

    @Slot()
    def _go_on(self) -> None:
        at = self.stack.currentIndex()
        if self._steps[at].problem():
            return
        if at + 1 < len(self._steps):
            self.show_step(at + 1)
        else:
            self._create()

    def _own_words(self) -> tuple[str, ...]:
        return (
            *self.clinic.clinic_name.value().split(),
            *self.owner.owner_name.value().split(),
            "mesodesk",
        )

    def _recovery_key(self) -> RecoveryKey:
        from mesodesk.vault.recovery import RecoveryKey

        if self._key is None:
            self._key = RecoveryKey.new()
        return self._key

    def _sheet(self, key: str) -> RecoverySheet:
        return RecoverySheet(self.clinic.clinic_name.value(), key, str(self._folder), today())

    def _create(self) -> None:
        self._set_busy(busy=True)
        work = partial(
            create_desk,
            self._folder,
            self.clinic.fields(),
            (self.owner.owner_name.value(), self.owner.initials.value()),
            self.password.password.value(),
            self._recovery_key(),
        )
        self._jobs.run(self, work, self._created, self._not_created)

    def _created(self, desk: Desk) -> None:
        self.password.password.clear()
        self.password.again.clear()
        self.recovery.typed.set_value("")
        self._key = None
        self._set_busy(busy=False)
        self.opened.emit(desk)

    def _not_created(self, error: Exception) -> None:
        self._set_busy(busy=False)
        self.notice.show_notice(
            Kind.STOP,
            self.tr("The desk could not be made."),
            explain(error),
            self.tr("Choose another folder…"),
        )

    def say_refused(self, error: Exception) -> None:
        """Say at once that the folder cannot take a vault, before anything is typed."""
        self._not_created(error)

    def _set_busy(self, *, busy: bool) -> None:
        self.next.setEnabled(not busy)
        self.back.setEnabled(not busy)
        if busy:
            self.notice.show_notice(
                Kind.INFO,
                self.tr("Making the encrypted vault…"),
                self.tr("This takes a few seconds."),
            )
        else:
            self.notice.hide()

    @Slot()
    def _choose_folder(self) -> None:
        self._dialog = QFileDialog(self, self.tr("An empty folder for the records"))
        self._dialog.setObjectName("first_run_folder_dialog")
        self._dialog.setFileMode(QFileDialog.FileMode.Directory)
        self._dialog.fileSelected.connect(self._take_folder)
        self._dialog.open()

    @Slot(str)
    def _take_folder(self, folder: str) -> None:
        self._folder = Path(folder)
        self.notice.hide()
        self.show_step(self.stack.currentIndex())


def create_desk(
    folder: Path,
    fields: ClinicFields,
    owner: tuple[str, str],
    password: str,
    recovery_key: RecoveryKey,
) -> Desk:
    """Make the vault and the clinic in it; runs on the database thread.

    Args:
        folder: where nothing stands yet.
        fields: of the clinic.
        owner: name and initials.
        password: of the owner.
        recovery_key: that was shown and typed back.
    """
    from mesodesk.services.new_desk import create_desk as create
    from mesodesk.vault.owner import NewOwner

    return create(
        folder, fields, owner=NewOwner(*owner), password=password, recovery_key=recovery_key
    )
