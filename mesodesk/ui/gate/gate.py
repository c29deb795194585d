"""The gate: finds out what stands in the vault folder and shows the page that fits."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from mesodesk.ui import theme
from mesodesk.ui.gate.unlock import UnlockPage
from mesodesk.ui.jobs import Jobs, explain
from mesodesk.vault.first_look import first_look

if TYPE_CHECKING:
    from pathlib import Path

    from mesodesk.services.desk import Desk
    from mesodesk.ui.gate.new_password import NewPasswordPage
    from mesodesk.vault.inspection import VaultInspection
    from mesodesk.vault.registry import Registry


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
        self._desk: Desk | None = None
        self._stack = QStackedWidget()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)

    @cached_property
    def _registry(self) -> Registry:
        """Which vaults this computer knows."""
        from mesodesk.vault.registry import Registry, default_registry_path

        return Registry(default_registry_path())

    @Slot(object)
    def look(self, folder: Path | None = None) -> None:
        """Look at the folder and show what fits: first start, password, or trouble.

        A vault that looks whole at a glance gets its password asked for at once; `look_closely`
        makes sure of it once that is on the screen.
        """
        self._folder = folder or self._folder
        users = first_look(self._folder)
        if users is not None:
            self._show_unlock(users)
        else:
            self._show_found(*self._inspect(chosen_before=folder is None))

    def look_closely(self) -> None:
        """Inspect the folder in the background; trouble found there takes the place of asking."""
        if isinstance(self._stack.currentWidget(), UnlockPage):
            work = partial(self._inspect, chosen_before=False)
            self._jobs.run_aside(self, work, self._looked_closely)

    def _looked_closely(self, found: tuple[Path, VaultInspection]) -> None:
        page = self._stack.currentWidget()
        if not isinstance(page, UnlockPage) or page.is_busy() or found[0] != self._folder:
            return  # by now opening it has told
        if found[1].is_ready and page.users == _names(found[1]):
            return
        self._show_found(*found)

    def _inspect(self, *, chosen_before: bool) -> tuple[Path, VaultInspection]:
        """Return the folder to use and how it stands.

        Where the folder asked for holds no vault and another was chosen for it before, look there.
        """
        from mesodesk.vault.inspection import inspect

        found = inspect(self._folder, self._registry)
        chosen = self._registry.chosen_for(self._folder) if chosen_before else None
        if chosen is not None and not found.is_ready:
            return chosen, inspect(chosen, self._registry)
        return self._folder, found

    def _show_found(self, folder: Path, found: VaultInspection) -> None:
        self._folder = folder
        if found.is_ready:
            self._show_unlock(_names(found))
        elif found.is_absent:
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

    def _show_unlock(self, users: tuple[tuple[str, str], ...]) -> None:
        page = UnlockPage(users, self._open, self._recover, self._jobs)
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

        theme.lay_sheet()  # only asking for a password looks the same without
        page = FirstRunPage(self._folder, self._jobs)
        page.opened.connect(self._made)
        self._show(page)
        if refusal is not None:
            page.say_refused(refusal)

    def _show_trouble(self, sentences: tuple[str, ...]) -> None:
        from mesodesk.ui.gate.trouble import TroublePage

        theme.lay_sheet()
        page = TroublePage()
        page.folder_chosen.connect(self.look)
        self._show(page)
        page.show_trouble(self._folder, sentences)

    def _open(self, user_id: str | None, password: str) -> Desk:
        from threading import Thread
        from uuid import UUID

        from mesodesk.services.desk import import_first_page, open_desk
        from mesodesk.vault.vault import open_vault

        # Deriving the key from the password leaves the interpreter free for a tenth of a second.
        Thread(target=import_first_page, name="first page", daemon=True).start()
        known = None if user_id is None else UUID(user_id)
        return open_desk(open_vault(self._folder, password=password, user_id=known))

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


def _names(found: VaultInspection) -> tuple[tuple[str, str], ...]:
    return tuple((str(user.id), user.name) for user in found.users)
