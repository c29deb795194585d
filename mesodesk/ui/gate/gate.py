"""The gate: finds out what stands in the vault folder and shows the page that fits."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from mesodesk.ui.gate.unlock import UnlockPage
from mesodesk.ui.jobs import Jobs, explain
from mesodesk.vault.inspection import VaultInspection, VaultState, inspect
from mesodesk.vault.registry import Registry, default_registry_path

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from mesodesk.services.desk import Desk
    from mesodesk.ui.gate.new_password import NewPasswordPage


class Gate(QWidget):
    """Leads from a folder to an open desk.

    Args:
        folder: where the vault is or shall be.
        jobs: the threads.
        password: tried at once where it is known already (a password file, the demonstration).
    """

    #: The open desk.
    opened = Signal(object)

    def __init__(
        self, folder: Path, jobs: Jobs, password: str | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("gate")
        self._asked = self._folder = folder
        self._jobs = jobs
        self._password = password
        self._registry = Registry(default_registry_path())
        self._desk: Desk | None = None
        self._stack = QStackedWidget()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)

    @Slot(object)
    def look(self, folder: Path | None = None) -> None:
        """Look at the folder and show what fits: first start, password, or trouble.

        Where the folder asked for holds no vault and another was chosen for it before, look there.
        """
        self._folder = folder or self._folder
        found = inspect(self._folder, self._registry)
        chosen = self._registry.chosen_for(self._folder) if folder is None else None
        if chosen is not None and found.state is not VaultState.READY:
            self._folder = chosen
            found = inspect(chosen, self._registry)
        if found.state is VaultState.READY:
            self._show_unlock(found)
        elif found.state is VaultState.ABSENT and found.refusal is None:
            self._show_first_run()
        elif found.state is VaultState.ABSENT and found.refusal is not None:
            self._show_first_run(found.refusal)
        else:
            self._show_trouble(found.findings)

    def _show(self, page: QWidget) -> None:
        old = self._stack.currentWidget()
        self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)
        if old is not None:
            # Not taken out of the stack: that would hand it to Python, which deletes it at once,
            # in the middle of the click that led here.
            old.deleteLater()

    def _show_unlock(self, found: VaultInspection) -> None:
        page = UnlockPage(found.users, self._open, self._recover, self._jobs)
        page.unlocked.connect(self._unlocked)
        page.stopped.connect(self._stopped)
        self._show(page)
        page.begin()
        if self._password is not None:
            page.password.input.setText(self._password)
            self._password = None
            page.submit()

    def _show_first_run(self, refusal: Exception | None = None) -> None:
        from mesodesk.ui.gate.first_run import FirstRunPage

        page = FirstRunPage(self._folder, self._jobs)
        page.opened.connect(self._made)
        self._show(page)
        if refusal is not None:
            page.say_refused(refusal)

    def _show_trouble(self, sentences: tuple[str, ...]) -> None:
        from mesodesk.ui.gate.trouble import TroublePage

        page = TroublePage()
        page.folder_chosen.connect(self.look)
        self._show(page)
        page.show_trouble(self._folder, sentences)

    def _open(self, user_id: UUID | None, password: str) -> Desk:
        from mesodesk.services.desk import open_desk
        from mesodesk.vault.vault import open_vault

        return open_desk(open_vault(self._folder, password=password, user_id=user_id))

    def _recover(self, typed: str) -> Desk:
        from mesodesk.services.desk import open_desk
        from mesodesk.vault.vault import open_vault

        return open_desk(open_vault(self._folder, recovery_key=typed))

    @Slot(object)
    def _made(self, desk: Desk) -> None:
        self._folder = desk.store.vault.folder
        self._finish(desk)

    @Slot(object)
    def _unlocked(self, desk: Desk) -> None:
        if desk.access.by_recovery_key:
            self._ask_new_password(desk)
        else:
            self._finish(desk)

    def _ask_new_password(self, desk: Desk) -> None:
        from mesodesk.ui.gate.new_password import NewPasswordPage

        self._desk = desk
        page = NewPasswordPage()
        page.chosen.connect(self._set_password)
        self._show(page)
        page.step.begin()

    @Slot(str)
    def _set_password(self, password: str) -> None:
        if self._desk is not None:
            work = partial(self._desk.access.set_password, password)
            self._jobs.run(self, work, self._password_set, self._password_not_set)

    def _password_set(self, _nothing: None) -> None:
        if self._desk is not None:
            self._finish(self._desk)

    def _password_not_set(self, error: Exception) -> None:
        page: NewPasswordPage | QWidget | None = self._stack.currentWidget()
        say = getattr(page, "say_failed", None)
        if say is not None:
            say(explain(error))

    @Slot(object)
    def _stopped(self, error: Exception) -> None:
        self._show_trouble((explain(error),))

    def _finish(self, desk: Desk) -> None:
        self._desk = None
        self._registry.remember(self._folder, desk.store.vault.vault_id)
        self._registry.remember_choice(self._asked, self._folder)
        self.opened.emit(desk)

    @Slot()
    def let_go(self) -> None:
        """Close what is open already while a new password is being chosen: the window closes."""
        if self._desk is not None:
            self._jobs.run(self, self._desk.close)
            self._jobs.drain()
